use super::build::{Build, Limit, at, departed, grant, role, suspended, workspace};
use super::{TODAY, check, check_ended, check_findings, on};
use crate::domain::Standing;

#[test]
fn a_role_gives_its_grants_and_the_users_line_comes_first() {
    let mut workspace = workspace();
    workspace.role("analyst", &[], vec![grant(10, "heap/main", "analyst")]);
    workspace.user("jane", vec![role(20, "analyst")], vec![]);
    check(&workspace, &["jane heap/main analyst @20,10"]);
}

#[test]
fn included_roles_are_followed_and_a_diamond_counts_once() {
    let mut workspace = workspace();
    workspace.role("base", &[], vec![grant(10, "heap/main", "viewer")]);
    workspace.role("left", &["base"], vec![]);
    workspace.role("right", &["base"], vec![grant(11, "heap/side", "viewer")]);
    workspace.role("top", &["left", "right"], vec![]);
    workspace.user("jane", vec![role(20, "top")], vec![]);
    check(&workspace, &["jane heap/main viewer @20,10", "jane heap/side viewer @20,11"]);
}

#[test]
fn a_cycle_of_roles_ends() {
    let mut workspace = workspace();
    workspace.role("a", &["b"], vec![grant(10, "heap/main", "viewer")]);
    workspace.role("b", &["a", "b"], vec![grant(11, "heap/side", "viewer")]);
    workspace.user("jane", vec![role(20, "b")], vec![]);
    check(&workspace, &["jane heap/main viewer @20,10", "jane heap/side viewer @20,11"]);
}

#[test]
fn a_deep_nesting_of_roles_does_not_exhaust_the_stack() {
    let mut workspace = workspace();
    workspace.role("r0", &[], vec![grant(10, "heap/main", "viewer")]);
    for depth in 1..2_000 {
        workspace.role(&format!("r{depth}"), &[&format!("r{}", depth - 1)], vec![]);
    }
    workspace.user("jane", vec![role(20, "r1999")], vec![]);
    check(&workspace, &["jane heap/main viewer @20,10"]);
}

#[test]
fn a_wildcard_is_every_declared_resource_and_not_the_implicit_organisation() {
    let mut workspace = workspace();
    workspace.vendor("okta", 5, &[("org", 5), ("staff", 6)]);
    workspace.role("all", &[], vec![grant(10, "heap/*", "viewer")]);
    workspace.user("jane", vec![role(20, "all")], vec![]);
    workspace.user("zoe", vec![], vec![grant(30, "okta/*", "viewer")]);
    check(
        &workspace,
        &["jane heap/main viewer @20,10", "jane heap/side viewer @20,10", "zoe okta/staff viewer @30"],
    );
}

#[test]
fn a_declared_organisation_is_part_of_the_wildcard() {
    let mut workspace = workspace();
    workspace.vendor("okta", 5, &[("org", 6)]);
    workspace.user("zoe", vec![], vec![grant(30, "okta/*", "viewer")]);
    check(&workspace, &["zoe okta/org viewer @30"]);
}

#[test]
fn grants_come_in_order_of_vendor_resource_and_user() {
    let mut workspace = workspace();
    workspace.vendor("asana", 5, &[("board", 6)]);
    let grants = || vec![grant(30, "heap/side", "viewer"), grant(31, "asana/board", "viewer")];
    workspace.user("zoe", vec![], grants());
    workspace.user("al", vec![], grants());
    check(
        &workspace,
        &[
            "al asana/board viewer @31",
            "zoe asana/board viewer @31",
            "al heap/side viewer @30",
            "zoe heap/side viewer @30",
        ],
    );
}

#[test]
fn references_that_lead_nowhere_give_nothing() {
    let mut workspace = workspace();
    workspace.role("odd", &["gone"], vec![grant(10, "heap/gone", "viewer")]);
    let grants = vec![grant(22, "gone/main", "viewer"), grant(23, "gone/*", "viewer")];
    workspace.user("jane", vec![role(20, "odd"), role(21, "gone")], grants);
    check(&workspace, &[]);
}

#[test]
fn reason_and_ticket_are_the_nearest_ones() {
    let mut workspace = workspace();
    let lines = vec![grant(10, "heap/main", "viewer").because("line", ""), grant(11, "heap/side", "viewer")];
    workspace.role("base", &[], lines);
    let user = workspace.user(
        "jane",
        vec![role(20, "base").because("entry", "")],
        vec![grant(21, "heap/org", "member")],
    );
    let _ = user.because("user", "T-1");
    check(
        &workspace,
        &[
            "jane heap/main viewer @20,10 (line|T-1)",
            "jane heap/org member @21 (user|T-1)",
            "jane heap/side viewer @20,11 (entry|T-1)",
        ],
    );
}

#[test]
fn the_departed_and_the_suspended_hold_nothing_from_the_day_on() {
    let mut workspace = workspace();
    let grants =
        || vec![grant(10, "heap/main", "viewer"), grant(11, "heap/side", "viewer").until(11, "2026-11-20")];
    departed(workspace.user("carol", vec![], grants()), 12, TODAY);
    suspended(workspace.user("dave", vec![], grants()), 13, TODAY);
    check(&workspace, &[]);
    check_ended(&workspace, &[]);
    check_findings(&workspace, &[]);
    let people = on(&workspace, TODAY).people;
    assert!(matches!(people["carol"].standing, Standing::Departed { span, .. } if span == at(12)));
    assert!(matches!(&people["dave"].standing, Standing::Suspended { span, .. } if *span == at(13)));
}

#[test]
fn who_departs_later_and_has_nothing_until_then_is_told() {
    let mut workspace = workspace();
    departed(workspace.user("carol", vec![], vec![]), 12, "2027-06-01");
    check_findings(
        &workspace,
        &[
            "departs-with-nothing 12 carol departs on 2027-06-01, and no role or grant is left until then: what they \
           have goes now.",
        ],
    );
}

#[test]
fn the_departed_and_the_suspended_are_active_the_day_before() {
    let mut workspace = workspace();
    departed(workspace.user("carol", vec![], vec![grant(10, "heap/main", "viewer")]), 12, "2026-11-23");
    suspended(workspace.user("dave", vec![], vec![grant(11, "heap/main", "viewer")]), 13, "2026-11-23");
    check(&workspace, &["carol heap/main viewer @10", "dave heap/main viewer @11"]);
    let people = on(&workspace, TODAY).people;
    assert!(people.values().all(|person| person.standing == Standing::Active));
    check_findings(
        &workspace,
        &["access-ends-soon 12 carol departs on 2026-11-23; no access is left from that day on."],
    );
}

#[test]
fn a_departure_outranks_a_suspension() {
    let mut workspace = workspace();
    let user = workspace.user("carol", vec![], vec![]);
    departed(user, 12, "2026-11-01");
    suspended(user, 13, "2026-10-01");
    assert!(matches!(on(&workspace, TODAY).people["carol"].standing, Standing::Departed { .. }));
}
