//! Names of things that are not there, and roles that include themselves.

use super::{Case, PARTNERS, ROLES, STAFF, VENDORS, edits};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = edits("unknown", ROWS);
    cases.extend(edits("level", LEVELS));
    cases.extend((1..=5).map(cycle));
    cases.push(Case::new("level of every resource where there is none").file(
        "access/extra.yaml",
        "vendors:\n  spare: { connector: scim, manage: observe, url: emulator }\nroles:\n  spare: { grants: { «~empty-wildcard»spare/*: member } }\n",
    ));
    cases.push(two_cycles());
    cases.push(cycle_with_a_tail());
    cases.extend((1..=3).map(providers));
    cases.push(providers_with_a_tail());
    cases.push(provided_by_no_provider());
    cases
}

const ROWS: &[(&str, &str, &str, &str)] = &[
    ("connector", VENDORS, "connector: scim", "connector: «unknown-connector?scim»scmi"),
    ("connector in capitals", VENDORS, "connector: heap", "connector: «unknown-connector?heap»Heap"),
    ("connector like none", VENDORS, "connector: heap", "connector: «unknown-connector»workday"),
    ("kind", VENDORS, "{ id: \"g-100\", kind: group }", "{ id: \"g-100\", kind: «unknown-kind?group»gruop }"),
    (
        "kind of another connector",
        VENDORS,
        "{ id: \"g-100\", kind: group }",
        "{ id: \"g-100\", kind: «unknown-kind»project }",
    ),
    ("kind in a block", VENDORS, "        kind: team", "        kind: «unknown-kind?team»teams"),
    ("role of a user", STAFF, "roles: [lead]", "roles: [«unknown-role?lead»leed]"),
    ("role like none", STAFF, "roles: [lead]", "roles: [«unknown-role»chief-happiness-officer]"),
    ("role in a block list", STAFF, "      - engineer\n", "      - «unknown-role?engineer»enginer\n"),
    ("role in an entry", STAFF, "role: watcher", "role: «unknown-role?watcher»watchr"),
    ("role in a flow entry", PARTNERS, "role: analyst", "role: «unknown-role?analyst»anaylst"),
    ("role in capitals", STAFF, "roles: [lead]", "roles: [«unknown-role?lead»Lead]"),
    ("role included", ROLES, "includes: [analyst]", "includes: [«unknown-role?analyst»analysts]"),
    ("role included in a block", ROLES, "      - watcher\n", "      - «unknown-role?watcher»wacther\n"),
    ("sponsor", PARTNERS, "sponsor: jane", "sponsor: «unknown-user?jane»jnae"),
    ("sponsor by address", PARTNERS, "sponsor: jane", "sponsor: «unknown-user»jane@acme.example"),
    ("sponsor like nobody", PARTNERS, "sponsor: jane", "sponsor: «unknown-user»wolfgang"),
    ("vendor of a role's grant", ROLES, "      sso/org: admin", "      «unknown-vendor?sso»ss/org: admin"),
    ("vendor of a flow grant", ROLES, "{ sso/*: member }", "{ «unknown-vendor?sso»sos/*: member }"),
    (
        "vendor of a user's grant",
        PARTNERS,
        "      heap/main: read-only",
        "      «unknown-vendor?heap»heep/main: read-only",
    ),
    (
        "vendor like none",
        PARTNERS,
        "      heap/main: read-only",
        "      «unknown-vendor»salesforce/main: read-only",
    ),
    (
        "vendor of a pinned account",
        STAFF,
        "{ heap: \"U-4821\" }",
        "{ «unknown-vendor?heap»haep: \"U-4821\" }",
    ),
    (
        "resource of a role's grant",
        ROLES,
        "      sso/engineering: member",
        "      «~unknown-resource?engineering»sso/enginering: member",
    ),
    (
        "resource of a user's grant",
        PARTNERS,
        "      sso/design: {",
        "      «~unknown-resource?design»sso/desing: {",
    ),
    (
        "resource of another vendor",
        PARTNERS,
        "      heap/main: read-only",
        "      «~unknown-resource»heap/engineering: read-only",
    ),
    (
        "resource like none",
        PARTNERS,
        "      heap/main: read-only",
        "      «~unknown-resource»heap/quarterly-numbers: read-only",
    ),
    (
        "resource of a declared provider",
        VENDORS,
        "provisioned_by: okta/heap-users",
        "provisioned_by: «unknown-resource?engineering»sso/enginering",
    ),
    (
        "provider with nearly the name of a declared vendor",
        VENDORS,
        "provisioned_by: okta/heap-users",
        "provisioned_by: «unknown-vendor?sso»ssso/engineering",
    ),
];

