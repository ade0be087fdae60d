//! Keys that nothing knows, in every mapping of the format, and keys that are not there.

use super::{Case, PARTNERS, ROLES, STAFF, VENDORS, WORKSPACE, edits};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = edits("typo of a key", TYPOS);
    cases.extend(edits("key of another mapping", MISPLACED));
    cases.extend(edits("missing key", MISSING));
    cases.extend(sections());
    cases
}

const TYPOS: &[(&str, &str, &str, &str)] = &[
    ("timezone", WORKSPACE, "  timezone:", "  «unknown-key?timezone»timezon:"),
    ("guards", WORKSPACE, "  guards:", "  «unknown-key?guards»gards:"),
    ("max_removals", WORKSPACE, "    max_removals:", "    «unknown-key?max_removals»max-removals:"),
    ("percent", WORKSPACE, "{ percent:", "{ «unknown-key?percent»precent:"),
    ("at_least", WORKSPACE, " at_least:", " «unknown-key?at_least»atleast:"),
    ("min_admins", WORKSPACE, "    min_admins:", "    «unknown-key?min_admins»min_admin:"),
    ("protected", WORKSPACE, "    protected:", "    «unknown-key?protected»protect:"),
    (
        "snapshot_max_age",
        WORKSPACE,
        "    snapshot_max_age:",
        "    «unknown-key?snapshot_max_age»snapshot_age_max:",
    ),
    ("channel", VENDORS, "    channel:", "    «unknown-key?channel»chanel:"),
    ("revoke_token", VENDORS, "    revoke_token:", "    «unknown-key?revoke_token»revoke-token:"),
    ("offboarding", VENDORS, "    offboarding: revoke", "    «unknown-key?offboarding»ofboarding: revoke"),
    ("provisioned_by", VENDORS, "    provisioned_by:", "    «unknown-key?provisioned_by»provisionned_by:"),
    ("identity", VENDORS, "    identity:", "    «unknown-key?identity»identiy:"),
    ("settle", VENDORS, "    settle:", "    «unknown-key?settle»setle:"),
    ("scim", VENDORS, "    scim:", "    «unknown-key?scim»skim:"),
    ("paging", VENDORS, "      paging:", "      «unknown-key?paging»pageing:"),
    ("page_size", VENDORS, "      page_size:", "      «unknown-key?page_size»pagesize:"),
    ("patch", VENDORS, "      patch:", "      «unknown-key?patch»pach:"),
    ("etag", VENDORS, "      etag:", "      «unknown-key?etag»etags:"),
    ("filter", VENDORS, "      filter:", "      «unknown-key?filter»fliter:"),
    ("resource's manage", VENDORS, "kind: group, manage:", "kind: group, «unknown-key?manage»mangae:"),
    (
        "resource's name",
        VENDORS,
        "        name: Growth",
        "        id: t-1\n        «unknown-key?name»nmae: Growth",
    ),
    ("description", ROLES, "    description: Leads", "    «unknown-key?description»descripton: Leads"),
    ("includes", ROLES, "    includes: [analyst]", "    «unknown-key?includes»include: [analyst]"),
    ("role's grants", ROLES, "    grants: {", "    «unknown-key?grants»grant: {"),
    ("user's name", STAFF, "    name: Jane Doe", "    «unknown-key?name»naem: Jane Doe"),
    ("aliases", STAFF, "    aliases:", "    «unknown-key?aliases»alias:"),
    ("accounts", STAFF, "    accounts:", "    «unknown-key?accounts»account:"),
    ("user's roles", STAFF, "    roles: [lead]", "    «unknown-key?roles»role: [lead]"),
    ("departed", STAFF, "    departed:", "    «unknown-key?departed»depated:"),
    ("suspended", STAFF, "    suspended:", "    «unknown-key?suspended»suspend:"),
    ("role entry's until", STAFF, "        until:", "        «unknown-key?until»untill:"),
    ("role entry's from", STAFF, "        from:", "        «unknown-key?from»form:"),
    ("role entry's reason", STAFF, "        reason:", "        «unknown-key?reason»raeson:"),
    ("role entry's ticket", STAFF, "        ticket:", "        «unknown-key?ticket»tiket:"),
    ("kind", PARTNERS, "    kind: service", "    «unknown-key?kind»knd: service"),
    ("sponsor", PARTNERS, "    sponsor:", "    «unknown-key?sponsor»sponser:"),
    ("from", PARTNERS, "    from: 2026-01-01", "    «unknown-key?from»frm: 2026-01-01"),
    ("reason", PARTNERS, "    reason: Q1", "    «unknown-key?reason»reasons: Q1"),
    ("ticket", PARTNERS, "    ticket:", "    «unknown-key?ticket»tickets:"),
    ("user's grants", PARTNERS, "    grants:\n      heap", "    «unknown-key?grants»grnats:\n      heap"),
    ("grant's reason", PARTNERS, "member, reason:", "member, «unknown-key?reason»resaon:"),
    ("grant's from", PARTNERS, " from: 2026-10-01", " «unknown-key?from»fron: 2026-10-01"),
    ("required: workspace's name", WORKSPACE, "  name: acme", "  «unknown-key?name»nmae: acme"),
    ("required: connector", VENDORS, "    connector: scim", "    «unknown-key?connector»conector: scim"),
    (
        "required: manage",
        VENDORS,
        "    manage: authoritative\n    channel",
        "    «unknown-key?manage»mange: authoritative\n    channel",
    ),
    ("required: url", VENDORS, "    url: https://scim.sso", "    «unknown-key?url»ulr: https://scim.sso"),
    (
        "required: token",
        VENDORS,
        "    token: { env: SSO_TOKEN }",
        "    «unknown-key?token»tokn: { env: SSO_TOKEN }",
    ),
    ("required: env", VENDORS, "{ env: SSO_TOKEN }", "{ «unknown-key?env»evn: SSO_TOKEN }"),
    (
        "required: kind of a resource",
        VENDORS,
        "{ id: \"g-100\", kind:",
        "{ id: \"g-100\", «unknown-key?kind»kidn:",
    ),
    ("required: email", STAFF, "    email: omar@", "    «unknown-key?email»emial: omar@"),
    ("required: role of an entry", STAFF, "      - role: watcher", "      - «unknown-key?role»rol: watcher"),
    ("required: level", PARTNERS, "{ level: member,", "{ «unknown-key?level»levl: member,"),
    ("required: since", STAFF, "{ since: 2026", "{ «unknown-key?since»sinse: 2026"),
    ("required: reason of a suspension", STAFF, "reason: Parental", "«unknown-key?reason»resaon: Parental"),
    ("in capitals", STAFF, "    name: Omar", "    «unknown-key?name»Name: Omar"),
    ("with a space", WORKSPACE, "    min_admins:", "    «unknown-key?min_admins»min admins:"),
    ("with a look-alike letter", STAFF, "    name: Omar", "    «unknown-key?name»nаme: Omar"),
    ("quoted", STAFF, "    name: Omar", "    «unknown-key?name»\"nam\": Omar"),
];

