//! Whether a reading shows a change. Pure.

use crate::domain::{
    Account, AccountId, AccountState, Action, Change, Channel, Email, Invitation, InvitationState, Level,
    Offer, Profile, ResourceName, ResourceReading, Snapshot, Target,
};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a reading says about a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sight {
    /// It shows the change.
    Shown,
    /// It shows something else: a clause without a capital or full stop.
    Not(String),
    /// It can never show the change, because it does not cover the resource: why.
    Blind(String),
}

/// What the reading says about the change, whose account and target ids are filled in as far as they are known.
pub(super) fn shows(change: &Change, snapshot: &Snapshot) -> Sight {
    if let Some(reason) = unlisted(change, snapshot) {
        return Sight::Blind(reason);
    }
    match &change.action {
        Action::CreateResource { on } => resource(on, snapshot),
        Action::Invite { on: Some(offer), .. } => offered(change, offer, snapshot),
        Action::Invite { on: None, .. } => match invited(change, snapshot) {
            Some(account) => usable(account.state),
            None => not("there is no such account"),
        },
        Action::Grant { on, to } | Action::ChangeLevel { on, to, .. } => level(change, on, to, snapshot),
        Action::Revoke { on, .. } => revoked(change, on, snapshot),
        Action::TransferOwnership { on, from } => transferred(change, on, from, snapshot),
        Action::UpdateAccount { to, .. } => updated(change, to, snapshot),
        Action::Suspend => match account(change, snapshot).map(|account| account.state) {
            // Some vendors no longer list an account that is switched off; nobody can use it either way.
            None if is_broken(change, snapshot) => not(BROKEN),
            Some(AccountState::Suspended) | None if change.account_id.is_some() => Sight::Shown,
            _ => not("the account can still be used"),
        },
        Action::Restore => match account(change, snapshot).map(|account| account.state) {
            Some(AccountState::Active | AccountState::Invited(_)) => Sight::Shown,
            Some(AccountState::Suspended) => not("the account is still suspended"),
            None => not("there is no such account"),
        },
        Action::CancelInvitation { on: Some(on) } => withdrawn(change, on, snapshot),
        Action::RemoveAccount | Action::CancelInvitation { on: None } => match account(change, snapshot) {
            None if is_broken(change, snapshot) => not(BROKEN),
            None if change.account_id.is_some() => Sight::Shown,
            _ => not("the account is still there"),
        },
        Action::ResendInvitation { on: Some(on) } => resent(change, on, snapshot),
        Action::ResendInvitation { on: None } => match account(change, snapshot).map(|account| account.state)
        {
            Some(state) => usable(state),
            None => not("there is no such invitation"),
        },
    }
}

/// Why it cannot be told from the reading that the account is gone. Where pages are what accounts are seen to on, they
/// are also what lists them: without the organisation's own, somebody who is on no other may have an account.
fn unlisted(change: &Change, snapshot: &Snapshot) -> Option<String> {
    let ends = matches!(
        change.action,
        Action::RemoveAccount | Action::Suspend | Action::CancelInvitation { on: None }
    );
    if !ends || change.channel != Channel::Browser || account(change, snapshot).is_some() {
        return None;
    }
    match snapshot.resources.get(ResourceName::ORG) {
        Some(ResourceReading::Read { .. }) => None,
        Some(ResourceReading::Unread { reason, .. }) => Some(reason.trim_end_matches('.').to_owned()),
        Some(ResourceReading::Missing) | None => Some("nobody has read who has an account".to_owned()),
    }
}

/// Why what somebody recorded of the resource says nothing, where it was recorded too early to show the change.
///
/// The change was begun at the first of the two times, and was on its way until the second one at most. `settle`: how
/// long the vendor may take to show it.
pub(super) fn recorded_before(
    change: &Change,
    (begun, sent_by): (Timestamp, Timestamp),
    settle: Duration,
    reading: &Snapshot,
) -> Option<String> {
    let on = &change.action.target()?.name;
    let recorded = reading.recorded.get(on)?;
    let shows_from = sent_by.checked_add(settle).unwrap_or(begun);
    (recorded.taken < shows_from).then(|| {
        format!(
            "`{on}` was recorded at {}, and the change, which was begun at {begun}, need not show before {shows_from}. \
             Record what its page shows now with `grantline snapshot {}`.",
            recorded.taken, change.vendor
        )
    })
}

