//! From the bytes that a person exported or pasted to members, or to everything that is wrong with them.
//!
//! A table that was cut off must never look like a smaller team. Rows are held against the counts that a page announces;
//! a last line without its end counts only if it shows by itself that it is whole. Where neither tells, what is left
//! is compared with the snapshot before it.

use super::address::{self, Fault};
use super::columns::{self, Held};
use super::doubt::Around;
use super::refusal::{Problem, Refusal, quote};
use super::sheet::{self, Layout, Row, Sheet};
use super::{beside, bytes, date, whole};
use crate::connector::pages::{Column, RowState, Table};
use crate::domain::{Email, Level, is_hidden};
use crate::net::neutral;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The longest level, in characters.
const MAX_LEVEL: usize = 64;

/// The longest name that is kept, in characters.
const MAX_NAME: usize = 200;

/// One person in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The address.
    pub account: Email,
    /// The display name: untrusted, without hidden characters, and possibly what a spreadsheet would take for a formula.
    pub name: Option<Arc<str>>,
    /// The level; one that the table does not know stands as it was written.
    pub level: Level,
    /// Whether they are in.
    pub state: RowState,
    /// When access was given or offered, or first seen to be.
    pub since: Option<Timestamp>,
}

/// How the table reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// As an export.
    Csv,
    /// Copied from the page.
    Pasted,
    /// Read from the page by a browser.
    Browser,
}

/// A table that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The people, by address.
    pub members: Vec<Member>,
    /// How many rows there were, those without access among them.
    pub rows: usize,
    /// What its layout says of where it comes from.
    pub kind: SourceKind,
    /// What stands above the table.
    pub above: Vec<String>,
    /// What stands above and below the table: what a page says about whose table it is.
    pub around: Vec<String>,
    /// What was left out and does not matter: full sentences.
    pub warnings: Vec<String>,
}

/// Reads an export, or a table copied from a page.
///
/// # Errors
/// Every problem that it has.
pub fn parse(input: &[u8], table: &Table) -> Result<Parsed, Refusal> {
    let text = bytes::text(input)?;
    if text.trim().is_empty() {
        let hint = "Copy the table with its line of headings, or export it as CSV.";
        return Err(Problem::whole("empty-table", "The input is empty.", hint).into());
    }
    understand(&sheet::read(&text, table)?, table)
}

/// Reads cells that were told apart already, as by a browser.
///
/// # Errors
/// Every problem that they have.
pub fn parse_rows(header: &[String], rows: &[Vec<String>], table: &Table) -> Result<Parsed, Refusal> {
    understand(&sheet::given(header, rows, table)?, table)
}

fn understand(sheet: &Sheet, table: &Table) -> Result<Parsed, Refusal> {
    let mut reading = Reading { sheet, table, problems: sheet.problems.clone(), warnings: Vec::new() };
    let (rows, around) = reading.divide();
    let members = reading.members(&rows);
    let active = members.iter().filter(|member| member.state == RowState::Active).count();
    reading.problems.extend(whole::cut_off(sheet, &rows, table));
    reading.problems.extend(whole::miscounted(&around.announced, rows.len(), active));
    reading.problems.extend(around.problems(rows.len(), active));
    if !reading.problems.is_empty() {
        return Err(Refusal::of(reading.problems));
    }
    let kind = match sheet.layout {
        Layout::Separated(',' | ';') => SourceKind::Csv,
        Layout::Given => SourceKind::Browser,
        Layout::Separated(_) | Layout::Piped | Layout::Aligned => SourceKind::Pasted,
    };
    let beside = sheet.rows.iter().filter(|row| rows.iter().all(|one| one.line != row.line));
    let above: Vec<String> = sheet.before.iter().map(Row::text).collect();
    let around = above.iter().cloned().chain(beside.map(Row::text)).collect();
    Ok(Parsed { members, rows: rows.len(), kind, above, around, warnings: reading.warnings })
}

struct Reading<'a> {
    sheet: &'a Sheet,
    table: &'a Table,
    problems: Vec<Problem>,
    warnings: Vec<String>,
}

