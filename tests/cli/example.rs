//! The product's example on the embedded vendors: the main job, as the README shows it.

use super::{NOW, Workbench, changes};
use std::collections::BTreeSet;

#[test]
fn the_first_plan_has_something_of_every_kind() {
    let plan = Workbench::example().run(&["plan", "--format", "json", "--now", NOW]).ends(0).json();
    let of = |list: &str, key: &str| -> BTreeSet<String> {
        plan[list].as_array().unwrap().iter().map(|item| item[key].as_str().unwrap().to_owned()).collect()
    };
    let actions = of("changes", "action");
    for action in [
        "create-resource",
        "invite",
        "grant",
        "revoke",
        "update-account",
        "suspend",
        "restore",
        "remove-account",
    ] {
        assert!(actions.contains(action), "no {action} in {actions:?}");
    }
    let findings = of("findings", "code");
    for code in ["departed-user-present", "look-alike-account", "invitation-pending", "access-ends-soon"] {
        assert!(findings.contains(code), "no {code} in {findings:?}");
    }
    assert!(!plan["obligations"].as_array().unwrap().is_empty());
    assert!(of("changes", "channel").contains("runbook"));
}

#[test]
fn apply_leaves_only_what_a_person_must_do_and_the_next_plan_lists_just_that() {
    let bench = Workbench::example();
    let run = bench.run(&["apply", "--yes", "--format", "json"]).ends(4).lines().pop().unwrap();
    let outcomes = run["outcomes"].as_array().unwrap();
    let undone: Vec<_> = outcomes.iter().filter(|outcome| outcome["status"] != "done").collect();
    assert!(undone.iter().all(|outcome| outcome["status"] == "waiting"), "{undone:#?}");
    let whose = |change: &serde_json::Value| change["account"].as_str().unwrap().to_owned();
    let mut waiting: Vec<_> = undone.iter().map(|outcome| whose(outcome)).collect();
    waiting.sort_unstable();
    let plan = bench.run(&["plan", "--format", "json", "--detailed-exitcode"]).ends(2).json();
    let mut left: Vec<_> = plan["changes"].as_array().unwrap().iter().map(whose).collect();
    left.sort_unstable();
    assert_eq!(left, waiting);
    assert!(plan["changes"].as_array().unwrap().iter().all(|change| change["channel"] == "runbook"));
}

#[test]
fn editing_one_line_plans_exactly_that_change_with_its_line() {
    let bench = Workbench::example();
    bench.run(&["apply", "--yes"]).ends(4);
    let before = changes(&bench.run(&["plan", "--format", "json"]).ends(0).json());
    bench.edit(
        "access/users.yaml",
        "      clarity/checkout: member\n      crm/campaigns: member\n",
        "      clarity/checkout: member\n      crm/analysts: member\n",
    );
    let plan = bench.run(&["plan", "--format", "json"]).ends(0).json();
    let new: Vec<String> = changes(&plan).into_iter().filter(|change| !before.contains(change)).collect();
    assert_eq!(new, ["crm grant pia analysts", "crm revoke pia campaigns"]);
    let line = bench
        .read("access/users.yaml")
        .lines()
        .position(|line| line.contains("crm/analysts: member"))
        .unwrap();
    let grant = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|change| change["action"] == "grant" && change["resource"] == "analysts")
        .unwrap();
    assert_eq!(grant["because"][0]["file"], "access/users.yaml");
    assert_eq!(grant["because"][0]["line"], line + 1);
    assert_eq!(grant["because"][0]["text"], "crm/analysts: member");
}

#[test]
fn same_in_same_out_whatever_order_a_vendor_answers_in() {
    let bench = Workbench::example();
    let first = bench.run(&["plan", "--format", "json", "--now", NOW]).ends(0).stdout;
    for seed in ["1", "2", "3"] {
        for vendor in ["crm", "heap"] {
            let state = format!(".grantline/emulators/{vendor}.json");
            let mut tenant: serde_json::Value = serde_json::from_str(&bench.read(&state)).unwrap();
            tenant["behaviour"]["shuffle"] = seed.parse().unwrap();
            bench.write(&state, &tenant.to_string());
        }
        let again = bench.run(&["plan", "--format", "json", "--now", NOW]).ends(0).stdout;
        assert_eq!(first, again);
    }
}

#[test]
fn every_change_says_why() {
    let plan = Workbench::example().run(&["plan", "--format", "json", "--now", NOW]).ends(0).json();
    for change in plan["changes"].as_array().unwrap() {
        let because = change["because"].as_array().unwrap();
        assert!(!because.is_empty(), "{change:#}");
        assert!(
            because.iter().all(|line| line["file"].as_str().unwrap().starts_with("access/")),
            "{change:#}"
        );
    }
}

#[test]
fn vendor_chooses_and_an_unknown_one_is_named_with_those_there_are() {
    let bench = Workbench::example();
    let plan = bench.run(&["plan", "--vendor", "crm", "--format", "json"]).ends(0).json();
    assert_eq!(plan["vendors"].as_object().unwrap().keys().collect::<Vec<_>>(), ["crm"]);
    let ran = bench.run(&["plan", "--vendor", "crn"]).ends(1);
    assert!(ran.stderr.contains("crn") && ran.stderr.contains("crm, heap"), "{}", ran.stderr);
}

#[test]
fn other_formats_show_the_same_changes() {
    let bench = Workbench::example();
    let plan = bench.run(&["plan", "--format", "json", "--now", NOW]).ends(0).json();
    let text = bench.run(&["plan", "--now", NOW]).ends(0).stdout;
    let markdown = bench.run(&["plan", "--format", "markdown", "--now", NOW]).ends(0).stdout;
    for change in plan["changes"].as_array().unwrap() {
        if let Some(user) = change["user_name"].as_str().or(change["account"].as_str()) {
            assert!(text.contains(user), "{user} is not in\n{text}");
        }
    }
    assert!(!text.contains('\u{1b}'), "colour in a pipe");
    assert!(markdown.contains("<details>") && markdown.contains("Carol Jones"), "{markdown}");
}
