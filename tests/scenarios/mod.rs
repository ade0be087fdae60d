//! Servers as they are met in the wild, each trap a named test, with the whole way from YAML to the socket in
//! between.

mod changed_pages;
mod expired;
mod habits;
mod leaving;
mod members;
mod pacing;
mod paging;
mod projects;
mod provisioned;
mod quarantine;
mod tasks;
mod waves;

use crate::support::block_on;
use crate::support::lab::{Lab, Start, VENDOR};
use grantline::vendors::scim::emulator::Behaviour;
use serde_json::Value;
use std::fmt::Write;

/// The connector that speaks to any SCIM server.
const CONNECTOR: &str = "scim";

/// A vendor of SCIM with one group, and lines of its own under its key.
fn workspace(lines: &[&str], users: &str) -> String {
    let mut text = format!(
        "workspace:\n  name: acme\n  guards:\n    max_removals: {{ percent: 100, at_least: 100 }}\nvendors:\n  {VENDOR}:\n    \
         connector: {CONNECTOR}\n    manage: authoritative\n    url: emulator\n    resources:\n      \
         team: {{ name: The Team, kind: group }}\n"
    );
    for line in lines {
        let _ = writeln!(text, "    {line}");
    }
    text + "users:\n" + users
}

/// One user, with these grants at the vendor.
fn user(handle: &str, grants: &[&str]) -> String {
    let mut text =
        format!("  {handle}:\n    name: {handle}\n    email: {handle}@acme.example\n    grants:\n");
    for grant in grants {
        let _ = writeln!(text, "      {VENDOR}/{grant}");
    }
    text
}

/// That many members of the team.
fn team(size: usize) -> String {
    (0..size).map(|number| user(&format!("user-{number:02}"), &["org: member", "team: member"])).collect()
}

fn lab(state: Option<&Value>, behaviour: &Behaviour, yaml: &str) -> Lab {
    Lab::new(CONNECTOR, Start { state, behaviour: Some(behaviour) }, yaml)
}

/// What a faithful server holds after the workspace was applied.
async fn state_after(yaml: &str) -> Value {
    let lab = lab(None, &Behaviour::default(), yaml);
    let applied = lab.apply().await;
    assert!(!applied.plan.changes.is_empty());
    lab.tenant.state()
}

fn plain() -> Behaviour {
    Behaviour::default()
}
