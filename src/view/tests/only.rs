//! A plan of which one sort alone is carried out.

use super::build::*;
use crate::domain::{Change, ChangeId, Plan};
use crate::view::{
    Look, Narrowed, plan_digest, plan_json, plan_json_only, plan_markdown_only, plan_text_only,
};
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
        "With `--only revoke`, {} of {count} changes would be carried out. 1 gives access and is left. 1 comes after what \
         is left, and is not tried.",
        count - 2
    );
    let text = plan_text_only(&plan, &sources(), &Look::plain(), Some(&only));
    assert!(text.trim_end().ends_with(&sentence), "{text}");
    assert_eq!(text.matches("[left]").count(), 1);
    assert_eq!(text.matches("[after what is left]").count(), 1);
    let line = |id: &ChangeId| text.lines().position(|line| line.contains(id.as_str())).unwrap();
    assert!(line(left) < line(behind));
    let markdown = plan_markdown_only(&plan, &sources(), Some(&only));
    assert!(markdown.contains(&sentence) && markdown.contains("<br>**left**"), "{markdown}");
}

#[test]
fn data_says_what_is_left_beside_the_whole_plan() {
    let (plan, only) = plan();
    let narrowed: serde_json::Value =
        serde_json::from_str(&plan_json_only(&plan, &sources(), Some(&only))).unwrap();
    let whole: serde_json::Value = serde_json::from_str(&plan_json(&plan, &sources())).unwrap();
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
    let markdown = plan_markdown_only(&plan, &sources(), Some(&only));
    let none = format!("With `--only grant`, 0 of {} changes would be carried out.", plan.changes.len());
    assert!(markdown.contains(&none) && markdown.contains("take access and are left."), "{markdown}");
}

#[test]
fn where_there_is_nothing_to_do_no_sort_is_counted() {
    let nothing = Plan { changes: Vec::new(), ..plan().0 };
    let only = Narrowed::new("grant", &nothing, BTreeSet::new());
    let text = plan_text_only(&nothing, &sources(), &Look::plain(), Some(&only));
    assert!(!text.contains("--only"), "{text}");
    assert!(!plan_markdown_only(&nothing, &sources(), Some(&only)).contains("--only"));
}
