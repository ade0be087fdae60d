//! Carries changes out at an organisation.

use super::api::refused;
use super::{APP, GROUP, access, accounts, people};
use crate::connector::people::spare_own;
use crate::connector::{ConnectorError, Receipt, Writer};
use crate::domain::{AccountId, Action, Change, ResourceName, Target};
use crate::net::rest::Rest;
use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Changes one organisation.
pub(super) struct OktaWriter {
    pub(super) grant: Result<Arc<Rest>, ConnectorError>,
    pub(super) revoke: Result<Arc<Rest>, ConnectorError>,
    /// Whether both are the same, whose own account the plan has spared already.
    pub(super) one_credential: bool,
    /// Whose the credential is that takes access.
    pub(super) own: OnceCell<Option<String>>,
}

pub(super) type Outcome = Result<Receipt, ConnectorError>;

#[async_trait]
impl Writer for OktaWriter {
    async fn execute(&self, change: &Change) -> Outcome {
        match &change.action {
            Action::CreateResource { on } if *on.kind == *GROUP => {
                access::create_group(self.giving()?, on).await
            }
            Action::Invite { profile, on: None, .. } => {
                accounts::invite(self.giving()?, change.account_id.as_ref(), profile).await
            }
            Action::Grant { on, .. } => self.give(on, account(change)?).await,
            Action::Revoke { on, .. } => self.take(on, account(change)?).await,
            Action::UpdateAccount { from, to } => {
                accounts::update(self.giving()?, account(change)?, from, to).await
            }
            Action::Suspend => {
                self.spare_own(account(change)?).await?;
                accounts::suspend(self.taking()?, account(change)?).await
            }
            Action::Restore => accounts::restore(self.giving()?, account(change)?).await,
            Action::RemoveAccount => {
                self.spare_own(account(change)?).await?;
                accounts::remove(self.taking()?, account(change)?).await
            }
            Action::CancelInvitation { on: None } => {
                self.spare_own(account(change)?).await?;
                accounts::cancel(self.taking()?, account(change)?).await
            }
            Action::ResendInvitation { on: None } => accounts::resend(self.giving()?, account(change)?).await,
            other => Err(refused(format!("At Okta, {} is not carried out by requests.", other.word()))),
        }
    }
}

impl OktaWriter {
    fn giving(&self) -> Result<&Arc<Rest>, ConnectorError> {
        self.grant.as_ref().map_err(Clone::clone)
    }

    fn taking(&self) -> Result<&Arc<Rest>, ConnectorError> {
        self.revoke.as_ref().map_err(Clone::clone)
    }

    async fn give(&self, on: &Target, account: &AccountId) -> Outcome {
        match &*on.kind {
            GROUP => access::join(self.giving()?, on, account).await,
            APP => access::assign(self.giving()?, on, account).await,
            // Whoever has an account is a member: the invitation did it.
            ResourceName::ORG => Ok(receipt(account, None)),
            _ => Err(not_carried(on)),
        }
    }

    async fn take(&self, on: &Target, account: &AccountId) -> Outcome {
        match &*on.kind {
            GROUP => access::leave(self.taking()?, on, account).await,
            APP => access::unassign(self.taking()?, on, account).await,
            ResourceName::ORG => Err(refused(
                "Access to an organisation at Okta is the account itself: suspend or remove it.".to_owned(),
            )),
            _ => Err(not_carried(on)),
        }
    }

    /// The plan spares the account that the reading credential belongs to; another one that takes access has its own.
    async fn spare_own(&self, account: &AccountId) -> Result<(), ConnectorError> {
        if self.one_credential {
            return Ok(());
        }
        let rest = self.taking()?;
        let own = self.own.get_or_try_init(|| people::me(rest)).await?;
        spare_own(own.as_deref(), account)
    }
}

fn account(change: &Change) -> Result<&AccountId, ConnectorError> {
    change.account_id.as_ref().ok_or_else(|| refused("The account has no id at the vendor yet.".to_owned()))
}

pub(super) fn receipt(account: &AccountId, note: Option<&str>) -> Receipt {
    Receipt { account: Some(account.clone()), resource: None, note: note.map(str::to_owned) }
}

fn not_carried(on: &Target) -> ConnectorError {
    refused(format!("Okta knows no access on {}, which is a {}.", on.name, on.kind))
}
