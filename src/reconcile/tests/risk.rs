//! How much harm each change would do, and what its writer is told of where it acts.

use super::super::fixture::World;
use crate::domain::*;

/// A plan's changes, one a line: `action account risk`.
fn risks(world: &World) -> Vec<String> {
    let plan = world.plan();
    let line = |change: &Change| {
        let who = change.account.as_deref().unwrap_or("-").trim_end_matches("@acme.example").to_owned();
        format!("{} {who} {:?}", change.action.word(), change.risk)
    };
    plan.changes.iter().map(line).collect()
}

#[test]
fn an_account_lost_is_a_high_risk_and_one_put_to_sleep_a_medium_one() {
    let gone = World::new().person("carol").departed("carol").live("carol");
    assert_eq!(risks(&gone), ["remove-account carol High"]);
    assert_eq!(risks(&World::new().person("omar").suspended("omar").live("omar")), ["suspend omar Medium"]);
    let pending = AccountState::Invited(InvitationState::Pending);
    let offered = World::new().live("x").account("x", |account| account.state = pending);
    assert_eq!(risks(&offered), ["cancel-invitation x Medium"]);
    let restored = World::new().person("omar").wants("omar org member").live("omar");
    let restored = restored.account("omar", |account| account.state = AccountState::Suspended);
    assert_eq!(risks(&restored), ["restore omar Low"]);
    assert_eq!(risks(&World::new().person("jane").wants("jane org member")), ["invite jane Low"]);
}

#[test]
fn to_gain_or_lose_administration_is_a_high_risk() {
    let jane = |wants: &str| World::new().person("jane").live("jane").wants("jane org member").wants(wants);
    assert_eq!(risks(&jane("jane admins member")), ["grant jane Low"]);
    assert_eq!(risks(&jane("jane admins admin")), ["grant jane High"]);
    assert_eq!(risks(&jane("").holds("jane admins member")), ["revoke jane Medium"]);
    assert_eq!(risks(&jane("").holds("jane admins admin")), ["revoke jane High"]);
    let moved = |from: &str, to: &str| {
        risks(&jane(&format!("jane admins {to}")).holds(&format!("jane admins {from}")))
    };
    assert_eq!(moved("member", "admin"), ["change-level jane High"]);
    assert_eq!(moved("admin", "member"), ["change-level jane High"]);
    assert_eq!(moved("guest", "member"), ["change-level jane Medium"]);
    let mut projects = jane("jane site editor");
    projects.vendor.settings.channel = None;
    assert_eq!(risks(&projects), ["grant jane Low"]);
}

#[test]
fn an_offer_is_as_risky_as_what_it_gives_and_to_repeat_it_is_not() {
    let jane = |level: &str| World::projects().person("jane").wants(&format!("jane site {level}"));
    assert_eq!(risks(&jane("member")), ["invite jane Low"]);
    assert_eq!(risks(&jane("admin")), ["invite jane High"]);
    assert_eq!(risks(&jane("admin").offered("jane site admin pending 8")), ["resend-invitation jane Low"]);
    let replaced = jane("admin").offered("jane site member pending 1");
    assert_eq!(risks(&replaced), ["cancel-invitation jane Medium", "invite jane High"]);
    let handed = World::projects().person("new").wants("new site owner");
    let handed = handed.person("old").wants("old site admin").listed("old site owner\n new site admin");
    assert_eq!(risks(&handed), ["transfer-ownership new High"]);
}

#[test]
fn a_resource_is_named_to_its_writer_by_the_id_that_was_read_or_else_declared() {
    let id = |world: &World| {
        let plan = world.plan();
        plan.changes[0].action.target().unwrap().id.clone()
    };
    let read = World::new().person("jane").live("jane").wants("jane analysts member");
    assert_eq!(id(&read).as_deref(), Some("g-analysts"));
    let declared = World::projects().person("jane").wants("jane site member");
    assert_eq!(id(&declared).as_deref(), Some("p-site"));
    let mut created = read;
    created
        .snapshot()
        .resources
        .insert(super::super::fixture::resource("analysts"), ResourceReading::Missing);
    let plan = created.plan();
    assert_eq!((plan.changes[0].action.word(), plan.changes[0].risk), ("create-resource", Risk::Low));
}
