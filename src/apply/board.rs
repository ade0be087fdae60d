//! Where every lane sees how far every change has come.

use super::words;
use crate::domain::{Change, Duty, Outcome, OutcomeStatus, VendorName};
use crate::guard::ApprovedPlan;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use tokio::sync::watch;

/// How far a change has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Not tried.
    Pending,
    /// It has left, or is about to, and there is no answer yet.
    Leaving,
    /// The vendor accepted it, and no reading has shown it yet.
    Sent {
        /// What the vendor or its connector added.
        note: Option<String>,
    },
    /// The vendor, or the way to it, gave an error. A reading may show the change all the same.
    Doubtful {
        /// The error, in full sentences.
        error: String,
        /// Whether the change may have happened, so that a reading is worth making.
        possible: bool,
    },
    /// Its outcome is known.
    Ended(End),
}

/// A known outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct End {
    pub(super) status: OutcomeStatus,
    pub(super) detail: String,
    /// Whether the vendor accepted the change, so that what only builds on it may follow unseen.
    pub(super) accepted: bool,
    /// Whether the reading that shows it shows its account suspended, so that nobody can act on what was gained.
    pub(super) idle: bool,
}

impl End {
    pub(super) fn new(status: OutcomeStatus, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), accepted: status == OutcomeStatus::Done, idle: false }
    }

    pub(super) fn accepted(status: OutcomeStatus, detail: impl Into<String>) -> Self {
        Self { accepted: true, ..Self::new(status, detail) }
    }
}

/// The plan's changes by their place in it, with the steps that the lanes have made. A lane writes only the
/// steps of its own changes, and reads all.
#[derive(Debug)]
pub(super) struct Board {
    changes: Vec<Change>,
    before: Vec<Vec<usize>>,
    steps: watch::Sender<Vec<Step>>,
    /// With which credential each was sent.
    credentials: Vec<OnceLock<Duty>>,
}

impl Board {
    pub(super) fn new(approved: &ApprovedPlan) -> Self {
        let changes = approved.plan().changes.clone();
        let places: BTreeMap<_, _> =
            changes.iter().enumerate().map(|(at, one)| (one.id.clone(), at)).collect();
        let mut steps = vec![Step::Pending; changes.len()];
        let mut before = Vec::with_capacity(changes.len());
        for (at, change) in changes.iter().enumerate() {
            before.push(change.after.iter().filter_map(|id| places.get(id).copied()).collect());
            if let Some(id) = change.after.iter().find(|id| !places.contains_key(*id)) {
                steps[at] = Step::Ended(End::new(OutcomeStatus::Skipped, words::unknown_predecessor(id)));
            }
        }
        for at in endless(&before) {
            steps[at] = Step::Ended(End::new(OutcomeStatus::Skipped, words::circle()));
        }
        let credentials = vec![OnceLock::new(); changes.len()];
        Self { changes, before, steps: watch::Sender::new(steps), credentials }
    }

    /// The places of a vendor's changes that are still to be tried.
    pub(super) fn pending(&self, vendor: &VendorName) -> Vec<usize> {
        let steps = self.steps.borrow();
        let own = self.changes.iter().enumerate().filter(|(_, change)| change.vendor == *vendor);
        own.map(|(at, _)| at).filter(|at| steps[*at] == Step::Pending).collect()
    }

    pub(super) fn change(&self, at: usize) -> &Change {
        &self.changes[at]
    }

    /// The places of the changes that must come before.
    pub(super) fn before(&self, at: usize) -> &[usize] {
        &self.before[at]
    }

    pub(super) fn step(&self, at: usize) -> Step {
        self.steps.borrow()[at].clone()
    }

    pub(super) fn set(&self, at: usize, step: Step) {
        self.steps.send_modify(|steps| steps[at] = step);
    }

    /// Notes that changes leave. Nobody is told, since nobody waits for that.
    pub(super) fn leave(&self, places: impl Iterator<Item = usize>) {
        self.steps.send_if_modified(|steps| {
            places.for_each(|at| steps[at] = Step::Leaving);
            false
        });
    }

    /// Tells of every step made from now on.
    pub(super) fn news(&self) -> watch::Receiver<Vec<Step>> {
        self.steps.subscribe()
    }

    /// Ends what a lane that broke off has left open.
    pub(super) fn abandon(&self, vendor: &VendorName) {
        self.steps.send_modify(|steps| {
            let own = self.changes.iter().zip(steps).filter(|(change, _)| change.vendor == *vendor);
            for (_, step) in own {
                *step = match step {
                    Step::Ended(_) => continue,
                    Step::Pending => Step::Ended(End::new(OutcomeStatus::Skipped, words::broke_off())),
                    _ => Step::Ended(End::new(OutcomeStatus::Unverified, words::broke_off())),
                };
            }
        });
    }

    /// One outcome for each change, in the plan's order.
    pub(super) fn outcomes(&self) -> Vec<Outcome> {
        let steps = self.steps.borrow();
        steps.iter().enumerate().map(|(at, step)| self.outcome(at, step)).collect()
    }

    /// Notes with which credential a change was sent.
    pub(super) fn sent_with(&self, at: usize, credential: Duty) {
        // Nothing is sent with another one later.
        let _ = self.credentials[at].set(credential);
    }

    /// What is known of a change so far, in the words of an outcome.
    pub(super) fn outcome(&self, at: usize, step: &Step) -> Outcome {
        let (status, detail) = match step {
            Step::Pending => (OutcomeStatus::Skipped, words::broke_off()),
            Step::Leaving => (OutcomeStatus::Unverified, words::broke_off()),
            Step::Sent { note } => (OutcomeStatus::Unverified, words::sent(note.as_deref())),
            Step::Doubtful { error, .. } => (OutcomeStatus::Failed, error.clone()),
            Step::Ended(end) => (end.status, end.detail.clone()),
        };
        let credential = self.credentials[at].get().copied();
        Outcome { change: self.changes[at].id.clone(), status, detail, credential }
    }
}

/// The places whose predecessors lead back to themselves, and those behind them: they could only wait for ever.
fn endless(before: &[Vec<usize>]) -> Vec<usize> {
    let mut open: Vec<usize> = before.iter().map(Vec::len).collect();
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); before.len()];
    for (at, predecessors) in before.iter().enumerate() {
        for &predecessor in predecessors {
            behind[predecessor].push(at);
        }
    }
    let mut free: Vec<usize> = (0..open.len()).filter(|&at| open[at] == 0).collect();
    while let Some(at) = free.pop() {
        for &next in &behind[at] {
            open[next] -= 1;
            if open[next] == 0 {
                free.push(next);
            }
        }
    }
    (0..open.len()).filter(|&at| open[at] > 0).collect()
}

/// A board that lanes share.
pub(super) type Shared = Arc<Board>;
