//! Who is suspended at the provider, and how far who departed is gone.

use super::super::fixture::company::{Company, vendor};
use super::super::fixture::{World, resource};
use crate::domain::*;
use jiff::Timestamp;
use std::sync::Arc;

fn suspended() -> Company {
    let company = Company::okta_and_heap().staff(|staff| staff.person("dana").suspended("dana"));
    let company = company.at("okta", |okta| okta.live("dana").holds("dana analysts member"));
    company.at("heap", |heap| heap.live("dana").holds("dana admins member"))
}

#[test]
fn who_is_suspended_is_so_at_the_provider_first() {
    assert_eq!(suspended().lines(), ["okta-0001 suspend dana", "heap-0001 suspend dana after okta-0001"]);
}

#[test]
fn where_nobody_can_be_suspended_the_account_is_kept_while_sign_in_is_closed() {
    let company = suspended().spec("heap", |spec| spec.suspends = false);
    assert_eq!(company.lines(), ["okta-0001 suspend dana"]);
    let told = company.told("kept-while-suspended").remove(0);
    assert!(told.contains("that of dana stays as it is, and their sign-in is closed at okta"), "{told}");
    assert_eq!(company.told("cannot-suspend"), Vec::<String>::new());
    let done = company
        .clone()
        .at("okta", |okta| okta.account("dana", |account| account.state = AccountState::Suspended));
    assert_eq!(done.lines(), Vec::<String>::new());
    // Their account there was read, whatever of the group was not.
    let group_unread = done.clone().at("okta", |mut okta| {
        let reading = ResourceReading::Unread { reason: "A rule decides.".into(), open: false };
        okta.snapshot().resources.insert(resource("analysts"), reading);
        okta
    });
    assert_eq!(group_unread.lines(), Vec::<String>::new());
    assert_eq!(group_unread.told("kept-while-suspended").len(), 1);
    for still_open in [
        company.clone().spec("okta", |spec| spec.suspends = false),
        company.clone().at("okta", |okta| okta.mode(Manage::Observe)),
        company.clone().unreadable("okta"),
        company.at("okta", |mut okta| {
            okta.snapshot().accounts.clear();
            okta
        }),
    ] {
        let lines = still_open.lines();
        assert!(
            lines.iter().any(|line| line.starts_with("heap") && line.contains("remove-account dana")),
            "{lines:?}"
        );
        assert_eq!(still_open.told("kept-while-suspended"), Vec::<String>::new());
    }
}

#[test]
fn a_vendor_of_projects_keeps_what_the_suspended_hold_there() {
    let projects = World::projects().listed("dana site member");
    let mut company = suspended();
    let heap = company.vendors.get_mut("heap").unwrap();
    (heap.vendor.spec, heap.vendor.reading) = (projects.vendor.spec, projects.vendor.reading);
    heap.vendor.settings.resources = projects.vendor.settings.resources;
    assert_eq!(company.lines(), ["okta-0001 suspend dana"]);
    assert_eq!(company.told("kept-while-suspended").len(), 1);
}

#[test]
fn who_comes_back_is_restored_at_the_provider_first() {
    let mut company = suspended();
    company.staff = World::new().person("dana");
    let back = |world: World| world.account("dana", |account| account.state = AccountState::Suspended);
    let company = company.at("okta", |okta| back(okta).wants("dana analysts member"));
    let company = company.at("heap", |heap| back(heap).wants("dana admins member"));
    assert_eq!(company.lines(), ["okta-0001 restore dana", "heap-0001 restore dana after okta-0001"]);
}

fn departed() -> Company {
    let company = Company::new(&["a", "b", "c"]);
    company.staff(|staff| staff.person("jane").departed("jane").person("bob"))
}

fn read_at(world: &mut World, at: &str) -> Timestamp {
    let at = at.parse().unwrap();
    world.snapshot().read_at = at;
    at
}

#[test]
fn who_is_nowhere_is_gone_since_the_oldest_reading() {
    let mut company = departed();
    let mut oldest = None;
    for (name, at) in
        [("a", "2026-11-21T10:03:00Z"), ("b", "2026-11-21T10:02:00Z"), ("c", "2026-11-22T09:00:00Z")]
    {
        let at = read_at(company.vendors.get_mut(name).unwrap(), at);
        oldest = Some(oldest.map_or(at, |before: Timestamp| before.min(at)));
    }
    let jane = company.departure("jane");
    assert_eq!((jane.gone, jane.of, jane.proven), (3, 3, oldest));
    assert!(jane.left.is_empty() && jane.unread.is_empty());
    assert_eq!(company.plan().departures.len(), 1);
}

#[test]
fn what_is_recorded_proves_no_more_than_when_it_was_taken() {
    let mut company = departed();
    let taken: Timestamp = "2026-11-19T08:00:00Z".parse().unwrap();
    for world in company.vendors.values_mut() {
        read_at(world, "2026-11-21T10:02:00Z");
    }
    let recorded = Recorded { taken, by: Arc::from("ann"), file: Arc::from("x.csv") };
    let snapshot = company.vendors.get_mut("b").unwrap().snapshot();
    snapshot.recorded.insert(ResourceName::org(), recorded);
    assert_eq!(company.departure("jane").proven, Some(taken));
}

