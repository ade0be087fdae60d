//! Quotes the lines that a plan is because of.

use super::neutral;
use crate::domain::{Because, FileId, Span};
use crate::workspace::Sources;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Quotes lines. A plan can quote one file a hundred thousand times, so each file is cut into lines once.
pub(super) struct Quotes<'s> {
    sources: &'s Sources,
    files: RefCell<BTreeMap<FileId, File<'s>>>,
}

/// As many characters of a line as a reader takes in. A file can be one line, as what programs write often is.
const MAX_EXCERPT: usize = 100;

#[derive(Clone)]
struct File<'s> {
    path: Arc<str>,
    /// Whether each of its characters is one byte.
    ascii: bool,
    lines: Arc<[&'s str]>,
}

impl<'s> Quotes<'s> {
    pub(super) fn new(sources: &'s Sources) -> Self {
        Self { sources, files: RefCell::default() }
    }

    /// The line that a span stands on, neutralised.
    pub(super) fn because(&self, span: Span) -> Because {
        let file = self.file(span.file);
        let index = usize::try_from(span.line).unwrap_or(usize::MAX).wrapping_sub(1);
        let line = file.lines.get(index).copied().unwrap_or("");
        Because { file: file.path, line: span.line, text: neutral::terminal(line.trim()).into_owned() }
    }

    /// [`Self::because`] for people: of a long line, the stretch where the span begins.
    pub(super) fn excerpt(&self, span: Span) -> Because {
        let file = self.file(span.file);
        let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX).wrapping_sub(1);
        let line = file.lines.get(number(span.line)).copied().unwrap_or("");
        let text = stretch(line, number(span.column), file.ascii);
        Because { file: file.path, line: span.line, text: neutral::terminal(&text).into_owned() }
    }

    /// `file:line`, or just the file where no line is known.
    pub(super) fn place(&self, span: Span) -> String {
        let Because { file, line, .. } = self.because(span);
        if line == 0 { file.to_string() } else { format!("{file}:{line}") }
    }

    fn file(&self, id: FileId) -> File<'s> {
        let cut = || {
            let text = self.sources.text(id);
            File {
                path: Arc::from(neutral::terminal(self.sources.path(id))),
                ascii: text.is_ascii(),
                lines: text.lines().collect(),
            }
        };
        self.files.borrow_mut().entry(id).or_insert_with(cut).clone()
    }
}

/// A line without the white space around it; of a long one, what stands at a column, counted from 0.
fn stretch(line: &str, column: usize, ascii: bool) -> Cow<'_, str> {
    let text = line.trim();
    if past(text, MAX_EXCERPT, ascii).is_empty() {
        return Cow::Borrowed(text);
    }
    let indent = line.chars().take_while(|c| c.is_whitespace()).count();
    let at = column.saturating_sub(indent);
    // What begins early is seen with what stands before it; and a column that is nowhere is no reason to show none.
    let rest = if at <= MAX_EXCERPT / 2 { text } else { past(text, at, ascii) };
    let rest = if rest.is_empty() { text } else { rest };
    let more = past(rest, MAX_EXCERPT, ascii);
    let shown = &rest[..rest.len() - more.len()];
    let lead = if rest.len() < text.len() { "…" } else { "" };
    let tail = if more.is_empty() { "" } else { "…" };
    Cow::Owned(format!("{lead}{}{tail}", shown.trim_end()))
}

/// The text without its first characters. Many changes can quote one huge line, so they are not counted where
/// that is not needed.
fn past(text: &str, chars: usize, ascii: bool) -> &str {
    let at = if ascii { Some(chars) } else { text.char_indices().nth(chars).map(|(at, _)| at) };
    at.and_then(|at| text.get(at..)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_line_the_stretch_that_counts_is_shown() {
        let users: String =
            (0..40).map(|n| format!("u{n:02}: {{ email: u{n:02}@acme.example }}, ")).collect();
        let line = format!("  {{ users: {{ {users}}} }}");
        let column = line.find("u30:").unwrap();
        for (line, ascii) in [(line.clone(), true), (line.replace("email", "émail"), false)] {
            let shown = |column| stretch(&line, column, ascii).into_owned();
            assert!(shown(column).starts_with("…u30: { "), "{}", shown(column));
            assert!(shown(column).ends_with('…') && shown(column).chars().count() <= MAX_EXCERPT + 2);
            assert!(shown(4).starts_with("{ users: { u00: ") && shown(4).ends_with('…'), "{}", shown(4));
            assert!(
                shown(line.chars().count() - 5).starts_with('…')
                    && shown(line.chars().count() - 5).ends_with("} }")
            );
            assert_eq!(shown(usize::MAX), shown(0));
        }
    }

    #[test]
    fn a_line_that_fits_is_whole() {
        let text = "é".repeat(MAX_EXCERPT);
        assert_eq!(stretch(&format!("  {text}  "), 90, false), text);
        assert_eq!(stretch("", 0, true), "");
    }
}
