//! Reads the vendor again after changes were sent, and ends them by what the reading shows.

use super::board::{End, Step};
use super::lane::Lane;
use super::verify::{Sight, invited, is_idle, recorded_before, shows};
use super::words;
use crate::domain::{Action, Change, OutcomeStatus, Reading, ResourceReading, Snapshot};
use crate::observe::{Event, READ_TIMEOUT, read_one};
use std::time::Duration;
use tokio::sync::watch;

/// The first pause between two readings; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Readings at most. The last is made when the time to settle is over.
const READINGS: usize = 12;

/// Failed readings in a row after which no more are made.
const FAILED_READINGS: usize = 2;

/// What the last reading said about a change that has not ended.
enum Last {
    Not(String),
    /// It cannot tell: why, in full sentences.
    Unseen(String),
    Unreadable(String),
}

impl Lane {
    /// Ends every change of this lane that the vendor has answered. Whether there was any.
    ///
    /// Nothing is read when nothing can have changed.
    pub(super) async fn prove(&mut self) -> bool {
        let open = self.open();
        if open.is_empty() {
            return false;
        }
        if open.iter().any(|&at| worth_reading(&self.board.step(at))) {
            self.settle(open).await;
        } else {
            for at in open {
                if let Step::Doubtful { error, .. } = self.board.step(at) {
                    self.end(at, End::new(OutcomeStatus::Failed, error));
                }
            }
        }
        true
    }

    /// The places of the changes that the vendor has answered and that have not ended.
    fn open(&self) -> Vec<usize> {
        let is_open = |at: &usize| !matches!(self.board.step(*at), Step::Ended(_));
        self.sent.keys().copied().filter(is_open).collect()
    }

    async fn settle(&mut self, mut open: Vec<usize>) {
        let settle = self.hands.as_ref().map_or(Duration::ZERO, |hands| hands.settle);
        let (mut waited, mut pause, mut failed) = (Duration::ZERO, FIRST_PAUSE, 0);
        let mut reading = 0;
        let mut news = self.board.news();
        loop {
            reading += 1;
            let last = match self.read().await {
                Some(Reading::Complete(snapshot)) => {
                    failed = 0;
                    self.see(&mut open, settle, &snapshot)
                }
                Some(Reading::Unreadable(why)) => {
                    failed += 1;
                    open.iter().map(|_| Last::Unreadable(why.reason.clone())).collect()
                }
                None => return,
            };
            if !open.is_empty() && self.can_go_on() {
                // What only waited to see this need not wait for the rest, which is read on with it.
                return;
            }
            let accepted = open.iter().any(|&at| matches!(self.board.step(at), Step::Sent { .. }));
            let over = !accepted || waited >= settle || reading >= READINGS || failed >= FAILED_READINGS;
            if over || self.conduct.stop.is_asked() {
                return self.give_up(&open, last, waited);
            }
            let rest = settle.saturating_sub(waited);
            let next = if reading + 1 >= READINGS { rest } else { pause.min(rest) };
            self.conduct.progress.event(&Event::Settling(&self.vendor, open.len()));
            if self.rest(next, &mut news).await {
                return;
            }
            waited = waited.saturating_add(next);
            pause = pause.saturating_mul(2);
        }
    }

    /// Waits until it is time for the next reading. Whether another vendor's change frees one of this lane's before that.
    async fn rest(&self, pause: Duration, news: &mut watch::Receiver<Vec<Step>>) -> bool {
        let mut over = self.conduct.clock.sleep(pause);
        loop {
            tokio::select! {
                biased;
                () = self.conduct.stop.asked() => return false,
                () = &mut over => return false,
                Ok(()) = news.changed() => {
                    if self.can_go_on() {
                        return true;
                    }
                }
            }
        }
    }

    async fn read(&self) -> Option<Reading> {
        let hands = self.hands.as_ref()?;
        Some(read_one(&hands.reader, &hands.scope, READ_TIMEOUT, &*self.conduct.clock).await)
    }

