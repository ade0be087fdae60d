//! What a cell of addresses may hold: an address, and nothing that a spreadsheet would run.

use crate::domain::{Email, is_hidden};
use unicode_width::UnicodeWidthChar as _;

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
    if !local.chars().all(is_local) || !local.split('.').all(begins) {
        let why = "the part before the '@' holds what no mailbox's name does, or is shortened or masked";
        return Err(Fault::Shape(why.to_owned()));
    }
    if !domain.contains('.') || !domain.split('.').all(is_label) {
        let why = "the part after the '@' is no domain, or is shortened";
        return Err(Fault::Shape(why.to_owned()));
    }
    Ok(email)
}

/// RFC 5322's `atext` without the `*` that pages mask with, dots, and letters of any script (RFC 6531). What pages
/// shorten with, such as `…`, would make an address another person's.
fn is_local(c: char) -> bool {
    is_letter(c) || "!#$%&'+-/=?^_`{|}~.".contains(c)
}

/// A letter, a digit, or a mark on one: what has no width of its own and is not hidden.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && c.width() == Some(0) && !is_hidden(c))
}

/// Whether a part between two dots is there, and does not begin with a mark on nothing.
fn begins(part: &str) -> bool {
    part.chars().next().is_some_and(|c| c.is_ascii() || c.is_alphanumeric())
}

fn is_label(label: &str) -> bool {
    let inside = label.chars().all(|c| is_letter(c) || c == '-');
    inside && begins(label) && !label.starts_with('-') && !label.ends_with('-')
}
