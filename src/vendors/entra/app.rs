//! Apps: which one is meant, to whom it was given with which of its roles, and how that changes.

use super::DEFAULT;
use super::directory::Directory;
use super::group::refused;
use super::reader::{Known, Located, feeding};
use super::wire::{App, Assignment, Kind, NO_ROLE};
use crate::connector::named::Named;
use crate::connector::{ConnectorError, Receipt, in_order};
use crate::domain::{AccountId, Feed, Level, Resource};
use crate::net::{Request, neutral};
use reqwest::Method;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Between the roles of whoever holds several.
pub(super) const JOINT: char = '+';

/// An app and to whom it was given.
pub(super) struct Given {
    pub(super) app: App,
    assignments: Vec<Assignment>,
}

/// Finds a declared app, and to whom it was given.
pub(super) async fn locate(directory: &Directory, resource: &Resource) -> Result<Located, ConnectorError> {
    let app = match (&resource.id, &resource.display) {
        (Some(id), _) => directory.app(id).await?,
        (None, Some(name)) => match directory.app_named(name).await? {
            Named::One(app) => Some(app),
            Named::None => None,
            Named::Unclear(why) => return Ok(Located::Unclear(format!("In Entra, {why}."))),
        },
        (None, None) => {
            return Ok(Located::Unclear("The app is declared with neither an id nor a name.".to_owned()));
        }
    };
    let Some(app) = app else { return Ok(Located::Missing(Vec::new())) };
    match directory.assignments(&app.id).await {
        Ok(assignments) => Ok(Located::App(Given { app, assignments })),
        Err(ConnectorError::Gone { .. }) => Ok(Located::Missing(Vec::new())),
        Err(error) => Err(error),
    }
}

impl Given {
    /// Whom it was given to by name, each with the level that their roles are.
    pub(super) fn users(&self) -> BTreeMap<AccountId, Level> {
        let mut roles: BTreeMap<AccountId, BTreeSet<&str>> = BTreeMap::new();
        for one in self.assignments.iter().filter(|one| one.kind == Kind::User) {
            let Ok(id) = AccountId::parse(&one.principal) else { continue };
            roles.entry(id).or_default().insert(self.app.level(&one.role));
        }
        let level = |roles: BTreeSet<&str>| {
            let names: Vec<&str> = roles.into_iter().collect();
            Level::parse(&in_order(&names.join(&JOINT.to_string()), JOINT)).ok()
        };
        roles.into_iter().filter_map(|(id, roles)| Some((id, level(roles)?))).collect()
    }

