//! What a page says about how many people it shows, above or below its table.

/// What is counted.
pub(super) const WORDS: &[&str] = &[
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
    "mitglied",
    "mitglieder",
    "benutzer",
    "nutzer",
    "personen",
    "einträge",
    "membres",
    "utilisateurs",
    "miembros",
    "usuarios",
];

/// Those that a number may follow without a colon or brackets: a project can be named `Team 2`.
const BEFORE: &[&str] = &["members", "users", "teammates", "collaborators", "total"];

/// What may stand before the word for people without changing what is counted.
const OF_THEM: &[&str] = &["active", "current", "project"];

/// Those who are offered access and are not in.
const WAITING: &[&str] = &["pending", "invited", "expired", "declined", "invitation", "invitations"];

/// What may follow a count of people, behind `in`.
const PLACES: &[&str] =
    &["project", "team", "workspace", "organization", "organisation", "account", "company", "site", "total"];

/// What a page's rows are called where it says how many it is to have.
const SIZES: &[&str] = &["row", "rows", "entries", "records", "results", "items"];

/// What tells that something is shown or not.
pub(super) const SHOWN: &[&str] =
    &["showing", "displaying", "shown", "hidden", "filter", "filters", "filtered", "truncated", "more"];

/// What stands between a part and the whole.
pub(super) const OF: &[&str] = &["of", "/", "von", "sur", "de", "di", "van"];

/// A number that a page announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Announced {
    /// So many people in all.
    Total(usize),
    /// So many who are not in yet.
    Waiting(usize),
    /// The rows from the first to the second number, out of the third.
    Part(usize, usize, usize),
    /// So many out of so many; people or pages.
    Of(usize, usize),
    /// One page out of so many.
    Page(usize),
    /// How many rows fit on a page: says nothing of this table.
    Nothing,
}

impl Announced {
    /// Whether a table of so many rows, so many of which are people who are in, is all of it.
    pub(super) fn agrees(self, rows: usize, active: usize) -> bool {
        let is_all = |total| total == rows || (total == active && active < rows);
        match self {
            Self::Total(total) => is_all(total),
            Self::Waiting(count) => count <= rows.saturating_sub(active),
            Self::Part(from, to, total) => from == usize::from(rows > 0) && to == rows && total == rows,
            Self::Of(count, total) => count == total && (total == 1 || is_all(total)),
            Self::Page(of) => of == 1,
            Self::Nothing => true,
        }
    }

    /// Whether it tells that there is no other page.
    pub(super) fn is_last(self) -> bool {
        matches!(self, Self::Part(..) | Self::Of(..) | Self::Page(_))
    }
}

/// The number that a line announces; none if it is no such line.
pub(super) fn read(line: &str) -> Option<Announced> {
    let words = words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let marked = line.contains([':', '(']);
    let read = part(&words).or_else(|| page(&words)).or_else(|| of(&words));
    read.or_else(|| total(&words, marked)).or_else(|| divided(line))
}

/// How many rows the page says on this line that there are in all.
#[must_use]
pub fn total_on(line: &str) -> Option<usize> {
    let words = words(line);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    match read(line)? {
        Announced::Part(_, _, total) => Some(total),
        // A pager, or the places that are paid for, where the line says nothing of what is shown.
        Announced::Of(_, total) => has(SHOWN).then_some(total),
        // How many rows a page is to have.
        Announced::Total(total) => (has(SHOWN) || !has(SIZES)).then_some(total),
        Announced::Waiting(_) | Announced::Page(_) | Announced::Nothing => None,
    }
}

/// The words of a line, in small letters, with every dash and the `/` between two numbers as words of their own.
pub(super) fn words(line: &str) -> Vec<String> {
    let lower = line.to_lowercase().replace(['–', '—'], "-");
    let mut plain = String::with_capacity(lower.len() + 8);
    for word in lower.split_whitespace() {
        let is_date = word.matches('/').count() > 1;
        let chars: Vec<char> = word.chars().collect();
        for (at, c) in chars.iter().enumerate() {
            let is_digit =
                |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
            let between = is_digit(at.checked_sub(1)) && is_digit(Some(at + 1));
            match c {
                ':' | '(' | ')' | '[' | ']' | '|' | ';' | '·' | '•' => plain.push(' '),
                ',' if !between => plain.push(' '),
                '/' if between && !is_date => plain.push_str(" / "),
                '-' => plain.push_str(" - "),
                c => plain.push(*c),
            }
        }
        plain.push(' ');
    }
    let words = plain.split_whitespace().map(|word| word.trim_end_matches('.').to_owned());
    words.filter(|word| !word.is_empty()).collect()
}

/// Without the word that a line about what is shown begins with.
fn unled<'w, 'a>(words: &'w [&'a str]) -> &'w [&'a str] {
    match words {
        ["showing" | "displaying" | "viewing" | "rows" | "results", rest @ ..] => rest,
        _ => words,
    }
}

/// What follows the word between a part and the whole.
fn whole_of<'w, 'a>(words: &'w [&'a str]) -> Option<&'w [&'a str]> {
    match words {
        ["out", "of", rest @ ..] => Some(rest),
        [of, rest @ ..] if OF.contains(of) => Some(rest),
        _ => None,
    }
}

