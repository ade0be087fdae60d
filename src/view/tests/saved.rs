use super::build::{bobs, change, full, holder, id, level, plan, roles, sources, target, verdict};
use crate::domain::{Action, Override, Plan, Verdict};
use crate::view::saved::{SavedPlan, SavedPlanError, difference, parse, released};
use crate::view::{plan_digest, plan_file, plan_json};
use std::sync::Arc;

fn saved(plan: &Plan) -> SavedPlan {
    parse(&plan_file(plan, &sources())).unwrap()
}

#[track_caller]
fn check_refused(text: &str, expect: &str) {
    let message = parse(text).unwrap_err().to_string();
    assert!(message.contains(expect), "{message}");
}

#[test]
fn a_plan_is_read_back() {
    let mut plan = full();
    let given = Override { guard: "max-removals".to_owned(), because: "a merger".to_owned() };
    plan.overrides = vec![given.clone()];
    let saved = saved(&plan);
    assert_eq!(saved.workspace, "acme");
    assert_eq!(saved.created, super::build::at("2026-11-22T09:00:00Z"));
    assert_eq!(saved.desired, plan.desired);
    assert_eq!(saved.readings["heap"].fingerprint.as_deref(), Some("sha256:fe"));
    assert_eq!(saved.digest, plan_digest(&plan, &sources()));
    assert_eq!(saved.tool, format!("grantline {}", env!("CARGO_PKG_VERSION")));
    assert_eq!(saved.overrides, [given]);
    assert_eq!(saved.changes.len(), 6);
}

#[test]
fn the_order_and_spacing_of_the_file_do_not_matter() {
    let text = plan_file(&full(), &sources());
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(parse(&value.to_string()), parse(&text));
}

#[test]
fn an_edited_plan_is_refused() {
    let text = plan_file(&full(), &sources());
    check_refused(&text.replace("consumer", "admin"), "changed after it was made");
    check_refused(&text.replace("\"holds\"", "\"hold\"").replace("sha256:", "sha257:"), "changed after");
    let kind = parse(&text.replace("jane@", "eve@")).unwrap_err();
    assert!(matches!(kind, SavedPlanError::Digest { .. }));
}

#[test]
fn nothing_in_the_file_can_be_edited() {
    let mut plan = full();
    plan.vendors.values_mut().for_each(|reading| reading.facts = vec![holder("main", "U-1", "analyst")]);
    let text = plan_file(&plan, &sources());
    for (from, to) in [
        ("09:00:00Z", "09:59:00Z"),
        ("\"tool\": \"grantline 0", "\"tool\": \"grantline 9"),
        ("08:59:58Z", "08:59:57Z"),
        (
            "\"account\": \"U-1\",\n          \"level\": \"analyst\"",
            "\"account\": \"U-1\", \"level\": \"admin\"",
        ),
        ("\"commit\": \"9f3c\"", "\"commit\": \"9f3d\""),
        ("\"digest\": \"sha256:", "\"digest\": \"sha256:0"),
    ] {
        assert!(text.contains(from), "{from} is not in\n{text}");
        check_refused(&text.replace(from, to), "changed after it was made");
    }
}

#[test]
fn a_plan_that_was_printed_is_for_reading() {
    let printed = plan_json(&full(), &sources(), None);
    assert!(!printed.contains("\"facts\"") && !printed.contains("\"seal\""));
    assert_eq!(parse(&printed), Err(SavedPlanError::Unsealed));
}

#[test]
fn two_plans_that_say_the_same_have_one_digest_and_two_seals() {
    let mut later = full();
    later.created = super::build::at("2026-11-22T09:30:00Z");
    let (one, other) = (saved(&full()), saved(&later));
    assert_eq!(one.digest, other.digest);
    assert_ne!(one.seal, other.seal);
}

#[test]
fn what_is_no_plan_is_refused_with_a_way_out() {
    check_refused("", "not JSON");
    check_refused("[]", "its format is \"none\"");
    check_refused("{\"format\": \"grantline.run/1\"}", "its format is \"grantline.run/1\"");
    check_refused("{\"format\": \"grantline.plan/1\"}", "\"tool\" is missing");
    let text = plan_file(&full(), &sources());
    check_refused(&text.replace("\"overrides\": []", "\"overrides\": [{}]"), "\"overrides\" is missing");
    check_refused(&text.replace("\"obligations\"", "\"changes\""), "changed after");
    check_refused(&text[..text.len() / 2], "not JSON");
}

