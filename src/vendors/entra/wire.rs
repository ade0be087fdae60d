//! What Graph answers, as values.

use super::{DEFAULT, GRAPH};
use crate::connector::ConnectorError;
use crate::domain::{Account, AccountId, AccountState, Broken, Email, InvitationState};
use crate::net::neutral;
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;

/// What is asked of a user.
pub(super) const USER: &str = "id,userPrincipalName,mail,otherMails,displayName,accountEnabled,userType,\
                               externalUserState,externalUserStateChangeDateTime,createdDateTime";

/// What is asked of a group.
pub(super) const GROUP: &str = "id,displayName,groupTypes,membershipRule,membershipRuleProcessingState,\
                                onPremisesSyncEnabled,mailEnabled,securityEnabled,visibility";

/// The `visibility` of a group that hides its members.
const HIDDEN: &str = "HiddenMembership";

/// What is asked of an app.
pub(super) const APP: &str = "id,displayName,appRoles";

/// The role of those who were given an app without any of its roles.
pub(super) const NO_ROLE: &str = "00000000-0000-0000-0000-000000000000";

/// What stands in the sign-in name of whoever has another home.
const EXTERNAL: &str = "#EXT#";

/// A property's text; none where it is absent, empty or something else.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The id that everything has.
pub(super) fn id(value: &Value) -> Result<String, ConnectorError> {
    text(value, "id").map(str::to_owned).ok_or_else(|| broken("something without an id"))
}

/// The error for what Graph should never answer.
pub(super) fn broken(what: &str) -> ConnectorError {
    ConnectorError::ContractBroken { message: format!("{} answered with {what}.", GRAPH.title) }
}

/// A text in a filter, its quotes doubled.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Whether the user has another home than this tenant.
pub(super) fn is_guest(user: &Value) -> bool {
    let named = text(user, "userPrincipalName").is_some_and(|name| name.contains(EXTERNAL));
    named || text(user, "userType") == Some("Guest")
}

/// Whether the user was invited and has not accepted.
pub(super) fn is_pending(user: &Value) -> bool {
    text(user, "externalUserState") == Some("PendingAcceptance")
}

/// The name by which people know the account: the sign-in name; of a guest, whose sign-in name is made up, the address that
/// was invited.
pub(super) fn login(user: &Value) -> Option<String> {
    let name = text(user, "userPrincipalName").map(str::to_owned);
    if signs_in(user).is_some() {
        return name;
    }
    let mail = text(user, "mail").map(str::to_owned);
    mail.or_else(|| other_mails(user).next().map(str::to_owned)).or_else(|| home(user)).or(name)
}

/// The sign-in name of whoever has one of this tenant.
fn signs_in(user: &Value) -> Option<&str> {
    text(user, "userPrincipalName").filter(|name| !name.contains(EXTERNAL))
}

/// The mail of whoever signs in with another name. An administrator may set any address for it, a stranger's too.
fn mailbox(user: &Value) -> Option<Email> {
    let name = signs_in(user)?;
    let mail = Email::parse(text(user, "mail")?).ok()?;
    (Email::parse(name).ok().as_ref() != Some(&mail)).then_some(mail)
}

/// Whether the address leads to the user only as their mail, while they sign in with another name.
pub(super) fn is_mailbox(user: &Value, address: &str) -> bool {
    mailbox(user).is_some_and(|mail| Email::parse(address).is_ok_and(|address| address == mail))
}

/// The address in the sign-in name of a guest: `jane_doe_other.example#EXT#@tenant` is `jane_doe@other.example`, since
/// no domain has an underscore.
fn home(user: &Value) -> Option<String> {
    let (address, _) = text(user, "userPrincipalName")?.split_once(EXTERNAL)?;
    let (local, domain) = address.rsplit_once('_')?;
    Some(format!("{local}@{domain}"))
}

fn other_mails(user: &Value) -> impl Iterator<Item = &str> {
    let all = user.get("otherMails").and_then(Value::as_array);
    all.into_iter().flatten().filter_map(Value::as_str).filter(|text| !text.is_empty())
}

/// Every address that leads to the user. An employee's alternate ones are none: people may set them, and to be known by one
/// would make somebody's account another's.
pub(super) fn addresses(user: &Value) -> Vec<Email> {
    let own = signs_in(user);
    let login = login(user);
    let others = other_mails(user).filter(|_| is_guest(user));
    let all = login.as_deref().into_iter().chain(text(user, "mail")).chain(own).chain(others);
    let mut addresses = Vec::new();
    for address in all.filter(|text| !text.contains(EXTERNAL)).filter_map(|text| Email::parse(text).ok()) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

/// The account that a user is.
///
/// # Errors
/// What could be made out, where a property leaves its meaning open.
pub(super) fn account(user: &Value) -> Result<Account, Broken> {
    let id = text(user, "id").and_then(|id| AccountId::parse(id).ok());
    let usable = id.clone().filter(|id| !id.as_str().chars().any(char::is_control)).ok_or("no usable id");
    match (usable, login(user).ok_or("no sign-in name"), state(user)) {
        (Ok(id), Ok(login), Ok(state)) => Ok(Account {
            id,
            emails: addresses(user),
            login: Arc::from(login),
            mail: mailbox(user),
            name: text(user, "displayName").map(Arc::from),
            external_id: None,
            state,
            invited: invited(user),
        }),
        (usable, login, state) => {
            let flaws = [usable.err(), login.as_ref().err().copied(), state.err()];
            let flaws: Vec<&str> = flaws.into_iter().flatten().collect();
            let who = id
                .as_ref()
                .map_or_else(|| "A user".to_owned(), |id| format!("The user {:?}", neutral(id.as_str(), 80)));
            Err(Broken {
                id,
                emails: addresses(user),
                login: login.ok().map(Arc::from),
                external_id: None,
                reason: format!("{who} has {}.", flaws.join(" and ")),
            })
        }
    }
}

fn state(user: &Value) -> Result<AccountState, &'static str> {
    let enabled = user.get("accountEnabled").and_then(Value::as_bool);
    match (enabled, text(user, "externalUserState")) {
        (None, _) => Err("an `accountEnabled` that is neither true nor false"),
        (Some(false), _) => Ok(AccountState::Suspended),
        (Some(true), None | Some("Accepted")) => Ok(AccountState::Active),
        (Some(true), Some("PendingAcceptance")) => Ok(AccountState::Invited(InvitationState::Pending)),
        (Some(true), Some(_)) => Err("an `externalUserState` that nobody knows"),
    }
}

