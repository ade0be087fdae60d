//! Ownership: handed over before its holder goes, and never given, changed or taken.

use super::super::fixture::{World, codes, lines};
use super::check;
use crate::domain::*;

/// Old owns the site, new is an admin there.
fn site() -> World {
    World::projects().person("old").person("new").listed("old site owner\n new site admin")
}

#[test]
fn an_owner_hands_over_becomes_admin_and_then_goes() {
    let world = site().departed("old").wants("new site owner");
    check(
        &world,
        &["transfer-ownership new site from old", "revoke old site admin-> after 1"],
        &["departed-user-present"],
    );
    let kept = site().wants("new site owner\n old site member");
    check(
        &kept,
        &["transfer-ownership new site from old", "change-level old site admin->member after 1"],
        &["demotion"],
    );
    check(&site().wants("new site owner\n old site admin"), &["transfer-ownership new site from old"], &[]);
    check(&site().wants("old site owner\n new site admin"), &[], &[]);
}

#[test]
fn when_several_leave_admins_go_before_members_and_the_owner_once_somebody_else_is_one() {
    let world = site()
        .departed("old")
        .wants("new site owner")
        .listed("abe site member\n zed site admin\n new shop owner");
    let world = world.wants("new shop owner").listed("bob shop member");
    check(
        &world,
        &[
            "revoke zed site admin->",
            "revoke bob shop member->",
            "revoke abe site member->",
            "transfer-ownership new site from old",
            "revoke old site admin-> after 4",
        ],
        &["departed-user-present"],
    );
}

#[test]
fn a_member_may_be_handed_the_ownership_and_only_then_the_last_admin_goes() {
    let world = World::projects().person("old").person("new").departed("old").wants("new site owner");
    check(
        &world.listed("old site owner\n new site member"),
        &["transfer-ownership new site from old", "revoke old site admin-> after 1"],
        &["departed-user-present"],
    );
}

#[test]
fn who_only_rises_to_owner_replaces_no_admin() {
    let mut world = site().departed("old").wants("new site owner").person("ada").wants("ada site admin");
    world.min_admins = 2;
    check(
        &world.listed("ada site member"),
        &[
            "transfer-ownership new site from old",
            "change-level ada site member->admin",
            "revoke old site admin-> after 1,2",
        ],
        &["departed-user-present"],
    );
}

#[test]
fn whoever_has_no_access_yet_is_invited_and_the_transfer_waits() {
    let world = || {
        World::projects()
            .person("old")
            .person("new")
            .departed("old")
            .wants("new site owner")
            .listed("old site owner")
    };
    check(
        &world(),
        &[
            "invite new site ->admin",
            "transfer-ownership new site from old waits",
            "revoke old site admin-> after 2",
        ],
        &["departed-user-present"],
    );
    check(
        &world().offered("new site admin pending 1"),
        &["transfer-ownership new site from old waits", "revoke old site admin-> after 1"],
        &["departed-user-present", "invitation-pending"],
    );
    let waits = world().plan().changes[1].waits.clone().unwrap();
    assert!(waits.contains("new has no access to crm/site yet"), "{waits}");
}

#[test]
fn an_owner_without_a_successor_stays_and_it_is_said() {
    let alone =
        |world: World| (lines(&world.plan()), codes(&world.plan()), world.plan().findings[0].severity);
    let (changes, findings, _) = alone(site().departed("old").wants("new site admin"));
    assert_eq!(changes, Vec::<String>::new());
    assert_eq!(findings, ["departed-user-present", "owner-without-successor"]);
    let (changes, findings, severity) = alone(site().wants("new site admin"));
    assert!(changes.is_empty());
    assert_eq!((findings, severity), (vec!["owner-without-successor"], Severity::Error));
    let (changes, findings, severity) = alone(site().wants("new site admin\n old site admin"));
    assert!(changes.is_empty());
    assert_eq!((findings, severity), (vec!["owner-without-successor"], Severity::Warning));
    let stranger =
        World::projects().person("new").wants("new site admin").listed("x site owner\n new site admin");
    check(&stranger, &[], &["owner-without-successor"]);
}

