//! A vendor that has accounts and no API: people invite, and what nobody has recorded is not known.

use super::super::fixture::{World, level, lines, resource};
use super::check;
use crate::connector::{Leaving, LevelSpec, ObligationSpec};
use crate::domain::*;
use std::sync::Arc;

const BY_HAND: &[Channel] = &[Channel::Runbook, Channel::Browser];

/// Everything is done in pages, and the organisation has the levels member and admin.
fn by_hand() -> World {
    let mut world = World::new();
    let spec = &mut world.vendor.spec;
    (spec.accounts, spec.suspends) = (BY_HAND, false);
    for kind in &mut spec.kinds {
        (kind.access, kind.creatable) = (BY_HAND, false);
    }
    spec.kinds[0].levels.push(LevelSpec { name: level("admin"), admin: true, exclusive: false });
    world.vendor.settings.resources.remove("site");
    world
}

/// Jane's invitation, as the organisation's page shows it.
fn offered(mut world: World, state: InvitationState) -> World {
    let id = AccountId::parse("jane@acme.example").unwrap();
    world.known(&id, AccountState::Invited(state));
    let invitation = Invitation { level: level("member"), state, since: None };
    world.offers("org").insert(id, invitation);
    world
}

#[test]
fn a_pending_account_is_kept_for_a_grant_on_anything_and_withdrawn_once() {
    let pending = |world| offered(world, InvitationState::Pending);
    let jane = || by_hand().person("jane");
    check(
        &pending(jane().wants("jane analysts member")),
        &["grant jane analysts ->member waits"],
        &["invitation-pending"],
    );
    check(&pending(jane()), &["cancel-invitation jane"], &[]);
    check(&pending(by_hand()), &["cancel-invitation jane"], &[]);
}

#[test]
fn access_waits_for_the_invitation_to_be_accepted() {
    let jane = || by_hand().person("jane").wants("jane analysts member\n jane org admin");
    let waiting = |after: &str| {
        [format!("grant jane org ->admin{after} waits"), format!("grant jane analysts ->member{after} waits")]
    };
    let [org, analysts] = waiting(" after 1");
    let plan = jane().plan();
    let mut planned = lines(&plan);
    planned.sort();
    assert_eq!(planned, [analysts.as_str(), org.as_str(), "invite jane"]);
    let waits = plan.changes.iter().find_map(|change| change.waits.as_deref()).unwrap();
    assert!(waits.contains("once the invitation is accepted"), "{waits}");
    let mut planned = lines(&offered(jane(), InvitationState::Pending).plan());
    planned.sort();
    let [org, analysts] = waiting("");
    assert_eq!(planned, [analysts, org]);
    let member = by_hand().person("jane").wants("jane org member");
    check(&offered(member, InvitationState::Pending), &[], &["invitation-pending"]);
    check(&jane().live("jane").holds("jane org admin"), &["grant jane analysts ->member"], &[]);
}

#[test]
fn offboarding_by_revocation_leaves_an_account_that_may_do_nothing() {
    let world = |org: &str, analysts: &str| {
        let mut world = by_hand().person("carol").departed("carol").live("carol");
        world = world.person("ada").wants("ada org admin").live("ada").holds("ada org admin");
        world.vendor.settings.offboarding = Offboarding::Revoke;
        world.holds(&format!("carol org {org}\n {analysts}"))
    };
    check(
        &world("admin", "carol analysts member"),
        &["change-level carol org admin->member", "revoke carol analysts member->"],
        &[],
    );
    check(&world("member", ""), &[], &[]);
    let mut custom = world("auditor", "");
    custom.vendor.spec.kinds[0].custom_levels = true;
    check(&custom, &["change-level carol org auditor->member"], &[]);
    let mut deletes = world("admin", "");
    deletes.vendor.settings.offboarding = Offboarding::Delete;
    check(&deletes, &["remove-account carol"], &["departed-user-present"]);
}

#[test]
fn a_hold_that_takes_all_says_that_the_account_stays() {
    let mut world = by_hand().person("omar").suspended("omar").live("omar").holds("omar analysts member");
    world.vendor.settings.offboarding = Offboarding::Revoke;
    check(&world, &["revoke omar analysts member->"], &["cannot-suspend"]);
    assert!(world.plan().findings.iter().any(|finding| finding.detail.contains("omar stays and loses")));
}

#[test]
fn invariant_2_nobody_is_invited_or_removed_where_nobody_has_read_who_is_in() {
    let mut world = by_hand().person("jane").wants("jane analysts member\n jane org admin");
    world = world.person("carol").departed("carol").live("carol").holds("carol analysts member");
    let unread = ResourceReading::Unread { reason: Arc::from("nobody has recorded it"), open: false };
    world.snapshot().resources.insert(resource("org"), unread);
    check(&world, &["revoke carol analysts member->"], &["unread-accounts"]);
    let told = world.plan().findings.into_iter().find(|finding| finding.code == "unread-accounts").unwrap();
    assert!(told.hint.unwrap().ends_with("`grantline snapshot crm/org --from FILE`"));
    world.snapshot().resources.remove("org");
    check(&world, &["revoke carol analysts member->"], &["unread-accounts"]);
}

#[test]
fn what_is_met_once_for_each_person_names_all_that_they_lose() {
    const TOLD: &[ObligationSpec] = &[
        ObligationSpec {
            code: "notify",
            on: Leaving::Access("group"),
            due: Due::After,
            once: true,
            text: "Tell {account}: {resources}.",
        },
        ObligationSpec {
            code: "look",
            on: Leaving::Access("group"),
            due: Due::After,
            once: false,
            text: "Look at {resources}.",
        },
    ];
    let mut world = World::new().person("carol").departed("carol").live("carol");
    world = world.holds("carol analysts member\n carol admins member").live("rex").holds("rex admins member");
    world.vendor.spec.obligations = TOLD;
    let told: Vec<String> = world.plan().obligations.iter().map(|work| work.detail.clone()).collect();
    assert_eq!(
        told,
        [
            "rex@acme.example: Look at admins.",
            "carol@acme.example: Look at admins.",
            "carol@acme.example: Look at analysts.",
            "rex@acme.example: Tell rex@acme.example: admins.",
            "carol@acme.example: Tell carol@acme.example: admins, analysts.",
        ]
    );
    let notes = world.plan().obligations;
    assert!(notes.iter().all(|work| work.resource.is_none() == (work.code == "notify")));
}

#[test]
fn only_a_removal_by_request_spares_people_the_steps_before_it() {
    let mut world = World::new().person("mia").with("mia", |mia| mia.name = Some(Arc::from("Mia Chen")));
    world = world.wants("mia org member").live("mia").holds("mia analysts member");
    world = world.account("mia", |account| account.name = Some(Arc::from("M. Chen")));
    world.vendor.spec.kinds[1].access = BY_HAND;
    let planned: Vec<&str> = world.plan().changes.iter().map(|change| change.action.word()).collect();
    assert_eq!(planned, ["update-account", "revoke"]);
    let gone = World { grants: Vec::new(), ..world.departed("mia") };
    let planned: Vec<&str> = gone.plan().changes.iter().map(|change| change.action.word()).collect();
    assert_eq!(planned, ["remove-account"]);
}
