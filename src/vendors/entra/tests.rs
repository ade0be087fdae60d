//! Reading and writing through the socket, at the embedded tenant and at servers that answer as no tenant should.

mod apps;
mod groups;
mod odd;
mod people;
mod reading;
mod rules;

use super::directory::Directory;
use super::emulator::Entra;
use super::reader::EntraReader;
use super::writer::EntraWriter;
use crate::connector::{ConnectorError, Reader, Receipt, Scope, Writer};
use crate::described::Watch;
use crate::domain::{
    Action, Manage, Profile, Resource, ResourceName, ResourceReading, Snapshot, Span, Target, VendorName,
};
use crate::net::script::{TestClock, pace};
use crate::net::{Clock, Endpoint, Secret};
use crate::vendors::scim::emulator::watched::watch;
use crate::vendors::scim::emulator::{Emulator, Options, Seed};
use crate::vendors::testing::{change, level};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

type Outcome = Result<Receipt, ConnectorError>;

const TOKEN: &str = "tok-9f8e7d6c5b4a";
const REVOKE_TOKEN: &str = "tok-takes-5b4a9f8e";

/// An id as Graph makes them, the same for the same number.
fn guid(number: usize) -> String {
    format!("{number:08x}-0000-4000-8000-000000000000")
}

/// An embedded tenant.
struct Tenant {
    emulator: Emulator,
    clock: Arc<TestClock>,
    /// Dropped after the server.
    watch: Option<Arc<Watch>>,
}

impl Tenant {
    /// These users and groups, and this beside them.
    fn new(users: &[Value], groups: &[Value], vendor: Value) -> Self {
        let clock = TestClock::new();
        let mut options = Options::new(PathBuf::from("nowhere"), Secret::new(TOKEN.to_owned()));
        options.in_memory = true;
        options.revoke_token = Some(Secret::new(REVOKE_TOKEN.to_owned()));
        options.rules = Arc::new(Entra);
        options.clock = Arc::clone(&clock) as Arc<dyn Clock>;
        let seed = json!({
            "format": "grantline.emulator/1", "tenant": "acme", "users": users, "groups": groups, "vendor": vendor,
        });
        options.seed = Some(Seed::Text(seed.to_string()));
        let watch = watch("entra", &mut options);
        Self { emulator: Emulator::start(options).unwrap(), clock, watch }
    }

    fn directory(&self, token: &str) -> Directory {
        let base = self.emulator.endpoint().unwrap().base;
        let endpoint = Endpoint::with_token(base, Secret::new(token.to_owned()));
        Directory::new(endpoint, pace(Arc::clone(&self.clock) as Arc<dyn Clock>)).unwrap()
    }

    fn writer(&self) -> EntraWriter {
        let [grant, revoke] = [TOKEN, REVOKE_TOKEN].map(|token| Ok(self.directory(token)));
        EntraWriter { grant, revoke, made: Default::default() }
    }

    async fn change(&self, account: Option<&str>, action: Action) -> Outcome {
        self.writer().execute(&change(account, action)).await
    }

    async fn read(&self, resources: Vec<Resource>) -> Snapshot {
        read(self.directory(TOKEN), resources).await.unwrap()
    }

    fn effects(&self) -> Vec<String> {
        self.emulator.audit().effects()
    }
}

async fn read(directory: Directory, resources: Vec<Resource>) -> Result<Snapshot, ConnectorError> {
    let reader =
        EntraReader { directory: Arc::new(directory), clock: TestClock::new(), shown: Default::default() };
    reader.read(&Scope { vendor: VendorName::parse("entra").unwrap(), resources }).await
}

/// A user as a seed has one.
fn user(id: usize, name: &str) -> Value {
    json!({ "id": guid(id), "attributes": {
        "userName": name, "displayName": name.split('@').next().unwrap(),
        "emails": [{ "value": name, "primary": true }],
    } })
}

/// A guest as a seed has one.
fn guest(id: usize, name: &str) -> Value {
    let mut guest = user(id, name);
    guest["attributes"]["userType"] = json!("Guest");
    guest
}

/// A group as a seed has one.
fn group(id: usize, name: &str, members: &[usize]) -> Value {
    let members: Vec<Value> = members.iter().map(|member| json!({ "value": guid(*member) })).collect();
    json!({ "id": guid(id), "attributes": { "displayName": name, "members": members } })
}

fn resource(name: &str, kind: &str, id: Option<usize>, display: Option<&str>) -> Resource {
    Resource {
        name: ResourceName::parse(name).unwrap(),
        kind: Arc::from(kind),
        id: id.map(|id| Arc::from(guid(id))),
        display: display.map(Arc::from),
        manage: Manage::Authoritative,
        span: Span::default(),
    }
}

fn target(kind: &str, id: usize) -> Target {
    Target {
        name: ResourceName::parse("it").unwrap(),
        kind: Arc::from(kind),
        id: Some(Arc::from(guid(id))),
        display: None,
    }
}

fn profile(login: &str, name: &str) -> Profile {
    Profile { login: Arc::from(login), name: Some(Arc::from(name)) }
}

fn invite(login: &str) -> Action {
    Action::Invite { profile: profile(login, "Jane Doe"), external_id: Arc::from("grantline:jane"), on: None }
}

/// Who holds what, as ids' first digits and levels.
fn holders(snapshot: &Snapshot, name: &str) -> Vec<String> {
    match &snapshot.resources[name] {
        ResourceReading::Read { holders, .. } => {
            holders.iter().map(|(id, level)| format!("{} {level}", short(id.as_str()))).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// An id's number.
fn short(id: &str) -> usize {
    usize::from_str_radix(&id[..8], 16).unwrap()
}

/// What a refusal says.
fn refused(outcome: &Outcome) -> &str {
    match outcome {
        Err(ConnectorError::Refused { message }) => message,
        other => panic!("{other:?}"),
    }
}

fn note(outcome: Outcome) -> String {
    outcome.unwrap().note.unwrap_or_default()
}
