//! The embedded vendor, through the connector and past it.

use super::{account_id, change, level, reader_at, resource, role, scope, writer_at};
use crate::connector::{Reader as _, Writer as _};
use crate::domain::{AccountState, Action, FeedKind, InvitationState, Profile, ResourceReading, Snapshot};
use crate::net::Secret;
use crate::net::script::TOKEN;
use crate::vendors::onelogin::emulator::rules;
use crate::vendors::scim::emulator::{Emulator, Options, Seed};
use reqwest::{Client, Method};
use serde_json::{Value, json};

fn seeded(users: Value, groups: Value, vendor: Value) -> Emulator {
    started(users, groups, vendor).unwrap()
}

fn started(users: Value, groups: Value, vendor: Value) -> Result<Emulator, String> {
    let seed = json!({
        "format": "grantline.emulator/1", "tenant": "acme", "users": users, "groups": groups, "vendor": vendor,
    });
    let options = Options {
        seed: Some(Seed::Text(seed.to_string())),
        rules: rules(),
        in_memory: true,
        ..Options::new("unused".into(), Secret::new(TOKEN.to_owned()))
    };
    Emulator::start(options).map_err(|error| error.to_string())
}

fn person(name: &str) -> Value {
    let address = format!("{name}@acme.example");
    json!({ "attributes": { "userName": address, "displayName": name, "emails": [{ "value": address }] } })
}

async fn ask(emulator: &Emulator, method: Method, path: &str, body: Value) -> (u16, Value) {
    let url = format!("{}/{path}", emulator.base_url());
    let request = Client::new().request(method, url).bearer_auth(TOKEN).body(body.to_string());
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default())
}

async fn read(emulator: &Emulator, kind: &str, name: &str) -> Snapshot {
    let declared = scope(vec![resource(kind, None, Some(name))]);
    reader_at(emulator.endpoint().unwrap()).read(&declared).await.unwrap()
}

fn held(snapshot: &Snapshot) -> Vec<&str> {
    let ResourceReading::Read { holders, .. } = &snapshot.resources["it"] else { panic!("{snapshot:?}") };
    holders.keys().map(|id| &*snapshot.accounts[id].login).collect()
}

#[tokio::test]
async fn a_seed_names_people_and_roles_and_everything_gets_a_number() {
    let emulator = seeded(
        json!([person("ann"), person("bob"), person("cy")]),
        json!([{ "attributes": { "displayName": "Sales", "members": [{ "value": "ann@acme.example" }] } }]),
        json!({
            "users": { "bob@acme.example": { "status": 3, "activated": "2026-01-05T08:00:00Z" } },
            "apps": { "21": { "name": "Heap", "roles": ["Sales"], "users": ["cy@acme.example"] } },
        }),
    );
    let snapshot = read(&emulator, "app", "Heap").await;
    assert!(snapshot.accounts.keys().all(|id| id.as_str().parse::<u64>().is_ok()));
    assert!(snapshot.accounts.values().all(|account| account.state == AccountState::Active));
    assert_eq!(held(&snapshot), ["cy@acme.example"]);
    let feeds = &snapshot.feeds["it"];
    assert_eq!((feeds[0].kind, &*feeds[0].name), (FeedKind::Group, "Sales"));
    assert_eq!(feeds[0].accounts.as_ref().unwrap().len(), 1);
}

