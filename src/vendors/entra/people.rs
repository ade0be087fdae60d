//! Accounts: how they come, change, rest and go.

use super::directory::Directory;
use super::group::refused;
use super::wire;
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{AccountId, AccountState, InvitationState, Profile};
use crate::net::{Request, neutral};
use reqwest::Method;
use serde_json::{Map, Value, json};

type Outcome = Result<Receipt, ConnectorError>;

/// Where whoever accepts an invitation is led: the page that lists a person's apps.
const AFTER_ACCEPTING: &str = "https://myapps.microsoft.com";

/// What to do where Entra invites nobody.
const EMPLOYEE: &str = "If the address is in one of the tenant's own domains, this is an employee, whom Grantline does \
                        not create, because it would have to know their password: create the user in the Entra admin \
                        center (Users, New user), then apply again.";

/// Invites somebody, unless they are there already.
pub(super) async fn invite(directory: &Directory, profile: &Profile) -> Outcome {
    let found = directory.users_at(&profile.login).await?;
    match &found[..] {
        [] => send_invitation(directory, profile).await,
        [user] if wire::is_mailbox(user, &profile.login) => Err(refused(format!(
            "{:?} is the mail of the account {:?}, which signs in with another name and may be somebody else's. If it is the \
             same person's, plan again, or pin the account under `accounts:`; if not, take the address off that account.",
            &*profile.login,
            neutral(&wire::login(user).unwrap_or_default(), 120)
        ))),
        [user] => adopt(directory, user).await,
        many => Err(refused(format!(
            "{} users of the tenant have the address {:?}. Pin the one meant under `accounts:`.",
            many.len(),
            &*profile.login
        ))),
    }
}

async fn send_invitation(directory: &Directory, profile: &Profile) -> Outcome {
    let mut body = json!({
        "@odata.type": "#microsoft.graph.invitation",
        "invitedUserEmailAddress": *profile.login,
        "inviteRedirectUrl": AFTER_ACCEPTING,
        "sendInvitationMessage": true,
    });
    if let Some(name) = &profile.name {
        body["invitedUserDisplayName"] = json!(**name);
    }
    let answer = directory.read(&Request::new(Method::POST, &["invitations"]).json(&body)).await;
    let invitation = answer.map_err(|error| match error {
        ConnectorError::Refused { message } => refused(format!("{message} {EMPLOYEE}")),
        error => error,
    })?;
    let user = invitation.get("invitedUser").unwrap_or(&Value::Null);
    let id = AccountId::parse(&wire::id(user)?).ok();
    Ok(Receipt { account: id, ..Receipt::default() })
}

/// Takes over an account that has the address already.
async fn adopt(directory: &Directory, user: &Value) -> Outcome {
    let held = account_of(user)?;
    let mut note = match held.state {
        AccountState::Invited(InvitationState::Pending) => "The address is invited already".to_owned(),
        _ => "An account with this address was there already and was adopted".to_owned(),
    };
    if held.state == AccountState::Suspended {
        patch(directory, &held.id, &json!({ "accountEnabled": true })).await?;
        note.push_str("; it was suspended and was made active");
    }
    note.push('.');
    Ok(Receipt { account: Some(held.id), resource: None, note: Some(note) })
}

fn account_of(user: &Value) -> Result<crate::domain::Account, ConnectorError> {
    wire::account(user).map_err(|flawed| ConnectorError::ContractBroken { message: flawed.reason })
}

/// Ends the sessions and switches the account off. In this order, because after a crash in between the account can
/// still be used, so that both are done again; the other way round, nobody would think of the sessions any more. Whoever
/// signs in between the two gets nothing that works on a disabled account.
pub(super) async fn suspend(directory: &Directory, account: &AccountId) -> Outcome {
    let first = end_sessions(directory, account).await;
    patch(directory, account, &json!({ "accountEnabled": false })).await?;
    let ended = match first {
        Ok(()) => Ok(()),
        // A right to end sessions that is missing is no reason to leave the account usable.
        Err(_) => end_sessions(directory, account).await,
    };
    let note = ended.err().map(|error| {
        format!(
            "The account is suspended, but its sessions could not be ended: {error} End them in the Entra admin center \
             (Users, the user, Revoke sessions)."
        )
    });
    Ok(Receipt { account: Some(account.clone()), resource: None, note })
}

