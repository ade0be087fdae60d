//! The endpoints of apps, which nothing here changes.

use super::office::{self, App};
use super::page::page;
use super::people::{field, number};
use super::{Answer, missing};
use crate::vendors::scim::emulator::{Call, Reply, Tenant};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn render(id: &str, app: &App) -> Value {
    let roles: Vec<Value> = app.roles.iter().map(|role| number(role)).collect();
    json!({ "id": number(id), "name": app.name, "visible": true, "role_ids": roles })
}

pub(super) fn list(tenant: &Tenant, call: &Call<'_>) -> Answer {
    let apps: Vec<(String, App)> = office::apps(tenant).into_iter().collect();
    page(tenant, call, &apps, |(id, app)| render(id, app))
}

pub(super) fn show(tenant: &Tenant, id: &str) -> Answer {
    let apps = office::apps(tenant);
    let app = apps.get(id).ok_or_else(missing)?;
    Ok(Reply::plain(StatusCode::OK, &render(id, app)))
}

pub(super) fn of_role(tenant: &Tenant, call: &Call<'_>, role: &str) -> Answer {
    tenant.groups.get(role).ok_or_else(missing)?;
    let apps = office::apps(tenant).into_iter().filter(|(_, app)| app.roles.iter().any(|one| one == role));
    let apps: Vec<(String, App)> = apps.collect();
    page(tenant, call, &apps, |(id, app)| json!({ "id": number(id), "name": app.name }))
}

/// Whoever has the app, through a role or without one.
pub(super) fn users(tenant: &Tenant, call: &Call<'_>, id: &str) -> Answer {
    let apps = office::apps(tenant);
    let app = apps.get(id).ok_or_else(missing)?;
    let roles = app.roles.iter().filter_map(|role| tenant.groups.get(role));
    let through = roles.flat_map(|role| role.member_ids());
    let all: BTreeSet<&str> = through.chain(app.users.iter().map(String::as_str)).collect();
    let all: Vec<&str> = all.into_iter().filter(|id| tenant.users.get(id).is_some()).collect();
    page(tenant, call, &all, |user| {
        let of = |name: &str| tenant.users.get(user).map_or("", |user| field(user, name));
        json!({
            "id": number(user), "email": of("email"), "username": of("username"),
            "firstname": of("firstname"), "lastname": of("lastname"),
        })
    })
}
