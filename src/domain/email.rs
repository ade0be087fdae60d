//! E-mail addresses: canonical once, at the boundary.

use std::fmt;
use std::sync::Arc;

/// An e-mail address in its canonical form: capitals made small, one `@`, no white space.
///
/// RFC 5321 lets a server tell `Jane@` from `jane@`; no vendor here does, and treating them as two people has
/// made duplicate accounts elsewhere, so case is folded.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(Arc<str>);

/// Why a text is not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EmailError {
    /// No `@`, or nothing on one side of it.
    #[error("an e-mail address has a part before and a part after one '@'")]
    Shape,
    /// White space or a control character.
    #[error("an e-mail address holds no white space or control characters")]
    Character,
    /// Longer than 254 bytes (RFC 5321, section 4.5.3.1.3).
    #[error("an e-mail address has at most 254 bytes")]
    TooLong,
}

impl Email {
    /// Parses and canonicalises an address. Surrounding white space is not part of an address and is refused.
    ///
    /// # Errors
    /// An [`EmailError`] that says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        if text.len() > 254 {
            return Err(EmailError::TooLong);
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(EmailError::Character);
        }
        let (local, domain) = text.split_once('@').ok_or(EmailError::Shape)?;
        if local.is_empty() || domain.is_empty() || domain.contains('@') {
            return Err(EmailError::Shape);
        }
        if text.bytes().any(|b| b.is_ascii_uppercase()) || !text.is_ascii() {
            return Ok(Self(text.chars().map(small).collect::<String>().into()));
        }
        Ok(Self(Arc::from(text)))
    }

    /// The canonical address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@` (RFC 5321 §4.1.2, Local-part).
    #[must_use]
    pub fn mailbox(&self) -> &str {
        self.0.split_once('@').map_or(&self.0, |(local, _)| local)
    }

    /// A key that two addresses of one mailbox share: plus-tags dropped, and for gmail.com and
    /// googlemail.com, which are one service that ignores dots, dots dropped and the domain unified.
    #[must_use]
    pub fn look_alike_key(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let local = local.split_once('+').map_or(local, |(base, _)| base);
        match domain {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", local.replace('.', "")),
            _ => format!("{local}@{domain}"),
        }
    }

    /// Whether [`Self::look_alike_key`] differs from the address itself; lets callers skip building it.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        !self.0.contains('+') && !self.0.ends_with("@gmail.com") && !self.0.ends_with("@googlemail.com")
    }
}

/// The small letter of a capital, where the two are each other's only partner. Unicode also makes `k` of the
/// Kelvin sign and two characters of `İ`: folded so, an address would become another person's.
fn small(c: char) -> char {
    let only = |letters: &mut dyn Iterator<Item = char>| letters.next().filter(|_| letters.next().is_none());
    let lower = only(&mut c.to_lowercase());
    lower.filter(|lower| only(&mut lower.to_uppercase()) == Some(c)).unwrap_or(c)
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl serde::Serialize for Email {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_is_folded_once() {
        assert_eq!(Email::parse("Jane@ACME.example"), Email::parse("jane@acme.example"));
    }

    #[test]
    fn only_a_letter_and_its_capital_are_one() {
        let parsed = |local: &str| Email::parse(&format!("{local}@acme.example")).unwrap();
        assert_eq!(parsed("JÖRG"), parsed("jörg"));
        assert_eq!(parsed("ΣΟΦΙΑΣ"), parsed("σοφιασ"));
        // Kelvin, Ångström, Ohm, a dotted capital I, a capital sharp s, a digraph in title case, a final sigma.
        for (one, other) in [
            ("\u{212a}", "k"),
            ("\u{212b}", "å"),
            ("\u{2126}", "ω"),
            ("İ", "i̇"),
            ("ẞ", "ß"),
            ("ǅ", "ǆ"),
            ("ς", "σ"),
        ] {
            assert_ne!(parsed(one), parsed(other), "{one}");
        }
        assert_ne!(parsed("\u{212a}"), parsed("K"));
    }

    #[test]
    fn no_character_becomes_one_that_another_pair_shares_and_parsing_again_changes_nothing() {
        let mut folded = std::collections::BTreeMap::<char, Vec<char>>::new();
        for c in '\0'..=char::MAX {
            assert_eq!(small(small(c)), small(c), "{c:?}");
            if small(c) != c {
                folded.entry(small(c)).or_default().push(c);
            }
        }
        assert_eq!(folded.get(&'k'), Some(&vec!['K']));
        assert!(folded.values().all(|capitals| capitals.len() == 1));
    }

    #[test]
    fn what_is_no_address_says_why() {
        assert_eq!(Email::parse("jane"), Err(EmailError::Shape));
        assert_eq!(Email::parse("@acme"), Err(EmailError::Shape));
        assert_eq!(Email::parse("a@b@c"), Err(EmailError::Shape));
        assert_eq!(Email::parse(" jane@acme"), Err(EmailError::Character));
    }

    #[test]
    fn look_alikes_share_a_key() {
        let key = |text: &str| Email::parse(text).unwrap().look_alike_key();
        assert_eq!(key("j.doe+work@gmail.com"), key("jdoe@googlemail.com"));
        assert_eq!(key("jane+x@acme.example"), key("jane@acme.example"));
        assert_ne!(key("j.doe@acme.example"), key("jdoe@acme.example"));
    }
}
