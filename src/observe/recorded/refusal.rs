//! Everything that keeps a table from becoming a snapshot, told at once.

use crate::net::neutral;
use std::fmt;

/// How many problems are told; a file that is broken in every line is broken in one way.
const SHOWN: usize = 40;

/// How much of a text from the table a message quotes, in characters.
const QUOTED: usize = 60;

/// One problem of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The line of the input, from 1; none for a problem of the whole table.
    pub line: Option<u32>,
    /// The cell in that line, from 1.
    pub cell: Option<usize>,
    /// A constant word, such as `not-an-address`.
    pub code: &'static str,
    /// What is wrong: full sentences, with what they quote neutralised.
    pub detail: String,
    /// How to mend it.
    pub hint: String,
}

impl Problem {
    /// A problem of the whole table.
    pub(super) fn whole(code: &'static str, detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { line: None, cell: None, code, detail: detail.into(), hint: hint.into() }
    }

    /// At a line.
    pub(super) fn line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }

    /// At a cell, counted from 0.
    pub(super) fn cell(mut self, index: usize) -> Self {
        self.cell = Some(index + 1);
        self
    }
}

/// Why a table was refused. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// Every problem, by line and cell; never empty.
    pub problems: Vec<Problem>,
}

impl Refusal {
    pub(super) fn of(mut problems: Vec<Problem>) -> Self {
        problems.sort();
        problems.dedup();
        Self { problems }
    }

    /// The problems as a compiler would tell them, with the input under this name.
    #[must_use]
    pub fn render(&self, input: &str) -> String {
        let mut text = String::new();
        for problem in self.problems.iter().take(SHOWN) {
            text.push_str(&format!("error[{}]: {}\n", problem.code, problem.detail));
            match (problem.line, problem.cell) {
                (Some(line), Some(cell)) => text.push_str(&format!(" --> {input}:{line}, cell {cell}\n")),
                (Some(line), None) => text.push_str(&format!(" --> {input}:{line}\n")),
                _ => text.push_str(&format!(" --> {input}\n")),
            }
            text.push_str(&format!("  = help: {}\n\n", problem.hint));
        }
        if let Some(more) = self.problems.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            text.push_str(&format!("and {more} more\n\n"));
        }
        text
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.render("input").trim_end())
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

/// A text of the table as a message may show it: short, on one line, and harmless.
pub(super) fn quote(text: &str) -> String {
    format!("`{}`", neutral(text, QUOTED))
}
