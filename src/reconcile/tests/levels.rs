//! Levels that nobody knows, and levels that stay when a higher one goes.

use super::super::fixture::World;
use super::check;

#[test]
fn an_unknown_level_is_read_as_itself_reported_and_left_for_what_is_declared() {
    let world = || {
        World::projects().person("ada").wants("ada site owner").listed("ada site owner\n jane site Viewer")
    };
    check(&world(), &["revoke jane site Viewer->"], &["unknown-level"]);
    check(
        &world().person("jane").wants("jane site member"),
        &["change-level jane site Viewer->member"],
        &["unknown-level"],
    );
    let mut custom = world().person("jane").wants("jane site member");
    custom.vendor.spec.kinds[0].custom_levels = true;
    check(&custom, &["change-level jane site Viewer->member"], &[]);
}

#[test]
fn a_demotion_names_the_line_that_keeps_somebody() {
    let world = World::new().person("bob").wants("bob admins member").live("bob").holds("bob admins admin");
    check(&world, &["change-level bob admins admin->member"], &["demotion"]);
    let finding = world.plan().findings[0].clone();
    assert_eq!(finding.span.map(|span| span.line), Some(50));
    assert!(finding.detail.contains("stays member"), "{}", finding.detail);
    check(
        &World::new().person("bob").wants("bob admins admin").live("bob").holds("bob admins member"),
        &["change-level bob admins member->admin"],
        &[],
    );
}
