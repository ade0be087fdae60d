//! Guards over a vendor without an API, whose projects keep an owner and an admin.

use super::{blocking, guards, held, judged, word};
use crate::domain::*;
use crate::reconcile::fixture::{World, crm};
use crate::workspace::{Guards, MaxRemovals};

/// No other guard is in the way of what is tested here.
fn lenient() -> Guards {
    Guards { min_admins: 0, max_removals: MaxRemovals { percent: 100, at_least: 99 }, ..guards() }
}

#[test]
fn the_last_admin_stays_and_no_override_helps() {
    let world = World::projects().person("ada").departed("ada").person("ben").wants("ben site member");
    let world = world.listed("ada site admin\n ben site member");
    let approved = judged(&world, &lenient(), &word("last-admin"));
    assert_eq!(blocking(&approved), ["last-admin"]);
    assert_eq!(held(&approved), 1);
    let raised = world.clone().wants("ben site admin");
    let raised = World { grants: raised.grants[1..].to_vec(), ..raised };
    assert_eq!(blocking(&judged(&raised, &lenient(), &[])), Vec::<&str>::new());
    let invited = world.clone().person("new").wants("new site admin");
    assert_eq!(blocking(&judged(&invited, &lenient(), &[])), ["last-admin"]);
    let accepted = World { people: invited.people.clone(), grants: invited.grants.clone(), ..world };
    let accepted = accepted.listed("new site admin");
    assert_eq!(blocking(&judged(&accepted, &lenient(), &[])), Vec::<&str>::new());
}

#[test]
fn the_last_holder_stays_and_only_as_many_are_held_as_have_to_be() {
    let world =
        World::projects().person("jane").wants("jane shop member").listed("x site member\n y site member");
    let approved = judged(&world, &lenient(), &[]);
    assert_eq!(blocking(&approved), ["last-admin"]);
    assert_eq!(held(&approved), 2);
    let approved = judged(&world.clone().listed("z site admin"), &lenient(), &[]);
    assert_eq!(held(&approved), 1);
    let mut without = world.clone();
    without.vendor.spec.kinds[0].keeps_one = false;
    assert_eq!(blocking(&judged(&without, &lenient(), &[])), Vec::<&str>::new());
    let kept = world.person("x").wants("x site member");
    assert_eq!(blocking(&judged(&kept, &lenient(), &[])), Vec::<&str>::new());
}

#[test]
fn what_waits_for_an_invitation_takes_nothing_yet() {
    let world = World::projects().person("old").departed("old").person("new").wants("new site owner");
    let world = world.person("ada").wants("ada site admin");
    let lone = world.clone().listed("old site owner\n ada site admin");
    let approved = judged(&lone, &Guards { min_admins: 1, ..lenient() }, &[]);
    assert_eq!(blocking(&approved), Vec::<&str>::new());
    assert_eq!(approved.plan().changes.len(), 3);
    let one = Guards { max_removals: MaxRemovals { percent: 0, at_least: 1 }, ..lenient() };
    let approved = judged(&world.listed("old site owner\n ada site admin\n x site member"), &one, &[]);
    assert_eq!(blocking(&approved), Vec::<&str>::new());
}

#[test]
fn a_transfer_to_a_member_makes_an_admin_more_and_one_to_an_admin_does_not() {
    let world = |level: &str| {
        let world = World::projects().person("old").departed("old").person("new").wants("new site owner");
        world.listed(&format!("old site owner\n new site {level}\n ada site admin"))
    };
    let two = |admin: &World| blocking(&judged(admin, &Guards { min_admins: 2, ..lenient() }, &[]));
    assert_eq!(two(&world("member").person("ada").wants("ada site admin")), Vec::<&str>::new());
    assert_eq!(two(&world("admin")), ["min-admins"]);
}

fn handover() -> World {
    World::projects()
        .person("old")
        .person("new")
        .wants("new site owner\n old site admin")
        .listed("old site owner\n new site admin")
}

