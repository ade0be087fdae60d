//! What the tenant holds beside people and groups, and how a seed may write it.

use super::rules;
use crate::vendors::scim::emulator::tenant::{Resource, Tenant};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub(super) const STATUSES: [&str; 8] = [
    "STAGED",
    "PROVISIONED",
    "ACTIVE",
    "RECOVERY",
    "PASSWORD_EXPIRED",
    "LOCKED_OUT",
    "SUSPENDED",
    "DEPROVISIONED",
];
const TYPES: [&str; 3] = ["OKTA_GROUP", "APP_GROUP", "BUILT_IN"];

/// The keys that a seed may have.
const KEYS: [&str; 9] =
    ["activation", "search_lag", "statuses", "since", "profiles", "types", "sessions", "apps", "rules"];

/// The status of a user; where the tenant says none, it is told by whether the user is active.
pub(super) fn status<'t>(tenant: &'t Tenant, user: &Resource) -> &'t str {
    let told = tenant.vendor["statuses"][&*user.id].as_str();
    let active = user.attributes.get("active") != Some(&Value::Bool(false));
    told.unwrap_or(if active { "ACTIVE" } else { "SUSPENDED" })
}

/// Moves a user to a status. The text of what happened.
pub(super) fn set_status(tenant: &mut Tenant, user: &Resource, status: &str, now: Timestamp) -> String {
    let effect = format!("user {}: status {} -> {status}", user.text("userName"), self::status(tenant, user));
    tenant.vendor["statuses"][&*user.id] = json!(status);
    tenant.vendor["since"][&*user.id] = json!(now.to_string());
    let mut user = user.clone();
    let usable = !matches!(status, "SUSPENDED" | "DEPROVISIONED" | "STAGED");
    user.attributes.insert("active".to_owned(), json!(usable));
    put_user(tenant, user, now);
    effect
}

pub(super) fn put_user(tenant: &mut Tenant, mut user: Resource, now: Timestamp) {
    user.version += 1;
    user.modified = Some(now);
    tenant.users.put(user);
}

/// Whether whoever is activated is active at once, because this organisation lets people in without a password, or only
/// after they have followed the link in a mail.
pub(super) fn activated(tenant: &Tenant) -> &'static str {
    if tenant.vendor["activation"] == json!("by-mail") { "PROVISIONED" } else { "ACTIVE" }
}

/// The type of a group.
pub(super) fn type_of<'t>(tenant: &'t Tenant, group: &str) -> &'t str {
    tenant.vendor["types"][group].as_str().unwrap_or(TYPES[0])
}

/// An id as Okta makes them.
pub(super) fn new_id(tenant: &mut Tenant, prefix: &str) -> String {
    let digits: String = tenant.new_id(prefix).chars().filter(char::is_ascii_alphanumeric).take(17).collect();
    format!("{prefix}{digits}")
}

/// The members of one of the tenant's maps.
pub(super) fn entries<'t>(tenant: &'t Tenant, key: &str) -> impl Iterator<Item = (&'t String, &'t Value)> {
    tenant.vendor[key].as_object().into_iter().flatten()
}

/// Completes what a seed leaves out: people may stand for their ids by login, and groups by name.
pub(super) fn complete(tenant: &mut Tenant) {
    if !tenant.vendor.is_object() {
        tenant.vendor = json!({});
    }
    for key in ["statuses", "since", "profiles"] {
        let renamed = renamed(tenant, key, Tenant::user_id);
        replace(tenant, key, renamed);
    }
    let types = renamed(tenant, "types", group_id);
    replace(tenant, "types", types);
    let sessions = listed(tenant, &tenant.vendor["sessions"], Tenant::user_id);
    tenant.vendor["sessions"] = sessions;
    for id in entries(tenant, "rules").map(|(id, _)| id.clone()).collect::<Vec<_>>() {
        let groups = listed(tenant, &tenant.vendor["rules"][&*id]["groups"], group_id);
        tenant.vendor["rules"][&*id]["groups"] = groups;
    }
    for id in entries(tenant, "apps").map(|(id, _)| id.clone()).collect::<Vec<_>>() {
        let app = &tenant.vendor["apps"][&*id];
        let groups = listed(tenant, &app["groups"], group_id);
        let users = listed(tenant, &app["users"], Tenant::user_id);
        let pushed = listed(tenant, &app["pushed"], group_id);
        let app = &mut tenant.vendor["apps"][&*id];
        (app["groups"], app["users"], app["pushed"]) = (groups, users, pushed);
    }
    refresh_active(tenant);
}

