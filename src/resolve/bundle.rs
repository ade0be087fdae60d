//! Roles, flattened once into the lines that they stand for.

use super::ladder::Rank;
use super::slot::Slots;
use crate::domain::RoleName;
use crate::workspace::{GrantLine, Workspace};
use std::collections::{BTreeMap, BTreeSet};

/// A grant line on one resource; a wildcard stands as one of these for each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'w> {
    pub(super) slot: usize,
    pub(super) rank: Rank,
    pub(super) grant: &'w GrantLine,
}

/// Every role's lines, its own first, then those of the roles it includes. Only roles that someone has are
/// flattened, each when it is first asked for.
pub(super) struct Bundles<'w, 's> {
    workspace: &'w Workspace,
    slots: &'s Slots<'w>,
    flat: BTreeMap<&'w RoleName, Vec<Line<'w>>>,
}

impl<'w, 's> Bundles<'w, 's> {
    pub(super) fn new(workspace: &'w Workspace, slots: &'s Slots<'w>) -> Self {
        Self { workspace, slots, flat: BTreeMap::new() }
    }

    pub(super) fn get(&mut self, role: &'w RoleName) -> &[Line<'w>] {
        let (workspace, slots) = (self.workspace, self.slots);
        self.flat
            .entry(role)
            .or_insert_with(|| reach(workspace, role).flat_map(|grant| slots.lines(grant)).collect())
    }
}

/// The grant lines of a role and of every role that it reaches, each role once: a diamond adds nothing twice
/// and a cycle ends. A list of roles to visit, and no recursion, so that no depth of nesting is too deep.
fn reach<'w>(workspace: &'w Workspace, name: &'w RoleName) -> impl Iterator<Item = &'w GrantLine> {
    let mut seen = BTreeSet::new();
    let mut ahead = vec![name];
    std::iter::from_fn(move || {
        loop {
            let name = ahead.pop()?;
            if !seen.insert(name) {
                continue;
            }
            if let Some(role) = workspace.roles.get(name) {
                ahead.extend(role.includes.iter().rev().map(|include| &include.value));
                return Some(&role.grants);
            }
        }
    })
    .flatten()
}
