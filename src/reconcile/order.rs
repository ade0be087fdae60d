//! The order of execution, which is part of the plan: what people lose who leave the vendor, then resources, then
//! ownership that is handed over, then offers that are withdrawn, then gains with admins first, and behind the last
//! successor those who could not leave before; then the losses of those who stay, with admins first; and what must be
//! done before what.

use super::Context;
use super::accounts::Wanted;
use super::admins::Admins;
use super::draft::Draft;
use crate::domain::{AccountId, Action, Change, ChangeId, Loss, ResourceName, ResourceReading, UserName};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Resources,
    Handovers,
    Offers,
    AdminGains,
    Gains,
    AdminLosses,
    Losses,
}

/// Orders and numbers the drafts.
pub(super) fn order(
    context: &Context<'_>,
    drafts: Vec<Draft<'_>>,
    wanted: &Wanted<'_>,
    keep: (usize, &[Loss]),
) -> Vec<Change> {
    let admins = Admins::read(context);
    let moving = Moving::of(&admins, &drafts);
    let mut keyed: Vec<(Key, Draft<'_>)> =
        drafts.into_iter().map(|draft| (key(context, &draft, &moving), draft)).collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    let changes = keyed.into_iter().enumerate().map(|(index, (_, draft))| number(context, draft, index + 1));
    let mut changes: Vec<Change> = changes.collect();
    link(context, &admins, &mut changes, keep);
    leavers_first(context, wanted, changes)
}

/// Puts first what people lose who are to have nothing here, so that no gain that fails can hold it up; and what of it
/// comes after a gain or a transfer, right behind those. The losses of those who stay keep their place: they should not
/// fall between.
fn leavers_first(context: &Context<'_>, wanted: &Wanted<'_>, changes: Vec<Change>) -> Vec<Change> {
    let leaves = |change: &Change| {
        let stays = change.user.as_ref().is_some_and(|user| wanted.contains_key(user));
        !stays && lowers(context, &change.action)
    };
    let leavers: BTreeSet<&AccountId> = changes
        .iter()
        .filter(|change| leaves(change))
        .filter_map(|change| change.account_id.as_ref())
        .collect();
    let last: BTreeSet<AccountId> = last_holders(context, &leavers, &changes);
    let is_last = |change: &Change| change.account_id.as_ref().is_some_and(|id| last.contains(id));
    let is_first = |change: &Change| leaves(change) && change.after.is_empty() && !is_last(change);
    let is_second = |change: &Change| leaves(change) && !change.after.is_empty() && !is_last(change);
    let second: BTreeSet<ChangeId> =
        changes.iter().filter(|change| is_second(change)).map(|change| change.id.clone()).collect();
    let (mut ordered, rest): (Vec<Change>, Vec<Change>) = changes.into_iter().partition(is_first);
    let (second, mut rest): (Vec<Change>, Vec<Change>) =
        rest.into_iter().partition(|change| second.contains(&change.id));
    let before: BTreeSet<&ChangeId> = second.iter().flat_map(|change| &change.after).collect();
    let behind = rest.iter().rposition(|change| before.contains(&change.id)).map_or(0, |at| at + 1);
    let later = rest.split_off(behind);
    ordered.extend(rest.into_iter().chain(second).chain(later));
    let mut renamed = HashMap::with_capacity(ordered.len());
    for (index, change) in ordered.iter_mut().enumerate() {
        let id = ChangeId::new(context.vendor, index + 1);
        renamed.insert(std::mem::replace(&mut change.id, id.clone()), id);
    }
    for id in ordered.iter_mut().flat_map(|change| &mut change.after) {
        if let Some(new) = renamed.get(id) {
            id.clone_from(new);
        }
    }
    ordered.iter_mut().for_each(|change| change.after.sort());
    ordered
}

/// The holders of resources that keep one, where all of them leave and somebody else comes: they go after that.
fn last_holders(
    context: &Context<'_>,
    leavers: &BTreeSet<&AccountId>,
    changes: &[Change],
) -> BTreeSet<AccountId> {
    let mut last = BTreeSet::new();
    for (name, resource) in &context.settings.resources {
        let keeps_one = context.spec.kind(&resource.kind).is_some_and(|kind| kind.keeps_one);
        let Some(ResourceReading::Read { holders, .. }) = context.snapshot.resources.get(name) else {
            continue;
        };
        let comes = |change: &Change| matches!(&change.action, Action::Grant { on, .. } if on.name == *name);
        if keeps_one && holders.keys().all(|id| leavers.contains(id)) && changes.iter().any(comes) {
            last.extend(holders.keys().cloned());
        }
    }
    last
}

/// Whether the action takes an account, access, or a part of it.
fn lowers(context: &Context<'_>, action: &Action) -> bool {
    match action {
        Action::ChangeLevel { on, from, to } => {
            context.spec.kind(&on.kind).is_some_and(|kind| kind.is_lowering(from, to))
        }
        action => action.is_removal(),
    }
}

/// Who gains or loses administration anywhere at the vendor: their whole account moves with it.
struct Moving<'a> {
    gaining: BTreeSet<&'a UserName>,
    losing: BTreeSet<&'a AccountId>,
}

