//! What is known of each vendor when its tasks are written: its pages, and where they are.

use super::super::emulators::Emulators;
use super::super::pages;
use super::super::stages::Planned;
use crate::apply::runbook::Guide;
use crate::domain::VendorName;
use crate::vendors;
use crate::workspace::Vendor;
use std::collections::BTreeMap;

/// One guide for each vendor.
pub(super) fn guides(
    vendors: &[&Vendor],
    emulators: &Emulators,
    planned: &Planned,
) -> BTreeMap<VendorName, Guide> {
    let mut guides = BTreeMap::new();
    for vendor in vendors {
        let Some(connected) = planned.connected.get(&vendor.name) else { continue };
        let known = connected.spec.pages.clone();
        let guide = Guide {
            spec: connected.spec.clone(),
            base: known.as_ref().and_then(|known| pages::base(vendor, known, emulators).ok()),
            pages: known,
            has_api: vendors::has_api(vendor),
        };
        guides.insert(vendor.name.clone(), guide);
    }
    guides
}
