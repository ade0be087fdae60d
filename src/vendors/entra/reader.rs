//! Reads a tenant into a snapshot.

use super::directory::{Directory, member};
use super::wire;
use super::{APP, GROUP, app, group};
use crate::connector::named::shared;
use crate::connector::people::sorted;
use crate::connector::{ConnectorError, Reader, Scope};
use crate::domain::{
    Account, AccountId, Feed, FeedKind, Level, Resource, ResourceName, ResourceReading, Similar, Snapshot,
};
use crate::net::{Clock, side_by_side};
use async_trait::async_trait;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Reads one tenant.
pub(crate) struct EntraReader {
    pub(super) directory: Arc<Directory>,
    pub(super) clock: Arc<dyn Clock>,
    /// Groups that hide their members and have shown some in an earlier reading: the right is there, so that an empty
    /// one is empty.
    pub(super) shown: Mutex<BTreeSet<String>>,
}

/// A declared resource as the tenant has it, before it is known who has an account.
pub(super) enum Located {
    /// With what its name may have meant.
    Missing(Vec<Similar>),
    /// It is not clear which one it is: a full sentence.
    Unclear(String),
    Group(group::Filled),
    /// A group that hides its members and shows none.
    Hidden,
    App(app::Given),
    /// Nothing of this kind is at a tenant.
    Strange(String),
}

impl Located {
    fn id(&self) -> Option<&str> {
        match self {
            Self::Group(filled) => Some(&filled.group.id),
            Self::App(given) => Some(&given.app.id),
            _ => None,
        }
    }
}

/// A feed's accounts are those of a group that is declared too: no other group is read.
pub(super) type Known<'a> = BTreeMap<&'a str, (&'a str, BTreeSet<AccountId>)>;

#[async_trait]
impl Reader for EntraReader {
    async fn read(&self, scope: &Scope) -> Result<Snapshot, ConnectorError> {
        let (users, located) = tokio::try_join!(self.directory.users(), self.locate(scope))?;
        let (accounts, broken) = sorted(&users, wire::account)?;
        let is_org = |resource: &&Resource| *resource.kind == *ResourceName::ORG;
        let organisation = scope.resources.iter().filter(is_org);
        let mut resources: BTreeMap<_, _> =
            organisation.map(|resource| (resource.name.clone(), everybody(&users))).collect();
        let mut feeds = BTreeMap::new();
        let located = self.doubt_hidden(refuse_shared(located));
        let known = known(&located, &accounts);
        for (name, located) in &located {
            let (reading, fed) = reading(located, &accounts, &known)?;
            resources.insert(name.clone(), reading);
            if !fed.is_empty() {
                feeds.insert(name.clone(), fed);
            }
        }
        drop(known);
        let similar = located.iter().filter_map(similar).collect();
        // To give a large directory's memory back takes as long as several of its pages, and nobody needs to wait for it.
        tokio::task::spawn_blocking(move || drop((users, located)));
        Ok(Snapshot {
            read_at: self.clock.now(),
            source: Arc::from("api"),
            accounts,
            broken,
            resources,
            // An application's credential belongs to no user.
            own: None,
            recorded: BTreeMap::new(),
            feeds,
            retired: BTreeMap::new(),
            similar,
            by_hand: BTreeMap::new(),
        })
    }
}

impl EntraReader {
    /// Sets aside the groups of which it is not known whether they are empty or hide who is in them.
    fn doubt_hidden(&self, located: BTreeMap<ResourceName, Located>) -> BTreeMap<ResourceName, Located> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let judge = |(name, located)| match located {
            Located::Group(filled) if filled.may_hide() && !shown.contains(&filled.group.id) => {
                (name, Located::Hidden)
            }
            Located::Group(filled) => {
                shown.extend(filled.shows_hidden().then(|| filled.group.id.clone()));
                (name, Located::Group(filled))
            }
            located => (name, located),
        };
        located.into_iter().map(judge).collect()
    }

    /// The declared resources, each with who has it, side by side as far as the pace lets them.
    async fn locate(&self, scope: &Scope) -> Result<BTreeMap<ResourceName, Located>, ConnectorError> {
        let declared = scope.resources.iter().filter(|resource| *resource.kind != *ResourceName::ORG);
        let work = declared.map(|resource| {
            let (directory, resource) = (Arc::clone(&self.directory), resource.clone());
            let name = resource.name.clone();
            let located = async move {
                match locate(&directory, &resource).await {
                    // What one resource answers wrongly is that resource's affair.
                    Err(ConnectorError::ContractBroken { message }) => Ok(Located::Unclear(message)),
                    located => located,
                }
            };
            (name, located)
        });
        side_by_side(work).await
    }
}

