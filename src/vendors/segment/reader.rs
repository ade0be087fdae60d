//! Reads a Segment workspace into a snapshot.

use super::GROUP;
use super::wire::{Roles, SEGMENT, first_page, invited_id, permissions};
use crate::connector::named::shared;
use crate::connector::people::{bound_broken, declared_own};
use crate::connector::{ConnectorError, Reader, Scope};
use crate::domain::{
    Account, AccountId, AccountState, Broken, Email, InvitationState, Level, Resource, ResourceName,
    ResourceReading, Snapshot,
};
use crate::net::rest::Rest;
use crate::net::{Clock, Endpoint, Pace, neutral};
use crate::workspace::Vendor;
use async_trait::async_trait;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

struct SegmentReader {
    rest: Rest,
    roles: Roles,
    /// `identity:`, since Segment does not tell whose the credential is.
    identity: Option<Arc<str>>,
    clock: Arc<dyn Clock>,
}

pub(super) fn make(
    vendor: &Vendor,
    endpoint: Endpoint,
    pace: Arc<Pace>,
) -> Result<Box<dyn Reader>, ConnectorError> {
    let clock = Arc::clone(pace.clock());
    let identity = vendor.identity.as_ref().map(|identity| Arc::clone(&identity.value));
    let rest = Rest::new(endpoint, pace, &SEGMENT)?;
    Ok(Box::new(SegmentReader { rest, roles: Roles::of(vendor), identity, clock }))
}

#[async_trait]
impl Reader for SegmentReader {
    async fn read(&self, scope: &Scope) -> Result<Snapshot, ConnectorError> {
        let (users, invites, groups) =
            (first_page(&["users"]), first_page(&["invites"]), first_page(&["groups"]));
        let (users, invites, groups) = tokio::try_join!(
            self.rest.list(&users, "/data/users"),
            self.rest.list(&invites, "/data/invites"),
            self.rest.list(&groups, "/data/userGroups"),
        )?;
        let mut people = People::of(&users, &self.roles)?;
        invites.iter().for_each(|invite| people.invited(invite));
        let mut resources = BTreeMap::new();
        for resource in &scope.resources {
            let reading = match &*resource.kind {
                ResourceName::ORG => people.organisation(),
                GROUP => self.group(resource, &groups).await?,
                other => unread(format!("Segment has no kind {other:?}."), true),
            };
            resources.insert(resource.name.clone(), reading);
        }
        let declared = resources.iter().filter_map(|(name, reading)| match reading {
            ResourceReading::Read { id: Some(id), .. } => Some((name, id.to_string())),
            _ => None,
        });
        for (name, why) in shared(declared) {
            resources.insert(name, unread(why, false));
        }
        Ok(Snapshot {
            read_at: self.clock.now(),
            source: Arc::from("api"),
            own: declared_own(self.identity.as_deref(), &people.accounts),
            accounts: people.accounts,
            broken: people.broken,
            resources,
            recorded: BTreeMap::new(),
            feeds: BTreeMap::new(),
            retired: BTreeMap::new(),
            similar: BTreeMap::new(),
            by_hand: BTreeMap::new(),
        })
    }
}