    /// The groups that it was given to.
    pub(super) fn feeds(&self, known: &Known<'_>) -> Vec<Feed> {
        let groups = self.assignments.iter().filter(|one| one.kind == Kind::Group);
        let feeds = groups.map(|one| feeding(&one.principal, &one.principal_name, known));
        feeds.collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// The app with this id.
pub(super) async fn find(directory: &Directory, id: &str) -> Result<App, ConnectorError> {
    let gone = || ConnectorError::Gone { message: format!("There is no app with the id {id:?} in Entra.") };
    directory.app(id).await?.ok_or_else(gone)
}

/// The id of the app of this name.
pub(super) async fn id_named(directory: &Directory, name: &str) -> Result<String, ConnectorError> {
    match directory.app_named(name).await? {
        Named::One(app) => Ok(app.id),
        Named::Unclear(why) => Err(refused(format!("In Entra, {why}."))),
        Named::None => {
            Err(ConnectorError::Gone { message: format!("There is no app named {name:?} in Entra.") })
        }
    }
}

/// Gives an account the roles that a level stands for. What it was given already stays.
pub(super) async fn give(
    directory: &Directory,
    app: &App,
    account: &AccountId,
    level: &Level,
) -> Result<bool, ConnectorError> {
    let wanted = roles(app, level)?;
    let held = directory.assignments_of(account.as_str(), &app.id).await?;
    let is_held = |role: &&str| held.iter().any(|one| one.role.eq_ignore_ascii_case(role));
    let missing: Vec<&str> = wanted.into_iter().filter(|role| !is_held(role)).collect();
    let mut given = false;
    for role in &missing {
        given |= assign(directory, app, account, role).await?;
    }
    Ok(given)
}

/// Graph's words for a role that is given again.
const THERE_ALREADY: &str = "already exists";

/// Gives one role. Whether that changed anything.
async fn assign(
    directory: &Directory,
    app: &App,
    account: &AccountId,
    role: &str,
) -> Result<bool, ConnectorError> {
    let body = json!({
        "@odata.type": "#microsoft.graph.appRoleAssignment",
        "principalId": account.as_str(), "resourceId": app.id, "appRoleId": role,
    });
    let path = ["servicePrincipals", &*app.id, "appRoleAssignedTo"];
    let answer = directory.send(&Request::new(Method::POST, &path).json(&body)).await?;
    if answer.is_success() {
        return Ok(true);
    }
    let (error, said) = directory.refusal(&answer);
    if answer.status == 400 && said.contains(THERE_ALREADY) { Ok(false) } else { Err(error) }
}

/// Takes from an account the roles that one level stands for, save those that another needs. Roles that the account
/// has through a group stay: the group is what gives them.
pub(super) async fn take(
    directory: &Directory,
    app: &App,
    account: &AccountId,
    from: &Level,
    kept: Option<&Level>,
) -> Result<bool, ConnectorError> {
    let lost = roles(app, from)?;
    let kept = kept.map(|level| roles(app, level)).transpose()?.unwrap_or_default();
    let goes = |one: &Assignment| {
        let is = |role: &&str| one.role.eq_ignore_ascii_case(role);
        lost.iter().any(is) && !kept.iter().any(is)
    };
    let mut leaving = directory.assignments_of(account.as_str(), &app.id).await?;
    leaving.retain(goes);
    if leaving.is_empty() {
        // Of a user who has much through groups, Graph may not list everything.
        leaving = directory.assignments(&app.id).await?;
        leaving.retain(|one| one.principal.eq_ignore_ascii_case(account.as_str()) && goes(one));
    }
    let mut taken = false;
    for one in &leaving {
        let path = ["servicePrincipals", &*app.id, "appRoleAssignedTo", &*one.id];
        match directory.ask(&Request::new(Method::DELETE, &path)).await {
            Ok(_) => taken = true,
            // Somebody else was quicker.
            Err(ConnectorError::Gone { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(taken)
}

/// The ids of the roles that a level stands for: one, or several that are joined.
fn roles<'a>(app: &'a App, level: &'a Level) -> Result<Vec<&'a str>, ConnectorError> {
    if let Some(role) = role(app, level.as_str())? {
        return Ok(vec![role]);
    }
    let each = level.as_str().split(JOINT).map(|part| role(app, part));
    let each = each.collect::<Result<Option<Vec<_>>, _>>()?;
    each.ok_or_else(|| {
        let mut known: Vec<&str> = app.roles.iter().map(|(_, name)| name.as_str()).collect();
        known.push(DEFAULT);
        refused(format!(
            "The app {:?} has no role {:?}; it has {}.",
            neutral(&app.name, 80),
            level.as_str(),
            neutral(&known.join(", "), 200)
        ))
    })
}

/// The id of the role that goes by this name, or is it.
fn role<'a>(app: &'a App, name: &'a str) -> Result<Option<&'a str>, ConnectorError> {
    // A role may have the joint in its own name, and is read with the parts of that in order, too.
    let is = |known: &str| known == name || in_order(known, JOINT) == name;
    let mut named = app.roles.iter().filter(|(id, known)| is(known) || id == name);
    match (named.next(), named.next()) {
        (Some((id, _)), None) => Ok(Some(id)),
        (Some(_), Some(_)) => Err(refused(format!(
            "The app {:?} has several roles {name:?}. Give them values of their own in its registration.",
            neutral(&app.name, 80)
        ))),
        (None, _) if name == DEFAULT => Ok(Some(NO_ROLE)),
        // A role that the app has no more is called by its id, and can still be taken.
        (None, _) if is_id(name) => Ok(Some(name)),
        (None, _) => Ok(None),
    }
}

fn is_id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    lengths == [8, 4, 4, 4, 12] && parts.iter().all(|part| part.chars().all(|c| c.is_ascii_hexdigit()))
}

/// What is told of a change to an app.
pub(super) fn receipt(app: &App, account: &AccountId, changed: bool) -> Receipt {
    let note = (!changed).then(|| "The account had just that already.".to_owned());
    Receipt { account: Some(account.clone()), resource: Some(Arc::from(app.id.as_str())), note }
}
