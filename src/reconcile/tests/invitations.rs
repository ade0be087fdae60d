//! Invitations: planned, pending, expired, declined, accepted; and how many may be pending.

use super::super::fixture::{World, lines};
use super::check;
use crate::domain::*;
use jiff::Timestamp;

fn jane() -> World {
    World::projects()
        .person("jane")
        .wants("jane site member")
        .person("ada")
        .wants("ada site owner")
        .listed("ada site owner")
}

#[test]
fn each_state_of_an_invitation_has_its_own_next_step() {
    check(&jane(), &["invite jane site ->member"], &[]);
    check(&jane().offered("jane site member pending 2"), &[], &["invitation-pending"]);
    check(&jane().offered("jane site member pending"), &[], &["invitation-pending"]);
    check(
        &jane().offered("jane site member pending 7"),
        &["resend-invitation jane site"],
        &["invitation-pending"],
    );
    check(&jane().offered("jane site member expired 2"), &["resend-invitation jane site"], &[]);
    check(&jane().offered("jane site member declined 2"), &[], &["invitation-declined"]);
    check(&jane().listed("jane site member"), &[], &[]);
}

#[test]
fn what_cannot_be_sent_again_is_invited_again_or_left() {
    let plain = |mut world: World| {
        world.vendor.spec.resends = false;
        world
    };
    check(&plain(jane().offered("jane site member pending 70")), &[], &["invitation-pending"]);
    check(&plain(jane().offered("jane site member expired 70")), &["invite jane site ->member"], &[]);
}

#[test]
fn an_expired_invitation_is_no_access() {
    let plan = jane().offered("jane site member expired 9").plan();
    assert_eq!(lines(&plan), ["resend-invitation jane site"]);
    let gone = World::projects().listed("ada site admin").offered("jane site admin expired 9").person("ada");
    let gone = gone.departed("ada").person("jane").wants("jane site admin");
    assert_eq!(lines(&gone.plan()), ["revoke ada site admin->", "resend-invitation jane site"]);
}

#[test]
fn an_age_is_told_in_days() {
    let detail = |state: &str| jane().offered(state).plan().findings[0].detail.clone();
    assert!(detail("jane site member pending 12").contains("pending for 12 days"));
    assert!(detail("jane site member pending 1").contains("pending for 1 day."));
    assert!(detail("jane site member pending 0").contains("less than a day"));
    assert!(detail("jane site member pending").contains("nobody knows since when"));
}

#[test]
fn an_offer_at_another_level_is_withdrawn_before_the_next_is_made() {
    check(
        &jane().offered("jane site admin pending 2"),
        &["cancel-invitation jane site", "invite jane site ->member after 1"],
        &[],
    );
    // Its row stands in the way of the next one, too; nobody loses anything by it.
    let expired = jane().offered("jane site admin expired 2");
    let both = ["cancel-invitation jane site", "invite jane site ->member after 1"];
    check(&expired, &both, &[]);
    check(&expired.mode(Manage::Additive), &both, &[]);
}

#[test]
fn a_second_invitation_of_somebody_who_has_access_is_told() {
    let alias = Email::parse("j.doe@acme.example").unwrap();
    let world = jane().with("jane", |jane| jane.aliases = vec![alias]).offered("j.doe site member pending 1");
    check(&world.clone().listed("jane site member"), &[], &["duplicate-account"]);
    check(&world, &[], &["invitation-pending"]);
}

#[test]
fn an_offer_goes_with_the_grant_if_it_can_still_be_accepted() {
    let world = || World::projects().person("ada").wants("ada site owner").listed("ada site owner");
    let offers = "jane site member pending 2\n rex site admin pending\n kim site member expired 9\n lou site member declined";
    check(
        &world().person("jane").offered(offers),
        &["cancel-invitation jane site", "cancel-invitation rex site"],
        &[],
    );
    check(
        &world().person("jane").departed("jane").offered("jane site member pending 2"),
        &["cancel-invitation jane site"],
        &["departed-user-present"],
    );
}

#[test]
fn the_mode_holds_for_offers_too() {
    let offers = "jane site admin pending 2\n rex site admin pending";
    let reported = ["undeclared-invitation", "undeclared-invitation"];
    check(&jane().offered(offers).mode(Manage::Additive), &[], &reported);
    check(&jane().offered(offers).mode(Manage::Observe), &[], &reported);
    let raised = jane().wants("").offered("jane site Viewer pending 2").mode(Manage::Additive);
    check(&raised, &[], &["undeclared-invitation", "unknown-level"]);
    let ended = World::projects().person("jane").wanted("jane site member").listed("ada site owner");
    check(
        &ended.offered("jane site member pending 1").mode(Manage::Additive),
        &["cancel-invitation jane site"],
        &["undeclared-access"],
    );
}

