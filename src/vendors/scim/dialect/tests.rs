use super::*;
use crate::net::script::{Reply, Seen, Server};
use crate::vendors::scim::testing::{Takes, member_values, resource_server, service, team};
use crate::workspace::ScimSettings;
use std::sync::Arc;

fn ids(all: &[&str]) -> Vec<String> {
    all.iter().map(|&id| id.to_owned()).collect()
}

fn configured(patch: &str) -> ScimSettings {
    ScimSettings { patch: Some(Arc::from(patch)), ..ScimSettings::default() }
}

fn writes(server: &Server) -> Vec<Seen> {
    server.seen().into_iter().filter(|seen| seen.method != "GET").collect()
}

fn methods(server: &Server) -> Vec<String> {
    writes(server).into_iter().map(|seen| seen.method).collect()
}

async fn edit(service: &Service, edit: &Edit) -> Answer {
    service.edit("Groups", "x", edit).await.unwrap()
}

#[tokio::test]
async fn members_come_and_go_by_themselves() {
    let (server, held) = resource_server(team(&["1", "2"]), Takes::ALL).await;
    let service = service(&server, ScimSettings::default());
    edit(&service, &Edit::Add(ids(&["3", "4"]))).await;
    edit(&service, &Edit::Remove(ids(&["1", "4"]))).await;
    assert_eq!(member_values(&held), ["2", "3"]);
    let bodies: Vec<Value> = writes(&server).into_iter().map(|seen| seen.body).collect();
    assert_eq!(
        bodies,
        [
            json!({"schemas": [PATCH], "Operations": [
                {"op": "add", "path": "members", "value": [{"value": "3"}, {"value": "4"}]}]}),
            json!({"schemas": [PATCH], "Operations": [
                {"op": "remove", "path": "members[value eq \"1\"]"},
                {"op": "remove", "path": "members[value eq \"4\"]"}]}),
        ]
    );
}

#[tokio::test]
async fn a_server_without_paths_is_learnt_and_not_asked_twice() {
    let takes = Takes { path: false, ..Takes::ALL };
    let (server, held) = resource_server(team(&[]), takes).await;
    let service = service(&server, ScimSettings::default());
    assert!(edit(&service, &Edit::Add(ids(&["1"]))).await.is_success());
    assert!(edit(&service, &Edit::Add(ids(&["2"]))).await.is_success());
    assert_eq!(member_values(&held), ["1", "2"]);
    assert_eq!(writes(&server).len(), 3);
}

#[tokio::test]
async fn a_removal_that_is_not_understood_never_names_all_members() {
    for (refusal, sent, left) in [
        ((400, "invalidPath"), vec!["PATCH"], vec!["1", "2", "3"]),
        ((400, ""), vec!["PATCH"], vec!["1", "2", "3"]),
        ((501, ""), vec!["PATCH", "PUT"], vec!["1", "3"]),
    ] {
        let takes = Takes { member_path: false, refusal, ..Takes::ALL };
        let (server, held) = resource_server(team(&["1", "2", "3"]), takes).await;
        let service = service(&server, ScimSettings::default());
        edit(&service, &Edit::Remove(ids(&["2"]))).await;
        assert_eq!(member_values(&held), left);
        assert_eq!(methods(&server), sent);
    }
}

#[tokio::test]
async fn a_put_sends_back_everything_that_was_read() {
    let takes = Takes { path: false, pathless: false, refusal: (501, ""), ..Takes::ALL };
    let (server, held) = resource_server(team(&["1"]), takes).await;
    let service = service(&server, ScimSettings::default());
    edit(&service, &Edit::Add(ids(&["2"]))).await;
    let mut expected = team(&["1"]);
    expected["members"].as_array_mut().unwrap().push(json!({"value": "2"}));
    assert_eq!(*held.lock().unwrap(), expected);
    // One PATCH is enough to learn that there is none.
    assert_eq!(methods(&server), ["PATCH", "PUT"]);
    assert_eq!(writes(&server)[1].headers["if-match"], "W/\"1\"");
}

#[tokio::test]
async fn a_server_that_says_it_has_no_patch_is_sent_none() {
    let server = Server::start(|seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "/v2/ServiceProviderConfig") => Reply::json(200, &json!({"patch": {"supported": false}})),
        ("GET", _) => Reply::json(200, &team(&["1"])),
        _ => Reply::json(200, &seen.body),
    })
    .await;
    let service = service(&server, ScimSettings::default());
    edit(&service, &Edit::Remove(ids(&["1"]))).await;
    edit(&service, &Edit::Set(vec![("displayName", json!("B")), ("name.formatted", json!("B"))])).await;
    assert_eq!(methods(&server), ["PUT", "PUT"]);
    assert_eq!(writes(&server)[0].body["members"], json!([]));
    assert_eq!(writes(&server)[1].body["name"], json!({"formatted": "B"}));
}