/// `Showing 1 - 10 of 25 users`, also behind `Rows per page: 10`, and `(filtered from 30 total entries)` behind it.
fn part(words: &[&str]) -> Option<Announced> {
    let words = match words {
        [counted, "per", "page", size, rest @ ..] if WORDS.contains(counted) && number(size).is_some() => {
            rest
        }
        _ => unled(words),
    };
    let [from, "-" | "to" | "bis" | "à", to, rest @ ..] = words else { return None };
    let [total, counted @ ..] = whole_of(rest)? else { return None };
    let total = number(total)?;
    let (counted, of) = match counted.iter().position(|word| *word == "filtered") {
        Some(at) => {
            let (counted, filtered) = counted.split_at(at);
            let ["filtered", "from", of, rest @ ..] = filtered else { return None };
            (is_counted(rest).then_some(counted)?, number(of)?)
        }
        None => (counted, total),
    };
    is_counted(counted).then_some(Announced::Part(number(from)?, number(to)?, of.max(total)))
}

/// `Page 1 of 3`, `Rows per page 10`.
fn page(words: &[&str]) -> Option<Announced> {
    match words {
        ["page", at, of, pages] if OF.contains(of) => number(at).and(number(pages)).map(Announced::Page),
        [counted, "per", "page", size] if WORDS.contains(counted) => number(size).map(|_| Announced::Nothing),
        _ => None,
    }
}

/// `Showing 5 of 6 members`, `5 users out of 6`, `1 / 2`.
fn of(words: &[&str]) -> Option<Announced> {
    let [count, rest @ ..] = unled(words) else { return None };
    let counted = rest.iter().take_while(|word| WORDS.contains(word)).count();
    let [total, counted @ ..] = whole_of(rest.get(counted..)?)? else { return None };
    is_counted(counted).then_some(Announced::Of(number(count)?, number(total)?))
}

/// `12 members`, `Members (12)`, `Total: 12`, `Showing all 12 users`, `12 active users in this project`.
fn total(words: &[&str], marked: bool) -> Option<Announced> {
    let words = match words {
        ["showing" | "displaying" | "viewing", "all", rest @ ..] => rest,
        ["showing" | "displaying" | "viewing", rest @ ..] => rest,
        _ => words,
    };
    let words = match words {
        [rest @ .., "in", "this" | "your" | "the", place] if PLACES.contains(place) => rest,
        [rest @ .., "in", "total"] | [rest @ .., "with", "access"] => rest,
        _ => words,
    };
    let (count, counted) = match words {
        [first, rest @ ..] if number(first).is_some() => (first, rest),
        [rest @ .., last] if marked || rest.iter().all(|word| BEFORE.contains(word)) => (last, rest),
        _ => return None,
    };
    let counted = match counted {
        [kind, rest @ ..] if OF_THEM.contains(kind) => rest,
        _ => counted,
    };
    if counted.iter().any(|word| WAITING.contains(word)) {
        let known = counted.iter().all(|word| WAITING.contains(word) || WORDS.contains(word));
        let people = counted.iter().any(|word| WORDS.contains(word));
        return (known && people).then(|| number(count).map(Announced::Waiting)).flatten();
    }
    let known = !counted.is_empty() && is_counted(counted);
    known.then(|| number(count).map(Announced::Total)).flatten()
}

/// `Checkout · 6 members (5 active, 1 pending)`: a count, the kinds that it comes to, and words without a number.
fn divided(line: &str) -> Option<Announced> {
    let parts = line.split(['(', ')', '·', '•']).flat_map(|part| part.split(", "));
    let parts: Vec<Vec<String>> = parts.map(words).collect();
    let totals = parts.iter().enumerate().find_map(|(at, part)| {
        let part: Vec<&str> = part.iter().map(String::as_str).collect();
        total(&part, false).map(|total| (at, total))
    });
    let (at, total) = totals?;
    let is_kind = |word: &str| {
        let people = WORDS.contains(&word) || OF_THEM.contains(&word) || WAITING.contains(&word);
        people || number(word).is_some() || matches!(word, "admin" | "admins" | "owner" | "owners" | "and")
    };
    let is_plain = |word: &str| !SHOWN.contains(&word) && !word.contains(|c: char| c.is_ascii_digit());
    let fits =
        |part: &Vec<String>| part.iter().all(|word| is_kind(word)) || part.iter().all(|word| is_plain(word));
    let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
    others.into_iter().all(|(_, part)| fits(part)).then_some(total)
}

fn is_counted(words: &[&str]) -> bool {
    words.iter().all(|word| WORDS.contains(word))
}

pub(super) fn number(text: &str) -> Option<usize> {
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
        for line in [
            "12 active users",
            "12 users in this project",
            "12 members (11 active, 1 pending)",
            "12 members, 1 pending invitation",
            "12 Mitglieder",
        ] {
            assert_eq!(read(line), Some(Announced::Total(12)), "{line}");
        }
        for line in ["Showing 5 of 6", "5 out of 6 members", "5 users of 6", "5/6", "5 von 6", "5 / 6 users"]
        {
            assert_eq!(read(line), Some(Announced::Of(5, 6)), "{line}");
        }
        let filtered = "Showing 1 to 5 of 5 entries (filtered from 6 total entries)";
        assert_eq!(read(filtered), Some(Announced::Part(1, 5, 6)));
        for line in ["Rows per page: 5 1–5 of 6", "1–5 von 6", "1-5/6"] {
            assert_eq!(read(line), Some(Announced::Part(1, 5, 6)), "{line}");
        }
        assert_eq!(read("Pending members (2)"), Some(Announced::Waiting(2)));
        assert_eq!(read("Page 1/3"), Some(Announced::Page(3)));
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
            "11/22/2026",
            "24/7 support",
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
        assert!(Announced::Of(3, 3).agrees(3, 3) && Announced::Of(1, 1).agrees(3, 3));
        assert!(!Announced::Of(3, 4).agrees(3, 3) && !Announced::Of(4, 4).agrees(3, 3));
        assert!(Announced::Waiting(1).agrees(3, 2) && !Announced::Waiting(2).agrees(3, 2));
    }
}
