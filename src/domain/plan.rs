//! The ordered changes, with everything a reader needs to judge them.

use super::{
    Account, AccountId, Change, ChangeId, Fact, Finding, Obligation, Recorded, ResourceName, UserName,
    VendorName,
};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the plan was made from on the workspace's side.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DesiredRef {
    /// The commit that is checked out, where the workspace is in git.
    pub commit: Option<String>,
    /// Whether `access/` differs from that commit.
    pub dirty: bool,
    /// `sha256:` and the digest of the names and bytes of the files under `access/`, the guards among them, and of the
    /// pages files that they name.
    pub digest: String,
}

/// Whether a vendor was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadingState {
    /// Read to its end.
    Complete,
    /// Not read; nothing is planned there.
    Unreadable,
}

/// What the plan was made from on one vendor's side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingRef {
    /// Whether it was read.
    pub state: ReadingState,
    /// When.
    pub read_at: Timestamp,
    /// Where from.
    pub source: Arc<str>,
    /// `sha256:` and the digest of the facts; none when unreadable.
    pub fingerprint: Option<String>,
    /// What was read and is managed, sorted.
    pub facts: Vec<Fact>,
    /// Live accounts; none when unreadable.
    pub accounts: Option<usize>,
    /// Why it is unreadable.
    pub reason: Option<String>,
    /// The resources whose reading was recorded by somebody, and when.
    pub recorded: BTreeMap<ResourceName, Recorded>,
}

/// What a guard found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing to object to.
    Pass,
    /// The changes named are not carried out.
    Block,
    /// It would block, and an operator has said why it should not.
    Overridden,
}

impl Verdict {
    /// The word that JSON uses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Block => "block",
            Self::Overridden => "overridden",
        }
    }
}

/// One guard's verdict on one vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardVerdict {
    /// The guard's name, such as `max-removals`.
    pub guard: &'static str,
    /// The vendor judged.
    pub vendor: VendorName,
    /// The verdict.
    pub verdict: Verdict,
    /// Why, with the numbers.
    pub detail: String,
    /// How to go on, when it blocks.
    pub hint: Option<String>,
    /// The changes it holds back, with those that come after them; empty on a pass.
    pub holds: Vec<ChangeId>,
    /// The operator's reason, when overridden.
    pub because: Option<String>,
}

/// An operator's word that one guard may be passed over, kept in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The guard.
    pub guard: String,
    /// Why.
    pub because: String,
}

/// The ordered changes, bound to what they came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The workspace's name.
    pub workspace: Arc<str>,
    /// The `now` it was made with.
    pub created: Timestamp,
    /// The files.
    pub desired: DesiredRef,
    /// The readings.
    pub vendors: BTreeMap<VendorName, ReadingRef>,
    /// What would be done, in order.
    pub changes: Vec<Change>,
    /// What a reader must know besides.
    pub findings: Vec<Finding>,
    /// What people must do besides.
    pub obligations: Vec<Obligation>,
    /// What the guards say; filled by `guard`, empty before.
    pub guards: Vec<GuardVerdict>,
    /// The overrides in force.
    pub overrides: Vec<Override>,
    /// How far everybody who has departed is gone, by user.
    pub departures: Vec<Departure>,
    /// The accounts that go with what an identity provider loses, for the guards of the vendors behind it.
    pub losses: Vec<Loss>,
    /// What earlier applies sent and no reading shows yet: guards take it for done.
    pub pending: Vec<Change>,
    /// Whose accounts may go in the same way from vendors that could not be read, for their guards.
    pub unseen: Vec<Unseen>,
}

/// An account that its vendor's identity provider takes, whether or not a change at the vendor itself takes it: the plan
/// ends all that certainly leads to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// The vendor behind the provider.
    pub vendor: VendorName,
    /// The account there.
    pub account: AccountId,
    /// Whose it is; none for an account of nobody.
    pub user: Option<UserName>,
    /// The provider's changes that end what leads to it, in the order of their ids; never empty.
    pub by: Vec<ChangeId>,
}

/// Somebody from whom an identity provider takes all that leads to an account at a vendor of which it is not known whom it
/// has: it could not be read, or a vendor between it and the provider could not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// The vendor behind the provider.
    pub vendor: VendorName,
    /// The vendor that could not be read.
    pub unread: VendorName,
    /// Who; none for an account of nobody.
    pub user: Option<UserName>,
    /// The accounts at the provider that are theirs; never empty.
    pub accounts: Vec<Account>,
    /// The provider's changes that end what leads to the vendor, in the order of their ids; never empty.
    pub by: Vec<ChangeId>,
}

/// How far somebody who has departed is gone from the plan's vendors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departure {
    /// Who.
    pub user: UserName,
    /// From how many vendors: those that were read to their end and where nothing is theirs that could be used or is
    /// still to be deleted.
    pub gone: usize,
    /// Of how many that the plan is about.
    pub of: usize,
    /// The oldest of the readings that prove it; none where no vendor proves anything.
    pub proven: Option<Timestamp>,
    /// Where they still have access, or may have.
    pub left: Vec<VendorName>,
    /// Where it could not be read whether they have, or was recorded only before the day of their departure.
    pub unread: Vec<VendorName>,
    /// The vendors of the workspace that the plan is not about, of which nothing is known.
    pub unasked: Vec<VendorName>,
}

impl Departure {
    /// Of how many vendors of the workspace they are to be gone.
    #[must_use]
    pub fn vendors(&self) -> usize {
        self.of + self.unasked.len()
    }

    /// Whether they are gone from all of them.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.gone == self.vendors()
    }
    /// Whether they are gone from all that the plan is about, be there vendors besides or not.
    #[must_use]
    pub fn is_gone_here(&self) -> bool {
        self.gone == self.of
    }
}
