//! The invariants, each checked by what the vendors really hold and by the oracle.

use super::disk::Disk;
use super::model::{Model, PROVIDED, PROVIDER};
use super::oracle::is_exempt;
use super::truth::{Account, Fact, Truth};
use super::world::{Scene, State};
use grantline::domain::{Action, Change, ChangeId, GuardVerdict, Plan, ReadingState, Verdict};
use grantline::guard::ApprovedPlan;
use std::collections::BTreeSet;

/// A breach: which invariant, and what was seen.
pub(crate) type Breach = (u8, String);

/// Checks what an effect of the program did.
pub(crate) fn after_effect(
    state: &mut State,
    disk: &Disk,
    vendor: usize,
    before: &Truth,
    facts: &[Fact],
) -> Vec<Breach> {
    let State { model, scenes, plan, .. } = state;
    let mut broken = Vec::new();
    for fact in facts {
        broken.extend(after_its_provider(plan.as_ref(), scenes, model, vendor, fact));
    }
    let scene = &mut scenes[vendor];
    for fact in facts {
        broken.extend(only_the_plan(plan.as_ref(), disk, model, vendor, fact));
        broken.extend(no_lock_out(fact));
        broken.extend(not_twice(scene, fact));
        let raced = fact.login().is_some_and(|login| scene.raced.contains(login));
        if !raced {
            broken.extend(towards_the_goal(scene, fact));
        }
    }
    broken.extend(never_headless(model, vendor, before, scene));
    // Where somebody else has had a hand in it, nothing but the vendor says what comes of it.
    if facts.iter().any(|fact| fact.login().is_some_and(|login| scene.raced.contains(login))) {
        scene.goal = super::oracle::expect(&scene.truth, model, vendor);
    }
    broken
}

/// Invariants 1 and 4: every effect is a change's of the plan that is being carried out, and it was on the disk that the
/// change was about to be sent.
fn only_the_plan(
    plan: Option<&ApprovedPlan>,
    disk: &Disk,
    model: &Model,
    vendor: usize,
    fact: &Fact,
) -> Option<Breach> {
    let Some(approved) = plan else { return Some((1, format!("{fact:?} without any plan"))) };
    let name = model.sites[vendor].name;
    let mut asked = approved.plan().changes.iter().filter(|change| {
        change.vendor.as_str() == name
            && change.waits.is_none()
            && !approved.is_held(&change.id)
            && brings_about(change, model, fact)
    });
    let Some(change) = asked.next() else {
        return Some((1, format!("{fact:?} at {name}, which no change of the plan asks for")));
    };
    let intended =
        disk.is_intended(change.id.as_str()) || asked.any(|other| disk.is_intended(other.id.as_str()));
    (!intended).then(|| (4, format!("{fact:?} by {}, of which the journal knows nothing", change.id)))
}

/// Invariant 1: nothing is taken that a provider would give again, as long as the plan knows of that provider.
fn after_its_provider(
    plan: Option<&ApprovedPlan>,
    scenes: &[Scene],
    model: &Model,
    vendor: usize,
    fact: &Fact,
) -> Option<Breach> {
    let (Fact::Removed(login) | Fact::Suspended(login)) = fact else { return None };
    let group = model.provided.as_ref().filter(|_| vendor == PROVIDED)?;
    let provider = &scenes[PROVIDER];
    let name = model.sites[PROVIDER].name;
    let read = |plan: &ApprovedPlan| {
        plan.plan().vendors.get(name).is_some_and(|one| one.state == ReadingState::Complete)
    };
    // A provider that says an account is gone is believed, where it cannot be read afterwards.
    if provider.truth.accounts.get(login).is_some_and(|account| provider.denied.contains(&account.id)) {
        return None;
    }
    let raced = [provider, &scenes[vendor]].iter().any(|scene| scene.raced.contains(login));
    if provider.lags || raced || !plan.is_some_and(read) {
        return None;
    }
    let gives = provider.truth.groups.get(group).is_some_and(|members| members.contains(login))
        && provider.truth.accounts.get(login).is_some_and(|account| account.active);
    gives.then(|| (1, format!("{fact:?} while {name} still gives it")))
}

