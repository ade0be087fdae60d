//! Exit codes need no guessing.

use super::{NOW, Workbench};

const WORKSPACE: (&str, &str) = ("workspace.yaml", "workspace: { name: acme }\n");
const VENDOR: (&str, &str) = (
    "vendors.yaml",
    "vendors:\n  crm:\n    connector: scim\n    manage: authoritative\n    \
    url: emulator\n    identity: svc-grantline@crm.example\n    resources:\n      staff: { kind: group, name: Staff }\n",
);

fn bench(users: &str) -> Workbench {
    Workbench::of(&[WORKSPACE, VENDOR, ("users.yaml", users)])
}

const JANE: &str = "users:\n  jane:\n    email: jane@acme.example\n    grants: { crm/staff: member }\n";

#[test]
fn zero_when_all_is_done_and_two_when_changes_are_pending() {
    let bench = bench(JANE);
    bench.run(&["plan"]).ends(0);
    bench.run(&["plan", "--detailed-exitcode"]).ends(2);
    bench.run(&["apply", "--yes"]).ends(0);
    bench.run(&["plan", "--detailed-exitcode"]).ends(0);
    bench.run(&["apply", "--yes"]).ends(0);
}

#[test]
fn three_when_a_guard_blocks_and_an_override_needs_a_reason() {
    let many: String = (0..12)
        .map(|n| format!("  u{n}:\n    email: u{n}@acme.example\n    grants: {{ crm/staff: member }}\n"))
        .collect();
    let bench = bench(&format!("users:\n{many}"));
    bench.run(&["apply", "--yes"]).ends(0);
    bench.write(
        "access/users.yaml",
        "users:\n  u0:\n    email: u0@acme.example\n    grants: { crm/staff: member }\n",
    );
    let ran = bench.run(&["plan"]).ends(3);
    assert!(ran.stdout.contains("max-removals"), "{}", ran.stdout);
    bench.run(&["apply", "--yes"]).ends(3);
    bench.run(&["apply", "--yes", "--override", "max-removals"]).ends(1);
    bench.run(&["apply", "--yes", "--override", "max-removals", "--because", " "]).ends(1);
    let ran = bench.run(&["apply", "--yes", "--override", "protected", "--because", "x"]).ends(1);
    assert!(ran.stderr.contains("cannot be overridden"), "{}", ran.stderr);
    bench.run(&["apply", "--yes", "--override", "max-removals", "--because", "the project ended"]).ends(0);
    bench.run(&["plan", "--detailed-exitcode"]).ends(0);
}

#[test]
fn one_when_nobody_can_be_asked() {
    let bench = bench(JANE);
    let ran = bench.run(&["apply"]).ends(1);
    assert!(ran.stderr.contains("--yes"), "{}", ran.stderr);
    bench.run(&["plan", "--detailed-exitcode"]).ends(2);
}

#[test]
fn three_when_a_vendor_is_unreadable_and_the_others_go_on() {
    let mut bench = Workbench::of(&[
        WORKSPACE,
        VENDOR,
        (
            "more.yaml",
            "vendors:\n  down:\n    connector: scim\n    manage: authoritative\n    url: http://127.0.0.1:9/scim\n    token: { env: DOWN_TOKEN }\n",
        ),
        ("users.yaml", JANE),
    ]);
    let ran = bench.run(&["plan", "--format", "json"]).ends(3);
    assert_eq!(ran.json()["vendors"]["down"]["state"], "unreadable");
    assert!(ran.stdout.contains("DOWN_TOKEN"), "{}", ran.stdout);
    bench.set("DOWN_TOKEN", "t0ken");
    let streamed = bench.run(&["apply", "--yes", "--format", "json"]).ends(3);
    assert!(streamed.stderr.contains("unreadable holds changes at down back"), "{}", streamed.stderr);
    bench.run(&["apply", "--yes"]).ends(3);
    let plan = bench.run(&["plan", "--format", "json"]).ends(3).json();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 0);
}

