//! Heap: a profile on SCIM.
//!
//! Facts, with their kind of source: \[D\] Heap's documentation, \[G\] published access guides for Heap.
//!
//! - SCIM comes with the Premier plan, after SAML SSO; it creates, updates and removes users, and teams by group
//!   push \[D\]. Once it is on, teammates can be neither added nor removed in Heap's own pages \[D\]; roles stay
//!   editable there, one by one \[D\]. So accounts and teams go by `api`, and roles and project access by `runbook`
//!   unless the workspace maps `roles:`.
//! - The base URL is not published, so it is the workspace's to give.
//! - Changing an address makes a second account (third parties), hence [`AddressChange::Recreate`].
//! - Propagation takes up to an hour, and API tokens may live 30 minutes longer \[G\].
//! - Project access is separate from the account: Teammates → *Add to Project* \[D\].

pub mod emulator;

use super::Connector;
use super::scim::{self, BATCH, Profile, group_kind, org_kind};
use crate::connector::{AddressChange, KindSpec, LevelSpec, Limits, Spec};
use crate::domain::{Channel, Level};
use std::time::Duration;

/// How long a change may take to show \[G\].
const SETTLE: Duration = Duration::from_secs(60 * 60);

/// Roles, lowest first; a tenant may define its own \[D\].
const PROJECT_LEVELS: [&str; 5] = ["read-only", "consumer", "analyst", "architect", "admin"];

static PROFILE: Profile = Profile {
    group_kind: "team",
    unread: &[("project", "Heap does not tell project access over SCIM; see Account → Manage → Teammates.")],
    forbidden: &[(
        "user_deletion",
        "Heap's user deletion endpoint erases the analytics data of end users; it has nothing to do with teammates.",
    )],
};

/// The registry's line.
pub(crate) static CONNECTOR: Connector = Connector {
    name: "heap",
    spec,
    reader: |vendor, endpoint, clock| scim::reader(&PROFILE, vendor, endpoint, clock),
    writer: |vendor, grant, revoke, clock| scim::writer(&PROFILE, vendor, grant, revoke, clock),
    rules: emulator::rules,
};

fn spec(org_levels: &[Level]) -> Spec {
    Spec {
        connector: "heap",
        title: "Heap",
        docs: "https://help.heap.io/heap-administration/secure-access/scim-provisioning-okta",
        kinds: vec![org_kind(org_levels), group_kind(PROFILE.group_kind), project_kind()],
        accounts: &[Channel::Api],
        suspends: true,
        address_change: AddressChange::Recreate,
        limits: Limits { batch: BATCH, pending_invitations: None },
        settle: SETTLE,
        forbidden: PROFILE.forbidden,
        removal_obligations: REMOVAL_OBLIGATIONS,
    }
}

fn project_kind() -> KindSpec {
    let level =
        |name: &str| Level::parse(name).ok().map(|level| LevelSpec { admin: name == "admin", name: level });
    KindSpec {
        name: "project",
        levels: PROJECT_LEVELS.iter().filter_map(|name| level(name)).collect(),
        custom_levels: true,
        readable: false,
        by_name: false,
        creatable: false,
        access: &[Channel::Runbook],
    }
}

/// Steps of the removal workflow that no request can carry out \[G\].
const REMOVAL_OBLIGATIONS: &[(&str, &str)] = &[
    (
        "hand-over-content",
        "Hand over what the person owns in Heap before the account goes: dashboards, saved analyses, tracking plans, \
         SQL queries and scheduled exports. After a deletion they stay as \"created by removed user\".",
    ),
    (
        "rotate-tokens",
        "Rotate the API tokens that the person made or knew, and reconnect integrations that use them. A token may \
         work for 30 minutes after the removal.",
    ),
    (
        "remove-from-identity-provider",
        "Remove the person from every identity provider group that is assigned to Heap, or SCIM or just-in-time \
         provisioning will create the account again.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_are_a_persons_work_and_teams_are_not() {
        let spec = spec(&[]);
        assert_eq!(spec.kind("project").unwrap().access, [Channel::Runbook]);
        assert!(!spec.kind("project").unwrap().readable);
        assert_eq!(spec.kind("team").unwrap().access, [Channel::Api]);
        let levels: Vec<&str> =
            spec.kind("org").unwrap().levels.iter().map(|level| level.name.as_str()).collect();
        assert_eq!(levels, ["member"]);
    }

    #[test]
    fn project_levels_are_a_ladder() {
        let project = project_kind();
        let rank = |name: &str| project.rank(&Level::parse(name).unwrap());
        assert!(rank("read-only") < rank("consumer") && rank("architect") < rank("admin"));
        assert_eq!(rank("auditor"), None);
    }
}
