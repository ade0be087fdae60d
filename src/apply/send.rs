//! Sends changes that may go now, and takes the vendor's answers down.

use super::board::{End, Step};
use super::lane::{Lane, Learned};
use super::words;
use crate::connector::{ConnectorError, Receipt, Writer};
use crate::domain::{Action, Change, Channel, OutcomeStatus};
use crate::observe::contained;
use std::sync::Arc;
use std::time::Duration;

/// How often a change is sent in all when the vendor asks for a pause each time.
const ATTEMPTS: usize = 3;

/// The longest pause that is made on a vendor's word. One that asks for more is left for the next apply.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// How many requests in a row may end in the same trouble before the vendor is left alone. One or two can be
/// the fault of the accounts that they are about; every further one would only repeat the answer, and some
/// vendors lock a credential that keeps failing.
const PATIENCE: u32 = 3;

type Answer = Result<Receipt, ConnectorError>;

/// Counts a vendor's failures in a row. A success ends the row.
///
/// Removals are counted apart from the rest when the credential is refused: a vendor may be configured with a
/// second credential for them, and a broken one must not stop the other.
#[derive(Debug, Default)]
pub(super) struct Patience {
    unauthorised: [Row; 2],
    unreached: Row,
}

#[derive(Debug, Default)]
struct Row {
    times: u32,
    error: String,
}

impl Row {
    fn add(&mut self, error: &ConnectorError) {
        self.times += 1;
        self.error = error.to_string();
    }

    fn lost(&self) -> Option<String> {
        (self.times >= PATIENCE).then(|| words::given_up(self.times, &self.error))
    }
}

impl Patience {
    /// Why the change is not to be tried any more, where it is not.
    pub(super) fn lost(&self, change: &Change) -> Option<String> {
        self.unauthorised[side(change)].lost().or_else(|| self.unreached.lost())
    }

    /// Takes note of one request's answers.
    fn note(&mut self, change: &Change, answers: &[Answer]) {
        let unauthorised = &mut self.unauthorised[side(change)];
        // A request counts once, however many changes travelled in it.
        match answers.iter().find_map(|answer| answer.as_ref().err()) {
            _ if answers.iter().any(Result::is_ok) => {
                *unauthorised = Row::default();
                self.unreached = Row::default();
            }
            Some(error @ ConnectorError::Unauthorised { .. }) => unauthorised.add(error),
            Some(error @ (ConnectorError::RetryLater { .. } | ConnectorError::Unknown { .. })) => {
                self.unreached.add(error);
            }
            // Any other answer shows that the vendor is there and knows the credential.
            _ => {
                *unauthorised = Row::default();
                self.unreached = Row::default();
            }
        }
    }
}

fn side(change: &Change) -> usize {
    usize::from(change.action.is_removal())
}

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

    /// Sends the changes at these places in one go.
    pub(super) async fn send(&mut self, places: &[usize]) {
        let mut ready = Vec::with_capacity(places.len());
        for &at in places {
            match fill_in(self.board.change(at), &self.learned) {
                Ok(change) => ready.push((at, change)),
                Err(what) => self.end(at, End::new(OutcomeStatus::Skipped, words::no_id(what))),
            }
        }
        for attempt in 1..=ATTEMPTS {
            let Some((_, first)) = ready.first() else { return };
            let Some(writer) = self.writer(first) else { return };
            let answers = execute(writer, ready.iter().map(|(_, change)| change.clone()).collect()).await;
            self.patience.note(first, &answers);
            let pause = if attempt < ATTEMPTS { pause(&answers) } else { None };
            ready = self.take_down(ready, answers, pause.is_some());
            if let Some(pause) = pause {
                self.clock.sleep(pause).await;
            }
        }
    }

    /// Notes the answers, and gives back the changes that are to be sent again after a pause.
    fn take_down(
        &mut self,
        changes: Vec<(usize, Change)>,
        answers: Vec<Answer>,
        again: bool,
    ) -> Vec<(usize, Change)> {
        let mut postponed = Vec::new();
        for ((at, mut change), answer) in changes.into_iter().zip(answers) {
            let step = match answer {
                Ok(receipt) => {
                    self.learned.take(&mut change, &receipt);
                    Step::Sent { note: receipt.note }
                }
                Err(error) if again && asked_pause(&error).is_some() => {
                    postponed.push((at, change));
                    continue;
                }
                Err(error) => Step::Doubtful { possible: possible(&error), error: error.to_string() },
            };
            self.sent.insert(at, change);
            self.tell(at, step);
        }
        postponed
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

/// One answer for each change, whatever the connector does.
async fn execute(writer: Arc<dyn Writer>, changes: Vec<Change>) -> Vec<Answer> {
    let count = changes.len();
    let work = async move {
        match &changes[..] {
            [change] => vec![writer.execute(change).await],
            changes => writer.execute_together(&changes.iter().collect::<Vec<_>>()).await,
        }
    };
    let broken = |message: String| Err(ConnectorError::ContractBroken { message });
    match contained(work).await {
        Ok(mut answers) => {
            answers.resize_with(count, || broken(words::unanswered()));
            answers
        }
        Err(_) => (0..count).map(|_| broken(words::panicked())).collect(),
    }
}

/// The pause that the vendor asked for, where it did and the engine makes it: then nothing was carried out, and the
/// change is sent again. No other error leads to that, [`ConnectorError::Unknown`] least of all.
fn asked_pause(error: &ConnectorError) -> Option<Duration> {
    match error {
        ConnectorError::RetryLater { after: Some(after), .. } if *after <= LONGEST_PAUSE => Some(*after),
        _ => None,
    }
}

fn pause(answers: &[Answer]) -> Option<Duration> {
    answers.iter().filter_map(|answer| answer.as_ref().err()).filter_map(asked_pause).max()
}

/// Whether a change may have taken effect, or be there already, in spite of the error.
fn possible(error: &ConnectorError) -> bool {
    match error {
        // Of one change's several requests the last may not have been carried out, and an earlier one have been.
        ConnectorError::RetryLater { .. }
        | ConnectorError::Unknown { .. }
        | ConnectorError::Gone { .. }
        | ConnectorError::Unrecorded { .. }
        | ConnectorError::ContractBroken { .. } => true,
        ConnectorError::Refused { .. }
        | ConnectorError::Unauthorised { .. }
        | ConnectorError::LimitReached { .. } => false,
    }
}
