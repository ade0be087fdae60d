//! What a good workspace becomes.

use super::{check, load};
use crate::domain::{Manage, Offboarding, PersonKind, ResourceName};
use crate::workspace::{CredentialRef, SecretRef, VendorUrl, Workspace};
use jiff::civil::date;
use std::time::Duration;

const WORKSPACE: &str = "\
workspace:
  name: acme
  timezone: Europe/Berlin          # when a date ends; UTC if absent
  guards:
    max_removals: { percent: 30, at_least: 6 }
    min_admins: 2
    protected: [breakglass@acme.example]
    snapshot_max_age: 14d
    plan_max_age: 8h
";

const VENDORS: &str = r#"
vendors:
  clarity:
    connector: clarity
    channel: runbook
    manage: authoritative
    resources:
      marketing-site: { id: k3j9x2, kind: project }
      checkout:       { id: p0d8aa, kind: project, manage: observe }
  heap:
    connector: heap
    manage: authoritative
    url: https://scim.heap.example/v2
    token: { env: HEAP_SCIM_TOKEN }
    revoke_token: { command: [op, read, "op://heap"] }
    offboarding: revoke
    provisioned_by: okta/heap-users
    identity: bot@acme.example
    settle: 1h
    resources:
      main: { id: "2208394", kind: project }
  idp:
    connector: scim
    manage: observe
    url: emulator
    emulator: { seed: access/seed.json }
    roles: { viewer: Viewer, admin: Administrator }
    scim: { paging: cursor, page_size: 50, patch: none, etag: false, filter: true }
    resources:
      staff: { name: All staff, kind: group }
"#;

const PEOPLE: &str = "\
roles:
  ux-analyst:
    description: Watches recordings and reads heatmaps
    grants:
      clarity/marketing-site: member
      heap/main: analyst
  ux-lead:
    includes: [ux-analyst]
    grants: { clarity/marketing-site: admin, 'clarity/*': member }
users:
  jane:
    name: Jane Doe
    email: Jane@acme.example
    aliases: [j.doe@acme.example]
    accounts: { heap: \"U-4821\" }
    roles: [ux-lead]
  bob:
    name: Bob Smith
    email: bob@consultant.example
    kind: external
    sponsor: jane
    from: 2026-01-01
    until: 2026-12-31
    reason: Q1 UX audit
    ticket: SOW-113
    roles:
      - { role: ux-analyst, until: 2026-11-30 }
    grants:
      clarity/checkout: { level: member, reason: funnel review, until: 2026-11-25 }
  carol:
    name: Carol Jones
    email: carol@acme.example
    departed: 2026-11-20
  dan:
    email: dan@acme.example
    kind: service
    suspended: { since: 2026-11-01, reason: audit }
    grants: { idp/org: viewer, idp/staff: member }
policies: []
";

fn example() -> Workspace {
    let loaded = load(&[
        ("access/workspace.yaml", WORKSPACE),
        ("access/vendors.yaml", VENDORS),
        ("access/users.yaml", PEOPLE),
    ]);
    let codes: Vec<_> = loaded.diagnostics.iter().map(|d| (d.code, d.hint.clone())).collect();
    loaded.workspace.unwrap_or_else(|| panic!("{codes:#?}"))
}

#[test]
fn every_key_of_the_format_arrives() {
    let workspace = example();
    assert_eq!(&*workspace.name, "acme");
    assert_eq!(workspace.guards.max_removals.percent, 30);
    assert_eq!(workspace.guards.min_admins, 2);
    assert_eq!(workspace.guards.protected.len(), 1);
    assert_eq!(workspace.guards.snapshot_max_age, Duration::from_secs(14 * 86_400));
    assert_eq!(workspace.guards.plan_max_age, Duration::from_secs(8 * 3_600));

    let heap = &workspace.vendors["heap"];
    assert_eq!(heap.offboarding, Offboarding::Revoke);
    assert_eq!(heap.settle, Some(Duration::from_secs(3600)));
    assert_eq!(heap.url.as_ref().unwrap().value, VendorUrl::Base("https://scim.heap.example/v2".into()));
    assert_eq!(
        heap.token.as_ref().unwrap().value,
        CredentialRef::Token(SecretRef::Env("HEAP_SCIM_TOKEN".into()))
    );
    let words = ["op", "read", "op://heap"].map(Into::into).to_vec();
    assert_eq!(heap.revoke_token.as_ref().unwrap().value, CredentialRef::Token(SecretRef::Command(words)));

    let idp = &workspace.vendors["idp"];
    assert_eq!(idp.roles[1].1.as_ref(), "Administrator");
    assert_eq!(idp.scim.page_size, Some(50));
    assert_eq!((idp.scim.etag, idp.scim.filter), (Some(false), Some(true)));
    assert_eq!(
        idp.url.as_ref().unwrap().value,
        VendorUrl::Emulator { seed: Some("access/seed.json".into()) }
    );

    let lead = &workspace.roles["ux-lead"];
    assert_eq!(lead.includes[0].value.as_str(), "ux-analyst");
    assert_eq!(lead.grants[1].resource, None);

    let bob = &workspace.users["bob"];
    assert_eq!(bob.kind, PersonKind::External);
    assert_eq!(bob.sponsor.as_ref().unwrap().value.as_str(), "jane");
    assert_eq!(bob.dated.until.unwrap().value, date(2026, 12, 31));
    assert_eq!(bob.roles[0].dated.until.unwrap().value, date(2026, 11, 30));
    assert_eq!(bob.grants[0].dated.reason.as_deref(), Some("funnel review"));
    assert_eq!(workspace.users["jane"].email.value.as_str(), "jane@acme.example");
    assert_eq!(workspace.users["carol"].departed.unwrap().value, date(2026, 11, 20));
    assert_eq!(workspace.users["dan"].suspended.as_ref().unwrap().value.since, date(2026, 11, 1));
}

#[test]
fn places_are_those_of_the_files() {
    let workspace = example();
    let grant = &workspace.roles["ux-analyst"].grants[1];
    let because = workspace.sources.because(grant.span);
    assert_eq!((because.file.as_ref(), because.line), ("access/users.yaml", 6));
    assert_eq!(because.text, "heap/main: analyst");
    assert_eq!((grant.span.column, grant.span.len), (7, 9));
    let role = &workspace.users["bob"].roles[0];
    assert_eq!(workspace.sources.because(role.span).text, "- { role: ux-analyst, until: 2026-11-30 }");
}

#[test]
fn resources_inherit_and_the_organisation_is_implicit() {
    let workspace = example();
    let clarity = workspace.vendors["clarity"].settings();
    assert_eq!(clarity.resources["marketing-site"].manage, Manage::Authoritative);
    assert_eq!(clarity.resources["checkout"].manage, Manage::Observe);
    assert!(!clarity.resources.contains_key("org"), "clarity has no such kind");
    let heap = workspace.vendors["heap"].settings();
    let org = &heap.resources[&ResourceName::org()];
    assert_eq!((org.span, org.manage, &*org.kind), (heap.span, Manage::Authoritative, "org"));
    assert_eq!(heap.identity.as_deref(), Some("bot@acme.example"));
}

#[test]
fn the_day_is_that_of_the_workspace() {
    let workspace = example();
    let now = "2026-11-21T23:30:00Z".parse().unwrap();
    assert_eq!(workspace.today(now), date(2026, 11, 22));
}

#[test]
fn the_digest_is_of_names_and_bytes() {
    let digest = |path: &str, text: &str| load(&[(path, text)]).workspace.unwrap().digest;
    let one = digest("access/a.yaml", "workspace: { name: a }\n");
    assert_eq!(one, digest("access/a.yaml", "workspace: { name: a }\n"));
    assert_ne!(one, digest("access/b.yaml", "workspace: { name: a }\n"));
    assert_ne!(one, digest("access/a.yaml", "workspace: { name: a } \n"));
    assert!(one.starts_with("sha256:") && one.len() == 71);
}

#[test]
fn the_digest_is_of_the_pages_files_that_are_named_too() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let digest = || {
        let now = "2026-11-22T00:00:00Z".parse().unwrap();
        crate::workspace::load(dir.path(), &super::Fake, now).workspace.unwrap().digest
    };
    write("access/workspace.yaml", super::BASE);
    write("pages/one.yaml", "1\n");
    let unnamed = digest();
    write("pages/one.yaml", "2\n");
    assert_eq!(unnamed, digest());
    let vendor = "vendors:\n  v:\n    connector: clarity\n    manage: observe\n    \
                  pages: { file: pages/one.yaml }\n    resources: {}\n";
    write("access/more.yaml", vendor);
    let named = digest();
    assert_eq!(named, digest());
    write("pages/one.yaml", "3\n");
    assert_ne!(named, digest());
    assert!(named.starts_with("sha256:") && named.len() == 71);
    let before = digest();
    std::fs::remove_file(dir.path().join("pages/one.yaml")).unwrap();
    assert_ne!(before, digest());
}

