//! One plan over identity providers and the vendors whose accounts they keep: who leaves is let go by the provider first,
//! and whatever is taken the other way round comes back.

use super::block_on;
use crate::support::estate::{Done, Estate, Link};
use grantline::domain::{ChangeId, OutcomeStatus, Override, Plan, Verdict};
use grantline::guard::judge;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const LINK: Link = ("heap", "okta", "Heap users");

const VENDORS: &str = "\
workspace:
  name: acme
  guards:
    max_removals: { percent: 100, at_least: 100 }
vendors:
  clarity:
    connector: clarity
    manage: authoritative
    pages: { url: emulator }
    identity: svc-grantline@acme.example
    resources:
      site: { id: k3j9x2, kind: project }
  entra:
    connector: entra
    manage: authoritative
    url: emulator
    identity: svc-grantline@acme.example
    resources:
      staff: { name: Staff, kind: group }
  heap:
    connector: heap
    manage: authoritative
    url: emulator
    channel: api
    provisioned_by: okta/heap-users
  okta:
    connector: okta
    manage: authoritative
    url: emulator
    resources:
      heap-users: { name: Heap users, kind: group }
  onelogin:
    connector: onelogin
    manage: authoritative
    url: emulator
    identity: svc-grantline@acme.example
    resources:
      marketing: { name: Marketing, kind: role }
users:
  steward:
    name: Grantline
    email: svc-grantline@acme.example
    grants: { clarity/site: owner, entra/org: member, heap/org: member, okta/org: member, onelogin/org: member }
";

const EVERYTHING: &str = "grants: { clarity/site: member, entra/staff: member, heap/org: member, \
                          okta/heap-users: member, onelogin/marketing: member }";
const DEPARTED: &str = "departed: 2026-11-20";
const SUSPENDED: &str = "suspended: { since: 2026-11-20, reason: leave }";

fn workspace(jane: &str) -> String {
    format!(
        "{VENDORS}  kim: {{ name: Kim Lee, email: kim@acme.example, {EVERYTHING} }}\n\
         \x20 jane: {{ name: Jane Doe, email: jane@acme.example, {jane} }}\n"
    )
}

/// Jane and Kim have everything.
async fn everybody() -> Estate {
    let estate = Estate::new(&workspace(EVERYTHING), &BTreeMap::new(), &[LINK]);
    estate.settle().await;
    assert_eq!(
        active(&estate, "heap"),
        ["jane@acme.example", "kim@acme.example", "svc-grantline@acme.example"]
    );
    estate
}

/// Who can sign in at a vendor, as it keeps it itself.
fn active(estate: &Estate, vendor: &str) -> Vec<String> {
    let state = estate.tenants[vendor].state();
    let users = state["users"].as_array().unwrap().iter().map(|user| &user["attributes"]);
    let active = users.filter(|user| user["active"] != Value::Bool(false));
    let logins: BTreeSet<String> = active.map(|user| user["userName"].as_str().unwrap().to_owned()).collect();
    logins.into_iter().collect()
}

fn ids<'p>(plan: &'p Plan, vendor: &str) -> Vec<&'p str> {
    let own = plan.changes.iter().filter(|change| change.vendor.as_str() == vendor);
    own.map(|change| change.id.as_str()).collect()
}

#[test]
fn an_offboarding_over_five_vendors_goes_provider_first() {
    block_on(async {
        let mut estate = everybody().await;
        estate.edit(&workspace(DEPARTED));
        let done = estate.apply().await;
        let plan = &done.plan;
        let vendors: BTreeSet<&str> = plan.changes.iter().map(|change| change.vendor.as_str()).collect();
        assert_eq!(vendors, BTreeSet::from(["clarity", "entra", "heap", "okta", "onelogin"]));
        let removal = plan.changes.iter().find(|change| change.vendor.as_str() == "heap").unwrap();
        let after: Vec<&str> = removal.after.iter().map(ChangeId::as_str).collect();
        let okta = ids(plan, "okta");
        assert!(!okta.is_empty() && after == okta, "{:#?}", done.lines());
        let place = |id: &str| done.order.iter().position(|one| one == id).unwrap();
        assert!(okta.iter().all(|id| place(id) < place(removal.id.as_str())), "{:?}", done.order);
        let by_hand = |outcome: &OutcomeStatus| *outcome == OutcomeStatus::Waiting;
        let open = done.run.outcomes.iter().filter(|outcome| outcome.status != OutcomeStatus::Done);
        let open: Vec<_> = open.map(|outcome| (outcome.change.as_str(), by_hand(&outcome.status))).collect();
        assert_eq!(open, [("clarity-0001", true)], "{:#?}", done.lines());
        assert!(done.worked.iter().all(|one| one.stopped.is_none()), "{:?}", done.worked);
        let plan = estate.plan().await;
        assert_eq!(plan.changes, []);
        let jane = plan.departures.iter().find(|one| one.user.as_str() == "jane").unwrap();
        assert_eq!((jane.gone, jane.of, &jane.left), (5, 5, &Vec::new()));
        assert!(jane.proven.is_some());
        assert!(!active(&estate, "heap").contains(&"jane@acme.example".to_owned()));
    });
}

/// Carries the offboarding out with the provider's changes after the vendor's.
async fn the_other_way_round(estate: &mut Estate) -> Done {
    estate.edit(&workspace(DEPARTED));
    let (mut plan, input) = estate.draft(&[]).await;
    let heap: Vec<_> =
        plan.changes.iter().filter(|one| one.vendor.as_str() == "heap").map(|one| one.id.clone()).collect();
    for change in &mut plan.changes {
        match change.vendor.as_str() {
            "heap" => change.after.clear(),
            "okta" => change.after.clone_from(&heap),
            _ => {}
        }
    }
    estate.carry_out(estate.judged(plan, &input)).await
}

