//! Handles that are no handles, and addresses that are no addresses.

use super::{Case, PARTNERS, ROLES, STAFF, VENDORS, WORKSPACE, edits};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = edits("bad name", ROWS);
    for (what, name) in [
        ("a capital", "Zoe"),
        ("a space", "zoe z"),
        ("a slash", "zoe/z"),
        ("a leading dash", "-zoe"),
        ("a leading dot", ".zoe"),
        ("a letter of another script", "zöe"),
        ("an address", "zoe@acme.example"),
        ("nothing", "\"\""),
        ("a control character", "\"zo\\u0007e\""),
    ] {
        let line = format!("  «bad-name»{name}: {{ email: zoe@acme.example }}\n");
        cases.push(Case::new(format!("bad name: user with {what}")).append(STAFF, &line));
    }
    let long = "z".repeat(129);
    let line = format!("  «bad-name»{long}: {{ email: zoe@acme.example }}\n");
    cases.push(Case::new("bad name: user of 129 letters").append(STAFF, &line));
    cases.extend(edits("bad address", ADDRESSES));
    let long = format!("email: «bad-email»{}@acme.example", "o".repeat(250));
    cases.push(Case::new("bad address: too long").edit(STAFF, "email: omar@acme.example", &long));
    cases
}

const ROWS: &[(&str, &str, &str, &str)] = &[
    ("role", ROLES, "  watcher:\n", "  «bad-name»Spare Role: { includes: [analyst] }\n  watcher:\n"),
    (
        "vendor",
        VENDORS,
        "  heap:\n",
        "  «bad-name»Spare: { connector: scim, manage: observe, url: emulator }\n  heap:\n",
    ),
    (
        "vendor with a slash",
        VENDORS,
        "  heap:\n",
        "  «bad-name»a/b: { connector: scim, manage: observe, url: emulator }\n  heap:\n",
    ),
    (
        "resource",
        VENDORS,
        "      growth:\n",
        "      «bad-name»Main Project: { id: \"7\", kind: project }\n      growth:\n",
    ),
    (
        "resource that is a star",
        VENDORS,
        "      growth:\n",
        "      «bad-name»\"*\": { id: \"7\", kind: project }\n      growth:\n",
    ),
    (
        "provider without a resource",
        VENDORS,
        "provisioned_by: okta/heap-users",
        "provisioned_by: «bad-name?okta/heap-users»okta",
    ),
    (
        "provider with two slashes",
        VENDORS,
        "provisioned_by: okta/heap-users",
        "provisioned_by: «bad-name?okta/heap-users»okta/heap/users",
    ),
    (
        "provider's group by its display name",
        VENDORS,
        "provisioned_by: okta/heap-users",
        "provisioned_by: «bad-name?okta/heap-users»okta/Heap Users",
    ),
    ("grant without a slash", ROLES, "      sso/engineering: member", "      «bad-name»engineering: member"),
    (
        "grant with two slashes",
        ROLES,
        "      sso/engineering: member",
        "      «bad-name»sso/engineering/x: member",
    ),
    (
        "grant without a vendor",
        ROLES,
        "      sso/engineering: member",
        "      «bad-name»/engineering: member",
    ),
    ("grant without a resource", ROLES, "      sso/engineering: member", "      «bad-name»sso/: member"),
    (
        "grant on every vendor",
        ROLES,
        "      sso/engineering: member",
        "      «unknown-vendor»\"*/engineering\": member",
    ),
];

const ADDRESSES: &[(&str, &str, &str, &str)] = &[
    ("no at", STAFF, "email: omar@acme.example", "email: «bad-email»omar"),
    ("two ats", STAFF, "email: omar@acme.example", "email: «bad-email»omar@acme@example"),
    ("nothing before", STAFF, "email: omar@acme.example", "email: «bad-email»\"@acme.example\""),
    ("nothing after", STAFF, "email: omar@acme.example", "email: «bad-email»omar@"),
    ("a space", STAFF, "email: omar@acme.example", "email: «bad-email»omar @acme.example"),
    ("a display name", STAFF, "email: omar@acme.example", "email: «bad-email»Omar <omar@acme.example>"),
    ("empty", STAFF, "email: omar@acme.example", "email: «bad-value»\"\""),
    (
        "a control character",
        STAFF,
        "email: omar@acme.example",
        "email: «bad-value»\"omar\\u0000@acme.example\"",
    ),
    ("alias", STAFF, "[j.doe@acme.example]", "[«bad-email»j.doe]"),
    ("second alias", STAFF, "[j.doe@acme.example]", "[j.doe@acme.example, «bad-email»jd]"),
    ("protected", WORKSPACE, "[breakglass@acme.example]", "[«bad-email»breakglass]"),
    ("partner", PARTNERS, "email: bob@consultant.example", "email: «bad-email»consultant.example"),
];
