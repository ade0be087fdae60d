//! Applications, and whom they are given to: by themselves, or through groups.

use super::failure::{Answer, Failure};
use super::people::{by_id, login};
use super::show::{self, date, no_content, ok, page};
use super::state::{entries, status};
use crate::net::encode_component;
use crate::vendors::scim::emulator::Call;
use crate::vendors::scim::emulator::exchange::Refusal;
use crate::vendors::scim::emulator::tenant::Tenant;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Pages, unless asked and at most.
const APPS: (usize, usize) = (200, 200);
const USERS: (usize, usize) = (50, 500);
const GROUPS: (usize, usize) = (20, 200);
const MAPPINGS: (usize, usize) = (100, 1000);

/// By whom or what somebody has an application.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Given {
    Directly,
    /// Through the group of this id.
    By(String),
}

fn find<'t>(tenant: &'t Tenant, id: &str) -> Result<&'t Value, Failure> {
    tenant.vendor["apps"].get(id).ok_or_else(|| Failure::no_such("AppInstance", id))
}

fn texts<'t>(app: &'t Value, key: &str) -> impl Iterator<Item = &'t str> {
    app[key].as_array().into_iter().flatten().filter_map(Value::as_str)
}

fn label<'t>(id: &'t str, app: &'t Value) -> &'t str {
    app["label"].as_str().unwrap_or(id)
}

/// Who has it, and how. Whoever was deactivated has nothing.
fn given(tenant: &Tenant, app: &Value) -> BTreeMap<String, Given> {
    let usable = |id: &str| tenant.users.get(id).is_some_and(|user| status(tenant, user) != "DEPROVISIONED");
    let mut given = BTreeMap::new();
    for group in texts(app, "groups").filter_map(|id| tenant.groups.get(id)) {
        for user in group.member_ids().filter(|id| usable(id)) {
            given.entry(user.to_owned()).or_insert_with(|| Given::By(group.id.clone()));
        }
    }
    given.extend(texts(app, "users").filter(|id| usable(id)).map(|id| (id.to_owned(), Given::Directly)));
    given
}

pub(super) fn list(tenant: &Tenant, call: &Call<'_>) -> Answer {
    let q = call.request.parameter("q").unwrap_or_default().to_lowercase();
    let begins = |(id, app): &(&String, &Value)| label(id, app).to_lowercase().starts_with(&q);
    let found: Vec<(&String, &Value)> = entries(tenant, "apps").filter(begins).collect();
    Ok(page(tenant, call, APPS, &found, |(id, _)| id, |(id, app)| shown(id, app)))
}

pub(super) fn one(tenant: &Tenant, _call: &Call<'_>, id: &str) -> Answer {
    Ok(ok(&shown(id, find(tenant, id)?)))
}

fn shown(id: &str, app: &Value) -> Value {
    let pushes = texts(app, "pushed").next().is_some();
    let features: &[&str] = if pushes { &["PUSH_NEW_USERS", "GROUP_PUSH"] } else { &[] };
    json!({
        "id": id, "name": format!("embedded_{id}"), "label": label(id, app), "status": "ACTIVE",
        "signOnMode": "SAML_2_0", "created": date(None), "lastUpdated": date(None), "features": features,
    })
}

pub(super) fn users(tenant: &Tenant, call: &Call<'_>, id: &str) -> Answer {
    let given: Vec<(String, Given)> = given(tenant, find(tenant, id)?).into_iter().collect();
    Ok(page(
        tenant,
        call,
        USERS,
        &given,
        |(user, _)| user,
        |(user, how)| assignment(tenant, call, id, (user, how)),
    ))
}

pub(super) fn user(tenant: &Tenant, call: &Call<'_>, id: &str, user: &str) -> Answer {
    let given = given(tenant, find(tenant, id)?);
    let how = given.get(user).ok_or_else(|| Failure::no_such("AppUser", user))?;
    Ok(ok(&assignment(tenant, call, id, (user, how))))
}

fn assignment(tenant: &Tenant, call: &Call<'_>, app: &str, (user, how): (&str, &Given)) -> Value {
    let link =
        |kind: &str, id: &str| json!({ "href": format!("{}/{kind}/{}", call.base, encode_component(id)) });
    let mut links = json!({ "app": link("apps", app), "user": link("users", user) });
    let scope = match how {
        Given::Directly => "USER",
        Given::By(group) => {
            links["group"] = link("groups", group);
            "GROUP"
        }
    };
    json!({
        "id": user, "scope": scope, "status": "ACTIVE", "created": date(None), "lastUpdated": date(None),
        "credentials": { "userName": login(tenant, user) }, "profile": {}, "_links": links,
    })
}

