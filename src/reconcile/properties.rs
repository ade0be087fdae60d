//! What holds for every plan, over random worlds.

mod across;
mod broken;
mod projects;
mod vendor;

use super::fixture::{World, lines};
use crate::domain::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

const NAMES: [&str; 6] = ["ada", "ben", "cyd", "dov", "eva", "fay"];
const GROUPS: [&str; 2] = ["analysts", "admins"];
const LEVELS: [&str; 2] = ["member", "admin"];

/// What a random world says of one name.
#[derive(Debug, Clone)]
struct Draw {
    declared: bool,
    standing: u8,
    live: bool,
    state: u8,
    wants: [Option<usize>; 2],
    holds: [Option<usize>; 2],
}

fn draw() -> impl Strategy<Value = Draw> {
    let levels = || prop::array::uniform2(prop::option::of(0..LEVELS.len()));
    (any::<bool>(), 0..4u8, any::<bool>(), 0..4u8, levels(), levels()).prop_map(
        |(declared, standing, live, state, wants, holds)| Draw {
            declared,
            standing,
            live,
            state,
            wants,
            holds,
        },
    )
}

fn world(draws: &[Draw], mode: Manage) -> World {
    let mut world = World::new().mode(mode);
    for (name, draw) in NAMES.iter().zip(draws) {
        if draw.declared {
            world = world.person(name);
            match draw.standing {
                0 => world = world.departed(name),
                1 => world = world.suspended(name),
                _ => world = world.wants(&rows(name, draw.wants)),
            }
        }
        if draw.live {
            world = world.live(name).holds(&rows(name, draw.holds)).account(name, |account| {
                account.state = match draw.state {
                    0 => AccountState::Suspended,
                    1 => AccountState::Invited(InvitationState::Pending),
                    _ => AccountState::Active,
                };
            });
        }
    }
    world
}

fn rows(name: &str, levels: [Option<usize>; 2]) -> String {
    let rows = GROUPS.iter().zip(levels).filter_map(|(group, level)| Some((group, LEVELS[level?])));
    rows.map(|(group, level)| format!("{name} {group} {level}\n")).collect()
}

/// The world after its plan was carried out.
fn applied(world: &World) -> World {
    let plan = world.plan();
    let mut after = world.clone();
    for change in &plan.changes {
        perform(&mut after, change);
    }
    after
}

fn perform(world: &mut World, change: &Change) {
    let label = change.account.clone().unwrap_or_default();
    let id = change.account_id.clone().or_else(|| {
        world
            .snapshot()
            .accounts
            .values()
            .find(|account| account.login == label)
            .map(|account| account.id.clone())
    });
    let snapshot = world.snapshot();
    match (&change.action, id) {
        (Action::Invite { profile, .. }, _) => {
            let name = profile.login.trim_end_matches("@acme.example").to_owned();
            let copy = world.clone().live(&name);
            *world = copy;
        }
        (Action::Grant { on, to } | Action::ChangeLevel { on, to, .. }, Some(id)) => {
            if let Some(ResourceReading::Read { holders, .. }) = snapshot.resources.get_mut(&on.name) {
                holders.insert(id, to.clone());
            }
        }
        (Action::Revoke { on, .. }, Some(id)) => {
            if let Some(ResourceReading::Read { holders, .. }) = snapshot.resources.get_mut(&on.name) {
                holders.remove(&id);
            }
        }
        (Action::Suspend, Some(id)) => set_state(snapshot, &id, AccountState::Suspended),
        (Action::Restore, Some(id)) => set_state(snapshot, &id, AccountState::Active),
        (Action::RemoveAccount | Action::CancelInvitation { on: None }, Some(id)) => {
            snapshot.accounts.remove(&id);
            for reading in snapshot.resources.values_mut() {
                if let ResourceReading::Read { holders, .. } = reading {
                    holders.remove(&id);
                }
            }
        }
        (action, id) => panic!("the model cannot perform {action:?} on {id:?}"),
    }
}