async fn locate(directory: &Directory, resource: &Resource) -> Result<Located, ConnectorError> {
    match &*resource.kind {
        GROUP => group::locate(directory, resource).await,
        APP => app::locate(directory, resource).await,
        kind => Ok(Located::Strange(format!("A resource of the kind {kind:?} is not known to Entra."))),
    }
}

/// Whoever has an account is a member of the organisation; a suspended one is still one.
fn everybody(users: &[Value]) -> ResourceReading {
    let level = member();
    let holder = |user: &Value| Some((AccountId::parse(wire::text(user, "id")?).ok()?, level.clone()?));
    read(None, users.iter().filter_map(holder).collect())
}

/// What the name of a missing resource may have meant.
fn similar((name, located): (&ResourceName, &Located)) -> Option<(ResourceName, Vec<Similar>)> {
    match located {
        Located::Missing(near) if !near.is_empty() => Some((name.clone(), near.clone())),
        _ => None,
    }
}

/// A resource and who holds it.
pub(super) fn read(id: Option<&str>, holders: BTreeMap<AccountId, Level>) -> ResourceReading {
    ResourceReading::Read { id: id.map(Arc::from), holders, offers: BTreeMap::new() }
}

/// Access can be given there all the same, and whoever is given some is shown from then on.
const HIDDEN: &str = "The group hides its members (HiddenMembership) and shows none: it is empty, or the application that \
                      reads lacks the permission Member.Read.Hidden. Consent to that permission; if it has it already, \
                      nobody is in the group, and it is read from the first member on.";

/// A resource of which it is not clear which it is, or whom a change would reach.
fn unclear(why: &str) -> ResourceReading {
    ResourceReading::Unread { reason: Arc::from(why), open: false }
}

/// One group or app under two names would be given and taken by turns.
fn refuse_shared(mut located: BTreeMap<ResourceName, Located>) -> BTreeMap<ResourceName, Located> {
    let declared = located.iter().filter_map(|(name, located)| Some((name, located.id()?.to_lowercase())));
    for (name, why) in shared(declared) {
        located.insert(name, Located::Unclear(why));
    }
    located
}

/// The groups that were read, with their names and the accounts in them.
fn known<'a>(
    located: &'a BTreeMap<ResourceName, Located>,
    accounts: &BTreeMap<AccountId, Account>,
) -> Known<'a> {
    let group = |located: &'a Located| match located {
        Located::Group(filled) => {
            let users = filled.users(accounts).ok()?.into_keys().collect();
            Some((&*filled.group.id, (&*filled.group.name, users)))
        }
        _ => None,
    };
    located.values().filter_map(group).collect()
}

fn reading(
    located: &Located,
    accounts: &BTreeMap<AccountId, Account>,
    known: &Known<'_>,
) -> Result<(ResourceReading, Vec<Feed>), ConnectorError> {
    Ok(match located {
        Located::Missing(_) => (ResourceReading::Missing, Vec::new()),
        Located::Unclear(why) => (unclear(why), Vec::new()),
        Located::Hidden => (ResourceReading::Unread { reason: Arc::from(HIDDEN), open: true }, Vec::new()),
        Located::Strange(why) => {
            (ResourceReading::Unread { reason: Arc::from(why.as_str()), open: true }, Vec::new())
        }
        Located::Group(filled) => match filled.users(accounts) {
            Ok(holders) => (
                read(Some(&filled.group.id), holders.clone()),
                filled.feeds(holders.into_keys().collect(), known),
            ),
            Err(ConnectorError::ContractBroken { message }) => (unclear(&message), Vec::new()),
            Err(error) => return Err(error),
        },
        Located::App(given) => (read(Some(&given.app.id), given.users()), given.feeds(known)),
    })
}

/// A group that gives access to something else, with those of its people who are known.
pub(super) fn feeding(id: &str, name: &str, known: &Known<'_>) -> Feed {
    let found = known.get(id);
    let name = found.map(|(name, _)| *name).or((!name.is_empty()).then_some(name)).unwrap_or(id);
    Feed {
        kind: FeedKind::Group,
        id: Arc::from(id),
        name: Arc::from(name),
        accounts: found.map(|(_, accounts)| accounts.clone()),
    }
}
