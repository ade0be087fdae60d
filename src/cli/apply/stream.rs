//! Tells on stdout what an apply does while it does it, for `--format json`.

use super::super::{Output, saved_plan};
use crate::apply::journal::{Journal, JournalError};
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{Change, Outcome};
use crate::net::Clock;
use crate::view::{Happening, event_json};
use std::sync::Arc;

/// A journal that tells of each entry once it is made.
pub(crate) struct Stream {
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    output: Output,
    /// Whether a saved plan is carried out.
    saved: bool,
}

impl Stream {
    pub(crate) fn new(journal: Arc<dyn Journal>, clock: Arc<dyn Clock>, output: Output, saved: bool) -> Self {
        Self { journal, clock, output, saved }
    }

    fn tell(&self, happening: &Happening<'_>) {
        tell(&self.output, &*self.clock, happening);
    }
}

/// Tells of an event.
pub(super) fn tell(output: &Output, clock: &dyn Clock, happening: &Happening<'_>) {
    // Nobody who reads the stream is worth stopping half-way for: the journal has it all.
    let _ = output.data(&event_json(happening, clock.now()));
}

impl Journal for Stream {
    fn intend(&self, changes: &[&Change]) -> Result<(), JournalError> {
        self.journal.intend(changes)?;
        changes.iter().for_each(|change| self.tell(&Happening::Sending(change)));
        Ok(())
    }

    fn answered(&self, change: &Change, answer: &Result<Receipt, ConnectorError>) {
        self.journal.answered(change, answer);
        let error = answer.as_ref().err().map(ToString::to_string);
        self.tell(&Happening::Answered(change, error.as_deref()));
    }

    fn ended(&self, outcome: &Outcome) {
        self.journal.ended(outcome);
        let mut told = outcome.clone();
        if self.saved {
            saved_plan::advise(&mut told);
        }
        self.tell(&Happening::Ended(&told));
    }
}
