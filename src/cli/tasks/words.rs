//! What is told about tasks besides their lists.

use super::super::Output;
use super::book::Book;
use crate::domain::{Batch, Outcome, OutcomeStatus, Plan, TaskId, TaskKind, TaskState};
use crate::record::tasks::{Entry, Event, Ledger, What};
use crate::view::neutral;
use crate::view::tasks::snapshot_command;
use anyhow::bail;
use std::path::Path;

/// The task that somebody means who typed this: an id, or the beginning of one that no other open task has.
///
/// # Errors
/// When there is none, or more than one, with those that were perhaps meant.
pub(crate) fn choose<'t>(
    typed: &str,
    tasks: impl Iterator<Item = (&'t TaskId, bool)>,
) -> anyhow::Result<TaskId> {
    let all: Vec<(&TaskId, bool)> = tasks.collect();
    if let Some((id, _)) = all.iter().find(|(id, _)| id.as_str() == typed) {
        return Ok((*id).clone());
    }
    let begins = |open: bool| {
        let mut ids: Vec<&TaskId> =
            all.iter().filter(|(id, is)| *is == open && id.begins_with(typed)).map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let (open, closed) = (begins(true), begins(false));
    let found = if open.is_empty() { closed } else { open };
    match found[..] {
        [id] => Ok(id.clone()),
        [] => bail!("there is no task {typed:?}{}", hint(typed, &all)),
        _ => {
            let ids: Vec<&str> = found.iter().take(5).map(|id| id.as_str()).collect();
            bail!(
                "more than one task begins with {typed:?}: {}; type more of the one that is meant",
                ids.join(", ")
            )
        }
    }
}

fn hint(typed: &str, all: &[(&TaskId, bool)]) -> String {
    let distance = |id: &TaskId| {
        let digits = id.as_str().rsplit_once('-').map_or("", |(_, digits)| digits);
        strsim::damerau_levenshtein(typed, id.as_str()).min(strsim::damerau_levenshtein(typed, digits))
    };
    let nearest = all.iter().map(|(id, _)| (distance(id), *id)).min();
    match nearest {
        Some((distance, id)) if distance <= 2 => format!("; did you mean {id}?"),
        _ => "; `grantline tasks` lists those that are open, and `grantline tasks --all` the rest".to_owned(),
    }
}

/// What came of ticking a task off that was in this state.
pub(crate) fn ticked(
    id: &TaskId,
    title: &str,
    kind: TaskKind,
    was: TaskState,
    batch: Option<&Batch>,
) -> String {
    let title = neutral::terminal(title);
    let said = match (was, kind) {
        (TaskState::Open | TaskState::Reopened, TaskKind::Change) => {
            let how = batch.and_then(snapshot_command).map(|command| format!(" ({command})"));
            format!("ticked off; it is done once a newer reading shows it{}", how.unwrap_or_default())
        }
        (TaskState::Open | TaskState::Reopened, TaskKind::Obligation) => "acknowledged".to_owned(),
        (TaskState::Sent, _) => "was ticked off already, and no newer reading has shown it yet".to_owned(),
        (TaskState::Acknowledged, _) => "was acknowledged already".to_owned(),
        (TaskState::Done, _) => "is done already: a reading shows it".to_owned(),
        (TaskState::Withdrawn, _) => "is no longer asked for".to_owned(),
    };
    format!("{id} {said}: {title}\n")
}

/// Tells what the readings have settled: what is open again whatever the verbosity, the rest unless `-q`.
pub(crate) fn tell_settled(book: &Book, output: &Output) {
    for event in &book.settled {
        let Some(entry) = book.entries.get(&event.task) else { continue };
        // An obligation is met when somebody says so; that its change is over is no news.
        let Some((_, issued)) = entry.issued.as_ref().filter(|_| !entry.is_obligation()) else { continue };
        let Some(text) = settled(event, &neutral::terminal(&issued.title)) else { continue };
        match event.what {
            What::Reopened { .. } => output.tell(&text),
            _ => output.talk(&text),
        }
    }
}

/// Tells of tasks that an earlier reading showed done and that the plan of now lists again.
pub(crate) fn tell_returned(book: &Book, output: &Output) {
    for task in book.tasks().filter(|task| task.kind == TaskKind::Change && task.change.is_some()) {
        let Some(entry) = book.entries.get(&task.id) else { continue };
        if let Some(taken) = entry.taken.filter(|_| entry.closed && entry.state == TaskState::Done) {
            output.tell(&format!(
                "{} is OPEN AGAIN: the reading of {taken} showed it done, and this one does not: {}",
                task.id,
                neutral::terminal(&task.title)
            ));
        }
    }
}

/// Says where the pages are that the tasks lead to, where they end with this command.
pub(crate) fn tell_rehearsed(book: &Book, output: &Output) {
    if book.rehearsed && book.tasks().any(|task| task.place.is_some()) {
        output.talk(
            "The pages are an embedded vendor's and not there yet: leave `grantline emulate` running, and ask again for \
             their addresses.",
        );
    }
}

/// Says how many obligations of earlier changes nobody has acknowledged. A plan is about changes, and one without any
/// would look as if nothing were left to do.
pub(crate) fn tell_owed(root: &Path, output: &Output) {
    // Whoever needs the ledger is told when it is broken.
    let Ok(ledger) = Ledger::open(root) else { return };
    let is_owed = |entry: &&Entry| entry.is_obligation() && !entry.closed && entry.state == TaskState::Open;
    match ledger.entries().values().filter(is_owed).count() {
        0 => {}
        1 => output.talk("1 obligation of an earlier apply is open: `grantline tasks` has it."),
        count => output
            .talk(&format!("{count} obligations of earlier applies are open: `grantline tasks` lists them.")),
    }
}

fn settled(event: &Event, title: &str) -> Option<String> {
    let id = &event.task;
    Some(match &event.what {
        What::Seen { taken, ticked: true } => {
            format!("{id} is done, as the reading of {taken} shows: {title}")
        }
        What::Seen { taken, ticked: false } => {
            format!("{id} is done, as the reading of {taken} shows, although nobody ticked it off: {title}")
        }
        What::Reopened { taken } => format!(
            "{id} is OPEN AGAIN: it was ticked off, and the reading of {taken} does not show it: {title}"
        ),
        What::Withdrawn { .. } => format!("{id} is no longer asked for: {title}"),
        _ => return None,
    })
}

/// Adds to the outcome of each change that waits for a person where its instructions are.
pub(crate) fn point_to_tasks(outcomes: &mut [Outcome], plan: &Plan) {
    let ids = crate::apply::runbook::ids(plan);
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.status == OutcomeStatus::Waiting) {
        if let Some(id) = ids.get(&outcome.change) {
            outcome.detail.push_str(&format!(" `grantline tasks show {id}` tells how."));
        }
    }
}
