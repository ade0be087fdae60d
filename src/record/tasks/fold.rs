//! What the ledger's lines come to.

use super::event::{Event, Issued, What};
use crate::domain::{TaskId, TaskKind, TaskState, Tick};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One task, as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// How far.
    pub state: TaskState,
    /// What it was when it was asked for, and when that was; none where only a tick is known of it.
    pub issued: Option<(Timestamp, Issued)>,
    /// The latest word that it is done.
    pub tick: Option<Tick>,
    /// When the reading was made that the state rests on.
    pub taken: Option<Timestamp>,
    /// Whether nothing more can come of it, so that asking for it again begins anew.
    pub closed: bool,
}

impl Entry {
    fn new() -> Self {
        Self { state: TaskState::Open, issued: None, tick: None, taken: None, closed: false }
    }

    /// Whether it comes from an obligation.
    #[must_use]
    pub fn is_obligation(&self) -> bool {
        self.issued.as_ref().is_some_and(|(_, issued)| issued.kind == TaskKind::Obligation)
    }

    fn take(&mut self, event: &Event) {
        match &event.what {
            What::Issued(issued) => {
                if self.closed {
                    *self = Self::new();
                }
                if self.issued.as_ref().is_none_or(|(_, before)| !before.is_from(issued.from.as_deref())) {
                    self.issued = Some((event.at, (**issued).clone()));
                }
            }
            What::Done { note } if !self.closed => self.tick(TaskState::Sent, event, note),
            What::Acknowledged { note } if !self.closed => self.tick(TaskState::Acknowledged, event, note),
            What::Done { .. } | What::Acknowledged { .. } => {}
            What::Seen { taken, .. } => {
                self.closed = true;
                self.taken = Some(*taken);
                if self.state != TaskState::Acknowledged {
                    self.state = TaskState::Done;
                }
            }
            What::Withdrawn { taken } => {
                (self.state, self.taken, self.closed) = (TaskState::Withdrawn, Some(*taken), true);
            }
            // A tick that was made after the reading, in another clone, is not contradicted by it.
            What::Reopened { taken } => {
                let contradicted = self.tick.as_ref().is_some_and(|tick| tick.at <= *taken);
                if self.state == TaskState::Sent && contradicted {
                    (self.state, self.taken) = (TaskState::Reopened, Some(*taken));
                }
            }
        }
    }

    fn tick(&mut self, state: TaskState, event: &Event, note: &Option<String>) {
        self.state = state;
        self.tick = Some(Tick { at: event.at, by: Arc::clone(&event.by), note: note.clone() });
    }
}

/// What became of each task. Lines count once each and by their time, wherever they stand: two clones' lines can be
/// merged in any order, and some of them twice.
#[must_use]
pub fn fold<'e>(events: impl IntoIterator<Item = &'e Event>) -> BTreeMap<TaskId, Entry> {
    let mut entries = BTreeMap::new();
    for event in events.into_iter().collect::<BTreeSet<_>>() {
        entries.entry(event.task.clone()).or_insert_with(Entry::new).take(event);
    }
    entries
}
