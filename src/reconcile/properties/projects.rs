//! What holds at every step of every plan over random projects, with a vendor that holds its own rules.

use super::super::fixture::World;
use super::modes;
use super::vendor::{accept_all, carry_out, pending, recount};
use crate::domain::*;
use crate::guard::{ApprovedPlan, judge};
use crate::workspace::{Guards, MaxRemovals};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const NAMES: [&str; 8] = ["ada", "ben", "cyd", "dov", "eva", "fay", "gil", "hal"];
const PROJECTS: [&str; 2] = ["shop", "site"];
const LEVELS: [&str; 3] = ["member", "admin", "Viewer"];
const STATES: [&str; 3] = ["pending", "expired", "declined"];
const LIMIT: usize = 2;

/// What a random world says of one name.
#[derive(Debug, Clone)]
struct Draw {
    declared: bool,
    standing: u8,
    wants: [Option<usize>; 2],
    rows: [Row; 2],
}

#[derive(Debug, Clone)]
enum Row {
    Nothing,
    Holds(usize),
    Offered(usize, usize, Option<i64>),
}

#[derive(Debug, Clone)]
struct Worlds {
    draws: Vec<Draw>,
    owners: [Option<usize>; 2],
    heirs: [Option<usize>; 2],
    protected: Option<usize>,
    identity: Option<usize>,
    mode: Manage,
    min_admins: usize,
}

fn row() -> impl Strategy<Value = Row> {
    prop_oneof![
        2 => Just(Row::Nothing),
        3 => prop_oneof![6 => 0..2usize, 1 => Just(2usize)].prop_map(Row::Holds),
        2 => (0..2usize, 0..STATES.len(), prop::option::of(0..20i64))
            .prop_map(|(level, state, days)| Row::Offered(level, state, days)),
    ]
}

fn draw() -> impl Strategy<Value = Draw> {
    let wants = prop::array::uniform2(prop::option::of(0..2usize));
    (prop::bool::weighted(0.8), 0..6u8, wants, prop::array::uniform2(row()))
        .prop_map(|(declared, standing, wants, rows)| Draw { declared, standing, wants, rows })
}

fn worlds() -> impl Strategy<Value = Worlds> {
    let one = || prop::array::uniform2(prop::option::weighted(0.7, 0..NAMES.len()));
    let rare = || prop::option::weighted(0.3, 0..NAMES.len());
    (prop::collection::vec(draw(), NAMES.len()), one(), one(), rare(), rare(), modes(), 1..3usize).prop_map(
        |(draws, owners, heirs, protected, identity, mode, min_admins)| Worlds {
            draws,
            owners,
            heirs,
            protected,
            identity,
            mode,
            min_admins,
        },
    )
}

fn address(name: usize) -> String {
    format!("{}@acme.example", NAMES[name])
}

fn world(of: &Worlds) -> World {
    let mut world = World::projects().mode(of.mode);
    world.vendor.spec.limits.pending_invitations = Some(LIMIT);
    world.min_admins = of.min_admins;
    world.protected = of.protected.map(|name| Email::parse(&address(name)).unwrap()).into_iter().collect();
    if let Some(name) = of.identity {
        world.vendor.settings.identity = Some(address(name).into());
    }
    for (number, (name, draw)) in NAMES.iter().zip(&of.draws).enumerate() {
        if draw.declared {
            world = world.person(name);
            match draw.standing {
                0 => world = world.departed(name),
                1 => world = world.suspended(name),
                _ => world = wanting(world, of, number),
            }
        }
        for (at, on) in PROJECTS.iter().enumerate() {
            world = match &draw.rows[at] {
                _ if of.owners[at] == Some(number) => world.listed(&format!("{name} {on} owner")),
                Row::Nothing => world,
                Row::Holds(level) => world.listed(&format!("{name} {on} {}", LEVELS[*level])),
                Row::Offered(level, state, days) => {
                    let full = pending(&mut world, on) >= LIMIT && STATES[*state] == "pending";
                    let state = if full { "expired" } else { STATES[*state] };
                    let days = days.map_or_else(String::new, |days| days.to_string());
                    world.offered(&format!("{name} {on} {} {state} {days}", LEVELS[*level]))
                }
            };
        }
    }
    recount(&mut world);
    world
}

fn wanting(mut world: World, of: &Worlds, name: usize) -> World {
    for (at, on) in PROJECTS.iter().enumerate() {
        let level = match of.draws[name].wants[at] {
            _ if of.heirs[at] == Some(name) => "owner",
            Some(level) => LEVELS[level],
            None => continue,
        };
        world = world.wants(&format!("{} {on} {level}", NAMES[name]));
    }
    world
}

