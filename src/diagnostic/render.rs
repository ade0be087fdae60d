//! Draws diagnostics with excerpts of their source, the way compilers do.

use super::{Diagnostic, is_printable};
use crate::domain::{Severity, Span};
use crate::workspace::Sources;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Snippet};
use std::ops::Range;

/// How much of a line is shown after the place, in characters.
const AFTER: usize = 120;

/// A place further into its line than this has no excerpt: nobody reads such a line.
const FARTHEST: usize = 1_000;

/// Renders diagnostics against the sources that their spans point into.
#[derive(Debug)]
pub struct Renderer {
    inner: annotate_snippets::Renderer,
}

impl Renderer {
    /// With colour, or without; the meaning is the same.
    #[must_use]
    pub fn new(colour: bool) -> Self {
        let inner =
            if colour { annotate_snippets::Renderer::styled() } else { annotate_snippets::Renderer::plain() };
        Self { inner: inner.decor_style(DecorStyle::Ascii) }
    }

    /// All of them by file, line and column, with an empty line after each.
    #[must_use]
    pub fn render(&self, diagnostics: &[Diagnostic], sources: &Sources) -> String {
        let mut sorted: Vec<_> = diagnostics.iter().collect();
        sorted.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code));
        sorted.into_iter().map(|diagnostic| self.one(diagnostic, sources) + "\n\n").collect()
    }

    /// One of them, without a line's end.
    #[must_use]
    pub fn one(&self, diagnostic: &Diagnostic, sources: &Sources) -> String {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let title = level.primary_title(printable(&diagnostic.summary)).id(diagnostic.code);
        let mut group = Group::with_title(title);
        if let Some(span) = diagnostic.span {
            group = place(group, sources, span, None);
        }
        for related in &diagnostic.related {
            group = place(group, sources, related.span, Some(&related.label));
        }
        if !diagnostic.detail.is_empty() {
            group = group.element(Level::NOTE.message(printable(&diagnostic.detail)));
        }
        if let Some(hint) = &diagnostic.hint {
            group = group.element(Level::HELP.message(printable(hint)));
        }
        self.inner.render(&[group])
    }
}

/// Adds where it is, and the line there. A label makes it a second place.
fn place<'a>(group: Group<'a>, sources: &Sources, span: Span, label: Option<&str>) -> Group<'a> {
    let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let path = printable(sources.path(span.file));
    let line = sources.line(span.file, span.line);
    if line.is_empty() || number(span.column) > FARTHEST {
        let origin = Origin::path(path).line(number(span.line)).char_column(number(span.column));
        return group.element(origin);
    }
    let (text, range) = excerpt(line, number(span.column), number(span.len));
    let kind = if label.is_some() { AnnotationKind::Context } else { AnnotationKind::Primary };
    let annotation: Annotation<'a> = kind.span(range).label(label.map(printable));
    group.element(Snippet::source(text).path(path).line_start(number(span.line)).annotation(annotation))
}

/// A line up to a little after a place, harmless to a terminal, and the place in it in bytes.
fn excerpt(line: &str, column: usize, len: usize) -> (String, Range<usize>) {
    let from = column.saturating_sub(1);
    let to = from + len.clamp(1, AFTER);
    let mut text = String::new();
    let (mut start, mut end) = (None, None);
    for (at, c) in line.chars().enumerate() {
        if at == from {
            start = Some(text.len());
        }
        if at == to {
            end = Some(text.len());
        }
        if at >= from + AFTER {
            text.push('…');
            break;
        }
        text.push(if is_printable(c) || c == '\t' { c } else { '\u{FFFD}' });
    }
    let start = start.unwrap_or(text.len());
    let end = end.unwrap_or(text.len());
    (text, start..end)
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if is_printable(c) { c } else { '\u{FFFD}' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str, column: u32, len: u32) -> String {
        let mut sources = Sources::default();
        let file = sources.add("access/users.yaml", text);
        let span = Span { file, line: 2, column, len };
        let first = Span { line: 1, column: 1, len: 5, ..span };
        let diagnostic = Diagnostic::error("unknown-role", span, "there is no role `analist`")
            .detail("No file defines it.")
            .hint("Did you mean `analyst`?")
            .related(first, "users start here");
        Renderer::new(false).one(&diagnostic, &sources)
    }

    #[test]
    fn a_diagnostic_is_drawn_like_a_compiler_s() {
        let expected = "\
error[unknown-role]: there is no role `analist`
 --> access/users.yaml:2:11
  |
2 |   roles: [analist]
  |           ^^^^^^^
  |
 ::: access/users.yaml:1:1
  |
1 | users:
  | ----- users start here
  |
  = note: No file defines it.
  = help: Did you mean `analyst`?";
        assert_eq!(drawn("users:\n  roles: [analist]\n", 11, 7), expected);
    }

    #[test]
    fn an_excerpt_cannot_write_to_the_terminal() {
        let out = drawn("users:\n  a: \u{1b}[2J\u{202E}x\u{7}\n", 3, 1);
        assert!(!out.contains(['\u{1b}', '\u{202E}', '\u{7}']), "{out:?}");
    }

    #[test]
    fn a_huge_line_is_cut_after_the_place_or_not_shown() {
        let line = format!("{}here{}", "é".repeat(500), "x".repeat(1_000_000));
        let (text, range) = excerpt(&line, 501, 4);
        assert_eq!(&text[range], "here");
        assert_eq!(text.chars().count(), 500 + AFTER + 1);
        let out = drawn(&format!("a\n{line}"), 20_000, 4);
        assert!(out.contains("access/users.yaml:2:20000"));
        assert!(out.len() < 500, "{out}");
    }

    #[test]
    fn a_place_past_the_line_s_end_is_drawn_at_its_end() {
        let (text, range) = excerpt("ab", 9, 3);
        assert_eq!((text.as_str(), range), ("ab", 2..2));
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let mut sources = Sources::default();
        let span = Span { file: sources.add("a.yaml", "x: y\n"), line: 1, column: 4, len: 1 };
        let diagnostic = Diagnostic::warning("date-in-past", span, "past");
        let coloured = Renderer::new(true).one(&diagnostic, &sources);
        assert!(coloured.contains('\u{1b}'));
        assert_eq!(
            anstream::adapter::strip_str(&coloured).to_string(),
            Renderer::new(false).one(&diagnostic, &sources)
        );
    }
}
