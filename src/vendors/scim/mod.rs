//! Any SCIM 2.0 vendor (RFC 7643, RFC 7644, RFC 9865): strict in what is sent, tolerant in what is read.

mod account;
mod dialect;
pub mod emulator;
mod group;
mod listing;
mod lookup;
mod membership;
mod provisioning;
mod reader;
mod refusal;
mod service;
#[cfg(test)]
mod testing;
mod wire;
mod writer;

use crate::connector::{AddressChange, Channels};
use crate::connector::{
    Configured, ConnectorError, Joining, KindSpec, LevelSpec, Limits, Reader, Spec, Writer,
};
use crate::domain::{Channel, Level, ResourceName};
use crate::net::{Endpoint, Pace};
use crate::vendors::Connector;
use crate::workspace::Vendor;
use reader::ScimReader;
use service::Service;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;
use writer::ScimWriter;

/// What a vendor's profile on SCIM adds to the standard.
pub(crate) struct Profile {
    /// The word after `kind:` for what SCIM calls a group.
    pub(crate) group_kind: &'static str,
    /// Kinds that SCIM does not speak of, each with the reason that a plan shows.
    pub(crate) unread: &'static [(&'static str, &'static str)],
    /// Path fragments that no request may contain, each with the reason.
    pub(crate) forbidden: &'static [(&'static str, &'static str)],
}

/// Where nothing else is known of a vendor. One large vendor takes a hundred changes in one request at most, and nobody
/// is known to take fewer.
pub(crate) const LIMITS: Limits =
    Limits { batch: 100, pending_invitations: None, side_by_side: 8, requests: None };

const API: Channels = &[Channel::Api];

static PROFILE: Profile = Profile { group_kind: "group", unread: &[], forbidden: &[] };

/// The registry's line.
pub(crate) static CONNECTOR: Connector = Connector {
    name: "scim",
    spec,
    reader: Some(|vendor, endpoint, pace| reader(&PROFILE, vendor, endpoint, pace)),
    writer: Some(|vendor, grant, revoke, pace| writer(&PROFILE, vendor, grant, revoke, pace)),
    token_path: None,
    only_by_key: false,
    pages: None,
    rules: || Arc::new(emulator::Plain),
};

fn spec(configured: &Configured<'_>) -> Spec {
    Spec {
        connector: "scim",
        title: "SCIM 2.0",
        docs: "https://www.rfc-editor.org/rfc/rfc7644",
        kinds: vec![org_kind(configured.org_levels), group_kind(PROFILE.group_kind)],
        accounts: API,
        suspends: true,
        provisions: true,
        address_change: AddressChange::Update,
        limits: LIMITS,
        settle: Duration::from_secs(10),
        forbidden: PROFILE.forbidden,
        resends: false,
        obligations: &[],
        pages: None,
    }
}

/// The organisation: an account, and above it the levels that the workspace maps to the vendor's roles. An
/// account without any of them is a member. Where of several none is called admin or owner, the highest administers:
/// guards that count nobody would let the last one go.
pub(crate) fn org_kind(levels: &[Level]) -> KindSpec {
    let is_named =
        |level: &Level| ["admin", "owner"].iter().any(|name| level.as_str().eq_ignore_ascii_case(name));
    let is_guessed = levels.len() > 1 && !levels.iter().any(is_named);
    let highest = levels.last().filter(|level| is_guessed && level.as_str() != account::MEMBER);
    let level = |name: &Level| LevelSpec {
        admin: is_named(name) || highest == Some(name),
        name: name.clone(),
        exclusive: false,
    };
    let mapped = levels.iter().map(level);
    let plain = member().into_iter().filter(|member| !levels.contains(&member.name));
    let levels = plain.chain(mapped).collect();
    KindSpec {
        name: ResourceName::ORG,
        levels,
        custom_levels: false,
        joint: None,
        readable: true,
        by_name: false,
        creatable: false,
        access: API,
        joining: Joining::Grant,
        keeps_one: false,
    }
}

/// A SCIM group, under the vendor's word for it.
pub(crate) fn group_kind(name: &'static str) -> KindSpec {
    KindSpec {
        name,
        levels: member(),
        custom_levels: false,
        joint: None,
        readable: true,
        by_name: true,
        creatable: true,
        access: API,
        joining: Joining::Grant,
        keeps_one: false,
    }
}

fn member() -> Vec<LevelSpec> {
    Level::parse(account::MEMBER)
        .map(|name| LevelSpec { name, admin: false, exclusive: false })
        .into_iter()
        .collect()
}

/// A reader for a vendor that is SCIM with a profile.
pub(crate) fn reader(
    profile: &'static Profile,
    vendor: &Vendor,
    endpoint: Endpoint,
    pace: Arc<Pace>,
) -> Result<Box<dyn Reader>, ConnectorError> {
    let service = service(profile, vendor, endpoint, &pace)?;
    let identity = vendor.identity.as_ref().map(|identity| Arc::clone(&identity.value));
    Ok(Box::new(ScimReader {
        service,
        profile,
        roles: roles(vendor),
        identity,
        clock: Arc::clone(pace.clock()),
        missed: Default::default(),
    }))
}

/// A writer for a vendor that is SCIM with a profile. `revoke` carries what takes access. A credential that cannot be
/// had stops the changes that need it, and no others.
pub(crate) fn writer(
    profile: &'static Profile,
    vendor: &Vendor,
    grant: Result<Endpoint, ConnectorError>,
    revoke: Result<Endpoint, ConnectorError>,
    pace: Arc<Pace>,
) -> Result<Box<dyn Writer>, ConnectorError> {
    let one_credential = match (&grant, &revoke) {
        (Ok(grant), Ok(revoke)) => grant.is_same_identity(revoke),
        _ => false,
    };
    let connect = |endpoint: Result<Endpoint, ConnectorError>| {
        endpoint.and_then(|endpoint| service(profile, vendor, endpoint, &pace))
    };
    let (grant, revoke) = match (connect(grant), connect(revoke)) {
        (Err(error), Err(_)) => return Err(error),
        credentials => credentials,
    };
    let own = OnceCell::new();
    Ok(Box::new(ScimWriter { grant, revoke, one_credential, own, profile, roles: roles(vendor) }))
}

fn service(
    profile: &'static Profile,
    vendor: &Vendor,
    endpoint: Endpoint,
    pace: &Arc<Pace>,
) -> Result<Arc<Service>, ConnectorError> {
    Service::new(endpoint, Arc::clone(pace), vendor.scim.clone(), profile.forbidden).map(Arc::new)
}

fn roles(vendor: &Vendor) -> account::Roles {
    vendor.roles.iter().map(|(level, value)| (level.value.clone(), Arc::clone(value))).collect()
}
