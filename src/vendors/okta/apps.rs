//! The declared applications, whom they are given to, and the groups that bring them.

use super::USER;
use super::api::get;
use super::groups::{Found, Groups, each, only, unclear};
use super::people::PAGE;
use super::wire::text;
use crate::connector::ConnectorError;
use crate::connector::named::shared;
use crate::domain::{AccountId, Feed, FeedKind, Level, Resource, ResourceName, ResourceReading};
use crate::net::rest::Rest;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// As many assignments as one page may have.
const ASSIGNMENTS: &str = "500";

/// What an import left that nobody has confirmed, and what was taken again: no access.
const WITHOUT_ACCESS: [&str; 5] = ["UNASSIGNED", "IMPORTED", "MATCHED", "REVOKED", "DEPROVISIONED"];

/// One declared application.
#[derive(Debug)]
pub(super) struct App {
    reading: ResourceReading,
    /// Who has it through groups.
    by_group: BTreeSet<AccountId>,
    /// The groups that it is given to; none where they could not be read.
    groups: Option<Vec<Value>>,
}

/// The declared applications.
#[derive(Debug, Default)]
pub(super) struct Apps(BTreeMap<ResourceName, App>);

/// Reads the declared applications side by side.
pub(super) async fn read(rest: &Arc<Rest>, wanted: &[&Resource]) -> Result<Apps, ConnectorError> {
    let mut apps = each(rest, wanted, one).await?;
    let declared = apps.iter().filter_map(|(name, app)| match &app.reading {
        ResourceReading::Read { id: Some(id), .. } => Some((name, id.to_string())),
        _ => None,
    });
    for (name, why) in shared(declared) {
        apps.insert(name, App::unread(unclear(why)));
    }
    Ok(Apps(apps))
}

async fn one(rest: Arc<Rest>, resource: Resource) -> Result<App, ConnectorError> {
    let app = match find(&rest, resource.id.as_deref(), resource.display.as_deref()).await? {
        Found::There(app) => app,
        Found::Missing => return Ok(App::unread(ResourceReading::Missing)),
        Found::Unclear(why) => return Ok(App::unread(unclear(why))),
    };
    let Some(id) = text(&app, "/id") else {
        return Ok(App::unread(unclear("The application has no id.".to_owned())));
    };
    let users = get(&["apps", id, "users"]).query("limit", ASSIGNMENTS);
    let groups = get(&["apps", id, "groups"]).query("limit", PAGE).query("expand", "group");
    let (users, groups) = tokio::try_join!(rest.list(&users, ""), rest.list(&groups, ""))?;
    let (mut holders, mut by_group) = (BTreeMap::new(), BTreeSet::new());
    for user in users.iter().filter(|user| has_access(user)) {
        let level = Level::parse(USER).ok();
        let account = text(user, "/id").and_then(|id| AccountId::parse(id).ok()).zip(level);
        match (account, text(user, "/scope")) {
            (Some((id, level)), Some("USER")) => drop(holders.insert(id, level)),
            (Some((id, _)), Some("GROUP")) => drop(by_group.insert(id)),
            _ => {
                let why =
                    "An assignment of the application tells neither whose it is nor where it comes from.";
                return Ok(App::unread(unclear(why.to_owned())));
            }
        }
    }
    let reading = ResourceReading::Read { id: Some(Arc::from(id)), holders, offers: BTreeMap::new() };
    Ok(App { reading, by_group, groups: Some(groups) })
}

fn has_access(user: &Value) -> bool {
    !text(user, "/status").is_some_and(|status| WITHOUT_ACCESS.contains(&status))
}

/// The application of this id or exact label.
pub(super) async fn find(
    rest: &Rest,
    id: Option<&str>,
    label: Option<&str>,
) -> Result<Found, ConnectorError> {
    let label = match (id, label) {
        (Some(id), _) => {
            let app = rest.find(&get(&["apps", id])).await?;
            return Ok(app.map_or(Found::Missing, Found::There));
        }
        (None, Some(label)) => label,
        (None, None) => {
            return Ok(Found::Unclear(
                "The application is declared with neither an id nor a name.".to_owned(),
            ));
        }
    };
    let request = get(&["apps"]).query("q", label).query("limit", PAGE).query("includeNonDeleted", "true");
    Ok(only(rest.list(&request, "").await?, "/label", label, "applications are labelled"))
}

impl App {
    fn unread(reading: ResourceReading) -> Self {
        Self { reading, by_group: BTreeSet::new(), groups: None }
    }

    /// The groups that it is given to. One that is pushed to it gives nobody an account there: Okta puts only those into a
    /// pushed group who have the application by another way.
    fn feeds(&self, known: &Groups) -> Option<Vec<Feed>> {
        let groups = self.groups.as_deref()?;
        let mut feeds: Vec<Feed> =
            groups.iter().filter_map(|one| self.given(one, groups.len() == 1, known)).collect();
        feeds.sort();
        Some(feeds)
    }

    /// A group that the application is given to. Who has it through the only one is known, and so is who is in one that
    /// was read.
    fn given(&self, assignment: &Value, only: bool, known: &Groups) -> Option<Feed> {
        let id = text(assignment, "/id")?;
        let name = text(assignment, "/_embedded/group/profile/name").unwrap_or(id);
        let accounts = known.members(id).or_else(|| only.then(|| self.by_group.clone()));
        Some(Feed { kind: FeedKind::Group, id: Arc::from(id), name: Arc::from(name), accounts })
    }
}

impl Apps {
    /// What each is read to be.
    pub(super) fn readings(&self) -> impl Iterator<Item = (ResourceName, ResourceReading)> {
        self.0.iter().map(|(name, app)| (name.clone(), app.reading.clone()))
    }

    /// The groups that bring each.
    pub(super) fn feeds(&self, known: &Groups) -> impl Iterator<Item = (ResourceName, Vec<Feed>)> {
        self.0.iter().filter_map(|(name, app)| Some((name.clone(), app.feeds(known)?)))
    }
}
