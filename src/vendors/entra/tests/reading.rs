//! What a reading makes of a tenant.

use super::super::reader::EntraReader;
use super::{TOKEN, Tenant, group, guest, guid, holders, level, resource, short, target, user};
use crate::connector::{Reader, Scope};
use crate::domain::{
    AccountState, Action, Email, FeedKind, InvitationState, Manage, Resource, ResourceReading, VendorName,
};
use crate::net::script::TestClock;
use serde_json::{Value, json};
use std::sync::Arc;

#[tokio::test]
async fn a_guest_is_known_by_the_address_that_was_invited_and_may_still_be_pending() {
    let since = "2026-11-20T08:00:00Z";
    let vendor = json!({ "users": {
        guid(1): { "state": "PendingAcceptance", "since": since }, guid(2): { "state": "Accepted" },
    } });
    let tenant =
        Tenant::new(&[guest(1, "jane_doe@other.example"), guest(2, "bob@other.example")], &[], vendor);
    let snapshot = tenant.read(vec![resource("org", "org", None, None)]).await;
    let [jane, bob] = [&snapshot.accounts[guid(1).as_str()], &snapshot.accounts[guid(2).as_str()]];
    assert_eq!(&*jane.login, "jane_doe@other.example");
    assert_eq!(jane.emails, [Email::parse("jane_doe@other.example").unwrap()]);
    assert_eq!(jane.state, AccountState::Invited(InvitationState::Pending));
    assert_eq!(jane.invited, Some(since.parse().unwrap()));
    assert_eq!((bob.state, bob.invited), (AccountState::Active, None));
    assert_eq!(holders(&snapshot, "org"), ["1 member", "2 member"]);
    assert_eq!(snapshot.own, None);
}

#[tokio::test]
async fn a_suspended_account_is_read_and_an_employees_alternate_address_does_not_lead_to_it() {
    let mut jane = user(1, "jane.doe@acme.onmicrosoft.com");
    jane["attributes"]["active"] = json!(false);
    jane["attributes"]["emails"] = json!([
        { "value": "j.doe@acme.example" }, { "value": "jane@acme.example", "primary": true },
    ]);
    let snapshot = Tenant::new(&[jane], &[], json!({})).read(Vec::new()).await;
    let jane = &snapshot.accounts[guid(1).as_str()];
    assert_eq!((&*jane.login, jane.state), ("jane.doe@acme.onmicrosoft.com", AccountState::Suspended));
    let emails: Vec<&str> = jane.emails.iter().map(Email::as_str).collect();
    assert_eq!(emails, ["jane.doe@acme.onmicrosoft.com", "jane@acme.example"]);
    assert_eq!(jane.mail.as_ref().map(Email::as_str), Some("jane@acme.example"));
}

#[tokio::test]
async fn a_group_of_twenty_thousand_is_read_to_its_end() {
    const MANY: usize = 20_000;
    let users: Vec<Value> = (1..=MANY).map(|at| user(at, &format!("u{at}@acme.example"))).collect();
    let members: Vec<usize> = (1..=MANY).collect();
    let tenant = Tenant::new(&users, &[group(99_999, "Everybody", &members)], json!({}));
    let snapshot = tenant.read(vec![resource("all", "group", None, Some("Everybody"))]).await;
    assert_eq!((snapshot.accounts.len(), holders(&snapshot, "all").len()), (MANY, MANY));
    assert_eq!(tenant.emulator.faults().calls(), 21 + 1 + 21, "as few requests as the pages allow");
}

