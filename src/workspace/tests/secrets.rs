//! A credential that someone wrote into a file shows up nowhere.

use super::{BASE, brief, load};
use crate::diagnostic::{Renderer, to_json};

const SECRET: &str = "xoxb-s3cret";

/// Loads a vendor with these lines, and asserts that nothing that came of it holds [`SECRET`].
fn codes(lines: &str) -> Vec<String> {
    let text = format!("vendors:\n  v:\n    connector: scim\n    manage: observe\n    {lines}\n");
    let loaded = load(&[("access/base.yaml", BASE), ("access/x.yaml", &text)]);
    assert!(loaded.workspace.is_none());
    let drawn = Renderer::new(false).render(&loaded.diagnostics, &loaded.sources);
    let data = to_json(&loaded.diagnostics, &loaded.sources);
    let kept = format!("{loaded:?}");
    for output in [drawn, data, kept] {
        assert!(!output.contains(SECRET) && !output.contains("s3cret"), "{output}");
    }
    brief(&loaded).into_iter().map(|line| line.replace("access/x.yaml:", "")).collect()
}

#[test]
fn a_plain_token_is_refused_and_hidden() {
    assert_eq!(codes(&format!("url: emulator\n    token: {SECRET}")), ["literal-secret 6:12"]);
    assert_eq!(codes(&format!("url: emulator\n    token: '{SECRET}' # {}", "x")), ["literal-secret 6:12"]);
    assert_eq!(codes(&format!("url: emulator\n    token: {{ env: {SECRET} }}")), ["literal-secret 6:19"]);
    assert_eq!(
        codes(&format!("url: emulator\n    token: |\n      {SECRET}\n    settle: x")),
        ["literal-secret 7:7", "bad-duration 8:13"]
    );
}

#[test]
fn what_looks_like_the_name_of_a_variable_is_told_what_a_name_may_hold_and_hidden_all_the_same() {
    let of = |value: &str| {
        let text = format!(
            "vendors:\n  v: {{ connector: scim, manage: observe, url: emulator, token: {{ env: {value} }} }}\n"
        );
        let loaded = load(&[("access/base.yaml", BASE), ("access/x.yaml", &text)]);
        let drawn = Renderer::new(false).render(&loaded.diagnostics, &loaded.sources);
        assert!(!drawn.contains(value), "{drawn}");
        (loaded.diagnostics[0].code, drawn)
    };
    for value in
        ["CRM-TOKEN", "ACME.CRM.TOKEN", "$HEAP_TOKEN", "'HEAP TOKEN'", "'${HEAP_TOKEN}'", "1PASSWORD_TOKEN"]
    {
        let (code, drawn) = of(value);
        assert!(code == "bad-name" && drawn.contains("letters, digits and `_`"), "{value}: {drawn}");
    }
    for value in
        ["xoxb-1234", "crm-token", "A3F9-77B1-20CD", "ABCDEFGHIJKLMNOPQRSTUVWXYZ-ABC", "e3b0c442/98fc"]
    {
        assert_eq!(of(value).0, "literal-secret", "{value}");
    }
}

#[test]
fn a_literal_secret_of_a_client_is_refused_and_hidden() {
    let oauth = |rest: &str| {
        codes(&format!(
            "url: emulator\n    token: {{ oauth: {{ client_id: c, token_url: 'https://h.example/', {rest} }} }}"
        ))
    };
    assert_eq!(oauth(&format!("client_secret: {SECRET}")), ["literal-secret 6:85"]);
    assert_eq!(oauth(&format!("client_secret: {{ env: {SECRET} }}")), ["literal-secret 6:92"]);
    assert_eq!(oauth(&format!("private_key: {SECRET}")), ["literal-secret 6:83"]);
    assert_eq!(oauth(&format!("client_secret: {{ env: S }}, clientsecret: {SECRET}")), ["unknown-key 6:97"]);
    assert_eq!(codes(&format!("url: emulator\n    token: {{ oauth: {SECRET} }}")), ["wrong-type 6:21"]);
    assert_eq!(codes(&format!("url: emulator\n    grant_token: {SECRET}")), ["literal-secret 6:18"]);
}

#[test]
fn a_secret_where_something_else_belongs_is_hidden_too() {
    assert_eq!(
        codes(&format!("url: emulator\n    token: {{ value: {SECRET} }}")),
        ["missing-key 6:5", "unknown-key 6:14"]
    );
    assert_eq!(codes(&format!("url: emulator\n    token: [{SECRET}]")), ["wrong-type 6:12"]);
    assert_eq!(codes(&format!("url: emulator\n    tokn: {SECRET}")), ["unknown-key 6:5"]);
    assert_eq!(codes(&format!("url: emulator\n    tokn: {{ env: {SECRET} }}")), ["unknown-key 6:5"]);
    assert_eq!(codes(&format!("url: emulator\n    password: {SECRET}")), ["unknown-key 6:5"]);
}

#[test]
fn a_url_with_a_secret_is_hidden() {
    assert_eq!(
        codes(&format!("url: https://u:{SECRET}@h.example/\n    token: {{ env: T }}")),
        ["literal-secret 5:10"]
    );
    assert_eq!(
        codes(&format!("url: https://h.example/?t={SECRET}\n    token: {{ env: T }}")),
        ["literal-secret 5:10"]
    );
}

#[test]
fn a_broken_file_hides_what_looks_like_a_secret() {
    assert_eq!(codes(&format!("token: {SECRET}\n    x: [")), ["yaml-syntax 7:1"]);
    assert_eq!(codes(&format!("token: {SECRET}: y")), ["yaml-syntax 5:23"]);
}
