//! An apply that ends at any entry of its journal, before or after it is written, and what is made of that.

use super::*;
use crate::apply::fakes::snapshot;
use crate::apply::journal::{FileJournal, Journal};
use crate::apply::verify::{Sight, shows};
use tokio::sync::Notify;

/// A journal whose process dies at its `at`th entry.
struct Mortal {
    journal: FileJournal,
    at: usize,
    /// Whether that entry is still written.
    written: bool,
    entries: Mutex<usize>,
    dead: Notify,
}

impl Mortal {
    /// Whether the entry is written, and whether the program lives on behind it.
    fn next(&self) -> (bool, bool) {
        let mut entries = self.entries.lock().unwrap();
        *entries += 1;
        if *entries == self.at {
            self.dead.notify_one();
        }
        (*entries < self.at || (*entries == self.at && self.written), *entries < self.at)
    }
}

impl Journal for Mortal {
    fn intend(&self, changes: &[&Change]) -> Result<(), JournalError> {
        match self.next() {
            (true, _) => self.journal.intend(changes),
            (false, _) => Err(JournalError("It is dead.".to_owned())),
        }
    }

    fn answered(&self, change: &Change, answer: &Result<Receipt, ConnectorError>) {
        if self.next().0 {
            self.journal.answered(change, answer);
        }
    }

    fn ended(&self, outcome: &Outcome) {
        if self.next().0 {
            self.journal.ended(outcome);
        }
    }
}

fn wanted() -> Vec<Change> {
    vec![
        change(1, "carol", invite("carol")),
        change(2, "carol", grant("main", "x")).new_account().behind(&[1]),
        change(3, "jane", grant("main", "x")),
        change(4, "bob", revoke("other", "x")),
        change(5, "bob", Action::RemoveAccount).behind(&[4]),
        change(6, "dave", invite("dave")),
    ]
}

/// What is left to do, as a plan made now would have it.
fn left(vendor: &FakeVendor) -> Vec<Change> {
    let live = vendor.with(|state| snapshot(state));
    let mut changes = wanted();
    for change in &mut changes {
        let known =
            change.user.as_ref().map(|user| id(user.as_str())).filter(|id| live.accounts.contains_key(id));
        change.account_id = change.account_id.take().or(known.filter(|_| change.action.word() == "grant"));
    }
    changes.retain(|change| shows(change, &live) != Sight::Shown);
    let ids: BTreeSet<_> = changes.iter().map(|change| change.id.clone()).collect();
    changes.iter_mut().for_each(|change| change.after.retain(|id| ids.contains(id)));
    changes
}

/// How often each change took effect.
fn effects(vendor: &FakeVendor) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    vendor.with(|state| {
        for (ids, at) in state.requests.iter().zip(1..) {
            if !matches!(state.troubles.get(&at), Some(Trouble::Fails(_) | Trouble::Ignored)) {
                ids.iter().for_each(|id| *counts.entry(id.clone()).or_default() += 1);
            }
        }
    });
    counts
}

/// Applies what is left, until it dies or ends. Whether it ended.
async fn once(root: &Path, vendor: &FakeVendor, conduct: &Conduct, (at, written): (usize, bool)) -> bool {
    let changes = left(vendor);
    let journal = FileJournal::create(root, header(&changes), Arc::clone(&conduct.clock)).unwrap();
    let (entries, dead) = (Mutex::new(0), Notify::new());
    let mortal = Arc::new(Mortal { journal, at, written, entries, dead });
    let conduct = Conduct { journal: Arc::clone(&mortal) as Arc<dyn Journal>, ..conduct.clone() };
    let approved = approve_for_tests(plan(changes, Vec::new()), BTreeSet::new());
    let hands = BTreeMap::from([(name(), Hands { width: 3, batch: 2, ..vendor.hands() })]);
    tokio::select! {
        biased;
        () = mortal.dead.notified() => return false,
        _ = apply(&approved, hands, &conduct) => {}
    }
    mortal.journal.close().unwrap();
    true
}

/// Finds out what became of the earlier applies, and checks that against what the vendor knows.
async fn recovered(root: &Path, vendor: &FakeVendor, conduct: &Conduct) {
    for journal in unfinished(root).unwrap() {
        let recovered = recover(journal, &eyes(vendor, 60), conduct).await;
        let effects = effects(vendor);
        for (change, found) in &recovered.findings {
            let happened = effects.contains_key(change.as_str());
            match found {
                Found::Done => assert!(happened, "{change} was not carried out"),
                Found::NotDone(_) => {
                    let sent = &recovered.journal.started[change].change;
                    assert!(!happened || is_repeatable(sent), "{change} was carried out");
                }
                Found::Unread(_) if is_repeatable(&recovered.journal.started[change].change) => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(recovered.fates().len(), recovered.journal.header.changes.len());
        let settled = recovered.findings.values().all(|found| !matches!(found, Found::Unread(_)));
        assert_eq!(recovered.write(), Ok(settled));
    }
}

async fn dies(death: (usize, bool), trouble: Option<(usize, Trouble)>, stale: usize) -> bool {
    let root = tempfile::tempdir().unwrap();
    let vendor = FakeVendor::new(&["jane", "bob"], &["main", "other"]).holding("other", "bob", "x");
    vendor.with(|state| {
        state.stale_readings = stale;
        state.troubles.extend(trouble);
    });
    let conduct = conduct();
    let ended = once(root.path(), &vendor, &conduct, death).await;
    for _ in 0..5 {
        recovered(root.path(), &vendor, &conduct).await;
        if left(&vendor).is_empty() {
            break;
        }
        assert!(once(root.path(), &vendor, &conduct, (usize::MAX, true)).await);
    }
    tokio::time::advance(LONGEST_FLIGHT + Duration::from_secs(62)).await;
    recovered(root.path(), &vendor, &conduct).await;
    assert_eq!(unfinished(root.path()).unwrap(), []);
    let expect = wanted().iter().map(|change| (change.id.to_string(), 1)).collect();
    assert_eq!(effects(&vendor), expect, "{death:?}");
    ended
}

/// Every entry of an apply with this trouble, until there are no more. How many there were.
async fn everywhere(trouble: Option<(usize, Trouble)>, stale: usize) -> usize {
    for at in 1.. {
        let ended = dies((at, false), trouble.clone(), stale).await;
        if dies((at, true), trouble.clone(), stale).await && ended {
            return at - 1;
        }
    }
    unreachable!()
}

#[tokio::test(start_paused = true)]
async fn invariant_4_an_apply_that_dies_at_any_entry_is_finished_and_repeats_nothing() {
    let entries = everywhere(None, 0).await;
    // Each of six changes has an answer and an end, and no more than two share an intent.
    assert!(entries >= 15, "{entries}");
}

#[tokio::test(start_paused = true)]
async fn invariant_4_holds_where_the_vendor_fails_as_well() {
    let lost = || ConnectorError::Unknown { message: "No answer.".to_owned() };
    for request in [1, 3] {
        everywhere(Some((request, Trouble::Fails(lost()))), 0).await;
        everywhere(Some((request, Trouble::HappensAndFails(lost()))), 0).await;
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_4_holds_where_readings_lag_behind() {
    everywhere(None, 2).await;
}