const MISPLACED: &[(&str, &str, &str, &str)] = &[
    ("until under workspace", WORKSPACE, "  timezone:", "  «unknown-key»until: 2027-01-01\n  timezone:"),
    (
        "email under a role",
        ROLES,
        "    description: Reads",
        "    «unknown-key»email: a@acme.example\n    description: Reads",
    ),
    ("manage under a user", STAFF, "    name: Omar", "    «unknown-key»manage: observe\n    name: Omar"),
    (
        "channel under a resource",
        VENDORS,
        "        kind: team",
        "        kind: team\n        «unknown-key»channel: api",
    ),
    (
        "a secret's two ways",
        VENDORS,
        "{ env: SSO_TOKEN }",
        "{ env: SSO_TOKEN, «unknown-key»file: token.txt }",
    ),
    ("percent under guards", WORKSPACE, "    min_admins:", "    «unknown-key»percent: 5\n    min_admins:"),
    ("users inside workspace", WORKSPACE, "  timezone:", "  «unknown-key»users: {}\n  timezone:"),
    ("role under a grant", PARTNERS, "{ level: member,", "{ level: member, «unknown-key»role: analyst,"),
    (
        "level under a role entry",
        STAFF,
        "        reason: Cover",
        "        «unknown-key»level: member\n        reason: Cover",
    ),
    ("nothing like any key", STAFF, "    name: Omar", "    «unknown-key»zzqxw: 1\n    name: Omar"),
    (
        "unknown with a nest under it",
        STAFF,
        "    name: Omar",
        "    «unknown-key»extra: { a: [1, { b: 2 }] }\n    name: Omar",
    ),
    ("empty", STAFF, "    name: Omar", "    «unknown-key»\"\": 1\n    name: Omar"),
];

