use super::*;
use crate::connector::Scope;
use crate::domain::{AccountState, Resource, VendorName};
use crate::net::script::{Reply, Seen, Server, TestClock, pace};
use crate::vendors::scim::testing::{at, group, list, paged, users, vendor};
use crate::workspace::Vendor;
use serde_json::{Value, json};

async fn snapshot(
    server: &Server,
    vendor: &Vendor,
    resources: Vec<Resource>,
) -> Result<Snapshot, ConnectorError> {
    let reader = crate::vendors::reader(vendor, server.endpoint("/v2"), pace(TestClock::new())).unwrap();
    reader.read(&Scope { vendor: VendorName::parse("acme").unwrap(), resources }).await
}

/// A server with these users and groups, whose filter works unless `filter` is off.
async fn server(users: Vec<Value>, groups: Vec<Value>, filter: bool) -> Server {
    Server::start(move |seen| answer(seen, &users, &groups, filter)).await
}

fn answer(seen: &Seen, users: &[Value], groups: &[Value], filter: bool) -> Reply {
    match seen.path.as_str() {
        "/v2/Users" => paged(seen, users, 100),
        "/v2/Groups" if !seen.q("filter").is_empty() && filter => {
            let wanted = seen.q("filter").strip_prefix("displayName eq ").unwrap();
            let name: Value = serde_json::from_str(wanted).unwrap();
            let found: Vec<Value> =
                groups.iter().filter(|group| group["displayName"] == name).cloned().collect();
            list(found.len(), &found)
        }
        "/v2/Groups" => paged(seen, groups, 100),
        path => {
            let found = groups.iter().find(|group| {
                Some(path) == group["id"].as_str().map(|id| format!("/v2/Groups/{id}")).as_deref()
            });
            found.map_or(Reply::error(404, "", "not here"), |group| Reply::json(200, group))
        }
    }
}

