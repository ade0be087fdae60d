//! Groups and applications, as changed.

use super::*;

fn org() -> Org {
    let people = ["a", "b"].map(|who| person(&format!("{who}@acme.example"))).to_vec();
    let groups = [group("team", &["a"]), group("ad", &["a"])];
    let app = json!({ "label": "Heap", "users": ["a"], "groups": ["team"] });
    Org::of(people, &groups, json!({ "types": { "ad": "APP_GROUP" }, "apps": { "0oa1": app } }))
}

fn grant(kind: &str, id: &str) -> Action {
    Action::Grant { on: target(kind, id), to: level("member") }
}

fn revoke(kind: &str, id: &str) -> Action {
    Action::Revoke { on: target(kind, id), from: level("member") }
}

#[tokio::test]
async fn people_join_and_leave_a_group_as_often_as_it_is_asked() {
    let org = org();
    for _ in 0..2 {
        org.does(Some("b"), grant("group", "team")).await.unwrap();
    }
    for _ in 0..2 {
        org.does(Some("a"), revoke("group", "team")).await.unwrap();
    }
    assert_eq!(org.effects(), ["group The team: +b@acme.example", "group The team: -a@acme.example"]);
}

#[tokio::test]
async fn what_is_gone_already_needs_no_taking() {
    let org = org();
    assert!(org.note(Some("nobody"), revoke("group", "team")).await.contains("gone already"));
    assert!(org.note(Some("a"), revoke("group", "nowhere")).await.contains("gone already"));
    let lost = org.does(Some("nobody"), grant("group", "team")).await.unwrap_err();
    assert!(matches!(lost, ConnectorError::Gone { .. }), "{lost:?}");
}

#[tokio::test]
async fn an_imported_group_is_not_changed() {
    let org = org();
    let error = org.does(Some("b"), grant("group", "ad")).await.unwrap_err();
    assert!(
        matches!(&error, ConnectorError::Forbidden { message } if message.contains("E0000006")),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_application_is_given_by_itself_and_taken_so() {
    let org = org();
    org.does(Some("b"), grant("app", "0oa1")).await.unwrap();
    assert!(org.note(Some("b"), grant("app", "0oa1")).await.contains("already"));
    // The group goes on bringing it.
    org.does(Some("a"), revoke("app", "0oa1")).await.unwrap();
    assert!(org.note(Some("a"), revoke("app", "0oa1")).await.contains("by itself"));
    assert_eq!(org.effects(), ["app Heap: +b@acme.example", "app Heap: -a@acme.example"]);
}

fn create(name: &str) -> Action {
    let on = Target { id: None, display: Some(Arc::from(name)), ..target("group", "-") };
    Action::CreateResource { on }
}

#[tokio::test]
async fn a_group_is_created_once() {
    let org = org();
    let made = org.does(None, create("Night shift")).await.unwrap();
    assert!(made.resource.as_deref().unwrap().starts_with("00g"));
    let again = org.does(None, create("Night shift")).await.unwrap();
    assert_eq!(again.resource, made.resource);
    assert!(again.note.unwrap().contains("already"));
    assert_eq!(org.effects(), ["group Night shift created"]);
    assert!(org.refusal(None, create("The ad")).await.contains("imported"));
}

#[tokio::test]
async fn a_group_that_somebody_made_meanwhile_is_adopted() {
    let asked = Mutex::new(0);
    let server = server(move |method, path| match (method, path) {
        ("GET", "/api/v1/groups") => {
            let mut asked = asked.lock().unwrap();
            *asked += 1;
            let group = json!({ "id": "00g9", "type": "OKTA_GROUP", "profile": { "name": "Team" } });
            Some(answer(&if *asked == 1 { json!([]) } else { json!([group]) }))
        }
        ("POST", "/api/v1/groups") => Some(failure(400, "E0000001", "Api validation failed: name")),
        _ => None,
    })
    .await;
    let receipt = carry_out(&server.endpoint(""), None, create("Team")).await.unwrap();
    assert_eq!(receipt.resource.as_deref(), Some("00g9"));
}
