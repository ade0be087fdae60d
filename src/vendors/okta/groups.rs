//! The declared groups, who is in them, and the rules that fill them.

use super::api::get;
use super::people::PAGE;
use super::reader::MEMBER;
use super::wire::{RETIRED, text};
use crate::connector::ConnectorError;
use crate::connector::named::shared;
use crate::connector::similar::{beginning, similar};
use crate::domain::{
    AccountId, Feed, FeedKind, Level, Manage, Resource, ResourceName, ResourceReading, Similar,
};
use crate::net::rest::Rest;
use crate::net::{neutral, side_by_side};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// As many groups as one look-up by name may find: it has no pages.
const LOOKED_UP: usize = 200;

/// The type of groups whose members are changed in Okta.
const OWN_TYPE: &str = "OKTA_GROUP";

/// A declared group as Okta has it.
#[derive(Debug)]
pub(super) enum Found {
    There(Value),
    Missing,
    /// It is not clear which it is.
    Unclear(String),
}

/// The declared groups.
#[derive(Debug, Default)]
pub(super) struct Groups {
    read: BTreeMap<ResourceName, ResourceReading>,
    /// What a name that is missing may have meant.
    similar: BTreeMap<ResourceName, Vec<Similar>>,
    /// Active rules; none where the credential may not see any.
    rules: Option<Vec<Value>>,
}

/// Reads the declared groups side by side.
pub(super) async fn read(rest: &Arc<Rest>, wanted: &[&Resource]) -> Result<Groups, ConnectorError> {
    if wanted.is_empty() {
        return Ok(Groups::default());
    }
    let (readings, rules) = tokio::try_join!(each(rest, wanted, one), rules(rest))?;
    let (mut read, mut similar) = (BTreeMap::new(), BTreeMap::new());
    for (name, (reading, near)) in readings {
        read.insert(name.clone(), reading);
        if !near.is_empty() {
            similar.insert(name, near);
        }
    }
    let declared = read.iter().filter_map(|(name, reading)| match reading {
        ResourceReading::Read { id: Some(id), .. } => Some((name, id.to_string())),
        _ => None,
    });
    for (name, why) in shared(declared) {
        read.insert(name, unclear(why));
    }
    Ok(Groups { read, similar, rules })
}

/// What each resource is read to be; the first failure ends it.
pub(super) async fn each<T, F>(
    rest: &Arc<Rest>,
    wanted: &[&Resource],
    read: fn(Arc<Rest>, Resource) -> F,
) -> Result<BTreeMap<ResourceName, T>, ConnectorError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, ConnectorError>> + Send + 'static,
{
    let work = wanted.iter().map(|resource| {
        let resource = Resource::clone(resource);
        (resource.name.clone(), read(Arc::clone(rest), resource))
    });
    side_by_side(work).await
}

async fn one(rest: Arc<Rest>, resource: Resource) -> Result<(ResourceReading, Vec<Similar>), ConnectorError> {
    let reading = reading(&rest, &resource).await?;
    let near = match (&reading, &resource.id, &resource.display) {
        (ResourceReading::Missing, None, Some(name)) => near(&rest, name).await,
        _ => Vec::new(),
    };
    Ok((reading, near))
}

/// Groups that a name which none has may have meant. It is a hint: a look-up that fails says nothing.
async fn near(rest: &Rest, name: &str) -> Vec<Similar> {
    let look_up = get(&["groups"]).query("q", beginning(name)).query("limit", LOOKED_UP.to_string());
    let found = rest.read(&look_up).await.unwrap_or_default();
    let groups = found.as_array().into_iter().flatten();
    similar(name, groups.filter_map(|group| Some((text(group, "/id")?, text(group, "/profile/name")?))))
}

async fn reading(rest: &Rest, resource: &Resource) -> Result<ResourceReading, ConnectorError> {
    let group = match find(rest, resource.id.as_deref(), resource.display.as_deref()).await? {
        Found::There(group) => group,
        Found::Missing => return Ok(ResourceReading::Missing),
        Found::Unclear(why) => return Ok(unclear(why)),
    };
    let Some(id) = text(&group, "/id") else { return Ok(unclear("The group has no id.".to_owned())) };
    if let Some(why) = unmanageable(&group).filter(|_| resource.manage != Manage::Observe) {
        return Ok(unclear(format!("{why} Declare it with `manage: observe` to see who is in it.")));
    }
    let members = rest.list(&get(&["groups", id, "users"]).query("limit", PAGE), "").await?;
    let member = Level::parse(MEMBER).ok();
    // Whoever was taken stays in groups, and nothing comes of it.
    let usable = members.iter().filter(|member| text(member, "/status") != Some(RETIRED));
    let mut holders = BTreeMap::new();
    for user in usable {
        let holder = text(user, "/id").and_then(|id| AccountId::parse(id).ok()).zip(member.clone());
        let Some((id, level)) = holder else {
            return Ok(unclear("One of the group's members has no id that can be used.".to_owned()));
        };
        holders.insert(id, level);
    }
    Ok(ResourceReading::Read { id: Some(Arc::from(id)), holders, offers: BTreeMap::new() })
}

