//! Changes as requests.

use super::{change, level, ok, refusal, resource, role, user, user_with, writer};
use crate::connector::{ConnectorError, Receipt, Writer as _};
use crate::domain::{AccountId, Action, Profile, Target};
use crate::net::script::{Reply, Seen, Server};
use serde_json::{Value, json};

const JANE: &str = "jane@acme.example";

fn profile(login: &str, name: &str) -> Profile {
    Profile { login: login.into(), name: Some(name.into()) }
}

fn invite() -> Action {
    Action::Invite { profile: profile(JANE, "Jane Q Doe"), external_id: "grantline:jane".into(), on: None }
}

/// Carries one change out where a search finds these users.
async fn done(action: Action, found: Value) -> (Result<Receipt, ConnectorError>, Server) {
    let server = Server::start(move |seen| answer(seen, &found)).await;
    let account = (!matches!(action, Action::Invite { .. })).then_some("7");
    let outcome = writer(&server).execute(&change(account, action)).await;
    (outcome, server)
}

fn answer(seen: &Seen, found: &Value) -> Reply {
    match seen.line().as_str() {
        "GET /api/2/users" => ok(found),
        "GET /api/2/users/7" => found.get(0).map_or_else(|| refusal(404, "NotFoundError", "gone"), ok),
        "POST /api/2/users" => Reply::text(201, "application/json", &user(7, JANE).to_string()),
        "DELETE /api/2/users/7" => Reply::empty(204),
        _ => {
            ok(&json!({ "status": { "error": false, "code": 200, "type": "success", "message": "Success" } }))
        }
    }
}

/// What was sent to change something, with its body.
fn sent(server: &Server) -> Vec<(String, Value)> {
    let writes = server.seen().into_iter().filter(|seen| seen.method != "GET");
    writes.map(|seen| (seen.line(), seen.body)).collect()
}

fn note(outcome: Result<Receipt, ConnectorError>) -> String {
    outcome.unwrap().note.unwrap_or_default()
}

const MAIL: &str = "POST /api/1/invites/send_invite_link";

#[tokio::test]
async fn somebody_new_is_created_and_then_sent_the_link() {
    // A server that ignores the filter answers everybody.
    let (outcome, server) =
        done(invite(), json!([user(1, "a@acme.example"), user(2, "b@acme.example")])).await;
    assert_eq!(outcome.unwrap().account.as_ref().map(AccountId::as_str), Some("7"));
    assert_eq!(server.seen()[0].q("email"), JANE);
    let user = json!({
        "email": JANE, "username": JANE, "firstname": "Jane Q", "lastname": "Doe", "external_id": "grantline:jane",
        "status": 0, "state": 1,
    });
    let mail = (MAIL.to_owned(), json!({ "email": JANE }));
    assert_eq!(sent(&server), [("POST /api/2/users".to_owned(), user), mail]);
}

#[tokio::test]
async fn whoever_is_there_already_is_adopted_as_they_are() {
    let found = |values| json!([user_with(values)]);
    let (outcome, server) = done(invite(), found(json!({ "email": "Jane@Acme.example" }))).await;
    assert!(note(outcome).contains("adopted"));
    assert!(sent(&server).is_empty());
    let (outcome, server) = done(invite(), found(json!({ "status": 2 }))).await;
    assert!(note(outcome).contains("made active"));
    assert_eq!(sent(&server), [("PUT /api/2/users/7".to_owned(), json!({ "status": 1 }))]);
    let unsent = json!({ "status": 0, "activated_at": null, "external_id": "grantline:jane" });
    let (outcome, server) = done(invite(), found(unsent)).await;
    assert!(note(outcome).contains("were sent one"));
    assert_eq!(sent(&server), [(MAIL.to_owned(), json!({ "email": JANE }))]);
}

#[tokio::test]
async fn anothers_account_a_rejected_one_and_one_of_two_are_not_adopted() {
    for found in [
        json!([user_with(json!({ "external_id": "grantline:john" }))]),
        json!([user_with(json!({ "state": 2 }))]),
        json!([user(7, JANE), user(8, JANE)]),
    ] {
        let (outcome, server) = done(invite(), found).await;
        assert!(matches!(outcome, Err(ConnectorError::Refused { .. })), "{outcome:?}");
        assert!(sent(&server).is_empty());
    }
}

