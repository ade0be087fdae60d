//! A value of the wrong type, for every key.

use super::{Case, PARTNERS, ROLES, STAFF, VENDORS, WORKSPACE, edits};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = edits("wrong type", ROWS);
    cases.push(whole("a list for a document", "«wrong-type»- jane\n- omar\n"));
    cases.push(whole("a text for a document", "«wrong-type»jane\n"));
    for section in ["users", "roles", "vendors", "workspace"] {
        cases.push(whole(&format!("a list for {section}"), &format!("{section}:\n  «wrong-type»- jane\n")));
        cases.push(whole(&format!("a text for {section}"), &format!("{section}: «wrong-type»jane\n")));
    }
    cases
}

fn whole(name: &str, text: &str) -> Case {
    Case::new(format!("wrong type: {name}")).file("access/extra.yaml", text)
}

const ROWS: &[(&str, &str, &str, &str)] = &[
    ("workspace.name", WORKSPACE, "name: acme", "name: «wrong-type»[acme]"),
    ("workspace.timezone", WORKSPACE, "timezone: Europe/Berlin", "timezone: «wrong-type»{ zone: UTC }"),
    (
        "guards",
        WORKSPACE,
        "    max_removals: { percent: 25, at_least: 5 }\n    min_admins: 2\n    protected: [breakglass@acme.example]\n    snapshot_max_age: 7d\n",
        "    «wrong-type»- min_admins\n",
    ),
    ("max_removals", WORKSPACE, "{ percent: 25, at_least: 5 }", "«wrong-type»25"),
    ("percent as text", WORKSPACE, "percent: 25", "percent: «wrong-type»\"25\""),
    ("percent as a word", WORKSPACE, "percent: 25", "percent: «wrong-type»most"),
    ("at_least as a list", WORKSPACE, "at_least: 5", "at_least: «wrong-type»[5]"),
    ("min_admins as a switch", WORKSPACE, "min_admins: 2", "min_admins: «wrong-type»true"),
    ("protected", WORKSPACE, "[breakglass@acme.example]", "«wrong-type»{ a: b }"),
    ("protected's entry", WORKSPACE, "[breakglass@acme.example]", "[«wrong-type»[a@acme.example]]"),
    ("snapshot_max_age", WORKSPACE, "snapshot_max_age: 7d", "snapshot_max_age: «wrong-type»[7d]"),
    ("vendor", VENDORS, "  heap:\n", "  spare: «wrong-type»scim\n  heap:\n"),
    ("vendor as a list", VENDORS, "  heap:\n", "  spare: «wrong-type»[scim]\n  heap:\n"),
    ("connector", VENDORS, "connector: scim", "connector: «wrong-type»[scim]"),
    (
        "manage",
        VENDORS,
        "manage: authoritative\n    channel",
        "manage: «wrong-type»{ mode: observe }\n    channel",
    ),
    ("channel", VENDORS, "channel: api", "channel: «wrong-type»[api]"),
    ("url", VENDORS, "url: https://scim.sso.example/v2", "url: «wrong-type»[https://scim.sso.example/v2]"),
    ("token as a list", VENDORS, "token: { env: SSO_TOKEN }", "token: «wrong-type»[SSO_TOKEN]"),
    ("env", VENDORS, "{ env: SSO_TOKEN }", "{ env: «wrong-type»[SSO_TOKEN] }"),
    ("command as a text", VENDORS, "[op, read, \"op://it/sso/revoke\"]", "«wrong-type»op read revoke"),
    ("command's word", VENDORS, "[op, read, ", "[op, «wrong-type»[read], "),
    ("offboarding", VENDORS, "offboarding: revoke", "offboarding: «wrong-type»{}"),
    (
        "identity",
        VENDORS,
        "identity: grantline@acme.example",
        "identity: «wrong-type»[grantline@acme.example]",
    ),
    ("settle", VENDORS, "settle: 5m", "settle: «wrong-type»{ minutes: 5 }"),
    ("provisioned_by", VENDORS, "provisioned_by: okta/heap-users", "provisioned_by: «wrong-type»[okta]"),
    (
        "roles of a vendor",
        VENDORS,
        "      viewer: Viewer\n      admin: Admin\n",
        "      «wrong-type»- viewer\n      - admin\n",
    ),
    (
        "scim",
        VENDORS,
        "    scim:\n      paging: index\n      page_size: 100\n      patch: path\n      etag: true\n      filter: true\n",
        "    scim: «wrong-type»index\n",
    ),
    ("paging", VENDORS, "paging: index", "paging: «wrong-type»[index]"),
    ("page_size as a word", VENDORS, "page_size: 100", "page_size: «wrong-type»many"),
    ("etag as a word", VENDORS, "etag: true", "etag: «wrong-type»yes"),
    ("filter as a number", VENDORS, "filter: true", "filter: «wrong-type»1"),
    (
        "resources as a list",
        VENDORS,
        "      main: { id: \"2208394\", kind: project }\n      growth:\n        name: Growth\n        kind: team\n",
        "      «wrong-type»- main\n",
    ),
    ("resource as a text", VENDORS, "      growth:\n", "      spare: «wrong-type»t-9\n      growth:\n"),
    ("kind", VENDORS, "{ id: \"g-100\", kind: group }", "{ id: \"g-100\", kind: «wrong-type»[group] }"),
    (
        "id as a list",
        VENDORS,
        "{ id: \"g-100\", kind: group }",
        "{ id: «wrong-type»[\"g-100\"], kind: group }",
    ),
    ("role as a text", ROLES, "  watcher:\n", "  spare: «wrong-type»analyst\n  watcher:\n"),
    ("description", ROLES, "description: Reads reports", "description: «wrong-type»[Reads, reports]"),
    ("includes as a text", ROLES, "includes: [analyst]", "includes: «wrong-type»analyst"),
    ("includes' entry", ROLES, "includes: [analyst]", "includes: [«wrong-type»{ role: analyst }]"),
    (
        "role's grants as a list",
        ROLES,
        "    grants: { sso/*: member }",
        "    grants: «wrong-type»[sso/engineering]",
    ),
    (
        "role's grant as a list",
        ROLES,
        "      sso/engineering: member",
        "      sso/engineering: «wrong-type»[member]",
    ),
    ("user as a text", STAFF, "  dana:\n", "  spare: «wrong-type»spare@acme.example\n  dana:\n"),
    ("user as nothing", STAFF, "  dana:\n", "  «~wrong-type»spare:\n  dana:\n"),
    ("user's name", STAFF, "name: Jane Doe", "name: «wrong-type»{ first: Jane, last: Doe }"),
    ("email as a list", STAFF, "email: omar@acme.example", "email: «wrong-type»[omar@acme.example]"),
    ("email as a number", STAFF, "email: omar@acme.example", "email: «wrong-type»42"),
    ("aliases as a text", STAFF, "aliases: [j.doe@acme.example]", "aliases: «wrong-type»j.doe@acme.example"),
    ("aliases' entry", STAFF, "aliases: [j.doe@acme.example]", "aliases: [«wrong-type»{ a: b }]"),
    ("accounts as a list", STAFF, "accounts: { heap: \"U-4821\" }", "accounts: «wrong-type»[U-4821]"),
    (
        "an account as a list",
        STAFF,
        "accounts: { heap: \"U-4821\" }",
        "accounts: { heap: «wrong-type»[U-4821] }",
    ),
    (
        "an account as a number",
        STAFF,
        "accounts: { heap: \"U-4821\" }",
        "accounts: { heap: «wrong-type?quot»4821 }",
    ),
    ("roles as a text", STAFF, "roles: [lead]", "roles: «wrong-type»lead"),
    ("roles as a mapping", STAFF, "roles: [lead]", "roles: «wrong-type»{ lead: true }"),
    ("a role entry as a list", STAFF, "roles: [lead]", "roles: [«wrong-type»[lead]]"),
    ("departed as a switch", STAFF, "departed: 2026-11-20", "departed: «wrong-type»true"),
    ("departed as a mapping", STAFF, "departed: 2026-11-20", "departed: «wrong-type»{ on: 2026-11-20 }"),
    (
        "suspended as a switch",
        STAFF,
        "suspended: { since: 2026-11-01, reason: Parental leave }",
        "suspended: «wrong-type»true",
    ),
    (
        "suspended as a date",
        STAFF,
        "suspended: { since: 2026-11-01, reason: Parental leave }",
        "suspended: «wrong-type»2026-11-01",
    ),
    ("suspension's reason", STAFF, "reason: Parental leave", "reason: «wrong-type»[Parental leave]"),
    ("role entry's ticket", STAFF, "ticket: OPS-7", "ticket: «wrong-type»[OPS-7]"),
    ("kind of user", PARTNERS, "kind: external", "kind: «wrong-type»[external]"),
    ("sponsor", PARTNERS, "sponsor: jane", "sponsor: «wrong-type»[jane]"),
    ("until as a list", PARTNERS, "until: 2026-12-31", "until: «wrong-type»[2026-12-31]"),
    ("reason as a mapping", PARTNERS, "reason: Q1 UX audit", "reason: «wrong-type»{ text: Q1 }"),
    (
        "user's grants as a list",
        PARTNERS,
        "    grants:\n      heap/main: read-only",
        "    grants:\n      «wrong-type»- heap/main",
    ),
    ("user's grant as a switch", PARTNERS, "heap/main: read-only", "heap/main: «wrong-type»true"),
    ("grant's level", PARTNERS, "{ level: member,", "{ level: «wrong-type»[member],"),
    (
        "a key that is a list",
        STAFF,
        "    name: Omar Haddad\n",
        "    name: Omar Haddad\n    «~wrong-type»[a, b]: c\n",
    ),
];
