//! The published JSON Schema and the loader agree on every file of the corpus, good and bad.

#![expect(clippy::unwrap_used, reason = "a test may end there")]

use crate::corpus::{self, Case, Expected, loading};
use grantline::domain::Severity;
use jsonschema::Validator;
use serde_json::Value;
use std::collections::BTreeSet;

/// What is wrong with the structure of a file: the schema must refuse it.
const STRUCTURE: &[&str] = &[
    "bad-date",
    "bad-duration",
    "bad-email",
    "bad-name",
    "bad-url",
    "bad-value",
    "literal-secret",
    "missing-key",
    "unknown-key",
    "wrong-type",
];

/// What no schema of one file can know: it is about another place, another file, the calendar, the connectors, or
/// about the YAML that a schema never sees. The schema must accept it.
const BEYOND: &[&str] = &[
    "bad-timezone",
    "custom-level",
    "date-in-past",
    "dates-reversed",
    "departed-with-access",
    "duplicate-account",
    "duplicate-address",
    "duplicate-definition",
    "duplicate-key",
    "duplicate-resource",
    "empty-wildcard",
    "external-without-end",
    "file-too-large",
    "look-alike-address",
    "merge-conflict",
    "multiple-documents",
    "no-workspace",
    "not-a-provider",
    "not-utf8",
    "policies-not-enforced",
    "provider-cycle",
    "role-cycle",
    "symlink-escapes",
    "tag-not-allowed",
    "too-deep",
    "too-many-aliases",
    "too-many-problems",
    "two-owners",
    "unknown-connector",
    "unknown-kind",
    "unknown-level",
    "unknown-resource",
    "unknown-role",
    "unknown-user",
    "unknown-vendor",
    "unreadable-file",
    "yaml-syntax",
];

/// What is wrong before there is anything that a schema could see.
const BEFORE: &[&str] = &[
    "file-too-large",
    "merge-conflict",
    "multiple-documents",
    "not-utf8",
    "tag-not-allowed",
    "too-deep",
    "too-many-aliases",
    "yaml-syntax",
];

/// Cases whose code is of the structure, and which still need more than a schema: a calendar, or two keys that
/// only depend on each other through a value. Each with why.
const NEEDS_MORE: &[(&str, &str)] = &[
    ("missing key: token of a real vendor", "only `url: emulator` needs no token"),
    ("missing key: url of a vendor with a token", "the connector decides whether it needs a URL"),
    ("bad URL: plain http", "which hosts are loopback addresses"),
    ("bad URL: http to a host like loopback", "which hosts are loopback addresses"),
    ("bad address: too long", "a length in bytes"),
    ("bad date: 2026-02-30", "the calendar"),
    ("bad date: 2027-02-29", "the calendar"),
    ("bad date: 2026-06-31", "the calendar"),
    ("bad date: a role entry's from", "the calendar"),
    ("bad date: a flow role entry's until", "the calendar"),
];

