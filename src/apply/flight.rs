//! Requests that are under way, and what comes back from them.

use super::footprint::Footprint;
use super::since::Since;
use super::{Conduct, Stop, words};
use crate::connector::{ConnectorError, Receipt, Writer};
use crate::domain::Change;
use crate::net::{Clock, waits};
use crate::observe::contained;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{Id, JoinError, JoinSet};

/// How often a change is sent in all when the vendor asks for a pause each time.
const ATTEMPTS: usize = 3;

/// The longest pause that is made on a vendor's word. One that asks for more is left for the next apply.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// No change is on its way for longer, counted from when it was written down: whoever looks back rests on that. Three
/// attempts of a few requests, each of which has two minutes and its time for an answer, take less.
pub(super) const LONGEST_FLIGHT: Duration = Duration::from_secs(30 * 60);

/// When what is still under way is broken off: so long before that bound that nothing which a busy machine does late
/// comes after it.
pub const BROKEN_OFF: Duration = Duration::from_secs(29 * 60);

/// No attempt is begun with less than this left: it could be broken off, and nobody would know what became of it.
pub(super) const LONGEST_ATTEMPT: Duration = Duration::from_secs(5 * 60);

/// What a vendor said to one change.
pub(super) type Answer = Result<Receipt, ConnectorError>;

/// A change on its way, by its place in the plan, ids filled in.
pub(super) type Passenger = (usize, Change);

/// The changes of one request, with one answer each.
pub(super) type Landed = Vec<(Passenger, Answer)>;

/// The requests of one lane that are under way. They end when this is dropped.
#[derive(Default)]
pub(super) struct Flights {
    tasks: JoinSet<Vec<Answer>>,
    aboard: BTreeMap<Id, Vec<Passenger>>,
}

impl Flights {
    pub(super) fn is_empty(&self) -> bool {
        self.aboard.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.aboard.len()
    }

    /// All that they touch.
    pub(super) fn footprint(&self) -> Footprint {
        let mut print = Footprint::default();
        self.aboard.values().flatten().for_each(|(_, change)| print.add(change));
        print
    }

    /// Sends changes in one go, which were written down at `since`.
    pub(super) fn start(
        &mut self,
        writer: Arc<dyn Writer>,
        conduct: &Conduct,
        (since, aboard): (Since, Vec<Passenger>),
    ) {
        let changes = aboard.iter().map(|(_, change)| change.clone()).collect();
        let (clock, stop) = (Arc::clone(&conduct.clock), conduct.stop.clone());
        let left = since.left(BROKEN_OFF, &*clock);
        let id = self.tasks.spawn(fly(writer, (clock, stop), (since, left), changes)).id();
        self.aboard.insert(id, aboard);
    }

    /// The next that comes back: its changes, with one answer each.
    pub(super) async fn next(&mut self) -> Landed {
        let joined = self.tasks.join_next_with_id().await;
        self.landed(joined)
    }

    /// The next that has come back already.
    pub(super) fn next_now(&mut self) -> Option<Landed> {
        let joined = self.tasks.try_join_next_with_id()?;
        Some(self.landed(Some(joined)))
    }

    fn landed(&mut self, joined: Option<Result<(Id, Vec<Answer>), JoinError>>) -> Landed {
        let (id, answers) = match joined {
            Some(Ok((id, answers))) => (id, answers),
            Some(Err(broken)) => (broken.id(), Vec::new()),
            None => return Vec::new(),
        };
        let aboard = self.aboard.remove(&id).unwrap_or_default();
        let lost = std::iter::repeat_with(|| broken(words::panicked()));
        aboard.into_iter().zip(answers.into_iter().chain(lost)).collect()
    }
}

/// Sends changes until each has its answer. Those whose vendor asked for a pause are sent again after it, but for what
/// could then be under way for too long; what is so already, is broken off once `left` is over.
async fn fly(
    writer: Arc<dyn Writer>,
    (clock, stop): (Arc<dyn Clock>, Stop),
    (since, left): (Since, Duration),
    changes: Vec<Change>,
) -> Vec<Answer> {
    let mut answers: BTreeMap<usize, Answer> = BTreeMap::new();
    let mut open: Vec<usize> = (0..changes.len()).collect();
    let mut over = clock.sleep(left);
    for attempt in 1..=ATTEMPTS {
        if since.left(BROKEN_OFF, &*clock) < LONGEST_ATTEMPT {
            for at in open {
                let answer = too_late(answers.remove(&at));
                answers.insert(at, answer);
            }
            break;
        }
        let sent = open.iter().filter_map(|at| changes.get(*at).cloned()).collect();
        let said = tokio::select! {
            biased;
            said = execute(Arc::clone(&writer), sent) => said,
            () = &mut over => open.iter().map(|_| broken_off()).collect(),
        };
        let pause = said.iter().filter_map(asked_pause).max().filter(|_| attempt < ATTEMPTS);
        let postponed = open.iter().zip(&said).filter(|(_, answer)| asked_pause(answer).is_some());
        let postponed: Vec<usize> = postponed.map(|(at, _)| *at).collect();
        answers.extend(open.into_iter().zip(said));
        let Some(pause) = pause else { break };
        waits(changes.first().map_or("a vendor", |change| change.vendor.as_str()), pause);
        tokio::select! {
            biased;
            () = stop.asked() => break,
            () = clock.sleep(pause) => open = postponed,
        }
    }
    answers.into_values().collect()
}

/// The answer to a change that is not sent any more, by what was said to it before.
fn too_late(before: Option<Answer>) -> Answer {
    Err(match before {
        Some(Err(error)) => {
            ConnectorError::RetryLater { after: None, message: words::not_again(&error.to_string()) }
        }
        // It never left, and nobody need look for what became of it.
        _ => ConnectorError::Refused { message: words::too_late() },
    })
}

/// The answer to a change that was under way for too long. What was sent is not unsent by that.
fn broken_off() -> Answer {
    Err(ConnectorError::Unknown { message: words::broken_off(BROKEN_OFF) })
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
fn asked_pause(answer: &Answer) -> Option<Duration> {
    match answer {
        Err(ConnectorError::RetryLater { after: Some(after), .. }) if *after <= LONGEST_PAUSE => Some(*after),
        _ => None,
    }
}

fn broken(message: String) -> Answer {
    Err(ConnectorError::ContractBroken { message })
}
