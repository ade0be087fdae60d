//! Names as types: a parsed handle cannot be mistaken for another kind of handle or for free text.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing between the quotes.
    #[error("a name must not be empty")]
    Empty,
    /// Longer than 128 bytes.
    #[error("a name has at most 128 bytes")]
    TooLong,
    /// A character outside `a-z 0-9 . _ -`, or one of the last three at the start.
    #[error("a name is made of a-z, 0-9, '.', '_' and '-', and starts with a letter or digit; found {0:?}")]
    Character(char),
}

const MAX_BYTES: usize = 128;

fn check_handle(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.len() > MAX_BYTES {
        return Err(NameError::TooLong);
    }
    let bad = text.chars().enumerate().find(|&(at, c)| {
        !(c.is_ascii_lowercase() || c.is_ascii_digit() || (at > 0 && matches!(c, '.' | '_' | '-')))
    });
    bad.map_or(Ok(()), |(_, c)| Err(NameError::Character(c)))
}

fn check_text(text: &str) -> Result<(), NameError> {
    if text.is_empty() { Err(NameError::Empty) } else { Ok(()) }
}

macro_rules! name {
    ($(#[$meta:meta])* $name:ident, $check:path) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Parses the text, or says why it is no such name.
            ///
            /// # Errors
            /// A [`NameError`] that names the offending character or length.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                $check(text).map(|()| Self(Arc::from(text)))
            }

            /// The text as written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }
    };
}

name!(
    /// A user's stable handle, the key under `users:`.
    UserName, check_handle);
name!(
    /// A role's name, the key under `roles:`.
    RoleName, check_handle);
name!(
    /// A configured tenant's name, the key under `vendors:`.
    VendorName, check_handle);
name!(
    /// A resource's name inside its vendor, the key under `resources:`; `org` is the organisation itself.
    ResourceName, check_handle);
name!(
    /// What a vendor calls its role on a resource. Vendors may answer levels that no connector knows, so any
    /// non-empty text is one; levels from a workspace are checked against the connector's `Spec` as well.
    Level, check_text);
name!(
    /// A vendor's own immutable id of an account. Opaque: it may be a user name and may need encoding in a URL.
    AccountId, check_text);

impl ResourceName {
    /// The name that every vendor with organisation-level access gives the organisation itself.
    pub const ORG: &'static str = "org";

    /// The organisation itself.
    #[must_use]
    pub fn org() -> Self {
        Self(Arc::from(Self::ORG))
    }

    /// Whether this is the organisation itself.
    #[must_use]
    pub fn is_org(&self) -> bool {
        &*self.0 == Self::ORG
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_lower_case_and_starts_with_a_letter_or_digit() {
        assert!(UserName::parse("j.doe-2_x").is_ok());
        assert_eq!(UserName::parse("Jane"), Err(NameError::Character('J')));
        assert_eq!(UserName::parse("-jane"), Err(NameError::Character('-')));
        assert_eq!(UserName::parse(""), Err(NameError::Empty));
        assert_eq!(UserName::parse(&"a".repeat(129)), Err(NameError::TooLong));
    }

    #[test]
    fn a_level_from_a_vendor_may_be_any_text() {
        assert!(Level::parse("Super Viewer (beta)").is_ok());
        assert!(Level::parse("").is_err());
    }
}