/// What an invitation is to bring about: an account that is in use, or an offer that can be accepted.
fn usable(state: AccountState) -> Sight {
    match state {
        AccountState::Active | AccountState::Invited(InvitationState::Pending) => Sight::Shown,
        AccountState::Suspended => not("the account is suspended"),
        AccountState::Invited(state) => Sight::Not(format!("the invitation is {}", state.word())),
    }
}

/// Whether the reading shows the account of the change suspended: what it gained is there, and nobody can act on it.
pub(super) fn is_idle(change: &Change, snapshot: &Snapshot) -> bool {
    let account = invited(change, snapshot).or_else(|| account(change, snapshot));
    account.is_some_and(|account| account.state == AccountState::Suspended)
}

/// The account that an invitation made: by the id that the vendor gave, else by the id left on it, its sign-in
/// name or its address. One that only has its mailbox there signs in by another name, and was not made by inviting this one.
pub(super) fn invited<'a>(change: &Change, snapshot: &'a Snapshot) -> Option<&'a Account> {
    let Action::Invite { profile, external_id, .. } = &change.action else { return None };
    if change.account_id.is_some() {
        return account(change, snapshot);
    }
    let login = profile.login.to_lowercase();
    let email = Email::parse(&login).ok();
    let is_it = |one: &&Account| {
        let is_named = one.login.to_lowercase() == login
            || email
                .as_ref()
                .is_some_and(|email| one.emails.contains(email) && one.mail.as_ref() != Some(email));
        let mark = one.external_id.as_deref().unwrap_or_default();
        mark == &**external_id || (is_named && !is_anothers(mark, external_id))
    };
    snapshot.accounts.values().find(is_it)
}

/// Whether the mark on an account is one that this program leaves, for another user than `ours` is.
fn is_anothers(mark: &str, ours: &str) -> bool {
    let kind = |mark: &str| mark.split_once(':').map(|(kind, _)| kind.to_owned());
    mark != ours && kind(mark).is_some() && kind(mark) == kind(ours)
}

fn not(what: &str) -> Sight {
    Sight::Not(what.to_owned())
}

/// The reason is a connector's sentence, and becomes a clause.
fn blind(reason: &str) -> Sight {
    Sight::Blind(reason.trim_end_matches('.').to_owned())
}

fn account<'a>(change: &Change, snapshot: &'a Snapshot) -> Option<&'a Account> {
    snapshot.accounts.get(change.account_id.as_ref()?)
}

const BROKEN: &str = "there is a record that cannot be understood, which may be that of the account";

/// Whether the account may be there all the same, under a record that could not be understood.
fn is_broken(change: &Change, snapshot: &Snapshot) -> bool {
    let may_be = |id| snapshot.broken.iter().any(|record| record.may_be(id, change.account.as_deref()));
    change.account_id.as_ref().is_some_and(may_be)
}

fn resource(on: &Target, snapshot: &Snapshot) -> Sight {
    match snapshot.resources.get(&on.name) {
        Some(ResourceReading::Read { .. }) => Sight::Shown,
        Some(ResourceReading::Unread { reason, .. }) => blind(reason),
        Some(ResourceReading::Missing) | None => not("the resource is not there"),
    }
}

type Members<'a> = (&'a BTreeMap<AccountId, Level>, &'a BTreeMap<AccountId, Invitation>);

/// The holders of a resource and who is offered access; a sight where there are none to look at.
fn members<'a>(on: &Target, snapshot: &'a Snapshot) -> Result<Option<Members<'a>>, Sight> {
    match snapshot.resources.get(&on.name) {
        Some(ResourceReading::Read { holders, offers, .. }) => Ok(Some((holders, offers))),
        Some(ResourceReading::Missing) => Ok(None),
        Some(ResourceReading::Unread { reason, .. }) => Err(blind(reason)),
        None => Err(Sight::Blind(format!("the reading does not cover `{}`", on.name))),
    }
}

fn holders<'a>(on: &Target, snapshot: &'a Snapshot) -> Result<Option<&'a BTreeMap<AccountId, Level>>, Sight> {
    Ok(members(on, snapshot)?.map(|(holders, _)| holders))
}