#[tokio::test]
async fn who_is_suspended_is_adopted_as_somebody_who_can_sign_in_and_a_rejected_one_is_not() {
    let emulator = seeded(
        json!([person("ann"), person("bob")]),
        json!([{ "attributes": { "displayName": "Sales" } }]),
        json!({ "users": { "ann@acme.example": { "status": 2, "activated": "2026-01-05T08:00:00Z" },
                           "bob@acme.example": { "status": 1, "state": 2 } } }),
    );
    let invite = |login: &str| {
        let profile = Profile { login: login.into(), name: None };
        Action::Invite { profile, external_id: "grantline:x".into(), on: None }
    };
    let states = async || -> Vec<(String, AccountState)> {
        let snapshot = read(&emulator, "role", "Sales").await;
        assert!(snapshot.broken.is_empty(), "{:?}", snapshot.broken);
        snapshot.accounts.values().map(|account| (account.login.to_string(), account.state)).collect()
    };
    let [ann, bob] = ["ann", "bob"].map(|who| format!("{who}@acme.example"));
    let expect = |ann_is| vec![(ann.clone(), ann_is), (bob.clone(), AccountState::Suspended)];
    assert_eq!(states().await, expect(AccountState::Suspended));
    let writer = writer_at(&emulator.endpoint().unwrap());
    let adopted = writer.execute(&change(None, invite(&ann))).await.unwrap().note.unwrap_or_default();
    assert!(adopted.contains("were made active"), "{adopted}");
    let id = read(&emulator, "role", "Sales").await.accounts.into_values().find(|one| *one.login == *bob);
    for (account, action) in [(None, invite(&bob)), (id.map(|one| one.id.to_string()), Action::Restore)] {
        let refused = writer.execute(&change(account.as_deref(), action)).await.unwrap_err().to_string();
        assert!(refused.contains("rejected") && refused.contains("More Actions"), "{refused}");
    }
    assert_eq!(states().await, expect(AccountState::Active));
}

#[test]
fn a_seed_that_names_nobody_says_whom() {
    let wrong = started(json!([]), json!([]), json!({ "users": { "ann": { "status": 1 } } })).unwrap_err();
    assert!(wrong.contains("no user is called \"ann\""), "{wrong}");
    let apps = json!({ "apps": { "21": { "name": "Heap", "roles": ["Sales"] } } });
    let wrong = started(json!([]), json!([]), apps).unwrap_err();
    assert!(wrong.contains("no group is called \"Sales\""), "{wrong}");
    assert!(started(json!([]), json!([]), json!({ "user": {} })).unwrap_err().contains("user"));
}

#[tokio::test]
async fn people_who_wait_accept_when_they_are_told_to() {
    let emulator = seeded(json!([person("ann")]), json!([]), json!({ "people": "wait" }));
    let endpoint = emulator.endpoint().unwrap();
    let profile = Profile { login: "new@acme.example".into(), name: Some("New".into()) };
    let invite = Action::Invite { profile, external_id: "grantline:new".into(), on: None };
    let made = writer_at(&endpoint).execute(&change(None, invite)).await.unwrap().account.unwrap();
    let state = async || {
        let snapshot = reader_at(endpoint.clone()).read(&scope(Vec::new())).await.unwrap();
        snapshot.accounts[&made].state
    };
    assert_eq!(state().await, AccountState::Invited(InvitationState::Pending));
    let path = format!("rehearsal/accept/{made}");
    assert_eq!(ask(&emulator, Method::POST, &path, json!(null)).await.0, 200);
    assert_eq!(state().await, AccountState::Active);
    assert_eq!(ask(&emulator, Method::POST, &path, json!(null)).await.0, 400);
}

#[tokio::test]
async fn a_mapping_gives_a_role_back_when_it_is_applied() {
    let emulator = seeded(
        json!([person("ann"), person("bob")]),
        json!([{ "id": "11", "attributes": { "displayName": "Sales", "members": [{ "value": "ann@acme.example" }] } }]),
        json!({ "mappings": [{
            "id": 31, "name": "Ann sells", "conditions": [{ "source": "email", "operator": "~", "value": "ann@" }],
            "actions": [{ "action": "add_role", "value": ["Sales"] }],
        }] }),
    );
    let before = read(&emulator, "role", "Sales").await;
    assert_eq!(held(&before), ["ann@acme.example"]);
    assert_eq!(before.feeds["it"][0].kind, FeedKind::Rule);
    let ann = before.accounts.values().find(|one| one.login.starts_with("ann")).unwrap().id.clone();
    let take = Action::Revoke { on: role("11"), from: level("member") };
    writer_at(&emulator.endpoint().unwrap()).execute(&change(Some(ann.as_str()), take)).await.unwrap();
    assert!(held(&read(&emulator, "role", "Sales").await).is_empty());
    assert_eq!(ask(&emulator, Method::POST, "rehearsal/sweep", json!(null)).await.0, 200);
    assert_eq!(held(&read(&emulator, "role", "Sales").await), ["ann@acme.example"]);
}

