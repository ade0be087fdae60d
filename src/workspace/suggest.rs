//! Finds what a person probably meant.

use crate::domain::{LONGEST_COMPARED, distance, tolerance};
use std::cell::Cell;

/// How much one load may spend on comparing, in pairs of letters: thousands of unknown names among a hundred
/// thousand users would otherwise take minutes.
const BUDGET: usize = 50_000_000;

/// How many names a hint lists at most.
const LISTED: usize = 8;

/// Compares names until its budget is used up.
#[derive(Debug)]
pub(super) struct Suggester {
    left: Cell<usize>,
}

impl Default for Suggester {
    fn default() -> Self {
        Self { left: Cell::new(BUDGET) }
    }
}

impl Suggester {
    /// The nearest of the candidates, if any is near enough: at most a third of its letters differ.
    pub(super) fn nearest<'c>(
        &self,
        text: &str,
        candidates: impl IntoIterator<Item = &'c str>,
    ) -> Option<&'c str> {
        let wanted = text.to_lowercase();
        if wanted.len() > LONGEST_COMPARED {
            return None;
        }
        let near = candidates
            .into_iter()
            .map_while(|candidate| self.distance(&wanted, candidate))
            .filter_map(|(distance, candidate)| Some((distance?, candidate)));
        near.min().map(|(_, candidate)| candidate)
    }

    /// The candidate with its distance, where that is small; nothing once the budget is used up.
    fn distance<'c>(&self, wanted: &str, candidate: &'c str) -> Option<(Option<usize>, &'c str)> {
        let apart = wanted.len().abs_diff(candidate.len());
        if candidate.len() > LONGEST_COMPARED || apart > tolerance(wanted, candidate) {
            self.spend(1)?;
            return Some((None, candidate));
        }
        self.spend(1 + wanted.len() * candidate.len())?;
        Some((distance(wanted, candidate), candidate))
    }

    fn spend(&self, cost: usize) -> Option<()> {
        self.left.get().checked_sub(cost).map(|left| self.left.set(left))
    }
}

/// "Did you mean `member`? Allowed here: `admin`, `member`.", from what there is to say.
pub(super) fn hint(nearest: Option<&str>, allowed: &[&str], otherwise: &str) -> String {
    let mut parts = Vec::new();
    if let Some(nearest) = nearest {
        parts.push(format!("Did you mean `{nearest}`?"));
    }
    if (1..=LISTED).contains(&allowed.len()) {
        let list: Vec<_> = allowed.iter().map(|word| format!("`{word}`")).collect();
        parts.push(format!("Allowed here: {}.", list.join(", ")));
    }
    if parts.is_empty() {
        parts.push(otherwise.to_owned());
    }
    parts.join(" ")
}

/// A text from a file as a message may show it: in backticks, short, and without control characters.
pub(super) fn quote(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text
        .chars()
        .take(SHOWN)
        .map(|c| if crate::diagnostic::is_printable(c) { c } else { '\u{FFFD}' })
        .collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let levels = ["admin", "analyst", "member"];
        let suggester = Suggester::default();
        assert_eq!(suggester.nearest("memebr", levels), Some("member"));
        assert_eq!(suggester.nearest("Member", levels), Some("member"));
        assert_eq!(suggester.nearest("owner", levels), None);
    }

    #[test]
    fn a_hint_lists_a_few_names_and_never_many() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
        assert!(hint(None, &names[..8], "Else.").ends_with("`h`."));
        assert_eq!(hint(None, &names, "Else."), "Else.");
        assert_eq!(hint(Some("a"), &names, "Else."), "Did you mean `a`?");
    }

    #[test]
    fn comparing_ends_with_its_budget() {
        let suggester = Suggester { left: Cell::new(3) };
        assert_eq!(suggester.nearest("a", ["b", "a"]), Some("b"));
    }

    #[test]
    fn a_quoted_text_is_short_and_harmless() {
        let quoted = quote(&format!("\u{1b}[31m{}", "x".repeat(100)));
        assert!(quoted.starts_with("`\u{FFFD}[31mx"));
        assert_eq!(quoted.chars().count(), 63);
    }
}
