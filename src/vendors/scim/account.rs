//! A SCIM user as an account, and an account as a SCIM user.

use super::wire::{Entry, Object, USER, attr, opaque, switch, text};
use crate::domain::{Account, AccountId, AccountState, Broken, Email, Level, Profile};
use serde_json::{Value, json};
use std::sync::Arc;

/// The workspace's levels of `org` and the vendor's own value for each, lowest first; empty where the vendor
/// carries no roles over SCIM.
pub(super) type Roles = Vec<(Level, Arc<str>)>;

/// The account that a resource describes.
///
/// # Errors
/// What could be made out, where an attribute has a type or a value that leaves its meaning open.
pub(super) fn account(entry: &Entry) -> Result<Account, Broken> {
    let user = &entry.object;
    let external_id = attr(user, "externalId").and_then(opaque).map(Arc::from);
    match (usable_id(entry), addresses(user), sign_in(user), state(user)) {
        (Ok(id), Ok(found), Ok(login), Ok(state)) => {
            let login = login.or_else(|| found.first().cloned()).unwrap_or_else(|| entry.id.clone());
            Ok(Account {
                id,
                emails: emails(std::iter::once(&login).chain(&found)),
                login: Arc::from(login),
                mail: None,
                name: name(user).map(Arc::from),
                external_id,
                state,
                invited: None,
            })
        }
        (id, found, login, state) => {
            let flaws = [id.err(), found.as_ref().err().copied(), login.as_ref().err().copied(), state.err()];
            let flaws: Vec<&str> = flaws.into_iter().flatten().collect();
            let who = entry.own_id().map_or_else(
                || "A user".to_owned(),
                |id| format!("The user {:?}", crate::net::neutral(id, 80)),
            );
            let (login, found) = (login.ok().flatten(), found.unwrap_or_default());
            Err(Broken {
                id: entry.own_id().and_then(|id| AccountId::parse(id).ok()),
                emails: emails(login.iter().chain(&found)),
                login: login.map(Arc::from),
                external_id,
                reason: format!("{who} has {}.", flaws.join(" and ")),
            })
        }
    }
}

/// What is wrong with an attribute, as an object of "has".
type Flaw = &'static str;

fn usable_id(entry: &Entry) -> Result<AccountId, Flaw> {
    let id = entry.own_id().ok_or("no id")?;
    let parsed = AccountId::parse(id).ok().filter(|_| !id.chars().any(char::is_control));
    parsed.ok_or("an id that cannot be used")
}

/// `userName`; none where there is none.
fn sign_in(user: &Object) -> Result<Option<String>, Flaw> {
    match attr(user, "userName") {
        None => Ok(None),
        Some(Value::String(login)) => Ok(Some(login.clone()).filter(|login| !login.is_empty())),
        Some(_) => Err("a userName that is no text"),
    }
}

fn state(user: &Object) -> Result<AccountState, Flaw> {
    let active = attr(user, "active").map_or(Some(true), switch);
    let active = active.ok_or("an `active` that is neither true nor false")?;
    Ok(if active { AccountState::Active } else { AccountState::Suspended })
}

/// Every value of `emails`. A single value and bare texts are taken as well.
fn addresses(user: &Object) -> Result<Vec<String>, Flaw> {
    let address = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(email) => text(email, "value").map(str::to_owned),
        _ => None,
    };
    match attr(user, "emails") {
        None => Ok(Vec::new()),
        Some(Value::Array(all)) => Ok(all.iter().filter_map(address).collect()),
        Some(one @ (Value::Object(_) | Value::String(_))) => Ok(address(one).into_iter().collect()),
        Some(_) => Err("emails that are no list of addresses"),
    }
}

/// Those that are addresses, each once.
fn emails<'a>(texts: impl Iterator<Item = &'a String>) -> Vec<Email> {
    let mut emails: Vec<Email> = Vec::new();
    for email in texts.filter_map(|text| Email::parse(text.trim()).ok()) {
        if !emails.contains(&email) {
            emails.push(email);
        }
    }
    emails
}

