//! Tasks for people: on a terminal, as an issue's body, as JSON.

mod json;
mod markdown;
#[cfg(test)]
mod tests;
mod text;

pub use json::tasks_json;
pub use markdown::tasks_markdown;
pub use text::{task_instructions, task_text, tasks_text};

use super::overview::plural;
use crate::domain::{Batch, Blocked, Task, TaskKind, TaskState};
use jiff::Timestamp;

/// All tasks, as they stand at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// The workspace's name.
    pub workspace: &'a str,
    /// The moment.
    pub created: Timestamp,
    /// The commit that they were planned from.
    pub commit: Option<&'a str>,
    /// Vendors that could not be read: their tasks are not known, but for what was asked for earlier.
    pub unread: &'a [String],
    /// The tasks, in the order in which they are walked through.
    pub batches: &'a [Batch],
}

impl<'a> Sheet<'a> {
    fn tasks(self) -> impl Iterator<Item = &'a Task> {
        self.batches.iter().flat_map(|batch| &batch.tasks)
    }
}

/// The last line of a list, and the first of an issue.
fn summary(sheet: Sheet<'_>) -> String {
    let count = |test: &dyn Fn(&Task) -> bool| sheet.tasks().filter(|task| test(task)).count();
    let is_to_do = |task: &Task| matches!(task.state, TaskState::Open | TaskState::Reopened);
    let to_do = count(&|task| is_to_do(task) && task.is_doable());
    let sent = count(&|task| task.state == TaskState::Sent);
    let reopened = count(&|task| task.state == TaskState::Reopened);
    let blocked = count(&|task| is_to_do(task) && !task.is_doable());
    if to_do + sent + blocked == 0 {
        return match sheet.unread.len() {
            0 => "No task is open.".to_owned(),
            _ => format!("No task is known. Nothing was read of {}.", sheet.unread.join(", ")),
        };
    }
    let mut said = vec![format!("{} to do", plural(to_do, "task"))];
    said.extend((reopened > 0).then(|| format!("{reopened} of them reopened")));
    said.extend((sent > 0).then(|| format!("{sent} ticked off and waiting for a reading")));
    said.extend((blocked > 0).then(|| format!("{blocked} that cannot be done yet")));
    let unread = match sheet.unread.len() {
        0 => String::new(),
        _ => format!(" {} could not be read.", sheet.unread.join(", ")),
    };
    format!("{}.{unread}", said.join(", "))
}

/// What a batch is about.
fn heading(batch: &Batch) -> String {
    let note = batch.tasks.iter().find_map(|task| task.resource_note.as_deref());
    let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
    let vendor = match batch.vendor.as_str() == &*batch.vendor_title {
        true => batch.vendor_title.to_string(),
        false => format!("{} ({})", batch.vendor_title, batch.vendor),
    };
    match (batch.due, &batch.resource) {
        (Some(crate::domain::Due::Before), _) => format!("{vendor}: before anything is removed"),
        (Some(crate::domain::Due::After), _) => format!("{vendor}: once that is done"),
        (None, Some(resource)) => format!("{vendor}: {resource}{note}"),
        (None, None) => format!("{vendor}: accounts"),
    }
}

/// How to make what was done in a batch show; none where a reading shows it anyway.
pub(crate) fn snapshot_command(batch: &Batch) -> Option<String> {
    let resource = batch.resource.as_ref().filter(|_| batch.needs_snapshot)?;
    Some(format!("grantline snapshot {}/{resource} --from -", batch.vendor))
}

/// How to make what was done in a batch show, for somebody who has never done it.
fn how_to_record(batch: &Batch) -> Option<[String; 2]> {
    let resource = batch.resource.as_ref()?;
    let command = snapshot_command(batch)?;
    Some([command, format!("grantline snapshot {}/{resource} --browser", batch.vendor)])
}

/// How far a task has come, where its mark does not say everything.
fn standing(task: &Task) -> Option<&'static str> {
    Some(match (task.state, task.kind) {
        (TaskState::Open, _) => return None,
        (TaskState::Sent, _) => "Ticked off. The next reading of the page shows whether it took.",
        (TaskState::Reopened, _) => {
            "REOPENED: it was ticked off, and a reading made after that does not show it. Do it again."
        }
        (TaskState::Done, _) => "Done: a reading shows it.",
        (TaskState::Withdrawn, _) => "No longer asked for.",
        (TaskState::Acknowledged, _) => "Acknowledged.",
    })
}

/// Who ticked it off, when, and what they had to say.
fn ticked(task: &Task) -> Option<String> {
    let tick = task.ticked.as_ref()?;
    let note = tick.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
    let verb = match task.kind {
        TaskKind::Change => "Ticked off",
        TaskKind::Obligation => "Acknowledged",
    };
    Some(format!("{verb} at {} by {}{note}", tick.at, tick.by))
}

fn blocked(task: &Task) -> Vec<String> {
    let say = |blocked: &Blocked| match blocked {
        Blocked::Held { guard, reason } => {
            format!("Not to be done: the guard {guard} holds it back. {reason}")
        }
        Blocked::Waits(reason) => format!("Not yet: {reason}"),
        Blocked::Task(id) => format!("After {id}."),
        Blocked::Change(id) => format!("After the change {id}, which `grantline apply` carries out."),
    };
    task.blocked.iter().map(say).collect()
}

fn tick_word(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Change => "When it is done, tick it off",
        TaskKind::Obligation => "When it is met, acknowledge it",
    }
}
