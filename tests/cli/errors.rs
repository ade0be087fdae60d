//! Things that go wrong at the door.

use super::Workbench;

#[test]
fn a_folder_without_a_workspace_says_how_to_begin() {
    let ran = Workbench::empty().run(&["plan"]).ends(1);
    assert!(ran.stderr.contains("access"), "{}", ran.stderr);
}

#[test]
fn a_workspace_is_found_from_a_folder_inside_it_and_with_c() {
    let bench = Workbench::example();
    bench.write("docs/deep/x", "");
    let root = bench.path().canonicalize().unwrap();
    let line = format!("The workspace is the one in {}.\n", root.display());
    assert_eq!(bench.run(&["-C", "docs/deep", "validate"]).ends(0).stderr.matches(&line).count(), 1);
    assert_eq!(bench.run(&["-C", "docs/deep", "plan"]).ends(0).stderr.matches(&line).count(), 1);
    assert_eq!(bench.run(&["validate", "-q", "-C", "access"]).ends(0).stderr, "");
    assert!(!bench.run(&["plan"]).ends(0).stderr.contains("The workspace is"));
    bench.run(&["-C", "nowhere", "validate"]).ends(1);
}

#[test]
fn another_repository_below_a_workspace_does_not_take_it() {
    let bench = Workbench::example();
    bench.write("other/.git/HEAD", "ref: refs/heads/main\n");
    for command in ["validate", "plan", "apply"] {
        let ran = bench.run(&["-C", "other", command]).ends(1);
        assert!(ran.stderr.contains("git repository") && ran.stdout.is_empty(), "{}", ran.stderr);
    }
}

#[test]
fn a_plan_is_saved_to_a_file_and_not_among_the_workspaces_own() {
    let bench = Workbench::example();
    for (place, part) in [
        ("-", "`--format json` prints"),
        ("access/plan.json", "`access/`"),
        ("access/snapshots/x", "`access/`"),
    ] {
        bench.write("access/snapshots/y", "");
        let ran = bench.run(&["plan", "--out", place]).ends(1);
        assert!(ran.stderr.contains(part) && ran.stdout.is_empty(), "{}", ran.stderr);
        assert!(!bench.path().join(place).exists());
    }
    let ran = bench.run(&["plan", "--now", "2026-12-01"]).ends(1);
    assert!(ran.stderr.contains("`2026-12-01T00:00:00Z`"), "{}", ran.stderr);
    let ran = bench.run(&["plan", "--output", "json"]).ends(1);
    assert!(ran.stderr.contains("`--format json`"), "{}", ran.stderr);
}

#[test]
fn several_vendors_can_be_named_with_commas() {
    let bench = Workbench::example();
    let plan = bench.run(&["plan", "--vendor", "crm,heap", "--format", "json"]).ends(0).json();
    let vendors: Vec<&String> = plan["vendors"].as_object().unwrap().keys().collect();
    assert_eq!(vendors, ["crm", "heap"]);
    let ran = bench.run(&["plan", "--vendor", "crm,heep"]).ends(1);
    assert!(ran.stderr.contains("there is no vendor \"heep\""), "{}", ran.stderr);
}

#[test]
fn a_word_that_is_no_command_gets_the_nearest() {
    let ran = Workbench::empty().run(&["plam"]).ends(1);
    assert!(ran.stderr.contains("plan"), "{}", ran.stderr);
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_and_never_an_empty_one() {
    let bench = Workbench::example();
    std::fs::write(bench.path().join("access/users.yaml"), b"users:\n  jane: \xff\n").unwrap();
    let ran = bench.run(&["plan"]).ends(1);
    assert!(ran.stderr.contains("not-utf8") && ran.stderr.contains("access/users.yaml"), "{}", ran.stderr);
    std::fs::remove_file(bench.path().join("access/users.yaml")).unwrap();
    std::fs::create_dir(bench.path().join("access/users.yaml")).unwrap();
    bench.run(&["plan"]).ends(3);
}

#[test]
fn schema_completions_and_man_print_themselves() {
    let bench = Workbench::empty();
    let schema = bench.run(&["schema"]).ends(0).json();
    assert!(schema["$schema"].as_str().unwrap().contains("2020-12"));
    assert!(bench.run(&["completions", "bash"]).ends(0).stdout.contains("_grantline"));
    assert!(bench.run(&["man"]).ends(0).stdout.contains(".TH grantline"));
}

#[test]
fn a_sign_in_needs_a_vendor_whose_pages_are_known() {
    let bench = Workbench::example();
    let ran = bench.run(&["login", "nobody"]).ends(1);
    assert!(ran.stderr.contains("there is no vendor \"nobody\""), "{}", ran.stderr);
    let ran = bench.run(&["login", "crm"]).ends(1);
    assert!(ran.stderr.contains("no pages are known of crm"), "{}", ran.stderr);
}