fn name(user: &Object) -> Option<String> {
    if let Some(display) = text(user, "displayName") {
        return Some(display.to_owned());
    }
    let name = attr(user, "name")?.as_object()?;
    if let Some(formatted) = text(name, "formatted") {
        return Some(formatted.to_owned());
    }
    let parts: Vec<&str> = ["givenName", "familyName"].iter().filter_map(|part| text(name, part)).collect();
    if parts.is_empty() { None } else { Some(parts.join(" ")) }
}

/// The body of a new account. `active` is a boolean here, whatever the server sends.
pub(super) fn new_user(profile: &Profile, external_id: &str) -> Value {
    let mut user = json!({
        "schemas": [USER],
        "userName": *profile.login,
        "externalId": external_id,
        "active": true,
        "displayName": profile.name.as_deref().unwrap_or(&profile.login),
    });
    if let Some(full) = &profile.name {
        user["name"] = full_name(full);
    }
    if Email::parse(&profile.login).is_ok() {
        user["emails"] = json!([{ "value": *profile.login, "type": "work", "primary": true }]);
    }
    user
}

/// `name`, its parts split at the last space: a guess, since the workspace keeps one name and servers may want two.
fn full_name(full: &str) -> Value {
    match full.trim().rsplit_once(' ') {
        Some((given, family)) => {
            json!({ "formatted": full, "givenName": given.trim_end(), "familyName": family })
        }
        None => json!({ "formatted": full, "givenName": full }),
    }
}

/// The level of `org` that an account has.
pub(super) fn org_level(entry: &Entry, roles: &Roles) -> Option<Level> {
    if roles.is_empty() {
        return Level::parse(MEMBER).ok();
    }
    let held = role_values(&entry.object);
    let known = roles.iter().rev().find(|(_, value)| held.iter().any(|role| role.is(value)));
    if let Some((level, _)) = known {
        return Some(level.clone());
    }
    // A role that the workspace does not map is kept as itself; none at all is plain membership.
    let unknown = held.iter().filter_map(|role| role.names.first()).min();
    Level::parse(unknown.map_or(MEMBER, String::as_str)).ok()
}

/// The level of those who have an account and nothing more.
pub(super) const MEMBER: &str = "member";

/// One value of `roles`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Role {
    /// Everything that the value calls itself, `value` first.
    names: Vec<String>,
    sent: Value,
}

impl Role {
    fn is(&self, value: &str) -> bool {
        self.names.iter().any(|name| name.to_lowercase() == value.to_lowercase())
    }
}

fn role_values(user: &Object) -> Vec<Role> {
    let role = |sent: &Value| {
        let names = match sent {
            Value::Object(role) => ["value", "display", "type"]
                .iter()
                .filter_map(|key| text(role, key))
                .map(str::to_owned)
                .collect(),
            other => opaque(other).into_iter().collect(),
        };
        Role { names, sent: sent.clone() }
    };
    match attr(user, "roles") {
        None => Vec::new(),
        Some(Value::Array(all)) => all.iter().map(role).filter(|role| !role.names.is_empty()).collect(),
        Some(one) => [role(one)].into_iter().filter(|role| !role.names.is_empty()).collect(),
    }
}

