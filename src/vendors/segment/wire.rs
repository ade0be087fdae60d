//! What Segment sends and takes.

use crate::connector::ConnectorError;
use crate::domain::{AccountId, Level};
use crate::net::rest::{Api, Paging, Problem};
use crate::net::{Protocol, Request, neutral};
use crate::workspace::Vendor;
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// The version of the API that the published description is of.
const V1: &str = "application/vnd.segment.v1+json";

/// Items on one page; no more are given.
const PAGE: &str = "200";

/// How the id of somebody begins who is invited and has no account yet.
const INVITED: &str = "invite:";

pub(super) static SEGMENT: Api = Api {
    title: "Segment",
    protocol: Protocol { accept: V1, content_type: V1, ..Protocol::JSON },
    paging: Paging::Cursor { at: "/data/pagination/next", parameter: "pagination[cursor]" },
    problem,
    forbidden: "Only a token that a workspace owner made may do this.",
};

fn problem(body: &Value) -> Problem {
    let text = |name: &str| body["errors"][0][name].as_str().unwrap_or_default().to_owned();
    Problem { code: text("type"), detail: text("message"), limit: false }
}

/// A request for the first page of a list.
pub(super) fn first_page(segments: &[&str]) -> Request {
    Request::new(Method::GET, segments).query("pagination[count]", PAGE)
}

/// A role on resources. What is on the wire and not here is not sent back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Permission {
    pub(super) role_id: String,
    #[serde(default, skip_serializing)]
    pub(super) role_name: String,
    pub(super) resources: Vec<Value>,
    /// A request has no place for these.
    #[serde(default, skip_serializing)]
    pub(super) labels: Vec<Value>,
}

impl Permission {
    /// The workspace, where the role is on all of it.
    pub(super) fn workspace(&self) -> Option<&str> {
        let whole = self.resources.iter().find(|resource| is_whole_workspace(resource));
        whole.filter(|_| self.labels.is_empty())?["id"].as_str()
    }
}

/// Labels narrow a role to a part of the workspace.
pub(super) fn is_whole_workspace(resource: &Value) -> bool {
    let labels = resource.get("labels").and_then(Value::as_array);
    resource["type"] == "WORKSPACE" && labels.is_none_or(Vec::is_empty)
}

/// A user's permissions.
///
/// # Errors
/// [`ConnectorError::ContractBroken`] where they are not told, or not understood: nothing may be concluded then, and
/// least of all written.
pub(super) fn permissions(user: &Value) -> Result<Vec<Permission>, ConnectorError> {
    let told = user.get("permissions").and_then(|told| Vec::<Permission>::deserialize(told).ok());
    told.ok_or_else(|| ConnectorError::ContractBroken {
        message: format!(
            "Segment does not tell the permissions of {:?}, or not in a form that is known, so nothing is concluded \
             from them.",
            neutral(user["email"].as_str().unwrap_or_default(), 80)
        ),
    })
}

/// The workspace's levels of `org`, lowest first, with the name of Segment's role for each.
#[derive(Debug)]
pub(super) struct Roles(Vec<(Level, Arc<str>)>);

impl Roles {
    pub(super) fn of(vendor: &Vendor) -> Self {
        Self(vendor.roles.iter().map(|(level, name)| (level.value.clone(), Arc::clone(name))).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The role of a level.
    pub(super) fn role(&self, level: &Level) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == level).map(|(_, name)| &**name)
    }

    /// The place on the ladder of a role's level.
    pub(super) fn rank(&self, role: &str) -> Option<usize> {
        self.0.iter().position(|(_, name)| name.to_lowercase() == role.to_lowercase())
    }

    /// The highest level among permissions; none where there is none.
    pub(super) fn highest(&self, permissions: &[Permission]) -> Option<&Level> {
        let whole = permissions.iter().filter(|one| one.workspace().is_some());
        let rank = whole.filter_map(|one| self.rank(&one.role_name)).max()?;
        self.0.get(rank).map(|(level, _)| level)
    }
}

/// The id of somebody who is invited.
pub(super) fn invited_id(email: &str) -> Option<AccountId> {
    AccountId::parse(&format!("{INVITED}{email}")).ok()
}

/// The address that an id of somebody invited holds.
pub(super) fn invited_email(id: &AccountId) -> Option<&str> {
    id.as_str().strip_prefix(INVITED)
}
