//! Users, roles, apps and mappings as a snapshot.

use super::{account_id, ok, reader, refusal, resource, scope, user, user_with};
use crate::connector::{ConnectorError, Reader as _};
use crate::domain::{AccountState, FeedKind, InvitationState, ResourceName, ResourceReading, Snapshot};
use crate::net::script::{Reply, Seen, Server};
use crate::vendors::onelogin::account::account;
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[tokio::test]
async fn the_cursor_of_one_page_asks_for_the_next() {
    let server = Server::start(|seen| match seen.q("cursor") {
        "" => ok(&json!([user(1, "a@acme.example")])).header("After-Cursor", "bmV4dA=="),
        "bmV4dA==" => ok(&json!([user(2, "b@acme.example")])).header("After-Cursor", ""),
        other => panic!("{other}"),
    })
    .await;
    let snapshot = reader(&server).read(&scope(vec![resource("org", None, None)])).await.unwrap();
    assert_eq!(snapshot.accounts.len(), 2);
    let org = &snapshot.resources[&ResourceName::org()];
    let ResourceReading::Read { holders, .. } = org else { panic!("{org:?}") };
    assert_eq!(holders.len(), 2);
    assert_eq!(server.lines(), ["GET /api/2/users", "GET /api/2/users"]);
    let asked = &server.seen()[0];
    assert_eq!(asked.q("limit"), "100");
    assert!(asked.q("fields").contains("invitation_sent_at"));
    assert!(asked.headers["authorization"].starts_with("Bearer "));
}

#[tokio::test]
async fn only_a_person_lets_in_again_who_was_rejected() {
    let one = |id: u64, status: u64, state: u64| {
        let mut one = user(id, &format!("u{id}@acme.example"));
        (one["status"], one["state"]) = (json!(status), json!(state));
        one
    };
    let users = json!([one(1, 1, 1), one(2, 2, 1), one(3, 1, 2), one(4, 1, 0), one(5, 1, 3), one(6, 6, 2)]);
    let server = Server::start(move |_| ok(&users)).await;
    let snapshot = reader(&server).read(&scope(Vec::new())).await.unwrap();
    let by_hand: Vec<(&str, bool)> =
        snapshot.by_hand.iter().map(|(id, how)| (id.as_str(), how.contains("Approve"))).collect();
    assert_eq!(by_hand, [("3", true)]);
}

#[test]
fn status_and_state_say_whether_an_account_can_be_used() {
    let pending = Some(AccountState::Invited(InvitationState::Pending));
    let (active, suspended) = (Some(AccountState::Active), Some(AccountState::Suspended));
    // Status, state, whether it was ever activated.
    let table = [
        ((0, 1, false), pending),
        ((7, 1, false), pending),
        ((8, 1, false), pending),
        ((7, 1, true), active),
        ((8, 1, true), active),
        ((0, 1, true), suspended),
        ((1, 1, false), active),
        ((1, 1, true), active),
        ((2, 1, false), suspended),
        ((2, 1, true), suspended),
        ((3, 1, true), active),
        ((4, 1, true), active),
        ((5, 1, true), active),
        ((1, 0, true), suspended),
        ((1, 3, true), suspended),
        ((2, 0, true), suspended),
        ((1, 2, true), suspended),
        ((2, 2, true), suspended),
        ((6, 2, true), None),
        ((6, 1, true), None),
        ((9, 1, true), None),
        ((6, 0, true), None),
        ((1, 4, true), None),
    ];
    for ((status, state, activated), expected) in table {
        let at = activated.then_some("2026-01-05T08:00:00Z");
        let user = user_with(json!({ "status": status, "state": state, "activated_at": at }));
        let read = account(&user).ok().map(|account| account.state);
        assert_eq!(read, expected, "status {status}, state {state}, activated {activated}");
    }
}

#[test]
fn an_account_made_here_that_was_sent_no_link_has_nothing_to_accept() {
    let state = |external_id: &str, sent: Option<&str>| {
        let user = json!({
            "status": 0, "activated_at": null, "external_id": external_id, "invitation_sent_at": sent,
        });
        let account = account(&user_with(user)).unwrap();
        (account.state, account.invited.is_some())
    };
    let invited = AccountState::Invited;
    assert_eq!(state("grantline:jane", None), (invited(InvitationState::Expired), false));
    let sent = Some("2026-11-20T09:00:00.000Z");
    assert_eq!(state("grantline:jane", sent), (invited(InvitationState::Pending), true));
    assert_eq!(state("S-1-5-21", None), (invited(InvitationState::Pending), false));
}

