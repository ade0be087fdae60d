//! Which accounts go from a vendor because its provider takes what they come through, whether or not the vendor's own
//! part of the plan takes them. Nothing here becomes a change: guards count it, and a successor's gain comes before it.

use super::Context;
use super::admins::Admins;
use super::identity::Matches;
use crate::domain::{Account, Change, ChangeId, Loss};

/// The accounts of the vendor that its provider takes.
pub(super) fn of(context: &Context<'_>, matches: &Matches<'_>) -> Vec<Loss> {
    let Some(upstream) = context.provider.upstream().filter(|upstream| upstream.ends_any()) else {
        return Vec::new();
    };
    let loss = |account: &Account| {
        let person = matches.owner.get(&account.id).copied();
        let by = upstream.taken_by(person, account);
        let user = person.map(|person| person.handle.clone());
        (!by.is_empty()).then(|| Loss {
            vendor: context.vendor.clone(),
            account: account.id.clone(),
            user,
            by,
        })
    };
    context.snapshot.accounts.values().filter_map(loss).collect()
}

/// The provider's changes that take an admin whom the vendor cannot spare, each with a change that replaces them.
pub(super) fn replaced(
    context: &Context<'_>,
    changes: &[Change],
    (min_admins, losses): (usize, &[Loss]),
) -> Vec<(ChangeId, ChangeId)> {
    if losses.is_empty() {
        return Vec::new();
    }
    let admins = Admins::read(context);
    let successors = admins.successors(context, changes, (min_admins, losses));
    let mut pairs = Vec::new();
    for loss in losses {
        for resource in admins.held(&loss.account) {
            let first = successors.get(resource).into_iter().flatten();
            pairs.extend(first.flat_map(|first| loss.by.iter().map(|by| (by.clone(), first.clone()))));
        }
    }
    pairs
}
