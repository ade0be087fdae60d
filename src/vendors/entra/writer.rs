//! Carries changes out at a tenant.

use super::directory::Directory;
use super::group::refused;
use super::{APP, GROUP, app, group, people};
use crate::connector::named::Named;
use crate::connector::{ConnectorError, Receipt, Writer};
use crate::domain::{AccountId, Action, Change, Level, ResourceName, Target};
use async_trait::async_trait;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Changes one tenant, with one credential to give and one to take.
pub(crate) struct EntraWriter {
    /// Each by itself: a credential that is missing stops its own changes only.
    pub(super) grant: Result<Directory, ConnectorError>,
    pub(super) revoke: Result<Directory, ConnectorError>,
    /// Accounts and groups that this run has made, which Entra may not show everywhere yet.
    pub(super) made: Mutex<BTreeSet<String>>,
}

/// How long what was just made is given to show.
const SOON: Duration = Duration::from_secs(10);

type Outcome = Result<Receipt, ConnectorError>;

#[async_trait]
impl Writer for EntraWriter {
    async fn execute(&self, change: &Change) -> Outcome {
        let outcome = self.carry_out(change).await;
        match (&outcome, &change.action) {
            (Ok(receipt), Action::Invite { .. }) => {
                self.remember(receipt.account.as_ref().map(AccountId::as_str));
            }
            (Ok(receipt), Action::CreateResource { .. }) => self.remember(receipt.resource.as_deref()),
            _ => {}
        }
        outcome.map_err(|error| self.late(change, error))
    }
}

impl EntraWriter {
    async fn carry_out(&self, change: &Change) -> Outcome {
        match &change.action {
            Action::CreateResource { on } => self.create(on).await,
            Action::Invite { profile, .. } => people::invite(self.giving()?, profile).await,
            Action::Grant { on, to } => self.give(on, to, account(change)?).await,
            Action::Revoke { on, from } => self.take(on, from, account(change)?).await,
            Action::ChangeLevel { on, from, to } => self.change(on, (from, to), account(change)?).await,
            Action::UpdateAccount { from, to } => {
                people::update(self.giving()?, account(change)?, from, to).await
            }
            Action::Suspend => people::suspend(self.taking()?, account(change)?).await,
            Action::Restore => people::restore(self.giving()?, account(change)?).await,
            Action::RemoveAccount => people::remove(self.taking()?, account(change)?).await,
            Action::CancelInvitation { on: None } => people::cancel(self.taking()?, account(change)?).await,
            Action::TransferOwnership { .. }
            | Action::ResendInvitation { .. }
            | Action::CancelInvitation { on: Some(_) } => {
                Err(refused(format!("Entra has no way to carry out {:?}.", change.action.word())))
            }
        }
    }

    fn giving(&self) -> Result<&Directory, ConnectorError> {
        self.grant.as_ref().map_err(Clone::clone)
    }

    fn taking(&self) -> Result<&Directory, ConnectorError> {
        self.revoke.as_ref().map_err(Clone::clone)
    }

    async fn create(&self, on: &Target) -> Outcome {
        match (&*on.kind, on.display.as_deref()) {
            (GROUP, Some(name)) => group::create(self.giving()?, name).await,
            (GROUP, None) => Err(refused(format!("{} has no name to create it by.", on.name))),
            _ => Err(refused(format!(
                "{} is not created here: add the application to the tenant in the Entra admin center (Enterprise \
                 applications, New application), then apply again.",
                on.name
            ))),
        }
    }

    async fn give(&self, on: &Target, to: &Level, account: &AccountId) -> Outcome {
        match &*on.kind {
            // Whoever has an account is a member: the invitation did it.
            ResourceName::ORG => Ok(Receipt { account: Some(account.clone()), ..Receipt::default() }),
            GROUP => {
                let directory = self.giving()?;
                group::put(directory, &id(directory, on).await?, account).await
            }
            APP => {
                let directory = self.giving()?;
                let app = app::find(directory, &id(directory, on).await?).await?;
                let changed = app::give(directory, &app, account, to).await?;
                Ok(app::receipt(&app, account, changed))
            }
            _ => Err(unknown(on)),
        }
    }

    async fn take(&self, on: &Target, from: &Level, account: &AccountId) -> Outcome {
        match &*on.kind {
            ResourceName::ORG => {
                Err(refused("Organisation access is the account itself: suspend or remove it.".to_owned()))
            }
            GROUP => {
                let directory = self.taking()?;
                group::take(directory, &id(directory, on).await?, account).await
            }
            APP => {
                let directory = self.taking()?;
                let app = app::find(directory, &id(directory, on).await?).await?;
                let changed = app::take(directory, &app, account, from, None).await?;
                Ok(app::receipt(&app, account, changed))
            }
            _ => Err(unknown(on)),
        }
    }

    /// The new role comes first, so that nobody is without any in between.
    async fn change(&self, on: &Target, (from, to): (&Level, &Level), account: &AccountId) -> Outcome {
        if *on.kind != *APP {
            return Err(refused(format!("{} has one level only.", on.name)));
        }
        let (giving, taking) = (self.giving()?, self.taking()?);
        let app = app::find(giving, &id(giving, on).await?).await?;
        let given = app::give(giving, &app, account, to).await?;
        let taken = app::take(taking, &app, account, from, Some(to)).await?;
        Ok(app::receipt(&app, account, given || taken))
    }

    fn remember(&self, id: Option<&str>) {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.extend(id.map(str::to_owned));
    }

    /// What this run has made and Entra does not find yet is asked for later; nothing was carried out.
    fn late(&self, change: &Change, error: ConnectorError) -> ConnectorError {
        let ConnectorError::Gone { message } = &error else { return error };
        let account = change.account_id.as_ref().map(AccountId::as_str);
        let resource = change.action.target().and_then(|on| on.id.as_deref());
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if !account.into_iter().chain(resource).any(|id| made.contains(id)) {
            return error;
        }
        ConnectorError::RetryLater {
            after: Some(SOON),
            message: format!(
                "{message} It was made just now, and Entra takes a while to show it everywhere."
            ),
        }
    }
}

async fn id(directory: &Directory, on: &Target) -> Result<String, ConnectorError> {
    match (&on.id, &on.display) {
        (Some(id), _) => Ok(id.to_string()),
        (None, Some(name)) if *on.kind == *APP => app::id_named(directory, name).await,
        (None, Some(name)) => match directory.group_named(name).await? {
            Named::One(group) => Ok(group.id),
            Named::Unclear(why) => Err(refused(format!("In Entra, {why}."))),
            Named::None => {
                Err(ConnectorError::Gone { message: format!("There is no group named {name:?} in Entra.") })
            }
        },
        (None, None) => Err(refused(format!("{} has neither an id nor a name in Entra.", on.name))),
    }
}

fn account(change: &Change) -> Result<&AccountId, ConnectorError> {
    change.account_id.as_ref().ok_or_else(|| refused("The account has no id in Entra yet.".to_owned()))
}

fn unknown(on: &Target) -> ConnectorError {
    refused(format!("Entra does not carry access on {}, which is a {}.", on.name, on.kind))
}
