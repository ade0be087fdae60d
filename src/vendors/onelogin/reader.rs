//! Reads a OneLogin tenant into a snapshot.

use super::account::{REJECTED, account};
use super::{APP, ROLE, directory, wire};
use crate::connector::people::{declared_own, sorted};
use crate::connector::{ConnectorError, Reader, Scope};
use crate::domain::{Account, AccountId, Broken, Level, Resource, ResourceName, ResourceReading, Snapshot};
use crate::net::Clock;
use crate::net::rest::Rest;
use async_trait::async_trait;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Reads one tenant.
pub(super) struct OneLoginReader {
    pub(super) rest: Arc<Rest>,
    /// `identity:`, since the credential is an API client and OneLogin tells no user that it belongs to.
    pub(super) identity: Option<Arc<str>>,
    pub(super) clock: Arc<dyn Clock>,
}

#[async_trait]
impl Reader for OneLoginReader {
    async fn read(&self, scope: &Scope) -> Result<Snapshot, ConnectorError> {
        let users = wire::users();
        let (users, directory) =
            tokio::try_join!(self.rest.list(&users, ""), directory::read(&self.rest, scope))?;
        let (accounts, broken) = sorted(&users, account)?;
        let mut resources = directory.resources;
        for resource in &scope.resources {
            if !matches!(&*resource.kind, ROLE | APP) {
                resources.insert(resource.name.clone(), elsewhere(resource, &accounts, &broken));
            }
        }
        Ok(Snapshot {
            read_at: self.clock.now(),
            source: Arc::from("api"),
            own: declared_own(self.identity.as_deref(), &accounts),
            accounts,
            broken,
            resources,
            recorded: BTreeMap::new(),
            feeds: directory.feeds,
            retired: BTreeMap::new(),
            similar: directory.similar,
            by_hand: users.iter().filter_map(rejected).collect(),
        })
    }
}

/// How a person lets somebody in again who was rejected.
pub(super) const APPROVE: &str =
    "open the user at OneLogin (Users), and choose More Actions, Approve, or Delete";

/// A user whom a person keeps out, which is a person's to take back.
fn rejected(user: &Value) -> Option<(AccountId, Arc<str>)> {
    let is_rejected = user.get("state").and_then(wire::number) == Some(REJECTED);
    let id = is_rejected.then(|| account(user).ok())??.id;
    Some((id, Arc::from(APPROVE)))
}

/// The organisation, which everybody with an account is a member of, or a kind that OneLogin does not have.
fn elsewhere(
    resource: &Resource,
    accounts: &BTreeMap<AccountId, Account>,
    broken: &[Broken],
) -> ResourceReading {
    if *resource.kind != *ResourceName::ORG {
        let reason = format!("OneLogin has nothing of the kind {:?}.", resource.kind);
        return ResourceReading::Unread { reason: Arc::from(reason), open: false };
    }
    let member = Level::parse("member").ok();
    let ids = accounts.keys().chain(broken.iter().filter_map(|record| record.id.as_ref()));
    let holders = ids.filter_map(|id| Some((id.clone(), member.clone()?))).collect();
    ResourceReading::Read { id: None, holders, offers: BTreeMap::new() }
}
