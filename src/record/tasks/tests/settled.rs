use super::super::*;
use super::{at, change, duty, event, issued, site, task, ticked, vendor};
use crate::connector::Spec;
use crate::domain::{
    Account, AccountId, AccountState, Broken, Channel, Email, Invitation, InvitationState, Level, Reading,
    Recorded, ResourceName, ResourceReading, Snapshot, TaskId, Unreadable,
};
use crate::reconcile::fixture::World;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The project as a snapshot of this moment shows it: `address level` holds, `address? level` is offered.
fn reading(taken: i64, rows: &[&str]) -> Reading {
    let mut snapshot = Snapshot {
        read_at: at(taken),
        source: Arc::from("clarity"),
        accounts: BTreeMap::new(),
        broken: Vec::new(),
        resources: BTreeMap::new(),
        own: None,
        recorded: BTreeMap::new(),
        feeds: BTreeMap::new(),
        retired: BTreeMap::new(),
        similar: BTreeMap::new(),
        by_hand: BTreeMap::new(),
    };
    let (mut holders, mut offers) = (BTreeMap::new(), BTreeMap::new());
    for row in rows {
        let (address, level) = row.split_once(' ').unwrap();
        let level = Level::parse(level).unwrap();
        let email = Email::parse(address.trim_end_matches('?')).unwrap();
        // The id tells nothing, as at a vendor that has its own.
        let id = AccountId::parse(&format!("U-{}", snapshot.accounts.len())).unwrap();
        let account = Account {
            id: id.clone(),
            login: Arc::from(email.as_str()),
            emails: vec![email],
            mail: None,
            name: None,
            external_id: None,
            state: AccountState::Active,
            invited: None,
        };
        snapshot.accounts.insert(id.clone(), account);
        if address.ends_with('?') {
            offers.insert(id, Invitation { level, state: InvitationState::Pending, since: None });
        } else {
            holders.insert(id, level);
        }
    }
    snapshot.resources.insert(site(), ResourceReading::Read { id: None, holders, offers });
    let recorded = Recorded { taken: at(taken), by: Arc::from("Ana"), file: Arc::from("x.json") };
    snapshot.recorded.insert(site(), recorded);
    Reading::Complete(snapshot)
}

/// What a vendor declares whose accounts requests list.
fn by_requests() -> Spec {
    World::new().vendor.spec
}

fn reads(spec: &Spec, reading: &Reading) -> Reads {
    Reads::of([(&vendor(), spec, reading)])
}

/// What settling says of task 1, in a word, with the readings and with what is still planned.
fn settled(events: &[Event], planned: &[u8], reading: &Reading) -> Vec<&'static str> {
    settled_by(&by_requests(), events, planned, reading)
}

fn settled_by(spec: &Spec, events: &[Event], planned: &[u8], reading: &Reading) -> Vec<&'static str> {
    let reads = reads(spec, reading);
    let planned: BTreeSet<TaskId> = planned.iter().map(|number| task(*number)).collect();
    let new = settle(&fold(events), &planned, &reads, at(1_000), &Arc::from("Ana"));
    new.iter().map(|event| event.what.word()).collect()
}

#[test]
fn what_a_newer_reading_shows_is_done_ticked_off_or_not() {
    let asked = issued(10, 1, change("revoke", None));
    assert_eq!(settled(&[asked.clone(), ticked(20, 1)], &[], &reading(30, &[])), ["seen"]);
    let reads = reads(&by_requests(), &reading(30, &[]));
    let events = settle(&fold(&[asked]), &BTreeSet::new(), &reads, at(40), &Arc::from("Ana"));
    assert_eq!(events[0].what, What::Seen { taken: at(30), ticked: false });
}

#[test]
fn done_means_seen_by_a_reading_that_is_newer_than_the_task() {
    let asked = [issued(10, 1, change("revoke", None))];
    assert!(settled(&asked, &[], &reading(10, &[])).is_empty());
    let reads = reads(&by_requests(), &reading(10, &[])).made_last();
    assert_eq!(settle(&fold(&asked), &BTreeSet::new(), &reads, at(10), &Arc::from("Ana")).len(), 1);
}

#[test]
fn what_a_newer_reading_contradicts_is_opened_again() {
    let events = [issued(10, 1, change("revoke", None)), ticked(20, 1)];
    let live = ["pia@acme.example member"];
    assert_eq!(settled(&events, &[1], &reading(30, &live)), ["reopened"]);
    assert!(settled(&events, &[1], &reading(20, &live)).is_empty());
    assert!(settled(&events[..1], &[1], &reading(30, &live)).is_empty());
}

#[test]
fn invariant_7_what_the_vendor_does_not_have_at_all_contradicts_a_tick_too() {
    let Reading::Complete(mut snapshot) = reading(30, &[]) else { unreachable!() };
    snapshot.resources.insert(site(), ResourceReading::Missing);
    let missing = Reading::Complete(snapshot);
    for code in ["create-resource", "grant"] {
        let events = [issued(10, 1, change(code, None)), ticked(20, 1)];
        assert_eq!(settled(&events, &[1], &missing), ["reopened"], "{code}");
        assert!(settled(&events, &[], &missing).is_empty(), "who has access to it, it does not tell");
        let later = [events[0].clone(), ticked(30, 1)];
        assert!(settled(&later, &[1], &missing).is_empty());
    }
}

