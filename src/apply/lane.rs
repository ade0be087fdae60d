//! One vendor's changes, from the first to the last.

use super::board::{End, Shared, Step};
use super::flight::Flights;
use super::footprint::Footprint;
use super::gate::{Gate, gate};
use super::journal::JournalError;
use super::patience::Patience;
use super::words;
use super::{Conduct, Hands};
use crate::domain::{AccountId, Action, Change, Channel, OutcomeStatus, ResourceName, UserName, VendorName};
use crate::guard::ApprovedPlan;
use crate::observe::Event;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the vendor has named since the plan was made: the ids of what the plan created.
#[derive(Debug, Default)]
pub(super) struct Learned {
    pub(super) accounts: BTreeMap<UserName, AccountId>,
    pub(super) resources: BTreeMap<ResourceName, Arc<str>>,
}

/// One vendor's changes and all that is needed to carry them out.
pub(super) struct Lane {
    pub(super) vendor: VendorName,
    pub(super) board: Shared,
    pub(super) hands: Option<Hands>,
    pub(super) conduct: Conduct,
    /// The changes as they were sent, ids filled in, by their place in the plan.
    pub(super) sent: BTreeMap<usize, Change>,
    /// When each was written down, and when it was answered.
    pub(super) times: BTreeMap<usize, (Timestamp, Timestamp)>,
    pub(super) learned: Learned,
    pub(super) patience: Patience,
    /// Requests that are under way.
    pub(super) flights: Flights,
    /// Why no more may be sent, once the journal cannot be written.
    pub(super) unwritten: Option<JournalError>,
    /// Why guards or an earlier apply hold changes back, by their place in the plan.
    held: BTreeMap<usize, String>,
    /// Places of the changes that are not yet tried, in the plan's order.
    pending: Vec<usize>,
}

impl Lane {
    pub(super) fn new(
        vendor: VendorName,
        approved: &ApprovedPlan,
        hands: Option<Hands>,
        board: Shared,
        conduct: Conduct,
    ) -> Self {
        let pending = board.pending(&vendor);
        let reason = |at: &usize| {
            let id = &board.change(*at).id;
            let guarded = approved.is_held(id).then(|| words::held(id, approved.plan()));
            Some((*at, guarded.or_else(|| conduct.aside.get(id).cloned())?))
        };
        let held = pending.iter().filter_map(reason).collect();
        Self {
            vendor,
            board,
            hands,
            conduct,
            sent: BTreeMap::new(),
            times: BTreeMap::new(),
            learned: Learned::default(),
            patience: Patience::default(),
            flights: Flights::default(),
            unwritten: None,
            held,
            pending,
        }
    }

    pub(super) async fn run(mut self) {
        self.conduct.progress.event(&Event::Applying(&self.vendor, self.pending.len()));
        let mut news = self.board.news();
        loop {
            news.mark_unchanged();
            let moved = self.launch();
            if !self.flights.is_empty() {
                tokio::select! {
                    biased;
                    landed = self.flights.next() => {
                        self.land(landed);
                        // What has come back meanwhile makes room too: writing down what follows costs the same for
                        // one change as for many.
                        while let Some(landed) = self.flights.next_now() {
                            self.land(landed);
                        }
                    }
                    // Another vendor's change may have freed one of this lane's.
                    Ok(()) = news.changed() => {}
                }
                continue;
            }
            if moved || self.prove().await {
                continue;
            }
            // What is left waits for other vendors' changes.
            if self.pending.is_empty() || news.changed().await.is_err() {
                break;
            }
        }
        self.conduct.progress.event(&Event::Applied(&self.vendor));
    }

    /// Goes through the pending changes once, in order, and sends or ends what can be. Whether any was.
    ///
    /// A change that would cross one under way waits, and whatever would cross that waits behind it: among themselves
    /// they keep the plan's order.
    fn launch(&mut self) -> bool {
        let queue = std::mem::take(&mut self.pending);
        let width = self.hands.as_ref().map_or(1, |hands| hands.width.max(1));
        let mut busy = self.flights.footprint();
        let mut ready = Vec::new();
        let mut next = 0;
        while next < queue.len() {
            let at = queue[next];
            next += match self.gate(at) {
                Gate::Open => {
                    let together = self.together(&queue[next..]);
                    let places = &queue[next..next + together];
                    let print = self.footprint(places);
                    let full = self.flights.len() + ready.len() >= width;
                    if full || print.crosses(&busy) {
                        self.pending.extend(places);
                    } else {
                        ready.push(places.to_vec());
                    }
                    busy.join(print);
                    together
                }
                Gate::Shut(end) => {
                    self.end(at, end);
                    1
                }
                Gate::Wait => {
                    self.pending.push(at);
                    1
                }
            };
        }
        self.send(ready);
        self.pending.len() < queue.len()
    }

