//! Carries changes out at a SCIM server.

use super::account::{MEMBER, Roles, new_roles};
use super::dialect::Edit;
use super::refusal::{is_gone, refusal};
use super::service::Service;
use super::wire::{Object, attr, text};
use super::{Profile, membership, provisioning};
use crate::connector::people::spare_own;
use crate::connector::{ConnectorError, Receipt, Writer};
use crate::domain::{self, AccountId, Action, Change, Level, ResourceName, Target};
use crate::net::Request;
use async_trait::async_trait;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Changes one SCIM server, with one credential to give and one to take.
pub(crate) struct ScimWriter {
    /// Each by itself: a credential that is missing stops its own changes only.
    pub(super) grant: Result<Arc<Service>, ConnectorError>,
    pub(super) revoke: Result<Arc<Service>, ConnectorError>,
    /// Whether the two are one credential, whose account the reading knows.
    pub(super) one_credential: bool,
    /// The account of the credential that takes, once asked for.
    pub(super) own: OnceCell<Option<String>>,
    pub(super) profile: &'static Profile,
    pub(super) roles: Roles,
}

type Outcome = Result<Receipt, ConnectorError>;

#[async_trait]
impl Writer for ScimWriter {
    async fn execute(&self, change: &Change) -> Outcome {
        match &change.action {
            Action::CreateResource { on } => self.create(on).await,
            Action::Invite { profile, external_id, .. } => {
                provisioning::invite(self.giving()?, profile, external_id).await
            }
            Action::Grant { on, to } => self.give(on, to, account(change)?).await,
            Action::Revoke { on, from } => self.take(on, from, account(change)?).await,
            Action::ChangeLevel { on, from, to } => {
                self.org_only(on)?;
                self.set_role(self.giving()?, account(change)?, Some(from), Some(to)).await
            }
            Action::UpdateAccount { from, to } => self.update(account(change)?, from, to).await,
            Action::Suspend => {
                let account = account(change)?;
                self.spare_own(account).await?;
                self.set_active(self.taking()?, account, false).await
            }
            Action::Restore => self.set_active(self.giving()?, account(change)?, true).await,
            Action::RemoveAccount => self.remove(account(change)?).await,
            Action::TransferOwnership { .. }
            | Action::ResendInvitation { .. }
            | Action::CancelInvitation { .. } => {
                Err(refused(format!("SCIM has no way to carry out {:?}.", change.action.word())))
            }
        }
    }

    async fn execute_together(&self, changes: &[&Change]) -> Vec<Outcome> {
        if let Some(together) = self.one_group(changes) {
            return self.change_members(together).await;
        }
        let mut outcomes = Vec::with_capacity(changes.len());
        for change in changes {
            outcomes.push(self.execute(change).await);
        }
        outcomes
    }
}

/// Changes of one group's members, all gains or all losses.
struct Together<'a> {
    on: &'a Target,
    gain: bool,
    ids: Vec<String>,
}

impl ScimWriter {
    fn giving(&self) -> Result<&Arc<Service>, ConnectorError> {
        self.grant.as_ref().map_err(Clone::clone)
    }

    fn taking(&self) -> Result<&Arc<Service>, ConnectorError> {
        self.revoke.as_ref().map_err(Clone::clone)
    }

    /// Refuses what would lock out the credential that it is done with. The reading knows the account of the other
    /// credential only.
    async fn spare_own(&self, account: &AccountId) -> Result<(), ConnectorError> {
        if self.one_credential {
            return Ok(());
        }
        let service = self.taking()?;
        let own = self.own.get_or_try_init(|| service.me()).await?;
        spare_own(own.as_deref(), account)
    }

