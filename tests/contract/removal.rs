//! Whoever leaves has no access left.

use super::story::{Manner, both};
use super::{Case, for_each, lab, no_violation, state_after};
use crate::support::lab::Lab;
use grantline::domain::{Account, AccountState, ResourceReading, Snapshot};

const LEAVER: &str = "leaver@acme.example";

#[test]
fn a_revoked_account_is_gone() {
    for_each(|case| async move {
        let snapshot = after_leaving(&case, "delete").await;
        assert!(find(&snapshot).is_none());
        for reading in snapshot.resources.values() {
            let ResourceReading::Read { holders, offers, .. } = reading else { continue };
            let mut listed = holders.keys().chain(offers.keys());
            assert!(listed.all(|id| snapshot.accounts.contains_key(id)), "a member is left behind");
        }
    });
}

#[test]
fn an_account_that_is_kept_holds_nothing_and_cannot_be_used() {
    for_each(|case| async move {
        if !case.spec.suspends {
            return;
        }
        let snapshot = after_leaving(&case, "revoke").await;
        let account = find(&snapshot).expect("the account is kept");
        assert_eq!(account.state, AccountState::Suspended);
        for (name, reading) in snapshot.resources.iter().filter(|(name, _)| !name.is_org()) {
            let ResourceReading::Read { holders, .. } = reading else { continue };
            assert!(!holders.contains_key(&account.id), "it still holds {name}");
        }
    });
}

/// The vendor as it is read after one has left.
async fn after_leaving(case: &Case, offboarding: &'static str) -> Snapshot {
    let (spec, manner) = (&case.spec, Manner { offboarding, ..case.manner });
    let [before, after] = both(spec, manner);
    let state = state_after(spec, &before).await;
    let lab: Lab = lab(spec, Some(&state), &after);
    lab.plan().await;
    assert!(find(&lab.snapshot().await).is_some_and(|account| account.state == AccountState::Active));
    lab.apply().await;
    lab.plan().await;
    no_violation(&lab);
    lab.snapshot().await
}

fn find(snapshot: &Snapshot) -> Option<&Account> {
    snapshot.accounts.values().find(|account| account.login.eq_ignore_ascii_case(LEAVER))
}
