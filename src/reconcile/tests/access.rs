//! Access to resources, the order of changes, and what the mode lets through.

use super::super::fixture::{World, resource};
use super::check;
use crate::domain::*;
use std::sync::Arc;

#[test]
fn nothing_to_do_where_live_is_as_declared() {
    let world =
        World::new().person("jane").wants("jane analysts member").live("jane").holds("jane analysts member");
    check(&world, &[], &[]);
}

#[test]
fn additive_takes_only_what_a_line_takes_by_name() {
    let world = World::new()
        .person("bob")
        .wanted("bob analysts member")
        .wants("bob org member")
        .live("bob")
        .holds("bob analysts member\n bob admins member")
        .mode(Manage::Additive);
    check(&world, &["revoke bob analysts member->"], &["undeclared-access"]);
    let world = World::new().person("carol").departed("carol").live("carol").mode(Manage::Additive);
    check(&world, &["remove-account carol"], &["departed-user-present"]);
}

#[test]
fn additive_raises_a_level_and_lowers_one_only_where_a_higher_grant_has_ended() {
    let world = |from: &str, to: &str| {
        let world = World::new().person("bob").wants(&format!("bob admins {to}")).live("bob");
        world.holds(&format!("bob admins {from}")).mode(Manage::Additive)
    };
    check(&world("member", "admin"), &["change-level bob admins member->admin"], &[]);
    check(&world("admin", "member"), &[], &["level-differs"]);
    let ended = world("admin", "member").wanted("bob admins admin");
    check(&ended, &["change-level bob admins admin->member"], &["demotion"]);
}

#[test]
fn observe_plans_nothing_and_says_what_it_saw() {
    let world = World::new().person("jane").wants("jane analysts member").mode(Manage::Observe);
    check(&world, &[], &["difference", "difference"]);
}

#[test]
fn an_unknown_level_of_the_organisation_is_reported_and_an_undeclared_known_one_is_lowered() {
    let mut world = World::new().person("jane").wants("jane analysts member").live("jane");
    world = world.holds("jane analysts member\n jane org Owner");
    let org = &mut world.vendor.spec.kinds[0];
    org.levels.push(crate::connector::LevelSpec {
        name: crate::reconcile::fixture::level("admin"),
        admin: true,
        exclusive: false,
    });
    check(&world, &[], &["unknown-level"]);
    check(&world.holds("jane org admin"), &["change-level jane org admin->member"], &[]);
}

#[test]
fn an_organisation_with_one_level_has_nothing_to_give() {
    let mut world = World::new().person("jane").wants("jane org member").live("jane");
    world.holders("org").clear();
    check(&world, &[], &[]);
}

#[test]
fn a_person_may_be_asked_to_carry_out_anything() {
    let mut world = World::new().person("carol").departed("carol").live("carol");
    world.vendor.settings.channel = Some(Channel::Runbook);
    assert_eq!(world.plan().changes[0].channel, Channel::Runbook);
    world.vendor.settings.channel = Some(Channel::Browser);
    assert_eq!(world.plan().changes[0].channel, Channel::Api);
}

#[test]
fn unread_is_not_absent() {
    let world =
        World::new().person("jane").wants("jane site editor\n jane org member").live("jane").live("ghost");
    check(&world, &["remove-account ghost", "grant jane site ->editor"], &[]);
    let change = &world.plan().changes[1];
    assert_eq!(change.channel, Channel::Runbook);
    let mut world = world;
    world.vendor.reading = Reading::Unreadable(Unreadable {
        reason: "the vendor answered 500".to_owned(),
        hint: None,
        at: jiff::Timestamp::UNIX_EPOCH,
    });
    check(&world, &[], &["unreadable-vendor"]);
}

#[test]
fn nothing_is_planned_on_a_resource_of_which_it_is_not_clear_what_it_is() {
    let mut world = World::new().person("jane").wants("jane analysts member").live("jane");
    let unclear = ResourceReading::Unread { reason: Arc::from("two groups have this name"), open: false };
    world.snapshot().resources.insert(resource("analysts"), unclear);
    check(&world, &[], &[]);
}

#[test]
fn access_that_ended_on_an_unreadable_resource_is_a_warning() {
    let world = World::new().person("bob").wants("bob org member").wanted("bob site editor").live("bob");
    check(&world, &[], &["unread-access-ended"]);
}

#[test]
fn a_group_that_is_missing_is_created_first_and_one_missing_by_id_is_set_aside() {
    let mut world = World::new().person("jane").wants("jane analysts member").live("jane");
    world.snapshot().resources.insert(resource("analysts"), ResourceReading::Missing);
    check(&world, &["create-resource - analysts", "grant jane analysts ->member after 1"], &[]);
    let declared = world.vendor.settings.resources.get_mut("analysts").unwrap();
    declared.id = Some(Arc::from("g-404"));
    check(&world, &[], &["missing-resource"]);
}

