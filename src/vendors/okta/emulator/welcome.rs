//! The page on which whoever was mailed an activation link accepts it. It stands for everybody's mailbox.

use super::state::{entries, set_status};
use crate::vendors::scim::emulator::exchange::{Reply, Request};
use crate::vendors::scim::emulator::html::{Site, escape, segment};
use crate::vendors::scim::emulator::tenant::Tenant;
use axum::http::{Method, StatusCode, header};
use jiff::Timestamp;
use std::sync::Arc;

const SITE: Site<'_> = Site { title: "Okta", nav: "Pages", links: &[("/welcome", "Invitations")] };

/// Answers a request for the page; none for any other.
pub(super) fn page(tenant: &mut Tenant, request: &Request, now: Timestamp) -> Option<Reply> {
    let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    match (&request.method, &*path) {
        (&Method::GET | &Method::HEAD, ["welcome"]) => Some(show(tenant)),
        (&Method::POST, ["welcome", id]) if request.is_same_origin() => accept(tenant, id, now),
        _ => None,
    }
}

fn show(tenant: &Tenant) -> Reply {
    let invited = entries(tenant, "statuses").filter(|(_, status)| *status == "PROVISIONED");
    let rows: String = invited
        .filter_map(|(id, _)| tenant.users.get(id))
        .map(|user| {
            format!(
                "<li>{} <form method=\"post\" action=\"/welcome/{}\"><button>Activate</button></form></li>\n",
                escape(user.text("userName")),
                segment(&user.id)
            )
        })
        .collect();
    let body =
        if rows.is_empty() { "<p>Nobody is invited.</p>".to_owned() } else { format!("<ul>{rows}</ul>") };
    SITE.page(StatusCode::OK, "Invitations", &body)
}

fn accept(tenant: &mut Tenant, id: &str, now: Timestamp) -> Option<Reply> {
    let user = Arc::clone(tenant.users.get(id)?);
    if super::state::status(tenant, &user) != "PROVISIONED" {
        return None;
    }
    let effect = set_status(tenant, &user, "ACTIVE", now);
    let reply = Reply::empty(StatusCode::SEE_OTHER).with_header(header::LOCATION, "/welcome");
    Some(reply.with_effect(effect))
}
