//! What is said about a broken workspace, and where.

use super::{BASE, Fake, brief, check, load};
use crate::workspace::load_files;

/// A user with these lines.
fn user(lines: &str) -> Vec<String> {
    check(&format!("users:\n  jane:\n    email: jane@acme.example\n    {lines}\n"))
}

/// A vendor with these lines.
fn vendor(lines: &str) -> Vec<String> {
    check(&format!("vendors:\n  v:\n    connector: scim\n    manage: observe\n    {lines}\n"))
}

#[test]
fn the_syntax() {
    assert_eq!(check("users: [\n"), ["yaml-syntax 2:1"]);
    assert_eq!(check("users:\n\tjane: {}\n"), ["yaml-syntax 2:2"]);
    assert_eq!(check("a: 1\n---\nb: 2\n"), ["unknown-key 1:1", "multiple-documents 2:1"]);
    assert_eq!(check("users: !Map {}\n"), ["tag-not-allowed 1:8"]);
    assert_eq!(check("- users\n"), ["wrong-type 1:1"]);
    assert_eq!(check("users:\n"), ["wrong-type 1:1"]);
}

#[test]
fn a_broken_file_speaks_for_itself_alone() {
    let broken = "roles:\n  analyst:\n   grants: {\n";
    let other = "users:\n  jane: { email: jane@acme.example, roles: [analyst, veiwer], sponsor: zz }\n";
    let loaded = load(&[("access/a.yaml", broken), ("access/b.yaml", BASE), ("access/c.yaml", other)]);
    assert!(loaded.workspace.is_none());
    assert_eq!(brief(&loaded), ["yaml-syntax access/a.yaml:4:1", "unknown-role access/c.yaml:2:54"]);
}

#[test]
fn bytes_that_are_no_text() {
    let files = vec![("access/a.yaml".to_owned(), b"workspace:\n  name: \xC3\xA9\xFF\n".to_vec())];
    let loaded = load_files(files, &Fake, "2026-11-22T00:00:00Z".parse().unwrap());
    assert_eq!(brief(&loaded), ["not-utf8 access/a.yaml:2:10"]);
    let files = vec![("access/a.yaml".to_owned(), vec![b'#'; 4 * 1024 * 1024 + 1])];
    let loaded = load_files(files, &Fake, "2026-11-22T00:00:00Z".parse().unwrap());
    assert_eq!(brief(&loaded), ["file-too-large access/a.yaml:1:1"]);
}

#[test]
fn keys() {
    assert_eq!(user("emial: x"), ["unknown-key 4:5"]);
    assert_eq!(user("<<: {}"), ["unknown-key 4:5"]);
    assert_eq!(user("? [a]\n    : b"), ["wrong-type 4:7"]);
    assert_eq!(user("email: other@acme.example"), ["duplicate-key 4:5"]);
    assert_eq!(check("users:\n  jane: { name: Jane }\n"), ["missing-key 2:3"]);
    assert_eq!(check("roles:\n  r: { description: x }\n"), ["missing-key 2:3"]);
    assert_eq!(check("users:\n  Jane: { email: j@acme.example }\n"), ["bad-name 2:3"]);
    assert_eq!(vendor("token: { env: A, command: [b] }\n    url: emulator"), ["bad-value 5:5"]);
}

#[test]
fn types_and_values() {
    assert_eq!(user("ticket: 113"), ["wrong-type 4:13"]);
    assert_eq!(user("reason: true"), ["wrong-type 4:13"]);
    assert_eq!(user("until: 20261231"), ["wrong-type 4:12"]);
    assert_eq!(user("departed: true"), ["wrong-type 4:15"]);
    assert_eq!(user("until:\n    name: J"), ["wrong-type 4:5"]);
    assert_eq!(user("roles: viewer"), ["wrong-type 4:12"]);
    assert_eq!(user("roles: [[viewer]]"), ["wrong-type 4:13"]);
    assert_eq!(user("name: ''"), ["bad-value 4:11"]);
    assert_eq!(user("name: \"a\\e[1m\""), ["bad-value 4:11"]);
    assert_eq!(user("kind: extern"), ["bad-value 4:11"]);
    assert_eq!(check("users:\n  jane: jane@acme.example\n"), ["wrong-type 2:9"]);
    assert_eq!(check("vendors:\n  v: { connector: clarity, manage: yes }\n"), ["bad-value 2:36"]);
    assert_eq!(vendor("url: emulator\n    scim: { page_size: 0 }"), ["bad-value 6:24"]);
    assert_eq!(vendor("url: emulator\n    scim: { etag: yes }"), ["wrong-type 6:19"]);
    assert_eq!(vendor("url: emulator\n    token: { command: [] }"), ["bad-value 6:23"]);
    assert_eq!(vendor("url: emulator\n    channel: runbook"), ["bad-value 6:14"]);
    assert_eq!(vendor("url: emulator\n    channel: api\n    identity: none"), [""; 0]);
}

