//! The runbook: what a plan leaves to people, as exact instructions in the order in which they are walked through.
//!
//! Pure: a plan and what is known of the vendors' pages in, batches of tasks out.

mod identity;
mod obligations;
mod order;
mod steps;
#[cfg(test)]
mod tests;
mod titles;

use super::words;
use crate::connector::Spec;
use crate::connector::pages::Pages;
use crate::domain::{
    Action, Batch, Blocked, Change, ChangeId, Channel, Due, GuardVerdict, Instruction, Obligation, Plan,
    Task, TaskId, TaskKind, TaskState, UserName, VendorName, Verdict,
};
use crate::workspace::Sources;
use identity::Logins;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of a vendor when its tasks are written.
#[derive(Debug, Clone)]
pub struct Guide {
    /// What its connector declares.
    pub spec: Spec,
    /// Its pages; none where nobody has described them.
    pub pages: Option<Arc<Pages>>,
    /// Where its pages are; the file's own base where the workspace says nothing else.
    pub base: Option<String>,
    /// Whether requests read it, so that what a person did there shows without a recorded snapshot.
    pub has_api: bool,
}

/// What the plan leaves to people: obligations due before, then changes by the page that they are made on, then
/// obligations due after. A change that a guard holds back is listed with that reason.
#[must_use]
pub fn batches(plan: &Plan, guides: &BTreeMap<VendorName, Guide>, sources: &Sources) -> Vec<Batch> {
    let book = Book::new(plan, guides, sources);
    let changes = plan.changes.iter().filter(|change| book.ids.contains_key(&change.id));
    let tasks: Vec<(&Change, Task)> = changes.map(|change| (change, book.task(change))).collect();
    let mut batches = obligations::batches(&book, Due::Before);
    batches.extend(order::batches(&book, tasks));
    batches.extend(obligations::batches(&book, Due::After));
    batches
}

/// The tasks of the plan's changes, by change.
#[must_use]
pub fn ids(plan: &Plan) -> BTreeMap<ChangeId, TaskId> {
    let by_hand = plan.changes.iter().filter(|change| change.channel != Channel::Api);
    let logins = Logins::of(plan);
    by_hand.map(|change| (change.id.clone(), identity::of_change(change, &logins))).collect()
}

/// A plan, with what is looked up in it over and over.
struct Book<'a> {
    plan: &'a Plan,
    guides: &'a BTreeMap<VendorName, Guide>,
    sources: &'a Sources,
    ids: BTreeMap<ChangeId, TaskId>,
    logins: Logins<'a>,
    held: BTreeMap<&'a ChangeId, &'a GuardVerdict>,
    /// Changes that wait for a later plan, and those that come after them, with why.
    stuck: BTreeMap<&'a ChangeId, &'a Arc<str>>,
    /// What is due before a removal, by whom it is about.
    due_before: BTreeMap<(&'a VendorName, Option<&'a UserName>), Vec<&'a Obligation>>,
}

impl<'a> Book<'a> {
    fn new(plan: &'a Plan, guides: &'a BTreeMap<VendorName, Guide>, sources: &'a Sources) -> Self {
        let mut held = BTreeMap::new();
        for verdict in plan.guards.iter().filter(|verdict| verdict.verdict == Verdict::Block) {
            for change in &verdict.holds {
                held.entry(change).or_insert(verdict);
            }
        }
        let mut stuck = BTreeMap::new();
        for change in &plan.changes {
            let behind = || change.after.iter().find_map(|first| stuck.get(first).copied());
            if let Some(why) = change.waits.as_ref().or_else(behind) {
                stuck.insert(&change.id, why);
            }
        }
        let mut due_before: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for work in plan.obligations.iter().filter(|work| work.due == Due::Before) {
            due_before.entry((&work.vendor, work.user.as_ref())).or_default().push(work);
        }
        Self { plan, guides, sources, ids: ids(plan), logins: Logins::of(plan), held, stuck, due_before }
    }

    fn held(&self, change: &ChangeId) -> Option<Blocked> {
        let verdict = self.held.get(change)?;
        Some(Blocked::Held { guard: verdict.guard, reason: verdict.detail.clone() })
    }

    fn vendor_title(&self, vendor: &VendorName) -> Arc<str> {
        let guide = self.guides.get(vendor);
        guide.map_or_else(|| Arc::from(vendor.as_str()), |guide| Arc::from(guide.spec.title))
    }

    fn task(&self, change: &Change) -> Task {
        let on = change.action.target();
        let account = self.logins.account(change);
        let (from, to) = identity::ends(&change.action);
        let to = to.or_else(|| self.taken_over(change));
        let mut task = Task {
            id: identity::of_change(change, &self.logins),
            state: TaskState::Open,
            ticked: None,
            kind: TaskKind::Change,
            change: Some(change.id.clone()),
            code: Arc::from(change.action.word()),
            vendor: change.vendor.clone(),
            resource: on.map(|on| on.name.clone()),
            resource_id: on.and_then(|on| on.id.clone()),
            resource_note: on.map(titles::resource_note),
            title: titles::of_change(change, account.as_deref()),
            who: titles::who(change, account.as_deref()),
            account: account.as_deref().map(identity::canonical),
            from,
            to,
            due: None,
            because: change.because.iter().map(|span| self.sources.because(*span)).collect(),
            reason: change.reason.clone(),
            ticket: change.ticket.clone(),
            place: None,
            before: obligations::first(self, change),
            steps: Vec::new(),
            check: None,
            record: None,
            blocked: self.blocked(change),
        };
        let guide = self.guides.get(&change.vendor);
        if !guide.is_some_and(|guide| steps::write(&mut task, change, account.as_deref(), guide)) {
            task.steps = vec![steps::one_sentence(change)];
        }
        task
    }

    /// The level that a transfer hands over.
    fn taken_over(&self, change: &Change) -> Option<Arc<str>> {
        let Action::TransferOwnership { on, .. } = &change.action else { return None };
        let level = self.guides.get(&change.vendor)?.spec.kind(&on.kind)?.exclusive()?;
        Some(Arc::from(level.as_str()))
    }

    fn blocked(&self, change: &Change) -> Vec<Blocked> {
        let after = |first: &ChangeId| match self.ids.get(first) {
            Some(task) => Blocked::Task(task.clone()),
            None => Blocked::Change(first.clone()),
        };
        let waits = change.waits.clone().map(Blocked::Waits);
        self.held(&change.id).into_iter().chain(waits).chain(change.after.iter().map(after)).collect()
    }

    /// Whether what is done on the change's resource shows only in a recorded snapshot.
    fn needs_snapshot(&self, change: &Change) -> bool {
        let (Some(guide), Some(on)) = (self.guides.get(&change.vendor), change.action.target()) else {
            return false;
        };
        !guide.has_api || guide.spec.kind(&on.kind).is_some_and(|kind| !kind.readable)
    }
}

/// Whether the change takes something from the account, so that what is due before a removal is due before it.
fn takes_access(change: &Change) -> bool {
    matches!(change.action, Action::Revoke { .. } | Action::RemoveAccount | Action::Suspend)
}

fn sentence(text: impl Into<String>) -> Instruction {
    Instruction::plain(text)
}
