//! A plan's tasks beside what the ledger knows of them.

use super::super::emulators::Emulators;
use super::super::stages::{Opened, Planned};
use super::guide::guides;
use crate::apply::runbook::{self, Guide};
use crate::connector::{Leaving, Spec};
use crate::domain::{
    Batch, Blocked, ChangeId, Due, Instruction, Outcome, OutcomeStatus, ReadingState, Task, TaskId, TaskKind,
    TaskState, VendorName,
};
use crate::guard;
use crate::record::tasks::{Entry, Event, Issued, Ledger, Reads, Tick, What, settle};
use crate::view;
use crate::workspace::Vendor;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

/// Every task of a plan, and those that earlier plans have left.
pub(crate) struct Book {
    /// The plan's tasks, with their states; then those that only the ledger knows.
    pub(crate) batches: Vec<Batch>,
    /// What the readings have just settled.
    pub(crate) settled: Vec<Event>,
    is_settled_written: bool,
    /// Vendors that could not be read.
    pub(crate) unread: Vec<String>,
    pub(crate) entries: BTreeMap<TaskId, Entry>,
    ledger: Ledger,
    planned: BTreeSet<TaskId>,
    now: Timestamp,
    by: Arc<str>,
    overrides: Vec<String>,
    plan: String,
    /// The commit that the plan was made from.
    pub(crate) commit: Option<String>,
    /// Whether pages are those of embedded vendors that end with this command.
    pub(crate) rehearsed: bool,
}

impl Book {
    /// Puts the plan's tasks beside the ledger. Writes nothing.
    ///
    /// # Errors
    /// When a vendor's pages file cannot be read.
    pub(crate) fn open(
        opened: &Opened,
        vendors: &[&Vendor],
        emulators: &Emulators,
        planned: &Planned,
        ledger: Ledger,
        now: Timestamp,
    ) -> anyhow::Result<Self> {
        let plan = planned.approved.plan();
        let guides = guides(vendors, emulators, planned);
        let mut batches = runbook::batches(plan, &guides, &opened.workspace.sources);
        let ids: BTreeSet<TaskId> = tasks(&batches).map(|task| task.id.clone()).collect();
        let by = author(&opened.root);
        let settled = settle(&ledger.entries(), &ids, &planned.reads, now, &by);
        let entries = ledger.entries_with(&settled);
        batches.iter_mut().flat_map(|batch| &mut batch.tasks).for_each(|task| place(task, &entries));
        let chosen: BTreeSet<&VendorName> = vendors.iter().map(|vendor| &vendor.name).collect();
        // What is owed stays owed when its vendor is declared no more.
        let declared = &opened.workspace.vendors;
        let all = vendors.len() == declared.len();
        let is_asked = |entry: &Entry, vendor: &VendorName| {
            chosen.contains(vendor) || all && entry.is_obligation() && !declared.contains_key(vendor)
        };
        let earlier = entries.iter().filter(|(id, _)| !ids.contains(*id));
        merge(&mut batches, earlier_batches(earlier, is_asked, (&guides, &planned.reads)));
        let unread = plan.vendors.iter().filter(|(_, reading)| reading.state == ReadingState::Unreadable);
        Ok(Self {
            batches,
            settled,
            is_settled_written: false,
            unread: unread.map(|(vendor, _)| vendor.to_string()).collect(),
            entries,
            ledger,
            planned: ids,
            now,
            by,
            overrides: plan.overrides.iter().map(|given| given.guard.clone()).collect(),
            plan: view::plan_digest(plan, &opened.workspace.sources),
            commit: plan.desired.commit.clone(),
            rehearsed: false,
        })
    }

    pub(crate) fn tasks(&self) -> impl Iterator<Item = &Task> {
        tasks(&self.batches)
    }

    /// The batches with their open tasks alone, and with no others.
    pub(crate) fn open_batches(&self) -> Vec<Batch> {
        let mut batches = self.batches.clone();
        for batch in &mut batches {
            batch.tasks.retain(|task| task.state.is_open());
        }
        batches.retain(|batch| !batch.tasks.is_empty());
        batches
    }

