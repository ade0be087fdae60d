//! What each address shows.

use super::controls::link;
use super::organisation::{Organisation, name};
use super::people::People;
use super::visit::{Visit, go};
use crate::vendors::scim::emulator::html::{escape, table};
use crate::vendors::scim::emulator::{Reply, Request, Tenant};
use axum::http::StatusCode;

/// Answers a GET of somebody who is signed in.
pub(super) fn show(
    tenant: &Tenant,
    organisation: &Organisation,
    visit: &Visit,
    request: &Request,
) -> Option<Reply> {
    let people = People { tenant, organisation, visit };
    let words: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    let rest = match *words {
        [] => return Some(go(visit.labels.people_at())),
        ["account"] => return Some(account(visit)),
        ["account", "manage"] => return Some(manage(visit)),
        ["account", "content"] => return Some(content(&people)),
        ["account", "manage", ref rest @ ..] => rest,
        _ => return None,
    };
    let (list, file) = (visit.labels.people_path, format!("{}.csv", visit.labels.people_path));
    match *rest {
        ["projects", ref rest @ ..] => project(&people, rest),
        [path] if path == list => Some(people.list()),
        [path] if path == file => Some(people.export()),
        [path, "invite"] if path == list => Some(people.invite()),
        [path, who, ref rest @ ..] if path == list => {
            let user = tenant.users.get(&tenant.user_id(who)?)?;
            match *rest {
                [] => Some(people.profile(user)),
                ["remove"] => Some(people.confirm_removal(user)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The ways that a person is told to go, one page each.
fn account(visit: &Visit) -> Reply {
    let links =
        [("/account/manage", "Manage"), ("/account/content", "Content"), ("/account/profile", "Profile")];
    visit.page(StatusCode::OK, "Account", &menu(&links))
}

fn manage(visit: &Visit) -> Reply {
    let people = visit.labels.people_at();
    let links = [(&*people, visit.labels.people), ("/account/manage/projects", "Projects")];
    visit.page(StatusCode::OK, "Manage", &menu(&links))
}

fn menu(links: &[(&str, &str)]) -> String {
    let items: String = links.iter().map(|(to, text)| format!("<li>{}</li>\n", link(to, text))).collect();
    format!("<ul>\n{items}</ul>\n")
}

fn project(people: &People<'_>, words: &[&str]) -> Option<Reply> {
    let [id, rest @ ..] = words else { return Some(people.projects()) };
    let project = people.organisation.projects.get(*id)?;
    match *rest {
        [] => Some(people.project(id, project)),
        ["add"] => Some(people.add_to_project(id, project)),
        ["people", user, "remove"] => {
            people.organisation.level_of(user, id)?;
            Some(people.confirm_revocation(id, project, people.tenant.users.get(user)?))
        }
        _ => None,
    }
}

fn content(people: &People<'_>) -> Reply {
    let creator = |id: &Option<String>| {
        let user = id.as_deref().and_then(|id| people.tenant.users.get(id));
        user.map_or("created by removed user".to_owned(), |user| format!("created by {}", name(user)))
    };
    let items = people.organisation.content.iter();
    let rows: Vec<Vec<String>> = items
        .map(|item| vec![escape(&item.title), escape(&item.kind), escape(&creator(&item.created_by))])
        .collect();
    let body = table("Dashboards, reports and exports", &["Title", "Kind", "Creator"], &rows);
    people.visit.page(StatusCode::OK, "Content", &body)
}