#[test]
fn what_yaml_allows_is_taken() {
    assert_eq!(check(""), [""; 0]);
    assert_eq!(check("# nothing but a remark\n"), [""; 0]);
    assert_eq!(check("\u{FEFF}users:\r\n  jane:\r\n    email: jane@acme.example\r\n"), [""; 0]);
    assert_eq!(check("users: {yes: {email: on@acme.example, reason: no, ticket: \"113\"}}\n"), [""; 0]);
    assert_eq!(check("---\nusers: {7: {email: &e a@b.example, reason: *e}}\n...\n"), [""; 0]);
    assert_eq!(check("users: {jane: {email: !!str jane@acme.example, ticket: !!str 113}}\n"), [""; 0]);
}

#[test]
fn a_workspace_on_the_disk_is_read_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("access/teams")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join("access").join(name), text).unwrap();
    write("workspace.yaml", super::BASE);
    write("teams/a.yml", "users: { jane: { email: jane@acme.example, roles: [viewer] } }\n");
    let now = "2026-11-22T00:00:00Z".parse().unwrap();
    let loaded = crate::workspace::load(dir.path(), &super::Fake, now);
    assert_eq!(loaded.workspace.unwrap().users.len(), 2);
    write("teams/b.yml", "users: [\n");
    let loaded = crate::workspace::load(dir.path(), &super::Fake, now);
    assert!(loaded.workspace.is_none());
    assert_eq!(super::brief(&loaded), ["yaml-syntax access/teams/b.yml:2:1"]);
}

#[test]
fn a_provider_may_be_an_organisation_or_a_vendor_that_nobody_declares() {
    let from = |source: &str| {
        check(&format!(
            "vendors:\n  crm: {{ connector: scim, manage: observe, url: emulator, provisioned_by: {source} }}\n"
        ))
    };
    for source in ["idp/org", "okta/crm-users", "crn/users"] {
        assert_eq!(from(source), [""; 0], "{source}");
    }
    assert_eq!(from("ipd/org"), ["unknown-vendor 2:75"]);
}
