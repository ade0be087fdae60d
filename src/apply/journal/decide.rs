//! What became of a change that an apply left open. Pure.

use super::entry::Found;
use super::read::Started;
use crate::apply::verify::{Sight, recorded_before, shows};
use crate::apply::words::plain;
use crate::domain::{Action, Change, Channel, ResourceReading, Snapshot};
use std::time::Duration;

/// Whether carrying the change out twice comes to the same as carrying it out once, and nobody hears of the second
/// time: the one list of the kinds for which that is so, when they go by requests.
///
/// - `grant`, `change-level`: they set a level, which is then what it was.
/// - `revoke`, `remove-account`, `cancel-invitation`: they name what goes by the vendor's own id, which no vendor gives
///   to anything else, and what is gone already is gone.
/// - `suspend`, `restore`: they set a state.
/// - `update-account`: it sets names.
///
/// Not so `invite` and `resend-invitation`, which send mail, `create-resource`, which can make a second one of the same
/// name, and `transfer-ownership`, which both sides are told about. And nothing that goes through a vendor's pages, where
/// a person may have gone on in between.
#[must_use]
pub fn is_repeatable(change: &Change) -> bool {
    let kind = match change.action {
        Action::Grant { .. }
        | Action::ChangeLevel { .. }
        | Action::Revoke { .. }
        | Action::UpdateAccount { .. }
        | Action::Suspend
        | Action::Restore
        | Action::RemoveAccount
        | Action::CancelInvitation { .. } => true,
        Action::CreateResource { .. }
        | Action::Invite { .. }
        | Action::TransferOwnership { .. }
        | Action::ResendInvitation { .. } => false,
    };
    kind && change.channel == Channel::Api
}

/// What a reading says about an open change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is known what became of it, or that nobody can know.
    Found(Found),
    /// It may show yet: what a reading made after this time says, is certain.
    Wait(Duration),
}

/// What became of the change, by a reading that was begun when `passed` had gone by since it can last have been sent.
/// `settle`: how long the vendor may take to show a change.
pub(super) fn decide(open: &Started, passed: Duration, settle: Duration, reading: &Snapshot) -> Verdict {
    let change = &named(open);
    let again = is_repeatable(change);
    let declined = !open.is_possible();
    let rest = settle.saturating_sub(passed);
    if let Some(why) = of_another(change, reading) {
        return if declined {
            not_done("The vendor declined it.")
        } else {
            Verdict::Found(Found::Unknown(why))
        };
    }
    match shows(change, reading) {
        Sight::Shown if is_resend(change) && !declined && !matches!(open.answer, Some(Ok(_))) => {
            Verdict::Found(Found::Unknown(
                "The invitation is pending, and nothing shows whether it was sent again.".to_owned(),
            ))
        }
        Sight::Shown if is_resend(change) && declined => not_done("The vendor declined it."),
        Sight::Shown => Verdict::Found(Found::Done),
        Sight::Not(_) | Sight::Blind(_) if declined => not_done("The vendor declined it."),
        Sight::Not(_)
            if !again
                && let Some(why) = recorded_before(change, (open.at, open.sent_by()), settle, reading) =>
        {
            Verdict::Found(Found::Unread(why))
        }
        Sight::Not(instead) if rest.is_zero() => not_done(&format!("A reading does not show it: {instead}.")),
        Sight::Not(_) => Verdict::Wait(rest),
        Sight::Blind(_) if again => {
            not_done("No reading can show it, and carrying it out again changes nothing more.")
        }
        Sight::Blind(reason) => Verdict::Found(Found::Unknown(format!(
            "No reading can show whether it was carried out: {reason}."
        ))),
    }
}

/// Why the reading says nothing of the change, where what it shows under the resource's name is another resource by now.
fn of_another(change: &Change, reading: &Snapshot) -> Option<String> {
    let on = change.action.target()?;
    let ResourceReading::Read { id: Some(now), .. } = reading.resources.get(&on.name)? else { return None };
    // Some vendors write an id in one case, and take it in any.
    let then = on.id.as_ref().filter(|then| !then.eq_ignore_ascii_case(now))?;
    let (name, then, now) = (&on.name, plain(then), plain(now));
    Some(format!(
        "`{name}` was `{then}` at the vendor when the change was sent, and is `{now}` now; nobody looks at `{then}` any \
         more. See there yourself, unless it is gone."
    ))
}

/// The change with the ids that the vendor named.
fn named(open: &Started) -> Change {
    let mut change = open.change.clone();
    let Some(Ok(receipt)) = &open.answer else { return change };
    match &mut change.action {
        Action::Invite { .. } if receipt.account.is_some() => change.account_id.clone_from(&receipt.account),
        Action::CreateResource { on } if receipt.resource.is_some() => on.id.clone_from(&receipt.resource),
        _ => {}
    }
    change
}

fn is_resend(change: &Change) -> bool {
    matches!(change.action, Action::ResendInvitation { .. })
}

fn not_done(why: &str) -> Verdict {
    Verdict::Found(Found::NotDone(why.to_owned()))
}

#[cfg(test)]
mod tests;
