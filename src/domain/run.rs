//! What became of each change of an apply.

use super::{ChangeId, Duty};
use jiff::Timestamp;

/// How a change ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutcomeStatus {
    /// A reading made after it shows it.
    Done,
    /// The vendor refused it, or could not be reached.
    Failed,
    /// A person has to carry it out.
    Waiting,
    /// It was sent, and no reading has shown it yet.
    Unverified,
    /// It was not tried, because something before it did not end well or a guard holds it.
    Skipped,
}

impl OutcomeStatus {
    /// The word that JSON uses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
            Self::Unverified => "unverified",
            Self::Skipped => "skipped",
        }
    }
}

/// One change's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which change.
    pub change: ChangeId,
    /// How it ended.
    pub status: OutcomeStatus,
    /// Why, in full sentences; vendor text already neutralised.
    pub detail: String,
    /// The credential that it was sent with; none where it was not sent, or is by hand or through pages.
    pub credential: Option<Duty>,
}

/// One apply, in the plan's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// One for each change of the plan.
    pub outcomes: Vec<Outcome>,
}
