use super::super::fixture::{at, bytes, header, intent};
use super::super::{aside, unfinished};
use super::*;
use crate::apply::fakes::{FakeVendor, Trouble, change, conduct, grant, id, invite, plan, revoke};
use crate::apply::flight::LONGEST_FLIGHT;
use crate::apply::{Conduct, Hands, apply};
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{Action, OutcomeStatus};
use crate::guard::approve_for_tests;
use crate::net::Clock;
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

mod crashes;

fn name() -> VendorName {
    VendorName::parse("v").unwrap()
}

fn eyes(vendor: &FakeVendor, settle: u64) -> BTreeMap<VendorName, Eyes> {
    let Hands { reader, scope, .. } = vendor.hands();
    BTreeMap::from([(name(), Eyes { reader, scope, settle: Duration::from_secs(settle) })])
}

/// Begins with the journals' time, and leaps.
struct Later(tokio::time::Instant, i64);

#[async_trait]
impl Clock for Later {
    fn now(&self) -> Timestamp {
        at(self.1) + self.0.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// So many seconds after the journal's beginning.
fn later(seconds: i64) -> Conduct {
    Conduct { clock: Arc::new(Later(tokio::time::Instant::now(), seconds)), ..conduct() }
}

fn keep(root: &Path, changes: &[Change], entries: &[Entry]) {
    let folder = root.join(super::super::FOLDER);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("1.jsonl"), bytes(changes, entries)).unwrap();
}

fn only(root: &Path) -> Unfinished {
    let mut all = unfinished(root).unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn words(recovered: &Recovered) -> Vec<&'static str> {
    recovered.findings.values().map(Found::word).collect()
}

#[tokio::test(start_paused = true)]
async fn what_shows_late_is_waited_for_a_while_whether_or_not_it_may_be_repeated() {
    let root = tempfile::tempdir().unwrap();
    let changes = [change(1, "dave", invite("dave")), change(2, "jane", grant("main", "x"))];
    let vendor = FakeVendor::new(&["jane"], &["main"]);
    let look = async |sent: &[usize], started: i64| {
        let entries: Vec<_> = sent.iter().map(|at| intent(&changes[*at])).collect();
        keep(root.path(), &changes, &entries);
        let conduct = later(started);
        let recovered = recover(only(root.path()), &eyes(&vendor, 60), &conduct).await;
        let took = conduct.clock.now().duration_since(at(started)).as_secs();
        (words(&recovered), took)
    };
    // Its process may have sent it just before it died, and that may have been as late as this.
    let flight = i64::try_from(LONGEST_FLIGHT.as_secs()).unwrap();
    assert_eq!(look(&[0], 1).await, (vec!["not-done"], 60));
    assert_eq!(look(&[0], 42).await, (vec!["not-done"], 60));
    assert_eq!(look(&[0], flight).await, (vec!["not-done"], 60));
    // The intent is of the journal's first second, and whole seconds may be one too many.
    assert_eq!(look(&[0], flight + 42).await, (vec!["not-done"], 20));
    let longest = |sent: &[usize]| {
        let entries: Vec<_> = sent.iter().map(|at| intent(&changes[*at])).collect();
        keep(root.path(), &changes, &entries);
        only(root.path()).longest_look(at(flight + 42), |_| Duration::from_secs(60)).as_secs()
    };
    // The second intent is of the second after.
    assert_eq!([longest(&[0]), longest(&[1]), longest(&[0, 1])], [20, 20, 21]);
    assert_eq!(look(&[0], flight + 1000).await, (vec!["not-done"], 0));
    assert_eq!(look(&[0], -1000).await, (vec!["not-done"], 60), "a clock that was set back");
    assert_eq!(look(&[1], 1).await, (vec!["not-done"], 60));
    assert_eq!(look(&[0, 1], flight + 42).await, (vec!["not-done", "not-done"], 21));
    assert_eq!(look(&[1], flight + 1000).await, (vec!["not-done"], 0));
    vendor.with(|state| state.accounts.insert(id("dave"), crate::apply::fakes::account("dave")));
    assert_eq!(look(&[0], 1).await, (vec!["done"], 0));
}

#[tokio::test(start_paused = true)]
async fn what_may_show_for_an_hour_holds_nobody_up_for_longer_than_two_minutes() {
    let root = tempfile::tempdir().unwrap();
    let changes = [change(1, "dave", invite("dave"))];
    keep(root.path(), &changes, &[intent(&changes[0])]);
    let conduct = later(1);
    let vendor = FakeVendor::new(&[], &[]);
    let mut recovered = recover(only(root.path()), &eyes(&vendor, 3600), &conduct).await;
    assert_eq!(conduct.clock.now().duration_since(at(1)).as_secs(), 120);
    let why = recovered.findings.values().next().unwrap().why();
    assert_eq!(why, "It does not show, and need not before 2026-11-22T13:00:01Z.");
    // A clock that was set back tells nothing, and would for as long.
    let back = later(-86_400);
    let waited = recover(only(root.path()), &eyes(&vendor, 3600), &back).await;
    assert_eq!(words(&waited), ["not-done"]);
    let longest = |now| only(root.path()).longest_look(now, |_| Duration::from_secs(3600)).as_secs();
    assert_eq!([longest(at(1)), longest(at(5)), longest(at(-86_400))], [120, 120, 3600]);
    let anew = plan(changes.to_vec(), Vec::new());
    let kept = aside(&recovered.unsettled(), &anew);
    assert!(kept[&changes[0].id].contains("it is not known yet whether it did"), "{kept:?}");
    recovered.supersede(&anew, &[changes[0].id.clone()].into());
    assert_eq!(words(&recovered), ["unread"], "what would be noticed twice is not superseded");
}

#[tokio::test(start_paused = true)]
async fn what_has_been_done_again_since_is_settled() {
    let root = tempfile::tempdir().unwrap();
    let changes = [change(1, "jane", grant("main", "x")), change(2, "bob", revoke("main", "x"))];
    keep(root.path(), &changes, &changes.each_ref().map(intent));
    let vendor = FakeVendor::new(&["jane", "bob"], &["main"]).holding("main", "bob", "x");
    let mut recovered = recover(only(root.path()), &eyes(&vendor, 3600), &later(9)).await;
    assert_eq!(words(&recovered), ["unread", "unread"]);
    let higher = plan(vec![change(7, "jane", grant("main", "y"))], Vec::new());
    recovered.supersede(&higher, &[higher.changes[0].id.clone()].into());
    assert_eq!(words(&recovered), ["unread", "unread"], "another level is another change");
    let anew = plan(vec![change(7, "jane", grant("main", "x"))], Vec::new());
    recovered.supersede(&anew, &BTreeSet::new());
    assert_eq!(words(&recovered), ["unread", "unread"]);
    recovered.supersede(&anew, &[anew.changes[0].id.clone()].into());
    assert_eq!(words(&recovered), ["not-done", "unread"]);
    assert_eq!(recovered.write(), Ok(false));
    let again = plan(vec![change(8, "bob", revoke("main", "x"))], Vec::new());
    recovered.supersede(&again, &[again.changes[0].id.clone()].into());
    assert_eq!(recovered.write(), Ok(true));
}

#[tokio::test(start_paused = true)]
async fn what_the_vendor_has_answered_was_sent_before_that() {
    let root = tempfile::tempdir().unwrap();
    let changes = [change(1, "dave", invite("dave"))];
    let lost = ConnectorError::Unknown { message: "The answer was lost.".to_owned() };
    // The intent is of the first second, and the answer of the second.
    keep(root.path(), &changes, &[intent(&changes[0]), Entry::Answer(changes[0].id.clone(), Err(lost))]);
    let conduct = later(43);
    let recovered = recover(only(root.path()), &eyes(&FakeVendor::new(&[], &[]), 60), &conduct).await;
    let took = conduct.clock.now().duration_since(at(43)).as_secs();
    assert_eq!((words(&recovered), took), (vec!["not-done"], 20));
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_vendor_keeps_it_open_and_a_moments_trouble_does_not() {
    let root = tempfile::tempdir().unwrap();
    let changes = [change(1, "jane", grant("main", "x"))];
    keep(root.path(), &changes, &[intent(&changes[0])]);
    let down = ConnectorError::Unknown { message: "It is down.".to_owned() };
    let vendor = FakeVendor::new(&["jane"], &["main"]);
    vendor.with(|state| state.failed_readings.extend([(1, down.clone()), (2, down.clone()), (3, down)]));
    let recovered = recover(only(root.path()), &eyes(&vendor, 60), &later(9)).await;
    assert!(
        matches!(&recovered.findings.values().next(), Some(Found::Unread(why)) if why.contains("It is down."))
    );
    assert_eq!((recovered.write(), recovered.let_go()), (Ok(false), Ok(false)));
    let settled = later(i64::try_from(LONGEST_FLIGHT.as_secs()).unwrap() + 61);
    let recovered = recover(only(root.path()), &eyes(&vendor, 60), &settled).await;
    assert_eq!((words(&recovered), recovered.write()), (vec!["not-done"], Ok(true)));
    assert_eq!(unfinished(root.path()).unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_is_not_looked_at_keeps_it_open() {
    let root = tempfile::tempdir().unwrap();
    let changes = [change(1, "jane", grant("main", "x"))];
    keep(root.path(), &changes, &[intent(&changes[0])]);
    let recovered = recover(only(root.path()), &BTreeMap::new(), &later(9)).await;
    let why = recovered.findings.values().next().unwrap().why();
    assert!(why.contains("`v` was not looked at") && why.contains("1.jsonl"), "{why}");
}

#[tokio::test(start_paused = true)]
async fn a_wish_to_stop_ends_the_wait() {
    let root = tempfile::tempdir().unwrap();
    let changes = [change(1, "dave", invite("dave"))];
    keep(root.path(), &changes, &[intent(&changes[0])]);
    let conduct = later(1);
    conduct.stop.ask();
    let recovered = recover(only(root.path()), &eyes(&FakeVendor::new(&[], &[]), 60), &conduct).await;
    assert_eq!(words(&recovered), ["unread"]);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_can_know_is_told_until_it_is_let_go() {
    let root = tempfile::tempdir().unwrap();
    let changes = [change(1, "jane", Action::ResendInvitation { on: None })];
    keep(root.path(), &changes, &[intent(&changes[0])]);
    let vendor = FakeVendor::new(&["jane"], &[]);
    for _ in 0..2 {
        let recovered = recover(only(root.path()), &eyes(&vendor, 60), &later(9)).await;
        assert_eq!(recovered.unknown(), changes);
        assert_eq!(aside(&recovered.unsettled(), &plan(changes.to_vec(), Vec::new())).len(), 1);
        assert_eq!(recovered.write(), Ok(false));
    }
    let text = std::fs::read_to_string(&only(root.path()).path).unwrap();
    assert_eq!(text.matches("\"recovered\"").count(), 1, "what is known already is not written again");
    let recovered = recover(only(root.path()), &eyes(&vendor, 60), &later(9)).await;
    assert_eq!(recovered.let_go(), Ok(true));
    assert_eq!(unfinished(root.path()).unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn no_outcome_of_the_old_apply_is_lost() {
    let root = tempfile::tempdir().unwrap();
    let changes: Vec<_> = ["a", "b", "c", "d", "e"]
        .iter()
        .zip(1..)
        .map(|(who, at)| change(at, who, if at == 4 { revoke("main", "x") } else { grant("main", "x") }))
        .collect();
    let ended = |at: usize, status| {
        Entry::Outcome(Outcome {
            change: changes[at].id.clone(),
            status,
            detail: "So.".to_owned(),
            credential: None,
        })
    };
    let entries = [
        intent(&changes[0]),
        intent(&changes[1]),
        intent(&changes[3]),
        Entry::Answer(changes[0].id.clone(), Ok(Receipt::default())),
        ended(0, OutcomeStatus::Done),
        ended(2, OutcomeStatus::Waiting),
    ];
    keep(root.path(), &changes, &entries);
    let vendor = FakeVendor::new(&["a", "b", "c", "d", "e"], &["main"]);
    let recovered = recover(only(root.path()), &eyes(&vendor, 0), &later(9)).await;
    let told = recovered.summary();
    let counts = "1 done by it, 1 found done now, 1 waiting, held back or failed, 1 not done, 1 never tried.";
    assert!(told.ends_with(counts) && told.contains("Jane"), "{told}");
    let ids: Vec<_> = recovered.fates().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, changes.iter().map(|change| change.id.clone()).collect::<Vec<_>>());
}

#[test]
fn what_ended_is_told_as_done_only_where_it_was() {
    let fate = |status| {
        let change = change(1, "jane", invite("jane")).id;
        class(&Fate::Ended(Outcome { change, status, detail: String::new(), credential: None })).0
    };
    assert_eq!((fate(OutcomeStatus::Done), fate(OutcomeStatus::Failed)), (0, 2));
}

#[tokio::test(start_paused = true)]
async fn what_is_open_is_told_before_what_is_done_and_that_not_without_end() {
    let told = |done: usize| async move {
        let root = tempfile::tempdir().unwrap();
        let mut changes: Vec<_> =
            (1..=done).map(|at| change(at, &format!("u{at}"), grant("main", "x"))).collect();
        changes.push(change(done + 1, "jane", Action::ResendInvitation { on: None }));
        keep(root.path(), &changes, &changes.iter().map(intent).collect::<Vec<_>>());
        let names: Vec<String> = (1..=done).map(|at| format!("u{at}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).chain(["jane"]).collect();
        let mut vendor = FakeVendor::new(&names, &["main"]);
        for name in &names[..done] {
            vendor = vendor.holding("main", name, "x");
        }
        recover(only(root.path()), &eyes(&vendor, 0), &later(9)).await.told()
    };
    let few = told(TOLD).await;
    let lines: Vec<&str> = few.lines().collect();
    assert!(
        lines[1].contains("jane") && lines[1].contains(": nobody can tell whether it was done. "),
        "{few}"
    );
    assert!(lines[2].ends_with(": done, as a reading shows now.") && lines.len() == TOLD + 3, "{few}");
    assert!(!few.contains("more that are done"), "{few}");
    assert!(told(TOLD + 2).await.contains("\n  and 2 more that are done\n"));
}
