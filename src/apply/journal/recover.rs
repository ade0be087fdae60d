//! Finds out what became of the changes that an earlier apply left open, by reading their vendors.
//!
//! Nothing is sent here. What was not done stays to be planned anew, from what the vendors hold now; so a journal that
//! somebody forged can hold changes back, and can bring none about.

use super::aside::is_same;
use super::decide::{Verdict, decide, is_repeatable};
use super::entry::{Entry, Found};
use super::file::{reopen, unwritable};
use super::read::{Started, Unfinished};
use super::{JournalError, Paper as _};
use crate::apply::Conduct;
use crate::apply::words::instruction;
use crate::connector::{Reader, Scope};
use crate::domain::{Change, ChangeId, Outcome, Plan, Reading, VendorName};
use crate::observe::{Event, READ_TIMEOUT, read_one};
use jiff::{Timestamp, Unit};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// The first pause between two readings; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// How long what may show yet is waited for. Nothing at any vendor is planned meanwhile, and somebody may have to go.
const PATIENCE: Duration = Duration::from_secs(120);

/// Failed readings in a row after which no more are made.
const FAILED_READINGS: usize = 2;

/// As many changes that were found done are told of one by one.
const TOLD: usize = 20;

/// What it takes to look at one vendor.
#[derive(Clone)]
pub struct Eyes {
    /// Its reader.
    pub reader: Arc<dyn Reader>,
    /// What a reading covers.
    pub scope: Scope,
    /// How long a change may take to show.
    pub settle: Duration,
}

/// What became of what an earlier apply left open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// Its journal, as it was found.
    pub journal: Unfinished,
    /// What was found out about each change that it left open.
    pub findings: BTreeMap<ChangeId, Found>,
    /// When.
    pub at: Timestamp,
}

/// What became of one change of an apply that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It ended in that apply.
    Ended(Outcome),
    /// It was found out afterwards.
    Found(Found),
    /// It was never sent, and had not ended when the apply broke off.
    NeverTried,
}

/// Reads the vendors of the changes that are open, all at once, until it is known what became of each.
///
/// A change that does not show is not done once the vendor's time to show it is over, counted from when it can last have
/// been sent. That is waited for, two minutes at most; what then may show yet stays open.
pub async fn recover(journal: Unfinished, eyes: &BTreeMap<VendorName, Eyes>, conduct: &Conduct) -> Recovered {
    recover_since(conduct.clock.elapsed(), journal, eyes, conduct).await
}

/// The same where looking back began at `begun`, by the clock's elapsed time, at other applies.
pub async fn recover_since(
    begun: Duration,
    journal: Unfinished,
    eyes: &BTreeMap<VendorName, Eyes>,
    conduct: &Conduct,
) -> Recovered {
    let spent = conduct.clock.elapsed().saturating_sub(begun);
    let mut vendors: BTreeMap<VendorName, Vec<Started>> = BTreeMap::new();
    for open in journal.open_changes() {
        vendors.entry(open.change.vendor.clone()).or_default().push(open.clone());
    }
    // What a task that never reports back leaves behind.
    let lost = || Found::Unread("Looking at the vendor broke off. This is a defect of grantline.".to_owned());
    let mut findings: BTreeMap<ChangeId, Found> =
        journal.open_changes().map(|open| (open.change.id.clone(), lost())).collect();
    let mut tasks = JoinSet::new();
    for (vendor, open) in vendors {
        match eyes.get(&vendor) {
            Some(eyes) => drop(tasks.spawn(look(vendor, open, eyes.clone(), (spent, conduct.clone())))),
            None => findings.extend(all(&open, &unseen(&vendor, &journal))),
        }
    }
    while let Some(joined) = tasks.join_next().await {
        findings.extend(joined.unwrap_or_default());
    }
    Recovered { journal, findings, at: conduct.clock.now() }
}

fn unseen(vendor: &VendorName, journal: &Unfinished) -> Found {
    Found::Unread(format!(
        "`{vendor}` was not looked at. Apply there as well; if it is no vendor of this workspace any more, delete {}.",
        journal.path.display()
    ))
}

fn all(open: &[Started], found: &Found) -> Vec<(ChangeId, Found)> {
    open.iter().map(|one| (one.change.id.clone(), found.clone())).collect()
}

