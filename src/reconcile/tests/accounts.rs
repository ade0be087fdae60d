//! Accounts that should be there, and those that should not.

use super::super::fixture::{World, resource, user};
use super::check;
use crate::connector::{Leaving, ObligationSpec};
use crate::domain::*;
use std::collections::BTreeMap;
use std::sync::Arc;

#[test]
fn a_new_user_is_invited_before_being_granted() {
    let world = World::new().person("jane").wants("jane analysts member\n jane org member");
    check(&world, &["invite jane", "grant jane analysts ->member after 1"], &[]);
}

#[test]
fn a_departed_user_loses_access_and_then_the_account_and_it_is_a_finding() {
    let world = World::new().person("carol").departed("carol").live("carol").holds("carol analysts member");
    check(&world, &["revoke carol analysts member->", "remove-account carol"], &["departed-user-present"]);
    let plan = world.plan();
    assert_eq!(plan.obligations.len(), 1);
    assert_eq!(plan.changes[1].because[0].line, 90);
}

#[test]
fn offboarding_by_revocation_keeps_the_account_and_is_settled_once_it_is_suspended() {
    let mut world =
        World::new().person("carol").departed("carol").live("carol").holds("carol analysts member");
    world.vendor.settings.offboarding = Offboarding::Revoke;
    check(&world, &["revoke carol analysts member->", "suspend carol"], &["departed-user-present"]);
    let mut world = World::new().person("carol").departed("carol").live("carol");
    world.vendor.settings.offboarding = Offboarding::Revoke;
    check(&world.account("carol", |account| account.state = AccountState::Suspended), &[], &[]);
}

#[test]
fn a_suspended_user_keeps_account_and_memberships_and_comes_back_by_restore() {
    let world = World::new().person("omar").suspended("omar").live("omar").holds("omar analysts member");
    check(&world, &["suspend omar"], &[]);
    let world =
        World::new().person("omar").wants("omar analysts member").live("omar").holds("omar analysts member");
    check(&world.account("omar", |account| account.state = AccountState::Suspended), &["restore omar"], &[]);
}

#[test]
fn whom_no_request_suspends_a_person_does_and_an_invitation_is_withdrawn() {
    let mut world = World::new().person("omar").suspended("omar").live("omar").holds("omar analysts member");
    let id = AccountId::parse("omar").unwrap();
    world.snapshot().by_hand.insert(id, Arc::from("unlock them"));
    check(&world, &["suspend omar"], &["suspended-by-hand"]);
    let plan = world.plan();
    assert_eq!(plan.changes[0].channel, Channel::Runbook);
    assert!(
        plan.findings.iter().any(|one| one.hint.as_deref() == Some("unlock them; the next plan suspends it"))
    );
    let mut leaving = world.clone().with("omar", |omar| omar.standing = Standing::Active).departed("omar");
    leaving.vendor.settings.offboarding = Offboarding::Revoke;
    let last = leaving.plan().changes.pop().unwrap();
    assert_eq!((last.action, last.channel), (Action::Suspend, Channel::Runbook));
    let asleep = |state| world.clone().account("omar", |account| account.state = state);
    check(&asleep(AccountState::Suspended), &[], &[]);
    let pending = AccountState::Invited(InvitationState::Pending);
    check(&asleep(pending), &["cancel-invitation omar"], &[]);
}

#[test]
fn whom_only_a_person_lets_in_again_a_task_restores_before_anything_is_given() {
    let mut world = World::new().person("omar").wants("omar analysts member").live("omar");
    world = world.account("omar", |account| account.state = AccountState::Suspended);
    let snapshot = world.snapshot();
    let id = snapshot.accounts.keys().next().unwrap().clone();
    snapshot.by_hand.insert(id, Arc::from("press Approve"));
    check(&world, &["restore omar", "grant omar analysts ->member after 1"], &["restored-by-hand"]);
    let plan = world.plan();
    assert_eq!(plan.changes[0].channel, Channel::Runbook);
    assert_eq!(plan.changes[1].channel, Channel::Api);
    assert!(plan.findings[0].hint.as_deref().unwrap().starts_with("press Approve"));
    let active = world.account("omar", |account| account.state = AccountState::Active);
    check(&active, &["grant omar analysts ->member"], &[]);
}

