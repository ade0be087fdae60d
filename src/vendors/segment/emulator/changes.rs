//! What can be changed.

use super::answers::{data, find_group, group};
use super::invalid;
use super::state::{Accepting, Invite, Workspace, put_group, put_user, told};
use crate::vendors::scim::emulator::exchange::Refusal;
use crate::vendors::scim::emulator::tenant::Resource;
use crate::vendors::scim::emulator::{Call, Reply, Tenant};
use serde_json::{Value, json};

pub(super) fn answer(
    tenant: &mut Tenant,
    workspace: &mut Workspace,
    call: &Call<'_>,
) -> Result<Reply, Refusal> {
    match (call.request.method(), &*call.path) {
        ("DELETE", ["users"]) => remove_users(tenant, workspace, call),
        ("PUT", ["users", id, "permissions"]) => set_permissions(tenant, workspace, call, (id, true)),
        ("POST", ["users", id, "permissions"]) => set_permissions(tenant, workspace, call, (id, false)),
        ("POST", ["invites"]) => invite(tenant, workspace, call),
        ("DELETE", ["invites"]) => withdraw(workspace, call),
        ("POST", ["groups"]) => create_group(tenant, call),
        ("POST", ["groups", id, "users"]) => join(tenant, workspace, call, id),
        _ => Err(Refusal::not_found("This path")),
    }
}

/// A list of texts in the query, however it is written there.
fn listed(call: &Call<'_>, name: &str) -> Result<Vec<String>, Refusal> {
    let is_it = |key: &str| key.strip_prefix(name).is_some_and(|rest| rest.starts_with(['[', '.']));
    let values = call.request.query().iter().filter(|(key, _)| is_it(key)).map(|(_, value)| value.clone());
    let values: Vec<String> = values.collect();
    if values.is_empty() { Err(invalid(format!("{name} is required."))) } else { Ok(values) }
}

/// What a body's member must be: a list.
fn list(body: &Value, name: &str) -> Result<Vec<Value>, Refusal> {
    body[name].as_array().cloned().ok_or_else(|| invalid(format!("{name} must be a list.")))
}

fn body(call: &Call<'_>) -> Result<Value, Refusal> {
    call.body().map_err(|refusal| invalid(refusal.detail))
}

fn remove_users(tenant: &mut Tenant, workspace: &mut Workspace, call: &Call<'_>) -> Result<Reply, Refusal> {
    let ids = listed(call, "userIds")?;
    if ids.iter().any(|id| tenant.users.get(id).is_none()) {
        return Err(Refusal::not_found("This user"));
    }
    let mut effects = Vec::new();
    for id in ids {
        // Nobody but who is removed leaves a group.
        tenant.leave_groups(&id, call.now);
        workspace.permissions.remove(&id);
        effects
            .extend(tenant.users.remove(&id).map(|user| format!("user {} deleted", user.text("userName"))));
    }
    Ok(data(&json!({ "status": "SUCCESS" })).with_effect(effects.join("; ")))
}

/// Replaces somebody's permissions as a whole, or adds to them.
fn set_permissions(
    tenant: &Tenant,
    workspace: &mut Workspace,
    call: &Call<'_>,
    (id, replaces): (&str, bool),
) -> Result<Reply, Refusal> {
    let user = tenant.users.get(id).ok_or_else(|| Refusal::not_found("This user"))?;
    let sent = list(&body(call)?, "permissions")?;
    let mut sent = sent.into_iter().map(|one| named(workspace, one)).collect::<Result<Vec<_>, _>>()?;
    let before = workspace.permissions_of(id).to_vec();
    if !replaces {
        sent.retain(|one| !before.contains(one));
        sent.splice(0..0, before.iter().cloned());
    }
    let (old, new) = (told(&before), told(&sent));
    let gained = new.difference(&old).map(|what| format!("+{what}"));
    let facts: Vec<String> = gained.chain(old.difference(&new).map(|what| format!("-{what}"))).collect();
    workspace.permissions.insert(id.to_owned(), sent.clone());
    let reply = data(&json!({ "permissions": without_labels(sent) }));
    Ok(if before == workspace.permissions_of(id) {
        reply
    } else {
        reply.with_effect(format!("user {}: {}", user.text("userName"), facts.join(", ")))
    })
}

