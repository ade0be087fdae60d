//! What a reader must know that is no change, and what a change leaves for people to do.

use super::{ResourceName, Span, UserName, VendorName};
use std::sync::Arc;

/// How much a finding or a diagnostic matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing can go on with it.
    Error,
    /// Someone should look.
    Warning,
    /// Good to know.
    Info,
}

/// Something a reader must know that is no change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The vendor it is about.
    pub vendor: Option<VendorName>,
    /// A constant word, such as `unmanaged-account`.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Full sentences.
    pub detail: String,
    /// The user it is about.
    pub user: Option<UserName>,
    /// How to mend it.
    pub hint: Option<String>,
    /// The line it is about.
    pub span: Option<Span>,
}

/// When an obligation is to be met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Due {
    /// Before the change that brings it about: afterwards it is harder, or too late.
    Before,
    /// After it.
    After,
}

impl Due {
    /// The word that JSON uses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// Work that a change leaves for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obligation {
    /// The vendor.
    pub vendor: VendorName,
    /// A constant word, such as `remove-from-identity-provider`.
    pub code: &'static str,
    /// Before or after the change.
    pub due: Due,
    /// The user it is about.
    pub user: Option<UserName>,
    /// The account it is about, as the vendor shows it: untrusted.
    pub account: Option<Arc<str>>,
    /// The resource it is about; none for the whole vendor.
    pub resource: Option<ResourceName>,
    /// What to do, in full sentences.
    pub detail: String,
}
