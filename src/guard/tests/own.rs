//! What the guard of the credential's own account says, with and without knowing which that is.

use super::{blocking, crowd, guards, judged, word};
use crate::domain::*;
use crate::reconcile::fixture::World;
use crate::workspace::{Guards, MaxRemovals};

fn verdict(world: &World, guard: &str) -> (Verdict, String) {
    let lenient =
        Guards { min_admins: 0, max_removals: MaxRemovals { percent: 100, at_least: 99 }, ..guards() };
    let approved = judged(world, &lenient, &word("empty-reading"));
    let verdict = approved.plan().guards.iter().find(|verdict| verdict.guard == guard).unwrap();
    (verdict.verdict, verdict.detail.clone())
}

#[track_caller]
fn check(world: &World, verdict_is: Verdict, detail: &str) {
    let (verdict, said) = verdict(world, "own-identity");
    assert_eq!((verdict, said.as_str()), (verdict_is, detail));
}

/// Nobody says whose the credential or the session is.
fn nobody_says(mut world: World) -> World {
    world.vendor.settings.identity = None;
    world
}

fn by(channel: Channel, mut world: World) -> World {
    world.vendor.settings.channel = Some(channel);
    world
}

#[test]
fn a_known_account_that_keeps_its_access_passes() {
    check(&crowd(1), Verdict::Pass, "the credential's own account keeps its access");
    let told = World::projects().listed("x site member");
    check(&told, Verdict::Pass, "whoever carries the changes out keeps their access");
    let mut own = World::new().person("jane").departed("jane").live("jane");
    own.snapshot().own = Some(AccountId::parse("jane").unwrap());
    check(&own, Verdict::Block, "the credential's own account would lose access");
    let gains = World::new().person("jane").wants("jane org member\n jane analysts member").live("jane");
    let mut gains = nobody_says(gains.person("carol").departed("carol").live("carol").live("ghost"));
    gains.snapshot().own = Some(AccountId::parse("jane").unwrap());
    check(&gains, Verdict::Pass, "the credential's own account keeps its access");
}

#[test]
fn a_credential_that_nobody_knows_may_be_any_unclaimed_account() {
    let doubt = "the vendor does not tell whose the credential is";
    check(
        &nobody_says(crowd(2)),
        Verdict::Block,
        &format!("{doubt}, so that any unclaimed account may be its own, and 2 changes take access from one"),
    );
    check(&nobody_says(crowd(0)), Verdict::Pass, &format!("{doubt}, and no unclaimed account loses access"));
    let claimed = nobody_says(crowd(0).person("carol").departed("carol").live("carol"));
    check(&claimed, Verdict::Pass, &format!("{doubt}, and no unclaimed account loses access"));
    let by_hand = by(Channel::Runbook, nobody_says(crowd(1)));
    assert_eq!(verdict(&by_hand, "own-identity").0, Verdict::Block);
    let mut typo = crowd(1);
    typo.vendor.settings.identity = Some("typo@acme.example".into());
    let (_, said) = verdict(&typo, "own-identity");
    assert!(said.starts_with("no account is the `identity:` \"typo@acme.example\", so that any unclaimed"));
}

#[test]
fn a_session_that_nobody_knows_may_be_any_account_and_a_person_sees_whom_they_remove() {
    let site = || World::projects().person("ada").wants("ada site owner").listed("ada site owner");
    let doubt = "no `identity:` says whose session carries the changes out";
    let unclaimed = nobody_says(site().listed("x site member"));
    let claimed = nobody_says(site().listed("x site member").person("x").departed("x"));
    let any = format!("{doubt}, so that any account may be its own, and 1 changes take access from one");
    check(&by(Channel::Browser, unclaimed.clone()), Verdict::Block, &any);
    check(&by(Channel::Browser, claimed.clone()), Verdict::Block, &any);
    check(
        &by(Channel::Runbook, unclaimed.clone()),
        Verdict::Pass,
        &format!(
            "{doubt}; 1 changes take access from accounts that no user claims, by the hands of a person, who must not \
             be the one concerned"
        ),
    );
    let none = format!("{doubt}, and no unclaimed account loses access");
    check(&by(Channel::Runbook, claimed), Verdict::Pass, &none);
    check(&by(Channel::Browser, nobody_says(site())), Verdict::Pass, &none);
}

#[test]
fn a_protected_account_is_named_and_one_that_gains_is_not_touched() {
    let listed = |world: &World, address: &str| {
        let protected = vec![Email::parse(address).unwrap()];
        let approved = judged(world, &Guards { protected, ..guards() }, &[]);
        let verdict = approved.plan().guards.iter().find(|verdict| verdict.guard == "protected").unwrap();
        (blocking(&approved).contains(&"protected"), verdict.detail.clone())
    };
    let world = World::new().person("jane").wants("jane org member").live("jane");
    let world = world.person("carol").departed("carol").live("carol").holds("carol analysts member");
    let (blocks, said) = listed(&world, "carol@acme.example");
    assert!(blocks);
    assert_eq!(said, "carol@acme.example, carol@acme.example is protected and would lose access");
    let gains = world.wants("jane analysts member");
    assert_eq!(
        listed(&gains, "jane@acme.example"),
        (false, "no change touches the 1 protected addresses".to_owned())
    );
}
