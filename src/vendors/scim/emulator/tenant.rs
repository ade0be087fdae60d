//! What an emulated tenant holds.

use super::behaviour::Behaviour;
use super::provisioning::Assigned;
use super::schema::{Type, read_body};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(crate) const FORMAT: &str = "grantline.emulator/1";

/// One user or group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resource {
    #[serde(default)]
    pub(crate) id: String,
    #[serde(default = "first_version")]
    pub(crate) version: u64,
    #[serde(default)]
    pub(crate) created: Option<Timestamp>,
    #[serde(default)]
    pub(crate) modified: Option<Timestamp>,
    /// What a client may write; ids, `meta`, a user's `groups` and members' names are added on reading.
    pub(crate) attributes: Map<String, Value>,
}

fn first_version() -> u64 {
    1
}

impl Resource {
    pub(crate) fn text(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).and_then(Value::as_str).unwrap_or_default()
    }

    /// The ids of a group's members, in their order.
    pub(crate) fn member_ids(&self) -> impl Iterator<Item = &str> {
        let members = self.attributes.get("members").and_then(Value::as_array);
        members.into_iter().flatten().filter_map(|member| member.get("value")?.as_str())
    }
}

/// Resources of one type, in the order in which they were made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf {
    /// By their places, which only grow.
    by_order: Vec<(u64, Arc<Resource>)>,
    order: BTreeMap<String, u64>,
    next: u64,
}