/// A server that answers the ending of sessions with these in turn, the last of them from then on, and one of which the
/// account can be suspended or not.
async fn suspending(log_outs: Vec<Reply>, set: Reply) -> (Result<Receipt, ConnectorError>, Server) {
    let count = std::sync::atomic::AtomicUsize::new(0);
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/api/1/users/7/logout" => {
            let at = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            log_outs[at.min(log_outs.len() - 1)].clone()
        }
        _ => set.clone(),
    })
    .await;
    let outcome = writer(&server).execute(&change(Some("7"), Action::Suspend)).await;
    (outcome, server)
}

const LOG_OUT: &str = "PUT /api/1/users/7/logout";
const SET: &str = "PUT /api/2/users/7";

#[tokio::test]
async fn sessions_end_before_the_account_is_suspended_and_once_more_after_it() {
    let (outcome, server) = done(Action::Suspend, json!([])).await;
    assert_eq!(note(outcome), "");
    let log_out = (LOG_OUT.to_owned(), json!({}));
    let set = (SET.to_owned(), json!({ "status": 2 }));
    assert_eq!(sent(&server), [log_out.clone(), set, log_out]);
}

#[tokio::test]
async fn sessions_that_cannot_be_ended_are_told_and_the_account_is_suspended_all_the_same() {
    for trouble in [refusal(403, "ForbiddenError", "not allowed"), refusal(500, "InternalError", "oops")] {
        let (outcome, server) = suspending(vec![trouble], ok(&json!({}))).await;
        assert!(note(outcome).starts_with("Sessions that were open may go on: "));
        assert_eq!(server.lines(), [LOG_OUT, SET, LOG_OUT]);
    }
}

#[tokio::test]
async fn an_account_that_is_not_suspended_is_an_error_whatever_became_of_its_sessions() {
    let (outcome, server) =
        suspending(vec![ok(&json!({}))], refusal(422, "UnprocessableEntityError", "no")).await;
    assert!(matches!(outcome, Err(ConnectorError::Refused { .. })), "{outcome:?}");
    assert_eq!(server.lines(), [LOG_OUT, SET]);
}

#[tokio::test]
async fn where_the_vendor_asks_for_a_pause_first_the_account_is_left_for_after_it() {
    let later = || Reply::empty(429).header("retry-after", "900");
    let (outcome, server) = suspending(vec![later()], ok(&json!({}))).await;
    assert!(matches!(outcome, Err(ConnectorError::RetryLater { after: Some(_), .. })), "{outcome:?}");
    assert_eq!(server.lines(), [LOG_OUT]);
}

#[tokio::test]
async fn sessions_end_even_where_nobody_knows_whether_the_account_is_suspended() {
    let (outcome, server) = suspending(vec![ok(&json!({}))], refusal(500, "InternalError", "oops")).await;
    assert!(matches!(outcome, Err(ConnectorError::Broke { .. })), "{outcome:?}");
    assert_eq!(server.lines(), [LOG_OUT, SET, LOG_OUT]);
}

#[tokio::test]
async fn restoring_changes_no_more_than_it_must() {
    let (_, server) = done(Action::Restore, json!([user_with(json!({ "status": 2 }))])).await;
    assert_eq!(sent(&server), [("PUT /api/2/users/7".to_owned(), json!({ "status": 1 }))]);
    let (_, server) = done(Action::Restore, json!([user_with(json!({ "state": 0 }))])).await;
    assert_eq!(sent(&server), [("PUT /api/2/users/7".to_owned(), json!({ "status": 1, "state": 1 }))]);
    // Locked, which ends by itself.
    let (outcome, server) = done(Action::Restore, json!([user_with(json!({ "status": 3 }))])).await;
    assert!(note(outcome).contains("not suspended"));
    assert!(sent(&server).is_empty());
}

#[tokio::test]
async fn an_address_moves_and_takes_the_username_along_only_if_it_is_the_same() {
    let update = |from: &str| Action::UpdateAccount {
        from: profile(from, "Jane"),
        to: profile("new@acme.example", "Jane"),
    };
    let (_, server) = done(update(JANE), json!([user(7, JANE)])).await;
    let new = "new@acme.example";
    assert_eq!(sent(&server)[0].1, json!({ "email": new, "username": new }));
    let (_, server) = done(update(JANE), json!([user_with(json!({ "username": "jdoe" }))])).await;
    assert_eq!(sent(&server)[0].1, json!({ "email": new }));
    let name = Action::UpdateAccount { from: profile(JANE, "Jane"), to: profile(JANE, "Jane Poe") };
    let (_, server) = done(name, json!([])).await;
    assert_eq!(sent(&server)[0].1, json!({ "firstname": "Jane", "lastname": "Poe" }));
}

