//! Finds addresses and tokens in text, and puts marks in their place.

use crate::domain::{Email, is_hidden};
use std::ops::Range;

/// What stands where an address stood.
const ADDRESS: &str = "(address)";
/// What stands where a token stood.
const TOKEN: &str = "(token)";
/// As many letters and digits in a row, of both kinds, as no word has.
const TOKEN_LENGTH: usize = 20;
/// Encoding within encoding that is undone in an address of a page.
const LAYERS: usize = 5;

/// The texts of a page, in order. An address can begin in one and end in the next.
pub(super) struct Texts {
    keep: Vec<Email>,
    all: String,
    ranges: Vec<Range<usize>>,
}

impl Texts {
    pub(super) fn new(keep: &[String]) -> Self {
        Self { keep: kept(keep), all: String::new(), ranges: Vec::new() }
    }

    /// Adds a text and gives its number. What nobody sees goes, so that it cannot divide an address.
    pub(super) fn add(&mut self, text: &str) -> usize {
        let start = self.all.len();
        self.all.extend(text.chars().filter(|c| c.is_whitespace() || !is_hidden(*c)));
        self.ranges.push(start..self.all.len());
        self.ranges.len() - 1
    }

    /// Ends a word: what follows stands in another block.
    pub(super) fn gap(&mut self) {
        self.all.push('\n');
    }

    /// The texts with marks. Where an address spans several, the first gets the mark.
    pub(super) fn redacted(self) -> Vec<String> {
        let found = found(&self.all, &self.keep);
        self.ranges.iter().map(|range| cut(&self.all, range, &found)).collect()
    }
}

fn kept(keep: &[String]) -> Vec<Email> {
    keep.iter().filter_map(|address| Email::parse(address).ok()).collect()
}

/// One text with marks.
pub(super) fn redacted(text: &str, keep: &[String]) -> String {
    let mut texts = Texts::new(keep);
    texts.add(text);
    texts.redacted().concat()
}

/// An address of a page: its path alone, without what stands after `?` or `#`.
pub(super) fn path(url: &str, keep: &[String]) -> String {
    let scheme = url.split(':').next().unwrap_or_default().to_ascii_lowercase();
    if url.contains(':') && !["http", "https"].contains(&scheme.trim()) {
        return String::new();
    }
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let mut text = path.to_owned();
    for _ in 0..LAYERS {
        let decoded = decoded(&text);
        if decoded == text {
            // An encoded `?` or `#` is one now.
            let path = text.split(['?', '#']).next().unwrap_or_default();
            return redacted(path, keep);
        }
        text = decoded;
    }
    TOKEN.to_owned()
}

fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

type Found = Vec<(Range<usize>, &'static str)>;

/// A part of the text, with the marks that fall into it.
fn cut(all: &str, range: &Range<usize>, found: &Found) -> String {
    let mut out = String::new();
    let mut at = range.start;
    for (hit, mark) in found.iter().filter(|(hit, _)| hit.end > range.start && hit.start < range.end) {
        if hit.start >= range.start {
            out.push_str(&all[at..hit.start]);
            out.push_str(mark);
        }
        at = hit.end.min(range.end);
    }
    out.push_str(&all[at..range.end]);
    out
}

/// Every address but those kept, and every token, in order and apart from each other.
fn found(text: &str, keep: &[Email]) -> Found {
    let mut found: Found = Vec::new();
    for (at, sign) in text.char_indices().filter(|(_, c)| is_at(*c)) {
        let range = around(text, at, sign.len_utf8());
        let taken = found.last().map_or(0, |(last, _)| last.end);
        let range = range.start.max(taken)..range.end;
        if range.start >= range.end
            || range.end - range.start <= sign.len_utf8()
            || is_kept(&text[range.clone()], keep)
        {
            continue;
        }
        found.push((range, ADDRESS));
    }
    let free = |range: &Range<usize>, found: &Found| {
        !found.iter().any(|(hit, _)| hit.start < range.end && range.start < hit.end)
    };
    let tokens: Vec<Range<usize>> = tokens(text).into_iter().filter(|range| free(range, &found)).collect();
    let is_of_kept = |range: &Range<usize>| {
        // A kept address may hold a long word.
        keep.iter().any(|email| email.as_str().contains(&text[range.clone()].to_lowercase()))
    };
    found.extend(tokens.into_iter().filter(|range| !is_of_kept(range)).map(|range| (range, TOKEN)));
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// An `@`, also one that only looks like it.
fn is_at(c: char) -> bool {
    matches!(c, '@' | '\u{ff20}' | '\u{fe6b}')
}

/// What belongs to the address around an `@`.
fn around(text: &str, at: usize, length: usize) -> Range<usize> {
    let before = &text[..at];
    let start = match before.strip_suffix('"').and_then(|quoted| quoted.rfind('"')) {
        Some(quote) => quote,
        None => before
            .rfind(|c: char| !is_local(c))
            .map_or(0, |end| end + before[end..].chars().next().map_or(0, char::len_utf8)),
    };
    let after = &text[at + length..];
    let end = match after.strip_prefix('[').and_then(|literal| literal.find(']')) {
        Some(close) => close + 2,
        None => {
            let end = after
                .find(|c: char| !(c.is_alphanumeric() || is_mark(c) || matches!(c, '.' | '-' | '_')))
                .unwrap_or(after.len());
            after[..end].trim_end_matches(['.', '-']).len()
        }
    };
    if end == 0 || start == at { at..at } else { start..at + length + end }
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c) || "!#$%&'*+-/=?^_`{|}~.".contains(c) && !"/=?&".contains(c)
}

/// A mark that joins the letter before it.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

fn is_kept(text: &str, keep: &[Email]) -> bool {
    Email::parse(text).is_ok_and(|email| keep.contains(&email))
}

/// Words that are no words: long, without a gap, with letters and digits.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_=+".contains(c);
    let mut found = Vec::new();
    let mut start = 0;
    for part in text.split(|c: char| !is_part(c)) {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        let letters = part.bytes().filter(u8::is_ascii_alphabetic).count();
        if part.len() >= TOKEN_LENGTH && digits >= 3 && letters >= 3 {
            found.push(start..start + part.len());
        }
        let end = start + part.len();
        start = end + text[end..].chars().next().map_or(0, char::len_utf8);
    }
    found
}
