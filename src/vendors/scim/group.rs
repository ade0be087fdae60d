//! Reads the declared groups and who is in them.

use super::account::MEMBER;
use super::listing::list;
use super::lookup::{self, Found};
use super::refusal::refusal;
use super::service::Service;
use super::wire::{Entry, Object, attr, opaque, page, text};
use crate::connector::ConnectorError;
use crate::connector::named::shared;
use crate::connector::similar::similar;
use crate::domain::{AccountId, Level, Resource, ResourceName, ResourceReading, Similar};
use crate::net::Request;
use reqwest::Method;
use serde_json::Value;
use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Up to so many declared groups are asked for one by one; for more, all groups are listed.
const FEW: usize = 4;

/// Members without an account that are asked for, to know whether they are groups.
const STRANGERS: usize = 20;

/// A group's members, as far as one answer tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Members {
    /// The answer does not speak of members.
    Absent,
    /// These.
    Users(BTreeSet<String>),
    /// A group inside the group, whose people the answer does not name.
    Nested,
}

/// One declared group as the server has it.
enum Located {
    There(Box<Entry>),
    Missing,
    Unclear(String),
}

/// The declared groups, still to be told who of their members is whom.
pub(super) struct Groups {
    located: Vec<(ResourceName, Located)>,
    /// Ids of groups where all were listed, to know a nested group that does not say it is one.
    ids: Option<BTreeSet<String>>,
    /// What those that are missing may have meant.
    pub(super) similar: BTreeMap<ResourceName, Vec<Similar>>,
}

/// Finds the declared groups, each with an answer that speaks of its members if the server has one.
pub(super) async fn find(service: &Arc<Service>, wanted: &[&Resource]) -> Result<Groups, ConnectorError> {
    let mut all = match list_for(service, wanted.len()).await {
        // The users may be understood all the same.
        Err(ConnectorError::ContractBroken { message }) => return Ok(Groups::unclear(wanted, &message)),
        listed => listed?,
    };
    // A listing that shows the members of one group shows those of all.
    let shown = all.iter().flatten().any(tells);
    let mut located = Vec::with_capacity(wanted.len());
    for resource in wanted {
        located.push((resource.name.clone(), whole(service, &mut all, resource, shown).await?));
    }
    refuse_shared(&mut located);
    let there = located.iter().filter_map(|(_, located)| match located {
        Located::There(group) => Some(&**group),
        _ => None,
    });
    let (told, untold): (Vec<&Entry>, Vec<&Entry>) = there.partition(|group| tells(group));
    if shown || !told.is_empty() {
        service.told_members();
    } else if !untold.is_empty() {
        look_for_members(service).await?;
    }
    let similar = near(wanted, &located, all.as_deref().unwrap_or_default());
    let ids = all.map(|all| all.into_iter().map(|group| group.id).collect());
    Ok(Groups { located, ids, similar })
}

/// Whoever looks for a name in vain has seen all groups.
fn near(
    wanted: &[&Resource],
    located: &[(ResourceName, Located)],
    all: &[Entry],
) -> BTreeMap<ResourceName, Vec<Similar>> {
    let names = || all.iter().filter_map(|group| Some((&*group.id, text(&group.object, "displayName")?)));
    let near = wanted.iter().zip(located).filter_map(|(resource, (name, located))| {
        match (located, &resource.id, &resource.display) {
            (Located::Missing, None, Some(display)) => Some((name.clone(), similar(display, names()))),
            _ => None,
        }
    });
    near.filter(|(_, near)| !near.is_empty()).collect()
}

/// All groups, where more than a few are declared.
async fn list_for(service: &Arc<Service>, declared: usize) -> Result<Option<Vec<Entry>>, ConnectorError> {
    if declared > FEW { list(service, "Groups").await.map(Some) } else { Ok(None) }
}

/// The group with its members, where any answer tells them. What one group answers wrongly is that group's affair.
async fn whole(
    service: &Arc<Service>,
    all: &mut Option<Vec<Entry>>,
    resource: &Resource,
    shown: bool,
) -> Result<Located, ConnectorError> {
    let located = match locate(service, all, resource).await {
        Ok(Located::There(group)) if !shown && members(&group.object) == Ok(Members::Absent) => {
            with_members(service, &group).await.map(|group| Located::There(Box::new(group)))
        }
        located => located,
    };
    match located {
        Err(ConnectorError::ContractBroken { message }) => Ok(Located::Unclear(message)),
        located => located,
    }
}

