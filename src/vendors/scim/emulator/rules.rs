//! What one kind of vendor adds to the standard.

use super::exchange::{Reply, Request};
use super::tenant::Tenant;
use jiff::Timestamp;

/// A vendor's own rules, on top of SCIM.
pub trait Rules: Send + Sync {
    /// The path that SCIM is served under.
    fn base_path(&self) -> &'static str {
        "/scim/v2"
    }

    /// Whether there is a SCIM service at all; where not, there are only pages.
    fn speaks_scim(&self) -> bool {
        true
    }

    /// Whether `roles` means anything to the vendor; where not, it is accepted and not stored.
    fn carries_roles(&self) -> bool {
        true
    }

    /// Why no client may ever send a request to this decoded path; none if it may. Asked for every
    /// request.
    fn forbids(&self, _path: &str) -> Option<&'static str> {
        None
    }

    /// Whether the vendor's own part of a state or seed makes sense.
    ///
    /// # Errors
    /// A sentence that says what does not.
    fn check(&self, _tenant: &Tenant) -> Result<(), String> {
        Ok(())
    }

    /// Completes what a seed says about the vendor's own part.
    fn adopt(&self, _tenant: &mut Tenant) {}

    /// Makes the tenant one that requests do not reach, where the vendor can be had so.
    fn without_api(&self, _tenant: &mut Tenant) {}

    /// Makes a resource exist that no client can create, with the tenant's own account as its admin, and as its owner
    /// where the kind has owners. One that exists stays as it is.
    fn furnish(&self, _tenant: &mut Tenant, _kind: &str, _id: &str) {}

    /// A user was created over SCIM.
    fn created(&self, _tenant: &mut Tenant, _user: &str) {}

    /// A user is about to be removed over SCIM.
    fn removed(&self, _tenant: &mut Tenant, _user: &str) {}

    /// Answers a request outside SCIM, such as one for a page, at a moment; none where there is nothing at that path.
    fn page(&self, _tenant: &mut Tenant, _request: &Request, _now: Timestamp) -> Option<Reply> {
        None
    }
}

/// SCIM and nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain;

impl Rules for Plain {}
