//! A change as a journal writes it, apart from the domain's types, so that neither moves the other.

use crate::domain::{
    self, AccountId, ChangeId, Channel, Duty, Level, OutcomeStatus, ResourceName, Risk, UserName, VendorName,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One change. What asked for it stays out: that is a place in files as they were then, and the plan has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    id: String,
    vendor: String,
    user: Option<String>,
    user_name: Option<Arc<str>>,
    account: Option<Arc<str>>,
    account_id: Option<String>,
    action: Action,
    channel: String,
    risk: String,
    after: Vec<String>,
    waits: Option<Arc<str>>,
    reason: Option<Arc<str>>,
    ticket: Option<Arc<str>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
enum Action {
    CreateResource { on: Target },
    Invite { profile: Profile, external_id: Arc<str>, on: Option<Offer> },
    Grant { on: Target, to: String },
    ChangeLevel { on: Target, from: String, to: String },
    Revoke { on: Target, from: String },
    TransferOwnership { on: Target, from: String },
    UpdateAccount { from: Profile, to: Profile },
    Suspend {},
    Restore {},
    RemoveAccount {},
    ResendInvitation { on: Option<Target> },
    CancelInvitation { on: Option<Target> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    name: String,
    kind: Arc<str>,
    id: Option<Arc<str>>,
    display: Option<Arc<str>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    on: Target,
    to: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    login: Arc<str>,
    name: Option<Arc<str>>,
}

impl From<&domain::Change> for Change {
    fn from(change: &domain::Change) -> Self {
        Self {
            id: change.id.to_string(),
            vendor: change.vendor.to_string(),
            user: change.user.as_ref().map(ToString::to_string),
            user_name: change.user_name.clone(),
            account: change.account.clone(),
            account_id: change.account_id.as_ref().map(ToString::to_string),
            action: Action::from(&change.action),
            channel: change.channel.word().to_owned(),
            risk: change.risk.word().to_owned(),
            after: change.after.iter().map(ToString::to_string).collect(),
            waits: change.waits.clone(),
            reason: change.reason.clone(),
            ticket: change.ticket.clone(),
        }
    }
}

impl From<&domain::Action> for Action {
    fn from(action: &domain::Action) -> Self {
        use domain::Action as From;
        let maybe = |on: &Option<domain::Target>| on.as_ref().map(Target::from);
        match action {
            From::CreateResource { on } => Self::CreateResource { on: on.into() },
            From::Invite { profile, external_id, on } => Self::Invite {
                profile: profile.into(),
                external_id: Arc::clone(external_id),
                on: on.as_ref().map(|offer| Offer { on: (&offer.on).into(), to: offer.to.to_string() }),
            },
            From::Grant { on, to } => Self::Grant { on: on.into(), to: to.to_string() },
            From::ChangeLevel { on, from, to } => {
                Self::ChangeLevel { on: on.into(), from: from.to_string(), to: to.to_string() }
            }
            From::Revoke { on, from } => Self::Revoke { on: on.into(), from: from.to_string() },
            From::TransferOwnership { on, from } => {
                Self::TransferOwnership { on: on.into(), from: from.to_string() }
            }
            From::UpdateAccount { from, to } => Self::UpdateAccount { from: from.into(), to: to.into() },
            From::Suspend => Self::Suspend {},
            From::Restore => Self::Restore {},
            From::RemoveAccount => Self::RemoveAccount {},
            From::ResendInvitation { on } => Self::ResendInvitation { on: maybe(on) },
            From::CancelInvitation { on } => Self::CancelInvitation { on: maybe(on) },
        }
    }
}

impl From<&domain::Target> for Target {
    fn from(on: &domain::Target) -> Self {
        let domain::Target { name, kind, id, display } = on.clone();
        Self { name: name.to_string(), kind, id, display }
    }
}

impl From<&domain::Profile> for Profile {
    fn from(profile: &domain::Profile) -> Self {
        Self { login: Arc::clone(&profile.login), name: profile.name.clone() }
    }
}

impl Change {
    /// The change; what is wrong with the line otherwise.
    pub(super) fn read(self) -> Result<domain::Change, String> {
        let id = change_id(&self.id)?;
        let vendor = VendorName::parse(&self.vendor).map_err(|error| error.to_string())?;
        if ChangeId::new(&vendor, number(&self.id).unwrap_or_default()) != id {
            return Err(format!("the change {:?} is not one of the vendor {:?}", self.id, self.vendor));
        }
        Ok(domain::Change {
            id,
            vendor,
            user: self.user.map(|user| UserName::parse(&user)).transpose().map_err(|e| e.to_string())?,
            user_name: self.user_name,
            account: self.account,
            account_id: self.account_id.as_deref().map(account_id).transpose()?,
            action: self.action.read()?,
            channel: channel(&self.channel)?,
            risk: risk(&self.risk)?,
            after: self.after.iter().map(|id| change_id(id)).collect::<Result<_, _>>()?,
            waits: self.waits,
            because: Vec::new(),
            reason: self.reason,
            ticket: self.ticket,
        })
    }
}

impl Action {
    fn read(self) -> Result<domain::Action, String> {
        use domain::Action as To;
        let maybe = |on: Option<Target>| on.map(Target::read).transpose();
        Ok(match self {
            Self::CreateResource { on } => To::CreateResource { on: on.read()? },
            Self::Invite { profile, external_id, on } => {
                To::Invite { profile: profile.read(), external_id, on: on.map(Offer::read).transpose()? }
            }
            Self::Grant { on, to } => To::Grant { on: on.read()?, to: level(&to)? },
            Self::ChangeLevel { on, from, to } => {
                To::ChangeLevel { on: on.read()?, from: level(&from)?, to: level(&to)? }
            }
            Self::Revoke { on, from } => To::Revoke { on: on.read()?, from: level(&from)? },
            Self::TransferOwnership { on, from } => {
                To::TransferOwnership { on: on.read()?, from: account_id(&from)? }
            }
            Self::UpdateAccount { from, to } => To::UpdateAccount { from: from.read(), to: to.read() },
            Self::Suspend {} => To::Suspend,
            Self::Restore {} => To::Restore,
            Self::RemoveAccount {} => To::RemoveAccount,
            Self::ResendInvitation { on } => To::ResendInvitation { on: maybe(on)? },
            Self::CancelInvitation { on } => To::CancelInvitation { on: maybe(on)? },
        })
    }
}

impl Target {
    fn read(self) -> Result<domain::Target, String> {
        let name = ResourceName::parse(&self.name).map_err(|error| error.to_string())?;
        Ok(domain::Target { name, kind: self.kind, id: self.id, display: self.display })
    }
}

impl Offer {
    fn read(self) -> Result<domain::Offer, String> {
        Ok(domain::Offer { on: self.on.read()?, to: level(&self.to)? })
    }
}

impl Profile {
    fn read(self) -> domain::Profile {
        domain::Profile { login: self.login, name: self.name }
    }
}

fn level(text: &str) -> Result<Level, String> {
    Level::parse(text).map_err(|error| error.to_string())
}

pub(super) fn account_id(text: &str) -> Result<AccountId, String> {
    AccountId::parse(text).map_err(|error| error.to_string())
}

fn number(id: &str) -> Option<usize> {
    id.rsplit_once('-')?.1.parse().ok()
}

/// A change's id: its vendor's name and its number, written the one way that there is.
pub(super) fn change_id(text: &str) -> Result<ChangeId, String> {
    let parsed = text.rsplit_once('-').and_then(|(vendor, _)| VendorName::parse(vendor).ok());
    let id = parsed.zip(number(text)).map(|(vendor, number)| ChangeId::new(&vendor, number));
    id.filter(|id| id.as_str() == text).ok_or_else(|| format!("{text:?} is no change's id"))
}

fn channel(text: &str) -> Result<Channel, String> {
    let known = [Channel::Api, Channel::Browser, Channel::Runbook];
    known.into_iter().find(|one| one.word() == text).ok_or_else(|| format!("{text:?} is no channel"))
}

fn risk(text: &str) -> Result<Risk, String> {
    let known = [Risk::Low, Risk::Medium, Risk::High];
    known.into_iter().find(|one| one.word() == text).ok_or_else(|| format!("{text:?} is no risk"))
}

pub(super) fn duty(word: &str) -> Result<Duty, String> {
    Duty::of(word).ok_or_else(|| format!("{word:?} is no credential"))
}

pub(super) fn status(text: &str) -> Result<OutcomeStatus, String> {
    use OutcomeStatus::{Done, Failed, Skipped, Unverified, Waiting};
    let known = [Done, Failed, Waiting, Unverified, Skipped];
    known.into_iter().find(|one| one.word() == text).ok_or_else(|| format!("{text:?} is no status"))
}

#[cfg(test)]
mod tests;
