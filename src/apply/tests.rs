mod across;
mod bounds;
mod flights;
mod patient;
mod unseen;

use super::Hands;
use super::fakes::{
    FakeVendor, Trouble, change, change_level, grant, id, invite, on, plan, revoke, run, run_on, try_on,
};
use crate::connector::ConnectorError;
use crate::domain::{
    AccountState, Action, ChangeId, Channel, GuardVerdict, Level, OutcomeStatus, ResourceName,
    ResourceReading, Target, VendorName, Verdict,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

fn refused() -> ConnectorError {
    ConnectorError::Refused { message: "The vendor declined.".to_owned() }
}

fn unreached(after: Option<u64>) -> ConnectorError {
    ConnectorError::RetryLater { after: after.map(Duration::from_secs), message: "No answer.".to_owned() }
}

fn unknown() -> ConnectorError {
    ConnectorError::Unknown { message: "No answer.".to_owned() }
}

fn unauthorised() -> ConnectorError {
    ConnectorError::Unauthorised { message: "The token is not valid.".to_owned() }
}

fn name(vendor: &str) -> VendorName {
    VendorName::parse(vendor).unwrap()
}

fn level_of(vendor: &FakeVendor, resource: &str, user: &str) -> Option<Level> {
    vendor.with(|state| match &state.resources[resource] {
        ResourceReading::Read { holders, .. } => holders.get(&id(user)).cloned(),
        _ => None,
    })
}

#[tokio::test(start_paused = true)]
async fn invariant_7_what_a_reading_shows_is_done() {
    let vendor = FakeVendor::new(&["jane"], &["main"]);
    assert_eq!(try_on(&vendor, vec![change(1, "jane", grant("main", "analyst"))]).await, ["v-0001 done"]);
    assert_eq!(vendor.readings(), 1);
}

#[tokio::test(start_paused = true)]
async fn invariant_7_what_is_accepted_and_ignored_is_unverified() {
    let vendor = FakeVendor::new(&["jane"], &["main"]).trouble(1, Trouble::Ignored);
    let run = run_on(&vendor, vec![change(1, "jane", grant("main", "analyst"))]).await;
    assert_eq!(run.outcomes[0].status, OutcomeStatus::Unverified);
    assert!(run.outcomes[0].detail.contains("does not show it: the account holds no level there"));
}

#[tokio::test(start_paused = true)]
async fn invariant_7_a_vendor_that_cannot_be_read_afterwards_proves_nothing() {
    let vendor = FakeVendor::new(&["jane"], &["main"]);
    vendor.with(|state| state.failed_readings.insert(1, refused()));
    let run = run_on(&vendor, vec![change(1, "jane", grant("main", "analyst"))]).await;
    assert_eq!(run.outcomes[0].status, OutcomeStatus::Unverified);
    assert!(run.outcomes[0].detail.contains("could not be read afterwards: The vendor declined."));
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_fails_once_is_made_again_and_one_that_keeps_failing_is_not() {
    let with = |failed: usize| async move {
        let vendor = FakeVendor::new(&["jane"], &["main"]);
        vendor.with(|state| state.failed_readings.extend((1..=failed).map(|reading| (reading, refused()))));
        let mut hands = vendor.hands();
        hands.settle = Duration::from_secs(3600);
        let changes = vec![change(1, "jane", grant("main", "analyst"))];
        let run = run(plan(changes, Vec::new()), BTreeMap::from([(name("v"), hands)])).await;
        (run.outcomes[0].status, vendor.readings())
    };
    assert_eq!(with(1).await, (OutcomeStatus::Done, 2));
    assert_eq!(with(9).await, (OutcomeStatus::Unverified, 2));
}

#[tokio::test(start_paused = true)]
async fn invariant_7_a_resource_that_no_reading_covers_is_never_done() {
    let vendor = FakeVendor::new(&["jane"], &["main"]).trouble(1, Trouble::Ignored);
    let dark = ResourceReading::Unread { reason: Arc::from("SCIM does not carry it"), open: true };
    vendor.with(|state| state.resources.insert(ResourceName::parse("main").unwrap(), dark));
    let mut hands = vendor.hands();
    hands.settle = Duration::from_secs(3600);
    let plan = plan(vec![change(1, "jane", revoke("main", "analyst"))], Vec::new());
    let run = run(plan, BTreeMap::from([(name("v"), hands)])).await;
    assert_eq!(run.outcomes[0].status, OutcomeStatus::Unverified);
    assert_eq!(vendor.readings(), 1, "waiting could not have helped");
}

#[tokio::test(start_paused = true)]
async fn a_slow_vendor_is_read_again_until_it_shows_the_change() {
    let vendor = FakeVendor::new(&["jane"], &["main"]);
    vendor.with(|state| state.stale_readings = 3);
    let mut hands = vendor.hands();
    hands.settle = Duration::from_secs(3600);
    let changes = vec![change(1, "jane", grant("main", "analyst"))];
    let run = run(plan(changes, Vec::new()), BTreeMap::from([(name("v"), hands)])).await;
    assert_eq!(run.outcomes[0].status, OutcomeStatus::Done);
    assert_eq!(vendor.readings(), 4);
    assert_eq!(run.ended.duration_since(run.started).as_secs(), 1 + 2 + 4);
}

#[tokio::test(start_paused = true)]
async fn waiting_for_a_slow_vendor_ends_when_its_time_to_settle_does() {
    let vendor = FakeVendor::new(&["jane"], &["main"]);
    vendor.with(|state| state.stale_readings = usize::MAX);
    let mut hands = vendor.hands();
    hands.settle = Duration::from_secs(3600);
    let changes = vec![change(1, "jane", grant("main", "analyst"))];
    let run = run(plan(changes, Vec::new()), BTreeMap::from([(name("v"), hands)])).await;
    assert_eq!(run.outcomes[0].status, OutcomeStatus::Unverified);
    assert_eq!(vendor.readings(), 12);
    assert_eq!(run.ended.duration_since(run.started).as_secs(), 3600);
}

#[tokio::test(start_paused = true)]
async fn an_error_of_a_change_that_took_effect_is_done_with_a_note() {
    for trouble in [unreached(None), unknown(), ConnectorError::Gone { message: "Gone.".to_owned() }] {
        let vendor = FakeVendor::new(&["jane"], &["main"]).trouble(1, Trouble::HappensAndFails(trouble));
        let run = run_on(&vendor, vec![change(1, "jane", grant("main", "analyst"))]).await;
        assert_eq!(run.outcomes[0].status, OutcomeStatus::Done);
        assert!(run.outcomes[0].detail.contains("although the vendor's answer was an error"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_of_a_change_that_took_no_effect_is_failed() {
    for trouble in [unreached(None), unknown()] {
        let vendor = FakeVendor::new(&["jane"], &["main"]).trouble(1, Trouble::Fails(trouble));
        let run = run_on(&vendor, vec![change(1, "jane", grant("main", "analyst"))]).await;
        assert_eq!(run.outcomes[0].status, OutcomeStatus::Failed);
        assert!(run.outcomes[0].detail.starts_with("No answer. A reading made afterwards does not show"));
        assert_eq!((vendor.requests().len(), vendor.readings()), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_read_when_nothing_can_have_changed() {
    let vendor = FakeVendor::new(&["jane"], &["main"]).trouble(1, Trouble::Fails(refused()));
    let changes = vec![
        change(1, "jane", grant("main", "analyst")),
        change(2, "jane", grant("main", "admin")).by(Channel::Runbook),
    ];
    assert_eq!(try_on(&vendor, changes).await, ["v-0001 failed", "v-0002 waiting"]);
    assert_eq!(vendor.readings(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_pause_that_the_vendor_asks_for_is_made() {
    let vendor = FakeVendor::new(&["jane"], &["main"]).trouble(1, Trouble::Fails(unreached(Some(30))));
    let run = run_on(&vendor, vec![change(1, "jane", grant("main", "analyst"))]).await;
    assert_eq!(run.outcomes[0].status, OutcomeStatus::Done);
    assert_eq!(run.ended.duration_since(run.started).as_secs(), 30);
    let vendor = vendor_that_always(&unreached(Some(30)));
    assert_eq!(try_on(&vendor, vec![change(1, "jane", grant("main", "analyst"))]).await, ["v-0001 failed"]);
    assert_eq!(vendor.requests().len(), 3);
    let vendor = vendor_that_always(&unreached(Some(3600)));
    assert_eq!(try_on(&vendor, vec![change(1, "jane", grant("main", "analyst"))]).await, ["v-0001 failed"]);
    assert_eq!(vendor.requests().len(), 1);
}

fn vendor_that_always(error: &ConnectorError) -> FakeVendor {
    let vendor = FakeVendor::new(&["jane", "bob"], &["main", "other"]);
    (1..100).fold(vendor, |vendor, request| vendor.trouble(request, Trouble::Fails(error.clone())))
}

#[tokio::test(start_paused = true)]
async fn invariant_9_a_failure_stops_only_what_builds_on_it() {
    let vendor = FakeVendor::new(&["jane", "bob"], &["main", "other"])
        .holding("other", "bob", "member")
        .trouble(1, Trouble::Fails(refused()));
    let changes = vec![
        change(1, "carol", invite("carol")),
        change(2, "carol", grant("main", "analyst")).new_account().behind(&[1]),
        change(3, "carol", change_level("main", "analyst", "admin")).new_account().behind(&[2]),
        change(4, "bob", revoke("other", "member")),
    ];
    let run = run_on(&vendor, changes).await;
    let ends: Vec<_> = run.outcomes.iter().map(|one| one.status.word()).collect();
    assert_eq!(ends, ["failed", "skipped", "skipped", "done"]);
    assert!(run.outcomes[1].detail.contains("v-0001"));
    assert!(run.outcomes[2].detail.contains("v-0002"));
    assert_eq!(vendor.requests(), ["v-0001", "v-0004"]);
}

#[tokio::test(start_paused = true)]
async fn invariant_9_a_panic_is_one_changes_failure() {
    let vendor = FakeVendor::new(&["jane"], &["main", "other"]).trouble(1, Trouble::Panics);
    let changes =
        vec![change(1, "jane", grant("main", "analyst")), change(2, "jane", grant("other", "member"))];
    assert_eq!(try_on(&vendor, changes).await, ["v-0001 failed", "v-0002 done"]);
}

#[tokio::test(start_paused = true)]
async fn a_new_accounts_id_reaches_the_changes_that_build_on_it() {
    for trouble in [None, Some(Trouble::Unnamed), Some(Trouble::HappensAndFails(unknown()))] {
        let vendor = FakeVendor::new(&[], &["main"]);
        vendor.with(|state| state.troubles.extend(trouble.map(|trouble| (1, trouble))));
        let changes = vec![
            change(1, "carol", invite("carol")),
            change(2, "carol", grant("main", "analyst")).new_account().behind(&[1]),
        ];
        assert_eq!(try_on(&vendor, changes).await, ["v-0001 done", "v-0002 done"]);
        assert!(level_of(&vendor, "main", "carol").is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_resources_id_reaches_the_changes_that_build_on_it() {
    for trouble in [None, Some(Trouble::Unnamed)] {
        let vendor = FakeVendor::new(&["jane"], &[]);
        vendor.with(|state| state.troubles.extend(trouble.map(|trouble| (1, trouble))));
        let target = Target { id: None, ..on("new") };
        let to = Level::parse("member").unwrap();
        let changes = vec![
            change(1, "jane", Action::CreateResource { on: target.clone() }),
            change(2, "jane", Action::Grant { on: target, to }).behind(&[1]),
        ];
        let named = vendor.with(|state| state.troubles.is_empty());
        assert_eq!(try_on(&vendor, changes).await, ["v-0001 done", "v-0002 done"]);
        assert_eq!(vendor.with(|state| state.granted_on.clone()), [Some(Arc::from("made"))]);
        assert_eq!(vendor.readings(), if named { 1 } else { 2 }, "a name given needs no reading");
    }
}

#[tokio::test(start_paused = true)]
async fn a_removal_never_falls_on_an_account_that_the_plan_created() {
    let vendor = FakeVendor::new(&[], &[]);
    let changes = vec![
        change(1, "carol", invite("carol")),
        change(2, "carol", Action::RemoveAccount).new_account().behind(&[1]),
    ];
    assert_eq!(try_on(&vendor, changes).await, ["v-0001 done", "v-0002 skipped"]);
    assert_eq!(vendor.requests(), ["v-0001"]);
}

#[tokio::test(start_paused = true)]
async fn changes_of_one_action_on_one_resource_travel_together() {
    let vendor = FakeVendor::new(&["a", "b", "c", "d"], &["main", "other"]);
    let mut changes: Vec<_> =
        ["a", "b", "c", "d"].iter().zip(1..).map(|(who, at)| change(at, who, grant("main", "x"))).collect();
    changes.push(change(5, "a", grant("other", "x")));
    changes.push(change(6, "b", grant("other", "x")).behind(&[5]));
    changes.push(change(7, "c", revoke("other", "x")));
    let mut hands = vendor.hands();
    hands.batch = 3;
    let run = run(plan(changes, Vec::new()), BTreeMap::from([(name("v"), hands)])).await;
    assert!(run.outcomes.iter().all(|one| one.status == OutcomeStatus::Done));
    let sent = ["v-0001 + v-0002 + v-0003", "v-0004", "v-0005", "v-0006", "v-0007"];
    assert_eq!(vendor.requests(), sent);
}

#[tokio::test(start_paused = true)]
async fn invariant_5_nobody_goes_for_a_successor_who_was_suspended_meanwhile() {
    let with = |suspended: bool| async move {
        let vendor = FakeVendor::new(&["jane", "old"], &["main"]).holding("main", "old", "admin");
        vendor.with(|state| {
            let jane = state.accounts.get_mut(&id("jane")).unwrap();
            jane.state = if suspended { AccountState::Suspended } else { AccountState::Active };
        });
        let goes = change(2, "old", revoke("main", "admin")).behind(&[1]);
        run_on(&vendor, vec![change(1, "jane", grant("main", "admin")), goes]).await.outcomes
    };
    let [gain, loss] = &with(true).await[..] else { panic!("two changes") };
    assert_eq!((gain.status, loss.status), (OutcomeStatus::Done, OutcomeStatus::Skipped));
    assert!(loss.detail.contains("v-0001, whose account is suspended by now"), "{}", loss.detail);
    assert!(with(false).await.iter().all(|outcome| outcome.status == OutcomeStatus::Done));
}

#[tokio::test(start_paused = true)]
async fn invariant_5_a_demotion_waits_until_the_promotion_is_seen() {
    let swap = || {
        vec![
            change(1, "jane", grant("main", "admin")),
            change(2, "bob", change_level("main", "admin", "member")).behind(&[1]),
        ]
    };
    let vendor = || FakeVendor::new(&["jane", "bob"], &["main"]).holding("main", "bob", "admin");
    assert_eq!(try_on(&vendor(), swap()).await, ["v-0001 done", "v-0002 done"]);

    let ignoring = vendor().trouble(1, Trouble::Ignored);
    assert_eq!(try_on(&ignoring, swap()).await, ["v-0001 unverified", "v-0002 skipped"]);
    assert_eq!(level_of(&ignoring, "main", "bob"), Some(Level::parse("admin").unwrap()));
}

#[tokio::test(start_paused = true)]
async fn invariant_9_a_removal_does_not_wait_for_what_it_does_not_come_after() {
    let vendor =
        FakeVendor::new(&["jane", "bob", "slow"], &["main", "other"]).holding("main", "bob", "admin");
    let vendor = vendor.trouble(1, Trouble::Ignored);
    let changes = vec![
        change(1, "slow", grant("other", "member")),
        change(2, "jane", grant("main", "admin")),
        change(3, "bob", change_level("main", "admin", "member")).behind(&[2]),
    ];
    let hands = Hands { settle: Duration::from_secs(60), ..vendor.hands() };
    let run = run(plan(changes, Vec::new()), BTreeMap::from([(name("v"), hands)])).await;
    assert_eq!(run.outcomes[0].status, OutcomeStatus::Unverified);
    assert_eq!(run.outcomes[2].status, OutcomeStatus::Done);
    assert_eq!(vendor.with(|state| state.read_before.clone()), [0, 0, 1]);
}

#[tokio::test(start_paused = true)]
async fn invariant_5_an_account_is_not_removed_before_its_replacement_is_seen() {
    let vendor = FakeVendor::new(&["old"], &[]).trouble(1, Trouble::Ignored);
    let mut removal = change(2, "jane", Action::RemoveAccount).behind(&[1]);
    removal.account_id = Some(id("old"));
    let changes = vec![change(1, "jane", invite("jane")), removal];
    assert_eq!(try_on(&vendor, changes).await, ["v-0001 unverified", "v-0002 skipped"]);
}

fn held(change: ChangeId) -> GuardVerdict {
    GuardVerdict {
        guard: "max-removals",
        vendor: name("v"),
        verdict: Verdict::Block,
        detail: "9 of 10".to_owned(),
        hint: None,
        holds: vec![change],
        because: None,
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_1_what_a_guard_holds_is_not_sent_and_neither_is_what_builds_on_it() {
    let vendor = FakeVendor::new(&["jane", "bob"], &["main"]).holding("main", "bob", "member");
    let changes = vec![
        change(1, "bob", revoke("main", "member")),
        change(2, "bob", Action::RemoveAccount).behind(&[1]),
        change(3, "jane", grant("main", "member")),
    ];
    let guards = vec![held(ChangeId::new(&name("v"), 1))];
    let run = run(plan(changes, guards), BTreeMap::from([(name("v"), vendor.hands())])).await;
    let ends: Vec<_> = run.outcomes.iter().map(|one| one.status.word()).collect();
    assert_eq!(ends, ["skipped", "skipped", "done"]);
    assert!(run.outcomes[0].detail.contains("max-removals: 9 of 10"));
    assert_eq!(vendor.requests(), ["v-0003"]);
}

#[tokio::test(start_paused = true)]
async fn invariant_1_only_changes_of_the_plan_reach_the_vendor_each_once() {
    let vendor = FakeVendor::new(&["jane", "bob"], &["main", "other"]);
    let changes = vec![
        change(1, "carol", invite("carol")),
        change(2, "carol", grant("main", "x")).new_account().behind(&[1]),
        change(3, "jane", grant("main", "x")),
        change(4, "bob", grant("other", "x")),
    ];
    run_on(&vendor, changes).await;
    let sent: Vec<String> = vendor.with(|state| state.requests.concat());
    assert_eq!(sent.len(), 4);
    assert_eq!(sent.into_iter().collect::<BTreeSet<_>>().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_persons_step_waits_with_the_words_to_do_it_and_so_does_what_comes_after() {
    let vendor = FakeVendor::new(&["jane"], &["main", "other"]);
    let changes = vec![
        change(1, "jane", grant("main", "analyst")).by(Channel::Runbook),
        change(2, "jane", grant("other", "x")).behind(&[1]),
        change(3, "jane", revoke("other", "x")).by(Channel::Browser),
    ];
    let run = run_on(&vendor, changes).await;
    assert!(run.outcomes.iter().all(|one| one.status == OutcomeStatus::Waiting));
    let told = &run.outcomes[0].detail;
    for word in ["jane@acme.example", "`analyst`", "`main`", "`v`", "runbook"] {
        assert!(told.contains(word), "{told} lacks {word}");
    }
    assert!(run.outcomes[1].detail.contains("v-0001"));
    assert!(vendor.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_persons_step_is_not_asked_for_when_what_it_builds_on_failed() {
    let vendor = FakeVendor::new(&[], &["main"]).trouble(1, Trouble::Fails(refused()));
    let changes = vec![
        change(1, "carol", invite("carol")),
        change(2, "carol", grant("main", "analyst")).behind(&[1]).by(Channel::Runbook),
    ];
    assert_eq!(try_on(&vendor, changes).await, ["v-0001 failed", "v-0002 skipped"]);
}

#[tokio::test(start_paused = true)]
async fn a_change_waits_for_another_vendors() {
    let (one, two) = (FakeVendor::new(&["jane"], &["main"]), FakeVendor::new(&["jane"], &["main"]));
    let (first, second) = (ChangeId::new(&name("one"), 1), ChangeId::new(&name("two"), 1));
    let mut changes = vec![
        change(1, "jane", grant("main", "a")).at("one", 1),
        change(1, "jane", grant("main", "a")).at("two", 1),
        change(1, "jane", revoke("main", "a")).at("two", 2),
        change(1, "jane", grant("main", "b")).at("one", 2),
    ];
    changes[0].after.push(second);
    changes[2].after.push(first.clone());
    let hands = || BTreeMap::from([(name("one"), one.hands()), (name("two"), two.hands())]);
    let ended = run(plan(changes.clone(), Vec::new()), hands()).await;
    assert!(ended.outcomes.iter().all(|one| one.status == OutcomeStatus::Done), "{ended:?}");

    let failing = two.trouble(3, Trouble::Fails(refused()));
    let hands = BTreeMap::from([(name("one"), one.hands()), (name("two"), failing.hands())]);
    let ended = run(plan(changes, Vec::new()), hands).await;
    let ends: Vec<_> = ended.outcomes.iter().map(|one| one.status.word()).collect();
    assert_eq!(ends, ["skipped", "failed", "skipped", "done"]);
    assert!(ended.outcomes[2].detail.contains(first.as_str()));
}

#[tokio::test(start_paused = true)]
async fn changes_that_wait_for_each_other_end_skipped() {
    let vendor = FakeVendor::new(&["jane"], &["main"]);
    let changes = vec![
        change(1, "jane", grant("main", "a")).behind(&[2]),
        change(2, "jane", grant("main", "b")).behind(&[1]),
        change(3, "jane", grant("main", "c")).behind(&[9]),
        change(4, "jane", grant("main", "d")),
    ];
    let ends = ["v-0001 skipped", "v-0002 skipped", "v-0003 skipped", "v-0004 done"];
    assert_eq!(try_on(&vendor, changes).await, ends);
}

#[tokio::test(start_paused = true)]
async fn a_refused_credential_is_not_tried_for_ever_and_the_other_one_goes_on() {
    let vendor = FakeVendor::new(&["a", "b", "c", "d", "e"], &["main", "other"]);
    let vendor = (1..=3).fold(vendor, |vendor, at| vendor.trouble(at, Trouble::Fails(unauthorised())));
    let mut changes: Vec<_> = (1..=4)
        .map(|at| {
            let resource = if at % 2 == 0 { "main" } else { "other" };
            change(at, ["a", "b", "c", "d"][at - 1], grant(resource, "x"))
        })
        .collect();
    changes.push(change(5, "e", Action::RemoveAccount));
    let run = run_on(&vendor, changes).await;
    let ends: Vec<_> = run.outcomes.iter().map(|one| one.status.word()).collect();
    assert_eq!(ends, ["failed", "failed", "failed", "skipped", "done"]);
    assert!(run.outcomes[3].detail.contains("The token is not valid."));
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_does_not_answer_is_left_alone() {
    for silence in [unreached(None), unknown()] {
        let vendor = vendor_that_always(&silence);
        let changes = (1..=9).map(|at| change(at, "jane", grant(["main", "other"][at % 2], "x"))).collect();
        let ends = try_on(&vendor, changes).await;
        assert_eq!(ends[2..4], ["v-0003 failed", "v-0004 skipped"]);
        assert_eq!(vendor.requests().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_vendor_without_a_writer_says_why() {
    let vendor = FakeVendor::new(&["jane"], &["main"]);
    let mut hands = vendor.hands();
    hands.writer = Err(unauthorised());
    let changes = vec![change(1, "jane", grant("main", "x"))];
    let run = run(plan(changes, Vec::new()), BTreeMap::from([(name("v"), hands)])).await;
    assert_eq!(run.outcomes[0].status, OutcomeStatus::Failed);
    assert!(run.outcomes[0].detail.contains("The token is not valid."));
    assert_eq!(vendor.readings(), 0);
}
