//! What actions are called, and what they lead from and to, for every renderer alike.

use crate::domain::{Action, Change, Profile, Target, UserName};

/// A sign-in name with the display name before it.
pub(super) fn profile(profile: &Profile) -> String {
    match &profile.name {
        Some(name) => format!("{name} <{}>", profile.login),
        None => profile.login.to_string(),
    }
}

/// The account as a person knows it: for an invitation, the one to be.
pub(super) fn account(change: &Change) -> Option<&str> {
    match &change.action {
        Action::Invite { profile, .. } => Some(change.account.as_deref().unwrap_or(&profile.login)),
        _ => change.account.as_deref(),
    }
}

/// What the action leads from: a level, the account as read, or the account that gives ownership up.
pub(super) fn from(action: &Action) -> Option<String> {
    match action {
        Action::ChangeLevel { from, .. } | Action::Revoke { from, .. } => Some(from.to_string()),
        Action::TransferOwnership { from, .. } => Some(from.to_string()),
        Action::UpdateAccount { from, .. } => Some(profile(from)),
        _ => None,
    }
}

/// What the action leads to: a level, or the account as declared.
pub(super) fn to(action: &Action) -> Option<String> {
    match action {
        Action::Grant { to, .. } | Action::ChangeLevel { to, .. } => Some(to.to_string()),
        Action::UpdateAccount { to, .. } => Some(profile(to)),
        Action::Invite { on: Some(offer), .. } => Some(offer.to.to_string()),
        Action::Invite { profile: new, on: None, .. } => Some(profile(new)),
        _ => None,
    }
}

/// What is done, without to whom. The text holds what vendors and files say, as they say it.
pub(super) fn what(action: &Action) -> String {
    match action {
        Action::CreateResource { on } => match &on.display {
            Some(display) => format!("create {} {} named {display}", on.kind, on.name),
            None => format!("create {} {}", on.kind, on.name),
        },
        Action::Invite { on: Some(offer), .. } => format!("invite to {}: {}", offer.on.name, offer.to),
        Action::Invite { on: None, .. } => "invite".to_owned(),
        Action::Grant { on, to } => format!("grant {}: {to}", on.name),
        Action::ChangeLevel { on, from, to } => format!("change {}: {from} -> {to}", on.name),
        Action::Revoke { on, from } => format!("revoke {}: {from}", on.name),
        Action::TransferOwnership { on, from } => format!("transfer ownership of {} from {from}", on.name),
        Action::UpdateAccount { .. } => "update account".to_owned(),
        Action::Suspend => "suspend".to_owned(),
        Action::Restore => "restore".to_owned(),
        Action::RemoveAccount => "remove account".to_owned(),
        Action::ResendInvitation { on } => format!("resend invitation{}", to_place(on)),
        Action::CancelInvitation { on } => format!("cancel invitation{}", to_place(on)),
    }
}

fn to_place(on: &Option<Target>) -> String {
    on.as_ref().map(|on| format!(" to {}", on.name)).unwrap_or_default()
}

/// To whom: the user's name and the account's address, as far as they are known.
pub(super) fn who(change: &Change) -> String {
    let handle = change.user.as_ref().map(UserName::as_str);
    let name = change.user_name.as_deref().or(handle);
    match (name, account(change)) {
        (Some(name), Some(account)) => format!("{name} <{account}>"),
        (Some(name), None) => match handle {
            Some(handle) if handle != name => format!("{name} ({handle})"),
            _ => name.to_owned(),
        },
        (None, Some(account)) => account.to_owned(),
        (None, None) => change.account_id.as_ref().map_or_else(String::new, ToString::to_string),
    }
}

/// Which way a change goes, as a symbol that needs no colour.
pub(super) fn symbol(action: &Action) -> &'static str {
    match action {
        Action::CreateResource { .. } | Action::Invite { .. } | Action::Grant { .. } | Action::Restore => "+",
        Action::ChangeLevel { .. } | Action::UpdateAccount { .. } | Action::ResendInvitation { .. } => "~",
        Action::Revoke { .. } | Action::RemoveAccount | Action::CancelInvitation { .. } => "-",
        Action::TransferOwnership { .. } | Action::Suspend => "!",
    }
}