    /// Ends what the reading shows, keeps the rest in `open`, and says of each of these what it shows instead.
    fn see(&mut self, open: &mut Vec<usize>, settle: Duration, snapshot: &Snapshot) -> Vec<Last> {
        let mut left = Vec::new();
        let mut last = Vec::new();
        for at in std::mem::take(open) {
            let Some(change) = self.sent.get(&at) else { continue };
            let step = self.board.step(at);
            match (shows(change, snapshot), step) {
                (Sight::Shown, step) => {
                    let change = change.clone();
                    self.learn(&change, snapshot);
                    let detail = match step {
                        Step::Doubtful { error, .. } => words::done_in_spite(&error),
                        Step::Sent { note } => words::done(note.as_deref()),
                        _ => words::done(None),
                    };
                    let idle = is_idle(&change, snapshot);
                    self.end(at, End { idle, ..End::new(OutcomeStatus::Done, detail) });
                }
                (Sight::Blind(reason), Step::Sent { .. }) => {
                    self.end(at, End::accepted(OutcomeStatus::Unverified, words::blind(&reason)));
                }
                (Sight::Blind(reason), _) => {
                    left.push(at);
                    last.push(Last::Unseen(words::no_reading(&reason)));
                }
                (Sight::Not(reason), _) => {
                    let times = self.times.get(&at);
                    let early = times.and_then(|times| recorded_before(change, *times, settle, snapshot));
                    left.push(at);
                    last.push(early.map_or(Last::Not(reason), Last::Unseen));
                }
            }
        }
        *open = left;
        last
    }

    /// A connector need not name what it created; a reading that shows it does.
    fn learn(&mut self, change: &Change, snapshot: &Snapshot) {
        match &change.action {
            Action::Invite { .. } => {
                if let (Some(user), Some(account)) = (&change.user, invited(change, snapshot)) {
                    self.learned.accounts.insert(user.clone(), account.id.clone());
                }
            }
            Action::CreateResource { on } => {
                if let Some(ResourceReading::Read { id: Some(id), .. }) = snapshot.resources.get(&on.name) {
                    self.learned.resources.insert(on.name.clone(), id.clone());
                }
            }
            _ => {}
        }
    }

    fn give_up(&self, open: &[usize], last: Vec<Last>, waited: Duration) {
        for (&at, last) in open.iter().zip(last) {
            let end = match (self.board.step(at), last) {
                (Step::Doubtful { error, possible: true }, Last::Not(instead)) => {
                    End::new(OutcomeStatus::Failed, words::failed(&error, &instead))
                }
                (Step::Doubtful { error, possible: true }, Last::Unseen(why)) => {
                    End::new(OutcomeStatus::Unverified, words::unseen(Some(&error), &why))
                }
                (Step::Doubtful { error, possible: true }, Last::Unreadable(why)) => {
                    End::new(OutcomeStatus::Unverified, words::unreadable(Some(&error), &why))
                }
                (Step::Doubtful { error, .. }, _) => End::new(OutcomeStatus::Failed, error),
                (Step::Sent { note }, Last::Not(instead)) => End::accepted(
                    OutcomeStatus::Unverified,
                    words::not_shown(&instead, waited, note.as_deref()),
                ),
                (Step::Sent { .. }, Last::Unseen(why)) => {
                    End::accepted(OutcomeStatus::Unverified, words::unseen(None, &why))
                }
                (_, Last::Unreadable(why)) => {
                    End::accepted(OutcomeStatus::Unverified, words::unreadable(None, &why))
                }
                (Step::Pending | Step::Leaving | Step::Ended(_), Last::Not(_) | Last::Unseen(_)) => continue,
            };
            self.end(at, end);
        }
    }
}

/// Whether a reading could show anything new: a change that was declined has changed nothing.
fn worth_reading(step: &Step) -> bool {
    matches!(step, Step::Sent { .. } | Step::Doubtful { possible: true, .. })
}
