//! Carries changes out at OneLogin.

use super::wire::{self, own_id, refused};
use super::{APP, ROLE, directory, membership, people};
use crate::connector::{ConnectorError, Receipt, Writer};
use crate::domain::{AccountId, Action, Change, ResourceName, Target};
use crate::net::rest::Rest;
use async_trait::async_trait;
use std::sync::Arc;

/// Changes one tenant, with one credential to give and one to take.
pub(super) struct OneLoginWriter {
    /// Each by itself: a credential that is missing stops its own changes only.
    pub(super) grant: Result<Rest, ConnectorError>,
    pub(super) revoke: Result<Rest, ConnectorError>,
}

type Outcome = Result<Receipt, ConnectorError>;

#[async_trait]
impl Writer for OneLoginWriter {
    async fn execute(&self, change: &Change) -> Outcome {
        match &change.action {
            Action::CreateResource { on } => self.create(on).await,
            Action::Invite { profile, external_id, .. } => {
                people::invite(self.giving()?, profile, external_id).await
            }
            Action::Grant { on, .. } => self.give(on, account(change)?).await,
            Action::Revoke { on, .. } => self.take(on, account(change)?).await,
            Action::UpdateAccount { from, to } => {
                people::update(self.giving()?, account(change)?, from, to).await
            }
            Action::Suspend => people::suspend(self.taking()?, account(change)?).await,
            Action::Restore => people::restore(self.giving()?, account(change)?).await,
            Action::RemoveAccount => people::remove(self.taking()?, account(change)?).await,
            Action::ResendInvitation { on: None } => people::resend(self.giving()?, account(change)?).await,
            Action::CancelInvitation { on: None } => people::cancel(self.taking()?, account(change)?).await,
            Action::ChangeLevel { .. }
            | Action::TransferOwnership { .. }
            | Action::ResendInvitation { .. }
            | Action::CancelInvitation { .. } => {
                Err(refused(format!("OneLogin has no way to carry out {:?}.", change.action.word())))
            }
        }
    }

    async fn execute_together(&self, changes: &[&Change]) -> Vec<Outcome> {
        if let Some((on, gain, ids)) = one_role(changes) {
            return self.change_members(on, gain, &ids).await;
        }
        let mut outcomes = Vec::with_capacity(changes.len());
        for change in changes {
            outcomes.push(self.execute(change).await);
        }
        outcomes
    }
}

impl OneLoginWriter {
    fn giving(&self) -> Result<&Rest, ConnectorError> {
        self.grant.as_ref().map_err(Clone::clone)
    }

    fn taking(&self) -> Result<&Rest, ConnectorError> {
        self.revoke.as_ref().map_err(Clone::clone)
    }

    async fn give(&self, on: &Target, account: &AccountId) -> Outcome {
        match &*on.kind {
            ROLE => self.change_member(on, true, account).await,
            // Whoever has an account is a member: the invitation did it.
            ResourceName::ORG => Ok(people::receipt(account, None)),
            _ => Err(not_carried(on)),
        }
    }

    async fn take(&self, on: &Target, account: &AccountId) -> Outcome {
        match &*on.kind {
            ROLE => self.change_member(on, false, account).await,
            ResourceName::ORG => Err(refused(
                "Access to a OneLogin organisation is the account itself: suspend or remove it.".to_owned(),
            )),
            _ => Err(not_carried(on)),
        }
    }

    async fn change_member(&self, on: &Target, gain: bool, account: &AccountId) -> Outcome {
        let mut outcomes = self.change_members(on, gain, &[account]).await;
        outcomes.pop().unwrap_or_else(|| Err(refused("Nothing was asked for.".to_owned())))
    }

    async fn change_members(&self, on: &Target, gain: bool, ids: &[&AccountId]) -> Vec<Outcome> {
        let found = match if gain { self.giving() } else { self.taking() } {
            Ok(rest) => role_id(rest, on).await.map(|role| (rest, role)),
            Err(error) => Err(error),
        };
        let (rest, role) = match found {
            Ok(found) => found,
            Err(error) => return ids.iter().map(|_| Err(error.clone())).collect(),
        };
        let verdicts = membership::change(rest, &role, gain, ids).await;
        let receipt = |(id, verdict): (&&AccountId, membership::Verdict)| {
            verdict.map(|note| Receipt {
                account: Some((*id).clone()),
                resource: Some(Arc::from(role.as_str())),
                note: note.map(str::to_owned),
            })
        };
        ids.iter().zip(verdicts).map(receipt).collect()
    }

    /// Creates a role, unless there is one of that name.
    async fn create(&self, on: &Target) -> Outcome {
        let name = on.display.as_deref().filter(|_| *on.kind == *ROLE).ok_or_else(|| {
            refused(format!("{} cannot be made at OneLogin: it is no role, or has no name.", on.name))
        })?;
        let rest = self.giving()?;
        if let Some(id) = directory::role_called(rest, name).await? {
            let note = "A role of this name was there already and was adopted.".to_owned();
            return Ok(Receipt { resource: Some(Arc::from(id)), note: Some(note), ..Receipt::default() });
        }
        let answer = rest.ask(&wire::create_role(name)).await?;
        // A list of one in the published description, and the role itself in others.
        let made = rest.json(&answer)?;
        let id = own_id(made.get(0).unwrap_or(&made));
        let id = id.ok_or_else(|| rest.broken(&answer, "without the id of the role that was created"))?;
        Ok(Receipt { resource: Some(Arc::from(id.to_string())), ..Receipt::default() })
    }
}

/// The changes as one, where they are all gains or all losses of one role and every account is known.
fn one_role<'a>(changes: &[&'a Change]) -> Option<(&'a Target, bool, Vec<&'a AccountId>)> {
    let member = |change: &'a Change| match &change.action {
        Action::Grant { on, .. } => Some((on, true, change.account_id.as_ref()?)),
        Action::Revoke { on, .. } => Some((on, false, change.account_id.as_ref()?)),
        _ => None,
    };
    let all: Vec<_> = changes.iter().map(|change| member(change)).collect::<Option<_>>()?;
    let (on, gain, _) = *all.first()?;
    let same = all.iter().all(|(other, other_gain, _)| *other == on && *other_gain == gain);
    (same && *on.kind == *ROLE).then(|| (on, gain, all.into_iter().map(|(_, _, id)| id).collect()))
}

async fn role_id(rest: &Rest, on: &Target) -> Result<String, ConnectorError> {
    match (&on.id, &on.display) {
        (Some(id), _) => Ok(id.to_string()),
        (None, Some(name)) => directory::role_called(rest, name)
            .await?
            .ok_or_else(|| ConnectorError::Gone { message: format!("There is no role named {name:?}.") }),
        (None, None) => Err(refused(format!("{} has neither an id nor a name at OneLogin.", on.name))),
    }
}

fn account(change: &Change) -> Result<&AccountId, ConnectorError> {
    change.account_id.as_ref().ok_or_else(|| refused("The account has no id at OneLogin yet.".to_owned()))
}

fn not_carried(on: &Target) -> ConnectorError {
    let advice = if *on.kind == *APP { " Give or take a role that carries it." } else { "" };
    refused(format!("OneLogin does not carry access on {}, which is a {}.{advice}", on.name, on.kind))
}
