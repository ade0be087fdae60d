//! A vendor that keeps the accounts of another, as identity providers do: whoever is in its group has an account there,
//! and whoever was and is not cannot use it. It acts on who comes and who goes: what is opened again afterwards, it lets be.

use super::model::{PROVIDED, PROVIDER};
use super::world::World;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Who is in the group and can sign in.
pub(crate) fn assigned(world: &World) -> Option<BTreeSet<String>> {
    let state = world.state();
    let group = state.model.provided.as_ref()?;
    let truth = &state.scenes[PROVIDER].truth;
    let active = |login: &&String| truth.accounts.get(*login).is_some_and(|one| one.active);
    let members = truth.groups.get(group).into_iter().flatten();
    Some(members.filter(active).cloned().collect())
}

/// Brings the provided vendor to what its provider holds. `ours`: because of what the program did there, and not somebody
/// else.
pub(crate) fn keep(world: &World, ours: bool) {
    if world.state().emulators.len() <= PROVIDED {
        return;
    }
    let Some(assigned) = assigned(world) else { return };
    let (held, left) = {
        let mut state = world.state();
        let known = std::mem::replace(&mut state.assigned, assigned.clone());
        let accounts = state.scenes[PROVIDED].truth.accounts.clone();
        (accounts, known.difference(&assigned).cloned().collect::<Vec<_>>())
    };
    let mut edits: Vec<(&str, String, Value)> = Vec::new();
    for login in left {
        if let Some(account) = held.get(&login).filter(|account| account.active) {
            let operation = json!({ "op": "replace", "path": "active", "value": false });
            edits.push(("PATCH", format!("Users/{}", account.id), patch(&operation)));
        }
    }
    for login in assigned.iter().filter(|login| !held.contains_key(*login)) {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": login, "displayName": "Provided",
            "emails": [{ "value": login, "type": "work", "primary": true }], "active": true,
        });
        edits.push(("POST", "Users".to_owned(), body));
    }
    for (method, path, body) in &edits {
        world.emulator(PROVIDED).by_somebody_else(method, path, body);
    }
    if !edits.is_empty() {
        world.changed_by_provider(PROVIDED, ours);
        world.state().tally.provided += edits.len() as u64;
    }
}

fn patch(operation: &Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation] })
}
