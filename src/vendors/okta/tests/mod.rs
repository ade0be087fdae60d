//! Through the socket: against the embedded Okta, and against a server that answers as a test says.

mod access;
mod accounts;
mod apps;
mod groups;
mod reading;

use crate::connector::{ConnectorError, Receipt, Scope};
use crate::described::Watch;
use crate::domain::{
    AccountId, Action, Profile, Resource, ResourceName, ResourceReading, Snapshot, Target, VendorName,
};
use crate::net::script::{Reply, Server, TestClock, pace};
use crate::net::{Endpoint, Secret};
use crate::vendors::scim::emulator::watched::watch;
use crate::vendors::scim::emulator::{Emulator, Options, Seed, Tap};
use crate::vendors::testing::{change, level};
use crate::vendors::{Registry, reader, writer};
use crate::workspace::{Vendor, load_files};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// A vendor with these lines under `resources:`, each `NAME: {…}`.
fn vendor_with(more: &str, resources: &str) -> Vendor {
    let listed: String = resources.lines().map(|line| format!("      {}\n", line.trim())).collect();
    let resources = if listed.is_empty() { String::new() } else { format!("    resources:\n{listed}") };
    let yaml = format!(
        "workspace: {{ name: acme }}\nvendors:\n  okta:\n    connector: okta\n    manage: authoritative\n    \
         url: emulator\n{more}{resources}"
    );
    let files = vec![("access/all.yaml".to_owned(), yaml.clone().into_bytes())];
    let loaded = load_files(files, &Registry, "2026-11-22T09:00:00Z".parse().unwrap());
    let workspace = loaded.workspace.unwrap_or_else(|| panic!("{:#?}\n{yaml}", loaded.diagnostics));
    workspace.vendors["okta"].clone()
}

async fn read(endpoint: Endpoint, vendor: &Vendor) -> Result<Snapshot, ConnectorError> {
    let resources: Vec<Resource> = vendor.settings().resources.into_values().collect();
    let reader = reader(vendor, endpoint, pace(TestClock::new())).unwrap();
    reader.read(&Scope { vendor: VendorName::parse("okta").unwrap(), resources }).await
}

async fn carry_out(
    endpoint: &Endpoint,
    account: Option<&str>,
    action: Action,
) -> Result<Receipt, ConnectorError> {
    let [grant, revoke] = [endpoint.clone(), endpoint.clone()].map(Ok);
    let writer = writer(&vendor_with("", ""), grant, revoke, pace(TestClock::new())).unwrap();
    writer.execute(&change(account, action)).await
}

fn target(kind: &str, id: &str) -> Target {
    let name = ResourceName::parse("thing").unwrap();
    Target { name, kind: Arc::from(kind), id: Some(Arc::from(id)), display: None }
}

fn profile(login: &str, name: Option<&str>) -> Profile {
    Profile { login: Arc::from(login), name: name.map(Arc::from) }
}

fn invite(login: &str, name: Option<&str>) -> Action {
    Action::Invite { profile: profile(login, name), external_id: Arc::from("grantline:x"), on: None }
}

/// A user of the embedded Okta, whose id is the part of the login before `@`.
fn person(login: &str) -> Value {
    let id = login.split('@').next().unwrap();
    json!({ "id": id, "attributes": { "userName": login, "name": { "givenName": id, "familyName": "Doe" } } })
}

fn group(id: &str, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
    json!({ "id": id, "attributes": { "displayName": format!("The {id}"), "members": members } })
}

type Log = Arc<Mutex<Vec<String>>>;

/// An embedded Okta, and what it was asked.
struct Org {
    emulator: Emulator,
    log: Log,
    /// Dropped after the server.
    _watch: Option<Arc<Watch>>,
    _folder: TempDir,
}

impl Org {
    /// With the credential's account `svc`, these people and groups, and this beside them.
    fn of(mut users: Vec<Value>, groups: &[Value], vendor: Value) -> Self {
        users.push(person("svc@acme.example"));
        let seed = json!({
            "format": "grantline.emulator/1", "tenant": "acme", "own": "svc@acme.example",
            "users": users, "groups": groups, "vendor": vendor,
        });
        let folder = TempDir::new().unwrap();
        let mut options = Options::new(folder.path().join("okta.json"), Secret::new("t0ken".to_owned()));
        options.seed = Some(Seed::Text(seed.to_string()));
        options.in_memory = true;
        let log = Log::default();
        let seen = Arc::clone(&log);
        let tap: Tap = Arc::new(move |request, reply| {
            let query: Vec<String> =
                request.query().iter().map(|(key, value)| format!("{key}={value}")).collect();
            let line =
                format!("{} {} {} {}", request.method(), request.path(), query.join("&"), reply.status());
            seen.lock().unwrap().push(line);
        });
        options.tap = Some(tap);
        let watch = watch("okta", &mut options);
        Self { emulator: super::emulator::start(options).unwrap(), log, _watch: watch, _folder: folder }
    }

    fn endpoint(&self) -> Endpoint {
        self.emulator.endpoint().unwrap()
    }

    async fn read(&self, resources: &str) -> Snapshot {
        read(self.endpoint(), &vendor_with("", resources)).await.unwrap()
    }

    async fn does(&self, account: Option<&str>, action: Action) -> Result<Receipt, ConnectorError> {
        carry_out(&self.endpoint(), account, action).await
    }

    /// The note of a change that went well.
    async fn note(&self, account: Option<&str>, action: Action) -> String {
        self.does(account, action).await.unwrap().note.unwrap_or_default()
    }

    /// Why a change was refused.
    async fn refusal(&self, account: Option<&str>, action: Action) -> String {
        match self.does(account, action).await {
            Err(ConnectorError::Refused { message }) => message,
            other => panic!("{other:?}"),
        }
    }

    /// What was sent so far that may change something.
    fn writes(&self) -> Vec<String> {
        self.log.lock().unwrap().iter().filter(|line| !line.starts_with("GET")).cloned().collect()
    }

    /// What changed so far.
    fn effects(&self) -> Vec<String> {
        self.emulator.audit().effects()
    }
}

fn holders(snapshot: &Snapshot, name: &str) -> Vec<String> {
    match &snapshot.resources[name] {
        ResourceReading::Read { holders, .. } => holders.keys().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    }
}

fn why_unread(snapshot: &Snapshot, name: &str) -> String {
    match &snapshot.resources[name] {
        ResourceReading::Unread { reason, open: false } => reason.to_string(),
        other => panic!("{other:?}"),
    }
}

/// A refusal in Okta's words.
fn failure(status: u16, code: &str, summary: &str) -> Reply {
    let body = json!({ "errorCode": code, "errorSummary": summary, "errorCauses": [] });
    Reply::text(status, "application/json", &body.to_string())
}

fn answer(value: &Value) -> Reply {
    Reply::text(200, "application/json", &value.to_string())
}

/// A server where `/users/me` is nobody and everything else is as a test says, or an empty list.
async fn server(answers: impl Fn(&str, &str) -> Option<Reply> + Send + Sync + 'static) -> Server {
    Server::start(move |seen| {
        let given = answers(&seen.method, &seen.path);
        given.unwrap_or_else(|| match seen.path.as_str() {
            "/api/v1/users/me" => failure(404, "E0000007", "Not found: Resource not found: me (User)"),
            _ => answer(&json!([])),
        })
    })
    .await
}
