//! What a workspace holds beside users and groups.

use crate::vendors::scim::emulator::Tenant;
use crate::vendors::scim::emulator::tenant::Resource;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The role of whoever made the workspace.
const OWNER: &str = "Workspace Owner";

/// Roles that a workspace has from the start; more can be in a seed.
const ROLES: [&str; 4] = [OWNER, "Workspace Member", "Source Admin", "Minimal Workspace Access"];

/// A role that can be given.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
}

/// Whether the people of the embedded workspace accept what they are invited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Accepting {
    /// At once.
    #[default]
    Everybody,
    /// Never.
    Nobody,
}

/// Somebody invited.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Invite {
    pub(super) permissions: Vec<Value>,
    /// The ids of groups.
    pub(super) groups: BTreeSet<String>,
}

/// What `vendor` holds in a state or seed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Workspace {
    pub(super) id: String,
    pub(super) roles: Vec<Role>,
    /// By the users' ids; a seed may name users by their address, and roles by their names alone.
    pub(super) permissions: BTreeMap<String, Vec<Value>>,
    /// By address.
    pub(super) invites: BTreeMap<String, Invite>,
    pub(super) accepting: Accepting,
}

impl Workspace {
    /// The workspace of a tenant whose `vendor` was checked.
    pub(super) fn of(tenant: &Tenant) -> Self {
        Self::deserialize(&tenant.vendor).unwrap_or_default()
    }

    pub(super) fn store(&self, tenant: &mut Tenant) {
        tenant.vendor = serde_json::to_value(self).unwrap_or_default();
    }

    /// The same with what a seed leaves out.
    pub(super) fn completed(mut self, tenant: &Tenant) -> Self {
        if self.id.is_empty() {
            self.id = format!("ws-{}", tenant.name);
        }
        if self.roles.is_empty() {
            let role = |(at, name): (usize, &&str)| Role {
                id: format!("role-{at}"),
                name: (*name).to_owned(),
                description: String::new(),
            };
            self.roles = ROLES.iter().enumerate().map(role).collect();
        }
        let named = std::mem::take(&mut self.permissions);
        for (user, permissions) in named {
            let id = tenant.user_id(&user).unwrap_or(user);
            let permissions = permissions.into_iter().map(|one| self.with_role(one)).collect();
            self.permissions.insert(id, permissions);
        }
        let workspace = json!({ "roleName": OWNER, "resources": [{ "id": self.id, "type": "WORKSPACE" }] });
        let owner = self.with_role(workspace);
        if let Some(own) = tenant.own.clone() {
            self.permissions.entry(own).or_insert_with(|| vec![owner]);
        }
        self
    }

    /// A permission with both the id and the name of its role.
    fn with_role(&self, mut permission: Value) -> Value {
        let role = self.roles.iter().find(|role| permission["roleName"] == *role.name);
        if let (Some(role), Some(permission)) = (role, permission.as_object_mut()) {
            permission.insert("roleId".to_owned(), json!(role.id));
        }
        permission
    }

    pub(super) fn permissions_of(&self, user: &str) -> &[Value] {
        self.permissions.get(user).map_or(&[], Vec::as_slice)
    }
}

/// Each thing that permissions let somebody do, in words.
pub(super) fn told(permissions: &[Value]) -> BTreeSet<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let one = |permission: &Value| {
        let role = text(&permission["roleName"]);
        let resources = permission["resources"].as_array().cloned().unwrap_or_default();
        resources.into_iter().map(move |on| format!("{role} on {} {}", text(&on["type"]), text(&on["id"])))
    };
    permissions.iter().flat_map(one).collect()
}

/// Puts a group in that has nobody in it.
pub(super) fn put_group(tenant: &mut Tenant, id: &str, name: &str) {
    let attributes =
        Map::from_iter([("displayName".to_owned(), json!(name)), ("members".to_owned(), json!([]))]);
    tenant.groups.put(Resource { id: id.to_owned(), version: 1, created: None, modified: None, attributes });
}

/// Puts a user in, who is called what the address begins with. Gives the id.
pub(super) fn put_user(tenant: &mut Tenant, email: &str) -> String {
    let id = tenant.new_id("User");
    let name = email.split('@').next().unwrap_or(email);
    let attributes = Map::from_iter([
        ("userName".to_owned(), json!(email)),
        ("displayName".to_owned(), json!(name)),
        ("active".to_owned(), json!(true)),
        ("emails".to_owned(), json!([{ "value": email, "primary": true }])),
    ]);
    tenant.users.put(Resource { id: id.clone(), version: 1, created: None, modified: None, attributes });
    id
}
