//! What a vendor was read to hold, as far as it is managed: what a saved plan rests on.

use super::{AccountId, AccountState, Email, InvitationState, Level, ResourceName};
use std::sync::Arc;

/// How a declared resource was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Found {
    /// It was read. The vendor's own id of it, where one is known.
    Read(Option<Arc<str>>),
    /// The vendor has none.
    Missing,
    /// Nobody knows who has access to it.
    Unread,
}

impl Found {
    /// The word that JSON uses.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Missing => "missing",
            Self::Unread => "unread",
        }
    }
}

/// One thing that was read and that a plan can rest on. No moment is among them, nor anything else that changes by
/// itself. All text but resources' names is the vendor's and untrusted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// An account.
    Account {
        /// The vendor's id.
        id: AccountId,
        /// The sign-in name.
        login: Arc<str>,
        /// Whether it can be used.
        state: AccountState,
        /// Every address, sorted.
        emails: Vec<Email>,
        /// The display name, where the workspace rules over it.
        name: Option<Arc<str>>,
    },
    /// A declared resource.
    Resource {
        /// Which.
        name: ResourceName,
        /// How it was found.
        found: Found,
    },
    /// Access.
    Holder {
        /// To what.
        on: ResourceName,
        /// Whose.
        account: AccountId,
        /// As what.
        level: Level,
    },
    /// Access that is offered and not taken.
    Offer {
        /// To what.
        on: ResourceName,
        /// To whom.
        account: AccountId,
        /// As what.
        level: Level,
        /// How far it has come.
        state: InvitationState,
    },
    /// An account's record that nobody could understand: it holds back what could be about it.
    Broken {
        /// The vendor's id, where it could be made out.
        id: Option<AccountId>,
        /// The sign-in name, likewise.
        login: Option<Arc<str>>,
        /// Every address that could be made out, sorted.
        emails: Vec<Email>,
    },
}
