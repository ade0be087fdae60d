//! Which column is where, and what words in a cell mean.

use super::refusal::{Problem, quote};
use super::sheet::Row;
use crate::connector::pages::{Column, RowState, Table};
use crate::domain::Level;
use std::collections::BTreeMap;

/// The place of each column that was found, counted from 0.
pub(super) type Places = BTreeMap<Column, usize>;

/// How many headings of a row are known; 0 where that is too few to be a header.
pub(super) fn score(cells: &[String], table: &Table) -> usize {
    let known = cells.iter().filter(|cell| column(cell, table).is_some()).count();
    let essential = cells.iter().filter_map(|cell| column(cell, table)).any(is_essential);
    if cells.len() >= 2 && essential { known } else { 0 }
}

fn is_essential(column: Column) -> bool {
    matches!(column, Column::Email | Column::Level)
}

/// The column of a heading, in whichever labelling.
fn column(heading: &str, table: &Table) -> Option<Column> {
    let key = key(heading);
    let known = |labels: &Vec<String>| !key.is_empty() && labels.iter().any(|label| self::key(label) == key);
    table.columns.iter().find(|(_, labels)| known(labels)).map(|(column, _)| *column)
}

/// Whether only another kind of table has a column with this heading.
fn foreign(heading: &str, table: &Table) -> bool {
    let key = key(heading);
    !key.is_empty() && table.foreign.iter().any(|other| self::key(other) == key)
}

/// A heading without what labellings differ in: capitals, spaces, hyphens, a sort mark.
fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A level's or a state's word: one labelling's `Team member` is another's `team  member`, but `Admin+` is not `Admin`.
fn word(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Where the columns are, or what keeps the header from being one.
pub(super) fn places(header: &Row, table: &Table) -> Result<Places, Vec<Problem>> {
    let mut places = Places::new();
    let mut problems = Vec::new();
    for (at, heading) in header.cells.iter().enumerate() {
        let Some(column) = column(heading, table) else {
            problems.extend(foreign(heading, table).then(|| {
                let detail = format!("{} heads a column of another kind of table.", quote(heading));
                let hint = "Copy the table of the resource itself: a list of everybody at the vendor shows other \
                            levels, and people who are not on the resource. If the page does have such a column now, \
                            say so in the vendor's pages file.";
                Problem::whole("other-table", detail, hint).line(header.line).cell(at)
            }));
            continue;
        };
        if places.insert(column, at).is_some() {
            let detail = format!("A second column is headed {}.", quote(heading));
            let hint = "Remove the one that does not belong to the members' table.";
            problems.push(Problem::whole("ambiguous-header", detail, hint).line(header.line).cell(at));
        }
    }
    for (column, labels) in &table.columns {
        // Without the states, who is only invited would be taken for somebody who is in.
        let required = is_essential(*column) || (*column == Column::State && !table.states.is_empty());
        if required && !places.contains_key(column) {
            let detail = format!("There is no column for the {}.", noun(*column));
            let hint = format!("Its heading is known as {}.", listed(labels));
            problems.push(Problem::whole("missing-column", detail, hint).line(header.line));
        }
    }
    if problems.is_empty() { Ok(places) } else { Err(problems) }
}

pub(super) fn no_header(table: &Table) -> Problem {
    let known: Vec<String> = table
        .columns
        .iter()
        .map(|(column, labels)| format!("{}: {}", noun(*column), listed(labels)))
        .collect();
    let hint = format!(
        "Copy the table with its line of headings, or export it as CSV. Known headings are, {}.",
        known.join("; ")
    );
    Problem::whole("no-header", "No line of headings was found.", hint)
}

fn noun(column: Column) -> &'static str {
    match column {
        Column::Email => "address",
        Column::Name => "name",
        Column::Level => "level",
        Column::State => "state",
        Column::Since => "date",
    }
}

fn listed(labels: &[String]) -> String {
    labels.iter().map(|label| quote(label)).collect::<Vec<_>>().join(", ")
}

/// What a level's cell says.
pub(super) enum Held {
    /// A level, one of the table's or not.
    Level(Level),
    /// No access.
    Nothing,
}

/// The level that a word is, where the table knows it.
pub(super) fn level(text: &str, table: &Table) -> Option<Held> {
    let wanted = word(text);
    if table.none.iter().any(|none| word(none) == wanted) {
        return Some(Held::Nothing);
    }
    let spelled = table.levels.iter().find(|(_, words)| words.iter().any(|known| word(known) == wanted));
    let named = || table.levels.iter().find(|(name, _)| word(name) == wanted);
    let (name, _) = spelled.or_else(named)?;
    Level::parse(name).ok().map(Held::Level)
}

/// The state that a word is.
pub(super) fn state(text: &str, table: &Table) -> Option<RowState> {
    let wanted = word(text);
    let known = |words: &Vec<String>| words.iter().any(|known| word(known) == wanted);
    table.states.iter().find(|(_, words)| known(words)).map(|(state, _)| *state)
}

/// Every state's words, for a hint.
pub(super) fn states(table: &Table) -> String {
    table.states.values().map(|words| listed(words)).collect::<Vec<_>>().join(", ")
}

/// Whether a text is one of a column's words, and no longer one begins with it.
pub(super) fn is_whole_word(text: &str, column: Column, table: &Table) -> bool {
    let words: Vec<String> = match column {
        Column::Level => {
            let spelled = table.levels.iter().flat_map(|(name, words)| words.iter().chain([name]));
            spelled.chain(&table.none).map(|known| word(known)).collect()
        }
        Column::State => table.states.values().flatten().map(|known| word(known)).collect(),
        Column::Email | Column::Name | Column::Since => Vec::new(),
    };
    let wanted = word(text);
    words.contains(&wanted) && !words.iter().any(|known| *known != wanted && known.starts_with(&wanted))
}
