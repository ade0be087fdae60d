//! Whether a change may be sent now. Pure, but for looking at the board.

use super::board::{Board, End, Step};
use super::words;
use crate::domain::{Action, Change, OutcomeStatus};

/// What a change's predecessors say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gate {
    /// It may be sent.
    Open,
    /// It has to wait for a predecessor's answer, or for a reading that shows it.
    Wait,
    /// It will not be sent.
    Shut(End),
}

/// What the changes before the one at `at` say. `known` tells whether the vendor has named what a predecessor
/// created, without which its successors cannot be sent.
///
/// All predecessors are heard before the change is shut, so that the reason does not depend on which of two
/// vendors answered first.
pub(super) fn gate(at: usize, board: &Board, known: &dyn Fn(&Change) -> bool) -> Gate {
    let change = board.change(at);
    let mut shut: Option<End> = None;
    for &first in board.before(at) {
        let before = board.change(first);
        match board.step(first) {
            Step::Pending | Step::Leaving | Step::Doubtful { .. } => return Gate::Wait,
            Step::Sent { .. }
                if must_be_seen(change, before) || must_settle(change, before) || !known(before) =>
            {
                return Gate::Wait;
            }
            Step::Sent { .. } => {}
            Step::Ended(end) if end.idle && must_be_seen(change, before) => {
                shut = Some(worse(shut, End::new(OutcomeStatus::Skipped, words::behind_idle(before))));
            }
            Step::Ended(end) if end.status == OutcomeStatus::Done => {}
            Step::Ended(end) if end.accepted && !must_be_seen(change, before) => {}
            Step::Ended(_) if is_outdone(at, before, board) => {}
            Step::Ended(end) => shut = Some(worse(shut, behind(change, before, end.status))),
        }
    }
    shut.map_or(Gate::Open, Gate::Shut)
}

/// Whether `before` must be seen in a reading, and not only be accepted, because `change` takes access that
/// `before` puts something else in place of. A vendor that accepts a promotion and ignores it would otherwise
/// be left without an admin by the demotion that follows.
fn must_be_seen(change: &Change, before: &Change) -> bool {
    let gain = matches!(
        before.action,
        Action::Invite { .. }
            | Action::Grant { .. }
            | Action::ChangeLevel { .. }
            | Action::TransferOwnership { .. }
            | Action::Restore
    );
    let same_user = change.user.is_some() && change.user == before.user;
    let loss =
        change.action.is_removal() || (matches!(change.action, Action::ChangeLevel { .. }) && !same_user);
    gain && loss
}

/// Whether `before` must be seen, or have had its time to show, because another vendor's accounts come from where it
/// takes something: a provider that has accepted that and not carried it out would make the account again. Once that
/// time is over the change is sent all the same, so that nobody keeps access for want of a proof.
fn must_settle(change: &Change, before: &Change) -> bool {
    change.vendor != before.vendor && before.action.is_removal()
}

/// Whether `before` takes single access at a provider from an account that another predecessor puts out of use as a
/// whole. That one alone decides then: what could not be taken besides brings nothing back.
fn is_outdone(at: usize, before: &Change, board: &Board) -> bool {
    let whole = |other: &Change| {
        other.vendor == before.vendor
            && other.account_id == before.account_id
            && matches!(other.action, Action::RemoveAccount | Action::Suspend)
    };
    before.vendor != board.change(at).vendor
        && before.account_id.is_some()
        && matches!(before.action, Action::Revoke { .. })
        && board.before(at).iter().any(|&other| whole(board.change(other)))
}

fn behind(change: &Change, before: &Change, status: OutcomeStatus) -> End {
    match status {
        OutcomeStatus::Waiting => End::new(OutcomeStatus::Waiting, words::behind_waiting(change, before)),
        status => End::new(OutcomeStatus::Skipped, words::behind(change, before, status)),
    }
}

/// Being skipped outweighs waiting: a person's step alone would not free the change. Of two alike the first stays.
fn worse(one: Option<End>, other: End) -> End {
    match one {
        Some(one) if one.status == OutcomeStatus::Skipped || other.status != OutcomeStatus::Skipped => one,
        _ => other,
    }
}
