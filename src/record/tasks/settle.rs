//! What a reading says about the tasks that are open.

use super::event::{Event, Issued, What};
use super::fold::Entry;
use super::reads::Reads;
use crate::domain::{AccountState, InvitationState, Level, TaskId, TaskState};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What follows for the ledger's tasks from a plan and from the readings that it rests on.
///
/// A task that the plan no longer lists is `seen` where a reading made after it was asked for shows it, ticked off or
/// not. One that was ticked off and is still listed is `reopened` by a reading made after the tick. One that is no
/// longer listed and that no reading shows was `withdrawn`: the files have changed. Where nothing was read, or another
/// resource than the task is about, nothing follows.
#[must_use]
pub fn settle(
    ledger: &BTreeMap<TaskId, Entry>,
    planned: &BTreeSet<TaskId>,
    reads: &Reads,
    now: Timestamp,
    by: &Arc<str>,
) -> Vec<Event> {
    let judged = ledger.iter().filter_map(|(id, entry)| {
        let what = judge(entry, planned.contains(id), reads)?;
        Some(Event { at: now, task: id.clone(), what, by: Arc::clone(by) })
    });
    judged.collect()
}

fn judge(entry: &Entry, planned: bool, reads: &Reads) -> Option<What> {
    let (issued_at, issued) = entry.issued.as_ref().filter(|_| !entry.closed)?;
    if entry.is_obligation() {
        // That it was met is somebody's word; that its change is no longer asked for makes room for the next time.
        let taken = reads.taken(&issued.vendor, issued.resource.as_ref())?;
        let over = entry.state == TaskState::Acknowledged && !planned && reads.is_after(taken, *issued_at);
        return over.then_some(What::Seen { taken, ticked: true });
    }
    // What the vendor does not have was not created, and nobody was given anything on it: the plan asks for it still.
    let missing = || reads.missing(&issued.vendor, issued.resource.as_ref()).filter(|_| planned);
    let taken = reads.told(issued).or_else(missing)?;
    let ticked = entry.tick.as_ref();
    let is_sent = entry.state == TaskState::Sent;
    let contradicted = is_sent && ticked.is_some_and(|tick| reads.is_after(taken, tick.at));
    let is_newer = reads.is_after(taken, *issued_at);
    if planned {
        return contradicted.then_some(What::Reopened { taken });
    }
    if reads.another(issued).is_some() {
        // What is read under the name now tells nothing of it. Whoever ticks it off after that has seen to it; where every
        // reading is newer than any tick, whoever does so once more after it was opened again.
        let again = entry.taken.zip(ticked).is_some_and(|(told, tick)| tick.at > told);
        let over = is_sent && is_newer && (again || !contradicted);
        return match over {
            true => Some(What::Withdrawn { taken }),
            false => contradicted.then_some(What::Reopened { taken }),
        };
    }
    let is_broken = |account| reads.vendors.get(&issued.vendor)?.broken.get(account);
    if issued.account.as_deref().and_then(is_broken).is_some() {
        return None;
    }
    match shows(issued, reads) {
        true => is_newer.then_some(What::Seen { taken, ticked: ticked.is_some() }),
        false => (!is_sent || contradicted).then_some(What::Withdrawn { taken }),
    }
}

/// Whether the reading is as the task would have it. Only asked where no plan lists the task any more, so that what
/// a reading does not tell, such as that a mail was sent again, is the plan's word.
fn shows(issued: &Issued, reads: &Reads) -> bool {
    let Some(account) = issued.account.as_deref() else { return issued.code.as_ref() == "create-resource" };
    let Some(resource) = &issued.resource else {
        let listed = reads.vendors.get(&issued.vendor).and_then(|read| read.accounts.get(account));
        let state = listed.map(|listed| listed.state);
        return match issued.code.as_ref() {
            "remove-account" => state.is_none(),
            // Whoever has accepted an invitation meanwhile has access, and nothing was cancelled.
            "cancel-invitation" => {
                !matches!(state, Some(AccountState::Active | AccountState::Invited(InvitationState::Pending)))
            }
            "suspend" => state == Some(AccountState::Suspended),
            "restore" => state == Some(AccountState::Active),
            _ => state.is_some(),
        };
    };
    let Some(read) = reads.resources.get(&(issued.vendor.clone(), resource.clone())) else { return false };
    let (holds, offered) = (read.holders.get(account), read.offers.get(account));
    let wanted = |level: &Level| issued.to.as_deref().is_none_or(|to| to == level.as_str());
    match issued.code.as_ref() {
        "revoke" => holds.is_none(),
        "cancel-invitation" => offered.is_none() && holds.is_none(),
        "grant" | "change-level" | "transfer-ownership" => holds.is_some_and(wanted),
        // Who has taken the offer may have risen since.
        "invite" => holds.is_some() || offered.is_some_and(wanted),
        _ => holds.is_some() || offered.is_some(),
    }
}
