//! Groups and who is in them.

use super::failure::{Answer, Failure};
use super::people::{by_id, login};
use super::show::{self, no_content, ok, page};
use super::state::{new_id, type_of};
use crate::vendors::scim::emulator::Call;
use crate::vendors::scim::emulator::exchange::Refusal;
use crate::vendors::scim::emulator::tenant::{Resource, Tenant};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

/// Groups on one page.
const PAGE: (usize, usize) = (200, 200);

/// As many as a look-up by the beginning of a name finds; it has no second page.
const LOOKED_UP: usize = 300;

/// Members on one page. The description still speaks of more, and advises this.
const MEMBERS: (usize, usize) = (200, 200);

pub(super) fn find<'t>(tenant: &'t Tenant, id: &str) -> Result<&'t Arc<Resource>, Failure> {
    tenant.groups.get(id).ok_or_else(|| Failure::no_such("UserGroup", id))
}

pub(super) fn list(tenant: &Tenant, call: &Call<'_>) -> Answer {
    let all = tenant.groups.iter();
    if let Some(q) = call.request.parameter("q") {
        let q = q.to_lowercase();
        let limit = call.request.parameter("limit").and_then(|limit| limit.parse().ok()).unwrap_or(LOOKED_UP);
        let found = all.filter(|group| group.text("displayName").to_lowercase().starts_with(&q)).take(limit);
        return Ok(ok(&found.map(|group| show::group(tenant, call, group)).collect()));
    }
    let all: Vec<&Arc<Resource>> = all.collect();
    Ok(page(tenant, call, PAGE, &all, |group| &group.id, |group| show::group(tenant, call, group)))
}

pub(super) fn one(tenant: &Tenant, call: &Call<'_>, id: &str) -> Answer {
    Ok(ok(&show::group(tenant, call, find(tenant, id)?)))
}

pub(super) fn create(tenant: &mut Tenant, call: &Call<'_>) -> Answer {
    let body = call.body().map_err(|refusal: Refusal| Failure::of(&refusal))?;
    let name = body.pointer("/profile/name").and_then(Value::as_str).unwrap_or_default();
    if name.is_empty() {
        return Err(Failure::invalid("name", vec!["name: The field cannot be left blank".to_owned()]));
    }
    let own = |group: &Arc<Resource>| {
        type_of(tenant, &group.id) == "OKTA_GROUP" && group.text("displayName") == name
    };
    if tenant.groups.iter().any(own) {
        let cause = "name: An object with this field already exists in the current organization";
        return Err(Failure::invalid("name", vec![cause.to_owned()]));
    }
    let id = new_id(tenant, "00g");
    put_new(tenant, &id, name, Some(call.now));
    let effect = format!("group {name} created");
    Ok(ok(&show::group(tenant, call, find(tenant, &id)?)).with_effect(effect))
}

fn put_new(tenant: &mut Tenant, id: &str, name: &str, now: Option<Timestamp>) {
    let mut attributes = serde_json::Map::new();
    attributes.insert("displayName".to_owned(), json!(name));
    tenant.groups.put(Resource { id: id.to_owned(), version: 1, created: now, modified: now, attributes });
}

/// Makes a group of this id exist.
pub(super) fn furnish(tenant: &mut Tenant, id: &str) {
    if tenant.groups.get(id).is_none() {
        put_new(tenant, id, &format!("The {id}"), None);
    }
}

/// Whoever was deactivated is still a member, and listed with that status.
pub(super) fn members(tenant: &Tenant, call: &Call<'_>, id: &str) -> Answer {
    let group = find(tenant, id)?;
    let members: Vec<&str> = group.member_ids().collect();
    // Somebody whom a seed names and nobody knows is a member without a profile.
    let show = |id: &&str| {
        tenant.users.get(id).map_or_else(|| json!({ "id": id }), |user| show::user(tenant, call, user))
    };
    Ok(page(tenant, call, MEMBERS, &members, |id| id, show))
}

pub(super) fn join(tenant: &mut Tenant, call: &Call<'_>, id: &str, user: &str) -> Answer {
    let (name, login) = changeable(tenant, id, user)?;
    let reply = no_content();
    Ok(if add(tenant, id, user, call.now) {
        reply.with_effect(format!("group {name}: +{login}"))
    } else {
        reply
    })
}

pub(super) fn leave(tenant: &mut Tenant, call: &Call<'_>, id: &str, user: &str) -> Answer {
    let (name, login) = changeable(tenant, id, user)?;
    let reply = no_content();
    Ok(if remove(tenant, id, user, call.now) {
        reply.with_effect(format!("group {name}: -{login}"))
    } else {
        reply
    })
}

/// The names of both, where people change who is in the group.
fn changeable(tenant: &Tenant, id: &str, user: &str) -> Result<(String, String), Failure> {
    let (group, user) = (find(tenant, id)?, by_id(tenant, user)?);
    if type_of(tenant, id) != "OKTA_GROUP" {
        return Err(Failure::forbidden());
    }
    Ok((group.text("displayName").to_owned(), login(tenant, &user.id)))
}

/// Puts a user into a group; whether that changed anything.
pub(super) fn add(tenant: &mut Tenant, group: &str, user: &str, now: Timestamp) -> bool {
    change(tenant, group, now, |members| {
        let is_in = members.iter().any(|member| member["value"] == user);
        if !is_in {
            members.push(json!({ "value": user }));
        }
        !is_in
    })
}

fn remove(tenant: &mut Tenant, group: &str, user: &str, now: Timestamp) -> bool {
    change(tenant, group, now, |members| {
        let before = members.len();
        members.retain(|member| member["value"] != user);
        members.len() < before
    })
}

fn change(
    tenant: &mut Tenant,
    group: &str,
    now: Timestamp,
    how: impl FnOnce(&mut Vec<Value>) -> bool,
) -> bool {
    let Some(group) = tenant.groups.get(group) else { return false };
    let mut group = Resource::clone(group);
    let members = group.attributes.entry("members").or_insert_with(|| json!([]));
    let changed = members.as_array_mut().is_some_and(how);
    if changed {
        group.version += 1;
        group.modified = Some(now);
        tenant.groups.put(group);
    }
    changed
}
