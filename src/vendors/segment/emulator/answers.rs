//! What can be read.

use super::invalid;
use super::state::Workspace;
use crate::vendors::scim::emulator::exchange::Refusal;
use crate::vendors::scim::emulator::tenant::Resource;
use crate::vendors::scim::emulator::{Call, Reply, Tenant};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// More are not on one page.
const MOST: usize = 200;

/// What stands before a place in a list, in a cursor.
const CURSOR: &str = "from-";

pub(super) fn answer(tenant: &Tenant, workspace: &Workspace, call: &Call<'_>) -> Result<Reply, Refusal> {
    let most = tenant.behaviour.max_page;
    match *call.path {
        ["users"] => {
            let users: Vec<_> = tenant.users.iter().collect();
            page(call, most, ("users", &users), |one| with_permissions(one, workspace))
        }
        ["users", id] => {
            let found = tenant.users.get(id).ok_or_else(|| Refusal::not_found("This user"))?;
            Ok(data(&json!({ "user": with_permissions(found, workspace) })))
        }
        ["invites"] => {
            let invites: Vec<_> = workspace.invites.keys().collect();
            page(call, most, ("invites", &invites), |email| json!(email))
        }
        ["groups"] => {
            let groups: Vec<_> = tenant.groups.iter().collect();
            page(call, most, ("userGroups", &groups), |one| group(one))
        }
        ["groups", id] => Ok(data(&json!({ "userGroup": group(find_group(tenant, id)?) }))),
        ["groups", id, "users"] => {
            let members = find_group(tenant, id)?.member_ids();
            let members: Vec<_> = members.filter_map(|id| tenant.users.get(id)).collect();
            page(call, most, ("users", &members), |one| user(one))
        }
        ["groups", id, "invites"] => {
            find_group(tenant, id)?;
            let invites = workspace.invites.iter().filter(|(_, invite)| invite.groups.contains(id));
            let invites: Vec<_> = invites.map(|(email, _)| email).collect();
            page(call, most, ("emails", &invites), |email| json!(email))
        }
        ["roles"] => {
            let roles: Vec<_> = workspace.roles.iter().collect();
            page(call, most, ("roles", &roles), |role| json!(role))
        }
        _ => Err(Refusal::not_found("This path")),
    }
}

/// An answer's envelope.
pub(super) fn data(value: &Value) -> Reply {
    Reply::plain(StatusCode::OK, &json!({ "data": value }))
}

/// The page of a list that was asked for.
fn page<T>(
    call: &Call<'_>,
    most: usize,
    (name, all): (&str, &[T]),
    shown: impl Fn(&T) -> Value,
) -> Result<Reply, Refusal> {
    let count = call.request.parameter("pagination[count]").and_then(|count| count.parse::<usize>().ok());
    let count = count.filter(|count| (1..=MOST).contains(count));
    let count = count.ok_or_else(|| invalid("pagination.count must be from 1 to 200."))?;
    let start = match call.request.parameter("pagination[cursor]") {
        None => 0,
        Some(cursor) => {
            let place = cursor.strip_prefix(CURSOR).and_then(|place| place.parse::<usize>().ok());
            place.ok_or_else(|| invalid("This is no cursor."))?
        }
    };
    let end = all.len().min(start.saturating_add(count.min(most)));
    let items: Vec<Value> = all.get(start..end).unwrap_or_default().iter().map(shown).collect();
    let mut pagination = json!({ "current": format!("{CURSOR}{start}"), "totalEntries": all.len() });
    if end < all.len() {
        pagination["next"] = json!(format!("{CURSOR}{end}"));
    }
    let mut page = json!({ "pagination": pagination });
    page[name] = Value::Array(items);
    Ok(data(&page))
}

pub(super) fn find_group<'a>(tenant: &'a Tenant, id: &str) -> Result<&'a Resource, Refusal> {
    let group = tenant.groups.get(id).map(AsRef::as_ref);
    group.ok_or_else(|| Refusal::not_found("This group"))
}

fn user(user: &Resource) -> Value {
    json!({ "id": user.id, "name": user.text("displayName"), "email": user.text("userName") })
}

fn with_permissions(one: &Resource, workspace: &Workspace) -> Value {
    let mut shown = user(one);
    shown["permissions"] = json!(workspace.permissions_of(&one.id));
    shown
}

pub(super) fn group(group: &Resource) -> Value {
    json!({
        "id": group.id, "name": group.text("displayName"), "memberCount": group.member_ids().count(), "permissions": [],
    })
}
