//! What a client of any make sees of the embedded Okta.

use super::*;
use crate::net::Secret;
use crate::vendors::scim::emulator::Seed;
use reqwest::{Client, Response};
use serde_json::{Value, json};

const TOKEN: &str = "t0ken";

fn try_start(vendor: &Value) -> Result<Emulator, StartError> {
    let user = |login: &str| {
        let id = login.split('@').next();
        json!({ "id": id, "attributes": { "userName": login, "name": { "givenName": id, "familyName": "Doe" } } })
    };
    let group =
        |id: &str| json!({ "id": id, "attributes": { "displayName": id, "members": [{ "value": "jane" }] } });
    let seed = json!({
        "format": "grantline.emulator/1", "tenant": "acme", "own": "svc@acme.example",
        "users": [user("svc@acme.example"), user("jane@acme.example"), user("bob@acme.example")],
        "groups": [group("team"), group("ad")], "vendor": vendor,
    });
    let options = Options::new("unused".into(), Secret::new(TOKEN.to_owned()));
    let revoke_token = Some(Secret::new("revokes".to_owned()));
    start(Options { seed: Some(Seed::Text(seed.to_string())), in_memory: true, revoke_token, ..options })
}

struct Org {
    emulator: Emulator,
    client: Client,
}

impl Org {
    fn of(vendor: &Value) -> Self {
        let no_redirect = reqwest::redirect::Policy::none();
        let client = Client::builder().no_proxy().redirect(no_redirect).build().unwrap();
        Self { emulator: try_start(vendor).unwrap(), client }
    }

    async fn ask(&self, token: &str, method: Method, path: &str, body: Value) -> Response {
        let url = format!("{}/{path}", self.emulator.base_url());
        let request = self.client.request(method, url).header("authorization", format!("SSWS {token}"));
        let request = if body.is_null() { request } else { request.json(&body) };
        request.send().await.unwrap()
    }

