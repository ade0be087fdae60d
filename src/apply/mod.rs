//! Carries an approved plan out, and believes only what a fresh reading shows.
//!
//! Each vendor has a lane of its own, and the lanes run side by side. A lane goes through its changes in the
//! plan's order, sends those whose predecessors allow it, several at a time where they do not touch each other, and
//! then reads the vendor again: what the reading shows is `done`, everything else says why it is not. Nothing here
//! decides *what* to change: a change that the plan does not list cannot be sent, because lanes only ever hold the
//! plan's own changes. What is about to be sent is in the journal first.

mod board;
pub mod browser;
mod flight;
mod footprint;
mod gate;
pub mod hold;
pub mod journal;
mod lane;
mod patience;
mod prove;
pub mod runbook;
mod send;
mod since;
mod stop;
mod verify;
mod words;

use crate::connector::{ConnectorError, Reader, Scope, Writer};
use crate::domain::{ChangeId, Duty, Run, VendorName};
use crate::guard::ApprovedPlan;
use crate::net::Clock;
use crate::observe::Progress;
use board::Board;
pub use flight::BROKEN_OFF;
use journal::Journal;
use lane::Lane;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
pub use stop::Stop;
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
    /// Requests that may be under way at a time; at least one.
    pub width: usize,
}

/// How an apply is conducted, whatever it changes.
#[derive(Clone)]
pub struct Conduct {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Watches.
    pub progress: Arc<dyn Progress>,
    /// Where it is written down what is about to happen, and what came of it.
    pub journal: Arc<dyn Journal>,
    /// A wish to end early.
    pub stop: Stop,
    /// Changes that are not to be tried, each with the reason: what an earlier apply may have done, and nobody can tell;
    /// and what was not asked for.
    pub aside: BTreeMap<ChangeId, String>,
    /// With which credential a change is sent, where that is by an API, and whether it takes access.
    pub credentials: BTreeMap<ChangeId, Sending>,
}

/// How a change goes by an API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sending {
    /// With which credential.
    pub credential: Duty,
    /// Whether access is less when it is done. Only a vendor's ladders tell that of a change of level.
    pub takes: bool,
}

/// Carries out the plan's changes and gives one outcome for each, in the plan's order.
pub async fn apply(
    approved: &ApprovedPlan,
    mut hands: BTreeMap<VendorName, Hands>,
    conduct: &Conduct,
) -> Run {
    let started = conduct.clock.now();
    let board = Arc::new(Board::new(approved));
    let mut lanes = JoinSet::new();
    let mut owners = BTreeMap::new();
    for vendor in vendors(approved) {
        let lane =
            Lane::new(vendor.clone(), approved, hands.remove(&vendor), Arc::clone(&board), conduct.clone());
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
    Run { started, ended: conduct.clock.now(), outcomes: board.outcomes() }
}

fn vendors(approved: &ApprovedPlan) -> std::collections::BTreeSet<VendorName> {
    approved.plan().changes.iter().map(|change| change.vendor.clone()).collect()
}

#[cfg(test)]
mod fakes;
#[cfg(test)]
mod tests;