#[test]
fn the_same_plan_does_not_differ() {
    assert_eq!(difference(&saved(&full()), &full(), &sources()), None);
}

#[test]
fn lines_that_moved_are_no_difference() {
    let mut moved = full();
    moved.changes.iter_mut().for_each(|change| change.because = vec![roles(1)]);
    moved.created = super::build::at("2026-12-01T00:00:00Z");
    assert_eq!(difference(&saved(&full()), &moved, &sources()), None);
}

#[test]
fn a_difference_is_told_one_line_a_change() {
    let grant =
        |number, name: &str| change(number, Action::Grant { on: target("main", "project"), to: level(name) });
    let before = plan(vec![grant(1, "analyst"), grant(2, "admin")]);
    let mut gone = grant(2, "admin");
    gone.reason = Some(Arc::from("two\nlines"));
    let after = plan(vec![grant(1, "analyst"), gone]);
    let expect = "\
--- saved plan
+++ plan now
@@ -1,2 +1,2 @@
 heap-0001 grant heap main, user jane, account jane@acme.example, account_id U-1, to analyst, channel api, target 2208394 project, risk medium
-heap-0002 grant heap main, user jane, account jane@acme.example, account_id U-1, to admin, channel api, target 2208394 project, risk medium
+heap-0002 grant heap main, user jane, account jane@acme.example, account_id U-1, to admin, channel api, target 2208394 project, risk medium, reason two lines
";
    assert_eq!(difference(&saved(&before), &after, &sources()).unwrap(), expect);
}

#[test]
fn every_part_of_a_change_that_has_an_effect_is_compared() {
    let differs = |edit: &dyn Fn(&mut Plan)| {
        let mut now = full();
        edit(&mut now);
        difference(&saved(&full()), &now, &sources()).is_some()
    };
    assert!(differs(&|plan| plan.changes.swap(2, 3)));
    assert!(differs(&|plan| plan.changes.truncate(5)));
    assert!(differs(&|plan| plan.changes[2].account_id = None));
    assert!(differs(&|plan| plan.changes[2].action.target_mut().unwrap().id = None));
    assert!(differs(&|plan| plan.changes[2].after = vec![id("heap", 1)]));
    assert!(differs(&|plan| plan.changes[2].channel = crate::domain::Channel::Runbook));
    assert!(differs(&|plan| plan.changes[2].account = Some(Arc::from("jane@acme.example\u{200b}"))));
}

#[test]
fn what_was_held_and_is_held_no_more_is_told() {
    let guarded = |verdicts: Vec<crate::domain::GuardVerdict>| {
        let mut plan = plan(vec![bobs(1, Action::Suspend), bobs(2, Action::RemoveAccount)]);
        plan.guards = verdicts;
        plan
    };
    let blocking = |number| verdict(Verdict::Block, vec![id("heap", number)]);
    let before = saved(&guarded(vec![blocking(2)]));
    assert_eq!(difference(&before, &guarded(vec![]), &sources()), None);
    let expect = "heap-0002 remove-account heap, user bob, account bob@acme.example, account_id U-2, channel api, \
                  risk medium, was held by max-removals\n";
    assert_eq!(released(&before, &guarded(vec![])).unwrap(), expect);
    assert_eq!(released(&before, &guarded(vec![blocking(1)])).unwrap(), expect);
    let passed_over = verdict(Verdict::Overridden, vec![id("heap", 2)]);
    assert_eq!(released(&before, &guarded(vec![passed_over.clone()])).unwrap(), expect);
    let mut another = blocking(2);
    another.guard = "protected";
    assert_eq!(released(&before, &guarded(vec![another])), None);
    assert_eq!(released(&before, &guarded(vec![blocking(1), blocking(2)])), None);
    assert_eq!(released(&saved(&guarded(vec![passed_over])), &guarded(vec![])), None);
}

#[test]
fn verdicts_that_cannot_be_understood_are_refused() {
    let mut plan = full();
    plan.guards = vec![verdict(Verdict::Block, vec![id("heap", 5)])];
    let text = plan_file(&plan, &sources());
    check_refused(&text.replace("\"holds\"", "\"hold\""), "\"guards\" is missing");
    check_refused(&text.replace("\"verdict\": \"block\"", "\"verdict\": 1"), "\"guards\" is missing");
    check_refused(&text.replace("\"verdict\": \"block\"", "\"verdict\": \"pass\""), "changed after");
}
