//! Everybody in the organisation, and one of them.

use super::api::get;
use super::wire::{Entry, RETIRED, before_suspending, entry, text};
use crate::connector::ConnectorError;
use crate::connector::people::bound_broken;
use crate::domain::{Account, AccountId, Broken};
use crate::net::rest::Rest;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Okta's own figure for a page.
pub(super) const PAGE: &str = "200";

/// Everybody.
#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) accounts: BTreeMap<AccountId, Account>,
    pub(super) retired: BTreeMap<AccountId, Account>,
    pub(super) broken: Vec<Broken>,
    /// Whom no request suspends, with what a person does first.
    pub(super) by_hand: BTreeMap<AccountId, Arc<str>>,
}

/// Reads everybody: the list of users leaves those out whose accounts were taken, and a filter shows them.
pub(super) async fn read(rest: &Rest) -> Result<People, ConnectorError> {
    let live = get(&["users"]).query("limit", PAGE);
    let retired =
        get(&["users"]).query("filter", format!("status eq {}", quoted(RETIRED))).query("limit", PAGE);
    let (live, retired) = tokio::try_join!(rest.list(&live, ""), rest.list(&retired, ""))?;
    sort(live.iter().chain(&retired))
}

fn sort<'a>(users: impl Iterator<Item = &'a Value>) -> Result<People, ConnectorError> {
    let (mut people, mut count) = (People::default(), 0);
    for user in users {
        count += 1;
        match entry(user) {
            Ok(Entry::Live(account)) => {
                let how = before_suspending(user).map(|how| (account.id.clone(), Arc::from(how)));
                people.by_hand.extend(how);
                people.accounts.insert(account.id.clone(), account);
            }
            Ok(Entry::Retired(account)) => drop(people.retired.insert(account.id.clone(), account)),
            Err(record) => people.broken.push(record),
        }
    }
    // Between the two lists somebody may have been taken or brought back; the next reading knows.
    people.retired.retain(|id, _| !people.accounts.contains_key(id));
    people.broken.sort();
    people.broken.dedup();
    bound_broken(&people.broken, count).map(|()| people)
}

/// The user with this id.
pub(super) async fn by_id(rest: &Rest, id: &AccountId) -> Result<Option<Value>, ConnectorError> {
    let user = rest.find(&get(&["users", id.as_str()])).await?;
    Ok(user.filter(|user| text(user, "/id") == Some(id.as_str())))
}

/// The user who signs in so. Okta finds users by the beginning of a login too, and by a filter that minds case, so that
/// both are compared again.
pub(super) async fn by_login(rest: &Rest, login: &str) -> Result<Option<Value>, ConnectorError> {
    // A slash in a path cannot be looked up, however it is encoded.
    if login.contains('/') {
        return filtered(rest, login).await;
    }
    let user = rest.find(&get(&["users", login])).await?;
    Ok(user.filter(|user| signs_in_as(user, login)))
}

/// The same by a filter, which finds whoever was taken as well.
pub(super) async fn filtered(rest: &Rest, login: &str) -> Result<Option<Value>, ConnectorError> {
    let filter = format!("profile.login eq {}", quoted(login));
    let found = rest.list(&get(&["users"]).query("filter", filter).query("limit", PAGE), "").await?;
    Ok(found.into_iter().find(|user| signs_in_as(user, login)))
}

pub(super) fn signs_in_as(user: &Value, login: &str) -> bool {
    text(user, "/profile/login").is_some_and(|held| held.to_lowercase() == login.to_lowercase())
}

/// A text as a filter writes it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// The id of the user whose credential it is; none where it is nobody's, as that of an application.
pub(super) async fn me(rest: &Rest) -> Result<Option<String>, ConnectorError> {
    let me = rest.find(&get(&["users", "me"])).await?;
    Ok(me.as_ref().and_then(|me| text(me, "/id")).map(str::to_owned))
}
