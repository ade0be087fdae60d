//! What long work tells whoever watches it.

use crate::domain::{Outcome, VendorName};

/// One thing that happened.
#[derive(Debug)]
pub enum Event<'a> {
    /// A vendor's reading began.
    Reading(&'a VendorName),
    /// It ended, with this many accounts.
    Read(&'a VendorName, usize),
    /// It ended without a result.
    Unreadable(&'a VendorName),
    /// A vendor's changes begin: how many.
    Applying(&'a VendorName, usize),
    /// Changes were sent; their outcome is known so far.
    Sent(&'a VendorName, &'a Outcome),
    /// Waiting for sent changes to show: how many do not yet.
    Settling(&'a VendorName, usize),
    /// A vendor's changes are over.
    Applied(&'a VendorName),
}

/// Watches long work.
pub trait Progress: Send + Sync {
    /// Takes note of an event. Called from several threads.
    fn event(&self, event: &Event<'_>);

    /// Wipes what is shown, before something else is printed.
    fn clear(&self) {}
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn event(&self, _: &Event<'_>) {}
}
