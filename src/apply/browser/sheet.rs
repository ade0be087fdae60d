//! A table on a page, and what its rows say of an account.

use super::name::folded;
use crate::connector::pages::{Column, RowState, Table};
use crate::domain::Email;

/// A table as it is shown: its header, and the text of its cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What each column is headed.
    pub header: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// Whether the texts of a row show this address: as a word of its own in one of them.
#[must_use]
pub fn row_with<'a>(cells: impl IntoIterator<Item = &'a str>, account: &str) -> bool {
    let Ok(account) = Email::parse(account) else { return false };
    let is_it = |word: &str| {
        let word = word.trim_matches(|c: char| "<>()[],;\"'".contains(c));
        Email::parse(word).is_ok_and(|email| email == account)
    };
    cells.into_iter().any(|cell| cell.split_whitespace().any(is_it))
}

impl Sheet {
    /// The place of the column that is headed by one of the spellings.
    fn column(&self, table: &Table, column: Column) -> Option<usize> {
        let spellings = table.columns.get(&column)?;
        self.header.iter().position(|head| spellings.iter().any(|one| folded(one) == folded(head)))
    }

    /// The required columns that the header lacks, each with its spellings.
    pub(super) fn lacks<'a>(&self, table: &'a Table) -> Vec<&'a [String]> {
        let required = [Column::Email, Column::Level, Column::State];
        let expected = required.into_iter().filter_map(|column| Some((column, table.columns.get(&column)?)));
        expected
            .filter(|(column, _)| self.column(table, *column).is_none())
            .map(|(_, one)| &one[..])
            .collect()
    }

    /// How many rows are of somebody who has not answered an invitation.
    pub(super) fn pending(&self, table: &Table) -> usize {
        let Some(at) = self.column(table, Column::State) else { return 0 };
        let cells = self.rows.iter().filter_map(|row| row.get(at));
        cells.filter(|cell| state(table, cell) == Some(RowState::Pending)).count()
    }

    /// The rows that show the account in the column of addresses.
    pub(super) fn rows_of(&self, table: &Table, account: &str) -> Vec<Entry> {
        let Some(email) = self.column(table, Column::Email) else { return Vec::new() };
        let cell = |row: &[String], column| {
            self.column(table, column).and_then(|at| row.get(at)).cloned().unwrap_or_default()
        };
        let shows =
            |row: &&Vec<String>| row.get(email).is_some_and(|text| row_with([text.as_str()], account));
        let rows = self.rows.iter().filter(shows);
        rows.map(|row| Entry {
            level: cell(row, Column::Level),
            state: state(table, &cell(row, Column::State)),
            text: row.iter().filter(|cell| !cell.trim().is_empty()).cloned().collect::<Vec<_>>().join(" · "),
        })
        .collect()
    }
}

/// What a state's cell says; none for a word that the table does not know. Without the column everybody is active.
fn state(table: &Table, cell: &str) -> Option<RowState> {
    if !table.columns.contains_key(&Column::State) {
        return Some(RowState::Active);
    }
    let called = |spellings: &Vec<String>| spellings.iter().any(|one| folded(one) == folded(cell));
    table.states.iter().find(|(_, spellings)| called(spellings)).map(|(state, _)| *state)
}

/// One account's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The level's cell, in the page's words.
    pub(super) level: String,
    /// What its state's cell means; none where that is not known.
    pub(super) state: Option<RowState>,
    /// The whole row, for people.
    pub(super) text: String,
}

impl Entry {
    /// Whether the row's level is this one: the word in the workspace or any spelling of the page's.
    pub(super) fn is_at(&self, spellings: &[String]) -> bool {
        spellings.iter().any(|one| folded(one) == folded(&self.level))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_word_of_its_own() {
        assert!(row_with(["Pia Stone <PIA@acme.example>"], "pia@acme.example"));
        assert!(!row_with(["olympia@acme.example"], "pia@acme.example"));
        assert!(!row_with(["pia@acme.example.org", ""], "pia@acme.example"));
    }
}
