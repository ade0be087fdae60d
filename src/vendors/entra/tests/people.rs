//! How accounts come, change, rest and go.

use super::{Tenant, guest, guid, invite, note, profile, refused, user};
use crate::connector::ConnectorError;
use crate::domain::{AccountState, Action};
use serde_json::json;

const JANE: &str = "jane@other.example";

fn update(from: (&str, &str), to: (&str, &str)) -> Action {
    Action::UpdateAccount { from: profile(from.0, from.1), to: profile(to.0, to.1) }
}

#[tokio::test]
async fn an_invitation_makes_a_guest_once() {
    let tenant = Tenant::new(&[], &[], json!({ "settings": { "invitations_wait": true } }));
    let made = tenant.change(None, invite(JANE)).await.unwrap();
    let again = tenant.change(None, invite("JANE@other.example")).await.unwrap();
    assert_eq!((&made.note, &made.account), (&None, &again.account));
    assert_eq!(again.note.as_deref(), Some("The address is invited already."));
    assert_eq!(tenant.effects(), ["user jane@other.example (Jane Doe) created"]);
}

#[tokio::test]
async fn an_employee_is_not_invited_and_the_steps_are_told() {
    let tenant = Tenant::new(&[], &[], json!({ "settings": { "domains": ["acme.example"] } }));
    let outcome = tenant.change(None, invite("jane@acme.example")).await;
    assert!(refused(&outcome).contains("verified domain"), "{outcome:?}");
    assert!(refused(&outcome).contains("Users, New user"), "{outcome:?}");
    assert!(tenant.effects().is_empty());
}

#[tokio::test]
async fn an_account_that_signs_in_so_is_adopted_and_one_that_only_has_its_mail_there_is_not() {
    let mut held = user(1, JANE);
    held["attributes"]["active"] = json!(false);
    let tenant = Tenant::new(&[held], &[], json!({}));
    let adopted = note(tenant.change(None, invite(JANE)).await);
    assert!(adopted.contains("adopted; it was suspended and was made active"), "{adopted}");
    let read = tenant.read(Vec::new()).await;
    assert_eq!(read.accounts[guid(1).as_str()].state, AccountState::Active);
    let mut service = user(1, "svc-backup@acme.example");
    service["attributes"]["emails"] = json!([{ "value": "a@x.example" }, { "value": JANE, "primary": true }]);
    let contact = Tenant::new(&[service.clone()], &[], json!({}));
    let outcome = contact.change(None, invite(JANE)).await;
    assert!(
        refused(&outcome).contains("svc-backup@acme.example\", which signs in with another"),
        "{outcome:?}"
    );
    assert!(contact.effects().is_empty());
    let two = Tenant::new(&[service, guest(2, JANE)], &[], json!({}));
    assert!(refused(&two.change(None, invite(JANE)).await).contains("2 users"));
    assert!(two.effects().is_empty());
}

#[tokio::test]
async fn a_suspension_ends_the_sessions_first() {
    let tenant = Tenant::new(&[user(1, "a@acme.example")], &[], json!({}));
    assert_eq!(note(tenant.change(Some(&guid(1)), Action::Suspend).await), "");
    let expected = ["user a@acme.example: sessions ended", "user a@acme.example: active true -> false"];
    assert_eq!(tenant.effects(), expected);
    tenant.change(Some(&guid(1)), Action::Suspend).await.unwrap();
    assert_eq!(tenant.effects(), expected, "once more changes nothing");
    tenant.change(Some(&guid(1)), Action::Restore).await.unwrap();
    assert_eq!(tenant.effects().last().unwrap(), "user a@acme.example: active false -> true");
}

#[tokio::test]
async fn a_missing_right_to_end_sessions_does_not_keep_an_account_usable() {
    let settings = json!({ "settings": { "permissions": ["User.EnableDisableAccount.All"] } });
    let tenant = Tenant::new(&[user(1, "a@acme.example")], &[], settings);
    let told = note(tenant.change(Some(&guid(1)), Action::Suspend).await);
    assert!(told.contains("its sessions could not be ended") && told.contains("Revoke sessions"), "{told}");
    assert_eq!(tenant.effects(), ["user a@acme.example: active true -> false"]);
}

