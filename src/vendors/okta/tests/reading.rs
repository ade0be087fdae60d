//! Everybody, as read.

use super::*;
use crate::domain::{AccountState, Email, InvitationState};

#[tokio::test]
async fn every_status_is_an_account_an_invitation_or_a_retired_record() {
    let logins = ["staged", "invited", "active", "recovery", "expired", "locked", "suspended", "gone"];
    let users = logins.map(|login| person(&format!("{login}@acme.example"))).to_vec();
    let statuses = json!({
        "staged": "STAGED", "invited": "PROVISIONED", "recovery": "RECOVERY", "expired": "PASSWORD_EXPIRED",
        "locked": "LOCKED_OUT", "suspended": "SUSPENDED", "gone": "DEPROVISIONED",
    });
    let since = json!({ "invited": "2026-11-01T08:00:00Z" });
    let org = Org::of(users, &[], json!({ "statuses": statuses, "since": since }));
    let read = org.read("").await;
    let state = |id: &str| read.accounts[id].state;
    let pending = AccountState::Invited(InvitationState::Pending);
    for id in ["active", "recovery", "expired", "locked", "svc"] {
        assert_eq!(state(id), AccountState::Active, "{id}");
    }
    assert_eq!(
        [state("staged"), state("invited"), state("suspended")],
        [pending, pending, AccountState::Suspended]
    );
    assert_eq!(read.accounts["invited"].invited, Some("2026-11-01T08:00:00Z".parse().unwrap()));
    assert_eq!(read.accounts["staged"].invited, None);
    let retired: Vec<&str> = read.retired.keys().map(AccountId::as_str).collect();
    assert_eq!(retired, ["gone"]);
    assert!(!read.accounts.contains_key("gone") && read.broken.is_empty());
    assert_eq!(read.own.as_ref().map(AccountId::as_str), Some("svc"));
    assert_eq!(holders(&read, "org").len(), 8);
}

#[tokio::test]
async fn nothing_rests_on_a_search() {
    let org =
        Org::of(vec![person("gone@acme.example")], &[], json!({ "statuses": { "gone": "DEPROVISIONED" } }));
    org.read("a: { name: The a, kind: group }\nb: { name: Wiki, kind: app }").await;
    org.does(None, invite("new@acme.example", None)).await.unwrap();
    let log = org.log.lock().unwrap();
    assert!(log.iter().all(|line| !line.contains("search=")), "{log:#?}");
    assert!(log.iter().any(|line| line.contains("filter=status eq \"DEPROVISIONED\"")));
}

#[tokio::test]
async fn lists_are_read_over_all_their_pages() {
    let users: Vec<Value> = (0..450).map(|n| person(&format!("u{n}@acme.example"))).collect();
    let org = Org::of(users, &[], json!({}));
    assert_eq!(org.read("").await.accounts.len(), 451);
    let pages = org.log.lock().unwrap().iter().filter(|line| line.contains("/users limit=")).count();
    assert!(pages > 1);
}

fn user(id: &str, status: &str) -> Value {
    json!({ "id": id, "status": status, "profile": {
        "login": format!("{id}@acme.example"), "email": format!("{id}@mail.example"), "firstName": id, "lastName": "Doe",
        "secondEmail": format!("{id}@private.example"),
    } })
}

/// What is read where the list of users is this.
async fn of_users(users: Value) -> Result<Snapshot, ConnectorError> {
    let first = Mutex::new(Some(users));
    let server = Server::start(move |seen| match (seen.path.as_str(), seen.q("filter")) {
        ("/api/v1/users", "") => answer(&first.lock().unwrap().clone().unwrap()),
        ("/api/v1/users/me", _) => failure(404, "E0000007", "Not found"),
        _ => answer(&json!([])),
    })
    .await;
    read(server.endpoint(""), &vendor_with("", "")).await
}

#[tokio::test]
async fn a_status_that_nobody_knows_is_set_aside() {
    let read =
        of_users(json!([user("a", "ACTIVE"), user("b", "HIBERNATING"), { "id": "c", "status": "ACTIVE" }]))
            .await;
    let read = read.unwrap();
    assert_eq!(read.accounts.len(), 1);
    let reasons: Vec<&str> = read.broken.iter().map(|record| record.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "The user \"b\" has the status \"HIBERNATING\", which is not known.",
            "The user \"c\" has no login.",
        ]
    );
    assert_eq!(read.own, None);
}

