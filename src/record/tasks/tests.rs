use super::file::parse;
use super::*;
use crate::domain::{
    Account, AccountId, AccountState, Broken, Due, Email, Invitation, InvitationState, Level, Reading,
    Recorded, ResourceName, ResourceReading, Snapshot, TaskId, TaskKind, TaskState, Unreadable, VendorName,
};
use jiff::Timestamp;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

const HEADER: &str = "{\"format\":\"grantline.tasks/1\"}\n";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn task(number: u8) -> TaskId {
    TaskId::new(&vendor(), &[number, 0, 0, 0])
}

fn vendor() -> VendorName {
    VendorName::parse("clarity").unwrap()
}

fn site() -> ResourceName {
    ResourceName::parse("site").unwrap()
}

fn event(second: i64, number: u8, what: What) -> Event {
    Event { at: at(second), task: task(number), what, by: Arc::from("Ana") }
}

fn change(code: &str, to: Option<&str>) -> Issued {
    Issued {
        kind: TaskKind::Change,
        vendor: vendor(),
        resource: Some(site()),
        code: Arc::from(code),
        account: Some(Arc::from("pia@acme.example")),
        to: to.map(Arc::from),
        title: "Remove Pia".to_owned(),
        due: None,
        detail: None,
        overrides: vec!["max-removals".to_owned()],
        plan: "sha256:ab".to_owned(),
        commit: Some("9f3c".to_owned()),
    }
}

fn duty() -> Issued {
    Issued {
        kind: TaskKind::Obligation,
        resource: None,
        due: Some(Due::After),
        detail: Some("Rotate them.".to_owned()),
        ..change("rotate-tokens", None)
    }
}

fn issued(second: i64, number: u8, what: Issued) -> Event {
    event(second, number, What::Issued(Box::new(what)))
}

fn ticked(second: i64, number: u8) -> Event {
    event(second, number, What::Done { note: None })
}

fn state(events: &[Event]) -> TaskState {
    fold(events)[&task(1)].state
}

#[test]
fn a_task_goes_from_open_to_sent_and_only_a_reading_makes_it_done() {
    let asked = issued(10, 1, change("revoke", None));
    assert_eq!(state(std::slice::from_ref(&asked)), TaskState::Open);
    assert_eq!(state(&[asked.clone(), ticked(20, 1)]), TaskState::Sent);
    let seen = event(30, 1, What::Seen { taken: at(25), ticked: true });
    assert_eq!(state(&[asked.clone(), ticked(20, 1), seen.clone()]), TaskState::Done);
    let reopened = event(30, 1, What::Reopened { taken: at(25) });
    assert_eq!(state(&[asked.clone(), ticked(20, 1), reopened.clone()]), TaskState::Reopened);
    assert_eq!(state(&[asked.clone(), ticked(20, 1), reopened, ticked(40, 1)]), TaskState::Sent);
    assert_eq!(state(&[asked, seen, ticked(40, 1)]), TaskState::Done);
}

#[test]
fn a_tick_made_after_the_reading_is_not_contradicted_by_it() {
    // Ana's clone reopens by a reading of 25; Bob had ticked it off at 27 in his.
    let events = [
        issued(10, 1, change("revoke", None)),
        ticked(20, 1),
        ticked(27, 1),
        event(30, 1, What::Reopened { taken: at(25) }),
    ];
    assert_eq!(state(&events), TaskState::Sent);
}

#[test]
fn asking_again_for_what_is_closed_begins_anew_and_for_what_is_open_changes_nothing() {
    let asked = issued(10, 1, change("revoke", None));
    let seen = event(30, 1, What::Seen { taken: at(25), ticked: true });
    let again = issued(40, 1, change("revoke", None));
    let entry = fold(&[asked.clone(), ticked(20, 1), seen, again.clone()])[&task(1)].clone();
    assert_eq!((entry.state, entry.tick, entry.closed), (TaskState::Open, None, false));
    assert_eq!(entry.issued.unwrap().0, at(40));
    assert_eq!(state(&[asked, ticked(20, 1), again]), TaskState::Sent);
}

#[test]
fn an_obligation_is_met_when_somebody_says_so_and_can_be_due_again_later() {
    let mut events =
        vec![issued(10, 1, duty()), event(20, 1, What::Acknowledged { note: Some("all three".to_owned()) })];
    let entry = fold(&events)[&task(1)].clone();
    assert_eq!(entry.state, TaskState::Acknowledged);
    assert_eq!(entry.tick.unwrap().note.as_deref(), Some("all three"));
    events.push(issued(30, 1, duty()));
    assert_eq!(state(&events), TaskState::Acknowledged);
    events.push(event(40, 1, What::Seen { taken: at(35), ticked: true }));
    assert_eq!(state(&events), TaskState::Acknowledged);
    events.push(issued(50, 1, duty()));
    assert_eq!(state(&events), TaskState::Open);
}

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

/// What settling says of task 1, in a word, with the readings and with what is still planned.
fn settled(events: &[Event], planned: &[u8], reading: &Reading) -> Vec<&'static str> {
    let reads = Reads::of([(&vendor(), reading)]);
    let planned: BTreeSet<TaskId> = planned.iter().map(|number| task(*number)).collect();
    let new = settle(&fold(events), &planned, &reads, at(1_000), &Arc::from("Ana"));
    new.iter().map(|event| event.what.word()).collect()
}

