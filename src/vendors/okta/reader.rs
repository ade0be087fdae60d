//! Reads an organisation into a snapshot.

use super::people::{self, People};
use super::{APP, GROUP, apps, groups};
use crate::connector::people::declared_own;
use crate::connector::{ConnectorError, Reader, Scope};
use crate::domain::{AccountId, Level, Resource, ResourceName, ResourceReading, Snapshot};
use crate::net::Clock;
use crate::net::rest::Rest;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The level of whoever has an account, or is in a group.
pub(super) const MEMBER: &str = "member";

/// Reads one organisation.
pub(super) struct OktaReader {
    pub(super) rest: Arc<Rest>,
    pub(super) identity: Option<Arc<str>>,
    pub(super) clock: Arc<dyn Clock>,
}

#[async_trait]
impl Reader for OktaReader {
    async fn read(&self, scope: &Scope) -> Result<Snapshot, ConnectorError> {
        let of_kind = |kind: &str| -> Vec<&Resource> {
            scope.resources.iter().filter(|resource| *resource.kind == *kind).collect()
        };
        let (wanted_groups, wanted_apps) = (of_kind(GROUP), of_kind(APP));
        let (people, me, groups, apps) = tokio::try_join!(
            people::read(&self.rest),
            async { Ok(people::me(&self.rest).await) },
            groups::read(&self.rest, &wanted_groups),
            apps::read(&self.rest, &wanted_apps),
        )?;
        let own = self.own(me, &people)?;
        let feeds = groups.feeds().chain(apps.feeds(&groups)).collect();
        let mut resources: BTreeMap<ResourceName, ResourceReading> = groups.readings();
        resources.extend(apps.readings());
        for resource in of_kind(ResourceName::ORG) {
            resources.insert(resource.name.clone(), organisation(&people));
        }
        Ok(Snapshot {
            read_at: self.clock.now(),
            source: Arc::from("api"),
            accounts: people.accounts,
            broken: people.broken,
            resources,
            own,
            recorded: BTreeMap::new(),
            feeds,
            retired: people.retired,
            similar: groups.similar(),
            by_hand: people.by_hand,
        })
    }
}

/// A suspended account is still one; its state tells the rest.
fn organisation(people: &People) -> ResourceReading {
    let member = Level::parse(MEMBER).ok();
    let holders = people.accounts.keys().filter_map(|id| Some((id.clone(), member.clone()?))).collect();
    ResourceReading::Read { id: None, holders, offers: BTreeMap::new() }
}

impl OktaReader {
    /// The account that the credential belongs to: as Okta says, or as the workspace does. A failure to say is an error:
    /// to go on without knowing would let a plan remove the account that it is carried out with.
    fn own(
        &self,
        me: Result<Option<String>, ConnectorError>,
        people: &People,
    ) -> Result<Option<AccountId>, ConnectorError> {
        let declared = declared_own(self.identity.as_deref(), &people.accounts);
        match me {
            Ok(Some(id)) => Ok(AccountId::parse(&id).ok().or(declared)),
            // The credential of an application is no person's.
            Ok(None) => Ok(declared),
            Err(_) if declared.is_some() => Ok(declared),
            Err(error) => Err(unknown_identity(error)),
        }
    }
}

/// Why a reading that does not tell whose the credential is cannot be used.
fn unknown_identity(error: ConnectorError) -> ConnectorError {
    let message = format!(
        "{error} Whose account the credential belongs to is unknown, so nothing is planned. If Okta does not tell, name \
         that account with `identity:` in the workspace."
    );
    match error {
        ConnectorError::RetryLater { after, .. } => ConnectorError::RetryLater { after, message },
        ConnectorError::Unauthorised { .. } => ConnectorError::Unauthorised { message },
        ConnectorError::Forbidden { .. } => ConnectorError::Forbidden { message },
        _ => ConnectorError::Refused { message },
    }
}
