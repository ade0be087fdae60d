//! Each guard on plain values, both ways.

mod across;
mod admins;
mod counts;
mod last;
mod own;
mod pending;
mod projects;
mod unseen;

use super::{ApprovedPlan, judge};
use crate::domain::*;
use crate::reconcile::fixture::{World, resource};
use crate::workspace::{Guards, MaxRemovals};

fn guards() -> Guards {
    Guards { max_removals: MaxRemovals { percent: 25, at_least: 2 }, ..Guards::default() }
}

fn judged(world: &World, guards: &Guards, overrides: &[Override]) -> ApprovedPlan {
    judge(world.plan(), std::slice::from_ref(&world.vendor), &world.desired(), guards, overrides)
}

fn blocking(approved: &ApprovedPlan) -> Vec<&'static str> {
    let verdicts = approved.plan().guards.iter();
    verdicts.filter(|verdict| verdict.verdict == Verdict::Block).map(|verdict| verdict.guard).collect()
}

fn held(approved: &ApprovedPlan) -> usize {
    approved.plan().changes.iter().filter(|change| approved.is_held(&change.id)).count()
}

fn word(guard: &str) -> Vec<Override> {
    vec![Override { guard: guard.to_owned(), because: "the tenant is wound up".to_owned() }]
}

fn crowd(ghosts: usize) -> World {
    let mut world = World::new().person("jane").wants("jane org member").live("jane");
    for number in 0..ghosts {
        world = world.live(&format!("ghost{number}"));
    }
    world
}

#[test]
fn only_guards_that_stand_for_no_invariant_can_be_overridden() {
    let listed: Vec<(&str, bool)> = super::names().collect();
    assert_eq!(
        listed,
        [
            ("unreadable", false),
            ("empty-reading", true),
            ("max-removals", true),
            ("min-admins", true),
            ("last-admin", false),
            ("protected", false),
            ("own-identity", false),
        ]
    );
}

#[test]
fn a_half_filled_file_does_not_empty_a_vendor() {
    assert!(blocking(&judged(&crowd(2), &guards(), &[])).is_empty());
    let approved = judged(&crowd(3), &guards(), &[]);
    assert_eq!(blocking(&approved), ["max-removals"]);
    assert_eq!(held(&approved), 3);
}

#[test]
fn max_removals_counts_accounts_not_changes() {
    let world = crowd(2).holds("ghost0 analysts member\n ghost0 admins member\n ghost1 analysts member");
    assert!(blocking(&judged(&world, &guards(), &[])).is_empty());
}

#[test]
fn an_override_is_for_one_guard_and_is_kept() {
    let approved = judged(&crowd(3), &guards(), &word("max-removals"));
    assert!(!approved.is_blocked());
    assert_eq!(held(&approved), 0);
    let verdict = approved.plan().guards.iter().find(|verdict| verdict.guard == "max-removals").unwrap();
    assert_eq!(verdict.verdict, Verdict::Overridden);
    assert_eq!(verdict.because.as_deref(), Some("the tenant is wound up"));
    assert_eq!(approved.plan().overrides, word("max-removals"));
    assert!(judged(&crowd(3), &guards(), &word("min-admins")).is_blocked());
}

#[test]
fn an_empty_workspace_does_not_empty_a_vendor() {
    let world = World::new().live("jane");
    let approved = judged(&world, &guards(), &[]);
    assert_eq!(blocking(&approved), ["empty-reading"]);
    assert_eq!(held(&approved), 1);
}

#[test]
fn the_last_user_may_depart() {
    let world = World::new().person("jane").departed("jane").live("jane");
    assert!(blocking(&judged(&world, &guards(), &[])).is_empty());
}

#[test]
fn an_empty_answer_does_not_invite_everybody() {
    let world = World::new().person("jane").wants("jane analysts member");
    let approved = judged(&world, &guards(), &[]);
    assert_eq!(blocking(&approved), ["empty-reading"]);
    assert_eq!(held(&approved), 2);
    assert!(!judged(&world, &guards(), &word("empty-reading")).is_blocked());
}

