//! Roles and apps: who is in them, and by what they are filled.

use super::wire::{self, broken, number, own_id, text};
use super::{APP, LIMITS, ROLE};
use crate::connector::named::{Named, among, shared};
use crate::connector::similar::similar;
use crate::connector::{ConnectorError, Scope};
use crate::domain::{AccountId, Feed, FeedKind, Level, Resource, ResourceName, ResourceReading, Similar};
use crate::net::rest::Rest;
use crate::net::{Request, neutral, side_by_side};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// What was read of the declared roles and apps.
#[derive(Debug, Default)]
pub(super) struct Directory {
    pub(super) resources: BTreeMap<ResourceName, ResourceReading>,
    pub(super) feeds: BTreeMap<ResourceName, Vec<Feed>>,
    pub(super) similar: BTreeMap<ResourceName, Vec<Similar>>,
}

/// Where a declared resource is.
enum Located {
    At(String),
    Missing,
    Unclear(String),
}

type People = BTreeSet<AccountId>;

/// Lists of people by the id of the role or app that has them; none where OneLogin has no such thing.
type Lists = BTreeMap<String, Option<People>>;

/// Reads the declared roles and apps. Roles are listed once, each that matters is read once, and nothing is asked for
/// each user.
pub(super) async fn read(rest: &Arc<Rest>, scope: &Scope) -> Result<Directory, ConnectorError> {
    let of_kind = |kind: &str| -> Vec<&Resource> {
        scope.resources.iter().filter(|resource| *resource.kind == *kind).collect()
    };
    let (roles, apps) = (of_kind(ROLE), of_kind(APP));
    if roles.is_empty() && apps.is_empty() {
        return Ok(Directory::default());
    }
    let any_by_name = apps.iter().any(|app| app.id.is_none());
    let (role_names, app_names, rules) =
        tokio::try_join!(names(rest, wire::roles()), listed_apps(rest, any_by_name), rules(rest))?;
    let located_roles = locate(&roles, &role_names);
    let located_apps = locate(&apps, &app_names);
    let carriers = carriers(rest, &located_apps).await?;
    let role_ids = ids(&located_roles).chain(carriers.values().flatten().flatten().cloned()).collect();
    let app_ids = carriers.iter().filter(|(_, roles)| roles.is_some()).map(|(id, _)| id.clone()).collect();
    let (in_roles, in_apps) =
        tokio::try_join!(lists(rest, role_ids, wire::role_users), lists(rest, app_ids, wire::app_users))?;
    let found = Found { role_names, rules, carriers, in_roles, in_apps };
    let mut directory =
        Directory { similar: near(&located_roles, &found.role_names), ..Directory::default() };
    for (resource, located) in located_roles.iter().chain(&located_apps) {
        let (reading, feeds) = found.of(resource, located);
        directory.resources.insert(resource.name.clone(), reading);
        if !feeds.is_empty() {
            directory.feeds.insert(resource.name.clone(), feeds);
        }
    }
    Ok(directory)
}

/// Display names by id.
type Names = BTreeMap<String, String>;

async fn names(rest: &Rest, request: Request) -> Result<Names, ConnectorError> {
    let named = |item: &Value| Some((own_id(item)?.to_string(), text(item, "name")?.to_owned()));
    let all = rest.list(&request, "").await?;
    let names: Option<Names> = all.iter().map(named).collect();
    names.ok_or_else(|| broken("OneLogin lists a role or an app without an id or a name.".to_owned()))
}

async fn listed_apps(rest: &Rest, wanted: bool) -> Result<Names, ConnectorError> {
    if wanted { names(rest, wire::apps()).await } else { Ok(Names::new()) }
}

/// The role of this name.
///
/// # Errors
/// As of the list, and where it is not clear which is meant.
pub(super) async fn role_called(rest: &Rest, name: &str) -> Result<Option<String>, ConnectorError> {
    match called(name, (ROLE, &names(rest, wire::roles()).await?)) {
        Located::At(id) => Ok(Some(id)),
        Located::Missing => Ok(None),
        Located::Unclear(why) => Err(wire::refused(why)),
    }
}

fn called(name: &str, (what, names): (&str, &Names)) -> Located {
    match among(names, (what, name), |(_, one)| one) {
        Named::One((id, _)) => Located::At(id.clone()),
        Named::None => Located::Missing,
        Named::Unclear(why) => Located::Unclear(format!("At OneLogin, {why}.")),
    }
}

