//! What a task is, in a line.

use super::words::plain;
use crate::domain::{Action, Change, Obligation, Target, UserName};

/// The change as an order, as in `Remove Pia Rossi <pia@pixelworks.example> from marketing-site`.
pub(super) fn of_change(change: &Change, account: Option<&str>) -> String {
    let who = who(change, account);
    match &change.action {
        Action::CreateResource { on } => format!("Create {} {}", plain(&on.kind), on.name),
        Action::Invite { on: Some(offer), .. } => {
            format!("Invite {who} to {} as {}", offer.on.name, plain(offer.to.as_str()))
        }
        Action::Invite { on: None, .. } => format!("Invite {who}"),
        Action::Grant { on, to } => format!("Give {who} {} on {}", plain(to.as_str()), on.name),
        Action::ChangeLevel { on, from, to } => {
            let (from, to) = (plain(from.as_str()), plain(to.as_str()));
            format!("Change {who} from {from} to {to} on {}", on.name)
        }
        Action::Revoke { on, .. } => format!("Remove {who} from {}", on.name),
        Action::TransferOwnership { on, from } => {
            format!("Transfer the ownership of {} from {} to {who}", on.name, plain(from.as_str()))
        }
        Action::UpdateAccount { .. } => format!("Update the account of {who}"),
        Action::Suspend => format!("Suspend the account of {who}"),
        Action::Restore => format!("Restore the account of {who}"),
        Action::RemoveAccount => format!("Remove the account of {who}"),
        Action::ResendInvitation { on } => format!("Send the invitation of {who}{} again", to_place(on)),
        Action::CancelInvitation { on } => format!("Cancel the invitation of {who}{}", to_place(on)),
    }
}

fn to_place(on: &Option<Target>) -> String {
    on.as_ref().map(|on| format!(" to {}", on.name)).unwrap_or_default()
}

/// The obligation, as in `Hand over content: pia (pia@pixelworks.example)`.
pub(super) fn of_obligation(work: &Obligation) -> String {
    let mut what = work.code.replace('-', " ");
    if let Some(first) = what.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let on = work.resource.as_ref().map(|name| format!(", {name}")).unwrap_or_default();
    format!("{what}: {}{on}", about(work))
}

/// Whom an obligation is about.
pub(super) fn about(work: &Obligation) -> String {
    match (&work.user, &work.account) {
        (Some(user), Some(account)) => format!("{user} ({})", plain(account)),
        (Some(user), None) => user.to_string(),
        (None, Some(account)) => plain(account),
        (None, None) => work.vendor.to_string(),
    }
}

/// The user and the account, as far as they are known.
pub(super) fn who(change: &Change, account: Option<&str>) -> String {
    let handle = change.user.as_ref().map(UserName::as_str);
    match (change.user_name.as_deref().or(handle), account) {
        (Some(name), Some(account)) => format!("{} <{}>", plain(name), plain(account)),
        (Some(name), None) => plain(name),
        (None, Some(account)) => plain(account),
        (None, None) => change.account_id.as_ref().map_or_else(
            || "an account without a name".to_owned(),
            |id| format!("the account {}", plain(id.as_str())),
        ),
    }
}

/// What a resource's name stands for: `project k3j9x2`.
pub(super) fn resource_note(on: &Target) -> String {
    let shown = on.display.as_deref().into_iter().chain(on.id.as_deref());
    shown.fold(plain(&on.kind), |note, text| format!("{note} {}", plain(text)))
}