    fn footprint(&self, places: &[usize]) -> Footprint {
        let mut print = Footprint::default();
        places.iter().for_each(|at| print.add(self.board.change(*at)));
        print
    }

    /// Whether a pending change can now be sent or ended.
    pub(super) fn can_go_on(&self) -> bool {
        self.pending.iter().any(|&at| self.gate(at) != Gate::Wait)
    }

    /// Whether the change may be sent now.
    fn gate(&self, at: usize) -> Gate {
        if let Some(reason) = self.held.get(&at) {
            return Gate::Shut(End::new(OutcomeStatus::Skipped, reason.as_str()));
        }
        let before = gate(at, &self.board, &|change| self.knows(change));
        if before != Gate::Open {
            return before;
        }
        let change = self.board.change(at);
        if let Some(reason) = &change.waits {
            return Gate::Shut(End::new(OutcomeStatus::Waiting, &**reason));
        }
        if let Some(error) = &self.unwritten {
            return Gate::Shut(End::new(OutcomeStatus::Failed, words::unwritten(error)));
        }
        if self.conduct.stop.is_asked() {
            return Gate::Shut(End::new(OutcomeStatus::Skipped, words::called_off()));
        }
        let browser = self.hands.as_ref().and_then(|hands| hands.browser.as_ref());
        match change.channel {
            Channel::Api => {}
            Channel::Browser if browser.is_some() => return Gate::Open,
            Channel::Browser | Channel::Runbook => {
                return Gate::Shut(End::new(OutcomeStatus::Waiting, words::by_hand(change)));
            }
        }
        if let Some(reason) = self.patience.lost(self.takes(change)) {
            return Gate::Shut(End::new(OutcomeStatus::Skipped, reason));
        }
        match self.hands.as_ref().map(|hands| hands.writer.as_ref().err()) {
            Some(None) => Gate::Open,
            Some(Some(error)) => {
                Gate::Shut(End::new(OutcomeStatus::Failed, words::no_writer(&error.to_string())))
            }
            None => Gate::Shut(End::new(OutcomeStatus::Failed, words::no_writer("No connection was given."))),
        }
    }

    /// Whether access is less when the change is done, so that it goes by the credential for that.
    pub(super) fn takes(&self, change: &Change) -> bool {
        let sending = self.conduct.credentials.get(&change.id);
        sending.map_or_else(|| change.action.is_removal(), |sending| sending.takes)
    }

    /// How many changes from the queue's first on may travel together: sendable ones next to each other, of one
    /// action on one resource, which all give or all take. Changes of accounts go one by one, and so do those of the
    /// organisation, which each account holds by itself: vendors batch by resource only.
    fn together(&self, queue: &[usize]) -> usize {
        let key = |at: usize| {
            let change = self.board.change(at);
            let on = change.action.target().map(|on| &on.name);
            (change.action.word(), on, change.channel, self.takes(change))
        };
        let first = key(queue[0]);
        let on = self.board.change(queue[0]).action.target();
        if on.is_none_or(|on| *on.kind == *ResourceName::ORG) || first.2 != Channel::Api {
            return 1;
        }
        let most = self.hands.as_ref().map_or(1, |hands| hands.batch.max(1));
        let mut accounts = BTreeSet::new();
        let fits = |at: &&usize| {
            let change = self.board.change(**at);
            key(**at) == first
                && accounts.insert((change.user.clone(), change.account_id.clone()))
                && self.gate(**at) == Gate::Open
        };
        queue.iter().take(most).take_while(fits).count().max(1)
    }

    /// Whether the vendor has named what the change created, so that others can build on it.
    fn knows(&self, change: &Change) -> bool {
        if change.vendor != self.vendor {
            return true;
        }
        match &change.action {
            Action::Invite { .. } => {
                change.user.as_ref().is_none_or(|user| self.learned.accounts.contains_key(user))
            }
            Action::CreateResource { on } => self.learned.resources.contains_key(&on.name),
            _ => true,
        }
    }

    pub(super) fn end(&self, at: usize, end: End) {
        let step = Step::Ended(end);
        self.conduct.journal.ended(&self.board.outcome(at, &step));
        self.tell(at, step);
    }

    pub(super) fn tell(&self, at: usize, step: Step) {
        self.conduct.progress.event(&Event::Sent(&self.vendor, &self.board.outcome(at, &step)));
        self.board.set(at, step);
    }
}