/// Since when an invitation is pending.
fn invited(user: &Value) -> Option<Timestamp> {
    let since = ["externalUserStateChangeDateTime", "createdDateTime"].iter().find_map(|key| text(user, key));
    since.filter(|_| is_pending(user)).and_then(|since| since.parse().ok())
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) id: String,
    pub(super) name: String,
    /// What decides who is in it, where a rule does; whether the rule is at work.
    pub(super) rule: Option<(String, bool)>,
    /// Why Graph lets nobody change its members, where it does not.
    pub(super) fixed: Option<&'static str>,
    /// Whether its members are shown only to whoever has the right to see hidden ones.
    pub(super) hidden: bool,
}

/// The group that an object is.
pub(super) fn group(object: &Value) -> Result<Group, ConnectorError> {
    let types = object.get("groupTypes").and_then(Value::as_array);
    let is = |word: &str| types.into_iter().flatten().any(|kind| kind.as_str() == Some(word));
    let on = |key: &str| object.get(key).and_then(Value::as_bool).unwrap_or(false);
    let rule = is("DynamicMembership").then(|| {
        let rule = text(object, "membershipRule").unwrap_or("a rule that Entra does not tell");
        (rule.to_owned(), text(object, "membershipRuleProcessingState") != Some("Paused"))
    });
    let fixed = if on("onPremisesSyncEnabled") {
        Some("It is kept in the on-premises directory: change its members there.")
    } else if on("mailEnabled") && !is("Unified") {
        Some("It is a mail-enabled group: change its members in the Exchange admin center.")
    } else {
        None
    };
    Ok(Group {
        id: id(object)?,
        name: text(object, "displayName").unwrap_or_default().to_owned(),
        rule,
        fixed,
        hidden: text(object, "visibility").is_some_and(|word| word.eq_ignore_ascii_case(HIDDEN)),
    })
}

/// What a member of a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Group,
    /// A device, an application, a contact: nobody who has an account.
    Other,
    /// Graph does not say.
    Untold,
}

/// A member's id and what it is.
pub(super) fn member(object: &Value) -> Result<(String, Kind), ConnectorError> {
    let kind = match text(object, "@odata.type") {
        Some("#microsoft.graph.user") => Kind::User,
        Some("#microsoft.graph.group") => Kind::Group,
        None | Some("#microsoft.graph.directoryObject") => Kind::Untold,
        Some(_) => Kind::Other,
    };
    Ok((id(object)?, kind))
}

/// An app and its roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct App {
    pub(super) id: String,
    pub(super) name: String,
    /// Each role's id and what the workspace calls it.
    pub(super) roles: Vec<(String, String)>,
}

/// The app that an object is.
pub(super) fn app(object: &Value) -> Result<App, ConnectorError> {
    let roles = object.get("appRoles").and_then(Value::as_array);
    let role = |role: &Value| {
        let name = text(role, "value").or_else(|| text(role, "displayName"));
        Some((text(role, "id")?.to_owned(), name?.to_owned()))
    };
    Ok(App {
        id: id(object)?,
        name: text(object, "displayName").unwrap_or_default().to_owned(),
        roles: roles.into_iter().flatten().filter_map(role).collect(),
    })
}

impl App {
    /// What the workspace calls a role. One that the app no longer has is called by its id.
    pub(super) fn level<'a>(&'a self, role: &'a str) -> &'a str {
        let known = self.roles.iter().find(|(id, _)| id.eq_ignore_ascii_case(role));
        known.map_or(if role == NO_ROLE { DEFAULT } else { role }, |(_, name)| name)
    }
}

/// Somebody who was given an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Assignment {
    pub(super) id: String,
    /// The app.
    pub(super) on: String,
    pub(super) role: String,
    pub(super) principal: String,
    pub(super) principal_name: String,
    pub(super) kind: Kind,
}

/// The assignment that an object is.
pub(super) fn assignment(object: &Value) -> Result<Assignment, ConnectorError> {
    let part = |key: &str| {
        text(object, key).map(str::to_owned).ok_or_else(|| broken(&format!("an assignment without `{key}`")))
    };
    Ok(Assignment {
        id: part("id")?,
        on: part("resourceId")?,
        role: part("appRoleId")?,
        principal: part("principalId")?,
        principal_name: text(object, "principalDisplayName").unwrap_or_default().to_owned(),
        kind: match text(object, "principalType") {
            Some("User") => Kind::User,
            Some("Group") => Kind::Group,
            Some(_) => Kind::Other,
            // Whoever it is may be somebody who has the app.
            None => return Err(broken("an assignment without `principalType`")),
        },
    })
}