#[tokio::test]
async fn many_that_cannot_be_understood_are_an_error() {
    let users: Vec<Value> = (0..6).map(|n| user(&format!("u{n}"), "NEW")).collect();
    let error = of_users(json!(users)).await.unwrap_err();
    assert!(matches!(error, ConnectorError::ContractBroken { .. }), "{error:?}");
}

#[tokio::test]
async fn a_private_address_for_recovery_says_nothing_of_who_it_is() {
    let read = of_users(json!([user("a", "ACTIVE")])).await.unwrap();
    let emails: Vec<&str> = read.accounts["a"].emails.iter().map(Email::as_str).collect();
    assert_eq!(emails, ["a@acme.example", "a@mail.example"]);
    assert_eq!(read.accounts["a"].name.as_deref(), Some("a Doe"));
}

#[tokio::test]
async fn without_knowing_whose_the_credential_is_nothing_is_read() {
    let refusing = |method: &str, path: &str| {
        let me = path == "/api/v1/users/me" && method == "GET";
        me.then(|| failure(403, "E0000006", "You do not have permission to perform the requested action"))
    };
    let server = server(refusing).await;
    let error = read(server.endpoint(""), &vendor_with("", "")).await.unwrap_err();
    assert!(error.to_string().contains("identity:") && error.to_string().contains("scope"), "{error}");
}

#[tokio::test]
async fn the_workspace_may_say_whose_the_credential_is() {
    let server = server(|_, path| match path {
        "/api/v1/users" => Some(answer(&json!([user("a", "ACTIVE")]))),
        "/api/v1/users/me" => Some(failure(403, "E0000006", "no")),
        _ => None,
    })
    .await;
    let vendor = vendor_with("    identity: A@acme.example\n", "");
    let read = read(server.endpoint(""), &vendor).await.unwrap();
    assert_eq!(read.own.as_ref().map(AccountId::as_str), Some("a"));
}

#[tokio::test]
async fn a_token_that_is_refused_says_so() {
    let org = Org::of(Vec::new(), &[], json!({}));
    let endpoint = Endpoint::with_token(org.endpoint().base, Secret::new("wrong".to_owned()));
    let error = read(endpoint, &vendor_with("", "")).await.unwrap_err();
    assert!(
        matches!(&error, ConnectorError::Unauthorised { message } if message.contains("E0000011")),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_address_may_lack_the_path_and_must_not_be_that_of_the_admin_console() {
    let server = server(|_, _| None).await;
    read(server.endpoint(""), &vendor_with("", "")).await.unwrap();
    assert!(server.seen().iter().all(|seen| seen.path.starts_with("/api/v1/")));
    assert!(server.seen().iter().all(|seen| seen.headers["authorization"].starts_with("SSWS ")));
    let admin =
        Endpoint::with_token("https://acme-admin.okta.com".parse().unwrap(), Secret::new("t".to_owned()));
    let error = reader(&vendor_with("", ""), admin, pace(TestClock::new())).err().unwrap();
    assert!(error.to_string().contains("-admin"), "{error}");
}

#[tokio::test]
async fn administrator_roles_are_not_mapped() {
    let vendor = vendor_with("    roles: { admin: SUPER_ADMIN }\n", "");
    let endpoint =
        Endpoint::with_token("https://acme.okta.com".parse().unwrap(), Secret::new("t".to_owned()));
    let error = reader(&vendor, endpoint, pace(TestClock::new())).err().unwrap();
    assert!(error.to_string().contains("delete `roles:`"), "{error}");
}

#[tokio::test]
async fn whom_okta_does_not_suspend_is_told_with_what_a_person_does() {
    let names = ["active", "locked", "expired", "forgot", "asleep", "invited"];
    let people = names.map(|who| person(&format!("{who}@acme.example"))).to_vec();
    let statuses = json!({ "locked": "LOCKED_OUT", "expired": "PASSWORD_EXPIRED", "forgot": "RECOVERY",
                           "asleep": "SUSPENDED", "invited": "PROVISIONED" });
    let read = Org::of(people, &[], json!({ "statuses": statuses })).read("").await;
    let told: Vec<(&str, bool)> =
        read.by_hand.iter().map(|(id, how)| (id.as_str(), how.contains("Admin Console"))).collect();
    assert_eq!(told, [("expired", true), ("forgot", true), ("invited", false), ("locked", true)]);
}