#[test]
fn what_a_newer_reading_shows_is_done_ticked_off_or_not() {
    let asked = issued(10, 1, change("revoke", None));
    assert_eq!(settled(&[asked.clone(), ticked(20, 1)], &[], &reading(30, &[])), ["seen"]);
    let reads = Reads::of([(&vendor(), &reading(30, &[]))]);
    let events = settle(&fold(&[asked]), &BTreeSet::new(), &reads, at(40), &Arc::from("Ana"));
    assert_eq!(events[0].what, What::Seen { taken: at(30), ticked: false });
}

#[test]
fn done_means_seen_by_a_reading_that_is_newer_than_the_task() {
    let asked = [issued(10, 1, change("revoke", None))];
    assert!(settled(&asked, &[], &reading(10, &[])).is_empty());
    let reads = Reads::of([(&vendor(), &reading(10, &[]))]).made_last();
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
        let reads = Reads::of([(&vendor(), &reading)]);
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

#[test]
fn an_obligation_stays_until_somebody_meets_it_whatever_is_read() {
    let asked = issued(10, 1, duty());
    assert!(settled(std::slice::from_ref(&asked), &[], &reading(30, &[])).is_empty());
    let met = event(20, 1, What::Acknowledged { note: None });
    assert_eq!(settled(&[asked.clone(), met.clone()], &[], &reading(30, &[])), ["seen"]);
    assert!(settled(&[asked, met], &[1], &reading(30, &[])).is_empty());
}

#[test]
fn the_file_is_made_with_its_header_and_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(folder.path()).unwrap();
    ledger.append(Vec::new()).unwrap();
    assert!(!folder.path().join(FILE).exists(), "nothing to say makes no file");
    let events = vec![issued(10, 1, duty()), ticked(20, 1)];
    ledger.append(events.clone()).unwrap();
    let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
    assert!(text.starts_with(HEADER) && text.lines().count() == 3, "{text}");
    assert_eq!(Ledger::open(folder.path()).unwrap().entries(), fold(&events));
}

#[test]
fn a_torn_line_makes_room_for_the_next_and_a_broken_one_is_said_with_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    Ledger::open(folder.path()).unwrap().append(vec![issued(10, 1, duty())]).unwrap();
    let whole = fs::read_to_string(&path).unwrap();
    for torn in [format!("{whole}{{\"at\":\"2026"), whole.trim_end().to_owned()] {
        fs::write(&path, torn).unwrap();
        Ledger::open(folder.path()).unwrap().append(vec![ticked(20, 1)]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{whole}{}", ticked(20, 1).line()));
    }
    for (text, line) in [
        (format!("{whole}{{}}\n"), 3),
        (whole.replace("issued", "ordered"), 2),
        (whole.replace("\"task\":\"clarity-01000000\"", "\"task\":\"clarity\""), 2),
        (whole.replace("\"by\"", "\"colour\":1,\"by\""), 2),
        (whole.replace("tasks/1", "tasks/2"), 1),
    ] {
        fs::write(&path, text).unwrap();
        let error = Ledger::open(folder.path()).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{FILE}:{line}: ")), "{error}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_workspace_is_not_followed() {
    let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    fs::create_dir(folder.path().join("access")).unwrap();
    std::os::unix::fs::symlink(outside.path(), folder.path().join("access/records")).unwrap();
    let refused = Ledger::open(folder.path()).unwrap().append(vec![ticked(20, 1)]);
    assert!(matches!(refused, Err(LedgerError::Outside)), "{refused:?}");
    assert!(!outside.path().join("tasks.jsonl").exists());
}

fn any_event() -> impl Strategy<Value = Event> {
    let what = prop_oneof![
        Just(What::Issued(Box::new(change("revoke", None)))),
        Just(What::Issued(Box::new(duty()))),
        "[a-z é\"\\\\]{0,8}".prop_map(|note| What::Done { note: Some(note) }),
        (0..9_i64).prop_map(|second| What::Seen { taken: at(second), ticked: true }),
        (0..9_i64).prop_map(|second| What::Reopened { taken: at(second) }),
        (0..9_i64).prop_map(|second| What::Withdrawn { taken: at(second) }),
        Just(What::Acknowledged { note: None }),
    ];
    (0..9_i64, 0..4_u8, what).prop_map(|(second, number, what)| event(second, number, what))
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(any_event(), 0..12)
}

fn text_of(events: &[Event]) -> String {
    HEADER.to_owned() + events.iter().map(Event::line).collect::<String>().as_str()
}

proptest! {
    // Failing inputs are printed; a file of them at the top level would be nobody's.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_line_is_read_back(events in events()) {
        prop_assert_eq!(parse(text_of(&events).as_bytes()).unwrap().events, events);
    }

    #[test]
    fn the_order_of_lines_does_not_matter(events in events().prop_flat_map(|events| {
        (Just(events.clone()), Just(events).prop_shuffle())
    })) {
        prop_assert_eq!(fold(&events.0), fold(&events.1));
    }

    #[test]
    fn a_line_that_stands_there_twice_changes_nothing(events in events(), again in prop::collection::vec(any::<prop::sample::Index>(), 0..5)) {
        let mut twice = events.clone();
        if !events.is_empty() {
            twice.extend(again.iter().map(|index| index.get(&events).clone()));
        }
        prop_assert_eq!(fold(&twice), fold(&events));
    }

    #[test]
    fn a_file_cut_anywhere_loses_at_most_its_last_event(events in events(), cut in any::<prop::sample::Index>()) {
        let text = text_of(&events);
        let cut = &text.as_bytes()[..cut.index(text.len() + 1)];
        let whole_lines = cut.iter().filter(|byte| **byte == b'\n').count();
        let kept = parse(cut).unwrap().events;
        prop_assert!(kept.len() + 1 >= whole_lines);
        prop_assert_eq!(&kept[..], &events[..kept.len()]);
    }
}
