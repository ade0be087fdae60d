//! Finds one user or group by a name. Filters are a hint only: some servers ignore one and return everyone, so
//! every resource that comes back is checked again.

use super::listing::{filtered, list};
use super::refusal::refusal;
use super::service::Service;
use super::wire::{Entry, text};
use crate::connector::ConnectorError;
use crate::connector::named::{Named, among};
use std::sync::Arc;

/// What a search by name found.
#[derive(Debug)]
pub(super) enum Found {
    /// Nothing.
    None,
    /// Exactly this.
    One(Box<Entry>),
    /// More than one, or one whose name differs in case where case may matter. Says why.
    Unclear(String),
}

/// The group of this display name.
pub(super) async fn group(service: &Arc<Service>, name: &str) -> Result<Found, ConnectorError> {
    match filtered_group(service, name).await? {
        // Taking this for "missing" would make a second group of the name.
        Found::None => listed_group(service, name).await,
        found => Ok(found),
    }
}

/// The group of this display name, as far as the server's filter can be believed: some find nothing in another
/// case, or nothing at all, so that `None` is only a hint.
pub(super) async fn filtered_group(service: &Arc<Service>, name: &str) -> Result<Found, ConnectorError> {
    let found = candidates(service, "Groups", "displayName", name).await?;
    Ok(group_among(found.iter(), name))
}

/// The user of this sign-in name; its case does not matter (RFC 7643, section 4.1.1).
pub(super) async fn user(service: &Arc<Service>, name: &str) -> Result<Found, ConnectorError> {
    match user_among(candidates(service, "Users", "userName", name).await?, name) {
        // Some servers' filters do heed case. Whoever asks has reason to think that the user exists.
        Found::None => Ok(user_among(list(service, "Users").await?, name)),
        found => Ok(found),
    }
}

fn user_among(mut users: Vec<Entry>, name: &str) -> Found {
    users.retain(|user| same(text(&user.object, "userName"), name));
    match users.len() {
        0 => Found::None,
        1 if users.iter().any(|user| user.own_id().is_none()) => {
            Found::Unclear(format!("the account with the sign-in name {name:?} has no id"))
        }
        1 => users.pop().map_or(Found::None, |user| Found::One(Box::new(user))),
        many => Found::Unclear(format!("{many} accounts have the sign-in name {name:?}")),
    }
}

/// The group of this display name, whatever a filter says.
pub(super) async fn listed_group(service: &Arc<Service>, name: &str) -> Result<Found, ConnectorError> {
    Ok(group_among(list(service, "Groups").await?.iter(), name))
}

/// The group of this display name among those given.
pub(super) fn group_among<'a>(groups: impl Iterator<Item = &'a Entry>, name: &str) -> Found {
    match among(groups, ("group", name), |group| text(&group.object, "displayName").unwrap_or_default()) {
        Named::One(group) if group.own_id().is_none() => {
            Found::Unclear(format!("the group named {name:?} has no id"))
        }
        Named::One(group) => Found::One(Box::new(group.clone())),
        Named::Unclear(why) => Found::Unclear(why),
        Named::None => Found::None,
    }
}

fn same(found: Option<&str>, wanted: &str) -> bool {
    found.is_some_and(|found| found.to_lowercase() == wanted.to_lowercase())
}

/// Resources among which the wanted one must be, if it exists.
async fn candidates(
    service: &Arc<Service>,
    kind: &'static str,
    attribute: &str,
    name: &str,
) -> Result<Vec<Entry>, ConnectorError> {
    if !service.filters().await? {
        return list(service, kind).await;
    }
    // A filter's text is written as JSON writes one (RFC 7644, section 3.4.2.2).
    let quoted = serde_json::Value::from(name).to_string();
    match filtered(service, kind, &format!("{attribute} eq {quoted}")).await? {
        // A server that ignored the filter may have sent a first page of many.
        Ok(page) if page.total.is_some_and(|total| total <= page.entries.len()) => Ok(page.entries),
        Ok(_) => list(service, kind).await,
        Err(answer) if matches!(answer.status, 400 | 404 | 405 | 501) => list(service, kind).await,
        Err(answer) => Err(refusal(&answer)),
    }
}