#[tokio::test]
async fn what_fills_a_group_is_told() {
    let users = [user(1, "a@acme.example"), user(2, "b@acme.example")];
    let groups = [group(10, "Sales", &[1]), group(11, "Outer", &[2]), group(12, "Resting", &[])];
    let rule = "user.department -eq \"Sales\"";
    let vendor = json!({ "groups": {
        guid(10): { "rule": rule },
        guid(11): { "nested": [
            { "id": guid(10), "kind": "group" }, { "id": guid(77), "kind": "group" },
            { "id": guid(78), "kind": "device" }, { "id": guid(79), "kind": "servicePrincipal" },
        ] },
        guid(12): { "rule": rule, "paused": true },
    } });
    let declared = [10, 11, 12].map(|id| observed(&format!("g{id}"), id));
    let snapshot = Tenant::new(&users, &groups, vendor).read(declared.to_vec()).await;
    assert_eq!(holders(&snapshot, "g10"), ["1 member"]);
    assert_eq!(holders(&snapshot, "g11"), ["2 member"], "what is no user holds nothing");
    let told = |name: &str| -> Vec<_> {
        let feeds = snapshot.feeds.get(name).into_iter().flatten();
        feeds
            .map(|feed| {
                let accounts =
                    feed.accounts.as_ref().map(|all| all.iter().map(|id| short(id.as_str())).collect());
                (feed.kind, feed.name.to_string(), accounts)
            })
            .collect()
    };
    assert_eq!(told("g10"), [(FeedKind::Rule, rule.to_owned(), Some(vec![1]))]);
    let nested = [(FeedKind::Group, "Sales".to_owned(), Some(vec![1])), (FeedKind::Group, guid(77), None)];
    assert_eq!(told("g11"), nested);
    assert_eq!(told("g12"), [], "a rule at rest fills nothing");
}

#[tokio::test]
async fn a_name_that_is_not_clear_stands_for_nothing() {
    let groups =
        [group(10, "Sales", &[]), group(11, "Sales", &[]), group(12, "O'Neill", &[]), group(13, "Ops", &[])];
    let declared = vec![
        resource("twice", "group", None, Some("Sales")),
        resource("case", "group", None, Some("ops")),
        resource("quote", "group", None, Some("O'Neill")),
        resource("gone", "group", Some(99), None),
        resource("nobody", "group", None, Some("Nobody")),
        resource("app", "app", Some(98), None),
    ];
    let snapshot = Tenant::new(&[user(1, "a@acme.example")], &groups, json!({})).read(declared).await;
    let unread = |name: &str| match &snapshot.resources[name] {
        ResourceReading::Unread { reason, open: false } => reason.to_string(),
        other => panic!("{other:?}"),
    };
    assert!(unread("twice").contains("2 groups are named \"Sales\""), "{}", unread("twice"));
    assert!(unread("case").contains("spelled in another case"), "{}", unread("case"));
    assert!(matches!(snapshot.resources["quote"], ResourceReading::Read { .. }));
    for missing in ["gone", "nobody", "app"] {
        assert_eq!(snapshot.resources[missing], ResourceReading::Missing, "{missing}");
    }
}

#[tokio::test]
async fn a_name_that_no_group_has_tells_those_that_are_near() {
    let groups = [group(10, "Heap-Users", &[]), group(11, "Heat maps", &[]), group(12, "Sales", &[])];
    let declared = vec![
        resource("typo", "group", None, Some("heap users")),
        resource("gone", "group", Some(99), None),
        resource("sales", "group", None, Some("Sales")),
    ];
    let tenant = Tenant::new(&[user(1, "a@acme.example")], &groups, json!({}));
    let snapshot = tenant.read(declared).await;
    assert_eq!(snapshot.resources["typo"], ResourceReading::Missing);
    let near: Vec<(&str, usize)> =
        snapshot.similar["typo"].iter().map(|one| (&*one.name, short(&one.id))).collect();
    assert_eq!((near, snapshot.similar.len()), (vec![("Heap-Users", 10)], 1));
    assert_eq!(tenant.emulator.faults().calls(), 1 + 2 + 1 + 2, "one more for the name that none has");
}

