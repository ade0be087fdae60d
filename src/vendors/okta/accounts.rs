//! Accounts: how they come, change, rest and go. Every change looks first, so that a second time does no harm.

use super::api::{INVALID, change, change_there, get, post, refused};
use super::people::{by_id, by_login, filtered, signs_in_as};
use super::wire::{RETIRED, SUSPENDED, changed_profile, new_profile, text};
use super::writer::{Outcome, receipt};
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{AccountId, Email, Profile};
use crate::net::rest::Rest;
use crate::net::{Request, neutral};
use reqwest::Method;
use serde_json::{Value, json};

/// As long as Okta takes a login, and an address.
const LONGEST_LOGIN: usize = 100;

/// Creates the account, or takes the one that is there.
pub(super) async fn invite(rest: &Rest, id: Option<&AccountId>, profile: &Profile) -> Outcome {
    let known = match id {
        Some(id) => by_id(rest, id).await?.map(|user| still_theirs(user, profile)).transpose()?,
        None => by_login(rest, &profile.login).await?,
    };
    match known {
        Some(user) => adopt(rest, &user).await,
        None => create(rest, profile).await,
    }
}

/// Whoever cannot sign in is brought back only under the login that was invited: an account may have been given to
/// somebody else since it was read.
fn still_theirs(user: Value, profile: &Profile) -> Result<Value, ConnectorError> {
    let comes_back = matches!(text(&user, "/status"), Some(RETIRED | SUSPENDED));
    if !comes_back || signs_in_as(&user, &profile.login) {
        return Ok(user);
    }
    Err(refused(format!(
        "This account {}, and signs in as {:?} and not as {:?}, so that it may be somebody else's. Plan again; if it is \
         the same person, declare that login as their address.",
        shown(&user),
        neutral(text(&user, "/profile/login").unwrap_or_default(), 120),
        neutral(&profile.login, 120)
    )))
}

async fn create(rest: &Rest, profile: &Profile) -> Outcome {
    if Email::parse(&profile.login).is_err() || profile.login.chars().count() > LONGEST_LOGIN {
        return Err(refused(format!(
            "Okta takes a login that is an email address of at most {LONGEST_LOGIN} characters, which {:?} is not.",
            neutral(&profile.login, 80)
        )));
    }
    let request =
        post(&["users"]).query("activate", "true").json(&json!({ "profile": new_profile(profile) }));
    let answer = rest.send(&request).await?;
    if answer.is_success() {
        return Ok(receipt(&id_of(&rest.json(&answer)?)?, None));
    }
    // Whose account was taken keeps the login, and a look-up may not have told.
    if answer.status == 400
        && rest.problem(&answer).code == INVALID
        && let Some(user) = filtered(rest, &profile.login).await?
    {
        return adopt(rest, &user).await;
    }
    Err(rest.refusal(&answer))
}

/// Makes an account of what is there.
async fn adopt(rest: &Rest, user: &Value) -> Outcome {
    let id = id_of(user)?;
    let note = match text(user, "/status") {
        Some(RETIRED) => {
            shed_groups(rest, &id).await?;
            activate(rest, &id).await?;
            "The account had been taken and was brought back, without the groups it had."
        }
        Some("STAGED") => {
            activate(rest, &id).await?;
            "The account was there, not activated, and was adopted."
        }
        Some(SUSPENDED) => {
            unsuspend(rest, &id).await?;
            "An account was there already and was adopted; it was suspended and was made active."
        }
        _ => "An account was there already and was adopted.",
    };
    Ok(receipt(&id, Some(note)))
}

async fn activate(rest: &Rest, id: &AccountId) -> Result<(), ConnectorError> {
    let request = post(&["users", id.as_str(), "lifecycle", "activate"]).query("sendEmail", "true");
    change(rest, &request).await.map(drop)
}

/// Whoever comes back begins as somebody new does. Okta keeps a taken account's groups, and would give them back without
/// a plan that says so.
async fn shed_groups(rest: &Rest, id: &AccountId) -> Result<(), ConnectorError> {
    let groups = rest.list(&get(&["users", id.as_str(), "groups"]), "").await?;
    for group in groups.iter().filter(|group| super::groups::unmanageable(group).is_none()) {
        let Some(group) = text(group, "/id") else { continue };
        let request = Request::new(Method::DELETE, &["groups", group, "users", id.as_str()]);
        change_there(rest, &request).await?;
    }
    Ok(())
}

/// Takes an account away: its sessions, its applications, its sign-in. The record stays.
pub(super) async fn remove(rest: &Rest, id: &AccountId) -> Outcome {
    let Some(user) = by_id(rest, id).await? else { return Ok(gone_already(id)) };
    if text(&user, "/status") == Some(RETIRED) {
        return Ok(gone_already(id));
    }
    end_sessions(rest, id).await?;
    let request = post(&["users", id.as_str(), "lifecycle", "deactivate"]).query("sendEmail", "false");
    match change_there(rest, &request).await? {
        Some(_) => Ok(receipt(id, None)),
        None => Ok(gone_already(id)),
    }
}

