//! What a reader must know that is no change, and what a change leaves for people to do.

use super::{Span, UserName, VendorName};

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

/// Work that a change leaves for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obligation {
    /// The vendor.
    pub vendor: VendorName,
    /// A constant word, such as `remove-from-identity-provider`.
    pub code: &'static str,
    /// The user it is about.
    pub user: Option<UserName>,
    /// What to do, in full sentences.
    pub detail: String,
}
