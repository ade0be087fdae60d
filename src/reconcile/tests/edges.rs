//! What only shows at the edges: who succeeds whom, what is left unsaid, and what a mode lets wait.

use super::super::fingerprint;
use super::super::fixture::{World, codes, level, lines, resource};
use super::check;
use crate::connector::{Leaving, LevelSpec, ObligationSpec};
use crate::domain::*;
use std::sync::Arc;

#[test]
fn who_goes_because_no_line_mentions_them_goes_by_their_entry_and_the_vendors_mode() {
    let world = World::new().person("ann").person("bob").wants("ann org member").live("ann").live("bob");
    let plan = world.plan();
    assert_eq!(lines(&plan), ["remove-account bob"]);
    let because: Vec<u32> = plan.changes[0].because.iter().map(|span| span.line).collect();
    assert_eq!(because, [11, 1]);
}

#[test]
fn the_provider_that_is_named_is_told_once_and_in_its_own_words() {
    const GENERAL: &[ObligationSpec] = &[
        ObligationSpec {
            code: "remove-from-identity-provider",
            on: Leaving::Account,
            due: Due::After,
            once: false,
            text: "see to the provider.",
        },
        ObligationSpec {
            code: "hand-over",
            on: Leaving::Account,
            due: Due::After,
            once: false,
            text: "hand over.",
        },
    ];
    let mut world = World::new().person("carol").departed("carol").live("carol");
    world.vendor.spec.obligations = GENERAL;
    let told = |world: &World| -> Vec<String> {
        let plan = world.plan();
        let told = plan.obligations.iter().map(|work| work.detail.split(": ").nth(1).unwrap().to_owned());
        told.collect()
    };
    assert_eq!(told(&world), ["hand over.", "see to the provider."]);
    world.vendor.settings.provisioned_by = Source::parse("okta/staff").ok();
    assert_eq!(
        told(&world),
        ["hand over.", "take them out of okta/staff, or the account will be recreated."]
    );
}

#[test]
fn what_is_due_before_is_no_warning_where_a_person_removes_the_account() {
    const FIRST: &[ObligationSpec] = &[ObligationSpec {
        code: "hand-over",
        on: Leaving::Account,
        due: Due::Before,
        once: false,
        text: "hand over.",
    }];
    let mut world = World::new().person("carol").departed("carol").live("carol");
    world.vendor.spec.obligations = FIRST;
    world.vendor.settings.channel = Some(Channel::Runbook);
    check(&world, &["remove-account carol"], &["departed-user-present"]);
}

#[test]
fn whoever_has_not_accepted_yet_is_nobodys_successor() {
    let world = World::new().person("old").departed("old").live("old").holds("old admins admin");
    let world = world.person("new").wants("new admins admin").live("new");
    let state = AccountState::Invited(InvitationState::Pending);
    let world = world.account("new", |account| account.state = state);
    let planned = lines(&world.plan());
    assert!(planned.iter().any(|line| line == "revoke old admins admin->"), "{planned:?}");
}

#[test]
fn who_is_handed_the_ownership_succeeds_every_admin_who_leaves() {
    let world = World::projects().person("old").departed("old").person("new").wants("new site owner");
    let planned = lines(&world.listed("old site owner\n zed site admin\n new site member").plan());
    assert!(planned.iter().any(|line| line == "revoke zed site admin-> after 1"), "{planned:?}");
}

#[test]
fn only_who_is_no_admin_afterwards_waits_for_a_successor() {
    let moved = |from: &str, to: &str| {
        let mut world = World::new().person("jane").wants(&format!("jane admins {to}")).live("jane");
        let levels = &mut world.vendor.spec.kinds[1].levels;
        levels.push(LevelSpec { name: level("chief"), admin: true, exclusive: false });
        let world = world.person("new").wants("new admins admin").live("new");
        let planned = lines(&world.holds(&format!("jane admins {from}")).plan());
        planned.into_iter().find(|line| line.starts_with("change-level")).unwrap()
    };
    assert_eq!(moved("chief", "admin"), "change-level jane admins chief->admin");
    assert!(moved("admin", "member").starts_with("change-level jane admins admin->member after "));
}

#[test]
fn what_waits_for_an_invitation_that_the_mode_keeps_back_is_kept_back_too() {
    let mut world = World::new().person("jane").wants("jane analysts member").mode(Manage::Observe);
    world.vendor.settings.resources.get_mut("analysts").unwrap().manage = Manage::Authoritative;
    check(&world, &[], &["difference", "difference"]);
}