/// Reads one vendor until nothing more can be found out.
async fn look(
    vendor: VendorName,
    mut open: Vec<Started>,
    eyes: Eyes,
    (spent, conduct): (Duration, Conduct),
) -> Vec<(ChangeId, Found)> {
    let clock = &*conduct.clock;
    let (begun, now) = (clock.elapsed(), clock.now());
    // Where the clock was set back, only waiting tells how much time has passed.
    let is_back = open.iter().any(|one| now < one.at);
    let patience = if is_back { eyes.settle } else { PATIENCE.saturating_sub(spent) };
    let mut found = Vec::new();
    let (mut pause, mut failed) = (FIRST_PAUSE, 0);
    loop {
        let waited = clock.elapsed().saturating_sub(begun);
        let rest = match read_one(&eyes.reader, &eyes.scope, READ_TIMEOUT, clock).await {
            Reading::Complete(snapshot) => {
                failed = 0;
                let mut longest = Duration::ZERO;
                open.retain(|one| match decide(one, passed(one, now, waited), eyes.settle, &snapshot) {
                    Verdict::Found(what) => {
                        found.push((one.change.id.clone(), what));
                        false
                    }
                    Verdict::Wait(rest) if waited >= patience => {
                        found.push((one.change.id.clone(), not_yet(clock.now(), rest)));
                        false
                    }
                    Verdict::Wait(rest) => {
                        longest = longest.max(rest);
                        true
                    }
                });
                longest
            }
            Reading::Unreadable(why) => {
                failed += 1;
                if failed >= FAILED_READINGS {
                    found.extend(all(
                        &open,
                        &Found::Unread(format!("`{vendor}` could not be read: {}", why.reason)),
                    ));
                    return found;
                }
                FIRST_PAUSE
            }
        };
        if open.is_empty() {
            return found;
        }
        conduct.progress.event(&Event::Settling(&vendor, open.len()));
        let next = pause.min(rest).min(patience.saturating_sub(waited));
        tokio::select! {
            biased;
            () = conduct.stop.asked() => {
                found.extend(all(&open, &Found::Unread("The apply was called off before it was certain.".to_owned())));
                return found;
            }
            () = clock.sleep(next) => {}
        }
        pause = pause.saturating_mul(2);
    }
}

/// Whether they ask for the same, to the letter, of one account.
fn is_equal(one: &Change, other: &Change) -> bool {
    one.account_id == other.account_id && one.action == other.action
}

/// What need not show yet.
fn not_yet(now: Timestamp, rest: Duration) -> Found {
    let until = now.checked_add(rest).ok().and_then(|until| until.round(Unit::Second).ok()).unwrap_or(now);
    Found::Unread(format!("It does not show, and need not before {until}."))
}

/// How long it is at least since a change can last have been sent, where looking back began at `now`, when its process was
/// gone, and has waited so long since. Times in a journal are whole seconds; a clock that was set back must not make the
/// wait longer than it would be for a change sent now, and one that is set forward meanwhile must not make it shorter.
fn passed(open: &Started, now: Timestamp, waited: Duration) -> Duration {
    let since = Duration::try_from(now.duration_since(open.sent_by())).unwrap_or_default();
    since.saturating_sub(Duration::from_secs(1)).saturating_add(waited)
}

impl Unfinished {
    /// How long [`recover`] may take from `now` on, readings aside. `settle` says how long a vendor may take to show a
    /// change.
    pub fn longest_look(&self, now: Timestamp, settle: impl Fn(&VendorName) -> Duration) -> Duration {
        let waits = |open: &&Started| open.is_possible();
        let rest =
            |open: &Started| settle(&open.change.vendor).saturating_sub(passed(open, now, Duration::ZERO));
        let longest = self.open_changes().filter(waits).map(rest).max().unwrap_or_default();
        let is_back = self.open_changes().any(|open| now < open.at);
        if is_back { longest } else { longest.min(PATIENCE) }
    }
}

impl Recovered {
    /// Adds to the old journal what was found out, and its end where nothing is open any more. Whether that was so.
    ///
    /// What nobody can know stays open: the next apply tells of it again, until [`Recovered::let_go`].
    ///
    /// # Errors
    /// A [`JournalError`] when it is not on the disk.
    pub fn write(&self) -> Result<bool, JournalError> {
        let whole = self.findings.values().all(|found| matches!(found, Found::Done | Found::NotDone(_)));
        self.add(whole)?;
        Ok(whole)
    }

    /// As [`Recovered::write`], and ends the journal although it is not known what became of some changes: somebody has
    /// decided that they may be carried out again, or no plan asks for them any more. What was not looked at keeps it
    /// open all the same.
    ///
    /// # Errors
    /// A [`JournalError`] when it is not on the disk.
    pub fn let_go(&self) -> Result<bool, JournalError> {
        let whole = !self.findings.values().any(|found| matches!(found, Found::Unread(_)));
        self.add(whole)?;
        Ok(whole)
    }

    fn add(&self, whole: bool) -> Result<(), JournalError> {
        let known = |id: &ChangeId| self.journal.started.get(id).and_then(|one| one.found.as_ref());
        let news = |(id, found): &(&ChangeId, &Found)| {
            !matches!(found, Found::Unread(_)) && known(id) != Some(*found)
        };
        let found = self.findings.iter().filter(news);
        let entries = found.map(|(id, found)| Entry::Recovered(id.clone(), found.clone()));
        // One that came to its own end did all that it would, and a saved plan is not gone on with.
        let end = whole.then_some(Entry::End { later: self.journal.broke_off() });
        let write = || -> io::Result<()> {
            let lines = entries.chain(end).map(|entry| entry.line(self.at));
            let lines = lines.collect::<Result<Vec<_>, _>>()?.concat();
            let mut file = reopen(&self.journal.path)?;
            file.cut(self.journal.whole)?;
            file.write(&lines)?;
            file.sync()
        };
        write().map_err(|error| unwritable(&self.journal.path.display().to_string(), &error))
    }

