//! The projects, who can open each, and the forms that give and take access to one.

use super::controls::{field, form, link, paragraph, row_form, select};
use super::labels::{Labels, Place};
use super::organisation::{Organisation, Project, name};
use super::people::People;
use crate::vendors::scim::emulator::Reply;
use crate::vendors::scim::emulator::html::{escape, segment, table};
use crate::vendors::scim::emulator::tenant::Resource;
use axum::http::StatusCode;
use std::sync::Arc;

/// The place of the role among the columns.
const ROLE_COLUMN: usize = 2;

/// Every role, as what is sent and what is shown.
pub(super) fn role_options<'a>(
    organisation: &'a Organisation,
    labels: &'a Labels,
    place: Place,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    organisation.roles().map(move |role| (role, labels.role(role, place)))
}

/// Where one project's page is.
pub(super) fn project_at(id: &str) -> String {
    format!("/account/manage/projects/{}", segment(id))
}

impl People<'_> {
    /// Who can open a project, and as what.
    fn on<'a>(&'a self, project: &'a str) -> impl Iterator<Item = (&'a Arc<Resource>, &'a str)> {
        let users = self.tenant.users.iter();
        users.filter_map(|user| Some((user, self.organisation.level_of(&user.id, project)?)))
    }

    pub(super) fn projects(&self) -> Reply {
        let row = |(id, project): (&String, &Project)| {
            vec![link(&project_at(id), &project.name), escape(id), self.on(id).count().to_string()]
        };
        let rows: Vec<_> = self.organisation.projects.iter().map(row).collect();
        let body = table("Every project", &["Project", "Id", "People"], &rows);
        self.visit.page(StatusCode::OK, "Projects", &body)
    }

    pub(super) fn project(&self, id: &str, project: &Project) -> Reply {
        let labels = &self.visit.labels;
        let mut columns = vec!["Name", labels.email, labels.project_role, "Actions"];
        let mut rows: Vec<_> = self.on(id).map(|(user, level)| self.access_row(id, user, level)).collect();
        if self.organisation.quirks.missing_column {
            columns.remove(ROLE_COLUMN);
            rows.iter_mut().for_each(|row: &mut Vec<String>| drop(row.remove(ROLE_COLUMN)));
        }
        let add = link(&format!("{}/add", project_at(id)), labels.add_to_project);
        let body = format!("<h2>{} <small>{}</small></h2>\n", escape(&project.name), escape(id))
            + table("Who can open it", &columns, &rows).as_str()
            + format!("<p>{add}</p>\n").as_str();
        self.visit.page(StatusCode::OK, labels.project, &body)
    }

    fn access_row(&self, id: &str, user: &Resource, level: &str) -> Vec<String> {
        let labels = &self.visit.labels;
        let at = format!("{}/people/{}", project_at(id), segment(&user.id));
        let options = role_options(self.organisation, labels, Place::Project);
        let change = row_form(
            &format!("{at}/role"),
            &select(labels.project_role, "level", options, level),
            labels.save,
        );
        vec![
            link(&self.at(user), name(user)),
            escape(user.text("userName")),
            escape(labels.role(level, Place::Project)),
            change + link(&format!("{at}/remove"), labels.remove).as_str(),
        ]
    }

    pub(super) fn add_to_project(&self, id: &str, project: &Project) -> Reply {
        let labels = &self.visit.labels;
        let options = role_options(self.organisation, labels, Place::Project);
        let inside = field(labels.email, "email", "email", "")
            + select(labels.project_role, "level", options, "read-only").as_str();
        let text = format!("Somebody with an account gets access to {} ({id}).", project.name);
        let body =
            paragraph(&text) + form(&format!("{}/people", project_at(id)), &inside, labels.add).as_str();
        self.visit.page(StatusCode::OK, labels.add_to_project, &body)
    }

    pub(super) fn confirm_revocation(&self, id: &str, project: &Project, user: &Resource) -> Reply {
        let labels = &self.visit.labels;
        let text = format!(
            "{} ({}) will no longer be able to open {}. The account stays.",
            name(user),
            user.text("userName"),
            project.name
        );
        let at = format!("{}/people/{}", project_at(id), segment(&user.id));
        let body = paragraph(&text)
            + form(&format!("{at}/remove"), "", labels.confirm).as_str()
            + format!("<p>{}</p>\n", link(&project_at(id), "Keep the access")).as_str();
        self.visit.page(StatusCode::OK, "Take this access away?", &body)
    }
}
