//! Marks in the text of a case: where a diagnostic must point.

use grantline::domain::Severity;

const OPEN: &[u8] = "«".as_bytes();
const CLOSE: &[u8] = "»".as_bytes();

/// Codes of what is worth saying and stops nothing.
const WARNINGS: &[&str] = &[
    "custom-level",
    "date-in-past",
    "departed-with-access",
    "empty-wildcard",
    "external-without-end",
    "look-alike-address",
    "policies-not-enforced",
    "too-many-problems",
];

/// One diagnostic that must be reported.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Expected {
    pub(crate) file: String,
    pub(crate) line: u32,
    /// In characters, counted from 1; none where only the line is fixed.
    pub(crate) column: Option<u32>,
    pub(crate) code: String,
    /// What the hint must contain.
    pub(crate) hint: Option<String>,
}

impl Expected {
    pub(crate) fn line(code: &str, file: &str, line: u32) -> Self {
        Self { file: file.to_owned(), line, column: None, code: code.to_owned(), hint: None }
    }

    pub(crate) fn severity(&self) -> Severity {
        if WARNINGS.contains(&&*self.code) { Severity::Warning } else { Severity::Error }
    }
}

/// The text without its marks, and what they ask for. Works on bytes, since some cases are not UTF-8.
pub(crate) fn strip(file: &str, marked: &[u8]) -> (Vec<u8>, Vec<Expected>) {
    let mut text = Vec::with_capacity(marked.len());
    let mut expected = Vec::new();
    let mut rest = marked;
    while let Some(open) = find(rest, OPEN) {
        text.extend_from_slice(&rest[..open]);
        let inside = &rest[open + OPEN.len()..];
        let close = find(inside, CLOSE).expect("a mark is closed");
        let mark = std::str::from_utf8(&inside[..close]).expect("a mark is text");
        expected.push(parse(mark, file, &text));
        rest = &inside[close + CLOSE.len()..];
    }
    text.extend_from_slice(rest);
    (text, expected)
}

fn parse(mark: &str, file: &str, before: &[u8]) -> Expected {
    let before = String::from_utf8_lossy(before);
    let line = before.matches('\n').count() + 1;
    let column =
        before.rsplit('\n').next().map_or(0, |line| line.chars().filter(|&c| c != '\u{feff}').count()) + 1;
    let (code, hint) =
        mark.split_once('?').map_or((mark, None), |(code, hint)| (code, Some(hint.to_owned())));
    let column = if code.starts_with('~') { None } else { u32::try_from(column).ok() };
    let line = u32::try_from(line).expect("a case is short");
    Expected { column, hint, ..Expected::line(code.trim_start_matches('~'), file, line) }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = haystack[from..].iter().position(|byte| *byte == needle[0]) {
        if haystack[from + at..].starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

#[test]
fn a_mark_is_taken_out_and_its_place_is_kept() {
    let (text, expected) = strip("a.yaml", "x: 1\n  é: «bad-value?use 2»3\n«~no»y\n".as_bytes());
    assert_eq!(String::from_utf8(text).unwrap(), "x: 1\n  é: 3\ny\n");
    assert_eq!((expected[0].line, expected[0].column), (2, Some(6)));
    assert_eq!((&*expected[0].code, expected[0].hint.as_deref()), ("bad-value", Some("use 2")));
    assert_eq!((expected[1].line, expected[1].column, &*expected[1].code), (3, None, "no"));
}
