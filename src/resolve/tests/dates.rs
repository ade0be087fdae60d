use super::build::{Build, Limit, grant, role, workspace};
use super::{check, check_ended, check_findings, lines, on};

#[test]
fn the_last_day_is_a_day_of_access_and_so_is_the_first() {
    let mut workspace = workspace();
    let line = grant(10, "heap/main", "viewer").from("2026-11-20").until(11, "2026-11-22");
    workspace.user("bob", vec![], vec![line]);
    for (day, held) in [("2026-11-19", 0), ("2026-11-20", 1), ("2026-11-22", 1), ("2026-11-23", 0)] {
        assert_eq!(on(&workspace, day).grants.as_slice().len(), held, "{day}");
    }
    assert_eq!(lines(&on(&workspace, "2026-11-19").ended).len(), 0);
    assert_eq!(lines(&on(&workspace, "2026-11-23").ended).len(), 1);
}

#[test]
fn the_tightest_window_of_user_role_and_grant_holds() {
    let mut workspace = workspace();
    let lines = vec![
        grant(10, "heap/main", "viewer").until(10, "2027-03-01"),
        grant(11, "heap/side", "viewer").until(11, "2027-01-01"),
    ];
    workspace.role("base", &[], lines);
    let entry = role(20, "base").until(20, "2027-02-01");
    let user = workspace.user("bob", vec![entry], vec![grant(21, "heap/org", "member")]);
    let _ = user.until(22, "2027-04-01");
    check(
        &workspace,
        &[
            "bob heap/main viewer until 2027-02-01 @20,10",
            "bob heap/org member until 2027-04-01 @21",
            "bob heap/side viewer until 2027-01-01 @20,11",
        ],
    );
}

#[test]
fn the_latest_first_day_holds() {
    let mut workspace = workspace();
    workspace.role("base", &[], vec![grant(10, "heap/main", "viewer").from("2026-01-01")]);
    workspace.user("bob", vec![role(20, "base").from("2026-11-23")], vec![]);
    check(&workspace, &[]);
    check_ended(&workspace, &[]);
}

#[test]
fn windows_that_do_not_meet_hold_no_day_and_end_nothing() {
    let mut workspace = workspace();
    workspace.role("base", &[], vec![grant(10, "heap/main", "viewer").from("2026-06-01")]);
    workspace.user("bob", vec![role(20, "base").until(20, "2026-05-01")], vec![]);
    check(&workspace, &[]);
    check_ended(&workspace, &[]);
}

#[test]
fn what_has_passed_is_kept_with_its_lines() {
    let mut workspace = workspace();
    workspace.role("base", &[], vec![grant(10, "heap/main", "viewer")]);
    workspace.user("bob", vec![role(20, "base").until(20, "2026-11-20").because("audit", "T-1")], vec![]);
    check(&workspace, &[]);
    check_ended(&workspace, &["bob heap/main viewer until 2026-11-20 @20,20,10 (audit|T-1)"]);
    check_findings(
        &workspace,
        &["access-ended 20 The last day of bob's access to heap/main (viewer) was 2026-11-20."],
    );
}

#[test]
fn what_goes_on_at_the_same_or_a_higher_level_has_not_ended() {
    let mut workspace = workspace();
    let past = |name| grant(10, "heap/main", name).until(10, "2026-11-20");
    workspace.user("al", vec![], vec![past("viewer"), grant(11, "heap/main", "viewer")]);
    workspace.user("bo", vec![], vec![past("viewer"), grant(11, "heap/main", "admin")]);
    workspace.user("cy", vec![], vec![past("admin"), grant(11, "heap/main", "viewer")]);
    check_ended(&workspace, &["cy heap/main admin until 2026-11-20 @10,10"]);
    check(&workspace, &["al heap/main viewer @11", "bo heap/main admin @11", "cy heap/main viewer @11"]);
}

#[test]
fn news_of_an_end_lasts_thirty_days() {
    let mut workspace = workspace();
    let ended = |day| vec![grant(10, "heap/main", "viewer").until(10, day)];
    workspace.user("al", vec![], ended("2026-10-23"));
    workspace.user("bo", vec![], ended("2026-10-22"));
    check_findings(
        &workspace,
        &["access-ended 10 The last day of al's access to heap/main (viewer) was 2026-10-23."],
    );
    assert_eq!(on(&workspace, super::TODAY).ended.as_slice().len(), 2);
}

#[test]
fn an_end_within_fourteen_days_is_told_once_for_each_line_that_sets_it() {
    let mut workspace = workspace();
    workspace.vendor("okta", 5, &[("a", 6), ("b", 7)]);
    let grants =
        ["heap/main", "heap/side", "okta/a", "okta/b"].map(|place| grant(10, place, "viewer")).to_vec();
    let _ = workspace.user("bob", vec![], grants).until(22, "2026-12-06");
    let _ = workspace.user("eve", vec![], vec![grant(11, "heap/main", "viewer")]).until(23, "2026-12-07");
    check_findings(
        &workspace,
        &["access-ends-soon 22 The last day of bob's access to heap/main (viewer), heap/side (viewer), \
           okta/a (viewer) and 1 more is 2026-12-06."],
    );
}

#[test]
fn an_end_that_another_grant_outlasts_is_no_news() {
    let mut workspace = workspace();
    let soon = grant(10, "heap/main", "viewer").until(10, "2026-11-30");
    workspace.user("bob", vec![], vec![soon, grant(11, "heap/main", "viewer")]);
    check_findings(&workspace, &[]);
}

#[test]
fn of_two_lines_that_end_access_on_one_day_the_wider_is_told() {
    let mut workspace = workspace();
    let line = grant(10, "heap/main", "viewer").until(11, "2026-11-30");
    let _ = workspace.user("bob", vec![], vec![line]).until(22, "2026-11-30");
    check_findings(
        &workspace,
        &["access-ends-soon 22 The last day of bob's access to heap/main (viewer) is 2026-11-30."],
    );
}