async fn locate(
    service: &Arc<Service>,
    all: &mut Option<Vec<Entry>>,
    resource: &Resource,
) -> Result<Located, ConnectorError> {
    let found = match (&resource.id, &resource.display, &*all) {
        (Some(id), _, Some(all)) => all.iter().find(|group| group.id == **id).cloned(),
        (Some(id), _, None) => service.fetch("Groups", id, None).await?.map(|(group, _)| group),
        (None, Some(name), _) => return named(service, all, name).await,
        (None, None, _) => {
            return Ok(Located::Unclear("The group is declared with neither an id nor a name.".to_owned()));
        }
    };
    Ok(found.map_or(Located::Missing, |group| Located::There(Box::new(group))))
}

async fn named(
    service: &Arc<Service>,
    all: &mut Option<Vec<Entry>>,
    name: &str,
) -> Result<Located, ConnectorError> {
    let found = match &*all {
        Some(all) => lookup::group_among(all.iter(), name),
        None => match lookup::filtered_group(service, name).await? {
            Found::None => {
                let listed = list(service, "Groups").await?;
                lookup::group_among(all.insert(listed).iter(), name)
            }
            found => found,
        },
    };
    Ok(match found {
        Found::One(group) => Located::There(group),
        Found::None => Located::Missing,
        Found::Unclear(why) => Located::Unclear(format!("At the vendor, {why}.")),
    })
}

