//! Two users who are declared to hold what one account can.

use super::{BASE, check, load};

const VENDOR: &str = "vendors: { v: { connector: clarity, manage: observe, resources: { a: { id: x, kind: board }, \
                      b: { id: y, kind: board } } } }\n";

/// What is wrong with the lines that follow [`VENDOR`], which stands on the first.
fn owners(lines: &str) -> Vec<String> {
    check(&format!("{VENDOR}{lines}"))
}

#[test]
fn two_owners_of_one_resource_are_an_error_that_shows_both_lines() {
    let one = "users:\n  j: { email: j@a.b, grants: { v/a: owner } }\n";
    assert_eq!(owners(one), Vec::<String>::new());
    let both = format!("{one}  k: {{ email: k@a.b, grants: {{ v/a: owner }} }}\n");
    assert_eq!(owners(&both), ["two-owners 4:32"]);
    let loaded = load(&[("access/base.yaml", BASE), ("access/x.yaml", &format!("{VENDOR}{both}"))]);
    let related = &loaded.diagnostics[0].related;
    assert_eq!(related.iter().map(|related| related.span.line).collect::<Vec<_>>(), [3]);
}

#[test]
fn a_role_makes_owners_of_all_who_have_it_whatever_brings_it() {
    let roles = "roles:\n  o: { grants: { v/*: owner } }\n  outer: { includes: [o] }\n";
    let users = "users:\n  j: { email: j@a.b, roles: [o] }\n  k: { email: k@a.b, roles: [outer] }\n";
    assert_eq!(owners(&format!("{roles}{users}")), ["two-owners 7:30", "two-owners 7:30"]);
    let direct = "users:\n  j: { email: j@a.b, roles: [o] }\n  k: { email: k@a.b, grants: { v/b: owner } }\n";
    assert_eq!(owners(&format!("{roles}{direct}")), ["two-owners 7:32"]);
    let twice = "users:\n  j: { email: j@a.b, roles: [o, outer], grants: { v/b: owner } }\n";
    assert_eq!(owners(&format!("{roles}{twice}")), Vec::<String>::new());
}

#[test]
fn one_owner_may_follow_another() {
    let row = |handle: &str, dates: &str| {
        format!("  {handle}: {{ email: {handle}@a.b, grants: {{ v/a: {{ level: owner{dates} }} }} }}\n")
    };
    let users = |rows: &[String]| owners(&format!("users:\n{}", rows.concat()));
    let first = row("j", ", until: 2026-12-31");
    assert_eq!(users(&[first.clone(), row("k", ", from: 2027-01-01")]), Vec::<String>::new());
    assert_eq!(users(&[first.clone(), row("k", ", from: 2026-12-31")]), ["two-owners 4:32"]);
    let long = row("k", ", from: 2026-12-01, until: 2027-12-01");
    let late = row("l", ", from: 2027-06-01");
    assert_eq!(users(&[first, long, late]), ["two-owners 4:32", "two-owners 5:32"]);
}

#[test]
fn whoever_has_left_or_is_suspended_owns_nothing() {
    let other = "  k: { email: k@a.b, grants: { v/a: owner } }\n";
    let away = "users:\n  j: { email: j@a.b, grants: { v/a: owner }, suspended: { since: 2026-11-01, reason: leave } }\n";
    assert_eq!(owners(&format!("{away}{other}")), Vec::<String>::new());
    let soon = away.replace("2026-11-01", "2026-12-01");
    assert_eq!(owners(&format!("{soon}{other}")), ["two-owners 4:32"]);
}