#[tokio::test]
async fn a_put_that_changes_nothing_is_not_sent() {
    let (server, _) = resource_server(team(&["1"]), Takes::ALL).await;
    let service = service(&server, configured("none"));
    assert!(edit(&service, &Edit::Remove(ids(&["9"]))).await.is_success());
    assert!(writes(&server).is_empty());
}

#[tokio::test]
async fn a_version_that_moved_is_read_again_once() {
    let moved = |limit: usize| {
        let puts = AtomicUsize::new(0);
        Server::start(move |seen| match seen.method.as_str() {
            "GET" => Reply::json(200, &team(&["1"])),
            _ if puts.fetch_add(1, Ordering::SeqCst) < limit => Reply::error(412, "", "moved"),
            _ => Reply::json(200, &seen.body),
        })
    };
    let server = moved(1).await;
    assert!(edit(&service(&server, configured("none")), &Edit::Add(ids(&["2"]))).await.is_success());
    assert_eq!(
        server.lines(),
        ["GET /v2/Groups/x", "PUT /v2/Groups/x", "GET /v2/Groups/x", "PUT /v2/Groups/x"]
    );
    let server = moved(9).await;
    assert_eq!(edit(&service(&server, configured("none")), &Edit::Add(ids(&["2"]))).await.status, 412);
    assert_eq!(methods(&server), ["PUT", "PUT"]);
}

#[tokio::test]
async fn versions_are_left_out_where_the_workspace_says_so() {
    let (server, _) = resource_server(team(&[]), Takes::ALL).await;
    let settings = ScimSettings { etag: Some(false), ..configured("none") };
    edit(&service(&server, settings), &Edit::Add(ids(&["2"]))).await;
    assert!(!writes(&server)[0].headers.contains_key("if-match"));
}

#[tokio::test]
async fn a_refused_value_is_not_tried_in_another_form() {
    let takes = Takes { path: false, refusal: (400, "invalidValue"), ..Takes::ALL };
    let (server, held) = resource_server(team(&[]), takes).await;
    let answer = edit(&service(&server, ScimSettings::default()), &Edit::Add(ids(&["1"]))).await;
    assert_eq!((answer.status, methods(&server).len()), (400, 1));
    assert!(member_values(&held).is_empty());
}

#[tokio::test]
async fn where_no_form_is_taken_the_first_refusal_is_told() {
    let takes = Takes { path: false, pathless: false, put: false, ..Takes::ALL };
    let (server, _) = resource_server(team(&[]), takes).await;
    let answer = edit(&service(&server, ScimSettings::default()), &Edit::Add(ids(&["1"]))).await;
    assert_eq!((answer.status, answer.asked.as_str()), (400, "PATCH /v2/Groups/x"));
    assert_eq!(methods(&server), ["PATCH", "PATCH"], "a PUT of members would replace all of them");
}

/// A group whose members are told to those who ask by name, or to nobody, at a server without PATCH.
async fn reticent(on_request: bool) -> Server {
    Server::start(move |seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "/v2/Groups/x") => {
            let mut group = team(&["1", "2"]);
            if !(on_request && seen.q("attributes") == "members") {
                group.as_object_mut().unwrap().remove("members");
            }
            Reply::json(200, &group)
        }
        ("PUT", "/v2/Groups/x") => Reply::json(200, &seen.body),
        _ => Reply::empty(404),
    })
    .await
}

#[tokio::test]
async fn a_put_asks_for_members_that_are_told_only_on_request() {
    for (change, left) in
        [(Edit::Remove(ids(&["1"])), vec!["2"]), (Edit::Add(ids(&["3"])), vec!["1", "2", "3"])]
    {
        let server = reticent(true).await;
        assert!(edit(&service(&server, configured("none")), &change).await.is_success());
        let body = &writes(&server)[0].body;
        let sent: Vec<&str> = body["members"]
            .as_array()
            .unwrap()
            .iter()
            .map(|member| member["value"].as_str().unwrap())
            .collect();
        assert_eq!(sent, left);
        assert_eq!(body["displayName"], json!("Team"));
    }
}

#[tokio::test]
async fn a_group_whose_members_are_never_told_is_not_put() {
    for change in [Edit::Remove(ids(&["1"])), Edit::Add(ids(&["3"]))] {
        let server = reticent(false).await;
        let outcome = service(&server, configured("none")).edit("Groups", "x", &change).await;
        assert!(
            matches!(&outcome, Err(ConnectorError::Refused { message }) if message.contains("Nothing was sent")),
            "{outcome:?}"
        );
        assert!(writes(&server).is_empty(), "{change:?}");
    }
    let server = reticent(false).await;
    let service = service(&server, configured("none"));
    service.made_group("x");
    assert!(edit(&service, &Edit::Add(ids(&["3"]))).await.is_success(), "it is known to be empty");
    let again = service.edit("Groups", "x", &Edit::Add(ids(&["4"]))).await;
    assert!(again.is_err(), "and now it is not any more: {again:?}");
    assert_eq!(writes(&server).len(), 1);
}

