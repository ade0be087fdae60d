//! How long something has been going on.

use crate::net::Clock;
use jiff::Timestamp;
use std::time::Duration;

/// A moment, by both of a clock's times: a correction of the machine's time shows in the one alone, and hours for which
/// the machine slept in the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Since {
    told: Timestamp,
    elapsed: Duration,
}

impl Since {
    /// Now.
    pub(super) fn now(clock: &dyn Clock) -> Self {
        Self { told: clock.now(), elapsed: clock.elapsed() }
    }

    /// The moment as a clock tells it.
    pub(super) fn told(self) -> Timestamp {
        self.told
    }

    /// What is left of `whole` at most, by whichever of the two has gone on further.
    pub(super) fn left(self, whole: Duration, clock: &dyn Clock) -> Duration {
        let told = Duration::try_from(clock.now().duration_since(self.told)).unwrap_or_default();
        let elapsed = clock.elapsed().saturating_sub(self.elapsed);
        whole.saturating_sub(told.max(elapsed))
    }
}
