//! What a page says around its table that may mean that the table is not all: that it is filtered, that some are hidden,
//! that there is another page. A line that counts and is not understood is one of them.

use super::announced::{self, Announced, OF, SHOWN, WORDS, number};
use super::refusal::{Problem, quote};

const HINT: &str = "Show everybody on one page, without a filter, and copy the table once more; leave the line out only \
                    if the table is whole.";

/// What may be limited in number without saying anything of the rows that are shown.
const QUOTA: &[&str] = &[
    "seat",
    "seats",
    "license",
    "licenses",
    "licence",
    "licences",
    "invite",
    "invites",
    "invitation",
    "invitations",
    "slot",
    "slots",
    "credit",
    "credits",
];

/// What buttons that lead from page to page are called.
const PAGER: &[&str] = &[
    "next", "previous", "prev", "first", "last", "page", "weiter", "zurück", "‹", "›", "«", "»", "<", ">",
    "…", "...",
];

/// The lines around a table.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// What the page announces, with the line that it does so on.
    pub(super) announced: Vec<(u32, Announced)>,
    /// Lines that may tell that rows are missing.
    doubtful: Vec<(u32, String)>,
    /// Lines that lead to other pages.
    paging: Vec<(u32, String)>,
    /// The number that the line before was, where it was nothing else.
    alone: Option<usize>,
}

impl Around {
    /// Takes in a line that may be a row; whether it announces a number. Who has an address announces none, whatever
    /// they are called. A line that cannot be a row is taken in whatever it says.
    pub(super) fn announces(&mut self, line: u32, text: &str, is_no_row: bool) -> bool {
        if let Some(count) = announced::read(text).filter(|_| !text.contains('@')) {
            self.announced.push((line, count));
            self.alone = None;
            return true;
        }
        if is_no_row {
            self.weigh(line, text);
        }
        false
    }

    /// Takes in a line that is no row.
    pub(super) fn take(&mut self, line: u32, text: &str) {
        self.announces(line, text, true);
    }

    fn weigh(&mut self, line: u32, text: &str) {
        let before = std::mem::take(&mut self.alone);
        if text.contains('@') {
            return;
        }
        let words = announced::words(text);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let [lone] = words[..] {
            self.alone = number(lone);
        }
        let follows = before.is_some_and(|before| self.alone == Some(before + 1));
        if follows || is_pager(&words) {
            self.paging.push((line, text.to_owned()));
        } else if is_doubtful(text, &words) {
            self.doubtful.push((line, text.to_owned()));
        }
    }

    /// Why the table may not be all of what the page has. What leads to other pages stands below a table of one page,
    /// too, where a count tells that it is one.
    pub(super) fn problems(&self, rows: usize, active: usize) -> Vec<Problem> {
        let is_last = self.announced.iter().any(|(_, count)| count.is_last() && count.agrees(rows, active));
        let paging = self.paging.iter().filter(|_| !is_last);
        let say = |(line, text): &(u32, String), what: &str| {
            Problem::whole("count", format!("{} {what}.", quote(text)), HINT).line(*line)
        };
        let paging = paging.map(|one| say(one, "leads to another page of the table"));
        let doubtful = self.doubtful.iter();
        let doubtful =
            doubtful.map(|one| say(one, "may say that the table is only a part, and is not understood"));
        paging.chain(doubtful).collect()
    }
}

/// `1 2 3 Next`: names of pages and nothing else.
fn is_pager(words: &[&str]) -> bool {
    let numbers: Vec<usize> = words.iter().filter_map(|word| number(word)).collect();
    let counts_up = numbers.windows(2).any(|pair| matches!(pair, [one, next] if *next == one + 1));
    let known = words.iter().all(|word| PAGER.contains(word) || number(word).is_some());
    known && (counts_up || words.contains(&"next") || words.contains(&"weiter"))
}

fn is_doubtful(text: &str, words: &[&str]) -> bool {
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let is_shown = has(SHOWN);
    if text.contains('©') || has(&["copyright"]) || (has(QUOTA) && !is_shown) {
        return false;
    }
    let numbers = count(words);
    is_led(words)
        || is_filter(text, words)
        || is_control(words)
        || is_cut(words)
        || (has(&["hidden"]) && has(WORDS))
        || (numbers > 0 && (has(&["hidden", "shown", "filter", "filters"]) || counts_people(words)))
}

/// How many numbers there are; a limit is none, and neither is nothing.
fn count(words: &[&str]) -> usize {
    let is_limit = |at: usize| {
        let before = words.get(at.saturating_sub(2)..at).unwrap_or_default();
        matches!(before, ["up", "to"] | ["at", "most"] | ["maximum", "of"])
    };
    let amounts = words.iter().enumerate().filter(|(_, word)| amount(word).is_some_and(|amount| amount > 0));
    amounts.filter(|(at, _)| !is_limit(*at)).count()
}

/// A number as a page may write it where it is no count of all: `+1`, `5+`.
fn amount(word: &str) -> Option<usize> {
    number(word.trim_matches('+'))
}

/// `Showing active`: whatever is not said to be all.
fn is_led(words: &[&str]) -> bool {
    match words {
        ["showing" | "displaying", "all" | "everyone" | "everybody", ..] => false,
        ["showing" | "displaying", ..] => true,
        _ => words.iter().any(|word| matches!(*word, "filtered" | "truncated")),
    }
}