fn holders(snapshot: &Snapshot, name: &str) -> Vec<String> {
    match &snapshot.resources[name] {
        ResourceReading::Read { holders, .. } => {
            holders.iter().map(|(id, level)| format!("{id}:{level}")).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn reason(snapshot: &Snapshot, name: &str) -> String {
    match &snapshot.resources[name] {
        ResourceReading::Unread { reason, .. } => reason.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_name_that_no_group_has_tells_those_that_are_near() {
    let groups = vec![
        json!({"id": "g1", "displayName": "Data_Team", "members": []}),
        json!({"id": "g2", "displayName": "Sales", "members": []}),
    ];
    let server = server(users(1), groups, true).await;
    let wanted = ["Data Team", "Sales", "Nobody"];
    let wanted = wanted.map(|name| group(&name.to_lowercase().replace(' ', "-"), None, Some(name)));
    let read = snapshot(&server, &vendor(&[]), wanted.to_vec()).await.unwrap();
    assert_eq!(read.resources["data-team"], ResourceReading::Missing);
    let near: Vec<(&str, &str)> =
        read.similar["data-team"].iter().map(|one| (&*one.id, &*one.name)).collect();
    assert_eq!((near, read.similar.len()), (vec![("g1", "Data_Team")], 1));
    let listed = server.seen().iter().filter(|seen| !seen.q("startIndex").is_empty()).count();
    assert_eq!(listed, 2, "the users and the groups, once each");
}

#[tokio::test]
async fn users_and_groups_become_a_snapshot() {
    let groups = vec![
        json!({"id": "g1", "displayName": "Analysts", "members": [{"value": "1"}, {"value": "ghost"}]}),
        json!({"id": "g2", "displayName": "Ad \"hoc\"", "members": []}),
    ];
    let mut people = users(2);
    people[1]["active"] = json!(false);
    let server = server(people, groups, true).await;
    let wanted = [
        group("org", None, None),
        group("analysts", Some("g1"), None),
        group("adhoc", None, Some("Ad \"hoc\"")),
        group("none", None, Some("None")),
        group("lost", Some("g9"), None),
    ];
    let read = snapshot(&server, &vendor(&[]), wanted[..4].to_vec()).await.unwrap();
    assert_eq!(holders(&read, "org"), ["1:member", "2:member"]);
    assert_eq!(read.accounts["2"].state, AccountState::Suspended);
    assert_eq!(holders(&read, "analysts"), ["1:member", "ghost:member"]);
    assert_eq!(holders(&read, "adhoc"), Vec::<String>::new());
    assert_eq!(read.resources["none"], ResourceReading::Missing);
    assert_eq!(read.own, None);
    // With five groups the server is asked for all of them, and the reading is the same.
    let more = [&wanted[..], &[group("again", Some("g8"), None)]].concat();
    let all = snapshot(&server, &vendor(&[]), more).await.unwrap();
    for name in ["org", "analysts", "adhoc", "none"] {
        assert_eq!(all.resources[name], read.resources[name], "{name}");
    }
    assert_eq!(all.resources["lost"], ResourceReading::Missing);
}

#[tokio::test]
async fn an_answer_to_a_filter_is_checked_again() {
    let groups = vec![
        json!({"id": "g1", "displayName": "Other", "members": [{"value": "1"}]}),
        json!({"id": "g2", "displayName": "Analysts", "members": [{"value": "2"}]}),
    ];
    let server = server(users(2), groups, false).await;
    let read =
        snapshot(&server, &vendor(&[]), vec![group("analysts", None, Some("Analysts"))]).await.unwrap();
    assert_eq!(holders(&read, "analysts"), ["2:member"]);
}

#[tokio::test]
async fn a_filter_that_is_ignored_on_a_large_collection_leads_to_the_whole_of_it() {
    let groups: Vec<Value> = (1..=150)
        .map(|i| json!({"id": format!("g{i}"), "displayName": format!("G{i}"), "members": []}))
        .collect();
    let server = server(users(1), groups, false).await;
    let read = snapshot(&server, &vendor(&[]), vec![group("last", None, Some("G150"))]).await.unwrap();
    assert!(matches!(&read.resources["last"], ResourceReading::Read { id: Some(id), .. } if &**id == "g150"));
}

#[tokio::test]
async fn a_name_that_is_not_one_groups_is_unread_not_missing() {
    let named = |id: &str, name: &str| json!({"id": id, "displayName": name, "members": []});
    let groups = vec![named("g1", "Twins"), named("g2", "Twins"), named("g3", "ANALYSTS")];
    let server = server(users(1), groups, false).await;
    let wanted = vec![group("twins", None, Some("Twins")), group("analysts", None, Some("Analysts"))];
    let read = snapshot(&server, &vendor(&[]), wanted).await.unwrap();
    assert!(reason(&read, "twins").contains("2 groups are named \"Twins\""));
    assert!(reason(&read, "analysts").contains("another case"));
}

#[tokio::test]
async fn a_nested_group_is_not_taken_for_a_user() {
    let groups = vec![
        json!({"id": "g1", "displayName": "A", "members": [{"value": "1"}, {"value": "g2", "type": "Group"}]}),
        json!({"id": "g2", "displayName": "B", "members": [{"value": "1"}]}),
        json!({"id": "g3", "displayName": "C", "members": [{"value": "g2"}]}),
    ];
    let server = server(users(1), groups, true).await;
    let mut wanted: Vec<Resource> =
        (1..=3).map(|i| group(&format!("r{i}"), Some(&format!("g{i}")), None)).collect();
    let read = snapshot(&server, &vendor(&[]), wanted.clone()).await.unwrap();
    assert!(reason(&read, "r1").contains("another group"));
    assert_eq!(holders(&read, "r2"), ["1:member"]);
    // One that does not say that it is a group is asked for, and is known where all groups were listed.
    assert!(reason(&read, "r3").contains("another group"));
    wanted.extend([group("r4", Some("g1"), None), group("r5", Some("g2"), None)]);
    let read = snapshot(&server, &vendor(&[]), wanted).await.unwrap();
    assert!(reason(&read, "r3").contains("another group"));
}

#[tokio::test]
async fn members_left_out_of_a_listing_are_asked_for() {
    let server = Server::start(|seen| match (seen.path.as_str(), seen.q("attributes")) {
        ("/v2/Users", _) => paged(seen, &users(2), 100),
        ("/v2/Groups", _) => list(1, &[json!({"id": "g1", "displayName": "A"})]),
        ("/v2/Groups/g1", "members") => Reply::json(200, &json!({"id": "g1", "members": [{"value": "2"}]})),
        ("/v2/Groups/g1", _) => Reply::json(200, &json!({"id": "g1", "displayName": "A"})),
        _ => Reply::empty(404),
    })
    .await;
    let read = snapshot(&server, &vendor(&[]), vec![group("a", None, Some("A"))]).await.unwrap();
    assert_eq!(holders(&read, "a"), ["2:member"]);
}

#[tokio::test]
async fn a_server_that_does_not_know_attributes_is_asked_without_them() {
    let server = Server::start(|seen| match (seen.path.as_str(), seen.q("attributes")) {
        ("/v2/Users", _) => paged(seen, &users(2), 100),
        ("/v2/Groups", _) => list(1, &[json!({"id": "g1", "displayName": "A"})]),
        ("/v2/Groups/g1", "members") => Reply::error(400, "invalidValue", "no attributes here"),
        ("/v2/Groups/g1", _) => Reply::json(200, &json!({"id": "g1", "members": [{"value": "2"}]})),
        _ => Reply::empty(404),
    })
    .await;
    let read = snapshot(&server, &vendor(&[]), vec![group("a", None, Some("A"))]).await.unwrap();
    assert_eq!(holders(&read, "a"), ["2:member"]);
}

#[tokio::test]
async fn a_listing_that_shows_members_is_not_asked_again_for_empty_groups() {
    let mut groups: Vec<Value> =
        (1..=6).map(|i| json!({"id": format!("g{i}"), "displayName": format!("G{i}")})).collect();
    groups[0]["members"] = json!([{"value": "1"}]);
    let server = server(users(1), groups, true).await;
    let wanted = (1..=6).map(|i| group(&format!("r{i}"), Some(&format!("g{i}")), None)).collect();
    let read = snapshot(&server, &vendor(&[]), wanted).await.unwrap();
    assert_eq!(holders(&read, "r1"), ["1:member"]);
    assert_eq!(holders(&read, "r6"), Vec::<String>::new());
    assert!(server.lines().iter().all(|line| !line.starts_with("GET /v2/Groups/")));
}

#[tokio::test]
async fn members_told_nowhere_are_unread() {
    let mut groups = vec![json!({"id": "g1", "displayName": "A"}), json!({"id": "g2", "displayName": "B"})];
    let mut people = users(2);
    people[0]["groups"] = json!([{"value": "g2"}]);
    let wanted = || vec![group("a", Some("g1"), None), group("b", Some("g2"), None)];
    let withheld = server(people.clone(), groups.clone(), true).await;
    let read = snapshot(&withheld, &vendor(&[]), wanted()).await.unwrap();
    assert!(reason(&read, "a").contains("nor those of any other group"));
    assert!(reason(&read, "b").contains("does not tell"));
    // Another group's members show that the server tells them, so that the first has none.
    groups.push(json!({"id": "g3", "displayName": "Undeclared", "members": [{"value": "2"}]}));
    let told = server(people, groups, true).await;
    let read = snapshot(&told, &vendor(&[]), wanted()).await.unwrap();
    assert_eq!(holders(&read, "a"), Vec::<String>::new());
    assert!(reason(&read, "b").contains("does not tell"));
}

#[tokio::test]
async fn a_group_that_appears_between_two_readings_is_empty() {
    let there = Arc::new(Mutex::new(false));
    let shown = Arc::clone(&there);
    let server = Server::start(move |seen| {
        let groups = vec![json!({"id": "g1", "displayName": "A"})];
        answer(seen, &users(1), if *shown.lock().unwrap() { &groups } else { &[] }, true)
    })
    .await;
    let reader =
        crate::vendors::reader(&vendor(&[]), server.endpoint("/v2"), pace(TestClock::new())).unwrap();
    let resources = vec![group("a", None, Some("A"))];
    let scope = Scope { vendor: VendorName::parse("acme").unwrap(), resources };
    assert_eq!(reader.read(&scope).await.unwrap().resources["a"], ResourceReading::Missing);
    *there.lock().unwrap() = true;
    assert_eq!(holders(&reader.read(&scope).await.unwrap(), "a"), Vec::<String>::new());
}

#[tokio::test]
async fn a_group_that_the_filter_misses_is_not_missing() {
    let server = Server::start(|seen| match (seen.path.as_str(), seen.q("filter")) {
        ("/v2/Users", _) => paged(seen, &users(1), 100),
        ("/v2/Groups", "") => {
            list(1, &[json!({"id": "g1", "displayName": "A", "members": [{"value": "1"}]})])
        }
        ("/v2/Groups", _) => list(0, &[]),
        _ => Reply::empty(404),
    })
    .await;
    let read = snapshot(&server, &vendor(&[]), vec![group("a", None, Some("A"))]).await.unwrap();
    assert_eq!(holders(&read, "a"), ["1:member"]);
}

#[tokio::test]
async fn one_group_under_two_names_is_read_under_neither() {
    let groups = vec![json!({"id": "g1", "displayName": "A", "members": [{"value": "1"}]})];
    let server = server(users(1), groups, true).await;
    let wanted = vec![group("by-id", Some("g1"), None), group("by-name", None, Some("A"))];
    let read = snapshot(&server, &vendor(&[]), wanted).await.unwrap();
    for name in ["by-id", "by-name"] {
        assert!(reason(&read, name).contains("by-id and by-name are one"), "{}", reason(&read, name));
    }
}

#[tokio::test]
async fn a_group_that_cannot_be_understood_is_its_own_affair() {
    let mut groups: Vec<Value> = (1..=6)
        .map(|i| json!({"id": format!("g{i}"), "displayName": format!("G{i}"), "members": []}))
        .collect();
    groups[1]["members"] = json!("everyone");
    groups[5]["members"] = json!([{"who": 1}]);
    let server = server(users(1), groups, true).await;
    // Few are asked for one by one, more are listed; the sixth is not declared.
    for declared in [2, 5] {
        let wanted = (1..=declared).map(|i| group(&format!("r{i}"), Some(&format!("g{i}")), None)).collect();
        let read = snapshot(&server, &vendor(&[]), wanted).await.unwrap();
        assert_eq!(holders(&read, "r1"), Vec::<String>::new());
        assert!(reason(&read, "r2").contains("no list of references"));
    }
}

#[tokio::test]
async fn roles_are_the_levels_of_the_organisation() {
    let mut people = users(3);
    people[0]["roles"] = json!([{"value": "Viewer"}, {"value": "Admin"}]);
    people[1]["roles"] = json!(["Robot"]);
    let server = server(people, Vec::new(), true).await;
    let mapped = vendor(&[("viewer", "Viewer"), ("admin", "Admin")]);
    let read = snapshot(&server, &mapped, vec![group("org", None, None)]).await.unwrap();
    assert_eq!(holders(&read, "org"), ["1:admin", "2:Robot", "3:member"]);
}

#[tokio::test]
async fn the_credentials_own_account_is_asked_for_or_declared() {
    async fn try_own(me: Reply, identity: Option<&str>) -> Result<Option<String>, ConnectorError> {
        let server = Server::start(move |seen| match seen.path.as_str() {
            "/v2/Users" => paged(seen, &users(3), 100),
            "/v2/Me" => me.clone(),
            _ => Reply::empty(404),
        })
        .await;
        let mut vendor = vendor(&[]);
        vendor.identity = identity.map(|identity| at(Arc::from(identity)));
        let read = snapshot(&server, &vendor, Vec::new()).await?;
        Ok(read.own.map(|id| id.as_str().to_owned()))
    }
    async fn own(me: Reply, identity: Option<&str>) -> Option<String> {
        try_own(me, identity).await.unwrap()
    }
    let me = Reply::json(200, &json!({"id": "2", "userName": "u2@acme.example"}));
    assert_eq!(own(me, Some("3")).await.as_deref(), Some("2"));
    let elsewhere = Reply::empty(308).header("location", "../v2/Users/3");
    assert_eq!(own(elsewhere, None).await.as_deref(), Some("3"));
    for nothing in [Reply::empty(501), Reply::empty(404), Reply::text(200, "text/html", "<html>")] {
        assert_eq!(own(nothing.clone(), Some("U1@acme.example")).await.as_deref(), Some("1"));
        assert_eq!(own(nothing, None).await, None);
    }
    // Invariant 11: a server that fails to tell is not one that has nothing to tell.
    for failing in [Reply::empty(500), Reply::empty(503), Reply::empty(429)] {
        assert_eq!(own(failing.clone(), Some("U1@acme.example")).await.as_deref(), Some("1"));
        let error = try_own(failing, None).await.unwrap_err();
        assert!(error.to_string().contains("`identity:`"), "{error}");
    }
}

#[tokio::test]
async fn a_refused_token_is_told_and_never_quoted() {
    let server = Server::start(|seen| {
        Reply::error(401, "", &format!("bad credential {}", seen.headers["authorization"]))
    })
    .await;
    let error = snapshot(&server, &vendor(&[]), Vec::new()).await.unwrap_err();
    let ConnectorError::Unauthorised { message } = error else { panic!("{error:?}") };
    assert!(message.contains("bad credential Bearer ***"), "{message}");
    assert!(!message.contains(crate::net::script::TOKEN));
}

#[tokio::test]
async fn heap_tells_nothing_of_projects() {
    let server = server(users(1), Vec::new(), true).await;
    let mut heap = vendor(&[]);
    heap.connector = at(Arc::from("heap"));
    let project = Resource { kind: Arc::from("project"), ..group("main", Some("2208394"), None) };
    let read = snapshot(&server, &heap, vec![project, group("org", None, None)]).await.unwrap();
    assert!(reason(&read, "main").contains("project access"));
    assert_eq!(holders(&read, "org"), ["1:member"]);
}

#[tokio::test]
async fn heap_never_asks_for_a_deletion_of_end_users() {
    let server = server(users(1), Vec::new(), true).await;
    let mut heap = vendor(&[]);
    heap.connector = at(Arc::from("heap"));
    let endpoint = server.endpoint("/api/public/v0/user_deletion");
    let reader = crate::vendors::reader(&heap, endpoint, pace(TestClock::new())).unwrap();
    let scope = Scope { vendor: VendorName::parse("acme").unwrap(), resources: Vec::new() };
    let outcome = reader.read(&scope).await;
    assert!(
        matches!(&outcome, Err(ConnectorError::Refused { message }) if message.contains("never sent")),
        "{outcome:?}"
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_group_whose_answer_is_no_group_is_its_own_affair() {
    let server = Server::start(|seen| match seen.path.as_str() {
        "/v2/Users" => paged(seen, &users(1), 100),
        "/v2/Groups/g1" => Reply::json(200, &json!({"id": "g1", "members": [{"value": "1"}]})),
        "/v2/Groups/g2" => Reply::text(200, "text/html", "<html>Sign in"),
        _ => Reply::empty(404),
    })
    .await;
    let wanted = vec![group("a", Some("g1"), None), group("b", Some("g2"), None)];
    let read = snapshot(&server, &vendor(&[]), wanted).await.unwrap();
    assert_eq!(holders(&read, "a"), ["1:member"]);
    assert!(reason(&read, "b").contains("instead of JSON"));
}

mod broken;
