//! What goes, stays or is not known behind an identity provider.

use super::super::fixture::company::Company;
use super::super::fixture::{World, resource};
use crate::domain::*;

fn carol_leaves() -> Company {
    let company = Company::okta_and_heap().staff(|staff| staff.person("carol").departed("carol"));
    company.at("heap", |heap| heap.live("carol"))
}

fn in_group(okta: World) -> World {
    okta.live("carol").holds("carol analysts member")
}

/// Jane keeps her account at heap, and of what leads to it only what `okta` still gives.
fn losses(okta: impl FnOnce(World) -> World) -> Vec<String> {
    let company = Company::okta_and_heap().staff(|staff| staff.person("jane"));
    let company = company.at("heap", |heap| heap.live("jane").wants("jane org member"));
    let company = company.at("okta", |world| okta(world.live("jane").wants("jane org member")));
    let told = |loss: &Loss| {
        let by: Vec<&str> = loss.by.iter().map(ChangeId::as_str).collect();
        format!("{} {}: {}", loss.vendor, loss.account, by.join(","))
    };
    company.plan().losses.iter().map(told).collect()
}

#[test]
fn what_goes_with_the_provider_is_known_to_the_guards() {
    const LOST: [&str; 1] = ["heap jane: okta-0001"];
    let none: [&str; 0] = [];
    let (group, jit) = ((FeedKind::Group, "00g1", "Staff"), (FeedKind::JustInTime, "00j1", "SAML"));
    let direct = |okta: World| okta.holds("jane analysts member");
    assert_eq!(losses(direct), LOST);
    // Whether a rule keeps the account nobody can tell; a setting that makes one for whoever signs in does not.
    assert_eq!(losses(|okta| direct(okta).fed("analysts", group, None)), LOST);
    assert_eq!(losses(|okta| direct(okta).fed("analysts", jit, None)), LOST);
    assert_eq!(losses(|okta| direct(okta).fed("analysts", group, Some(&["jane"]))), none);
    assert_eq!(losses(|okta| direct(okta).mode(Manage::Observe)), none);
    // It never came from there, as far as anybody knows.
    assert_eq!(losses(|okta| okta.holds("jane admins member")), none);
    assert_eq!(losses(|okta| okta.holds("jane admins member").fed("analysts", group, None)), none);
    // What nobody can tell counts for whoever goes altogether.
    let gone = |mut okta: World| {
        okta.grants.clear();
        okta
    };
    assert_eq!(losses(|okta| gone(okta).fed("analysts", group, None)), LOST);
    assert_eq!(losses(|okta| gone(okta).fed("analysts", jit, None)), none);
    let asleep = |okta: World| okta.account("jane", |jane| jane.state = AccountState::Suspended);
    // Who cannot sign in has their account all the same, until what it comes from goes; and it keeps nobody's.
    assert_eq!(losses(|okta| asleep(gone(direct(okta)))), ["heap jane: okta-0001,okta-0002"]);
    // A second account there that leads nowhere has nothing to do with it.
    let twice = |okta: World| {
        let okta = gone(direct(okta)).live("second");
        okta.account("second", |second| second.emails = vec![Email::parse("jane@acme.example").unwrap()])
    };
    assert!(losses(twice).iter().all(|loss| loss.split(',').count() <= 2), "{:?}", losses(twice));
}

#[test]
fn a_plan_for_the_provider_alone_tells_what_goes_behind_it_and_changes_nothing_there() {
    let mut company = Company::okta_and_heap();
    for handle in ["ann", "bob", "cyd", "dan"] {
        company = company.staff(|staff| staff.person(handle).departed(handle));
        company = company.at("okta", |okta| okta.live(handle).holds(&format!("{handle} analysts member")));
        company = company.at("heap", |heap| heap.live(handle));
    }
    let company = company.behind("heap");
    let plan = company.plan();
    assert!(plan.changes.iter().all(|change| change.vendor.as_str() == "okta"));
    assert_eq!((plan.losses.len(), plan.vendors.len()), (4, 1));
    assert_eq!(plan.departures[0].of, 1);
    assert_eq!(
        company.told("taken-behind"),
        [
            "heap - 4 accounts go from here although the plan is not for heap, because okta keeps the accounts: \
             ann@acme.example (with okta-0001), bob@acme.example (with okta-0002), cyd@acme.example (with okta-0003) \
             and 1 more | -"
        ]
    );
    let told = company.clone().unreadable("heap").told("unreadable-vendor");
    assert!(told.len() == 1 && told[0].contains("it is not known which of its accounts"), "{told:?}");
    let nothing_goes = company.at("okta", |okta| okta.mode(Manage::Observe)).unreadable("heap");
    assert_eq!(nothing_goes.told("unreadable-vendor"), Vec::<String>::new());
}

