//! Several requests at a time, each written down before it leaves.

use crate::apply::apply;
use crate::apply::fakes::{FakeVendor, Trouble, change, conduct, grant, id, invite, plan, revoke};
use crate::apply::journal::{Journal, JournalError};
use crate::apply::{Conduct, Hands, Stop};
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{Action, Change, ChangeId, Outcome, OutcomeStatus, Run, VendorName};
use crate::guard::approve_for_tests;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

/// Notes what it is told, and breaks at a given intent.
#[derive(Default)]
struct Scribe {
    vendor: FakeVendor,
    full_at: Option<usize>,
    stop: Stop,
    stop_at: Option<usize>,
    /// The change whose answer is too much for it.
    panics_at: Option<ChangeId>,
    lines: Mutex<Vec<String>>,
    intents: Mutex<usize>,
}

impl Journal for Scribe {
    fn intend(&self, changes: &[&Change]) -> Result<(), JournalError> {
        let mut intents = self.intents.lock().unwrap();
        *intents += 1;
        if self.full_at == Some(*intents) {
            return Err(JournalError("The disk is full.".to_owned()));
        }
        if self.stop_at == Some(*intents) {
            self.stop.ask();
        }
        let sent: Vec<String> = self.vendor.with(|state| state.requests.concat());
        for change in changes {
            assert!(
                !sent.contains(&change.id.to_string()),
                "{} was sent before it was written down",
                change.id
            );
            self.lines.lock().unwrap().push(format!("{} intent", change.id));
        }
        Ok(())
    }

    fn answered(&self, change: &Change, answer: &Result<Receipt, ConnectorError>) {
        assert_ne!(self.panics_at.as_ref(), Some(&change.id), "a scripted panic");
        let said = if answer.is_ok() { "accepted" } else { "error" };
        self.lines.lock().unwrap().push(format!("{} {said}", change.id));
    }

    fn ended(&self, outcome: &Outcome) {
        self.lines.lock().unwrap().push(format!("{} {}", outcome.change, outcome.status.word()));
    }
}

async fn try_with(scribe: &Arc<Scribe>, width: usize, changes: Vec<Change>) -> Run {
    let hands = Hands { width, ..scribe.vendor.hands() };
    let journal = Arc::clone(scribe) as Arc<dyn Journal>;
    let conduct = Conduct { journal, stop: scribe.stop.clone(), ..conduct() };
    let hands = BTreeMap::from([(VendorName::parse("v").unwrap(), hands)]);
    apply(&approve_for_tests(plan(changes, Vec::new()), BTreeSet::new()), hands, &conduct).await
}

fn statuses(run: &Run) -> Vec<&str> {
    run.outcomes.iter().map(|one| one.status.word()).collect()
}

fn invites(count: usize) -> Vec<Change> {
    (1..=count).map(|at| change(at, &format!("u{at}"), invite(&format!("u{at}")))).collect()
}

#[tokio::test(start_paused = true)]
async fn as_many_requests_are_under_way_as_may_be() {
    for width in [1, 4, 16] {
        let scribe = Arc::new(Scribe::default());
        let run = try_with(&scribe, width, invites(40)).await;
        assert!(run.outcomes.iter().all(|one| one.status == OutcomeStatus::Done));
        assert_eq!(scribe.vendor.with(|state| state.most_under_way), width);
    }
}

#[tokio::test(start_paused = true)]
async fn what_touches_one_resource_or_one_account_keeps_the_plans_order() {
    let vendor = FakeVendor::new(&["a", "b", "c"], &["main", "other"]).holding("main", "c", "x");
    let scribe = Arc::new(Scribe { vendor, ..Scribe::default() });
    let changes = vec![
        change(1, "a", grant("main", "x")),
        change(2, "b", grant("other", "x")),
        change(3, "a", grant("other", "x")),
        change(4, "c", revoke("main", "x")),
        change(5, "b", grant("main", "x")),
    ];
    let run = try_with(&scribe, 8, changes).await;
    assert_eq!(statuses(&run), ["done"; 5]);
    assert_eq!(scribe.vendor.with(|state| state.most_under_way), 2);
    let place = |id: &str| scribe.vendor.requests().iter().position(|one| one.contains(id)).unwrap();
    assert!(place("v-0001") < place("v-0003") && place("v-0001") < place("v-0004"));
    assert!(place("v-0002") <= place("v-0003") && place("v-0004") < place("v-0005"));
}

