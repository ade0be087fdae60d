//! What a seed may leave out, and what it may not say.

use super::office::Office;
use crate::vendors::scim::emulator::Tenant;
use crate::vendors::scim::emulator::tenant::{Resource, Shelf};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Ids are greater than this, as in a tenant that has been in use for a while.
const FIRST_ID: u64 = 200_000;

/// Whether `vendor` makes sense.
///
/// # Errors
/// A sentence that says what does not.
pub(super) fn check(tenant: &Tenant) -> Result<(), String> {
    let office = Office::deserialize(&tenant.vendor).map_err(|error| format!("in `vendor`: {error}"))?;
    let apps = office.apps.values();
    let users = office.users.keys().chain(apps.clone().flat_map(|app| &app.users));
    for user in users {
        tenant.user_id(user).ok_or_else(|| format!("in `vendor`: no user is called {user:?}"))?;
    }
    let given = office.mappings.iter().flat_map(|mapping| &mapping.actions).flat_map(|one| &one.value);
    for role in apps.flat_map(|app| &app.roles).chain(given) {
        role_id(tenant, role).ok_or_else(|| format!("in `vendor`: no group is called {role:?}"))?;
    }
    match office.apps.keys().find(|id| id.parse::<u64>().is_err()) {
        Some(id) => Err(format!("in `vendor`: the id of the app {id:?} is no number")),
        None => Ok(()),
    }
}

fn role_id(tenant: &Tenant, text: &str) -> Option<String> {
    let found = tenant.groups.get(text).or_else(|| tenant.groups.named("displayName", text));
    found.map(|role| role.id.clone())
}

/// Gives everybody and every role a number, and puts ids where the seed has names.
pub(super) fn adopt(tenant: &mut Tenant) {
    let mut office = Office::of(tenant);
    resolve(tenant, &mut office);
    let users = renumber(tenant, |tenant| &mut tenant.users);
    let roles = renumber(tenant, |tenant| &mut tenant.groups);
    rename_members(tenant, &users);
    tenant.own = tenant.own.take().map(|own| users.get(&own).cloned().unwrap_or(own));
    let renamed = |ids: &mut Vec<String>, names: &BTreeMap<String, String>| {
        for id in ids.iter_mut() {
            if let Some(new) = names.get(id) {
                id.clone_from(new);
            }
        }
    };
    for app in office.apps.values_mut() {
        renamed(&mut app.users, &users);
        renamed(&mut app.roles, &roles);
    }
    for action in office.mappings.iter_mut().flat_map(|mapping| &mut mapping.actions) {
        renamed(&mut action.value, &roles);
    }
    let standings = std::mem::take(&mut office.users).into_iter();
    office.users = standings.map(|(id, one)| (users.get(&id).cloned().unwrap_or(id), one)).collect();
    office.store(tenant);
}

/// Ids in place of names.
fn resolve(tenant: &Tenant, office: &mut Office) {
    let user = |text: &String| tenant.user_id(text).unwrap_or_else(|| text.clone());
    let role = |text: &String| role_id(tenant, text).unwrap_or_else(|| text.clone());
    office.users = office.users.iter().map(|(id, one)| (user(id), one.clone())).collect();
    for app in office.apps.values_mut() {
        app.users = app.users.iter().map(user).collect();
        app.roles = app.roles.iter().map(role).collect();
    }
    for action in office.mappings.iter_mut().flat_map(|mapping| &mut mapping.actions) {
        action.value = action.value.iter().map(role).collect();
    }
}

/// Numbers for ids that are none, by the old id.
fn renumber(tenant: &mut Tenant, shelf: fn(&mut Tenant) -> &mut Shelf) -> BTreeMap<String, String> {
    let all: Vec<Resource> = shelf(tenant).iter().map(|one| Resource::clone(one)).collect();
    let mut names = BTreeMap::new();
    if all.iter().all(|one| one.id.parse::<u64>().is_ok()) {
        return names;
    }
    let mut numbered = Shelf::default();
    for mut resource in all {
        if resource.id.parse::<u64>().is_err() {
            let id = next_id(tenant);
            names.insert(std::mem::replace(&mut resource.id, id.clone()), id);
        }
        numbered.put(resource);
    }
    *shelf(tenant) = numbered;
    names
}

fn rename_members(tenant: &mut Tenant, names: &BTreeMap<String, String>) {
    if names.is_empty() {
        return;
    }
    let roles: Vec<Resource> = tenant.groups.iter().map(|role| Resource::clone(role)).collect();
    for mut role in roles {
        let ids = role.member_ids().map(|id| names.get(id).map_or(id, String::as_str));
        let members: Vec<Value> = ids.map(|id| json!({ "value": id })).collect();
        if !members.is_empty() {
            role.attributes.insert("members".to_owned(), Value::Array(members));
            tenant.groups.put(role);
        }
    }
}

/// A number that no user and no role has.
pub(super) fn next_id(tenant: &mut Tenant) -> String {
    loop {
        tenant.made += 1;
        let id = (FIRST_ID + tenant.made).to_string();
        if tenant.users.get(&id).is_none() && tenant.groups.get(&id).is_none() {
            return id;
        }
    }
}
