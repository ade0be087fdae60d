//! One thing said twice, in one mapping or in two files.

use super::{Case, PARTNERS, ROLES, STAFF, VENDORS, WORKSPACE, edits};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = edits("duplicate key", KEYS);
    cases.extend(edits("duplicate name in one file", NAMES));
    cases.extend(edits("duplicate resource", RESOURCES));
    cases.extend(definitions());
    cases.extend(accounts());
    cases.extend(owners());
    cases
}

/// Two users who would both hold what one account can.
fn owners() -> Vec<Case> {
    let tenant = |name: &str| {
        let vendor = "  pages:\n    connector: clarity\n    manage: observe\n    resources:\n      \
                      site: { id: k3j9x2, kind: project }\n      shop: { id: p0d8aa, kind: project }\n";
        Case::new(format!("two owners: {name}")).append(VENDORS, vendor)
    };
    let first = "  zoe:\n    email: zoe@acme.example\n    grants:\n      pages/site: owner\n";
    let role = "  site-owner:\n    grants: { 'pages/*': owner }\n";
    vec![
        tenant("by their own lines").append(
            STAFF,
            &format!("{first}  zuri:\n    email: zuri@acme.example\n    grants:\n      «two-owners?another level»pages/site: owner\n"),
        ),
        tenant("by a role").append(ROLES, role).append(
            STAFF,
            &format!("{first}  zuri:\n    email: zuri@acme.example\n    roles: [«two-owners»site-owner]\n"),
        ),
        tenant("for a day").append(
            STAFF,
            "  zoe:\n    email: zoe@acme.example\n    grants:\n      pages/site: { level: owner, until: 2026-12-31 }\n  \
             zuri:\n    email: zuri@acme.example\n    grants:\n      «two-owners»pages/site: { level: owner, from: \
             2026-12-31 }\n",
        ),
    ]
}

const KEYS: &[(&str, &str, &str, &str)] = &[
    ("workspace.name", WORKSPACE, "  name: acme\n", "  name: acme\n  «duplicate-key»name: acme\n"),
    (
        "workspace.guards",
        WORKSPACE,
        "    snapshot_max_age: 7d\n",
        "    snapshot_max_age: 7d\n  «duplicate-key»guards: {}\n",
    ),
    ("a guard", WORKSPACE, "    min_admins: 2\n", "    min_admins: 2\n    «duplicate-key»min_admins: 3\n"),
    ("percent", WORKSPACE, "percent: 25,", "percent: 25, «duplicate-key»percent: 25,"),
    (
        "vendor's manage",
        VENDORS,
        "    channel: api\n",
        "    channel: api\n    «duplicate-key»manage: observe\n",
    ),
    (
        "token",
        VENDORS,
        "    token: { env: SSO_TOKEN }\n",
        "    token: { env: SSO_TOKEN }\n    «duplicate-key»token: { env: SSO_TOKEN }\n",
    ),
    ("env", VENDORS, "{ env: SSO_TOKEN }", "{ env: SSO_TOKEN, «duplicate-key»env: OTHER }"),
    ("scim setting", VENDORS, "      etag: true\n", "      etag: true\n      «duplicate-key»etag: true\n"),
    ("resource's kind", VENDORS, "kind: group, manage", "kind: group, «duplicate-key»kind: group, manage"),
    (
        "level of org",
        VENDORS,
        "      admin: Admin\n",
        "      admin: Admin\n      «duplicate-key»viewer: Viewer\n",
    ),
    (
        "includes",
        ROLES,
        "    includes: [analyst]\n",
        "    includes: [analyst]\n    «duplicate-key»includes: [analyst]\n",
    ),
    (
        "role's grant",
        ROLES,
        "      heap/growth: member\n",
        "      heap/growth: member\n      «duplicate-key»heap/main: analyst\n",
    ),
    (
        "user's email",
        STAFF,
        "    email: omar@acme.example\n",
        "    email: omar@acme.example\n    «duplicate-key»email: omar@acme.example\n",
    ),
    ("user's roles", STAFF, "    roles: [lead]\n", "    roles: [lead]\n    «duplicate-key»roles: [lead]\n"),
    (
        "pinned account",
        STAFF,
        "{ heap: \"U-4821\" }",
        "{ heap: \"U-4821\", «duplicate-key»heap: \"U-4821\" }",
    ),
    (
        "role entry's until",
        STAFF,
        "        ticket: OPS-7\n",
        "        ticket: OPS-7\n        «duplicate-key»until: 2027-03-31\n",
    ),
    (
        "suspension's since",
        STAFF,
        "since: 2026-11-01,",
        "since: 2026-11-01, «duplicate-key»since: 2026-11-02,",
    ),
    ("grant's level", PARTNERS, "{ level: member,", "{ level: member, «duplicate-key»level: member,"),
    (
        "user's grant",
        PARTNERS,
        "      heap/main: read-only\n",
        "      heap/main: read-only\n      «duplicate-key»heap/main: read-only\n",
    ),
    (
        "in other quotes",
        STAFF,
        "    name: Omar Haddad\n",
        "    name: Omar Haddad\n    «duplicate-key»\"name\": Omar\n",
    ),
    (
        "with an escape",
        STAFF,
        "    name: Omar Haddad\n",
        "    name: Omar Haddad\n    «duplicate-key»\"n\\u0061me\": Omar\n",
    ),
    (
        "unquoted and quoted names",
        STAFF,
        "    roles: [lead]\n",
        "    roles: [lead]\n  «duplicate-key»'jane':\n    email: other@acme.example\n",
    ),
];

