//! One question at a time, whichever vendors' windows they come from: a person types an answer to what they see.

use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Lets those who ask the same person wait for each other, in the order in which they come. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<()>>);

/// Nobody else asks for as long as this is held. The default one keeps nobody waiting.
#[derive(Debug, Default)]
pub struct Turn(#[expect(dead_code, reason = "it is held, and never looked at")] Option<OwnedMutexGuard<()>>);

impl Turns {
    /// Returns once it is the caller's turn.
    pub async fn next(&self) -> Turn {
        Turn(Some(Arc::clone(&self.0).lock_owned().await))
    }
}