    /// Status and body of an answer.
    async fn gives(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let answer = self.ask(TOKEN, method, path, body).await;
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    async fn get(&self, path: &str) -> Value {
        self.gives(Method::GET, path, Value::Null).await.1
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.gives(Method::POST, path, body).await
    }
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

fn new_user(login: &str) -> Value {
    json!({ "profile": { "login": login, "email": login, "firstName": "A", "lastName": "B" } })
}

#[tokio::test]
async fn a_refusal_has_oktas_own_body() {
    let org = Org::of(&json!({}));
    let wrong = org.ask("wrong", Method::GET, "users", Value::Null).await;
    assert_eq!(wrong.status(), 401);
    assert_eq!(wrong.json::<Value>().await.unwrap()["errorCode"], "E0000011");
    let (status, body) = org.gives(Method::GET, "users/nobody", Value::Null).await;
    assert_eq!((status, &body["errorCode"]), (404, &json!("E0000007")));
    let (status, body) = org.post("users", json!({ "profile": { "login": "x@acme.example" } })).await;
    assert_eq!((status, body["errorCauses"].as_array().unwrap().len()), (400, 3));
}

#[tokio::test]
async fn a_login_and_a_name_are_taken_once() {
    let org = Org::of(&json!({}));
    assert_eq!(org.post("users", new_user("JANE@acme.example")).await.0, 400);
    assert_eq!(org.post("groups", json!({ "profile": { "name": "team" } })).await.0, 400);
    assert_eq!(org.post("users/bob", json!({ "profile": { "login": "jane@acme.example" } })).await.0, 400);
}

#[tokio::test]
async fn users_are_found_by_id_login_and_its_beginning() {
    let org = Org::of(&json!({}));
    for who in ["jane", "Jane@acme.example", "me"] {
        assert_eq!(org.gives(Method::GET, &format!("users/{who}"), Value::Null).await.0, 200, "{who}");
    }
    assert_eq!(org.get("users/me").await["id"], "svc");
}

#[tokio::test]
async fn the_list_leaves_out_whom_a_filter_shows() {
    let org = Org::of(&json!({ "statuses": { "jane@acme.example": "DEPROVISIONED" } }));
    assert_eq!(ids(&org.get("users").await), ["svc", "bob"]);
    assert_eq!(ids(&org.get("users?filter=status%20eq%20%22DEPROVISIONED%22").await), ["jane"]);
    assert_eq!(ids(&org.get("groups/team/users").await), ["jane"]);
}

#[tokio::test]
async fn a_search_shows_a_write_only_after_some_requests() {
    let org = Org::of(&json!({ "search_lag": 2 }));
    org.post("users", new_user("new@acme.example")).await;
    let search = "users?search=profile.login%20eq%20%22NEW%40acme.example%22";
    assert_eq!(org.get(search).await, json!([]));
    assert_eq!(org.get("users/new@acme.example").await["status"], "ACTIVE");
    assert_eq!(org.get(search).await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_page_leads_to_the_next_even_where_its_last_is_gone() {
    let org = Org::of(&json!({}));
    let first = org.ask(TOKEN, Method::GET, "users?limit=2", Value::Null).await;
    let links: Vec<&str> =
        first.headers().get_all("link").iter().map(|link| link.to_str().unwrap()).collect();
    let next = links.iter().find(|link| link.ends_with("rel=\"next\"")).unwrap();
    let after = next.split("after=").nth(1).unwrap().split('>').next().unwrap().to_owned();
    org.post("users/jane/lifecycle/deactivate", Value::Null).await;
    // What lies behind a place moves up when something before it goes.
    assert_eq!(ids(&org.get(&format!("users?limit=2&after={after}")).await), Vec::<&str>::new());
    assert_eq!(ids(&org.get("users?limit=1&after=1.svc").await), ["bob"]);
}

#[tokio::test]
async fn statuses_move_only_as_okta_lets_them() {
    let org = Org::of(&json!({ "statuses": { "jane": "LOCKED_OUT" } }));
    let step = async |who: &str, step: &str| {
        let (status, body) = org.post(&format!("users/{who}/lifecycle/{step}"), Value::Null).await;
        (status, body["errorCode"].as_str().unwrap_or_default().to_owned())
    };
    let refused = |status, code: &str| (status, code.to_owned());
    assert_eq!(step("jane", "suspend").await, refused(400, "E0000001"));
    assert_eq!(step("jane", "activate").await, refused(403, "E0000016"));
    assert_eq!(step("jane", "reactivate").await, refused(403, "E0000038"));
    assert_eq!(step("jane", "deactivate").await.0, 200);
    assert_eq!(step("jane", "deactivate").await, refused(403, "E0000038"));
    assert_eq!(step("jane", "unsuspend").await, refused(400, "E0000001"));
    assert_eq!(org.post("users/jane", json!({ "profile": { "firstName": "J" } })).await.0, 403);
}

#[tokio::test]
async fn members_of_an_imported_group_and_what_a_group_brings_stay() {
    let app = json!({ "label": "Heap", "users": [], "groups": ["team"] });
    let org = Org::of(&json!({ "types": { "ad": "APP_GROUP" }, "apps": { "0oa1": app } }));
    assert_eq!(org.gives(Method::PUT, "groups/ad/users/bob", Value::Null).await.0, 403);
    assert_eq!(org.gives(Method::DELETE, "groups/ad/users/jane", Value::Null).await.0, 403);
    assert_eq!(org.get("apps/0oa1/users/jane").await["scope"], "GROUP");
    assert_eq!(org.gives(Method::DELETE, "apps/0oa1/users/jane", Value::Null).await.0, 403);
}

#[tokio::test]
async fn a_rule_adds_whoever_comes_and_fits_it() {
    let rule = json!({ "name": "Sales", "expression": "user.department == \"Sales\"", "groups": ["team"] });
    let org = Org::of(&json!({ "rules": { "0pr1": rule } }));
    let mut sent = new_user("new@acme.example");
    sent["profile"]["department"] = json!("Sales");
    let id = org.post("users", sent).await.1["id"].as_str().unwrap().to_owned();
    assert_eq!(ids(&org.get("groups/team/users").await), ["jane", &*id]);
    assert_eq!(
        org.get("groups/rules").await[0]["actions"]["assignUserToGroups"]["groupIds"],
        json!(["team"])
    );
}

#[tokio::test]
async fn nothing_is_ever_deleted_and_nobodys_secrets_are_touched() {
    let org = Org::of(&json!({}));
    assert_eq!(org.gives(Method::DELETE, "users/jane", Value::Null).await.0, 403);
    assert_eq!(org.post("users/jane/lifecycle/reset_factors", Value::Null).await.0, 403);
    assert_eq!(org.emulator.audit().violations().len(), 2);
}

#[tokio::test]
async fn the_token_for_taking_access_makes_nobody() {
    let org = Org::of(&json!({}));
    let made = org.ask("revokes", Method::POST, "users", new_user("new@acme.example")).await;
    assert_eq!(made.status(), 403);
    let left = org.ask("revokes", Method::DELETE, "groups/team/users/jane", Value::Null).await;
    assert_eq!(left.status(), 204);
}

#[tokio::test]
async fn an_invitation_is_accepted_on_the_page() {
    let org = Org::of(&json!({ "activation": "by-mail" }));
    let id = org.post("users", new_user("new@acme.example")).await.1["id"].as_str().unwrap().to_owned();
    assert_eq!(org.get(&format!("users/{id}")).await["status"], "PROVISIONED");
    let welcome = format!("{}/welcome", org.emulator.origin());
    let page = org.client.get(&welcome).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("new@acme.example"), "{page}");
    let accepted = org.client.post(format!("{welcome}/{id}")).send().await.unwrap();
    assert_eq!(accepted.status(), 303);
    assert_eq!(org.get(&format!("users/{id}")).await["status"], "ACTIVE");
    let elsewhere = org.client.post(format!("{welcome}/{id}")).header("origin", "https://evil.example");
    assert_eq!(elsewhere.send().await.unwrap().status(), 404);
}

#[test]
fn a_seed_that_makes_no_sense_says_where() {
    for (vendor, word) in [
        (json!({ "status": {} }), "\"status\""),
        (json!({ "statuses": { "jane": "ASLEEP" } }), "ASLEEP"),
        (json!({ "statuses": { "nobody": "ACTIVE" } }), "nobody"),
        (json!({ "types": { "team": "TEAM" } }), "TEAM"),
        (json!({ "activation": "never" }), "by-mail"),
        (json!({ "rules": { "r": { "expression": "user.a>1" } } }), "user.a>1"),
    ] {
        let error = try_start(&vendor).err().unwrap().to_string();
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn the_documented_seed_is_one() {
    let page = include_str!("../../../../docs/okta.md");
    let seed = page.split("```json").nth(1).unwrap().split("```").next().unwrap();
    let options = Options::new("unused".into(), Secret::new(TOKEN.to_owned()));
    let options = Options { seed: Some(Seed::Text(seed.to_owned())), in_memory: true, ..options };
    let state = start(options).unwrap().state();
    let group = state["groups"][0]["id"].as_str().unwrap();
    assert_eq!(state["vendor"]["types"][group], "APP_GROUP");
    assert_eq!(state["vendor"]["apps"]["0oa1"]["groups"], json!([group]));
}
