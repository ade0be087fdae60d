//! Creates users and groups. What is there already is looked up, checked and adopted, so that a run that was cut
//! short can be repeated.

use super::account::{account, new_user};
use super::dialect::{Edit, carried_out};
use super::listing::list;
use super::lookup::{self, Found};
use super::refusal::{broken, is_conflict, refusal};
use super::service::Service;
use super::wire::{Entry, GROUP, entry, id_in};
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{AccountId, AccountState, Profile};
use crate::net::{Answer, Request, neutral};
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::{Arc, PoisonError};

/// How the ids begin that this program leaves on accounts.
const MARK: &str = "grantline:";

/// Creates a user.
pub(super) async fn invite(
    service: &Arc<Service>,
    profile: &Profile,
    external_id: &str,
) -> Result<Receipt, ConnectorError> {
    let answer = create(service, "Users", &new_user(profile, external_id)).await?;
    if is_conflict(&answer) {
        return match lookup::user(service, &profile.login).await? {
            Found::One(found) => adopt(service, &found, external_id).await,
            Found::None => Err(refusal(&answer)),
            Found::Unclear(why) => Err(unclear(&why)),
        };
    }
    if !answer.is_success() {
        return Err(refusal(&answer));
    }
    let id = match created_id(&answer)? {
        Some(id) => id,
        None => match lookup::user(service, &profile.login).await.map_err(made)? {
            Found::One(found) => found.id,
            _ => return Err(broken(&answer, "without the id of what was created")),
        },
    };
    Ok(Receipt { account: account_id(&id)?, ..Receipt::default() })
}

/// Takes over an account that has the sign-in name already, unless it is marked as another user's.
async fn adopt(service: &Service, found: &Entry, external_id: &str) -> Result<Receipt, ConnectorError> {
    let held = account(found).map_err(|flawed| ConnectorError::ContractBroken { message: flawed.reason })?;
    if let Some(other) = held.external_id.as_deref().filter(|id| id.starts_with(MARK) && *id != external_id) {
        return Err(ConnectorError::Refused {
            message: format!(
                "An account with this sign-in name is there already, and it is marked as {:?}. Correct the address, or \
                 pin the account under `accounts:`.",
                neutral(other, 140)
            ),
        });
    }
    let mut note = "An account with this sign-in name was there already and was adopted".to_owned();
    if held.state == AccountState::Suspended {
        let answer =
            service.edit("Users", &found.id, &Edit::Set(vec![("active", Value::Bool(true))])).await?;
        if !answer.is_success() {
            return Err(refusal(&answer));
        }
        note.push_str("; it was suspended and was made active");
    }
    note.push('.');
    Ok(Receipt { account: Some(held.id), resource: None, note: Some(note) })
}

/// Creates a group, unless there is one of that name: servers need not keep group names unique, so that nobody
/// else prevents a second one.
pub(super) async fn create_group(service: &Arc<Service>, name: &str) -> Result<Receipt, ConnectorError> {
    if let Some(receipt) = existing_group(lookup::filtered_group(service, name).await?)? {
        return Ok(receipt);
    }
    let before = groups_before(service).await?;
    let listed = before.as_ref().map_or(Found::None, |all| lookup::group_among(all.iter(), name));
    if let Some(receipt) = existing_group(listed)? {
        return Ok(receipt);
    }
    let answer = create(service, "Groups", &json!({ "schemas": [GROUP], "displayName": name })).await?;
    if is_conflict(&answer) {
        let listed = lookup::listed_group(service, name).await?;
        return existing_group(listed)?.ok_or_else(|| refusal(&answer));
    }
    if !answer.is_success() {
        return Err(refusal(&answer));
    }
    let id = match created_id(&answer)? {
        Some(id) => id,
        None => group_id(service, name).await.map_err(made)?,
    };
    service.made_group(&id);
    *service.groups_before.lock().unwrap_or_else(PoisonError::into_inner) = before;
    Ok(Receipt { resource: Some(Arc::from(id)), ..Receipt::default() })
}

/// Every group, listed once for a run of creations; whoever makes one gives the listing back. None where it cannot be
/// read whole: then the filter's word has to do, which the reading before the plan has checked.
async fn groups_before(service: &Arc<Service>) -> Result<Option<Vec<Entry>>, ConnectorError> {
    let kept = service.groups_before.lock().unwrap_or_else(PoisonError::into_inner).take();
    if kept.is_some() {
        return Ok(kept);
    }
    match list(service, "Groups").await {
        Ok(all) => Ok(Some(all)),
        Err(ConnectorError::ContractBroken { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn existing_group(found: Found) -> Result<Option<Receipt>, ConnectorError> {
    let note = "A group of this name was there already and was adopted.".to_owned();
    Ok(match found {
        Found::None => None,
        Found::Unclear(why) => return Err(unclear(&why)),
        Found::One(group) => {
            Some(Receipt { resource: Some(Arc::from(group.id)), note: Some(note), ..Receipt::default() })
        }
    })
}

/// The id of the group of this name.
pub(super) async fn group_id(service: &Arc<Service>, name: &str) -> Result<String, ConnectorError> {
    match lookup::group(service, name).await? {
        Found::One(group) => Ok(group.id),
        Found::Unclear(why) => Err(unclear(&why)),
        Found::None => Err(ConnectorError::Gone { message: format!("There is no group named {name:?}.") }),
    }
}

async fn create(service: &Service, kind: &str, body: &Value) -> Result<Answer, ConnectorError> {
    carried_out(service.send(&Request::new(Method::POST, &[kind]).json(body)).await?)
}

/// An error that came after something was made: what says that nothing was carried out would have it made again.
fn made(error: ConnectorError) -> ConnectorError {
    match error {
        ConnectorError::RetryLater { message, .. } => ConnectorError::Unknown { message },
        error => error,
    }
}

/// The id in the answer to a creation: in the body, or where the answer has none, in its `Location`.
fn created_id(answer: &Answer) -> Result<Option<String>, ConnectorError> {
    if answer.body.is_empty() {
        return Ok(answer.location.as_deref().and_then(id_in));
    }
    Ok(Some(entry(answer)?.id))
}

fn account_id(id: &str) -> Result<Option<AccountId>, ConnectorError> {
    let parsed = AccountId::parse(id);
    parsed
        .map(Some)
        .map_err(|_| ConnectorError::ContractBroken { message: "The vendor gave an empty id.".to_owned() })
}

fn unclear(why: &str) -> ConnectorError {
    ConnectorError::Refused { message: format!("At the vendor, {why}.") }
}

#[cfg(test)]
mod tests;
