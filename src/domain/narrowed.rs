//! A plan of which one sort of changes alone is carried out.

use super::{Change, ChangeId, Plan};
use std::collections::BTreeSet;

/// What `--only` makes of a plan. The plan itself is whole: what is left is no less asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// The sort that is carried out, as `--only` takes it.
    pub sort: &'static str,
    /// The changes of the other sort.
    pub left: BTreeSet<ChangeId>,
    /// Those of the sort that is carried out which come after one that is left, and are not tried before that is done.
    pub behind: BTreeSet<ChangeId>,
}

impl Narrowed {
    /// Leaves these changes of the plan, and finds those behind them.
    #[must_use]
    pub fn new(sort: &'static str, plan: &Plan, left: BTreeSet<ChangeId>) -> Self {
        let mut behind = with_successors(left.clone(), &plan.changes);
        behind.retain(|change| !left.contains(change));
        Self { sort, left, behind }
    }

    /// Whether the change is of the sort that is carried out, be it behind one of the other sort or not.
    #[must_use]
    pub fn is_asked_for(&self, change: &ChangeId) -> bool {
        !self.left.contains(change)
    }

    /// Whether the change is not tried.
    #[must_use]
    pub fn leaves(&self, change: &ChangeId) -> bool {
        self.left.contains(change) || self.behind.contains(change)
    }
}

/// The changes, and all that come after any of them, at whatever vendor and wherever they stand in the plan.
#[must_use]
pub fn with_successors(mut found: BTreeSet<ChangeId>, all: &[Change]) -> BTreeSet<ChangeId> {
    loop {
        let before = found.len();
        for change in all {
            if change.after.iter().any(|first| found.contains(first)) {
                found.insert(change.id.clone());
            }
        }
        if found.len() == before {
            return found;
        }
    }
}