    /// The changes as one, where they are all gains or all losses of one group and every account is known.
    fn one_group<'a>(&self, changes: &[&'a Change]) -> Option<Together<'a>> {
        let member = |change: &'a Change| match &change.action {
            Action::Grant { on, .. } => Some((on, true, change.account_id.as_ref()?)),
            Action::Revoke { on, .. } => Some((on, false, change.account_id.as_ref()?)),
            _ => None,
        };
        let all: Vec<_> = changes.iter().map(|change| member(change)).collect::<Option<_>>()?;
        let (on, gain, _) = *all.first()?;
        let same = all.iter().all(|(other, other_gain, _)| *other == on && *other_gain == gain);
        let ids = all.iter().map(|(_, _, id)| id.as_str().to_owned()).collect();
        (same && self.is_group(on)).then_some(Together { on, gain, ids })
    }

    async fn change_members(&self, together: Together<'_>) -> Vec<Outcome> {
        let Together { on, gain, ids } = together;
        let found = match if gain { self.giving() } else { self.taking() } {
            Ok(service) => self.group_id(service, on).await.map(|group| (service, group)),
            Err(error) => Err(error),
        };
        let (service, group) = match found {
            Ok(found) => found,
            Err(error) => return ids.iter().map(|_| Err(error.clone())).collect(),
        };
        let verdicts = membership::change(service, &group, gain, &ids).await;
        let receipt = |(id, verdict): (&String, membership::Verdict)| {
            verdict.map(|note| Receipt {
                account: AccountId::parse(id).ok(),
                resource: Some(Arc::from(group.as_str())),
                note: note.map(str::to_owned),
            })
        };
        ids.iter().zip(verdicts).map(receipt).collect()
    }

    async fn change_member(&self, on: &Target, gain: bool, account: &AccountId) -> Outcome {
        let together = Together { on, gain, ids: vec![account.as_str().to_owned()] };
        let mut outcomes = self.change_members(together).await;
        outcomes.pop().unwrap_or_else(|| Err(refused("Nothing was asked for.".to_owned())))
    }

    async fn give(&self, on: &Target, to: &Level, account: &AccountId) -> Outcome {
        if self.is_group(on) {
            return self.change_member(on, true, account).await;
        }
        self.org_only(on)?;
        if self.roles.is_empty() {
            // Whoever has an account is a member: the invitation did it.
            return Ok(receipt(account, None));
        }
        self.set_role(self.giving()?, account, None, Some(to)).await
    }

    async fn take(&self, on: &Target, from: &Level, account: &AccountId) -> Outcome {
        if self.is_group(on) {
            return self.change_member(on, false, account).await;
        }
        self.org_only(on)?;
        if self.roles.is_empty() {
            return Err(refused(
                "Without `roles:`, organisation access is the account itself: suspend or remove it."
                    .to_owned(),
            ));
        }
        self.set_role(self.taking()?, account, Some(from), None).await
    }

    async fn create(&self, on: &Target) -> Outcome {
        if !self.is_group(on) {
            return Err(not_carried(on));
        }
        let name = on
            .display
            .as_deref()
            .ok_or_else(|| refused(format!("{} has no name to create it by.", on.name)))?;
        provisioning::create_group(self.giving()?, name).await
    }

    fn is_group(&self, on: &Target) -> bool {
        *on.kind == *self.profile.group_kind
    }

    fn org_only(&self, on: &Target) -> Result<(), ConnectorError> {
        if *on.kind == *ResourceName::ORG { Ok(()) } else { Err(not_carried(on)) }
    }

    async fn group_id(&self, service: &Arc<Service>, on: &Target) -> Result<String, ConnectorError> {
        match (&on.id, &on.display) {
            (Some(id), _) => Ok(id.to_string()),
            (None, Some(name)) => provisioning::group_id(service, name).await,
            (None, None) => Err(refused(format!("{} has neither an id nor a name at the vendor.", on.name))),
        }
    }

    /// Replaces the account's mapped role. `roles` is written as a whole, from a reading just made, because SCIM has
    /// no id for one of its values; roles that the workspace does not map stay.
    async fn set_role(
        &self,
        service: &Service,
        account: &AccountId,
        from: Option<&Level>,
        to: Option<&Level>,
    ) -> Outcome {
        let is_mapped = |to: &Level| self.roles.iter().any(|(level, _)| level == to);
        // Whoever has an account and no role is a member: to become one is to lose the role.
        let to = to.filter(|to| to.as_str() != MEMBER || is_mapped(to));
        if let Some(to) = to
            && !is_mapped(to)
        {
            return Err(refused(format!("The level {:?} is not mapped under `roles:`.", to.as_str())));
        }
        revise(service, account, |user| vec![("roles", new_roles(user, &self.roles, from, to))]).await
    }

    async fn set_active(&self, service: &Service, account: &AccountId, active: bool) -> Outcome {
        set(service, account, vec![("active", Value::Bool(active))]).await
    }

    async fn update(&self, account: &AccountId, from: &domain::Profile, to: &domain::Profile) -> Outcome {
        let name = to.name.as_ref().filter(|name| from.name.as_ref() != Some(*name));
        if from.login == to.login && name.is_none() {
            return Ok(receipt(account, Some("Nothing differed.")));
        }
        let values = |user: &Object| {
            let mut values = Vec::new();
            if from.login != to.login {
                values.push(("userName", json!(*to.login)));
                let emails = with_address_moved(user, &from.login, &to.login);
                values.extend(emails.map(|emails| ("emails", emails)));
            }
            if let Some(name) = name {
                values.push(("displayName", json!(**name)));
                values.push(("name.formatted", json!(**name)));
            }
            values
        };
        revise(self.giving()?, account, values).await
    }

    async fn remove(&self, account: &AccountId) -> Outcome {
        self.spare_own(account).await?;
        let answer = self.taking()?.send(&Request::new(Method::DELETE, &["Users", account.as_str()])).await?;
        if answer.is_success() {
            return Ok(receipt(account, None));
        }
        if is_gone(&answer) {
            return Ok(receipt(account, Some("The account was gone already.")));
        }
        Err(refusal(&answer))
    }
}

