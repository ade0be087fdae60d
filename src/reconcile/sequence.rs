//! The order in which vendors are compared and stand in the plan: by name, but whoever provisions another's accounts
//! before it, so that the plan reads in the order in which it happens.

use super::VendorInput;
use crate::domain::VendorName;
use std::collections::{BTreeMap, BTreeSet};

/// The vendors in that order. Those that provision each other in a circle, which no workspace may say, come last.
pub(super) fn of<'a>(vendors: impl Iterator<Item = &'a VendorInput>) -> Vec<&'a VendorInput> {
    let mut open: BTreeMap<&VendorName, &VendorInput> =
        vendors.map(|vendor| (&vendor.settings.name, vendor)).collect();
    let mut behind: BTreeMap<&VendorName, Vec<&VendorName>> = BTreeMap::new();
    let mut ready: BTreeSet<&VendorName> = BTreeSet::new();
    for (name, vendor) in &open {
        let source = vendor.settings.provisioned_by.as_ref();
        match source.filter(|source| open.contains_key(&source.vendor)) {
            Some(source) => behind.entry(&source.vendor).or_default().push(name),
            None => drop(ready.insert(name)),
        }
    }
    let mut ordered = Vec::with_capacity(open.len());
    while let Some(name) = ready.pop_first() {
        ordered.extend(open.remove(name));
        ready.extend(behind.remove(name).into_iter().flatten());
    }
    ordered.extend(open.into_values());
    ordered
}
