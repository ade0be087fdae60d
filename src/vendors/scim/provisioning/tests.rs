use super::*;
use crate::net::script::{Reply, Server};
use crate::vendors::scim::testing::{list, service};
use crate::workspace::ScimSettings;

fn jane() -> Profile {
    Profile { login: Arc::from("jane@acme.example"), name: Some(Arc::from("Jane Doe")) }
}

async fn invite_at(server: &Server) -> Result<Receipt, ConnectorError> {
    invite(&service(server, ScimSettings::default()), &jane(), "grantline:jane").await
}

/// A server where a user of this name is there already.
async fn taken(status: u16, scim_type: &'static str, user: Value) -> Server {
    Server::start(move |seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/v2/Users") => Reply::error(status, scim_type, "the name is taken"),
        ("GET", "/v2/Users") => {
            assert!(["", "userName eq \"jane@acme.example\""].contains(&seen.q("filter")));
            list(2, &[user.clone(), json!({"id": "9", "userName": "else@acme.example"})])
        }
        ("PATCH", _) => Reply::empty(204),
        _ => Reply::empty(404),
    })
    .await
}

fn patches(server: &Server) -> Vec<Value> {
    server.seen().into_iter().filter(|seen| seen.method == "PATCH").map(|seen| seen.body).collect()
}

#[tokio::test]
async fn a_new_account_has_the_id_that_the_vendor_gave() {
    let server = Server::start(|seen| {
        assert_eq!(seen.body["active"], json!(true));
        Reply::json(201, &json!({"id": "U-7", "userName": "jane@acme.example"}))
    })
    .await;
    let receipt = invite_at(&server).await.unwrap();
    assert_eq!(receipt.account.unwrap().as_str(), "U-7");
    assert_eq!(server.lines(), ["POST /v2/Users"]);
}

#[tokio::test]
async fn without_a_body_the_location_names_the_account() {
    let server = Server::start(|_| Reply::empty(201).header("location", "/v2/Users/jane%20d")).await;
    assert_eq!(invite_at(&server).await.unwrap().account.unwrap().as_str(), "jane d");
}

#[tokio::test]
async fn without_either_the_account_is_looked_up() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "POST" => Reply::empty(201),
        _ if seen.path == "/v2/Users" => list(1, &[json!({"id": "3", "userName": "JANE@acme.example"})]),
        _ => Reply::empty(404),
    })
    .await;
    assert_eq!(invite_at(&server).await.unwrap().account.unwrap().as_str(), "3");
}

#[tokio::test]
async fn an_account_that_is_there_already_is_adopted() {
    for (status, scim_type) in [(409, ""), (409, "uniqueness"), (400, "uniqueness")] {
        let server = taken(status, scim_type, json!({"id": "3", "userName": "Jane@ACME.example"})).await;
        let receipt = invite_at(&server).await.unwrap();
        assert_eq!(receipt.account.unwrap().as_str(), "3");
        assert!(receipt.note.unwrap().contains("adopted"));
        assert!(patches(&server).is_empty());
    }
}

#[tokio::test]
async fn an_adopted_account_is_made_usable() {
    let user = json!({"id": "3", "userName": "jane@acme.example", "active": "False"});
    let server = taken(409, "", user).await;
    assert!(invite_at(&server).await.unwrap().note.unwrap().contains("made active"));
    let replace = json!([{"op": "replace", "path": "active", "value": true}]);
    assert_eq!(patches(&server)[0]["Operations"], replace);
}

#[tokio::test]
async fn another_users_account_is_not_adopted() {
    let user = json!({"id": "3", "userName": "jane@acme.example", "externalId": "grantline:joan"});
    let outcome = invite_at(&taken(409, "", user).await).await;
    assert!(
        matches!(&outcome, Err(ConnectorError::Refused { message }) if message.contains("grantline:joan"))
    );
}

#[tokio::test]
async fn a_conflict_over_something_else_stays_a_refusal() {
    let server = taken(409, "", json!({"id": "3", "userName": "j.doe@acme.example"})).await;
    let outcome = invite_at(&server).await;
    assert!(
        matches!(&outcome, Err(ConnectorError::Refused { message }) if message.contains("the name is taken"))
    );
}