pub(super) fn assign(tenant: &mut Tenant, call: &Call<'_>, id: &str) -> Answer {
    let body = call.body().map_err(|refusal: Refusal| Failure::of(&refusal))?;
    let user = body["id"].as_str().unwrap_or_default();
    let name = label(id, find(tenant, id)?).to_owned();
    if status(tenant, by_id(tenant, user)?) == "DEPROVISIONED" {
        return Err(Failure::invalid("user", vec!["user: A deactivated user cannot be assigned".to_owned()]));
    }
    let held = texts(find(tenant, id)?, "users").any(|one| one == user);
    if !held && let Some(users) = tenant.vendor["apps"][id]["users"].as_array_mut() {
        users.push(json!(user));
    }
    let reply = ok(&assignment(tenant, call, id, (user, &Given::Directly)));
    Ok(if held { reply } else { reply.with_effect(format!("app {name}: +{}", login(tenant, user))) })
}

/// What a group brings is not taken from one person. Whoever is in such a group keeps the application by that.
pub(super) fn unassign(tenant: &mut Tenant, id: &str, user: &str) -> Answer {
    let app = find(tenant, id)?;
    let name = label(id, app).to_owned();
    match given(tenant, app).get(user) {
        None => return Err(Failure::no_such("AppUser", user)),
        Some(Given::By(_)) => return Err(Failure::forbidden()),
        Some(Given::Directly) => {}
    }
    if let Some(users) = tenant.vendor["apps"][id]["users"].as_array_mut() {
        users.retain(|one| one != user);
    }
    Ok(no_content().with_effect(format!("app {name}: -{}", login(tenant, user))))
}

/// Takes every application that somebody has by themselves. Their labels.
pub(super) fn drop_user(tenant: &mut Tenant, user: &str) -> Vec<String> {
    let mut dropped = Vec::new();
    let Some(apps) = tenant.vendor["apps"].as_object_mut() else { return dropped };
    for (id, app) in apps {
        let name = label(id, app).to_owned();
        let Some(users) = app["users"].as_array_mut() else { continue };
        let before = users.len();
        users.retain(|one| one != user);
        if users.len() < before {
            dropped.push(name);
        }
    }
    dropped
}

pub(super) fn groups(tenant: &Tenant, call: &Call<'_>, id: &str) -> Answer {
    let groups: Vec<&str> = texts(find(tenant, id)?, "groups").collect();
    let expands = call.request.parameter("expand") == Some("group");
    Ok(page(
        tenant,
        call,
        GROUPS,
        &groups,
        |group| group,
        |group| {
            let mut shown = json!({ "id": group, "lastUpdated": date(None), "priority": 0, "profile": {} });
            if let Some(found) = tenant.groups.get(group).filter(|_| expands) {
                shown["_embedded"] = json!({ "group": show::group(tenant, call, found) });
            }
            shown
        },
    ))
}

pub(super) fn mappings(tenant: &Tenant, call: &Call<'_>, id: &str) -> Answer {
    let pushed: Vec<&str> = texts(find(tenant, id)?, "pushed").collect();
    Ok(page(
        tenant,
        call,
        MAPPINGS,
        &pushed,
        |group| group,
        |group| {
            let name = tenant.groups.get(group).map_or(*group, |group| group.text("displayName"));
            let href = format!("{}/groups/{}", call.base, encode_component(group));
            json!({
                "id": format!("gPm{group}"), "sourceGroupId": group, "targetGroupId": format!("target-{group}"),
                "status": "ACTIVE", "created": date(None), "lastUpdated": date(None), "lastPush": date(None),
                "_links": { "sourceGroup": { "href": href, "name": name } },
            })
        },
    ))
}

/// Makes an application of this id exist, which nobody has.
pub(super) fn furnish(tenant: &mut Tenant, id: &str) {
    if tenant.vendor["apps"].get(id).is_none() {
        tenant.vendor["apps"][id] = json!({ "label": id, "users": [], "groups": [], "pushed": [] });
    }
}
