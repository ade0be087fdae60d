//! What is to be carried out: the plan as it is made now, and what of it is left alone.

use super::super::only::{Only, Sorts};
use super::super::stages::Planned;
use super::duty;
use super::past::Past;
use crate::apply::Sending;
use crate::domain::{ChangeId, Narrowed, Plan};
use crate::workspace::Vendor;
use std::collections::BTreeMap;

/// The plan, and which of its changes are sent by what.
pub(super) struct Intended {
    pub(super) planned: Planned,
    /// What of the plan is asked for; none where all of it is.
    pub(super) only: Option<Narrowed>,
    /// Changes that are not to be tried, each with the reason.
    pub(super) aside: BTreeMap<ChangeId, String>,
    /// With which credential a change is sent, where that is by an API.
    pub(super) credentials: BTreeMap<ChangeId, Sending>,
}

impl Intended {
    pub(super) fn new(
        planned: Planned,
        past: &Past,
        vendors: &[&Vendor],
        (only, repeat_unknown): (Option<Only>, bool),
    ) -> Self {
        let (plan, sorts) = (planned.approved.plan(), Sorts(&planned.connected));
        let mut aside = past.aside(plan, repeat_unknown);
        // What nobody can know of comes first: a later apply must not take it for something that was just left.
        let only = sorts.narrowed(plan, only);
        for (change, reason) in only.iter().flat_map(duty::aside) {
            aside.entry(change).or_insert(reason);
        }
        let credentials = duty::credentials(&sorts, plan, vendors);
        Self { planned, only, aside, credentials }
    }

    pub(super) fn plan(&self) -> &Plan {
        self.planned.approved.plan()
    }

    /// Whether a guard holds the change, or it is not to be tried.
    pub(super) fn holds(&self, change: &ChangeId) -> bool {
        self.planned.approved.is_held(change) || self.aside.contains_key(change)
    }
}
