//! Who is signed in, and what they have answered, by cookies.

use super::chrome::Chrome;
use super::state::State;
use crate::vendors::scim::emulator::html::{escape, segment};
use crate::vendors::scim::emulator::{Reply, Request};
use axum::http::{StatusCode, header};
use std::fmt::Write;

/// What the cookie of somebody who signed out holds.
const NOBODY: &str = "-";

/// The name of a cookie. Browsers keep one jar for all ports of a host, and each port here is another tenant.
fn cookie(request: &Request, what: &str) -> String {
    let host = request.header(header::HOST).unwrap_or_default();
    let port = host.rsplit_once(':').map_or("", |(_, port)| port);
    format!("clarity-{what}-{port}")
}

/// The address that is signed in.
pub(super) fn who(state: &State, request: &Request) -> Option<String> {
    match request.cookie(&cookie(request, "session")) {
        Some(address) if address == NOBODY => None,
        Some(address) => Some(address),
        None if state.quirks.signed_out => None,
        None => state.operator.clone(),
    }
}

/// Whether the question about cookies still lies over the pages.
pub(super) fn is_covered(state: &State, request: &Request) -> bool {
    state.quirks.consent_dialog && request.cookie(&cookie(request, "consent")).is_none()
}

fn set(request: &Request, what: &str, value: &str, to: &str) -> Reply {
    let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Lax", cookie(request, what), segment(value));
    redirect(to).with_header(header::SET_COOKIE, cookie)
}

/// Leads on to another page.
pub(super) fn redirect(to: &str) -> Reply {
    Reply::new(StatusCode::SEE_OTHER, "text/plain", Vec::new()).with_header(header::LOCATION, to)
}

/// The page that asks for a sign-in, in the place of the one that was asked for.
pub(super) fn sign_in_page(chrome: &Chrome<'_>, back: &str) -> Reply {
    let options = chrome.state.addresses().into_iter().fold(String::new(), |mut out, address| {
        let address = escape(address);
        let _ = write!(out, "<option value=\"{address}\">{address}</option>");
        out
    });
    let body = format!(
        "<p>Clarity's own page asks for a Microsoft, Google or Facebook account. Here, pick one.</p>\n\
         <form method=\"post\" action=\"/sign-in\">{}<label for=\"address\">Sign in as</label> \
         <select id=\"address\" name=\"address\">{options}</select> {}</form>\n",
        hidden("back", back),
        chrome.button("Sign in"),
    );
    chrome.page(StatusCode::OK, "Sign in to Clarity", &body)
}

/// A field that carries something on.
pub(super) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
}

/// Where a form leads to: a path of this site, whatever it says.
fn back(form: &dyn Fn(&str) -> String) -> String {
    let path = form("back");
    let is_here = path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']);
    if is_here { path } else { "/".to_owned() }
}

/// Answers the forms that are about the session alone; none for any other.
pub(super) fn submit(chrome: &Chrome<'_>, request: &Request, form: &dyn Fn(&str) -> String) -> Option<Reply> {
    let segments: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    match *segments {
        ["sign-in"] => {
            let address = form("address");
            Some(match chrome.state.addresses().contains(&*address) {
                true => set(request, "session", &address, &back(form)),
                false => chrome.refusal("Nobody here has that address.", "/"),
            })
        }
        ["sign-out"] => Some(set(request, "session", NOBODY, "/")),
        ["consent"] => Some(set(request, "consent", "yes", &back(form))),
        _ => None,
    }
}
