//! The mail with the link, and what people do with it.

use super::super::account::{ACTIVE, UNACTIVATED};
use super::office::{self, Habit};
use super::people::field;
use super::{Answer, missing};
use crate::vendors::scim::emulator::tenant::Resource;
use crate::vendors::scim::emulator::{Call, Reply, Tenant};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Mails the link to the user with exactly that address.
pub(super) fn send(tenant: &mut Tenant, call: &Call<'_>) -> Answer {
    let body = call.body()?;
    let email = body.get("email").and_then(Value::as_str).unwrap_or_default();
    let found = tenant.users.iter().find(|user| !email.is_empty() && field(user, "email") == email).cloned();
    let Some(user) = found else {
        return Ok(first_version(StatusCode::BAD_REQUEST, "bad request", "No user has this email"));
    };
    let mut user = Resource::clone(&user);
    let mut standing = office::standing(tenant, &user);
    standing.invited = Some(call.now.to_string());
    let mut effect = format!("user {}: invited", user.text("userName"));
    if office::habit(tenant) == Habit::Answer && standing.status == UNACTIVATED {
        standing.status = ACTIVE;
        standing.activated = Some(call.now.to_string());
        effect.push_str(", accepted");
    }
    office::stand(tenant, &mut user, &standing);
    tenant.users.put(user);
    let said = format!("Email sent successfully to {email}");
    Ok(first_version(StatusCode::OK, "success", &said).with_effect(effect))
}

/// A person follows the link of the invitation.
pub(super) fn accept(tenant: &mut Tenant, call: &Call<'_>, who: &str) -> Answer {
    let id = tenant.user_id(who).ok_or_else(missing)?;
    let mut user = Resource::clone(tenant.users.get(&id).ok_or_else(missing)?);
    let mut standing = office::standing(tenant, &user);
    if standing.status != UNACTIVATED || standing.invited.is_none() {
        return Ok(first_version(StatusCode::BAD_REQUEST, "bad request", "There is no open invitation"));
    }
    standing.status = ACTIVE;
    standing.activated = Some(call.now.to_string());
    office::stand(tenant, &mut user, &standing);
    let effect = format!("user {}: accepted", user.text("userName"));
    tenant.users.put(user);
    Ok(first_version(StatusCode::OK, "success", "Accepted").with_effect(effect))
}

/// An answer as version 1 of the API words it.
fn first_version(status: StatusCode, kind: &str, message: &str) -> Reply {
    let error = !status.is_success();
    let told = json!({ "error": error, "code": status.as_u16(), "type": kind, "message": message });
    Reply::plain(status, &json!({ "status": told }))
}