#[test]
fn no_lock_out_a_transfer_takes_from_who_owns_it() {
    let listed = Guards { protected: vec![Email::parse("old@acme.example").unwrap()], ..lenient() };
    assert_eq!(blocking(&judged(&handover(), &listed, &[])), ["protected"]);
    let alias = Guards { protected: vec![Email::parse("boss@acme.example").unwrap()], ..lenient() };
    let boss = Email::parse("boss@acme.example").unwrap();
    let aliased = handover().with("old", |old| old.aliases = vec![boss]);
    assert_eq!(blocking(&judged(&aliased, &alias, &[])), ["protected"]);
    let gains = Guards { protected: vec![Email::parse("new@acme.example").unwrap()], ..lenient() };
    assert_eq!(blocking(&judged(&handover(), &gains, &[])), Vec::<&str>::new());
    let mut own = handover();
    own.vendor.settings.identity = Some("old@acme.example".into());
    let approved = judged(&own, &lenient(), &[]);
    assert_eq!(blocking(&approved), ["own-identity"]);
    let verdict = approved.plan().guards.iter().find(|verdict| verdict.guard == "own-identity").unwrap();
    assert!(verdict.detail.contains("nobody removes themselves"), "{}", verdict.detail);
    assert!(verdict.hint.as_deref().unwrap().starts_with("another admin must do it"));
}

#[test]
fn no_lock_out_whoever_gives_up_is_known_by_their_pin() {
    let boss = Email::parse("boss@acme.example").unwrap();
    let listed = Guards { protected: vec![boss.clone()], ..lenient() };
    let pinned = |to: &str| {
        let id = AccountId::parse(to).unwrap();
        handover().with("old", |old| {
            old.accounts = [(crm(), id)].into();
            old.email = boss.clone();
        })
    };
    assert_eq!(blocking(&judged(&pinned("old@acme.example"), &listed, &[])), ["protected"]);
}

#[test]
fn a_transfer_counts_for_the_account_that_gives_up() {
    let none = Guards { max_removals: MaxRemovals { percent: 0, at_least: 0 }, ..lenient() };
    let approved = judged(&handover(), &none, &[]);
    assert_eq!(blocking(&approved), ["max-removals"]);
    assert!(approved.plan().guards.iter().any(|verdict| verdict.detail.starts_with("1 of 2 accounts")));
}

#[test]
fn a_person_sees_whom_they_remove_and_a_browser_does_not() {
    let world = |channel| {
        let mut world =
            World::projects().person("ada").wants("ada site owner").listed("ada site owner\n x site member");
        world.vendor.settings.identity = None;
        world.vendor.settings.channel = Some(channel);
        world
    };
    let approved = judged(&world(Channel::Runbook), &lenient(), &[]);
    assert_eq!(blocking(&approved), Vec::<&str>::new());
    let verdict = approved.plan().guards.iter().find(|verdict| verdict.guard == "own-identity").unwrap();
    assert!(verdict.detail.contains("by the hands of a person"), "{}", verdict.detail);
    assert_eq!(blocking(&judged(&world(Channel::Browser), &lenient(), &[])), ["own-identity"]);
    let claimed = |channel| world(channel).person("x").departed("x");
    assert_eq!(blocking(&judged(&claimed(Channel::Browser), &lenient(), &[])), ["own-identity"]);
    assert_eq!(blocking(&judged(&claimed(Channel::Runbook), &lenient(), &[])), Vec::<&str>::new());
    let mut named = world(Channel::Runbook);
    named.vendor.settings.identity = Some("x@acme.example".into());
    assert_eq!(named.plan().changes, Vec::new());
    let claimed = named.person("x").departed("x");
    assert_eq!(blocking(&judged(&claimed, &lenient(), &[])), ["own-identity"]);
}

#[test]
fn an_offer_that_makes_room_for_a_higher_one_takes_nothing() {
    let none = Guards { max_removals: MaxRemovals { percent: 0, at_least: 0 }, ..lenient() };
    let world = |to: &str, offered: &str| {
        let world = World::projects().person("ada").wants("ada site owner").listed("ada site owner");
        let world = world.person("jane").wants(&format!("jane site {to}"));
        world.offered(&format!("jane site {offered} pending 1"))
    };
    assert_eq!(blocking(&judged(&world("admin", "member"), &none, &[])), Vec::<&str>::new());
    assert_eq!(blocking(&judged(&world("member", "admin"), &none, &[])), ["max-removals"]);
}
