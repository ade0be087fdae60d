//! Whole workspaces, from YAML to values or to diagnostics.

mod broken;
mod credentials;
mod owners;
mod secrets;
mod valid;

use super::{Loaded, load_files};
use crate::connector::{AddressChange, Catalogue, Configured, Joining, KindSpec, LevelSpec, Limits, Spec};
use crate::domain::{Channel, Level};
use jiff::Timestamp;
use std::time::Duration;

/// Connectors like the real ones, so that these tests do not depend on any.
pub(super) struct Fake;

impl Catalogue for Fake {
    fn names(&self) -> Vec<&'static str> {
        vec!["clarity", "heap", "scim"]
    }

    fn spec(&self, connector: &str, configured: &Configured<'_>) -> Option<Spec> {
        let org_levels = configured.org_levels;
        let api: &[Channel] = &[Channel::Api];
        let runbook: &[Channel] = &[Channel::Runbook];
        match connector {
            "clarity" => {
                let board = kind("board", &["member", "admin", "owner"], false);
                Some(spec("clarity", runbook, vec![kind("project", &["member", "admin"], false), board]))
            }
            "heap" | "keyed" => {
                let levels = ["read-only", "consumer", "analyst", "architect", "admin"];
                let project = KindSpec { custom_levels: true, ..kind("project", &levels, false) };
                let kinds = vec![kind("org", &["member"], false), kind("team", &["member"], true), project];
                Some(spec("heap", api, kinds))
            }
            "scim" => {
                let named: Vec<_> = org_levels.iter().map(Level::as_str).collect();
                let levels: &[&str] = if named.is_empty() { &["member"] } else { &named };
                Some(spec("scim", api, vec![kind("org", levels, false), kind("group", &["member"], true)]))
            }
            _ => None,
        }
    }

    fn only_by_key(&self, connector: &str) -> bool {
        connector == "keyed"
    }
}

fn kind(name: &'static str, levels: &[&str], by_name: bool) -> KindSpec {
    let levels = levels.iter().map(|name| LevelSpec {
        name: Level::parse(name).unwrap(),
        admin: *name == "admin",
        exclusive: *name == "owner",
    });
    KindSpec {
        name,
        levels: levels.collect(),
        custom_levels: false,
        joint: None,
        readable: true,
        by_name,
        creatable: by_name,
        access: &[Channel::Api],
        joining: Joining::Grant,
        keeps_one: false,
    }
}

fn spec(connector: &'static str, accounts: &'static [Channel], kinds: Vec<KindSpec>) -> Spec {
    Spec {
        connector,
        title: connector,
        docs: "",
        kinds,
        accounts,
        suspends: true,
        provisions: connector != "heap",
        address_change: AddressChange::Update,
        limits: Limits { batch: 100, ..Limits::NARROW },
        settle: Duration::ZERO,
        forbidden: &[],
        resends: false,
        obligations: &[],
        pages: None,
    }
}

/// Loads files on 2026-11-22, a little after midnight in Berlin, when it is still the day before in UTC.
pub(super) fn load(files: &[(&str, &str)]) -> Loaded {
    let now: Timestamp = "2026-11-21T23:30:00Z".parse().unwrap();
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    load_files(files.collect(), &Fake, now)
}

/// Each diagnostic as `code path:line:column`.
pub(super) fn brief(loaded: &Loaded) -> Vec<String> {
    let brief = loaded.diagnostics.iter().map(|diagnostic| match diagnostic.span {
        Some(span) => {
            format!("{} {}:{}:{}", diagnostic.code, loaded.sources.path(span.file), span.line, span.column)
        }
        None => diagnostic.code.to_owned(),
    });
    brief.collect()
}

/// What stands around the text under test, so that it refers to something.
pub(super) const BASE: &str = "\
workspace: { name: acme }
vendors:
  idp:
    connector: scim
    manage: authoritative
    url: emulator
    resources:
      staff: { name: Staff, kind: group }
  clarity:
    connector: clarity
    manage: authoritative
    resources:
      site: { id: k3j9x2, kind: project }
  heap:
    connector: heap
    manage: additive
    url: emulator
    resources:
      main: { id: \"2208394\", kind: project }
roles:
  viewer:
    grants: { clarity/site: member }
users:
  base: { email: base@acme.example }
";

/// What is wrong with `text` when it stands in `access/x.yaml` beside [`BASE`], as `code line:column`.
pub(super) fn check(text: &str) -> Vec<String> {
    let loaded = load(&[("access/base.yaml", BASE), ("access/x.yaml", text)]);
    let errors = loaded.diagnostics.iter().any(|d| d.severity == crate::domain::Severity::Error);
    assert_eq!(loaded.workspace.is_none(), errors, "a workspace is given exactly where nothing is an error");
    for diagnostic in &loaded.diagnostics {
        assert!(super::CODES.iter().any(|(code, _)| *code == diagnostic.code), "{}", diagnostic.code);
        assert!(diagnostic.hint.is_some(), "{} has no hint", diagnostic.code);
    }
    brief(&loaded).into_iter().map(|line| line.replace("access/x.yaml:", "")).collect()
}
