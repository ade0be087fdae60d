//! The embedded Okta: its API with the rules that the real one keeps, and one page on which people accept invitations.
//!
//! People and groups are the tenant's own. What SCIM has no word for lies beside them: statuses, further attributes,
//! types of groups, rules, applications (`State`).

mod apps;
mod failure;
mod groups;
mod index;
mod lifecycle;
mod people;
mod rules;
mod show;
mod state;
#[cfg(test)]
mod tests;
mod welcome;

use super::api::FORBIDDEN;
use crate::vendors::scim::emulator::exchange::{Refusal, Reply, Request};
use crate::vendors::scim::emulator::{Call, Emulator, Options, Rules, StartError, Tenant};
use axum::http::Method;
use failure::{Answer, Failure};
use index::Index;
use jiff::Timestamp;
use std::sync::Arc;

/// Starts an embedded Okta. `options.rules` is replaced by Okta's own.
///
/// # Errors
/// A [`StartError`] that names the file or port.
pub fn start(options: Options) -> Result<Emulator, StartError> {
    Emulator::start(Options { rules: rules(), ..options })
}

/// Okta's rules, for [`Options::rules`].
#[must_use]
pub fn rules() -> Arc<dyn Rules> {
    Arc::new(Okta::default())
}

#[derive(Default)]
struct Okta {
    index: Index,
}

impl Rules for Okta {
    fn base_path(&self) -> &'static str {
        "/api/v1"
    }

    fn speaks_scim(&self) -> bool {
        false
    }

    fn has_api(&self) -> bool {
        true
    }

    fn scheme(&self) -> &'static str {
        "SSWS"
    }

    fn token_path(&self) -> Option<&'static str> {
        super::CONNECTOR.token_path
    }

    fn api(&self, tenant: &mut Tenant, call: &Call<'_>) -> Reply {
        self.index.count();
        let reply = self.route(tenant, call).unwrap_or_else(|failure| failure.reply());
        if reply.effect.is_some() {
            self.index.note(tenant, call, &reply);
        }
        reply
    }

    fn refuse(&self, refusal: &Refusal) -> Reply {
        Failure::of(refusal).reply()
    }

    fn forbids(&self, path: &str) -> Option<&'static str> {
        FORBIDDEN.iter().find(|(fragment, _)| path.contains(fragment)).map(|(_, why)| *why)
    }

    fn check(&self, tenant: &Tenant) -> Result<(), String> {
        state::check(tenant)
    }

    fn adopt(&self, tenant: &mut Tenant) {
        state::complete(tenant);
    }

    fn furnish(&self, tenant: &mut Tenant, kind: &str, id: &str) {
        match kind {
            super::GROUP => groups::furnish(tenant, id),
            super::APP => apps::furnish(tenant, id),
            _ => {}
        }
    }

    fn page(&self, tenant: &mut Tenant, request: &Request, now: Timestamp) -> Option<Reply> {
        welcome::page(tenant, request, now)
    }
}

impl Okta {
    fn route(&self, tenant: &mut Tenant, call: &Call<'_>) -> Answer {
        let creates = matches!(*call.path, ["users"] | ["groups"]) && call.request.method == Method::POST;
        if creates && call.revokes {
            return Err(Failure::forbidden());
        }
        match (call.request.method.as_str(), &*call.path) {
            ("GET", ["users"]) => people::list(tenant, call, &self.index),
            ("POST", ["users"]) => people::create(tenant, call),
            ("GET", ["users", who]) => people::one(tenant, call, who),
            ("POST", ["users", who]) => people::update(tenant, call, who),
            ("GET", ["users", who, "groups"]) => people::groups(tenant, call, who),
            ("DELETE", ["users", who, "sessions"]) => lifecycle::end_sessions(tenant, who),
            ("POST", ["users", who, "lifecycle", step]) => lifecycle::step(tenant, call, who, step),
            ("GET", ["groups"]) => groups::list(tenant, call),
            ("POST", ["groups"]) => groups::create(tenant, call),
            ("GET", ["groups", "rules"]) => rules::list(tenant, call),
            ("GET", ["groups", id]) => groups::one(tenant, call, id),
            ("GET", ["groups", id, "users"]) => groups::members(tenant, call, id),
            ("PUT", ["groups", id, "users", user]) => groups::join(tenant, call, id, user),
            ("DELETE", ["groups", id, "users", user]) => groups::leave(tenant, call, id, user),
            ("GET", ["apps"]) => apps::list(tenant, call),
            ("GET", ["apps", id]) => apps::one(tenant, call, id),
            ("GET", ["apps", id, "users"]) => apps::users(tenant, call, id),
            ("POST", ["apps", id, "users"]) => apps::assign(tenant, call, id),
            ("GET", ["apps", id, "users", user]) => apps::user(tenant, call, id, user),
            ("DELETE", ["apps", id, "users", user]) => apps::unassign(tenant, id, user),
            ("GET", ["apps", id, "groups"]) => apps::groups(tenant, call, id),
            ("GET", ["apps", id, "group-push", "mappings"]) => apps::mappings(tenant, call, id),
            // To delete is never asked for here.
            ("DELETE", ["users" | "groups" | "apps", _]) => {
                Ok(Reply { violation: true, ..Failure::forbidden().reply() })
            }
            _ => Err(Failure::no_path()),
        }
    }
}
