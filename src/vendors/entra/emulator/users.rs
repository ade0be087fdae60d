//! Users and invitations.

use super::problem::{Outcome, Problem};
use super::query::{Object, nothing, page, show};
use super::state::{self, Settings};
use crate::domain::Email;
use crate::vendors::scim::emulator::tenant::Resource;
use crate::vendors::scim::emulator::{Call, Reply, Tenant};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A user as Graph shows it.
pub(super) struct User<'a> {
    resource: &'a Resource,
    part: &'a Value,
    domain: &'a str,
}

impl<'a> User<'a> {
    fn new(tenant: &'a Tenant, settings: &'a Settings, resource: &'a Resource) -> Self {
        let domain = settings.domains.first().map_or("", String::as_str);
        Self { resource, part: state::of_user(tenant, &resource.id), domain }
    }

    fn is_guest(&self) -> bool {
        self.resource.text("userType") == "Guest"
    }

    fn mails(&self) -> Vec<&str> {
        let emails = self.resource.attributes.get("emails").and_then(Value::as_array);
        let mut emails: Vec<&Value> = emails.into_iter().flatten().collect();
        emails.sort_by_key(|email| email["primary"] != true);
        emails.iter().filter_map(|email| email["value"].as_str()).collect()
    }

    /// A guest's sign-in name has that of the other home in it.
    fn principal_name(&self) -> String {
        let name = self.resource.text("userName");
        match self.is_guest() {
            true => format!("{}#EXT#@{}", name.replace('@', "_"), self.domain),
            false => name.to_owned(),
        }
    }
}

impl Object for User<'_> {
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "userPrincipalName",
        "mail",
        "otherMails",
        "displayName",
        "accountEnabled",
        "userType",
        "externalUserState",
        "externalUserStateChangeDateTime",
        "createdDateTime",
    ];

    fn id(&self) -> &str {
        &self.resource.id
    }

    fn kind(&self) -> &str {
        "#microsoft.graph.user"
    }

    fn property(&self, name: &str) -> Value {
        let told = |key: &str| self.part.get(key).cloned().unwrap_or(Value::Null);
        match name {
            "id" => json!(self.resource.id),
            "userPrincipalName" => json!(self.principal_name()),
            "mail" => json!(self.mails().first()),
            "otherMails" => json!(self.mails().get(1..).unwrap_or_default()),
            "displayName" => self.resource.attributes.get("displayName").cloned().unwrap_or(Value::Null),
            "accountEnabled" => json!(self.resource.attributes.get("active") != Some(&json!(false))),
            "userType" => json!(if self.is_guest() { "Guest" } else { "Member" }),
            "externalUserState" => told("state"),
            "externalUserStateChangeDateTime" => told("since"),
            "createdDateTime" => json!(self.resource.created),
            _ => Value::Null,
        }
    }
}

pub(super) fn list(tenant: &Tenant, call: &Call<'_>) -> Outcome {
    let settings = state::settings(tenant);
    let there = tenant.users.iter().filter(|user| state::shows(user, &settings, call.now));
    page(tenant, call, there.map(|user| User::new(tenant, &settings, user)))
}

/// The user of this id, or of this sign-in name.
pub(super) fn find(tenant: &Tenant, call: &Call<'_>, id: &str) -> Result<Arc<Resource>, Problem> {
    let settings = state::settings(tenant);
    let found = tenant.users.get(id).or_else(|| tenant.users.named("userName", id));
    let found = found.filter(|user| state::shows(user, &settings, call.now));
    found.cloned().ok_or_else(|| Problem::missing(id))
}

pub(super) fn get(tenant: &Tenant, call: &Call<'_>, id: &str) -> Outcome {
    let user = find(tenant, call, id)?;
    show(call, StatusCode::OK, &User::new(tenant, &state::settings(tenant), &user))
}

pub(super) fn patch(tenant: &mut Tenant, call: &Call<'_>, id: &str) -> Outcome {
    let user = find(tenant, call, id)?;
    if state::is(state::of_user(tenant, &user.id), "synced") {
        return Err(Problem::bad(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects \
             currently undergoing migration.",
        ));
    }
    let Value::Object(changes) = call.body()? else {
        return Err(Problem::bad("The body must be an object."));
    };
    let mut changed = Resource::clone(&user);
    for (name, value) in &changes {
        set(&mut changed.attributes, name, value)?;
    }
    let name = changed.text("userName").to_owned();
    if tenant.users.named("userName", &name).is_some_and(|other| other.id != user.id) {
        return Err(Problem::bad(
            "Another object with the same value for property userPrincipalName already exists.",
        ));
    }
    let effect = difference(&user, &changed);
    if changed.attributes.get("active") == Some(&json!(true)) && effect.is_some() {
        // Whoever may sign in again does.
        forget_sign_out(tenant, &user.id);
    }
    changed.modified = Some(call.now);
    tenant.users.put(changed);
    Ok(Reply { effect, ..nothing() })
}

fn set(attributes: &mut Map<String, Value>, name: &str, value: &Value) -> Result<(), Problem> {
    let text = || {
        let text = value.as_str().filter(|text| !text.is_empty());
        text.ok_or_else(|| Problem::bad(format!("Invalid value specified for property '{name}'.")))
    };
    match name {
        "@odata.type" => {}
        "accountEnabled" if value.is_boolean() => drop(attributes.insert("active".to_owned(), value.clone())),
        "displayName" => drop(attributes.insert(name.to_owned(), json!(text()?))),
        "userPrincipalName" => drop(attributes.insert("userName".to_owned(), json!(text()?))),
        "mail" => {
            let email = json!([{ "value": text()?, "type": "work", "primary": true }]);
            attributes.insert("emails".to_owned(), email);
        }
        _ => return Err(Problem::bad(format!("Property '{name}' is read-only and cannot be set."))),
    }
    Ok(())
}

