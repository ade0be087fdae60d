//! The order of execution, which is part of the plan: resources, then gains with admins first, then losses with
//! admins first; and what must be done before what.

use super::Context;
use super::admins::Admins;
use super::draft::Draft;
use crate::domain::{AccountId, Action, Change, ChangeId, ResourceName, UserName};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Resources,
    AdminGains,
    Gains,
    AdminLosses,
    Losses,
}

/// Orders and numbers the drafts.
pub(super) fn order(context: &Context<'_>, drafts: Vec<Draft<'_>>, min_admins: usize) -> Vec<Change> {
    let admins = Admins::read(context);
    let moving = Moving::of(&admins, &drafts);
    let mut keyed: Vec<(Key, Draft<'_>)> =
        drafts.into_iter().map(|draft| (key(context, &draft, &moving), draft)).collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    let changes = keyed.into_iter().enumerate().map(|(index, (_, draft))| number(context, draft, index + 1));
    let mut changes: Vec<Change> = changes.collect();
    link(context, &admins, &mut changes, min_admins);
    changes
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
    let lowers = match &draft.action {
        Action::ChangeLevel { on, from, to } => {
            context.spec.kind(&on.kind).is_some_and(|kind| kind.is_lowering(from, to))
        }
        action => action.is_removal(),
    };
    let phase = match &draft.action {
        Action::CreateResource { .. } => Phase::Resources,
        _ if lowers && losing => Phase::AdminLosses,
        _ if lowers => Phase::Losses,
        Action::UpdateAccount { .. } => Phase::Gains,
        _ if gaining => Phase::AdminGains,
        _ => Phase::Gains,
    };
    let step = match &draft.action {
        Action::CreateResource { .. } | Action::Invite { .. } | Action::TransferOwnership { .. } => 0,
        Action::Restore | Action::ResendInvitation => 1,
        Action::UpdateAccount { .. } => 2,
        Action::ChangeLevel { .. } => 3,
        Action::Grant { .. } => 4,
        Action::Revoke { .. } => 5,
        Action::Suspend | Action::RemoveAccount | Action::CancelInvitation => 6,
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
        because: draft.because,
        reason: draft.reason,
        ticket: draft.ticket,
    }
}

/// Says what must be done before what: a usable account before its access, a resource before access to it, and an
/// admin's successor before the admin goes. The removal of an account does not wait for the revocations before
/// it: should one of those fail, the account must go all the same.
fn link(context: &Context<'_>, admins: &Admins<'_>, changes: &mut [Change], min_admins: usize) {
    let mut invited: HashMap<UserName, ChangeId> = HashMap::new();
    let mut created: HashMap<ResourceName, ChangeId> = HashMap::new();
    for change in changes.iter() {
        match (&change.action, &change.user) {
            (Action::Invite { .. } | Action::Restore, Some(user)) => {
                drop(invited.insert(user.clone(), change.id.clone()));
            }
            (Action::CreateResource { on }, _) => drop(created.insert(on.name.clone(), change.id.clone())),
            _ => {}
        }
    }
    let successors = admins.successors(context, changes, min_admins);
    for change in changes.iter_mut() {
        let is_gain =
            matches!(change.action, Action::Grant { .. }) || admins.gained(&change.action).is_some();
        if is_gain {
            let account = change.user.as_ref().and_then(|user| invited.get(user));
            let resource = change.action.target().and_then(|on| created.get(&on.name));
            change.after.extend(resource.into_iter().chain(account).cloned());
        }
        for resource in admins.lost(change.account_id.as_ref(), &change.action) {
            change.after.extend(successors.get(resource).into_iter().flatten().cloned());
        }
        change.after.sort();
        change.after.dedup();
    }
}
