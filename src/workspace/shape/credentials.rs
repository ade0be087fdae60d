//! How files refer to credentials, which themselves stand elsewhere.

use super::{ANY, Shape, Table, Text, may, must, table};

/// What a vendor's tokens may be.
pub(in crate::workspace) static CREDENTIAL: Table = Table {
    noun: "a reference to a credential",
    fields: &[
        may("env", Shape::Text(Text::EnvName), "The environment variable that holds it."),
        may("command", Shape::List(&ANY, 1), "A program and its arguments that print it."),
        may("oauth", Shape::Table(&OAUTH), "An OAuth client that is given tokens for a short time."),
    ],
    any_of: &["env", "command", "oauth"],
    unless: None,
    single: true,
};

/// What stands for one secret.
pub(in crate::workspace) static SECRET: Table = Table {
    noun: "a reference to a credential",
    fields: &[
        may("env", Shape::Text(Text::EnvName), "The environment variable that holds it."),
        may("command", Shape::List(&ANY, 1), "A program and its arguments that print it."),
    ],
    any_of: &["env", "command"],
    unless: None,
    single: true,
};

pub(in crate::workspace) static OAUTH: Table = Table {
    noun: "an OAuth client",
    fields: &[
        must("client_id", ANY, "The client's id at the vendor, which is no secret."),
        may("client_secret", Shape::Secret(&SECRET), "The client's secret, by reference."),
        may(
            "github_actions",
            Shape::Table(&GITHUB_ACTIONS),
            "The identity that GitHub Actions gives to a job proves the client, so that there is no secret.",
        ),
        may(
            "private_key",
            Shape::Secret(&SECRET),
            "The client's RSA key in PEM (PKCS#8), by reference; the vendor has its public part.",
        ),
        may("key_id", ANY, "The name of that key at the vendor."),
        may(
            "token_url",
            Shape::Text(Text::Url),
            "Where tokens are had; absent where the connector knows it from `url`.",
        ),
        may(
            "scopes",
            Shape::List(&ANY, 0),
            "The scopes to ask for; those that the vendor gives anyway if absent.",
        ),
        may("audience", ANY, "What the tokens are for, where the vendor asks for that."),
        may(
            "auth",
            Shape::Words(&["basic", "form"]),
            "How `client_secret` is sent: by HTTP Basic, or in the form; `basic` if absent.",
        ),
    ],
    any_of: &["client_secret", "github_actions", "private_key"],
    unless: None,
    single: false,
};

pub(in crate::workspace) static GITHUB_ACTIONS: Table = table(
    "the identity of a job",
    &[must("audience", ANY, "Whom the identity is shown to, as the vendor wants it written.")],
);
