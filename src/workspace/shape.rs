//! What the files may hold. One description, which the decoder checks every node against and the JSON Schema
//! is made from, so that the two cannot drift apart.

mod credentials;

pub(super) use credentials::{CREDENTIAL, GITHUB_ACTIONS, OAUTH, SECRET};

/// What a value may be.
#[derive(Debug)]
pub(super) enum Shape {
    Text(Text),
    /// One of these words.
    Words(&'static [&'static str]),
    Whole {
        min: u32,
        max: u32,
    },
    Flag,
    Table(&'static Table),
    Map(&'static Map),
    /// A list of at least so many.
    List(&'static Shape, usize),
    /// The short form of a table's one required value, or the table.
    TextOrTable(Text, &'static Table),
    /// A reference to a credential: a table, and never the credential itself.
    Secret(&'static Table),
    /// Kept for later; not looked at.
    Reserved,
}

/// What a text may be. Whether it is one is checked where it becomes a typed value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    Any,
    /// A name being defined.
    Handle,
    /// The name of something defined elsewhere.
    Reference,
    Email,
    Date,
    Duration,
    Url,
    TimeZone,
    EnvName,
    GrantKey,
    Source,
    SeedPath,
}

/// A mapping whose keys are fixed.
#[derive(Debug)]
pub(super) struct Table {
    /// What it describes, for messages: "a user".
    pub(super) noun: &'static str,
    pub(super) fields: &'static [Field],
    /// Where not empty, at least one of these must be there.
    pub(super) any_of: &'static [&'static str],
    /// A key and a value with which none of `any_of` is needed.
    pub(super) unless: Option<(&'static str, &'static str)>,
    /// At most one key may be there.
    pub(super) single: bool,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) required: bool,
    pub(super) shape: Shape,
    pub(super) doc: &'static str,
}

/// A mapping whose keys the workspace chooses.
#[derive(Debug)]
pub(super) struct Map {
    pub(super) keys: Text,
    pub(super) values: Shape,
}

impl Text {
    /// What the whole text looks like, as a regular expression that JSON Schema understands.
    pub(super) fn pattern(self) -> Option<&'static str> {
        match self {
            // No control characters but tab and line feed, as in the decoder.
            Self::Any | Self::Reference | Self::TimeZone => {
                Some("^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f]+$")
            }
            Self::Handle => Some("^[a-z0-9][a-z0-9._-]{0,127}$"),
            Self::Email => {
                Some("^[^\\s@\\u0000-\\u001f\\u007f-\\u009f]+@[^\\s@\\u0000-\\u001f\\u007f-\\u009f]+$")
            }
            Self::Date => Some("^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"),
            Self::Duration => Some("^[0-9]{1,9}[smhdw]$"),
            Self::Url => Some("^(emulator|https?://[^\\s@?#/\\\\]+(/[^\\s?#\\\\]*)?)$"),
            Self::EnvName => Some("^[A-Za-z_][A-Za-z0-9_]*$"),
            Self::GrantKey => Some("^[^/]+/[^/]+$"),
            Self::Source => Some("^[a-z0-9][a-z0-9._-]{0,127}/[a-z0-9][a-z0-9._-]{0,127}$"),
            Self::SeedPath => Some("^[^/\\\\]"),
        }
    }

    /// What it should be, for messages.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Any => "text",
            Self::Handle | Self::Reference => "a name",
            Self::Email => "an e-mail address",
            Self::Date => "a date",
            Self::Duration => "a duration such as `7d`",
            Self::Url => "a URL, or `emulator`",
            Self::TimeZone => "a time zone such as `Europe/Berlin`",
            Self::EnvName => "the name of an environment variable",
            Self::GrantKey | Self::Source => "`vendor/resource`",
            Self::SeedPath => "a path inside the workspace",
        }
    }
}

impl Shape {
    /// What is expected, for messages.
    pub(super) fn noun(&self) -> &'static str {
        match self {
            Self::Text(text) => text.noun(),
            Self::Words(_) => "one of a few words",
            Self::Whole { .. } => "a whole number",
            Self::Flag => "`true` or `false`",
            Self::Table(_) | Self::Map(_) => "a mapping",
            Self::Secret(_) => "a reference to a credential",
            Self::List(..) => "a list",
            Self::TextOrTable(..) => "a text or a mapping",
            Self::Reserved => "anything",
        }
    }
}

impl Table {
    pub(super) fn position(&self, key: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.key == key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.key)
    }
}

const fn table(noun: &'static str, fields: &'static [Field]) -> Table {
    Table { noun, fields, any_of: &[], unless: None, single: false }
}

const fn may(key: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { key, required: false, shape, doc }
}

const fn must(key: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { key, required: true, shape, doc }
}

const ANY: Shape = Shape::Text(Text::Any);
const DATE: Shape = Shape::Text(Text::Date);
const DURATION: Shape = Shape::Text(Text::Duration);
const MANAGE: Shape = Shape::Words(&["observe", "additive", "authoritative"]);