    /// Writes down what the readings have settled, once.
    pub(crate) fn write_settled(&mut self) -> anyhow::Result<()> {
        if !std::mem::replace(&mut self.is_settled_written, true) {
            self.ledger.append(self.settled.clone())?;
        }
        Ok(())
    }

    /// Writes down what the plan's changes leave for people, before any is sent: once they are done, no plan lists it
    /// any more, and whatever ends the program then would cost it.
    pub(crate) fn foresee(&mut self) -> anyhow::Result<()> {
        self.write_settled()?;
        self.issue_only(|task| task.kind == TaskKind::Obligation)
    }

    /// Writes the plan's tasks down that somebody can begin with and that are not in the ledger yet.
    pub(crate) fn issue(&mut self) -> anyhow::Result<()> {
        self.issue_only(|_| true)
    }

    fn issue_only(&mut self, wanted: impl Fn(&Task) -> bool) -> anyhow::Result<()> {
        let new = self.tasks().filter(|task| wanted(task) && self.is_new(task) && task.is_doable());
        let events = new.map(|task| self.issued(task)).collect();
        self.append(events)
    }

    /// Writes down that a task is done, or an obligation met.
    pub(crate) fn tick(
        &mut self,
        task: &Task,
        note: Option<String>,
        by: Option<&str>,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let mut events = Vec::new();
        events.extend(self.is_new(task).then(|| self.issued(task)));
        let by = by.map_or_else(|| Arc::clone(&self.by), Arc::from);
        events.push(ticked(&task.id, task.kind, Tick { at: now, by, note }));
        self.append(events)?;
        let entries = &self.entries;
        self.batches.iter_mut().flat_map(|batch| &mut batch.tasks).for_each(|task| place(task, entries));
        Ok(())
    }

    /// Takes into account what an apply has done since. What it carried out is no task any more and stands in no other's
    /// way; what it did not come to is none yet. What a guard holds back stays, with that reason.
    pub(crate) fn carried_out(&mut self, outcomes: &[Outcome], now: Timestamp) {
        let ended: BTreeMap<&ChangeId, OutcomeStatus> =
            outcomes.iter().map(|outcome| (&outcome.change, outcome.status)).collect();
        let status = |change: &ChangeId| ended.get(change).copied();
        let is_done = |task: &&Task| task.change.as_ref().and_then(status) == Some(OutcomeStatus::Done);
        let done: BTreeSet<TaskId> = self.tasks().filter(is_done).map(|task| task.id.clone()).collect();
        let is_over = |blocked: &Blocked| match blocked {
            Blocked::Change(id) => status(id) == Some(OutcomeStatus::Done),
            Blocked::Task(id) => done.contains(id),
            Blocked::Held { .. } | Blocked::Waits(_) => false,
        };
        let waits = |task: &Task| match &task.change {
            Some(change) => {
                let held = task.blocked.iter().any(|blocked| matches!(blocked, Blocked::Held { .. }));
                held || status(change) == Some(OutcomeStatus::Waiting)
            }
            None => true,
        };
        for batch in &mut self.batches {
            batch.tasks.retain(waits);
            batch.tasks.iter_mut().for_each(|task| task.blocked.retain(|blocked| !is_over(blocked)));
        }
        self.batches.retain(|batch| !batch.tasks.is_empty());
        self.now = now;
    }

    fn is_new(&self, task: &Task) -> bool {
        let open = self.entries.get(&task.id).filter(|entry| !entry.closed);
        let issued = open.and_then(|entry| entry.issued.as_ref());
        // A revocation is the same task at another level, and another guard may have been passed over for it.
        self.planned.contains(&task.id)
            && issued.is_none_or(|(_, issued)| !issued.is_from(task.from.as_deref()))
    }

