use super::build::{Build, Limit, grant, role, workspace};
use super::{TODAY, check, check_findings, on};
use crate::domain::Severity;

#[test]
fn the_highest_level_wins_and_the_finding_names_both_lines() {
    let mut workspace = workspace();
    workspace.role("low", &[], vec![grant(10, "heap/main", "viewer")]);
    workspace.role("high", &[], vec![grant(11, "heap/main", "admin")]);
    workspace.user("jane", vec![role(20, "high"), role(21, "low")], vec![grant(22, "heap/main", "analyst")]);
    check(&workspace, &["jane heap/main admin @20,11"]);
    check_findings(
        &workspace,
        &[
            "level-overridden 22 On heap/main, admin (access/all.yaml:11) overrides analyst \
             (access/all.yaml:22) for jane.",
            "level-overridden 10 On heap/main, admin (access/all.yaml:11) overrides viewer \
             (access/all.yaml:10) for jane.",
        ],
    );
    let findings = on(&workspace, TODAY).findings;
    assert!(findings.iter().all(|finding| finding.severity == Severity::Info && finding.user.is_some()));
}

#[test]
fn one_pair_of_lines_is_one_finding_however_many_users_have_both() {
    let mut workspace = workspace();
    workspace.role("low", &[], vec![grant(10, "heap/main", "viewer")]);
    workspace.role("high", &["low"], vec![grant(11, "heap/main", "admin")]);
    for name in ["a", "b", "c", "d", "e"] {
        workspace.user(name, vec![role(20, "high"), role(21, "low")], vec![]);
    }
    check_findings(
        &workspace,
        &["level-overridden 10 On heap/main, admin (access/all.yaml:11) overrides viewer \
           (access/all.yaml:10) for a, b, c and 2 more."],
    );
    assert_eq!(on(&workspace, TODAY).findings[0].user, None);
}

#[test]
fn a_custom_level_stands_below_the_ladder() {
    let mut workspace = workspace();
    workspace.user("jane", vec![], vec![grant(10, "heap/main", "auditor"), grant(11, "heap/main", "viewer")]);
    check(&workspace, &["jane heap/main viewer @11"]);
}

#[test]
fn of_two_custom_levels_the_first_by_name_is_kept_and_a_warning_says_so() {
    let mut workspace = workspace();
    let grants = vec![grant(10, "heap/main", "scribe"), grant(11, "heap/main", "auditor")];
    workspace.user("jane", vec![], grants);
    check(&workspace, &["jane heap/main auditor @11"]);
    check_findings(
        &workspace,
        &["level-ambiguous 10 On heap/main, auditor (access/all.yaml:11) is kept over scribe \
           (access/all.yaml:10) for jane. Nothing orders these two levels but their names."],
    );
    assert_eq!(on(&workspace, TODAY).findings[0].severity, Severity::Warning);
}

#[test]
fn the_levels_of_the_organisation_are_those_of_the_vendors_roles() {
    let mut workspace = workspace();
    let ladder = ["zzz", "aaa"].map(|name| {
        let value = crate::domain::Level::parse(name).unwrap();
        (crate::workspace::Located { value, span: super::build::at(1) }, std::sync::Arc::from(name))
    });
    workspace.vendor("okta", 5, &[("org", 5)]).roles = ladder.to_vec();
    workspace.user("al", vec![], vec![grant(10, "okta/org", "zzz"), grant(11, "okta/org", "aaa")]);
    check(&workspace, &["al okta/org aaa @11"]);
}

#[test]
fn of_equal_levels_the_longest_wins_and_all_lines_are_kept() {
    let mut workspace = workspace();
    let dated = |line, day| grant(line, "heap/main", "viewer").until(line, day);
    workspace.user("al", vec![], vec![dated(10, "2027-01-01"), dated(11, "2027-02-01").because("x", "")]);
    workspace.user("bo", vec![], vec![dated(10, "2027-01-01"), grant(12, "heap/main", "viewer")]);
    check(&workspace, &["al heap/main viewer until 2027-02-01 @11,10 (x|)", "bo heap/main viewer @12,10"]);
    check_findings(&workspace, &[]);
}

#[test]
fn the_lines_of_one_grant_are_bounded() {
    let mut workspace = workspace();
    let grants = (10..40).map(|line| grant(line, "heap/main", "viewer")).collect();
    workspace.user("al", vec![], grants);
    check(&workspace, &["al heap/main viewer @10,11,12,13,14,15,16,17"]);
}

#[test]
fn a_level_that_is_not_in_force_overrides_nothing() {
    let mut workspace = workspace();
    let ahead = grant(10, "heap/main", "admin").from("2026-12-01");
    workspace.user("al", vec![], vec![ahead, grant(11, "heap/main", "viewer")]);
    check(&workspace, &["al heap/main viewer @11"]);
    check_findings(&workspace, &[]);
}
