//! Who counts as the last admin or the last holder, step by step through the plan.

use super::{blocking, guards, held, judged};
use crate::connector::Joining;
use crate::domain::*;
use crate::reconcile::fixture::World;
use crate::workspace::{Guards, MaxRemovals};

fn judge(world: &World) -> (Vec<&'static str>, usize) {
    let lenient =
        Guards { min_admins: 0, max_removals: MaxRemovals { percent: 100, at_least: 99 }, ..guards() };
    let approved = judged(world, &lenient, &[]);
    (blocking(&approved), held(&approved))
}

/// Projects that need no invitation: new, who is known from the shop, wants a level on the site.
fn granted(to: &str, listed: &str) -> World {
    let mut world = World::projects().person("new").wants(&format!("new shop member\n new site {to}"));
    world.vendor.spec.kinds[0].joining = Joining::Grant;
    world.listed("new shop member").listed(listed)
}

const NOTHING: (Vec<&str>, usize) = (Vec::new(), 0);

#[test]
fn whoever_is_given_the_level_of_an_admin_replaces_one_and_a_member_does_not() {
    assert_eq!(judge(&granted("admin", "old site admin")), NOTHING);
    assert_eq!(judge(&granted("member", "old site admin")), (vec!["last-admin"], 1));
    assert_eq!(judge(&granted("member", "old site member")), NOTHING);
}

#[test]
fn the_last_admin_is_not_lowered_either() {
    let world = World::projects().person("old").wants("old site member").listed("old site admin");
    assert_eq!(judge(&world), (vec!["last-admin"], 1));
    assert_eq!(judge(&world.person("ada").wants("ada site admin").listed("ada site admin")), NOTHING);
}

#[test]
fn whoever_is_handed_the_ownership_is_an_admin_and_whoever_gave_it_up_only_if_the_level_below_is() {
    let handed = || World::projects().person("old").departed("old").person("new").wants("new site owner");
    assert_eq!(judge(&handed().listed("old site owner\n new site member")), NOTHING);
    let mut flat = handed();
    flat.vendor.spec.kinds[0].levels.retain(|level| level.name.as_str() != "admin");
    assert_eq!(judge(&flat.listed("old site owner\n new site member")), NOTHING);
}

#[test]
fn whoever_cannot_act_counts_neither_before_nor_after() {
    let mut asleep = World::projects().person("ada").wants("ada site admin");
    asleep = asleep.listed("ada site admin\n old site admin");
    asleep = asleep.account("ada@acme.example", |account| account.state = AccountState::Suspended);
    assert_eq!(judge(&asleep), (vec!["last-admin"], 1));
    let mut pending = granted("admin", "old site admin");
    let state = AccountState::Invited(InvitationState::Pending);
    pending = pending.account("new@acme.example", |account| account.state = state);
    assert_eq!(judge(&pending), (vec!["last-admin"], 1));
}

#[test]
fn what_is_taken_on_one_resource_takes_nothing_from_another() {
    let world = World::projects().person("ada").wants("ada site admin");
    let world = world.listed("ada site admin\n ada shop member").person("bo").wants("bo shop member");
    assert_eq!(judge(&world.listed("bo shop member")), NOTHING);
}

#[test]
fn a_resource_that_is_headless_already_holds_nobody() {
    let world =
        World::projects().person("bo").wants("bo site member").listed("bo site member\n x site member");
    assert_eq!(judge(&world), NOTHING);
}

#[test]
fn the_verdict_says_whether_anything_has_to_keep_one() {
    let detail = |world: &World| {
        let approved = judged(world, &guards(), &[]);
        let verdicts = approved.plan().guards.iter();
        verdicts.clone().find(|verdict| verdict.guard == "last-admin").unwrap().detail.clone()
    };
    assert_eq!(detail(&World::new()), "nothing here has to keep one");
    assert_eq!(detail(&World::projects()), "every resource that has to keep an admin and a holder keeps one");
}