#[test]
fn people_are_known_by_their_address_and_keep_a_username_of_another_scheme() {
    let read = account(&user_with(json!({ "username": "jdoe" }))).unwrap();
    assert_eq!((&*read.login, read.emails.len()), ("jane@acme.example", 1));
    assert_eq!(read.name.as_deref(), Some("Jane Doe"));
    let read = account(&user_with(json!({ "email": null, "username": "jdoe", "lastname": "" }))).unwrap();
    assert_eq!((&*read.login, read.emails.len(), read.name.as_deref()), ("jdoe", 0, Some("Jane")));
    let broken = account(&user_with(json!({ "email": null, "username": "" }))).unwrap_err();
    assert_eq!(broken.reason, "The user \"7\" has neither an email nor a username.");
}

#[tokio::test]
async fn invariant_9_a_record_with_an_unknown_word_is_set_aside() {
    let odd = user_with(json!({ "status": 6 }));
    let users =
        json!([user(1, "a@acme.example"), odd, { "email": "x@acme.example", "status": 1, "state": 1 }]);
    let server = Server::start(move |_| ok(&users)).await;
    let snapshot = reader(&server).read(&scope(Vec::new())).await.unwrap();
    assert_eq!(snapshot.accounts.len(), 1);
    let reasons: Vec<&str> = snapshot.broken.iter().map(|record| record.reason.as_str()).collect();
    assert_eq!(reasons, ["A user has no id that is a number.", "The user \"7\" has the unknown status 6."]);
}

#[tokio::test]
async fn invariant_2_a_directory_that_is_not_understood_is_unreadable() {
    let users: Vec<Value> =
        (0..6).map(|id| json!({ "id": id, "email": format!("u{id}@acme.example") })).collect();
    let server = Server::start(move |_| ok(&json!(users))).await;
    let error = reader(&server).read(&scope(Vec::new())).await.unwrap_err();
    assert!(matches!(&error, ConnectorError::ContractBroken { message } if message.contains("6 of the 6")));
}

/// Two users, two roles and an app that one of the roles carries.
fn tenant(seen: &Seen) -> Reply {
    let users = json!([user(1, "a@acme.example"), user(2, "b@acme.example"), user(3, "c@acme.example")]);
    match seen.path.as_str() {
        "/api/2/users" => ok(&users),
        "/api/2/roles" => ok(&json!([{ "id": 11, "name": "Sales" }, { "id": 12, "name": "Support" }])),
        "/api/2/roles/11/users" => ok(&json!([{ "id": 1, "name": "Jane Doe" }])),
        "/api/2/roles/12/users" => ok(&json!([])),
        "/api/2/apps" => ok(&json!([{ "id": 21, "name": "Heap" }])),
        "/api/2/apps/21" => ok(&json!({ "id": 21, "name": "Heap", "role_ids": [11] })),
        "/api/2/apps/21/users" => ok(&json!([{ "id": 1 }, { "id": 3 }])),
        "/api/2/mappings" => ok(&json!([
            { "id": 31, "name": "All of sales", "enabled": true, "match": "all", "conditions": [],
              "actions": [{ "action": "add_role", "value": ["11"] }] },
            { "id": 32, "name": "Titles", "enabled": true, "match": "all", "conditions": [],
              "actions": [{ "action": "set_title", "value": ["11"] }] },
        ])),
        _ => refusal(404, "NotFoundError", "There is no such thing"),
    }
}

async fn one(kind: &str, id: Option<&str>, display: Option<&str>) -> (Snapshot, Server) {
    let server = Server::start(tenant).await;
    let snapshot = reader(&server).read(&scope(vec![resource(kind, id, display)])).await.unwrap();
    (snapshot, server)
}

fn holders(snapshot: &Snapshot) -> Vec<String> {
    match &snapshot.resources["it"] {
        ResourceReading::Read { holders, .. } => {
            holders.iter().map(|(id, level)| format!("{id} {level}")).collect()
        }
        other => vec![format!("{other:?}")],
    }
}

fn feeds(snapshot: &Snapshot) -> Vec<(FeedKind, &str, Option<usize>)> {
    let feeds = snapshot.feeds.get("it").map(Vec::as_slice).unwrap_or_default();
    feeds.iter().map(|feed| (feed.kind, &*feed.name, feed.accounts.as_ref().map(BTreeSet::len))).collect()
}

