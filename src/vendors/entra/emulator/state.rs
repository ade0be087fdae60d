//! What a tenant holds beside users and groups: its settings, what SCIM has no words for, and the apps.

use crate::vendors::scim::emulator::Tenant;
use crate::vendors::scim::emulator::tenant::Resource;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The vendor's part of a state or seed.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Part {
    settings: Settings,
    users: BTreeMap<String, UserPart>,
    groups: BTreeMap<String, GroupPart>,
    apps: Vec<App>,
}

/// How the tenant behaves.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// The tenant's own domains, the first of which is in every guest's sign-in name. Nobody of them can be invited.
    pub(super) domains: Vec<String>,
    /// Whether an invitation waits to be accepted; otherwise it is accepted at once.
    pub(super) invitations_wait: bool,
    /// For so long after it was made, nothing finds an object.
    pub(super) lag_seconds: i64,
    /// The application's permissions; none: all that are needed.
    pub(super) permissions: Option<Vec<String>>,
    /// How many users and groups there may be.
    pub(super) quota: Option<usize>,
}

/// What is known of a user.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct UserPart {
    /// `PendingAcceptance` or `Accepted`.
    state: Option<String>,
    /// Since when that is so.
    since: Option<Timestamp>,
    /// When every session was ended.
    signed_out: Option<Timestamp>,
    /// Whether it is kept in an on-premises directory.
    synced: bool,
}

/// What is known of a group.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct GroupPart {
    /// The rule of a dynamic group.
    rule: Option<String>,
    /// Whether the rule is at rest.
    paused: bool,
    synced: bool,
    mail_enabled: bool,
    /// Whether it can have directory roles.
    role_assignable: bool,
    /// Whether its members are shown only to whoever has the right to see hidden ones.
    hides_members: bool,
    /// Groups and devices in it.
    nested: Vec<Nested>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its form is checked; requests read it in place")]
struct Nested {
    id: String,
    /// `group`, `device`, `servicePrincipal`, `orgContact`.
    kind: String,
}

/// An app.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its form is checked; requests read it in place")]
struct App {
    id: String,
    name: String,
    #[serde(default)]
    roles: Vec<Role>,
    #[serde(default)]
    assignments: Vec<Assignment>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its form is checked; requests read it in place")]
struct Role {
    id: String,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its form is checked; requests read it in place")]
struct Assignment {
    #[serde(default)]
    id: Option<String>,
    /// A role's id; none: no role.
    #[serde(default)]
    role: Option<String>,
    /// The id of a user or group, or a user name.
    principal: String,
    #[serde(default)]
    since: Option<Timestamp>,
}

/// Whether the vendor's part makes sense.
pub(super) fn check(tenant: &Tenant) -> Result<(), String> {
    let part = serde_json::from_value::<Part>(tenant.vendor.clone());
    part.map(drop).map_err(|error| format!("in `vendor`: {error}"))
}

/// The settings, with what a seed leaves out.
pub(super) fn settings(tenant: &Tenant) -> Settings {
    let told = tenant.vendor.get("settings").cloned();
    let mut settings: Settings = told.and_then(|told| serde_json::from_value(told).ok()).unwrap_or_default();
    if settings.domains.is_empty() {
        settings.domains.push(format!("{}.onmicrosoft.com", tenant.name));
    }
    settings
}

/// Completes a seed: whoever has an app may be named by user name, and every assignment has an id.
pub(super) fn adopt(tenant: &mut Tenant) {
    let mut apps = tenant.vendor.get_mut("apps").map(Value::take).unwrap_or(json!([]));
    for app in apps.as_array_mut().into_iter().flatten() {
        for one in app["assignments"].as_array_mut().into_iter().flatten() {
            if one.get("id").is_none() {
                one["id"] = json!(tenant.new_id("Assignment"));
            }
            if let Some(id) = one["principal"].as_str().and_then(|principal| tenant.user_id(principal)) {
                one["principal"] = json!(id);
            }
        }
    }
    if !tenant.vendor.is_object() {
        tenant.vendor = json!({});
    }
    tenant.vendor["apps"] = apps;
}

/// What is known of a user beside its attributes.
pub(super) fn of_user<'a>(tenant: &'a Tenant, id: &str) -> &'a Value {
    of(tenant, "users", id)
}

/// What is known of a group beside its attributes.
pub(super) fn of_group<'a>(tenant: &'a Tenant, id: &str) -> &'a Value {
    of(tenant, "groups", id)
}

fn of<'a>(tenant: &'a Tenant, kind: &str, id: &str) -> &'a Value {
    tenant.vendor.get(kind).and_then(|all| all.get(id)).unwrap_or(&Value::Null)
}

/// A part's flag.
pub(super) fn is(part: &Value, flag: &str) -> bool {
    part.get(flag).and_then(Value::as_bool).unwrap_or(false)
}

/// Notes something of a user.
pub(super) fn note(tenant: &mut Tenant, user: &str, key: &str, value: Value) {
    if !tenant.vendor["users"].is_object() {
        tenant.vendor["users"] = json!({});
    }
    tenant.vendor["users"][user][key] = value;
}

/// Forgets a user, and what apps they were given.
pub(super) fn forget(tenant: &mut Tenant, user: &str) {
    if let Some(users) = tenant.vendor.get_mut("users").and_then(Value::as_object_mut) {
        users.remove(user);
    }
    for app in tenant.vendor.get_mut("apps").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(assignments) = app.get_mut("assignments").and_then(Value::as_array_mut) {
            assignments.retain(|one| one.get("principal").and_then(Value::as_str) != Some(user));
        }
    }
}

/// Whether what was made then is found by now.
pub(super) fn shows(resource: &Resource, settings: &Settings, now: Timestamp) -> bool {
    let lag = SignedDuration::from_secs(settings.lag_seconds);
    lag.is_zero() || resource.created.is_none_or(|made| now.duration_since(made) >= lag)
}

/// Whether there is room for one more user or group.
pub(super) fn has_room(tenant: &Tenant) -> bool {
    let held = || tenant.users.iter().count() + tenant.groups.iter().count();
    settings(tenant).quota.is_none_or(|quota| held() < quota)
}