async fn set(service: &Service, account: &AccountId, values: Vec<(&'static str, Value)>) -> Outcome {
    let answer = service.edit("Users", account.as_str(), &Edit::Set(values)).await?;
    if answer.is_success() { Ok(receipt(account, None)) } else { Err(refusal(&answer)) }
}

async fn revise(
    service: &Service,
    account: &AccountId,
    values: impl Fn(&Object) -> Vec<(&'static str, Value)> + Send + Sync,
) -> Outcome {
    match service.revise("Users", account.as_str(), values).await? {
        None => Ok(receipt(account, Some("The account was so already."))),
        Some(answer) if answer.is_success() => Ok(receipt(account, None)),
        Some(answer) => Err(refusal(&answer)),
    }
}

/// `emails` with the old sign-in address replaced; none where it is not among them.
fn with_address_moved(user: &Object, from: &str, to: &str) -> Option<Value> {
    let mut emails = attr(user, "emails").and_then(Value::as_array).cloned()?;
    let mut moved = false;
    for email in emails.iter_mut().filter_map(Value::as_object_mut) {
        if text(email, "value").is_some_and(|value| value.to_lowercase() == from.to_lowercase()) {
            super::wire::set(email, "value", json!(to));
            moved = true;
        }
    }
    moved.then_some(Value::Array(emails))
}

fn account(change: &Change) -> Result<&AccountId, ConnectorError> {
    change.account_id.as_ref().ok_or_else(|| refused("The account has no id at the vendor yet.".to_owned()))
}

fn receipt(account: &AccountId, note: Option<&str>) -> Receipt {
    Receipt { account: Some(account.clone()), resource: None, note: note.map(str::to_owned) }
}

fn refused(message: String) -> ConnectorError {
    ConnectorError::Refused { message }
}

fn not_carried(on: &Target) -> ConnectorError {
    refused(format!("SCIM does not carry access on {}, which is a {}.", on.name, on.kind))
}

#[cfg(test)]
mod tests;