#[test]
fn the_mode_holds_for_owners_too() {
    let world = || site().wants("new site owner");
    check(&world().mode(Manage::Additive), &["transfer-ownership new site from old"], &["undeclared-access"]);
    check(&world().mode(Manage::Observe), &[], &["difference", "undeclared-access"]);
    check(&site().wants("new site admin").mode(Manage::Additive), &[], &["undeclared-access"]);
    let departed = site().departed("old").wants("new site owner").mode(Manage::Additive);
    assert_eq!(lines(&departed.plan()).len(), 2);
}

#[test]
fn a_tenant_without_owners_counts_one_as_the_level_below() {
    let world = World::projects().person("new").wants("new site owner").listed("a site admin");
    let world = world.person("a").wants("a site admin");
    check(&world.clone(), &["invite new site ->admin"], &["no-owner"]);
    check(&world.clone().listed("new site admin"), &[], &["no-owner"]);
    check(&world.listed("new site member"), &["change-level new site member->admin"], &["no-owner"]);
}

#[test]
fn what_one_account_holds_is_given_to_nobody_where_two_claim_or_hold_it() {
    let world = || site().wants("new site owner").person("third").wants("third site owner\n old site admin");
    check(&world().listed("third site admin"), &[], &["owner-without-successor", "two-owners"]);
    let two = World::projects().person("a").wants("a site owner").listed("a site owner\n b site owner");
    check(&two, &[], &["owner-without-successor", "several-owners"]);
}

#[test]
fn an_owner_that_is_left_alone_hands_nothing_over() {
    let mut world =
        World::projects().person("new").wants("new site owner").listed("boss site owner\n new site member");
    world.protected = vec![Email::parse("boss@acme.example").unwrap()];
    check(&world, &["change-level new site member->admin"], &["protected-account", "transfer-set-aside"]);
}

#[test]
fn an_account_that_owns_something_is_not_deleted() {
    let mut world = World::new().person("old").departed("old").person("new").live("old").live("new");
    let group = &mut world.vendor.spec.kinds[1];
    group.levels.push(crate::connector::LevelSpec {
        name: crate::reconcile::fixture::level("owner"),
        admin: true,
        exclusive: true,
    });
    let world = world.holds("old admins owner\n new admins admin");
    check(
        &world.clone().wants("new admins admin"),
        &[],
        &["departed-user-present", "owner-without-successor", "owner-without-successor"],
    );
    check(
        &world.wants("new admins owner"),
        &[
            "transfer-ownership new admins from old",
            "revoke old admins admin-> after 1",
            "remove-account old after 1",
        ],
        &["departed-user-present"],
    );
}

#[test]
fn of_two_addresses_the_one_that_holds_most_is_meant() {
    let annie = Email::parse("annie@acme.example").unwrap();
    let ann = || World::projects().person("ann").with("ann", |ann| ann.aliases = vec![annie.clone()]);
    let both = ann().listed("ann site member\n annie site owner");
    check(&both.clone().wants("ann site owner"), &[], &["duplicate-account"]);
    check(&both.wants("ann site member"), &[], &["duplicate-account", "owner-without-successor"]);
    let admin = ann().wants("ann site member").listed("ann site member\n annie site admin");
    check(&admin, &["change-level annie site admin->member"], &["demotion", "duplicate-account"]);
}

#[test]
fn an_owner_who_is_only_observed_is_told_as_owner() {
    let plan = site().wants("new site owner").mode(Manage::Observe).plan();
    assert_eq!(lines(&plan), Vec::<String>::new());
    let told: Vec<&str> = plan.findings.iter().map(|finding| &*finding.detail).collect();
    assert!(told.iter().any(|detail| detail.starts_with("transfer-ownership is due")), "{told:?}");
    assert!(told.iter().any(|detail| detail.contains("old@acme.example the level owner")), "{told:?}");
}
