//! One suite for every connector of the registry, over every channel that it has, run against its emulator. A new
//! vendor needs no new test here: the workspaces are written from what its `Spec` declares.

mod described;
mod faults;
mod forbidden;
mod hands;
mod ownership;
mod pages;
mod removal;
mod scope;
mod second_plan;
pub(crate) mod story;

use crate::support::block_on;
use crate::support::lab::{Lab, Start};
use grantline::connector::{Catalogue, Configured, Spec};
use grantline::domain::Channel;
use grantline::vendors::Registry;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Mutex;
use story::Manner;

/// A connector, and the way in which its vendor is configured.
#[derive(Debug, Clone)]
struct Case {
    spec: Spec,
    manner: Manner,
}

impl Case {
    fn name(&self) -> String {
        let api = if self.manner.api { "api" } else { "no api" };
        format!("{}, {api}, {}", self.spec.connector, self.manner.channel.unwrap_or("nobody by hand"))
    }
}

/// Whether anything at the vendor goes by requests.
fn has_api(spec: &Spec) -> bool {
    let channels = spec.kinds.iter().flat_map(|kind| kind.access).chain(spec.accounts);
    channels.into_iter().any(|channel| *channel == Channel::Api)
}

/// Every way in which a connector can be used: by requests alone, by requests and pages, by pages alone.
fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for name in Registry.names() {
        let spec = |without_api| {
            let configured = Configured { without_api, ..Configured::default() };
            Registry.spec(name, &configured).unwrap()
        };
        for api in [true, false] {
            let spec = spec(!api);
            if has_api(&spec) != api {
                continue;
            }
            let by_hand = spec.pages.is_some().then_some([Some("runbook"), Some("browser")]);
            let channels = api.then_some(None).into_iter().chain(by_hand.into_iter().flatten());
            cases.extend(channels.map(|channel| {
                let manner = Manner { api, channel, ..Manner::default() };
                Case { spec: spec.clone(), manner }
            }));
        }
    }
    cases
}

/// Runs a check for every connector in every way. A failure names both.
fn for_each<F: Future<Output = ()>>(check: impl Fn(Case) -> F) {
    for_those(|_| true, check);
}

/// Runs a check for every connector that speaks to an API, with nobody before the pages.
fn for_each_api<F: Future<Output = ()>>(check: impl Fn(Case) -> F) {
    for_those(|case| case.manner.channel.is_none(), check);
}

/// Runs a check for every connector whose vendor has pages, over each channel that they have.
fn for_each_by_hand<F: Future<Output = ()>>(check: impl Fn(Case) -> F) {
    for_those(|case| case.manner.channel.is_some(), check);
}

fn for_those<F: Future<Output = ()>>(wanted: impl Fn(&Case) -> bool, check: impl Fn(Case) -> F) {
    let cases: Vec<Case> = cases().into_iter().filter(wanted).collect();
    assert!(!cases.is_empty());
    for case in cases {
        println!("case: {}", case.name());
        block_on(check(case));
    }
}

/// A workspace of this text on a tenant of this state.
fn lab(spec: &Spec, state: Option<&Value>, yaml: &str) -> Lab {
    Lab::new(spec.connector, Start { state, ..Start::default() }, yaml)
}

/// A tenant's state after a workspace was applied to nothing, and everybody has accepted.
async fn state_after(spec: &Spec, yaml: &str) -> Value {
    // Many tests begin where another one does.
    static KNOWN: Mutex<BTreeMap<String, Value>> = Mutex::new(BTreeMap::new());
    if let Some(state) = KNOWN.lock().unwrap().get(yaml) {
        return state.clone();
    }
    let lab = lab(spec, None, yaml);
    match lab.desk() {
        Some(_) => drop(lab.settle().await),
        None => drop(lab.apply().await),
    }
    let state = lab.tenant.state();
    KNOWN.lock().unwrap().insert(yaml.to_owned(), state.clone());
    state
}

/// No request that no client may send was sent.
fn no_violation(lab: &Lab) {
    let violations = lab.tenant.audit().violations();
    assert!(violations.is_empty(), "{violations:#?}");
}
