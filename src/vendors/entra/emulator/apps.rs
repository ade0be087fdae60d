//! Apps, their roles, and to whom they were given.

use super::problem::{Outcome, Problem};
use super::query::{Object, nothing, page, show};
use super::users;
use crate::vendors::scim::emulator::{Call, Tenant};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// The role of those who have none.
const NO_ROLE: &str = "00000000-0000-0000-0000-000000000000";

/// An app as Graph shows it.
struct App<'a>(&'a Value);

impl Object for App<'_> {
    const PROPERTIES: &'static [&'static str] = &["id", "displayName", "appRoles"];

    fn id(&self) -> &str {
        text(self.0, "id")
    }

    fn kind(&self) -> &str {
        "#microsoft.graph.servicePrincipal"
    }

    fn property(&self, name: &str) -> Value {
        match name {
            "id" => json!(self.id()),
            "displayName" => json!(text(self.0, "name")),
            "appRoles" => roles(self.0).map(role).collect(),
            _ => Value::Null,
        }
    }
}

fn role(role: &Value) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.appRole",
        "id": role["id"],
        "value": role["value"],
        "displayName": if role["name"].is_string() { &role["name"] } else { &role["value"] },
        "allowedMemberTypes": ["User"],
        "isEnabled": true,
    })
}

/// One assignment as Graph shows it.
struct Assignment<'a> {
    app: &'a Value,
    one: &'a Value,
    tenant: &'a Tenant,
}

impl Object for Assignment<'_> {
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "appRoleId",
        "principalId",
        "principalType",
        "principalDisplayName",
        "resourceId",
        "resourceDisplayName",
        "createdDateTime",
    ];

    fn id(&self) -> &str {
        text(self.one, "id")
    }

    fn kind(&self) -> &str {
        "#microsoft.graph.appRoleAssignment"
    }

    fn property(&self, name: &str) -> Value {
        let principal = text(self.one, "principal");
        let group = self.tenant.groups.get(principal);
        match name {
            "id" => json!(self.id()),
            "appRoleId" => json!(role_of(self.one)),
            "principalId" => json!(principal),
            "principalType" => json!(if group.is_some() { "Group" } else { "User" }),
            "principalDisplayName" => {
                json!(group.or(self.tenant.users.get(principal)).map(|one| one.text("displayName")))
            }
            "resourceId" => json!(text(self.app, "id")),
            "resourceDisplayName" => json!(text(self.app, "name")),
            "createdDateTime" => self.one.get("since").cloned().unwrap_or(Value::Null),
            _ => Value::Null,
        }
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn part<'a>(app: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    app.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn roles(app: &Value) -> impl Iterator<Item = &Value> {
    part(app, "roles")
}

fn role_of(assignment: &Value) -> &str {
    assignment.get("role").and_then(Value::as_str).unwrap_or(NO_ROLE)
}

fn all(tenant: &Tenant) -> impl Iterator<Item = &Value> {
    part(&tenant.vendor, "apps")
}

fn find<'a>(tenant: &'a Tenant, id: &str) -> Result<&'a Value, Problem> {
    all(tenant).find(|app| text(app, "id") == id).ok_or_else(|| Problem::missing(id))
}

/// Makes an app exist.
pub(super) fn furnish(tenant: &mut Tenant, id: &str) {
    if find(tenant, id).is_ok() {
        return;
    }
    if !tenant.vendor["apps"].is_array() {
        tenant.vendor["apps"] = json!([]);
    }
    if let Some(apps) = tenant.vendor["apps"].as_array_mut() {
        apps.push(json!({ "id": id, "name": format!("App {id}"), "roles": [], "assignments": [] }));
    }
}

pub(super) fn list(tenant: &Tenant, call: &Call<'_>) -> Outcome {
    page(tenant, call, all(tenant).map(App))
}

pub(super) fn get(tenant: &Tenant, call: &Call<'_>, id: &str) -> Outcome {
    show(call, StatusCode::OK, &App(find(tenant, id)?))
}

pub(super) fn assigned(tenant: &Tenant, call: &Call<'_>, id: &str) -> Outcome {
    let app = find(tenant, id)?;
    page(tenant, call, part(app, "assignments").map(|one| Assignment { app, one, tenant }))
}

/// What a user was given, be it themselves or through a group that they are in.
pub(super) fn of_user(tenant: &Tenant, call: &Call<'_>, id: &str) -> Outcome {
    let user = users::find(tenant, call, id)?;
    let through = |group: &str| {
        tenant.groups.get(group).is_some_and(|group| group.member_ids().any(|member| member == user.id))
    };
    let given = all(tenant).flat_map(|app| part(app, "assignments").map(move |one| (app, one)));
    let given = given.filter(|(_, one)| {
        let principal = text(one, "principal");
        principal == user.id || through(principal)
    });
    page(tenant, call, given.map(|(app, one)| Assignment { app, one, tenant }))
}

pub(super) fn assign(tenant: &mut Tenant, call: &Call<'_>, id: &str) -> Outcome {
    let app = find(tenant, id)?;
    let body = call.body()?;
    let (principal, role) = (text(&body, "principalId"), text(&body, "appRoleId"));
    if text(&body, "resourceId") != id {
        return Err(Problem::bad("The resource of the assignment is not the one that it is made on."));
    }
    let named = match tenant.groups.get(principal) {
        Some(group) => group.text("displayName").to_owned(),
        None => users::find(tenant, call, principal)?.text("userName").to_owned(),
    };
    let known = roles(app).find(|known| text(known, "id") == role);
    if known.is_none() && (role != NO_ROLE || roles(app).next().is_some()) {
        return Err(Problem::bad("Permission being assigned was not found on application."));
    }
    if part(app, "assignments").any(|one| text(one, "principal") == principal && role_of(one) == role) {
        return Err(Problem::bad("Permission being assigned already exists on the object."));
    }
    let effect = format!("app {}: +{named} ({})", text(app, "name"), known.map_or("default", called));
    let one = json!({
        "id": tenant.new_id("Assignment"), "role": role, "principal": principal, "since": call.now,
    });
    if let Some(assignments) = assignments(tenant, id) {
        assignments.push(one.clone());
    }
    let shown = Assignment { app: find(tenant, id)?, one: &one, tenant };
    Ok(show(call, StatusCode::CREATED, &shown)?.with_effect(effect))
}

pub(super) fn unassign(tenant: &mut Tenant, _call: &Call<'_>, (id, one): (&str, &str)) -> Outcome {
    let app = find(tenant, id)?;
    let held = part(app, "assignments").find(|held| text(held, "id") == one);
    let held = held.ok_or_else(|| Problem::missing(one))?;
    let principal = text(held, "principal");
    let named = tenant.users.get(principal).map_or(principal, |user| user.text("userName"));
    let role = roles(app).find(|known| text(known, "id") == role_of(held)).map_or("default", called);
    let effect = format!("app {}: -{named} ({role})", text(app, "name"));
    if let Some(assignments) = assignments(tenant, id) {
        assignments.retain(|held| text(held, "id") != one);
    }
    Ok(nothing().with_effect(effect))
}

fn called(role: &Value) -> &str {
    let value = text(role, "value");
    if value.is_empty() { text(role, "name") } else { value }
}

fn assignments<'a>(tenant: &'a mut Tenant, id: &str) -> Option<&'a mut Vec<Value>> {
    let apps = tenant.vendor.get_mut("apps").and_then(Value::as_array_mut)?;
    let app = apps.iter_mut().find(|app| text(app, "id") == id)?.as_object_mut()?;
    app.entry("assignments").or_insert_with(|| json!([])).as_array_mut()
}
