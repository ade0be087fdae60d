//! Tasks for a terminal.

use super::super::neutral;
use super::super::page::{Look, Page, pad, paint};
use super::{Sheet, blocked, heading, how_to_record, snapshot_command, standing, summary, tick_word, ticked};
use crate::domain::{Batch, Instruction, Piece, Task, TaskState};
use anstyle::Style;
use unicode_width::UnicodeWidthStr as _;

/// The list: what there is to do on each page, in the order in which it is walked through.
#[must_use]
pub fn tasks_text(sheet: Sheet<'_>, look: &Look) -> String {
    let mut page = Page::new(look);
    for batch in sheet.batches {
        page.heading(&heading(batch));
        if let Some(place) = batch.tasks.iter().find_map(|task| task.place.as_ref()) {
            page.paragraph(2, look.palette.faint, &place.url);
        }
        let width = batch.tasks.iter().map(|task| task.id.as_str().width()).max().unwrap_or(0);
        batch.tasks.iter().for_each(|task| row(&mut page, task, width));
        after(&mut page, batch);
    }
    page.gap();
    page.paragraph(0, look.palette.strong, &summary(sheet));
    if sheet.tasks().any(|task| task.state.is_open()) {
        let text = "`grantline tasks show ID` has the instructions, and `grantline tasks done ID` ticks off; the \
                    beginning of an ID is enough.";
        page.paragraph(0, look.palette.faint, text);
    }
    page.finish()
}

fn row(page: &mut Page<'_>, task: &Task, width: usize) {
    let (mark, style) = mark(page, task);
    let id = paint(page.look.palette.faint, &pad(task.id.as_str(), width));
    page.line(&format!("  {} {id}  {}", paint(style, mark), neutral::terminal(&task.title)));
    for text in standing(task).map(str::to_owned).into_iter().chain(blocked(task)) {
        page.paragraph(6, if task.state == TaskState::Open { page.look.palette.faint } else { style }, &text);
    }
}

fn mark(page: &Page<'_>, task: &Task) -> (&'static str, Style) {
    let palette = page.look.palette;
    match task.state {
        TaskState::Open if !task.is_doable() => ("[-]", palette.faint),
        TaskState::Open => ("[ ]", palette.change),
        TaskState::Sent => ("[~]", palette.change),
        TaskState::Reopened => ("[!]", palette.loud),
        TaskState::Done | TaskState::Acknowledged => ("[x]", palette.gain),
        TaskState::Withdrawn => ("[-]", palette.faint),
    }
}

fn after(page: &mut Page<'_>, batch: &Batch) {
    let open = batch.tasks.iter().any(|task| task.state.is_open() && task.is_doable());
    if let Some(command) = snapshot_command(batch).filter(|_| open) {
        page.paragraph(2, page.look.palette.faint, &format!("Then record the page: {command}"));
    }
}

/// One task with everything that it takes to do it, and what to run afterwards.
#[must_use]
pub fn task_text(task: &Task, batch: &Batch, look: &Look) -> String {
    let instructions = task_instructions(task, batch, look);
    if !task.state.is_open() {
        return instructions;
    }
    let mut page = Page::new(look);
    let done = format!("{}: grantline tasks done {}", tick_word(task.kind), task.id);
    page.paragraph(0, look.palette.faint, &done);
    if let Some([paste, browser]) = how_to_record(batch) {
        let text = format!(
            "After the last task on this page, record it: select the table from its headings to its last row, copy it, run \
             {paste}, paste, and press Enter and Ctrl-D. Or let a signed-in browser read it: {browser}"
        );
        page.paragraph(0, look.palette.faint, &text);
    }
    format!("{instructions}\n{}", page.finish())
}

/// One task with everything that it takes to do it.
#[must_use]
pub fn task_instructions(task: &Task, batch: &Batch, look: &Look) -> String {
    let mut page = Page::new(look);
    let palette = look.palette;
    page.paragraph(0, palette.strong, &task.title);
    page.paragraph(0, palette.faint, &format!("{}  {}", task.id, heading(batch)));
    for text in standing(task).map(str::to_owned).into_iter().chain(blocked(task)) {
        page.entry(0, "!", palette.loud, palette.loud, &text);
    }
    if let Some(text) = ticked(task) {
        page.paragraph(0, palette.faint, &text);
    }
    why(&mut page, task);
    if let Some(place) = &task.place {
        page.heading("Where");
        page.paragraph(2, Style::new(), &place.url);
        page.paragraph(2, palette.faint, &format!("Or by hand: {}", plain(&place.way)));
    }
    list(&mut page, "Before you begin", &task.before, |_| "-".to_owned());
    list(&mut page, "Steps", &task.steps, |at| format!("{}.", at + 1));
    for (name, text) in [("Check", &task.check), ("Write down", &task.record)] {
        if let Some(text) = text {
            page.heading(name);
            page.paragraph(2, Style::new(), &plain(text));
        }
    }
    page.finish()
}

fn why(page: &mut Page<'_>, task: &Task) {
    let faint = page.look.palette.faint;
    let lines = task.because.iter().map(|line| format!("{}:{}  {}", line.file, line.line, line.text));
    let named = |name: &str, text: &Option<std::sync::Arc<str>>| {
        text.as_deref().map(|text| format!("{name}: {}", neutral::terminal(text)))
    };
    let words = [named("reason", &task.reason), named("ticket", &task.ticket)];
    let why: Vec<String> = lines.chain(words.into_iter().flatten()).collect();
    if !why.is_empty() {
        page.heading("Why");
        why.iter().for_each(|line| page.paragraph(2, faint, line));
    }
}

fn list(page: &mut Page<'_>, name: &str, sentences: &[Instruction], mark: impl Fn(usize) -> String) {
    if sentences.is_empty() {
        return;
    }
    page.heading(name);
    for (at, text) in sentences.iter().enumerate() {
        page.entry(2, &mark(at), page.look.palette.change, Style::new(), &plain(text));
    }
}

/// A sentence in which no piece can pass for another one or fill the screen.
fn plain(text: &Instruction) -> String {
    let shown = |piece: &Piece| match piece {
        Piece::Plain(text) => Piece::Plain(neutral::sentence(text).into_owned()),
        Piece::Name(text) => Piece::Name(neutral::terminal(text).into_owned()),
        Piece::Value(text) => Piece::Value(neutral::terminal(text).into_owned()),
        Piece::Link(text) => Piece::Link(neutral::sentence(text).into_owned()),
    };
    Instruction(text.0.iter().map(shown).collect()).text()
}