#[tokio::test]
async fn an_invitation_that_was_accepted_is_neither_sent_again_nor_withdrawn() {
    let accepted = json!([user(7, JANE)]);
    let (outcome, server) = done(Action::ResendInvitation { on: None }, accepted.clone()).await;
    assert!(note(outcome).contains("accepted meanwhile"));
    assert!(sent(&server).is_empty());
    let (outcome, server) = done(Action::CancelInvitation { on: None }, accepted).await;
    assert!(matches!(outcome, Err(ConnectorError::Refused { .. })), "{outcome:?}");
    assert!(sent(&server).is_empty());
    let pending = json!([user_with(json!({ "status": 0, "activated_at": null }))]);
    let (_, server) = done(Action::ResendInvitation { on: None }, pending.clone()).await;
    assert_eq!(sent(&server), [(MAIL.to_owned(), json!({ "email": JANE }))]);
    let (outcome, server) = done(Action::CancelInvitation { on: None }, pending).await;
    assert!(outcome.is_ok());
    assert_eq!(server.lines().last().unwrap(), "DELETE /api/2/users/7");
}

#[tokio::test]
async fn whoever_is_gone_is_removed() {
    let server = Server::start(|_| refusal(404, "NotFoundError", "gone")).await;
    let outcome = writer(&server).execute(&change(Some("7"), Action::RemoveAccount)).await;
    assert!(note(outcome).contains("gone already"));
}

#[tokio::test]
async fn members_of_one_role_travel_in_one_array() {
    let (give, take) = (
        Action::Grant { on: role("11"), to: level("member") },
        Action::Revoke { on: role("11"), from: level("member") },
    );
    for (action, method) in [(give, "POST"), (take, "DELETE")] {
        let server = Server::start(|_| ok(&json!([]))).await;
        let changes = ["7", "8", "9"].map(|id| change(Some(id), action.clone()));
        let outcomes = writer(&server).execute_together(&changes.each_ref()).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        assert_eq!(sent(&server), [(format!("{method} /api/2/roles/11/users"), json!([7, 8, 9]))]);
    }
}

#[tokio::test]
async fn one_whom_the_vendor_does_not_accept_does_not_hold_up_the_rest() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "GET" => ok(&json!([{ "id": 7 }])),
        _ if seen.body.to_string().contains('9') => refusal(422, "UnprocessableEntityError", "no user 9"),
        _ => ok(&json!([])),
    })
    .await;
    let action = Action::Grant { on: role("11"), to: level("member") };
    let changes = ["7", "8", "9", "bob"].map(|id| change(Some(id), action.clone()));
    let outcomes = writer(&server).execute_together(&changes.each_ref()).await;
    let told = outcomes
        .iter()
        .map(|one| one.as_ref().map_or("no", |receipt| receipt.note.as_deref().unwrap_or("yes")));
    assert_eq!(told.collect::<Vec<_>>(), ["The account had the role already.", "yes", "no", "no"]);
}

#[tokio::test]
async fn a_role_is_made_once_and_its_id_is_read_from_either_form() {
    let make =
        || Action::CreateResource { on: Target { id: None, display: Some("Sales".into()), ..role("0") } };
    for made in [json!([{ "id": 12 }]), json!({ "id": 12 })] {
        let server = Server::start(move |seen| match seen.method.as_str() {
            "GET" => ok(&json!([{ "id": 11, "name": "Sales EMEA" }])),
            _ => Reply::text(201, "application/json", &made.to_string()),
        })
        .await;
        let receipt = writer(&server).execute(&change(None, make())).await.unwrap();
        assert_eq!(receipt.resource.as_deref(), Some("12"));
        assert_eq!(sent(&server), [("POST /api/2/roles".to_owned(), json!({ "name": "Sales" }))]);
    }
    let server = Server::start(|_| ok(&json!([{ "id": 11, "name": "Sales" }]))).await;
    let receipt = writer(&server).execute(&change(None, make())).await.unwrap();
    assert_eq!(receipt.resource.as_deref(), Some("11"));
    assert!(sent(&server).is_empty());
}

#[tokio::test]
async fn an_app_is_given_by_a_role() {
    let app = resource("app", Some("21"), None);
    let on = Target { name: app.name, kind: app.kind, id: app.id, display: None };
    let (outcome, server) = done(Action::Grant { on, to: level("user") }, json!([])).await;
    let Err(ConnectorError::Refused { message }) = outcome else { panic!("{outcome:?}") };
    assert!(message.contains("Give or take a role that carries it."), "{message}");
    assert!(server.lines().is_empty());
}
