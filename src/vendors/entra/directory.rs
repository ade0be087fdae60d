//! What reading and writing ask of a tenant.

use super::wire::{self, App, Assignment, Group, Kind, quoted};
use super::{GRAPH, MEMBER};
use crate::connector::ConnectorError;
use crate::connector::named::{Named, among};
use crate::connector::similar::{beginning, similar};
use crate::domain::{Email, Level, Similar};
use crate::net::rest::Rest;
use crate::net::{Answer, Endpoint, Pace, Request};
use reqwest::Method;
use serde_json::Value;
use std::sync::Arc;

/// The most that Graph puts on one page.
const PAGE: &str = "999";

/// What is asked of a group that may have been meant.
const NAMED: &str = "id,displayName";

/// One tenant, with one credential.
pub(super) struct Directory {
    rest: Rest,
    /// The base URL, without a slash at its end.
    base: String,
}

impl Directory {
    pub(super) fn new(endpoint: Endpoint, pace: Arc<Pace>) -> Result<Self, ConnectorError> {
        let base = endpoint.base.as_str().trim_end_matches('/').to_owned();
        Ok(Self { rest: Rest::new(endpoint, pace, &GRAPH)?, base })
    }

    /// How a request names an object elsewhere in the directory.
    pub(super) fn reference(&self, id: &str) -> String {
        format!("{}/directoryObjects/{id}", self.base)
    }

    /// Sends a request; an answer without success is an error.
    pub(super) async fn ask(&self, request: &Request) -> Result<Answer, ConnectorError> {
        self.rest.ask(request).await
    }

    /// Sends a request and gives whatever answer came.
    pub(super) async fn send(&self, request: &Request) -> Result<Answer, ConnectorError> {
        self.rest.send(request).await
    }

    /// The JSON that answers a request.
    pub(super) async fn read(&self, request: &Request) -> Result<Value, ConnectorError> {
        self.rest.read(request).await
    }

    /// The error that an answer without success stands for, and what the vendor says of it.
    pub(super) fn refusal(&self, answer: &Answer) -> (ConnectorError, String) {
        (self.rest.refusal(answer), self.rest.problem(answer).detail)
    }

    async fn list(&self, path: &[&str], select: Option<&str>) -> Result<Vec<Value>, ConnectorError> {
        let mut request = get(path);
        if let Some(select) = select {
            request = request.query("$select", select);
        }
        self.rest.list(&request.query("$top", PAGE), "/value").await
    }

    async fn filtered(
        &self,
        path: &[&str],
        select: Option<&str>,
        filter: String,
    ) -> Result<Vec<Value>, ConnectorError> {
        let mut request = get(path).query("$filter", filter);
        if let Some(select) = select {
            request = request.query("$select", select);
        }
        self.rest.list(&request, "/value").await
    }

    /// The object at a path; none where there is none. It must be the one asked for.
    async fn object(&self, kind: &str, id: &str, select: &str) -> Result<Option<Value>, ConnectorError> {
        let Some(found) = self.rest.find(&get(&[kind, id]).query("$select", select)).await? else {
            return Ok(None);
        };
        match wire::id(&found)?.eq_ignore_ascii_case(id) {
            true => Ok(Some(found)),
            false => Err(wire::broken("another object than the one asked for")),
        }
    }

    /// Every user.
    pub(super) async fn users(&self) -> Result<Vec<Value>, ConnectorError> {
        self.list(&["users"], Some(wire::USER)).await
    }

    /// One user.
    pub(super) async fn user(&self, id: &str) -> Result<Option<Value>, ConnectorError> {
        self.object("users", id, wire::USER).await
    }