#[test]
fn one_mistake_is_told_of_once() {
    let grants = "\nusers: { j: { email: j@a.b, grants: { v/a: member, v/*: member, v/org: boss } } }\n";
    let vendor = |lines: &str| {
        check(&format!("vendors:\n  v:\n    connector: scim\n    manage: observe\n    {lines}{grants}"))
    };
    assert_eq!(vendor("url: emulator\n    roles: { boss: B }\n    resources: [a]"), ["wrong-type 7:16"]);
    assert_eq!(
        vendor("url: emulator\n    roles: { boss: B }\n    resorces: { a: { name: A, kind: group } }"),
        ["unknown-key 7:5"]
    );
    assert_eq!(
        vendor("url: emulator\n    resources: { a: { name: A, kind: group } }\n    roles: [boss]"),
        ["wrong-type 7:12"]
    );
    assert_eq!(
        vendor("roles: { boss: B }\n    resources: { a: { name: A, kind: group } }\n    ulr: emulator"),
        ["unknown-key 7:5"]
    );
    assert_eq!(check(&format!("vendors: {{ v: 1 }}{grants}")), ["wrong-type 1:15"]);
    assert_eq!(check("roles: { r: { grant: {} } }"), ["unknown-key 1:15"]);
    assert_eq!(check("users: { j: { emial: j@a.b } }"), ["unknown-key 1:15"]);
    assert_eq!(
        check("vendors: { v: { connector: clarity, manage: observe, resources: { org: { kidn: org } } } }"),
        ["unknown-key 1:74"]
    );
}

#[test]
fn hints_name_the_way_out() {
    let hint = |text: &str| {
        let loaded = load(&[("access/base.yaml", BASE), ("access/x.yaml", text)]);
        loaded.diagnostics[0].hint.clone().unwrap()
    };
    assert_eq!(hint("users: {j: {email: j@a.b, ticket: 113}}"), "Put it in quotes: `ticket: \"113\"`.");
    assert!(hint("users: {j: {email: j@a.b, roles: [viewr]}}").starts_with("Did you mean `viewer`?"));
    assert_eq!(
        hint("users: {j: {email: j@a.b, grants: {clarity/site: Membr}}}"),
        "Did you mean `member`? Allowed here: `member`, `admin`."
    );
    assert_eq!(hint("users: {j: {email: j@a.b, until: 2026-02-30}}"), "That month ends on 2026-02-28.");
    let day = "Write the day from which it counts, as in `departed: 2026-12-31`.";
    assert_eq!(hint("users: {j: {email: j@a.b, departed: true}}"), day);
    assert_eq!(hint("users: {Jane Doe: {email: j@a.b}}"), "Rename it, for example to `jane-doe`.");
}

#[test]
fn definitions_in_two_files() {
    let loaded =
        load(&[("access/a.yaml", BASE), ("access/b.yaml", "users:\n  base: { email: b@acme.example }\n")]);
    assert_eq!(brief(&loaded), ["duplicate-definition access/b.yaml:2:3"]);
    let first = &loaded.diagnostics[0].related[0];
    assert_eq!((loaded.sources.path(first.span.file), first.span.line), ("access/a.yaml", 24));
    let again = "users:\n  j: { email: j@a.b }\n  j: { email: k@a.b }\n";
    assert_eq!(check(again), ["duplicate-key 3:3"], "said once");
    assert_eq!(check("workspace: { name: b }\n"), ["duplicate-definition 1:1"]);
    assert_eq!(brief(&load(&[("access/a.yaml", "users: {}\n")])), ["no-workspace"]);
    assert_eq!(brief(&load(&[])), ["no-workspace"]);
}

