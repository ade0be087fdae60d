//! The pages that only show.

use super::chrome::Chrome;
use super::mail;
use super::session::sign_in_page;
use super::state::{ADMIN, MEMBER, Member, OWNER, Project, State, Status};
use super::words::Cell;
use crate::vendors::scim::emulator::html::{escape, segment};
use crate::vendors::scim::emulator::{Reply, Request};
use axum::http::StatusCode;
use std::fmt::Write;

/// Answers a GET.
pub(super) fn show(state: &State, request: &Request) -> Reply {
    let chrome = Chrome::new(state, request);
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    match *segments {
        ["outbox"] => mail::outbox(&chrome),
        ["invitations", answer @ ("accepted" | "declined")] => answered(&chrome, answer),
        ["invitations", token] => mail::invitation(&chrome, token),
        ["sign-in"] => sign_in_page(&chrome, "/"),
        [] if chrome.who.is_some() => projects(&chrome),
        ["projects", "view", id, ref rest @ ..] => match admitted(&chrome, id) {
            Ok(_) => inside(&chrome, id, rest),
            Err(reply) => reply,
        },
        [] => sign_in_page(&chrome, "/"),
        _ => nothing(&chrome),
    }
}

/// The page of a path that there is not.
pub(super) fn nothing(chrome: &Chrome<'_>) -> Reply {
    chrome.notice(StatusCode::NOT_FOUND, "Page not found", "There is nothing at this address.", "/")
}

fn answered(chrome: &Chrome<'_>, answer: &str) -> Reply {
    let body = format!("<p role=\"status\">The invitation was {answer}.</p>\n");
    chrome.page(StatusCode::OK, "Invitation", &body)
}

/// Who is signed in, if they are in the project; otherwise what they see instead.
pub(super) fn admitted<'a>(chrome: &'a Chrome<'_>, id: &str) -> Result<&'a str, Reply> {
    let Some(who) = chrome.who.as_deref() else {
        return Err(sign_in_page(chrome, &chrome.members(id)));
    };
    match chrome.state.projects.get(id) {
        Some(project) if project.admits(who) => Ok(who),
        // Whether it exists is nobody's business who is not in it.
        _ => {
            let text = "You do not have access to this project, or there is none at this address.";
            Err(chrome.notice(StatusCode::FORBIDDEN, "No access", text, "/"))
        }
    }
}

fn inside(chrome: &Chrome<'_>, id: &str, rest: &[&str]) -> Reply {
    let Some(project) = chrome.state.projects.get(id) else { return nothing(chrome) };
    match *rest {
        [] => overview(chrome, id, project),
        ["settings"] => settings(chrome, id, project),
        ["settings", slug, ref rest @ ..] if slug == chrome.words.slug => match *rest {
            [] => members(chrome, id, project),
            ["add"] => add(chrome, id, project),
            [email, "remove"] => confirm(chrome, id, project, email),
            _ => nothing(chrome),
        },
        _ => nothing(chrome),
    }
}

fn projects(chrome: &Chrome<'_>) -> Reply {
    let who = chrome.who.as_deref().unwrap_or_default();
    let mine = chrome.state.projects.iter().filter(|(_, project)| project.admits(who));
    let items = mine.fold(String::new(), |mut out, (id, project)| {
        let link = format!("/projects/view/{}", segment(id));
        let (link, name, id) = (escape(&link), chrome.text(&project.name), escape(id));
        let _ = writeln!(out, "<li><a href=\"{link}\">{name}</a> <small>{id}</small></li>");
        out
    });
    let body = match &*items {
        "" => "<p>You are in no project.</p>\n".to_owned(),
        items => format!("<ul>\n{items}</ul>\n"),
    };
    chrome.page(StatusCode::OK, "My projects", &body)
}

/// The line that says which project a page is about.
fn trail(id: &str, project: &Project) -> String {
    let link = format!("/projects/view/{}", segment(id));
    format!(
        "<p>Project: <a href=\"{}\">{}</a> <small>{}</small></p>\n",
        escape(&link),
        escape(&project.name),
        escape(id)
    )
}

fn overview(chrome: &Chrome<'_>, id: &str, project: &Project) -> Reply {
    let link = format!("/projects/view/{}/settings", segment(id));
    let body = format!(
        "<p>Recordings and heatmaps would be here.</p>\n<p><a href=\"{}\">{}</a></p>\n",
        escape(&link),
        chrome.text("Settings")
    );
    chrome.page(StatusCode::OK, &project.name, &body)
}

fn settings(chrome: &Chrome<'_>, id: &str, project: &Project) -> Reply {
    let body = format!(
        "{}<ul><li><a href=\"{}\">{}</a></li></ul>\n",
        trail(id, project),
        escape(&chrome.members(id)),
        chrome.text(chrome.words.members)
    );
    chrome.page(StatusCode::OK, "Settings", &body)
}

