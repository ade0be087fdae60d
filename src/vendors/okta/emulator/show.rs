//! Lists in pages, and how people, groups, rules and applications are answered.

use super::state::{status, type_of};
use crate::net::encode_component;
use crate::vendors::scim::emulator::exchange::Reply;
use crate::vendors::scim::emulator::tenant::{Resource, Tenant};
use crate::vendors::scim::emulator::{Behaviour, Call};
use axum::http::{StatusCode, header};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(super) fn ok(value: &Value) -> Reply {
    Reply::plain(StatusCode::OK, value)
}

pub(super) fn no_content() -> Reply {
    Reply::empty(StatusCode::NO_CONTENT)
}

/// One page of a list: what is asked for, and at most `most` of it. A cursor names the last item of the page before and
/// its place, should that item be gone by then.
pub(super) fn page<'t, T>(
    tenant: &Tenant,
    call: &Call<'_>,
    (usual, most): (usize, usize),
    items: &'t [T],
    id: impl Fn(&'t T) -> &'t str,
    show: impl Fn(&'t T) -> Value,
) -> Reply {
    let limit = call.request.parameter("limit").and_then(|limit| limit.parse().ok()).unwrap_or(usual);
    // What a SCIM server has on a page unless it is told otherwise is no figure of Okta's.
    let told = tenant.behaviour.max_page;
    let most = if told < Behaviour::default().max_page { told.min(most) } else { most };
    let limit = limit.clamp(1, most.max(1));
    let start = call.request.parameter("after").map_or(0, |after| {
        let (place, last) = after.split_once('.').unwrap_or_default();
        let place = place.parse().unwrap_or(0);
        items.iter().position(|item| id(item) == last).map_or(place, |at| at + 1)
    });
    let shown: Vec<&T> = items.iter().skip(start).take(limit).collect();
    let reply = ok(&Value::from(shown.iter().map(|item| show(item)).collect::<Vec<_>>()));
    let end = start + shown.len();
    let reply = reply.with_header(header::LINK, link(call, None, "self"));
    match shown.last().filter(|_| end < items.len()) {
        Some(last) => {
            reply.with_header(header::LINK, link(call, Some(format!("{end}.{}", id(last))), "next"))
        }
        None => reply,
    }
}

fn link(call: &Call<'_>, after: Option<String>, relation: &str) -> String {
    let path: Vec<String> = call.path.iter().map(|segment| encode_component(segment)).collect();
    let kept = call.request.query.iter().filter(|(key, _)| key != "after" || after.is_none());
    let mut query: Vec<String> =
        kept.map(|(key, value)| format!("{}={}", encode_component(key), encode_component(value))).collect();
    query.extend(after.map(|after| format!("after={}", encode_component(&after))));
    format!("<{}/{}?{}>; rel=\"{relation}\"", call.base, path.join("/"), query.join("&"))
}

pub(super) fn date(at: Option<Timestamp>) -> String {
    at.unwrap_or_default().strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// A member of a user's name.
fn name_part(user: &Resource, part: &str) -> Value {
    user.attributes.get("name").and_then(|name| name.get(part)).cloned().unwrap_or_default()
}

/// The address that mails go to.
pub(super) fn email(user: &Resource) -> String {
    let first = user.attributes.get("emails").and_then(|emails| emails.pointer("/0/value"));
    first.and_then(Value::as_str).unwrap_or_else(|| user.text("userName")).to_owned()
}

pub(super) fn profile(tenant: &Tenant, user: &Resource) -> Value {
    let mut profile = tenant.vendor["profiles"][&*user.id].as_object().cloned().unwrap_or_default();
    profile.insert("login".to_owned(), json!(user.text("userName")));
    profile.insert("email".to_owned(), json!(email(user)));
    profile.insert("firstName".to_owned(), name_part(user, "givenName"));
    profile.insert("lastName".to_owned(), name_part(user, "familyName"));
    if let Some(name) = user.attributes.get("displayName") {
        profile.insert("displayName".to_owned(), name.clone());
    }
    Value::Object(profile)
}

pub(super) fn user(tenant: &Tenant, call: &Call<'_>, user: &Resource) -> Value {
    let status = status(tenant, user);
    let since = tenant.vendor["since"][&*user.id].as_str().and_then(|at| at.parse().ok());
    let changed = date(since.or(user.created));
    json!({
        "id": user.id, "status": status, "created": date(user.created), "lastUpdated": date(user.modified),
        "statusChanged": changed, "activated": if status == "STAGED" { Value::Null } else { json!(changed) },
        "lastLogin": null, "passwordChanged": null, "type": { "id": "oty0embedded0" },
        "profile": profile(tenant, user),
        "credentials": { "provider": { "type": "OKTA", "name": "OKTA" } },
        "_links": { "self": { "href": format!("{}/users/{}", call.base, encode_component(&user.id)) } },
    })
}

pub(super) fn group(tenant: &Tenant, call: &Call<'_>, group: &Resource) -> Value {
    let link = format!("{}/groups/{}", call.base, encode_component(&group.id));
    json!({
        "id": group.id, "created": date(group.created), "lastUpdated": date(group.created),
        "lastMembershipUpdated": date(group.modified), "objectClass": ["okta:user_group"],
        "type": type_of(tenant, &group.id), "profile": { "name": group.text("displayName") },
        "_links": { "users": { "href": format!("{link}/users") }, "apps": { "href": format!("{link}/apps") } },
    })
}