fn locate<'a>(resources: &[&'a Resource], names: &Names) -> Vec<(&'a Resource, Located)> {
    let place = |resource: &&'a Resource| {
        let located = match (&resource.id, &resource.display) {
            (Some(id), _) => Located::At(id.to_string()),
            (None, Some(name)) => called(name, (&resource.kind, names)),
            (None, None) => Located::Missing,
        };
        (*resource, located)
    };
    let mut located: Vec<_> = resources.iter().map(place).collect();
    let declared = located.iter().filter_map(|(resource, place)| match place {
        Located::At(id) => Some((&resource.name, id.clone())),
        _ => None,
    });
    let mut twice = shared(declared);
    for (resource, place) in &mut located {
        if let Some(why) = twice.remove(&resource.name) {
            *place = Located::Unclear(why);
        }
    }
    located
}

/// The roles that those which are missing may have meant.
fn near(located: &[(&Resource, Located)], names: &Names) -> BTreeMap<ResourceName, Vec<Similar>> {
    let all = || names.iter().map(|(id, name)| (id.as_str(), name.as_str()));
    let near = located.iter().filter_map(|(resource, place)| match (place, &resource.display) {
        (Located::Missing, Some(name)) => Some((resource.name.clone(), similar(name, all()))),
        _ => None,
    });
    near.filter(|(_, near)| !near.is_empty()).collect()
}

fn ids(located: &[(&Resource, Located)]) -> impl Iterator<Item = String> {
    located.iter().filter_map(|(_, place)| match place {
        Located::At(id) => Some(id.clone()),
        _ => None,
    })
}

/// The roles that carry each app; none where there is no such app.
async fn carriers(
    rest: &Rest,
    apps: &[(&Resource, Located)],
) -> Result<BTreeMap<String, Option<Vec<String>>>, ConnectorError> {
    let mut carriers = BTreeMap::new();
    for id in ids(apps) {
        let roles = match rest.find(&wire::app(&id)).await? {
            None => None,
            Some(app) => Some(role_ids(&app)?),
        };
        carriers.insert(id, roles);
    }
    Ok(carriers)
}

fn role_ids(app: &Value) -> Result<Vec<String>, ConnectorError> {
    let ids = app.get("role_ids").and_then(Value::as_array);
    let ids = ids.and_then(|ids| ids.iter().map(|id| Some(number(id)?.to_string())).collect());
    ids.ok_or_else(|| broken("OneLogin does not tell which roles carry an app (`role_ids`).".to_owned()))
}

/// What lets a credential see mappings.
const MAPPINGS_RIGHT: &str = "an API credential with Manage all";

/// A mapping that puts people into roles.
struct Rule {
    id: String,
    name: String,
    roles: BTreeSet<String>,
}

