//! The list of people, one person's page, and the forms that invite and remove.

use super::controls::{field, form, link, paragraph, row_form, select};
use super::labels::Place;
use super::organisation::{Invitation, Organisation, Provisioning, Teammate, is_active, name};
use super::projects::role_options;
use super::visit::Visit;
use crate::vendors::scim::emulator::html::{escape, segment, table};
use crate::vendors::scim::emulator::tenant::Resource;
use crate::vendors::scim::emulator::{Reply, Tenant};
use axum::http::{StatusCode, header};
use jiff::Timestamp;

/// What a select offers for "no access to this project".
pub(super) const NO_ACCESS: &str = "none";

/// What everybody is told where a form would be that SCIM has made useless.
pub(super) const BY_SCIM: &str = "SCIM provisioning is on, so accounts are created and removed by the identity \
                                  provider. Individual roles and project access can still be changed.";

/// The place of the role among the columns.
const ROLE_COLUMN: usize = 2;

fn date(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// What the tables of people are made from.
pub(super) struct People<'a> {
    pub(super) tenant: &'a Tenant,
    pub(super) organisation: &'a Organisation,
    pub(super) visit: &'a Visit,
}

impl People<'_> {
    /// Name, address, organisation role, status, projects, last activity, created.
    fn columns(&self) -> [&'static str; 7] {
        let labels = &self.visit.labels;
        let role = labels.organisation_role;
        ["Name", labels.email, role, labels.status, "Projects", "Last activity", labels.created]
    }

    fn person(&self, user: &Resource) -> [String; 7] {
        let teammate = self.organisation.teammates.get(&user.id);
        let active = is_active(user);
        let suffix = if active { "" } else { " (deactivated)" };
        let role = self.organisation.role_of(&user.id);
        [
            format!("{}{suffix}", name(user)),
            user.text("userName").to_owned(),
            self.visit.labels.role(role, Place::Organisation).to_owned(),
            if active { "Active" } else { "Deactivated" }.to_owned(),
            self.project_access(teammate),
            date(teammate.and_then(|teammate| teammate.last_activity)),
            date(user.created),
        ]
    }

    fn invited(&self, invitation: &Invitation) -> [String; 7] {
        let labels = &self.visit.labels;
        [
            String::new(),
            invitation.email.clone(),
            labels.role(&invitation.role, Place::Organisation).to_owned(),
            labels.pending.to_owned(),
            String::new(),
            date(None),
            date(Some(invitation.sent)),
        ]
    }

    /// `Main (Analyst), Beta (Consumer)`.
    fn project_access(&self, teammate: Option<&Teammate>) -> String {
        let access = teammate.into_iter().flat_map(|teammate| &teammate.projects);
        let shown = access.map(|(id, level)| {
            let project = self.organisation.projects.get(id).map_or(&**id, |project| &project.name);
            format!("{project} ({})", self.visit.labels.role(level, Place::Project))
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// Where one person's page is.
    pub(super) fn at(&self, user: &Resource) -> String {
        format!("{}/{}", self.visit.labels.people_at(), segment(&user.id))
    }

    pub(super) fn list(&self) -> Reply {
        let rows = self.tenant.users.iter().map(|user| self.person_row(user));
        let invited = self.organisation.invitations.iter().map(|(word, one)| self.invited_row(word, one));
        let mut columns: Vec<&str> = self.columns().into_iter().chain(["Actions"]).collect();
        let mut rows: Vec<Vec<String>> = rows.chain(invited).collect();
        if self.organisation.quirks.missing_column {
            columns.remove(ROLE_COLUMN);
            rows.iter_mut().for_each(|row| drop(row.remove(ROLE_COLUMN)));
        }
        let labels = &self.visit.labels;
        let at = labels.people_at();
        let mut body = table("Everyone with an account, and everyone invited", &columns, &rows);
        body += &format!("<p>{}</p>\n", link(&format!("{at}.csv"), labels.export));
        body += &match self.organisation.scim {
            Provisioning::On => format!("<p class=\"notice\">{}</p>\n", escape(BY_SCIM)),
            Provisioning::Off => format!("<p>{}</p>\n", link(&format!("{at}/invite"), labels.add_person)),
        };
        self.visit.page(StatusCode::OK, labels.people, &body)
    }

    fn person_row(&self, user: &Resource) -> Vec<String> {
        let mut cells: Vec<String> = self.person(user).iter().map(|cell| escape(cell)).collect();
        cells[0] = link(&self.at(user), &self.person(user)[0]);
        let mut actions = self.role_form(user, "?back=list");
        if self.organisation.scim == Provisioning::Off {
            actions += &link(&format!("{}/remove", self.at(user)), self.visit.labels.remove);
        }
        cells.push(actions);
        cells
    }

    fn invited_row(&self, word: &str, invitation: &Invitation) -> Vec<String> {
        let mut cells: Vec<String> = self.invited(invitation).iter().map(|cell| escape(cell)).collect();
        let action = format!("{}/invitations/{}/cancel", self.visit.labels.people_at(), segment(word));
        cells.push(row_form(&action, "", self.visit.labels.cancel_invitation));
        cells
    }

    fn role_form(&self, user: &Resource, back: &str) -> String {
        let labels = &self.visit.labels;
        let options = role_options(self.organisation, labels, Place::Organisation);
        let role = self.organisation.role_of(&user.id);
        let inside = select(labels.organisation_role, "role", options, role);
        row_form(&format!("{}/role{back}", self.at(user)), &inside, labels.save)
    }

    pub(super) fn profile(&self, user: &Resource) -> Reply {
        let rows: Vec<Vec<String>> = self
            .columns()
            .iter()
            .zip(self.person(user))
            .map(|(column, value)| vec![escape(column), escape(&value)])
            .collect();
        let mut body = table("Profile", &["", ""], &rows) + self.role_form(user, "").as_str();
        for (id, project) in &self.organisation.projects {
            body += &self.project_form(user, id, &project.name);
        }
        let groups = self.tenant.groups.iter().filter(|group| group.member_ids().any(|id| id == user.id));
        let groups: Vec<&str> = groups.map(|group| group.text("displayName")).collect();
        let groups = if groups.is_empty() { "None".to_owned() } else { groups.join(", ") };
        body += &format!("<h2>Teams</h2>\n{}", paragraph(&groups));
        if self.organisation.scim == Provisioning::Off {
            let remove = link(&format!("{}/remove", self.at(user)), self.visit.labels.remove);
            body += &format!("<p>{remove}</p>\n");
        }
        self.visit.page(StatusCode::OK, self.visit.labels.person, &body)
    }

    fn project_form(&self, user: &Resource, id: &str, name: &str) -> String {
        let labels = &self.visit.labels;
        let options = role_options(self.organisation, labels, Place::Project);
        let options = [(NO_ACCESS, "No access")].into_iter().chain(options);
        let held = self.organisation.level_of(&user.id, id).unwrap_or(NO_ACCESS);
        let inside = select(&format!("{} on {name}", labels.project_role), "level", options, held);
        let action = format!("{}/projects/{}", self.at(user), segment(id));
        form(&action, &inside, &format!("{} access to {name}", labels.save))
    }

    pub(super) fn invite(&self) -> Reply {
        let labels = &self.visit.labels;
        if self.organisation.scim == Provisioning::On {
            return self.visit.refusal(StatusCode::FORBIDDEN, BY_SCIM);
        }
        let options = role_options(self.organisation, labels, Place::Organisation);
        let inside = field(labels.email, "email", "email", "")
            + select(labels.organisation_role, "role", options, &self.organisation.default_role).as_str();
        let body = form(&labels.people_at(), &inside, labels.send);
        self.visit.page(StatusCode::OK, labels.add_person, &body)
    }

    pub(super) fn confirm_removal(&self, user: &Resource) -> Reply {
        let labels = &self.visit.labels;
        if self.organisation.scim == Provisioning::On {
            return self.visit.refusal(StatusCode::FORBIDDEN, BY_SCIM);
        }
        let text = format!(
            "{} ({}) will lose this account, every project and every API token at once. What they made stays, as \
             \"created by removed user\". Only a new invitation brings them back.",
            name(user),
            user.text("userName")
        );
        let body = paragraph(&text)
            + form(&format!("{}/remove", self.at(user)), "", labels.confirm).as_str()
            + format!("<p>{}</p>\n", link(&labels.people_at(), "Keep this account")).as_str();
        self.visit.page(StatusCode::OK, "Remove this account?", &body)
    }

    /// The list as a file.
    pub(super) fn export(&self) -> Reply {
        let quoted = |cells: &[String]| {
            let cells = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
            cells.collect::<Vec<_>>().join(",") + "\r\n"
        };
        let mut out = self.columns().join(",") + "\r\n";
        self.tenant.users.iter().for_each(|user| out += &quoted(&self.person(user)));
        self.organisation.invitations.values().for_each(|one| out += &quoted(&self.invited(one)));
        let name = format!("attachment; filename=\"{}.csv\"", self.visit.labels.people_path);
        Reply::new(StatusCode::OK, "text/csv; charset=utf-8", out.into_bytes())
            .with_header(header::CONTENT_DISPOSITION, name)
            .with_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
    }
}
