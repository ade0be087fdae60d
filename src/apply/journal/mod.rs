//! What an apply is about to do and what came of it, on disk before and after each request: whatever kills the
//! program, the next apply can find out how far it came.
//!
//! One file an apply. [`FileJournal`] writes it; [`unfinished`] finds those without an end; [`recover`] reads the vendors
//! and finds out what became of each change that was left open; [`aside`] keeps apart what nobody can find out.

mod aside;
mod decide;
mod entry;
mod file;
#[cfg(test)]
mod fixture;
mod paper;
mod prune;
mod read;
mod recover;
mod wire;

use crate::connector::{ConnectorError, Receipt};
use crate::domain::{Change, Outcome};
pub use aside::{aside, is_telling};
pub use decide::is_repeatable;
pub use entry::{Found, Header};
pub use file::FileJournal;
pub use paper::Paper;
pub use prune::prune;
pub use read::{Started, Unfinished, Used, unfinished, used};
pub use recover::{Eyes, Fate, Recovered, recover, recover_since};

/// Where journals are, under the workspace's root.
const FOLDER: &str = ".grantline/journal";

/// The journal cannot be written, so that nothing more may be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct JournalError(pub String);

/// Where an apply writes down what it does. Called from several lanes at once.
pub trait Journal: Send + Sync {
    /// Puts on disk that these changes are about to be sent, as they are sent. Only once this has returned may the
    /// first byte of any of them leave.
    ///
    /// # Errors
    /// [`JournalError`] when that is not on disk: a full disk, a lost file. From then on every call fails.
    fn intend(&self, changes: &[&Change]) -> Result<(), JournalError>;

    /// Notes what the vendor answered. What cannot be noted makes the next [`Journal::intend`] fail.
    fn answered(&self, change: &Change, answer: &Result<Receipt, ConnectorError>);

    /// Notes how a change ended, likewise.
    fn ended(&self, outcome: &Outcome);
}

/// Keeps nothing: for rehearsals, whose vendors nobody misses.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forgetful;

impl Journal for Forgetful {
    fn intend(&self, _: &[&Change]) -> Result<(), JournalError> {
        Ok(())
    }

    fn answered(&self, _: &Change, _: &Result<Receipt, ConnectorError>) {}

    fn ended(&self, _: &Outcome) {}
}