    /// The users whom an address leads to.
    pub(super) async fn users_at(&self, address: &str) -> Result<Vec<Value>, ConnectorError> {
        let name = quoted(address);
        let filter =
            format!("mail eq {name} or userPrincipalName eq {name} or otherMails/any(one:one eq {name})");
        let mut found = self.filtered(&["users"], Some(wire::USER), filter).await?;
        let wanted = Email::parse(address).ok();
        found.retain(|user| {
            let named = wire::login(user).is_some_and(|login| login.eq_ignore_ascii_case(address));
            named || wanted.as_ref().is_some_and(|wanted| wire::addresses(user).contains(wanted))
        });
        Ok(found)
    }

    /// One group.
    pub(super) async fn group(&self, id: &str) -> Result<Option<Group>, ConnectorError> {
        let found = self.object("groups", id, wire::GROUP).await?;
        found.map(|group| wire::group(&group)).transpose()
    }

    /// The group of this display name.
    pub(super) async fn group_named(&self, name: &str) -> Result<Named<Group>, ConnectorError> {
        let filter = format!("displayName eq {}", quoted(name));
        let found = self.filtered(&["groups"], Some(wire::GROUP), filter).await?;
        let groups = found.iter().map(wire::group).collect::<Result<Vec<_>, _>>()?;
        Ok(among(groups, ("group", name), |group| &group.name))
    }

    /// Groups that a name which none has may have meant. It is a hint: a search that fails says nothing.
    pub(super) async fn groups_near(&self, name: &str) -> Vec<Similar> {
        let filter = format!("startswith(displayName,{})", quoted(&beginning(name)));
        let search = get(&["groups"]).query("$filter", filter).query("$select", NAMED).query("$top", PAGE);
        let found = self.read(&search).await.unwrap_or_default();
        let groups = found.get("value").and_then(Value::as_array).into_iter().flatten();
        let named = |group| Some((wire::text(group, "id")?, wire::text(group, "displayName")?));
        similar(name, groups.filter_map(named))
    }

    /// Everything that is directly in a group.
    pub(super) async fn members(&self, group: &str) -> Result<Vec<(String, Kind)>, ConnectorError> {
        let found = self.list(&["groups", group, "members"], Some("id")).await?;
        found.iter().map(wire::member).collect()
    }

    /// One app.
    pub(super) async fn app(&self, id: &str) -> Result<Option<App>, ConnectorError> {
        let found = self.object("servicePrincipals", id, wire::APP).await?;
        found.map(|app| wire::app(&app)).transpose()
    }

    /// The app of this display name.
    pub(super) async fn app_named(&self, name: &str) -> Result<Named<App>, ConnectorError> {
        let filter = format!("displayName eq {}", quoted(name));
        let found = self.filtered(&["servicePrincipals"], Some(wire::APP), filter).await?;
        let apps = found.iter().map(wire::app).collect::<Result<Vec<_>, _>>()?;
        Ok(among(apps, ("app", name), |app| &app.name))
    }

    /// To whom an app was given.
    pub(super) async fn assignments(&self, app: &str) -> Result<Vec<Assignment>, ConnectorError> {
        let found = self.list(&["servicePrincipals", app, "appRoleAssignedTo"], None).await?;
        found.iter().map(wire::assignment).collect()
    }

    /// What of an app a user was given themselves, and not through a group.
    pub(super) async fn assignments_of(
        &self,
        user: &str,
        app: &str,
    ) -> Result<Vec<Assignment>, ConnectorError> {
        let filter = format!("resourceId eq {app}");
        let found = self.filtered(&["users", user, "appRoleAssignments"], None, filter).await?;
        let mut own = found.iter().map(wire::assignment).collect::<Result<Vec<_>, _>>()?;
        own.retain(|one| one.principal.eq_ignore_ascii_case(user) && one.on.eq_ignore_ascii_case(app));
        Ok(own)
    }
}

fn get(path: &[&str]) -> Request {
    Request::new(Method::GET, path)
}

/// The level of whoever is in something and nothing more.
pub(super) fn member() -> Option<Level> {
    Level::parse(MEMBER).ok()
}
