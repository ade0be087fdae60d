//! A small vendor's pages on loopback: members of one project, in two labellings, and everything that can be wrong with
//! pages.

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::HeaderMap;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// What is odd about the pages.
#[derive(Debug, Clone, Default)]
pub(crate) struct Quirks {
    /// The second labelling.
    pub(crate) second: bool,
    /// Nobody is signed in.
    pub(crate) signed_out: bool,
    /// A question about cookies lies over every page.
    pub(crate) consent: bool,
    /// The button that removes is called so instead.
    pub(crate) remove_is: Option<&'static str>,
    /// A column is headed so instead of as described.
    pub(crate) role_is: Option<&'static str>,
    /// What the page of members is headed instead.
    pub(crate) heading_is: Option<&'static str>,
    /// Where the page of members sends people.
    pub(crate) redirect: Option<String>,
    /// Rows of a page.
    pub(crate) page_size: Option<usize>,
    /// The number of members that is announced.
    pub(crate) announced: Option<usize>,
    /// At which look at the members, counted from 1, the last of them has become an admin.
    pub(crate) moves_on: Option<usize>,
    /// Each row stands twice.
    pub(crate) twice: bool,
    /// Writes are carried out, and answered with a page that says nothing.
    pub(crate) blank_after_write: bool,
    /// Writes are answered as if they were carried out, and are not.
    pub(crate) forgetful: bool,
}

#[derive(Debug, Default)]
struct Vendor {
    quirks: Quirks,
    /// Address: role and state.
    members: BTreeMap<String, (String, String)>,
    writes: Vec<String>,
    /// How often the members were looked at.
    looks: usize,
}

type Shared = Arc<Mutex<Vendor>>;
type Fields = BTreeMap<String, String>;

/// The running pages. They stop when this is dropped.
pub(crate) struct Site {
    pub(crate) base: String,
    vendor: Shared,
    server: JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Site {
    /// Serves these members: address, role, state.
    pub(crate) async fn start(quirks: Quirks, members: &[(&str, &str, &str)]) -> Self {
        let members = members
            .iter()
            .map(|(who, role, state)| ((*who).to_owned(), ((*role).to_owned(), (*state).to_owned())));
        let vendor =
            Arc::new(Mutex::new(Vendor { quirks, members: members.collect(), writes: Vec::new(), looks: 0 }));
        let app = Router::new()
            .route("/projects/p1/settings/team", get(team))
            // Another project's page, which looks the same.
            .route("/projects/p2/settings/team", get(other))
            .route("/projects/p1/invite", get(invite).post(invited))
            .route("/projects/p1/role", post(role))
            .route("/projects/p1/remove", post(remove))
            .with_state(Arc::clone(&vendor));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { base, vendor, server }
    }

    /// Every write that arrived.
    pub(crate) fn writes(&self) -> Vec<String> {
        self.vendor.lock().unwrap().writes.clone()
    }

    /// The members, one a line.
    pub(crate) fn members(&self) -> Vec<String> {
        let vendor = self.vendor.lock().unwrap();
        vendor.members.iter().map(|(who, (role, state))| format!("{who} {role} {state}")).collect()
    }
}

impl Vendor {
    fn word(&self, first: &'static str, second: &'static str) -> &'static str {
        if self.quirks.second { second } else { first }
    }

    fn page(&self, heading: &str, body: &str, dialog: &str) -> Response {
        let (mut before, mut inert) = (dialog.to_owned(), !dialog.is_empty());
        if self.quirks.consent {
            inert = true;
            before =
                "<dialog open><h2>We value your privacy</h2><button>Accept all</button></dialog>".to_owned();
        }
        let inert = if inert { " inert" } else { "" };
        Html(format!(
            "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=csrf-token content=c5rf-9f2c61d4>\
             <title>{heading}</title></head><body>{before}<main{inert}><h1>{heading}</h1>{body}</main></body></html>"
        ))
        .into_response()
    }

    fn roles(&self, chosen: &str) -> String {
        let roles = [self.word("Team member", "Member"), "Admin"];
        let mut out = String::new();
        for role in roles {
            let selected = if role == chosen { " selected" } else { "" };
            let _ = write!(out, "<option{selected}>{role}</option>");
        }
        out
    }

