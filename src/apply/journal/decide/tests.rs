use super::super::fixture::{at, every_action};
use super::*;
use crate::apply::fakes::{FakeVendor, change, grant, id, invite, on, revoke, snapshot};
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{AccountId, AccountState, InvitationState, Level, Recorded, ResourceName, Target};
use std::sync::Arc;

const SETTLE: Duration = Duration::from_secs(60);

fn resend() -> Action {
    Action::ResendInvitation { on: None }
}

fn transfer() -> Action {
    Action::TransferOwnership { on: on("main"), from: AccountId::parse("bob").unwrap() }
}

/// Jane and Bob have accounts, Carol's invitation is pending, nobody can see who holds `dark`.
fn reading() -> Snapshot {
    let vendor = FakeVendor::new(&["jane", "bob", "carol"], &["main", "dark"]).holding("main", "jane", "x");
    vendor.with(|state| {
        let carol = state.accounts.get_mut(&id("carol")).unwrap();
        carol.state = AccountState::Invited(InvitationState::Pending);
        let dark = ResourceReading::Unread { reason: Arc::from("Nothing carries it."), open: true };
        state.resources.insert(ResourceName::parse("dark").unwrap(), dark);
        snapshot(state)
    })
}

type Answer = Option<Result<Receipt, ConnectorError>>;

fn started(change: Change) -> Started {
    Started { change, at: at(0), answer: None, answered: None, outcome: None, found: None }
}

fn verdict(change: Change, answer: &Answer, passed: u64) -> String {
    let open = Started { answer: answer.clone(), ..started(change) };
    match decide(&open, Duration::from_secs(passed), SETTLE, &reading()) {
        Verdict::Found(found) => found.word().to_owned(),
        Verdict::Wait(rest) => format!("wait {}", rest.as_secs()),
    }
}

fn error(made: fn(String) -> ConnectorError) -> Answer {
    Some(Err(made("It says no.".to_owned())))
}

#[test]
fn every_kind_and_every_answer_has_its_verdict() {
    let silent = None;
    let accepted: Answer = Some(Ok(Receipt::default()));
    let lost = error(|message| ConnectorError::Unknown { message });
    let declined = error(|message| ConnectorError::Refused { message });
    let table: &[(&str, Action, [&str; 4])] = &[
        // What happened, by whom and to what; before any answer, accepted, an answer lost, declined.
        ("jane", grant("main", "x"), ["done", "done", "done", "done"]),
        ("jane", grant("main", "y"), ["wait 50", "wait 50", "wait 50", "not-done"]),
        ("jane", revoke("main", "x"), ["wait 50", "wait 50", "wait 50", "not-done"]),
        ("bob", revoke("main", "x"), ["done", "done", "done", "done"]),
        ("jane", grant("dark", "x"), ["not-done", "not-done", "not-done", "not-done"]),
        ("jane", Action::RemoveAccount, ["wait 50", "wait 50", "wait 50", "not-done"]),
        ("dave", Action::RemoveAccount, ["done", "done", "done", "done"]),
        ("carol", invite("carol"), ["done", "done", "done", "done"]),
        ("dave", invite("dave"), ["wait 50", "wait 50", "wait 50", "not-done"]),
        ("jane", transfer(), ["wait 50", "wait 50", "wait 50", "not-done"]),
        ("jane", Action::CreateResource { on: on("new") }, ["wait 50", "wait 50", "wait 50", "not-done"]),
        ("jane", Action::CreateResource { on: on("main") }, ["done", "done", "done", "done"]),
        ("jane", Action::CreateResource { on: on("dark") }, ["unknown", "unknown", "unknown", "not-done"]),
        ("carol", resend(), ["unknown", "done", "unknown", "not-done"]),
        ("dave", resend(), ["wait 50", "wait 50", "wait 50", "not-done"]),
    ];
    for (who, action, expect) in table {
        for (answer, expect) in [&silent, &accepted, &lost, &declined].into_iter().zip(expect) {
            let told = verdict(change(1, who, action.clone()), answer, 10);
            assert_eq!(told, *expect, "{who} {action:?} {answer:?}");
        }
    }
}

#[test]
fn waiting_ends_when_the_vendor_has_settled() {
    for (passed, expect) in [(0, "wait 60"), (59, "wait 1"), (60, "not-done"), (1000, "not-done")] {
        assert_eq!(verdict(change(1, "dave", invite("dave")), &None, passed), expect);
    }
}

