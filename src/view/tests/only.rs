//! A plan of which one sort alone is carried out.

use super::build::*;
use crate::domain::{Change, ChangeId, Narrowed, Plan, Verdict};
use crate::view::{Look, plan_digest, plan_json, plan_markdown, plan_text};
use std::collections::BTreeSet;

/// The first change is left, and the second comes after it.
fn plan() -> (Plan, Narrowed) {
    let mut plan = full();
    let ids: Vec<ChangeId> = plan.changes.iter().map(|change: &Change| change.id.clone()).collect();
    plan.changes.iter_mut().for_each(|change| change.after.clear());
    plan.changes[1].after = vec![ids[0].clone()];
    let narrowed = Narrowed::new("revoke", &plan, BTreeSet::from([ids[0].clone()]));
    (plan, narrowed)
}

#[test]
fn what_is_left_and_what_comes_after_it_is_marked_and_counted() {
    let (plan, only) = plan();
    let (left, behind) = (&plan.changes[0].id, &plan.changes[1].id);
    let count = plan.changes.len();
    let sentence = format!(
        "With `--only revoke`, {} of {count} changes would be carried out. 1 is of the other sort and is left. 1 comes \
         after what is left, and is not tried.",
        count - 2
    );
    let text = plan_text(&plan, &sources(), &Look::plain(), Some(&only));
    assert!(text.trim_end().ends_with(&sentence), "{text}");
    assert_eq!(text.matches("[left]").count(), 1);
    assert_eq!(text.matches("[after what is left]").count(), 1);
    let line = |id: &ChangeId| text.lines().position(|line| line.contains(id.as_str())).unwrap();
    assert!(line(left) < line(behind));
    let markdown = plan_markdown(&plan, &sources(), Some(&only));
    assert!(markdown.contains(&sentence) && markdown.contains("<br>**left**"), "{markdown}");
}

#[test]
fn data_says_what_is_left_beside_the_whole_plan() {
    let (plan, only) = plan();
    let narrowed: serde_json::Value =
        serde_json::from_str(&plan_json(&plan, &sources(), Some(&only))).unwrap();
    let whole: serde_json::Value = serde_json::from_str(&plan_json(&plan, &sources(), None)).unwrap();
    assert!(whole.get("only").is_none());
    assert_eq!(narrowed["changes"], whole["changes"]);
    assert_eq!(narrowed["digest"], plan_digest(&plan, &sources()));
    let expect = serde_json::json!({
        "sort": "revoke", "left": [plan.changes[0].id.as_str()], "behind": [plan.changes[1].id.as_str()],
    });
    assert_eq!(narrowed["only"], expect);
}

#[test]
fn where_nothing_of_the_sort_is_there_the_plan_says_so() {
    let (plan, _) = plan();
    let all: BTreeSet<ChangeId> = plan.changes.iter().map(|change| change.id.clone()).collect();
    let only = Narrowed::new("grant", &plan, all);
    let markdown = plan_markdown(&plan, &sources(), Some(&only));
    let none = format!("With `--only grant`, 0 of {} changes would be carried out.", plan.changes.len());
    assert!(
        markdown.contains(&none) && markdown.contains("are of the other sort and are left."),
        "{markdown}"
    );
    assert!(markdown.starts_with("### Grantline: nothing of this sort to apply\n"), "{markdown}");
}

#[test]
fn where_all_of_the_sort_comes_after_what_is_left_the_comment_does_not_deny_it() {
    let mut plan = plan().0;
    plan.changes.truncate(2);
    let only = Narrowed::new("revoke", &plan, BTreeSet::from([plan.changes[0].id.clone()]));
    let markdown = plan_markdown(&plan, &sources(), Some(&only));
    assert!(markdown.starts_with("### Grantline: all of this sort comes after what is left\n"), "{markdown}");
    let none = "0 of 2 changes would be carried out. 1 is of the other sort and is left. 1 comes after";
    assert!(markdown.contains(none), "{markdown}");
}

#[test]
fn what_a_guard_holds_is_not_counted_as_carried_out() {
    let (mut plan, only) = plan();
    let all: Vec<ChangeId> = plan.changes.iter().map(|change| change.id.clone()).collect();
    let check = |plan: &Plan, expect: &str| {
        let text = plan_text(plan, &sources(), &Look::plain(), Some(&only));
        assert!(text.contains(expect), "{expect} is not in {text}");
        assert!(plan_markdown(plan, &sources(), Some(&only)).contains(expect));
    };
    let count = all.len();
    plan.guards = vec![verdict(Verdict::Block, all[2..3].to_vec())];
    let carried_out =
        format!("{} of {count} changes would be carried out. 1 is held by a guard. 1 is", count - 3);
    check(&plan, &carried_out);
    // What is left or comes after it is no less so for being held besides.
    plan.guards = vec![verdict(Verdict::Block, all)];
    let held = format!("0 of {count} changes would be carried out. {} are held by a guard. 1 is", count - 2);
    check(&plan, &held);
    plan.guards[0].verdict = Verdict::Overridden;
    check(&plan, &format!("{} of {count} changes would be carried out. 1 is", count - 2));
}

#[test]
fn where_there_is_nothing_to_do_no_sort_is_counted() {
    let nothing = Plan { changes: Vec::new(), ..plan().0 };
    let only = Narrowed::new("grant", &nothing, BTreeSet::new());
    let text = plan_text(&nothing, &sources(), &Look::plain(), Some(&only));
    assert!(!text.contains("--only"), "{text}");
    assert!(!plan_markdown(&nothing, &sources(), Some(&only)).contains("--only"));
}

#[test]
fn what_comes_after_what_is_left_is_found_wherever_it_stands() {
    let mut plan = full();
    let ids: Vec<ChangeId> = plan.changes.iter().map(|change| change.id.clone()).collect();
    plan.changes.iter_mut().for_each(|change| change.after.clear());
    plan.changes[0].after = vec![ids[1].clone()];
    plan.changes[1].after = vec![ids[2].clone()];
    let only = Narrowed::new("revoke", &plan, BTreeSet::from([ids[2].clone()]));
    assert_eq!(only.behind, BTreeSet::from([ids[0].clone(), ids[1].clone()]));
    assert!(only.is_asked_for(&ids[0]) && only.leaves(&ids[0]) && !only.is_asked_for(&ids[2]));
}