#[test]
fn invariant_2_what_was_recorded_before_the_day_of_the_departure_proves_nothing_of_it() {
    let on = |company: &Company, name: &str, at: &str| {
        let recorded =
            Recorded { taken: at.parse().unwrap(), by: Arc::from("ann"), file: Arc::from("x.csv") };
        let mut company = company.clone();
        company.vendors.get_mut("b").unwrap().snapshot().recorded.insert(resource(name), recorded);
        company.departure("jane")
    };
    let mut projects = departed();
    let world = World::projects();
    let b = projects.vendors.get_mut("b").unwrap();
    (b.vendor.spec, b.vendor.reading) = (world.vendor.spec, world.vendor.reading);
    b.vendor.settings.resources = world.vendor.settings.resources;
    let pages = departed().spec("b", |spec| spec.accounts = &[Channel::Browser]);
    let pages = pages.at("b", |mut b| {
        b.snapshot().resources.remove("site");
        b
    });
    for (company, name) in [(&projects, "site"), (&pages, "org")] {
        let before = on(company, name, "2026-11-19T23:59:59Z");
        assert_eq!((before.gone, before.unread), (2, vec![vendor("b")]), "{name}");
        let since = on(company, name, "2026-11-20T00:00:00Z");
        assert_eq!((since.gone, since.unread), (3, Vec::new()), "{name}");
    }
    // The absence rests on the accounts that requests list, or the organisation's own list has.
    assert_eq!(on(&departed(), "org", "2026-11-01T00:00:00Z").gone, 3);
    assert_eq!(on(&pages, "analysts", "2026-11-01T00:00:00Z").gone, 3);
    let kept = departed().spec("b", |spec| spec.suspends = false).at("b", |mut b| {
        b.vendor.settings.offboarding = Offboarding::Revoke;
        b.snapshot().resources.remove("site");
        b.live("jane")
    });
    assert_eq!(on(&kept, "analysts", "2026-11-01T00:00:00Z").unread, [vendor("b")]);
    assert_eq!(on(&kept, "analysts", "2026-11-21T00:00:00Z").gone, 3);
}

#[test]
fn who_can_still_get_in_or_may_is_not_gone() {
    let state = |state| {
        let company = departed().at("b", |b| b.live("jane").account("jane", |account| account.state = state));
        company.departure("jane").gone
    };
    assert_eq!(state(AccountState::Active), 2);
    assert_eq!(state(AccountState::Invited(InvitationState::Pending)), 2);
    assert_eq!(state(AccountState::Invited(InvitationState::Expired)), 3);
    assert_eq!(state(AccountState::Suspended), 2);
    let kept = departed().at("b", |mut b| {
        b.vendor.settings.offboarding = Offboarding::Revoke;
        b.live("jane").account("jane", |account| account.state = AccountState::Suspended)
    });
    assert_eq!(kept.departure("jane").gone, 3);
    let left = departed().at("c", |c| c.live("jane")).unreadable("a").departure("jane");
    assert_eq!((left.gone, left.of), (1, 3));
    assert_eq!((left.left, left.unread), (vec![vendor("c")], vec![vendor("a")]));
    let broken = departed().at("b", |b| b.broken("U-9", "jane@acme.example")).departure("jane");
    assert_eq!((broken.gone, broken.left), (2, vec![vendor("b")]));
    let doubtful = departed().at("b", |b| {
        let contact = Email::parse("jane@acme.example").unwrap();
        b.live("robot").account("robot", |robot| robot.emails.push(contact))
    });
    assert_eq!(doubtful.departure("jane").left, [vendor("b")]);
}

#[test]
fn an_account_that_is_kept_is_gone_once_it_may_do_nothing() {
    let kept = departed().spec("b", |spec| spec.suspends = false).at("b", |mut b| {
        b.vendor.settings.offboarding = Offboarding::Revoke;
        b.snapshot().resources.remove("site");
        b.live("jane")
    });
    assert_eq!(kept.departure("jane").gone, 3);
    assert_eq!(kept.at("b", |b| b.holds("jane admins member")).departure("jane").gone, 2);
}

#[test]
fn where_not_everything_was_read_nobody_is_proven_gone() {
    let projects = World::projects();
    let mut company = departed();
    let b = company.vendors.get_mut("b").unwrap();
    (b.vendor.spec, b.vendor.reading) = (projects.vendor.spec, projects.vendor.reading);
    b.vendor.settings.resources = projects.vendor.settings.resources;
    assert_eq!(company.departure("jane").gone, 3);
    let unread = ResourceReading::Unread { reason: Arc::from("nobody recorded it"), open: true };
    company.vendors.get_mut("b").unwrap().snapshot().resources.insert(resource("shop"), unread);
    assert_eq!(company.departure("jane").unread, [vendor("b")]);
}

#[test]
fn vendors_that_the_plan_is_not_about_are_named() {
    let jane = departed().without("a").departure("jane");
    assert_eq!((jane.gone, jane.of, jane.vendors(), jane.is_complete()), (2, 2, 3, false));
    assert_eq!(jane.unasked, [vendor("a")]);
    assert!(departed().departure("jane").is_complete());
}
