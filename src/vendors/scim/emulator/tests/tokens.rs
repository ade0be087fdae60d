//! What a client is given for its secret, and how far it gets with it.

use super::*;
use crate::net::script::TestClock;
use std::sync::Arc;

const PATH: &str = "/oauth/token";

fn site(lifetime: Option<u64>, clock: &Arc<TestClock>) -> Site {
    let folder = TempDir::new().unwrap();
    let options = Options {
        token_path: Some(PATH),
        revoke_token: Some(Secret::new("t4ke".to_owned())),
        behaviour: Some(Behaviour { token_lifetime: lifetime, ..Behaviour::default() }),
        clock: Arc::clone(clock) as _,
        ..options(&folder)
    };
    Site { emulator: Emulator::start(options).unwrap(), client: client(), folder }
}

async fn ask(site: &Site, secret: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let url = format!("{}{PATH}", site.emulator.origin());
    let request = site.client.post(url).form(form);
    let request = if secret.is_empty() { request } else { request.basic_auth("any", Some(secret)) };
    read(request.send().await.unwrap()).await
}

async fn list(site: &Site, token: &str) -> u16 {
    let url = format!("{}/Users", site.emulator.base_url());
    site.client.get(url).bearer_auth(token).send().await.unwrap().status().as_u16()
}

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

#[tokio::test]
async fn a_client_is_given_a_token_with_the_rights_of_its_secret() {
    let site = site(None, &TestClock::new());
    let (status, given) = ask(&site, "t0ken", &[GRANT, ("scope", "users")]).await;
    assert_eq!((status, &given["expires_in"], &given["scope"]), (200, &json!(3600), &json!("users")));
    assert_eq!(list(&site, given["access_token"].as_str().unwrap()).await, 200);
    let (_, given) = ask(&site, "", &[GRANT, ("client_id", "any"), ("client_secret", "t4ke")]).await;
    let url = format!("{}/Users", site.emulator.base_url());
    let create = site.client.post(url).bearer_auth(given["access_token"].as_str().unwrap()).body("{}");
    assert_eq!(create.send().await.unwrap().status(), 403);
    assert_eq!((site.emulator.tokens_issued(), site.emulator.faults().writes()), (2, 1));
    assert!(site.emulator.audit().entries().iter().all(|entry| entry.path != PATH));
}

#[tokio::test]
async fn a_wrong_client_is_given_nothing() {
    let site = site(None, &TestClock::new());
    assert_eq!(ask(&site, "wrong", &[GRANT]).await.1["error"], "invalid_client");
    assert_eq!(ask(&site, "t0ken", &[("grant_type", "password")]).await.1["error"], "unsupported_grant_type");
    assert_eq!(list(&site, "issued-000001-0").await, 401);
    assert_eq!(site.emulator.tokens_issued(), 0);
}

#[tokio::test]
async fn a_token_ends_by_the_emulators_clock_or_when_it_is_taken_back() {
    let clock = TestClock::new();
    let site = site(Some(300), &clock);
    let (_, given) = ask(&site, "t0ken", &[GRANT]).await;
    let token = given["access_token"].as_str().unwrap();
    clock.sleep(Duration::from_secs(299)).await;
    assert_eq!(list(&site, token).await, 200);
    clock.sleep(Duration::from_secs(1)).await;
    assert_eq!(list(&site, token).await, 401);
    let (_, given) = ask(&site, "t0ken", &[GRANT]).await;
    site.emulator.take_tokens_back();
    assert_eq!(list(&site, given["access_token"].as_str().unwrap()).await, 401);
}
