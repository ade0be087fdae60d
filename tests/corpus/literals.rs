//! Credentials written out where a reference belongs. No output may repeat them.

use super::{Case, STAFF, VENDORS};

const SECRET: &str = "hunter2-9f3kQz7LmX1v";

pub(crate) fn cases() -> Vec<Case> {
    ROWS.iter()
        .map(|&(name, from, to)| {
            let to = to.replace("SECRET", SECRET);
            Case::new(format!("literal secret: {name}")).edit(VENDORS, from, &to).secret(SECRET)
        })
        .chain([beside_another_error(), twice()])
        .collect()
}

const ROWS: &[(&str, &str, &str)] = &[
    ("token", "token: { env: SSO_TOKEN }", "token: «literal-secret?env»SECRET"),
    ("quoted token", "token: { env: SSO_TOKEN }", "token: «literal-secret?env»\"SECRET\""),
    ("token in single quotes", "token: { env: SSO_TOKEN }", "token: «literal-secret»'SECRET'"),
    ("folded token", "token: { env: SSO_TOKEN }", "token: >-\n      «literal-secret»SECRET"),
    ("literal block token", "token: { env: SSO_TOKEN }", "token: |\n      «literal-secret»SECRET"),
    ("tagged-looking token", "token: { env: SSO_TOKEN }", "token: «literal-secret»Bearer SECRET"),
    ("revoke_token", "{ command: [op, read, \"op://it/sso/revoke\"] }", "«literal-secret»SECRET"),
    ("token of another vendor", "token: { env: HEAP_SCIM_TOKEN }", "token: «literal-secret»SECRET"),
    ("value key", "token: { env: SSO_TOKEN }", "«~missing-key?env»token: { «unknown-key»value: SECRET }"),
    ("literal key", "token: { env: SSO_TOKEN }", "«~missing-key?env»token: { «unknown-key»literal: SECRET }"),
    ("list", "token: { env: SSO_TOKEN }", "token: «wrong-type»[SECRET]"),
    ("list under env", "{ env: SSO_TOKEN }", "{ env: «wrong-type»[SECRET] }"),
    ("mapping under env", "{ env: SSO_TOKEN }", "{ env: «wrong-type»{ value: SECRET } }"),
    ("misspelt token", "    revoke_token:", "    «unknown-key?token»tokne: SECRET\n    revoke_token:"),
    ("password key", "    revoke_token:", "    «unknown-key»password: SECRET\n    revoke_token:"),
    ("key with a dash", "    revoke_token:", "    «unknown-key»api-key: \"SECRET\"\n    revoke_token:"),
    ("env that is no variable's name", "{ env: SSO_TOKEN }", "{ env: «literal-secret»SECRET }"),
    (
        "user and password in a url",
        "url: https://scim.sso.example/v2",
        "url: «literal-secret»https://grantline:SECRET@scim.sso.example/v2",
    ),
    (
        "token in a url's query",
        "url: https://scim.sso.example/v2",
        "url: «literal-secret»https://scim.sso.example/v2?token=SECRET",
    ),
];

/// An error of another kind, whose excerpt stands next to the secret's line.
fn beside_another_error() -> Case {
    Case::new("literal secret: beside another error")
        .edit(
            VENDORS,
            "    token: { env: SSO_TOKEN }\n",
            &format!("    token: «literal-secret»{SECRET}\n    «unknown-key»tokens: 1\n"),
        )
        .edit(STAFF, "roles: [lead]", "roles: [«unknown-role»leed]")
        .secret(SECRET)
}

fn twice() -> Case {
    Case::new("literal secret: both tokens")
        .edit(VENDORS, "token: { env: SSO_TOKEN }", &format!("token: «literal-secret»{SECRET}"))
        .edit(
            VENDORS,
            "{ command: [op, read, \"op://it/sso/revoke\"] }",
            &format!("«literal-secret»{SECRET}"),
        )
        .secret(SECRET)
}
