//! What is taken at a vendor behind what is taken at the provider that its accounts come from.

use crate::apply::Hands;
use crate::apply::fakes::{FakeVendor, Trouble, change, grant, plan, revoke, run};
use crate::connector::ConnectorError;
use crate::domain::{Action, Change, Channel, Run, VendorName};
use std::collections::BTreeMap;
use std::time::Duration;

fn removals() -> Vec<Change> {
    let mut changes: Vec<Change> =
        ["okta", "heap"].map(|vendor| change(1, "jane", Action::RemoveAccount).at(vendor, 1)).into();
    let first = changes[0].id.clone();
    changes[1].after.push(first);
    changes
}

async fn tried(changes: Vec<Change>, okta: Hands, heap: &FakeVendor) -> Run {
    let name = |vendor| VendorName::parse(vendor).unwrap();
    run(plan(changes, Vec::new()), BTreeMap::from([(name("okta"), okta), (name("heap"), heap.hands())])).await
}

fn ends(run: &Run) -> Vec<&str> {
    run.outcomes.iter().map(|one| one.status.word()).collect()
}

fn with_jane() -> FakeVendor {
    FakeVendor::new(&["jane"], &[])
}

#[tokio::test(start_paused = true)]
async fn what_failed_at_the_provider_is_not_tried_behind_it_and_says_how_to_go_on() {
    let refused = ConnectorError::Refused { message: "The vendor declined.".to_owned() };
    let (okta, heap) = (with_jane().trouble(1, Trouble::Fails(refused)), with_jane());
    let ended = tried(removals(), okta.hands(), &heap).await;
    assert_eq!(ends(&ended), ["failed", "skipped"]);
    let told = &ended.outcomes[1].detail;
    assert!(told.starts_with("Not tried, because it comes after okta-0001, which ended failed."), "{told}");
    assert!(told.contains("`--vendor heap`"), "{told}");
    assert!(heap.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_taken_singly_holds_nothing_up_once_the_whole_account_is_out_of_use() {
    let after = |number: usize| async move {
        let refused = ConnectorError::Refused { message: "A rule gives it.".to_owned() };
        let okta = FakeVendor::new(&["jane"], &["main"]).holding("main", "jane", "member");
        let heap = with_jane();
        let mut changes = removals();
        let group = change(1, "jane", revoke("main", "member")).at("okta", 2);
        changes[1].after.push(group.id.clone());
        changes.insert(0, group);
        let okta = okta.trouble(number, Trouble::Fails(refused));
        ends(&tried(changes, okta.hands(), &heap).await).join(" ")
    };
    assert_eq!(after(1).await, "failed done done");
    assert_eq!(after(2).await, "done failed skipped");
}

#[tokio::test(start_paused = true)]
async fn what_a_person_does_at_the_provider_is_waited_for_and_says_how_to_go_on() {
    let heap = with_jane();
    let mut changes = removals();
    changes[0].channel = Channel::Runbook;
    let ended = tried(changes, with_jane().hands(), &heap).await;
    assert_eq!(ends(&ended), ["waiting", "waiting"]);
    let told = &ended.outcomes[1].detail;
    assert!(
        told.contains("okta-0001, which waits for a person.") && told.contains("`--vendor heap`"),
        "{told}"
    );
    assert!(heap.requests().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_the_provider_has_accepted_has_its_time_to_show_before_the_vendor_acts() {
    let settle = Duration::from_secs(60);
    let after = |okta: FakeVendor| async move {
        let (heap, start) = (with_jane(), tokio::time::Instant::now());
        let ended = tried(removals(), Hands { settle, ..okta.hands() }, &heap).await;
        assert_eq!(heap.requests(), ["heap-0001"]);
        (ends(&ended).join(" "), okta.readings(), start.elapsed().as_secs())
    };
    assert_eq!(after(with_jane()).await, ("done done".to_owned(), 1, 0));
    let slow = with_jane();
    slow.with(|state| state.stale_readings = 2);
    assert_eq!(after(slow).await, ("done done".to_owned(), 3, 3));
    let (ended, _, seconds) = after(with_jane().trouble(1, Trouble::Ignored)).await;
    assert_eq!((ended.as_str(), seconds), ("unverified done", 60));
}

#[tokio::test(start_paused = true)]
async fn the_vendor_does_not_act_before_a_reading_of_the_provider_shows_it() {
    let (okta, heap) = (with_jane(), with_jane());
    okta.with(|state| state.stale_readings = 3);
    let hands = Hands { settle: Duration::from_secs(60), ..okta.hands() };
    let early = async {
        // The provider is read at once, after one second, after three, and after seven.
        tokio::time::sleep(Duration::from_secs(6)).await;
        (okta.readings(), heap.requests().len())
    };
    let (ended, early) = tokio::join!(tried(removals(), hands, &heap), early);
    assert_eq!((early, heap.requests().len()), ((3, 0), 1));
    assert_eq!(ends(&ended), ["done", "done"]);
}

#[tokio::test(start_paused = true)]
async fn what_another_vendors_change_frees_does_not_wait_for_the_next_reading() {
    // Heap has a grant that never shows, and is at rest between two readings when Okta shows what Heap's removal waits for.
    let (okta, heap) =
        (with_jane(), FakeVendor::new(&["jane", "bob"], &["main"]).trouble(1, Trouble::Ignored));
    okta.with(|state| state.stale_readings = 4);
    let mut changes = removals();
    changes.push(change(2, "bob", grant("main", "x")).at("heap", 2));
    let name = |vendor| VendorName::parse(vendor).unwrap();
    let within = |seconds, fake: &FakeVendor| Hands { settle: Duration::from_secs(seconds), ..fake.hands() };
    let hands = [(name("okta"), within(10, &okta)), (name("heap"), within(3600, &heap))];
    let sent = async {
        // Both are read at once and after 1, 3 and 7 seconds; then Okta after 10, and Heap after 15.
        tokio::time::sleep(Duration::from_secs(11)).await;
        heap.requests()
    };
    let (ended, sent) = tokio::join!(run(plan(changes, Vec::new()), hands.into()), sent);
    assert_eq!(sent, ["heap-0002", "heap-0001"]);
    assert_eq!(ends(&ended), ["done", "done", "unverified"]);
}
