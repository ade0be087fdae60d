//! What a cell of addresses may hold: an address, and nothing that a spreadsheet would run.

use crate::domain::{Email, is_hidden};

/// Why a cell is no address.
pub(super) enum Fault {
    /// It begins as a formula does.
    Formula,
    /// It holds a character that cannot be seen.
    Hidden,
    /// It is none.
    Shape(String),
}

/// What spreadsheets take for the beginning of a formula.
pub(super) fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@'])
}

/// The text without the `'` that exporters put before what a spreadsheet would take for a formula.
pub(super) fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(text)
}

/// The address in a cell. A leading `'` marks it as text; an address that begins like a formula needs that mark.
pub(super) fn parse(cell: &str) -> Result<Email, Fault> {
    if cell.chars().any(|c| is_hidden(c) && !c.is_whitespace()) {
        return Err(Fault::Hidden);
    }
    if is_formula(cell) {
        return Err(Fault::Formula);
    }
    let text = cell.strip_prefix('\'').unwrap_or(cell);
    let email = Email::parse(text).map_err(|error| Fault::Shape(error.to_string()))?;
    let (local, domain) = text.split_once('@').unwrap_or_default();
    if !local.chars().all(is_local) || local.starts_with('.') || local.ends_with('.') {
        return Err(Fault::Shape("the part before the '@' holds what no mailbox's name does".to_owned()));
    }
    if !domain.split('.').all(is_label) {
        return Err(Fault::Shape("the part after the '@' is no domain".to_owned()));
    }
    Ok(email)
}

/// RFC 5322's `atext`, dots, and letters of any script (RFC 6531).
fn is_local(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c) || !c.is_ascii()
}

fn is_label(label: &str) -> bool {
    let inside = label.chars().all(|c| c.is_alphanumeric() || c == '-' || !c.is_ascii());
    inside && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
}
