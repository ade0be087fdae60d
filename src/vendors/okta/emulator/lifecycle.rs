//! From one status to another.

use super::failure::{Answer, Failure};
use super::people::find;
use super::show::{no_content, ok};
use super::state::{activated, set_status, status};
use super::{apps, rules};
use crate::vendors::scim::emulator::Call;
use crate::vendors::scim::emulator::tenant::Tenant;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn step(tenant: &mut Tenant, call: &Call<'_>, who: &str, step: &str) -> Answer {
    let user = Arc::clone(find(tenant, who)?);
    let now = status(tenant, &user).to_owned();
    let to = match (step, now.as_str()) {
        ("activate", "STAGED" | "DEPROVISIONED") => activated(tenant),
        ("activate", _) => return Err(Failure::active_already()),
        ("reactivate", "PROVISIONED" | "RECOVERY") => {
            let effect = format!("user {}: activation mail sent again", user.text("userName"));
            return Ok(ok(&token(call, &user.id)).with_effect(effect));
        }
        ("deactivate", status) if status != "DEPROVISIONED" => "DEPROVISIONED",
        ("suspend", "ACTIVE") => "SUSPENDED",
        ("suspend", _) => return Err(not_in_status("Cannot suspend a user that is not active")),
        ("unsuspend", "SUSPENDED") => "ACTIVE",
        ("unsuspend", _) => return Err(not_in_status("Cannot unsuspend a user that is not suspended")),
        ("unlock", "LOCKED_OUT") => "ACTIVE",
        ("reactivate" | "deactivate" | "unlock", _) => return Err(Failure::wrong_status()),
        _ => return Err(Failure::no_path()),
    };
    let mut effect = set_status(tenant, &user, to, call.now);
    if to == "DEPROVISIONED" {
        drop_session(tenant, &user.id);
        for label in apps::drop_user(tenant, &user.id) {
            effect.push_str(&format!(", loses {label}"));
        }
    }
    if step == "activate" {
        for joined in rules::apply(tenant, &user.id, call.now) {
            effect.push_str(&format!(", {joined}"));
        }
    }
    let body = if step == "activate" { token(call, &user.id) } else { json!({}) };
    Ok(ok(&body).with_effect(effect))
}

fn not_in_status(cause: &str) -> Failure {
    Failure::invalid("status", vec![cause.to_owned()])
}

/// The link is answered only where no mail brings it.
fn token(call: &Call<'_>, id: &str) -> Value {
    if call.request.parameter("sendEmail") == Some("false") {
        let origin = call.base.trim_end_matches("/api/v1");
        json!({ "activationUrl": format!("{origin}/welcome"), "activationToken": id })
    } else {
        json!({})
    }
}

pub(super) fn end_sessions(tenant: &mut Tenant, who: &str) -> Answer {
    let user = Arc::clone(find(tenant, who)?);
    let reply = no_content();
    if drop_session(tenant, &user.id) {
        return Ok(reply.with_effect(format!("user {}: signed out", user.text("userName"))));
    }
    Ok(reply)
}

fn drop_session(tenant: &mut Tenant, id: &str) -> bool {
    let Some(sessions) = tenant.vendor["sessions"].as_array_mut() else { return false };
    let before = sessions.len();
    sessions.retain(|one| one != id);
    sessions.len() < before
}
