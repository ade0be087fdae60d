//! One vendor's changes, from the first to the last.

use super::Hands;
use super::board::{End, Shared, Step, outcome};
use super::gate::{Gate, gate};
use super::send::Patience;
use super::words;
use crate::domain::{AccountId, Action, Change, Channel, OutcomeStatus, ResourceName, UserName, VendorName};
use crate::guard::ApprovedPlan;
use crate::net::Clock;
use crate::observe::{Event, Progress};
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
    pub(super) clock: Arc<dyn Clock>,
    pub(super) progress: Arc<dyn Progress>,
    /// The changes as they were sent, ids filled in, by their place in the plan.
    pub(super) sent: BTreeMap<usize, Change>,
    pub(super) learned: Learned,
    pub(super) patience: Patience,
    /// Why guards hold changes back, by their place in the plan.
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
        clock: Arc<dyn Clock>,
        progress: Arc<dyn Progress>,
    ) -> Self {
        let pending = board.pending(&vendor);
        let held = pending.iter().filter(|at| approved.is_held(&board.change(**at).id));
        let held = held.map(|at| (*at, words::held(&board.change(*at).id, approved.plan()))).collect();
        Self {
            vendor,
            board,
            hands,
            clock,
            progress,
            sent: BTreeMap::new(),
            learned: Learned::default(),
            patience: Patience::default(),
            held,
            pending,
        }
    }

    pub(super) async fn run(mut self) {
        self.progress.event(&Event::Applying(&self.vendor, self.pending.len()));
        let mut news = self.board.news();
        loop {
            news.mark_unchanged();
            if self.pass().await || self.prove().await {
                continue;
            }
            // What is left waits for other vendors' changes.
            if self.pending.is_empty() || news.changed().await.is_err() {
                break;
            }
        }
        self.progress.event(&Event::Applied(&self.vendor));
    }

    /// Goes through the pending changes once, in order, and sends or ends what can be. Whether any was.
    async fn pass(&mut self) -> bool {
        let queue = std::mem::take(&mut self.pending);
        let mut next = 0;
        while next < queue.len() {
            let at = queue[next];
            next += match self.gate(at) {
                Gate::Open => {
                    let together = self.together(&queue[next..]);
                    self.send(&queue[next..next + together]).await;
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
        self.pending.len() < queue.len()
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
        let browser = self.hands.as_ref().and_then(|hands| hands.browser.as_ref());
        match change.channel {
            Channel::Api => {}
            Channel::Browser if browser.is_some() => return Gate::Open,
            Channel::Browser | Channel::Runbook => {
                return Gate::Shut(End::new(OutcomeStatus::Waiting, words::by_hand(change)));
            }
        }
        if let Some(reason) = self.patience.lost(change) {
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

    /// How many changes from the queue's first on may travel together: sendable ones next to each other, of one
    /// action on one resource. Changes of accounts go one by one: vendors batch by resource only.
    fn together(&self, queue: &[usize]) -> usize {
        let key = |at: usize| {
            let change = self.board.change(at);
            (change.action.word(), change.action.target().map(|on| &on.name), change.channel)
        };
        let first = key(queue[0]);
        if first.1.is_none() || first.2 != Channel::Api {
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
        self.tell(at, Step::Ended(end));
    }

    pub(super) fn tell(&self, at: usize, step: Step) {
        self.progress.event(&Event::Sent(&self.vendor, &outcome(self.board.change(at), &step)));
        self.board.set(at, step);
    }
}