impl<'a> Moving<'a> {
    fn of(admins: &Admins<'a>, drafts: &[Draft<'a>]) -> Self {
        let mut moving = Self { gaining: BTreeSet::new(), losing: BTreeSet::new() };
        for draft in drafts {
            let id = draft.account.map(|account| &account.id);
            if admins.gained(&draft.action).is_some() {
                moving.gaining.extend(draft.person.map(|person| &person.handle));
            }
            if !admins.lost(id, &draft.action).is_empty() {
                moving.losing.extend(id);
            }
        }
        moving
    }
}

/// Phase, step, on what, whose, which of theirs. Changes of one step on one resource stand together, so that they
/// can travel together.
type Key = (Phase, u8, Option<ResourceName>, Arc<str>, Option<AccountId>);

fn key(context: &Context<'_>, draft: &Draft<'_>, moving: &Moving<'_>) -> Key {
    let person = draft.person.map(|person| &person.handle);
    let gaining = person.is_some_and(|handle| moving.gaining.contains(handle));
    let losing = draft.account.is_some_and(|account| moving.losing.contains(&account.id));
    let lowers = lowers(context, &draft.action);
    let phase = match &draft.action {
        Action::CreateResource { .. } => Phase::Resources,
        // One that waits for its user to have access comes behind what gives it.
        Action::TransferOwnership { .. } if draft.waits.is_none() => Phase::Handovers,
        Action::CancelInvitation { on: Some(_) } => Phase::Offers,
        _ if lowers && losing => Phase::AdminLosses,
        _ if lowers => Phase::Losses,
        Action::UpdateAccount { .. } => Phase::Gains,
        _ if gaining => Phase::AdminGains,
        _ => Phase::Gains,
    };
    let step = match &draft.action {
        Action::CreateResource { .. } | Action::Invite { .. } => 0,
        Action::Restore | Action::ResendInvitation { .. } => 1,
        Action::UpdateAccount { .. } => 2,
        Action::ChangeLevel { .. } => 3,
        Action::Grant { .. } => 4,
        Action::Revoke { .. } => 5,
        Action::TransferOwnership { .. } => 6,
        Action::Suspend | Action::RemoveAccount | Action::CancelInvitation { .. } => 7,
    };
    let who = draft.label().unwrap_or_else(|| Arc::from(""));
    let account = draft.account.map(|account| account.id.clone());
    (phase, step, draft.action.target().map(|on| on.name.clone()), who, account)
}

