//! Saved plans: exactly what was reviewed is carried out, once.

use super::Workbench;

#[test]
fn a_saved_plan_is_applied_once() {
    let bench = Workbench::example();
    bench.run(&["plan", "--out", "plan.json"]).ends(0);
    bench.run(&["apply", "plan.json"]).ends(4);
    let again = bench.run(&["apply", "plan.json"]).ends(1);
    let said = &again.stderr;
    assert!(
        said.contains("was applied before") && said.contains("\nUsed: ") && !said.contains("stale"),
        "{said}"
    );
}

#[test]
fn a_saved_plan_is_refused_with_what_moved() {
    let bench = Workbench::example();
    bench.run(&["plan", "--out", "plan.json"]).ends(0);
    let state = ".grantline/emulators/crm.json";
    let before = bench.read(state);
    bench.edit(
        "access/users.yaml",
        "      clarity/checkout: member\n      crm/campaigns: member\n",
        "      clarity/checkout: member\n      crm/analysts: member\n",
    );
    let ran = bench.run(&["apply", "plan.json"]).ends(1);
    assert!(ran.stderr.contains("stale") && ran.stderr.contains("analysts"), "{}", ran.stderr);
    assert_eq!(before, bench.read(state), "a refused plan changed the vendor");
}

#[test]
fn a_plan_file_that_was_edited_is_refused() {
    let bench = Workbench::example();
    bench.run(&["plan", "--out", "plan.json"]).ends(0);
    bench.edit("plan.json", "\"workspace\": \"acme\"", "\"workspace\": \"acme2\"");
    let ran = bench.run(&["apply", "plan.json"]).ends(1);
    assert!(ran.stderr.contains("plan.json"), "{}", ran.stderr);
}

/// A plan that shows eleven removals as held back by a guard, saved.
fn held_removals() -> Workbench {
    let users = |count: usize| -> String {
        let user =
            |n| format!("  u{n}:\n    email: u{n}@acme.example\n    grants: {{ crm/staff: member }}\n");
        format!("users:\n{}", (0..count).map(user).collect::<String>())
    };
    let bench = Workbench::of(&[
        ("workspace.yaml", "workspace: { name: acme }\n"),
        (
            "vendors.yaml",
            "vendors:\n  crm:\n    connector: scim\n    manage: authoritative\n    url: emulator\n    \
             identity: svc@crm.example\n    resources:\n      staff: { kind: group, name: Staff }\n",
        ),
        ("users.yaml", &users(12)),
    ]);
    bench.run(&["apply", "--yes"]).ends(0);
    bench.write("access/users.yaml", &users(1));
    bench.run(&["plan", "--out", "plan.json"]).ends(3);
    bench
}

#[test]
fn what_a_saved_plan_shows_as_held_is_not_carried_out_when_the_guard_was_loosened() {
    let bench = held_removals();
    let state = ".grantline/emulators/crm.json";
    let before = bench.read(state);
    bench.write(
        "access/workspace.yaml",
        "workspace:\n  name: acme\n  guards:\n    max_removals: { percent: 100, at_least: 50 }\n",
    );
    let ran = bench.run(&["apply", "plan.json"]).ends(1);
    for word in ["stale", "remove-account", "u11@acme.example", "was held by max-removals"] {
        assert!(ran.stderr.contains(word), "no {word} in\n{}", ran.stderr);
    }
    assert_eq!(before, bench.read(state), "a refused plan changed the vendor");
}

#[test]
fn nobody_is_asked_where_everything_is_held() {
    let bench = held_removals();
    let ran = bench.run(&["apply"]).ends(3);
    assert!(ran.stdout.contains("All of them are held back by guards"), "{}", ran.stdout);
    assert!(!ran.stderr.contains("--yes"), "{}", ran.stderr);
}

#[test]
fn a_plan_file_is_named_from_the_folder_that_the_program_is_told_to_start_in() {
    let bench = Workbench::example();
    bench.write("ci/x", "");
    bench.run(&["-C", "ci", "plan", "--vendor", "crm", "--out", "plan.json"]).ends(0);
    assert!(bench.path().join("ci/plan.json").is_file() && !bench.path().join("plan.json").exists());
    bench.run(&["apply", "plan.json"]).ends(1);
    bench.run(&["-C", "ci", "apply", "plan.json"]).ends(0);
}

#[test]
fn a_saved_plan_takes_no_override() {
    let bench = held_removals();
    let state = ".grantline/emulators/crm.json";
    let before = bench.read(state);
    let words = ["apply", "plan.json", "--override", "max-removals", "--because", "the project ended"];
    let ran = bench.run(&words).ends(1);
    assert!(ran.stderr.contains("cannot be used with"), "{}", ran.stderr);
    assert_eq!(before, bench.read(state), "a refused plan changed the vendor");
}

#[cfg(unix)]
#[test]
fn a_plan_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Workbench::of(&[("workspace.yaml", "workspace: { name: acme }\n")]);
    bench.run(&["plan", "--out", "plan.json"]).ends(0);
    let plan = bench.path().join("plan.json");
    let mode = || std::fs::metadata(&plan).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(&plan, std::fs::Permissions::from_mode(0o644)).unwrap();
    bench.run(&["plan", "--out", "plan.json"]).ends(0);
    assert_eq!(mode(), 0o600);
}

#[cfg(unix)]
#[test]
fn a_plan_is_not_written_through_a_link() {
    let bench = Workbench::of(&[("workspace.yaml", "workspace: { name: acme }\n")]);
    bench.write("theirs", "theirs\n");
    for (target, kept) in [("theirs", true), ("nowhere", false)] {
        let link = bench.path().join(format!("{target}.json"));
        std::os::unix::fs::symlink(target, &link).unwrap();
        let ran = bench.run(&["plan", "--out", &format!("{target}.json")]).ends(1);
        assert!(ran.stderr.contains("no regular file"), "{}", ran.stderr);
        assert!(link.is_symlink() && bench.path().join(target).exists() == kept);
    }
    assert_eq!(bench.read("theirs"), "theirs\n");
}
