//! Whether a table is all of it: to its last cell, and as many rows as the page announces.

use super::announced::Announced;
use super::refusal::Problem;
use super::sheet::{Layout, Row, Sheet};
use super::{columns, date};
use crate::connector::pages::{Column, Table};

/// A last row that may have been cut in the middle of its last cell. One with too few cells is told as such.
pub(super) fn cut_off(sheet: &Sheet, rows: &[&Row], table: &Table) -> Option<Problem> {
    let (last, others) = rows.split_last()?;
    let ends_there = sheet.rows.last().is_some_and(|row| row.line == last.line);
    if last.closed || !ends_there || last.cells.len() < sheet.header.len() {
        return None;
    }
    if shows_its_end(sheet, table, last, others) {
        return None;
    }
    let detail = "The last line has no end, so that its last cell may be cut off.";
    let hint =
        "Copy the table once more, down to the line below it. If it is whole, end it with a line break.";
    let at = last.cells.len().saturating_sub(1);
    Some(Problem::whole("cut-off", detail, hint).line(last.line).cell(at))
}

/// Whether the last cell cannot be the beginning of a longer one: it is a word that nothing known continues, a date that
/// is complete, or what an earlier row has in the same place.
fn shows_its_end(sheet: &Sheet, table: &Table, last: &Row, others: &[&Row]) -> bool {
    if sheet.layout == Layout::Piped || others.iter().any(|row| row.cells.len() > last.cells.len()) {
        return false;
    }
    let Some(at) = last.cells.len().checked_sub(1) else { return false };
    let text = last.cells.get(at).map_or("", String::as_str);
    let above = || others.iter().filter_map(|row| row.cells.get(at)).map(String::as_str);
    if above().any(|cell| cell.len() > text.len() && cell.starts_with(text)) {
        return false;
    }
    match sheet.places.iter().find(|(_, place)| **place == at) {
        Some((Column::Email | Column::Name, _)) => false,
        Some((Column::Since, _)) => date::is_whole(text),
        Some((column, _)) => columns::is_whole_word(text, *column, table),
        None => !text.is_empty() && above().any(|cell| cell == text),
    }
}

/// The announced numbers that a table of so many rows, so many of which are people who are in, does not have.
pub(super) fn miscounted(announced: &[(u32, Announced)], rows: usize, active: usize) -> Vec<Problem> {
    let wrong = announced.iter().filter(|(_, count)| !count.agrees(rows, active));
    wrong
        .map(|(line, count)| {
            let said = match count {
                Announced::Total(total) => format!("The page announces {total}"),
                Announced::Waiting(count) => format!("The page announces {count} who are not in yet"),
                Announced::Of(count, total) => format!("The page shows {count} of {total}"),
                Announced::Part(from, to, total) => format!("The page shows {from} to {to} of {total}"),
                Announced::Page(of) => format!("The table is on {of} pages"),
                Announced::Nothing => "The page announces a number".to_owned(),
            };
            let hint = "Show everybody on one page, or put the rows of all pages below one line of headings; leave \
                        such lines out only if the table is whole.";
            let rows = if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") };
            Problem::whole("count", format!("{said}, and the table has {rows}."), hint).line(*line)
        })
        .collect()
}
