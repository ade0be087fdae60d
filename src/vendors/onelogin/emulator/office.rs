//! What OneLogin knows beyond users and groups: how a user's account stands, the apps, the mappings.

use super::super::account::{ACTIVE, APPROVED, SUSPENDED, UNACTIVATED};
use crate::vendors::scim::emulator::Tenant;
use crate::vendors::scim::emulator::tenant::Resource;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A tenant's `vendor`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Office {
    /// What people do with an invitation.
    pub(super) people: Habit,
    /// By id, and in a seed by address: whoever is not simply active or suspended.
    pub(super) users: BTreeMap<String, Standing>,
    /// By id.
    pub(super) apps: BTreeMap<String, App>,
    /// In their order.
    pub(super) mappings: Vec<Mapping>,
}

/// What people do with an invitation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Habit {
    /// They follow its link at once.
    #[default]
    Answer,
    /// They do so when they are told to.
    Wait,
}

/// How a user's account stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Standing {
    /// `status`.
    pub(super) status: u64,
    /// `state`.
    #[serde(default = "approved")]
    pub(super) state: u64,
    /// `activated_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) activated: Option<String>,
    /// `invitation_sent_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) invited: Option<String>,
    /// Whether every session was ended, and nobody has signed in since.
    #[serde(default)]
    pub(super) signed_out: bool,
}

fn approved() -> u64 {
    APPROVED
}

/// An app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct App {
    /// Its display name.
    pub(super) name: String,
    /// The ids of the roles that carry it; in a seed also their names.
    #[serde(default)]
    pub(super) roles: Vec<String>,
    /// The ids of those who have it without a role; in a seed also their addresses.
    #[serde(default)]
    pub(super) users: Vec<String>,
}

/// A mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mapping {
    pub(super) id: u64,
    pub(super) name: String,
    #[serde(default = "yes")]
    pub(super) enabled: bool,
    #[serde(default = "all", rename = "match")]
    pub(super) matching: String,
    #[serde(default)]
    pub(super) conditions: Vec<Condition>,
    #[serde(default)]
    pub(super) actions: Vec<MappingAction>,
}

/// What a user must fulfil.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    pub(super) source: String,
    pub(super) operator: String,
    pub(super) value: String,
}

/// What is done with whoever does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingAction {
    pub(super) action: String,
    /// Ids of roles; in a seed also their names.
    pub(super) value: Vec<String>,
}

fn yes() -> bool {
    true
}

fn all() -> String {
    "all".to_owned()
}

impl Office {
    pub(super) fn of(tenant: &Tenant) -> Self {
        Self::deserialize(&tenant.vendor).unwrap_or_default()
    }

    pub(super) fn store(&self, tenant: &mut Tenant) {
        tenant.vendor = serde_json::to_value(self).unwrap_or_default();
    }
}

/// The part of `vendor` of this name, without reading the rest: there may be many thousands of users.
fn part<T: Default + for<'a> Deserialize<'a>>(tenant: &Tenant, name: &str) -> T {
    tenant.vendor.get(name).and_then(|part| T::deserialize(part).ok()).unwrap_or_default()
}

pub(super) fn habit(tenant: &Tenant) -> Habit {
    part(tenant, "people")
}

pub(super) fn apps(tenant: &Tenant) -> BTreeMap<String, App> {
    part(tenant, "apps")
}

pub(super) fn mappings(tenant: &Tenant) -> Vec<Mapping> {
    part(tenant, "mappings")
}

/// How a user's account stands.
pub(super) fn standing(tenant: &Tenant, user: &Resource) -> Standing {
    let kept = tenant.vendor.get("users").and_then(|users| users.get(&user.id));
    kept.and_then(|kept| Standing::deserialize(kept).ok()).unwrap_or_else(|| {
        let active = user.attributes.get("active") != Some(&Value::Bool(false));
        Standing {
            status: if active { ACTIVE } else { SUSPENDED },
            state: APPROVED,
            activated: user.created.map(|at| at.to_string()),
            invited: None,
            signed_out: false,
        }
    })
}

/// Keeps how a user's account stands; `active` follows.
pub(super) fn stand(tenant: &mut Tenant, user: &mut Resource, standing: &Standing) {
    let usable = !matches!(standing.status, UNACTIVATED | SUSPENDED);
    user.attributes.insert("active".to_owned(), Value::Bool(usable));
    let kept = serde_json::to_value(standing).unwrap_or_default();
    if let Some(users) = users_of(tenant) {
        users.insert(user.id.clone(), kept);
    }
}

/// Forgets a user who is gone.
pub(super) fn forget(tenant: &mut Tenant, id: &str) {
    users_of(tenant).and_then(|users| users.remove(id));
    let Some(apps) = tenant.vendor.get_mut("apps").and_then(Value::as_object_mut) else { return };
    for users in apps.values_mut().filter_map(|app| app.get_mut("users")?.as_array_mut()) {
        users.retain(|user| user != id);
    }
}

fn users_of(tenant: &mut Tenant) -> Option<&mut Map<String, Value>> {
    let vendor = tenant.vendor.as_object_mut()?;
    vendor.entry("users").or_insert_with(|| json!({})).as_object_mut()
}
