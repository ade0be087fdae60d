//! Where a finding about a vendor and its provider points: whom it is about, at which line, and whether it says what to do.

use super::super::fixture::World;
use super::super::fixture::company::Company;
use crate::domain::*;

/// The first finding with this code: `user line`, and `hinted` where it says what to do.
#[track_caller]
fn check(company: &Company, code: &str, expect: &str) {
    let plan = company.plan();
    let found = plan.findings.iter().find(|finding| finding.code == code);
    let finding = found.unwrap_or_else(|| panic!("no {code} among {:?}", plan.findings));
    let user = finding.user.as_ref().map_or("-", |user| user.as_str());
    let line = finding.span.map_or("-".to_owned(), |span| span.line.to_string());
    let hint = if finding.hint.is_some() { " hinted" } else { "" };
    assert_eq!(format!("{user} {line}{hint}"), expect, "{code}");
}

/// Dana, at line 11, after somebody else.
fn dana() -> Company {
    Company::okta_and_heap().staff(|staff| staff.person("ann").person("dana"))
}

fn suspended_account(world: World) -> World {
    world.account("dana", |dana| dana.state = AccountState::Suspended)
}

fn by_hand(mut world: World) -> World {
    world.snapshot().by_hand.insert(AccountId::parse("dana").unwrap(), "ask the desk".into());
    world
}

#[test]
fn who_comes_or_comes_back_is_named_at_their_line() {
    let invited = dana().at("heap", |heap| heap.wants("dana org member"));
    check(&invited, "not-provisioned", "dana 11 hinted");
    let returns = invited.at("heap", |heap| heap.retired("7", "dana@acme.example"));
    check(&returns, "returns", "dana 11");
    let closed = dana().at("okta", |okta| {
        suspended_account(okta.live("dana").holds("dana analysts member")).mode(Manage::Observe)
    });
    let closed = closed.at("heap", |heap| suspended_account(heap.live("dana").wants("dana org member")));
    check(&closed, "closed-at-provider", "dana 11 hinted");
    let restored = dana().at("okta", |okta| okta.live("dana").holds("dana analysts member"));
    let restored = restored.at("okta", |okta| okta.wants("dana analysts member"));
    let restored =
        restored.at("heap", |heap| by_hand(suspended_account(heap.live("dana").wants("dana org member"))));
    check(&restored, "restored-by-hand", "dana 11 hinted");
}

#[test]
fn who_goes_or_is_suspended_is_named_at_the_line_that_has_it_so() {
    let leaves = dana().staff(|staff| staff.departed("dana")).at("heap", |heap| heap.live("dana"));
    let leaves =
        leaves.at("okta", |okta| okta.live("dana").holds("dana analysts member").mode(Manage::Observe));
    check(&leaves, "will-come-back", "dana 90 hinted");
    let away = dana().staff(|staff| staff.suspended("dana")).at("heap", |heap| heap.live("dana"));
    let kept = away.clone().at("okta", |okta| okta.live("dana").holds("dana analysts member"));
    check(&kept.spec("heap", |spec| spec.suspends = false), "kept-while-suspended", "dana 11 hinted");
    check(&away.at("heap", by_hand), "suspended-by-hand", "dana 11 hinted");
}

#[test]
fn what_is_about_a_vendor_points_at_the_vendor_or_the_resource() {
    check(&Company::new(&["heap okta/analysts"]), "provider-undeclared", "- 1 hinted");
    let sales = (FeedKind::Group, "00g1", "Sales");
    let filled = Company::new(&["okta"]).at("okta", |okta| okta.fed("analysts", sales, None));
    check(&filled, "filled-by-group", "- 2 hinted");
}

#[test]
fn who_is_in_a_group_that_fills_another_is_known_by_the_reading_of_the_group() {
    let group = (FeedKind::Group, "g-admins", "Admins");
    for told in [Some(["dana"].as_slice()), None] {
        let company = dana().at("heap", |heap| heap.live("dana")).at("okta", |okta| {
            let okta = okta.live("dana").holds("dana admins member").wants("dana org member");
            okta.fed("analysts", group, told)
        });
        assert_eq!(
            company.lines(),
            ["okta-0001 revoke dana admins member->", "heap-0001 remove-account dana after okta-0001"]
        );
        assert_eq!(company.told("will-come-back"), Vec::<String>::new());
    }
}