pub(super) static TOP: Shape = Shape::Table(&FILE);

pub(super) static FILE: Table = table(
    "a file of the workspace",
    &[
        may(
            "workspace",
            Shape::Table(&WORKSPACE),
            "What holds for the whole workspace. Exactly one file has it.",
        ),
        may("vendors", Shape::Map(&VENDORS), "The SaaS tenants that access is given at, by name."),
        may("roles", Shape::Map(&ROLES), "Named bundles of grants that fit a job, by name."),
        may(
            "users",
            Shape::Map(&USERS),
            "The people and service identities who should have access, by handle.",
        ),
        may(
            "policies",
            Shape::Reserved,
            "Reserved for rules that the workspace writes itself; not enforced yet.",
        ),
    ],
);

pub(super) static WORKSPACE: Table = table(
    "the workspace",
    &[
        must("name", ANY, "The workspace's name."),
        may(
            "timezone",
            Shape::Text(Text::TimeZone),
            "The IANA time zone in which dates begin and end; UTC if absent.",
        ),
        may("guards", Shape::Table(&GUARDS), "Limits that block a plan."),
    ],
);

pub(super) static GUARDS: Table = table(
    "the guards",
    &[
        may(
            "max_removals",
            Shape::Table(&MAX_REMOVALS),
            "How many removals a plan may hold for one vendor: the greater of the two.",
        ),
        may(
            "min_admins",
            Shape::Whole { min: 0, max: 1_000_000 },
            "How many admins each resource keeps at least; 1 if absent.",
        ),
        may(
            "protected",
            Shape::List(&Shape::Text(Text::Email), 0),
            "Addresses of accounts that are never removed or demoted.",
        ),
        may("snapshot_max_age", DURATION, "How old a recorded snapshot may be; `7d` if absent."),
        may(
            "plan_max_age",
            DURATION,
            "How old a saved plan may be when it is applied, from `1m` to `52w`; `1d` if absent.",
        ),
    ],
);

pub(super) static MAX_REMOVALS: Table = table(
    "the limit of removals",
    &[
        may(
            "percent",
            Shape::Whole { min: 0, max: 100 },
            "Share of the vendor's live accounts; 25 if absent.",
        ),
        may(
            "at_least",
            Shape::Whole { min: 0, max: 1_000_000 },
            "A number that is always allowed; 5 if absent.",
        ),
    ],
);

pub(super) static VENDORS: Map = Map { keys: Text::Handle, values: Shape::Table(&VENDOR) };

pub(super) static VENDOR: Table = table(
    "a vendor",
    &[
        must("connector", Shape::Text(Text::Reference), "The code that speaks to this kind of vendor."),
        must(
            "manage",
            MANAGE,
            "observe: change nothing; additive: add what is declared; authoritative: also take away what is not.",
        ),
        may(
            "channel",
            Shape::Words(&["api", "browser", "runbook"]),
            "How changes are carried out where there is a choice.",
        ),
        may(
            "url",
            Shape::Text(Text::Url),
            "The tenant's own base URL, or `emulator` for the embedded vendor.",
        ),
        may("token", Shape::Secret(&CREDENTIAL), "The credential, by reference."),
        may(
            "grant_token",
            Shape::Secret(&CREDENTIAL),
            "A separate credential for giving access, by reference; `token` if absent.",
        ),
        may(
            "revoke_token",
            Shape::Secret(&CREDENTIAL),
            "A separate credential for taking access, by reference; the one for giving it if absent.",
        ),
        may(
            "offboarding",
            Shape::Words(&["delete", "revoke"]),
            "What happens to an account that keeps no grant; `delete` if absent.",
        ),
        may(
            "provisioned_by",
            Shape::Text(Text::Source),
            "The identity provider's group or app whose members get an account here, as `vendor/resource`.",
        ),
        may("identity", ANY, "The address or id of the account that the credential belongs to, or `none`."),
        may("settle", DURATION, "How long a change may take to show; the connector's own figure if absent."),
        may(
            "roles",
            Shape::Map(&ORG_LEVELS),
            "Levels of the organisation, lowest first, each with the vendor's own value. Where none of several is called `admin` or `owner`, the highest counts as admin.",
        ),
        may(
            "resend_after",
            DURATION,
            "After how long an invitation that nobody answered is sent again, where the vendor can; `7d` if absent.",
        ),
        may("pages", Shape::Table(&PAGES), "The vendor's pages, where people or browsers change something."),
        may("scim", Shape::Table(&SCIM), "What overrides the server's own ServiceProviderConfig."),
        may(
            "emulator",
            Shape::Table(&EMULATOR),
            "How the embedded vendor starts; only with `url: emulator`.",
        ),
        may("resources", Shape::Map(&RESOURCES), "What access is given on, by name."),
    ],
);

static ORG_LEVELS: Map = Map { keys: Text::Any, values: ANY };

