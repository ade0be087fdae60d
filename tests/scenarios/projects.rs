//! A vendor whose projects stand by themselves, whose people are invited to each, and who changes nothing but by hand.

use crate::support::lab::{Lab, Start, VENDOR};
use serde_json::{Value, json};
use std::fmt::Write;

/// The connector of such a vendor.
pub(super) const CONNECTOR: &str = "clarity";

/// Both ways of doing it.
pub(super) const CHANNELS: [&str; 2] = ["runbook", "browser"];

/// Both ways of wording the pages.
pub(super) const LABELLINGS: [&str; 2] = ["documented", "guided"];

/// Somebody in a project.
pub(super) fn member(who: &str, role: &str) -> Value {
    json!({ "email": format!("{who}@acme.example"), "role": role, "added": "2026-09-01T08:00:00Z" })
}

/// A tenant of these projects, whose pages that person has open.
pub(super) fn tenant(operator: &str, projects: &[(&str, &[Value])]) -> Value {
    let projects = projects
        .iter()
        .map(|(id, members)| ((*id).to_owned(), json!({ "name": format!("The {id}"), "members": members })));
    json!({
        "format": "grantline.emulator/1",
        "tenant": "acme",
        "vendor": {
            "operator": format!("{operator}@acme.example"),
            "projects": projects.collect::<serde_json::Map<_, _>>(),
        },
    })
}

/// A workspace with these projects, more guards, and this text under `users:`.
pub(super) fn workspace(channel: &str, guards: &str, projects: &[&str], users: &str) -> String {
    let mut text = format!(
        "workspace:\n  name: acme\n  guards:\n    max_removals: {{ percent: 100, at_least: 100 }}\n{guards}\
         vendors:\n  {VENDOR}:\n    connector: {CONNECTOR}\n    manage: authoritative\n    channel: {channel}\n    \
         identity: none\n    pages: {{ url: emulator }}\n    resources:\n"
    );
    for id in projects {
        let _ = writeln!(text, "      {id}: {{ id: {id}, kind: project }}");
    }
    text + "users:\n" + users
}

/// One user, with these grants at the vendor; somebody who has departed where there are none.
pub(super) fn user(handle: &str, grants: &[&str]) -> String {
    let mut text = format!("  {handle}:\n    name: {handle}\n    email: {handle}@acme.example\n");
    text.push_str(if grants.is_empty() { "    departed: 2026-11-01\n" } else { "    grants:\n" });
    for grant in grants {
        let _ = writeln!(text, "      {VENDOR}/{grant}");
    }
    text
}

pub(super) fn lab(state: &Value, yaml: &str) -> Lab {
    Lab::new(CONNECTOR, Start { state: Some(state), ..Start::default() }, yaml)
}
