//! What an emulated Clarity holds.

use super::mail::subject;
use super::words::Labelling;
use crate::domain::Email;
use crate::vendors::scim::emulator::Tenant;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const MEMBER: &str = "member";
pub(super) const ADMIN: &str = "admin";
pub(super) const OWNER: &str = "owner";

/// The vendor's part of a state or a seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct State {
    /// Which of the sources the pages look like.
    pub(super) labelling: Labelling,
    /// Whether projects have owners at all.
    pub(super) owner: bool,
    /// Who is signed in where nobody has said otherwise.
    pub(super) operator: Option<String>,
    /// One invitation too many is accepted, and nothing comes of it.
    pub(super) silent_limit: bool,
    /// By id.
    pub(super) projects: BTreeMap<String, Project>,
    /// Oldest first.
    pub(super) mails: Vec<Mail>,
    /// How the pages depart from what is known of them.
    pub(super) quirks: Quirks,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    pub(super) name: String,
    /// In the order in which they were brought in.
    #[serde(default)]
    pub(super) members: Vec<Member>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Member {
    pub(super) email: String,
    #[serde(default)]
    pub(super) name: String,
    /// `member`, `admin`, `owner`, or a role that nobody has described.
    pub(super) role: String,
    #[serde(default)]
    pub(super) status: Status,
    #[serde(default)]
    pub(super) added: Option<Timestamp>,
    /// The last part of the link in the newest mail; none once it was answered.
    #[serde(default)]
    pub(super) token: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    #[default]
    Active,
    Pending,
    Expired,
    Declined,
}

/// A mail that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mail {
    pub(super) to: String,
    pub(super) at: Option<Timestamp>,
    pub(super) subject: String,
    /// The project's id.
    pub(super) project: String,
    pub(super) token: String,
}

/// Ways in which a page can fail to look as it should.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Quirks {
    /// The button with this text has another.
    pub(super) renamed_button: Option<String>,
    /// The table lacks the column with this header.
    pub(super) missing_column: Option<String>,
    /// A question about cookies lies over every page of a session until it is answered.
    pub(super) consent_dialog: bool,
    /// Whoever has not signed in is asked to.
    pub(super) signed_out: bool,
    /// Text is wrapped and spaced as frameworks do it, and things that nobody sees stand between.
    pub(super) html_noise: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            labelling: Labelling::Documented,
            owner: true,
            operator: None,
            silent_limit: false,
            projects: BTreeMap::new(),
            mails: Vec::new(),
            quirks: Quirks::default(),
        }
    }
}

impl Member {
    pub(super) fn is_active(&self) -> bool {
        self.status == Status::Active
    }

    /// Whether they may manage the project.
    pub(super) fn manages(&self) -> bool {
        self.is_active() && matches!(&*self.role, ADMIN | OWNER)
    }

    pub(super) fn is(&self, email: &str) -> bool {
        same(&self.email, email)
    }
}

/// Whether two addresses are one; case does not count.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

impl Project {
    pub(super) fn member(&self, email: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.is(email))
    }

    pub(super) fn member_mut(&mut self, email: &str) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.is(email))
    }

    /// Whether they are in it, and not only invited.
    pub(super) fn admits(&self, email: &str) -> bool {
        self.member(email).is_some_and(Member::is_active)
    }

    pub(super) fn pending(&self) -> usize {
        self.members.iter().filter(|member| member.status == Status::Pending).count()
    }
}

impl State {
    /// What the tenant's vendor part says.
    ///
    /// # Errors
    /// A sentence that says what is no such part.
    pub(super) fn read(tenant: &Tenant) -> Result<Self, String> {
        Self::deserialize(&tenant.vendor).map_err(|error| format!("in `vendor`: {error}"))
    }

    /// [`Self::read`] of a part that was checked.
    pub(super) fn of(tenant: &Tenant) -> Self {
        Self::read(tenant).unwrap_or_default()
    }

