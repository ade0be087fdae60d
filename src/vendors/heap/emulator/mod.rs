//! The embedded Heap: SCIM as Heap documents it, and the pages where roles and project access are.
//!
//! Once SCIM is on, teammates can be neither added nor removed in the pages; roles and project access are not
//! carried by SCIM and are edited there. With `scim: off` in a seed's `vendor` there is no SCIM at all, and people
//! are invited and removed in the pages; `labelling: guided` words them as the access guides do. The operator is
//! signed in from the start, and no password is ever asked for: the pages are served on loopback only.

mod controls;
mod forms;
mod labels;
mod organisation;
mod outbox;
mod pages;
mod people;
mod projects;
mod session;
#[cfg(test)]
mod tests;
mod visit;

use super::PROJECT;
use crate::vendors::scim::emulator::{Emulator, Options, Reply, Request, Rules, StartError, Tenant};
use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use organisation::{ADMIN, Organisation, Project, Provisioning, Teammate};
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use visit::{Visit, go};

/// What an endpoint that a connector must never call would do; see [`crate::connector::Spec::forbidden`].
const FORBIDDEN: (&str, &str) = (
    "/user_deletion",
    "This endpoint deletes the analytics data of end users, not teammates. No tool that manages access may call it.",
);

/// Starts an embedded Heap. `options.rules` is replaced by Heap's own.
///
/// # Errors
/// A [`StartError`] that names the file or port.
pub fn start(options: Options) -> Result<Emulator, StartError> {
    Emulator::start(Options { rules: rules(), ..options })
}

/// Heap's rules, for [`Options::rules`].
#[must_use]
pub fn rules() -> Arc<dyn Rules> {
    Arc::new(Heap::default())
}

#[derive(Debug, Default)]
struct Heap {
    /// Whether the tenant that was adopted has no SCIM.
    by_hand: AtomicBool,
}

impl Rules for Heap {
    fn speaks_scim(&self) -> bool {
        !self.by_hand.load(Ordering::Relaxed)
    }

    fn carries_roles(&self) -> bool {
        false
    }

    fn forbids(&self, path: &str) -> Option<&'static str> {
        path.contains(FORBIDDEN.0).then_some(FORBIDDEN.1)
    }

    fn check(&self, tenant: &Tenant) -> Result<(), String> {
        let read =
            Organisation::deserialize(&tenant.vendor).map_err(|error| format!("in `vendor`: {error}"))?;
        match read.named_accounts().find(|account| tenant.user_id(account).is_none()) {
            Some(account) => Err(format!("in `vendor`: no user is called {account:?}")),
            None => Ok(()),
        }
    }

    fn adopt(&self, tenant: &mut Tenant) {
        let organisation = Organisation::of(tenant).resolve(tenant);
        self.by_hand.store(organisation.scim == Provisioning::Off, Ordering::Relaxed);
        organisation.store(tenant);
    }

    fn without_api(&self, tenant: &mut Tenant) {
        let mut organisation = Organisation::of(tenant);
        if organisation.scim == Provisioning::Off {
            return;
        }
        organisation.scim = Provisioning::Off;
        if let Some(own) = tenant.own.clone() {
            ADMIN.clone_into(&mut organisation.teammates.entry(own).or_default().role);
        }
        organisation.store(tenant);
    }

    fn furnish(&self, tenant: &mut Tenant, kind: &str, id: &str) {
        let mut organisation = Organisation::of(tenant);
        if kind == PROJECT && !organisation.projects.contains_key(id) {
            organisation.projects.insert(id.to_owned(), Project { name: format!("The {id}") });
            let own = tenant.own.clone().map(|own| organisation.teammates.entry(own).or_default());
            own.and_then(|own| own.projects.insert(id.to_owned(), ADMIN.to_owned()));
        }
        organisation.store(tenant);
    }

    fn created(&self, tenant: &mut Tenant, user: &str) {
        let mut organisation = Organisation::of(tenant);
        organisation.teammates.insert(user.to_owned(), Teammate::default());
        organisation.store(tenant);
    }

    fn removed(&self, tenant: &mut Tenant, user: &str) {
        let mut organisation = Organisation::of(tenant);
        organisation.forget(user);
        organisation.store(tenant);
    }

    fn page(&self, tenant: &mut Tenant, request: &Request, now: Timestamp) -> Option<Reply> {
        let post = match request.method {
            Method::GET | Method::HEAD => false,
            Method::POST => true,
            _ => return None,
        };
        let organisation = Organisation::of(tenant);
        let visit = Visit::of(tenant, &organisation, request);
        if post && !request.is_same_origin() {
            return Some(visit.refusal(StatusCode::FORBIDDEN, "This form was sent from another site."));
        }
        let open = session::answer(tenant, &organisation, &visit, request)
            .or_else(|| outbox::answer(tenant, request, now));
        if open.is_some() {
            return open;
        }
        let inside = request.segments.first().is_none_or(|first| first == "account");
        if !inside {
            return None;
        }
        if !visit.signed_in {
            return Some(go("/sign-in"));
        }
        let shown = match (request.segments.get(1).map(String::as_str), post) {
            (Some("profile"), _) => Some(session::profile(tenant, &visit, request)),
            (_, true) => forms::submit(tenant, &visit, request, now),
            (_, false) => pages::show(tenant, &organisation, &visit, request),
        };
        shown.or_else(|| Some(visit.refusal(StatusCode::NOT_FOUND, "There is no such page.")))
    }
}