#[tokio::test]
async fn refusals_say_what_to_do_next() {
    async fn outcome(reply: Reply) -> ConnectorError {
        invite_at(&Server::start(move |_| reply.clone()).await).await.unwrap_err()
    }
    use ConnectorError::*;
    assert!(matches!(outcome(Reply::error(401, "", "x")).await, Unauthorised { .. }));
    assert!(matches!(outcome(Reply::error(403, "", "x")).await, Forbidden { .. }));
    assert!(matches!(outcome(Reply::error(403, "tooMany", "seats")).await, LimitReached { .. }));
    assert!(matches!(outcome(Reply::error(402, "", "x")).await, LimitReached { .. }));
    assert!(matches!(outcome(Reply::error(507, "", "x")).await, LimitReached { .. }));
    assert!(matches!(outcome(Reply::error(404, "", "x")).await, Gone { .. }));
    assert!(matches!(outcome(Reply::error(413, "", "x")).await, RetryLater { .. }));
    assert!(matches!(outcome(Reply::error(503, "", "x")).await, Broke { .. }));
    for status in [408, 500, 502, 503, 504, 520, 522, 524, 599] {
        // Even when it names a time: a gateway that gave up does not know what the server behind it did.
        let outcome = outcome(Reply::error(status, "", "x").header("retry-after", "1")).await;
        assert!(matches!(outcome, Broke { .. } | Unknown { .. }), "{status}: {outcome:?}");
    }
    assert!(matches!(outcome(Reply::error(501, "", "x")).await, Refused { .. }));
    assert!(matches!(outcome(Reply::empty(302)).await, ContractBroken { .. }));
    let later = outcome(Reply::error(429, "", "x").header("retry-after", "900")).await;
    assert!(matches!(later, RetryLater { after: Some(wait), .. } if wait.as_secs() == 900));
    let Refused { message } = outcome(Reply::error(400, "invalidValue", "a\u{1b}\nb")).await else {
        panic!()
    };
    assert_eq!(message, "POST /v2/Users was answered 400 (invalidValue): \"a b\".");
}

