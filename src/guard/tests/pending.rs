//! What an earlier apply sent and no reading shows yet.

use super::{ApprovedPlan, guards, judge};
use crate::connector::KindSpec;
use crate::domain::*;
use crate::reconcile::fixture::{World, level, resource};
use crate::workspace::Guards;

/// Jane and Omar administer `admins`; only Omar is to lose that.
fn two() -> World {
    let world = World::new().person("jane").person("omar").live("jane").live("omar");
    world.wants("jane admins admin\n omar org member").holds("jane admins admin\n omar admins admin")
}

/// The change that took something from an account earlier.
fn sent(world: &World, account: &str, action: Action) -> Change {
    let like = world.plan().changes[0].clone();
    Change { account_id: AccountId::parse(account).ok(), action, ..like }
}

fn on(name: &str) -> Target {
    Target { name: resource(name), kind: "group".into(), id: None, display: None }
}

fn judged(world: &World, pending: Vec<Change>, guards: &Guards) -> ApprovedPlan {
    let plan = Plan { pending, ..world.plan() };
    judge(plan, std::slice::from_ref(&world.vendor), &world.desired(), guards, &[])
}

fn blocks(approved: &ApprovedPlan) -> Vec<(&'static str, usize)> {
    let verdicts = approved.plan().guards.iter().filter(|one| one.verdict == Verdict::Block);
    verdicts.map(|one| (one.guard, one.holds.len())).collect()
}

#[test]
fn invariant_5_an_admin_who_may_be_none_any_more_keeps_nothing_going() {
    let world = two();
    let verdicts = |action| blocks(&judged(&world, vec![sent(&world, "jane", action)], &guards()));
    let revoke = |name| Action::Revoke { on: on(name), from: level("admin") };
    let lower = |to| Action::ChangeLevel { on: on("admins"), from: level("admin"), to: level(to) };
    assert_eq!(blocks(&judged(&world, Vec::new(), &guards())), []);
    for action in [revoke("admins"), lower("member"), Action::Suspend, Action::RemoveAccount] {
        assert_eq!(verdicts(action.clone()), [("min-admins", 1)], "{action:?}");
    }
    let handed = Action::TransferOwnership { on: on("admins"), from: AccountId::parse("jane").unwrap() };
    let to_omar = sent(&world, "omar", handed);
    assert_eq!(blocks(&judged(&world, vec![to_omar], &guards())), [("min-admins", 1)]);
    for action in [revoke("analysts"), lower("admin"), Action::Restore] {
        assert_eq!(verdicts(action.clone()), [], "{action:?}");
    }
    let approved = judged(&world, vec![sent(&world, "jane", revoke("admins"))], &guards());
    let said = approved.plan().guards.iter().find(|one| one.verdict == Verdict::Block).unwrap();
    assert!(said.detail.ends_with("which need not show yet: jane@acme.example"), "{}", said.detail);
    let elsewhere =
        Change { vendor: VendorName::parse("other").unwrap(), ..sent(&world, "jane", Action::Suspend) };
    assert_eq!(blocks(&judged(&world, vec![elsewhere], &guards())), []);
}

#[test]
fn invariant_5_what_is_only_sent_again_is_no_reason_to_stop() {
    let mut world = two();
    world.grants.clear();
    let world = world.wants("jane admins admin\n omar org member");
    let again = world.plan().changes[0].clone();
    assert_eq!(blocks(&judged(&world, vec![again], &guards())), []);
}

#[test]
fn invariant_5_what_failed_earlier_is_judged_no_milder_when_it_comes_again() {
    let world = World::new().person("jane").wants("jane org member").live("jane").holds("jane admins admin");
    let again = world.plan().changes[0].clone();
    assert_eq!(blocks(&judged(&world, Vec::new(), &guards())), [("min-admins", 1)]);
    assert_eq!(blocks(&judged(&world, vec![again.clone()], &guards())), [("min-admins", 1)]);
    let mut keeps = world;
    keeps.vendor.spec.kinds.iter_mut().for_each(|kind| kind.keeps_one = true);
    let lenient = Guards { min_admins: 0, ..guards() };
    let alone = blocks(&judged(&keeps, Vec::new(), &lenient));
    assert_eq!(
        (alone.clone(), blocks(&judged(&keeps, vec![again], &lenient))),
        (vec![("last-admin", 1)], alone)
    );
}

#[test]
fn invariant_5_the_last_one_that_a_vendor_keeps_is_counted_without_who_may_be_gone() {
    let mut world = two();
    let keeps = |kind: &mut KindSpec| kind.keeps_one = true;
    world.vendor.spec.kinds.iter_mut().for_each(keeps);
    let lenient = Guards { min_admins: 0, ..guards() };
    let gone = |action| blocks(&judged(&world, vec![sent(&world, "jane", action)], &lenient));
    assert_eq!(gone(Action::RemoveAccount), [("last-admin", 1)]);
    assert_eq!(gone(Action::Restore), []);
}