    fn row(&self, who: &str, (role, state): &(String, String), at: usize) -> String {
        let remove = self.quirks.remove_is.unwrap_or(self.word("Remove", "Delete"));
        let label = self.word("Role", "Permission");
        format!(
            "<tr><td>{who}</td><td>{role}</td><td>{state}</td><td>\
             <form method=post action=/projects/p1/role><input type=hidden name=csrf value=c5rf-9f2c61d4>\
             <input type=hidden name=who value=\"{who}\"><label for=r{at}>{label}</label>\
             <select id=r{at} name=role>{}</select><button>{}</button></form>\
             <form action=/projects/p1/settings/team><input type=hidden name=remove value=\"{who}\">\
             <button aria-label=\"{remove} {who}\">{remove}</button></form></td></tr>",
            self.roles(role),
            self.word("Save", "Update"),
        )
    }
}

async fn team(State(vendor): State<Shared>, Query(query): Query<Fields>, headers: HeaderMap) -> Response {
    let mut vendor = vendor.lock().unwrap();
    vendor.looks += 1;
    if vendor.quirks.moves_on == Some(vendor.looks) {
        vendor.members.values_mut().last().unwrap().0 = "Admin".to_owned();
    }

    let quirks = &vendor.quirks;
    if let Some(to) = &quirks.redirect {
        return Redirect::to(to).into_response();
    }
    if quirks.signed_out {
        return vendor.page(
            "Welcome back",
            "<form><label>E-mail<input name=e></label><button>Sign in</button></form>",
            "",
        );
    }
    let size = quirks.page_size.unwrap_or(usize::MAX);
    let page: usize = query.get("page").and_then(|page| page.parse().ok()).unwrap_or(0);
    let mut rows = String::new();
    for (at, (who, what)) in vendor.members.iter().enumerate().skip(page.saturating_mul(size)).take(size) {
        rows.push_str(&vendor.row(who, what, at));
        if quirks.twice {
            rows.push_str(&vendor.row(who, what, at + 1000));
        }
    }
    let more = page.saturating_add(1).saturating_mul(size) < vendor.members.len();
    let next = if more { format!("<a href=\"?page={}\">Next</a>", page + 1) } else { String::new() };
    let count = quirks.announced.map(|count| format!("<p>{count} members</p>")).unwrap_or_default();
    let heading = quirks.heading_is.unwrap_or(vendor.word("Team", "Users"));
    let body = format!(
        "{count}<p>Signed in by {}</p><a href=/projects/p1/invite>{}</a><table><thead><tr><th>{}</th><th>{}</th>\
         <th>Status</th><th>Actions</th></tr></thead><tbody>{rows}</tbody></table>{next}",
        headers.get("cookie").map_or("nothing", |_| "a cookie"),
        vendor.word("Add team member", "Invite user"),
        vendor.word("Email", "E-mail address"),
        quirks.role_is.unwrap_or(vendor.word("Role", "Permission")),
    );
    let dialog = query.get("remove").map(|who| {
        format!(
            "<dialog open aria-modal=true><h2>Remove this person?</h2><p>{who}</p><form method=post \
             action=/projects/p1/remove><input type=hidden name=who value=\"{who}\">\
             <button>{}</button></form><form action=/projects/p1/settings/team><button>Cancel</button></form></dialog>",
            vendor.word("Yes, remove", "Delete user")
        )
    });
    let mut answer = vendor.page(heading, &body, &dialog.unwrap_or_default());
    answer.headers_mut().insert("set-cookie", "session=s3ss10n; HttpOnly; Path=/".parse().unwrap());
    answer
}

async fn other(vendor: State<Shared>, query: Query<Fields>, headers: HeaderMap) -> Response {
    vendor.lock().unwrap().quirks.redirect = None;
    team(vendor, query, headers).await
}

async fn invite(State(vendor): State<Shared>) -> Response {
    let vendor = vendor.lock().unwrap();
    let body = format!(
        "<form method=post><label for=e>{}</label><input id=e name=who type=email><label for=r>{}</label>\
         <select id=r name=role>{}</select><button>{}</button></form>",
        vendor.word("Email", "E-mail address"),
        vendor.word("Role", "Permission"),
        vendor.roles(""),
        vendor.word("Add", "Invite"),
    );
    vendor.page(vendor.word("Add team member", "Invite user"), &body, "")
}

