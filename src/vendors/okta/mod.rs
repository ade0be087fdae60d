//! Okta: users, groups and applications over the Core API.
//!
//! Facts, all from Okta's published description and documentation:
//!
//! - The list of users leaves DEPROVISIONED ones out, and a `filter` shows them. `search` lags behind what was written,
//!   so that it is not used: nothing may be concluded from what it does not find.
//! - A user can be had by id, by login, or by the part of the login before `@` where only one user has that. Whoever is
//!   found by login is therefore compared again.
//! - Only ACTIVE users can be suspended. Whoever is deactivated loses sessions and applications and stays as a record,
//!   with group memberships, until somebody deletes it; nothing here does.
//! - Members of groups that an application or a directory imports, and of those that Okta keeps itself, are changed
//!   there and nowhere else.
//! - An application is given to a person (`scope` USER) or to a group (`scope` GROUP); a group's is taken from the group.

mod access;
mod accounts;
mod api;
mod apps;
pub mod emulator;
mod groups;
mod people;
mod reader;
mod wire;
mod writer;

#[cfg(test)]
mod tests;

use super::Connector;
use super::scim::{group_kind, org_kind};
use crate::connector::{
    AddressChange, Configured, ConnectorError, Joining, KindSpec, Leaving, LevelSpec, Limits, ObligationSpec,
    Reader, Spec, Writer,
};
use crate::domain::{Channel, Due, Level};
use crate::net::{Endpoint, Pace};
use crate::workspace::Vendor;
use reader::OktaReader;
use std::sync::Arc;
use std::time::Duration;
use writer::OktaWriter;

/// The kinds below the organisation.
const GROUP: &str = "group";
const APP: &str = "app";

/// The level of whoever has an application.
const USER: &str = "user";

/// Deactivation runs in the background; for most people it is over within seconds.
const SETTLE: Duration = Duration::from_secs(60);

/// An organisation takes 75 requests at a time at most, and others make some too.
const LIMITS: Limits = Limits { batch: 1, pending_invitations: None, side_by_side: 8, requests: None };

/// The registry's line.
pub(crate) static CONNECTOR: Connector = Connector {
    name: "okta",
    spec,
    reader: Some(reader),
    writer: Some(writer),
    token_path: Some("/oauth2/v1/token"),
    only_by_key: true,
    pages: None,
    rules: emulator::rules,
};

const OBLIGATIONS: &[ObligationSpec] = &[ObligationSpec {
    code: "okta-tokens",
    on: Leaving::Account,
    due: Due::Before,
    once: false,
    text: "Find out what runs with API tokens that {account} made (Admin Console, Security, API, Tokens) and give it \
           others: a token ends with the account that made it.",
}];

fn spec(configured: &Configured<'_>) -> Spec {
    Spec {
        connector: "okta",
        title: "Okta",
        docs: "https://developer.okta.com/docs/api/",
        kinds: vec![org_kind(configured.org_levels), group_kind(GROUP), app_kind()],
        accounts: &[Channel::Api],
        suspends: true,
        provisions: true,
        address_change: AddressChange::Update,
        limits: LIMITS,
        settle: SETTLE,
        forbidden: api::FORBIDDEN,
        resends: true,
        obligations: OBLIGATIONS,
        pages: None,
    }
}

/// An application, which is made in the Admin Console and given here.
fn app_kind() -> KindSpec {
    let user = Level::parse(USER).ok();
    KindSpec {
        name: APP,
        levels: user.map(|name| LevelSpec { name, admin: false, exclusive: false }).into_iter().collect(),
        custom_levels: false,
        joint: None,
        readable: true,
        by_name: true,
        creatable: false,
        access: &[Channel::Api],
        joining: Joining::Grant,
        keeps_one: false,
    }
}

fn reader(vendor: &Vendor, endpoint: Endpoint, pace: Arc<Pace>) -> Result<Box<dyn Reader>, ConnectorError> {
    check(vendor)?;
    let clock = Arc::clone(pace.clock());
    let identity = vendor.identity.as_ref().map(|identity| Arc::clone(&identity.value));
    Ok(Box::new(OktaReader { rest: api::rest(endpoint, pace)?, identity, clock }))
}

fn writer(
    vendor: &Vendor,
    grant: Result<Endpoint, ConnectorError>,
    revoke: Result<Endpoint, ConnectorError>,
    pace: Arc<Pace>,
) -> Result<Box<dyn Writer>, ConnectorError> {
    check(vendor)?;
    let one_credential = match (&grant, &revoke) {
        (Ok(grant), Ok(revoke)) => grant.is_same_identity(revoke),
        _ => false,
    };
    let connect = |endpoint: Result<Endpoint, ConnectorError>| {
        endpoint.and_then(|endpoint| api::rest(endpoint, Arc::clone(&pace)))
    };
    match (connect(grant), connect(revoke)) {
        (Err(error), Err(_)) => Err(error),
        (grant, revoke) => {
            Ok(Box::new(OktaWriter { grant, revoke, one_credential, own: Default::default() }))
        }
    }
}

/// Okta's administrator roles are not levels of `org`: they would be given to whoever has an account.
fn check(vendor: &Vendor) -> Result<(), ConnectorError> {
    if vendor.roles.is_empty() {
        return Ok(());
    }
    Err(ConnectorError::Refused {
        message: format!(
            "The vendor {} maps `roles:`, and this connector manages no administrator roles of Okta: delete `roles:`, \
             and give such roles to a group in the Admin Console.",
            vendor.name
        ),
    })
}
