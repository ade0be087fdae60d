//! Creates, invites, changes, suspends and removes users. What is so already is looked up and told, so that a run that
//! was cut short can be repeated.

use super::account::{ACTIVE, APPROVED, MARK, REJECTED, SUSPENDED, account, login, names, new_user};
use super::reader::APPROVE;
use super::wire::{self, broken, number, own_id, refused, text};
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{Account, AccountId, AccountState, InvitationState, Profile};
use crate::net::neutral;
use crate::net::rest::Rest;
use serde_json::{Map, Value, json};

type Outcome = Result<Receipt, ConnectorError>;

/// Creates a user and mails the link by which they choose a password.
pub(super) async fn invite(rest: &Rest, profile: &Profile, external_id: &str) -> Outcome {
    if let Some(found) = called(rest, &profile.login).await? {
        return adopt(rest, &found, external_id).await;
    }
    let answer = rest.ask(&wire::create_user(&new_user(profile, external_id))).await?;
    let user = rest.json(&answer)?;
    let id = own_id(&user).and_then(|id| AccountId::parse(&id.to_string()).ok());
    let id = id.ok_or_else(|| rest.broken(&answer, "without the id of the user that was created"))?;
    let email = login(&user).unwrap_or(&profile.login);
    rest.ask(&wire::send_invite_link(email)).await?;
    Ok(receipt(&id, None))
}

/// The user who signs in with this address. The filter is a hint only: every user who comes back is compared.
async fn called(rest: &Rest, address: &str) -> Result<Option<Value>, ConnectorError> {
    let is_it = |user: &Value| {
        let texts = ["email", "username"].map(|key| text(user, key).map(str::to_lowercase));
        texts.into_iter().flatten().any(|text| text == address.to_lowercase())
    };
    let mut found = rest.list(&wire::users_called(address), "").await?;
    found.retain(is_it);
    match found.len() {
        0 | 1 => Ok(found.pop()),
        many => Err(refused(format!(
            "At OneLogin, {many} users have the address {address:?}; pin the one meant under `accounts:`."
        ))),
    }
}

/// Takes over a user who has the address already, unless they are marked as another's.
async fn adopt(rest: &Rest, user: &Value, external_id: &str) -> Outcome {
    let held = account(user).map_err(|flawed| refused(neutral(&flawed.reason, 300)))?;
    if let Some(other) = held.external_id.as_deref().filter(|id| id.starts_with(MARK) && *id != external_id) {
        return Err(refused(format!(
            "A user with this address is there already, and is marked as {:?}. Correct the address, or pin the account \
             under `accounts:`.",
            neutral(other, 140)
        )));
    }
    let mut note = "A user with this address was there already and was adopted".to_owned();
    match held.state {
        AccountState::Suspended => {
            activate(rest, &held.id, user).await?;
            note.push_str("; they could not sign in and were made active");
        }
        AccountState::Invited(InvitationState::Expired) => {
            rest.ask(&wire::send_invite_link(&held.login)).await?;
            note.push_str("; they had not been sent a link and were sent one");
        }
        _ => {}
    }
    note.push('.');
    Ok(receipt(&held.id, Some(&note)))
}

/// Mails the link again.
pub(super) async fn resend(rest: &Rest, id: &AccountId) -> Outcome {
    let held = held(rest, id).await?;
    if !matches!(held.state, AccountState::Invited(_)) {
        return Ok(receipt(id, Some("The invitation was accepted meanwhile.")));
    }
    rest.ask(&wire::send_invite_link(&held.login)).await?;
    Ok(receipt(id, None))
}

/// Withdraws an invitation, which is to delete a user who never signed in.
pub(super) async fn cancel(rest: &Rest, id: &AccountId) -> Outcome {
    match held(rest, id).await {
        Err(ConnectorError::Gone { .. }) => Ok(receipt(id, Some("The account was gone already."))),
        Err(error) => Err(error),
        Ok(held) if matches!(held.state, AccountState::Invited(_)) => remove(rest, id).await,
        Ok(_) => Err(refused("The invitation was accepted meanwhile. Plan again.".to_owned())),
    }
}