#[tokio::test]
async fn a_role_is_found_by_its_exact_name_and_fed_by_mappings() {
    let (snapshot, server) = one("role", None, Some("Sales")).await;
    assert_eq!(holders(&snapshot), ["1 member"]);
    assert_eq!(feeds(&snapshot), [(FeedKind::Rule, "All of sales", None)]);
    assert!(!server.lines().contains(&"GET /api/2/roles/12/users".to_owned()), "nobody declared it");
    let (snapshot, _) = one("role", None, Some("Marketing")).await;
    assert_eq!(snapshot.resources["it"], ResourceReading::Missing);
    assert!(snapshot.similar.is_empty(), "no role is near");
    let (snapshot, server) = one("role", None, Some("Sles")).await;
    assert_eq!(snapshot.resources["it"], ResourceReading::Missing);
    let near: Vec<(&str, &str)> = snapshot.similar["it"].iter().map(|one| (&*one.id, &*one.name)).collect();
    assert_eq!(near, [("11", "Sales")]);
    assert_eq!(server.lines().iter().filter(|line| *line == "GET /api/2/roles").count(), 1);
    let (snapshot, _) = one("role", None, Some("sales")).await;
    assert!(holders(&snapshot)[0].contains("another case"), "{snapshot:?}");
    let (snapshot, _) = one("role", Some("99"), None).await;
    assert_eq!(snapshot.resources["it"], ResourceReading::Missing);
}

#[tokio::test]
async fn an_app_is_fed_by_its_roles_and_held_by_whoever_has_it_without_one() {
    for (id, display) in [(Some("21"), None), (None, Some("Heap"))] {
        let (snapshot, _) = one("app", id, display).await;
        assert_eq!(holders(&snapshot), ["3 user"]);
        assert_eq!(
            feeds(&snapshot),
            [(FeedKind::Group, "Sales", Some(1)), (FeedKind::Rule, "All of sales", None)]
        );
    }
    let (snapshot, _) = one("app", Some("22"), None).await;
    assert_eq!(snapshot.resources["it"], ResourceReading::Missing);
}

#[tokio::test]
async fn a_role_that_an_app_names_and_that_is_not_there_leaves_open_who_holds_the_app() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/api/2/roles/11/users" => refusal(404, "NotFoundError", "no such role"),
        _ => tenant(seen),
    })
    .await;
    let snapshot = reader(&server).read(&scope(vec![resource("app", Some("21"), None)])).await.unwrap();
    let ResourceReading::Unread { reason, open: false } = &snapshot.resources["it"] else {
        panic!("{snapshot:?}")
    };
    assert!(reason.contains("role \"11\"") && reason.contains("Access"), "{reason}");
    assert!(snapshot.feeds.is_empty());
}

#[tokio::test]
async fn mappings_that_may_not_be_read_are_no_reason_to_read_nothing() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/api/2/mappings" => refusal(403, "ForbiddenError", "Insufficient scope"),
        _ => tenant(seen),
    })
    .await;
    let declared = scope(vec![resource("role", Some("11"), None)]);
    let snapshot = reader(&server).read(&declared).await.unwrap();
    assert_eq!((holders(&snapshot).len(), feeds(&snapshot).len()), (1, 1));
    assert_eq!(snapshot.feeds.values().flatten().next().unwrap().kind, FeedKind::Unread);
}

#[tokio::test]
async fn a_role_declared_twice_is_nobodys() {
    let server = Server::start(tenant).await;
    let mut twice = vec![resource("role", Some("11"), None), resource("role", None, Some("Sales"))];
    twice[1].name = ResourceName::parse("other").unwrap();
    let snapshot = reader(&server).read(&scope(twice)).await.unwrap();
    for reading in snapshot.resources.values() {
        assert!(matches!(reading, ResourceReading::Unread { open: false, .. }), "{reading:?}");
    }
}

#[tokio::test]
async fn a_refusal_has_the_vendors_words_and_a_type() {
    let error = async |reply: fn() -> Reply| {
        let server = Server::start(move |_| reply()).await;
        reader(&server).read(&scope(Vec::new())).await.unwrap_err()
    };
    let expired = error(|| refusal(401, "UnauthorizedError", "Authentication Failure")).await;
    let ConnectorError::Unauthorised { message } = expired else { panic!("{expired:?}") };
    assert!(message.contains("(UnauthorizedError): \"Authentication Failure\""), "{message}");
    let scope = error(|| {
        let told =
            json!({ "status": { "error": true, "code": 403, "type": "Forbidden", "message": "no scope" } });
        Reply::text(403, "application/json", &told.to_string())
    });
    let scope = scope.await;
    let ConnectorError::Forbidden { message } = scope else { panic!("{scope:?}") };
    assert!(
        message.contains("(Forbidden): \"no scope\"") && message.contains("`Manage users` changes users"),
        "{message}"
    );
}

#[tokio::test]
async fn the_workspace_says_which_account_is_the_credentials_own() {
    let server = Server::start(tenant).await;
    let mut reader = reader(&server);
    assert_eq!(reader.read(&scope(Vec::new())).await.unwrap().own, None);
    reader.identity = Some("B@acme.example".into());
    assert_eq!(reader.read(&scope(Vec::new())).await.unwrap().own, Some(account_id("2")));
    reader.identity = Some("none".into());
    assert_eq!(reader.read(&scope(Vec::new())).await.unwrap().own, None);
}