    fn issued(&self, task: &Task) -> Event {
        let is_obligation = task.kind == TaskKind::Obligation;
        let detail = task.steps.first().filter(|_| is_obligation).map(Instruction::text);
        let issued = Issued {
            kind: task.kind,
            vendor: task.vendor.clone(),
            resource: task.resource.clone(),
            resource_id: task.resource_id.clone(),
            code: Arc::clone(&task.code),
            account: task.account.clone(),
            from: task.from.clone(),
            to: task.to.clone(),
            title: task.title.clone(),
            due: task.due,
            detail,
            overrides: self.overrides.clone(),
            plan: self.plan.clone(),
            commit: self.commit.clone(),
        };
        let what = What::Issued(Box::new(issued));
        Event { at: self.now, task: task.id.clone(), what, by: Arc::clone(&self.by) }
    }

    fn append(&mut self, events: Vec<Event>) -> anyhow::Result<()> {
        self.ledger.append(events)?;
        self.entries = self.ledger.entries();
        Ok(())
    }
}

fn tasks(batches: &[Batch]) -> impl Iterator<Item = &Task> {
    batches.iter().flat_map(|batch| &batch.tasks)
}

/// That somebody says that a task is done.
pub(super) fn ticked(id: &TaskId, kind: TaskKind, tick: Tick) -> Event {
    let what = match kind {
        TaskKind::Change => What::Done { note: tick.note },
        TaskKind::Obligation => What::Acknowledged { note: tick.note },
    };
    Event { at: tick.at, task: id.clone(), what, by: tick.by }
}

/// Gives a task of the plan its state: what the ledger closed and the plan lists again begins anew. A task before it
/// that is ticked off is no obstacle any more, nor is a guard that was passed over when it was asked for.
fn place(task: &mut Task, entries: &BTreeMap<TaskId, Entry>) {
    let entry = entries.get(&task.id).filter(|entry| !entry.closed);
    task.state = entry.map_or(TaskState::Open, |entry| entry.state);
    task.ticked = entry.and_then(|entry| entry.tick.clone());
    let is_ticked = |id: &TaskId| entries.get(id).is_some_and(|entry| entry.state == TaskState::Sent);
    let issued = entry.and_then(|entry| entry.issued.as_ref()).map(|(_, issued)| issued);
    // It was passed over for somebody of the level that they had then.
    let issued = issued.filter(|issued| issued.is_from(task.from.as_deref()));
    task.blocked.retain(|blocked| match blocked {
        Blocked::Task(id) => !is_ticked(id),
        Blocked::Held { guard, .. } => !issued.is_some_and(|issued| is_passed_over(guard, issued)),
        Blocked::Waits(_) | Blocked::Change(_) => true,
    });
}

/// Whether the guard was passed over when the task was asked for. The ledger is a file that anybody can add a line to, so
/// that no line of it passes over a guard that nobody can.
fn is_passed_over(guard: &str, issued: &Issued) -> bool {
    let may = guard::names().any(|(name, overridable)| name == guard && overridable);
    may && issued.overrides.iter().any(|given| given == guard)
}

/// Puts batches beside those that are about the same, what is due before the changes first.
fn merge(batches: &mut Vec<Batch>, more: Vec<Batch>) {
    for batch in more {
        let same = |one: &&mut Batch| {
            one.vendor == batch.vendor && one.resource == batch.resource && one.due == batch.due
        };
        match batches.iter_mut().find(same) {
            Some(one) => one.tasks.extend(batch.tasks),
            None => batches.push(batch),
        }
    }
    batches.sort_by_key(|batch| match batch.due {
        Some(Due::Before) => 0,
        None => 1,
        Some(Due::After) => 2,
    });
}

