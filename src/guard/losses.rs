//! The accounts that the vendor's identity provider takes: they go although no change of the vendor's own may say so,
//! and all that a guard can hold is the provider's changes.

use super::Subject;
use crate::domain::{Account, Change, ChangeId, Loss};
use std::collections::{BTreeSet, HashMap};

/// How many accounts a sentence names, and how many changes of each.
const SHOWN: usize = 3;

impl<'a> Subject<'a> {
    /// Every account that goes, and which it is.
    pub(super) fn losses(&self) -> impl Iterator<Item = (&'a Loss, &Account)> {
        self.losses.iter().filter_map(|loss| Some((*loss, self.snapshot()?.accounts.get(&loss.account)?)))
    }

    /// Those that an apply can bring about: one of several changes may be the last that was needed.
    pub(super) fn moving_losses(&self) -> impl Iterator<Item = (&'a Loss, &Account)> {
        self.losses().filter(|(loss, _)| loss.by.iter().any(|id| !self.stuck.contains(id)))
    }

    /// Every vendor's changes.
    pub(super) fn by_id(&self) -> HashMap<&'a ChangeId, &'a Change> {
        self.all.iter().map(|change| (&change.id, change)).collect()
    }
}

/// By how many of the changes, which stand in their order, the loss certainly comes later: what is not said to come
/// after a change may happen before all of them.
pub(super) fn behind(loss: &Loss, changes: &[&Change], by_id: &HashMap<&ChangeId, &Change>) -> usize {
    // Most come after nothing, and nobody need look.
    let waits = |id: &ChangeId| by_id.get(id).is_some_and(|change| !change.after.is_empty());
    if !loss.by.iter().all(waits) {
        return 0;
    }
    let before: Vec<BTreeSet<&ChangeId>> = loss.by.iter().map(|id| leading_to(id, by_id)).collect();
    let certain = |change: &&Change| before.iter().all(|before| before.contains(&change.id));
    changes.iter().rposition(certain).map_or(0, |at| at + 1)
}

/// The changes that one comes after, near or far.
fn leading_to<'a>(id: &'a ChangeId, by_id: &HashMap<&'a ChangeId, &'a Change>) -> BTreeSet<&'a ChangeId> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![id]);
    while let Some(change) = open.pop().and_then(|id| by_id.get(id)) {
        open.extend(change.after.iter().filter(|id| seen.insert(*id)));
    }
    seen
}

/// Says who goes with what, as the end of a sentence; nothing where nobody does.
pub(super) fn told(losses: &[(&Loss, &Account)]) -> String {
    let mut told: Vec<String> = Vec::new();
    for (loss, account) in losses.iter().take(SHOWN) {
        let named: Vec<&str> = loss.by.iter().take(SHOWN).map(ChangeId::as_str).collect();
        let more = loss.by.len().saturating_sub(SHOWN);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        told.push(format!(
            "; the account {} would go with {}{more}, which ends what it comes through",
            account.login,
            named.join(", ")
        ));
    }
    if losses.len() > SHOWN {
        told.push(format!("; and {} more accounts in the same way", losses.len() - SHOWN));
    }
    told.concat()
}

/// What to do where an account must not go with its provider.
pub(super) const HINT: &str = "grant it at the provider what the account comes through, or give it another way there; where this plan does, plan \
     again once that is done";

/// The changes by which they go.
pub(super) fn by(losses: &[(&Loss, &Account)]) -> Vec<ChangeId> {
    losses.iter().flat_map(|(loss, _)| loss.by.iter().cloned()).collect()
}
