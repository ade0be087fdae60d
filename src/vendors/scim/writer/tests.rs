use super::*;
use crate::net::script::{Reply, Server, TestClock, pace};
use crate::net::{Endpoint, Secret};
use crate::vendors::scim::testing::{
    Takes, change, level, member_values, resource_server, target, team, vendor,
};
use std::sync::Mutex;

const REVOKE_TOKEN: &str = "tok-for-taking";

/// A writer whose second credential is another.
fn writer_at(server: &Server, roles: &[(&str, &str)]) -> Box<dyn Writer> {
    let grant = server.endpoint("/v2");
    let revoke = Endpoint::with_token(grant.base.clone(), Secret::new(REVOKE_TOKEN.to_owned()));
    crate::vendors::writer(&vendor(roles), Ok(grant), Ok(revoke), pace(TestClock::new())).unwrap()
}

fn taking(server: &Server) -> bool {
    let writes: Vec<_> = server.seen().into_iter().filter(|seen| seen.method != "GET").collect();
    !writes.is_empty() && writes.iter().all(|seen| seen.headers["authorization"].ends_with(REVOKE_TOKEN))
}

fn giving(server: &Server) -> bool {
    server.seen().iter().all(|seen| !seen.headers["authorization"].ends_with(REVOKE_TOKEN))
}

fn person() -> Value {
    json!({
        "id": "x", "userName": "jane@acme.example", "displayName": "Jane", "name": {"formatted": "Jane"},
        "emails": [{"value": "jane@acme.example", "primary": true}, {"value": "j@home.example"}], "active": true,
    })
}

async fn at_person(
    takes: Takes,
    roles: &[(&str, &str)],
    action: Action,
) -> (Server, Arc<Mutex<Value>>, Outcome) {
    let (server, held) = resource_server(person(), takes).await;
    let outcome = writer_at(&server, roles).execute(&change(Some("x"), action)).await;
    (server, held, outcome)
}

fn grant(on: Target) -> Action {
    Action::Grant { on, to: level("member") }
}

fn revoke(on: Target) -> Action {
    Action::Revoke { on, from: level("member") }
}

#[tokio::test]
async fn gains_and_losses_of_one_group_travel_together_each_with_its_credential() {
    let (server, held) = resource_server(team(&["1", "2"]), Takes::ALL).await;
    let writer = writer_at(&server, &[]);
    let on = target("team", Some("x"), None);
    let gains = [change(Some("3"), grant(on.clone())), change(Some("4"), grant(on.clone()))];
    let outcomes = writer.execute_together(&gains.iter().collect::<Vec<_>>()).await;
    assert!(outcomes.iter().all(Result::is_ok) && outcomes.len() == 2);
    assert_eq!(outcomes[1].as_ref().unwrap().account.as_ref().unwrap().as_str(), "4");
    assert!(giving(&server));
    assert_eq!(server.seen().iter().filter(|seen| seen.method == "PATCH").count(), 1);

    let now = held.lock().unwrap().clone();
    let (server, held_too) = resource_server(now, Takes::ALL).await;
    let losses = [change(Some("1"), revoke(on.clone())), change(Some("4"), revoke(on))];
    let writer = writer_at(&server, &[]);
    let outcomes = writer.execute_together(&losses.iter().collect::<Vec<_>>()).await;
    assert!(outcomes.iter().all(Result::is_ok));
    assert!(taking(&server));
    assert_eq!(member_values(&held_too), ["2", "3"]);
}

#[tokio::test]
async fn a_group_without_an_id_is_found_by_its_name() {
    let server = Server::start(|seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "/v2/Groups") => {
            crate::vendors::scim::testing::list(1, &[json!({"id": "g7", "displayName": "Team"})])
        }
        ("PATCH", "/v2/Groups/g7") => Reply::empty(204),
        _ => Reply::empty(404),
    })
    .await;
    let action = grant(target("team", None, Some("Team")));
    let receipt = writer_at(&server, &[]).execute(&change(Some("1"), action)).await.unwrap();
    assert_eq!(receipt.resource.as_deref(), Some("g7"));
    let action = grant(target("team", None, Some("Others")));
    let outcome = writer_at(&server, &[]).execute(&change(Some("1"), action)).await;
    assert!(matches!(outcome, Err(ConnectorError::Gone { .. })), "{outcome:?}");
}

