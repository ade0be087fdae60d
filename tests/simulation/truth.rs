//! What a vendor really holds, and what differs between two moments of it.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// The vendor's id; empty in what is expected.
    pub(crate) id: String,
    pub(crate) active: bool,
    pub(crate) name: String,
    /// The mapped role that it has.
    pub(crate) level: Option<String>,
}

/// One tenant, by sign-in names and display names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Truth {
    pub(crate) accounts: BTreeMap<String, Account>,
    /// Members of each group.
    pub(crate) groups: BTreeMap<String, BTreeSet<String>>,
    /// Groups that bear a name which another one bears.
    pub(crate) doubles: BTreeSet<String>,
    /// The ids of groups.
    pub(crate) group_ids: BTreeMap<String, String>,
}

/// One difference that a vendor or a person would notice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    Created(String),
    Removed(String),
    Suspended(String),
    Restored(String),
    Named(String, String),
    Level(String, Option<String>, Option<String>),
    Made(String),
    Unmade(String),
    Doubled(String),
    Joined(String, String),
    Left(String, String),
}

impl Fact {
    /// Whose account it is about.
    pub(crate) fn login(&self) -> Option<&str> {
        match self {
            Self::Created(login)
            | Self::Removed(login)
            | Self::Suspended(login)
            | Self::Restored(login)
            | Self::Named(login, _)
            | Self::Level(login, ..)
            | Self::Joined(_, login)
            | Self::Left(_, login) => Some(login),
            Self::Made(_) | Self::Unmade(_) | Self::Doubled(_) => None,
        }
    }

    /// Whether somebody loses access by it.
    pub(crate) fn is_loss(&self) -> bool {
        match self {
            Self::Removed(_) | Self::Suspended(_) | Self::Left(..) | Self::Unmade(_) => true,
            Self::Level(_, from, to) => rank(to.as_deref()) < rank(from.as_deref()),
            _ => false,
        }
    }
}

/// How much a level of the organisation gives.
pub(crate) fn rank(level: Option<&str>) -> usize {
    match level {
        Some("admin") => 2,
        Some("viewer") => 1,
        _ => 0,
    }
}

impl Truth {
    /// Reads an emulator's state.
    pub(crate) fn of(state: &Value) -> Self {
        let mut truth = Self::default();
        let mut logins = BTreeMap::new();
        for user in state["users"].as_array().into_iter().flatten() {
            let login = text(&user["attributes"]["userName"]).to_lowercase();
            logins.insert(text(&user["id"]), login.clone());
            truth.accounts.insert(login, account(user));
        }
        for group in state["groups"].as_array().into_iter().flatten() {
            let attributes = &group["attributes"];
            let name = text(&attributes["displayName"]);
            let members = attributes["members"].as_array().into_iter().flatten();
            let members = members.map(|one| text(&one["value"]));
            let members: BTreeSet<String> =
                members.map(|id| logins.get(&id).cloned().unwrap_or(id)).collect();
            truth.group_ids.insert(name.clone(), text(&group["id"]));
            if truth.groups.insert(name.clone(), members).is_some() {
                truth.doubles.insert(name);
            }
        }
        truth
    }

    /// How it became `after`. What goes with an account is not told by itself.
    pub(crate) fn changes(&self, after: &Self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let logins: BTreeSet<&String> = self.accounts.keys().chain(after.accounts.keys()).collect();
        for login in logins {
            match (self.accounts.get(login), after.accounts.get(login)) {
                (Some(old), Some(new)) => differences(login, old, new, &mut facts),
                (None, Some(_)) => facts.push(Fact::Created(login.clone())),
                _ => facts.push(Fact::Removed(login.clone())),
            }
        }
        let none = BTreeSet::new();
        let groups: BTreeSet<&String> = self.groups.keys().chain(after.groups.keys()).collect();
        for group in groups {
            match (self.groups.contains_key(group), after.groups.contains_key(group)) {
                (false, true) => facts.push(Fact::Made(group.clone())),
                (true, false) => facts.push(Fact::Unmade(group.clone())),
                _ => {}
            }
            if after.doubles.contains(group) && !self.doubles.contains(group) {
                facts.push(Fact::Doubled(group.clone()));
            }
            let old = self.groups.get(group).unwrap_or(&none);
            let new = after.groups.get(group).unwrap_or(&none);
            facts.extend(new.difference(old).map(|login| Fact::Joined(group.clone(), login.clone())));
            let stayed = |login: &&String| after.accounts.contains_key(*login);
            let left = old.difference(new).filter(stayed);
            facts.extend(left.map(|login| Fact::Left(group.clone(), login.clone())));
        }
        facts
    }

    /// The usable accounts that administer the organisation.
    pub(crate) fn admins(&self) -> BTreeSet<&str> {
        let admin = |account: &Account| account.active && account.level.as_deref() == Some("admin");
        self.accounts.iter().filter(|(_, one)| admin(one)).map(|(login, _)| login.as_str()).collect()
    }
}

fn account(user: &Value) -> Account {
    let attributes = &user["attributes"];
    let roles = attributes["roles"].as_array().into_iter().flatten();
    let roles = roles.map(|role| text(&role["value"]).to_lowercase());
    Account {
        id: text(&user["id"]),
        active: attributes["active"].as_bool().unwrap_or(true),
        name: text(&attributes["displayName"]),
        level: roles.filter(|role| rank(Some(role)) > 0).max_by_key(|role| rank(Some(role))),
    }
}

fn differences(login: &str, old: &Account, new: &Account, facts: &mut Vec<Fact>) {
    let login = login.to_owned();
    if old.id != new.id && !new.id.is_empty() && !old.id.is_empty() {
        facts.extend([Fact::Removed(login.clone()), Fact::Created(login.clone())]);
    }
    match (old.active, new.active) {
        (true, false) => facts.push(Fact::Suspended(login.clone())),
        (false, true) => facts.push(Fact::Restored(login.clone())),
        _ => {}
    }
    if old.name != new.name {
        facts.push(Fact::Named(login.clone(), new.name.clone()));
    }
    if old.level != new.level {
        facts.push(Fact::Level(login, old.level.clone(), new.level.clone()));
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
