//! Signing in and out, the question about privacy, and the operator's own profile.

use super::controls::{field, form, paragraph};
use super::organisation::{Organisation, is_active, name};
use super::visit::{CONSENT, NOBODY, SESSION, Visit, alert, go, sent};
use crate::vendors::scim::emulator::tenant::Resource;
use crate::vendors::scim::emulator::{Reply, Request, Tenant};
use axum::http::{Method, StatusCode, header};
use serde_json::json;
use std::sync::Arc;

/// Answers what works without a session; none for any other path.
pub(super) fn answer(
    tenant: &Tenant,
    organisation: &Organisation,
    visit: &Visit,
    request: &Request,
) -> Option<Reply> {
    let post = request.method == Method::POST;
    let words: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    match *words {
        ["sign-in"] if post => Some(sign_in(tenant, organisation, visit, request)),
        ["sign-in"] => Some(question(visit, StatusCode::OK, "")),
        ["sign-out"] if post => Some(remembering(go("/sign-in"), SESSION, NOBODY)),
        ["consent"] if post => Some(remembering(go("/"), CONSENT, "given")),
        _ => None,
    }
}

fn question(visit: &Visit, status: StatusCode, notice: &str) -> Reply {
    let labels = &visit.labels;
    let body = paragraph("Any address of somebody with an account will do here: no password is asked for.")
        + notice
        + form("/sign-in", &field(labels.email, "email", "email", ""), "Continue").as_str();
    Visit::outside(status, labels.sign_in, &body)
}

fn sign_in(tenant: &Tenant, organisation: &Organisation, visit: &Visit, request: &Request) -> Reply {
    let email = sent(request, "email");
    let user = tenant.users.named("userName", &email).filter(|user| is_active(user));
    match user {
        Some(user) => remembering(go(visit.labels.people_at()), SESSION, &user.id),
        None => {
            let invited = organisation.invitations.values().any(|invitation| invitation.email == email);
            let reason = match invited {
                true => "This address is invited: follow the link in the mail first.",
                false => "Nobody with this address has an account here that can be used.",
            };
            question(visit, StatusCode::UNPROCESSABLE_ENTITY, &alert(reason))
        }
    }
}

fn remembering(reply: Reply, cookie: &str, value: &str) -> Reply {
    reply.with_header(header::SET_COOKIE, format!("{cookie}={value}; Path=/; HttpOnly; SameSite=Lax"))
}

/// The profile of whoever is signed in: only they can change their name.
pub(super) fn profile(tenant: &mut Tenant, visit: &Visit, request: &Request) -> Reply {
    let user = visit.operator.as_deref().and_then(|id| tenant.users.get(id)).cloned();
    let Some(user) = user else { return go("/sign-in") };
    if request.method != Method::POST {
        let inside = field("Name", "name", "text", user.text("displayName"));
        return visit.page(StatusCode::OK, "Profile", &form("/account/profile", &inside, visit.labels.save));
    }
    let chosen = sent(request, "name");
    let mut reply = go("/account/profile");
    if chosen != user.text("displayName") {
        reply.effect = Some(format!("teammate {}: name {} -> {chosen}", user.text("userName"), name(&user)));
        rename(tenant, user, &chosen);
    }
    reply
}

fn rename(tenant: &mut Tenant, user: Arc<Resource>, name: &str) {
    let mut user = Arc::unwrap_or_clone(user);
    user.attributes.insert("displayName".to_owned(), json!(name));
    user.version += 1;
    tenant.users.put(user);
}