impl<'a> Reading<'a> {
    /// The rows of people, and what the page says around them.
    fn divide(&mut self) -> (Vec<&'a Row>, Around) {
        let mut around = Around::default();
        for row in &self.sheet.before {
            if row.cells.iter().any(|cell| cell.contains('@')) {
                let detail = "An address stands above the line of headings.";
                let hint = "Put the line of headings first, and only one table into the input.";
                self.problems.push(Problem::whole("row-before-header", detail, hint).line(row.line));
            }
            around.take(row.line, &row.text());
        }
        let (mut rows, mut below): (Vec<&Row>, Vec<&Row>) = (Vec::new(), Vec::new());
        let mut footer = false;
        let last = self.sheet.rows.iter().rposition(|row| row.cells.len() > 1);
        for (at, row) in self.sheet.rows.iter().enumerate() {
            let is_below =
                last.is_some_and(|last| at > last) && beside::is_below(row, self.sheet.layout, footer);
            if !rows.is_empty() && beside::is_known(row, self.sheet, self.table) {
                continue;
            }
            // What is no row and not below the table is refused in any case.
            if around.announces(row.line, &row.text(), is_below) {
                footer = true;
            } else if is_below {
                footer = true;
                below.push(row);
            } else if footer {
                let detail = "A row stands below the line that ends the table.";
                let hint = "Put all rows below one line of headings, and only one table into the input.";
                self.problems.push(Problem::whole("row-after-footer", detail, hint).line(row.line));
            } else {
                rows.push(row);
            }
        }
        if rows.is_empty() {
            let hint = "A resource shows at least the person who looks at it: copy the table once more, rows and all.";
            self.problems.push(Problem::whole("empty-table", "There is no row below the headings.", hint));
        }
        self.check_below(&rows, &below);
        (rows, around)
    }

