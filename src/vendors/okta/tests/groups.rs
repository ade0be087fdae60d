//! Groups, as read.

use super::*;
use crate::domain::FeedKind;

#[tokio::test]
async fn a_group_is_found_by_its_id_or_its_exact_name() {
    let people = vec![person("a@acme.example"), person("gone@acme.example")];
    let groups = [group("team", &["a", "gone"]), group("team-lead", &[])];
    let org = Org::of(people, &groups, json!({ "statuses": { "gone": "DEPROVISIONED" } }));
    let read = org
        .read(
            "by-id: { id: team-lead, kind: group }\nby-name: { name: The team, kind: group }\n\
             other-case: { name: the team, kind: group }\nlost: { id: nowhere, kind: group }",
        )
        .await;
    assert_eq!(holders(&read, "by-id"), Vec::<String>::new());
    // Whoever was deactivated stays in the group, and holds nothing.
    assert_eq!(holders(&read, "by-name"), ["a"]);
    assert_eq!(read.resources["other-case"], ResourceReading::Missing);
    assert_eq!(read.resources["lost"], ResourceReading::Missing);
}

#[tokio::test]
async fn a_name_that_no_group_has_tells_those_that_are_near() {
    let org = Org::of(Vec::new(), &[group("team", &[]), group("contractors", &[])], json!({}));
    let read = org.read("typo: { name: the Taem, kind: group }\nnew: { name: Elsewhere, kind: group }").await;
    assert_eq!(read.resources["typo"], ResourceReading::Missing);
    let near: Vec<&str> = read.similar["typo"].iter().map(|one| &*one.name).collect();
    assert_eq!((near, read.similar.len()), (vec!["The team"], 1));
    let asked = org.log.lock().unwrap().clone();
    let asked: Vec<&String> = asked.iter().filter(|line| line.contains("/groups q=")).collect();
    assert_eq!(asked.len(), 4, "two requests for each name that no group has: {asked:#?}");
}

#[tokio::test]
async fn a_look_up_of_near_names_that_fails_says_nothing() {
    let server = Server::start(|seen| match (seen.path.as_str(), seen.q("q")) {
        ("/api/v1/groups", "Th") => failure(500, "E0000009", "Internal Server Error"),
        ("/api/v1/users/me", _) => failure(404, "E0000007", "Not found"),
        _ => answer(&json!([])),
    })
    .await;
    let read =
        read(server.endpoint(""), &vendor_with("", "typo: { name: The Taem, kind: group }")).await.unwrap();
    assert_eq!(read.resources["typo"], ResourceReading::Missing);
    assert!(read.similar.is_empty());
    assert!(server.seen().iter().any(|seen| seen.q("q") == "Th"), "it was asked");
}

#[tokio::test]
async fn a_group_that_others_fill_is_read_only_where_it_is_observed() {
    let vendor = json!({ "types": { "ad": "APP_GROUP", "all": "BUILT_IN" } });
    let org = Org::of(vec![person("a@acme.example")], &[group("ad", &["a"]), group("all", &["a"])], vendor);
    let read = org.read("ad: { id: ad, kind: group }\nall: { id: all, kind: group }").await;
    assert!(why_unread(&read, "ad").contains("imported"));
    assert!(why_unread(&read, "all").contains("Okta itself"));
    assert!(why_unread(&read, "all").contains("manage: observe"));
    let seen = org.read("seen: { id: ad, kind: group, manage: observe }").await;
    assert_eq!(holders(&seen, "seen"), ["a"]);
}

#[tokio::test]
async fn a_name_that_two_groups_have_is_not_clear() {
    let mut twin = group("twin", &[]);
    twin["attributes"]["displayName"] = json!("The team");
    let org = Org::of(Vec::new(), &[group("team", &[]), twin], json!({ "types": { "twin": "APP_GROUP" } }));
    let read = org.read("team: { name: The team, kind: group }").await;
    assert!(why_unread(&read, "team").contains("2 groups"));
}

#[tokio::test]
async fn one_group_declared_twice_is_not_changed() {
    let org = Org::of(Vec::new(), &[group("team", &[])], json!({}));
    let read = org.read("one: { id: team, kind: group }\ntwo: { name: The team, kind: group }").await;
    assert!(why_unread(&read, "one").contains("one and two"));
    assert!(why_unread(&read, "two").contains("one and two"));
}

#[tokio::test]
async fn a_look_up_that_is_full_proves_nothing() {
    // The look-up finds groups in the order in which they were made, and the wanted one is the last of them.
    let mut groups: Vec<Value> = (0..250).map(|n| group(&format!("team {n}"), &[])).collect();
    groups.push(group("team", &[]));
    let org = Org::of(Vec::new(), &groups, json!({}));
    assert_eq!(
        holders(&org.read("team: { name: The team, kind: group }").await, "team"),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_group_of_20000_is_read_in_pages() {
    let users: Vec<Value> = (0..20_000).map(|n| person(&format!("u{n}@acme.example"))).collect();
    let ids: Vec<String> = (0..20_000).map(|n| format!("u{n}")).collect();
    let members = group("all", &ids.iter().map(String::as_str).collect::<Vec<_>>());
    let org = Org::of(users, &[members], json!({}));
    let read = org.read("all: { id: all, kind: group }").await;
    assert_eq!((holders(&read, "all").len(), read.accounts.len()), (20_000, 20_001));
    assert!(org.log.lock().unwrap().iter().filter(|line| line.contains("/groups/all/users")).count() == 100);
}

#[tokio::test]
async fn active_rules_feed_the_groups_that_they_assign() {
    let rule = |status: &str, group: &str| json!({ "name": format!("{status} rule"), "status": status, "expression": "user.department==\"Sales\"", "groups": [group] });
    let rules = json!({ "r1": rule("ACTIVE", "The team"), "r2": rule("INACTIVE", "team"), "r3": rule("ACTIVE", "other") });
    let org = Org::of(Vec::new(), &[group("team", &[]), group("other", &[])], json!({ "rules": rules }));
    let read = org.read("team: { id: team, kind: group }").await;
    let feeds: Vec<_> = read.feeds["team"].iter().map(|feed| (feed.kind, &*feed.id, &*feed.name)).collect();
    assert_eq!(feeds, [(FeedKind::Rule, "r1", "ACTIVE rule")]);
}

#[tokio::test]
async fn rules_that_may_not_be_seen_are_told_as_unread() {
    let server = server(|_, path| match path {
        "/api/v1/groups/rules" => Some(failure(403, "E0000006", "You do not have permission")),
        "/api/v1/groups/team" => {
            Some(answer(&json!({ "id": "team", "type": "OKTA_GROUP", "profile": { "name": "Team" } })))
        }
        _ => None,
    })
    .await;
    let read = read(server.endpoint(""), &vendor_with("", "team: { id: team, kind: group }")).await.unwrap();
    assert_eq!(holders(&read, "team"), Vec::<String>::new());
    let feeds: Vec<_> = read.feeds["team"].iter().map(|feed| (feed.kind, &*feed.id)).collect();
    assert_eq!(feeds, [(FeedKind::Unread, "group rules")]);
}

#[tokio::test]
async fn a_page_that_leads_elsewhere_is_not_followed() {
    let server = server(|_, path| {
        (path == "/api/v1/users").then(|| {
            answer(&json!([])).header("link", "<https://evil.example/api/v1/users?after=x>; rel=\"next\"")
        })
    })
    .await;
    let error = read(server.endpoint(""), &vendor_with("", "")).await.unwrap_err();
    assert!(matches!(error, ConnectorError::ContractBroken { .. }), "{error:?}");
}
