use super::build::{at, full, holder, signs_in, sources};
use crate::domain::{AccountState, Fact, InvitationState, Plan, ReadingState};
use crate::view::plan_file;
use crate::view::saved::{SavedPlan, parse};
use crate::view::stale::{moved, outdated};
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);

fn saved(plan: &Plan) -> SavedPlan {
    parse(&plan_file(plan, &sources())).unwrap()
}

/// A plan that rests on these facts at heap.
fn resting_on(facts: Vec<Fact>) -> Plan {
    let mut plan = full();
    let heap = plan.vendors.get_mut("heap").unwrap();
    heap.fingerprint = Some(format!("sha256:{}", facts.len()));
    heap.facts = facts;
    plan
}

/// The one reason of kind `word` for which the plan is outdated at `now`.
#[track_caller]
fn check(edit: impl FnOnce(&mut Plan), now: &str, expect: &[&str]) {
    let mut plan = full();
    edit(&mut plan);
    let reasons = outdated(&saved(&full()), &plan, at(now), DAY);
    assert_eq!(reasons.len(), 1, "{reasons:?}");
    for part in expect {
        assert!(reasons[0].contains(part), "{part} is not in {reasons:?}");
    }
}

#[test]
fn a_plan_is_applied_until_it_is_too_old_and_no_longer() {
    let reasons = |now| outdated(&saved(&full()), &full(), at(now), DAY);
    for now in ["2026-11-22T08:55:00Z", "2026-11-22T09:00:00Z", "2026-11-23T09:00:00Z"] {
        assert_eq!(reasons(now), [""; 0], "{now}");
    }
    let old =
        ["Age:", "at 2026-11-22T09:00:00Z, 24 hours ago", "for 1 day", "plan_max_age", "Make a new plan"];
    check(|_| (), "2026-11-23T09:00:01Z", &old);
    let early =
        ["Age:", "at 2026-11-22T09:00:00Z, 5 minutes from now", "it is 2026-11-22T08:54:59Z", "--now"];
    check(|_| (), "2026-11-22T08:54:59Z", &early);
}

#[test]
fn another_version_of_the_program_does_not_apply_it() {
    let mut before = saved(&full());
    before.tool = "grantline 0.0.1".to_owned();
    let reasons = outdated(&before, &full(), at("2026-11-22T09:00:00Z"), DAY);
    let [reason] = &reasons[..] else { panic!("{reasons:?}") };
    let now = format!("this is grantline {}", env!("CARGO_PKG_VERSION"));
    assert!(reason.starts_with("Tool:") && reason.contains("0.0.1") && reason.contains(&now), "{reason}");
}

#[test]
fn other_files_are_refused_with_both_commits() {
    let other = |plan: &mut Plan| {
        plan.desired.digest = "sha256:00".to_owned();
        plan.desired.commit = Some("abcd".to_owned());
        plan.desired.dirty = true;
    };
    let parts =
        ["Files:", "commit 9f3c (sha256:de)", "commit abcd with changes", "sha256:00", "Check out 9f3c"];
    check(other, "2026-11-22T09:00:00Z", &parts);
    let uncommitted = |plan: &mut Plan| {
        plan.desired.digest = "sha256:00".to_owned();
        plan.desired.commit = None;
    };
    check(uncommitted, "2026-11-22T09:00:00Z", &["files of no commit", "guards", "Check out 9f3c"]);
    let edited = |plan: &mut Plan| plan.desired.digest = "sha256:00".to_owned();
    check(edited, "2026-11-22T09:00:00Z", &["commit 9f3c", "Make a new plan"]);
}

#[test]
fn the_same_files_in_another_commit_are_the_same() {
    let mut plan = full();
    plan.desired.commit = Some("abcd".to_owned());
    assert_eq!(outdated(&saved(&full()), &plan, plan.created, DAY), [""; 0]);
}

