//! Groups and who is in them.

use super::problem::{Outcome, Problem};
use super::query::{Object, nothing, page, show};
use super::{state, users};
use crate::vendors::scim::emulator::tenant::Resource;
use crate::vendors::scim::emulator::{Call, Reply, Tenant};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A group as Graph shows it.
struct Group<'a> {
    resource: &'a Resource,
    part: &'a Value,
}

impl<'a> Group<'a> {
    fn new(tenant: &'a Tenant, resource: &'a Resource) -> Self {
        Self { resource, part: state::of_group(tenant, &resource.id) }
    }

    fn rule(&self) -> Option<&Value> {
        self.part.get("rule").filter(|rule| rule.is_string())
    }
}

impl Object for Group<'_> {
    const PROPERTIES: &'static [&'static str] = &[
        "id",
        "displayName",
        "groupTypes",
        "membershipRule",
        "membershipRuleProcessingState",
        "onPremisesSyncEnabled",
        "mailEnabled",
        "securityEnabled",
        "isAssignableToRole",
        "visibility",
        "createdDateTime",
    ];

    fn id(&self) -> &str {
        &self.resource.id
    }

    fn kind(&self) -> &str {
        "#microsoft.graph.group"
    }

    fn property(&self, name: &str) -> Value {
        let at_work = if state::is(self.part, "paused") { "Paused" } else { "On" };
        match name {
            "id" => json!(self.resource.id),
            "displayName" => json!(self.resource.text("displayName")),
            "groupTypes" if self.rule().is_some() => json!(["DynamicMembership"]),
            "groupTypes" => json!([]),
            "membershipRule" => self.rule().cloned().unwrap_or(Value::Null),
            "membershipRuleProcessingState" => json!(self.rule().map(|_| at_work)),
            "onPremisesSyncEnabled" => json!(state::is(self.part, "synced").then_some(true)),
            "mailEnabled" => json!(state::is(self.part, "mail_enabled")),
            "securityEnabled" => json!(true),
            "isAssignableToRole" => json!(state::is(self.part, "role_assignable")),
            "visibility" => json!(state::is(self.part, "hides_members").then_some("HiddenMembership")),
            "createdDateTime" => json!(self.resource.created),
            _ => Value::Null,
        }
    }
}

/// Something that is in a group.
struct Member<'a> {
    id: &'a str,
    kind: String,
}

impl Object for Member<'_> {
    const PROPERTIES: &'static [&'static str] = &["id", "deletedDateTime"];

    fn id(&self) -> &str {
        self.id
    }

    fn kind(&self) -> &str {
        &self.kind
    }

    fn property(&self, name: &str) -> Value {
        if name == "id" { json!(self.id) } else { Value::Null }
    }
}

pub(super) fn list(tenant: &Tenant, call: &Call<'_>) -> Outcome {
    let settings = state::settings(tenant);
    let there = tenant.groups.iter().filter(|group| state::shows(group, &settings, call.now));
    page(tenant, call, there.map(|group| Group::new(tenant, group)))
}

fn find(tenant: &Tenant, call: &Call<'_>, id: &str) -> Result<Arc<Resource>, Problem> {
    let settings = state::settings(tenant);
    let found = tenant.groups.get(id).filter(|group| state::shows(group, &settings, call.now));
    found.cloned().ok_or_else(|| Problem::missing(id))
}

pub(super) fn get(tenant: &Tenant, call: &Call<'_>, id: &str) -> Outcome {
    let group = find(tenant, call, id)?;
    show(call, StatusCode::OK, &Group::new(tenant, &group))
}

pub(super) fn create(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let body = call.body()?;
    let name = body["displayName"].as_str().filter(|name| !name.is_empty());
    let name = name
        .ok_or_else(|| Problem::bad("A value is required for property 'displayName' of resource 'Group'."))?;
    if !body["mailNickname"].is_string() || body["mailEnabled"] != false || body["securityEnabled"] != true {
        return Err(Problem::bad(
            "A security group needs a mailNickname, mailEnabled false and securityEnabled true.",
        ));
    }
    if !state::has_room(tenant) {
        return Err(users::full());
    }
    let group = Resource {
        id: tenant.new_id("Group"),
        version: 1,
        created: Some(call.now),
        modified: Some(call.now),
        attributes: Map::from_iter([("displayName".to_owned(), json!(name))]),
    };
    tenant.groups.put(group.clone());
    let reply = show(call, StatusCode::CREATED, &Group::new(tenant, &group))?;
    Ok(reply.with_effect(format!("group {name} created")))
}

