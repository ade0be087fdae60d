//! Every declared resource as a number, in the order of vendor and name.

use super::bundle::Line;
use super::ladder::Rank;
use crate::connector::{Catalogue, KindSpec};
use crate::domain::{Level, ResourceName, VendorName};
use crate::workspace::{GrantLine, Vendor, Workspace};
use std::collections::BTreeMap;

struct Slot<'w> {
    vendor: &'w VendorName,
    resource: &'w ResourceName,
    /// Implicit resources are not what `vendor/*` means.
    explicit: bool,
    /// Index into the kinds; none where the connector does not know the kind.
    kind: Option<usize>,
}

/// The table of all slots, with the kinds that order their levels.
pub(super) struct Slots<'w> {
    slots: Vec<Slot<'w>>,
    kinds: Vec<KindSpec>,
    /// Where each vendor's slots begin and end.
    vendors: BTreeMap<&'w VendorName, (usize, usize)>,
}

impl<'w> Slots<'w> {
    pub(super) fn new(workspace: &'w Workspace, catalogue: &dyn Catalogue) -> Self {
        let mut table = Self { slots: Vec::new(), kinds: Vec::new(), vendors: BTreeMap::new() };
        for (name, vendor) in &workspace.vendors {
            table.add(name, vendor, catalogue);
        }
        table
    }

    fn add(&mut self, name: &'w VendorName, vendor: &'w Vendor, catalogue: &dyn Catalogue) {
        let first_kind = self.kinds.len();
        if let Some(spec) = vendor.spec(catalogue) {
            self.kinds.extend(spec.kinds);
        }
        let start = self.slots.len();
        for (resource, settings) in &vendor.resources {
            let kind = self.kinds[first_kind..].iter().position(|kind| *kind.name == *settings.kind);
            self.slots.push(Slot {
                vendor: name,
                resource,
                explicit: settings.span != vendor.span,
                kind: kind.map(|index| first_kind + index),
            });
        }
        self.vendors.insert(name, (start, self.slots.len()));
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn names(&self, slot: usize) -> (&'w VendorName, &'w ResourceName) {
        let slot = &self.slots[slot];
        (slot.vendor, slot.resource)
    }

    /// The slots that a line of a file stands for.
    pub(super) fn lines(&self, grant: &'w GrantLine) -> impl Iterator<Item = Line<'w>> {
        let (start, end) = self.vendors.get(&grant.vendor).copied().unwrap_or((0, 0));
        let (start, end) = match &grant.resource {
            None => (start, end),
            Some(name) => match self.slots[start..end].binary_search_by(|slot| slot.resource.cmp(name)) {
                Ok(index) => (start + index, start + index + 1),
                Err(_) => (start, start),
            },
        };
        let all = grant.resource.is_none();
        (start..end).filter(move |slot| !all || self.slots[*slot].explicit).map(|slot| Line {
            slot,
            rank: self.rank(slot, &grant.level),
            grant,
        })
    }

    fn rank(&self, slot: usize, level: &Level) -> Rank {
        let kind = self.slots[slot].kind.map(|kind| &self.kinds[kind]);
        kind.and_then(|kind| kind.rank(level)).map_or(Rank::Custom, Rank::Known)
    }
}
