//! What a provider takes goes from its vendors at the same moment. So where a loss at a vendor waits for somebody else's
//! gain there, as that of its last admin does, the provider's change that would bring the loss about waits for it, too.

use super::VendorInput;
use super::sequence;
use crate::domain::{Change, ChangeId, VendorName};
use std::collections::{HashMap, HashSet};

/// Has the changes of providers wait for what the losses behind them wait for, and for what replaces whom they take
/// without a loss that the plan lists there.
pub(super) fn keep(changes: &mut [Change], vendors: &[VendorInput], replaced: Vec<(ChangeId, ChangeId)>) {
    let places: HashMap<ChangeId, usize> =
        changes.iter().enumerate().map(|(at, change)| (change.id.clone(), at)).collect();
    for (ending, first) in replaced {
        if let Some(&ending) = places.get(&ending) {
            put_after(changes, &places, ending, first);
        }
    }
    // What a vendor's change comes to wait for goes on to the vendor's own provider.
    for vendor in sequence::of(vendors.iter()).into_iter().rev() {
        let Some(source) = &vendor.settings.provisioned_by else { continue };
        for (ending, first) in waiting(changes, &places, (&vendor.settings.name, &source.vendor)) {
            put_after(changes, &places, ending, first);
        }
    }
}

/// Has a change come after another, unless that would be a circle.
fn put_after(changes: &mut [Change], places: &HashMap<ChangeId, usize>, ending: usize, first: ChangeId) {
    if !changes[ending].after.contains(&first) && !leads(changes, places, &first, ending) {
        changes[ending].after.push(first);
        changes[ending].after.sort();
    }
}

/// The provider's changes before a loss at the vendor, each with something else that the loss waits for.
fn waiting(
    changes: &[Change],
    places: &HashMap<ChangeId, usize>,
    (vendor, provider): (&VendorName, &VendorName),
) -> Vec<(usize, ChangeId)> {
    let of_provider = |id: &&ChangeId| places.get(*id).is_some_and(|at| changes[*at].vendor == *provider);
    let losses = changes.iter().filter(|change| change.vendor == *vendor && change.action.is_removal());
    let mut pairs = Vec::new();
    for loss in losses {
        let (endings, others): (Vec<&ChangeId>, Vec<&ChangeId>) = loss.after.iter().partition(of_provider);
        for ending in endings {
            pairs.extend(others.iter().map(|other| (places[ending], (*other).clone())));
        }
    }
    pairs
}

/// Whether the change, or one that it comes after, comes after that one: to wait for it would be to wait for ever.
fn leads(changes: &[Change], places: &HashMap<ChangeId, usize>, from: &ChangeId, to: usize) -> bool {
    let mut open: Vec<usize> = places.get(from).copied().into_iter().collect();
    let mut seen = HashSet::new();
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            open.extend(changes[at].after.iter().filter_map(|id| places.get(id)));
        }
    }
    false
}
