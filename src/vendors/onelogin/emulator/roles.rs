//! The endpoints of roles.

use super::page::page;
use super::people::{field, number};
use super::{Answer, missing, office, seed, unprocessable};
use crate::vendors::scim::emulator::exchange::Refusal;
use crate::vendors::scim::emulator::tenant::Resource;
use crate::vendors::scim::emulator::{Call, Reply, Tenant};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// As many users as one request may name.
const TOGETHER: usize = 100;

pub(super) fn list(tenant: &Tenant, call: &Call<'_>) -> Answer {
    let apps = office::apps(tenant);
    let all: Vec<&Arc<Resource>> = tenant.groups.iter().collect();
    page(tenant, call, &all, |role| {
        let carried = apps.iter().filter(|(_, app)| app.roles.contains(&role.id));
        let carried: Vec<Value> = carried.map(|(id, _)| number(id)).collect();
        json!({ "id": number(&role.id), "name": role.text("displayName"), "apps": carried })
    })
}

pub(super) fn show(tenant: &Tenant, id: &str) -> Answer {
    let role = tenant.groups.get(id).ok_or_else(missing)?;
    let users: Vec<Value> = role.member_ids().map(number).collect();
    let shown = json!({ "id": number(id), "name": role.text("displayName"), "users": users });
    Ok(Reply::plain(StatusCode::OK, &shown))
}

pub(super) fn create(tenant: &mut Tenant, call: &Call<'_>) -> Answer {
    let body = call.body()?;
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default();
    if name.trim().is_empty() {
        return Err(unprocessable("invalid value in \"name\""));
    }
    if !tenant.behaviour.duplicate_groups && tenant.groups.named("displayName", name).is_some() {
        return Err(unprocessable("Validation failed: Name has already been taken"));
    }
    let now = Some(call.now);
    let id = seed::next_id(tenant);
    let attributes = Map::from_iter([("displayName".to_owned(), Value::from(name))]);
    tenant.groups.put(Resource { id: id.clone(), version: 1, created: now, modified: now, attributes });
    let made = json!([{ "id": number(&id) }]);
    Ok(Reply::plain(StatusCode::CREATED, &made).with_effect(format!("group {name} created")))
}

pub(super) fn users(tenant: &Tenant, call: &Call<'_>, id: &str) -> Answer {
    let role = tenant.groups.get(id).ok_or_else(missing)?;
    // Not by name, of which there may be many thousands that are on another page.
    let members = role.attributes.get("members").and_then(Value::as_array);
    page(tenant, call, members.map(Vec::as_slice).unwrap_or_default(), |member| {
        let member = member.get("value").and_then(Value::as_str).unwrap_or_default();
        let user = tenant.users.get(member);
        let of = |name: &str| user.map_or("", |user| field(user, name));
        json!({
            "id": number(member), "name": user.map_or("", |user| user.text("displayName")),
            "username": of("username"), "email": of("email"), "added_by": null, "added_at": null, "assigned": true,
        })
    })
}

/// Puts users into a role, or takes them out: all of them or nobody.
pub(super) fn change(tenant: &mut Tenant, call: &Call<'_>, id: &str, gain: bool) -> Answer {
    let role = tenant.groups.get(id).ok_or_else(missing)?.clone();
    let named = named(&call.body()?)?;
    if let Some(stranger) = named.iter().find(|user| gain && tenant.users.get(user).is_none()) {
        return Err(unprocessable(format!("There is no user {stranger}")));
    }
    let reply = match gain {
        true => {
            let ids: Vec<Value> = named.iter().map(|id| json!({ "id": number(id) })).collect();
            Reply::plain(StatusCode::OK, &Value::Array(ids))
        }
        false => Reply::empty(StatusCode::NO_CONTENT),
    };
    match set(tenant, &role, &named, gain, call) {
        Some(effect) => Ok(reply.with_effect(effect)),
        None => Ok(reply),
    }
}

/// What it did; none where everybody was where they should be.
pub(super) fn set(
    tenant: &mut Tenant,
    role: &Resource,
    named: &BTreeSet<String>,
    gain: bool,
    call: &Call<'_>,
) -> Option<String> {
    let present: BTreeSet<&str> = role.member_ids().collect();
    let moved: BTreeSet<&str> =
        named.iter().map(String::as_str).filter(|id| present.contains(id) != gain).collect();
    if moved.is_empty() {
        return None;
    }
    let stay = role.member_ids().filter(|id| gain || !moved.contains(id));
    let come = moved.iter().copied().filter(|_| gain);
    let members: Vec<Value> = stay.chain(come).map(|id| json!({ "value": id })).collect();
    let mut changed = role.clone();
    changed.attributes.insert("members".to_owned(), Value::Array(members));
    changed.version += 1;
    changed.modified = Some(call.now);
    tenant.groups.put(changed);
    let called = |id: &str| tenant.users.get(id).map_or(id, |user| user.text("userName")).to_owned();
    let sign = if gain { '+' } else { '-' };
    let mut parts: Vec<String> = moved.iter().map(|id| format!("{sign}{}", called(id))).collect();
    parts.sort();
    Some(format!("group {}: {}", role.text("displayName"), parts.join(", ")))
}

fn named(body: &Value) -> Result<BTreeSet<String>, Refusal> {
    let id = |id: &Value| id.as_u64().map(|id| id.to_string());
    let ids = body.as_array().and_then(|ids| ids.iter().map(id).collect::<Option<BTreeSet<_>>>());
    let ids = ids.ok_or_else(|| unprocessable("The body must be an array of the ids of users"))?;
    if ids.is_empty() || ids.len() > TOGETHER {
        return Err(unprocessable(format!("1 to {TOGETHER} users can be named at once")));
    }
    Ok(ids)
}
