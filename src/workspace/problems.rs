//! Collects what is wrong, without letting one mistake repeated a million times use up the memory.

use crate::diagnostic::Diagnostic;
use crate::domain::{Severity, Span};

/// How many errors, and how many warnings, one collection keeps.
const KEPT: usize = 1000;

/// What is wrong with one file, or with one aspect of the workspace.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: Vec<Diagnostic>,
    errors: usize,
    warnings: usize,
}

impl Problems {
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        let count = match diagnostic.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning | Severity::Info => &mut self.warnings,
        };
        *count += 1;
        if *count <= KEPT {
            self.list.push(diagnostic);
        }
    }

    /// An error that costs something to put into words: past the cut, it is only counted.
    pub(super) fn error(&mut self, make: impl FnOnce() -> Diagnostic) {
        if !self.is_full() {
            self.push(make());
        } else {
            self.errors += 1;
        }
    }

    /// Whether further errors are only counted.
    pub(super) fn is_full(&self) -> bool {
        self.errors >= KEPT
    }

    pub(super) fn extend(&mut self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        diagnostics.into_iter().for_each(|diagnostic| self.push(diagnostic));
    }

    /// Whether there is an error among them, kept or not.
    pub(super) fn has_errors(&self) -> bool {
        self.errors > 0
    }

    /// Those kept, and a word about those that are not.
    pub(super) fn into_list(mut self) -> Vec<Diagnostic> {
        let dropped = self.errors.saturating_sub(KEPT) + self.warnings.saturating_sub(KEPT);
        let last = self.list.iter().filter_map(|diagnostic| diagnostic.span).max();
        if let (Some(span), true) = (last, dropped > 0) {
            self.list.push(too_many(span, dropped));
        }
        self.list
    }
}

fn too_many(span: Span, dropped: usize) -> Diagnostic {
    Diagnostic::warning("too-many-problems", span, "there are more problems than are shown")
        .detail(format!("{dropped} further problems are not listed."))
        .hint("Mend those that are listed, then run it again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_cut_off_and_says_so_and_an_error_past_the_cut_still_counts() {
        let mut problems = Problems::default();
        for line in 1..=1500 {
            let span = Span { line, ..Span::default() };
            problems.push(Diagnostic::warning("date-in-past", span, "past"));
        }
        problems.push(Diagnostic::error("bad-date", Span::default(), "bad"));
        assert!(problems.has_errors());
        let list = problems.into_list();
        assert_eq!(list.len(), KEPT + 2);
        assert_eq!(list.last().unwrap().code, "too-many-problems");
        assert!(list.last().unwrap().detail.starts_with("500 "));
    }
}