fn members(chrome: &Chrome<'_>, id: &str, project: &Project) -> Reply {
    let viewer = chrome.who.as_deref().and_then(|who| project.member(who));
    let manages = viewer.is_some_and(Member::manages);
    let here = chrome.members(id);
    let mut body = trail(id, project);
    if manages {
        body += &chrome.press("get", &format!("{here}/add"), chrome.words.add);
    }
    let missing = chrome.state.quirks.missing_column.as_deref();
    let columns: Vec<(&str, Cell)> =
        chrome.words.columns.into_iter().filter(|(header, _)| Some(*header) != missing).collect();
    let _ = write!(body, "<table>\n<caption>Everyone in {}</caption>\n<thead><tr>", escape(&project.name));
    for (header, _) in &columns {
        let _ = write!(body, "<th scope=\"col\">{}</th>", chrome.text(header));
    }
    body += if manages { "<th scope=\"col\" style=\"user-select:none\">Actions</th>" } else { "" };
    body += "</tr></thead>\n<tbody>\n";
    for (row, member) in project.members.iter().enumerate() {
        body += "<tr>";
        for (_, cell) in &columns {
            let _ = write!(body, "<td>{}</td>", chrome.text(&content(chrome, member, *cell)));
        }
        if let Some(viewer) = viewer.filter(|_| manages) {
            let controls = controls(chrome, &here, row, member, viewer);
            // Kept out of what somebody selects, so that a copied table is the table.
            let _ = write!(body, "<td style=\"user-select:none\">{controls}</td>");
        }
        body += "</tr>\n";
    }
    body += "</tbody>\n</table>\n";
    body += &chrome.press("post", &format!("{here}/leave"), chrome.words.leave);
    chrome.page(StatusCode::OK, chrome.words.members, &body)
}

fn content(chrome: &Chrome<'_>, member: &Member, cell: Cell) -> String {
    match cell {
        Cell::Email => member.email.clone(),
        Cell::Name => member.name.clone(),
        Cell::Role => chrome.words.role(&member.role).to_owned(),
        Cell::Status => member.status.shown().to_owned(),
        Cell::Added => mail::date(member.added),
    }
}

/// What the viewer can do to a member.
fn controls(chrome: &Chrome<'_>, here: &str, row: usize, member: &Member, viewer: &Member) -> String {
    let at = |what: &str| format!("{here}/{}/{what}", segment(&member.email));
    let mut out = String::new();
    if !member.is_active() {
        if member.status != Status::Declined {
            out += &chrome.press("post", &at("resend"), "Resend");
        }
        return out + chrome.press("post", &at("cancel"), "Cancel invitation").as_str();
    }
    if member.role != OWNER {
        let field = role_field(chrome, &format!("role-{row}"), &member.role);
        let (action, save) = (escape(&at("role")), chrome.button(chrome.words.save));
        let _ = write!(out, "<form method=\"post\" action=\"{action}\">{field} {save}</form> ");
        if !member.is(&viewer.email) {
            out += &chrome.press("get", &at("remove"), "Remove");
        }
    }
    if viewer.role == OWNER && !member.is(&viewer.email) {
        out += &chrome.press("post", &at("transfer"), "Transfer ownership");
    }
    out
}

/// The choice of a role; one that nobody has described can only be left.
fn role_field(chrome: &Chrome<'_>, id: &str, chosen: &str) -> String {
    let known = [MEMBER, ADMIN];
    let unknown = (!known.contains(&chosen)).then_some(chosen);
    let mut out = format!("<label for=\"{id}\">Role</label> <select id=\"{id}\" name=\"role\">");
    for role in unknown.into_iter().chain(known) {
        let selected = if role == chosen { " selected" } else { "" };
        let (value, text) = (escape(role), escape(chrome.words.role(role)));
        let _ = write!(out, "<option value=\"{value}\"{selected}>{text}</option>");
    }
    out + "</select>"
}

fn add(chrome: &Chrome<'_>, id: &str, project: &Project) -> Reply {
    let body = format!(
        "{}<form method=\"post\" action=\"{}\"><p><label for=\"email\">{}</label> \
         <input id=\"email\" name=\"email\" type=\"text\" inputmode=\"email\" autocomplete=\"off\" required></p>\n\
         <p>{}</p>\n<p>{}</p></form>\n",
        trail(id, project),
        escape(&chrome.members(id)),
        chrome.text(chrome.words.email),
        role_field(chrome, "role", MEMBER),
        chrome.button(chrome.words.send),
    );
    chrome.page(StatusCode::OK, chrome.words.adding, &body)
}

fn confirm(chrome: &Chrome<'_>, id: &str, project: &Project, email: &str) -> Reply {
    let here = chrome.members(id);
    let Some(member) = project.member(email) else {
        return chrome.refusal(&format!("{email} is not in this project."), &here);
    };
    let action = format!("{here}/{}/remove", segment(&member.email));
    let body = format!(
        "{}<p>{} will no longer have access to this project. Recordings stay.</p>\n{}\n<p><a href=\"{}\">No, keep</a></p>\n",
        trail(id, project),
        escape(&member.email),
        chrome.press("post", &action, "Yes, remove"),
        escape(&here)
    );
    chrome.page(StatusCode::OK, "Remove from the project?", &body)
}
