//! The endpoints of users.

use super::super::account::{ACTIVE, APPROVED, SUSPENDED, UNACTIVATED};
use super::office::{self, Standing};
use super::page::page;
use super::{Answer, missing, seed, unprocessable};
use crate::vendors::scim::emulator::exchange::Refusal;
use crate::vendors::scim::emulator::tenant::Resource;
use crate::vendors::scim::emulator::{Call, Reply, Tenant};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What a client may write of a user here.
const WRITABLE: [&str; 7] = ["email", "username", "firstname", "lastname", "external_id", "status", "state"];

pub(super) fn list(tenant: &Tenant, call: &Call<'_>) -> Answer {
    let filters: Vec<(&str, String)> = ["email", "username", "external_id"]
        .into_iter()
        .filter_map(|name| Some((name, call.request.parameter(name)?.to_lowercase())))
        .collect();
    let fits = |user: &&Arc<Resource>| {
        tenant.behaviour.ignore_filter
            || filters.iter().all(|(name, wanted)| field(user, name).to_lowercase() == *wanted)
    };
    let found: Vec<&Arc<Resource>> = tenant.users.iter().filter(fits).collect();
    let fields: Option<Vec<&str>> = call.request.parameter("fields").map(|names| names.split(',').collect());
    page(tenant, call, &found, |user| {
        let mut shown = render(tenant, user);
        if let (Some(fields), Some(object)) = (&fields, shown.as_object_mut()) {
            object.retain(|name, _| fields.contains(&name.as_str()));
        }
        shown
    })
}

pub(super) fn show(tenant: &Tenant, id: &str) -> Answer {
    let user = tenant.users.get(id).ok_or_else(missing)?;
    let roles = tenant.groups.iter().filter(|role| role.member_ids().any(|member| member == id));
    let mut shown = render(tenant, user);
    shown["role_ids"] = roles.map(|role| json!(number(&role.id))).collect();
    Ok(Reply::plain(StatusCode::OK, &shown))
}

pub(super) fn create(tenant: &mut Tenant, call: &Call<'_>) -> Answer {
    let body = body(call)?;
    if text(&body, "email").is_empty() && text(&body, "username").is_empty() {
        return Err(unprocessable("Validation failed: Either an email or a username is required"));
    }
    check_unique(tenant, &body, None)?;
    let now = Some(call.now);
    let id = seed::next_id(tenant);
    let mut user = Resource { id, version: 1, created: now, modified: now, attributes: Map::new() };
    let mut standing =
        Standing { status: ACTIVE, state: APPROVED, activated: None, invited: None, signed_out: false };
    write(&mut user, &body);
    set_standing(&mut standing, &body)?;
    office::stand(tenant, &mut user, &standing);
    let effect = format!("user {} created", user.text("userName"));
    tenant.users.put(user.clone());
    Ok(Reply::plain(StatusCode::CREATED, &render(tenant, &user)).with_effect(effect))
}

pub(super) fn change(tenant: &mut Tenant, call: &Call<'_>, id: &str) -> Answer {
    let body = body(call)?;
    let before = tenant.users.get(id).ok_or_else(missing)?.clone();
    check_unique(tenant, &body, Some(id))?;
    let mut user = Resource::clone(&before);
    let old = render(tenant, &before);
    let mut standing = office::standing(tenant, &user);
    write(&mut user, &body);
    set_standing(&mut standing, &body)?;
    if standing != office::standing(tenant, &before) {
        office::stand(tenant, &mut user, &standing);
    }
    let new = render(tenant, &user);
    let parts: Vec<String> = WRITABLE
        .iter()
        .filter(|name| old[**name] != new[**name])
        .map(|name| format!("{name} {} -> {}", old[*name], new[*name]))
        .collect();
    let reply = Reply::plain(StatusCode::OK, &new);
    if parts.is_empty() {
        return Ok(reply);
    }
    user.version += 1;
    user.modified = Some(call.now);
    tenant.users.put(user);
    Ok(reply.with_effect(format!("user {}: {}", before.text("userName"), parts.join(", "))))
}

pub(super) fn delete(tenant: &mut Tenant, call: &Call<'_>, id: &str) -> Answer {
    let user = tenant.users.remove(id).ok_or_else(missing)?;
    if !tenant.behaviour.dangling_members {
        tenant.leave_groups(id, call.now);
    }
    office::forget(tenant, id);
    let effect = format!("user {} deleted", user.text("userName"));
    Ok(Reply::empty(StatusCode::NO_CONTENT).with_effect(effect))
}

