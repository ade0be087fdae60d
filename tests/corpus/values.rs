//! A value of the right type that nothing can be done with.

use super::{Case, PARTNERS, STAFF, VENDORS, WORKSPACE, edits};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = edits("bad value", WORDS);
    cases.extend(edits("bad value", NUMBERS));
    cases.extend(edits("bad time zone", ZONES));
    cases.extend(edits("bad duration", DURATIONS));
    cases.extend(edits("bad URL", URLS));
    cases.extend(policies());
    cases
}

const WORDS: &[(&str, &str, &str, &str)] = &[
    (
        "manage",
        VENDORS,
        "manage: authoritative\n    channel",
        "manage: «bad-value?authoritative»autoritative\n    channel",
    ),
    (
        "manage that is no mode",
        VENDORS,
        "manage: authoritative\n    channel",
        "manage: «bad-value»everything\n    channel",
    ),
    (
        "manage in capitals",
        VENDORS,
        "manage: authoritative\n    channel",
        "manage: «bad-value?observe»Observe\n    channel",
    ),
    ("resource's manage", VENDORS, "manage: additive", "manage: «bad-value?additive»aditive"),
    ("channel", VENDORS, "channel: api", "channel: «bad-value?api»apii"),
    ("channel that is none", VENDORS, "channel: api", "channel: «bad-value»pigeon"),
    ("offboarding", VENDORS, "offboarding: delete", "offboarding: «bad-value?delete»deleted"),
    ("offboarding that is none", VENDORS, "offboarding: delete", "offboarding: «bad-value»archive"),
    ("paging", VENDORS, "paging: index", "paging: «bad-value?index»indexed"),
    ("patch", VENDORS, "patch: path", "patch: «bad-value?path»paths"),
    ("kind of user", PARTNERS, "kind: external", "kind: «bad-value?external»extern"),
    ("kind of user that is none", PARTNERS, "kind: service", "kind: «bad-value»robot"),
    ("empty connector", VENDORS, "connector: scim", "connector: «bad-value»\"\""),
];

const NUMBERS: &[(&str, &str, &str, &str)] = &[
    ("percent over 100", WORKSPACE, "percent: 25", "percent: «bad-value»101"),
    ("percent below 0", WORKSPACE, "percent: 25", "percent: «bad-value»-1"),
    ("min_admins below 0", WORKSPACE, "min_admins: 2", "min_admins: «bad-value»-2"),
    ("at_least too large", WORKSPACE, "at_least: 5", "at_least: «bad-value»99999999999999999999"),
    ("page_size of 0", VENDORS, "page_size: 100", "page_size: «bad-value»0"),
    ("page_size below 0", VENDORS, "page_size: 100", "page_size: «bad-value»-100"),
    ("a fraction", WORKSPACE, "min_admins: 2", "min_admins: «bad-value»2.5"),
    (
        "two ways to one secret",
        VENDORS,
        "token: { env: SSO_TOKEN }",
        "«~bad-value»token: { env: SSO_TOKEN, command: [op] }",
    ),
    ("command without a program", VENDORS, "[op, read, \"op://it/sso/revoke\"]", "«bad-value»[]"),
    ("env without a name", VENDORS, "{ env: SSO_TOKEN }", "{ env: «bad-value»\"\" }"),
    ("workspace without a name", WORKSPACE, "name: acme", "name: «bad-value»\"\""),
];

const ZONES: &[(&str, &str, &str, &str)] = &[
    ("typo", WORKSPACE, "Europe/Berlin", "«bad-timezone?Europe/Berlin»Europe/Berln"),
    ("another continent", WORKSPACE, "Europe/Berlin", "«bad-timezone»Mars/Olympus"),
    ("an abbreviation", WORKSPACE, "Europe/Berlin", "«bad-timezone»CESTX"),
    ("an offset", WORKSPACE, "Europe/Berlin", "«bad-timezone»UTC plus two"),
    ("empty", WORKSPACE, "Europe/Berlin", "«bad-value»\"\""),
];

const DURATIONS: &[(&str, &str, &str, &str)] = &[
    ("a word", WORKSPACE, "snapshot_max_age: 7d", "snapshot_max_age: «bad-duration»weekly"),
    ("no unit", WORKSPACE, "snapshot_max_age: 7d", "snapshot_max_age: «~bad-duration»\"7\""),
    ("an unknown unit", WORKSPACE, "snapshot_max_age: 7d", "snapshot_max_age: «bad-duration»7q"),
    ("negative", WORKSPACE, "snapshot_max_age: 7d", "snapshot_max_age: «bad-duration»-7d"),
    ("settle", VENDORS, "settle: 5m", "settle: «bad-duration»soon"),
    ("settle beyond reason", VENDORS, "settle: 5m", "settle: «bad-duration»99999999999999999999d"),
];

const URLS: &[(&str, &str, &str, &str)] = &[
    ("not one", VENDORS, "https://scim.sso.example/v2", "«bad-url»scim.sso.example"),
    ("plain http", VENDORS, "https://scim.sso.example/v2", "«bad-url?https»http://scim.sso.example/v2"),
    ("another scheme", VENDORS, "https://scim.sso.example/v2", "«bad-url»ftp://scim.sso.example/v2"),
    ("a file", VENDORS, "https://scim.sso.example/v2", "«bad-url»file:///etc/passwd"),
    ("no host", VENDORS, "https://scim.sso.example/v2", "«bad-url»https:///v2"),
    ("emulator, misspelt", VENDORS, "https://scim.sso.example/v2", "«bad-url?emulator»emulatr"),
    (
        "http to a host like loopback",
        VENDORS,
        "https://scim.sso.example/v2",
        "«bad-url»http://localhost.evil.example/v2",
    ),
];

/// Reserved, parsed, and not enforced yet.
fn policies() -> Vec<Case> {
    vec![
        Case::new("policies are not enforced")
            .file("access/policies.yaml", "«~policies-not-enforced»policies:\n  - name: no-externals\n"),
        Case::new("external without an end").edit(
            STAFF,
            "  dana:\n",
            "  «~external-without-end»finn:\n    email: finn@agency.example\n    kind: external\n    sponsor: jane\n    roles: [analyst]\n  dana:\n",
        ),
    ]
}
