//! Invariant 9 over random worlds in which records that could not be understood stand among the accounts.

use super::{Draw, GROUPS, LEVELS, NAMES, draw, modes, world};
use crate::domain::*;
use crate::reconcile::fixture::{World, crm};
use proptest::prelude::*;
use std::sync::Arc;

/// A record: whose sign-in name it has, whose mark, who is pinned to it, and what it holds.
#[derive(Debug, Clone)]
struct Record {
    login: Option<usize>,
    mark: Option<usize>,
    pinned: Option<usize>,
    with_id: bool,
    holds: [Option<usize>; 2],
}

fn record() -> impl Strategy<Value = Record> {
    let name = || prop::option::weighted(0.3, 0..NAMES.len());
    let holds = prop::array::uniform2(prop::option::of(0..LEVELS.len()));
    (prop::option::weighted(0.8, 0..NAMES.len()), name(), name(), any::<bool>(), holds)
        .prop_map(|(login, mark, pinned, with_id, holds)| Record { login, mark, pinned, with_id, holds })
}

fn id(number: usize) -> AccountId {
    AccountId::parse(&format!("broken-{number}")).unwrap()
}

/// The world with these records, of which nobody's account could be read twice.
fn with(draws: &[Draw], records: &[Record], mode: Manage) -> World {
    let mut world = world(draws, mode);
    for (number, record) in records.iter().enumerate() {
        let login = record.login.map_or("x".to_owned(), |name| format!("{}@acme.example", NAMES[name]));
        world = world.broken(id(number).as_str(), &login).record(id(number).as_str(), |one| {
            one.external_id = record.mark.map(|name| Arc::from(format!("grantline:{}", NAMES[name])));
            if !record.with_id {
                one.id = None;
            }
        });
        if !record.with_id {
            continue;
        }
        for (group, level) in GROUPS.iter().zip(record.holds) {
            if let Some(level) = level {
                world = world.holds_broken(id(number).as_str(), group, LEVELS[level]);
            }
        }
        if let Some(person) = record.pinned.and_then(|name| world.people.get_mut(NAMES[name])) {
            person.accounts.insert(crm(), id(number));
        }
    }
    world
}

/// Whether the record may be this person's, as anybody would say.
fn may_be(one: &Broken, person: &Person) -> bool {
    let marked = one.external_id.as_deref() == Some(&*format!("grantline:{}", person.handle));
    one.emails.contains(&person.email)
        || marked
        || one.id.is_some() && person.accounts.get(&crm()) == one.id.as_ref()
}

proptest! {
    #[test]
    fn nobody_is_invited_who_may_be_a_broken_record_and_none_is_touched(
        draws in prop::collection::vec(draw(), 6),
        records in prop::collection::vec(record(), 0..4),
        mode in modes(),
    ) {
        let mut world = with(&draws, &records, mode);
        let plan = world.plan();
        let broken = world.snapshot().broken.clone();
        let anybodys = broken.iter().any(|one| {
            one.emails.is_empty() && !world.people.values().any(|person| may_be(one, person))
        });
        for change in &plan.changes {
            prop_assert!(!anybodys || !matches!(change.action, Action::Invite { .. }), "{:?}", change);
            let touched = broken.iter().any(|one| one.id.is_some() && one.id == change.account_id);
            prop_assert!(!touched, "{:?}", change);
            if let Some(person) = change.user.as_ref().and_then(|user| world.people.get(user)) {
                let meant = broken.iter().any(|one| may_be(one, person));
                let gains = !change.action.is_removal();
                prop_assert!(!(meant && gains), "{:?}", change);
            }
        }
        let told = plan.findings.iter().filter(|finding| finding.code == "broken-account").count();
        prop_assert!(told >= usize::from(!broken.is_empty()));
    }

    #[test]
    fn a_broken_record_adds_no_change_and_takes_none_from_others(
        draws in prop::collection::vec(draw(), 6),
        records in prop::collection::vec(record(), 1..4),
        mode in modes(),
    ) {
        let mut world = with(&draws, &records, mode);
        let what = |world: &World| -> Vec<_> {
            let changes = world.plan().changes.into_iter();
            changes.map(|change| (change.user, change.account, change.account_id, change.action)).collect()
        };
        let planned = what(&world);
        let broken = std::mem::take(&mut world.snapshot().broken);
        let whole = what(&world);
        let person = |user: &Option<UserName>| user.as_ref().and_then(|user| world.people.get(user));
        // To whom an account is pinned that is not there at all, another rule applies.
        let pinned = |user| person(user).is_some_and(|person| !person.accounts.is_empty());
        for change in planned.iter().filter(|change| !pinned(&change.0)) {
            prop_assert!(whole.contains(change), "{:?}", change);
        }
        for change in whole.iter().filter(|change| !planned.contains(change)) {
            let person = person(&change.0);
            let anybody = broken.iter().any(|one| one.emails.is_empty());
            let meant = person.is_some_and(|person| broken.iter().any(|one| may_be(one, person)));
            prop_assert!(meant || (anybody && !change.3.is_removal()), "{:?}", change);
        }
    }
}