#[test]
fn a_display_name_is_corrected_where_the_vendor_shows_one() {
    let world = || World::new().person("mia").with("mia", |mia| mia.name = Some(Arc::from("Mia Chen")));
    let shown = |name: &'static str| {
        world()
            .wants("mia org member")
            .live("mia")
            .account("mia", |account| account.name = Some(Arc::from(name)))
    };
    check(
        &shown("M. Chen"),
        &["update-account mia mia@acme.example/M. Chen -> mia@acme.example/Mia Chen"],
        &[],
    );
    check(&shown("Mia Chen"), &[], &[]);
    check(&world().wants("mia org member").live("mia"), &[], &[]);
}

#[test]
fn a_changed_address_is_never_a_silent_update_where_the_vendor_makes_a_second_account() {
    let mut world = World::new()
        .person("jane")
        .with("jane", |person| {
            person.accounts =
                BTreeMap::from([(crate::reconcile::fixture::crm(), AccountId::parse("7").unwrap())]);
        })
        .wants("jane org member")
        .live_as("7", "old@acme.example");
    world.vendor.spec.address_change = crate::connector::AddressChange::Recreate;
    check(&world, &[], &["address-differs"]);
}

#[test]
fn additive_ends_the_access_that_ended_and_keeps_the_account() {
    let world = World::new().person("bob").wanted("bob analysts member").live("bob").mode(Manage::Additive);
    let world = world.holds("bob analysts member\n bob admins member");
    check(&world, &["revoke bob analysts member->"], &["difference", "undeclared-access"]);
    let whole = World::new().person("bob").wanted("bob org member").live("bob").mode(Manage::Additive);
    check(&whole, &["remove-account bob"], &[]);
}

#[test]
fn nobody_is_invited_for_a_resource_that_is_only_observed_or_missing() {
    let mut world = World::new().person("bob").wants("bob analysts member");
    world.vendor.settings.resources.get_mut("analysts").unwrap().manage = Manage::Observe;
    check(&world, &[], &["difference"]);
    let mut world = World::new().person("bob").wants("bob analysts member");
    world.vendor.settings.resources.get_mut("analysts").unwrap().id = Some(Arc::from("typo"));
    world.snapshot().resources.insert(resource("analysts"), ResourceReading::Missing);
    check(&world, &[], &["missing-resource"]);
}

#[test]
fn nobody_is_invited_for_a_resource_of_which_it_is_not_clear_which_it_is() {
    let world = |open: bool| {
        let mut world = World::new().person("bob").wants("bob analysts member");
        let unread = ResourceReading::Unread { reason: Arc::from("two have this name"), open };
        world.snapshot().resources.insert(resource("analysts"), unread);
        world
    };
    check(&world(false), &[], &[]);
    check(&world(true), &["invite bob", "grant bob analysts ->member after 1"], &[]);
}

#[test]
fn a_suspended_user_keeps_access_only_where_the_suspension_is_carried_out() {
    let mut world = World::new().person("omar").suspended("omar").live("omar").holds("omar analysts member");
    world.vendor.settings.manage = Manage::Observe;
    check(&world, &["revoke omar analysts member->"], &["difference"]);
}

#[test]
fn a_provider_that_would_recreate_the_account_is_named() {
    let mut world = World::new().person("carol").departed("carol").live("carol");
    world.vendor.settings.provisioned_by = Source::parse("okta/crm-users").ok();
    let plan = world.plan();
    assert!(plan.obligations.iter().any(|obligation| obligation.detail.contains("okta/crm-users")));
    assert_eq!(plan.obligations[0].user, Some(user("carol")));
}

#[test]
fn an_unmanaged_account_goes_only_where_the_workspace_is_authoritative() {
    let world = || World::new().live("ghost").holds("ghost analysts member");
    check(&world(), &["revoke ghost analysts member->", "remove-account ghost"], &[]);
    let reported = ["undeclared-access", "unmanaged-account"];
    check(&world().mode(Manage::Additive), &[], &reported);
    check(&world().mode(Manage::Observe), &[], &reported);
}

#[test]
fn what_is_due_before_a_removal_that_happens_at_once_is_told() {
    static FIRST: [ObligationSpec; 1] = [ObligationSpec {
        code: "hand-over-content",
        on: Leaving::Account,
        due: Due::Before,
        once: false,
        text: "hand over what they own",
    }];
    let mut world = World::new().person("carol").departed("carol").live("carol");
    world.vendor.spec.obligations = &FIRST;
    let plan = world.plan();
    let told = plan.findings.iter().find(|finding| finding.code == "due-before-removal").unwrap();
    assert!(told.detail.contains("hand-over-content") && told.user == Some(user("carol")), "{told:?}");
}
