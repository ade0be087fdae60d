//! Guards judge each vendor by itself, and what they hold holds what comes after it anywhere.

use super::super::judge;
use super::{ApprovedPlan, guards};
use crate::domain::*;
use crate::reconcile::fixture::company::Company;
use crate::workspace::Guards;

fn judged(company: &Company, guards: &Guards) -> ApprovedPlan {
    judge(company.plan(), &company.inputs(), &company.desired(), guards, &[])
}

/// Which guard blocks where, and what it holds.
fn blocks(approved: &ApprovedPlan) -> Vec<String> {
    let blocking = approved.plan().guards.iter().filter(|verdict| verdict.verdict == Verdict::Block);
    blocking
        .map(|verdict| {
            let holds: Vec<&str> = verdict.holds.iter().map(ChangeId::as_str).collect();
            format!("{} {}: {}", verdict.vendor, verdict.guard, holds.join(","))
        })
        .collect()
}

fn leavers(handles: &[&str]) -> Company {
    let mut company = Company::okta_and_heap();
    for handle in handles {
        company = company.staff(|staff| staff.person(handle).departed(handle));
        company = company.at("okta", |okta| okta.live(handle));
        company = company.at("heap", |heap| heap.live(handle));
    }
    company
}

#[test]
fn what_is_too_much_at_the_provider_is_not_done_behind_it() {
    let mut company = leavers(&["ann", "bob", "cyd"]);
    for number in 0..10 {
        let handle = format!("staff{number}");
        company = company.staff(|staff| staff.person(&handle));
        company = company.at("heap", |heap| heap.live(&handle).wants(&format!("{handle} org member")));
    }
    let approved = judged(&company, &guards());
    let held = "okta-0001,okta-0002,okta-0003,heap-0001,heap-0002,heap-0003";
    assert_eq!(blocks(&approved), [format!("okta max-removals: {held}")]);
}

#[test]
fn what_is_too_much_behind_the_provider_holds_nothing_there() {
    let mut company = leavers(&["ann", "bob", "cyd"]);
    for number in 0..10 {
        let handle = format!("staff{number}");
        company = company.staff(|staff| staff.person(&handle));
        company = company.at("okta", |okta| okta.live(&handle).wants(&format!("{handle} org member")));
    }
    assert_eq!(blocks(&judged(&company, &guards())), ["heap max-removals: heap-0001,heap-0002,heap-0003"]);
}

#[test]
fn who_the_credential_belongs_to_at_the_provider_stays_behind_it_too() {
    let company = leavers(&["ann", "bob"]).at("okta", |mut okta| {
        okta.vendor.settings.identity = Some("ann@acme.example".into());
        okta
    });
    assert_eq!(blocks(&judged(&company, &guards())), ["okta own-identity: okta-0001,heap-0001"]);
}

#[test]
fn an_admin_whose_account_the_provider_has_yet_to_make_replaces_nobody() {
    let company = leavers(&["old"]).staff(|staff| staff.person("new"));
    let company = company.at("okta", |okta| okta.wants("new analysts member"));
    let company = company.at("heap", |heap| heap.holds("old admins admin").wants("new admins admin"));
    let blocked = blocks(&judged(&company, &guards()));
    assert!(blocked.iter().any(|line| line.starts_with("heap min-admins: heap-0001")), "{blocked:?}");
}

#[test]
fn what_is_stuck_at_the_provider_is_not_counted_behind_it() {
    // Ann goes from okta once somebody has taken over who has not got an account there yet.
    let mut plan = leavers(&["ann", "bob", "cyd"]).plan();
    let at = plan.changes.iter().position(|change| change.id.as_str() == "okta-0001").unwrap();
    plan.changes[at].waits = Some("later".into());
    let company = leavers(&["ann", "bob", "cyd"]);
    let approved = judge(plan, &company.inputs(), &company.desired(), &guards(), &[]);
    assert_eq!(blocks(&approved), Vec::<String>::new());
}
