//! The order in which tasks are walked through: each page once, as far as what comes first allows.

use super::Book;
use crate::domain::{Batch, Change, ChangeId, ResourceName, Task, VendorName};
use std::collections::{BTreeMap, BTreeSet};

/// Whole accounts come after the resources of their vendor.
type Key = (VendorName, bool, Option<ResourceName>);

/// Puts tasks of one resource together, in the plan's order, and the resources in the order of their names, which stays
/// the same while tasks are done. Where a task has to wait for one of another resource that is not placed yet, the rest
/// of its batch comes later.
pub(super) fn batches(book: &Book<'_>, tasks: Vec<(&Change, Task)>) -> Vec<Batch> {
    let before: BTreeMap<&ChangeId, &Change> =
        book.plan.changes.iter().map(|change| (&change.id, change)).collect();
    let mut open: Vec<(&Change, Task)> = tasks;
    let mut batches = Vec::new();
    while let Some(at) = first_free(&open, &before) {
        let wanted = key(open[at].0);
        let mut batch = batch(book, open[at].0);
        let mut rest = Vec::with_capacity(open.len());
        let mut left: BTreeSet<ChangeId> = open.iter().map(|(change, _)| change.id.clone()).collect();
        for (change, task) in open {
            if key(change) == wanted && is_free(change, &left, &before) {
                left.remove(&change.id);
                batch.needs_snapshot |= book.needs_snapshot(change);
                batch.tasks.push(task);
            } else {
                rest.push((change, task));
            }
        }
        batches.push(batch);
        open = rest;
    }
    batches
}

fn key(change: &Change) -> Key {
    let on = change.action.target().map(|on| on.name.clone());
    (change.vendor.clone(), on.is_none(), on)
}

fn batch(book: &Book<'_>, change: &Change) -> Batch {
    Batch {
        vendor: change.vendor.clone(),
        vendor_title: book.vendor_title(&change.vendor),
        resource: change.action.target().map(|on| on.name.clone()),
        due: None,
        needs_snapshot: false,
        tasks: Vec::new(),
    }
}

/// The first task of the first resource that waits for none of the others; in a circle, which a plan does not have, simply
/// the first.
fn first_free(open: &[(&Change, Task)], before: &BTreeMap<&ChangeId, &Change>) -> Option<usize> {
    let left = open.iter().map(|(change, _)| change.id.clone()).collect();
    let free = open.iter().enumerate().filter(|(_, (change, _))| is_free(change, &left, before));
    let first = free.min_by_key(|(at, (change, _))| (key(change), *at)).map(|(at, _)| at);
    first.or(if open.is_empty() { None } else { Some(0) })
}

/// Whether no task that is left comes before the change, be it through changes that no person carries out.
fn is_free(change: &Change, left: &BTreeSet<ChangeId>, before: &BTreeMap<&ChangeId, &Change>) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&ChangeId> = change.after.iter().collect();
    while let Some(id) = open.pop() {
        if left.contains(id) {
            return false;
        }
        if seen.insert(id) {
            open.extend(before.get(id).into_iter().flat_map(|one| &one.after));
        }
    }
    true
}
