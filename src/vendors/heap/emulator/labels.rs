//! What the pages call things, in both labellings.

use super::organisation::{Labelling, Quirks};

/// One labelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Labels {
    /// The segment of the path under which people are.
    pub(super) people_path: &'static str,
    /// The list of people.
    pub(super) people: &'static str,
    /// One person's page.
    pub(super) person: &'static str,
    /// The way to the form that invites.
    pub(super) add_person: &'static str,
    /// What sends an invitation.
    pub(super) send: &'static str,
    pub(super) email: &'static str,
    pub(super) organisation_role: &'static str,
    pub(super) project_role: &'static str,
    pub(super) status: &'static str,
    pub(super) pending: &'static str,
    pub(super) created: &'static str,
    pub(super) save: &'static str,
    /// The way to the question whether to remove.
    pub(super) remove: &'static str,
    /// What answers it.
    pub(super) confirm: &'static str,
    pub(super) cancel_invitation: &'static str,
    /// One project's page.
    pub(super) project: &'static str,
    /// The way to the form that gives access to a project.
    pub(super) add_to_project: &'static str,
    /// What sends it.
    pub(super) add: &'static str,
    pub(super) export: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) privacy: &'static str,
    /// The lowest role.
    read_only: &'static str,
    /// The ordinary role of the organisation.
    consumer: &'static str,
    /// The highest role of the organisation.
    admin: &'static str,
}

const DOCUMENTED: Labels = Labels {
    people_path: "teammates",
    people: "Teammates",
    person: "Teammate profile",
    add_person: "Add teammate",
    send: "Send invite",
    email: "E-mail",
    organisation_role: "Role",
    project_role: "Role",
    status: "Status",
    pending: "Pending",
    created: "Created",
    save: "Save",
    remove: "Remove",
    confirm: "Yes, remove",
    cancel_invitation: "Cancel invitation",
    project: "Project access",
    add_to_project: "Add to Project",
    add: "Add",
    export: "Export as CSV",
    sign_in: "Sign in to Heap",
    privacy: "We value your privacy",
    read_only: "Read-Only",
    consumer: "Consumer",
    admin: "Admin",
};

const GUIDED: Labels = Labels {
    people_path: "members",
    people: "Members",
    person: "Member profile",
    add_person: "Invite member",
    send: "Send invitation",
    email: "Email",
    organisation_role: "Organization role",
    project_role: "Project role",
    status: "State",
    pending: "Invited",
    created: "Date added",
    save: "Update",
    remove: "Delete",
    confirm: "Yes, delete",
    cancel_invitation: "Withdraw invitation",
    project: "Project members",
    add_to_project: "Add Teams or Individuals",
    add: "Assign",
    export: "Download CSV",
    sign_in: "Log in to Heap",
    privacy: "Cookie preferences",
    read_only: "Read only",
    consumer: "Organization Member",
    admin: "Organization Admin",
};

/// What a button is called that nobody has described.
const RENAMED: &str = "Proceed";

/// What a role is a role on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Organisation,
    Project,
}

impl Labels {
    pub(super) fn of(labelling: Labelling, quirks: Quirks) -> Self {
        let labels = match labelling {
            Labelling::Documented => DOCUMENTED,
            Labelling::Guided => GUIDED,
        };
        if !quirks.renamed_button {
            return labels;
        }
        let (send, save, confirm) = (RENAMED, RENAMED, RENAMED);
        Self { send, save, confirm, cancel_invitation: RENAMED, add: RENAMED, ..labels }
    }

    /// A role as the pages write it. A tenant's own is written as the tenant does.
    pub(super) fn role<'a>(&self, role: &'a str, place: Place) -> &'a str
    where
        Self: 'a,
    {
        match (role, place) {
            ("read-only", _) => self.read_only,
            ("consumer", Place::Organisation) => self.consumer,
            ("consumer", Place::Project) => "Consumer",
            ("analyst", _) => "Analyst",
            ("architect", _) => "Architect",
            ("admin", Place::Organisation) => self.admin,
            ("admin", Place::Project) => "Admin",
            (own, _) => own,
        }
    }

    /// The path of the list of people.
    pub(super) fn people_at(&self) -> String {
        format!("/account/manage/{}", self.people_path)
    }
}
