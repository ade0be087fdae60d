//! From text to a header and rows of cells, however the table was laid out.

mod aligned;
mod piped;
mod separated;

use super::columns::{self, Places};
use super::refusal::{Problem, Refusal};
use crate::connector::pages::Table;

/// The largest cell that is read, in bytes.
pub(super) const MAX_CELL: usize = 1024;

/// The most rows that are read.
pub(super) const MAX_ROWS: usize = 200_000;

/// How many lines may stand before the header.
const MAX_BEFORE: usize = 30;

/// How cells are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// By one character; quoted cells may hold it.
    Separated(char),
    /// By `|`, as in Markdown.
    Piped,
    /// By two or more spaces, each cell below its heading.
    Aligned,
    /// They came one by one.
    Given,
}

impl Layout {
    /// The character between cells, where it is one.
    fn separator(self) -> Option<char> {
        match self {
            Self::Separated(separator) => Some(separator),
            Self::Piped => Some('|'),
            Self::Aligned | Self::Given => None,
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// The line that it begins on, from 1.
    pub(super) line: u32,
    /// Its cells, trimmed.
    pub(super) cells: Vec<String>,
    /// How far right each cell begins, where the layout is [`Layout::Aligned`].
    starts: Vec<usize>,
    /// Whether the row shows that it ends.
    pub(super) closed: bool,
}

impl Row {
    pub(super) fn new(line: u32, cells: Vec<String>, closed: bool) -> Self {
        let cells = cells.iter().map(|cell| trimmed(cell)).collect();
        Self { line, cells, starts: Vec::new(), closed }
    }

    /// Whether nothing is in it. A row that was cut after its first separator is no blank one.
    fn is_blank(&self, layout: Layout) -> bool {
        let lone = self.cells.len() <= 1 && layout != Layout::Piped;
        self.cells.iter().all(String::is_empty) && (self.closed || lone)
    }

    /// The row as one text, as a person sees it.
    pub(super) fn text(&self) -> String {
        let filled: Vec<&str> =
            self.cells.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
        filled.join(" ")
    }
}

/// A table with its header found.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) layout: Layout,
    /// What stands above the header.
    pub(super) before: Vec<Row>,
    /// The headings.
    pub(super) header: Vec<String>,
    /// Which column is where.
    pub(super) places: Places,
    /// What stands below the header, without blank lines.
    pub(super) rows: Vec<Row>,
    /// What is wrong with single rows already.
    pub(super) problems: Vec<Problem>,
}

/// Finds the table in a text.
pub(super) fn read(text: &str, table: &Table) -> Result<Sheet, Refusal> {
    let layouts = [
        Layout::Separated('\t'),
        Layout::Separated(';'),
        Layout::Separated(','),
        Layout::Piped,
        Layout::Aligned,
    ];
    let start = beginning(text);
    let score = |layout: Layout| {
        if layout.separator().is_some_and(|separator| !start.contains(separator)) {
            return 0;
        }
        let rows = rows(start, layout, &mut Vec::new());
        rows.iter().map(|row| columns::score(&row.cells, table)).max().unwrap_or(0)
    };
    let mut best = (Layout::Separated('\t'), 0);
    for layout in layouts {
        let found = score(layout);
        if found > best.1 {
            best = (layout, found);
        }
    }
    if best.1 == 0 {
        return Err(columns::no_header(table).into());
    }
    let mut problems = Vec::new();
    let rows = rows(text, best.0, &mut problems);
    divide(best.0, rows, problems, table)
}

/// A table whose cells came one by one, as from a page.
pub(super) fn given(header: &[String], rows: &[Vec<String>], table: &Table) -> Result<Sheet, Refusal> {
    let all = std::iter::once(header).chain(rows.iter().map(Vec::as_slice));
    let number = |at: usize| u32::try_from(at + 1).unwrap_or(u32::MAX);
    let rows = all.enumerate().map(|(at, cells)| Row::new(number(at), cells.to_vec(), true)).collect();
    divide(Layout::Given, rows, Vec::new(), table)
}

/// As much of the text as a header can stand in.
fn beginning(text: &str) -> &str {
    let end = text.match_indices('\n').nth(MAX_BEFORE).map_or(text.len(), |(at, _)| at + 1);
    text.get(..end).unwrap_or(text)
}

fn rows(text: &str, layout: Layout, problems: &mut Vec<Problem>) -> Vec<Row> {
    match layout {
        Layout::Separated(separator) => separated::rows(text, separator, problems),
        Layout::Piped => piped::rows(text),
        Layout::Aligned | Layout::Given => aligned::rows(text),
    }
}

/// The text's lines with their numbers, and whether each has its end.
fn lines(text: &str) -> impl Iterator<Item = (u32, &str, bool)> {
    text.split_inclusive('\n').enumerate().map(|(at, line)| {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        (number, line.trim_end_matches('\n'), line.ends_with('\n'))
    })
}

/// Tells the header from what is above and below it.
fn divide(
    layout: Layout,
    rows: Vec<Row>,
    mut problems: Vec<Problem>,
    table: &Table,
) -> Result<Sheet, Refusal> {
    let mut rows: Vec<Row> = rows.into_iter().filter(|row| !row.is_blank(layout)).collect();
    let reach = rows.iter().take(MAX_BEFORE);
    let scores: Vec<usize> = reach.map(|row| columns::score(&row.cells, table)).collect();
    let top = scores.iter().copied().max().unwrap_or(0);
    let Some(at) = scores.iter().position(|score| *score == top && top > 0) else {
        problems.push(columns::no_header(table));
        return Err(Refusal::of(problems));
    };
    let mut below = rows.split_off(at);
    let mut header = below.remove(0);
    // A column of buttons has no heading, and a row without buttons no cell there.
    while header.cells.last().is_some_and(String::is_empty) {
        header.cells.pop();
    }
    let places = match columns::places(&header, table) {
        Ok(places) => places,
        Err(wrong) => {
            problems.extend(wrong);
            return Err(Refusal::of(problems));
        }
    };
    if below.len() > MAX_ROWS {
        let detail = format!("The table has more than {MAX_ROWS} rows.");
        return Err(Problem::whole("too-large", detail, "Pass the table of one resource alone.").into());
    }
    if layout == Layout::Aligned {
        below = below.into_iter().map(|row| aligned::below(&header, row, &mut problems)).collect();
    }
    check_sizes(&below, &mut problems);
    Ok(Sheet { layout, before: rows, header: header.cells, places, rows: below, problems })
}

fn check_sizes(rows: &[Row], problems: &mut Vec<Problem>) {
    for row in rows {
        if let Some(at) = row.cells.iter().position(|cell| cell.len() > MAX_CELL) {
            let detail = format!("A cell holds more than {MAX_CELL} bytes.");
            let hint = "Nobody's name or address is that long: pass the table of members alone.";
            problems.push(Problem::whole("huge-cell", detail, hint).line(row.line).cell(at));
        }
    }
}

/// Without the white space around it, the kind that does not break among it.
fn trimmed(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned()
}
