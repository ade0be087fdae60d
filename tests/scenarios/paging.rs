//! Servers that page in their own way, or wrongly: read whole, or unreadable, and never the reason for a removal.

use super::{block_on, lab, plain, state_after, team, workspace};
use crate::support::lab::Lab;
use grantline::domain::Reading;
use grantline::vendors::scim::emulator::{Behaviour, Paging, Searching};

const PAGE: usize = 5;

/// Several pages, the last of them not full, with the credential's own account.
const USERS: usize = 22;

/// A vendor on which the workspace is in place already, read by a server of that behaviour.
async fn in_place(behaviour: Behaviour) -> Lab {
    let yaml = workspace(&[], &team(USERS));
    let state = state_after(&yaml).await;
    lab(Some(&state), &Behaviour { max_page: PAGE, ..behaviour }, &yaml)
}

/// Nothing is planned, whether the vendor was read or not. Whether it was.
async fn changes_nothing(behaviour: Behaviour) -> bool {
    let lab = in_place(behaviour.clone()).await;
    let applied = lab.apply().await;
    assert!(applied.plan.changes.is_empty(), "{behaviour:?}: {:#?}", applied.lines());
    assert_eq!(lab.tenant.faults().writes(), 0, "{behaviour:?}");
    match applied.reading {
        Reading::Unreadable(_) => false,
        Reading::Complete(snapshot) => {
            assert_eq!(snapshot.accounts.len(), USERS + 1, "{behaviour:?}");
            true
        }
    }
}

#[test]
fn a_server_that_repeats_page_one_past_the_end_leads_to_no_revoke() {
    block_on(async {
        let repeats = || Behaviour { repeat_first_page: true, ..plain() };
        assert!(changes_nothing(repeats()).await, "there is no need to ask past the end");
        for worse in [
            Behaviour { moving_total: true, ..repeats() },
            Behaviour { repeat_ids: true, ..repeats() },
            Behaviour { ignore_start_index: true, search: Searching::Off, ..repeats() },
        ] {
            assert!(!changes_nothing(worse.clone()).await, "{worse:?} was believed");
        }
    });
}

#[test]
fn a_total_that_moves_is_unreadable() {
    block_on(async {
        let lab = in_place(Behaviour { moving_total: true, ..plain() }).await;
        let Reading::Unreadable(why) = lab.reading().await else { panic!("it was read") };
        assert!(why.reason.contains("totalResults"), "{why:?}");
        assert!(lab.apply().await.plan.changes.is_empty());
    });
}

#[test]
fn cursor_only_paging_is_read_whole() {
    block_on(async {
        assert!(changes_nothing(Behaviour { paging: Paging::Cursor, ..plain() }).await);
        let untold = Behaviour { paging: Paging::Cursor, ..plain() };
        let untold = Behaviour { discovery: grantline::vendors::scim::emulator::Discovery::Absent, ..untold };
        assert!(changes_nothing(untold).await, "a server that does not say so is found out");
    });
}

#[test]
fn an_order_that_wavers_is_read_whole_or_not_at_all() {
    block_on(async {
        for seed in 0..4 {
            changes_nothing(Behaviour { shuffle: Some(seed), ..plain() }).await;
        }
    });
}
