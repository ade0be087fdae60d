//! One suite for every connector of the registry, run against its emulator. A new vendor needs no new test here:
//! the workspaces are written from what its `Spec` declares.

mod faults;
mod forbidden;
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

/// Runs a check for every connector that speaks to an API. A failure names the connector.
fn for_each_connector<F: Future<Output = ()>>(check: impl Fn(Spec) -> F) {
    let specs = Registry.names().into_iter().map(|name| Registry.spec(name, &Configured::default()).unwrap());
    let specs: Vec<Spec> = specs.filter(|spec| spec.accounts.contains(&Channel::Api)).collect();
    assert!(!specs.is_empty());
    for spec in specs {
        println!("connector: {}", spec.connector);
        block_on(check(spec));
    }
}

/// A workspace of this text on a tenant of this state.
fn lab(spec: &Spec, state: Option<&Value>, yaml: &str) -> Lab {
    Lab::new(spec.connector, Start { state, ..Start::default() }, yaml)
}

/// A tenant's state after a workspace was applied to nothing.
async fn state_after(spec: &Spec, yaml: &str) -> Value {
    let lab = lab(spec, None, yaml);
    lab.apply().await;
    lab.tenant.state()
}

/// No request that no client may send was sent.
fn no_violation(lab: &Lab) {
    let violations = lab.tenant.audit().violations();
    assert!(violations.is_empty(), "{violations:#?}");
}
