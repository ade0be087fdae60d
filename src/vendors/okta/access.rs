//! Who is in a group, and who has an application.

use super::api::{INVALID, change, change_there, get, post, refused};
use super::groups::{self, Found};
use super::wire::text;
use super::writer::{Outcome, receipt};
use super::{USER, apps};
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{AccountId, Target};
use crate::net::Request;
use crate::net::rest::Rest;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

/// Creates a group, or takes the one of that name that is there.
pub(super) async fn create_group(rest: &Rest, on: &Target) -> Outcome {
    let name =
        on.display.as_deref().ok_or_else(|| refused(format!("{} has no name to create it by.", on.name)))?;
    if let Some(adopted) = adopted(rest, name).await? {
        return Ok(adopted);
    }
    let request = post(&["groups"]).json(&json!({ "profile": { "name": name } }));
    let answer = rest.send(&request).await?;
    if answer.is_success() {
        return Ok(created(id_of(&rest.json(&answer)?)?, None));
    }
    if answer.status == 400
        && rest.problem(&answer).code == INVALID
        && let Some(adopted) = adopted(rest, name).await?
    {
        return Ok(adopted);
    }
    Err(rest.refusal(&answer))
}

async fn adopted(rest: &Rest, name: &str) -> Result<Option<Receipt>, ConnectorError> {
    match groups::find(rest, None, Some(name)).await? {
        Found::There(group) => match groups::unmanageable(&group) {
            None => Ok(Some(created(id_of(&group)?, Some("A group of that name was there already.")))),
            Some(why) => Err(refused(format!("{why} Declare another name."))),
        },
        Found::Missing => Ok(None),
        Found::Unclear(why) => Err(refused(why)),
    }
}

fn created(id: &str, note: Option<&str>) -> Receipt {
    Receipt { account: None, resource: Some(Arc::from(id)), note: note.map(str::to_owned) }
}

/// Puts an account into a group.
pub(super) async fn join(rest: &Rest, on: &Target, account: &AccountId) -> Outcome {
    let group = group_id(rest, on).await?;
    change(rest, &membership(Method::PUT, &group, account)).await?;
    Ok(on_resource(&group, account, None))
}

/// Takes an account out of a group.
pub(super) async fn leave(rest: &Rest, on: &Target, account: &AccountId) -> Outcome {
    let group = group_id(rest, on).await?;
    let answer = change_there(rest, &membership(Method::DELETE, &group, account)).await?;
    let note = answer.is_none().then_some("The group or the account was gone already.");
    Ok(on_resource(&group, account, note))
}

fn membership(method: Method, group: &str, account: &AccountId) -> Request {
    Request::new(method, &["groups", group, "users", account.as_str()])
}

/// Gives an application to an account by itself, whether or not a group brings it too.
pub(super) async fn assign(rest: &Rest, on: &Target, account: &AccountId) -> Outcome {
    let app = app_id(rest, on).await?;
    if let Some(user) = assignment(rest, &app, account).await?
        && text(&user, "/scope") == Some("USER")
    {
        return Ok(on_resource(&app, account, Some("The account had the application already.")));
    }
    let request =
        post(&["apps", &app, "users"]).json(&json!({ "id": account.as_str(), "scope": USER.to_uppercase() }));
    change(rest, &request).await?;
    Ok(on_resource(&app, account, None))
}

/// Takes what [`assign`] gives. What a group brings is the group's.
pub(super) async fn unassign(rest: &Rest, on: &Target, account: &AccountId) -> Outcome {
    let app = app_id(rest, on).await?;
    let gone = || on_resource(&app, account, Some("The account did not have the application by itself."));
    match assignment(rest, &app, account).await? {
        Some(user) if text(&user, "/scope") == Some("USER") => {}
        _ => return Ok(gone()),
    }
    let request =
        Request::new(Method::DELETE, &["apps", &app, "users", account.as_str()]).query("sendEmail", "false");
    match change_there(rest, &request).await? {
        Some(_) => Ok(on_resource(&app, account, None)),
        None => Ok(gone()),
    }
}

async fn assignment(rest: &Rest, app: &str, account: &AccountId) -> Result<Option<Value>, ConnectorError> {
    rest.find(&get(&["apps", app, "users", account.as_str()])).await
}

async fn group_id(rest: &Rest, on: &Target) -> Result<String, ConnectorError> {
    match &on.id {
        Some(id) => Ok(id.to_string()),
        None => found(on, groups::find(rest, None, on.display.as_deref()).await?),
    }
}

async fn app_id(rest: &Rest, on: &Target) -> Result<String, ConnectorError> {
    match &on.id {
        Some(id) => Ok(id.to_string()),
        None => found(on, apps::find(rest, None, on.display.as_deref()).await?),
    }
}

fn found(on: &Target, found: Found) -> Result<String, ConnectorError> {
    match found {
        Found::There(one) => id_of(&one).map(str::to_owned),
        Found::Missing => {
            Err(ConnectorError::Gone { message: format!("Okta has no {} for {}.", on.kind, on.name) })
        }
        Found::Unclear(why) => Err(refused(why)),
    }
}

fn id_of(one: &Value) -> Result<&str, ConnectorError> {
    text(one, "/id").ok_or_else(|| ConnectorError::ContractBroken {
        message: "Okta answered with something that has no id.".to_owned(),
    })
}

fn on_resource(resource: &str, account: &AccountId, note: Option<&str>) -> Receipt {
    Receipt { resource: Some(Arc::from(resource)), ..receipt(account, note) }
}
