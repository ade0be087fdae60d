//! What is told of a plan of which one sort of changes alone is carried out.

use super::overview::{self, plural};
use crate::domain::{Change, ChangeId, Narrowed, Plan};

/// What stands beside a change that is not tried.
pub(super) fn tag(only: &Narrowed, change: &ChangeId) -> Option<&'static str> {
    match () {
        () if only.left.contains(change) => Some("left"),
        () if only.behind.contains(change) => Some("after what is left"),
        () => None,
    }
}

/// In a few words, why nothing of the plan is tried; none where something is.
pub(super) fn nothing(only: &Narrowed, plan: &Plan) -> Option<&'static str> {
    match () {
        () if plan.changes.iter().any(|change| !only.leaves(&change.id)) => None,
        () if only.behind.is_empty() => Some("nothing of this sort to apply"),
        () => Some("all of this sort comes after what is left"),
    }
}

/// What of the plan is carried out, and what is not, each change counted once; none where there is nothing to do at all.
pub(super) fn sentence(only: &Narrowed, plan: &Plan) -> Option<String> {
    if plan.changes.is_empty() {
        return None;
    }
    let guards = overview::held(plan);
    let of_the_sort = plan.changes.iter().filter(|change| !only.leaves(&change.id));
    let (held, open): (Vec<&Change>, Vec<&Change>) =
        of_the_sort.partition(|change| guards.contains_key(change.id.as_str()));
    let held = match held.len() {
        0 => String::new(),
        1 => " 1 is held by a guard.".to_owned(),
        count => format!(" {count} are held by a guard."),
    };
    let left = match only.left.len() {
        0 => String::new(),
        1 => " 1 is of the other sort and is left.".to_owned(),
        count => format!(" {count} are of the other sort and are left."),
    };
    let behind = match only.behind.len() {
        0 => String::new(),
        1 => " 1 comes after what is left, and is not tried.".to_owned(),
        count => format!(" {count} come after what is left, and are not tried."),
    };
    Some(format!(
        "With `--only {}`, {} of {} would be carried out.{held}{left}{behind}",
        only.sort,
        open.len(),
        plural(plan.changes.len(), "change")
    ))
}