/// What only the ledger knows, one batch a vendor and resource.
fn earlier_batches<'e>(
    entries: impl Iterator<Item = (&'e TaskId, &'e Entry)>,
    is_asked: impl Fn(&Entry, &VendorName) -> bool,
    (guides, reads): (&BTreeMap<VendorName, Guide>, &Reads),
) -> Vec<Batch> {
    let mut batches = BTreeMap::new();
    for (id, entry) in entries {
        let asked = |(_, issued): &&(Timestamp, Issued)| is_asked(entry, &issued.vendor);
        let Some((_, issued)) = entry.issued.as_ref().filter(asked) else { continue };
        let guide = guides.get(&issued.vendor);
        let key =
            (issued.vendor.clone(), issued.due, issued.resource.clone().filter(|_| issued.due.is_none()));
        let batch = batches.entry(key.clone()).or_insert_with(|| Batch {
            vendor: key.0,
            vendor_title: Arc::from(guide.map_or(issued.vendor.as_str(), |guide| guide.spec.title)),
            resource: key.2,
            due: issued.due,
            needs_snapshot: issued.kind == TaskKind::Change && issued.resource.is_some(),
            tasks: Vec::new(),
        });
        let first =
            guide.and_then(|guide| returned(entry, &guide.spec, reads)).map(|taken| back(issued, taken));
        let another = reads.another(issued).filter(|_| entry.state.is_open());
        let first = first.or_else(|| another.map(|now| elsewhere(issued, now)));
        batch.tasks.push(earlier(id, entry, issued, first));
    }
    batches.into_values().collect()
}

/// Said of what was due before a change that no plan lists any more.
const TOO_LATE: &str = "This was due before a change that is over by now: do what can still be done, and say in the note \
                        what cannot.";

/// When it was seen that whom an open obligation is about has access again.
///
/// That closes nothing: what they knew or shared when they left is as it was, and which part of the work is moot people
/// know alone.
fn returned(entry: &Entry, spec: &Spec, reads: &Reads) -> Option<Timestamp> {
    let (at, issued) = entry.issued.as_ref().filter(|_| entry.is_obligation() && entry.state.is_open())?;
    let leaving = spec.obligations.iter().find(|work| *work.code == *issued.code)?.on;
    let resource = issued.resource.as_ref();
    // Of work that is met once for several resources, the ledger does not have which they were.
    let tells = leaving == Leaving::Account || resource.is_some();
    let resource = resource.filter(|_| leaving != Leaving::Account);
    let account = issued.account.as_deref().filter(|_| tells)?;
    reads.has_access((&issued.vendor, resource), account, *at)
}

/// Said of work about somebody who has access again.
fn back(issued: &Issued, taken: Timestamp) -> String {
    let account = issued.account.as_deref().unwrap_or("The account");
    let on = issued.resource.as_ref().map(|name| format!(" on `{name}`")).unwrap_or_default();
    format!(
        "{account} has access{on} here, as the reading of {taken} shows: back again, or never gone. Do what is needed all \
         the same, such as a new secret for one that was shared; acknowledge what is moot, and say so in the note."
    )
}

/// Said of a change on a resource whose name stands for another one by now.
fn elsewhere(issued: &Issued, now: &str) -> String {
    let name = issued.resource.as_ref().map(ToString::to_string).unwrap_or_default();
    let then = issued.resource_id.as_deref().unwrap_or_default();
    format!(
        "This is about `{then}`: `{name}` is `{now}` by now, and no reading tells of `{then}` any more. See there yourself, \
         and tick this off once it is done, or once `{then}` is gone."
    )
}

/// A task that only the ledger knows, and what is to be said of it first.
fn earlier(id: &TaskId, entry: &Entry, issued: &Issued, first: Option<String>) -> Task {
    let step = issued.detail.clone().unwrap_or_else(|| {
        "The plan of now does not list this task, and no reading made since shows what became of it. Record a new \
         snapshot of the page, or make the vendor readable, and look again."
            .to_owned()
    });
    let late = issued.due == Some(Due::Before) && entry.state.is_open();
    let step = if late { format!("{TOO_LATE} {step}") } else { step };
    let step = match first {
        Some(first) if entry.is_obligation() => format!("{first} {step}"),
        Some(first) => first,
        None => step,
    };
    Task {
        id: id.clone(),
        state: entry.state,
        ticked: entry.tick.clone(),
        kind: issued.kind,
        change: None,
        code: Arc::clone(&issued.code),
        vendor: issued.vendor.clone(),
        resource: issued.resource.clone(),
        resource_id: issued.resource_id.clone(),
        resource_note: None,
        title: issued.title.clone(),
        account: issued.account.clone(),
        who: issued.account.as_deref().unwrap_or_default().to_owned(),
        from: issued.from.clone(),
        to: issued.to.clone(),
        due: issued.due,
        because: Vec::new(),
        reason: None,
        ticket: None,
        place: None,
        before: Vec::new(),
        steps: vec![Instruction::plain(step)],
        check: None,
        record: None,
        blocked: Vec::new(),
    }
}

