//! Access that is offered and not yet taken.

use super::Level;
use jiff::Timestamp;

/// How far an invitation has come. One that was accepted is no invitation any more, but access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InvitationState {
    /// It waits for an answer.
    Pending,
    /// It can no longer be accepted.
    Expired,
    /// The person said no.
    Declined,
}

impl InvitationState {
    /// The word that files and JSON use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Expired => "expired",
            Self::Declined => "declined",
        }
    }
}

/// An offer of access to one resource. It gives nobody anything yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The level offered.
    pub level: Level,
    /// How far it has come.
    pub state: InvitationState,
    /// When it was sent, or first seen; none where nobody knows.
    pub since: Option<Timestamp>,
}