/// Whether a change asks for this.
fn brings_about(change: &Change, model: &Model, fact: &Fact) -> bool {
    let on = |group: &str| change.action.target().is_some_and(|on| on.display.as_deref() == Some(group));
    let org = || change.action.target().is_some_and(|on| on.name.is_org());
    if let Some(login) = fact.login()
        && subject(change, model).as_deref() != Some(login)
    {
        return false;
    }
    match (&change.action, fact) {
        (Action::Invite { .. }, Fact::Created(_) | Fact::Restored(_))
        | (Action::RemoveAccount, Fact::Removed(_))
        | (Action::Suspend, Fact::Suspended(_))
        | (Action::Restore, Fact::Restored(_)) => true,
        (Action::UpdateAccount { to, .. }, Fact::Named(_, name)) => to.name.as_deref() == Some(name),
        (Action::Grant { to, .. } | Action::ChangeLevel { to, .. }, Fact::Level(_, _, level)) => {
            org() && level.as_deref().unwrap_or("member") == to.as_str()
        }
        (Action::Revoke { .. }, Fact::Level(_, _, None)) => org(),
        (Action::Grant { .. }, Fact::Joined(group, _)) | (Action::Revoke { .. }, Fact::Left(group, _)) => {
            on(group)
        }
        (Action::CreateResource { .. }, Fact::Made(group) | Fact::Doubled(group)) => on(group),
        _ => false,
    }
}

/// The sign-in name that a change is about.
fn subject(change: &Change, model: &Model) -> Option<String> {
    let login = change.account.as_ref().map(|login| login.to_lowercase());
    login.or_else(|| {
        let user = change.user.as_ref()?;
        model.people.iter().find(|person| person.handle == user.as_str()).map(|person| person.email.clone())
    })
}

/// Invariants 2 and 8: whoever loses something should not have it, and what nobody manages does not move.
fn towards_the_goal(scene: &Scene, fact: &Fact) -> Option<Breach> {
    let goal = &scene.goal;
    let account = |login: &String| goal.accounts.get(login);
    let in_group = |group: &String, login: &String| {
        goal.groups.get(group).is_some_and(|members| members.contains(login))
    };
    let right = match fact {
        Fact::Created(login) => account(login).is_some(),
        Fact::Removed(login) => account(login).is_none(),
        Fact::Suspended(login) => account(login).is_none_or(|one| !one.active),
        Fact::Restored(login) => account(login).is_some_and(|one| one.active),
        Fact::Named(login, name) => account(login).is_some_and(|one| one.name == *name),
        Fact::Level(login, _, to) => account(login).is_none_or(|one| one.level == *to),
        Fact::Made(group) => goal.groups.contains_key(group),
        Fact::Joined(group, login) => in_group(group, login),
        Fact::Left(group, login) => !in_group(group, login),
        Fact::Unmade(_) | Fact::Doubled(_) => false,
    };
    let invariant = match fact {
        Fact::Doubled(_) => 4,
        _ if fact.is_loss() => 2,
        _ => 8,
    };
    (!right).then(|| (invariant, format!("{fact:?}, which nobody asks for")))
}

/// Invariant 4: nothing happens twice, however often the program dies.
fn not_twice(scene: &mut Scene, fact: &Fact) -> Option<Breach> {
    (!scene.made.insert(fact.clone())).then(|| (4, format!("{fact:?} for the second time")))
}

/// Invariant 5: no loss leaves fewer admins than the guard says, or than there were where these are fewer.
pub(crate) fn never_headless(model: &Model, vendor: usize, before: &Truth, scene: &Scene) -> Option<Breach> {
    if !model.sites[vendor].has_roles {
        return None;
    }
    let (had, has) = (before.admins(), scene.truth.admins());
    if has.len() >= had.len() || has.len() >= model.min_admins.min(scene.admins) {
        return None;
    }
    // Somebody else may have taken an admin away since the vendor was read, and their account with it.
    if !scene.raced.is_subset(&scene.provided) {
        return None;
    }
    Some((5, format!("of the admins {had:?} there are only {has:?} left, and {} must be", model.min_admins)))
}

/// Invariant 11: the credential's own account and the protected one lose nothing.
fn no_lock_out(fact: &Fact) -> Option<Breach> {
    let exempt = fact.login().is_some_and(is_exempt);
    (exempt && fact.is_loss()).then(|| (11, format!("{fact:?}")))
}

/// Invariant 10: every change says why.
pub(crate) fn says_why(plan: &Plan) -> Option<Breach> {
    let silent = plan.changes.iter().find(|change| change.because.is_empty())?;
    Some((10, format!("{} {} says nothing of why", silent.id, silent.action.word())))
}

/// Invariant 2: whoever is there is not taken for absent, and nothing is planned at a vendor that was not read.
pub(crate) fn unread_is_not_absent(state: &State, plan: &Plan) -> Option<Breach> {
    for change in &plan.changes {
        let read = plan.vendors.get(&change.vendor).is_some_and(|one| one.state == ReadingState::Complete);
        if !read {
            return Some((2, format!("{} is planned at a vendor that was not read", change.id)));
        }
        let at = state.model.sites.iter().position(|site| site.name == change.vendor.as_str())?;
        let scene = &state.scenes[at];
        let Some(login) = subject(change, &state.model) else { continue };
        let is_there = scene.truth.accounts.contains_key(&login);
        if matches!(change.action, Action::Invite { .. })
            && is_there
            && !scene.lags
            && !scene.raced.contains(&login)
        {
            return Some((2, format!("{} invites {login}, who has an account", change.id)));
        }
    }
    None
}

