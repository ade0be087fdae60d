//! The embedded OneLogin: its API as published, over the shared tenant.
//!
//! Users and roles are the tenant's users and groups; what else OneLogin knows of them stands in `vendor`
//! (`Office`). Whoever is invited follows the link at once, unless `people: wait` says otherwise. Below
//! `/rehearsal` are two things that OneLogin does by itself: a person accepts, and the mappings are applied.

mod apps;
mod invites;
mod mappings;
mod office;
mod page;
mod people;
mod roles;
mod seed;

use super::wire::FORBIDDEN;
use crate::vendors::scim::emulator::exchange::Refusal;
use crate::vendors::scim::emulator::{Call, Reply, Rules, Tenant};
use axum::http::StatusCode;
use serde_json::json;
use std::sync::Arc;

/// OneLogin's rules.
#[must_use]
pub fn rules() -> Arc<dyn Rules> {
    Arc::new(OneLogin)
}

type Answer = Result<Reply, Refusal>;

#[derive(Debug)]
struct OneLogin;

impl Rules for OneLogin {
    fn base_path(&self) -> &'static str {
        ""
    }

    fn speaks_scim(&self) -> bool {
        false
    }

    fn has_api(&self) -> bool {
        true
    }

    fn token_path(&self) -> Option<&'static str> {
        super::CONNECTOR.token_path
    }

    fn carries_roles(&self) -> bool {
        false
    }

    fn forbids(&self, path: &str) -> Option<&'static str> {
        FORBIDDEN.iter().find(|(fragment, _)| path.contains(fragment)).map(|(_, why)| *why)
    }

    fn check(&self, tenant: &Tenant) -> Result<(), String> {
        seed::check(tenant)
    }

    fn adopt(&self, tenant: &mut Tenant) {
        seed::adopt(tenant);
    }

    fn api(&self, tenant: &mut Tenant, call: &Call<'_>) -> Reply {
        route(tenant, call).unwrap_or_else(|refusal| self.refuse(&refusal))
    }

    /// The form of version 2; its code stands in both keys that the API's errors have for it.
    fn refuse(&self, refusal: &Refusal) -> Reply {
        let name = match refusal.status.as_u16() {
            400 => "BadRequestError",
            401 => "UnauthorizedError",
            403 => "ForbiddenError",
            404 => "NotFoundError",
            422 => "UnprocessableEntityError",
            _ => "Error",
        };
        let body = json!({ "statusCode": refusal.status.as_u16(), "name": name, "message": refusal.detail });
        Reply::plain(refusal.status, &body)
    }
}

fn route(tenant: &mut Tenant, call: &Call<'_>) -> Answer {
    let method = call.request.method.as_str();
    if call.revokes && method == "POST" {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "This credential takes access and gives none."));
    }
    match (method, call.path.as_slice()) {
        ("GET", ["api", "2", "users"]) => people::list(tenant, call),
        ("POST", ["api", "2", "users"]) => people::create(tenant, call),
        ("GET", ["api", "2", "users", id]) => people::show(tenant, id),
        ("PUT", ["api", "2", "users", id]) => people::change(tenant, call, id),
        ("DELETE", ["api", "2", "users", id]) => people::delete(tenant, call, id),
        ("PUT", ["api", "1", "users", id, "logout"]) => people::log_out(tenant, id),
        ("POST", ["api", "1", "invites", "send_invite_link"]) => invites::send(tenant, call),
        ("GET", ["api", "2", "roles"]) => roles::list(tenant, call),
        ("POST", ["api", "2", "roles"]) => roles::create(tenant, call),
        ("GET", ["api", "2", "roles", id]) => roles::show(tenant, id),
        ("GET", ["api", "2", "roles", id, "users"]) => roles::users(tenant, call, id),
        ("POST", ["api", "2", "roles", id, "users"]) => roles::change(tenant, call, id, true),
        ("DELETE", ["api", "2", "roles", id, "users"]) => roles::change(tenant, call, id, false),
        ("GET", ["api", "2", "roles", id, "apps"]) => apps::of_role(tenant, call, id),
        ("GET", ["api", "2", "apps"]) => apps::list(tenant, call),
        ("GET", ["api", "2", "apps", id]) => apps::show(tenant, id),
        ("GET", ["api", "2", "apps", id, "users"]) => apps::users(tenant, call, id),
        ("GET", ["api", "2", "mappings"]) => mappings::list(tenant, call),
        ("POST", ["rehearsal", "sweep"]) => mappings::sweep(tenant, call),
        ("POST", ["rehearsal", "accept", id]) => invites::accept(tenant, call, id),
        _ => Err(missing()),
    }
}

fn missing() -> Refusal {
    let detail = "The resource can't be found or the server has not found anything matching the Request-URI";
    Refusal::new(StatusCode::NOT_FOUND, detail)
}

fn unprocessable(detail: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
}
