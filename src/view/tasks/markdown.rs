//! Tasks as the body of an issue, in GitHub's Markdown: a checklist by page, with the instructions folded away.
//!
//! The body is bounded, as a plan's comment is. Every task keeps its line; instructions are left off from the end
//! where there is no room, and a sentence says where they are.

use super::super::neutral;
use super::{Sheet, blocked, heading, how_to_record, standing, summary, tick_word};
use crate::domain::{Batch, Instruction, Piece, Task, TaskState};

/// GitHub refuses a body of more than 65,536 characters. Bytes are counted, which are never fewer.
const MAX_BYTES: usize = 60_000;
/// What lines alone may take; beyond it, a sentence says how many tasks are left off.
const MAX_LINES_BYTES: usize = 40_000;

/// The open tasks as an issue's body of less than 65,536 characters.
#[must_use]
pub fn tasks_markdown(sheet: Sheet<'_>) -> String {
    let head = format!("### Grantline: tasks\n\n{}\n\n", neutral::markdown(&summary(sheet)));
    let foot = foot(sheet);
    let heads: usize =
        sheet.batches.iter().map(|batch| batch_head(batch).len() + batch_foot(batch).len()).sum();
    let lines: usize = sheet.tasks().map(|task| line(task).len() + 1).sum();
    let mut room = MAX_BYTES.saturating_sub(head.len() + foot.len() + heads + lines);
    let mut left = MAX_LINES_BYTES;
    let mut out = head;
    let mut off = 0;
    for batch in sheet.batches {
        let body = rows(batch, &mut room, &mut left, &mut off);
        if !body.is_empty() {
            out.push_str(&format!("{}{body}{}", batch_head(batch), batch_foot(batch)));
        }
    }
    if off > 0 {
        out.push_str(&format!("**{off} more did not fit here.** `grantline tasks` lists them all.\n\n"));
    }
    out.push_str(&foot);
    out
}

fn rows(batch: &Batch, room: &mut usize, left: &mut usize, off: &mut usize) -> String {
    let mut out = String::new();
    for task in &batch.tasks {
        let line = line(task);
        if line.len() + batch_head(batch).len() > *left {
            *off += 1;
            continue;
        }
        *left -= line.len();
        out.push_str(&line);
        let details = details(task);
        if details.len() <= *room {
            *room -= details.len();
            out.push_str(&details);
        } else {
            *room = 0;
        }
        out.push('\n');
    }
    out
}

fn batch_head(batch: &Batch) -> String {
    let place = batch.tasks.iter().find_map(|task| task.place.as_ref());
    let place = place.map(|place| format!("{}\n\n", link(&place.url))).unwrap_or_default();
    format!("#### {}\n\n{place}", neutral::markdown(&heading(batch)))
}

fn batch_foot(batch: &Batch) -> String {
    let Some([paste, browser]) = how_to_record(batch) else { return String::new() };
    format!(
        "Then record the page: select the table from its headings to its last row, copy it, run {}, paste, and press Enter \
         and Ctrl-D. Or let a signed-in browser read it: {}\n\n",
        neutral::code(&paste),
        neutral::code(&browser)
    )
}

fn foot(sheet: Sheet<'_>) -> String {
    let commit = sheet.commit.map(|commit| format!(" from {}", neutral::code(commit))).unwrap_or_default();
    format!(
        "Tick a task off with `grantline tasks done ID`; a box here alone records nothing. What is ticked off is done \
         once a newer reading of the page shows it.\n\n<sub>Planned at {}{commit}.</sub>\n",
        sheet.created
    )
}

fn line(task: &Task) -> String {
    let tick = if task.state == TaskState::Open || task.state == TaskState::Reopened { ' ' } else { 'x' };
    let words = standing(task).map(str::to_owned).into_iter().chain(blocked(task));
    let words: String = words.map(|text| format!(" *{}*", neutral::markdown(&text))).collect();
    let title = neutral::markdown(&neutral::terminal(&task.title));
    format!("- [{tick}] {} {title}{words}\n", neutral::code(task.id.as_str()))
}

/// Everything that it takes to do the task, folded away below its line.
fn details(task: &Task) -> String {
    let mut out = "\n  <details><summary>Instructions</summary>\n\n".to_owned();
    let why: Vec<String> = why(task);
    if !why.is_empty() {
        out.push_str(&format!("  Why: {}\n\n", why.join("; ")));
    }
    if let Some(place) = &task.place {
        out.push_str(&format!("  Where: {} (or by hand: {})\n\n", link(&place.url), sentence(&place.way)));
    }
    if !task.before.is_empty() {
        out.push_str("  Before you begin:\n\n");
        task.before.iter().for_each(|text| out.push_str(&format!("  - {}\n", sentence(text))));
        out.push('\n');
    }
    for (at, text) in task.steps.iter().enumerate() {
        out.push_str(&format!("  {}. {}\n", at + 1, sentence(text)));
    }
    out.push('\n');
    for (name, text) in [("Check", &task.check), ("Write down", &task.record)] {
        if let Some(text) = text {
            out.push_str(&format!("  {name}: {}\n\n", sentence(text)));
        }
    }
    let done = neutral::code(&format!("grantline tasks done {}", task.id));
    out.push_str(&format!("  {}: {done}\n\n  </details>\n", tick_word(task.kind)));
    out
}

fn why(task: &Task) -> Vec<String> {
    let lines = task.because.iter().map(|line| {
        let place = neutral::code(&format!("{}:{}", line.file, line.line));
        format!("{place} {}", neutral::code(&line.text))
    });
    let words = [&task.reason, &task.ticket].into_iter().flatten();
    lines.chain(words.map(|text| neutral::markdown(&neutral::terminal(text)))).collect()
}

fn sentence(text: &Instruction) -> String {
    text.0.iter().map(piece).collect()
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Plain(text) => neutral::markdown(text),
        Piece::Name(text) => format!("**{}**", neutral::markdown(&neutral::terminal(text))),
        Piece::Value(text) => neutral::code(text),
        Piece::Link(text) => link(text),
    }
}

/// An address that can be followed, where it is one; its text otherwise.
fn link(url: &str) -> String {
    let is_url = (url.starts_with("https://") || url.starts_with("http://"))
        && url.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&byte));
    if is_url { format!("<{url}>") } else { neutral::code(url) }
}