#[test]
fn never_headless_the_last_admin_stays() {
    let world =
        || World::new().person("jane").wants("jane org member").live("jane").holds("jane admins admin");
    let approved = judged(&world(), &guards(), &[]);
    assert_eq!(blocking(&approved), ["min-admins"]);
    assert_eq!(held(&approved), 1);
    let replaced = world().person("new").wants("new admins admin");
    assert!(blocking(&judged(&replaced, &guards(), &[])).is_empty());
    let two = Guards { min_admins: 2, ..guards() };
    assert_eq!(
        blocking(&judged(&world().person("new").wants("new admins admin"), &two, &[])),
        Vec::<&str>::new()
    );
}

#[test]
fn a_suspended_admin_does_not_count() {
    let world = World::new()
        .person("jane")
        .person("omar")
        .wants("jane org member\n omar admins admin")
        .live("jane")
        .live("omar")
        .holds("jane admins admin\n omar admins admin")
        .account("omar", |account| account.state = AccountState::Suspended)
        .suspended("omar");
    assert_eq!(blocking(&judged(&world, &guards(), &[])), ["min-admins"]);
}

#[test]
fn no_lock_out_protected_and_own_accounts_keep_their_access_and_no_override_helps() {
    let mut world =
        World::new().person("jane").departed("jane").live("jane").person("x").wants("x org member").live("x");
    let listed = Guards { protected: vec![Email::parse("jane@acme.example").unwrap()], ..guards() };
    assert_eq!(blocking(&judged(&world, &listed, &word("protected"))), ["protected"]);
    world.snapshot().own = Some(AccountId::parse("jane").unwrap());
    let approved = judged(&world, &guards(), &word("own-identity"));
    assert_eq!(blocking(&approved), ["own-identity"]);
    assert_eq!(held(&approved), 1);
    world.snapshot().own = None;
    world.vendor.settings.identity = Some("JANE@acme.example".into());
    assert_eq!(blocking(&judged(&world, &guards(), &[])), ["own-identity"]);
}

#[test]
fn an_unreadable_vendor_blocks_and_cannot_be_overridden() {
    let mut world = crowd(1);
    world.vendor.reading = Reading::Unreadable(Unreadable {
        reason: "the total moved while it was read".to_owned(),
        hint: None,
        at: jiff::Timestamp::UNIX_EPOCH,
    });
    assert_eq!(blocking(&judged(&world, &guards(), &word("unreadable"))), ["unreadable"]);
}

#[test]
fn what_comes_after_a_held_change_is_held_too() {
    let mut world = World::new().person("jane").wants("jane analysts member");
    world.snapshot().resources.insert(resource("analysts"), ResourceReading::Missing);
    let approved = judged(&world, &guards(), &[]);
    assert_eq!(held(&approved), approved.plan().changes.len());
}

#[test]
fn no_lock_out_an_unclaimed_account_stays_while_nobody_says_whose_the_credential_is() {
    let mut world = crowd(1).person("carol").departed("carol").live("carol");
    world.vendor.settings.identity = None;
    let approved = judged(&world, &guards(), &word("own-identity"));
    assert_eq!(blocking(&approved), ["own-identity"]);
    assert_eq!(held(&approved), 1);
    world.vendor.settings.identity = Some("svc-typo@acme.example".into());
    assert_eq!(blocking(&judged(&world, &guards(), &[])), ["own-identity"]);
    world.snapshot().own = Some(AccountId::parse("jane").unwrap());
    assert!(!judged(&world, &guards(), &[]).is_blocked());
}

#[test]
fn a_level_that_is_not_on_the_ladder_is_not_taken_past_the_guards() {
    let mut world =
        World::new().person("jane").wants("jane admins admin").live("jane").holds("jane admins Superuser");
    let listed = Guards { protected: vec![Email::parse("jane@acme.example").unwrap()], ..guards() };
    assert_eq!(blocking(&judged(&world, &listed, &[])), ["protected"]);
    world.snapshot().own = Some(AccountId::parse("jane").unwrap());
    assert_eq!(blocking(&judged(&world, &guards(), &[])), ["own-identity"]);
}