/// Answers a write, and carries it out unless the vendor forgets.
fn written(
    vendor: &Shared,
    what: String,
    carry_out: impl FnOnce(&mut BTreeMap<String, (String, String)>),
) -> Response {
    let mut vendor = vendor.lock().unwrap();
    vendor.writes.push(what);
    if !vendor.quirks.forgetful {
        carry_out(&mut vendor.members);
    }
    if vendor.quirks.blank_after_write {
        vendor.quirks.signed_out = true;
        return Html("<p>Something went wrong</p>").into_response();
    }
    Redirect::to("/projects/p1/settings/team").into_response()
}

async fn invited(State(vendor): State<Shared>, Form(form): Form<Fields>) -> Response {
    let (who, role) = (form["who"].clone(), form["role"].clone());
    written(&vendor, format!("invite {who} {role}"), |members| {
        members.insert(who, (role, "Pending".to_owned()));
    })
}

async fn role(State(vendor): State<Shared>, Form(form): Form<Fields>) -> Response {
    let (who, role) = (form["who"].clone(), form["role"].clone());
    written(&vendor, format!("role {who} {role}"), |members| {
        members.get_mut(&who).unwrap().0 = role;
    })
}

async fn remove(State(vendor): State<Shared>, Form(form): Form<Fields>) -> Response {
    let who = form["who"].clone();
    written(&vendor, format!("remove {who}"), |members| {
        members.remove(&who);
    })
}

/// What is known of these pages.
pub(crate) const PAGES: &str = r#"
format: grantline.pages/1
base: https://site.example
words:
  team: [Team, Users]
  add-member: [Add team member, Invite user]
  add: [Add, Invite]
  email: [Email, E-mail address]
  role: [Role, Permission]
  save: [Save, Update]
  remove: [Remove, Delete]
  yes: ["Yes, remove", Delete user]
  sign-in: [Sign in]
  consent: [Accept all]
pages:
  team:
    paths: ["/projects/{id}/team", "/projects/{id}/settings/team"]
    heading: team
    way: Open the project {resource}, then Settings.
  everybody:
    paths: [/projects/p1/settings/team]
    heading: team
    way: Open Settings.
tables:
  account:
    page: everybody
    columns:
      email: [Email, E-mail address]
      level: [Role, Permission]
      state: [Status]
    levels: {}
    states:
      active: [Active]
  project:
    page: team
    columns:
      email: [Email, E-mail address]
      level: [Role, Permission]
      state: [Status]
    levels:
      member: [Team member, Member]
      admin: [Admin]
    states:
      active: [Active]
      pending: [Pending]
signed_out: [sign-in]
in_the_way: [consent]
procedures:
  - kind: account
    action: remove-account
    steps:
      - open: { page: everybody }
      - press: { what: remove, row: true }
      - press: { what: "yes", writes: true }
      - expect: { gone: true }
    check: The row is gone.
    record: The date.
  - kind: project
    action: invite
    steps:
      - open: { page: team }
      - press: { what: add-member }
      - fill: { field: email, value: "{account}" }
      - choose: { field: role, option: "{to}" }
      - press: { what: add, writes: true }
      - expect: { level: "{to}", state: pending }
    check: The row shows it.
    record: The date.
  - kind: project
    action: change-level
    steps:
      - open: { page: team }
      - expect: { level: "{from}" }
      - choose: { field: role, option: "{to}", row: true }
      - press: { what: save, row: true, writes: true }
      - expect: { level: "{to}" }
    check: The row shows it.
    record: The date.
  - kind: project
    action: revoke
    before: ["You are an Admin of {resource}, and not {account}."]
    steps:
      - open: { page: team }
      - press: { what: remove, row: true }
      - press: { what: "yes", writes: true }
      - expect: { gone: true }
    check: The row is gone.
    record: The date.
  - kind: project
    action: resend-invitation
    steps:
      - open: { page: team }
      - person: { text: Call the vendor. }
    check: The row shows it.
    record: The date.
  - kind: project
    action: transfer-ownership
    steps:
      - open: { page: team }
      - press: { what: remove, row: true }
      - press: { what: "yes", writes: true }
    check: The row shows it.
    record: The date.
"#;
