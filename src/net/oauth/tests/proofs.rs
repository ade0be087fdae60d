use super::*;
use crate::net::oauth::github_actions;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

async fn giving() -> Server {
    Server::start(|seen| match seen.path.as_str() {
        "/oauth/token" => Reply::json(200, &json!({ "access_token": "abc", "token_type": "Bearer" })),
        "/identity" => Reply::json(200, &json!({ "count": 1, "value": "head.identity-of-the-job.sign" })),
        _ => Reply::empty(200),
    })
    .await
}

/// The request for a token that a client with this proof sends.
async fn asked(server: &Server, proof: Proof) -> Seen {
    let http = http(server, proof, &TestClock::new());
    assert_eq!(http.send(&get()).await.unwrap().status, 200);
    server.seen().into_iter().rfind(|seen| seen.path == "/oauth/token").unwrap()
}

#[tokio::test]
async fn a_secret_goes_by_basic_or_in_the_form() {
    let server = giving().await;
    let proof = |in_form| Proof::Secret { secret: Secret::new(SECRET.to_owned()), in_form };
    let seen = asked(&server, proof(false)).await;
    let basic = seen.headers["authorization"].strip_prefix("Basic ").unwrap();
    let basic = String::from_utf8(STANDARD.decode(basic).unwrap()).unwrap();
    assert_eq!(basic, "id%3A1:s3cr3t%2Bof%2Fthe%3Dclient");
    let seen = asked(&server, proof(true)).await;
    assert!(!seen.headers.contains_key("authorization"));
    assert_eq!((&*seen.form["client_id"], &*seen.form["client_secret"]), ("id:1", SECRET));
}

#[tokio::test]
async fn a_job_of_github_actions_shows_its_identity() {
    let server = giving().await;
    let url = server.endpoint("/identity").base;
    let env = |name: &str| match name {
        "ACTIONS_ID_TOKEN_REQUEST_URL" => Some(format!("{url}?api-version=2.0")),
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN" => Some("request-token".to_owned()),
        _ => None,
    };
    let seen = asked(&server, github_actions("api://vendor", &env).unwrap()).await;
    assert_eq!(seen.form["client_assertion"], "head.identity-of-the-job.sign");
    assert_eq!(seen.form["client_assertion_type"], "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    assert_eq!(seen.form["client_id"], "id:1");
    let identity = &server.seen()[0];
    assert_eq!((identity.q("api-version"), identity.q("audience")), ("2.0", "api://vendor"));
    assert_eq!(identity.headers["authorization"], "Bearer request-token");
}

#[tokio::test]
async fn a_job_without_an_identity_is_told_what_it_lacks() {
    let told = github_actions("x", &|_| None).unwrap_err();
    assert!(told.contains("ACTIONS_ID_TOKEN_REQUEST_URL is not set") && told.contains("id-token: write"));
    let env = |name: &str| Some(if name.ends_with("URL") { "http://h.example/" } else { "t" }.to_owned());
    assert!(github_actions("x", &env).unwrap_err().contains("must start with https://"));

    let server = Server::start(|_| Reply::empty(403)).await;
    let url = server.endpoint("/identity").base;
    let token = Secret::new("request-token".to_owned());
    let proof = Proof::GithubActions { url, token, audience: "x".to_owned() };
    let told = unauthorised(http(&server, proof, &TestClock::new()).send(&get()).await.unwrap_err());
    assert!(told.contains("id-token: write"), "{told}");
    assert_eq!(server.lines(), ["GET /identity"]);
}

fn pem(key: &RsaKeyPair) -> String {
    let der: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let text = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

#[tokio::test]
async fn a_key_signs_what_the_client_says_of_itself() {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let server = giving().await;
    for text in [pem(&key), pem(&key).replace('\n', "\\n")] {
        let proof = Proof::private_key(&Secret::new(text), Some("k1".to_owned())).unwrap();
        let seen = asked(&server, proof).await;
        let assertion = &seen.form["client_assertion"];
        let (signed, signature) = assertion.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public_key().as_ref());
        public.verify(signed.as_bytes(), &signature).unwrap();
        let part = |at: usize| -> Value {
            let part = signed.split('.').nth(at).unwrap();
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(part(0), json!({ "alg": "RS256", "typ": "JWT", "kid": "k1" }));
        let claims = part(1);
        assert_eq!((&claims["iss"], &claims["sub"]), (&json!("id:1"), &json!("id:1")));
        assert_eq!(claims["aud"], grant(&server).token_url.as_str());
        let now = TestClock::new().now().as_second();
        assert_eq!((claims["iat"].as_i64(), claims["exp"].as_i64()), (Some(now), Some(now + 300)));
        assert!(!claims["jti"].as_str().unwrap().is_empty());
    }
}

#[test]
fn what_is_no_key_is_said_to_be_none() {
    for text in ["", "abc", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"] {
        let outcome = Proof::private_key(&Secret::new(text.to_owned()), None).map(|_| ());
        assert_eq!(outcome, Err(ClientError::NotAKey));
    }
}