pub(super) static SCIM: Table = table(
    "the SCIM overrides",
    &[
        may("paging", Shape::Words(&["index", "cursor"]), "How lists are paged."),
        may("page_size", Shape::Whole { min: 1, max: 10_000 }, "How many records are asked for at once."),
        may("patch", Shape::Words(&["path", "pathless", "none"]), "How changes are sent; `none` means PUT."),
        may("etag", Shape::Flag, "Whether versions are compared before writing."),
        may("filter", Shape::Flag, "Whether filters are used."),
    ],
);

pub(super) static PAGES: Table = table(
    "the vendor's pages",
    &[
        may(
            "url",
            Shape::Text(Text::Url),
            "Where they are, or `emulator` for the embedded vendor; the connector's own address if absent.",
        ),
        may(
            "file",
            Shape::Text(Text::SeedPath),
            "A file inside the workspace that describes them instead of the connector's own description.",
        ),
    ],
);

pub(super) static EMULATOR: Table = table(
    "the emulator's settings",
    &[may(
        "seed",
        Shape::Text(Text::SeedPath),
        "A file inside the workspace that the emulator's state starts from.",
    )],
);

static RESOURCES: Map = Map { keys: Text::Handle, values: Shape::Table(&RESOURCE) };

pub(super) static RESOURCE: Table = Table {
    noun: "a resource",
    fields: &[
        must("kind", Shape::Text(Text::Reference), "One of the connector's kinds of resource."),
        may("id", ANY, "The vendor's own id."),
        may("name", ANY, "The vendor's display name, where it is found or created by that."),
        may("manage", MANAGE, "Overrides the vendor's `manage` for this resource."),
    ],
    any_of: &["id", "name"],
    // The organisation itself is not looked up.
    unless: Some(("kind", "org")),
    single: false,
};

pub(super) static ROLES: Map = Map { keys: Text::Handle, values: Shape::Table(&ROLE) };

pub(super) static ROLE: Table = Table {
    noun: "a role",
    fields: &[
        may("description", ANY, "What the role is for."),
        may(
            "includes",
            Shape::List(&Shape::Text(Text::Reference), 0),
            "Roles whose grants this one has as well.",
        ),
        may(
            "grants",
            Shape::Map(&GRANTS),
            "Levels by `vendor/resource`; `vendor/*` is every declared resource.",
        ),
    ],
    any_of: &["includes", "grants"],
    unless: None,
    single: false,
};

static GRANTS: Map = Map { keys: Text::GrantKey, values: Shape::TextOrTable(Text::Any, &GRANT) };

pub(super) static GRANT: Table = table(
    "a grant",
    &[
        must("level", ANY, "What the vendor calls the role on the resource."),
        may("from", DATE, "First day of access."),
        may("until", DATE, "Last day of access, in the workspace's time zone."),
        may("reason", ANY, "Why."),
        may("ticket", ANY, "The ticket that approved it."),
    ],
);

pub(super) static USERS: Map = Map { keys: Text::Handle, values: Shape::Table(&USER) };

pub(super) static USER: Table = table(
    "a user",
    &[
        must("email", Shape::Text(Text::Email), "The address that accounts are created with."),
        may("name", ANY, "The display name."),
        may(
            "roles",
            Shape::List(&Shape::TextOrTable(Text::Reference, &ROLE_ENTRY), 0),
            "Roles by name, with dates where they need any.",
        ),
        may("grants", Shape::Map(&GRANTS), "Access beyond the roles: levels by `vendor/resource`."),
        may(
            "aliases",
            Shape::List(&Shape::Text(Text::Email), 0),
            "Further addresses that accounts of this user may carry.",
        ),
        may(
            "accounts",
            Shape::Map(&ACCOUNTS),
            "Vendors' own ids of this user's accounts, where an address is not enough.",
        ),
        may(
            "kind",
            Shape::Words(&["employee", "external", "service"]),
            "What sort of user; `employee` if absent.",
        ),
        may("sponsor", Shape::Text(Text::Reference), "The user who answers for this one."),
        may("from", DATE, "First day of access."),
        may("until", DATE, "Last day of access, in the workspace's time zone."),
        may("reason", ANY, "Why."),
        may("ticket", ANY, "The ticket that approved it."),
        may("departed", DATE, "The day from which there is no access: a tombstone."),
        may(
            "suspended",
            Shape::Table(&SUSPENDED),
            "Takes access and keeps the account where the vendor can.",
        ),
    ],
);

pub(super) static ROLE_ENTRY: Table = table(
    "a role of a user",
    &[
        must("role", Shape::Text(Text::Reference), "The role."),
        may("from", DATE, "First day of it."),
        may("until", DATE, "Last day of it, in the workspace's time zone."),
        may("reason", ANY, "Why."),
        may("ticket", ANY, "The ticket that approved it."),
    ],
);

static ACCOUNTS: Map = Map { keys: Text::Reference, values: ANY };

pub(super) static SUSPENDED: Table =
    table("a suspension", &[must("since", DATE, "First day."), must("reason", ANY, "Why.")]);