/// Invariant 7: what is called done is so.
///
/// A change is about one account, and not about a name: somebody else may have removed that account since and given the
/// person another one, which says nothing of what became of the change.
pub(crate) fn done_is_true(change: &Change, model: &Model, scene: &Scene) -> Option<Breach> {
    let truth = &scene.truth;
    let login = subject(change, model);
    if is_raced(change, model, scene) {
        return None;
    }
    let is_its = |one: &&Account| change.account_id.as_ref().is_none_or(|id| id.as_str() == one.id);
    let account = login.as_ref().and_then(|login| truth.accounts.get(login)).filter(is_its);
    let group = || change.action.target().and_then(|on| truth.groups.get(on.display.as_deref()?));
    let is_in = || {
        account.is_some()
            && group().zip(login.as_ref()).is_some_and(|(members, login)| members.contains(login))
    };
    let org = change.action.target().is_some_and(|on| on.name.is_org());
    let level = || account.map(|one| one.level.as_deref().unwrap_or("member"));
    let holds = match &change.action {
        Action::CreateResource { .. } => group().is_some(),
        Action::Invite { .. } | Action::Restore => account.is_some_and(|one| one.active),
        Action::Grant { to, .. } | Action::ChangeLevel { to, .. } if org => level() == Some(to.as_str()),
        Action::Grant { .. } => is_in(),
        Action::Revoke { .. } if org => level().is_none_or(|level| level == "member"),
        Action::Revoke { .. } => !is_in(),
        Action::UpdateAccount { to, .. } => account.is_some_and(|one| Some(&*one.name) == to.name.as_deref()),
        Action::Suspend => account.is_none_or(|one| !one.active),
        Action::RemoveAccount => account.is_none(),
        _ => true,
    };
    (!holds).then(|| {
        (7, format!("{} ({} of {login:?}) is called done and is not", change.id, change.action.word()))
    })
}

/// Whether a vendor or a person would notice the change a second time. The list is this checker's own, since the
/// product's is among what is checked.
pub(crate) fn would_be_noticed(change: &Change) -> bool {
    matches!(change.action, Action::CreateResource { .. } | Action::Invite { .. })
}

/// Whether somebody else has had a hand in the account that the change is about.
pub(crate) fn is_raced(change: &Change, model: &Model, scene: &Scene) -> bool {
    subject(change, model).is_some_and(|login| scene.raced.contains(&login))
}

/// Invariants 4 and 9: the vendor holds what it must, but for what it refuses itself.
pub(crate) fn converged(state: &State, vendor: usize) -> Option<Breach> {
    let scene = &state.scenes[vendor];
    let mut left = scene.truth.changes(&scene.goal);
    // Ids differ from what is expected, which knows none.
    left.retain(|fact| fact.login().is_none() || fact.login() != state.poisoned.as_deref());
    left.retain(|fact| !is_spared(state, vendor, fact));
    let invariant = if state.poisoned.is_some() { 9 } else { 4 };
    (!left.is_empty()).then(|| (invariant, format!("v{vendor} never got there; still to come: {left:?}")))
}

/// Whether the plan withholds what a provider would take because the vendor behind it would have too few admins. A
/// workspace may ask for that; a guard must not let it have it. What a vendor's own changes do is never withheld here:
/// no company asks for too much of these alone.
fn is_spared(state: &State, vendor: usize, fact: &Fact) -> bool {
    let Some(approved) = &state.plan else { return false };
    let plan = approved.plan();
    let name = state.model.sites[vendor].name;
    let reaches_over = |verdict: &&GuardVerdict| {
        let there = |id: &ChangeId| plan.changes.iter().find(|change| change.id == *id);
        let is_others = |id: &ChangeId| there(id).is_some_and(|change| change.vendor != verdict.vendor);
        verdict.guard == "min-admins"
            && verdict.verdict == Verdict::Block
            && verdict.holds.iter().any(is_others)
    };
    let held: BTreeSet<&ChangeId> =
        plan.guards.iter().filter(reaches_over).flat_map(|verdict| &verdict.holds).collect();
    plan.changes.iter().any(|change| {
        change.vendor.as_str() == name
            && held.contains(&change.id)
            && brings_about(change, &state.model, fact)
    })
}
