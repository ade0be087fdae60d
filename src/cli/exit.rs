//! Every exit code.

use std::process::ExitCode;

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything asked for is so.
    Success,
    /// Something is wrong; diagnostics are on stderr.
    Error,
    /// With `--detailed-exitcode`: changes are pending.
    Pending,
    /// A guard blocks, or a vendor could not be read.
    Blocked,
    /// Apply ended with changes not done: failed, waiting for a person or for a later apply, unverified or skipped.
    NotDone,
}

impl Exit {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Error => 1,
            Self::Pending => 2,
            Self::Blocked => 3,
            Self::NotDone => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