#[tokio::test]
async fn invariant_2_a_group_that_hides_its_members_and_shows_none_is_unread() {
    let hides = json!({ "hides_members": true });
    let rights = json!(["User.Read.All", "GroupMember.Read.All"]);
    let groups = [group(10, "Board", &[1]), group(11, "Crew", &[])];
    let declared =
        || vec![resource("board", "group", Some(10), None), resource("crew", "group", Some(11), None)];
    let vendor = json!({ "groups": { guid(10): hides }, "settings": { "permissions": rights } });
    let without = Tenant::new(&[user(1, "a@acme.example")], &groups, vendor).read(declared()).await;
    let ResourceReading::Unread { reason, open: true } = &without.resources["board"] else {
        panic!("{without:?}")
    };
    assert!(reason.contains("Member.Read.Hidden") && reason.contains("nobody is in the group"), "{reason}");
    assert_eq!(holders(&without, "crew"), Vec::<String>::new(), "one that hides nothing is empty");
    let vendor = json!({ "groups": { guid(10): hides } });
    let with = Tenant::new(&[user(1, "a@acme.example")], &groups, vendor).read(declared()).await;
    assert_eq!(holders(&with, "board"), ["1 member"]);
}

#[tokio::test]
async fn a_group_whose_hidden_members_were_shown_is_known_to_be_empty_once_they_are_gone() {
    let vendor = json!({ "groups": { guid(10): { "hides_members": true } } });
    let tenant = Tenant::new(&[user(1, "a@acme.example")], &[group(10, "Board", &[1])], vendor);
    let directory = Arc::new(tenant.directory(TOKEN));
    let reader = EntraReader { directory, clock: TestClock::new(), shown: Default::default() };
    let resources = vec![resource("board", "group", Some(10), None)];
    let scope = Scope { vendor: VendorName::parse("entra").unwrap(), resources };
    assert_eq!(holders(&reader.read(&scope).await.unwrap(), "board"), ["1 member"]);
    let take = Action::Revoke { on: target("group", 10), from: level("member") };
    tenant.change(Some(&guid(1)), take).await.unwrap();
    assert_eq!(holders(&reader.read(&scope).await.unwrap(), "board"), Vec::<String>::new());
}

#[tokio::test]
async fn one_group_under_two_names_is_refused() {
    let declared = vec![resource("a", "group", Some(10), None), resource("b", "group", None, Some("Sales"))];
    let tenant = Tenant::new(&[user(1, "a@acme.example")], &[group(10, "Sales", &[])], json!({}));
    let snapshot = tenant.read(declared).await;
    for name in ["a", "b"] {
        assert!(matches!(snapshot.resources[name], ResourceReading::Unread { open: false, .. }), "{name}");
    }
}

/// A group that is only looked at.
fn observed(name: &str, id: usize) -> Resource {
    Resource { manage: Manage::Observe, ..resource(name, "group", Some(id), None) }
}

#[tokio::test]
async fn a_group_that_others_fill_is_read_only_where_it_is_observed() {
    let groups = [10, 11, 12, 13].map(|id| group(id, &format!("G{id}"), &[1]));
    let vendor = json!({ "groups": {
        guid(10): { "synced": true }, guid(11): { "mail_enabled": true },
        guid(12): { "rule": "user.city -eq \"Bonn\"" }, guid(13): { "rule": "user.city -eq \"Rome\"", "paused": true },
    } });
    let tenant = Tenant::new(&[user(1, "a@acme.example")], &groups, vendor);
    let ids = [10, 11, 12, 13];
    let managed = ids.map(|id| resource(&format!("g{id}"), "group", Some(id), None)).to_vec();
    let snapshot = tenant.read(managed).await;
    let why = |name: &str| match &snapshot.resources[name] {
        ResourceReading::Unread { reason, open: false } => reason.to_string(),
        other => panic!("{name}: {other:?}"),
    };
    for (name, decides) in [("g10", "on-premises"), ("g11", "Exchange"), ("g12", "Bonn"), ("g13", "Rome")] {
        assert!(why(name).contains(decides) && why(name).contains("`manage: observe`"), "{}", why(name));
    }
    assert!(snapshot.feeds.is_empty());
    let seen = tenant.read(ids.map(|id| observed(&format!("g{id}"), id)).to_vec()).await;
    for name in ["g10", "g11", "g12", "g13"] {
        assert_eq!(holders(&seen, name), ["1 member"], "{name}");
    }
}