/// The group by itself: listings may leave members out, and some servers send them only when asked by name.
async fn with_members(service: &Service, group: &Entry) -> Result<Entry, ConnectorError> {
    for attributes in [Some("members"), None] {
        match service.fetch("Groups", &group.id, attributes).await {
            Ok(Some((again, _))) if members(&again.object)? != Members::Absent => return Ok(again),
            // Not every server knows `attributes`.
            Ok(_) | Err(ConnectorError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(group.clone())
}

/// Looks for any group that tells its members: without one, nobody can tell a server whose groups are all empty from
/// one that withholds members.
pub(super) async fn look_for_members(service: &Service) -> Result<bool, ConnectorError> {
    for attributes in [None, Some("members")] {
        if service.tells_members() {
            break;
        }
        let mut request = Request::new(Method::GET, &["Groups"]);
        if let Some(attributes) = attributes {
            request = request.query("attributes", attributes);
        }
        let answer = service.send(&request).await?;
        if answer.is_success() {
            if page(&answer).is_ok_and(|page| page.entries.iter().any(tells)) {
                service.told_members();
            }
        } else if let error @ ConnectorError::RetryLater { .. } = refusal(&answer) {
            return Err(error);
        }
    }
    Ok(service.tells_members())
}

/// Whether the answer speaks of the group's members in a way that can be understood.
fn tells(group: &Entry) -> bool {
    members(&group.object).is_ok_and(|members| members != Members::Absent)
}

/// One group under two names would be given and taken by turns.
fn refuse_shared(located: &mut [(ResourceName, Located)]) {
    let declared = located.iter().filter_map(|(name, located)| match located {
        Located::There(group) => Some((name, group.id.clone())),
        _ => None,
    });
    let mut twice = shared(declared);
    for (name, located) in located {
        if let Some(why) = twice.remove(name) {
            *located = Located::Unclear(why);
        }
    }
}

impl Groups {
    /// Groups of which no answer tells anything that could be understood.
    fn unclear(wanted: &[&Resource], why: &str) -> Self {
        let located = wanted.iter().map(|one| (one.name.clone(), Located::Unclear(why.to_owned())));
        Self { located: located.collect(), ids: Some(BTreeSet::new()), similar: BTreeMap::new() }
    }

    /// Who holds what, once the users are known. Groups among `new` are known to have been made just now.
    pub(super) async fn readings(
        &mut self,
        service: &Service,
        users: &[Entry],
        new: &BTreeSet<ResourceName>,
    ) -> Result<Vec<(ResourceName, ResourceReading)>, ConnectorError> {
        let accounts: BTreeSet<&str> = users.iter().map(|user| user.id.as_str()).collect();
        let groups = match self.ids.take() {
            Some(ids) => ids,
            None => self.nested(service, &accounts).await?,
        };
        let named = LazyCell::new(|| named_groups(users));
        let reading = |(name, located): &(ResourceName, Located)| {
            let reading = match located {
                Located::Missing => ResourceReading::Missing,
                Located::Unclear(why) => unclear(why),
                Located::There(group) => match members(&group.object) {
                    Err(error) => unclear(&error.to_string()),
                    Ok(Members::Nested) => unclear(NESTED),
                    Ok(Members::Users(ids))
                        if ids.iter().any(|id| groups.contains(id) && !accounts.contains(id.as_str())) =>
                    {
                        unclear(NESTED)
                    }
                    Ok(Members::Users(ids)) => read(group, ids),
                    Ok(Members::Absent) if named.contains(&group.id) => withheld(WITHHELD),
                    // An attribute without a value may be left out (RFC 7643, section 2.5). Were that taken for an
                    // empty group where members are withheld, removals would count as done.
                    Ok(Members::Absent) if service.tells_members() || new.contains(name) => {
                        read(group, BTreeSet::new())
                    }
                    Ok(Members::Absent) => withheld(UNTOLD),
                },
            };
            (name.clone(), reading)
        };
        Ok(self.located.iter().map(reading).collect())
    }

    /// Which members without an account are groups: a listing may not say so of them.
    async fn nested(
        &self,
        service: &Service,
        accounts: &BTreeSet<&str>,
    ) -> Result<BTreeSet<String>, ConnectorError> {
        let mut strangers = BTreeSet::new();
        for (_, located) in &self.located {
            if let Located::There(group) = located
                && let Ok(Members::Users(ids)) = members(&group.object)
            {
                strangers.extend(ids.into_iter().filter(|id| !accounts.contains(id.as_str())));
            }
        }
        let mut groups = BTreeSet::new();
        for id in strangers.into_iter().take(STRANGERS) {
            match service.fetch("Groups", &id, None).await {
                Ok(Some(_)) => drop(groups.insert(id)),
                Ok(None) | Err(ConnectorError::Refused { .. } | ConnectorError::ContractBroken { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(groups)
    }
}

fn read(group: &Entry, ids: BTreeSet<String>) -> ResourceReading {
    let level = Level::parse(MEMBER).ok();
    let holder = |id: String| Some((AccountId::parse(&id).ok()?, level.clone()?));
    let holders: BTreeMap<AccountId, Level> = ids.into_iter().filter_map(holder).collect();
    ResourceReading::Read { id: Some(Arc::from(group.id.as_str())), holders, offers: BTreeMap::new() }
}

const NESTED: &str = "The group has another group as a member, and the vendor does not say who that brings in. \
                      Make its people direct members, or stop declaring this group.";
const WITHHELD: &str =
    "The vendor does not tell the group's members, although its users say that they are in it.";
const UNTOLD: &str = "The vendor does not tell the group's members, nor those of any other group: they are all empty, \
                      or the vendor withholds members.";

/// A group of which it is not clear which it is, or whom a change would reach.
fn unclear(why: &str) -> ResourceReading {
    ResourceReading::Unread { reason: Arc::from(why), open: false }
}

/// A group whose members are not told.
fn withheld(why: &str) -> ResourceReading {
    ResourceReading::Unread { reason: Arc::from(why), open: true }
}

/// The ids of all groups that users' own `groups` name.
fn named_groups(users: &[Entry]) -> BTreeSet<String> {
    let groups = users.iter().filter_map(|user| attr(&user.object, "groups").and_then(Value::as_array));
    let id = |group: &Value| group.as_object().and_then(|group| attr(group, "value")).and_then(opaque);
    groups.flatten().filter_map(id).collect()
}

/// The members that one answer tells.
///
/// # Errors
/// [`ConnectorError::ContractBroken`] where they are no list of references.
pub(super) fn members(group: &Object) -> Result<Members, ConnectorError> {
    let wrong = || ConnectorError::ContractBroken {
        message: format!(
            "The group {:?} has members that are no list of references to accounts.",
            crate::net::neutral(text(group, "displayName").unwrap_or(""), 80)
        ),
    };
    let list = match attr(group, "members") {
        None => return Ok(Members::Absent),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(wrong()),
    };
    let mut ids = BTreeSet::new();
    for member in list {
        let member = member.as_object().ok_or_else(wrong)?;
        if is_group(member) {
            return Ok(Members::Nested);
        }
        ids.insert(attr(member, "value").and_then(opaque).ok_or_else(wrong)?);
    }
    Ok(Members::Users(ids))
}

fn is_group(member: &Object) -> bool {
    let kind = text(member, "type").is_some_and(|kind| kind.eq_ignore_ascii_case("group"));
    kind || text(member, "$ref").is_some_and(|link| link.to_ascii_lowercase().contains("/groups/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(group: Value) -> Result<Members, ConnectorError> {
        let Value::Object(group) = group else { panic!("{group}") };
        members(&group)
    }

    #[test]
    fn a_group_inside_a_group_is_not_a_user() {
        assert_eq!(told(json!({"members": [{"value": "1", "type": "Group"}]})), Ok(Members::Nested));
        let link = "https://x.example/v2/Groups/1";
        assert_eq!(told(json!({"members": [{"value": "1", "$ref": link}]})), Ok(Members::Nested));
    }

    #[test]
    fn members_are_references_or_an_error() {
        assert_eq!(told(json!({"members": null})), Ok(Members::Absent));
        let two = ["1", "2"].map(str::to_owned).into();
        assert_eq!(
            told(json!({"Members": [{"value": "1"}, {"Value": 2}, {"value": "1"}]})),
            Ok(Members::Users(two))
        );
        for wrong in [json!({"members": "1"}), json!({"members": ["1"]}), json!({"members": [{}]})] {
            assert!(told(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
