//! Carries an approved plan out, and believes only what a fresh reading shows.
//!
//! Each vendor has a lane of its own, and the lanes run side by side. A lane goes through its changes in the
//! plan's order, sends those whose predecessors allow it, and then reads the vendor again: what the reading
//! shows is `done`, everything else says why it is not. Nothing here decides *what* to change: a change that
//! the plan does not list cannot be sent, because lanes only ever hold the plan's own changes.

mod board;
pub mod browser;
mod gate;
mod lane;
mod prove;
pub mod runbook;
mod send;
mod verify;
mod words;

use crate::connector::{ConnectorError, Reader, Scope, Writer};
use crate::domain::{Run, VendorName};
use crate::guard::ApprovedPlan;
use crate::net::Clock;
use crate::observe::Progress;
use board::Board;
use lane::Lane;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// What it takes to change one vendor and to see the result.
pub struct Hands {
    /// Its writer by requests, or why there is none: a credential that could not be had.
    pub writer: Result<Arc<dyn Writer>, ConnectorError>,
    /// Its writer through the vendor's pages, where an operator has opened a browser for it.
    pub browser: Option<Arc<dyn Writer>>,
    /// Its reader, with the credential for reading.
    pub reader: Arc<dyn Reader>,
    /// What a reading covers.
    pub scope: Scope,
    /// How long a change may take to show.
    pub settle: Duration,
    /// Changes on one resource that may travel together.
    pub batch: usize,
}

/// Carries out the plan's changes and gives one outcome for each, in the plan's order.
pub async fn apply(
    approved: &ApprovedPlan,
    mut hands: BTreeMap<VendorName, Hands>,
    clock: Arc<dyn Clock>,
    progress: Arc<dyn Progress>,
) -> Run {
    let started = clock.now();
    let board = Arc::new(Board::new(approved));
    let mut lanes = JoinSet::new();
    let mut owners = BTreeMap::new();
    for vendor in vendors(approved) {
        let lane = Lane::new(
            vendor.clone(),
            approved,
            hands.remove(&vendor),
            Arc::clone(&board),
            Arc::clone(&clock),
            Arc::clone(&progress),
        );
        owners.insert(lanes.spawn(lane.run()).id(), vendor);
    }
    while let Some(joined) = lanes.join_next_with_id().await {
        // Other lanes may be waiting for this one's changes, so a lane that broke off must not leave them open.
        if let Err(broken) = joined
            && let Some(vendor) = owners.get(&broken.id())
        {
            board.abandon(vendor);
        }
    }
    Run { started, ended: clock.now(), outcomes: board.outcomes() }
}

fn vendors(approved: &ApprovedPlan) -> std::collections::BTreeSet<VendorName> {
    approved.plan().changes.iter().map(|change| change.vendor.clone()).collect()
}

#[cfg(test)]
mod fakes;
#[cfg(test)]
mod tests;
