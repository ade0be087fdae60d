//! What a vendor's failures hold up, and what they do not.

use crate::apply::fakes::{FakeVendor, Trouble, change, change_level, conduct, grant, plan};
use crate::apply::{Conduct, Hands, Sending, apply};
use crate::connector::ConnectorError;
use crate::domain::{Action, Change, Duty, VendorName};
use crate::guard::approve_for_tests;
use std::collections::{BTreeMap, BTreeSet};

fn unauthorised() -> ConnectorError {
    ConnectorError::Unauthorised { message: "The token is not valid.".to_owned() }
}

fn forbidden() -> ConnectorError {
    ConnectorError::Forbidden { message: "Nobody removes an administrator.".to_owned() }
}

fn broke() -> ConnectorError {
    ConnectorError::Broke { message: "Internal error.".to_owned() }
}

/// A vendor of these accounts, all of whom are admins.
fn admins(names: &[&str]) -> FakeVendor {
    let vendor = FakeVendor::new(names, &["main"]);
    names.iter().fold(vendor, |vendor, name| vendor.holding("main", name, "admin"))
}

fn failing(vendor: FakeVendor, requests: usize, error: &ConnectorError) -> FakeVendor {
    (1..=requests).fold(vendor, |vendor, at| vendor.trouble(at, Trouble::Fails(error.clone())))
}

/// How each change ended, where the credential for losses carries those that `takes` says.
async fn ends(hands: Hands, changes: Vec<Change>, takes: impl Fn(&Action) -> bool) -> Vec<&'static str> {
    let sending = |change: &Change| {
        let takes = takes(&change.action);
        let credential = if takes { Duty::Revoke } else { Duty::Grant };
        (change.id.clone(), Sending { credential, takes })
    };
    let conduct = Conduct { credentials: changes.iter().map(sending).collect(), ..conduct() };
    let hands = BTreeMap::from([(VendorName::parse("v").unwrap(), hands)]);
    let run = apply(&approve_for_tests(plan(changes, Vec::new()), BTreeSet::new()), hands, &conduct).await;
    run.outcomes.iter().map(|one| one.status.word()).collect()
}

/// Whether it lowers somebody to what these tests call a viewer.
fn lowers(action: &Action) -> bool {
    matches!(action, Action::ChangeLevel { to, .. } if to.as_str() == "viewer")
}

#[tokio::test(start_paused = true)]
async fn invariant_9_a_lower_level_is_not_held_up_by_gains_that_fail() {
    let names = ["a", "b", "c", "d", "e", "f"];
    let mut changes: Vec<Change> = (1..=4).map(|at| change(at, names[at - 1], grant("main", "x"))).collect();
    changes.push(change(5, "e", change_level("main", "admin", "owner")));
    changes.push(change(6, "f", change_level("main", "admin", "viewer")));
    let vendor = failing(admins(&names), 3, &unauthorised());
    let hands = Hands { batch: 1, ..vendor.hands() };
    let ends = ends(hands, changes, lowers).await;
    assert_eq!(ends, ["failed", "failed", "failed", "skipped", "skipped", "done"]);
}

#[tokio::test(start_paused = true)]
async fn a_lower_level_and_a_higher_one_do_not_travel_together() {
    let vendor = admins(&["a", "b", "c"]);
    let changes = ["owner", "viewer", "viewer"].iter().zip(1..);
    let changes =
        changes.map(|(to, at)| change(at, ["a", "b", "c"][at - 1], change_level("main", "admin", to)));
    assert_eq!(ends(vendor.hands(), changes.collect(), lowers).await, ["done"; 3]);
    assert_eq!(vendor.requests(), ["v-0001", "v-0002 + v-0003"]);
}

/// How many of a thousand changes are sent where the vendor always answers so.
async fn tried(error: &ConnectorError, action: fn() -> Action) -> usize {
    let names: Vec<String> = (1..=1000).map(|at| format!("u{at}")).collect();
    let vendor = admins(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let vendor = failing(vendor, 1000, error);
    let changes = names.iter().zip(1..).map(|(name, at)| change(at, name, action())).collect();
    ends(Hands { batch: 1, ..vendor.hands() }, changes, Action::is_removal).await;
    vendor.requests().len()
}

#[tokio::test(start_paused = true)]
async fn invariant_9_accounts_that_cannot_be_removed_do_not_hold_up_those_behind_them() {
    for error in [forbidden(), broke()] {
        let names = ["a", "b", "c", "d", "e"];
        let vendor = failing(FakeVendor::new(&names, &[]), 4, &error);
        let changes = names.iter().zip(1..).map(|(name, at)| change(at, name, Action::RemoveAccount));
        let ends = ends(vendor.hands(), changes.collect(), Action::is_removal).await;
        assert_eq!(ends, ["failed", "failed", "failed", "failed", "done"], "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_may_do_nothing_is_not_asked_for_ever() {
    let lost = ConnectorError::Unknown { message: "No answer.".to_owned() };
    let removal = || Action::RemoveAccount;
    for (error, times) in [(unauthorised(), 3), (lost, 3), (forbidden(), 100), (broke(), 100)] {
        assert_eq!(tried(&error, removal).await, times, "{error}");
    }
    for error in [forbidden(), broke()] {
        assert_eq!(tried(&error, || grant("main", "x")).await, 3, "{error}");
    }
}
