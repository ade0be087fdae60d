//! The sentences of outcomes.

use super::journal::JournalError;
use crate::domain::{Action, Change, ChangeId, OutcomeStatus, Plan, Verdict, is_hidden};
use std::time::Duration;

/// More than any name or address needs; a vendor's text beyond it says nothing.
const LONGEST: usize = 160;

/// Untrusted text as one short line: what steers a terminal or turns the reading direction becomes `?`.
pub(super) fn plain(text: &str) -> String {
    let mut out: String = text.chars().take(LONGEST).map(|c| if is_hidden(c) { '?' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}

/// Who a change is about, for people.
fn who(change: &Change) -> String {
    match (&change.user_name, &change.account, &change.user) {
        (Some(name), Some(account), _) => format!("{} ({})", plain(name), plain(account)),
        (Some(name), None, Some(user)) => format!("{} ({user})", plain(name)),
        (_, Some(account), _) => plain(account),
        (_, None, Some(user)) => user.to_string(),
        (_, None, None) => "an account without a name".to_owned(),
    }
}

/// Where a change acts, for people.
fn place(change: &Change) -> String {
    let Some(on) = change.action.target() else { return format!("at `{}`", change.vendor) };
    let shown = on.display.as_ref().or(on.id.as_ref()).map(|text| format!(" ({} {})", on.kind, plain(text)));
    format!("on `{}`{} at `{}`", on.name, shown.unwrap_or_default(), change.vendor)
}

/// A change as an instruction to a person, without a full stop.
pub(super) fn instruction(change: &Change) -> String {
    let (who, place) = (who(change), place(change));
    match &change.action {
        Action::CreateResource { .. } => format!("create the resource {place}"),
        Action::Invite { on: Some(offer), .. } => format!("invite {who} as `{}` {place}", offer.to),
        Action::Invite { on: None, .. } => format!("invite {who} {place}"),
        Action::Grant { to, .. } => format!("give {who} the level `{to}` {place}"),
        Action::ChangeLevel { from, to, .. } => {
            format!("change {who} from `{}` to `{to}` {place}", plain(from.as_str()))
        }
        Action::Revoke { from, .. } => {
            format!("take the level `{}` from {who} {place}", plain(from.as_str()))
        }
        Action::TransferOwnership { from, .. } => {
            format!("hand the ownership over from {} to {who} {place}", plain(from.as_str()))
        }
        Action::UpdateAccount { to, .. } => {
            let name = to.name.as_ref().map(|name| format!(", {}", plain(name))).unwrap_or_default();
            format!("change the account of {who} {place} to {}{name}", plain(&to.login))
        }
        Action::Suspend => format!("suspend the account of {who} {place}"),
        Action::Restore => format!("restore the account of {who} {place}"),
        Action::RemoveAccount => format!("remove the account of {who} {place}"),
        Action::ResendInvitation { .. } => format!("send the invitation to {who} {place} again"),
        Action::CancelInvitation { .. } => format!("withdraw the invitation to {who} {place}"),
    }
}

/// A change that a person carries out.
pub(super) fn by_hand(change: &Change) -> String {
    format!("A person carries this out ({}): {}.", change.channel.word(), instruction(change))
}

/// A change that comes after one that waits.
pub(super) fn behind_waiting(change: &Change, first: &Change) -> String {
    let why = match &first.waits {
        None => "which waits for a person",
        Some(_) => "which waits itself",
    };
    let why = format!("It comes after {}, {why}. Run apply again when that is done.", first.id);
    all_the_same(why, change, first)
}

/// A change whose predecessor did not end well.
pub(super) fn behind(change: &Change, first: &Change, status: OutcomeStatus) -> String {
    let why = format!("Not tried, because it comes after {}, which ended {}.", first.id, status.word());
    all_the_same(why, change, first)
}

/// A loss that waited for somebody's gain, whose account somebody has suspended since.
pub(super) fn behind_idle(first: &Change) -> String {
    format!(
        "Not tried, because it comes after {}, whose account is suspended by now: nobody would be there to take over.",
        first.id
    )
}

/// With the way to take access from somebody who cannot be taken out of the provider.
fn all_the_same(why: String, change: &Change, first: &Change) -> String {
    let (vendor, provider) = (&change.vendor, &first.vendor);
    if vendor == provider || !change.action.is_removal() || !first.action.is_removal() {
        return why;
    }
    format!("{why} To do it all the same, apply with `--vendor {vendor}` alone; {provider} may undo it.")
}

/// A change that guards hold back.
pub(super) fn held(change: &ChangeId, plan: &Plan) -> String {
    let blocking =
        plan.guards.iter().filter(|one| one.verdict == Verdict::Block && one.holds.contains(change));
    let reasons: Vec<_> = blocking.map(|one| format!("{}: {}", one.guard, one.detail)).collect();
    if reasons.is_empty() {
        return "Not tried, because a guard holds it back.".to_owned();
    }
    format!("Not tried, because a guard holds it back ({}).", reasons.join("; "))
}

/// A change that names a predecessor which the plan does not have.
pub(super) fn unknown_predecessor(id: &ChangeId) -> String {
    format!(
        "Not tried, because it comes after {id}, which the plan does not have. This is a defect of grantline."
    )
}

/// A change that waits for itself.
pub(super) fn circle() -> String {
    "Not tried, because the changes that come before it lead back to it. This is a defect of grantline."
        .to_owned()
}

/// A change of a lane that broke off.
pub(super) fn broke_off() -> String {
    "The work on this vendor broke off. Run plan to see what is left; this is a defect of grantline."
        .to_owned()
}

/// A change at a vendor that cannot be written to.
pub(super) fn no_writer(error: &str) -> String {
    format!("Not sent, because the vendor cannot be written to. {error}")
}

/// A change whose account or resource an earlier change made without saying which.
pub(super) fn no_id(what: &str) -> String {
    format!("Not sent, because the vendor has not said which {what} it created. Run apply again.")
}

/// A change of a vendor that was given up.
pub(super) fn given_up(times: u32, error: &str) -> String {
    format!("Not tried, because the vendor answered {times} times in a row: {error}")
}

/// A change that could not be written down first.
pub(super) fn unwritten(error: &JournalError) -> String {
    format!("Not sent, because what is about to be done could not be written down first. {error}")
}

/// A change that came after somebody called the work off.
pub(super) fn called_off() -> String {
    "Not tried, because the apply was called off. Run apply again for what is left.".to_owned()
}

/// A change that was under way for too long.
pub(super) fn broken_off(after: Duration) -> String {
    let minutes = after.as_secs() / 60;
    format!("It had no answer within {minutes} minutes and was broken off; it may have been carried out.")
}

/// A change that was written down, and for which there was no time to be sent.
pub(super) fn too_late() -> String {
    "It was not sent, because too long went by since it was written down. Run apply again.".to_owned()
}

/// A change that would be sent again if there were time.
pub(super) fn not_again(error: &str) -> String {
    format!("{error} It was not sent again, because too long went by since it was written down.")
}

/// A connector that broke off while it sent.
pub(super) fn panicked() -> String {
    "The connector broke off while it sent this. This is a defect of grantline.".to_owned()
}

/// A connector that answered for fewer changes than it was given.
pub(super) fn unanswered() -> String {
    "The connector gave no answer for this change. This is a defect of grantline.".to_owned()
}

/// A change on its way.
pub(super) fn sent(note: Option<&str>) -> String {
    with_note("The vendor accepted it; no reading has shown it yet.", note)
}

/// A change that a reading shows.
pub(super) fn done(note: Option<&str>) -> String {
    with_note("A reading made afterwards shows it.", note)
}

/// A change that gave an error and that a reading shows all the same.
pub(super) fn done_in_spite(error: &str) -> String {
    format!("A reading made afterwards shows it, although the vendor's answer was an error: {error}")
}

/// A change that gave an error, and that a reading does not show.
pub(super) fn failed(error: &str, instead: &str) -> String {
    format!("{error} A reading made afterwards does not show the change: {instead}.")
}

/// A change that was accepted and does not show.
pub(super) fn not_shown(instead: &str, waited: Duration, note: Option<&str>) -> String {
    let waited = match waited.as_secs() {
        0 => "A reading made afterwards".to_owned(),
        seconds => format!("A reading made {seconds} seconds afterwards"),
    };
    with_note(
        &format!(
            "The vendor accepted it. {waited} does not show it: {instead}. Run plan later to see whether it does."
        ),
        note,
    )
}

/// A change on what no reading covers.
pub(super) fn blind(reason: &str) -> String {
    format!("The vendor accepted it, and no reading can show it: {reason}.")
}

/// Why a change cannot be seen, on what no reading covers.
pub(super) fn no_reading(reason: &str) -> String {
    format!("No reading can show it: {reason}.")
}

/// A change of which a reading made afterwards tells nothing.
pub(super) fn unseen(error: Option<&str>, why: &str) -> String {
    let answer = error.unwrap_or("The vendor accepted it.");
    format!("{answer} Whether it took effect is not known. {why}")
}

/// A change after which the vendor could not be read.
pub(super) fn unreadable(error: Option<&str>, reason: &str) -> String {
    let answer = error.unwrap_or("The vendor accepted it.");
    format!(
        "{answer} Whether it took effect is not known, because the vendor could not be read afterwards: {reason}"
    )
}

fn with_note(sentence: &str, note: Option<&str>) -> String {
    note.map_or_else(|| sentence.to_owned(), |note| format!("{sentence} {note}"))
}
