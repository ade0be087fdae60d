//! What a page says about how many people it shows, above or below its table.

/// What is counted.
const WORDS: &[&str] = &[
    "member",
    "members",
    "user",
    "users",
    "people",
    "person",
    "teammate",
    "teammates",
    "collaborator",
    "collaborators",
    "result",
    "results",
    "row",
    "rows",
    "entry",
    "entries",
    "item",
    "items",
    "record",
    "records",
    "account",
    "accounts",
    "total",
    "team",
];

/// Those that a number may follow without a colon or brackets: a project can be named `Team 2`.
const BEFORE: &[&str] = &["members", "users", "teammates", "collaborators", "total"];

/// A number that a page announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    /// So many people in all.
    Total(usize),
    /// The rows from the first to the second number, out of the third.
    Part(usize, usize, usize),
    /// One page out of so many.
    Page(usize),
    /// How many rows fit on a page: says nothing of this table.
    Nothing,
}

impl Announced {
    /// Whether a table of so many rows, so many of which are people who are in, is all of it.
    pub(super) fn agrees(self, rows: usize, active: usize) -> bool {
        match self {
            Self::Total(total) => total == rows || (total == active && active < rows),
            Self::Part(from, to, total) => from == usize::from(rows > 0) && to == rows && total == rows,
            Self::Page(of) => of == 1,
            Self::Nothing => true,
        }
    }
}

/// The number that a line announces; none if it is no such line.
pub(super) fn read(line: &str) -> Option<Announced> {
    let plain: String = line
        .to_lowercase()
        .replace(['–', '—'], "-")
        .chars()
        .map(|c| if matches!(c, ':' | '(' | ')' | '|' | '\t' | ';') { ' ' } else { c })
        .collect();
    let plain = plain.trim_end_matches('.').replace('-', " - ");
    let words: Vec<&str> = plain.split_whitespace().collect();
    let marked = line.contains([':', '(']);
    part(&words).or_else(|| page(&words)).or_else(|| total(&words, marked))
}

/// `Showing 1 - 10 of 25 users`.
fn part(words: &[&str]) -> Option<Announced> {
    let words = match words {
        ["showing" | "displaying" | "viewing" | "rows" | "results", rest @ ..] => rest,
        _ => words,
    };
    let [from, "-" | "to", to, "of", total, counted @ ..] = words else { return None };
    is_counted(counted).then_some(Announced::Part(number(from)?, number(to)?, number(total)?))
}

/// `Page 1 of 3`, `Rows per page 10`.
fn page(words: &[&str]) -> Option<Announced> {
    match words {
        ["page", at, "of", of] => number(at).and(number(of)).map(Announced::Page),
        [counted, "per", "page", size] if WORDS.contains(counted) => number(size).map(|_| Announced::Nothing),
        _ => None,
    }
}

/// `12 members`, `Members (12)`, `Total: 12`, `Showing all 12 users`.
fn total(words: &[&str], marked: bool) -> Option<Announced> {
    let words = match words {
        ["showing" | "displaying" | "viewing", "all", rest @ ..] => rest,
        ["showing" | "displaying" | "viewing", rest @ ..] => rest,
        _ => words,
    };
    let (count, counted) = match words {
        [first, rest @ ..] if number(first).is_some() => (first, rest),
        [rest @ .., last] if marked || rest.iter().all(|word| BEFORE.contains(word)) => (last, rest),
        _ => return None,
    };
    let known = !counted.is_empty() && is_counted(counted);
    known.then(|| number(count).map(Announced::Total)).flatten()
}

fn is_counted(words: &[&str]) -> bool {
    words.iter().all(|word| WORDS.contains(word))
}

fn number(text: &str) -> Option<usize> {
    let digits = text.replace(',', "");
    let plain = !digits.is_empty() && digits.len() < 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_pages_write_them() {
        for line in [
            "12 members",
            "Members (12)",
            "Total: 12",
            "Members 12",
            "Team members: 12",
            "Showing all 12 users",
            "12 total.",
        ] {
            assert_eq!(read(line), Some(Announced::Total(12)), "{line}");
        }
        for line in ["Showing 1-10 of 1,025", "1–10 of 1025 users", "Viewing 1 to 10 of 1025"] {
            assert_eq!(read(line), Some(Announced::Part(1, 10, 1025)), "{line}");
        }
        assert_eq!(read("Page 1 of 3"), Some(Announced::Page(3)));
        assert_eq!(read("Rows per page: 50"), Some(Announced::Nothing));
    }

    #[test]
    fn other_lines_announce_nothing() {
        for line in [
            "",
            "12",
            "Acme Marketing",
            "members",
            "Plan of 12 weeks",
            "Team 2",
            "jane@acme.example 12",
            "2026",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn only_a_whole_table_agrees() {
        assert!(Announced::Total(3).agrees(3, 2) && Announced::Total(2).agrees(3, 2));
        assert!(!Announced::Total(4).agrees(3, 2) && !Announced::Total(1).agrees(3, 2));
        assert!(Announced::Part(1, 3, 3).agrees(3, 3));
        assert!(!Announced::Part(1, 3, 9).agrees(3, 3) && !Announced::Part(4, 6, 6).agrees(3, 3));
        assert!(Announced::Page(1).agrees(3, 3) && !Announced::Page(2).agrees(3, 3));
    }
}
