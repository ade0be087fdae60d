//! Which of a vendor's credentials did something.

/// What one of a vendor's credentials is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Duty {
    /// `token`: it reads, and does whatever else has no credential of its own.
    Read,
    /// `grant_token`: it gives access.
    Grant,
    /// `revoke_token`: it takes access.
    Revoke,
}

impl Duty {
    /// The word that records use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "token",
            Self::Grant => "grant",
            Self::Revoke => "revoke",
        }
    }

    /// The duty of that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [Self::Read, Self::Grant, Self::Revoke].into_iter().find(|duty| duty.word() == word)
    }
}
