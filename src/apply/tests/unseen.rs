//! Changes on what a reading made afterwards says nothing about.

use super::{refused, unknown};
use crate::apply::Hands;
use crate::apply::fakes::{FakeVendor, Trouble, change, plan, revoke, run};
use crate::connector::ConnectorError;
use crate::domain::{Outcome, OutcomeStatus, ResourceName, ResourceReading, VendorName};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How a revocation from Jane ends where `main` is known by what somebody recorded `taken` seconds after the apply began.
async fn by_recording(taken: i64, trouble: Trouble, settle: u64) -> Outcome {
    let vendor = FakeVendor::new(&["jane"], &["main"]).holding("main", "jane", "member").trouble(1, trouble);
    vendor.with(|state| {
        let name = ResourceName::parse("main").unwrap();
        state.recorded.insert(name, Timestamp::from_second(taken).unwrap());
        // What was recorded shows nothing of what is done since.
        state.stale_readings = usize::MAX;
    });
    outcome(&vendor, settle).await
}

async fn outcome(vendor: &FakeVendor, settle: u64) -> Outcome {
    let hands = Hands { settle: Duration::from_secs(settle), ..vendor.hands() };
    let changes = vec![change(1, "jane", revoke("main", "member"))];
    let hands = BTreeMap::from([(VendorName::parse("v").unwrap(), hands)]);
    run(plan(changes, Vec::new()), hands).await.outcomes.remove(0)
}

#[tokio::test(start_paused = true)]
async fn invariant_7_what_was_recorded_before_the_change_does_not_say_that_it_failed() {
    let doubtful = || Trouble::HappensAndFails(unknown());
    for (taken, settle) in [(-60, 0), (-60, 60), (30, 60)] {
        let outcome = by_recording(taken, doubtful(), settle).await;
        assert_eq!(outcome.status, OutcomeStatus::Unverified, "{taken}: {}", outcome.detail);
        assert!(
            outcome
                .detail
                .starts_with("No answer. Whether it took effect is not known. `main` was recorded at ")
        );
        assert!(outcome.detail.contains("`grantline snapshot v`"), "{}", outcome.detail);
    }
    let afterwards = by_recording(90, doubtful(), 60).await;
    assert_eq!(afterwards.status, OutcomeStatus::Failed, "{}", afterwards.detail);
    let declined = by_recording(-60, Trouble::Fails(refused()), 60).await;
    assert_eq!(declined.status, OutcomeStatus::Failed, "{}", declined.detail);
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_and_recorded_before_says_so() {
    let outcome = by_recording(-60, Trouble::Ignored, 60).await;
    assert_eq!(outcome.status, OutcomeStatus::Unverified);
    assert!(outcome.detail.contains("`main` was recorded at "), "{}", outcome.detail);
    assert!(!outcome.detail.contains("afterwards"), "{}", outcome.detail);
}

#[tokio::test(start_paused = true)]
async fn invariant_7_what_may_have_happened_and_cannot_be_seen_has_not_failed() {
    let dark = |error: ConnectorError| {
        let vendor = FakeVendor::new(&["jane"], &["main"]).trouble(1, Trouble::Fails(error));
        let unread = ResourceReading::Unread { reason: Arc::from("SCIM does not carry it."), open: true };
        vendor.with(|state| state.resources.insert(ResourceName::parse("main").unwrap(), unread));
        vendor
    };
    let doubtful = outcome(&dark(unknown()), 60).await;
    assert_eq!(doubtful.status, OutcomeStatus::Unverified, "{}", doubtful.detail);
    let told =
        "No answer. Whether it took effect is not known. No reading can show it: SCIM does not carry it.";
    assert_eq!(doubtful.detail, told);
    let declined = outcome(&dark(refused()), 60).await;
    assert_eq!(declined.status, OutcomeStatus::Failed, "{}", declined.detail);
}