/// Who works here: as git knows them, or else the system.
pub(crate) fn author(root: &Path) -> Arc<str> {
    let system = || ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    let author = crate::record::author(root).or_else(system).filter(|name| !name.trim().is_empty());
    author.map_or_else(|| Arc::from("unknown"), Arc::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A revocation that was asked for with these guards passed over.
    fn issued(overrides: Vec<String>) -> Issued {
        Issued {
            kind: TaskKind::Change,
            vendor: VendorName::parse("clarity").unwrap(),
            resource: None,
            resource_id: None,
            code: "revoke".into(),
            account: None,
            from: None,
            to: None,
            title: String::new(),
            due: None,
            detail: None,
            overrides,
            plan: String::new(),
            commit: None,
        }
    }

    #[test]
    fn a_guard_that_was_passed_over_at_one_level_holds_the_task_at_another() {
        let (guard, _) = guard::names().find(|(_, overridable)| *overridable).unwrap();
        let is_held = |then: Option<&str>, now: &str| {
            let held = Blocked::Held { guard, reason: String::new() };
            let mut task =
                Task { from: Some(now.into()), blocked: vec![held], ..Task::for_tests(1, "Remove pia.") };
            let issued = Issued { from: then.map(Arc::from), ..issued(vec![guard.to_owned()]) };
            let entry = Entry {
                state: TaskState::Open,
                issued: Some((Timestamp::UNIX_EPOCH, issued)),
                tick: None,
                taken: None,
                closed: false,
            };
            let entries = BTreeMap::from([(task.id.clone(), entry)]);
            place(&mut task, &entries);
            !task.is_doable()
        };
        assert!(is_held(Some("member"), "admin"));
        assert!(!is_held(Some("member"), "member") && !is_held(None, "member"));
    }

    #[test]
    fn no_line_of_the_ledger_passes_over_a_guard_that_nobody_can() {
        let issued = issued(guard::names().map(|(name, _)| name.to_owned()).collect());
        for (name, overridable) in guard::names() {
            assert_eq!(is_passed_over(name, &issued), overridable, "{name}");
        }
        let none = Issued { overrides: Vec::new(), ..issued };
        assert!(guard::names().all(|(name, _)| !is_passed_over(name, &none)));
    }

    #[test]
    fn invariant_4_what_changes_leave_for_people_is_written_down_before_they_are_sent_and_once() {
        let root = tempfile::tempdir().unwrap();
        let by_hand = Task::for_tests(1, "Remove pia.");
        let obligation = Task { kind: TaskKind::Obligation, ..Task::for_tests(2, "Rotate the token.") };
        let ids = [by_hand.id.clone(), obligation.id.clone()];
        let batch = Batch {
            vendor: by_hand.vendor.clone(),
            vendor_title: "V".into(),
            resource: None,
            due: None,
            needs_snapshot: false,
            tasks: vec![by_hand, obligation],
        };
        let mut book = Book {
            batches: vec![batch],
            settled: Vec::new(),
            is_settled_written: false,
            unread: Vec::new(),
            entries: BTreeMap::new(),
            ledger: Ledger::open(root.path()).unwrap(),
            planned: BTreeSet::from(ids.clone()),
            now: Timestamp::UNIX_EPOCH,
            by: "jane".into(),
            overrides: Vec::new(),
            plan: String::new(),
            commit: None,
            rehearsed: false,
        };
        let kept = || Ledger::open(root.path()).unwrap().entries().into_keys().collect::<Vec<_>>();
        book.foresee().unwrap();
        assert_eq!(kept(), ids[1..]);
        book.issue().unwrap();
        assert_eq!(kept(), ids);
        let file = std::fs::read_to_string(root.path().join("access/records/tasks.jsonl")).unwrap();
        let lines = file.matches("Rotate the token.").count();
        assert_eq!(lines, 1);
    }
}