/// Deletes a user for good.
pub(super) async fn remove(rest: &Rest, id: &AccountId) -> Outcome {
    match rest.ask(&wire::delete_user(id)).await {
        Ok(_) => Ok(receipt(id, None)),
        Err(ConnectorError::Gone { .. }) => Ok(receipt(id, Some("The account was gone already."))),
        Err(error) => Err(error),
    }
}

/// Ends the sessions that are open, locks a user out, and ends sessions once more. First in this order, because after a
/// crash in between the account can still be used, so that all of it is done again; the other way round, a reading shows
/// the suspension, and nobody would think of the sessions any more. Once more, because a session can be opened in between.
pub(super) async fn suspend(rest: &Rest, id: &AccountId) -> Outcome {
    // That sessions cannot be ended is no reason to leave the account usable.
    let _first = log_out(rest, id).await;
    let set = rest.ask(&wire::change_user(id, &json!({ "status": SUSPENDED }))).await;
    if let Err(error) = &set
        && !matches!(error, ConnectorError::Unknown { .. } | ConnectorError::Broke { .. })
    {
        return Err(error.clone());
    }
    // Where nobody knows whether it was carried out, a reading may yet show it, and nothing would be sent again.
    let ended = log_out(rest, id).await;
    set?;
    match ended {
        Ok(()) => Ok(receipt(id, None)),
        Err(error @ ConnectorError::RetryLater { .. }) => Err(error),
        Err(error) => {
            let note =
                format!("Sessions that were open may go on: {error} Log the user out in OneLogin's pages.");
            Ok(receipt(id, Some(&note)))
        }
    }
}

async fn log_out(rest: &Rest, id: &AccountId) -> Result<(), ConnectorError> {
    rest.ask(&wire::log_out(id)).await.map(drop)
}

/// Lets a user in again.
pub(super) async fn restore(rest: &Rest, id: &AccountId) -> Outcome {
    let user = rest.read(&wire::user(id)).await?;
    match account(&user).map(|held| held.state) {
        Ok(AccountState::Suspended) => activate(rest, id, &user).await.map(|()| receipt(id, None)),
        Ok(_) => Ok(receipt(id, Some("The account was not suspended any more."))),
        Err(flawed) => Err(refused(neutral(&flawed.reason, 300))),
    }
}

async fn activate(rest: &Rest, id: &AccountId, user: &Value) -> Result<(), ConnectorError> {
    let state = user.get("state").and_then(number);
    if state == Some(REJECTED) {
        return Err(refused(format!(
            "The user was rejected at OneLogin, which is a person's decision to take back: {APPROVE}; then plan again."
        )));
    }
    let mut values = json!({ "status": ACTIVE });
    if state != Some(APPROVED) {
        values["state"] = json!(APPROVED);
    }
    rest.ask(&wire::change_user(id, &values)).await.map(drop)
}

/// Corrects a user's address and name. A username that is the address moves with it; any other is the tenant's own
/// scheme and stays.
pub(super) async fn update(rest: &Rest, id: &AccountId, from: &Profile, to: &Profile) -> Outcome {
    let mut values = Map::new();
    if let Some(name) = to.name.as_ref().filter(|name| from.name.as_ref() != Some(*name)) {
        values.extend(names(name));
    }
    if from.login != to.login {
        let user = rest.read(&wire::user(id)).await?;
        let is_old =
            |key| text(&user, key).is_some_and(|text| text.to_lowercase() == from.login.to_lowercase());
        let moved = ["email", "username"].into_iter().filter(|key| *key == "email" || is_old(key));
        values.extend(moved.map(|key| (key.to_owned(), json!(*to.login))));
    }
    if values.is_empty() {
        return Ok(receipt(id, Some("Nothing differed.")));
    }
    rest.ask(&wire::change_user(id, &Value::Object(values))).await?;
    Ok(receipt(id, None))
}

/// The account as it is now.
async fn held(rest: &Rest, id: &AccountId) -> Result<Account, ConnectorError> {
    let user = rest.read(&wire::user(id)).await?;
    account(&user).map_err(|flawed| broken(neutral(&flawed.reason, 300)))
}

pub(super) fn receipt(account: &AccountId, note: Option<&str>) -> Receipt {
    Receipt { account: Some(account.clone()), resource: None, note: note.map(str::to_owned) }
}
