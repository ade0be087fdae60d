use super::build::{bobs, change, id, level, plan, profile, roles, sources, target, verdict};
use crate::domain::{Action, Change, Plan, Target, Verdict};
use crate::view::plan_file;
use crate::view::saved::{parse, rest};
use std::sync::Arc;

fn left(before: &Plan, now: &Plan) -> Result<Vec<String>, String> {
    let saved = parse(&plan_file(before, &sources())).unwrap();
    let left = rest(&saved, now, &sources())?;
    Ok(left.iter().map(ToString::to_string).collect())
}

fn invite(number: usize) -> Change {
    let action = Action::Invite {
        profile: profile("jane@acme.example", "Jane"),
        external_id: Arc::from("x"),
        on: None,
    };
    Change { account_id: None, ..change(number, action) }
}

fn grant(number: usize, on: &str) -> Change {
    change(number, Action::Grant { on: target(on, "project"), to: level("analyst") })
}

#[test]
fn what_is_no_longer_planned_is_told_by_the_saved_number() {
    let removal = |number| bobs(number, Action::RemoveAccount);
    let mut second = grant(2, "second");
    second.after = vec![id("heap", 1)];
    let before = plan(vec![removal(1), second, grant(3, "third")]);
    let mut now = plan(vec![grant(1, "third"), grant(2, "second")]);
    now.changes[0].because = vec![roles(1)];
    assert_eq!(left(&before, &now), Ok(vec!["heap-0001".to_owned()]));
    assert_eq!(left(&before, &before), Ok(vec![]));
    assert_eq!(left(&before, &plan(vec![])).unwrap().len(), 3);
}

#[test]
fn what_the_saved_plan_does_not_list_is_told() {
    let before = plan(vec![grant(1, "first")]);
    let told = left(&before, &plan(vec![grant(1, "first"), grant(2, "other")])).unwrap_err();
    assert!(told.starts_with("heap-0002 grant heap other") && told.lines().count() == 1, "{told}");
    let mut higher = grant(1, "first");
    higher.action = Action::Grant { on: target("first", "project"), to: level("admin") };
    assert!(left(&before, &plan(vec![higher])).unwrap_err().contains("to admin"));
    let twice = plan(vec![grant(1, "first"), grant(2, "first")]);
    assert!(left(&before, &twice).unwrap_err().starts_with("heap-0002"), "one saved change was found twice");
    let mut elsewhere = grant(1, "first");
    elsewhere.account_id = bobs(1, Action::Suspend).account_id;
    assert!(left(&before, &plan(vec![elsewhere])).is_err(), "another account's");
}

#[test]
fn an_account_that_the_plan_was_to_create_has_an_id_by_now() {
    let without = |number| Change { account_id: None, ..grant(number, "main") };
    let before = plan(vec![invite(1), without(2)]);
    assert_eq!(left(&before, &plan(vec![grant(1, "main")])), Ok(vec!["heap-0001".to_owned()]));
    assert!(left(&plan(vec![without(2)]), &plan(vec![grant(1, "main")])).is_err(), "nobody invited them");
    let again = Change { account_id: grant(1, "main").account_id, ..invite(1) };
    assert!(left(&before, &plan(vec![again])).is_err(), "an account that is there is invited");
}

#[test]
fn a_resource_that_the_plan_was_to_create_has_an_id_by_now() {
    let nameless = || Target { id: None, ..target("main", "project") };
    let create = Change {
        user: None,
        user_name: None,
        account: None,
        account_id: None,
        ..change(1, Action::CreateResource { on: nameless() })
    };
    let on_it = change(2, Action::Grant { on: nameless(), to: level("analyst") });
    let now = plan(vec![grant(1, "main")]);
    assert_eq!(left(&plan(vec![create, on_it.clone()]), &now), Ok(vec!["heap-0001".to_owned()]));
    assert!(left(&plan(vec![on_it]), &now).is_err(), "nothing created it");
}

#[test]
fn what_was_shown_as_held_or_waiting_is_not_carried_out() {
    let held = |number: usize| {
        let mut plan = plan(vec![bobs(number, Action::RemoveAccount)]);
        plan.guards = vec![verdict(Verdict::Block, vec![id("heap", number)])];
        plan
    };
    let free = plan(vec![bobs(2, Action::RemoveAccount)]);
    assert!(left(&held(1), &free).unwrap_err().contains("was held by max-removals"));
    assert_eq!(left(&held(1), &held(2)), Ok(vec![]));
    assert_eq!(left(&free, &held(1)), Ok(vec![]));
    let waiting = plan(vec![Change { waits: Some(Arc::from("Nobody is in yet.")), ..grant(1, "main") }]);
    let moving = plan(vec![grant(1, "main")]);
    assert!(left(&waiting, &moving).is_err());
    assert_eq!(left(&moving, &waiting), Ok(vec![]));
}