/// What is answered to a change names no labels of its own.
fn without_labels(mut permissions: Vec<Value>) -> Vec<Value> {
    for permission in permissions.iter_mut().filter_map(Value::as_object_mut) {
        permission.remove("labels");
    }
    permissions
}

/// A permission as it is kept: with its role's name.
fn named(workspace: &Workspace, mut permission: Value) -> Result<Value, Refusal> {
    let role = workspace.roles.iter().find(|role| permission["roleId"] == *role.id);
    let role = role.ok_or_else(|| invalid("There is no such role."))?;
    if !permission["resources"].is_array() {
        return Err(invalid("resources must be a list."));
    }
    permission["roleName"] = json!(role.name);
    Ok(permission)
}

fn invite(tenant: &mut Tenant, workspace: &mut Workspace, call: &Call<'_>) -> Result<Reply, Refusal> {
    let invites = list(&body(call)?, "invites")?;
    let mut emails = Vec::new();
    for one in &invites {
        let email = one["email"].as_str().filter(|email| email.contains('@'));
        let email = email.ok_or_else(|| invalid("email must be an address."))?;
        let is_known = |known: &String| known.to_lowercase() == email.to_lowercase();
        if tenant.users.named("userName", email).is_some() || workspace.invites.keys().any(is_known) {
            return Err(invalid("The address belongs to the workspace already, or is invited."));
        }
        emails.push(email.to_owned());
    }
    let mut effects = Vec::new();
    for (email, one) in emails.iter().zip(&invites) {
        let permissions = one["permissions"].as_array().cloned().unwrap_or_default();
        let permissions =
            permissions.into_iter().map(|one| named(workspace, one)).collect::<Result<_, _>>()?;
        if workspace.accepting == Accepting::Everybody {
            let id = put_user(tenant, email);
            workspace.permissions.insert(id, permissions);
            effects.push(format!("user {email} created"));
        } else {
            let invite = Invite { permissions, ..Invite::default() };
            workspace.invites.insert(email.clone(), invite);
            effects.push(format!("invite {email} created"));
        }
    }
    Ok(data(&json!({ "emails": emails })).with_effect(effects.join("; ")))
}

fn withdraw(workspace: &mut Workspace, call: &Call<'_>) -> Result<Reply, Refusal> {
    let emails = listed(call, "emails")?;
    if emails.iter().any(|email| !workspace.invites.contains_key(email)) {
        return Err(Refusal::not_found("This invitation"));
    }
    emails.iter().for_each(|email| drop(workspace.invites.remove(email)));
    let effects: Vec<_> = emails.iter().map(|email| format!("invite {email} deleted")).collect();
    Ok(data(&json!({ "status": "SUCCESS" })).with_effect(effects.join("; ")))
}

fn create_group(tenant: &mut Tenant, call: &Call<'_>) -> Result<Reply, Refusal> {
    let body = body(call)?;
    let name = body["name"].as_str().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| invalid("name is required."))?;
    let id = tenant.new_id("Group");
    put_group(tenant, &id, name);
    let reply = data(&json!({ "userGroup": group(find_group(tenant, &id)?) }));
    Ok(reply.with_effect(format!("group {name} created")))
}

/// Puts users and whoever is invited into a group.
fn join(tenant: &mut Tenant, workspace: &mut Workspace, call: &Call<'_>, id: &str) -> Result<Reply, Refusal> {
    let mut changed = Resource::clone(find_group(tenant, id)?);
    let mut members: Vec<String> = changed.member_ids().map(str::to_owned).collect();
    let mut facts = Vec::new();
    for email in list(&body(call)?, "emails")? {
        let email = email.as_str().unwrap_or_default();
        if let Some(user) = tenant.users.named("userName", email) {
            if !members.contains(&user.id) {
                members.push(user.id.clone());
                facts.push(format!("+{email}"));
            }
        } else if let Some(invite) = workspace.invites.get_mut(email) {
            if invite.groups.insert(id.to_owned()) {
                facts.push(format!("+{email}"));
            }
        } else {
            return Err(invalid(format!("{email} is neither a user nor invited.")));
        }
    }
    let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
    changed.attributes.insert("members".to_owned(), Value::Array(members));
    let name = changed.text("displayName").to_owned();
    let reply = data(&json!({ "userGroup": group(&changed) }));
    tenant.groups.put(changed);
    Ok(if facts.is_empty() {
        reply
    } else {
        reply.with_effect(format!("group {name}: {}", facts.join(", ")))
    })
}
