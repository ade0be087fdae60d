//! What an apply does about tasks, once it has done what it can itself.

use super::super::Output;
use super::super::browser::line;
use super::super::calls::Calls;
use super::super::plan::{look, save};
use super::book::Book;
use super::walk::walk;
use super::words;
use crate::domain::{Run, Task, TaskKind, TaskState};
use crate::net::Clock;
use crate::view::tasks::tasks_markdown;
use crate::workspace::Workspace;
use jiff::Timestamp;
use std::path::Path;
use std::sync::Arc;

/// Writes down what the readings have settled, and what waits for a person from now on.
pub(crate) fn issue(book: &mut Book, run: &Run, now: Timestamp, output: &Output) -> anyhow::Result<()> {
    book.write_settled()?;
    words::tell_settled(book, output);
    book.carried_out(&run.outcomes, now);
    book.issue()
}

/// Says how many tasks there are, and where.
pub(crate) fn point(book: &Book, output: &Output) {
    match book.tasks().filter(|task| is_to_do(task)).count() {
        0 => {}
        1 => output.talk("1 task waits for a person: `grantline tasks` has it."),
        count => output.talk(&format!("{count} tasks wait for a person: `grantline tasks` lists them.")),
    }
}

fn is_to_do(task: &Task) -> bool {
    matches!(task.state, TaskState::Open | TaskState::Reopened) && task.is_doable()
}

/// Writes the open tasks as Markdown to a file, or to stdout for `-`.
pub(crate) fn write(
    book: &Book,
    workspace: &Workspace,
    (asked, path): (&Path, &Path),
    now: Timestamp,
    output: &Output,
) -> anyhow::Result<()> {
    let batches = book.open_batches();
    let markdown = tasks_markdown(book.sheet(&workspace.name, now, &batches));
    if asked == Path::new("-") {
        return output.data(&markdown);
    }
    save(path, "the tasks", &markdown)
}

/// Leads whoever sits at the terminal through the tasks, if they like, and until they call it off.
pub(crate) fn lead(
    book: &mut Book,
    clock: &Arc<dyn Clock>,
    calls: &Calls,
    output: &Output,
) -> anyhow::Result<()> {
    let count = book.tasks().filter(|task| is_to_do(task)).count();
    if count == 0 {
        return Ok(());
    }
    if calls.any() {
        point(book, output);
        return Ok(());
    }
    let obligations = book.tasks().filter(|task| is_to_do(task) && task.kind == TaskKind::Obligation).count();
    let what = match obligations {
        0 => String::new(),
        _ => format!(" ({obligations} of them to acknowledge)"),
    };
    let tasks = if count == 1 { "1 task waits".to_owned() } else { format!("{count} tasks wait") };
    output.tell(&format!(
        "\n{tasks} for a person{what}. They follow one by one; q or Ctrl-C stops at any time, and the next `grantline apply` \
         goes on there."
    ));
    let batches = book.open_batches();
    let (mut input, mut out) = (calls.lines(line), std::io::stderr().lock());
    let walked = walk(&mut input, &mut out, &look(output), &batches, &mut |task, note| {
        book.tick(task, note, None, clock.now())
    })?;
    drop(out);
    output.tell(&format!(
        "\n{} ticked off, {} left. `grantline tasks` lists what is open.",
        walked.ticked, walked.left
    ));
    Ok(())
}