    /// Takes in what has been `done` of a plan since: what was not known of a change that may be repeated is settled once
    /// it has been done again.
    pub fn supersede(&mut self, plan: &Plan, done: &BTreeSet<ChangeId>) {
        let again: Vec<&Change> = plan.changes.iter().filter(|change| done.contains(&change.id)).collect();
        for (id, found) in &mut self.findings {
            let Some(before) = self.journal.started.get(id).map(|started| &started.change) else { continue };
            if matches!(found, Found::Unread(_))
                && is_repeatable(before)
                && again.iter().any(|change| is_same(before, change) && is_equal(before, change))
            {
                let why = "Whether it was carried out then is not known; it has been carried out since.";
                *found = Found::NotDone(why.to_owned());
            }
        }
    }

    /// The changes of which nobody can know whether they were carried out.
    #[must_use]
    pub fn unknown(&self) -> Vec<Change> {
        let unknown = self.findings.iter().filter(|(_, found)| matches!(found, Found::Unknown(_)));
        unknown.filter_map(|(id, _)| Some(self.journal.started.get(id)?.change.clone())).collect()
    }

    /// The changes of which it is not known, each with why; those that nobody can know about last.
    #[must_use]
    pub fn unsettled(&self) -> Vec<(&Change, &Found)> {
        let open = |found: &Found| matches!(found, Found::Unread(_) | Found::Unknown(_));
        let unsettled = self.findings.iter().filter(|(_, found)| open(found));
        unsettled.filter_map(|(id, found)| Some((&self.journal.started.get(id)?.change, found))).collect()
    }

    /// What became of every change of the old apply, in the order of its plan.
    #[must_use]
    pub fn fates(&self) -> Vec<(ChangeId, Fate)> {
        let fate = |id: &ChangeId| match (self.journal.started.get(id), self.findings.get(id)) {
            (_, Some(found)) => Fate::Found(found.clone()),
            (Some(started), None) => match (&started.found, &started.outcome) {
                (Some(found), _) => Fate::Found(found.clone()),
                (None, Some(outcome)) => Fate::Ended(outcome.clone()),
                (None, None) => Fate::NeverTried,
            },
            (None, None) => match self.journal.unsent.get(id) {
                Some(outcome) => Fate::Ended(outcome.clone()),
                None => Fate::NeverTried,
            },
        };
        self.journal.header.changes.iter().map(|id| (id.clone(), fate(id))).collect()
    }

    /// All of that for people: how far it came, then each change that it left open, then how it goes on.
    #[must_use]
    pub fn told(&self) -> String {
        let line = |(id, found): (&ChangeId, &Found)| {
            let what = instruction(&self.journal.started.get(id)?.change);
            let lead = match found {
                Found::Done => "done, as a reading shows now",
                Found::NotDone(_) => "not done",
                Found::Unknown(_) => "nobody can tell whether it was done",
                Found::Unread(_) => "not known yet",
            };
            Some(format!("\n  {what}: {lead}. {}", found.why()).trim_end().to_owned())
        };
        // What is done needs nobody's attention, so that it comes last and not without end.
        let (done, open): (Vec<_>, Vec<_>) =
            self.findings.iter().partition(|(_, found)| matches!(found, Found::Done));
        let mut lines: String =
            open.into_iter().chain(done.iter().copied().take(TOLD)).filter_map(line).collect();
        if done.len() > TOLD {
            lines.push_str(&format!("\n  and {} more that are done", done.len() - TOLD));
        }
        format!(
            "{}{lines}\nWhat is left of it is planned anew, from what the vendors hold now.",
            self.summary()
        )
    }

    /// All of that in one sentence.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut counts: BTreeMap<(u8, &'static str), usize> = BTreeMap::new();
        for (_, fate) in self.fates() {
            *counts.entry(class(&fate)).or_default() += 1;
        }
        let counts: Vec<_> = counts.iter().map(|((_, what), count)| format!("{count} {what}")).collect();
        let counts = if counts.is_empty() { "no changes".to_owned() } else { counts.join(", ") };
        let what = match self.journal.broke_off() {
            true => "did not come to its end",
            false => "could not tell of every change whether it was carried out",
        };
        format!("An earlier apply ({}) {what}. Of its changes: {counts}.", self.journal.header.holder)
    }
}

/// Where a fate stands in the summary, and in which words.
fn class(fate: &Fate) -> (u8, &'static str) {
    use crate::domain::OutcomeStatus;
    match fate {
        Fate::Ended(outcome) if outcome.status == OutcomeStatus::Done => (0, "done by it"),
        Fate::Found(Found::Done) => (1, "found done now"),
        Fate::Ended(_) => (2, "waiting, held back or failed"),
        Fate::Found(Found::NotDone(_)) => (3, "not done"),
        Fate::Found(Found::Unknown(_)) => (4, "of which nobody can tell"),
        Fate::Found(Found::Unread(_)) => (5, "not known yet"),
        Fate::NeverTried => (6, "never tried"),
    }
}

#[cfg(test)]
mod tests;