impl SegmentReader {
    async fn group(&self, resource: &Resource, groups: &[Value]) -> Result<ResourceReading, ConnectorError> {
        let wanted = |group: &&Value| match (&resource.id, &resource.display) {
            (Some(id), _) => group["id"] == **id,
            (None, Some(name)) => group["name"] == **name,
            (None, None) => false,
        };
        let mut found = groups.iter().filter(wanted);
        let id = match (found.next().map(|group| group["id"].as_str()), found.next()) {
            (None, _) => return Ok(ResourceReading::Missing),
            (Some(Some(id)), None) => id,
            (Some(None), None) => return Ok(unread("The group has no id.".to_owned(), false)),
            (_, Some(_)) => {
                let why = format!("Several groups have the name of {}. Declare its `id:`.", resource.name);
                return Ok(unread(why, false));
            }
        };
        let (users, invites) = (first_page(&["groups", id, "users"]), first_page(&["groups", id, "invites"]));
        let (users, invites) = tokio::try_join!(
            self.rest.list(&users, "/data/users"),
            self.rest.list(&invites, "/data/emails"),
        )?;
        let members = users.iter().map(|user| AccountId::parse(user["id"].as_str()?).ok());
        let invited = invites.iter().map(|email| invited_id(email.as_str()?));
        let holders =
            members.chain(invited).map(|id| Some((id?, member()?))).collect::<Option<BTreeMap<_, _>>>();
        let holders = holders.ok_or_else(|| ConnectorError::ContractBroken {
            message: format!(
                "The group {} has a member without an id, so nothing is concluded of it.",
                resource.name
            ),
        })?;
        Ok(ResourceReading::Read { id: Some(Arc::from(id)), holders, offers: BTreeMap::new() })
    }
}

fn unread(reason: String, open: bool) -> ResourceReading {
    ResourceReading::Unread { reason: Arc::from(reason), open }
}

fn member() -> Option<Level> {
    Level::parse("member").ok()
}

/// Everybody of a workspace.
struct People {
    accounts: BTreeMap<AccountId, Account>,
    broken: Vec<Broken>,
    levels: BTreeMap<AccountId, Level>,
}

impl People {
    fn of(users: &[Value], roles: &Roles) -> Result<Self, ConnectorError> {
        let mut people = Self { accounts: BTreeMap::new(), broken: Vec::new(), levels: BTreeMap::new() };
        for user in users {
            let account = match account(user) {
                Ok(account) => account,
                Err(broken) => {
                    people.broken.push(broken);
                    continue;
                }
            };
            // Without `roles:` permissions are nobody's business here.
            let held = if roles.is_empty() { Vec::new() } else { permissions(user)? };
            let level = roles.highest(&held).cloned().or_else(member);
            people.levels.extend(level.map(|level| (account.id.clone(), level)));
            people.accounts.insert(account.id.clone(), account);
        }
        people.broken.sort();
        bound_broken(&people.broken, users.len()).map(|()| people)
    }

    /// An address that is invited; nothing more is told of it.
    fn invited(&mut self, invite: &Value) {
        let email = invite.as_str().unwrap_or_default();
        let address = Email::parse(email).ok();
        match (invited_id(email), address) {
            (Some(id), Some(address)) => {
                let state = AccountState::Invited(InvitationState::Pending);
                self.levels.extend(member().map(|level| (id.clone(), level)));
                self.accounts.insert(id.clone(), shown(id, email, vec![address], state));
            }
            (id, _) => self.broken.push(Broken {
                id,
                login: Some(Arc::from(email)),
                emails: Vec::new(),
                external_id: None,
                reason: format!("The invitation {:?} is to no address.", neutral(email, 80)),
            }),
        }
    }

    fn organisation(&self) -> ResourceReading {
        ResourceReading::Read { id: None, holders: self.levels.clone(), offers: BTreeMap::new() }
    }
}

fn account(user: &Value) -> Result<Account, Broken> {
    let text = |name: &str| user.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let id = text("id").and_then(|id| AccountId::parse(id).ok());
    let email = text("email");
    let address = email.and_then(|email| Email::parse(email).ok());
    match (id, email, address) {
        (Some(id), Some(email), Some(address)) => Ok(shown(id, email, vec![address], AccountState::Active)),
        (id, email, address) => Err(Broken {
            id,
            login: email.map(Arc::from),
            emails: address.into_iter().collect(),
            external_id: None,
            reason: format!(
                "The user {:?} has no id or no address that can be used.",
                neutral(text("id").or(email).unwrap_or_default(), 80)
            ),
        }),
    }
}

fn shown(id: AccountId, login: &str, emails: Vec<Email>, state: AccountState) -> Account {
    Account {
        id,
        login: Arc::from(login),
        emails,
        mail: None,
        name: None,
        external_id: None,
        state,
        invited: None,
    }
}