/// `Filter: Admins`, `Clear filters`, `Search results for "acme"`.
fn is_filter(text: &str, words: &[&str]) -> bool {
    const ALL: &[&str] = &["all", "any", "none", "everyone", "everybody", "0"];
    let is_set = match words {
        ["filter" | "filters", value, ..] => text.contains(':') && *value != "by" && !ALL.contains(value),
        ["clear" | "reset", rest @ ..] => {
            rest.iter().any(|word| word.starts_with("filter") || *word == "search")
        }
        ["search", "results", ..] => true,
        _ => false,
    };
    let applied = words.windows(2).any(|pair| {
        matches!(
            pair,
            ["filter" | "filters", "applied" | "active"] | ["active" | "applied", "filter" | "filters"]
        )
    });
    is_set
        || (applied && words.first() != Some(&"no"))
        || words.windows(2).any(|pair| *pair == ["results", "for"])
}

/// `Load more`, `Show all members`: what shows rows that are not there yet.
fn is_control(words: &[&str]) -> bool {
    let people = |rest: &[&str]| rest.iter().all(|word| WORDS.contains(&word.trim_end_matches('…')));
    match words {
        ["load" | "show" | "see" | "view" | "display", "more" | "more…", rest @ ..] => people(rest),
        ["load" | "show" | "see" | "view" | "display", "all", rest @ ..] => !rest.is_empty() && people(rest),
        ["mehr", "laden" | "anzeigen"] => true,
        _ => false,
    }
}

/// `1 - 5 of more`, `5 of 6 …`, `+1 more`, `more than 5`.
fn is_cut(words: &[&str]) -> bool {
    let is_amount = |word: &str| amount(word).is_some();
    let is_many = |word: &str| is_amount(word) || matches!(word, "more" | "many" | "?");
    let of = |of: &str| of != "/" && OF.contains(&of);
    words.windows(3).any(|three| match three {
        ["more", "than", many] => is_amount(many),
        [count, between, many] => is_amount(count) && of(between) && is_many(many),
        _ => false,
    }) || words.windows(2).any(|two| matches!(two, [count, "more" | "hidden"] if is_amount(count)))
}

/// Whether people are counted: a number and the word for several, or a number before the word for one. A project can be
/// named `Team 2`.
fn counts_people(words: &[&str]) -> bool {
    let first = words.iter().position(|word| amount(word).is_some());
    let after = first.and_then(|at| words.get(at + 1..)).unwrap_or_default();
    words.iter().any(|word| WORDS.contains(word) && word.ends_with('s'))
        || after.iter().any(|word| WORDS.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a table of five, all of whom are in, is refused for these lines.
    fn is_refused(lines: &[&str]) -> bool {
        let mut around = Around::default();
        for (at, line) in (1..).zip(lines) {
            around.take(at, line);
        }
        let is_count = around.announced.iter().all(|(_, count)| count.agrees(5, 5));
        !is_count || !around.problems(5, 5).is_empty()
    }

    #[test]
    fn a_page_that_says_or_may_say_that_it_is_a_part_is_refused() {
        for line in [
            "Showing 5 of 6",
            "Showing 5 of 6 members",
            "5 of 6 users",
            "5 out of 6 members",
            "6 active users",
            "6 users in this project",
            "6 members, 1 hidden",
            "Members: 6 (5 shown)",
            "Showing 1 to 5 of 5 entries (filtered from 6 total entries)",
            "1 member hidden by filter",
            "Filter: Admins",
            "Clear filters",
            "Filters: 1 active",
            "Search results for \"acme\"",
            "1–5 of more than 5",
            "Rows per page: 5 1–5 of 6",
            "1 of 2",
            "1 / 2",
            "Page 1/2",
            "1 2 3 Next",
            "Next",
            "Load more",
            "Show more",
            "Show all members",
            "+1 more",
            "6 Mitglieder",
            "1–5 von 6",
            "Showing active members",
            "Some members are hidden",
            "5 of many",
        ] {
            assert!(is_refused(&[line]), "{line}");
        }
        assert!(is_refused(&["1", "2"]) && is_refused(&["5 members", "Next"]));
    }

    #[test]
    fn what_stands_beside_a_whole_table_is_no_doubt() {
        for line in [
            "5 members",
            "Showing 5 of 5 members",
            "5 active users",
            "5 members, 0 pending",
            "Rows per page: 10 1–5 of 5",
            "Page 1/1",
            "1 of 1",
            "Team 2",
            "Project: User portal 2 p0d8aa",
            "Plan of 12 weeks",
            "3 of 10 seats used",
            "2 pending invitations",
            "Add up to 10 team members",
            "Filter",
            "Filter by role",
            "Filters (0)",
            "No filters applied",
            "Search members",
            "Only admins can invite members",
            "Learn more",
            "View all projects",
            "Showing all members",
            "24/7 support",
            "Last updated 11/22/2026",
            "© 2026 Acme, for our users",
            "12",
        ] {
            assert!(!is_refused(&[line]), "{line}");
        }
        assert!(!is_refused(&["Showing 1 to 5 of 5 entries", "Previous 1 Next"]));
        assert!(!is_refused(&["10", "1–5 of 5"]));
    }
}
