//! A OneLogin user as an account, and an account as a OneLogin user.

use super::wire::{number, text};
use crate::domain::{Account, AccountId, AccountState, Broken, Email, InvitationState, Profile};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// How the ids begin that this program leaves on accounts.
pub(super) const MARK: &str = "grantline:";

/// `status`: created, and never activated.
pub(super) const UNACTIVATED: u64 = 0;
/// `status`: in use.
pub(super) const ACTIVE: u64 = 1;
/// `status`: nobody can use it.
pub(super) const SUSPENDED: u64 = 2;
/// `state`: allowed into the directory.
pub(super) const APPROVED: u64 = 1;
/// `state`: kept out of it by a person's decision.
pub(super) const REJECTED: u64 = 2;

/// The account that a user is.
///
/// # Errors
/// What could be made out, where the record leaves open whose it is or whether it can be used.
pub(super) fn account(user: &Value) -> Result<Account, Broken> {
    match (id(user), addresses(user), state(user)) {
        (Ok(id), Ok(emails), Ok(state)) => Ok(Account {
            login: Arc::from(login(user).unwrap_or(id.as_str())),
            id,
            emails,
            mail: None,
            name: name(user).map(Arc::from),
            external_id: text(user, "external_id").map(Arc::from),
            state,
            invited: moment(user, "invitation_sent_at"),
        }),
        (id, emails, state) => {
            let flaws = [id.as_ref().err().cloned(), emails.as_ref().err().cloned(), state.err()];
            let flaws: Vec<String> = flaws.into_iter().flatten().collect();
            let who =
                id.as_ref().map_or_else(|_| "A user".to_owned(), |id| format!("The user {:?}", id.as_str()));
            Err(Broken {
                id: id.ok(),
                login: login(user).map(Arc::from),
                emails: emails.unwrap_or_default(),
                external_id: text(user, "external_id").map(Arc::from),
                reason: format!("{who} has {}.", flaws.join(" and ")),
            })
        }
    }
}

fn id(user: &Value) -> Result<AccountId, String> {
    let id = user.get("id").and_then(number).ok_or("no id that is a number")?;
    AccountId::parse(&id.to_string()).map_err(|_| "an id that cannot be used".to_owned())
}

/// The address, by which people and invitations find a user; who has none signs in by `username`.
pub(super) fn login(user: &Value) -> Option<&str> {
    text(user, "email").or_else(|| text(user, "username"))
}

fn addresses(user: &Value) -> Result<Vec<Email>, String> {
    let mut found: Vec<Email> = Vec::new();
    for key in ["email", "username"] {
        match user.get(key) {
            None | Some(Value::Null) => {}
            Some(Value::String(one)) => {
                found.extend(Email::parse(one.trim()).ok().filter(|email| !found.contains(email)));
            }
            Some(_) => return Err(format!("a `{key}` that is no text")),
        }
    }
    if login(user).is_none() { Err("neither an email nor a username".to_owned()) } else { Ok(found) }
}

fn name(user: &Value) -> Option<String> {
    let parts: Vec<&str> = ["firstname", "lastname"].iter().filter_map(|key| text(user, key)).collect();
    if parts.is_empty() { None } else { Some(parts.join(" ")) }
}

fn moment(user: &Value, key: &str) -> Option<Timestamp> {
    text(user, key)?.parse().ok()
}

/// Whether an account can be used: by `status` and by `state`, each of which can forbid it.
///
/// # Errors
/// The word that has no meaning that is known, as an object of "has".
pub(super) fn state(user: &Value) -> Result<AccountState, String> {
    let word = |key: &str| {
        let value = user.get(key).unwrap_or(&Value::Null);
        number(value).ok_or_else(|| format!("a `{key}` that is no number"))
    };
    let was_activated = text(user, "activated_at").is_some();
    match (word("state")?, word("status")?) {
        // Unapproved, rejected and unlicensed: known to the directory, and let in nowhere.
        (0 | REJECTED | 3, 0..=5 | 7..=8) => Ok(AccountState::Suspended),
        (1, SUSPENDED) => Ok(AccountState::Suspended),
        (1, UNACTIVATED | 7 | 8) if !was_activated => Ok(AccountState::Invited(invitation(user))),
        // Switched back by an admin: nobody can sign in, and no invitation is on its way.
        (1, UNACTIVATED) => Ok(AccountState::Suspended),
        // A lock ends by itself, and an expired password is changed while signing in.
        (1, ACTIVE | 3..=5 | 7 | 8) => Ok(AccountState::Active),
        (0..=3, other) => Err(format!("the unknown status {other}")),
        (other, _) => Err(format!("the unknown state {other}")),
    }
}

/// What became of the invitation. An account that this program made, and to which no mail has gone, is one whose
/// creation was cut short: it cannot be accepted until the mail is sent.
fn invitation(user: &Value) -> InvitationState {
    let is_ours = text(user, "external_id").is_some_and(|id| id.starts_with(MARK));
    match text(user, "invitation_sent_at") {
        None if is_ours => InvitationState::Expired,
        _ => InvitationState::Pending,
    }
}

/// The body of a new user, who has yet to be invited.
pub(super) fn new_user(profile: &Profile, external_id: &str) -> Value {
    let mut user = names(profile.name.as_deref().unwrap_or_default());
    let rest = json!({
        "email": *profile.login, "username": *profile.login, "external_id": external_id,
        "status": UNACTIVATED, "state": APPROVED,
    });
    user.extend(rest.as_object().cloned().unwrap_or_default());
    Value::Object(user)
}

/// `firstname` and `lastname`, split at the last space: a guess, since the workspace keeps one name.
pub(super) fn names(full: &str) -> Map<String, Value> {
    let (first, last) = full.trim().rsplit_once(' ').unwrap_or((full.trim(), ""));
    let pairs = [("firstname", first.trim_end()), ("lastname", last)];
    pairs.map(|(key, value)| (key.to_owned(), Value::from(value))).into_iter().collect()
}