pub(super) fn members(tenant: &Tenant, call: &Call<'_>, id: &str) -> Outcome {
    let group = find(tenant, call, id)?;
    if state::is(state::of_group(tenant, &group.id), "hides_members") && !may_see_hidden(tenant) {
        return page(tenant, call, std::iter::empty::<Member<'_>>());
    }
    let users = group.member_ids().map(|id| Member { id, kind: "#microsoft.graph.user".to_owned() });
    let nested = state::of_group(tenant, &group.id).get("nested").and_then(Value::as_array);
    let nested = nested.into_iter().flatten().filter_map(|one| {
        Some(Member { id: one["id"].as_str()?, kind: format!("#microsoft.graph.{}", one["kind"].as_str()?) })
    });
    page(tenant, call, users.chain(nested))
}

/// Who may not see the members of a group that hides them is told that there are none.
fn may_see_hidden(tenant: &Tenant) -> bool {
    let held = state::settings(tenant).permissions;
    held.is_none_or(|held| held.iter().any(|right| right == "Member.Read.Hidden"))
}

pub(super) fn add(tenant: &mut Tenant, call: &Call<'_>, id: &str) -> Outcome {
    let group = changeable(tenant, call, id)?;
    let body = call.body()?;
    let reference = body["@odata.id"].as_str().and_then(|url| url.strip_prefix(call.base));
    let reference = reference.and_then(|path| path.strip_prefix("/directoryObjects/"));
    let reference = reference.ok_or_else(|| Problem::bad("The reference is not one of this directory."))?;
    let user = users::find(tenant, call, reference)?;
    if group.member_ids().any(|member| member == user.id) {
        return Err(Problem::bad(
            "One or more added object references already exist for the following modified properties: 'members'.",
        ));
    }
    let mut group = Resource::clone(&group);
    let members = group.attributes.entry("members").or_insert_with(|| json!([]));
    if let Some(members) = members.as_array_mut() {
        members.push(json!({ "value": user.id }));
    }
    Ok(put(tenant, call, group, &format!("+{}", user.text("userName"))))
}

pub(super) fn remove(tenant: &mut Tenant, call: &Call<'_>, (id, member): (&str, &str)) -> Outcome {
    let group = changeable(tenant, call, id)?;
    if !group.member_ids().any(|held| held == member) {
        return Err(Problem::missing(member));
    }
    let mut group = Resource::clone(&group);
    if let Some(members) = group.attributes.get_mut("members").and_then(Value::as_array_mut) {
        members.retain(|held| held["value"] != member);
    }
    let name = tenant.users.get(member).map_or(member, |user| user.text("userName")).to_owned();
    Ok(put(tenant, call, group, &format!("-{name}")))
}

fn put(tenant: &mut Tenant, call: &Call<'_>, mut group: Resource, what: &str) -> Reply {
    let effect = format!("group {}: {what}", group.text("displayName"));
    group.version += 1;
    group.modified = Some(call.now);
    tenant.groups.put(group);
    nothing().with_effect(effect)
}

/// The group, if its members can be changed by hand.
fn changeable(tenant: &Tenant, call: &Call<'_>, id: &str) -> Result<Arc<Resource>, Problem> {
    let group = find(tenant, call, id)?;
    let part = state::of_group(tenant, &group.id);
    if part.get("rule").is_some_and(Value::is_string) {
        return Err(Problem::bad("Unable to update the members of a group with dynamic membership."));
    }
    if state::is(part, "synced") {
        return Err(Problem::bad(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects \
             currently undergoing migration.",
        ));
    }
    if state::is(part, "mail_enabled") {
        return Err(Problem::bad("Cannot Update a mail-enabled security groups and or distribution list."));
    }
    let held = state::settings(tenant).permissions.unwrap_or_default();
    let may_administer = held.iter().any(|right| right == "RoleManagement.ReadWrite.Directory");
    match state::is(part, "role_assignable") && !may_administer {
        true => Err(Problem::denied()),
        false => Ok(group),
    }
}