pub(super) fn log_out(tenant: &mut Tenant, id: &str) -> Answer {
    let user = tenant.users.get(id).ok_or_else(missing)?.clone();
    let mut standing = office::standing(tenant, &user);
    let done = json!({ "status": { "error": false, "code": 200, "type": "success", "message": "Success" } });
    let reply = Reply::plain(StatusCode::OK, &done);
    if standing.signed_out {
        return Ok(reply);
    }
    standing.signed_out = true;
    let mut user = Resource::clone(&user);
    office::stand(tenant, &mut user, &standing);
    let effect = format!("user {}: sessions ended", user.text("userName"));
    tenant.users.put(user);
    Ok(reply.with_effect(effect))
}

/// A user as the API shows one.
pub(super) fn render(tenant: &Tenant, user: &Resource) -> Value {
    let standing = office::standing(tenant, user);
    let or_null = |name: &str| match field(user, name) {
        "" => Value::Null,
        text => Value::from(text),
    };
    json!({
        "id": number(&user.id), "email": or_null("email"), "username": or_null("username"),
        "firstname": or_null("firstname"), "lastname": or_null("lastname"),
        "external_id": or_null("external_id"), "status": standing.status, "state": standing.state,
        "activated_at": standing.activated, "invitation_sent_at": standing.invited, "locked_until": null,
        "created_at": user.created.map(|at| at.to_string()), "updated_at": user.modified.map(|at| at.to_string()),
    })
}

/// An id as the API writes it.
pub(super) fn number(id: &str) -> Value {
    id.parse::<u64>().map_or_else(|_| Value::from(id), Value::from)
}

/// A field of OneLogin's, where the shared tenant has it.
pub(super) fn field<'a>(user: &'a Resource, name: &str) -> &'a str {
    let display = user.text("displayName");
    let displayed = display.rsplit_once(' ').unwrap_or((display, ""));
    let part = |object: Option<&'a Value>, key: &str| object?.get(key)?.as_str();
    let found = match name {
        "email" => part(user.attributes.get("emails").and_then(|emails| emails.get(0)), "value"),
        "username" => Some(user.text("userName")),
        "external_id" => Some(user.text("externalId")),
        "firstname" => part(user.attributes.get("name"), "givenName").or(Some(displayed.0)),
        "lastname" => part(user.attributes.get("name"), "familyName").or(Some(displayed.1)),
        _ => None,
    };
    found.unwrap_or_default()
}

fn write(user: &mut Resource, body: &Map<String, Value>) {
    let new = |name: &str| match body.get(name) {
        Some(value) => value.as_str().unwrap_or_default().to_owned(),
        None => field(user, name).to_owned(),
    };
    let [email, username, external_id, first, last] =
        ["email", "username", "external_id", "firstname", "lastname"].map(new);
    let username = if username.is_empty() { email.clone() } else { username };
    let display = [first.as_str(), &last].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
    let values = [
        ("displayName", json!(display.join(" "))),
        ("name", json!({ "givenName": first, "familyName": last })),
        ("emails", json!([{ "value": email, "type": "work", "primary": true }])),
        ("externalId", json!(external_id)),
        ("userName", json!(username)),
    ];
    for (name, value) in values {
        user.attributes.insert(name.to_owned(), value);
    }
    if email.is_empty() {
        user.attributes.remove("emails");
    }
    if external_id.is_empty() {
        user.attributes.remove("externalId");
    }
}

fn set_standing(standing: &mut Standing, body: &Map<String, Value>) -> Result<(), Refusal> {
    let invalid = |name: &str| unprocessable(format!("invalid value in \"{name}\""));
    if let Some(status) = body.get("status") {
        let status = status.as_u64().filter(|one| matches!(one, 0..=5 | 7 | 8));
        standing.status = status.ok_or_else(|| invalid("status"))?;
    }
    if let Some(state) = body.get("state") {
        standing.state = state.as_u64().filter(|one| *one <= 3).ok_or_else(|| invalid("state"))?;
    }
    if body.contains_key("status") && !matches!(standing.status, SUSPENDED | UNACTIVATED) {
        standing.signed_out = false;
    }
    Ok(())
}

fn check_unique(tenant: &Tenant, body: &Map<String, Value>, own: Option<&str>) -> Result<(), Refusal> {
    for name in ["email", "username"] {
        let wanted = text(body, name).to_lowercase();
        let is_taken = |user: &Arc<Resource>| {
            own != Some(user.id.as_str()) && field(user, name).to_lowercase() == wanted
        };
        if !wanted.is_empty() && tenant.users.iter().any(is_taken) {
            return Err(unprocessable(format!("Validation failed: {name} has already been taken")));
        }
    }
    Ok(())
}

fn body(call: &Call<'_>) -> Result<Map<String, Value>, Refusal> {
    let Value::Object(body) = call.body()? else {
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "The body is no object."));
    };
    match body.keys().find(|key| !WRITABLE.contains(&key.as_str())) {
        Some(key) => Err(unprocessable(format!("unknown field {key:?}"))),
        None => Ok(body),
    }
}

fn text<'a>(body: &'a Map<String, Value>, name: &str) -> &'a str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}
