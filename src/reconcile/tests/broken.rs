//! Records that were read and could not be understood: nothing is done to them, nor to whom they may belong.

use super::super::fixture::{World, codes, crm, lines};
use super::check;
use crate::domain::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Ravi is to be invited, omar to be let in, and ghost to be removed.
fn busy() -> World {
    World::new()
        .person("jane")
        .wants("jane analysts member")
        .person("ravi")
        .wants("ravi org member")
        .person("omar")
        .wants("omar analysts member")
        .live("omar")
        .live("ghost")
}

const THE_REST: [&str; 3] = ["remove-account ghost", "invite ravi", "grant omar analysts ->member"];

/// What is planned where the record is nobody's who is declared.
const THE_REST_WITH_JANE: [&str; 5] = [
    "remove-account ghost",
    "invite jane",
    "invite ravi",
    "grant jane analysts ->member after 2",
    "grant omar analysts ->member",
];

fn details(world: &World) -> Vec<String> {
    world.plan().findings.into_iter().map(|finding| finding.detail).collect()
}

#[test]
fn a_broken_record_sets_its_user_aside_and_nobody_else() {
    let by_login = busy().broken("7", "JANE@acme.example");
    check(&by_login, &THE_REST, &["broken-account"]);
    let by_mark =
        busy().broken("7", "x").record("7", |one| one.external_id = Some(Arc::from("grantline:jane")));
    check(&by_mark, &THE_REST, &["broken-account"]);
    let pinned = busy().broken("7", "x").with("jane", |jane| {
        jane.accounts = BTreeMap::from([(crm(), AccountId::parse("7").unwrap())]);
    });
    check(&pinned, &THE_REST, &["broken-account"]);
    let plan = by_login.plan();
    assert_eq!(plan.findings[0].severity, Severity::Error);
    assert_eq!(plan.findings[0].user.as_ref().map(UserName::as_str), Some("jane"));
    assert!(plan.findings[0].detail.ends_with("The user \"7\" is broken."), "{:?}", plan.findings);
}

#[test]
fn what_a_broken_record_holds_is_neither_taken_nor_dangling() {
    let world = busy().broken("7", "stranger@acme.example").holds_broken("7", "admins", "admin");
    check(&world, &THE_REST_WITH_JANE, &["broken-account"]);
}

#[test]
fn a_broken_admin_counts_as_none() {
    let world = World::new()
        .person("old")
        .departed("old")
        .live("old")
        .person("new")
        .wants("new admins admin")
        .live("new")
        .holds("old admins admin")
        .broken("7", "stranger@acme.example")
        .holds_broken("7", "admins", "admin");
    let order =
        ["grant new admins ->admin", "revoke old admins admin-> after 1", "remove-account old after 1"];
    assert_eq!(lines(&world.plan()), order);
}

#[test]
fn a_record_that_nobody_can_tell_the_owner_of_holds_back_invitations_and_nothing_else() {
    let world = busy().broken("7", "x");
    check(
        &world,
        &["remove-account ghost", "grant omar analysts ->member"],
        &["broken-account", "invitation-held-back", "invitation-held-back"],
    );
    let nameless = busy().broken("7", "x").record("7", |one| (one.id, one.login) = (None, None));
    assert_eq!(lines(&nameless.plan()), lines(&world.plan()));
    assert!(
        details(&nameless)[0].starts_with("the account record without an id"),
        "{:?}",
        details(&nameless)
    );
}

#[test]
fn a_departed_user_s_other_account_goes_and_a_pinned_user_is_sure_of_theirs() {
    let carol = |world: World| {
        world.with("carol", |carol| carol.aliases = vec![Email::parse("c.jones@acme.example").unwrap()])
    };
    let leaving = carol(World::new().person("carol").departed("carol")).live("carol");
    check(
        &leaving.broken("7", "c.jones@acme.example").holds_broken("7", "analysts", "member"),
        &["remove-account carol"],
        &["broken-account", "departed-user-present"],
    );
    let staying = carol(World::new().person("carol").wants("carol analysts member")).live("carol");
    let staying = staying.broken("7", "c.jones@acme.example");
    check(&staying, &[], &["broken-account"]);
    let pinned = staying.with("carol", |carol| {
        carol.accounts = BTreeMap::from([(crm(), AccountId::parse("carol").unwrap())]);
    });
    check(&pinned, &["grant carol analysts ->member"], &["broken-account"]);
}

#[test]
fn an_owner_whose_record_is_broken_hands_nothing_over() {
    let mut world =
        World::projects().person("new").wants("new site owner").listed("boss site owner\n new site member");
    let boss = AccountId::parse("boss@acme.example").unwrap();
    world.snapshot().accounts.remove(&boss);
    let world = world.broken(boss.as_str(), boss.as_str());
    check(&world, &["change-level new site member->admin"], &["broken-account", "transfer-set-aside"]);
}

#[test]
fn a_fingerprint_sees_who_is_broken() {
    let print = |world: World| world.plan().vendors.values().next().unwrap().fingerprint.clone();
    assert_ne!(print(busy()), print(busy().broken("7", "x")));
    assert_ne!(print(busy().broken("7", "x")), print(busy().broken("7", "y")));
    assert_eq!(codes(&busy().plan()), Vec::<&str>::new());
}
