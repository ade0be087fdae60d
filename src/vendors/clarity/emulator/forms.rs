//! What a person can change in the pages.

use super::access::{Outcome, Work};
use super::chrome::Chrome;
use super::session::{self, redirect, sign_in_page};
use super::state::State;
use super::{mail, show};
use crate::vendors::scim::emulator::{Reply, Request, Tenant};
use axum::http::StatusCode;
use jiff::Timestamp;

/// Answers a POST.
pub(super) fn submit(tenant: &mut Tenant, request: &Request, now: Timestamp) -> Reply {
    let mut state = State::of(tenant);
    let seen = state.clone();
    let chrome = Chrome::new(&seen, request);
    if !request.is_same_origin() {
        let text = "This form was sent from another site.";
        return chrome.notice(StatusCode::FORBIDDEN, "Refused", text, "/");
    }
    let fields = request.form();
    let form = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    if let Some(reply) = session::submit(&chrome, request, &form) {
        return reply;
    }
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    match *segments {
        ["invitations", token, answer @ ("accept" | "decline")] => {
            match mail::answer(&mut state, token, answer == "accept", now) {
                Ok(reply) => {
                    state.store(tenant);
                    reply
                }
                Err(reason) => chrome.notice(StatusCode::GONE, "Invitation", &reason, "/"),
            }
        }
        ["projects", "view", id, "settings", slug, ref rest @ ..] if slug == chrome.words.slug => {
            let actor = match show::admitted(&chrome, id) {
                Ok(actor) => actor,
                Err(reply) => return reply,
            };
            let mut work = Work { state: &mut state, project: id, actor, now };
            let back = chrome.members(id);
            match change(&mut work, rest, &form) {
                None => show::nothing(&chrome),
                Some(Err(reason)) => chrome.refusal(&reason, &back),
                Some(Ok(effect)) => {
                    state.store(tenant);
                    let to = if *rest == ["leave"] { "/" } else { &*back };
                    Reply { effect, ..redirect(to) }
                }
            }
        }
        _ if chrome.who.is_none() => sign_in_page(&chrome, "/"),
        _ => show::nothing(&chrome),
    }
}

/// What a form below a project's list of members asks for; none for a path that there is not.
fn change(work: &mut Work<'_>, rest: &[&str], form: &dyn Fn(&str) -> String) -> Option<Outcome> {
    Some(match *rest {
        [] => work.invite(&form("email"), &form("role")),
        ["leave"] => work.leave(),
        [email, "role"] => work.set_role(email, &form("role")),
        [email, "remove"] => work.remove(email),
        [email, "transfer"] => work.transfer(email),
        [email, "resend"] => work.resend(email),
        [email, "cancel"] => work.cancel(email),
        _ => return None,
    })
}