fn difference(before: &Resource, after: &Resource) -> Option<String> {
    let shown =
        |user: &Resource, name: &str| user.attributes.get(name).map(Value::to_string).unwrap_or_default();
    let names = ["userName", "displayName", "active"].into_iter();
    let parts = names.map(|name| (name, shown(before, name), shown(after, name)));
    let parts =
        parts.filter(|(_, old, new)| old != new).map(|(name, old, new)| format!("{name} {old} -> {new}"));
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| format!("user {}: {}", before.text("userName"), parts.join(", ")))
}

fn forget_sign_out(tenant: &mut Tenant, id: &str) {
    let part = tenant.vendor.get_mut("users").and_then(|users| users.get_mut(id));
    if let Some(part) = part.and_then(Value::as_object_mut) {
        part.remove("signed_out");
    }
}

pub(super) fn delete(tenant: &mut Tenant, call: &Call<'_>, id: &str) -> Outcome {
    let user = find(tenant, call, id)?;
    tenant.leave_groups(&user.id, call.now);
    state::forget(tenant, &user.id);
    tenant.users.remove(&user.id);
    Ok(nothing().with_effect(format!("user {} deleted", user.text("userName"))))
}

pub(super) fn sign_out(tenant: &mut Tenant, call: &Call<'_>, id: &str) -> Outcome {
    let user = find(tenant, call, id)?;
    let had_sessions = state::of_user(tenant, &user.id).get("signed_out").is_none_or(Value::is_null);
    state::note(tenant, &user.id, "signed_out", json!(call.now));
    let reply = Reply::plain(StatusCode::OK, &json!({ "value": true }));
    let effect = had_sessions.then(|| format!("user {}: sessions ended", user.text("userName")));
    Ok(Reply { effect, ..reply })
}

pub(super) fn invite(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.body()?;
    let text = |key: &str| body[key].as_str().filter(|text| !text.is_empty());
    let address = text("invitedUserEmailAddress").filter(|text| Email::parse(text).is_ok());
    let address = address.ok_or_else(|| Problem::bad("The invited user email address is not valid."))?;
    text("inviteRedirectUrl").ok_or_else(|| Problem::bad("The invite redirect URL is not valid."))?;
    let settings = state::settings(tenant);
    let domain = address.rsplit('@').next().unwrap_or_default();
    if settings.domains.iter().any(|own| own.eq_ignore_ascii_case(domain)) {
        return Err(Problem::bad("The domain of the invited user is a verified domain of this directory."));
    }
    if let Some(user) = tenant.users.named("userName", address).cloned() {
        return match user.text("userType") {
            "Guest" => Ok(invitation(tenant, &user).with_effect(format!("invitation {address}: sent again"))),
            _ => Err(Problem::bad(format!(
                "The invited user already exists in the directory as object ID: {}.",
                user.id
            ))),
        };
    }
    if !state::has_room(tenant) {
        return Err(full());
    }
    let name = text("invitedUserDisplayName").or(address.split('@').next()).unwrap_or_default();
    let user = guest(tenant, call, address, name);
    let accepted = if settings.invitations_wait { "PendingAcceptance" } else { "Accepted" };
    state::note(tenant, &user.id, "state", json!(accepted));
    state::note(tenant, &user.id, "since", json!(call.now));
    Ok(invitation(tenant, &user).with_effect(format!("user {address} ({name}) created")))
}

fn guest(tenant: &mut Tenant, call: &Call<'_>, address: &str, name: &str) -> Arc<Resource> {
    let attributes = [
        ("userName", json!(address)),
        ("displayName", json!(name)),
        ("active", json!(true)),
        ("userType", json!("Guest")),
        ("emails", json!([{ "value": address, "type": "work", "primary": true }])),
    ];
    let attributes = attributes.map(|(key, value)| (key.to_owned(), value));
    let user = Resource {
        id: tenant.new_id("User"),
        version: 1,
        created: Some(call.now),
        modified: Some(call.now),
        attributes: Map::from_iter(attributes),
    };
    tenant.users.put(user.clone());
    Arc::new(user)
}

/// The error for a tenant that holds as much as it may.
pub(super) fn full() -> Problem {
    let message = "The directory object quota limit for the Tenant has been exceeded.";
    Problem::new(StatusCode::BAD_REQUEST, "Directory_QuotaExceeded", message)
}

fn invitation(tenant: &Tenant, user: &Resource) -> Reply {
    let state = state::of_user(tenant, &user.id);
    let status = if state["state"] == "PendingAcceptance" { "PendingAcceptance" } else { "Completed" };
    let invitation = json!({
        "@odata.type": "#microsoft.graph.invitation",
        "id": user.id,
        "invitedUserEmailAddress": user.text("userName"),
        "invitedUserDisplayName": user.text("displayName"),
        "inviteRedirectUrl": "https://myapps.microsoft.com",
        "sendInvitationMessage": true,
        "status": status,
        "invitedUser": { "@odata.type": "#microsoft.graph.user", "id": user.id },
    });
    Reply::plain(StatusCode::CREATED, &invitation)
}