/// `roles` after a move from one level to another: what the workspace does not map stays as it was sent.
pub(super) fn new_roles(user: &Object, roles: &Roles, from: Option<&Level>, to: Option<&Level>) -> Value {
    let ours = |role: &Role| {
        roles.iter().any(|(_, value)| role.is(value)) || from.is_some_and(|level| role.is(level.as_str()))
    };
    let mut kept: Vec<Value> =
        role_values(user).into_iter().filter(|role| !ours(role)).map(|role| role.sent).collect();
    if let Some((_, value)) = to.and_then(|to| roles.iter().find(|(level, _)| level == to)) {
        kept.push(json!({ "value": **value }));
    }
    Value::Array(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(value: Value) -> Entry {
        let Value::Object(object) = value else { panic!("{value}") };
        Entry { id: "U-1".to_owned(), object }
    }

    fn roles() -> Roles {
        [("viewer", "Viewer"), ("admin", "Admin")]
            .map(|(level, value)| (Level::parse(level).unwrap(), Arc::from(value)))
            .to_vec()
    }

    fn level(value: Value) -> String {
        org_level(&entry(value), &roles()).unwrap().as_str().to_owned()
    }

    #[test]
    fn every_address_counts_and_is_canonical() {
        let account = account(&entry(json!({
            "USERNAME": "Jane@ACME.example", "Active": "False", "externalID": 7,
            "emails": [{"value": "jane@acme.example"}, {"Value": "J.Doe@acme.example"}, {"value": "no address"}],
            "name": {"givenName": "Jane", "familyName": "Doe"},
        })));
        let account = account.unwrap();
        let emails: Vec<&str> = account.emails.iter().map(Email::as_str).collect();
        assert_eq!(emails, ["jane@acme.example", "j.doe@acme.example"]);
        assert_eq!((&*account.login, account.name.as_deref()), ("Jane@ACME.example", Some("Jane Doe")));
        assert_eq!((account.external_id.as_deref(), account.state), (Some("7"), AccountState::Suspended));
    }

    #[test]
    fn an_account_without_active_is_active_and_a_wrong_one_is_refused() {
        let state = |user| account(&entry(user)).map(|account| account.state);
        assert_eq!(state(json!({"userName": "a"})), Ok(AccountState::Active));
        assert_eq!(state(json!({"userName": "a", "active": null})), Ok(AccountState::Active));
        assert!(state(json!({"userName": "a", "active": 1})).is_err());
        assert!(state(json!({"userName": 5})).is_err());
        assert!(state(json!({"userName": "a", "emails": 5})).is_err());
    }

    #[test]
    fn the_highest_known_role_is_the_level() {
        assert_eq!(level(json!({"roles": [{"value": "admin"}, "Viewer"]})), "admin");
        assert_eq!(level(json!({"roles": [{"value": "r1", "display": "Viewer"}]})), "viewer");
        assert_eq!(level(json!({"roles": ["Robot", "Auditor"]})), "Auditor");
        assert_eq!(level(json!({"roles": []})), "member");
        assert_eq!(org_level(&entry(json!({"roles": ["x"]})), &Vec::new()).unwrap().as_str(), "member");
    }

    #[test]
    fn roles_that_nobody_maps_stay() {
        let user = entry(json!({"roles": [{"value": "Viewer"}, {"value": "Billing", "primary": true}]}));
        let (viewer, admin) = (Level::parse("viewer").unwrap(), Level::parse("admin").unwrap());
        assert_eq!(
            new_roles(&user.object, &roles(), Some(&viewer), Some(&admin)),
            json!([{"value": "Billing", "primary": true}, {"value": "Admin"}])
        );
        let unknown = Level::parse("Billing").unwrap();
        assert_eq!(
            new_roles(&user.object, &roles(), Some(&unknown), Some(&admin)),
            json!([{"value": "Admin"}])
        );
    }

    #[test]
    fn a_new_account_is_strict() {
        let profile = Profile { login: Arc::from("j@acme.example"), name: Some(Arc::from("Jane van Doe")) };
        assert_eq!(
            new_user(&profile, "grantline:jane"),
            json!({
                "schemas": [USER], "userName": "j@acme.example", "externalId": "grantline:jane", "active": true,
                "displayName": "Jane van Doe",
                "name": {"formatted": "Jane van Doe", "givenName": "Jane van", "familyName": "Doe"},
                "emails": [{"value": "j@acme.example", "type": "work", "primary": true}],
            })
        );
    }
}
