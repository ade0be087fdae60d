//! What the embedded tenant holds a client to.

use super::{TOKEN, Tenant, group, guest, guid, user};
use crate::vendors::scim::emulator::StartError;
use reqwest::{Client, Method};
use serde_json::{Value, json};

async fn ask(tenant: &Tenant, method: Method, path: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}/{path}", tenant.emulator.base_url());
    let request = Client::new().request(method, url).bearer_auth(TOKEN);
    let answer = if body.is_null() { request } else { request.json(body) }.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap_or(Value::Null))
}

async fn get(tenant: &Tenant, path: &str) -> (u16, Value) {
    ask(tenant, Method::GET, path, &Value::Null).await
}

#[tokio::test]
async fn a_list_is_selected_filtered_and_paged() {
    let users: Vec<Value> = (1..=5).map(|at| user(at, &format!("u{at}@acme.example"))).collect();
    let tenant = Tenant::new(&users, &[], json!({}));
    let (_, page) = get(&tenant, "users?$select=id&$top=2").await;
    let shown = |id| json!({ "id": guid(id), "@odata.type": "#microsoft.graph.user" });
    assert_eq!(page["value"], json!([shown(1), shown(2)]));
    let next = page["@odata.nextLink"].as_str().unwrap().split_once("/v1.0/").unwrap().1.to_owned();
    let (_, page) = get(&tenant, &next).await;
    assert_eq!(page["value"], json!([shown(3), shown(4)]));
    let (_, found) = get(&tenant, "users?$filter=mail eq 'U3@acme.example'&$select=id").await;
    assert_eq!(found, json!({ "value": [shown(3)] }));
}

#[tokio::test]
async fn a_question_that_makes_no_sense_is_refused_in_graphs_own_form() {
    let tenant = Tenant::new(&[user(1, "a@acme.example")], &[], json!({}));
    let codes = [
        ("users?$top=1000", 400, "Request_UnsupportedQuery"),
        ("users?$select=nobody", 400, "Request_BadRequest"),
        ("users?$skiptoken=nobody", 400, "Directory_ExpiredPageToken"),
        ("users/nobody", 404, "Request_ResourceNotFound"),
        ("nowhere", 404, "BadRequest"),
    ];
    for (path, status, code) in codes {
        let (answered, body) = get(&tenant, path).await;
        assert_eq!((answered, &body["error"]["code"]), (status, &json!(code)), "{path}");
    }
    let outside = tenant.watch.as_ref().map(|watch| watch.take());
    // Two of them are in no description, which says in its own way that they make no sense.
    assert!(outside.is_none_or(|outside| outside.len() == 2), "what else is outside?");
    let url = format!("{}/users", tenant.emulator.base_url());
    let nobody: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    assert_eq!(nobody["error"]["code"], "InvalidAuthenticationToken");
}

#[tokio::test]
async fn an_invitation_that_is_sent_again_makes_no_second_guest() {
    let tenant = Tenant::new(&[guest(1, "jane@other.example"), user(2, "a@x.example")], &[], json!({}));
    let invite = |address: &str| json!({ "invitedUserEmailAddress": address, "inviteRedirectUrl": "https://myapps.microsoft.com" });
    let (status, again) = ask(&tenant, Method::POST, "invitations", &invite("jane@other.example")).await;
    assert_eq!((status, &again["invitedUser"]["id"]), (201, &json!(guid(1))));
    let (status, _) = ask(&tenant, Method::POST, "invitations", &invite("a@x.example")).await;
    assert_eq!(status, 400, "an employee is no guest");
    assert_eq!(tenant.effects(), ["invitation jane@other.example: sent again"]);
}

#[tokio::test]
async fn whoever_is_deleted_leaves_every_group_and_app() {
    let app =
        json!({ "id": guid(50), "name": "Payroll", "assignments": [{ "principal": "a@acme.example" }] });
    let users = [user(1, "a@acme.example"), user(2, "b@acme.example")];
    let tenant = Tenant::new(&users, &[group(10, "Sales", &[1, 2])], json!({ "apps": [app] }));
    ask(&tenant, Method::DELETE, &format!("users/{}", guid(1)), &Value::Null).await;
    let (_, members) = get(&tenant, &format!("groups/{}/members?$select=id", guid(10))).await;
    assert_eq!(members["value"].as_array().unwrap().len(), 1);
    let (_, given) = get(&tenant, &format!("servicePrincipals/{}/appRoleAssignedTo", guid(50))).await;
    assert_eq!(given["value"], json!([]));
}

#[tokio::test]
async fn an_application_can_do_what_it_was_permitted() {
    let settings = json!({ "settings": { "permissions": ["User.Read.All"] } });
    let tenant = Tenant::new(&[user(1, "a@acme.example")], &[group(10, "Sales", &[])], settings);
    assert_eq!(get(&tenant, "users").await.0, 200);
    let (status, body) = get(&tenant, "groups").await;
    assert_eq!((status, &body["error"]["code"]), (403, &json!("Authorization_RequestDenied")));
}

#[test]
fn a_seed_with_a_typo_is_refused() {
    let seed = json!({ "format": "grantline.emulator/1", "tenant": "acme", "vendor": { "grups": {} } });
    let mut options = crate::vendors::scim::emulator::Options::new(
        "nowhere".into(),
        crate::net::Secret::new(TOKEN.to_owned()),
    );
    options.in_memory = true;
    options.rules = std::sync::Arc::new(crate::vendors::entra::emulator::Entra);
    options.seed = Some(crate::vendors::scim::emulator::Seed::Text(seed.to_string()));
    let failed = crate::vendors::scim::emulator::Emulator::start(options).unwrap_err();
    assert!(matches!(&failed, StartError::Malformed { reason, .. } if reason.contains("grups")), "{failed}");
}
