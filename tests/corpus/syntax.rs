//! Text that is no YAML, or YAML that a workspace does not take.

use super::{Case, ROLES, STAFF, VENDORS, WORKSPACE, edits};
use std::fmt::Write as _;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = edits("syntax", ROWS);
    cases.extend(edits("tag", TAGS));
    cases.extend([nested_lists(), nested_mappings(), nested_blocks()]);
    cases.extend([laughs(), quadratic(), chain()]);
    cases.extend(documents());
    cases
}

const ROWS: &[(&str, &str, &str, &str)] = &[
    ("tab for indentation", STAFF, "    name: Omar Haddad\n", "\t«~yaml-syntax»name: Omar Haddad\n"),
    ("list that is not closed", STAFF, "roles: [lead]\n  omar:", "roles: [lead\n  «~yaml-syntax»omar:"),
    ("mapping that is not closed", WORKSPACE, "at_least: 5 }\n    min", "at_least: 5\n    «~yaml-syntax»min"),
    (
        "quote that is not closed",
        STAFF,
        "roles: [analyst]\n",
        "roles: [analyst]\n    ticket: «yaml-syntax»\"OPS\n",
    ),
    (
        "conflict of a merge",
        STAFF,
        "    name: Omar Haddad\n",
        "«~merge-conflict»<<<<<<< HEAD\n    name: Omar Haddad\n=======\n    name: Omar H\n>>>>>>> main\n",
    ),
    ("two colons", STAFF, "    name: Omar Haddad\n", "    name: Omar: «~yaml-syntax»Haddad\n"),
    (
        "indentation too small",
        STAFF,
        "    name: Omar Haddad\n",
        "   name: Omar Haddad\n    «~yaml-syntax»nick: O\n",
    ),
    ("key without a colon", STAFF, "    name: Omar Haddad\n", "    name\n    «~yaml-syntax»nick: O\n"),
    ("unknown anchor", STAFF, "roles: [lead]", "roles: «~yaml-syntax»*nobody"),
    ("unknown escape", STAFF, "name: Omar Haddad", "name: «~yaml-syntax»\"Omar \\q\""),
    ("percent directive", WORKSPACE, "# The company.\n", "«~yaml-syntax»%YAML\n"),
    ("closing bracket too many", STAFF, "roles: [lead]", "roles: [lead]«~yaml-syntax»]"),
    ("reserved at-sign", STAFF, "name: Omar Haddad", "name: «~yaml-syntax»@omar"),
    ("reserved backtick", STAFF, "name: Omar Haddad", "name: «~yaml-syntax»`omar`"),
];

const TAGS: &[(&str, &str, &str, &str)] = &[
    ("of a language", STAFF, "name: Omar Haddad", "name: «~tag-not-allowed»!!python/object:os.system x"),
    ("local", STAFF, "name: Omar Haddad", "name: «~tag-not-allowed»!name Omar"),
    (
        "on a mapping",
        VENDORS,
        "token: { env: SSO_TOKEN }",
        "token: «~tag-not-allowed»!secret { env: SSO_TOKEN }",
    ),
    ("on a list", ROLES, "includes: [analyst]", "includes: «~tag-not-allowed»!roles [analyst]"),
    ("binary", STAFF, "name: Omar Haddad", "name: «~tag-not-allowed»!!binary aGVsbG8="),
];

fn nested_lists() -> Case {
    let text = format!("policies: {}«~too-deep»{}{}\n", "[".repeat(20), "[".repeat(480), "]".repeat(500));
    Case::new("deep nesting: lists").file("access/deep.yaml", text)
}

fn nested_mappings() -> Case {
    let text = format!("policies: «~too-deep»{}1{}\n", "{a: ".repeat(2_000), "}".repeat(2_000));
    Case::new("deep nesting: mappings").file("access/deep.yaml", text)
}

/// Two levels a line, below the document and `policies`: the 33rd line holds the 65th collection.
fn nested_blocks() -> Case {
    let mut text = String::from("policies:\n");
    for depth in 0..400 {
        let mark = if depth == 31 { "«~too-deep»" } else { "" };
        let _ = writeln!(text, "{}{mark}- k:", " ".repeat(depth * 4 + 1));
    }
    Case::new("deep nesting: blocks").file("access/deep.yaml", text)
}

/// Nine anchors of nine aliases each: a billion values in a few hundred bytes.
fn laughs() -> Case {
    let mut text = String::from("policies:\n  - &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha]\n");
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        let _ = writeln!(text, "  - &a{level} [{aliases}]");
    }
    Case::new("alias bomb: nested").file("access/bomb.yaml", text).expect(
        "too-many-aliases",
        "access/bomb.yaml",
        0,
    )
}

/// One large value, many times over.
fn quadratic() -> Case {
    let big = vec!["analyst"; 2_000].join(", ");
    let uses = vec!["*big"; 20_000].join(", ");
    let text = format!("policies:\n  - &big [{big}]\n  - [{uses}]\n");
    Case::new("alias bomb: quadratic").file("access/bomb.yaml", text).expect(
        "too-many-aliases",
        "access/bomb.yaml",
        0,
    )
}

/// Each value holds the one before twice.
fn chain() -> Case {
    let mut text = String::from("policies:\n  - &a0 [x]\n");
    for level in 1..60 {
        let _ = writeln!(text, "  - &a{level} [*a{0}, *a{0}]", level - 1);
    }
    Case::new("alias bomb: doubling").file("access/bomb.yaml", text).expect(
        "too-many-aliases",
        "access/bomb.yaml",
        0,
    )
}

fn documents() -> Vec<Case> {
    vec![
        Case::new("two documents")
            .append(STAFF, "«~multiple-documents»---\nusers:\n  zoe: { email: zoe@acme.example }\n"),
        Case::new("two documents: the second empty of meaning")
            .append(ROLES, "«~multiple-documents»---\nroles: {}\n"),
        Case::new("three documents").file(
            "access/extra.yaml",
            "---\nroles: {}\n«~multiple-documents»---\nroles: {}\n---\nroles: {}\n",
        ),
    ]
}
