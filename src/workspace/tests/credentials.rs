//! Credentials that are OAuth clients, and which one is for what.

use super::{BASE, brief, load};
use crate::domain::Duty;
use crate::workspace::{CredentialRef, Loaded, OAuthRef, ProofRef, SecretRef};

fn with(lines: &str) -> Loaded {
    let text = format!(
        "vendors:\n  v:\n    connector: scim\n    manage: observe\n    url: https://h.example/v2\n    {lines}\n"
    );
    load(&[("access/base.yaml", BASE), ("access/x.yaml", &text)])
}

fn codes(lines: &str) -> Vec<String> {
    brief(&with(lines)).into_iter().map(|line| line.replace("access/x.yaml:", "")).collect()
}

fn oauth(lines: &str) -> OAuthRef {
    let loaded = with(&format!("token: {{ oauth: {{ client_id: c, {lines} }} }}"));
    let told = brief(&loaded);
    let workspace = loaded.workspace.unwrap_or_else(|| panic!("{told:?}"));
    match &workspace.vendors["v"].token.as_ref().unwrap().value {
        CredentialRef::OAuth(oauth) => (**oauth).clone(),
        other => panic!("{other:?}"),
    }
}

const URL: &str = "token_url: https://t.example/token";

#[test]
fn a_client_is_read_with_all_that_it_asks_for() {
    let read =
        oauth(&format!("client_secret: {{ env: S }}, auth: form, scopes: [a, 'b:c'], audience: api, {URL}"));
    assert_eq!(&*read.client_id, "c");
    assert_eq!(read.proof, ProofRef::Secret(SecretRef::Env("S".into()), true));
    assert_eq!(read.scopes, ["a".into(), "b:c".into()]);
    assert_eq!(read.audience.as_deref(), Some("api"));
    assert_eq!(&*read.token_url.unwrap().value, "https://t.example/token");
    let read = oauth(&format!("github_actions: {{ audience: 'api://x' }}, {URL}"));
    assert_eq!(read.proof, ProofRef::GithubActions("api://x".into()));
    let read = oauth(&format!("private_key: {{ command: [op, read] }}, key_id: k1, {URL}"));
    let words = ["op", "read"].map(Into::into).to_vec();
    assert_eq!(read.proof, ProofRef::PrivateKey(SecretRef::Command(words), Some("k1".into())));
}

#[test]
fn a_client_that_lacks_something_is_an_error() {
    let line = |oauth: &str| codes(&format!("token: {{ oauth: {{ {oauth} }} }}"));
    assert_eq!(line(&format!("client_secret: {{ env: S }}, {URL}")), ["missing-key 6:14"]);
    assert_eq!(line(&format!("client_id: c, {URL}")), ["missing-key 6:14"]);
    assert_eq!(line("client_id: c, client_secret: { env: S }"), ["missing-key 6:12"]);
    let two = format!("client_id: c, client_secret: {{ env: S }}, private_key: {{ env: K }}, {URL}");
    assert_eq!(line(&two), ["bad-value 6:21"]);
    let url = |url: &str| line(&format!("client_id: c, client_secret: {{ env: S }}, token_url: {url}"));
    assert_eq!(url("emulator"), ["bad-url 6:75"]);
    assert_eq!(url("http://t.example/token"), ["bad-url 6:75"]);
    assert_eq!(url("https://u:p@t.example/token"), ["literal-secret 6:75"]);
    assert_eq!(codes("token: { env: T, oauth: { client_id: c } }").first().unwrap(), "bad-value 6:5");
}

#[test]
fn a_client_that_stands_one_level_too_high_is_sent_to_its_place() {
    let loaded = with("token: { client_id: c, client_secret: { env: S } }");
    assert_eq!(brief(&loaded), ["unknown-key access/x.yaml:6:14"]);
    let hint = loaded.diagnostics[0].hint.as_deref().unwrap();
    assert!(hint.contains("token: { oauth: { client_id:"), "{hint}");
}

#[test]
fn what_says_something_of_another_proof_is_an_error() {
    let line = |oauth: &str| codes(&format!("token: {{ oauth: {{ client_id: c, {oauth}, {URL} }} }}"));
    let job = "github_actions: { audience: a }";
    let key = "private_key: { env: K }";
    let secret = "client_secret: { env: S }";
    assert_eq!(line(&format!("key_id: k, {job}")), ["bad-value 6:37"]);
    assert_eq!(line(&format!("key_id: k, {secret}")), ["bad-value 6:37"]);
    assert_eq!(line(&format!("auth: form, {key}")), ["bad-value 6:37"]);
    assert_eq!(line(&format!("auth: basic, {job}")), ["bad-value 6:37"]);
    for fine in [format!("key_id: k, {key}"), format!("auth: form, {secret}")] {
        assert_eq!(line(&fine), [""; 0], "{fine}");
    }
}

#[test]
fn a_vendor_that_takes_a_key_alone_takes_no_other_proof() {
    let load = |oauth: &str| {
        let text = format!(
            "vendors:\n  v:\n    connector: keyed\n    manage: observe\n    url: https://a.example\n    token: {{ oauth: {{ \
             client_id: c, {oauth}, {URL} }} }}\n"
        );
        brief(&load(&[("access/base.yaml", BASE), ("access/x.yaml", &text)]))
    };
    assert_eq!(load("private_key: { env: K }"), [""; 0]);
    assert_eq!(load("client_secret: { env: S }"), ["bad-value access/x.yaml:6:12"]);
    assert_eq!(load("github_actions: { audience: a }"), ["bad-value access/x.yaml:6:12"]);
}

#[test]
fn who_has_no_credential_of_its_own_uses_the_one_before() {
    let duties = |lines: &str| {
        let workspace = with(lines).workspace.unwrap();
        let vendor = &workspace.vendors["v"];
        [Duty::Read, Duty::Grant, Duty::Revoke].map(|duty| vendor.credential(duty).0.word())
    };
    assert_eq!(duties("token: { env: T }"), ["token", "token", "token"]);
    assert_eq!(duties("token: { env: T }\n    grant_token: { env: G }"), ["token", "grant", "grant"]);
    assert_eq!(duties("token: { env: T }\n    revoke_token: { env: R }"), ["token", "token", "revoke"]);
    let all = "token: { env: T }\n    grant_token: { env: G }\n    revoke_token: { env: R }";
    assert_eq!(duties(all), ["token", "grant", "revoke"]);
}
