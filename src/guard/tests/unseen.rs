//! What a provider takes from a vendor that could not be read.

use super::super::judge;
use super::across::{blocks, judged};
use super::{guards, word};
use crate::domain::*;
use crate::reconcile::fixture::company::Company;
use crate::workspace::Guards;

/// Okta gives ann and bob their accounts at heap, and the workspace takes it from ann.
fn ann_loses_the_group() -> Company {
    let company = Company::okta_and_heap().staff(|staff| staff.person("ann").person("bob"));
    let company = company.at("okta", |okta| {
        let okta = okta.live("ann").live("bob").holds("ann analysts member\n bob analysts member");
        okta.wants("ann org member\n bob analysts member")
    });
    company.unreadable("heap")
}

fn leaves(company: Company, handle: &str) -> Company {
    let company = company.staff(|staff| staff.departed(handle));
    company.at("okta", |mut okta| {
        okta.grants.retain(|grant| grant.user.as_str() != handle);
        okta
    })
}

fn named(company: Company, identity: &str) -> Company {
    company.at("heap", |mut heap| {
        heap.vendor.settings.identity = Some(identity.into());
        heap
    })
}

fn protecting(address: &str) -> Guards {
    Guards { protected: vec![Email::parse(address).unwrap()], ..guards() }
}

const UNREAD: &str = "heap unreadable: ";

#[test]
fn invariant_5_who_stays_keeps_what_leads_to_a_vendor_that_could_not_be_read() {
    let company = ann_loses_the_group();
    let approved = judged(&company, &guards());
    assert_eq!(blocks(&approved), [UNREAD, "heap min-admins: okta-0001"]);
    let verdict = approved.plan().guards.iter().find(|one| !one.holds.is_empty()).unwrap();
    assert_eq!(
        verdict.detail,
        "heap could not be read, so how many of its admins would go is not known; the account of ann@acme.example \
         there would go with okta-0001, which ends what it comes through"
    );
    assert!(verdict.hint.as_ref().unwrap().starts_with("plan again once heap can be read; if it is meant, "));
    let passed = judge(company.plan(), &company.inputs(), &company.desired(), &guards(), &word("min-admins"));
    assert_eq!(blocks(&passed), [UNREAD]);
    // Nobody asks for admins, or nothing that is taken leads there.
    let lenient = Guards { min_admins: 0, ..guards() };
    assert_eq!(blocks(&judged(&company, &lenient)), [UNREAD]);
    let elsewhere = company.at("okta", |okta| okta.holds("ann admins member").wants("ann analysts member"));
    assert_eq!(elsewhere.lines(), ["okta-0001 revoke ann admins member->"]);
    assert_eq!(blocks(&judged(&elsewhere, &guards())), [UNREAD]);
}

#[test]
fn who_departs_or_is_suspended_is_not_held_up_by_an_outage_behind() {
    let gone = leaves(ann_loses_the_group(), "ann");
    assert_eq!(gone.lines().len(), 2, "{:?}", gone.lines());
    assert_eq!(blocks(&judged(&gone, &guards())), [UNREAD]);
    let ghost = ann_loses_the_group().staff(|mut staff| {
        staff.people.remove("ann");
        staff
    });
    let ghost = named(ghost, "none");
    assert_eq!(blocks(&judged(&ghost, &guards())), [UNREAD]);
}

#[test]
fn no_lock_out_from_a_vendor_that_could_not_be_read_and_no_override_helps() {
    let gone = || leaves(ann_loses_the_group(), "ann");
    let all = "okta-0001,okta-0002";
    let listed = protecting("ann@acme.example");
    let word = [word("protected"), word("own-identity")].concat();
    let approved = judge(gone().plan(), &gone().inputs(), &gone().desired(), &listed, &word);
    // Okta's own guard sees her account there go.
    let both = [format!("heap protected: {all}"), format!("okta protected: {all}")];
    assert_eq!(blocks(&approved), [UNREAD, &both[0], &both[1]]);
    let another = protecting("bob@acme.example");
    assert_eq!(blocks(&judged(&gone(), &another)), [UNREAD]);
    let own = named(gone(), "ANN@acme.example");
    let approved = judge(own.plan(), &own.inputs(), &own.desired(), &guards(), &word);
    assert_eq!(blocks(&approved), [UNREAD, &format!("heap own-identity: {all}")]);
    assert_eq!(blocks(&judged(&named(gone(), "bob@acme.example"), &guards())), [UNREAD]);
    let pinned = named(gone(), "U-7").staff(|staff| {
        let id = AccountId::parse("U-7").unwrap();
        staff.with("ann", |ann| drop(ann.accounts.insert(VendorName::parse("heap").unwrap(), id)))
    });
    assert_eq!(blocks(&judged(&pinned, &guards())), [UNREAD, &format!("heap own-identity: {all}")]);
}

#[test]
fn whom_nobody_claims_may_be_the_credentials_own_where_that_could_not_be_read() {
    let ghost = |identity: Option<&str>| {
        let company = ann_loses_the_group().staff(|mut staff| {
            staff.people.remove("ann");
            staff
        });
        company.at("heap", |mut heap| {
            heap.vendor.settings.identity = identity.map(Into::into);
            heap
        })
    };
    let held = [UNREAD, "heap own-identity: okta-0001,okta-0002"];
    assert_eq!(blocks(&judged(&ghost(None), &guards())), held);
    assert_eq!(blocks(&judged(&ghost(Some("U-7")), &guards())), held);
    assert_eq!(blocks(&judged(&ghost(Some("ann@acme.example")), &guards())), held);
    assert_eq!(blocks(&judged(&ghost(Some("svc@acme.example")), &guards())), [UNREAD]);
}

#[test]
fn a_plan_for_the_provider_alone_holds_the_same_and_no_more() {
    let alone = ann_loses_the_group().behind("heap");
    assert_eq!(blocks(&judged(&alone, &guards())), ["heap min-admins: okta-0001"]);
    let gone = leaves(alone, "ann");
    assert_eq!(blocks(&judged(&gone, &guards())), Vec::<String>::new());
}

#[test]
fn what_may_go_from_a_vendor_that_could_not_be_read_may_go_behind_it() {
    let company = Company::new(&["entra", "okta entra/analysts", "heap okta/analysts"]);
    let company = company.staff(|staff| staff.person("ann").departed("ann"));
    let company = company.at("entra", |entra| entra.live("ann").holds("ann analysts member"));
    let company = company.at("okta", |okta| okta.live("ann")).unreadable("okta");
    let company = company.at("heap", |heap| heap.live("ann").holds("ann admins admin").mode(Manage::Observe));
    assert_eq!(blocks(&judged(&company, &guards())), ["okta unreadable: "]);
    let own = named(company, "ann@acme.example");
    let approved = judged(&own, &guards());
    assert_eq!(blocks(&approved), ["heap own-identity: entra-0001,entra-0002", "okta unreadable: "]);
    let said = &approved.plan().guards.iter().find(|one| !one.holds.is_empty()).unwrap().detail;
    assert!(
        said.contains("okta could not be read, so the credential's own account may lose access"),
        "{said}"
    );
}
