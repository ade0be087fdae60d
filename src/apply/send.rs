//! Sends changes that may go now, and takes the vendor's answers down.

use super::board::{End, Step};
use super::flight::{Answer, Landed, Passenger};
use super::lane::{Lane, Learned};
use super::since::Since;
use super::words;
use crate::connector::{ConnectorError, Receipt, Writer};
use crate::domain::{Action, Change, Channel, OutcomeStatus};
use std::sync::Arc;

impl Lane {
    /// What carries the change out.
    fn writer(&self, change: &Change) -> Option<Arc<dyn Writer>> {
        let hands = self.hands.as_ref()?;
        match change.channel {
            Channel::Api => hands.writer.clone().ok(),
            Channel::Browser => hands.browser.clone(),
            Channel::Runbook => None,
        }
    }

    /// Sends the changes at these places, each list of them in one go, once all are in the journal.
    pub(super) fn send(&mut self, lists: Vec<Vec<usize>>) {
        let ready: Vec<Vec<Passenger>> = lists.into_iter().map(|places| self.fill_in(places)).collect();
        let all: Vec<&Change> = ready.iter().flatten().map(|(_, change)| change).collect();
        if all.is_empty() {
            return;
        }
        let since = Since::now(&*self.conduct.clock);
        if let Err(error) = self.conduct.journal.intend(&all) {
            for (at, _) in ready.iter().flatten() {
                self.end(*at, End::new(OutcomeStatus::Failed, words::unwritten(&error)));
            }
            self.unwritten = Some(error);
            return;
        }
        let leave = || ready.iter().flatten().map(|(at, _)| *at);
        self.board.leave(leave());
        self.times.extend(leave().map(|at| (at, (since.told(), since.told()))));
        for aboard in ready {
            // The gate lets nothing through that nobody can carry out.
            let Some(writer) = aboard.first().and_then(|(_, first)| self.writer(first)) else { continue };
            self.flights.start(writer, &self.conduct, (since, aboard));
        }
    }

    /// The changes with the ids that they need. One that lacks an id ends here.
    fn fill_in(&self, places: Vec<usize>) -> Vec<Passenger> {
        let mut ready = Vec::with_capacity(places.len());
        for at in places {
            match fill_in(self.board.change(at), &self.learned) {
                Ok(change) => ready.push((at, change)),
                Err(what) => self.end(at, End::new(OutcomeStatus::Skipped, words::no_id(what))),
            }
        }
        ready
    }

    /// Notes the answers to one request.
    pub(super) fn land(&mut self, landed: Landed) {
        if let Some(((_, first), _)) = landed.first() {
            let answers: Vec<&Answer> = landed.iter().map(|(_, answer)| answer).collect();
            let takes = self.takes(first);
            self.patience.note(takes, &answers);
        }
        for ((at, mut change), answer) in landed {
            self.conduct.journal.answered(&change, &answer);
            let step = match answer {
                Ok(receipt) => {
                    self.learned.take(&mut change, &receipt);
                    Step::Sent { note: receipt.note }
                }
                Err(error) => {
                    Step::Doubtful { possible: possible(change.channel, &error), error: error.to_string() }
                }
            };
            if let Some(sending) = self.conduct.credentials.get(&change.id) {
                self.board.sent_with(at, sending.credential);
            }
            if let Some((_, answered)) = self.times.get_mut(&at) {
                *answered = self.conduct.clock.now();
            }
            self.sent.insert(at, change);
            self.tell(at, step);
        }
    }
}

impl Learned {
    /// Keeps what a receipt names, for the changes that build on it.
    fn take(&mut self, change: &mut Change, receipt: &Receipt) {
        match &mut change.action {
            Action::Invite { .. } => {
                if let Some(id) = &receipt.account {
                    change.account_id = Some(id.clone());
                    self.accounts.extend(change.user.clone().map(|user| (user, id.clone())));
                }
            }
            Action::CreateResource { on } => {
                if let Some(id) = &receipt.resource {
                    on.id = Some(Arc::clone(id));
                    self.resources.insert(on.name.clone(), Arc::clone(id));
                }
            }
            _ => {}
        }
    }
}

/// The change with the ids that the vendor gave to what earlier changes created; what is missing otherwise.
fn fill_in(change: &Change, learned: &Learned) -> Result<Change, &'static str> {
    let mut change = change.clone();
    let creates = matches!(change.action, Action::Invite { .. } | Action::CreateResource { .. });
    if !creates && change.account_id.is_none() {
        // A removal acts on an account that was read, never on one that this very plan created.
        if !change.action.is_removal() {
            change.account_id = change.user.as_ref().and_then(|user| learned.accounts.get(user)).cloned();
        }
        if change.account_id.is_none() {
            return Err("account");
        }
    }
    if let Some(on) = change.action.target_mut()
        && on.id.is_none()
    {
        // A resource without an id is not an error: the organisation itself has none at some vendors.
        on.id = learned.resources.get(&on.name).cloned();
    }
    Ok(change)
}

/// Whether a change may have taken effect, or be there already, in spite of the error.
pub(super) fn possible(channel: Channel, error: &ConnectorError) -> bool {
    match error {
        ConnectorError::Unknown { .. } | ConnectorError::Unrecorded { .. } => true,
        // On a vendor's pages nothing is pressed before what has to be there is there.
        _ if channel == Channel::Browser => false,
        // Of one change's several requests the last may not have been carried out, and an earlier one have been.
        ConnectorError::RetryLater { .. }
        | ConnectorError::Broke { .. }
        | ConnectorError::Gone { .. }
        | ConnectorError::ContractBroken { .. } => true,
        ConnectorError::Refused { .. }
        | ConnectorError::Unauthorised { .. }
        | ConnectorError::Forbidden { .. }
        | ConnectorError::LimitReached { .. } => false,
    }
}