#[test]
fn what_goes_through_pages_is_never_repeated_lightly() {
    let by_pages = |action| change(1, "jane", action).by(Channel::Browser);
    assert_eq!(verdict(by_pages(grant("main", "y")), &None, 10), "wait 50");
    assert_eq!(verdict(by_pages(grant("dark", "y")), &None, 10), "unknown");
}

#[test]
fn an_account_that_the_vendor_named_is_looked_for_by_its_id() {
    let named = |id: &str| Some(Ok(Receipt { account: AccountId::parse(id).ok(), ..Receipt::default() }));
    assert_eq!(verdict(change(1, "jane", invite("jane")), &named("jane"), 10), "done");
    assert_eq!(verdict(change(1, "jane", invite("jane")), &named("U-9"), 10), "wait 50");
}

#[test]
fn what_the_vendor_names_takes_the_place_of_an_id_and_silence_does_not() {
    let by =
        |change: Change, receipt: Receipt| named(&Started { answer: Some(Ok(receipt)), ..started(change) });
    let known = Change { account_id: Some(id("jane")), ..change(1, "jane", invite("jane")) };
    assert_eq!(by(known.clone(), Receipt::default()).account_id, Some(id("jane")));
    let told = Receipt { account: Some(id("U-9")), ..Receipt::default() };
    assert_eq!(by(known, told).account_id, Some(id("U-9")));
    let created = change(1, "jane", Action::CreateResource { on: on("new") });
    let place = |change: Change| change.action.target().and_then(|on| on.id.clone());
    let told = Receipt { resource: Some(Arc::from("g-7")), ..Receipt::default() };
    let named = by(created, told);
    assert_eq!(place(named.clone()).as_deref(), Some("g-7"));
    assert_eq!(place(by(named, Receipt::default())).as_deref(), Some("g-7"));
}

#[test]
fn a_reading_of_another_resource_under_the_same_name_says_nothing() {
    let at_once = |action: Action| {
        let open = started(change(1, "jane", action));
        decide(&open, SETTLE, SETTLE, &reading())
    };
    let with_id = |id: Option<&str>| Target { id: id.map(Arc::from), ..on("main") };
    let to = Level::parse("x").unwrap();
    for action in [
        Action::Grant { on: with_id(Some("111")), to: to.clone() },
        Action::Grant { on: with_id(Some("111")), to: Level::parse("y").unwrap() },
        Action::Revoke { on: with_id(Some("111")), from: to.clone() },
        Action::CreateResource { on: with_id(Some("111")) },
    ] {
        let Verdict::Found(Found::Unknown(why)) = at_once(action.clone()) else { panic!("{action:?}") };
        assert!(why.contains("`111`") && why.contains("`main` now"), "{why}");
        let declined = error(|message| ConnectorError::Refused { message });
        assert_eq!(verdict(change(1, "jane", action), &declined, 60), "not-done");
    }
    for same in [None, Some("main"), Some("MAIN")] {
        let action = Action::Grant { on: with_id(same), to: to.clone() };
        assert_eq!(at_once(action), Verdict::Found(Found::Done), "{same:?}");
    }
}

#[test]
fn the_list_of_repeatable_kinds_is_this_one() {
    let words: Vec<_> =
        every_action().iter().filter(|one| is_repeatable(one)).map(|one| one.action.word()).collect();
    let expect = [
        "grant",
        "change-level",
        "revoke",
        "update-account",
        "suspend",
        "restore",
        "remove-account",
        "cancel-invitation",
        "cancel-invitation",
    ];
    assert_eq!(words, expect);
    assert!(!every_action().into_iter().any(|one| is_repeatable(&one.by(Channel::Browser))));
}

#[test]
fn what_was_recorded_before_a_change_could_show_says_nothing_of_it() {
    let told = |taken: i64, change: Change| {
        let mut reading = reading();
        let (taken, by, file) = (at(taken), Arc::from("ann"), Arc::from("f.json"));
        reading.recorded.insert(ResourceName::parse("main").unwrap(), Recorded { taken, by, file });
        let open = Started { at: at(40), answered: Some(at(100)), ..started(change) };
        match decide(&open, SETTLE, SETTLE, &reading) {
            Verdict::Found(found) => found.word(),
            Verdict::Wait(_) => "wait",
        }
    };
    let settle = i64::try_from(SETTLE.as_secs()).unwrap();
    let by_page = || change(1, "jane", grant("main", "y")).by(Channel::Browser);
    assert_eq!(told(90, by_page()), "unread");
    assert_eq!(told(99 + settle, by_page()), "unread");
    assert_eq!(told(100 + settle, by_page()), "not-done");
    assert_eq!(told(90, change(1, "jane", grant("main", "x")).by(Channel::Browser)), "done");
}
