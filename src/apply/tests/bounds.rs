//! No change is on its way for longer than whoever looks back takes for granted.

use crate::apply::fakes::{FakeVendor, conduct};
use crate::apply::fakes::{change, grant, invite, plan};
use crate::apply::flight::{BROKEN_OFF, LONGEST_FLIGHT};
use crate::apply::journal::{Journal, JournalError};
use crate::apply::{Conduct, Hands, apply};
use crate::connector::{ConnectorError, Receipt, Writer};
use crate::domain::{Change, Channel, Outcome, OutcomeStatus, Run, VendorName};
use crate::guard::approve_for_tests;
use crate::net::Clock;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

/// Answers after a while, and always the same; what it is to carry out, it carries out first.
struct Slow {
    vendor: FakeVendor,
    takes: Duration,
    answer: ConnectorError,
    carries_out: bool,
    /// How many are under way, and how many were at most.
    under_way: Mutex<(usize, usize)>,
    calls: Mutex<usize>,
}

impl Slow {
    fn new(takes: Duration, answer: ConnectorError) -> Self {
        let vendor = FakeVendor::new(&["ann", "bob"], &["main", "other"]);
        let (under_way, calls) = (Mutex::default(), Mutex::default());
        Self { vendor, takes, answer, carries_out: false, under_way, calls }
    }
}

#[async_trait]
impl Writer for Slow {
    async fn execute(&self, change: &Change) -> Result<Receipt, ConnectorError> {
        *self.calls.lock().unwrap() += 1;
        {
            let mut under_way = self.under_way.lock().unwrap();
            under_way.0 += 1;
            under_way.1 = under_way.1.max(under_way.0);
        }
        if self.carries_out {
            let _ = self.vendor.execute(change).await;
        }
        tokio::time::sleep(self.takes).await;
        self.under_way.lock().unwrap().0 -= 1;
        Err(self.answer.clone())
    }
}

/// The time of a machine that slept for so long while it wrote the journal.
struct Slept(tokio::time::Instant, Mutex<Duration>, Duration);

#[async_trait]
impl Clock for Slept {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.0.elapsed() + *self.1.lock().unwrap()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Journal for Slept {
    fn intend(&self, _: &[&Change]) -> Result<(), JournalError> {
        *self.1.lock().unwrap() += self.2;
        Ok(())
    }

    fn answered(&self, _: &Change, _: &Result<Receipt, ConnectorError>) {}

    fn ended(&self, _: &Outcome) {}
}

async fn try_with(slow: &Arc<Slow>, slept: Duration, changes: Vec<Change>) -> Run {
    let machine = Arc::new(Slept(tokio::time::Instant::now(), Mutex::default(), slept));
    let writer = Arc::clone(slow) as Arc<dyn Writer>;
    let hands =
        Hands { width: 4, writer: Ok(Arc::clone(&writer)), browser: Some(writer), ..slow.vendor.hands() };
    let conduct = Conduct { clock: machine.clone(), journal: machine, ..conduct() };
    let hands = BTreeMap::from([(VendorName::parse("v").unwrap(), hands)]);
    apply(&approve_for_tests(plan(changes, Vec::new()), BTreeSet::new()), hands, &conduct).await
}

fn took(run: &Run) -> Duration {
    Duration::try_from(run.ended.duration_since(run.started)).unwrap()
}

fn lost() -> ConnectorError {
    ConnectorError::Unknown { message: "It never answers.".to_owned() }
}

#[tokio::test(start_paused = true)]
async fn invariant_4_what_is_under_way_for_too_long_is_broken_off_and_a_reading_decides() {
    for (carries_out, status) in [(false, OutcomeStatus::Failed), (true, OutcomeStatus::Done)] {
        let slow = Arc::new(Slow { carries_out, ..Slow::new(minutes(600), lost()) });
        let changes = vec![change(1, "ann", grant("main", "x")), change(2, "bob", grant("main", "x"))];
        let run = try_with(&slow, Duration::ZERO, changes).await;
        assert!(took(&run) >= BROKEN_OFF && took(&run) < LONGEST_FLIGHT, "{:?}", took(&run));
        for outcome in &run.outcomes[..1] {
            assert_eq!(outcome.status, status, "{}", outcome.detail);
            assert!(outcome.detail.contains("it may have been carried out"), "{}", outcome.detail);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_4_what_could_be_under_way_for_too_long_is_not_sent_again() {
    let later =
        ConnectorError::RetryLater { after: Some(minutes(1)), message: "Too many requests.".to_owned() };
    let tries = async |takes: u64| {
        let slow = Arc::new(Slow::new(minutes(takes), later.clone()));
        let run = try_with(&slow, Duration::ZERO, vec![change(1, "cho", invite("cho"))]).await;
        let calls = *slow.calls.lock().unwrap();
        (calls, run.outcomes[0].clone())
    };
    assert_eq!(tries(1).await.0, 3);
    assert_eq!(tries(10).await.0, 3);
    let (calls, outcome) = tries(12).await;
    assert_eq!((calls, outcome.status), (2, OutcomeStatus::Failed));
    assert!(outcome.detail.starts_with("Too many requests. It was not sent again"), "{}", outcome.detail);
}

#[tokio::test(start_paused = true)]
async fn invariant_4_what_was_written_down_too_long_ago_is_not_sent_and_says_so() {
    let slow = Arc::new(Slow::new(minutes(0), lost()));
    let run = try_with(&slow, minutes(26), vec![change(1, "cho", invite("cho"))]).await;
    assert_eq!(*slow.calls.lock().unwrap(), 0);
    assert_eq!(run.outcomes[0].status, OutcomeStatus::Failed);
    assert!(run.outcomes[0].detail.starts_with("It was not sent"), "{}", run.outcomes[0].detail);
}

#[tokio::test(start_paused = true)]
async fn a_change_at_a_window_is_not_written_down_before_the_one_before_it_has_ended() {
    for (channel, most) in [(Channel::Browser, 1), (Channel::Api, 2)] {
        let slow = Arc::new(Slow::new(minutes(20), lost()));
        let changes = vec![
            change(1, "ann", grant("main", "x")).by(channel),
            change(2, "bob", grant("other", "x")).by(channel),
        ];
        let run = try_with(&slow, Duration::ZERO, changes).await;
        assert_eq!(slow.under_way.lock().unwrap().1, most);
        assert!(run.outcomes.iter().all(|one| one.detail.starts_with("It never answers.")));
    }
}
