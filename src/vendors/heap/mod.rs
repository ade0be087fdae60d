//! Heap: a profile on SCIM.
//!
//! Facts, with their kind of source: \[D\] Heap's documentation, \[G\] published access guides for Heap.
//!
//! - SCIM comes with the Premier plan, after SAML SSO; it creates, updates and removes users, and teams by group
//!   push \[D\]. Once it is on, teammates can be neither added nor removed in Heap's own pages \[D\]; roles stay
//!   editable there, one by one \[D\]. So accounts and teams go by `api`, and project access by `runbook` or
//!   `browser`. The organisation's roles are managed where the workspace maps `roles:`, and left alone otherwise.
//! - Without SCIM, that is without `url:`, all of it is done in the pages (`pages.yaml`), and teams are not managed: an
//!   address is invited to the organisation, and is a teammate once it accepts. Heap gives every teammate a role, so
//!   an invitation offers the lowest, and what the workspace grants on `org` is given after it was accepted.
//! - The base URL is not published, so it is the workspace's to give.
//! - Changing an address makes a second account (third parties), hence [`AddressChange::Recreate`].
//! - Propagation takes up to an hour, and API tokens may live 30 minutes longer \[G\].
//! - Project access is separate from the account: Teammates → *Add to Project* \[D\].

pub mod emulator;
mod obligations;
#[cfg(test)]
mod tests;

use super::Connector;
use super::scim::{self, Profile, group_kind, org_kind};
use crate::connector::pages::{self, Pages};
use crate::connector::{AddressChange, Channels, Configured, Joining, KindSpec, LevelSpec, Spec};
use crate::domain::{Channel, Level, ResourceName};
use obligations::OBLIGATIONS;
use std::sync::Arc;
use std::time::Duration;

/// How long a change that SCIM carries may take to show \[G\].
const SETTLE: Duration = Duration::from_secs(60 * 60);

/// How long one that is made in the pages may take; they answer at once, and nobody promises it.
const PAGES_SETTLE: Duration = Duration::from_secs(5 * 60);

/// What is known of the pages.
const PAGES: &str = include_str!("pages.yaml");

/// The kind that is changed in the pages, whatever SCIM carries.
const PROJECT: &str = "project";

/// A person, or a person's own browser.
const BY_HAND: Channels = &[Channel::Runbook, Channel::Browser];

/// Roles, lowest first; a tenant may define its own \[D\].
const LEVELS: [&str; 5] = ["read-only", "consumer", "analyst", "architect", "admin"];

static PROFILE: Profile = Profile {
    group_kind: "team",
    unread: &[(PROJECT, "Heap does not tell project access over SCIM; see Account → Manage → Teammates.")],
    forbidden: &[(
        "user_deletion",
        "Heap's user deletion endpoint erases the analytics data of end users; it has nothing to do with teammates.",
    )],
};

/// The registry's line.
pub(crate) static CONNECTOR: Connector = Connector {
    name: "heap",
    spec,
    reader: Some(|vendor, endpoint, pace| scim::reader(&PROFILE, vendor, endpoint, pace)),
    writer: Some(|vendor, grant, revoke, pace| scim::writer(&PROFILE, vendor, grant, revoke, pace)),
    token_path: None,
    only_by_key: false,
    pages: Some(PAGES),
    rules: emulator::rules,
};

fn spec(configured: &Configured<'_>) -> Spec {
    let by_hand = configured.without_api;
    let kinds = match by_hand {
        true => vec![organisation_kind(), project_kind()],
        false => vec![org_kind(configured.org_levels), group_kind(PROFILE.group_kind), project_kind()],
    };
    Spec {
        connector: "heap",
        title: "Heap",
        docs: "https://help.heap.io/heap-administration/secure-access/scim-provisioning-okta",
        kinds,
        accounts: if by_hand { BY_HAND } else { &[Channel::Api] },
        // What the pages can do instead, the lowest role and no projects, does not show as a suspension there.
        suspends: !by_hand,
        provisions: false,
        address_change: AddressChange::Recreate,
        limits: scim::LIMITS,
        settle: if by_hand { PAGES_SETTLE } else { SETTLE },
        forbidden: PROFILE.forbidden,
        resends: false,
        obligations: OBLIGATIONS,
        pages: known_pages(by_hand).map(Arc::new),
    }
}

/// What is known of the pages. With SCIM on, they neither add nor remove teammates, so that nothing is offered but
/// what concerns projects.
fn known_pages(by_hand: bool) -> Option<Pages> {
    let mut known = pages::parse(PAGES).ok()?;
    if !by_hand {
        known.procedures.retain(|procedure| procedure.kind == PROJECT);
        known.tables.retain(|kind, _| kind == PROJECT);
    }
    Some(known)
}

fn levels() -> Vec<LevelSpec> {
    let level = |name: &&str| {
        Level::parse(name).ok().map(|level| LevelSpec {
            admin: *name == "admin",
            name: level,
            exclusive: false,
        })
    };
    LEVELS.iter().filter_map(level).collect()
}

/// The organisation as its pages show it: every teammate has one role.
fn organisation_kind() -> KindSpec {
    KindSpec {
        name: ResourceName::ORG,
        levels: levels(),
        custom_levels: true,
        joint: None,
        readable: true,
        by_name: false,
        creatable: false,
        access: BY_HAND,
        joining: Joining::Grant,
        keeps_one: true,
    }
}

fn project_kind() -> KindSpec {
    KindSpec {
        name: PROJECT,
        levels: levels(),
        custom_levels: true,
        joint: None,
        readable: false,
        by_name: false,
        creatable: false,
        access: BY_HAND,
        joining: Joining::Grant,
        keeps_one: false,
    }
}