#[test]
fn a_dangling_member_is_no_access() {
    let mut world = World::new();
    let Some(ResourceReading::Read { holders, .. }) = world.snapshot().resources.get_mut("analysts") else {
        panic!()
    };
    holders.insert(AccountId::parse("gone").unwrap(), Level::parse("member").unwrap());
    check(&world, &[], &["dangling-member"]);
}

#[test]
fn never_headless_an_admin_goes_after_the_successor_came_and_only_where_needed() {
    let world = |admins: &str| {
        World::new()
            .person("old")
            .person("new")
            .departed("old")
            .wants("new admins admin")
            .live("old")
            .live("new")
            .live("third")
            .person("third")
            .wants("third admins admin")
            .holds(admins)
    };
    check(
        &world("old admins admin\n third admins member"),
        &[
            "change-level third admins member->admin",
            "revoke old admins admin-> after 1",
            "remove-account old after 1",
            "grant new admins ->admin",
        ],
        &["departed-user-present"],
    );
    check(
        &world("old admins admin\n third admins admin"),
        &["revoke old admins admin->", "remove-account old", "grant new admins ->admin"],
        &["departed-user-present"],
    );
}

#[test]
fn who_leaves_goes_first_unless_a_successor_must_come_and_admins_go_before_others() {
    let world = World::new()
        .person("a")
        .person("z")
        .wants("a analysts member\n z admins admin")
        .live("m-admin")
        .live("b-plain")
        .holds("m-admin admins admin\n b-plain analysts member");
    check(
        &world,
        &[
            "revoke b-plain analysts member->",
            "remove-account b-plain",
            "invite z",
            "grant z admins ->admin after 3",
            "revoke m-admin admins admin-> after 4",
            "remove-account m-admin after 4",
            "invite a",
            "grant a analysts ->member after 7",
        ],
        &[],
    );
}

#[test]
fn who_stays_loses_only_after_everybody_has_gained() {
    let world = World::new()
        .person("mover")
        .person("omar")
        .suspended("omar")
        .person("bob")
        .wants("mover admins admin\n mover org member")
        .wanted("bob analysts member")
        .live("mover")
        .live("omar")
        .live("bob")
        .holds("mover analysts member\n bob analysts member\n omar analysts member");
    check(
        &world,
        &[
            "revoke bob analysts member->",
            "remove-account bob",
            "suspend omar",
            "grant mover admins ->admin",
            "revoke mover analysts member->",
        ],
        &[],
    );
}

#[test]
fn the_last_holders_of_what_keeps_one_go_after_somebody_has_come() {
    let world = |keeps_one| {
        let mut world = World::new().person("new").wants("new analysts member").live("new").live("old");
        world.vendor.spec.kinds[1].keeps_one = keeps_one;
        world.holds("old analysts member")
    };
    let first = ["revoke old analysts member->", "remove-account old", "grant new analysts ->member"];
    check(&world(false), &first, &[]);
    check(&world(true), &[first[2], first[0], first[1]], &[]);
    check(
        &world(true)
            .person("third")
            .wants("third analysts member")
            .live("third")
            .holds("third analysts member"),
        &first,
        &[],
    );
}

#[test]
fn same_in_same_out() {
    let world = World::new()
        .person("jane")
        .person("carol")
        .departed("carol")
        .wants("jane analysts member")
        .live("carol")
        .live("ghost");
    let mut turned = World::new();
    turned.grants = world.grants.iter().rev().cloned().collect();
    turned.people = world.people.clone();
    turned.vendor = world.vendor.clone();
    assert_eq!(world.plan(), turned.plan());
}

#[test]
fn a_fingerprint_sees_access_and_not_the_moment() {
    let world = || World::new().live("jane");
    let print = |world: &World| world.plan().vendors.values().next().unwrap().fingerprint.clone();
    let mut later = world();
    later.snapshot().read_at = jiff::Timestamp::from_second(9).unwrap();
    assert_eq!(print(&world()), print(&later));
    assert_ne!(print(&world()), print(&world().holds("jane analysts member")));
    assert_ne!(
        print(&world()),
        print(&world().account("jane", |account| account.state = AccountState::Suspended))
    );
}

#[test]
fn a_resource_with_a_mode_of_its_own_says_why_by_its_own_line() {
    let mut world = World::new().live("x").holds("x analysts member").mode(Manage::Observe);
    let why = |world: &World| world.plan().changes[0].because.clone();
    world.vendor.settings.resources.get_mut("analysts").unwrap().manage = Manage::Authoritative;
    assert_eq!(why(&world), [world.vendor.settings.resources["analysts"].span]);
    assert_eq!(why(&world.mode(Manage::Authoritative))[0].line, 1);
}