#[test]
fn what_is_left_names_the_mode_that_leaves_it() {
    let detail = |mode| World::new().live("ghost").mode(mode).plan().findings.remove(0).detail;
    assert!(detail(Manage::Observe).ends_with("`manage: observe` leaves it as it is"));
    assert!(detail(Manage::Additive).ends_with("`manage: additive` leaves it as it is"));
    let state = AccountState::Invited(InvitationState::Pending);
    let invited = World::new().live("x").account("x", |account| account.state = state).mode(Manage::Additive);
    assert_eq!(codes(&invited.plan()), ["unmanaged-account"]);
}

#[test]
fn two_lists_of_texts_that_run_together_alike_have_two_fingerprints() {
    let held = |account: &str, at: &str| {
        let (on, account) = (ResourceName::parse("site").unwrap(), AccountId::parse(account).unwrap());
        fingerprint::of(&[Fact::Holder { on, account, level: level(at) }])
    };
    assert_ne!(held("ab", "cd"), held("abc", "d"));
}

#[test]
fn a_users_account_is_a_fact_whatever_it_holds() {
    let mut world = World::new().person("jane").live("jane").mode(Manage::Additive);
    world.holders("org").clear();
    let plan = world.plan();
    let is_jane = |fact: &Fact| matches!(fact, Fact::Account { id, .. } if id.as_str() == "jane");
    assert!(plan.vendors["crm"].facts.iter().any(is_jane));
}

#[test]
fn both_accounts_go_of_a_user_who_is_to_have_none() {
    let second = Email::parse("j.doe@acme.example").unwrap();
    let world = World::new().person("jane").with("jane", |jane| jane.aliases = vec![second]);
    check(&world.live("jane").live("j.doe"), &["remove-account j.doe", "remove-account jane"], &[]);
}

#[test]
fn an_invitation_is_told_with_the_place_that_it_is_to() {
    let detail = |world: World| world.plan().findings.remove(0).detail;
    let site = World::projects().person("jane").wants("jane site member");
    let site = detail(site.offered("jane site member pending 1"));
    assert!(site.starts_with("jane is invited to crm/site and"), "{site}");
    let state = AccountState::Invited(InvitationState::Declined);
    let whole = World::new().person("jane").wants("jane org member").live("jane");
    let whole = detail(whole.account("jane", |account| account.state = state));
    assert!(whole.starts_with("jane has declined the invitation to crm, so"), "{whole}");
}

#[test]
fn to_send_a_pending_invitation_again_takes_no_place_of_another() {
    let mut site = World::projects().person("jane").wants("jane site member");
    site.vendor.spec.limits.pending_invitations = Some(1);
    let site = site.offered("jane site member pending 8");
    check(&site, &["resend-invitation jane site"], &["invitation-pending"]);
    let mut whole = World::new().person("jane").wants("jane org member").live("jane");
    (whole.vendor.spec.resends, whole.vendor.spec.limits.pending_invitations) = (true, Some(1));
    whole.now = "2026-11-22T00:00:00Z".parse().unwrap();
    let since = "2026-11-01T00:00:00Z".parse().ok();
    let whole = whole.account("jane", |account| {
        (account.state, account.invited) = (AccountState::Invited(InvitationState::Pending), since);
    });
    let whole = whole.person("new").wants("new org member");
    check(&whole, &["invite new waits", "resend-invitation jane"], &["invitation-pending"]);
}

#[test]
fn a_resource_is_created_before_its_admins_come_and_a_name_is_corrected_after_them() {
    let mut world = World::new().person("jane").wants("jane analysts admin").live("jane");
    world.snapshot().resources.insert(resource("analysts"), ResourceReading::Missing);
    check(&world, &["create-resource - analysts", "grant jane analysts ->admin after 1"], &[]);
    let mia = World::new().person("mia").with("mia", |mia| mia.name = Some(Arc::from("Mia Chen")));
    let mia = mia.wants("mia admins admin").live("mia");
    let plan = mia.account("mia", |account| account.name = Some(Arc::from("M. Chen"))).plan();
    let planned: Vec<&str> = plan.changes.iter().map(|change| change.action.word()).collect();
    assert_eq!(planned, ["grant", "update-account"]);
}
