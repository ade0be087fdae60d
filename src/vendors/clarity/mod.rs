//! Microsoft Clarity: a vendor without an API for users, whose pages are all there is.
//!
//! Facts, with their kind of source: \[D\] Clarity's documentation, \[G\] published access guides for Clarity, \[I\]
//! issues of `microsoft/clarity`.
//!
//! - The public API exports metrics only \[D\]; no endpoint reads or changes members. Those that the pages call are
//!   unofficial, and are never called from here. What is left is a person (`runbook`), or a person's own signed-in
//!   browser (`browser`), and a reading that somebody records.
//! - Each project stands by itself: no organisation-level list of users, no bulk add, no bulk removal, no suspension,
//!   no log of who removed whom \[G\].
//! - An invitation is to one project and counts as nothing until it is accepted. At most 10 are pending on a project
//!   \[D\]; beyond that the mail may silently not be sent \[I\]. *Resend* is there "if available" \[G\].
//! - A wrong address is mended by removing and inviting again \[G\], hence [`AddressChange::Recreate`].
//! - A removal may take 2 to 5 minutes to show \[G\]. Links to shared sessions keep working for whoever has them
//!   \[G\]; data export tokens that the person made should be removed by hand \[D\].
//! - If the only member leaves, the project is deleted, and a sole Admin must make another one first \[D\].
//!
//! Where the sources disagree, the pages are described in every spelling (`pages.yaml`), and none is preferred but as
//! the first one that a person is told:
//!
//! - the list of members is *Team* \[D\] or *Users* \[G\]; people are brought in by *Add team member* and *Add* \[D\],
//!   or by *Add user* or *Invite user* and *Invite* \[G\];
//! - the roles are Admin and Team member \[D\]; or Owner, Admin and Member, where a project has one Owner, who
//!   hands ownership over and becomes an Admin \[G\]. A reading that shows no Owner is of a tenant without one;
//! - nobody can remove themselves \[G\], or Admins can *Leave* \[D\]: either way, somebody else does it here.

pub mod emulator;
#[cfg(test)]
mod tests;

use super::Connector;
use crate::connector::{
    AddressChange, Configured, Joining, KindSpec, Leaving, LevelSpec, Limits, ObligationSpec, Spec, pages,
};
use crate::domain::{Channel, Due, Level};
use std::sync::Arc;
use std::time::Duration;

/// How long a change may take to show \[G\].
const SETTLE: Duration = Duration::from_secs(5 * 60);

/// Invitations that may be pending on one project \[D\].
const PENDING: usize = 10;

/// What is known of the pages.
const PAGES: &str = include_str!("pages.yaml");

/// The one kind of resource.
const PROJECT: &str = "project";

/// Unofficial, and closed to automated access by the terms of use.
pub(super) const FORBIDDEN: (&str, &str) = (
    "/api/",
    "Clarity has no public API for users. The endpoints that its pages call are unofficial, and no tool may call them.",
);

/// The registry's line.
pub(crate) static CONNECTOR: Connector = Connector {
    name: "clarity",
    spec,
    reader: None,
    writer: None,
    token_path: None,
    only_by_key: false,
    pages: Some(PAGES),
    rules: emulator::rules,
};

fn spec(_configured: &Configured<'_>) -> Spec {
    Spec {
        connector: "clarity",
        title: "Microsoft Clarity",
        docs: "https://learn.microsoft.com/en-us/clarity/team-management",
        kinds: vec![project_kind()],
        accounts: &[],
        suspends: false,
        provisions: false,
        address_change: AddressChange::Recreate,
        limits: Limits { pending_invitations: Some(PENDING), ..Limits::NARROW },
        settle: SETTLE,
        forbidden: &[FORBIDDEN],
        resends: true,
        obligations: OBLIGATIONS,
        pages: pages::parse(PAGES).ok().map(Arc::new),
    }
}

fn project_kind() -> KindSpec {
    let level = |name: &str, admin: bool, exclusive: bool| {
        Level::parse(name).ok().map(|name| LevelSpec { name, admin, exclusive })
    };
    let levels = [level("member", false, false), level("admin", true, false), level("owner", true, true)];
    KindSpec {
        name: PROJECT,
        levels: levels.into_iter().flatten().collect(),
        // A role that nobody here has heard of is read as itself, and none can be asked for.
        custom_levels: false,
        joint: None,
        readable: true,
        by_name: false,
        creatable: false,
        access: &[Channel::Runbook, Channel::Browser],
        joining: Joining::Invitation,
        keeps_one: true,
    }
}

/// What a removal does not undo.
const OBLIGATIONS: &[ObligationSpec] = &[
    ObligationSpec {
        code: "shared-links",
        on: Leaving::Access(PROJECT),
        due: Due::After,
        once: false,
        text: "Look through the project's shared sessions and heatmaps: a link that the person made or was sent keeps \
               working for anyone who has it, with or without access to the project.",
    },
    ObligationSpec {
        code: "data-export-tokens",
        on: Leaving::Access(PROJECT),
        due: Due::After,
        once: false,
        text: "Under Settings -> Data Export of the project, revoke the tokens that the person generated: a token goes \
               on working after its maker is gone. Whatever still needs one gets a new one.",
    },
    ObligationSpec {
        code: "notify",
        on: Leaving::Access(PROJECT),
        due: Due::After,
        once: true,
        text: "Tell the person's organisation, once the removal shows. Ready to copy: \"Hello, access of {account} to our \
               projects in Microsoft Clarity has ended: {resources}. This is part of our regular access upkeep and says \
               nothing about anybody's work. If you believe that the access is still needed, please answer within five \
               working days, and we will look into it.\"",
    },
];
