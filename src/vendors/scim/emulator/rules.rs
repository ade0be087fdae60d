//! What one kind of vendor adds to the standard.

use super::exchange::{Refusal, Reply, Request};
use super::tenant::Tenant;
use axum::http::StatusCode;
use jiff::Timestamp;

/// A request to a vendor's own API.
pub struct Call<'a> {
    pub(crate) request: &'a Request,
    /// The path below the base path, decoded.
    pub(crate) path: Vec<&'a str>,
    pub(crate) now: Timestamp,
    /// The URL that the API is served under, without a slash at its end.
    pub(crate) base: &'a str,
    /// Whether the credential is the one for taking access alone.
    pub(crate) revokes: bool,
}

impl Call<'_> {
    /// The JSON that was sent.
    pub(crate) fn body(&self) -> Result<serde_json::Value, Refusal> {
        serde_json::from_slice(&self.request.body)
            .map_err(|error| Refusal::new(StatusCode::BAD_REQUEST, format!("The body is no JSON: {error}.")))
    }
}

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

    /// Whether the vendor has an API of its own, under the base path and behind the same credentials, where it does not
    /// speak SCIM.
    fn has_api(&self) -> bool {
        false
    }

    /// The word before the credential in `Authorization`.
    fn scheme(&self) -> &'static str {
        "Bearer"
    }

    /// Where OAuth clients are given access tokens, as a path of the host; none where the vendor has no such thing.
    fn token_path(&self) -> Option<&'static str> {
        None
    }

    /// Answers a request to that API, by somebody who has shown a credential. A failure that a test asked for, and a
    /// credential that is missing, never come here.
    fn api(&self, _tenant: &mut Tenant, _call: &Call<'_>) -> Reply {
        Refusal::not_found("This path").reply()
    }

    /// A refusal as the vendor words it.
    fn refuse(&self, refusal: &Refusal) -> Reply {
        refusal.reply()
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