#[test]
fn references() {
    assert_eq!(user("roles: [viewer, veiwer]"), ["unknown-role 4:21"]);
    assert_eq!(user("roles: [Viewer]"), ["unknown-role 4:13"]);
    assert_eq!(user("roles: [{ role: nobody }]"), ["unknown-role 4:21"]);
    assert_eq!(user("sponsor: bose"), ["unknown-user 4:14"]);
    assert_eq!(user("grants: { hepa/main: member }"), ["unknown-vendor 4:15"]);
    assert_eq!(user("grants: { heap/mian: member }"), ["unknown-resource 4:15"]);
    assert_eq!(user("grants: { heap/Main: analyst }"), ["unknown-resource 4:15"]);
    assert_eq!(user("grants: { heap: member }"), ["bad-name 4:15"]);
    assert_eq!(user("grants: { clarity/org: member }"), ["unknown-resource 4:15"]);
    assert_eq!(user("accounts: { hepa: U-1 }"), ["unknown-vendor 4:17"]);
    assert_eq!(check("roles: { a: { includes: [b] } }"), ["unknown-role 1:26"]);
    assert_eq!(check("users: { j: { email: 7 }, k: { email: k@a.b, sponsor: j } }"), ["wrong-type 1:22"]);
}

#[test]
fn levels() {
    assert_eq!(user("grants: { clarity/site: owner }"), ["unknown-level 4:29"]);
    assert_eq!(user("grants:\n      clarity/site:\n        level: owner"), ["unknown-level 6:16"]);
    assert_eq!(user("grants: { clarity/*: owner }"), ["unknown-level 4:26"]);
    assert_eq!(user("grants: { heap/main: Analist }"), ["custom-level 4:26"]);
    assert_eq!(user("grants: { heap/main: Funnel Keeper }"), [""; 0]);
    assert_eq!(user("grants: { heap/org: admin }"), ["unknown-level 4:25"]);
    assert_eq!(user("grants: { heap/*: analyst }"), [""; 0], "the organisation is not among them");
    let lone =
        "vendors: { v: { connector: clarity, manage: observe } }\nroles: { r: { grants: { v/*: admin } } }\n";
    assert_eq!(check(lone), ["empty-wildcard 2:25"]);
}

#[test]
fn circles() {
    assert_eq!(check("roles: { a: { includes: [a] } }"), ["role-cycle 1:26"]);
    let text = "roles:\n  a: { includes: [b] }\n  b: { includes: [c, viewer] }\n  c: { includes: [b] }\n";
    assert_eq!(check(text), ["role-cycle 4:19"]);
    let loaded = load(&[("access/a.yaml", BASE), ("access/b.yaml", text)]);
    assert_eq!(loaded.diagnostics[0].related.len(), 1, "a is not part of the circle");
    let chain: String = (0..20_000).map(|n| format!("  r{n}: {{ includes: [r{}] }}\n", n + 1)).collect();
    assert_eq!(check(&format!("roles:\n{chain}  r20000: {{ includes: [] }}\n")), [""; 0]);
}

#[test]
fn dates() {
    assert_eq!(user("until: 2026-02-30"), ["bad-date 4:12"]);
    assert_eq!(user("departed: 31.12.2026"), ["bad-date 4:15"]);
    assert_eq!(user("from: 2026-12-31\n    until: 2026-12-30"), ["dates-reversed 5:12"]);
    assert_eq!(user("until: 2026-11-20"), ["date-in-past 4:12"]);
    assert_eq!(user("until: 2026-11-21"), [""; 0], "it is still that day in UTC");
    assert_eq!(user("departed: 2026-11-21\n    roles: [viewer]"), ["departed-with-access 4:15"]);
    assert_eq!(user("departed: 2026-11-22\n    roles: [viewer]"), [""; 0]);
    let day = "users: { j: { email: j@acme.example, departed: 2026-11-21, roles: [viewer] } }\n";
    let loaded = load(&[("access/a.yaml", BASE), ("access/b.yaml", day)]);
    assert!(loaded.workspace.is_some(), "the day comes by itself, and stops nobody's changes");
    assert_eq!(user("kind: external\n    roles: [viewer]"), ["external-without-end 2:3"]);
    assert_eq!(user("kind: external\n    roles: [{ role: viewer, until: 2027-01-01 }]"), [""; 0]);
    assert_eq!(vendor("url: emulator\n    settle: soon"), ["bad-duration 6:13"]);
    let zone = load(&[("access/a.yaml", "workspace:\n  name: a\n  timezone: Europe/Belrin\n")]);
    assert_eq!(brief(&zone), ["bad-timezone access/a.yaml:3:13"]);
    assert_eq!(zone.diagnostics[0].hint.as_deref(), Some("Did you mean `Europe/Berlin`?"));
}

