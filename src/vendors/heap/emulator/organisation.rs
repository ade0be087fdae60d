//! What Heap holds beside SCIM, as a state or a seed writes it.

use crate::vendors::scim::emulator::Tenant;
use crate::vendors::scim::emulator::tenant::Resource;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The roles that every tenant has, lowest first.
pub(super) const ROLES: [&str; 5] = ["read-only", "consumer", "analyst", "architect", "admin"];

/// The role that administers.
pub(super) const ADMIN: &str = "admin";

/// What Heap holds beside SCIM.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Organisation {
    /// Who brings accounts in and takes them out.
    pub(super) scim: Provisioning,
    /// How the pages word things.
    pub(super) labelling: Labelling,
    /// How the pages differ from what is known of them.
    pub(super) quirks: Quirks,
    /// The account that is signed in to the pages from the start; a seed may write the user name. None: the
    /// credential's own.
    pub(super) operator: Option<String>,
    /// The role of an account that SCIM creates.
    pub(super) default_role: String,
    /// Roles that this tenant has defined itself.
    pub(super) custom_roles: Vec<String>,
    /// Projects, by id.
    pub(super) projects: BTreeMap<String, Project>,
    /// By the account's id; a seed may write the user name.
    pub(super) teammates: BTreeMap<String, Teammate>,
    /// Who is invited and has not answered, by the word that the link in the mail carries.
    pub(super) invitations: BTreeMap<String, Invitation>,
    /// Every mail that was sent, the latest last.
    pub(super) outbox: Vec<Mail>,
    /// Dashboards, reports, exports.
    pub(super) content: Vec<Content>,
}

impl Default for Organisation {
    fn default() -> Self {
        Self {
            scim: Provisioning::default(),
            labelling: Labelling::default(),
            quirks: Quirks::default(),
            operator: None,
            default_role: "consumer".to_owned(),
            custom_roles: Vec::new(),
            projects: BTreeMap::new(),
            teammates: BTreeMap::new(),
            invitations: BTreeMap::new(),
            outbox: Vec::new(),
            content: Vec::new(),
        }
    }
}

/// Who brings accounts in and takes them out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Provisioning {
    /// SCIM alone: the pages neither add nor remove anybody.
    #[default]
    On,
    /// People, in the pages: there is no SCIM.
    Off,
}

/// How the pages word things: the two kinds of source disagree, and nobody can tell what a tenant sees.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Labelling {
    /// As the vendor's documentation does.
    #[default]
    Documented,
    /// As the access guides do.
    Guided,
}

/// How the pages differ from what is known of them, as they will one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Quirks {
    /// Every button that changes something has another name.
    pub(super) renamed_button: bool,
    /// Tables of people do not show their roles.
    pub(super) missing_column: bool,
    /// A question about privacy lies over every page until it is answered.
    pub(super) consent_dialog: bool,
    /// Nobody is signed in from the start.
    pub(super) signed_out: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub(super) name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Teammate {
    /// The organisation role; empty: the default one.
    pub(super) role: String,
    /// The role on each project that the teammate can open.
    pub(super) projects: BTreeMap<String, String>,
    pub(super) last_activity: Option<Timestamp>,
}

/// An invitation to the organisation that nobody has answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invitation {
    pub(super) email: String,
    pub(super) role: String,
    pub(super) sent: Timestamp,
}

/// A mail. Its link stays here when the invitation is gone, and leads nowhere then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mail {
    pub(super) sent: Timestamp,
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) link: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Content {
    pub(super) title: String,
    pub(super) kind: String,
    /// The account's id, or in a seed its user name; none once the account is removed.
    pub(super) created_by: Option<String>,
}

impl Organisation {
    /// A seed whose part is malformed counts as an empty organisation; whoever adopts it writes it back.
    pub(super) fn of(tenant: &Tenant) -> Self {
        Self::deserialize(&tenant.vendor).unwrap_or_default()
    }

    pub(super) fn store(&self, tenant: &mut Tenant) {
        if let Ok(value) = serde_json::to_value(self) {
            tenant.vendor = value;
        }
    }

    pub(super) fn role_of(&self, id: &str) -> &str {
        let role = self.teammates.get(id).map(|teammate| &*teammate.role).filter(|role| !role.is_empty());
        role.unwrap_or(&self.default_role)
    }

    /// The role on a project; none without access to it.
    pub(super) fn level_of(&self, id: &str, project: &str) -> Option<&str> {
        self.teammates.get(id)?.projects.get(project).map(String::as_str)
    }

    /// Every role, those of the tenant's own last.
    pub(super) fn roles(&self) -> impl Iterator<Item = &str> {
        ROLES.into_iter().chain(self.custom_roles.iter().map(String::as_str))
    }

    /// Whether an account is the only one that administers the organisation and can be used.
    pub(super) fn is_last_admin(&self, tenant: &Tenant, id: &str) -> bool {
        let admins = tenant.users.iter().filter(|user| is_active(user) && self.role_of(&user.id) == ADMIN);
        admins.map(|user| &*user.id).eq([id])
    }

    /// Every account that the state names.
    pub(super) fn named_accounts(&self) -> impl Iterator<Item = &String> {
        let creators = self.content.iter().filter_map(|item| item.created_by.as_ref());
        self.teammates.keys().chain(creators).chain(&self.operator)
    }

    /// Names accounts by their ids where a seed names them otherwise.
    pub(super) fn resolve(mut self, tenant: &Tenant) -> Self {
        let id = |account: String| tenant.user_id(&account).unwrap_or(account);
        self.teammates =
            self.teammates.into_iter().map(|(account, teammate)| (id(account), teammate)).collect();
        for item in &mut self.content {
            item.created_by = item.created_by.take().map(id);
        }
        self.operator = self.operator.map(id);
        self
    }

    /// Forgets an account. What it made stays.
    pub(super) fn forget(&mut self, user: &str) {
        self.teammates.remove(user);
        for item in &mut self.content {
            item.created_by.take_if(|account| account == user);
        }
    }
}

/// Whether an account can be used.
pub(super) fn is_active(user: &Resource) -> bool {
    user.attributes.get("active") != Some(&serde_json::Value::Bool(false))
}

/// What an account is called on a page.
pub(super) fn name(user: &Resource) -> &str {
    match user.text("displayName") {
        "" => user.text("userName"),
        name => name,
    }
}