fn number(context: &Context<'_>, draft: Draft<'_>, number: usize) -> Change {
    Change {
        id: ChangeId::new(context.vendor, number),
        vendor: context.vendor.clone(),
        user: draft.person.map(|person| person.handle.clone()),
        user_name: draft.person.and_then(|person| person.name.clone()),
        account: draft.label(),
        account_id: draft.account.map(|account| account.id.clone()),
        action: draft.action,
        channel: draft.channel,
        risk: draft.risk,
        after: Vec::new(),
        waits: draft.waits,
        because: draft.because,
        reason: draft.reason,
        ticket: draft.ticket,
    }
}

/// Says what must be done before what: a usable account before its access, a resource before access to it, an
/// offer's withdrawal before the next, an admin's successor before the admin goes, and ownership handed over before
/// anything is taken from who had it. The removal of an account does not wait for the revocations before it: should
/// one of those fail, the account must go all the same.
fn link(context: &Context<'_>, admins: &Admins<'_>, changes: &mut [Change], keep: (usize, &[Loss])) {
    let firsts = Firsts::of(changes);
    let successors = admins.successors(context, changes, keep);
    for change in changes.iter_mut() {
        let is_gain =
            matches!(change.action, Action::Grant { .. }) || admins.gained(&change.action).is_some();
        if is_gain {
            let account = change.user.as_ref().and_then(|user| firsts.invited.get(user));
            let resource = change.action.target().and_then(|on| firsts.created.get(&on.name));
            change.after.extend(resource.into_iter().chain(account).cloned());
        }
        let before: Vec<ChangeId> = firsts.before(change).cloned().collect();
        change.after.extend(before);
        for resource in admins.lost(change.account_id.as_ref(), &change.action) {
            change.after.extend(successors.get(resource).into_iter().flatten().cloned());
        }
        change.after.sort();
        change.after.dedup();
    }
}

/// What other changes come after.
#[derive(Default)]
struct Firsts {
    invited: HashMap<UserName, ChangeId>,
    created: HashMap<ResourceName, ChangeId>,
    /// Offers that are withdrawn.
    withdrawn: HashMap<(ResourceName, AccountId), ChangeId>,
    /// Who gives up the ownership of what.
    handed: HashMap<AccountId, Vec<(ResourceName, ChangeId)>>,
}

impl Firsts {
    fn of(changes: &[Change]) -> Self {
        let mut firsts = Self::default();
        for change in changes {
            let id = change.id.clone();
            match (&change.action, &change.user, &change.account_id) {
                (Action::Invite { on: None, .. } | Action::Restore, Some(user), _) => {
                    drop(firsts.invited.insert(user.clone(), id));
                }
                (Action::CreateResource { on }, ..) => drop(firsts.created.insert(on.name.clone(), id)),
                (Action::CancelInvitation { on: Some(on) }, _, Some(account)) => {
                    drop(firsts.withdrawn.insert((on.name.clone(), account.clone()), id));
                }
                (Action::TransferOwnership { on, from }, ..) => {
                    firsts.handed.entry(from.clone()).or_default().push((on.name.clone(), id));
                }
                _ => {}
            }
        }
        firsts
    }

    /// The withdrawn offer that an invitation replaces, and the transfers that a loss waits for.
    fn before(&self, change: &Change) -> impl Iterator<Item = &ChangeId> {
        let on = change.action.target().map(|on| on.name.clone());
        let account = change.account_id.as_ref();
        let handed = match &change.action {
            Action::ChangeLevel { .. } | Action::Revoke { .. } | Action::RemoveAccount | Action::Suspend => {
                account.and_then(|account| self.handed.get(account)).map_or(&[][..], Vec::as_slice)
            }
            _ => &[],
        };
        let withdrawn = match (&change.action, &on, account) {
            (Action::Invite { .. }, Some(on), Some(account)) if !self.withdrawn.is_empty() => {
                self.withdrawn.get(&(on.clone(), account.clone()))
            }
            _ => None,
        };
        let handed = handed.iter().filter(move |(name, _)| on.as_ref().is_none_or(|on| on == name));
        withdrawn.into_iter().chain(handed.map(|(_, id)| id))
    }
}
