//! A configured vendor, as the engine needs it; how to reach it stays in the workspace.

use super::{Account, Channel, Email, NameError, ResourceName, Snapshot, Span, VendorName};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How far the workspace rules over what it finds at a vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manage {
    /// Nothing is changed; differences are findings.
    Observe,
    /// Declared access is added. Access is taken only where the workspace says so by name: a user who is
    /// departed or suspended, a grant whose date has passed.
    Additive,
    /// Live access that no file declares is taken away.
    Authoritative,
}

/// What happens to the account of a user who keeps no grant at the vendor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Offboarding {
    /// The account is deleted.
    #[default]
    Delete,
    /// All access is taken, and the account and what it owns are kept.
    Revoke,
}

/// The identity provider's group or app whose members get an account at another vendor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The provider.
    pub vendor: VendorName,
    /// The group or app there.
    pub resource: ResourceName,
}

/// Why a text names no source.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// There is not one slash with something on either side.
    #[error("it is not a vendor and one of its resources, with a slash between them")]
    Shape,
    /// One of the two halves is no name.
    #[error("{0}")]
    Name(#[from] NameError),
}

impl Source {
    /// Parses `vendor/resource`.
    ///
    /// # Errors
    /// A [`SourceError`] when there is not one slash, or a half of the text is no name.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        let (vendor, resource) = text.split_once('/').ok_or(SourceError::Shape)?;
        if vendor.is_empty() || resource.is_empty() || resource.contains('/') {
            return Err(SourceError::Shape);
        }
        Ok(Self { vendor: VendorName::parse(vendor)?, resource: ResourceName::parse(resource)? })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.vendor, self.resource)
    }
}

/// Something inside a vendor that access is given on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its name in the workspace.
    pub name: ResourceName,
    /// Its kind, one of the connector's.
    pub kind: Arc<str>,
    /// The vendor's own id, where declared.
    pub id: Option<Arc<str>>,
    /// The vendor's display name, where it is found by that.
    pub display: Option<Arc<str>>,
    /// The mode that holds here, the vendor's unless overridden.
    pub manage: Manage,
    /// Where it is declared; for an implicit resource, where its vendor is.
    pub span: Span,
}

/// One configured vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VendorSettings {
    /// Its name in the workspace.
    pub name: VendorName,
    /// The mode for accounts, and for resources that set none.
    pub manage: Manage,
    /// What removal means here.
    pub offboarding: Offboarding,
    /// The channel asked for, where one is.
    pub channel: Option<Channel>,
    /// Every declared resource, and the connector's implicit ones.
    pub resources: BTreeMap<ResourceName, Resource>,
    /// The address or id of the identity that the credential belongs to, where declared; `none` where it belongs
    /// to no account.
    pub identity: Option<Arc<str>>,
    /// After how long an invitation that nobody answered is sent again, where the vendor can.
    pub resend_after: Duration,
    /// The identity provider's group or app whose members get an account here.
    pub provisioned_by: Option<Source>,
    /// The `manage:` line: whose rule it is that undeclared access goes.
    pub manage_span: Span,
    /// The key under `vendors:`.
    pub span: Span,
}

impl VendorSettings {
    /// Whether the account is the one that the credential belongs to: the vendor tells, or `identity` names it.
    #[must_use]
    pub fn is_own(&self, snapshot: &Snapshot, account: &Account) -> bool {
        let named = |identity: &str| {
            identity == account.id.as_str()
                || account.login.eq_ignore_ascii_case(identity)
                || Email::parse(identity).is_ok_and(|email| account.emails.contains(&email))
        };
        snapshot.own.as_ref() == Some(&account.id) || self.identity.as_deref().is_some_and(named)
    }
}