impl Shelf {
    fn at(&self, id: &str) -> Option<usize> {
        let place = self.order.get(id)?;
        self.by_order.binary_search_by_key(place, |(place, _)| *place).ok()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Arc<Resource>> {
        Some(&self.by_order.get(self.at(id)?)?.1)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Resource>> {
        self.by_order.iter().map(|(_, resource)| resource)
    }

    /// Puts a resource in: in its own place if the id is known, else at the end.
    pub(crate) fn put(&mut self, resource: Resource) {
        if let Some((_, held)) = self.at(&resource.id).and_then(|at| self.by_order.get_mut(at)) {
            *held = Arc::new(resource);
            return;
        }
        self.order.insert(resource.id.clone(), self.next);
        self.by_order.push((self.next, Arc::new(resource)));
        self.next += 1;
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Arc<Resource>> {
        let at = self.at(id)?;
        self.order.remove(id);
        Some(self.by_order.remove(at).1)
    }

    /// A resource whose attribute has this text, without case.
    pub(crate) fn named(&self, attribute: &str, text: &str) -> Option<&Arc<Resource>> {
        let wanted = text.to_lowercase();
        self.iter().find(|resource| resource.text(attribute).to_lowercase() == wanted)
    }
}

/// A tenant.
#[derive(Debug, Clone, Default)]
pub struct Tenant {
    pub(crate) name: String,
    /// The id of the account that the token belongs to.
    pub(crate) own: Option<String>,
    pub(crate) behaviour: Behaviour,
    /// How many ids were made.
    pub(crate) made: u64,
    pub(crate) users: Shelf,
    pub(crate) groups: Shelf,
    /// What the vendor holds beside SCIM; its rules give it a meaning.
    pub(crate) vendor: Value,
}

impl Tenant {
    /// One account, which is the credential's own and an administrator.
    pub(crate) fn small(name: &str, now: Timestamp) -> Self {
        let login = format!("svc-grantline@{name}.example");
        let mut tenant = Self { name: name.to_owned(), vendor: json!({}), ..Self::default() };
        let id = tenant.new_id("User");
        let attributes = json!({
            "userName": login, "displayName": "Grantline", "active": true,
            "emails": [{ "value": login, "type": "work", "primary": true }],
        });
        let Value::Object(attributes) = attributes else { return tenant };
        tenant.own = Some(id.clone());
        tenant.users.put(Resource { id, version: 1, created: Some(now), modified: Some(now), attributes });
        tenant
    }

    /// An id that looks like a UUID and is the same for the same history.
    pub(crate) fn new_id(&mut self, kind: &str) -> String {
        loop {
            self.made += 1;
            let digest = Sha256::digest(format!("{}\n{kind}\n{}", self.name, self.made));
            let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            let id =
                format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..]);
            if self.users.get(&id).is_none() && self.groups.get(&id).is_none() {
                return id;
            }
        }
    }

    /// The id of the user with this id or user name.
    pub(crate) fn user_id(&self, text: &str) -> Option<String> {
        let found = self.users.get(text).or_else(|| self.users.named("userName", text));
        found.map(|user| user.id.clone())
    }

    /// The credential's own account.
    pub(crate) fn own_account(&self) -> Option<&Arc<Resource>> {
        self.users.get(self.own.as_deref()?)
    }

    /// The members of the group of this id or display name who can sign in.
    pub(crate) fn assigned(&self, group: &str) -> Vec<Assigned> {
        let found = self.groups.get(group).or_else(|| self.groups.named("displayName", group));
        let ids = found.into_iter().flat_map(|group| group.member_ids());
        let users = ids.filter_map(|id| self.users.get(id));
        let active = users.filter(|user| user.attributes.get("active") != Some(&Value::Bool(false)));
        let mut assigned: Vec<Assigned> = active
            .map(|user| Assigned {
                login: user.text("userName").to_owned(),
                name: user.text("displayName").to_owned(),
            })
            .collect();
        assigned.sort();
        assigned
    }

    /// Takes a user out of every group.
    pub(crate) fn leave_groups(&mut self, user: &str, now: Timestamp) {
        let affected: Vec<Arc<Resource>> =
            self.groups.iter().filter(|group| group.member_ids().any(|id| id == user)).cloned().collect();
        for group in affected {
            let mut group = Resource::clone(&group);
            if let Some(members) = group.attributes.get_mut("members").and_then(Value::as_array_mut) {
                members.retain(|member| member.get("value").and_then(Value::as_str) != Some(user));
            }
            group.version += 1;
            group.modified = Some(now);
            self.groups.put(group);
        }
    }

    pub(crate) fn document(&self) -> Document {
        Document {
            format: FORMAT.to_owned(),
            tenant: self.name.clone(),
            // One that was removed is nobody's any more, and a state that named it could not be started from.
            own: self.own_account().map(|own| own.id.clone()),
            behaviour: self.behaviour.clone(),
            made: self.made,
            users: self.users.iter().cloned().collect(),
            groups: self.groups.iter().cloned().collect(),
            vendor: self.vendor.clone(),
        }
    }
}

/// A tenant as a file holds it: the state, and the seed that it starts from.
///
/// A seed may leave out ids and dates, and may name a group's members and `own` by user name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Document {
    pub(crate) format: String,
    pub(crate) tenant: String,
    #[serde(default)]
    own: Option<String>,
    #[serde(default)]
    behaviour: Behaviour,
    #[serde(default)]
    made: u64,
    #[serde(default)]
    users: Vec<Arc<Resource>>,
    #[serde(default)]
    groups: Vec<Arc<Resource>>,
    #[serde(default = "nothing")]
    vendor: Value,
}

fn nothing() -> Value {
    json!({})
}

impl Document {
    /// The tenant, with what a seed leaves out filled in.
    ///
    /// # Errors
    /// A sentence that says which part contradicts another.
    pub(crate) fn into_tenant(self, now: Timestamp) -> Result<Tenant, String> {
        if self.format != FORMAT {
            return Err(format!("its format is {:?}, and this program reads {FORMAT:?}", self.format));
        }
        let mut tenant = Tenant {
            name: self.tenant,
            behaviour: self.behaviour,
            made: self.made,
            vendor: self.vendor,
            ..Tenant::default()
        };
        // A tenant of many thousands is not searched once for each of them.
        let mut names = BTreeSet::new();
        for user in self.users {
            let user = completed(&mut tenant, Arc::unwrap_or_clone(user), Type::User, now)?;
            let name = user.text("userName");
            let is_there = |id| tenant.users.get(id).is_some();
            if is_there(&user.id) || is_there(name) || !names.insert(name.to_lowercase()) {
                return Err(format!("two users are called {name:?}"));
            }
            tenant.users.put(user);
        }
        for group in self.groups {
            let mut group = completed(&mut tenant, Arc::unwrap_or_clone(group), Type::Group, now)?;
            resolve_members(&tenant, &mut group);
            if tenant.groups.get(&group.id).is_some() {
                return Err(format!("two groups have the id {:?}", group.id));
            }
            tenant.groups.put(group);
        }
        if let Some(own) = self.own {
            let id = tenant.user_id(&own);
            tenant.own = Some(id.ok_or_else(|| format!("no user is called {own:?}, which `own` names"))?);
        }
        Ok(tenant)
    }
}