    pub(super) fn store(&self, tenant: &mut Tenant) {
        if let Ok(value) = serde_json::to_value(self) {
            tenant.vendor = value;
        }
    }

    /// Whether the parts fit together.
    ///
    /// # Errors
    /// A sentence that says which do not.
    pub(super) fn check(&self) -> Result<(), String> {
        for (id, project) in &self.projects {
            if id.is_empty() || id.contains('/') {
                return Err(format!("in `vendor`: {id:?} cannot be a project's id"));
            }
            self.check_project(project).map_err(|reason| format!("in `vendor`: project {id}: {reason}"))?;
        }
        match &self.operator {
            Some(operator) if !self.projects.values().any(|project| project.admits(operator)) => {
                Err(format!(
                    "in `vendor`: the operator {operator:?} is an active member of no project, so no page would open"
                ))
            }
            _ => Ok(()),
        }
    }

    fn check_project(&self, project: &Project) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        for member in &project.members {
            let email =
                Email::parse(&member.email).map_err(|error| format!("{:?}: {error}", member.email))?;
            if !seen.insert(email) {
                return Err(format!("{:?} is listed twice", member.email));
            }
            if member.role.trim().is_empty() {
                return Err(format!("{:?} has no role", member.email));
            }
        }
        let mut owners = project.members.iter().filter(|member| member.role == OWNER);
        match (owners.next(), owners.next()) {
            (Some(one), Some(other)) => {
                Err(format!("{:?} and {:?} cannot both own it", one.email, other.email))
            }
            (Some(one), None) if !self.owner => {
                Err(format!("{:?} owns it, and `owner: false` says that nobody owns a project", one.email))
            }
            (Some(one), None) if !one.is_active() => {
                Err(format!("{:?} owns it, and is not an active member", one.email))
            }
            _ => Ok(()),
        }
    }

    /// Makes a project exist, whose first member is this one, and who is signed in where nobody has said otherwise.
    pub(super) fn furnish(&mut self, id: &str, email: &str, name: &str) {
        let role = if self.owner { OWNER } else { ADMIN };
        let first = || Member {
            email: email.to_owned(),
            name: name.to_owned(),
            role: role.to_owned(),
            status: Status::Active,
            added: None,
            token: None,
        };
        let project = || Project { name: format!("The {id}"), members: vec![first()] };
        self.projects.entry(id.to_owned()).or_insert_with(project);
        self.operator.get_or_insert_with(|| email.to_owned());
    }

    /// Sends the mails of invitations that a seed begins with.
    pub(super) fn complete(&mut self) {
        let projects: Vec<String> = self.projects.keys().cloned().collect();
        for project in projects {
            let waits = |member: &&Member| {
                member.token.is_none() && matches!(member.status, Status::Pending | Status::Expired)
            };
            let members = self.projects.get(&project).map(|project| &project.members);
            let waiting: Vec<(String, Option<Timestamp>)> = members
                .into_iter()
                .flatten()
                .filter(waits)
                .map(|member| (member.email.clone(), member.added))
                .collect();
            for (email, added) in waiting {
                self.send(&project, &email, added);
            }
        }
    }

    /// Sends the mail of an invitation. A link of an earlier one ends with it.
    pub(super) fn send(&mut self, project: &str, email: &str, at: Option<Timestamp>) {
        let digest = Sha256::digest(format!("{project}\n{email}\n{}", self.mails.len()));
        let token: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let Some(found) = self.projects.get_mut(project) else { return };
        let subject = subject(&found.name);
        let Some(member) = found.member_mut(email) else { return };
        member.token = Some(token.clone());
        let mail = Mail { to: member.email.clone(), at, subject, project: project.to_owned(), token };
        self.mails.push(mail);
    }

    /// Everybody who is in some project, and the operator.
    pub(super) fn addresses(&self) -> BTreeSet<&str> {
        let members = self.projects.values().flat_map(|project| &project.members);
        let active = members.filter(|member| member.is_active()).map(|member| &*member.email);
        active.chain(self.operator.as_deref()).collect()
    }
}