#[test]
fn who_has_access_again_is_seen_by_a_reading_that_is_newer() {
    let has = |rows: &[&str], resource: Option<&ResourceName>, since: i64| {
        let reading = reading(30, rows);
        let reads = reads(&by_requests(), &reading);
        reads.has_access((&vendor(), resource), "pia@acme.example", at(since))
    };
    let here = ["pia@acme.example member"];
    for resource in [None, Some(&site())] {
        assert_eq!(has(&here, resource, 20), Some(at(30)));
        assert_eq!(has(&here, resource, 30), None);
        assert_eq!(has(&["ana@acme.example member"], resource, 20), None);
    }
    assert_eq!(has(&["pia@acme.example? member"], Some(&site()), 20), None);
}

#[test]
fn what_no_plan_asks_for_and_no_reading_shows_is_withdrawn_and_never_done() {
    let check = |code, to, rows: &[&str], expect: &str| {
        let asked = [issued(10, 1, change(code, to))];
        assert_eq!(settled(&asked, &[], &reading(30, rows)), [expect], "{code} {rows:?}");
    };
    check("revoke", None, &["pia@acme.example member"], "withdrawn");
    check("grant", Some("admin"), &["pia@acme.example admin"], "seen");
    check("grant", Some("admin"), &["pia@acme.example member"], "withdrawn");
    check("invite", Some("member"), &["pia@acme.example? member"], "seen");
    check("invite", Some("member"), &["pia@acme.example admin"], "seen");
    check("invite", Some("member"), &["ana@acme.example? member"], "withdrawn");
    check("cancel-invitation", None, &["pia@acme.example? member"], "withdrawn");
    check("cancel-invitation", None, &["ana@acme.example? member"], "seen");
    check("cancel-invitation", None, &["pia@acme.example member"], "withdrawn");
    check("resend-invitation", None, &["pia@acme.example? member"], "seen");
    // Ticked off, and judged by what was read before: too early to say.
    let events = [issued(10, 1, change("grant", Some("admin"))), ticked(40, 1)];
    assert!(settled(&events, &[], &reading(30, &[])).is_empty());
}

#[test]
fn of_an_account_whose_record_is_broken_nothing_is_seen() {
    let mut hidden = reading(30, &["ana@acme.example member"]);
    let Reading::Complete(snapshot) = &mut hidden else { panic!() };
    snapshot.broken.push(Broken {
        id: None,
        login: None,
        emails: vec![Email::parse("pia@acme.example").unwrap()],
        external_id: None,
        reason: "A user has no id.".to_owned(),
    });
    let whole = [issued(10, 1, Issued { resource: None, ..change("remove-account", None) })];
    let access = [issued(10, 1, change("revoke", None))];
    for asked in [&whole, &access] {
        assert_eq!(settled(asked, &[], &reading(30, &["ana@acme.example member"])), ["seen"]);
        assert!(settled(asked, &[], &hidden).is_empty());
    }
}

#[test]
fn what_is_about_a_whole_account_is_judged_by_the_accounts() {
    let asked = |code| [issued(10, 1, Issued { resource: None, ..change(code, None) })];
    let here = reading(30, &["pia@acme.example member"]);
    let gone = reading(30, &["ana@acme.example member"]);
    let check = |code, reading: &Reading, expect: &str| {
        assert_eq!(settled(&asked(code), &[], reading), [expect], "{code}");
    };
    check("remove-account", &here, "withdrawn");
    check("remove-account", &gone, "seen");
    check("invite", &here, "seen");
    check("invite", &gone, "withdrawn");
    check("cancel-invitation", &here, "withdrawn");
    check("cancel-invitation", &reading(30, &["pia@acme.example? member"]), "withdrawn");
    check("cancel-invitation", &gone, "seen");
    check("suspend", &here, "withdrawn");
    check("restore", &here, "seen");
}

#[test]
fn unread_is_not_absent() {
    let events = [issued(10, 1, change("revoke", None)), ticked(20, 1)];
    let reason = || "signed out".to_owned();
    let nothing = Reading::Unreadable(Unreadable { reason: reason(), hint: None, at: at(30) });
    assert!(settled(&events, &[], &nothing).is_empty());
    let Reading::Complete(mut snapshot) = reading(30, &[]) else { unreachable!() };
    snapshot.resources.insert(site(), ResourceReading::Unread { reason: Arc::from(reason()), open: false });
    assert!(settled(&events, &[], &Reading::Complete(snapshot)).is_empty());
}

/// What the reading tells of a resource, recorded at that time.
fn beside(reading: Reading, name: &str, taken: i64, of: Option<&[&str]>) -> Reading {
    let Reading::Complete(mut snapshot) = reading else { unreachable!() };
    let name = ResourceName::parse(name).unwrap();
    let told = match of {
        Some(rows) => {
            let Reading::Complete(mut other) = self::reading(taken, rows) else { unreachable!() };
            other.resources.remove(&site()).unwrap()
        }
        None => ResourceReading::Unread { reason: Arc::from("It is old."), open: false },
    };
    let recorded = Recorded { taken: at(taken), by: Arc::from("Ana"), file: Arc::from("y.json") };
    snapshot.resources.insert(name.clone(), told);
    snapshot.recorded.insert(name, recorded);
    Reading::Complete(snapshot)
}

