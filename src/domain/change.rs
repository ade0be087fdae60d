//! One step that converges a vendor.

use super::{AccountId, Level, ResourceName, Span, UserName, VendorName};
use std::fmt;
use std::sync::Arc;

/// A change's id within its plan: the vendor and a number, as in `heap-0001`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeId(Arc<str>);

impl ChangeId {
    /// The `number`th change of a vendor, counted from 1.
    #[must_use]
    pub fn new(vendor: &VendorName, number: usize) -> Self {
        Self(Arc::from(format!("{vendor}-{number:04}")))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ChangeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// How a change is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// By the vendor's API.
    Api,
    /// Through the vendor's pages, in the operator's own visible session.
    Browser,
    /// By a person who follows exact steps.
    Runbook,
}

impl Channel {
    /// The word that files and JSON use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Browser => "browser",
            Self::Runbook => "runbook",
        }
    }
}

/// How much harm a wrong change would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Risk {
    /// A gain of ordinary access, or a display text.
    Low,
    /// A loss of ordinary access.
    Medium,
    /// An account lost, or administrative access gained or lost.
    High,
}

impl Risk {
    /// The word that JSON uses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What an account should be created with or show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// The sign-in name.
    pub login: Arc<str>,
    /// The display name.
    pub name: Option<Arc<str>>,
}

/// The resource that a change acts on, with what a writer needs to find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name in the workspace.
    pub name: ResourceName,
    /// Its kind.
    pub kind: Arc<str>,
    /// The vendor's own id; none for a resource that an earlier change of the plan creates.
    pub id: Option<Arc<str>>,
    /// The vendor's display name, where it is found or created by that.
    pub display: Option<Arc<str>>,
}

/// Access that an invitation offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// On what.
    pub on: Target,
    /// As what.
    pub to: Level,
}

/// What a change does, with both ends of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Creates the resource at the vendor.
    CreateResource {
        /// Which.
        on: Target,
    },
    /// Creates the account.
    Invite {
        /// As whom.
        profile: Profile,
        /// The handle-bearing id to leave on the account, so that a rename can be recognised.
        external_id: Arc<str>,
        /// What it is offered access to, where a vendor invites to one resource and not to the organisation.
        on: Option<Offer>,
    },
    /// Gives access.
    Grant {
        /// On what.
        on: Target,
        /// As what.
        to: Level,
    },
    /// Moves from one level to another.
    ChangeLevel {
        /// On what.
        on: Target,
        /// The level read.
        from: Level,
        /// The level declared.
        to: Level,
    },
    /// Takes access.
    Revoke {
        /// On what.
        on: Target,
        /// The level read.
        from: Level,
    },
    /// Hands the ownership of a resource to this change's user.
    TransferOwnership {
        /// On what.
        on: Target,
        /// The account that gives it up.
        from: AccountId,
    },
    /// Corrects what the account shows: sign-in name, display name.
    UpdateAccount {
        /// As read.
        from: Profile,
        /// As declared.
        to: Profile,
    },
    /// Makes the account unusable and keeps it.
    Suspend,
    /// Makes a suspended account usable.
    Restore,
    /// Deletes the account.
    RemoveAccount,
    /// Sends the invitation again.
    ResendInvitation {
        /// To what, where it is to one resource.
        on: Option<Target>,
    },
    /// Withdraws the invitation.
    CancelInvitation {
        /// To what, where it is to one resource.
        on: Option<Target>,
    },
}

impl Action {
    /// The word that files and JSON use.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::CreateResource { .. } => "create-resource",
            Self::Invite { .. } => "invite",
            Self::Grant { .. } => "grant",
            Self::ChangeLevel { .. } => "change-level",
            Self::Revoke { .. } => "revoke",
            Self::TransferOwnership { .. } => "transfer-ownership",
            Self::UpdateAccount { .. } => "update-account",
            Self::Suspend => "suspend",
            Self::Restore => "restore",
            Self::RemoveAccount => "remove-account",
            Self::ResendInvitation { .. } => "resend-invitation",
            Self::CancelInvitation { .. } => "cancel-invitation",
        }
    }

    /// Every action's word, in the order of the enum.
    pub const WORDS: [&'static str; 12] = [
        "create-resource",
        "invite",
        "grant",
        "change-level",
        "revoke",
        "transfer-ownership",
        "update-account",
        "suspend",
        "restore",
        "remove-account",
        "resend-invitation",
        "cancel-invitation",
    ];

    /// The resource acted on, where the action has one.
    #[must_use]
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::CreateResource { on }
            | Self::Grant { on, .. }
            | Self::ChangeLevel { on, .. }
            | Self::Revoke { on, .. }
            | Self::TransferOwnership { on, .. } => Some(on),
            Self::Invite { on, .. } => on.as_ref().map(|offer| &offer.on),
            Self::ResendInvitation { on } | Self::CancelInvitation { on } => on.as_ref(),
            _ => None,
        }
    }

    /// [`Self::target`], to fill in the id that the vendor gave.
    pub fn target_mut(&mut self) -> Option<&mut Target> {
        match self {
            Self::CreateResource { on }
            | Self::Grant { on, .. }
            | Self::ChangeLevel { on, .. }
            | Self::Revoke { on, .. }
            | Self::TransferOwnership { on, .. } => Some(on),
            Self::Invite { on, .. } => on.as_mut().map(|offer| &mut offer.on),
            Self::ResendInvitation { on } | Self::CancelInvitation { on } => on.as_mut(),
            _ => None,
        }
    }

    /// Whether access or an account is lost.
    #[must_use]
    pub fn is_removal(&self) -> bool {
        matches!(
            self,
            Self::Revoke { .. } | Self::Suspend | Self::RemoveAccount | Self::CancelInvitation { .. }
        )
    }
}

/// One step that converges a vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its id within the plan.
    pub id: ChangeId,
    /// Where.
    pub vendor: VendorName,
    /// The declared user, where the account is one's.
    pub user: Option<UserName>,
    /// That user's display name, for people.
    pub user_name: Option<Arc<str>>,
    /// The account's sign-in name: display text, untrusted.
    pub account: Option<Arc<str>>,
    /// The vendor's id of the account; none while it has yet to be created.
    pub account_id: Option<AccountId>,
    /// What is done.
    pub action: Action,
    /// How.
    pub channel: Channel,
    /// How much harm a wrong one would do.
    pub risk: Risk,
    /// Changes of the same plan that must be done before.
    pub after: Vec<ChangeId>,
    /// Why it cannot be carried out yet, whatever else is done: a full sentence. A later plan lists it again.
    pub waits: Option<Arc<str>>,
    /// The lines that ask for it, or whose absence does.
    pub because: Vec<Span>,
    /// The requester's words.
    pub reason: Option<Arc<str>>,
    /// The ticket that approved it.
    pub ticket: Option<Arc<str>>,
}