/// The mappings that are switched on. They are worth knowing and change nothing, so that a credential that may not read
/// them is no reason to read nothing at all: it gives none.
async fn rules(rest: &Rest) -> Result<Option<Vec<Rule>>, ConnectorError> {
    match rest.list(&wire::mappings(), "").await {
        Ok(all) => Ok(Some(all.iter().filter_map(rule).collect())),
        Err(ConnectorError::Unauthorised { .. } | ConnectorError::Forbidden { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn rule(mapping: &Value) -> Option<Rule> {
    let actions = mapping.get("actions")?.as_array()?;
    let gives =
        actions.iter().filter(|action| matches!(text(action, "action"), Some("set_role" | "add_role")));
    let values = gives.filter_map(|action| action.get("value")?.as_array()).flatten();
    let roles = values.filter_map(number).map(|id| id.to_string()).collect();
    let id = own_id(mapping)?.to_string();
    Some(Rule { name: text(mapping, "name").unwrap_or(&id).to_owned(), id, roles })
}

/// Reads lists of people, a few at a time.
async fn lists(
    rest: &Arc<Rest>,
    ids: BTreeSet<String>,
    request: impl Fn(&str) -> Request,
) -> Result<Lists, ConnectorError> {
    let room = Arc::new(Semaphore::new(LIMITS.side_by_side));
    let work = ids.into_iter().map(|id| {
        let (rest, room, request) = (Arc::clone(rest), Arc::clone(&room), request(&id));
        let read = async move {
            let _place = room.acquire().await;
            people(&rest, &request).await
        };
        (id, read)
    });
    side_by_side(work).await
}

async fn people(rest: &Rest, request: &Request) -> Result<Option<People>, ConnectorError> {
    let items = match rest.list(request, "").await {
        Err(ConnectorError::Gone { .. }) => return Ok(None),
        items => items?,
    };
    let id = |item: &Value| AccountId::parse(&own_id(item)?.to_string()).ok();
    let people: Option<People> = items.iter().map(id).collect();
    people
        .map(Some)
        .ok_or_else(|| broken("OneLogin lists a user of a role or an app without an id.".to_owned()))
}

/// The ids of the users in a role; none where there is no such role.
pub(super) async fn members(rest: &Rest, role: &str) -> Result<Option<People>, ConnectorError> {
    people(rest, &wire::role_users(role)).await
}

/// Everything that was read.
struct Found {
    role_names: Names,
    rules: Option<Vec<Rule>>,
    carriers: BTreeMap<String, Option<Vec<String>>>,
    in_roles: Lists,
    in_apps: Lists,
}

impl Found {
    fn of(&self, resource: &Resource, located: &Located) -> (ResourceReading, Vec<Feed>) {
        let id = match located {
            Located::At(id) => id,
            Located::Missing => return (ResourceReading::Missing, Vec::new()),
            Located::Unclear(why) => {
                let reason = Arc::from(why.as_str());
                return (ResourceReading::Unread { reason, open: false }, Vec::new());
            }
        };
        if *resource.kind == *ROLE {
            let holders = self.in_roles.get(id).cloned().flatten();
            return (reading(id, holders, "member"), self.rules(std::slice::from_ref(id)));
        }
        let roles = self.carriers.get(id).cloned().flatten().unwrap_or_default();
        // Whoever has the app through a role that cannot be read would pass for somebody who has it without one.
        if let Some(lost) = roles.iter().find(|role| matches!(self.in_roles.get(*role), Some(None))) {
            return (ResourceReading::Unread { reason: lost_role(lost), open: false }, Vec::new());
        }
        // Whoever has the app through a role loses it with the role, and holds nothing here.
        let through: BTreeSet<&AccountId> =
            roles.iter().filter_map(|role| self.in_roles.get(role)?.as_ref()).flatten().collect();
        let own = self.in_apps.get(id).cloned().flatten();
        let own = own.map(|all| all.into_iter().filter(|one| !through.contains(one)).collect());
        let mut feeds: Vec<Feed> = roles.iter().map(|role| self.group(role)).collect();
        feeds.extend(self.rules(&roles));
        (reading(id, own, "user"), feeds)
    }

    /// A role that carries an app.
    fn group(&self, id: &str) -> Feed {
        Feed {
            kind: FeedKind::Group,
            id: Arc::from(id),
            name: Arc::from(self.role_names.get(id).map_or(id, String::as_str)),
            accounts: self.in_roles.get(id).cloned().flatten(),
        }
    }

    /// The rules that put people into any of these roles.
    fn rules(&self, roles: &[String]) -> Vec<Feed> {
        let Some(rules) = &self.rules else {
            let unread = Feed::unread("mappings", MAPPINGS_RIGHT);
            return if roles.is_empty() { Vec::new() } else { vec![unread] };
        };
        let gives = rules.iter().filter(|rule| roles.iter().any(|role| rule.roles.contains(role)));
        let feed = |rule: &Rule| Feed {
            kind: FeedKind::Rule,
            id: Arc::from(rule.id.as_str()),
            name: Arc::from(rule.name.as_str()),
            accounts: None,
        };
        gives.map(feed).collect()
    }
}

/// Why it is not known who holds an app.
fn lost_role(id: &str) -> Arc<str> {
    Arc::from(format!(
        "OneLogin names the role {:?} as one that carries the app, and answers that there is no such role. Plan again; if \
         it stays so, open the app in OneLogin (Applications, Access) and save its roles anew, or give the API credential \
         the scope `Manage all`, without which roles may be hidden.",
        neutral(id, 80)
    ))
}

fn reading(id: &str, holders: Option<People>, level: &str) -> ResourceReading {
    let Some(holders) = holders else { return ResourceReading::Missing };
    let level = Level::parse(level).ok();
    let holders = holders.into_iter().filter_map(|id| Some((id, level.clone()?))).collect();
    ResourceReading::Read { id: Some(Arc::from(id)), holders, offers: BTreeMap::new() }
}
