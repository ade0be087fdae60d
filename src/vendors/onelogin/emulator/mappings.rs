//! Mappings: rules that give roles to whoever fits them. They are applied when somebody asks for it.

use super::office::{self, Condition, Mapping};
use super::people::{field, number};
use super::{Answer, roles};
use crate::vendors::scim::emulator::tenant::Resource;
use crate::vendors::scim::emulator::{Call, Reply, Tenant};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) fn list(tenant: &Tenant, call: &Call<'_>) -> Answer {
    let wanted = call.request.parameter("enabled") != Some("false");
    let found = office::mappings(tenant).into_iter().filter(|mapping| mapping.enabled == wanted);
    let shown: Vec<Value> = found.map(|mapping| json!(mapping)).collect();
    Ok(Reply::plain(StatusCode::OK, &Value::Array(shown)))
}

/// Applies every mapping that is switched on to everybody.
pub(super) fn sweep(tenant: &mut Tenant, call: &Call<'_>) -> Answer {
    let mut given = Vec::new();
    for mapping in office::mappings(tenant).iter().filter(|mapping| mapping.enabled) {
        let fits = tenant.users.iter().filter(|user| fits(tenant, mapping, user));
        let people: BTreeSet<String> = fits.map(|user| user.id.clone()).collect();
        let gives = mapping.actions.iter().filter(|one| matches!(&*one.action, "set_role" | "add_role"));
        for role in gives.flat_map(|action| &action.value) {
            let Some(role) = tenant.groups.get(role).cloned() else { continue };
            given.extend(roles::set(tenant, &role, &people, true, call));
        }
    }
    let reply = Reply::plain(StatusCode::OK, &json!({ "given": given }));
    Ok(if given.is_empty() { reply } else { reply.with_effect(given.join("; ")) })
}

fn fits(tenant: &Tenant, mapping: &Mapping, user: &Resource) -> bool {
    let mut each = mapping.conditions.iter().map(|condition| holds(tenant, condition, user));
    if mapping.matching == "any" { each.any(|holds| holds) } else { each.all(|holds| holds) }
}

fn holds(tenant: &Tenant, condition: &Condition, user: &Resource) -> bool {
    let value = condition.value.to_lowercase();
    let same = match condition.source.as_str() {
        "has_role" => {
            let role = tenant.groups.get(&condition.value);
            role.is_some_and(|role| role.member_ids().any(|id| id == user.id))
        }
        "status" => number(&condition.value) == office::standing(tenant, user).status,
        source => {
            let held = field(user, source).to_lowercase();
            if condition.operator.ends_with('~') { held.contains(&value) } else { held == value }
        }
    };
    same != condition.operator.starts_with('!')
}
