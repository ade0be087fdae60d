//! The embedded Heap: SCIM as Heap documents it, and the pages where individual roles and project access are.
//!
//! Once SCIM is on, teammates can be neither added nor removed in the pages; roles and project access are not
//! carried by SCIM and are edited there. The pages ask for no sign-in: they are served on loopback only.

mod forms;
mod html;
mod pages;
#[cfg(test)]
mod tests;

use crate::vendors::scim::emulator::{Emulator, Options, Reply, Request, Rules, StartError, Tenant};
use axum::http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an endpoint that a connector must never call would do; see [`crate::connector::Spec::forbidden`].
const FORBIDDEN: (&str, &str) = (
    "/user_deletion",
    "This endpoint deletes the analytics data of end users, not teammates. No tool that manages access may call it.",
);

/// The roles that every tenant has, lowest first.
pub(crate) const ROLES: [&str; 5] = ["read-only", "consumer", "analyst", "architect", "admin"];

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
    Arc::new(Heap)
}

struct Heap;

/// What Heap holds beside SCIM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Organisation {
    /// The role of an account that SCIM creates.
    default_role: String,
    /// Roles that this tenant has defined itself.
    custom_roles: Vec<String>,
    /// Projects, by id.
    projects: BTreeMap<String, Project>,
    /// By the account's id; a seed may write the user name.
    teammates: BTreeMap<String, Teammate>,
    /// Dashboards, reports, exports.
    content: Vec<Content>,
}

impl Default for Organisation {
    fn default() -> Self {
        Self {
            default_role: "consumer".to_owned(),
            custom_roles: Vec::new(),
            projects: BTreeMap::new(),
            teammates: BTreeMap::new(),
            content: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Project {
    name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Teammate {
    /// The organisation role; empty: the default one.
    role: String,
    /// The role on each project that the teammate can open.
    projects: BTreeMap<String, String>,
    last_activity: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    title: String,
    kind: String,
    /// The account's id, or in a seed its user name; none once the account is removed.
    created_by: Option<String>,
}

impl Organisation {
    /// A seed whose part is malformed counts as an empty organisation; [`Heap::adopt`] writes it back.
    fn of(tenant: &Tenant) -> Self {
        Self::deserialize(&tenant.vendor).unwrap_or_default()
    }

    fn store(&self, tenant: &mut Tenant) {
        if let Ok(value) = serde_json::to_value(self) {
            tenant.vendor = value;
        }
    }

    fn role_of(&self, id: &str) -> &str {
        let role = self.teammates.get(id).map(|teammate| &*teammate.role).filter(|role| !role.is_empty());
        role.unwrap_or(&self.default_role)
    }

    /// Every role, those of the tenant's own last.
    fn roles(&self) -> impl Iterator<Item = &str> {
        ROLES.into_iter().chain(self.custom_roles.iter().map(String::as_str))
    }
}

impl Rules for Heap {
    fn carries_roles(&self) -> bool {
        false
    }

    fn forbids(&self, path: &str) -> Option<&'static str> {
        path.contains(FORBIDDEN.0).then_some(FORBIDDEN.1)
    }

    fn check(&self, tenant: &Tenant) -> Result<(), String> {
        let read =
            Organisation::deserialize(&tenant.vendor).map_err(|error| format!("in `vendor`: {error}"))?;
        let accounts =
            read.teammates.keys().chain(read.content.iter().filter_map(|item| item.created_by.as_ref()));
        for account in accounts {
            if tenant.user_id(account).is_none() {
                return Err(format!("in `vendor`: no user is called {account:?}"));
            }
        }
        Ok(())
    }

    fn adopt(&self, tenant: &mut Tenant) {
        let mut organisation = Organisation::of(tenant);
        let id = |account: String| tenant.user_id(&account).unwrap_or(account);
        organisation.teammates =
            organisation.teammates.into_iter().map(|(account, teammate)| (id(account), teammate)).collect();
        for item in &mut organisation.content {
            item.created_by = item.created_by.take().map(id);
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
        organisation.teammates.remove(user);
        for item in &mut organisation.content {
            item.created_by.take_if(|account| account == user);
        }
        organisation.store(tenant);
    }

    fn page(&self, tenant: &mut Tenant, request: &Request) -> Option<Reply> {
        match request.method {
            Method::GET | Method::HEAD => pages::show(tenant, request),
            Method::POST => forms::submit(tenant, request),
            _ => None,
        }
    }
}
