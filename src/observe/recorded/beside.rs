//! What a copy of a page brings along beside the rows of its table: the words of buttons and choices, on lines of their
//! own, and what stands below the table.

use super::sheet::{Layout, MAX_CELL, Row, Sheet};
use crate::connector::pages::{Column, Table};
use crate::domain::Email;
use std::collections::BTreeSet;

/// Whether the line holds nothing but words that the table and its buttons are known to show. A row that was cut off is
/// none where rows begin with a name or an address.
pub(super) fn is_known(row: &Row, sheet: &Sheet, table: &Table) -> bool {
    let [text] = &row.cells[..] else { return false };
    let begins = |column| sheet.places.get(&column) == Some(&0);
    let whole = row.closed || begins(Column::Email) || begins(Column::Name);
    let small = text.len() <= MAX_CELL;
    whole && small && is_pasted(sheet.layout) && segments(&text.to_lowercase(), &vocabulary(table))
}

/// Whether the line can stand below the table: it has no cells, and holds no address but behind other words. A row that
/// was cut off in the middle has no line end; the text's last line is believed only once the table has ended.
pub(super) fn is_below(row: &Row, layout: Layout, ended: bool) -> bool {
    let [text] = &row.cells[..] else { return false };
    let first = text.split_whitespace().next().unwrap_or_default();
    is_pasted(layout) && (row.closed || ended) && !first.contains('@')
}

/// The first address on a line that none of these is, or what may be one; the line that says who looks at the page may
/// name anybody. What begins with the `@` is a name elsewhere, and no address.
pub(super) fn stranger(text: &str, listed: &BTreeSet<Email>) -> Option<String> {
    let is_mark = |c: char| c.is_whitespace() || "()<>[]{},;:\"'|".contains(c);
    let tokens = text.split(is_mark).map(|token| token.trim_end_matches(['.', '!', '?']));
    let mut addresses = tokens.filter(|token| token.contains('@') && !is_name(token)).peekable();
    let first = addresses.peek().copied();
    let is_listed = |token: &&str| Email::parse(token).is_ok_and(|email| listed.contains(&email));
    let strange = addresses.find(|token| !is_listed(token)).map(str::to_owned);
    let alone = first.is_some_and(|first| text.matches('@').count() == first.matches('@').count());
    strange.filter(|_| !(alone && text.to_lowercase().starts_with("signed in as ")))
}

fn is_name(token: &str) -> bool {
    token.strip_prefix('@').is_some_and(|rest| !rest.is_empty() && !rest.contains('@'))
}

/// Exports have no lines but rows.
fn is_pasted(layout: Layout) -> bool {
    layout == Layout::Separated('\t')
}

fn vocabulary(table: &Table) -> Vec<String> {
    let levels = table.levels.values().flatten();
    let states = table.states.values().flatten();
    let heads = table.columns.values().flatten();
    let words = levels.chain(states).chain(heads).chain(&table.none).chain(&table.beside);
    words.map(|word| word.to_lowercase()).filter(|word| !word.is_empty()).collect()
}

/// Whether the text is a row of these words. They may be taken together in many ways, so that each place which a word can
/// end before is looked at once.
fn segments(text: &str, words: &[String]) -> bool {
    let text = text.trim();
    let mut open = BTreeSet::from([0]);
    while let Some(at) = open.pop_first() {
        let Some(left) = text.get(at..).filter(|left| !left.is_empty()) else { return true };
        let rests = words.iter().filter_map(|word| left.strip_prefix(word.as_str()));
        let ends = rests.filter(|rest| rest.is_empty() || rest.starts_with(' '));
        open.extend(ends.map(|rest| text.len() - rest.trim_start().len()));
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are(text: &str) -> bool {
        let words = ["user", "name", "user name", "last seen"].map(str::to_owned);
        segments(text, &words)
    }

    #[test]
    fn whoever_is_named_below_the_table_is_a_row_of_it() {
        let listed = BTreeSet::from([Email::parse("ann@acme.example").unwrap()]);
        for fine in [
            "Signed in as ann@acme.example Switch account",
            "Signed in as root@acme.example",
            "Ann (Ann@acme.example).",
            "Follow us: @acme",
            "",
        ] {
            assert_eq!(stranger(fine, &listed), None, "{fine}");
        }
        for strange in [
            "Carol Jones carol@acme.example Team member",
            "Invited:carol@acme.example",
            "Carol (c…l@acme.example)",
            "Signed in as ann@acme.example carol@acme.example",
            "Owner: ann@acme.example, carol@acme.example",
            "carol @ acme.example",
        ] {
            assert!(stranger(strange, &listed).is_some(), "{strange}");
        }
    }

    #[test]
    fn a_line_is_known_where_words_fill_it() {
        for known in ["", " ", "user", "user  name", " last seen user name ", "user\u{a0}"] {
            assert!(are(known), "{known:?}");
        }
        for strange in ["use", "username", "user nam", "last", "user last seen x", "seen"] {
            assert!(!are(strange), "{strange:?}");
        }
    }

    #[test]
    fn a_line_that_words_can_fill_in_very_many_ways_is_read_at_once() {
        let many = "user name ".repeat(40);
        assert!(are(&many));
        assert!(!are(&format!("{many}x")));
        assert!(!are(&format!("{}x", "user name ".repeat(100_000))));
    }
}
