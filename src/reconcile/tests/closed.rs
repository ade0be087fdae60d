//! Who is suspended at the provider, and granted access behind it.

use super::super::fixture::company::Company;
use super::super::fixture::{World, resource};
use crate::domain::*;

fn suspended(world: World) -> World {
    world.account("mallory", |mallory| mallory.state = AccountState::Suspended)
}

/// Security suspended mallory at okta, which the workspace only watches, and provisioning closed her account at heap.
fn mallory() -> Company {
    let company = Company::okta_and_heap().staff(|staff| staff.person("mallory"));
    let company = company.at("okta", |okta| {
        suspended(okta.live("mallory").holds("mallory analysts member")).mode(Manage::Observe)
    });
    company
        .at("heap", |heap| suspended(heap.live("mallory").wants("mallory org member\n mallory admins admin")))
}

#[test]
fn what_the_provider_holds_closed_is_not_opened_behind_it() {
    assert_eq!(mallory().lines(), Vec::<String>::new());
    assert_eq!(
        mallory().told("closed-at-provider"),
        [
            "heap mallory the account of mallory at heap stays suspended, although access there is granted: mallory is \
             suspended at okta, which would close it again | restore them at okta if they are to come back; else say \
             `suspended:` in their entry, or drop what is granted at heap"
        ]
    );
    let watched = mallory().at("heap", |heap| heap.mode(Manage::Observe));
    assert_eq!(watched.told("closed-at-provider").len(), 1);
    assert!(watched.told("difference").iter().all(|line| line.starts_with("okta ")));
}

#[test]
fn nobody_is_asked_to_open_by_hand_what_the_provider_holds_closed() {
    let by_hand = |company: Company| {
        company.at("heap", |mut heap| {
            let id = AccountId::parse("mallory").unwrap();
            heap.snapshot().by_hand.insert(id, "restore them in the directory".into());
            heap
        })
    };
    let told = |company: Company| company.told("restored-by-hand").len();
    assert_eq!(told(by_hand(mallory())), 0);
    let opened = mallory().at("okta", |okta| okta.account("mallory", |one| one.state = AccountState::Active));
    assert_eq!(told(by_hand(opened)), 1);
}

#[test]
fn what_the_provider_opens_or_has_open_is_opened_behind_it() {
    let open = |change: fn(World) -> World| {
        let company = mallory().at("okta", change);
        assert_eq!(company.told("closed-at-provider"), Vec::<String>::new());
        company.lines().into_iter().filter(|line| line.contains("restore")).collect::<Vec<_>>()
    };
    let restores = |okta: World| okta.mode(Manage::Authoritative).wants("mallory analysts member");
    assert_eq!(open(restores), ["okta-0001 restore mallory", "heap-0001 restore mallory after okta-0001"]);
    let active = |okta: World| okta.account("mallory", |mallory| mallory.state = AccountState::Active);
    assert_eq!(open(active), ["heap-0001 restore mallory"]);
    let second = |okta: World| {
        let okta = okta.live_as("00u2", "m2@acme.example");
        okta.account("00u2", |second| second.emails.push(Email::parse("mallory@acme.example").unwrap()))
    };
    assert_eq!(open(second), ["heap-0001 restore mallory"]);
    let nobody = |mut okta: World| {
        okta.snapshot().accounts.clear();
        okta
    };
    assert_eq!(open(nobody), ["heap-0001 restore mallory"]);
    // The account here never came from there, or does no more: nothing closes it again.
    let elsewhere = |mut okta: World| {
        let group = okta.snapshot().resources.get_mut(&resource("analysts"));
        if let Some(ResourceReading::Read { holders, .. }) = group {
            holders.clear();
        }
        okta
    };
    assert_eq!(open(elsewhere), ["heap-0001 restore mallory"]);
    assert_eq!(mallory().unreadable("okta").lines()[0], "heap-0001 restore mallory");
}

#[test]
fn who_is_suspended_at_the_provider_is_not_invited_behind_it() {
    let company = mallory().at("heap", |mut heap| {
        heap.snapshot().accounts.clear();
        heap
    });
    assert_eq!(company.lines(), Vec::<String>::new());
    let told = company.told("closed-at-provider");
    assert!(
        told.len() == 1 && told[0].starts_with("heap mallory mallory gets no account at heap,"),
        "{told:?}"
    );
    assert_eq!(company.told("not-provisioned"), Vec::<String>::new());
}

#[test]
fn what_is_taken_behind_the_provider_is_taken_all_the_same() {
    let loses = mallory().at("heap", |heap| heap.holds("mallory analysts member"));
    assert_eq!(loses.lines(), ["heap-0001 revoke mallory analysts member->"]);
    let active =
        mallory().at("heap", |heap| heap.account("mallory", |mallory| mallory.state = AccountState::Active));
    assert_eq!(active.lines(), ["heap-0001 grant mallory admins ->admin"]);
}