fn set_state(snapshot: &mut Snapshot, id: &AccountId, state: AccountState) {
    snapshot.accounts.get_mut(id).unwrap().state = state;
}

fn modes() -> impl Strategy<Value = Manage> {
    prop_oneof![Just(Manage::Observe), Just(Manage::Additive), Just(Manage::Authoritative)]
}

proptest! {
    #[test]
    fn the_plan_after_an_apply_is_empty(draws in prop::collection::vec(draw(), 6), mode in modes()) {
        let after = applied(&world(&draws, mode));
        prop_assert_eq!(lines(&after.plan()), Vec::<String>::new());
    }

    #[test]
    fn nobody_is_removed_and_invited_in_one_run(draws in prop::collection::vec(draw(), 6), mode in modes()) {
        let plan = world(&draws, mode).plan();
        let of = |wanted: fn(&Action) -> bool| -> BTreeSet<_> {
            plan.changes.iter().filter(|change| wanted(&change.action)).map(|change| change.account.clone()).collect()
        };
        let gone = of(|action| matches!(action, Action::RemoveAccount | Action::CancelInvitation { on: None }));
        let come = of(|action| matches!(action, Action::Invite { .. } | Action::Restore));
        prop_assert!(gone.is_disjoint(&come));
    }

    #[test]
    fn a_departed_user_gains_nothing_and_an_active_ones_declared_access_is_never_taken(
        draws in prop::collection::vec(draw(), 6), mode in modes(),
    ) {
        let world = world(&draws, mode);
        for change in &world.plan().changes {
            let Some(person) = change.user.as_ref().and_then(|user| world.people.get(user)) else { continue };
            if matches!(person.standing, Standing::Departed { .. }) {
                prop_assert!(change.action.is_removal(), "{:?}", change);
            }
            if let Action::Revoke { on, .. } = &change.action {
                let granted = world.grants.iter().any(|grant| grant.user == person.handle && grant.resource == on.name);
                prop_assert!(!granted, "{:?}", change);
            }
        }
    }

    #[test]
    fn what_the_mode_leaves_alone_is_left_alone(draws in prop::collection::vec(draw(), 6)) {
        prop_assert!(world(&draws, Manage::Observe).plan().changes.is_empty());
        for change in world(&draws, Manage::Additive).plan().changes {
            prop_assert!(change.user.is_some(), "an account that nobody declares: {:?}", change);
        }
    }

    #[test]
    fn what_comes_after_comes_later_and_exists(draws in prop::collection::vec(draw(), 6)) {
        let plan = world(&draws, Manage::Authoritative).plan();
        for (index, change) in plan.changes.iter().enumerate() {
            for id in &change.after {
                prop_assert!(plan.changes[..index].iter().any(|earlier| earlier.id == *id));
            }
        }
    }

    #[test]
    fn the_admins_group_is_never_without_an_admin_on_the_way_if_the_guard_lets_it_go(
        draws in prop::collection::vec(draw(), 6),
    ) {
        let world = world(&draws, Manage::Authoritative);
        let approved = crate::guard::judge(
            world.plan(),
            std::slice::from_ref(&world.vendor),
            &world.desired(),
            &crate::workspace::Guards::default(),
            &[],
        );
        let mut now = world.clone();
        let had = admins(&mut now) > 0;
        for change in approved.plan().changes.iter().filter(|change| !approved.is_held(&change.id)) {
            perform(&mut now, change);
            prop_assert!(!had || admins(&mut now) > 0, "headless after {:?}", change);
        }
    }
}

fn admins(world: &mut World) -> usize {
    let snapshot = world.snapshot();
    let mut count = 0;
    if let Some(ResourceReading::Read { holders, .. }) = snapshot.resources.get("admins") {
        for (id, level) in holders {
            let usable =
                snapshot.accounts.get(id).is_some_and(|account| account.state == AccountState::Active);
            count += usize::from(usable && level.as_str() == "admin");
        }
    }
    count
}
