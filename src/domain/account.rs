//! A live record of a principal at a vendor.

use super::{AccountId, Email, InvitationState};
use jiff::Timestamp;
use std::sync::Arc;

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountState {
    /// It can.
    Active,
    /// It exists and cannot be used.
    Suspended,
    /// Access is offered and not accepted.
    Invited(InvitationState),
}

impl AccountState {
    /// The word that files and JSON use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Invited(state) => state.word(),
        }
    }
}

/// One account as a vendor holds it. All text is the vendor's and untrusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The vendor's immutable id.
    pub id: AccountId,
    /// The sign-in name, as the vendor spells it.
    pub login: Arc<str>,
    /// Every address it carries, canonical, the sign-in name among them when it is one.
    pub emails: Vec<Email>,
    /// The address of its mailbox, where that is not the sign-in name: its user's as well, unless the sign-in name is one
    /// that somebody else declares.
    pub mail: Option<Email>,
    /// The display name.
    pub name: Option<Arc<str>>,
    /// The id that a provisioning client gave it.
    pub external_id: Option<Arc<str>>,
    /// Whether it can be used.
    pub state: AccountState,
    /// When it was invited; none where nobody knows or nobody did.
    pub invited: Option<Timestamp>,
}

/// An account's record that was read and could not be understood, with what could be made out. Nothing is ever
/// changed about such an account. All text but the reason is the vendor's and untrusted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    /// The vendor's id, where the record has one.
    pub id: Option<AccountId>,
    /// The sign-in name, as the vendor spells it.
    pub login: Option<Arc<str>>,
    /// Every address that could be made out, the sign-in name among them when it is one.
    pub emails: Vec<Email>,
    /// The id that a provisioning client gave it.
    pub external_id: Option<Arc<str>>,
    /// What cannot be understood: a full sentence, with the vendor's text in it neutralised.
    pub reason: String,
}

impl Broken {
    /// Whether the record may be that of the account with this id and sign-in name.
    #[must_use]
    pub fn may_be(&self, id: &AccountId, login: Option<&str>) -> bool {
        match (&self.id, &self.login, login) {
            (Some(own), ..) => own == id,
            (None, Some(own), Some(login)) => own.to_lowercase() == login.to_lowercase(),
            _ => true,
        }
    }
}