#[tokio::test]
async fn a_guest_keeps_the_address_and_changes_the_name() {
    let tenant = Tenant::new(&[guest(1, JANE)], &[], json!({}));
    let renamed = update((JANE, "jane"), (JANE, "Jane Doe"));
    tenant.change(Some(&guid(1)), renamed.clone()).await.unwrap();
    assert_eq!(tenant.effects(), [format!("user {JANE}: displayName \"jane\" -> \"Jane Doe\"")]);
    let again = note(tenant.change(Some(&guid(1)), renamed).await);
    assert_eq!(again, "The account was so already.");
    let moved = update((JANE, "Jane Doe"), ("new@other.example", "Jane Doe"));
    let outcome = tenant.change(Some(&guid(1)), moved).await;
    assert!(refused(&outcome).contains("Reset redemption status"), "{outcome:?}");
}

#[tokio::test]
async fn an_employee_changes_sign_in_name_and_mail_together_or_not_at_all() {
    let mut apart = user(2, "b@acme.onmicrosoft.com");
    apart["attributes"]["emails"] = json!([{ "value": "b@acme.example", "primary": true }]);
    let tenant = Tenant::new(&[user(1, "a@acme.example"), apart], &[], json!({}));
    let moved = |from: &str, to: &str| update((from, "x"), (to, "x"));
    tenant.change(Some(&guid(1)), moved("a@acme.example", "new@acme.example")).await.unwrap();
    let snapshot = tenant.read(Vec::new()).await;
    assert_eq!(&*snapshot.accounts[guid(1).as_str()].login, "new@acme.example");
    let outcome = tenant.change(Some(&guid(2)), moved("b@acme.example", "c@acme.example")).await;
    assert!(refused(&outcome).contains("gets its mail at"), "{outcome:?}");
}

#[tokio::test]
async fn a_removal_is_done_once_and_a_cancelled_invitation_must_be_pending() {
    let vendor =
        json!({ "users": { guid(2): { "state": "PendingAcceptance" }, guid(3): { "state": "Accepted" } } });
    let users = [user(1, "a@acme.example"), guest(2, JANE), guest(3, "bob@other.example")];
    let tenant = Tenant::new(&users, &[], vendor);
    tenant.change(Some(&guid(1)), Action::RemoveAccount).await.unwrap();
    let again = note(tenant.change(Some(&guid(1)), Action::RemoveAccount).await);
    assert_eq!(again, "The account was gone already.");
    let cancel = || Action::CancelInvitation { on: None };
    tenant.change(Some(&guid(2)), cancel()).await.unwrap();
    let outcome = tenant.change(Some(&guid(3)), cancel()).await;
    assert!(refused(&outcome).contains("accepted meanwhile"), "{outcome:?}");
    assert_eq!(tenant.effects(), ["user a@acme.example deleted".to_owned(), format!("user {JANE} deleted")]);
}

#[tokio::test]
async fn a_full_tenant_and_a_credential_that_only_takes_are_told_apart() {
    let full = Tenant::new(&[user(1, "a@acme.example")], &[], json!({ "settings": { "quota": 1 } }));
    let outcome = full.change(None, invite(JANE)).await;
    assert!(matches!(outcome, Err(ConnectorError::LimitReached { .. })), "{outcome:?}");
    let tenant = Tenant::new(&[user(1, "a@acme.example")], &[], json!({}));
    let writer = crate::vendors::entra::writer::EntraWriter {
        grant: Ok(tenant.directory(super::REVOKE_TOKEN)),
        ..tenant.writer()
    };
    let outcome = crate::connector::Writer::execute(&writer, &super::change(None, invite(JANE))).await;
    assert!(matches!(outcome, Err(ConnectorError::Forbidden { .. })), "{outcome:?}");
    tenant.change(Some(&guid(1)), Action::Suspend).await.unwrap();
}