/// A file is held to what a request is held to, so that no client ever sees what a server would refuse.
fn completed(
    tenant: &mut Tenant,
    mut resource: Resource,
    kind: Type,
    now: Timestamp,
) -> Result<Resource, String> {
    let name = resource.text(kind.required()).to_owned();
    resource.attributes.entry("schemas").or_insert_with(|| json!([kind.urn()]));
    let body = Value::Object(std::mem::take(&mut resource.attributes));
    let read = read_body(kind, &body);
    resource.attributes =
        read.map_err(|refusal| format!("in {} {name:?}: {}", kind.name(), refusal.detail))?;
    resource.attributes.remove("schemas");
    if resource.id.is_empty() {
        resource.id = tenant.new_id(kind.name());
    }
    let created = *resource.created.get_or_insert(now);
    resource.modified.get_or_insert(created);
    if kind == Type::User {
        resource.attributes.entry("active").or_insert(Value::Bool(true));
    }
    Ok(resource)
}

/// A member that no user is called by stays as it is: a seed may want one that dangles.
fn resolve_members(tenant: &Tenant, group: &mut Resource) {
    let Some(members) = group.attributes.get_mut("members").and_then(Value::as_array_mut) else { return };
    for member in members {
        let id = member.get("value").and_then(Value::as_str).and_then(|text| tenant.user_id(text));
        if let (Some(id), Some(member)) = (id, member.as_object_mut()) {
            member.insert("value".to_owned(), Value::String(id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(seed: Value) -> Result<Tenant, String> {
        serde_json::from_value::<Document>(seed).unwrap().into_tenant(Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_seed_may_name_members_by_user_name() {
        let tenant = tenant(json!({
            "format": FORMAT, "tenant": "acme", "own": "A@x.example",
            "users": [{ "attributes": { "userName": "a@x.example" } }],
            "groups": [{ "id": "g", "attributes": { "displayName": "G",
                "members": [{ "value": "a@X.example" }, { "value": "gone" }] } }],
        }))
        .unwrap();
        let id = tenant.user_id("a@x.example").unwrap();
        assert_eq!(tenant.groups.get("g").unwrap().member_ids().collect::<Vec<_>>(), [&*id, "gone"]);
        assert_eq!(tenant.own, Some(id));
    }

    #[test]
    fn a_seed_that_contradicts_itself_says_where() {
        let twice = json!({ "format": FORMAT, "tenant": "acme", "users": [
            { "attributes": { "userName": "a" } }, { "attributes": { "userName": "A" } },
        ] });
        assert!(tenant(twice).unwrap_err().contains("\"A\""));
        assert!(tenant(json!({ "format": "x/1", "tenant": "acme" })).is_err());
        let typo = json!({ "format": FORMAT, "tenant": "acme", "users": [
            { "attributes": { "userName": "a", "dispalyName": "A" } },
        ] });
        assert!(tenant(typo).unwrap_err().contains("dispalyName"));
    }

    #[test]
    fn a_state_read_again_is_the_same_state() {
        let before = Tenant::small("acme", Timestamp::UNIX_EPOCH);
        let text = serde_json::to_string(&before.document()).unwrap();
        let after =
            serde_json::from_str::<Document>(&text).unwrap().into_tenant(Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(serde_json::to_string(&after.document()).unwrap(), text);
    }
}
