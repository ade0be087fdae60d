//! People who have something at the provided vendor and not the provider's group that its accounts come through: who they
//! are, and what must hold of them. Whoever loses the group loses the account with it, although the vendor's own part of
//! a plan takes nothing there; the plan says so, guards count it, and a later plan opens the account again.

use super::chance::Chance;
use super::disk::Disk;
use super::invariants::{Breach, never_headless};
use super::model::{Model, PROVIDED, PROVIDER, Person, Spot, Standing};
use super::oracle::is_exempt;
use super::truth::{Fact, Truth};
use super::world::{Scene, State};
use grantline::domain::{Action, Change, Plan, ReadingState};
use std::collections::BTreeSet;

/// How many a company has at most.
const MOST: usize = 2;

/// Decides whether the company ever has any, and who they are from the start.
pub(crate) fn found(model: &mut Model, poisoned: Option<&str>, chance: &mut Chance) {
    if model.provided.is_none() || !chance.percent(34) {
        return;
    }
    model.outside = Some(BTreeSet::new());
    if chance.percent(70) {
        edit(model, poisoned, chance);
    }
}

/// Somebody gives the group up and stays, or gets it again.
pub(crate) fn edit(model: &mut Model, poisoned: Option<&str>, chance: &mut Chance) {
    let Some(mut outside) = model.outside.take() else { return };
    for _ in 0..=chance.below(MOST) {
        let at = chance.below(model.people.len());
        let has_roles = model.sites[PROVIDED].has_roles;
        let person = &mut model.people[at];
        if is_exempt(&person.email) || Some(person.email.as_str()) == poisoned {
            continue;
        }
        if !outside.remove(&person.handle) && outside.len() < MOST {
            outside.insert(person.handle.clone());
            person.standing = Standing::Active;
            if has_roles && chance.percent(50) {
                person.holds.insert(Spot { vendor: PROVIDED, group: None }, "admin");
            }
        }
    }
    model.outside = Some(outside);
}

/// Gives everybody what goes with what they have: those outside something at the vendor and not the group, and to all
/// others both or neither.
pub(crate) fn settle(model: &mut Model, poisoned: Option<&str>) {
    let Some(group) = model.provided.clone() else { return };
    let source = Spot { vendor: PROVIDER, group: Some(group) };
    for person in &mut model.people {
        let is_outside = model.outside.as_ref().is_some_and(|outside| outside.contains(&person.handle));
        if is_outside {
            person.holds.remove(&source);
        }
        let is_there = person.holds.keys().any(|spot| spot.vendor == PROVIDED);
        if is_outside || person.holds.contains_key(&source) {
            person.holds.entry(Spot { vendor: PROVIDED, group: None }).or_insert("member");
        } else if is_there && Some(person.email.as_str()) != poisoned {
            person.holds.insert(source.clone(), "member");
        }
    }
}

/// Whether the person is to be at the provided vendor and not to have what gives an account there.
fn is_outside(model: &Model, person: &Person) -> bool {
    let group = model.provided.as_ref();
    group.is_some_and(|group| person.is_wanted_at(PROVIDED) && !person.is_in(PROVIDER, group))
}

/// Invariants 1, 4 and 5, of what the provider did because of what the program did there.
pub(crate) fn after_the_provider(
    state: &mut State,
    disk: &Disk,
    before: &Truth,
    facts: &[Fact],
) -> Vec<Breach> {
    let mut broken: Vec<Breach> =
        facts.iter().filter_map(|fact| foreseen(state, disk, before, fact)).collect();
    let stays = |login: &str| state.model.person(login).is_some_and(|one| is_outside(&state.model, one));
    let taken = facts.iter().filter(|fact| matches!(fact, Fact::Suspended(login) if stays(login))).count();
    state.tally.taken += u64::try_from(taken).unwrap_or(0);
    let read = state.plan.as_ref().is_some_and(|approved| are_read(state, approved.plan()));
    let lags = state.scenes.iter().any(|scene| scene.lags);
    let scene = &mut state.scenes[PROVIDED];
    if !read {
        return broken;
    }
    broken.extend(never_headless(&state.model, PROVIDED, before, scene));
    // Program and provider must not go on for ever, each undoing what the other did. A plan that saw the provider late, or
    // not at all, cannot know what it does.
    let again = facts.iter().filter(|fact| !lags && !scene.passed_on.insert((*fact).clone()));
    broken.extend(again.map(|fact| (4, format!("{fact:?} by the provider for the second time"))));
    broken
}

