//! `--only`: one of the two sorts of changes.

use super::stages::Connected;
use crate::connector::Spec;
use crate::domain::{Action, Change, Narrowed, Plan, VendorName};
use clap::ValueEnum;
use std::collections::BTreeMap;

/// One of the two sorts of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Only {
    /// What takes access: removals, suspensions, lower levels, withdrawn invitations
    Revoke,
    /// All else
    Grant,
}

impl Only {
    /// What stands after `--only`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Revoke => "revoke",
            Self::Grant => "grant",
        }
    }
}

/// Whether access is less when it is done.
pub(super) fn takes(action: &Action, spec: &Spec) -> bool {
    match action {
        Action::ChangeLevel { on, from, to } => {
            spec.kind(&on.kind).is_some_and(|kind| kind.is_lowering(from, to))
        }
        action => action.is_removal(),
    }
}

/// Which sort each vendor's changes are of.
pub(super) struct Sorts<'a>(pub(super) &'a BTreeMap<VendorName, Connected>);

impl Sorts<'_> {
    pub(super) fn takes(&self, change: &Change) -> bool {
        self.0.get(&change.vendor).is_some_and(|connected| takes(&change.action, &connected.spec))
    }

    /// What of the plan is carried out; none where all is asked for.
    pub(super) fn narrowed(&self, plan: &Plan, only: Option<Only>) -> Option<Narrowed> {
        let only = only?;
        let left = plan.changes.iter().filter(|change| (only == Only::Revoke) != self.takes(change));
        Some(Narrowed::new(only.word(), plan, left.map(|change| change.id.clone()).collect()))
    }
}
