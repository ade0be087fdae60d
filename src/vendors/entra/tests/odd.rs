//! Answers that no tenant should give, or gives on a bad day.

use super::{guid, read, resource};
use crate::connector::ConnectorError;
use crate::domain::{ResourceReading, Snapshot};
use crate::net::script::{Reply, Seen, Server, TestClock, pace};
use crate::vendors::entra::directory::Directory;
use serde_json::{Value, json};

fn json(status: u16, body: &Value) -> Reply {
    Reply::text(status, "application/json", &body.to_string())
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    json(status, &json!({ "error": { "code": code, "message": message } }))
}

fn jane() -> Value {
    json!({ "id": guid(1), "userPrincipalName": "jane@acme.example", "accountEnabled": true })
}

/// Reads a group at a server that answers so, and has Jane as its user.
async fn reading(
    answer: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static,
) -> Result<Snapshot, ConnectorError> {
    let server = Server::start(move |seen| match answer(seen) {
        Some(reply) => reply,
        None if seen.path == "/v1.0/users" => json(200, &json!({ "value": [jane()] })),
        None if seen.path.ends_with("/members") => json(200, &json!({ "value": [] })),
        None => json(200, &json!({ "id": guid(10), "displayName": "Sales" })),
    })
    .await;
    let directory = Directory::new(server.endpoint("/v1.0"), pace(TestClock::new())).unwrap();
    read(directory, vec![resource("g", "group", Some(10), None)]).await
}

fn for_users(body: Value) -> impl Fn(&Seen) -> Option<Reply> {
    move |seen| (seen.path == "/v1.0/users").then(|| json(200, &body))
}

fn for_members(reply: Reply) -> impl Fn(&Seen) -> Option<Reply> {
    move |seen| seen.path.ends_with("/members").then(|| reply.clone())
}

#[tokio::test]
async fn a_record_that_cannot_be_understood_is_set_aside_and_many_stop_the_reading() {
    let flawed = json!({ "id": guid(2), "userPrincipalName": "bob@acme.example", "accountEnabled": null });
    let odd = json!({ "id": guid(3), "userPrincipalName": "eve@acme.example", "accountEnabled": true, "externalUserState": "Odd" });
    let snapshot = reading(for_users(json!({ "value": [jane(), flawed, odd] }))).await.unwrap();
    assert_eq!((snapshot.accounts.len(), snapshot.broken.len()), (1, 2));
    assert!(snapshot.broken[0].reason.contains("accountEnabled"), "{:?}", snapshot.broken);
    let many: Vec<Value> = (1..=6).map(|id| json!({ "id": guid(id), "mail": "a@acme.example" })).collect();
    let failed = reading(for_users(json!({ "value": many }))).await.unwrap_err();
    assert!(matches!(&failed, ConnectorError::ContractBroken { message } if message.contains("6 of the 6")));
}

#[tokio::test]
async fn a_page_that_leads_elsewhere_ends_the_reading() {
    for next in ["https://evil.example/v1.0/users?$skiptoken=x", "/v1.0/groups?$skiptoken=x"] {
        let failed = reading(for_users(json!({ "value": [], "@odata.nextLink": next }))).await.unwrap_err();
        assert!(matches!(failed, ConnectorError::ContractBroken { .. }), "{failed:?}");
    }
}

#[tokio::test]
async fn a_member_of_no_kind_is_a_user_only_if_there_is_such_an_account() {
    let members = |id| for_members(json(200, &json!({ "value": [{ "id": guid(id) }] })));
    let known = reading(members(1)).await.unwrap();
    assert!(
        matches!(&known.resources["g"], ResourceReading::Read { holders, .. } if holders.len() == 1),
        "{known:?}"
    );
    let unknown = reading(members(7)).await.unwrap();
    assert!(matches!(unknown.resources["g"], ResourceReading::Unread { open: false, .. }), "{unknown:?}");
}

#[tokio::test]
async fn a_group_that_was_deleted_between_two_requests_is_missing() {
    let gone = for_members(error(404, "Request_ResourceNotFound", "Resource does not exist."));
    assert_eq!(reading(gone).await.unwrap().resources["g"], ResourceReading::Missing);
}

#[tokio::test]
async fn another_object_than_the_one_asked_for_is_not_taken_for_it() {
    let other = |seen: &Seen| {
        seen.path.ends_with(&guid(10)).then(|| json(200, &json!({ "id": guid(11), "displayName": "Sales" })))
    };
    let snapshot = reading(other).await.unwrap();
    assert!(matches!(snapshot.resources["g"], ResourceReading::Unread { open: false, .. }));
}

#[tokio::test]
async fn an_expired_token_and_a_missing_right_say_what_they_are() {
    let expired = for_members(error(
        401,
        "InvalidAuthenticationToken",
        "Lifetime validation failed, the token is expired.",
    ));
    let expired = reading(expired).await.unwrap_err();
    assert!(matches!(&expired, ConnectorError::Unauthorised { message } if message.contains("is expired")));
    let denied = for_members(error(403, "Authorization_RequestDenied", "Insufficient privileges."));
    let denied = reading(denied).await.unwrap_err();
    assert!(
        matches!(&denied, ConnectorError::Forbidden { message }
            if message.contains("Authorization_RequestDenied") && message.contains("docs/entra.md")),
        "{denied:?}"
    );
}

#[tokio::test]
async fn an_assignment_that_may_be_anybodys_leaves_the_app_unread() {
    let given = json!({
        "id": "a1", "resourceId": guid(50), "appRoleId": guid(0), "principalId": guid(1), "principalDisplayName": "Jane",
    });
    let server = Server::start(move |seen| match &*seen.path {
        "/v1.0/users" => json(200, &json!({ "value": [jane()] })),
        path if path.ends_with("/appRoleAssignedTo") => json(200, &json!({ "value": [given] })),
        _ => json(200, &json!({ "id": guid(50), "displayName": "Payroll" })),
    })
    .await;
    let directory = Directory::new(server.endpoint("/v1.0"), pace(TestClock::new())).unwrap();
    let snapshot = read(directory, vec![resource("a", "app", Some(50), None)]).await.unwrap();
    let ResourceReading::Unread { reason, open: false } = &snapshot.resources["a"] else {
        panic!("{:?}", snapshot.resources)
    };
    assert!(reason.contains("principalType"), "{reason}");
}