#[test]
fn everybody_in_an_organisation_may_get_an_account_from_it() {
    let company = Company::new(&["okta", "heap okta/org"]).staff(|staff| staff.person("new").person("old"));
    let company = company.at("okta", |okta| okta.live("old").wants("new org member"));
    let company = company.at("heap", |heap| heap.live("old").wants("new org member\n old org member"));
    assert_eq!(
        company.lines(),
        [
            "okta-0001 remove-account old",
            "okta-0002 invite new",
            "heap-0001 invite new after okta-0002 waits"
        ]
    );
    let told = company.told("not-provisioned");
    assert!(told.len() == 1 && told[0].contains("old is to stay at heap and loses okta/org"), "{told:?}");
    assert_eq!(company.plan().losses.len(), 1);
}

#[test]
fn a_provider_that_nobody_declares_is_told_once() {
    let company = carol_leaves().at("okta", in_group);
    assert_eq!(company.told("provider-undeclared"), Vec::<String>::new());
    assert_eq!(company.clone().unreadable("okta").told("provider-undeclared"), Vec::<String>::new());
    let mut without = company.without("okta");
    assert_eq!(without.told("provider-undeclared"), Vec::<String>::new());
    without.left_out.clear();
    let told = without.told("provider-undeclared");
    assert!(
        told.len() == 1 && told[0].contains("come from okta/analysts, and no vendor okta is declared"),
        "{told:?}"
    );
}

#[test]
fn what_could_not_be_read_of_what_fills_a_group_is_told_and_may_bring_an_account_back() {
    let with = |feeds: bool| {
        let company = Company::okta_and_heap().staff(|staff| staff.person("carol").person("new"));
        let company = company.at("heap", |heap| heap.live("carol").wants("new org member"));
        company.at("okta", |mut okta| {
            okta = in_group(okta).live("new").wants("carol org member\n new org member");
            if feeds {
                let rules = Feed::unread("group rules", "the right to see rules");
                okta.snapshot().feeds.insert(resource("analysts"), vec![rules]);
            }
            okta
        })
    };
    assert_eq!(
        [with(false).told("feeds-unread"), with(false).told("will-come-back")],
        [const { Vec::<String>::new() }; 2]
    );
    assert_eq!(
        with(true).told("feeds-unread"),
        [
            "okta - group rules of okta/analysts could not be read, so whom they put there again is not known | give the \
             credential of okta what that needs: the right to see rules"
        ]
    );
    let told = with(true).told("will-come-back").remove(0);
    assert!(told.contains("by perhaps group rules, which could not be read, and this plan"), "{told}");
    assert!(told.contains("| look at okta for group rules that lead to it"), "{told}");
    // What may not even be there gets nobody an account, and keeps nobody's.
    assert_eq!(with(false).told("not-provisioned").len(), 1);
    assert_eq!(with(true).told("not-provisioned"), with(false).told("not-provisioned"));
    let stays = with(true).at("heap", |heap| heap.wants("carol org member"));
    assert!(stays.told("not-provisioned")[0].contains("carol is to stay at heap and loses okta/analysts"));
}

#[test]
fn who_goes_from_the_provider_altogether_does_not_come_back_by_what_was_not_read() {
    let company = carol_leaves().at("okta", |mut okta| {
        let reason = "403".into();
        okta.snapshot()
            .resources
            .insert(resource("analysts"), ResourceReading::Unread { reason, open: true });
        okta.live("carol")
    });
    assert_eq!(company.lines()[1], "heap-0001 remove-account carol after okta-0001");
    assert_eq!(company.told("will-come-back"), Vec::<String>::new());
    let stays = company.clone().at("okta", |okta| okta.mode(Manage::Observe));
    assert!(stays.told("will-come-back")[0].contains("okta/analysts could not be read"));
    let nobody = company.at("okta", |mut okta| {
        okta.snapshot().accounts.clear();
        okta
    });
    assert!(nobody.told("will-come-back")[0].contains("okta/analysts could not be read"));
}

#[test]
fn an_account_of_nobody_with_the_address_here_may_be_theirs() {
    let old = |text: &str| Email::parse(text).unwrap();
    let company = carol_leaves()
        .at("heap", |heap| heap.account("carol", |carol| carol.emails.push(old("c.old@acme.example"))));
    let company = company.at("okta", |okta| {
        let okta =
            in_group(okta).live_as("00u9", "c.old@acme.example").holds_as("00u9", "analysts", "member");
        okta.mode(Manage::Additive)
    });
    let told = company.told("will-come-back").remove(0);
    assert!(
        told.contains(
            "perhaps direct access to it of the account \"c.old@acme.example\", which may be theirs"
        ),
        "{told}"
    );
    let removed = company.clone().at("okta", |okta| okta.mode(Manage::Authoritative));
    assert!(removed.lines().last().unwrap().ends_with("after okta-0001,okta-0002,okta-0003,okta-0004"));
    assert_eq!(removed.told("will-come-back"), Vec::<String>::new());
    let anothers = company.staff(|staff| {
        staff.person("dave").with("dave", |dave| dave.aliases.push(old("c.old@acme.example")))
    });
    assert_eq!(anothers.told("will-come-back"), Vec::<String>::new());
}
