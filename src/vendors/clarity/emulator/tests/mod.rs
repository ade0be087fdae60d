//! Through the socket: what a person sees, and what comes of what they do.

mod invitations;
mod looks;
mod people;
mod procedures;
mod rules;
mod seeds;

use super::*;
use crate::net::Secret;
use crate::vendors::scim::emulator::Seed;
use reqwest::{Client, Response};
use scraper::{ElementRef, Html, Selector};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The path of the one project.
const PROJECT: &str = "/projects/view/k3";

/// A server, and a browser without eyes: it follows no redirect, and keeps the cookies that it is given.
struct Site {
    emulator: Emulator,
    client: Client,
    cookie: String,
    slug: &'static str,
    _folder: TempDir,
}

fn member(email: &str, role: &str) -> Value {
    json!({ "email": email, "role": role, "added": "2026-01-05T08:00:00Z" })
}

fn pending(email: &str) -> Value {
    json!({ "email": email, "role": "member", "status": "pending", "added": "2026-11-01T08:00:00Z" })
}

/// A project with an owner, an admin and a member, where the admin is signed in.
fn company() -> Value {
    let mut jane = member("jane@acme.example", "member");
    jane["name"] = json!("Jane <b>Doe</b>");
    let members = [member("olga@acme.example", "owner"), member("tom@acme.example", "admin"), jane];
    json!({ "operator": "tom@acme.example", "projects": { "k3": { "name": "Marketing", "members": members } } })
}

/// The same with these members.
fn with_members(members: &[Value]) -> Value {
    let mut vendor = company();
    vendor["projects"]["k3"]["members"] = json!(members);
    vendor
}

/// The same with these keys on top.
fn company_with(more: Value) -> Value {
    let mut vendor = company();
    vendor.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    vendor
}

fn try_start(vendor: &Value) -> (Result<Emulator, StartError>, TempDir) {
    let seed = json!({ "format": "grantline.emulator/1", "tenant": "acme", "vendor": vendor });
    let folder = TempDir::new().unwrap();
    let options = Options::new(folder.path().join("clarity.json"), Secret::new("t0ken".to_owned()));
    (start(Options { seed: Some(Seed::Text(seed.to_string())), ..options }), folder)
}

impl Site {
    fn start(vendor: &Value) -> Self {
        let (emulator, folder) = try_start(vendor);
        Self::over(emulator.unwrap(), folder, vendor["labelling"] == "guided")
    }

    fn over(emulator: Emulator, folder: TempDir, guided: bool) -> Self {
        let client =
            Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let slug = if guided { "users" } else { "team" };
        Self { emulator, client, cookie: String::new(), slug, _folder: folder }
    }

    fn members(&self) -> String {
        format!("{PROJECT}/settings/{}", self.slug)
    }

    async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.emulator.origin());
        self.client.get(url).header("cookie", &self.cookie).send().await.unwrap()
    }

    /// A page that opens.
    async fn page(&self, path: &str) -> Page {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        Page::of(response).await
    }

    async fn list(&self) -> Page {
        self.page(&self.members()).await
    }

    /// Sends a form, and takes the cookie that comes back.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        let url = format!("{}{path}", self.emulator.origin());
        let request = self.client.post(url).header("cookie", &self.cookie).form(fields);
        let response = request.send().await.unwrap();
        if let Some(cookie) = response.headers().get("set-cookie") {
            let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
            self.cookie = format!("{}; {cookie}", self.cookie);
        }
        response
    }

    async fn sign_in(&mut self, address: &str) {
        self.cookie.clear();
        assert_eq!(self.post("/sign-in", &[("address", address)]).await.status(), 303);
    }

    /// Does something to a member, which must work.
    async fn does(&mut self, email: &str, what: &str, fields: &[(&str, &str)]) {
        let path = format!("{}/{email}/{what}", self.members());
        let response = self.post(&path, fields).await;
        let status = response.status();
        assert_eq!(status, 303, "{path}: {}", response.text().await.unwrap());
    }

    async fn invites(&mut self, email: &str, role: &str) {
        let path = self.members();
        assert_eq!(self.post(&path, &[("email", email), ("role", role)]).await.status(), 303);
    }

    /// Does something below the list, which must be refused without an effect; gives the message.
    async fn is_refused(&mut self, below: &str, fields: &[(&str, &str)]) -> String {
        let before = self.emulator.state();
        let path = format!("{}{below}", self.members());
        let response = self.post(&path, fields).await;
        assert!(response.status().is_client_error(), "{path}: {}", response.status());
        let page = Page::of(response).await;
        assert_eq!(self.emulator.state(), before);
        page.alert()
    }

    fn effects(&self) -> Vec<String> {
        self.emulator.audit().effects()
    }
}

/// A page as it came, and questions about it.
struct Page {
    text: String,
    html: Html,
}

fn words(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Page {
    async fn of(response: Response) -> Self {
        let text = response.text().await.unwrap();
        Self { html: Html::parse_document(&text), text }
    }

    /// The text of every element of that sort, in order.
    fn all(&self, selector: &str) -> Vec<String> {
        self.html.select(&Selector::parse(selector).unwrap()).map(words).collect()
    }

    fn heading(&self) -> String {
        let headings = self.all("h1");
        assert_eq!(headings.len(), 1, "{headings:?}");
        headings[0].clone()
    }

    fn alert(&self) -> String {
        self.all("[role=alert]").join(" ")
    }

    /// The table's header, and the cells of every row, without the controls.
    fn table(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let columns =
            self.all("thead th").into_iter().filter(|header| header != "Actions").collect::<Vec<_>>();
        let cells = Selector::parse("td").unwrap();
        let row = Selector::parse("table:has(thead) tbody tr").unwrap();
        let rows = self.html.select(&row);
        let rows = rows.map(|row| row.select(&cells).take(columns.len()).map(words).collect()).collect();
        (columns, rows)
    }

    /// The buttons in the row of an address.
    fn buttons(&self, email: &str) -> Vec<String> {
        let row = Selector::parse("table:has(thead) tbody tr").unwrap();
        let row = self.html.select(&row).find(|row| words(*row).contains(email));
        row.unwrap_or_else(|| panic!("{email} has no row"))
            .select(&Selector::parse("button").unwrap())
            .map(words)
            .collect()
    }

    /// Role and status in the row of an address; none without a row.
    fn standing(&self, email: &str) -> Option<(String, String)> {
        let (columns, rows) = self.table();
        let at = |header: &str| columns.iter().position(|column| column == header).unwrap();
        let row = rows.into_iter().find(|row| row.iter().any(|cell| cell == email))?;
        Some((row[at("Role")].clone(), row[at("Status")].clone()))
    }
}

fn stands(role: &str, status: &str) -> Option<(String, String)> {
    Some((role.to_owned(), status.to_owned()))
}