pub(super) fn unclear(reason: String) -> ResourceReading {
    ResourceReading::Unread { reason: Arc::from(reason), open: false }
}

/// Why nobody changes who is in a group; none where that is done here.
pub(super) fn unmanageable(group: &Value) -> Option<String> {
    let name = neutral(text(group, "/profile/name").unwrap_or_default(), 80);
    match text(group, "/type") {
        Some(OWN_TYPE) => None,
        Some("APP_GROUP") => Some(format!(
            "The group {name:?} is imported from an application or a directory, and its members are changed only there."
        )),
        Some("BUILT_IN") => Some(format!("Okta itself says who is in the group {name:?}.")),
        other => Some(format!(
            "The group {name:?} has the type {:?}, which is not known.",
            neutral(other.unwrap_or_default(), 40)
        )),
    }
}

/// The group of this id or exact name.
pub(super) async fn find(rest: &Rest, id: Option<&str>, name: Option<&str>) -> Result<Found, ConnectorError> {
    match (id, name) {
        (Some(id), _) => {
            let group = rest.find(&get(&["groups", id])).await?;
            Ok(group.map_or(Found::Missing, Found::There))
        }
        (None, Some(name)) => named(rest, name).await,
        (None, None) => Ok(Found::Unclear("The group is declared with neither an id nor a name.".to_owned())),
    }
}

/// A look-up finds every group whose name begins so, and has no second page: where it is full, all groups are listed.
async fn named(rest: &Rest, name: &str) -> Result<Found, ConnectorError> {
    let limit = LOOKED_UP.to_string();
    let mut found = rest.list(&get(&["groups"]).query("q", name).query("limit", &*limit), "").await?;
    // One that is cut off may hide another group of that very name.
    if found.len() >= LOOKED_UP {
        found = rest.list(&get(&["groups"]).query("limit", PAGE), "").await?;
    }
    Ok(only(found, "/profile/name", name, "groups are called"))
}

/// The one of exactly this name at this place, of those that a look-up found.
pub(super) fn only(mut found: Vec<Value>, at: &str, name: &str, are_called: &str) -> Found {
    found.retain(|one| text(one, at) == Some(name));
    match (found.pop(), found.len()) {
        (None, _) => Found::Missing,
        (Some(one), 0) => Found::There(one),
        (Some(_), more) => Found::Unclear(format!(
            "At the vendor, {} {are_called} {:?}: declare the one that is meant by its id.",
            more + 1,
            neutral(name, 80)
        )),
    }
}

/// What lets a credential see group rules.
const RULES_RIGHT: &str = "the scope okta.groups.read, or the role Read-only administrator";

/// The active rules; none where the credential may not see them.
async fn rules(rest: &Rest) -> Result<Option<Vec<Value>>, ConnectorError> {
    match rest.list(&get(&["groups", "rules"]).query("limit", PAGE), "").await {
        Ok(mut rules) => {
            rules.retain(|rule| text(rule, "/status") == Some("ACTIVE"));
            Ok(Some(rules))
        }
        // A group administrator sees groups and no rules.
        Err(
            ConnectorError::Unauthorised { .. }
            | ConnectorError::Forbidden { .. }
            | ConnectorError::Gone { .. },
        ) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Groups {
    /// What each is read to be.
    pub(super) fn readings(&self) -> BTreeMap<ResourceName, ResourceReading> {
        self.read.clone()
    }

    /// What each that is missing may have meant.
    pub(super) fn similar(&self) -> BTreeMap<ResourceName, Vec<Similar>> {
        self.similar.clone()
    }

    /// The people in the group of this id, where it was read.
    pub(super) fn members(&self, group: &str) -> Option<BTreeSet<AccountId>> {
        self.read.values().find_map(|reading| match reading {
            ResourceReading::Read { id: Some(id), holders, .. } if **id == *group => {
                Some(holders.keys().cloned().collect())
            }
            _ => None,
        })
    }

    /// The rules that fill each group.
    pub(super) fn feeds(&self) -> impl Iterator<Item = (ResourceName, Vec<Feed>)> {
        self.read.iter().filter_map(|(name, reading)| {
            let ResourceReading::Read { id: Some(id), .. } = reading else { return None };
            let mut feeds: Vec<Feed> = match &self.rules {
                Some(rules) => rules.iter().filter(|rule| fills(rule, id)).filter_map(feed).collect(),
                None => vec![Feed::unread("group rules", RULES_RIGHT)],
            };
            feeds.sort();
            Some((name.clone(), feeds))
        })
    }
}

fn fills(rule: &Value, group: &str) -> bool {
    let groups = rule.pointer("/actions/assignUserToGroups/groupIds").and_then(Value::as_array);
    groups.into_iter().flatten().any(|id| id.as_str() == Some(group))
}

/// Whom a rule fits is Okta's to work out.
fn feed(rule: &Value) -> Option<Feed> {
    let id = text(rule, "/id")?;
    let name = text(rule, "/name").unwrap_or(id);
    Some(Feed { kind: FeedKind::Rule, id: Arc::from(id), name: Arc::from(name), accounts: None })
}
