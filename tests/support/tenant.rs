//! One embedded vendor and what tests ask of it.

use super::described::{Exchange, Watch};
use super::facts::facts;
use grantline::net::{Clock, Endpoint, Secret};
use grantline::vendors::scim::emulator::{Assignments, Audit, Behaviour, Faults};
use grantline::vendors::{Emulator, EmulatorOptions, Seed, emulator_rules};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use tempfile::TempDir;

/// The credential of every tenant.
pub(crate) const TOKEN: &str = "tok-9f2c61d4";

/// A running tenant. It stops when the last handle on it is dropped.
#[derive(Clone)]
pub(crate) struct Tenant {
    // Dropped before the folder that its state lies in.
    server: Arc<Emulator>,
    /// Fails the test, once the server has stopped, for whatever the vendor's description does not know.
    pub(crate) watch: Option<Arc<Watch>>,
    _folder: Arc<TempDir>,
}

/// What a tenant is before a test touches it, beside its state.
#[derive(Default)]
pub(crate) struct Furniture {
    /// Whether it has pages alone.
    pub(crate) without_api: bool,
    /// Kind and id of what no client can create.
    pub(crate) furnish: Vec<(String, String)>,
    /// Whom an identity provider keeps there.
    pub(crate) provider: Option<Assignments>,
}

impl Tenant {
    /// Starts the connector's emulator on that state; without one, on a tenant that has nothing but the
    /// credential's own account.
    pub(crate) fn start(
        connector: &str,
        state: Option<&Value>,
        behaviour: Option<Behaviour>,
        furniture: Furniture,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let folder = folder();
        let mut options =
            EmulatorOptions::new(folder.path().join("state.json"), Secret::new(TOKEN.to_owned()));
        options.seed = state.map(|state| Seed::Text(state.to_string()));
        options.rules = emulator_rules(connector).unwrap();
        options.behaviour = behaviour;
        options.without_api = furniture.without_api;
        options.furnish = furniture.furnish;
        options.provider = furniture.provider;
        options.clock = clock;
        let watch = watch(connector, &mut options);
        Self { server: Arc::new(Emulator::start(options).unwrap()), watch, _folder: Arc::new(folder) }
    }

    /// Whom its group assigns, for a vendor whose accounts it keeps.
    pub(crate) fn assignments(&self, group: &str) -> Assignments {
        self.server.assignments(group)
    }

    /// Where its pages are.
    pub(crate) fn origin(&self) -> String {
        self.server.origin()
    }

    /// Changes what the vendor holds beside SCIM.
    pub(crate) fn change_vendor(&self, change: impl FnOnce(&mut Value)) {
        self.server.change_vendor(change);
    }

    /// Has somebody else's session open the pages from now on. Gives whose it was.
    pub(crate) fn sign_in(&self, who: &Value) -> Value {
        let mut before = Value::Null;
        self.change_vendor(|vendor| before = std::mem::replace(&mut vendor["operator"], who.clone()));
        before
    }

    /// Where a connector reaches it, and with which credential.
    pub(crate) fn endpoint(&self) -> Endpoint {
        self.server.endpoint().unwrap()
    }

    /// The script of failures, and the count of calls.
    pub(crate) fn faults(&self) -> &Faults {
        self.server.faults()
    }

    /// Who asked for which change.
    pub(crate) fn audit(&self) -> &Audit {
        self.server.audit()
    }

    /// How the server behaves from the next request on.
    pub(crate) fn behave(&self, behaviour: Behaviour) {
        self.server.behave(behaviour);
    }

    /// All that the vendor holds.
    pub(crate) fn state(&self) -> Value {
        self.server.state()
    }

    /// Everything that a vendor or a person would notice: each effect by itself, however many travelled together,
    /// in an order that does not depend on who came first.
    pub(crate) fn noticed(&self) -> Vec<String> {
        let mut facts: Vec<String> = self.audit().effects().iter().flat_map(|effect| facts(effect)).collect();
        facts.sort();
        facts
    }

    /// The user names in the group of that display name.
    pub(crate) fn members(&self, group: &str) -> BTreeSet<String> {
        let state = self.state();
        let groups = state["groups"].as_array().unwrap();
        let found = groups.iter().find(|one| one["attributes"]["displayName"] == *group);
        let found = found.unwrap_or_else(|| panic!("there is no group {group}"));
        let members = found["attributes"]["members"].as_array().cloned().unwrap_or_default();
        members.iter().map(|member| user_name(&state, member["value"].as_str().unwrap())).collect()
    }
}

/// Has every request to an embedded vendor, and every answer, held against the vendor's published description. What
/// comes of it must be dropped after the server.
pub(crate) fn watch(connector: &str, options: &mut EmulatorOptions) -> Option<Arc<Watch>> {
    let watch = Watch::over(connector)?;
    let eye = Arc::downgrade(&watch);
    options.tap = Some(Arc::new(move |request, reply| {
        let Some(watch) = eye.upgrade() else { return };
        watch.see(&Exchange {
            method: request.method(),
            path: request.path(),
            query: request.query(),
            body: request.body(),
            status: reply.status(),
            answer: reply.body(),
        });
    }));
    Some(watch)
}

/// A folder in memory where the system has one: a vendor writes its state down at every change, and some file
/// systems wait for the disk each time.
pub(crate) fn folder() -> TempDir {
    TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap()
}

fn user_name(state: &Value, id: &str) -> String {
    let user = state["users"].as_array().unwrap().iter().find(|user| user["id"] == *id);
    user.map_or(id, |user| user["attributes"]["userName"].as_str().unwrap()).to_owned()
}
