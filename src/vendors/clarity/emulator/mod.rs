//! The embedded Clarity: its pages and nothing else, in either labelling, with the rules that the real ones keep.
//!
//! Every page is whole as it comes, without scripts, and every control is a link, a labelled field or a button. Who is
//! signed in stands in a cookie and proves nothing: the server is on loopback only, and anybody may be anybody, so
//! that an owner's or an invited person's part can be rehearsed too.

mod access;
mod chrome;
mod forms;
mod mail;
mod session;
mod show;
mod state;
#[cfg(test)]
mod tests;
mod words;

use super::{FORBIDDEN, PROJECT};
use crate::vendors::scim::emulator::{Emulator, Options, Reply, Request, Rules, StartError, Tenant};
use axum::http::Method;
use jiff::Timestamp;
use state::State;
use std::sync::Arc;

/// Starts an embedded Clarity. `options.rules` is replaced by Clarity's own.
///
/// # Errors
/// A [`StartError`] that names the file or port.
pub fn start(options: Options) -> Result<Emulator, StartError> {
    Emulator::start(Options { rules: rules(), ..options })
}

/// Clarity's rules, for [`Options::rules`].
#[must_use]
pub fn rules() -> Arc<dyn Rules> {
    Arc::new(Clarity)
}

struct Clarity;

impl Rules for Clarity {
    fn base_path(&self) -> &'static str {
        ""
    }

    fn speaks_scim(&self) -> bool {
        false
    }

    fn forbids(&self, path: &str) -> Option<&'static str> {
        format!("{path}/").contains(FORBIDDEN.0).then_some(FORBIDDEN.1)
    }

    fn check(&self, tenant: &Tenant) -> Result<(), String> {
        State::read(tenant)?.check()
    }

    fn adopt(&self, tenant: &mut Tenant) {
        let mut state = State::of(tenant);
        state.complete();
        state.store(tenant);
    }

    fn furnish(&self, tenant: &mut Tenant, kind: &str, id: &str) {
        let mut state = State::of(tenant);
        let own = tenant.own_account().map(|user| (user.text("userName"), user.text("displayName")));
        if let Some((email, name)) = own.filter(|_| kind == PROJECT) {
            state.furnish(id, email, name);
        }
        state.store(tenant);
    }

    fn page(&self, tenant: &mut Tenant, request: &Request, now: Timestamp) -> Option<Reply> {
        match request.method {
            Method::GET | Method::HEAD => Some(show::show(&State::of(tenant), request)),
            Method::POST => Some(forms::submit(tenant, request, now)),
            _ => None,
        }
    }
}