/// Files that a workspace may hold, over what the base already shows.
const GOOD: &[(&str, &str)] = &[
    ("nothing", ""),
    ("a comment", "# Nothing yet.\n"),
    ("empty sections", "users: {}\nroles: {}\nvendors: {}\n"),
    ("reserved policies", "policies: { anything: [goes, { here: 1 }] }\n"),
    ("the least of a user", "users:\n  zoe: { email: zoe@acme.example }\n"),
    ("a handle of every character", "users:\n  0z.o_e-1: { email: zoe@acme.example }\n"),
    ("a quoted handle", "users:\n  \"zoe\": { 'email': \"zoe@acme.example\" }\n"),
    ("a handle that looks like a number", "users:\n  007: { email: bond@acme.example }\n"),
    (
        "a user in JSON",
        "{\"users\": {\"zoe\": {\"email\": \"zoe@acme.example\", \"roles\": [\"analyst\"]}}}\n",
    ),
    ("an address in capitals", "users:\n  zoe: { email: Zoe@ACME.example }\n"),
    ("an address of another script", "users:\n  zoe: { email: zoë@bücher.example }\n"),
    (
        "empty lists",
        "users:\n  zoe: { email: zoe@acme.example, roles: [], aliases: [], grants: {}, accounts: {} }\n",
    ),
    (
        "dates in quotes",
        "users:\n  zoe: { email: z@acme.example, from: \"2026-01-01\", until: '2028-02-29' }\n",
    ),
    ("a leap day", "users:\n  zoe: { email: zoe@acme.example, until: 2028-02-29 }\n"),
    (
        "a word that YAML 1.1 takes for a flag",
        "users:\n  zoe: { email: z@acme.example, name: no, ticket: off }\n",
    ),
    (
        "text over several lines",
        "users:\n  zoe:\n    email: zoe@acme.example\n    reason: >-\n      Because\n      of that.\n",
    ),
    (
        "an anchor and its alias",
        "users:\n  zoe: { email: z@acme.example, reason: &r Cover, roles: [{ role: analyst, reason: *r }] }\n",
    ),
    ("an explicit text", "users:\n  zoe: { email: z@acme.example, ticket: !!str 113 }\n"),
    ("the start of a document", "---\nusers:\n  zoe: { email: z@acme.example }\n...\n"),
    ("a version", "%YAML 1.2\n---\nroles: {}\n"),
    ("a service", "users:\n  robot: { email: robot@acme.example, kind: service }\n"),
    (
        "a suspension",
        "users:\n  zoe: { email: z@acme.example, suspended: { since: 2026-11-22, reason: Leave } }\n",
    ),
    ("a role that only includes", "roles:\n  r: { includes: [analyst] }\n"),
    (
        "a dated grant of a role",
        "roles:\n  r: { grants: { heap/main: { level: analyst, until: 2027-01-01 } } }\n",
    ),
    ("every resource", "roles:\n  r: { grants: { \"sso/*\": member } }\n"),
    ("an embedded vendor", "vendors:\n  v: { connector: scim, manage: observe, url: emulator }\n"),
    (
        "an embedded vendor with a seed",
        "vendors:\n  v: { connector: scim, manage: observe, url: emulator, emulator: { seed: a/b.json } }\n",
    ),
    (
        "a vendor on loopback",
        "vendors:\n  v: { connector: scim, manage: observe, url: \"http://127.0.0.1:8080/scim\", token: { env: T } }\n",
    ),
    (
        "a token by command",
        "vendors:\n  v: { connector: scim, manage: additive, url: \"https://a.example\", token: { command: [op] } }\n",
    ),
    (
        "durations of each unit",
        "vendors:\n  v: { connector: scim, manage: observe, url: emulator, settle: 90s }\n",
    ),
    (
        "cursor paging",
        "vendors:\n  v: { connector: scim, manage: observe, url: emulator, scim: { paging: cursor, page_size: 1, patch: none, etag: false } }\n",
    ),
];

fn validator() -> Validator {
    jsonschema::validator_for(&loading::schema()).unwrap()
}

/// The file as a schema sees it; none where it is no YAML of one document.
fn as_json(text: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(text).ok()?.trim_start_matches('\u{feff}');
    serde_json::to_value(yaml_serde::from_str::<yaml_serde::Value>(text).ok()?).ok()
}

#[test]
fn every_code_is_of_the_structure_or_beyond_it() {
    let known: BTreeSet<&str> = loading::codes().collect();
    let listed: BTreeSet<&str> = STRUCTURE.iter().chain(BEYOND).copied().collect();
    assert_eq!(known, listed);
}

#[test]
fn good_files_are_taken_by_both() {
    let validator = validator();
    for (path, text) in corpus::base() {
        assert!(validator.is_valid(&as_json(text.as_bytes()).unwrap()), "{path}");
    }
    for (name, text) in GOOD {
        let json = as_json(text.as_bytes()).unwrap();
        let complaints: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert_eq!(complaints, Vec::<String>::new(), "the schema on {name}");
        let loaded = loading::load(Case::new(*name).file("access/zz.yaml", *text).files());
        let errors: Vec<_> = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "the loader on {name}: {errors:?}");
    }
}

#[test]
fn broken_files_are_refused_by_both_where_the_structure_is_broken() {
    let validator = validator();
    let mut wrong = Vec::new();
    let (mut refused, mut accepted) = (0, 0);
    for case in corpus::all() {
        let expected = case.expected();
        let more = NEEDS_MORE.iter().any(|(name, _)| *name == case.name);
        for (path, text) in case.files() {
            if expected.iter().any(|e| e.file == path && BEFORE.contains(&&*e.code)) {
                continue;
            }
            let Some(json) = as_json(&text) else { continue };
            let structural = |e: &&Expected| e.file == path && STRUCTURE.contains(&&*e.code);
            let codes: Vec<&str> = expected.iter().filter(structural).map(|e| &*e.code).collect();
            let taken = validator.is_valid(&json);
            if taken {
                accepted += 1;
            } else {
                refused += 1;
            }
            if taken != (codes.is_empty() || more) {
                let verdict = if taken { "accepts" } else { "refuses" };
                wrong.push(format!("{}: the schema {verdict} {path}, the loader says {codes:?}", case.name));
            }
        }
    }
    println!("{refused} files refused, {accepted} accepted");
    assert!(wrong.is_empty(), "{} disagreements:\n{}", wrong.len(), wrong.join("\n"));
    assert!(refused >= 100);
}
