//! A person, or a service identity, who should or should no longer have access.

use super::{AccountId, Email, Span, UserName, VendorName};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What sort of user this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum PersonKind {
    /// On the company's payroll.
    #[default]
    Employee,
    /// A contractor, agency or auditor.
    External,
    /// Not a person: a machine identity.
    Service,
}

/// Whether the user may have access at all, as of the day of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// May hold grants.
    Active,
    /// Access is taken, accounts are kept where the vendor can.
    Suspended {
        /// First day of the suspension.
        since: Date,
        /// Why.
        reason: Arc<str>,
        /// The line that says so.
        span: Span,
    },
    /// A tombstone: no grants, and an account that reappears is a finding.
    Departed {
        /// The day of departure.
        on: Date,
        /// The line that says so.
        span: Span,
    },
}

/// A user as `reconcile` needs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The stable handle.
    pub handle: UserName,
    /// The display name, where one is declared.
    pub name: Option<Arc<str>>,
    /// The address that accounts are created with.
    pub email: Email,
    /// Further addresses that accounts of this user may carry.
    pub aliases: Vec<Email>,
    /// Vendors' own ids of this user's accounts, where an address is not enough.
    pub accounts: BTreeMap<VendorName, AccountId>,
    /// What sort of user.
    pub kind: PersonKind,
    /// Whether they may hold access.
    pub standing: Standing,
    /// The key under `users:`.
    pub span: Span,
}