/// Withdraws an invitation, which is to take an account that nobody has used yet.
pub(super) async fn cancel(rest: &Rest, id: &AccountId) -> Outcome {
    let Some(user) = by_id(rest, id).await? else { return Ok(gone_already(id)) };
    match text(&user, "/status") {
        Some("STAGED" | "PROVISIONED" | RETIRED) => remove(rest, id).await,
        _ => Err(refused(format!(
            "The invitation was accepted meanwhile: the account {}. Plan again.",
            shown(&user)
        ))),
    }
}

fn gone_already(id: &AccountId) -> Receipt {
    receipt(id, Some("The account was gone already."))
}

/// Ends sessions and the tokens that applications have.
async fn end_sessions(rest: &Rest, id: &AccountId) -> Result<(), ConnectorError> {
    let request =
        Request::new(Method::DELETE, &["users", id.as_str(), "sessions"]).query("oauthTokens", "true");
    change_there(rest, &request).await.map(drop)
}

/// Makes an account unusable and keeps everything that it has.
pub(super) async fn suspend(rest: &Rest, id: &AccountId) -> Outcome {
    let user = there(rest, id).await?;
    let how_to_go_on = match text(&user, "/status") {
        Some(SUSPENDED) => return Ok(receipt(id, Some("The account was suspended already."))),
        Some("ACTIVE") => {
            end_sessions(rest, id).await?;
            change(rest, &post(&["users", id.as_str(), "lifecycle", "suspend"])).await?;
            return Ok(receipt(id, None));
        }
        Some("STAGED" | "PROVISIONED") => {
            "the invitation has not been accepted: take the person's grants instead, which cancels it"
        }
        Some("LOCKED_OUT") => "unlock it in the Admin Console first, or take the person's grants instead",
        Some("PASSWORD_EXPIRED" | "RECOVERY") => {
            "have the password reset in the Admin Console first, or take the person's grants instead"
        }
        _ => "look at the person in the Admin Console",
    };
    Err(refused(format!(
        "Okta suspends only active accounts, and this one {}: {how_to_go_on}.",
        shown(&user)
    )))
}

async fn unsuspend(rest: &Rest, id: &AccountId) -> Result<(), ConnectorError> {
    change(rest, &post(&["users", id.as_str(), "lifecycle", "unsuspend"])).await.map(drop)
}

/// Makes a suspended account usable.
pub(super) async fn restore(rest: &Rest, id: &AccountId) -> Outcome {
    let user = there(rest, id).await?;
    match text(&user, "/status") {
        Some(SUSPENDED) => {
            unsuspend(rest, id).await?;
            Ok(receipt(id, None))
        }
        Some(RETIRED) => Err(refused(format!(
            "This account {}, and is brought back by an invitation: plan again.",
            shown(&user)
        ))),
        _ => Ok(receipt(id, Some("The account was not suspended."))),
    }
}

/// Sends the activation mail again.
pub(super) async fn resend(rest: &Rest, id: &AccountId) -> Outcome {
    let user = there(rest, id).await?;
    match text(&user, "/status") {
        Some("PROVISIONED") => {
            let request = post(&["users", id.as_str(), "lifecycle", "reactivate"]).query("sendEmail", "true");
            change(rest, &request).await?;
            Ok(receipt(id, None))
        }
        Some("STAGED") => {
            activate(rest, id).await?;
            Ok(receipt(id, None))
        }
        Some(RETIRED) => Err(refused(format!("This account {}: plan again.", shown(&user)))),
        _ => Ok(receipt(id, Some("The invitation was accepted already."))),
    }
}

/// Corrects login and name, and leaves the rest of the profile alone.
pub(super) async fn update(rest: &Rest, id: &AccountId, from: &Profile, to: &Profile) -> Outcome {
    let user = there(rest, id).await?;
    let profile = changed_profile(&user, from, to);
    if profile.is_empty() {
        return Ok(receipt(id, Some("The account was so already.")));
    }
    change(rest, &post(&["users", id.as_str()]).json(&json!({ "profile": profile }))).await?;
    Ok(receipt(id, None))
}

async fn there(rest: &Rest, id: &AccountId) -> Result<Value, ConnectorError> {
    by_id(rest, id).await?.ok_or_else(|| ConnectorError::Gone {
        message: format!("Okta has no user {:?} any more.", id.as_str()),
    })
}

fn shown(user: &Value) -> String {
    format!("is {}", neutral(text(user, "/status").unwrap_or("of no status"), 40))
}

fn id_of(user: &Value) -> Result<AccountId, ConnectorError> {
    text(user, "/id").and_then(|id| AccountId::parse(id).ok()).ok_or_else(|| ConnectorError::ContractBroken {
        message: "Okta answered with a user that has no id that can be used.".to_owned(),
    })
}
