//! How an apply is told to come to an end early: what is under way is finished and looked at, nothing new is sent.

use std::sync::Arc;
use tokio::sync::watch;

/// A wish to stop, shared by whoever may have it and all who heed it.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    /// Asks for the end.
    pub fn ask(&self) {
        self.0.send_replace(true);
    }

    /// Whether somebody has asked.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once somebody asks.
    pub async fn asked(&self) {
        let mut told = self.0.subscribe();
        // The sender lives as long as this does, so that waiting cannot fail.
        let _ = told.wait_for(|asked| *asked).await;
    }
}
