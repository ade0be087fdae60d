//! The mails that were sent, and what their links lead to.

use super::chrome::Chrome;
use super::session::redirect;
use super::state::{Mail, Member, Project, State, Status};
use crate::vendors::scim::emulator::Reply;
use crate::vendors::scim::emulator::html::{escape, segment, table};
use axum::http::StatusCode;
use jiff::Timestamp;

/// The subject of an invitation to a project.
pub(super) fn subject(project: &str) -> String {
    format!("You've been invited to {project} on Microsoft Clarity")
}

pub(super) fn date(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |at| at.strftime("%Y-%m-%d").to_string())
}

fn link(token: &str) -> String {
    format!("/invitations/{}", segment(token))
}

/// Every mail, the newest first.
pub(super) fn outbox(chrome: &Chrome<'_>) -> Reply {
    let row = |mail: &Mail| {
        let link = format!("<a href=\"{}\">Open the invitation</a>", escape(&link(&mail.token)));
        let [to, subject, at] = [&mail.to, &mail.subject, &date(mail.at)].map(|text| escape(text));
        vec![to, subject, at, link]
    };
    let rows: Vec<_> = chrome.state.mails.iter().rev().map(row).collect();
    let intro = "<p>What this emulated Clarity has sent, instead of mail. Whoever opens a link is taken for the one whom \
                 the mail is for.</p>\n";
    let columns = ["To", "Subject", "Sent", "Link"];
    let body = format!("{intro}{}", table("Mails, the newest first", &columns, &rows));
    chrome.page(StatusCode::OK, "Outbox", &body)
}

/// The open invitation that a link is for.
fn find<'a>(state: &'a State, token: &str) -> Option<(&'a String, &'a Project, &'a Member)> {
    state.projects.iter().find_map(|(id, project)| {
        let member = project.members.iter().find(|member| member.token.as_deref() == Some(token))?;
        Some((id, project, member))
    })
}

/// Why a link that leads nowhere does.
fn dead(chrome: &Chrome<'_>, token: &str) -> Reply {
    let was_sent = chrome.state.mails.iter().any(|mail| mail.token == token);
    let (status, text) = match was_sent {
        true => (
            StatusCode::GONE,
            "This invitation is no longer valid: it was answered or cancelled, or a newer mail was sent.",
        ),
        false => (StatusCode::NOT_FOUND, "There is no such invitation."),
    };
    chrome.notice(status, "Invitation", text, "/")
}

fn expired(chrome: &Chrome<'_>) -> Reply {
    let text = "This invitation has expired. Ask an Admin of the project to send it again.";
    chrome.notice(StatusCode::GONE, "Invitation", text, "/")
}

/// The page that a link in a mail opens.
pub(super) fn invitation(chrome: &Chrome<'_>, token: &str) -> Reply {
    let Some((_, project, member)) = find(chrome.state, token) else { return dead(chrome, token) };
    if member.status != Status::Pending {
        return expired(chrome);
    }
    let body = format!(
        "<p>This invitation is for <strong>{}</strong>, as {}.</p>\n{}{}\n",
        escape(&member.email),
        escape(chrome.words.role(&member.role)),
        chrome.press("post", &format!("{}/accept", link(token)), "Accept"),
        chrome.press("post", &format!("{}/decline", link(token)), "Decline"),
    );
    chrome.page(StatusCode::OK, &format!("Join {} on Microsoft Clarity", project.name), &body)
}

/// Answers an invitation; or says why it cannot be answered.
pub(super) fn answer(state: &mut State, token: &str, accept: bool, now: Timestamp) -> Result<Reply, String> {
    let found = find(state, token).filter(|(_, _, member)| member.status == Status::Pending);
    let found = found.map(|(id, _, member)| (id.clone(), member.email.clone()));
    let (id, email) = found.ok_or_else(|| "This invitation is no longer valid.".to_owned())?;
    let member = state.projects.get_mut(&id).and_then(|project| project.member_mut(&email));
    let member = member.ok_or_else(|| "This invitation is no longer valid.".to_owned())?;
    member.token = None;
    let (to, effect) = if accept {
        member.status = Status::Active;
        member.added = Some(now);
        ("/invitations/accepted", format!("accept {email} as {}", member.role))
    } else {
        member.status = Status::Declined;
        ("/invitations/declined", format!("decline {email}"))
    };
    Ok(redirect(to).with_effect(format!("project {id}: {effect}")))
}
