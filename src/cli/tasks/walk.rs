//! Leads a person through tasks, one by one.

use crate::domain::{Batch, Blocked, Task, TaskId, TaskKind, TaskState};
use crate::view::Look;
use crate::view::tasks::{snapshot_command, task_instructions};
use std::collections::BTreeSet;
use std::io::{BufRead, Write};

/// What somebody answers to a task.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Answer {
    Done(Option<String>),
    Skip,
    Quit,
}

/// How a walk ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Walked {
    /// Tasks that were ticked off.
    pub(crate) ticked: usize,
    /// Tasks that are left for another time.
    pub(crate) left: usize,
}

/// Shows each task that can be done and asks what became of it. `tick` keeps each answer before the next task is
/// shown, so that whoever stops here, in whatever way, goes on there the next time.
///
/// # Errors
/// When the terminal cannot be read or written, or a tick cannot be kept.
pub(crate) fn walk(
    input: &mut impl BufRead,
    out: &mut impl Write,
    look: &Look,
    batches: &[Batch],
    tick: &mut dyn FnMut(&Task, Option<String>) -> anyhow::Result<()>,
) -> anyhow::Result<Walked> {
    let mut walked = Walked::default();
    let mut ticked: BTreeSet<TaskId> = BTreeSet::new();
    let mut stopped = false;
    let total = batches.iter().flat_map(|batch| &batch.tasks).filter(|task| is_to_do(task)).count();
    for batch in batches {
        let mut here = false;
        for task in batch.tasks.iter().filter(|task| is_to_do(task)) {
            if stopped || !is_free(task, &ticked) {
                walked.left += 1;
                continue;
            }
            let number = walked.ticked + walked.left + 1;
            writeln!(
                out,
                "\nTask {number} of {total}\n\n{}",
                task_instructions(task, batch, look).trim_end()
            )?;
            match ask(input, out, task.kind)? {
                Answer::Done(note) => {
                    tick(task, note)?;
                    ticked.insert(task.id.clone());
                    walked.ticked += 1;
                    here = true;
                }
                Answer::Skip => walked.left += 1,
                Answer::Quit => {
                    walked.left += 1;
                    stopped = true;
                }
            }
        }
        if let Some(command) = snapshot_command(batch).filter(|_| here) {
            writeln!(
                out,
                "\nWhat is done on this page shows once the page is recorded. Copy its whole table, and paste it into:\n  \
                 {command}"
            )?;
        }
    }
    Ok(walked)
}

fn is_to_do(task: &Task) -> bool {
    matches!(task.state, TaskState::Open | TaskState::Reopened) && task.is_doable()
}

/// Whether every task that comes before it has been ticked off on this walk; earlier ticks are no obstacle.
fn is_free(task: &Task, ticked: &BTreeSet<TaskId>) -> bool {
    task.blocked.iter().all(|blocked| matches!(blocked, Blocked::Task(id) if ticked.contains(id)))
}

/// Asks until there is an answer. Where nobody answers any more, that is a wish to stop.
fn ask(input: &mut impl BufRead, out: &mut impl Write, kind: TaskKind) -> anyhow::Result<Answer> {
    let what = match kind {
        TaskKind::Change => "Is it done?",
        TaskKind::Obligation => "Is it met?",
    };
    loop {
        write!(out, "\n{what} [d]one (a note may follow), [s]kip, [q]uit: ")?;
        out.flush()?;
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            writeln!(out)?;
            return Ok(Answer::Quit);
        }
        match answer(line.trim()) {
            Some(answer) => return Ok(answer),
            None => writeln!(out, "Please answer d, s or q; `d moved her dashboards to Tom` leaves a note.")?,
        }
    }
}

fn answer(line: &str) -> Option<Answer> {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let note = rest.trim();
    match (word.to_ascii_lowercase().as_str(), note) {
        ("d" | "done", "") => Some(Answer::Done(None)),
        ("d" | "done", note) => Some(Answer::Done(Some(note.to_owned()))),
        ("s" | "skip", "") => Some(Answer::Skip),
        ("q" | "quit", "") => Some(Answer::Quit),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
