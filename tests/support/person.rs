//! Somebody who takes the tasks of a plan one by one and does what they say.

use super::desk::Desk;
use grantline::apply::runbook::{Guide, batches};
use grantline::domain::{
    Batch, Blocked, ChangeId, Outcome, OutcomeStatus, Plan, Run, Task, TaskId, TaskKind,
};
use grantline::workspace::Sources;
use std::collections::{BTreeMap, BTreeSet};

/// A task that was taken on, and what came of it.
#[derive(Debug)]
pub(crate) struct Worked {
    /// The plan's change.
    pub(crate) change: ChangeId,
    /// Why it was not carried out to its end.
    pub(crate) stopped: Option<String>,
}

/// The tasks that the plan leaves to people, in the order in which they are to be done.
pub(crate) fn tasks(plan: &Plan, desk: &Desk, sources: &Sources) -> Vec<Batch> {
    let guide = Guide {
        spec: desk.spec.clone(),
        pages: desk.spec.pages.clone(),
        base: Some(desk.tenant.origin()),
        has_api: desk.has_api,
    };
    batches(plan, &BTreeMap::from([(desk.settings.name.clone(), guide)]), sources)
}

/// Does every task that can be done, in order. One that comes after a task that did not work is left.
pub(crate) async fn work(plan: &Plan, run: &Run, desk: &Desk, sources: &Sources) -> Vec<Worked> {
    let done = |one: &&Outcome| one.status == OutcomeStatus::Done;
    let done: BTreeSet<&ChangeId> = run.outcomes.iter().filter(done).map(|one| &one.change).collect();
    let mut finished: BTreeSet<TaskId> = BTreeSet::new();
    let mut worked = Vec::new();
    for task in tasks(plan, desk, sources).into_iter().flat_map(|batch| batch.tasks) {
        let Some(change) = task.change.clone().filter(|_| is_free(&task, &finished, &done)) else { continue };
        let planned = plan.changes.iter().find(|one| one.id == change).unwrap();
        let Some(answer) = desk.carry_out(planned).await else { continue };
        if answer.is_ok() {
            finished.insert(task.id.clone());
        }
        worked.push(Worked { change, stopped: answer.err().map(|error| error.to_string()) });
    }
    worked
}

/// Whether all that comes before the task is done.
fn is_free(task: &Task, finished: &BTreeSet<TaskId>, done: &BTreeSet<&ChangeId>) -> bool {
    let free = |blocked: &Blocked| match blocked {
        Blocked::Held { .. } | Blocked::Waits(_) => false,
        Blocked::Task(first) => finished.contains(first),
        Blocked::Change(first) => done.contains(first),
    };
    task.kind == TaskKind::Change && task.blocked.iter().all(free)
}
