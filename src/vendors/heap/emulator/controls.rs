//! Fields, buttons and links: each with a label, each usable with a keyboard, none with a script.

use crate::vendors::scim::emulator::html::escape;
use std::fmt::Write;

/// A field to type into.
pub(super) fn field(label: &str, name: &str, kind: &str, value: &str) -> String {
    format!(
        "<label>{} <input name=\"{}\" type=\"{}\" value=\"{}\" autocomplete=\"off\"></label> ",
        escape(label),
        escape(name),
        escape(kind),
        escape(value)
    )
}

/// A choice of options, each with what is sent and what is shown.
pub(super) fn select<'a>(
    label: &str,
    name: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
    chosen: &str,
) -> String {
    let mut out = format!("<label>{} <select name=\"{}\">", escape(label), escape(name));
    for (value, text) in options {
        let selected = if value == chosen { " selected" } else { "" };
        let _ = write!(out, "<option value=\"{}\"{selected}>{}</option>", escape(value), escape(text));
    }
    out + "</select></label> "
}

/// A form. `inside` is HTML already.
pub(super) fn form(action: &str, inside: &str, button: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{}\">{inside}<button type=\"submit\">{}</button></form>\n",
        escape(action),
        escape(button)
    )
}

/// A form within a table's row. It breaks no line, so that a row that is copied from the page stays one.
pub(super) fn row_form(action: &str, inside: &str, button: &str) -> String {
    form(action, inside, button).replacen("<form ", "<form style=\"display:inline\" ", 1)
}

/// A link.
pub(super) fn link(to: &str, text: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escape(to), escape(text))
}

/// A paragraph of plain text.
pub(super) fn paragraph(text: &str) -> String {
    format!("<p>{}</p>\n", escape(text))
}
