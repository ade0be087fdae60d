//! Microsoft Entra ID, over Microsoft Graph v1.0.
//!
//! - Whoever is outside the tenant's own domains is a guest, who comes by invitation and stays pending until it is
//!   accepted. Groups and apps can be given to a pending guest; nothing can be used before.
//! - Employees are created in Entra with a password, which is nobody's to know: Grantline creates none, and an
//!   invitation that Entra refuses says what to do instead.
//! - Entra tells when an invitation was sent first and not when it was sent last, so that nobody could know whether it
//!   was sent again already: Grantline does not send it again.
//! - A suspension ends the sessions and switches the account off. A removal keeps the account for thirty days among the
//!   deleted ones, where Grantline never goes.
//! - A group's members are those who are in it directly. A group inside a group, and the rule of a dynamic group, are
//!   told as what feeds it.
//! - An app's levels are its own roles, by their value; who holds several at once has them joined by `+`.
//! - A new object shows everywhere only after a while: what is not found right after it was made is asked for later.

mod app;
mod directory;
pub mod emulator;
mod group;
mod people;
mod reader;
#[cfg(test)]
mod tests;
mod wire;
mod writer;

use super::Connector;
use crate::connector::{
    AddressChange, Channels, Configured, ConnectorError, Joining, KindSpec, LevelSpec, Limits, Reader, Spec,
    Writer,
};
use crate::domain::{Channel, Level};
use crate::net::rest::{Api, Paging, Problem};
use crate::net::{Endpoint, Pace, Protocol};
use crate::workspace::Vendor;
use directory::Directory;
use reader::EntraReader;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use writer::EntraWriter;

/// A tenant's group, be it a security group or a Microsoft 365 group.
const GROUP: &str = "group";

/// An enterprise application, which Graph calls a service principal.
const APP: &str = "app";

/// The level of those who are in something and nothing more.
const MEMBER: &str = "member";

/// The level of those who were given an app without any of its roles.
const DEFAULT: &str = "default";

const API: Channels = &[Channel::Api];

/// How long a change may take to show in a reading. Graph promises nothing; minutes have been seen.
const SETTLE: Duration = Duration::from_secs(2 * 60);

/// Several changes in one request would need a batch, whose parts nobody could check.
const LIMITS: Limits = Limits { batch: 1, pending_invitations: None, side_by_side: 8, requests: None };

static GRAPH: Api = Api {
    title: "Microsoft Graph",
    protocol: Protocol { forbidden: FORBIDDEN, ..Protocol::JSON },
    paging: Paging::Url("/@odata.nextLink"),
    problem,
    forbidden: "The application lacks the Graph permission for this (docs/entra.md lists which), or the account or \
                group is one that administers the directory, which needs a directory role beside it.",
};

const FORBIDDEN: &[(&str, &str)] = &[
    ("deleteditems", "What Entra keeps of deleted accounts is erased or brought back by a person alone."),
    ("oauth2permissiongrants", "Consent that was given to applications is not what is managed here."),
    ("rolemanagement", "Who administers the directory is not what is managed here."),
    ("directoryroles", "Who administers the directory is not what is managed here."),
    ("$batch", "What is inside a batch cannot be checked one by one."),
];

/// The registry's line.
pub(crate) static CONNECTOR: Connector = Connector {
    name: "entra",
    spec,
    reader: Some(reader),
    writer: Some(writer),
    token_path: None,
    only_by_key: false,
    pages: None,
    rules: || Arc::new(emulator::Entra),
};

fn spec(configured: &Configured<'_>) -> Spec {
    Spec {
        connector: "entra",
        title: "Microsoft Entra ID",
        docs: "https://learn.microsoft.com/graph/api/overview",
        kinds: vec![super::scim::org_kind(configured.org_levels), super::scim::group_kind(GROUP), app_kind()],
        accounts: API,
        suspends: true,
        provisions: true,
        address_change: AddressChange::Update,
        limits: LIMITS,
        settle: SETTLE,
        forbidden: FORBIDDEN,
        resends: false,
        obligations: &[],
        pages: None,
    }
}

fn app_kind() -> KindSpec {
    let default = Level::parse(DEFAULT).map(|name| LevelSpec { name, admin: false, exclusive: false });
    KindSpec {
        name: APP,
        levels: default.into_iter().collect(),
        custom_levels: true,
        joint: Some(app::JOINT),
        readable: true,
        by_name: true,
        creatable: false,
        access: API,
        joining: Joining::Grant,
        keeps_one: false,
    }
}

fn reader(_vendor: &Vendor, endpoint: Endpoint, pace: Arc<Pace>) -> Result<Box<dyn Reader>, ConnectorError> {
    let clock = Arc::clone(pace.clock());
    let directory = Arc::new(Directory::new(endpoint, pace)?);
    Ok(Box::new(EntraReader { directory, clock, shown: Default::default() }))
}

fn writer(
    _vendor: &Vendor,
    grant: Result<Endpoint, ConnectorError>,
    revoke: Result<Endpoint, ConnectorError>,
    pace: Arc<Pace>,
) -> Result<Box<dyn Writer>, ConnectorError> {
    let connect = |endpoint: Result<Endpoint, ConnectorError>| {
        endpoint.and_then(|endpoint| Directory::new(endpoint, Arc::clone(&pace)))
    };
    match (connect(grant), connect(revoke)) {
        (Err(error), Err(_)) => Err(error),
        (grant, revoke) => Ok(Box::new(EntraWriter { grant, revoke, made: Default::default() })),
    }
}

/// `{"error": {"code", "message"}}`.
fn problem(body: &Value) -> Problem {
    let text = |key| body.pointer(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let code = text("/error/code");
    Problem { limit: code == "Directory_QuotaExceeded", code, detail: text("/error/message") }
}
