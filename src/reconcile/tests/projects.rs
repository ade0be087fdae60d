//! A vendor without an organisation: there are no accounts, only access to one thing or another.

use super::super::fixture::World;
use super::check;

#[test]
fn nobody_is_invited_to_suspended_in_or_removed_from_what_is_not_there() {
    let world = World::projects().person("jane").listed("jane shop member\n x site member\n ada site owner");
    check(
        &world.person("ada").wants("ada site owner\n jane site admin"),
        &["revoke x site member->", "invite jane site ->admin", "revoke jane shop member->"],
        &[],
    );
}

#[test]
fn a_suspension_takes_all_access_and_is_said_once() {
    let world = World::projects()
        .person("omar")
        .suspended("omar")
        .person("ada")
        .wants("ada site owner\n ada shop owner");
    let world = world.listed("ada site owner\n ada shop owner");
    check(
        &world.clone().listed("omar site member").offered("omar shop member pending 2"),
        &["cancel-invitation omar shop", "revoke omar site member->"],
        &["cannot-suspend"],
    );
    check(&world.offered("omar shop member declined 2"), &[], &[]);
}

#[test]
fn a_departed_user_is_a_finding_until_nothing_is_left() {
    let world = World::projects().person("old").departed("old").person("ada").wants("ada site owner");
    let world = world.listed("ada site owner");
    check(
        &world.clone().listed("old site member"),
        &["revoke old site member->"],
        &["departed-user-present"],
    );
    check(&world, &[], &[]);
}

#[test]
fn people_may_be_known_by_another_address_in_each_project() {
    let jane = || {
        let alias = crate::domain::Email::parse("j.doe@acme.example").unwrap();
        World::projects()
            .person("jane")
            .with("jane", |jane| jane.aliases = vec![alias])
            .person("ada")
            .wants("ada site owner")
    };
    let listed = jane().listed("ada site owner\n jane shop member\n j.doe site member");
    check(&listed.clone().wants("jane shop member\n jane site member"), &[], &[]);
    check(&listed.clone().wants("jane shop member"), &["revoke j.doe site member->"], &[]);
    check(
        &listed.clone().wants("jane site admin"),
        &["change-level j.doe site member->admin", "revoke jane shop member->"],
        &[],
    );
    check(
        &listed.clone().departed("jane"),
        &["revoke jane shop member->", "revoke j.doe site member->"],
        &["departed-user-present", "departed-user-present"],
    );
    let twice = listed.listed("jane site member").wants("jane shop member\n jane site member");
    check(&twice, &[], &["duplicate-account"]);
    let invited = jane().listed("ada site owner\n jane shop member").offered("j.doe site member pending 2");
    check(&invited.wants("jane shop member\n jane site member"), &[], &["invitation-pending"]);
}