#[tokio::test]
async fn what_was_made_is_not_made_again_because_its_id_cannot_be_looked_up_yet() {
    let server = || {
        let made = std::sync::atomic::AtomicBool::new(false);
        Server::start(move |seen| match seen.method.as_str() {
            "POST" => {
                made.store(true, std::sync::atomic::Ordering::SeqCst);
                Reply::empty(201)
            }
            _ if made.load(std::sync::atomic::Ordering::SeqCst) => {
                Reply::error(429, "", "x").header("retry-after", "900")
            }
            _ if seen.path == "/v2/Groups" => list(0, &[]),
            _ => Reply::empty(404),
        })
    };
    let outcome = invite_at(&server().await).await;
    assert!(matches!(outcome, Err(ConnectorError::Unknown { .. })), "{outcome:?}");
    let outcome = create_group(&service(&server().await, ScimSettings::default()), "A").await;
    assert!(matches!(outcome, Err(ConnectorError::Unknown { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_group_is_made_once() {
    let server = Server::start(|seen| match seen.method.as_str() {
        "POST" => Reply::json(201, &json!({"id": "g1", "displayName": "Ana \"lysts\""})),
        _ if seen.path == "/v2/Groups" => list(0, &[]),
        _ => Reply::empty(404),
    })
    .await;
    let service = service(&server, ScimSettings::default());
    let receipt = create_group(&service, "Ana \"lysts\"").await.unwrap();
    assert_eq!(receipt.resource.as_deref(), Some("g1"));
    let seen = server.seen();
    assert_eq!(seen[1].q("filter"), r#"displayName eq "Ana \"lysts\"""#);
    assert!(seen[2].q("filter").is_empty(), "a filter that finds nothing is not believed");
    assert_eq!(seen[3].body, json!({"schemas": [GROUP], "displayName": "Ana \"lysts\""}));
}

#[tokio::test]
async fn a_group_that_is_there_already_is_adopted_and_twins_are_not() {
    let groups = |found: Vec<Value>| {
        Server::start(move |seen| match seen.path.as_str() {
            "/v2/Groups" if seen.method == "GET" => list(found.len(), &found),
            _ => Reply::empty(404),
        })
    };
    let server = groups(vec![json!({"id": "g1", "displayName": "A"})]).await;
    let receipt = create_group(&service(&server, ScimSettings::default()), "A").await.unwrap();
    assert_eq!(receipt.resource.as_deref(), Some("g1"));
    let twins = vec![json!({"id": "g1", "displayName": "A"}), json!({"id": "g2", "displayName": "A"})];
    let server = groups(twins).await;
    let outcome = create_group(&service(&server, ScimSettings::default()), "A").await;
    assert!(matches!(outcome, Err(ConnectorError::Refused { .. })));
    assert!(server.seen().iter().all(|seen| seen.method == "GET"));
}

#[tokio::test]
async fn a_group_that_a_filter_misses_is_not_made_twice() {
    let server = Server::start(|seen| match (seen.path.as_str(), seen.q("filter")) {
        ("/v2/Groups", "") if seen.method == "GET" => list(1, &[json!({"id": "g1", "displayName": "A"})]),
        ("/v2/Groups", _) if seen.method == "GET" => list(0, &[]),
        _ => Reply::empty(404),
    })
    .await;
    let service = service(&server, ScimSettings::default());
    let receipt = create_group(&service, "A").await.unwrap();
    assert_eq!(receipt.resource.as_deref(), Some("g1"));
    assert_eq!(group_id(&service, "A").await, Ok("g1".to_owned()));
    assert!(server.seen().iter().all(|seen| seen.method == "GET"));
}

#[tokio::test]
async fn groups_are_listed_once_for_several_creations_and_again_after_a_doubtful_one() {
    let server = Server::start(|seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", _) if seen.body["displayName"] == "Lost" => Reply::empty(500),
        ("POST", _) => Reply::json(201, &json!({"id": "g1"})),
        (_, "/v2/Groups") => list(0, &[]),
        _ => Reply::empty(404),
    })
    .await;
    let service = service(&server, ScimSettings::default());
    let listings = || {
        let is_listing =
            |seen: &crate::net::script::Seen| seen.line() == "GET /v2/Groups" && seen.q("filter").is_empty();
        server.seen().into_iter().filter(is_listing).count()
    };
    for name in ["A", "B"] {
        assert!(create_group(&service, name).await.is_ok());
    }
    assert_eq!(listings(), 1);
    assert!(create_group(&service, "Lost").await.is_err());
    assert!(create_group(&service, "C").await.is_ok());
    assert_eq!(listings(), 2);
}

#[tokio::test]
async fn a_server_without_filters_is_read_whole() {
    let server = Server::start(|seen| match (seen.method.as_str(), seen.q("filter")) {
        ("GET", "") if seen.path == "/v2/Groups" => list(1, &[json!({"id": "g1", "displayName": "A"})]),
        ("GET", _) => Reply::error(400, "invalidFilter", "no filters here"),
        _ => Reply::empty(500),
    })
    .await;
    assert_eq!(group_id(&service(&server, ScimSettings::default()), "A").await, Ok("g1".to_owned()));
    let settings = ScimSettings { filter: Some(false), ..ScimSettings::default() };
    let asked = server.seen().len();
    assert_eq!(group_id(&service(&server, settings), "A").await, Ok("g1".to_owned()));
    assert!(server.seen()[asked..].iter().all(|seen| seen.q("filter").is_empty()));
}

#[tokio::test]
async fn a_conflict_is_believed_over_a_filter_that_finds_nothing() {
    let server = Server::start(|seen| match (seen.method.as_str(), seen.q("filter")) {
        ("POST", _) => Reply::error(409, "uniqueness", "taken"),
        ("GET", "") if seen.path == "/v2/Users" => {
            list(1, &[json!({"id": "3", "userName": "JANE@acme.example"})])
        }
        ("GET", _) if seen.path == "/v2/Users" => list(0, &[]),
        ("GET", "") if seen.path == "/v2/Groups" => list(1, &[json!({"id": "g1", "displayName": "A"})]),
        ("GET", _) if seen.path == "/v2/Groups" => list(0, &[]),
        _ => Reply::empty(404),
    })
    .await;
    assert_eq!(invite_at(&server).await.unwrap().account.unwrap().as_str(), "3");
    let receipt = create_group(&service(&server, ScimSettings::default()), "A").await.unwrap();
    assert_eq!(receipt.resource.as_deref(), Some("g1"));
}