#[tokio::test]
async fn suspension_takes_and_restoration_gives() {
    let (server, held, outcome) = at_person(Takes::ALL, &[], Action::Suspend).await;
    assert!(outcome.is_ok() && taking(&server));
    assert_eq!(held.lock().unwrap()["active"], json!(false));
    let (server, held, outcome) = at_person(Takes::ALL, &[], Action::Restore).await;
    assert!(outcome.is_ok() && giving(&server));
    assert_eq!(held.lock().unwrap()["active"], json!(true));
}

#[tokio::test]
async fn a_removal_deletes_and_what_is_gone_is_gone() {
    for (status, noted) in [(204, false), (404, true), (410, true)] {
        let server = Server::start(move |_| Reply::empty(status)).await;
        let outcome = writer_at(&server, &[]).execute(&change(Some("a b@c"), Action::RemoveAccount)).await;
        assert_eq!(outcome.unwrap().note.is_some(), noted, "{status}");
        assert_eq!(server.lines(), ["GET /v2/Me", "DELETE /v2/Users/a%20b@c"]);
        assert!(taking(&server));
    }
    let server = Server::start(|_| Reply::error(403, "", "no")).await;
    let outcome = writer_at(&server, &[]).execute(&change(Some("x"), Action::RemoveAccount)).await;
    assert!(matches!(outcome, Err(ConnectorError::Forbidden { .. })));
}

#[tokio::test]
async fn a_corrected_account_changes_where_it_differed() {
    let profile =
        |login: &str, name: &str| domain::Profile { login: Arc::from(login), name: Some(Arc::from(name)) };
    for takes in [
        Takes::ALL,
        Takes { path: false, ..Takes::ALL },
        Takes { path: false, pathless: false, ..Takes::ALL },
    ] {
        let from = profile("Jane@acme.example", "Jane");
        let to = profile("jane.doe@acme.example", "Jane Doe");
        let (_, held, outcome) = at_person(takes, &[], Action::UpdateAccount { from, to }).await;
        assert!(outcome.is_ok(), "{outcome:?}");
        let mut expected = person();
        expected["userName"] = json!("jane.doe@acme.example");
        expected["displayName"] = json!("Jane Doe");
        expected["name"]["formatted"] = json!("Jane Doe");
        expected["emails"][0]["value"] = json!("jane.doe@acme.example");
        assert_eq!(*held.lock().unwrap(), expected);
    }
    let same = profile("jane@acme.example", "Jane");
    let (server, _, outcome) =
        at_person(Takes::ALL, &[], Action::UpdateAccount { from: same.clone(), to: same }).await;
    assert!(outcome.is_ok() && server.seen().is_empty());
}

#[tokio::test]
async fn the_credential_that_takes_never_takes_its_own_account() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/v2/Me" if seen.headers["authorization"].ends_with(REVOKE_TOKEN) => {
            Reply::json(200, &json!({"id": "taker", "userName": "taker@acme.example"}))
        }
        "/v2/Me" => Reply::json(200, &json!({"id": "giver", "userName": "giver@acme.example"})),
        _ => Reply::empty(204),
    })
    .await;
    let writer = writer_at(&server, &[]);
    for action in [Action::Suspend, Action::RemoveAccount] {
        let outcome = writer.execute(&change(Some("taker"), action)).await;
        assert!(
            matches!(&outcome, Err(ConnectorError::Refused { message }) if message.contains("revoke_token")),
            "{outcome:?}"
        );
    }
    assert!(writer.execute(&change(Some("other"), Action::RemoveAccount)).await.is_ok());
    assert_eq!(server.lines(), ["GET /v2/Me", "DELETE /v2/Users/other"], "it is asked once");
    // With one credential for both, the reading knows.
    let one = server.endpoint("/v2");
    let writer =
        crate::vendors::writer(&vendor(&[]), Ok(one.clone()), Ok(one), pace(TestClock::new())).unwrap();
    assert!(writer.execute(&change(Some("x"), Action::RemoveAccount)).await.is_ok());
    assert_eq!(server.lines()[2..], ["DELETE /v2/Users/x"]);
}

#[tokio::test]
async fn nobody_is_removed_while_the_credentials_own_account_is_unknown() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/v2/Me" => Reply::empty(500),
        _ => Reply::empty(204),
    })
    .await;
    let outcome = writer_at(&server, &[]).execute(&change(Some("x"), Action::RemoveAccount)).await;
    assert!(matches!(outcome, Err(ConnectorError::RetryLater { .. })), "{outcome:?}");
    assert!(server.lines().iter().all(|line| line == "GET /v2/Me"));
}

