//! Who asked for which change, and what came of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

/// One request that could change something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counted from 1 over the life of the state.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// The HTTP method.
    pub method: String,
    /// The path, as sent.
    pub path: String,
    /// Which credential came with it: `token`, `revoke-token`, `page` or `nobody`. Never the credential.
    pub who: String,
    /// The answer's status.
    pub status: u16,
    /// What changed; none if nothing did.
    pub effect: Option<String>,
    /// Whether no client may ever send such a request.
    pub violation: bool,
}

/// The audit log, shared between a test and the server.
#[derive(Debug, Clone, Default)]
pub struct Audit(Arc<Mutex<Vec<Entry>>>);

impl Audit {
    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        Self(Arc::new(Mutex::new(entries)))
    }

    /// Every entry, oldest first, those of earlier runs on the same state included.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        self.lock().clone()
    }

    /// The effects, oldest first.
    #[must_use]
    pub fn effects(&self) -> Vec<String> {
        self.lock().iter().filter_map(|entry| entry.effect.clone()).collect()
    }

    /// The requests that no client may ever send.
    #[must_use]
    pub fn violations(&self) -> Vec<Entry> {
        self.lock().iter().filter(|entry| entry.violation).cloned().collect()
    }

    /// Numbers an entry and keeps it.
    pub(crate) fn add(&self, mut entry: Entry) -> Entry {
        let mut entries = self.lock();
        entry.number = entries.last().map_or(1, |last| last.number + 1);
        entries.push(entry.clone());
        entry
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
