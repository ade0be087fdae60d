//! One type for everything that is wrong with what a person wrote: what, where, and how to mend it.

mod data;
mod render;

pub use data::to_json;
pub use render::Renderer;

use crate::domain::{Severity, Span, is_hidden};

/// A second place that a diagnostic is about, such as the first definition of a name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// What is there, as a short label.
    pub label: String,
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// Where; none for a problem of the whole workspace.
    pub span: Option<Span>,
    /// A constant word, such as `unknown-role`.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong: constant for its code but for the name it is about.
    pub summary: String,
    /// Full sentences with the particulars.
    pub detail: String,
    /// What a person can do about it.
    pub hint: Option<String>,
    /// Other places.
    pub related: Vec<Related>,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(code: &'static str, span: Span, summary: impl Into<String>) -> Self {
        Self {
            span: Some(span),
            code,
            severity: Severity::Error,
            summary: summary.into(),
            detail: String::new(),
            hint: None,
            related: Vec::new(),
        }
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(code: &'static str, span: Span, summary: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, summary) }
    }

    /// With the particulars.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// With a way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// With another place.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push(Related { span, label: label.into() });
        self
    }
}

/// Whether a character can be shown as it is: no control character, and none that reorders or hides text.
#[must_use]
pub(crate) fn is_printable(c: char) -> bool {
    !is_hidden(c)
}
