//! Virtual time. It stands still while anything is under way, and leaps to the next wait when nothing is.
//!
//! Sockets are real, so which of two answers comes first in real time is nobody's to say. The clock therefore wakes
//! one sleeper at a time, in an order that is drawn and not observed, and only once every exchange that a client
//! began is waiting at a server. Then a seed gives the same history each time.

use async_trait::async_trait;
use grantline::net::{Clock, Outside};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// Rounds of the runtime in which nobody touches the clock, before the world counts as being at rest.
const CALM: u32 = 16;

/// Real time without a leap after which the world is taken to be stuck.
const STUCK: Duration = Duration::from_secs(20);

/// Who waits: those of the client before requests at a server, and each by a key that does not depend on who came first.
type Place = (Duration, u8, u64, u64);

#[derive(Debug, Default)]
struct State {
    elapsed: Duration,
    /// How far the wall clock is off.
    skew: SignedDuration,
    sleepers: BTreeMap<Place, Option<Waker>>,
    count: u64,
    /// Exchanges that clients have begun.
    outside: usize,
    /// The numbers of the requests that wait at a server, and whose clients wait for them.
    parked: BTreeSet<u64>,
    /// The numbers of those whose clients have gone away.
    abandoned: BTreeSet<u64>,
    /// Counts whatever shows that the world is not at rest.
    stirred: u64,
}

/// The world's time.
#[derive(Debug)]
pub(crate) struct SimClock {
    began: Timestamp,
    state: Mutex<State>,
}

impl SimClock {
    pub(crate) fn new(began: Timestamp) -> Arc<Self> {
        Arc::new(Self { began, state: Mutex::default() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.state().elapsed
    }

    /// Puts the wall clock off by so much more.
    pub(crate) fn jump(&self, by: SignedDuration) {
        self.state().skew += by;
    }

    fn sleeper(self: &Arc<Self>, duration: Duration, class: u8, key: u64) -> Sleep {
        let mut state = self.state();
        state.count += 1;
        state.stirred += 1;
        let place = (state.elapsed + duration, class, key, state.count);
        state.sleepers.insert(place, None);
        Sleep { clock: Arc::clone(self), place }
    }

    /// Has the request of this number wait at a server.
    pub(crate) async fn park(self: &Arc<Self>, duration: Duration, key: u64, number: u64) {
        self.arrived(number);
        self.sleeper(duration, 1, key).await;
        let mut state = self.state();
        state.stirred += 1;
        state.parked.remove(&number);
    }

    /// The request of this number waits at a server, perhaps for ever.
    pub(crate) fn arrived(&self, number: u64) {
        let mut state = self.state();
        state.stirred += 1;
        if !state.abandoned.contains(&number) {
            state.parked.insert(number);
        }
    }

    /// Nobody waits for it any more.
    pub(crate) fn abandoned(&self, number: u64) {
        let mut state = self.state();
        state.stirred += 1;
        state.parked.remove(&number);
        state.abandoned.insert(number);
    }

    /// Lets time pass whenever the world is at rest. Returns when nobody waits for anything any more, with why.
    pub(crate) async fn run(self: Arc<Self>) -> String {
        let (mut calm, mut seen, mut leapt) = (0, 0, Instant::now());
        loop {
            tokio::task::yield_now().await;
            let (stirred, at_rest) = {
                let state = self.state();
                (state.stirred, state.outside == state.parked.len())
            };
            if stirred != seen || !at_rest {
                (seen, calm) = (stirred, 0);
            } else {
                calm += 1;
            }
            if calm >= CALM {
                if !self.leap() {
                    return "nobody waits for time to pass, and nothing goes on".to_owned();
                }
                (calm, leapt) = (0, Instant::now());
            } else if leapt.elapsed() > STUCK {
                return format!("the world does not come to rest: {:?}", self.state());
            }
        }
    }

    /// Wakes whoever waits for the earliest moment.
    fn leap(&self) -> bool {
        let mut state = self.state();
        let Some((place, waker)) = state.sleepers.pop_first() else { return false };
        state.elapsed = state.elapsed.max(place.0);
        state.stirred += 1;
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }
}

/// A wait. It is over once the clock has taken it off its list.
struct Sleep {
    clock: Arc<SimClock>,
    place: Place,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match self.clock.state().sleepers.get_mut(&self.place) {
            None => Poll::Ready(()),
            Some(waker) => {
                *waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let mut state = self.clock.state();
        state.sleepers.remove(&self.place);
        state.stirred += 1;
    }
}

/// An exchange that a client began.
struct Exchange(Arc<SimClock>);

impl Drop for Exchange {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.stirred += 1;
        state.outside -= 1;
    }
}

/// The time that the program sees: its wall clock may jump.
#[derive(Debug, Clone)]
pub(crate) struct ClientClock(pub(crate) Arc<SimClock>);

#[async_trait]
impl Clock for ClientClock {
    fn now(&self) -> Timestamp {
        let state = self.0.state();
        let elapsed = SignedDuration::try_from(state.elapsed).unwrap_or(SignedDuration::MAX);
        self.0.began.saturating_add(elapsed.saturating_add(state.skew)).unwrap_or(self.0.began)
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleeper(duration, 0, 0).await;
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn outside(&self) -> Outside {
        let mut state = self.0.state();
        state.stirred += 1;
        state.outside += 1;
        Outside::new(Exchange(Arc::clone(&self.0)))
    }
}

/// The time at the vendors, which is nobody's to change.
#[derive(Debug, Clone)]
pub(crate) struct VendorClock(pub(crate) Arc<SimClock>);

#[async_trait]
impl Clock for VendorClock {
    fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.0.elapsed()).unwrap_or(SignedDuration::MAX);
        self.0.began.saturating_add(elapsed).unwrap_or(self.0.began)
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleeper(duration, 1, 0).await;
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