#[test]
fn what_is_taken_before_its_provider_lets_go_comes_back() {
    block_on(async {
        let mut estate = everybody().await;
        let done = the_other_way_round(&mut estate).await;
        assert!(
            done.run.outcomes.iter().all(|one| one.status != OutcomeStatus::Failed),
            "{:#?}",
            done.lines()
        );
        let effects = estate.tenants["heap"].audit().effects();
        let made = effects
            .iter()
            .filter(|effect| effect.contains("jane@acme.example") && effect.contains("created"));
        assert_eq!(made.count(), 2, "{effects:#?}");
    });
}

#[test]
fn a_vendor_alone_says_that_its_provider_gives_the_account_again() {
    block_on(async {
        let mut estate = everybody().await;
        estate.edit(&workspace(DEPARTED));
        let (plan, _) = estate.draft(&["heap"]).await;
        let codes: Vec<_> = plan.findings.iter().map(|finding| finding.code).collect();
        assert!(codes.contains(&"will-come-back"), "{:#?}", plan.findings);
    });
}

#[test]
fn a_suspension_closes_the_provider_and_keeps_the_accounts_and_the_same_lines_bring_them_back() {
    block_on(async {
        let mut estate = everybody().await;
        estate.edit(&workspace(SUSPENDED));
        estate.settle().await;
        for vendor in ["okta", "heap", "entra", "onelogin"] {
            assert!(!active(&estate, vendor).contains(&"jane@acme.example".to_owned()), "{vendor}");
        }
        let kept = estate.tenants["heap"].state()["users"].to_string();
        assert!(kept.contains("jane@acme.example"));
        estate.edit(&workspace(EVERYTHING));
        estate.settle().await;
        for vendor in ["okta", "heap", "entra", "onelogin"] {
            assert!(active(&estate, vendor).contains(&"jane@acme.example".to_owned()), "{vendor}");
        }
    });
}

#[test]
fn whoever_departed_comes_back_by_the_same_lines() {
    block_on(async {
        let mut estate = everybody().await;
        estate.edit(&workspace(DEPARTED));
        estate.settle().await;
        estate.edit(&workspace(EVERYTHING));
        estate.settle().await;
        for vendor in ["okta", "heap", "entra", "onelogin"] {
            assert!(active(&estate, vendor).contains(&"jane@acme.example".to_owned()), "{vendor}");
        }
    });
}

/// `crm`, whose accounts `okta` keeps, with Ada as its only admin.
fn behind(identity: &str, ada: &str) -> String {
    format!(
        "\
workspace:
  name: acme
  guards:
    min_admins: 1
    max_removals: {{ percent: 100, at_least: 100 }}
vendors:
  crm:
    connector: scim
    manage: authoritative
    url: emulator
    identity: {identity}
    roles: {{ admin: Admin }}
    provisioned_by: okta/crm-users
  okta:
    connector: okta
    manage: authoritative
    url: emulator
    resources:
      crm-users: {{ name: CRM users, kind: group }}
users:
  steward:
    name: Grantline
    email: svc-grantline@acme.example
    grants: {{ crm/org: member, okta/org: member }}
  ada: {{ name: Ada Day, email: ada@acme.example, grants: {{ crm/org: admin, {ada} }} }}
"
    )
}

/// Ada loses the group that her account comes from, and is still to administer the vendor behind it. Gives who is left there.
async fn ada_loses_the_group(identity: &str, word: &[Override]) -> (Vec<String>, Vec<String>) {
    let link: Link = ("crm", "okta", "CRM users");
    let mut estate = Estate::new(&behind(identity, "okta/crm-users: member"), &BTreeMap::new(), &[link]);
    estate.settle().await;
    estate.edit(&behind(identity, "okta/org: member"));
    let (plan, input) = estate.draft(&[]).await;
    assert_eq!(ids(&plan, "crm"), Vec::<&str>::new(), "{:#?}", plan.changes);
    let approved = judge(plan, &input.vendors, &input.desired, &estate.workspace.guards, word);
    let blocks = approved.plan().guards.iter().filter(|one| one.verdict == Verdict::Block);
    let blocks = blocks.map(|one| format!("{} {}", one.vendor, one.guard)).collect();
    estate.carry_out(approved).await;
    // What the provider has let go, it takes by the next time that anybody looks.
    estate.plan().await;
    (blocks, active(&estate, "crm"))
}

#[test]
fn invariant_5_a_provider_takes_no_last_admin_from_the_vendor_behind_it_unless_it_is_meant() {
    block_on(async {
        let word = Override { guard: "min-admins".to_owned(), because: "crm is wound up".to_owned() };
        let (blocks, left) = ada_loses_the_group("none", &[]).await;
        assert_eq!(blocks, ["crm min-admins"]);
        assert!(left.contains(&"ada@acme.example".to_owned()), "{left:?}");
        let (blocks, left) = ada_loses_the_group("none", &[word]).await;
        assert_eq!(blocks, Vec::<String>::new());
        assert!(!left.contains(&"ada@acme.example".to_owned()), "{left:?}");
    });
}

#[test]
fn no_lock_out_a_provider_takes_no_account_that_the_credential_behind_it_belongs_to() {
    block_on(async {
        let words = ["min-admins", "own-identity"]
            .map(|guard| Override { guard: guard.to_owned(), because: "it is meant".to_owned() });
        let (blocks, left) = ada_loses_the_group("ada@acme.example", &words).await;
        assert_eq!(blocks, ["crm own-identity"]);
        assert!(left.contains(&"ada@acme.example".to_owned()), "{left:?}");
    });
}