#[tokio::test(start_paused = true)]
async fn what_the_organisation_gives_goes_by_itself_and_side_by_side() {
    let names = ["a", "b", "c"];
    let scribe = Arc::new(Scribe { vendor: FakeVendor::new(&names, &["org"]), ..Scribe::default() });
    let of_org = |(at, who): (usize, &&str)| {
        let mut change = change(at + 1, who, grant("org", "x"));
        change.action.target_mut().unwrap().kind = Arc::from("org");
        change
    };
    let run = try_with(&scribe, 2, names.iter().enumerate().map(of_org).collect()).await;
    assert_eq!(statuses(&run), ["done"; 3]);
    assert_eq!(scribe.vendor.requests(), ["v-0001", "v-0002", "v-0003"]);
    assert_eq!(scribe.vendor.with(|state| state.most_under_way), 2);
}

#[tokio::test(start_paused = true)]
async fn invariant_4_intent_answer_and_end_are_written_in_this_order() {
    let scribe = Arc::new(Scribe::default());
    try_with(&scribe, 4, invites(9)).await;
    let lines = scribe.lines.lock().unwrap().clone();
    for at in 1..=9 {
        let id = ChangeId::new(&VendorName::parse("v").unwrap(), at).to_string();
        let own: Vec<_> = lines.iter().filter_map(|line| line.strip_prefix(&id)).collect();
        assert_eq!(own, [" intent", " accepted", " done"], "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_4_nothing_is_sent_that_cannot_be_written_down_first() {
    let scribe = Arc::new(Scribe { full_at: Some(2), ..Scribe::default() });
    let run = try_with(&scribe, 2, invites(6)).await;
    assert_eq!(scribe.vendor.requests(), ["v-0001", "v-0002"]);
    assert_eq!(statuses(&run), ["done", "done", "failed", "failed", "failed", "failed"]);
    assert!(run.outcomes[5].detail.contains("The disk is full."), "{}", run.outcomes[5].detail);
}

#[tokio::test(start_paused = true)]
async fn called_off_it_finishes_what_is_under_way_and_looks_at_it() {
    let scribe = Arc::new(Scribe { stop_at: Some(2), ..Scribe::default() });
    let run = try_with(&scribe, 2, invites(8)).await;
    assert_eq!(scribe.vendor.requests(), ["v-0001", "v-0002", "v-0003", "v-0004"]);
    assert_eq!(statuses(&run)[..4], ["done"; 4]);
    assert_eq!(statuses(&run)[4..], ["skipped"; 4]);
    assert_eq!(scribe.vendor.readings(), 1);
}

#[tokio::test(start_paused = true)]
async fn invariant_9_gains_that_fail_do_not_hold_removals_up() {
    let lost = ConnectorError::Unknown { message: "No answer.".to_owned() };
    let vendor = FakeVendor::new(&["old"], &[]);
    let vendor = (1..=3).fold(vendor, |vendor, at| vendor.trouble(at, Trouble::Fails(lost.clone())));
    let scribe = Arc::new(Scribe { vendor, ..Scribe::default() });
    let mut removal = change(6, "old", Action::RemoveAccount);
    removal.account_id = Some(id("old"));
    let changes = invites(5).into_iter().chain([removal]).collect();
    let run = try_with(&scribe, 1, changes).await;
    assert_eq!(statuses(&run), ["failed", "failed", "failed", "skipped", "skipped", "done"]);
}

#[tokio::test(start_paused = true)]
async fn invariant_7_what_had_left_when_a_lane_broke_off_is_unverified() {
    let panics_at = Some(ChangeId::new(&VendorName::parse("v").unwrap(), 2));
    let scribe = Arc::new(Scribe { panics_at, ..Scribe::default() });
    let run = try_with(&scribe, 3, invites(5)).await;
    assert_eq!(scribe.vendor.requests(), ["v-0001", "v-0002", "v-0003"]);
    assert_eq!(statuses(&run), ["unverified", "unverified", "unverified", "skipped", "skipped"]);
}
