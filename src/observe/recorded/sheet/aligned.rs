//! Columns set apart by two or more spaces, each cell right below its heading.

use super::super::refusal::{Problem, quote};
use super::{Row, lines};
use unicode_width::UnicodeWidthChar as _;

pub(super) fn rows(text: &str) -> Vec<Row> {
    lines(text).map(|(line, text, closed)| row(line, text, closed)).collect()
}

fn row(line: u32, text: &str, closed: bool) -> Row {
    let mut row = Row { line, cells: Vec::new(), starts: Vec::new(), closed };
    let (mut at, mut gap) = (0, 2);
    for c in text.chars() {
        if c == ' ' || c == '\u{a0}' {
            gap += 1;
        } else {
            match row.cells.last_mut() {
                Some(cell) if gap < 2 => {
                    cell.extend((gap == 1).then_some(' '));
                    cell.push(c);
                }
                _ => {
                    row.cells.push(c.to_string());
                    row.starts.push(at);
                }
            }
            gap = 0;
        }
        at += c.width().unwrap_or(0);
    }
    row
}

/// The row with its cells below their headings, and empty ones where there are none. A cell that stands below no
/// heading could belong to either neighbour, unless it stands right of all of them.
pub(super) fn below(header: &Row, row: Row, problems: &mut Vec<Problem>) -> Row {
    // A line of one cell is no row: a count, or a row that was cut.
    if row.cells.len() < 2 {
        return row;
    }
    let last = header.starts.last().copied().unwrap_or(0);
    let mut cells: Vec<String> = Vec::new();
    for (cell, start) in row.cells.iter().zip(&row.starts) {
        match header.starts.iter().position(|heading| heading == start) {
            Some(at) => {
                cells.resize(at.max(cells.len()), String::new());
                cells.push(cell.clone());
            }
            None if *start > last => {
                cells.resize(header.starts.len().max(cells.len()), String::new());
                cells.push(cell.clone());
            }
            None => {
                let detail = format!("{} stands below none of the headings.", quote(cell));
                let hint = "Copy the table with tabs between its cells, or export it as CSV.";
                problems.push(Problem::whole("misaligned", detail, hint).line(row.line));
                return row;
            }
        }
    }
    // Trailing spaces are lost easily; that the line has its end shows that nothing else is.
    if row.closed {
        cells.resize(header.starts.len().max(cells.len()), String::new());
    }
    Row { cells, ..row }
}
