//! Reads a SCIM server into a snapshot.

use super::Profile;
use super::account::{Roles, account, org_level};
use super::group;
use super::listing::list;
use super::service::Service;
use super::wire::Entry;
use crate::connector::people::{declared_own, sorted};
use crate::connector::{ConnectorError, Reader, Scope};
use crate::domain::{Account, AccountId, Broken, Email, Resource, ResourceName, ResourceReading, Snapshot};
use crate::net::Clock;
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Reads one SCIM server.
pub(crate) struct ScimReader {
    pub(super) service: Arc<Service>,
    pub(super) profile: &'static Profile,
    pub(super) roles: Roles,
    pub(super) identity: Option<Arc<str>>,
    pub(super) clock: Arc<dyn Clock>,
    /// Groups that an earlier reading missed: one that is there now is new, and tells no members because it has none.
    pub(super) missed: Mutex<BTreeSet<ResourceName>>,
}

#[async_trait]
impl Reader for ScimReader {
    async fn read(&self, scope: &Scope) -> Result<Snapshot, ConnectorError> {
        let wanted: Vec<&Resource> =
            scope.resources.iter().filter(|resource| *resource.kind == *self.profile.group_kind).collect();
        // Asked for first, so that the two readings that follow do not both ask.
        self.service.provider().await?;
        let (users, mut groups, me) =
            tokio::try_join!(list(&self.service, "Users"), group::find(&self.service, &wanted), async {
                Ok(self.service.me().await)
            },)?;
        let (accounts, broken) = sorted(&users, account)?;
        let missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let readings = groups.readings(&self.service, &users, &missed).await?;
        let mut resources: BTreeMap<_, _> = readings.into_iter().collect();
        self.remember_missed(&resources);
        for resource in &scope.resources {
            if *resource.kind != *self.profile.group_kind {
                resources.insert(resource.name.clone(), self.elsewhere(resource, &users));
            }
        }
        let own = self.own(me, &accounts, &broken)?;
        // To give a large directory's memory back takes as long as several of its pages, and nobody needs to wait for it.
        tokio::task::spawn_blocking(move || drop(users));
        Ok(Snapshot {
            read_at: self.clock.now(),
            source: Arc::from("api"),
            accounts,
            broken,
            resources,
            own,
            recorded: BTreeMap::new(),
            feeds: BTreeMap::new(),
            retired: BTreeMap::new(),
            similar: groups.similar,
            by_hand: BTreeMap::new(),
        })
    }
}

impl ScimReader {
    fn remember_missed(&self, resources: &BTreeMap<ResourceName, ResourceReading>) {
        let missed = resources.iter().filter(|(_, reading)| **reading == ResourceReading::Missing);
        let mut known = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(missed.map(|(name, _)| name.clone()));
    }

    /// A resource that is no group: the organisation, or one that SCIM does not speak of.
    fn elsewhere(&self, resource: &Resource, users: &[Entry]) -> ResourceReading {
        if *resource.kind == *ResourceName::ORG {
            // A suspended account is still one; its state tells the rest.
            let holder =
                |user: &Entry| Some((AccountId::parse(user.own_id()?).ok()?, org_level(user, &self.roles)?));
            let holders = users.iter().filter_map(holder).collect();
            return ResourceReading::Read { id: None, holders, offers: BTreeMap::new() };
        }
        let known = self.profile.unread.iter().find(|(kind, _)| *kind == &*resource.kind);
        let reason = match known {
            Some((_, reason)) => (*reason).to_owned(),
            None => format!("A resource of the kind {:?} cannot be read over SCIM.", resource.kind),
        };
        ResourceReading::Unread { reason: Arc::from(reason), open: true }
    }

    /// The account that the credential belongs to: as `/Me` says, or as the workspace does. A failure to say is an
    /// error: to go on without knowing would let a plan remove the account that it is carried out with.
    fn own(
        &self,
        me: Result<Option<String>, ConnectorError>,
        accounts: &BTreeMap<AccountId, Account>,
        broken: &[Broken],
    ) -> Result<Option<AccountId>, ConnectorError> {
        let declared =
            || declared_own(self.identity.as_deref(), accounts).or_else(|| self.declared_broken(broken));
        let is_there = |id: &AccountId| {
            accounts.contains_key(id) || broken.iter().any(|record| record.id.as_ref() == Some(id))
        };
        let named = match (me, declared()) {
            (Ok(named), _) => named,
            (Err(_), Some(declared)) => return Ok(Some(declared)),
            (Err(error), None) => return Err(unknown_identity(error)),
        };
        let named = named.and_then(|id| AccountId::parse(&id).ok()).filter(is_there);
        Ok(named.or_else(declared))
    }

    fn declared_broken(&self, broken: &[Broken]) -> Option<AccountId> {
        let identity = self.identity.as_deref()?.to_lowercase();
        let texts = |record: &Broken| {
            let id = record.id.iter().map(AccountId::as_str);
            let named = id.chain(record.login.as_deref()).chain(record.emails.iter().map(Email::as_str));
            named.map(str::to_lowercase).any(|text| text == identity)
        };
        broken.iter().find(|record| texts(record)).and_then(|record| record.id.clone())
    }
}

/// Why a reading that does not tell whose the credential is cannot be used.
fn unknown_identity(error: ConnectorError) -> ConnectorError {
    let message = format!(
        "{error} Whose account the credential belongs to is unknown, so nothing is planned. If the server never \
         answers /Me, name that account with `identity:` in the workspace."
    );
    match error {
        ConnectorError::RetryLater { after, .. } => ConnectorError::RetryLater { after, message },
        _ => ConnectorError::Refused { message },
    }
}

#[cfg(test)]
mod tests;
