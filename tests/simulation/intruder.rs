//! Somebody else, who changes a vendor behind the program's back.

use super::chance::Chance;
use super::model::{FOREIGN, Model, PROTECTED};
use super::oracle::is_exempt;
use super::truth::Truth;
use super::world::World;
use serde_json::{Value, json};

/// People whom no workspace knows.
pub(crate) const STRANGERS: [&str; 3] =
    ["zed@elsewhere.example", "yuri@elsewhere.example", "xena@elsewhere.example"];

/// One edit.
struct Edit {
    method: &'static str,
    path: String,
    body: Value,
}

/// Changes one thing at the vendor.
pub(crate) fn meddle(world: &World, vendor: usize, chance: &mut Chance) {
    let (truth, model, poisoned) = {
        let state = world.state();
        (state.scenes[vendor].truth.clone(), state.model.clone(), state.poisoned.clone())
    };
    for _ in 0..4 {
        let Some(edit) = draw(&truth, &model, vendor, poisoned.as_deref(), chance) else { continue };
        let status = world.emulator(vendor).by_somebody_else(edit.method, &edit.path, &edit.body);
        if status < 300 {
            world.state().tally.intrusions += 1;
            world.changed_by_others(vendor);
            return;
        }
    }
}

fn draw(
    truth: &Truth,
    model: &Model,
    vendor: usize,
    poisoned: Option<&str>,
    chance: &mut Chance,
) -> Option<Edit> {
    let touchable: Vec<&String> =
        truth.accounts.keys().filter(|login| !is_exempt(login) && Some(login.as_str()) != poisoned).collect();
    let groups: Vec<&String> = truth.groups.keys().filter(|group| !truth.doubles.contains(*group)).collect();
    let site = &model.sites[vendor];
    let user = |login: &str| format!("Users/{}", truth.accounts[login].id);
    let set = |login: &str, path: &str, value: Value| Edit {
        method: "PATCH",
        path: user(login),
        body: patch(json!({ "op": "replace", "path": path, "value": value })),
    };
    match chance.below(8) {
        0 => Some(newcomer(truth, model, poisoned, chance)),
        1 if !touchable.is_empty() => {
            Some(Edit { method: "DELETE", path: user(chance.pick::<&String>(&touchable)), body: Value::Null })
        }
        2 | 3 if !touchable.is_empty() && !groups.is_empty() => {
            let (group, login) = (*chance.pick(&groups), *chance.pick(&touchable));
            let id = &truth.accounts[login].id;
            let operation = match truth.groups[group].contains(login) {
                true => json!({ "op": "remove", "path": format!("members[value eq \"{id}\"]") }),
                false => json!({ "op": "add", "path": "members", "value": [{ "value": id }] }),
            };
            Some(Edit {
                method: "PATCH",
                path: format!("Groups/{}", truth.group_ids[group]),
                body: patch(operation),
            })
        }
        4 if !touchable.is_empty() => {
            let login = *chance.pick(&touchable);
            Some(set(login, "active", json!(!truth.accounts[login].active)))
        }
        5 if !touchable.is_empty() => {
            Some(set(chance.pick::<&String>(&touchable), "displayName", json!("Another Name")))
        }
        6 if !touchable.is_empty() && site.has_roles => {
            let role = *chance.pick(&["Viewer", "Admin"]);
            Some(set(chance.pick::<&String>(&touchable), "roles", json!([{ "value": role }])))
        }
        7 if !truth.groups.contains_key("Parallel") => {
            let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "Parallel" });
            Some(Edit { method: "POST", path: "Groups".to_owned(), body })
        }
        _ => None,
    }
}

/// Somebody gets an account without the workspace: a stranger, or somebody it knows.
fn newcomer(truth: &Truth, model: &Model, poisoned: Option<&str>, chance: &mut Chance) -> Edit {
    let known = model.people.iter().map(|person| person.email.as_str());
    let absent: Vec<&str> = STRANGERS
        .into_iter()
        .chain(known)
        .filter(|login| !truth.accounts.contains_key(*login) && Some(*login) != poisoned)
        .collect();
    let login = if absent.is_empty() { PROTECTED } else { chance.pick(&absent) };
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": login, "displayName": "Made By Hand",
        "emails": [{ "value": login, "type": "work", "primary": true }], "active": true,
    });
    Edit { method: "POST", path: "Users".to_owned(), body }
}

fn patch(operation: Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation] })
}

/// The group that nobody declares always has a member, so that the vendor is seen to tell members.
pub(crate) fn foreign_group() -> Value {
    json!({ "attributes": { "displayName": FOREIGN, "members": [{ "value": PROTECTED }] } })
}