#[tokio::test]
async fn a_credential_that_cannot_be_had_stops_its_own_changes_only() {
    let none = || Err(ConnectorError::Unauthorised { message: "No such secret.".to_owned() });
    let on = target("team", Some("x"), None);
    let (server, held) = resource_server(team(&["1"]), Takes::ALL).await;
    let there = || Ok(server.endpoint("/v2"));
    let giver = crate::vendors::writer(&vendor(&[]), there(), none(), pace(TestClock::new())).unwrap();
    assert!(giver.execute(&change(Some("2"), grant(on.clone()))).await.is_ok());
    for action in [revoke(on.clone()), Action::Suspend, Action::RemoveAccount] {
        assert_eq!(giver.execute(&change(Some("1"), action)).await.err(), none().err());
    }
    assert_eq!(member_values(&held), ["1", "2"]);
    let taker = crate::vendors::writer(&vendor(&[]), none(), there(), pace(TestClock::new())).unwrap();
    assert_eq!(taker.execute(&change(Some("3"), grant(on.clone()))).await.err(), none().err());
    assert!(taker.execute(&change(Some("1"), revoke(on))).await.is_ok());
    assert_eq!(member_values(&held), ["2"]);
    assert!(crate::vendors::writer(&vendor(&[]), none(), none(), pace(TestClock::new())).is_err());
}

const ROLES: &[(&str, &str)] = &[("viewer", "Viewer"), ("admin", "Admin")];

#[tokio::test]
async fn to_become_a_plain_member_is_to_lose_the_role() {
    let on = target("org", None, None);
    let action = Action::ChangeLevel { on, from: level("admin"), to: level("member") };
    let mut person = person();
    person["roles"] = json!([{"value": "Admin"}, {"value": "Billing"}]);
    let (server, held) = resource_server(person, Takes::ALL).await;
    let writer = writer_at(&server, &[("viewer", "Viewer"), ("admin", "Admin")]);
    writer.execute(&change(Some("x"), action)).await.unwrap();
    assert_eq!(held.lock().unwrap()["roles"], json!([{"value": "Billing"}]));
}

#[tokio::test]
async fn a_mapped_role_is_given_changed_and_taken() {
    let on = target("org", None, None);
    let roles = |held: &Arc<Mutex<Value>>| held.lock().unwrap()["roles"].clone();
    let (server, held, _) =
        at_person(Takes::ALL, ROLES, Action::Grant { on: on.clone(), to: level("viewer") }).await;
    assert_eq!(roles(&held), json!([{"value": "Viewer"}]));
    assert!(giving(&server));
    let (from, to) = (level("viewer"), level("admin"));
    let (_, held, _) = at_person(Takes::ALL, ROLES, Action::ChangeLevel { on: on.clone(), from, to }).await;
    assert_eq!(roles(&held), json!([{"value": "Admin"}]));
    let (server, held, _) =
        at_person(Takes::ALL, ROLES, Action::Revoke { on: on.clone(), from: level("admin") }).await;
    assert_eq!(roles(&held), json!([]));
    assert!(taking(&server));
    let (server, _, outcome) = at_person(Takes::ALL, ROLES, Action::Grant { on, to: level("owner") }).await;
    assert!(matches!(outcome, Err(ConnectorError::Refused { .. })));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn what_scim_cannot_carry_is_refused_before_anything_is_sent() {
    let mut project = target("main", Some("1"), None);
    project.kind = Arc::from("project");
    let (org, team) = (target("org", None, None), target("team", Some("x"), None));
    let (from, to) = (level("member"), level("admin"));
    for action in [
        grant(project.clone()),
        revoke(project.clone()),
        Action::CreateResource { on: project },
        revoke(org),
        Action::ChangeLevel { on: team, from, to },
        Action::ResendInvitation { on: None },
        Action::CancelInvitation { on: None },
    ] {
        let (server, _, outcome) = at_person(Takes::ALL, &[], action.clone()).await;
        assert!(matches!(outcome, Err(ConnectorError::Refused { .. })), "{action:?}: {outcome:?}");
        assert!(server.seen().is_empty());
    }
    let server = Server::start(|_| Reply::empty(204)).await;
    let outcome = writer_at(&server, &[]).execute(&change(None, Action::RemoveAccount)).await;
    assert!(matches!(outcome, Err(ConnectorError::Refused { .. })));
    assert!(server.seen().is_empty());
}