async fn end_sessions(directory: &Directory, account: &AccountId) -> Result<(), ConnectorError> {
    let path = ["users", account.as_str(), "microsoft.graph.revokeSignInSessions"];
    directory.ask(&Request::new(Method::POST, &path)).await.map(drop)
}

/// Makes a suspended account usable.
pub(super) async fn restore(directory: &Directory, account: &AccountId) -> Outcome {
    patch(directory, account, &json!({ "accountEnabled": true })).await?;
    Ok(receipt(account, None))
}

/// Corrects what an account shows.
pub(super) async fn update(
    directory: &Directory,
    account: &AccountId,
    from: &Profile,
    to: &Profile,
) -> Outcome {
    let user = existing(directory, account).await?;
    let mut changes = Map::new();
    let name = to.name.as_deref().filter(|name| wire::text(&user, "displayName") != Some(*name));
    if let Some(name) = name.filter(|_| from.name != to.name) {
        changes.insert("displayName".to_owned(), json!(name));
    }
    let is_named_so = wire::login(&user).is_some_and(|login| login.eq_ignore_ascii_case(&to.login));
    if from.login != to.login && !is_named_so {
        changes.extend(renamed(&user, &to.login)?);
    }
    if changes.is_empty() {
        return Ok(receipt(account, Some("The account was so already.")));
    }
    patch(directory, account, &Value::Object(changes)).await?;
    Ok(receipt(account, None))
}

/// What changes the sign-in name of an employee.
fn renamed(user: &Value, to: &str) -> Result<Map<String, Value>, ConnectorError> {
    if wire::is_guest(user) {
        return Err(refused(
            "A guest signs in with the address that the invitation went to. In the Entra admin center, open the user and \
             choose Reset redemption status with the new address; or declare the old address under `aliases:`."
                .to_owned(),
        ));
    }
    let name = wire::text(user, "userPrincipalName");
    let mail = wire::text(user, "mail");
    let same = |mail: &str| name.is_some_and(|name| name.eq_ignore_ascii_case(mail));
    if mail.is_some_and(|mail| !same(mail)) {
        return Err(refused(format!(
            "The account signs in as {:?} and gets its mail at {:?}, so that it is not clear which of them is to change. \
             Change it in the Entra admin center, or declare the address under `aliases:`.",
            neutral(name.unwrap_or_default(), 120),
            neutral(mail.unwrap_or_default(), 120)
        )));
    }
    let mut changes = Map::from_iter([("userPrincipalName".to_owned(), json!(to))]);
    if mail.is_some() {
        changes.insert("mail".to_owned(), json!(to));
    }
    Ok(changes)
}

/// Deletes an account.
pub(super) async fn remove(directory: &Directory, account: &AccountId) -> Outcome {
    match directory.ask(&Request::new(Method::DELETE, &["users", account.as_str()])).await {
        Ok(_) => Ok(receipt(account, None)),
        Err(ConnectorError::Gone { .. }) => Ok(receipt(account, Some("The account was gone already."))),
        Err(error) => Err(error),
    }
}

/// Withdraws an invitation: the guest who has not accepted it is deleted.
pub(super) async fn cancel(directory: &Directory, account: &AccountId) -> Outcome {
    match directory.user(account.as_str()).await? {
        None => Ok(receipt(account, Some("The invitation was gone already."))),
        Some(user) if wire::is_pending(&user) => remove(directory, account).await,
        Some(_) => Err(refused(
            "The invitation has been accepted meanwhile, so that there is an account to remove: plan again."
                .to_owned(),
        )),
    }
}

async fn existing(directory: &Directory, account: &AccountId) -> Result<Value, ConnectorError> {
    let gone = || ConnectorError::Gone {
        message: format!("There is no user with the id {:?} in Entra.", account.as_str()),
    };
    directory.user(account.as_str()).await?.ok_or_else(gone)
}

async fn patch(directory: &Directory, account: &AccountId, changes: &Value) -> Result<(), ConnectorError> {
    let mut body = changes.clone();
    body["@odata.type"] = json!("#microsoft.graph.user");
    directory.ask(&Request::new(Method::PATCH, &["users", account.as_str()]).json(&body)).await.map(drop)
}

fn receipt(account: &AccountId, note: Option<&str>) -> Receipt {
    Receipt { account: Some(account.clone()), resource: None, note: note.map(str::to_owned) }
}