const LEVELS: &[(&str, &str, &str, &str)] = &[
    ("of a group", ROLES, "sso/engineering: member", "sso/engineering: «unknown-level?member»membr"),
    ("that a group does not have", ROLES, "sso/engineering: member", "sso/engineering: «unknown-level»owner"),
    ("of org, which has its own", ROLES, "sso/org: admin", "sso/org: «unknown-level?admin»amdin"),
    ("level of an org that it does not map", ROLES, "sso/org: admin", "sso/org: «unknown-level»guest"),
    ("of a team", ROLES, "heap/growth: member", "heap/growth: «unknown-level?member»Member"),
    ("in a mapping", PARTNERS, "{ level: member,", "{ level: «unknown-level?member»mebmer,"),
    ("of every resource", ROLES, "{ sso/*: member }", "{ sso/*: «unknown-level»viewer }"),
    (
        "that a project may well have, and is like one it has",
        PARTNERS,
        "heap/main: read-only",
        "heap/main: «custom-level?read-only»read-onyl",
    ),
    ("empty", ROLES, "sso/engineering: member", "sso/engineering: «bad-value»\"\""),
];

/// `length` roles, each including the next and the last the first. It is told of where it closes.
fn cycle(length: usize) -> Case {
    let mut lines = String::from("roles:\n");
    for at in 0..length {
        let (mark, next) = (if at + 1 == length { "«role-cycle»" } else { "" }, (at + 1) % length);
        lines.push_str(&format!("  loop-{at}: {{ includes: [{mark}loop-{next}] }}\n"));
    }
    Case::new(format!("role cycle of {length}")).file("access/loops.yaml", lines)
}

fn two_cycles() -> Case {
    Case::new("two role cycles").file(
        "access/loops.yaml",
        "roles:\n  a1: { includes: [a2] }\n  a2: { includes: [«role-cycle»a1] }\n  b1: { includes: [b2] }\n  b2: { includes: [«role-cycle»b1] }\n",
    )
}

/// Roles that lead into a cycle and are not on it are not told of.
fn cycle_with_a_tail() -> Case {
    Case::new("role cycle that others lead into").file(
        "access/loops.yaml",
        "roles:\n  a-tail: { includes: [b1] }\n  b1: { includes: [b2] }\n  b2: { includes: [«role-cycle»b1, analyst] }\n  c-tail: { includes: [a-tail, b2] }\n",
    )
}

/// `length` vendors, each provisioned by the next and the last by the first. It is told of where it closes.
fn providers(length: usize) -> Case {
    let mut lines = String::from("vendors:\n");
    for at in 0..length {
        let (mark, next) = (if at + 1 == length { "«provider-cycle»" } else { "" }, (at + 1) % length);
        lines.push_str(&format!(
            "  loop-{at}: {{ connector: scim, manage: observe, url: emulator, provisioned_by: {mark}loop-{next}/org }}\n"
        ));
    }
    Case::new(format!("provider cycle of {length}")).file("access/loops.yaml", lines)
}

/// A vendor that leads into a cycle and is not on it is not told of.
fn providers_with_a_tail() -> Case {
    let vendor = "connector: scim, manage: observe, url: emulator, provisioned_by:";
    Case::new("provider cycle that another leads into").file(
        "access/loops.yaml",
        format!(
            "vendors:\n  a-tail: {{ {vendor} b1/org }}\n  b1: {{ {vendor} b2/org }}\n  b2: {{ {vendor} «provider-cycle»b1/org }}\n  c-tail: {{ {vendor} a-tail/org }}\n"
        ),
    )
}

/// A vendor whose connector makes no accounts elsewhere.
fn provided_by_no_provider() -> Case {
    Case::new("provider that is no identity provider").file(
        "access/crm.yaml",
        "vendors:\n  crm: { connector: scim, manage: observe, url: emulator, provisioned_by: «not-a-provider»heap/growth }\n",
    )
}
