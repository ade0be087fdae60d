//! Time as an argument: production asks the system, tests decide.

use async_trait::async_trait;
use jiff::Timestamp;
use std::any::Any;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// Tells the time and waits.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The moment.
    fn now(&self) -> Timestamp;

    /// Returns once `duration` has passed.
    async fn sleep(&self, duration: Duration);

    /// How long it is since a moment of this clock's own choice, to measure waits by. No correction of the machine's
    /// time moves it.
    fn elapsed(&self) -> Duration {
        Duration::try_from(self.now().duration_since(Timestamp::UNIX_EPOCH)).unwrap_or_default()
    }

    /// Says that work begins which takes real time, such as an exchange with a server, until what is given back is
    /// dropped. A clock that leaps from one wait to the next stands still meanwhile; the machine's has nothing to do.
    fn outside(&self) -> Outside {
        Outside::default()
    }
}

/// Work that takes real time is under way, until this is dropped.
#[derive(Default)]
pub struct Outside(Option<Box<dyn Any + Send + Sync>>);

impl Outside {
    /// Keeps what the clock wants to see dropped when the work is over.
    #[must_use]
    pub fn new(held: impl Any + Send + Sync) -> Self {
        Self(Some(Box::new(held)))
    }
}

impl std::fmt::Debug for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Outside").field(&self.0.is_some()).finish()
    }
}

/// The machine's own clock, in whole seconds: nothing here needs finer ones, and people read them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn elapsed(&self) -> Duration {
        static BEGUN: OnceLock<Instant> = OnceLock::new();
        BEGUN.get_or_init(Instant::now).elapsed()
    }
}
