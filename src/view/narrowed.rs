//! A plan of which one sort of changes alone is carried out.

use super::overview::{self, plural};
use crate::domain::{Change, ChangeId, Plan};
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
        let mut behind = BTreeSet::new();
        // The plan's order is the one in which changes are carried out.
        for change in plan.changes.iter().filter(|change| !left.contains(&change.id)) {
            if change.after.iter().any(|first| left.contains(first) || behind.contains(first)) {
                behind.insert(change.id.clone());
            }
        }
        Self { sort, left, behind }
    }

    /// Whether the change is not tried.
    #[must_use]
    pub fn leaves(&self, change: &ChangeId) -> bool {
        self.left.contains(change) || self.behind.contains(change)
    }

    /// What stands beside a change that is not tried.
    pub(super) fn tag(&self, change: &ChangeId) -> Option<&'static str> {
        match () {
            () if self.left.contains(change) => Some("left"),
            () if self.behind.contains(change) => Some("after what is left"),
            () => None,
        }
    }

    /// Whether no change of the plan is of the sort that is carried out.
    pub(super) fn is_none_of_the_sort(&self, plan: &Plan) -> bool {
        plan.changes.iter().all(|change| self.left.contains(&change.id))
    }

    /// Whether all changes of the sort that is carried out come after one that is left.
    pub(super) fn is_all_behind(&self, plan: &Plan) -> bool {
        plan.changes.iter().all(|change| self.leaves(&change.id))
    }

    /// What of the plan is carried out, and what is not, each change counted once; none where there is nothing to do at
    /// all.
    pub(super) fn sentence(&self, plan: &Plan) -> Option<String> {
        if plan.changes.is_empty() {
            return None;
        }
        let guards = overview::held(plan);
        let of_the_sort = plan.changes.iter().filter(|change| !self.leaves(&change.id));
        let (held, open): (Vec<&Change>, Vec<&Change>) =
            of_the_sort.partition(|change| guards.contains_key(change.id.as_str()));
        let held = match held.len() {
            0 => String::new(),
            1 => " 1 is held by a guard.".to_owned(),
            count => format!(" {count} are held by a guard."),
        };
        let left = match self.left.len() {
            0 => String::new(),
            1 => " 1 is of the other sort and is left.".to_owned(),
            count => format!(" {count} are of the other sort and are left."),
        };
        let behind = match self.behind.len() {
            0 => String::new(),
            1 => " 1 comes after what is left, and is not tried.".to_owned(),
            count => format!(" {count} come after what is left, and are not tried."),
        };
        Some(format!(
            "With `--only {}`, {} of {} would be carried out.{held}{left}{behind}",
            self.sort,
            open.len(),
            plural(plan.changes.len(), "change")
        ))
    }
}