#[test]
fn addresses() {
    assert_eq!(check("users: { j: { email: jane } }"), ["bad-email 1:22"]);
    assert_eq!(check("users: { j: { email: BASE@acme.example } }"), ["duplicate-address 1:22"]);
    assert_eq!(user("aliases: [Jane@ACME.example]"), ["duplicate-address 4:15"]);
    assert_eq!(check("users: { j: { email: base+x@acme.example } }"), ["look-alike-address 1:22"]);
    let gmail = "users:\n  a: { email: j.doe@gmail.com }\n  b: { email: jdoe@googlemail.com }\n";
    assert_eq!(check(gmail), ["look-alike-address 3:15"]);
    assert_eq!(user("aliases: [jane+x@acme.example]"), [""; 0], "both are hers");
    let reused = "users:\n  a: { email: x@a.b, departed: 2026-01-01 }\n  b: { email: x@a.b }\n";
    assert_eq!(check(reused), ["duplicate-address 3:15"]);
    let later = "users:\n  z: { email: x@a.b }\n  a: { email: x@a.b }\n";
    assert_eq!(check(later), ["duplicate-address 3:15"], "the later line is the one to mend");
    let pinned = "users:\n  a: { email: a@a.b, accounts: { heap: U1 } }\n  b: { email: b@a.b, accounts: { heap: U1 } }\n";
    assert_eq!(check(pinned), ["duplicate-account 3:40"]);
}

#[test]
fn vendors() {
    let connector = "vendors:\n  v: { connector: scmi, manage: observe }\n";
    assert_eq!(check(connector), ["unknown-connector 2:19"]);
    assert_eq!(check("vendors:\n  v: { connector: scim }\n"), ["missing-key 2:3", "missing-key 2:3"]);
    assert_eq!(vendor("url: https://scim.acme.example"), ["missing-key 2:3"]);
    assert_eq!(vendor("url: http://scim.acme.example\n    token: { env: T }"), ["bad-url 5:10"]);
    assert_eq!(vendor("url: https://a.example\n    token: { env: T }\n    emulator: {}"), ["bad-value 7:5"]);
    assert_eq!(vendor("url: emulator\n    emulator: { seed: ../x.json }"), ["bad-value 6:23"]);
    let resource = |text: &str| vendor(&format!("url: emulator\n    resources: {{ {text} }}"));
    assert_eq!(resource("a: { kind: grup, id: x }"), ["unknown-kind 6:29"]);
    assert_eq!(resource("a: { kind: group }"), ["missing-key 6:18"]);
    assert_eq!(resource("a: { id: x }"), ["missing-key 6:18"]);
    assert_eq!(resource("a: { kind: org, id: x }"), ["bad-value 6:29"]);
    assert_eq!(resource("org: { kind: org, manage: additive }"), [""; 0]);
    assert_eq!(resource("a: { kind: group, id: x }, b: { kind: group, id: x }"), ["duplicate-resource 6:45"]);
    let by_name = "vendors: { v: { connector: clarity, manage: observe, resources: { a: { kind: project, name: A } } } }";
    assert_eq!(check(by_name), ["missing-key 1:67"]);
}

#[test]
fn policies_are_reserved() {
    assert_eq!(check("policies: [{ anything: goes }]\n"), ["policies-not-enforced 1:1"]);
}

#[test]
fn everything_is_said_at_once() {
    let text = "\
users:
  jane:
    email: jane
    kind: boss
    roles: [nobody, 7]
    until: never
  bob:
    nick: b
rolls: {}
";
    assert_eq!(
        check(text),
        [
            "bad-email 3:12",
            "bad-value 4:11",
            "unknown-role 5:13",
            "wrong-type 5:21",
            "bad-date 6:12",
            "missing-key 7:3",
            "unknown-key 8:5",
            "unknown-key 9:1",
        ]
    );
}

#[test]
fn the_age_of_a_saved_plan_is_within_reason() {
    let age = |age: &str| {
        let text = format!("workspace:\n  name: a\n  guards:\n    plan_max_age: {age}\n");
        brief(&load(&[("access/a.yaml", &text)]))
    };
    for good in ["1m", "60s", "12h", "52w"] {
        assert_eq!(age(good), [""; 0], "{good}");
    }
    for bad in ["0s", "59s", "0d", "53w", "365d", "99999w", "soon"] {
        assert_eq!(age(bad), ["bad-duration access/a.yaml:4:19"], "{bad}");
    }
    assert_eq!(age("0"), ["wrong-type access/a.yaml:4:19"]);
}
