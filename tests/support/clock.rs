//! Time that passes only when somebody waits for it.

use async_trait::async_trait;
use grantline::apply::BROKEN_OFF;
use grantline::net::{Clock, Outside};
use grantline::observe::READ_TIMEOUT;
use jiff::Timestamp;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// Begins at the moment that it is made with. Waiting moves it on and takes no time, so that retries and
/// settling vendors cost a test nothing; but not while an exchange with a server is under way, which takes real time.
#[derive(Debug)]
pub(crate) struct LeapClock {
    now: Mutex<Timestamp>,
    exchanges: Arc<Exchanges>,
}

#[derive(Debug, Default)]
struct Exchanges {
    under_way: Mutex<usize>,
    over: Notify,
}

struct Exchange(Arc<Exchanges>);

impl Drop for Exchange {
    fn drop(&mut self) {
        *self.0.under_way.lock().unwrap() -= 1;
        self.0.over.notify_waiters();
    }
}

impl LeapClock {
    /// A clock that shows `start`.
    pub(crate) fn new(start: Timestamp) -> Self {
        Self { now: Mutex::new(start), exchanges: Arc::default() }
    }
}

#[async_trait]
impl Clock for LeapClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        if duration == READ_TIMEOUT || duration == BROKEN_OFF {
            // Whoever waits as long as a reading or a change may take is racing one, and a socket is slower than this clock.
            return std::future::pending().await;
        }
        tokio::task::yield_now().await;
        loop {
            let over = self.exchanges.over.notified();
            if *self.exchanges.under_way.lock().unwrap() == 0 {
                *self.now.lock().unwrap() += duration;
                return;
            }
            over.await;
        }
    }

    fn outside(&self) -> Outside {
        *self.exchanges.under_way.lock().unwrap() += 1;
        Outside::new(Exchange(Arc::clone(&self.exchanges)))
    }
}
