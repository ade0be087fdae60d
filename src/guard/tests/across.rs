//! Guards judge each vendor by itself, and what they hold holds what comes after it anywhere.

use super::super::judge;
use super::{ApprovedPlan, guards};
use crate::domain::*;
use crate::reconcile::fixture::company::Company;
use crate::workspace::Guards;

pub(super) fn judged(company: &Company, guards: &Guards) -> ApprovedPlan {
    judge(company.plan(), &company.inputs(), &company.desired(), guards, &[])
}

/// Which guard blocks where, and what it holds.
pub(super) fn blocks(approved: &ApprovedPlan) -> Vec<String> {
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

/// Ann administers heap and loses what her account there comes from; Bob has it still.
fn ann_loses_the_group() -> Company {
    let company = Company::okta_and_heap().staff(|staff| staff.person("ann").person("bob"));
    let company = company.at("okta", |okta| {
        let okta = okta.live("ann").live("bob").holds("ann analysts member\n bob analysts member");
        okta.wants("ann org member\n bob analysts member")
    });
    company.at("heap", |heap| {
        let heap = heap.live("ann").live("bob").holds("ann admins admin");
        heap.wants("ann admins admin\n bob org member")
    })
}

/// The detail of the guard that blocks at heap.
fn detail(approved: &ApprovedPlan) -> String {
    let blocks = |one: &&GuardVerdict| one.verdict == Verdict::Block && one.vendor.as_str() == "heap";
    approved.plan().guards.iter().find(blocks).unwrap().detail.clone()
}

#[test]
fn invariant_5_the_last_admin_behind_a_provider_keeps_what_the_account_comes_through() {
    let approved = judged(&ann_loses_the_group(), &guards());
    assert_eq!(blocks(&approved), ["heap min-admins: okta-0001"]);
    let said = detail(&approved);
    assert!(
        said.ends_with(
            "; the account ann@acme.example would go with okta-0001, which ends what it comes through"
        ),
        "{said}"
    );
    let company = ann_loses_the_group();
    let word = super::word("min-admins");
    let passed = judge(company.plan(), &company.inputs(), &company.desired(), &guards(), &word);
    assert!(!passed.is_blocked() && !passed.is_held(&company.plan().changes[0].id));
    let two =
        ann_loses_the_group().at("heap", |heap| heap.holds("bob admins admin").wants("bob admins admin"));
    assert_eq!(blocks(&judged(&two, &guards())), Vec::<String>::new());
}

#[test]
fn invariant_5_a_plan_for_the_provider_alone_counts_what_goes_behind_it() {
    const HELD: [&str; 1] = ["heap min-admins: okta-0001"];
    let alone = ann_loses_the_group().behind("heap");
    assert_eq!(alone.lines(), ["okta-0001 revoke ann analysts member->"]);
    assert_eq!(blocks(&judged(&alone, &guards())), HELD);
    // Who would replace her does so by a plan for both.
    let replaced = ann_loses_the_group().at("heap", |heap| heap.wants("bob admins admin")).behind("heap");
    assert_eq!(blocks(&judged(&replaced, &guards())), HELD);
    let unread = alone.clone().unreadable("heap");
    assert_eq!(blocks(&judged(&unread, &guards())), HELD);
    let harmless = alone.at("okta", |okta| okta.wants("ann analysts member"));
    let approved = judged(&harmless, &guards());
    assert!(approved.plan().guards.iter().all(|verdict| verdict.vendor.as_str() == "okta"));
}

#[test]
fn invariant_5_an_account_that_the_workspace_only_watches_counts_too() {
    for mode in [Manage::Observe, Manage::Additive] {
        let watched = ann_loses_the_group().at("heap", |mut heap| {
            heap.grants.clear();
            heap.mode(mode)
        });
        assert_eq!(blocks(&judged(&watched, &guards())), ["heap min-admins: okta-0001"], "{mode:?}");
    }
    let out = ann_loses_the_group().at("okta", |mut okta| {
        okta.grants.retain(|grant| grant.user.as_str() != "ann");
        okta
    });
    assert_eq!(blocks(&judged(&out, &guards())), ["heap min-admins: okta-0001,okta-0002"]);
}

#[test]
fn invariant_5_what_comes_after_a_gain_may_take_the_last_admin_and_what_may_come_before_it_may_not() {
    let keeps_one = |company: Company| {
        company
            .spec("heap", |spec| spec.kinds.iter_mut().for_each(|kind| kind.keeps_one = kind.name == "group"))
    };
    let company = keeps_one(ann_loses_the_group());
    let lenient = Guards { min_admins: 0, ..guards() };
    let approved = judged(&company, &lenient);
    assert_eq!(blocks(&approved), ["heap last-admin: okta-0001"]);
    assert!(detail(&approved).contains("ann@acme.example would go with okta-0001"));
    let replaced = company.at("heap", |heap| heap.wants("bob admins admin"));
    assert_eq!(replaced.lines()[0], "okta-0001 revoke ann analysts member-> after heap-0001");
    assert_eq!(blocks(&judged(&replaced, &guards())), Vec::<String>::new());
    let mut plan = replaced.plan();
    plan.changes[0].after.clear();
    let hasty = judge(plan, &replaced.inputs(), &replaced.desired(), &guards(), &[]);
    assert_eq!(blocks(&hasty), ["heap last-admin: okta-0001"]);
}

#[test]
fn no_lock_out_behind_a_provider_and_no_override_helps() {
    let with = |identity: Option<&str>| {
        ann_loses_the_group().at("heap", |mut heap| {
            heap.vendor.settings.identity = identity.map(Into::into);
            heap
        })
    };
    let lenient = Guards { min_admins: 0, ..guards() };
    let own = with(Some("ann@acme.example"));
    let word = super::word("own-identity");
    let approved = judge(own.plan(), &own.inputs(), &own.desired(), &lenient, &word);
    assert_eq!(blocks(&approved), ["heap own-identity: okta-0001"]);
    assert!(detail(&approved).contains("ann@acme.example would go with okta-0001"));
    assert_eq!(blocks(&judged(&with(None), &lenient)), Vec::<String>::new());
    let ghost = with(None).staff(|mut staff| {
        staff.people.remove("ann");
        staff
    });
    let ghost = ghost.at("heap", |heap| heap.mode(Manage::Observe));
    assert_eq!(blocks(&judged(&ghost, &lenient)), ["heap own-identity: okta-0001,okta-0002"]);
    let listed = Guards { protected: vec![Email::parse("second@acme.example").unwrap()], ..lenient };
    let second = ann_loses_the_group().at("heap", |heap| {
        heap.account("ann", |ann| ann.emails.push(Email::parse("second@acme.example").unwrap()))
    });
    assert_eq!(blocks(&judged(&second, &listed)), ["heap protected: okta-0001"]);
}

#[test]
fn invariant_5_what_a_provider_of_the_provider_takes_counts_at_the_end_of_the_chain() {
    let company = Company::new(&["entra", "okta entra/analysts", "heap okta/analysts"]);
    let company = company.staff(|staff| staff.person("ann"));
    let company =
        company.at("entra", |entra| entra.live("ann").holds("ann analysts member").wants("ann org member"));
    let company =
        company.at("okta", |okta| okta.live("ann").holds("ann analysts member").wants("ann analysts member"));
    let company =
        company.at("heap", |heap| heap.live("ann").holds("ann admins admin").wants("ann admins admin"));
    assert_eq!(blocks(&judged(&company, &guards())), ["heap min-admins: entra-0001"]);
    let alone = company.clone().behind("okta").behind("heap");
    assert_eq!(blocks(&judged(&alone, &guards())), ["heap min-admins: entra-0001"]);
    let unread = company.unreadable("okta");
    assert_eq!(
        blocks(&judged(&unread, &guards())),
        ["heap min-admins: entra-0001", "okta unreadable: ", "okta min-admins: entra-0001"]
    );
}

#[test]
fn invariant_5_whose_account_the_provider_takes_as_well_replaces_nobody() {
    let both = ann_loses_the_group().at("okta", |mut okta| {
        okta.grants.retain(|grant| grant.user.as_str() != "bob");
        okta.wants("bob org member")
    });
    let both = both.at("heap", |heap| heap.wants("bob admins admin"));
    assert!(both.lines().contains(&"heap-0001 grant bob admins ->admin".to_owned()), "{:?}", both.lines());
    assert_eq!(blocks(&judged(&both, &guards())), ["heap min-admins: okta-0001,okta-0002"]);
    let keeps_one = both
        .spec("heap", |spec| spec.kinds.iter_mut().for_each(|kind| kind.keeps_one = kind.name == "group"));
    let lenient = Guards { min_admins: 0, ..guards() };
    assert_eq!(blocks(&judged(&keeps_one, &lenient)), ["heap last-admin: okta-0001"]);
}

#[test]
fn invariant_5_all_that_takes_from_the_last_admin_is_held_and_not_the_first_of_it() {
    let company = ann_loses_the_group().at("heap", |mut heap| {
        heap.grants.clear();
        heap.wants("ann org member\n bob org member")
    });
    let company = company
        .spec("heap", |spec| spec.kinds.iter_mut().for_each(|kind| kind.keeps_one = kind.name == "group"));
    let lenient = Guards { min_admins: 0, ..guards() };
    assert_eq!(blocks(&judged(&company, &lenient)), ["heap last-admin: okta-0001,heap-0001"]);
}

#[test]
fn accounts_that_a_provider_takes_count_with_those_that_lose_access_here() {
    let mut company = Company::okta_and_heap();
    for number in 0..9 {
        let handle = format!("staff{number}");
        company = company.staff(|staff| staff.person(&handle));
        company = company.at("okta", |okta| {
            let okta = okta.live(&handle).holds(&format!("{handle} analysts member"));
            okta.wants(&format!("{handle} org member"))
        });
        company = company.at("heap", |heap| heap.live(&handle).mode(Manage::Observe));
    }
    let few = company.clone().at("heap", |mut heap| {
        heap.snapshot().accounts.retain(|id, _| id.as_str() < "staff4");
        heap
    });
    let roomy =
        Guards { max_removals: crate::workspace::MaxRemovals { percent: 25, at_least: 10 }, ..guards() };
    assert_eq!(blocks(&judged(&few, &roomy)), Vec::<String>::new());
    let tight =
        Guards { max_removals: crate::workspace::MaxRemovals { percent: 25, at_least: 5 }, ..guards() };
    let approved = judged(&company, &tight);
    let all = "okta-0001,okta-0002,okta-0003,okta-0004,okta-0005,okta-0006,okta-0007,okta-0008,okta-0009";
    let said = detail(&approved);
    assert!(said.starts_with("9 of 9 accounts lose access; at most 5 may; the account "), "{said}");
    assert!(said.ends_with("; and 6 more accounts in the same way"), "{said}");
    assert!(blocks(&approved).contains(&format!("heap max-removals: {all}")), "{:?}", blocks(&approved));
}

#[test]
fn no_lock_out_a_protected_users_pinned_account_is_protected_whatever_its_address() {
    let listed =
        Guards { protected: vec![Email::parse("ann@acme.example").unwrap()], min_admins: 0, ..guards() };
    let pinned = ann_loses_the_group().staff(|mut staff| {
        let ann = staff.people.get_mut("ann").unwrap();
        ann.accounts.insert(VendorName::parse("heap").unwrap(), AccountId::parse("ann").unwrap());
        staff
    });
    let pinned = pinned.at("heap", |heap| {
        heap.account("ann", |ann| ann.emails = vec![Email::parse("other@acme.example").unwrap()])
    });
    let blocking = blocks(&judged(&pinned, &listed));
    assert!(blocking.contains(&"heap protected: okta-0001".to_owned()), "{blocking:?}");
}