const NAMES: &[(&str, &str, &str, &str)] = &[
    (
        "user",
        STAFF,
        "    roles: [lead]\n",
        "    roles: [lead]\n  «duplicate-key»jane:\n    email: jane.two@acme.example\n",
    ),
    ("role", ROLES, "  watcher:\n", "  «duplicate-key»lead:\n    includes: [analyst]\n  watcher:\n"),
    (
        "vendor",
        VENDORS,
        "  heap:\n",
        "  «duplicate-key»sso: { connector: scim, manage: observe, url: emulator }\n  heap:\n",
    ),
    (
        "resource",
        VENDORS,
        "      growth:\n",
        "      «duplicate-key»main: { id: \"1\", kind: project }\n      growth:\n",
    ),
    ("section", ROLES, "  watcher:\n", "«duplicate-key»roles:\n  watcher:\n"),
];

/// A name defined in two files: the later one in path order is in the wrong.
fn definitions() -> Vec<Case> {
    let extra = "access/users/zz.yaml";
    let case = |name: &str, text: &str| Case::new(format!("defined in two files: {name}")).file(extra, text);
    vec![
        case("user", "users:\n  «duplicate-definition»jane: { email: jane.two@acme.example }\n"),
        case("role", "roles:\n  «duplicate-definition»watcher: { includes: [analyst] }\n"),
        case(
            "two users",
            "users:\n  «duplicate-definition»bob: { email: b2@acme.example }\n  «duplicate-definition»omar:\n    email: o2@acme.example\n",
        ),
        Case::new("defined in two files: vendor").file(
            "access/wendors.yaml",
            "vendors:\n  «duplicate-definition»heap: { connector: heap, manage: observe, url: emulator }\n",
        ),
        Case::new("defined in two files: workspace's name")
            .file("access/zz.yaml", "«duplicate-definition»workspace:\n  name: other\n"),
        Case::new("defined in three files: user")
            .file(
                "access/users/ya.yaml",
                "users:\n  «duplicate-definition»jane: { email: j2@acme.example }\n",
            )
            .file(
                "access/users/yb.yaml",
                "users:\n  «duplicate-definition»jane: { email: j3@acme.example }\n",
            ),
    ]
}

/// Two names for one thing at a vendor.
const RESOURCES: &[(&str, &str, &str, &str)] = &[
    (
        "one id",
        VENDORS,
        "      growth:\n",
        "      «duplicate-resource»spare: { id: \"2208394\", kind: project }\n      growth:\n",
    ),
    (
        "one display name",
        VENDORS,
        "  heap:\n",
        "      «duplicate-resource»spare: { name: Design Team, kind: group }\n  heap:\n",
    ),
];

/// Two users, one account.
fn accounts() -> Vec<Case> {
    vec![
        Case::new("duplicate account: two users").edit(
            STAFF,
            "    email: omar@acme.example\n",
            "    email: omar@acme.example\n    accounts: { heap: «duplicate-account»\"U-4821\" }\n",
        ),
        Case::new("duplicate account: in another file")
            .edit(
                PARTNERS,
                "    kind: external\n",
                "    kind: external\n    accounts: { heap: \"U-4821\" }\n",
            )
            .edit(STAFF, "{ heap: \"U-4821\" }", "{ heap: «duplicate-account»\"U-4821\" }"),
        Case::new("duplicate account: three users")
            .edit(
                STAFF,
                "    email: omar@acme.example\n",
                "    email: omar@acme.example\n    accounts: { heap: «duplicate-account»U-4821 }\n",
            )
            .edit(
                STAFF,
                "    email: dana@acme.example\n",
                "    email: dana@acme.example\n    accounts: { heap: «duplicate-account»'U-4821' }\n",
            ),
    ]
}