/// Statuses that a seed gives, told by `active` as well.
fn refresh_active(tenant: &mut Tenant) {
    let out_of_use = ["SUSPENDED", "DEPROVISIONED", "STAGED"];
    let told: Vec<(String, bool)> = entries(tenant, "statuses")
        .filter_map(|(id, status)| Some((id.clone(), !out_of_use.contains(&status.as_str()?))))
        .collect();
    for (id, usable) in told {
        if let Some(user) = tenant.users.get(&id) {
            let mut user = Resource::clone(user);
            user.attributes.insert("active".to_owned(), json!(usable));
            tenant.users.put(user);
        }
    }
}

fn group_id(tenant: &Tenant, text: &str) -> Option<String> {
    let found = tenant.groups.get(text).or_else(|| tenant.groups.named("displayName", text));
    found.map(|group| group.id.clone())
}

fn renamed(tenant: &Tenant, key: &str, id: fn(&Tenant, &str) -> Option<String>) -> Map<String, Value> {
    entries(tenant, key)
        .map(|(name, value)| (id(tenant, name).unwrap_or_else(|| name.clone()), value.clone()))
        .collect()
}

fn replace(tenant: &mut Tenant, key: &str, with: Map<String, Value>) {
    tenant.vendor[key] = Value::Object(with);
}

fn listed(tenant: &Tenant, names: &Value, id: fn(&Tenant, &str) -> Option<String>) -> Value {
    let names = names.as_array().into_iter().flatten().filter_map(Value::as_str);
    Value::from(names.map(|name| id(tenant, name).unwrap_or_else(|| name.to_owned())).collect::<Vec<_>>())
}

/// Whether a seed makes sense.
pub(super) fn check(tenant: &Tenant) -> Result<(), String> {
    let Some(vendor) = tenant.vendor.as_object() else { return Err("`vendor` is no map".to_owned()) };
    if let Some(key) = vendor.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("`vendor` has no key {key:?}; it may have {}", KEYS.join(", ")));
    }
    if !matches!(tenant.vendor["activation"].as_str(), None | Some("at-once" | "by-mail")) {
        return Err("`activation` is `at-once` or `by-mail`".to_owned());
    }
    one_of(tenant, "statuses", &STATUSES)?;
    one_of(tenant, "types", &TYPES)?;
    for key in ["statuses", "profiles"] {
        if let Some((who, _)) = entries(tenant, key).find(|(who, _)| tenant.user_id(who).is_none()) {
            return Err(format!("no user is called {who:?}, whom `{key}` names"));
        }
    }
    for (id, rule) in entries(tenant, "rules") {
        let text = rule["expression"].as_str().unwrap_or_default();
        rules::Expression::parse(text)
            .ok_or_else(|| format!("the rule {id:?} has an expression that is not emulated: {text:?}"))?;
    }
    Ok(())
}

fn one_of(tenant: &Tenant, key: &str, words: &[&str]) -> Result<(), String> {
    let wrong =
        entries(tenant, key).find(|(_, word)| !word.as_str().is_some_and(|word| words.contains(&word)));
    wrong.map_or(Ok(()), |(who, word)| {
        Err(format!("{who:?} has {word} under `{key}`; it may be {}", words.join(", ")))
    })
}
