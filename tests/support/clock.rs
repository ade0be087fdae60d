//! Time that passes only when somebody waits for it.

use async_trait::async_trait;
use grantline::net::Clock;
use grantline::observe::READ_TIMEOUT;
use jiff::Timestamp;
use std::sync::Mutex;
use std::time::Duration;

/// Begins at the moment that it is made with. Waiting moves it on and takes no time, so that retries and
/// settling vendors cost a test nothing.
#[derive(Debug)]
pub(crate) struct LeapClock(Mutex<Timestamp>);

impl LeapClock {
    /// A clock that shows `start`.
    pub(crate) fn new(start: Timestamp) -> Self {
        Self(Mutex::new(start))
    }
}

#[async_trait]
impl Clock for LeapClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        if duration == READ_TIMEOUT {
            // Whoever waits as long as a reading may take is racing one, and a socket is slower than this clock.
            return std::future::pending().await;
        }
        tokio::task::yield_now().await;
        *self.0.lock().unwrap() += duration;
    }
}