/// Invariant 1: whose account goes with what the plan takes at the provider, is among those of whom the plan says so, and
/// by a change that it did not hold back.
fn foreseen(state: &State, disk: &Disk, before: &Truth, fact: &Fact) -> Option<Breach> {
    let Fact::Suspended(login) = fact else { return None };
    let Some(approved) = &state.plan else { return Some((1, format!("{fact:?} without any plan"))) };
    let plan = approved.plan();
    if is_blurred(&state.scenes, login) || !are_read(state, plan) {
        return None;
    }
    let id = &before.accounts.get(login)?.id;
    let name = state.model.sites[PROVIDED].name;
    // A plan can list no account that it makes itself; it says that the provider would not keep it.
    let makes = |change: &Change| {
        change.vendor.as_str() == name
            && matches!(change.action, Action::Invite { .. })
            && change.account.as_deref() == Some(login)
    };
    if plan.changes.iter().any(makes) {
        return None;
    }
    let mut losses =
        plan.losses.iter().filter(|loss| loss.vendor.as_str() == name && loss.account.as_str() == id);
    let told =
        losses.any(|loss| loss.by.iter().any(|by| !approved.is_held(by) && disk.is_intended(by.as_str())));
    (!told).then(|| (1, format!("{fact:?} at {name} by its provider, which the plan did not foresee")))
}

/// Whether what a plan says of somebody may rest on something that is so no more.
fn is_blurred(scenes: &[Scene], login: &str) -> bool {
    scenes.iter().any(|scene| scene.lags || scene.raced.contains(login))
}

/// Whether the plan was made from both vendors.
fn are_read(state: &State, plan: &Plan) -> bool {
    let read = |name| plan.vendors.get(name).is_some_and(|one| one.state == ReadingState::Complete);
    [PROVIDER, PROVIDED].into_iter().all(|at| read(state.model.sites[at].name))
}

/// Invariant 10: the plan warns of everybody whom it takes the group from, or gives an account without it, and of nobody
/// else.
pub(crate) fn is_told(state: &State, plan: &Plan) -> Option<Breach> {
    let group = state.model.provided.as_ref()?;
    if !are_read(state, plan) {
        return None;
    }
    let provider = &state.scenes[PROVIDER].truth;
    for person in state.model.people.iter().filter(|person| !is_blurred(&state.scenes, &person.email)) {
        let login = &person.email;
        let warned = plan.findings.iter().any(|finding| {
            finding.code == "not-provisioned"
                && finding.user.as_ref().is_some_and(|user| user.as_str() == person.handle)
        });
        let outside = is_outside(&state.model, person);
        let has_group = provider.groups.get(group).is_some_and(|members| members.contains(login))
            && provider.accounts.get(login).is_some_and(|account| account.active);
        let opens = plan.changes.iter().any(|change| opens(change, state, &person.handle));
        if warned && !outside {
            return Some((10, format!("the plan says that {login} gets no account, who gets one")));
        }
        if outside && !warned && (has_group || opens) {
            return Some((
                10,
                format!("the plan does not say that {login} gets no account from the provider"),
            ));
        }
    }
    None
}

/// Whether the change gives somebody an account at the provided vendor, or opens theirs.
fn opens(change: &Change, state: &State, handle: &str) -> bool {
    matches!(change.action, Action::Invite { .. } | Action::Restore)
        && change.vendor.as_str() == state.model.sites[PROVIDED].name
        && change.user.as_ref().is_some_and(|user| user.as_str() == handle)
}