#[test]
fn invariant_2_who_is_on_no_table_may_have_an_account_until_the_organisations_list_is_read() {
    let pages = Spec { accounts: &[Channel::Browser], ..by_requests() };
    let asked = |code| [issued(10, 1, Issued { resource: None, ..change(code, None) }), ticked(20, 1)];
    let all_but_pia = &["ana@acme.example member"];
    let site = || reading(30, all_but_pia);
    for code in ["remove-account", "cancel-invitation", "suspend", "invite"] {
        assert!(
            settled_by(&pages, &asked(code), &[], &site()).is_empty(),
            "{code}: nobody recorded the list"
        );
        let old = beside(site(), "org", 40, None);
        assert!(settled_by(&pages, &asked(code), &[], &old).is_empty(), "{code}: it is too old");
    }
    let list = |taken| beside(site(), "org", taken, Some(all_but_pia));
    assert_eq!(settled_by(&pages, &asked("remove-account"), &[], &list(40)), ["seen"]);
    assert!(
        settled_by(&pages, &asked("remove-account"), &[], &list(10)).is_empty(),
        "before it was asked for"
    );
    assert_eq!(settled_by(&pages, &asked("invite"), &[1], &list(40)), ["reopened"]);
    // A table from before the tick still has her, and contradicts nothing that was done after it.
    let both = &["ana@acme.example member", "pia@acme.example member"];
    let listed = |taken| beside(reading(taken, both), "org", 40, Some(all_but_pia));
    assert!(settled_by(&pages, &asked("remove-account"), &[1], &listed(15)).is_empty());
    assert_eq!(settled_by(&pages, &asked("remove-account"), &[1], &listed(30)), ["reopened"]);
}

#[test]
fn where_there_is_no_organisation_whoever_is_on_no_resource_is_gone() {
    let projects = World::projects().vendor.spec;
    let asked = [issued(10, 1, Issued { resource: None, ..change("remove-account", None) })];
    assert_eq!(settled_by(&projects, &asked, &[], &reading(30, &[])), ["seen"]);
    assert!(settled_by(&projects, &asked, &[], &beside(reading(30, &[]), "shop", 30, None)).is_empty());
}

#[test]
fn invariant_2_a_reading_of_another_resource_by_the_same_name_tells_nothing() {
    let named = |taken, id: &str, rows: &[&str]| {
        let Reading::Complete(mut snapshot) = reading(taken, rows) else { unreachable!() };
        let Some(ResourceReading::Read { id: now, .. }) = snapshot.resources.get_mut(&site()) else {
            panic!()
        };
        *now = Some(Arc::from(id));
        Reading::Complete(snapshot)
    };
    let asked = issued(10, 1, change("revoke", None));
    let by = |tick: Option<i64>| {
        let tick = tick.map(|second| ticked(second, 1));
        [Some(asked.clone()), tick].into_iter().flatten().collect::<Vec<_>>()
    };
    let other = named(30, "zz99zz", &[]);
    assert!(settled(&by(None), &[], &other).is_empty(), "it stays open");
    assert_eq!(settled(&by(Some(20)), &[], &other), ["reopened"]);
    assert_eq!(settled(&by(Some(40)), &[], &other), ["withdrawn"], "somebody has seen to it since");
    let mut twice = by(Some(20));
    twice.push(event(31, 1, What::Reopened { taken: at(30) }));
    twice.push(ticked(40, 1));
    let newer = named(50, "zz99zz", &[]);
    assert_eq!(
        settled(&twice, &[], &newer),
        ["withdrawn"],
        "every reading by requests is newer than any tick"
    );
    assert!(
        settled(&by(Some(40)), &[], &named(5, "zz99zz", &[])).is_empty(),
        "recorded before it was asked for"
    );
    let reads = reads(&by_requests(), &other);
    assert_eq!(reads.another(&change("revoke", None)), Some("zz99zz"));
    let unknown = Issued { resource_id: None, ..change("revoke", None) };
    assert_eq!(
        settled(&[issued(10, 1, unknown)], &[], &other),
        ["seen"],
        "lines of earlier versions have no id"
    );
    assert_eq!(settled(&by(None), &[], &named(30, "K3J9X2", &[])), ["seen"]);
}

#[test]
fn an_obligation_stays_until_somebody_meets_it_whatever_is_read() {
    let asked = issued(10, 1, duty());
    assert!(settled(std::slice::from_ref(&asked), &[], &reading(30, &[])).is_empty());
    let met = event(20, 1, What::Acknowledged { note: None });
    assert_eq!(settled(&[asked.clone(), met.clone()], &[], &reading(30, &[])), ["seen"]);
    assert!(settled(&[asked, met], &[1], &reading(30, &[])).is_empty());
}