    /// Refuses what stands below the table with an address that is none of its rows: a list of its own, as of
    /// invitations, or a row that lost its cells.
    fn check_below(&mut self, rows: &[&'a Row], below: &[&Row]) {
        let cells = rows.iter().filter_map(|row| self.cell(row, Column::Email));
        let listed: BTreeSet<Email> = cells.filter_map(|cell| address::parse(cell).ok()).collect();
        for row in below {
            if let Some(strange) = beside::stranger(&row.text(), &listed) {
                let detail = format!("{} stands below the table and is none of its rows.", quote(&strange));
                let hint = "Pass everybody who is listed as a row of one table, as the CSV export does. Leave the line \
                            out only if whoever it names has no access.";
                self.problems.push(Problem::whole("row-after-footer", detail, hint).line(row.line));
            }
        }
    }

    fn members(&mut self, rows: &[&'a Row]) -> Vec<Member> {
        let mut members: BTreeMap<Email, Member> = BTreeMap::new();
        let mut seen: BTreeMap<Email, u32> = BTreeMap::new();
        for row in rows {
            if row.cells.len() < self.sheet.header.len() {
                self.problems.push(short(row, self.sheet.header.len()));
                continue;
            }
            self.check_rest(row);
            let account = self.account(row);
            let level = self.level(row);
            let state = self.state(row);
            let (Some(account), Some(level), Some(state)) = (account, level, state) else { continue };
            if let Some(first) = seen.insert(account.clone(), row.line) {
                let detail = format!("{} is there twice, first in line {first}.", quote(account.as_str()));
                let hint = "One table shows a person once: pass the table of one resource alone.";
                self.problems.push(self.at(row, Column::Email, "duplicate", detail, hint));
            }
            let (name, since) = (self.name(row), self.since(row));
            if let Held::Level(level) = level {
                members.insert(account.clone(), Member { account, name, level, state, since });
            }
        }
        members.into_values().collect()
    }

    /// Refuses an address behind the last heading: two rows became one, and only the first would be read. An export has
    /// no cells there at all; one that does was cut at a separator inside a cell, and all its cells stand elsewhere.
    fn check_rest(&mut self, row: &Row) {
        let is_export = matches!(self.sheet.layout, Layout::Separated(',' | ';'));
        let mut rest = row.cells.iter().enumerate().skip(self.sheet.header.len());
        let strange = |cell: &str| cell.contains('@') || (is_export && !cell.is_empty());
        if let Some((at, cell)) = rest.find(|(_, cell)| strange(cell)) {
            let detail = format!("{} stands behind the last heading.", quote(cell));
            let hint = "Two rows became one, or a cell that holds the separator stands there without quotes: copy the \
                        table once more, or export it as CSV.";
            self.problems.push(Problem::whole("long-row", detail, hint).line(row.line).cell(at));
        }
    }

    fn cell(&self, row: &'a Row, column: Column) -> Option<&'a str> {
        row.cells.get(*self.sheet.places.get(&column)?).map(String::as_str)
    }

    fn at(&self, row: &Row, column: Column, code: &'static str, detail: String, hint: &str) -> Problem {
        let problem = Problem::whole(code, detail, hint).line(row.line);
        match self.sheet.places.get(&column) {
            Some(at) => problem.cell(*at),
            None => problem,
        }
    }

    fn refuse<T>(
        &mut self,
        row: &Row,
        column: Column,
        code: &'static str,
        detail: String,
        hint: &str,
    ) -> Option<T> {
        let problem = self.at(row, column, code, detail, hint);
        self.problems.push(problem);
        None
    }

    fn account(&mut self, row: &'a Row) -> Option<Email> {
        let cell = self.cell(row, Column::Email)?;
        let (code, detail, hint) = match address::parse(cell) {
            Ok(email) => return Some(email),
            Err(Fault::Formula) => (
                "formula",
                format!("{} begins like a spreadsheet's formula.", quote(cell)),
                "If it is the person's address, put a ' before it.",
            ),
            Err(Fault::Hidden) => (
                "hidden-character",
                format!("{} holds a character that cannot be seen.", quote(cell)),
                "Type the address by hand; whoever registered it may want to be taken for somebody else.",
            ),
            Err(Fault::Shape(why)) => (
                "not-an-address",
                format!("{} is no address: {why}.", quote(cell)),
                "Copy the address whole; where the page shortens it, or spreads one person over several lines, pass its CSV \
                 export instead.",
            ),
        };
        self.refuse(row, Column::Email, code, detail, hint)
    }

    fn level(&mut self, row: &'a Row) -> Option<Held> {
        let cell = address::unguarded(self.cell(row, Column::Level)?);
        if let Some(held) = columns::level(cell, self.table) {
            return Some(held);
        }
        let text = cell.split_whitespace().collect::<Vec<_>>().join(" ");
        let printable = !text.chars().any(is_hidden) && !address::is_formula(&text);
        if !printable || text.chars().count() > MAX_LEVEL || text.contains('@') {
            let detail = format!("{} is no level.", quote(cell));
            return self.refuse(row, Column::Level, "not-a-level", detail, "Copy the table once more.");
        }
        if let Ok(level) = Level::parse(&text) {
            return Some(Held::Level(level));
        }
        let detail = "The cell of the level is empty.".to_owned();
        self.refuse(
            row,
            Column::Level,
            "not-a-level",
            detail,
            "Copy the table once more, as it is on the page.",
        )
    }

    fn state(&mut self, row: &'a Row) -> Option<RowState> {
        let Some(cell) = self.cell(row, Column::State).filter(|_| !self.table.states.is_empty()) else {
            return Some(RowState::Active);
        };
        let state = columns::state(cell, self.table);
        if state.is_none() {
            let detail = format!("{} is no state that is known.", quote(cell));
            let hint = format!(
                "Known are {}. If the page has a new word, add it to the vendor's pages file.",
                columns::states(self.table)
            );
            return self.refuse(row, Column::State, "unknown-state", detail, &hint);
        }
        state
    }

    fn name(&mut self, row: &'a Row) -> Option<Arc<str>> {
        let cell = address::unguarded(self.cell(row, Column::Name)?);
        let name = neutral(cell, MAX_NAME);
        if cell.chars().any(|c| is_hidden(c) && !c.is_whitespace()) {
            self.warnings.push(format!("Line {}: hidden characters were left out of the name.", row.line));
        }
        (!name.is_empty()).then(|| Arc::from(name))
    }

    fn since(&mut self, row: &'a Row) -> Option<Timestamp> {
        let cell = self.cell(row, Column::Since).filter(|cell| !cell.is_empty())?;
        let since = date::parse(cell);
        if since.is_none() {
            let text = quote(cell);
            self.warnings
                .push(format!("Line {}: {text} is no date that has one meaning, and is left out.", row.line));
        }
        since
    }
}

fn short(row: &Row, wanted: usize) -> Problem {
    let detail = format!("The row has {} of {wanted} cells.", row.cells.len());
    let hint = "It was cut off, or the page spreads one person over several lines: copy the table whole, or export it as \
                CSV.";
    Problem::whole("short-row", detail, hint).line(row.line)
}
