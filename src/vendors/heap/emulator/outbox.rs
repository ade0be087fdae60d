//! The mails that the organisation sent, and the page that the link in one leads to.

use super::controls::{field, form, link, paragraph};
use super::organisation::{Invitation, Mail, Organisation, Teammate};
use super::visit::{Visit, alert, go, sent};
use crate::vendors::scim::emulator::html::{escape, table};
use crate::vendors::scim::emulator::tenant::Resource;
use crate::vendors::scim::emulator::{Reply, Request, Tenant};
use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Answers what a person outside the account sees; none for any other path.
pub(super) fn answer(tenant: &mut Tenant, request: &Request, now: Timestamp) -> Option<Reply> {
    let post = request.method == Method::POST;
    let words: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    match *words {
        ["outbox"] if !post => Some(outbox(&Organisation::of(tenant))),
        ["invitations", word] if post => Some(accept(tenant, word, &sent(request, "name"), now)),
        ["invitations", word] => Some(question(tenant, word)),
        _ => None,
    }
}

/// Writes the mail that invites an address.
pub(super) fn invite(tenant: &mut Tenant, organisation: &mut Organisation, invitation: Invitation) {
    let word = tenant.new_id("Invitation");
    organisation.outbox.push(Mail {
        sent: invitation.sent,
        to: invitation.email.clone(),
        subject: format!("You've been invited to join {} on Heap", tenant.name),
        link: format!("/invitations/{word}"),
    });
    organisation.invitations.insert(word, invitation);
}

fn outbox(organisation: &Organisation) -> Reply {
    let row = |mail: &Mail| {
        let sent = mail.sent.strftime("%Y-%m-%d %H:%M").to_string();
        vec![sent, escape(&mail.to), escape(&mail.subject), link(&mail.link, "Open the invitation")]
    };
    let rows: Vec<_> = organisation.outbox.iter().rev().map(row).collect();
    let body = table("Mails that were sent, the latest first", &["Sent", "To", "Subject", "Link"], &rows);
    Visit::outside(StatusCode::OK, "Outbox", &body)
}

fn question(tenant: &Tenant, word: &str) -> Reply {
    let organisation = Organisation::of(tenant);
    let Some(invitation) = organisation.invitations.get(word) else { return gone() };
    let text = format!("{} is invited to the organisation {}.", invitation.email, tenant.name);
    let action = format!("/invitations/{word}");
    let body = paragraph(&text)
        + form(&action, &field("Your name", "name", "text", ""), "Accept invitation").as_str();
    Visit::outside(StatusCode::OK, "Join Heap", &body)
}

fn gone() -> Reply {
    let reason = "This invitation was accepted or withdrawn.";
    Visit::outside(StatusCode::GONE, "No invitation", &alert(reason))
}

fn accept(tenant: &mut Tenant, word: &str, name: &str, now: Timestamp) -> Reply {
    let mut organisation = Organisation::of(tenant);
    let Some(invitation) = organisation.invitations.remove(word) else { return gone() };
    let id = tenant.new_id("User");
    let effect = format!("teammate {}: joined as {}", invitation.email, invitation.role);
    organisation.teammates.insert(id.clone(), Teammate { role: invitation.role, ..Teammate::default() });
    organisation.store(tenant);
    let attributes = attributes(&invitation.email, name);
    tenant.users.put(Resource { id, version: 1, created: Some(now), modified: Some(now), attributes });
    go("/outbox").with_effect(effect)
}

fn attributes(email: &str, name: &str) -> Map<String, Value> {
    let mut attributes = Map::new();
    attributes.insert("userName".to_owned(), json!(email));
    attributes.insert("active".to_owned(), json!(true));
    attributes.insert("emails".to_owned(), json!([{ "value": email, "type": "work", "primary": true }]));
    if !name.is_empty() {
        attributes.insert("displayName".to_owned(), json!(name));
    }
    attributes
}
