//! Segment: the Public API.
//!
//! Facts, with their kind of source: \[D\] Segment's documentation and its published description of the API.
//!
//! - Accounts come by invitation and are their owners' everywhere at Segment: a workspace can invite and remove, and neither
//!   suspend, rename nor move an address \[D\]. So names are not read, and an address is its account
//!   ([`AddressChange::Recreate`]).
//! - What somebody may do is a list of permissions, each a role on resources. `PUT` replaces the list as a whole, `POST` adds
//!   to it \[D\]. The workspace's levels are roles on the whole workspace, by their names under `roles:`; every other
//!   permission is carried over as it was read.
//! - The description has no request that takes one person out of a group, and the nearest ones have emptied groups. So
//!   groups are read over the API and changed by people.
//! - Sixty requests a minute may change permissions, groups, users and invitations \[D\]. [`Limits`] has no word for some
//!   requests alone, so that readings keep to it, too.

pub mod emulator;
mod reader;
#[cfg(test)]
mod tests;
mod wire;
mod writer;

use super::Connector;
use super::scim::{group_kind, org_kind};
use crate::connector::{AddressChange, Channels, Configured, KindSpec, Limits, Rate, Spec};
use crate::domain::Channel;
use std::time::Duration;

/// The one kind beside the organisation.
const GROUP: &str = "group";

const API: Channels = &[Channel::Api];

/// A person before Segment's pages.
const BY_HAND: Channels = &[Channel::Runbook];

const LIMITS: Limits = Limits {
    side_by_side: 4,
    requests: Some(Rate { requests: 60, per: Duration::from_secs(60) }),
    ..Limits::NARROW
};

/// The registry's line.
pub(crate) static CONNECTOR: Connector = Connector {
    name: "segment",
    spec,
    reader: Some(reader::make),
    writer: Some(writer::make),
    token_path: None,
    only_by_key: false,
    pages: None,
    rules: emulator::rules,
};

fn spec(configured: &Configured<'_>) -> Spec {
    Spec {
        connector: "segment",
        title: "Segment",
        docs: "https://docs.segmentapis.com/tag/IAM-Users",
        kinds: vec![org_kind(configured.org_levels), KindSpec { access: BY_HAND, ..group_kind(GROUP) }],
        accounts: API,
        suspends: false,
        provisions: false,
        address_change: AddressChange::Recreate,
        limits: LIMITS,
        settle: Duration::from_secs(60),
        forbidden: &[],
        resends: false,
        obligations: &[],
        pages: None,
    }
}
