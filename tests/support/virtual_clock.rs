//! Time that many wait for at once, and that passes only when all of them do: clients, and a server that takes its
//! time over an answer.

use async_trait::async_trait;
use grantline::net::{Clock, Outside};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::Notify;

/// How often everybody is let go on, to see that nobody can.
const CALM: u32 = 16;

/// Leaps from the end of one wait to the end of the next, in order, whoever waits. It stands still while an exchange
/// takes real time: one that is under way, and whose answer the server does not itself keep back by this clock.
pub(crate) struct VirtualClock {
    start: Timestamp,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    elapsed: Duration,
    waits: BTreeMap<(Duration, u64), Wait>,
    made: u64,
    /// Exchanges that clients have under way.
    exchanges: usize,
    /// Those among them that wait at the server.
    parked: usize,
    /// Grows whenever anything of the above changes.
    moves: u64,
}

struct Wait {
    waker: Option<Waker>,
    at_server: bool,
}

/// The clock as one side sees it.
struct Side {
    clock: Arc<VirtualClock>,
    is_server: bool,
}

impl VirtualClock {
    pub(crate) fn new(start: Timestamp) -> Arc<Self> {
        Arc::new(Self { start, state: Mutex::default(), changed: Notify::new() })
    }

    /// What a client is given.
    pub(crate) fn client(self: &Arc<Self>) -> Arc<dyn Clock> {
        Arc::new(Side { clock: Arc::clone(self), is_server: false })
    }

    /// What a server is given.
    pub(crate) fn server(self: &Arc<Self>) -> Arc<dyn Clock> {
        Arc::new(Side { clock: Arc::clone(self), is_server: true })
    }

    /// Carries work out and moves time on for it. The work must be all that this thread's runtime does.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let (mut seen, mut calm) = (0, 0);
        loop {
            let changed = self.changed.notified();
            let (moves, can_leap) = {
                let state = self.state();
                (state.moves, state.exchanges <= state.parked && !state.waits.is_empty())
            };
            calm = if moves == seen { calm + 1 } else { 0 };
            seen = moves;
            if can_leap && calm > CALM {
                self.leap();
            }
            tokio::select! {
                biased;
                done = &mut work => return done,
                () = changed, if !can_leap => {}
                () = tokio::task::yield_now(), if can_leap => {}
            }
        }
    }

    /// Ends the wait that ends first.
    fn leap(&self) {
        let mut state = self.state();
        let Some(((at, _), wait)) = state.waits.pop_first() else { return };
        state.elapsed = at;
        state.moves += 1;
        state.parked -= usize::from(wait.at_server);
        drop(state);
        if let Some(waker) = wait.waker {
            waker.wake();
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let mut state = self.state();
        state.moves += 1;
        let result = change(&mut state);
        drop(state);
        self.changed.notify_waiters();
        result
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One wait, until it is over or given up.
struct Sleep<'a> {
    clock: &'a VirtualClock,
    key: (Duration, u64),
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        match self.clock.state().waits.get_mut(&self.key) {
            None => Poll::Ready(()),
            Some(wait) => {
                wait.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        self.clock.change(|state| {
            if let Some(wait) = state.waits.remove(&self.key) {
                state.parked -= usize::from(wait.at_server);
            }
        });
    }
}

struct Exchange(Arc<VirtualClock>);

impl Drop for Exchange {
    fn drop(&mut self) {
        self.0.change(|state| state.exchanges -= 1);
    }
}

#[async_trait]
impl Clock for Side {
    fn now(&self) -> Timestamp {
        self.clock.start + self.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        let at_server = self.is_server;
        let key = self.clock.change(|state| {
            state.made += 1;
            let key = (state.elapsed + duration, state.made);
            state.waits.insert(key, Wait { waker: None, at_server });
            state.parked += usize::from(at_server);
            key
        });
        Sleep { clock: &self.clock, key }.await;
    }

    fn elapsed(&self) -> Duration {
        self.clock.state().elapsed
    }

    fn outside(&self) -> Outside {
        self.clock.change(|state| state.exchanges += 1);
        Outside::new(Exchange(Arc::clone(&self.clock)))
    }
}
