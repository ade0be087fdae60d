//! Applications, as read.

use super::*;
use crate::domain::Feed;

fn org() -> Org {
    let people =
        ["direct", "both", "through", "gone"].map(|who| person(&format!("{who}@acme.example"))).to_vec();
    let groups = [
        group("sales", &["both", "through", "gone"]),
        group("eng", &["through"]),
        group("pushed", &["direct"]),
    ];
    let app = json!({
        "label": "Heap", "users": ["direct@acme.example", "both"], "groups": ["The sales", "eng"],
        "pushed": ["pushed", "sales"],
    });
    let only = json!({ "label": "Heap Connect", "users": [], "groups": ["eng"], "pushed": [] });
    let vendor = json!({ "statuses": { "gone": "DEPROVISIONED" }, "apps": { "0oa1": app, "0oa2": only } });
    Org::of(people, &groups, vendor)
}

fn shown(feed: &Feed) -> (&str, &str, Option<Vec<&str>>) {
    let accounts = feed.accounts.as_ref().map(|ids| ids.iter().map(AccountId::as_str).collect());
    (&*feed.id, &*feed.name, accounts)
}

#[tokio::test]
async fn those_given_an_application_by_themselves_hold_it_and_groups_feed_it() {
    let org = org();
    let read = org.read("heap: { name: Heap, kind: app }\nsales: { id: sales, kind: group }").await;
    assert_eq!(holders(&read, "heap"), ["both", "direct"]);
    let feeds: Vec<_> = read.feeds["heap"].iter().map(shown).collect();
    assert_eq!(
        feeds,
        [("eng", "The eng", None), ("sales", "The sales", Some(vec!["both", "through"]))],
        "a push gives nobody an account"
    );
    let asked = org.log.lock().unwrap().clone();
    assert!(!asked.iter().any(|line| line.contains("group-push")), "{asked:#?}");
}

#[tokio::test]
async fn who_has_it_through_the_only_group_is_known() {
    let org = org();
    let read = org
        .read("one: { id: 0oa2, kind: app }\nnone: { name: Hea, kind: app }\nlost: { id: x, kind: app }")
        .await;
    assert_eq!(
        read.feeds["one"].iter().map(shown).collect::<Vec<_>>(),
        [("eng", "The eng", Some(vec!["through"]))]
    );
    assert_eq!([&read.resources["none"], &read.resources["lost"]], [&ResourceReading::Missing; 2]);
    assert!(!read.feeds.contains_key("lost"));
}

#[tokio::test]
async fn what_an_import_left_is_no_access_and_an_unknown_scope_is_not_guessed() {
    let users = |scope: &'static str| {
        server(move |_, path| match path {
            "/api/v1/apps/a" => Some(answer(&json!({ "id": "a", "label": "A" }))),
            "/api/v1/apps/a/users" => Some(answer(&json!([
                { "id": "u1", "scope": "USER", "status": "IMPORTED" },
                { "id": "u2", "scope": scope, "status": "ACTIVE" },
            ]))),
            _ => None,
        })
    };
    let vendor = vendor_with("", "a: { id: a, kind: app }");
    let known = read(users("USER").await.endpoint(""), &vendor).await.unwrap();
    assert_eq!(holders(&known, "a"), ["u2"]);
    let unknown = read(users("TEAM").await.endpoint(""), &vendor).await.unwrap();
    assert!(why_unread(&unknown, "a").contains("where it comes from"));
}

#[tokio::test]
async fn one_application_under_two_names_is_not_changed() {
    let read = org().read("one: { id: 0oa1, kind: app }\ntwo: { name: Heap, kind: app }").await;
    for name in ["one", "two"] {
        assert!(why_unread(&read, name).contains("one and two"));
        assert!(!read.feeds.contains_key(name), "nothing is concluded of what fills it");
    }
}