#[test]
fn a_wrong_address_is_withdrawn_and_the_right_one_invited() {
    check(
        &jane().offered("jnae site member pending 2"),
        &["cancel-invitation jnae site", "invite jane site ->member"],
        &[],
    );
}

#[test]
fn one_project_that_is_only_observed_keeps_nobody_from_another() {
    let mut world = jane().wants("jane shop member");
    world.vendor.settings.resources.get_mut("shop").unwrap().manage = Manage::Observe;
    check(&world, &["invite jane site ->member"], &["difference"]);
}

#[test]
fn whoever_is_there_under_an_alias_is_invited_under_it() {
    let world = jane().with("jane", |jane| jane.aliases = vec![Email::parse("j.doe@acme.example").unwrap()]);
    let plan = world.listed("j.doe shop member").wants("jane shop member").plan();
    assert_eq!(lines(&plan), ["invite j.doe site ->member"]);
    let Action::Invite { profile, .. } = &plan.changes[0].action else { panic!() };
    assert_eq!(&*profile.login, "j.doe@acme.example");
}

/// `count` users who want to be members of the site, and as many waiting invitations as are free.
fn crowd(count: usize, pending: usize) -> World {
    let mut world = World::projects().person("ada").wants("ada site owner").listed("ada site owner");
    for number in 0..count {
        let handle = format!("u{number:02}");
        world = world.person(&handle).wants(&format!("{handle} site member"));
        if number < pending {
            world = world.offered(&format!("{handle} site member pending 1"));
        }
    }
    world
}

fn sendable(plan: &Plan) -> usize {
    plan.changes.iter().filter(|change| change.waits.is_none()).count()
}

#[test]
fn twenty_five_invitations_go_out_in_waves_of_ten() {
    let plan = crowd(25, 0).plan();
    assert_eq!((plan.changes.len(), sendable(&plan)), (25, 10));
    assert!(plan.changes[..10].iter().all(|change| change.waits.is_none()));
    let why = plan.changes[10].waits.clone().unwrap();
    assert_eq!(
        &*why,
        "0 invitations are pending on crm/site, and 10 more go out before this one; Fixture Pages allows 10 at a time. \
         A place becomes free once one is accepted or cancelled, and the next plan uses it."
    );
    let plan = crowd(25, 9).plan();
    assert_eq!((plan.changes.len(), sendable(&plan)), (16, 1));
    let plan = crowd(25, 10).plan();
    assert_eq!((plan.changes.len(), sendable(&plan)), (15, 0));
    assert!(
        plan.changes[0].waits.as_deref().unwrap().starts_with("10 invitations are pending on crm/site; ")
    );
}

#[test]
fn admins_are_invited_in_the_first_wave_and_each_project_has_its_own() {
    let world = crowd(11, 0).person("zoe").wants("zoe site admin\n zoe shop member");
    let plan = world.plan();
    assert_eq!(lines(&plan)[0], "invite zoe shop ->member");
    assert_eq!(lines(&plan)[1], "invite zoe site ->admin");
    assert_eq!(sendable(&plan), 11);
}

#[test]
fn a_place_that_the_same_plan_frees_counts_only_in_a_later_one() {
    let world = crowd(11, 9).offered("rex site member pending 3");
    let plan = world.plan();
    assert_eq!(
        lines(&plan),
        ["cancel-invitation rex site", "invite u09 site ->member waits", "invite u10 site ->member waits"]
    );
    let expired = crowd(11, 9).offered("u09 site member expired 3");
    assert_eq!(lines(&expired.plan()), ["invite u10 site ->member", "resend-invitation u09 site waits"]);
}

#[test]
fn a_pending_invitation_is_not_planned_again_and_goes_with_the_grant() {
    let invited = |world: World, state, days: i64, resends| {
        let mut world = world.live("jane").account("jane", |account| {
            account.state = AccountState::Invited(state);
            account.invited = Some(Timestamp::from_second(-days * 24 * 60 * 60).unwrap());
        });
        world.vendor.spec.resends = resends;
        world
    };
    let jane = || World::new().person("jane").wants("jane org member\n jane analysts member");
    use InvitationState::{Declined, Expired, Pending};
    let grant = "grant jane analysts ->member";
    check(&invited(jane(), Pending, 2, true), &[grant], &["invitation-pending"]);
    check(&invited(jane(), Pending, 8, false), &[grant], &["invitation-pending"]);
    check(&invited(jane(), Pending, 8, true), &["resend-invitation jane", grant], &["invitation-pending"]);
    check(&invited(jane(), Expired, 8, true), &["resend-invitation jane", grant], &[]);
    check(&invited(jane(), Expired, 8, false), &["invite jane", &format!("{grant} after 1")], &[]);
    check(&invited(jane(), Declined, 8, true), &[], &["invitation-declined"]);
    check(&invited(World::new().person("jane"), Pending, 2, true), &["cancel-invitation jane"], &[]);
    check(&invited(World::new(), Pending, 2, true), &["cancel-invitation jane"], &[]);
}