fn approve(world: &World) -> ApprovedPlan {
    let guards = Guards {
        max_removals: MaxRemovals { percent: 100, at_least: 100 },
        min_admins: u32::try_from(world.min_admins).unwrap(),
        protected: world.protected.clone(),
        ..Guards::default()
    };
    let first = vec![Override { guard: "empty-reading".to_owned(), because: "first run".to_owned() }];
    judge(world.plan(), std::slice::from_ref(&world.vendor), &world.desired(), &guards, &first)
}

/// What must not get worse.
struct Start {
    owned: BTreeMap<&'static str, bool>,
    admins: BTreeMap<&'static str, usize>,
}

fn admins(world: &mut World, on: &str) -> usize {
    let kind = world.vendor.spec.kinds[0].clone();
    world.holders(on).values().filter(|level| kind.is_admin(level)).count()
}

fn owners(world: &mut World, on: &str) -> usize {
    world.holders(on).values().filter(|level| level.as_str() == "owner").count()
}

impl Start {
    fn of(world: &mut World) -> Self {
        let owned = PROJECTS.iter().map(|on| (*on, owners(world, on) > 0)).collect();
        let admins = PROJECTS.iter().map(|on| (*on, admins(world, on))).collect();
        Self { owned, admins }
    }

    fn check(&self, now: &mut World, change: &Change) {
        for on in PROJECTS {
            assert_eq!(owners(now, on), usize::from(self.owned[on]), "owners of {on} after {change:?}");
            let least = self.admins[on].min(now.min_admins);
            assert!(admins(now, on) >= least, "headless {on} after {change:?}");
            assert!(pending(now, on) <= LIMIT, "too many pending after {change:?}");
        }
    }
}

/// The own and the protected accounts lost nothing between two moments.
fn check_untouched(of: &Worlds, before: &mut World, after: &mut World, change: &Change) {
    let kind = after.vendor.spec.kinds[0].clone();
    for name in [of.identity, of.protected].into_iter().flatten() {
        let id = AccountId::parse(&address(name)).unwrap();
        for on in PROJECTS {
            let Some(had) = before.holders(on).get(&id).cloned() else { continue };
            // An owner has it all, whatever an unknown level gave.
            let more = |level: &Level| level.as_str() == "owner" || !kind.is_lowering(&had, level);
            let kept = after.holders(on).get(&id).is_some_and(more);
            assert!(kept, "{id} lost {had} on {on} by {change:?}");
        }
    }
}

/// Carries out what may be, in order, but for those that fail; returns how many were carried out.
fn run(of: &Worlds, world: &mut World, approved: &ApprovedPlan, fails: &BTreeSet<usize>) -> usize {
    let start = Start::of(world);
    let mut done: BTreeSet<&ChangeId> = BTreeSet::new();
    for (number, change) in approved.plan().changes.iter().enumerate() {
        let free = change.after.iter().all(|id| done.contains(id));
        if change.waits.is_some() || approved.is_held(&change.id) || !free || fails.contains(&number) {
            continue;
        }
        let mut before = world.clone();
        if let Err(rule) = carry_out(world, change) {
            panic!("{rule}: {change:?}");
        }
        start.check(world, change);
        check_untouched(of, &mut before, world, change);
        done.insert(&change.id);
    }
    done.len()
}

proptest! {
    #[test]
    fn never_headless_and_no_lock_out_at_any_step_whatever_fails(
        of in worlds(), fails in prop::collection::btree_set(0..12usize, 0..6),
    ) {
        let mut world = world(&of);
        let approved = approve(&world);
        run(&of, &mut world, &approved, &fails);
        // What was left is planned again, from wherever it stopped.
        let approved = approve(&world);
        run(&of, &mut world, &approved, &BTreeSet::new());
    }

    #[test]
    fn once_everybody_has_accepted_there_is_nothing_left_to_do(of in worlds()) {
        let mut world = world(&of);
        let mut rounds = 0;
        loop {
            let approved = approve(&world);
            let carried = run(&of, &mut world, &approved, &BTreeSet::new());
            let pending: usize = PROJECTS.iter().map(|on| pending(&mut world, on)).sum();
            accept_all(&mut world);
            if carried + pending == 0 {
                check_settled(&mut world, &approved);
                break;
            }
            rounds += 1;
            prop_assert!(rounds < 12, "it goes on for ever: {:?}", super::lines(approved.plan()));
        }
    }
}

/// What is left is held by a guard, or waits for somebody who has declined.
fn check_settled(world: &mut World, approved: &ApprovedPlan) {
    let mut left: BTreeSet<&ChangeId> = BTreeSet::new();
    for change in &approved.plan().changes {
        let declined = change.waits.is_some() && {
            let on = change.action.target().unwrap().name.clone();
            let offer = change.account_id.as_ref().and_then(|id| world.offers(on.as_str()).get(id));
            offer.is_some_and(|offer| offer.state == InvitationState::Declined)
        };
        let behind = change.after.iter().any(|id| left.contains(id));
        assert!(approved.is_held(&change.id) || declined || behind, "left over: {change:?}");
        left.insert(&change.id);
    }
}
