//! How somebody comes into a group and goes out.

use super::{Tenant, change, group, guid, invite, level, note, refused, target, user};
use crate::connector::{ConnectorError, Writer};
use crate::domain::{Action, ResourceName, Target};
use crate::net::Clock;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn give(on: usize) -> Action {
    Action::Grant { on: target("group", on), to: level("member") }
}

fn take(on: usize) -> Action {
    Action::Revoke { on: target("group", on), from: level("member") }
}

fn create(name: &str) -> Action {
    let it = ResourceName::parse("it").unwrap();
    Action::CreateResource {
        on: Target { name: it, kind: Arc::from("group"), id: None, display: Some(Arc::from(name)) },
    }
}

fn tenant(part: Value) -> Tenant {
    let users = [user(1, "a@acme.example"), user(2, "b@acme.example")];
    Tenant::new(&users, &[group(10, "Sales", &[2])], json!({ "groups": { guid(10): part } }))
}

#[tokio::test]
async fn whoever_is_in_already_stays_and_whoever_is_out_already_too() {
    let tenant = tenant(json!({}));
    assert_eq!(note(tenant.change(Some(&guid(1)), give(10)).await), "");
    assert_eq!(note(tenant.change(Some(&guid(1)), give(10)).await), "The account was a member already.");
    assert_eq!(note(tenant.change(Some(&guid(2)), take(10)).await), "");
    let again = note(tenant.change(Some(&guid(2)), take(10)).await);
    assert_eq!(again, "The account was no member any more.");
    assert_eq!(tenant.effects(), ["group Sales: +a@acme.example", "group Sales: -b@acme.example"]);
}

#[tokio::test]
async fn a_group_that_nobody_changes_by_hand_says_what_decides() {
    let dynamic = tenant(json!({ "rule": "user.city -eq \"Bonn\"" }));
    for action in [give(10), take(10)] {
        let outcome = dynamic.change(Some(&guid(2)), action).await;
        assert!(refused(&outcome).contains("user.city -eq"), "{outcome:?}");
    }
    let synced = tenant(json!({ "synced": true })).change(Some(&guid(1)), give(10)).await;
    assert!(refused(&synced).contains("on-premises"), "{synced:?}");
    let mail = tenant(json!({ "mail_enabled": true })).change(Some(&guid(1)), give(10)).await;
    assert!(refused(&mail).contains("Exchange admin center"), "{mail:?}");
}

#[tokio::test]
async fn a_group_with_directory_roles_needs_more_rights() {
    let outcome = tenant(json!({ "role_assignable": true })).change(Some(&guid(1)), give(10)).await;
    assert!(
        matches!(&outcome, Err(ConnectorError::Forbidden { message }) if message.contains("directory role")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_group_or_account_that_was_deleted_meanwhile_is_gone() {
    for (account, on) in [(1, 99), (98, 10)] {
        let outcome = tenant(json!({})).change(Some(&guid(account)), give(on)).await;
        assert!(matches!(outcome, Err(ConnectorError::Gone { .. })), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_group_is_made_once_and_never_beside_two_of_its_name() {
    let twins = [group(10, "Sales", &[]), group(11, "Sales", &[])];
    let tenant = Tenant::new(&[], &twins, json!({}));
    assert!(refused(&tenant.change(None, create("Sales")).await).contains("2 groups"));
    let made = tenant.change(None, create("O'Neill & Söhne")).await.unwrap();
    let again = tenant.change(None, create("O'Neill & Söhne")).await.unwrap();
    assert_eq!(made.resource, again.resource);
    assert_eq!(tenant.effects(), ["group O'Neill & Söhne created"]);
}

#[tokio::test]
async fn what_was_made_just_now_is_asked_for_later() {
    let settings = json!({ "settings": { "lag_seconds": 15 } });
    let tenant = Tenant::new(&[], &[], settings);
    let writer = tenant.writer();
    let group = writer.execute(&change(None, create("Sales"))).await.unwrap().resource.unwrap();
    let jane = writer.execute(&change(None, invite("jane@other.example"))).await.unwrap().account.unwrap();
    let on = Target { id: Some(group), ..target("group", 0) };
    let give = change(Some(jane.as_str()), Action::Grant { on, to: level("member") });
    let outcome = writer.execute(&give).await;
    assert!(matches!(outcome, Err(ConnectorError::RetryLater { after: Some(_), .. })), "{outcome:?}");
    // Somebody who has made neither does not know better than Entra.
    assert!(matches!(tenant.writer().execute(&give).await, Err(ConnectorError::Gone { .. })));
    tenant.clock.sleep(Duration::from_secs(20)).await;
    writer.execute(&give).await.unwrap();
    assert_eq!(tenant.effects().last().unwrap(), "group Sales: +jane@other.example");
}