const MISSING: &[(&str, &str, &str, &str)] = &[
    ("workspace's name", WORKSPACE, "workspace:\n  name: acme", "«~missing-key?name»workspace:"),
    ("vendor's connector", VENDORS, "  sso:\n    connector: scim\n", "  «~missing-key?connector»sso:\n"),
    (
        "vendor's manage",
        VENDORS,
        "  heap:\n    connector: heap\n    manage: authoritative\n",
        "  «~missing-key?manage»heap:\n    connector: heap\n",
    ),
    (
        "resource's kind",
        VENDORS,
        "      engineering: { id: \"g-100\", kind: group }",
        "      «~missing-key?kind»engineering: { id: \"g-100\" }",
    ),
    (
        "user's email",
        STAFF,
        "  omar:\n    name: Omar Haddad\n    email: omar@acme.example",
        "  «~missing-key?email»omar:\n    name: Omar Haddad",
    ),
    (
        "another user's email",
        PARTNERS,
        "  ci-bot:\n    name: Build robot\n    email: ci-bot@acme.example",
        "  «~missing-key?email»ci-bot:\n    name: Build robot",
    ),
    (
        "a role entry's role",
        STAFF,
        "      - role: watcher\n        from:",
        "      - «~missing-key?role»from:",
    ),
    ("a flow role entry's role", PARTNERS, "- { role: analyst, until", "- «~missing-key?role»{ until"),
    ("a grant's level", PARTNERS, "sso/design: { level: member,", "«~missing-key?level»sso/design: {"),
    (
        "a suspension's since",
        STAFF,
        "suspended: { since: 2026-11-01, reason",
        "«~missing-key?since»suspended: { reason",
    ),
    (
        "a suspension's reason",
        STAFF,
        "suspended: { since: 2026-11-01, reason: Parental leave }",
        "«~missing-key?reason»suspended: { since: 2026-11-01 }",
    ),
    (
        "token of a real vendor",
        VENDORS,
        "  heap:\n    connector: heap\n    manage: authoritative\n    url: https://scim.heap.example/v2\n    token: { env: HEAP_SCIM_TOKEN }",
        "  «~missing-key?token»heap:\n    connector: heap\n    manage: authoritative\n    url: https://scim.heap.example/v2",
    ),
    (
        "url of a vendor with a token",
        VENDORS,
        "  heap:\n    connector: heap\n    manage: authoritative\n    url: https://scim.heap.example/v2",
        "  «~missing-key?url»heap:\n    connector: heap\n    manage: authoritative",
    ),
    (
        "a role of nothing",
        ROLES,
        "  watcher:\n    grants: { sso/*: member }",
        "  «~missing-key?grants»watcher:\n    description: Watches",
    ),
    ("neither env nor command", VENDORS, "token: { env: SSO_TOKEN }", "«~missing-key?env»token: {}"),
];

/// A misspelt section, in a file of its own so that nothing refers to what it held.
fn sections() -> Vec<Case> {
    let rows = [
        ("usres", "users", "  zoe: { email: zoe@acme.example }"),
        ("role", "roles", "  reader: { grants: { heap/main: read-only } }"),
        ("Vendors", "vendors", "  tickets: { connector: scim }"),
        ("workspaces", "workspace", "  timezone: UTC"),
        ("polices", "policies", "  - {}"),
    ];
    let case = |(wrong, right, body): (&str, &str, &str)| {
        Case::new(format!("typo of a section: {wrong}"))
            .file("access/extra.yaml", format!("# Extra.\n«unknown-key?{right}»{wrong}:\n{body}\n"))
    };
    rows.into_iter().map(case).collect()
}
