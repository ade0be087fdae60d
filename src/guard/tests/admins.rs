//! Whom the count of a resource's admins includes, and which changes count as gained or lost.

use super::{blocking, guards, held, judged};
use crate::connector::LevelSpec;
use crate::domain::*;
use crate::reconcile::fixture::{World, level};

/// Jane, who stays a user, loses the only seat of an admin.
fn leaving() -> World {
    World::new().person("jane").wants("jane org member").live("jane").holds("jane admins admin")
}

fn with_omar(wants: &str, holds: &str) -> World {
    leaving().person("omar").wants("omar org member").wants(wants).live("omar").holds(holds)
}

#[track_caller]
fn check(world: &World, expected: &[&str]) {
    assert_eq!(blocking(&judged(world, &guards(), &[])), expected);
}

#[test]
fn only_who_becomes_an_admin_of_that_resource_replaces_one() {
    check(&with_omar("omar admins admin", ""), &[]);
    check(&with_omar("omar admins member", ""), &["min-admins"]);
    check(&with_omar("omar analysts admin", ""), &["min-admins"]);
    check(&with_omar("omar admins admin", "omar admins member"), &[]);
    check(&with_omar("omar analysts admin", "omar analysts member"), &["min-admins"]);
    check(&with_omar("omar analysts member", "omar analysts guest"), &["min-admins"]);
    check(&with_omar("omar admins member", "omar admins guest"), &["min-admins"]);
}

#[test]
fn whoever_has_not_accepted_yet_replaces_nobody() {
    let pending = AccountState::Invited(InvitationState::Pending);
    let invited = with_omar("omar admins admin", "").account("omar", |account| account.state = pending);
    check(&invited, &["min-admins"]);
    let raised = with_omar("omar admins admin", "omar admins member");
    check(&raised.account("omar", |account| account.state = pending), &["min-admins"]);
}

#[test]
fn one_admin_of_two_may_go_and_what_an_admin_loses_or_gains_elsewhere_does_not_count() {
    check(&with_omar("omar admins admin", "omar admins admin"), &[]);
    let stays = || World::new().person("jane").wants("jane admins admin").live("jane");
    let lowered = stays().person("omar").wants("omar analysts admin").live("omar");
    let lowered = lowered.wants("jane analysts member").holds("jane admins admin\n jane analysts admin");
    check(&lowered.holds("omar analysts admin"), &[]);
    check(&stays().holds("jane admins admin\n jane analysts member"), &[]);
    check(&stays().holds("jane admins admin").wants("jane analysts member"), &[]);
}

#[test]
fn an_admin_who_keeps_a_lower_level_of_an_admin_is_still_one() {
    let chief = |from: &str, to: &str| {
        let mut world = World::new().person("jane").wants(&format!("jane admins {to}")).live("jane");
        let levels = &mut world.vendor.spec.kinds[1].levels;
        levels.push(LevelSpec { name: level("chief"), admin: true, exclusive: false });
        world.holds(&format!("jane admins {from}"))
    };
    check(&chief("chief", "admin"), &[]);
    check(&chief("admin", "member"), &["min-admins"]);
    let leaves = chief("admin", "chief").person("omar").wants("omar org member").live("omar");
    let two = crate::workspace::Guards { min_admins: 2, ..guards() };
    assert_eq!(blocking(&judged(&leaves.holds("omar admins admin"), &two, &[])), ["min-admins"]);
}

#[test]
fn every_change_that_takes_the_last_admin_is_held_and_no_other() {
    let world = World::new().person("jane").departed("jane").live("jane").holds("jane admins admin");
    let world = world.person("omar").wants("omar org member").live("omar");
    let approved = judged(&world.clone().holds("omar admins member"), &guards(), &[]);
    assert_eq!(blocking(&approved), ["min-admins"]);
    assert_eq!(held(&approved), 2);
    let suspended = World { people: world.clone().suspended("jane").people, ..world };
    let approved = judged(&suspended, &guards(), &[]);
    assert_eq!((blocking(&approved), held(&approved)), (vec!["min-admins"], 1));
}

#[test]
fn the_verdict_counts_admins_and_names_what_was_not_judged() {
    let detail = |world: &World| {
        let approved = judged(world, &guards(), &[]);
        let verdicts = approved.plan().guards.iter();
        verdicts.clone().find(|verdict| verdict.guard == "min-admins").unwrap().detail.clone()
    };
    assert_eq!(detail(&leaving()), "admins would keep 0 of its 1 admins; at least 1 are required");
    let kept = "every resource that was read keeps 1 admins or more, or as many as it has";
    assert_eq!(detail(&World::new()), format!("{kept}; not judged: site"));
    let mut all = World::new();
    all.vendor.settings.resources.remove("site");
    assert_eq!(detail(&all), kept);
    for kind in &mut all.vendor.spec.kinds {
        kind.levels.iter_mut().for_each(|level| level.admin = false);
    }
    assert_eq!(detail(&all), "no level here is known to administer anything, so no admins are counted");
}