fn level(change: &Change, on: &Target, to: &Level, snapshot: &Snapshot) -> Sight {
    let holders = match holders(on, snapshot) {
        Ok(Some(holders)) => holders,
        Ok(None) => return not("the resource is not there"),
        Err(sight) => return sight,
    };
    match change.account_id.as_ref().and_then(|id| holders.get(id)) {
        Some(held) if held == to => Sight::Shown,
        Some(held) => Sight::Not(format!("the account holds `{}` there", super::words::plain(held.as_str()))),
        None => not("the account holds no level there"),
    }
}

fn revoked(change: &Change, on: &Target, snapshot: &Snapshot) -> Sight {
    let holders = match holders(on, snapshot) {
        Ok(Some(holders)) => holders,
        // A resource that the vendor no longer has gives access to nobody.
        Ok(None) => return Sight::Shown,
        Err(sight) => return sight,
    };
    let Some(id) = &change.account_id else { return not("the plan does not say whose access it is") };
    match holders.get(id) {
        None => Sight::Shown,
        Some(held) => {
            Sight::Not(format!("the account still holds `{}` there", super::words::plain(held.as_str())))
        }
    }
}

/// An invitation to one resource is there while it is pending, and was there once its account has access.
fn offered(change: &Change, offer: &Offer, snapshot: &Snapshot) -> Sight {
    let (holders, offers) = match members(&offer.on, snapshot) {
        Ok(Some(members)) => members,
        Ok(None) => return not("the resource is not there"),
        Err(sight) => return sight,
    };
    let Some(account) = invited(change, snapshot) else { return not("the address is not listed") };
    if holders.contains_key(&account.id) {
        return level(
            &Change { account_id: Some(account.id.clone()), ..change.clone() },
            &offer.on,
            &offer.to,
            snapshot,
        );
    }
    match offers.get(&account.id) {
        Some(one) if one.state != InvitationState::Pending => {
            Sight::Not(format!("the invitation is {}", one.state.word()))
        }
        Some(one) if one.level != offer.to => {
            Sight::Not(format!("the invitation offers `{}`", super::words::plain(one.level.as_str())))
        }
        Some(_) => Sight::Shown,
        None => not("the address is not invited there"),
    }
}

fn withdrawn(change: &Change, on: &Target, snapshot: &Snapshot) -> Sight {
    let Some(id) = &change.account_id else { return not("the plan does not say whose invitation it is") };
    match members(on, snapshot) {
        Err(sight) => sight,
        Ok(Some((holders, _))) if holders.contains_key(id) => not("the invitation has been accepted"),
        Ok(Some((_, offers))) if offers.contains_key(id) => not("the invitation is still there"),
        // A resource that the vendor no longer has invites nobody.
        Ok(_) => Sight::Shown,
    }
}

fn resent(change: &Change, on: &Target, snapshot: &Snapshot) -> Sight {
    let there = |(holders, offers): (&BTreeMap<AccountId, Level>, &BTreeMap<AccountId, Invitation>)| {
        change.account_id.as_ref().is_some_and(|id| {
            holders.contains_key(id)
                || offers.get(id).is_some_and(|offer| offer.state == InvitationState::Pending)
        })
    };
    match members(on, snapshot) {
        Err(sight) => sight,
        Ok(Some(members)) if there(members) => Sight::Shown,
        Ok(_) => not("there is no such invitation"),
    }
}

/// The one level whose name the domain knows: every vendor with ownership calls it so.
const OWNER: &str = "owner";

fn transferred(change: &Change, on: &Target, from: &AccountId, snapshot: &Snapshot) -> Sight {
    let holders = match holders(on, snapshot) {
        Ok(Some(holders)) => holders,
        Ok(None) => return not("the resource is not there"),
        Err(sight) => return sight,
    };
    let owns = |id: &AccountId| holders.get(id).is_some_and(|held| held.as_str().eq_ignore_ascii_case(OWNER));
    match &change.account_id {
        Some(id) if owns(id) && !owns(from) => Sight::Shown,
        Some(id) if owns(id) => not("the former owner still is one"),
        _ => not("the account does not own it"),
    }
}

fn updated(change: &Change, to: &Profile, snapshot: &Snapshot) -> Sight {
    let Some(account) = account(change, snapshot) else { return not("there is no such account") };
    if account.login.to_lowercase() != to.login.to_lowercase() {
        return Sight::Not(format!("the sign-in name is `{}`", super::words::plain(&account.login)));
    }
    if to.name.is_some() && account.name != to.name {
        return not("the display name is another");
    }
    Sight::Shown
}

#[cfg(test)]
mod tests;