#[tokio::test]
async fn what_the_vendor_would_refuse_is_refused_in_its_words() {
    let emulator = seeded(
        json!([person("ann")]),
        json!([{ "id": "11", "attributes": { "displayName": "Sales" } }]),
        json!({}),
    );
    let refused = [
        (Method::POST, "api/2/users", json!({ "email": "Ann@acme.example" }), 422),
        (Method::POST, "api/2/users", json!({ "firstname": "Ann" }), 422),
        (Method::POST, "api/2/users", json!({ "email": "x@acme.example", "status": 6 }), 422),
        (Method::POST, "api/2/users", json!({ "email": "x@acme.example", "colour": "red" }), 422),
        (Method::POST, "api/2/roles", json!({ "name": "sales" }), 422),
        (Method::POST, "api/2/roles/11/users", json!({ "user_id": [1] }), 422),
        (Method::POST, "api/2/roles/11/users", json!([1]), 422),
        (Method::POST, "api/2/roles/12/users", json!([1]), 404),
        (Method::POST, "api/2/roles/11/users", json!((0..101).collect::<Vec<_>>()), 422),
        (Method::PUT, "api/2/users/1", json!({ "status": 2 }), 404),
        (Method::GET, "api/2/users?cursor=3", json!(null), 400),
        (Method::PUT, "api/1/users/set_password_clear_text/1", json!({}), 403),
    ];
    for (method, path, body, expected) in refused {
        let (status, said) = ask(&emulator, method, path, body).await;
        assert_eq!((status, &said["statusCode"]), (expected, &json!(expected)), "{path}: {said}");
        assert!(said["message"].as_str().is_some_and(|message| !message.is_empty()), "{said}");
    }
    let (status, said) = ask(
        &emulator,
        Method::POST,
        "api/1/invites/send_invite_link",
        json!({ "email": "Ann@acme.example" }),
    )
    .await;
    assert_eq!((status, &said["status"]["error"]), (400, &json!(true)));
    assert!(emulator.audit().effects().is_empty());
}

/// As many as the largest role that a reading has to cope with.
const CROWD: usize = 20_000;

#[tokio::test]
async fn a_role_of_twenty_thousand_is_read_and_changed() {
    let users: Vec<Value> = (1..=CROWD)
        .map(|id| {
            let address = format!("u{id}@acme.example");
            json!({ "id": id.to_string(), "attributes": { "userName": address, "emails": [{ "value": address }] } })
        })
        .collect();
    let members: Vec<Value> = (1..=CROWD).map(|id| json!({ "value": id.to_string() })).collect();
    let role_of_all = json!([{ "id": "900001", "attributes": { "displayName": "All", "members": members } }]);
    let emulator = seeded(json!(users), role_of_all, json!({}));
    let snapshot = read(&emulator, "role", "All").await;
    assert_eq!((snapshot.accounts.len(), held(&snapshot).len()), (CROWD, CROWD));
    // Every list of a hundred at a time, and nothing for each user.
    assert_eq!(emulator.faults().calls(), 2 * 200 + 2);
    let take = Action::Revoke { on: role("900001"), from: level("member") };
    let leaving: Vec<_> = (1..=100).map(|id| change(Some(&id.to_string()), take.clone())).collect();
    let outcomes =
        writer_at(&emulator.endpoint().unwrap()).execute_together(&leaving.iter().collect::<Vec<_>>()).await;
    assert!(outcomes.iter().all(Result::is_ok));
    let snapshot = read(&emulator, "role", "All").await;
    assert_eq!(held(&snapshot).len(), CROWD - 100);
    assert!(snapshot.accounts.contains_key(&account_id("100")));
}
