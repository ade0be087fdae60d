//! Diagnostics as data: `grantline.diagnostics/1`.

use super::Diagnostic;
use crate::domain::{Severity, Span};
use crate::workspace::Sources;
use serde::Serialize;

/// The document; its keys are written in this order.
#[derive(Debug, Serialize)]
struct Document<'a> {
    format: &'static str,
    diagnostics: Vec<Entry<'a>>,
}

#[derive(Debug, Serialize)]
struct Entry<'a> {
    code: &'a str,
    severity: Severity,
    summary: &'a str,
    detail: &'a str,
    hint: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    related: Vec<Related<'a>>,
}

#[derive(Debug, Serialize)]
struct Related<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    label: &'a str,
}

/// Diagnostics as a JSON document, by file, line and column, with a line's end.
#[must_use]
pub fn to_json(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut sorted: Vec<_> = diagnostics.iter().collect();
    sorted.sort_by_key(|diagnostic| (diagnostic.span, diagnostic.code));
    let document = Document {
        format: "grantline.diagnostics/1",
        diagnostics: sorted.into_iter().map(|diagnostic| entry(diagnostic, sources)).collect(),
    };
    // The types hold only texts and numbers, which always serialise.
    serde_json::to_string_pretty(&document).map(|text| text + "\n").unwrap_or_default()
}

fn entry<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Entry<'a> {
    let span: Option<Span> = diagnostic.span;
    let related = diagnostic.related.iter().map(|related| Related {
        file: sources.path(related.span.file),
        line: related.span.line,
        column: related.span.column,
        label: &related.label,
    });
    Entry {
        code: diagnostic.code,
        severity: diagnostic.severity,
        summary: &diagnostic.summary,
        detail: &diagnostic.detail,
        hint: diagnostic.hint.as_deref(),
        file: span.map(|span| sources.path(span.file)),
        line: span.map(|span| span.line),
        column: span.map(|span| span.column),
        related: related.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_comes_first_and_places_are_plain() {
        let mut sources = Sources::default();
        let span = Span { file: sources.add("access/users.yaml", "a\n"), line: 5, column: 13, len: 2 };
        let diagnostics = [
            Diagnostic::error("unknown-role", span, "no role")
                .hint("Define it.")
                .related(Span { line: 1, ..span }, "x"),
            Diagnostic { span: None, ..Diagnostic::error("no-workspace", span, "none") },
        ];
        let text = to_json(&diagnostics, &sources);
        assert!(text.starts_with("{\n  \"format\": \"grantline.diagnostics/1\""));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["diagnostics"][0]["code"], "no-workspace");
        assert!(value["diagnostics"][0]["line"].is_null());
        let second = &value["diagnostics"][1];
        assert_eq!((&second["severity"], &second["line"]), (&"error".into(), &5.into()));
        assert_eq!(second["related"][0]["line"], 1);
    }
}