#[test]
fn every_reason_is_told_in_order() {
    let mut before = saved(&full());
    before.tool = "grantline 0.0.1".to_owned();
    let mut plan = resting_on(vec![holder("main", "U-1", "admin")]);
    plan.workspace = Arc::from("beta");
    plan.desired.digest = "sha256:00".to_owned();
    plan.changes.truncate(2);
    let mut reasons = outdated(&before, &plan, at("2027-01-01T00:00:00Z"), DAY);
    reasons.extend(moved(&before, &plan, &sources()));
    let words: Vec<&str> = reasons.iter().filter_map(|reason| reason.split(':').next()).collect();
    assert_eq!(words, ["Tool", "Age", "Workspace", "Files", "Vendor heap", "Changes"]);
}

#[track_caller]
fn check_moved(before: Vec<Fact>, now: Vec<Fact>, expect: &str) {
    let mut now = resting_on(now);
    now.vendors.get_mut("heap").unwrap().fingerprint = Some("sha256:now".to_owned());
    let reasons = moved(&saved(&resting_on(before)), &now, &sources());
    let [reason] = &reasons[..] else { panic!("{reasons:?}") };
    let lines: Vec<&str> = reason.lines().skip(1).collect();
    assert!(reason.starts_with("Vendor heap: what it holds has changed"), "{reason}");
    assert_eq!(lines.join("\n"), expect);
}

#[test]
fn what_moved_at_a_vendor_is_shown() {
    let jane = || signs_in("U-1", "jane@acme.example");
    check_moved(
        vec![jane(), holder("main", "U-1", "analyst"), holder("main", "U-9", "analyst")],
        vec![jane(), holder("main", "U-1", "admin"), holder("main", "U-9", "analyst")],
        "- main: jane@acme.example analyst\n+ main: jane@acme.example admin",
    );
    check_moved(
        vec![jane(), holder("main", "U-1", "analyst")],
        vec![signs_in("U-2", "jane@acme.example"), holder("main", "U-2", "analyst")],
        "- account jane@acme.example: active, id U-1\n+ account jane@acme.example: active, id U-2\n\
         - main: jane@acme.example analyst (account U-1)\n+ main: jane@acme.example analyst (account U-2)",
    );
    let Fact::Account { id, login, emails, .. } = jane() else { panic!() };
    let (state, name) = (AccountState::Invited(InvitationState::Expired), Some(Arc::from("Jane")));
    check_moved(
        vec![jane()],
        vec![Fact::Account { id, login, emails, state, name }],
        "- account jane@acme.example: active, id U-1\n+ account jane@acme.example: expired, id U-1, called Jane",
    );
    check_moved(vec![holder("main", "U-9", "analyst")], vec![], "- main: U-9 analyst");
}

#[test]
fn what_a_vendor_says_does_not_act_on_a_terminal() {
    check_moved(
        vec![],
        vec![signs_in("U-1", "eve\u{1b}[2J\n- main: bob"), holder("main", "U-1", "admin")],
        "+ account eve\\u{1b}[2J - main: bob: active, id U-1\n+ main: eve\\u{1b}[2J - main: bob admin",
    );
}

#[test]
fn no_more_is_shown_than_anybody_reads() {
    let many = (0..60).map(|n| holder("main", &format!("U-{n:02}"), "admin")).collect();
    let lines: Vec<String> = (0..40).map(|n| format!("+ main: U-{n:02} admin")).collect();
    check_moved(vec![], many, &format!("{}\n  and 20 more", lines.join("\n")));
}

#[test]
fn a_vendor_that_was_read_and_is_not_is_told_with_why() {
    let turned = |plan: &Plan| {
        let mut plan = plan.clone();
        let heap = plan.vendors.get_mut("heap").unwrap();
        heap.state = ReadingState::Unreadable;
        heap.fingerprint = None;
        heap.reason = Some("the vendor answered 500.".to_owned());
        plan
    };
    let one = |before: &Plan, now: &Plan| {
        let reasons = moved(&saved(before), now, &sources());
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        reasons[0].clone()
    };
    let unread = one(&full(), &turned(&full()));
    assert!(unread.contains("cannot be read now: the vendor answered 500."), "{unread}");
    assert!(one(&turned(&full()), &full()).contains("could not be read when the plan was made"));
    assert_eq!(moved(&saved(&turned(&full())), &turned(&full()), &sources()), [""; 0]);
    let mut gone = full();
    gone.vendors.remove("heap");
    assert!(one(&full(), &gone).contains("Vendor heap: the workspace has it no longer"));
}
