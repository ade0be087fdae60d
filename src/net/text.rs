//! Text that crosses the boundary: what a vendor said, made fit for a message, and what goes into a URL.

use crate::domain::is_hidden;
use std::fmt::Write;

/// The text on one line, without control characters or marks that reorder what follows them, and at most `max`
/// characters long.
#[must_use]
pub(crate) fn neutral(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let gap = usize::from(length > 0);
        for c in " ".chars().take(gap).chain(word.chars().filter(|c| !is_hidden(*c))) {
            if length == max {
                out.push('…');
                return out;
            }
            out.push(c);
            length += 1;
        }
    }
    out
}

/// Percent-encodes all but RFC 3986's unreserved characters, `@`, `:` and `$`, so that one text is one path segment
/// or one query value. A space becomes `%20`: not every server reads `+` as one.
#[must_use]
pub(crate) fn encode_component(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'@' | b':' | b'$') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vendor_text_is_one_short_line_without_tricks() {
        assert_eq!(neutral("a\u{1b}[31m\n\n b\u{202e}c", 20), "a[31m bc");
        assert_eq!(neutral("  abcdef  ", 3), "abc…");
        assert_eq!(neutral("abc", 3), "abc");
    }

    #[test]
    fn one_text_stays_one_segment() {
        assert_eq!(encode_component("a/b?c#d%e f\n"), "a%2Fb%3Fc%23d%25e%20f%0A");
        assert_eq!(encode_component("jane@acme.example"), "jane@acme.example");
        assert_eq!(encode_component("$ref"), "$ref");
        assert_eq!(encode_component("ü+"), "%C3%BC%2B");
    }
}