#[test]
fn one_with_every_problem_told_when_the_workspace_is_wrong() {
    let bench = bench("users:\n  jane:\n    email: jane\n    grants: { crm/staf: member }\n    rolse: []\n");
    for command in [&["validate"][..], &["plan"], &["apply", "--yes"]] {
        let ran = bench.run(command).ends(1);
        assert_eq!(ran.stdout, "");
        for word in ["access/users.yaml:3", "access/users.yaml:4", "access/users.yaml:5", "staff", "roles"] {
            assert!(ran.stderr.contains(word), "no {word} in\n{}", ran.stderr);
        }
    }
    let problems = bench.run(&["validate", "--format", "json"]).ends(1).json();
    assert_eq!(problems["format"], "grantline.diagnostics/1");
    assert_eq!(problems["diagnostics"].as_array().unwrap().len(), 3);
}

#[test]
fn a_date_is_judged_by_the_moment_asked_for() {
    let bench = bench(
        "users:\n  bob:\n    email: bob@acme.example\n    until: 2026-11-30\n    grants: { crm/staff: member }\n",
    );
    let count = |now: &str| {
        bench.run(&["plan", "--format", "json", "--now", now]).ends(0).json()["changes"]
            .as_array()
            .unwrap()
            .len()
    };
    assert!(count(NOW) > count("2026-12-01T00:00:00Z"));
    assert_eq!(count(NOW), count("2026-11-30T23:59:59Z"));
}

#[test]
fn one_for_a_command_line_that_cannot_be_understood() {
    let bench = Workbench::empty();
    for words in
        [&[][..], &["plan", "--nonsense"], &["plan", "--format", "yaml"], &["pla"], &["-q", "-v", "plan"]]
    {
        let ran = bench.run(words).ends(1);
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.contains("Usage") || ran.stderr.contains("--help"), "{}", ran.stderr);
    }
    for words in [&["--help"][..], &["--version"], &["help", "plan"], &["plan", "-h"]] {
        let ran = bench.run(words).ends(0);
        assert!(!ran.stdout.is_empty() && ran.stderr.is_empty(), "{}", ran.stderr);
    }
}

#[test]
fn warnings_of_the_workspace_are_told_once_and_not_to_who_wants_only_errors() {
    let bench = bench(JANE);
    bench.write("access/policies.yaml", "policies: { later: {} }\n");
    for words in [&["validate"][..], &["plan"], &["apply", "--yes"], &["plan", "--format", "json"]] {
        let ran = bench.run(words).ends(0);
        assert_eq!(ran.stderr.matches("policies-not-enforced").count(), 1, "{words:?}: {}", ran.stderr);
        let quiet = bench.run(&[&["-q"][..], words].concat()).ends(0);
        assert_eq!(quiet.stderr, "", "{words:?}");
    }
    let ran = bench.run(&["validate"]).ends(0);
    assert_eq!(ran.stdout, "acme: 1 user, 0 roles, 1 vendor: valid, 1 warning\n");
    assert_eq!(bench.run(&["-q", "validate"]).ends(0).stdout, "");
    let json = ["validate", "--format", "json"];
    let ran = bench.run(&json).ends(0);
    assert_eq!((ran.json()["diagnostics"].as_array().unwrap().len(), ran.stderr.as_str()), (1, ""));
    assert_eq!(bench.run(&[&["-q"][..], &json].concat()).ends(0).stdout, ran.stdout);
}

#[test]
fn an_apply_deletes_journals_that_ended_long_ago() {
    let bench = Workbench::example();
    bench.run(&["apply", "--yes"]).ends(4);
    let folder = bench.path().join(".grantline/journal");
    let names = || {
        let mut names: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let made = names();
    let text = std::fs::read_to_string(folder.join(&made[0])).unwrap();
    let (before, after) = text.split_once("\"started\":\"2").unwrap();
    let old = format!("{before}\"started\":\"2001{}", &after[3..]);
    std::fs::write(folder.join("20010101T000000Z-00-00000000.jsonl"), &old).unwrap();
    bench.run(&["apply", "--yes"]).ends(4);
    let left = names();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("2001")), "{left:?}");
    assert!(left.contains(&made[0]), "{left:?}");
}