#[tokio::test]
async fn a_removal_by_a_list_needs_members_to_be_shown() {
    let server = reticent(false).await;
    let outcome =
        service(&server, configured("pathless")).edit("Groups", "x", &Edit::Remove(ids(&["1"]))).await;
    assert!(matches!(&outcome, Err(ConnectorError::Refused { .. })), "{outcome:?}");
    assert!(writes(&server).is_empty());
}

#[tokio::test]
async fn members_lost_to_a_removal_by_a_list_are_put_back_in_batches_after_failing_looks() {
    let all: Vec<String> = (0..250).map(|number| number.to_string()).collect();
    let shown = Arc::new(AtomicUsize::new(0));
    let gone = Arc::clone(&shown);
    let server = Server::start(move |seen| match seen.method.as_str() {
        "GET" if gone.load(Ordering::SeqCst) == 0 => {
            Reply::json(200, &team(&all.iter().map(String::as_str).collect::<Vec<_>>()))
        }
        "GET" if gone.fetch_add(1, Ordering::SeqCst) < 3 => Reply::error(403, "", "not now"),
        "GET" => Reply::json(200, &team(&[])),
        _ => {
            gone.fetch_max(1, Ordering::SeqCst);
            Reply::empty(204)
        }
    })
    .await;
    let outcome =
        service(&server, configured("pathless")).edit("Groups", "x", &Edit::Remove(ids(&["7"]))).await;
    let Err(ConnectorError::ContractBroken { message }) = outcome else { panic!("{outcome:?}") };
    assert!(message.contains("249 more. They were put back"), "{message}");
    let back: Vec<usize> = writes(&server)[1..]
        .iter()
        .map(|seen| seen.body["Operations"][0]["value"]["members"].as_array().unwrap().len())
        .collect();
    assert_eq!(back, [100, 100, 49]);
}

#[tokio::test]
async fn values_are_made_again_from_what_somebody_else_wrote() {
    for patch in ["path", "none"] {
        let version = AtomicUsize::new(1);
        let server = Server::start(move |seen| {
            let now = version.load(Ordering::SeqCst);
            let tag = format!("W/\"{now}\"");
            match seen.method.as_str() {
                "GET" => {
                    // Somebody writes right after the first reading.
                    version.store(2, Ordering::SeqCst);
                    let user =
                        json!({"id": "x", "userName": "u", "roles": [{"value": format!("role-{now}")}]});
                    Reply::json(200, &user).header("etag", &tag)
                }
                _ if seen.headers.get("if-match") != Some(&tag) => Reply::error(412, "", "moved"),
                _ => Reply::empty(204),
            }
        })
        .await;
        let more = |user: &Object| {
            let mut roles = attr(user, "roles").and_then(Value::as_array).cloned().unwrap();
            roles.push(json!({"value": "Viewer"}));
            vec![("roles", Value::Array(roles))]
        };
        let answer = service(&server, configured(patch)).revise("Users", "x", more).await.unwrap().unwrap();
        assert!(answer.is_success(), "{patch}");
        assert_eq!(writes(&server).len(), 2, "{patch}");
        let last = writes(&server)[1].body.to_string();
        assert!(last.contains("role-2") && !last.contains("role-1"), "{patch}: {last}");
    }
}

#[tokio::test]
async fn removing_one_member_never_leaves_the_group_empty() {
    let (server, held) = resource_server(team(&["1", "2", "3"]), Takes::ALL).await;
    let service = service(&server, configured("pathless"));
    let outcome = service.edit("Groups", "x", &Edit::Remove(ids(&["2"]))).await;
    let Err(ConnectorError::ContractBroken { message }) = outcome else { panic!("{outcome:?}") };
    assert!(message.contains("They were put back"), "{message}");
    assert_eq!(member_values(&held), ["1", "3"]);
}

#[tokio::test]
async fn a_page_in_answer_to_a_write_is_no_success() {
    let server = Server::start(|_| Reply::text(200, "text/html", "<html>Sign in")).await;
    let service = service(&server, configured("path"));
    let outcome = service.edit("Groups", "x", &Edit::Add(ids(&["1"]))).await;
    assert!(matches!(outcome, Err(ConnectorError::ContractBroken { .. })), "{outcome:?}");
}

#[tokio::test]
async fn an_answer_about_another_resource_is_not_written_back() {
    let server = Server::start(|_| Reply::json(200, &json!({"id": "other", "members": []}))).await;
    let service = service(&server, configured("none"));
    let outcome = service.edit("Groups", "x", &Edit::Add(ids(&["1"]))).await;
    assert!(matches!(outcome, Err(ConnectorError::ContractBroken { .. })), "{outcome:?}");
    assert!(writes(&server).is_empty());
}
