//! The pages that only show.

use super::html::{choice, escape, page, segment, table};
use super::{Organisation, Teammate};
use crate::vendors::scim::emulator::tenant::Resource;
use crate::vendors::scim::emulator::{Reply, Request, Tenant};
use axum::http::{StatusCode, header};
use serde_json::Value;

/// What a select offers for "no access to this project".
pub(super) const NO_ACCESS: &str = "none";

/// Answers a GET.
pub(super) fn show(tenant: &Tenant, request: &Request) -> Option<Reply> {
    let organisation = Organisation::of(tenant);
    let words: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    match *words {
        [] | ["account"] | ["account", "manage"] => Some(
            Reply::new(StatusCode::SEE_OTHER, "text/plain", Vec::new())
                .with_header(header::LOCATION, "/account/manage/teammates"),
        ),
        ["account", "manage", "teammates"] => Some(teammates(tenant, &organisation)),
        ["account", "manage", "teammates.csv"] => Some(export(tenant, &organisation)),
        ["account", "manage", "teammates", id] => {
            tenant.users.get(id).map(|user| teammate(tenant, &organisation, user))
        }
        ["account", "manage", "projects"] => Some(projects(tenant, &organisation)),
        ["account", "content"] => Some(content(tenant, &organisation)),
        _ => None,
    }
}

fn name(user: &Resource) -> &str {
    match user.text("displayName") {
        "" => user.text("userName"),
        name => name,
    }
}

fn date(at: Option<jiff::Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// `Main (analyst), Beta (consumer)`.
fn project_access(organisation: &Organisation, teammate: Option<&Teammate>) -> String {
    let access = teammate.into_iter().flat_map(|teammate| &teammate.projects);
    let shown = access.map(|(id, level)| {
        let project = organisation.projects.get(id).map_or(&**id, |project| &project.name);
        format!("{project} ({level})")
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// Name, e-mail, organisation role, projects, last activity, created.
fn columns(organisation: &Organisation, user: &Resource) -> [String; 6] {
    let teammate = organisation.teammates.get(&user.id);
    let active = user.attributes.get("active") != Some(&Value::Bool(false));
    let suffix = if active { "" } else { " (deactivated)" };
    [
        format!("{}{suffix}", name(user)),
        user.text("userName").to_owned(),
        organisation.role_of(&user.id).to_owned(),
        project_access(organisation, teammate),
        date(teammate.and_then(|teammate| teammate.last_activity)),
        date(user.created),
    ]
}

const COLUMNS: [&str; 6] = ["Name", "E-mail", "Organisation role", "Projects", "Last activity", "Created"];

fn link(user: &Resource) -> String {
    format!("/account/manage/teammates/{}", segment(&user.id))
}

fn teammates(tenant: &Tenant, organisation: &Organisation) -> Reply {
    let row = |user: &Resource| {
        let mut cells: Vec<String> = columns(organisation, user).iter().map(|cell| escape(cell)).collect();
        cells[0] = format!("<a href=\"{}\">{}</a>", escape(&link(user)), cells[0]);
        cells
    };
    let rows: Vec<_> = tenant.users.iter().map(|user| row(user)).collect();
    let add = "<form method=\"post\" action=\"/account/manage/teammates\">\
               <label>E-mail <input name=\"email\" type=\"email\" required></label> \
               <button type=\"submit\">Add teammate</button></form>\n";
    let export = "<p><a href=\"/account/manage/teammates.csv\">Export as CSV</a></p>\n";
    let body = format!("{}{export}{add}", table("Everyone with an account", &COLUMNS, &rows));
    page(StatusCode::OK, "Teammates", &body)
}

fn teammate(tenant: &Tenant, organisation: &Organisation, user: &Resource) -> Reply {
    let rows: Vec<Vec<String>> = COLUMNS
        .iter()
        .zip(columns(organisation, user))
        .map(|(column, value)| vec![escape(column), escape(&value)])
        .collect();
    let mut body = table("Profile", &["", ""], &rows);
    let here = link(user);
    let role = organisation.role_of(&user.id);
    body += &choice(&format!("{here}/role"), "organisation role", "role", organisation.roles(), role);
    let none = Teammate::default();
    let held = &organisation.teammates.get(&user.id).unwrap_or(&none).projects;
    for (id, project) in &organisation.projects {
        let label = format!("role on {}", project.name);
        let action = format!("{here}/projects/{}", segment(id));
        let levels = [NO_ACCESS].into_iter().chain(organisation.roles());
        body += &choice(&action, &label, "level", levels, held.get(id).map_or(NO_ACCESS, String::as_str));
    }
    let groups = tenant.groups.iter().filter(|group| group.member_ids().any(|id| id == user.id));
    let groups: Vec<String> = groups.map(|group| escape(group.text("displayName"))).collect();
    body += &format!(
        "<h2>Teams</h2>\n<p>{}</p>\n",
        if groups.is_empty() { "None".to_owned() } else { groups.join(", ") }
    );
    body += &format!(
        "<form method=\"post\" action=\"{}/remove\"><button type=\"submit\">Remove teammate</button></form>\n",
        escape(&here)
    );
    page(StatusCode::OK, name(user), &body)
}

fn projects(tenant: &Tenant, organisation: &Organisation) -> Reply {
    let mut body = String::new();
    for (id, project) in &organisation.projects {
        let held = tenant.users.iter().filter_map(|user| {
            let level = organisation.teammates.get(&user.id)?.projects.get(id)?;
            Some(vec![escape(name(user)), escape(user.text("userName")), escape(level)])
        });
        let rows: Vec<_> = held.collect();
        body += &format!("<h2>{} <small>{}</small></h2>\n", escape(&project.name), escape(id));
        body += &table("Who can open it", &["Name", "E-mail", "Role"], &rows);
    }
    page(StatusCode::OK, "Projects", &body)
}

fn content(tenant: &Tenant, organisation: &Organisation) -> Reply {
    let creator = |id: &Option<String>| {
        let user = id.as_deref().and_then(|id| tenant.users.get(id));
        user.map_or("created by removed user".to_owned(), |user| format!("created by {}", name(user)))
    };
    let rows: Vec<Vec<String>> = organisation
        .content
        .iter()
        .map(|item| vec![escape(&item.title), escape(&item.kind), escape(&creator(&item.created_by))])
        .collect();
    page(
        StatusCode::OK,
        "Content",
        &table("Dashboards, reports and exports", &["Title", "Kind", "Creator"], &rows),
    )
}

fn export(tenant: &Tenant, organisation: &Organisation) -> Reply {
    let quoted = |cells: &[String]| {
        let cells = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
        cells.collect::<Vec<_>>().join(",") + "\r\n"
    };
    let mut out = COLUMNS.join(",") + "\r\n";
    for user in tenant.users.iter() {
        out += &quoted(&columns(organisation, user));
    }
    Reply::new(StatusCode::OK, "text/csv; charset=utf-8", out.into_bytes())
        .with_header(header::CONTENT_DISPOSITION, "attachment; filename=\"teammates.csv\"")
        .with_header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
}
