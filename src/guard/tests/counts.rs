//! How much may go at once, and what an empty side means.

use super::{blocking, crowd, guards, held, judged};
use crate::domain::*;
use crate::reconcile::fixture::World;
use crate::workspace::{Guards, MaxRemovals};

fn detail(world: &World, guard: &str) -> String {
    let approved = judged(world, &guards(), &[]);
    let verdict = approved.plan().guards.iter().find(|verdict| verdict.guard == guard);
    verdict.unwrap().detail.clone()
}

#[test]
fn the_limit_is_the_greater_of_the_share_and_the_number() {
    assert_eq!(detail(&crowd(3), "max-removals"), "3 of 4 accounts lose access; at most 2 may");
    assert_eq!(detail(&crowd(11), "max-removals"), "11 of 12 accounts lose access; at most 3 may");
    let exact = Guards { max_removals: MaxRemovals { percent: 50, at_least: 0 }, ..guards() };
    let half = crowd(2).person("omar").wants("omar org member").live("omar");
    assert_eq!(blocking(&judged(&half, &exact, &[])), Vec::<&str>::new());
    let fewer = Guards { max_removals: MaxRemovals { percent: 49, at_least: 0 }, ..guards() };
    let approved = judged(&half.person("new").wants("new org member"), &fewer, &[]);
    assert_eq!(blocking(&approved), ["max-removals"]);
    assert_eq!(held(&approved), 2);
}

#[test]
fn a_vendor_that_shows_accounts_is_not_empty_and_one_where_nobody_is_invited_may_be() {
    let some = World::new().person("jane").wants("jane org member").live("omar").person("omar");
    assert_eq!(blocking(&judged(&some.wants("omar org member"), &guards(), &[])), Vec::<&str>::new());
    let mut grants = World::new().person("jane").wants("jane site editor");
    grants.vendor.settings.manage = Manage::Observe;
    assert_eq!(blocking(&judged(&grants, &guards(), &[])), Vec::<&str>::new());
    assert_eq!(detail(&World::new(), "empty-reading"), "0 accounts live, 0 grants declared");
}

#[test]
fn an_empty_workspace_is_told_from_one_that_takes_by_name() {
    let world = World::new().live("ghost").person("carol").departed("carol").live("carol");
    let approved = judged(&world, &guards(), &[]);
    assert_eq!(blocking(&approved), ["empty-reading"]);
    assert_eq!(held(&approved), 1);
    let unclaimed = World::new().person("omar").live("omar");
    assert_eq!(blocking(&judged(&unclaimed, &guards(), &[])), ["empty-reading"]);
    let granted = World::new().live("ghost").person("jane").wants("jane org member").live("jane");
    assert_eq!(blocking(&judged(&granted, &guards(), &[])), Vec::<&str>::new());
    let suspended = World::new().person("omar").suspended("omar").live("omar");
    assert_eq!(blocking(&judged(&suspended, &guards(), &[])), Vec::<&str>::new());
}

#[test]
fn a_gain_is_not_held_by_a_half_filled_file() {
    let restored = World::new().person("jane").live("jane");
    let restored = restored.person("omar").wants("omar org member").live("omar");
    let restored = restored.account("omar", |account| account.state = AccountState::Suspended);
    let approved = judged(&World { grants: Vec::new(), ..restored.clone() }, &guards(), &[]);
    assert_eq!(blocking(&approved), ["empty-reading"]);
    assert_eq!(blocking(&judged(&restored, &guards(), &[])), Vec::<&str>::new());
}
