//! One request's view of the site: who is signed in, what the pages call things, and what all of them share.

use super::controls::{form, paragraph};
use super::labels::Labels;
use super::organisation::{Organisation, is_active, name};
use crate::vendors::scim::emulator::html::{Site, escape};
use crate::vendors::scim::emulator::{Reply, Request, Tenant};
use axum::http::{StatusCode, header};

/// The cookie that holds the signed-in account's id, or [`NOBODY`].
pub(super) const SESSION: &str = "heap_session";
/// The session of a visitor who signed out.
pub(super) const NOBODY: &str = "nobody";
/// The cookie that says that the question about privacy is answered.
pub(super) const CONSENT: &str = "heap_consent";

/// One request's view of the site.
pub(super) struct Visit {
    pub(super) labels: Labels,
    /// The signed-in account's id.
    pub(super) operator: Option<String>,
    /// What that account is called.
    shown: String,
    /// Whether anybody is signed in: the operator is from the start, whoever that is.
    pub(super) signed_in: bool,
    asks_consent: bool,
}

impl Visit {
    pub(super) fn of(tenant: &Tenant, organisation: &Organisation, request: &Request) -> Self {
        let quirks = organisation.quirks;
        let session = cookie(request, SESSION);
        let first = || organisation.operator.clone().or_else(|| tenant.own.clone());
        let operator = match session {
            Some(id) => Some(id.to_owned()),
            None => first().filter(|_| !quirks.signed_out),
        };
        let user = operator.as_deref().and_then(|id| tenant.users.get(id)).filter(|user| is_active(user));
        // A tenant without an account for the operator is still rehearsed on by somebody.
        let nameless = session.is_none() && operator.is_none() && !quirks.signed_out;
        Self {
            labels: Labels::of(organisation.labelling, quirks),
            signed_in: user.is_some() || nameless,
            shown: user.map(|user| name(user).to_owned()).unwrap_or_default(),
            operator: user.map(|user| user.id.clone()),
            asks_consent: quirks.consent_dialog && cookie(request, CONSENT).is_none(),
        }
    }

    /// A whole page. `body` is HTML already.
    pub(super) fn page(&self, status: StatusCode, title: &str, body: &str) -> Reply {
        let people = self.labels.people_at();
        let links = [
            ("/account", "Account"),
            ("/account/manage", "Manage"),
            (&*people, self.labels.people),
            ("/account/manage/projects", "Projects"),
            ("/account/content", "Content"),
            ("/account/profile", "Profile"),
            ("/outbox", "Outbox"),
        ];
        let body = format!("{body}{}{}", self.footer(), self.dialog());
        Site { title: "Heap", nav: "Site", links: &links }.page(status, title, &body)
    }

    /// A page outside the account: nothing of it needs a sign-in, and nothing lies over it.
    pub(super) fn outside(status: StatusCode, title: &str, body: &str) -> Reply {
        Site { title: "Heap", nav: "Start", links: &[("/", "Heap"), ("/outbox", "Outbox")] }
            .page(status, title, body)
    }

    /// A page that says why nothing was done.
    pub(super) fn refusal(&self, status: StatusCode, reason: &str) -> Reply {
        self.page(status, "Refused", &alert(reason))
    }

    fn footer(&self) -> String {
        if self.shown.is_empty() {
            return String::new();
        }
        paragraph(&format!("Signed in as {}.", self.shown)) + form("/sign-out", "", "Sign out").as_str()
    }

    fn dialog(&self) -> String {
        if !self.asks_consent {
            return String::new();
        }
        format!(
            "<div role=\"dialog\" aria-modal=\"true\" aria-labelledby=\"privacy\" \
             style=\"position:fixed;inset:0;padding:3rem;background:Canvas\">\n<h2 id=\"privacy\">{}</h2>\n{}{}</div>\n",
            escape(self.labels.privacy),
            paragraph("This site would like to use cookies."),
            form("/consent", "", "Accept")
        )
    }
}

/// Why nothing was done, as a page shows it.
pub(super) fn alert(reason: &str) -> String {
    format!("<p class=\"notice\" role=\"alert\">{}</p>\n", escape(reason))
}

/// Sends the browser on to another page.
pub(super) fn go(to: impl Into<String>) -> Reply {
    Reply::new(StatusCode::SEE_OTHER, "text/plain", Vec::new()).with_header(header::LOCATION, to)
}

/// The field of a form, empty where it was not sent.
pub(super) fn sent(request: &Request, field: &str) -> String {
    let found = request.form().into_iter().find(|(name, _)| name == field);
    found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}

fn cookie<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let sent = request.header(header::COOKIE)?;
    sent.split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, v)| v)
}
