//! Obligations as tasks.

use super::{Book, identity, sentence, takes_access, titles};
use crate::domain::{
    Batch, Blocked, Change, Due, Instruction, Obligation, Piece, Task, TaskKind, TaskState, VendorName,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The obligations that are due then, one batch a vendor.
pub(super) fn batches(book: &Book<'_>, due: Due) -> Vec<Batch> {
    let mut vendors: BTreeMap<&VendorName, Vec<Task>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for work in book.plan.obligations.iter().filter(|work| work.due == due) {
        let task = task(book, work);
        if seen.insert(task.id.clone()) {
            vendors.entry(&work.vendor).or_default().push(task);
        }
    }
    let batch = |(vendor, tasks): (&VendorName, Vec<Task>)| Batch {
        vendor: vendor.clone(),
        vendor_title: book.vendor_title(vendor),
        resource: None,
        due: Some(due),
        needs_snapshot: false,
        tasks,
    };
    vendors.into_iter().map(batch).collect()
}

fn task(book: &Book<'_>, work: &Obligation) -> Task {
    Task {
        id: identity::of_obligation(work),
        state: TaskState::Open,
        ticked: None,
        kind: TaskKind::Obligation,
        change: None,
        code: Arc::from(work.code),
        vendor: work.vendor.clone(),
        resource: work.resource.clone(),
        resource_id: None,
        resource_note: None,
        title: titles::of_obligation(work),
        account: work.account.as_deref().map(identity::canonical),
        who: titles::about(work),
        from: None,
        to: None,
        due: Some(work.due),
        because: Vec::new(),
        reason: None,
        ticket: None,
        place: None,
        before: Vec::new(),
        steps: vec![sentence(work.detail.as_str())],
        check: None,
        record: None,
        blocked: not_yet(book, work).into_iter().collect(),
    }
}

/// What is to be done first about the account that a change takes access from.
pub(super) fn first(book: &Book<'_>, change: &Change) -> Vec<Instruction> {
    let due = book.due_before.get(&(&change.vendor, change.user.as_ref())).into_iter().flatten();
    let due = due.filter(|work| takes_access(change) && is_about(work, change));
    due.map(|work| {
        Instruction(vec![
            Piece::Plain("This is done and acknowledged: ".to_owned()),
            Piece::Value(identity::of_obligation(work).to_string()),
            Piece::Plain(format!(" ({}).", titles::of_obligation(work))),
        ])
    })
    .collect()
}

/// What holds an obligation's changes back, or what they wait for: nobody has to prepare for what does not happen, nor
/// to see to what cannot have happened yet. The plan that carries them out asks for it.
fn not_yet(book: &Book<'_>, work: &Obligation) -> Option<Blocked> {
    if book.held.is_empty() && book.stuck.is_empty() {
        return None;
    }
    let blocked = |change: &Change| {
        let stuck = book.stuck.get(&change.id).filter(|_| work.due == Due::After);
        let waits = || stuck.map(|why| Blocked::Waits((*why).clone()));
        book.held(&change.id).or_else(waits)
    };
    let changes = book.plan.changes.iter();
    let mut about = changes.filter(|change| takes_access(change) && is_about(work, change)).peekable();
    let first = blocked(about.peek()?)?;
    about.all(|change| blocked(change).is_some()).then_some(first)
}

fn is_about(work: &Obligation, change: &Change) -> bool {
    let same_account = match (&work.account, &change.account) {
        (Some(one), Some(other)) => identity::canonical(one) == identity::canonical(other),
        _ => work.user.is_some() && work.user == change.user,
    };
    let place = change.action.target().map(|on| &on.name);
    let same_place = work.resource.is_none() || work.resource.as_ref() == place;
    work.vendor == change.vendor && same_account && same_place
}
