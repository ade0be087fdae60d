//! What a vendor was read to hold at one moment, or why it could not be read.

use super::{Account, AccountId, Broken, Invitation, Level, ResourceName};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One vendor's reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Every account and every readable resource was read to its end.
    Complete(Snapshot),
    /// It was not, and nothing may be concluded from it.
    Unreadable(Unreadable),
}

/// Why a vendor could not be read. Stands where a snapshot would, so that nobody can take it for an empty one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What went wrong, in full sentences, with vendor text already neutralised.
    pub reason: String,
    /// How to mend it.
    pub hint: Option<String>,
    /// When it was tried.
    pub at: Timestamp,
}

/// A complete reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// When the reading ended.
    pub read_at: Timestamp,
    /// Where it came from: `api`, or the name of a recorded export.
    pub source: Arc<str>,
    /// Every account that could be understood, by the vendor's id.
    pub accounts: BTreeMap<AccountId, Account>,
    /// The records of those that could not, set aside. Without them the reading is as complete as any.
    pub broken: Vec<Broken>,
    /// Every declared resource.
    pub resources: BTreeMap<ResourceName, ResourceReading>,
    /// The account that the credential belongs to, where the vendor tells.
    pub own: Option<AccountId>,
    /// The resources that no request reads, and that somebody has recorded.
    pub recorded: BTreeMap<ResourceName, Recorded>,
    /// By what each resource is filled without anybody being given it there, where the vendor tells.
    pub feeds: BTreeMap<ResourceName, Vec<Feed>>,
    /// Accounts that the vendor keeps and nobody can use, until somebody brings them back: no access, and no accounts.
    pub retired: BTreeMap<AccountId, Account>,
    /// Resources whose names are near that of a declared one that the vendor lacks, as far as was read: a hint.
    pub similar: BTreeMap<ResourceName, Vec<Similar>>,
    /// Accounts whose state no request changes but only a person does, with how: suspended ones that none lets in again, and
    /// others that none suspends. A step in the connector's own words.
    pub by_hand: BTreeMap<AccountId, Arc<str>>,
}

/// A resource that a declared one that is missing may have meant. All text is the vendor's, bounded and untrusted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Similar {
    /// The vendor's own id of it.
    pub id: Arc<str>,
    /// The vendor's display name.
    pub name: Arc<str>,
}

/// What a feed is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeedKind {
    /// A group whose members have access.
    Group,
    /// A rule that puts whoever fits it into a group.
    Rule,
    /// A setting that makes an account for whoever signs in.
    JustInTime,
    /// Something that could not be read, so that it may be there and may be not. Its id says what, and its name what
    /// right is missing.
    Unread,
}

impl Feed {
    /// One that could not be read: what it is, and the right that is missing.
    #[must_use]
    pub fn unread(what: &str, right: &str) -> Self {
        Self { kind: FeedKind::Unread, id: Arc::from(what), name: Arc::from(right), accounts: None }
    }
}

impl FeedKind {
    /// The word for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Rule => "rule",
            Self::JustInTime => "just-in-time provisioning",
            Self::Unread => "unread",
        }
    }
}

/// Something that gives access to a resource by itself. All text is the vendor's and untrusted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Feed {
    /// What it is.
    pub kind: FeedKind,
    /// The vendor's own id of it.
    pub id: Arc<str>,
    /// The vendor's display name.
    pub name: Arc<str>,
    /// To whom it gives access; none where that cannot be told.
    pub accounts: Option<BTreeSet<AccountId>>,
}

/// Where a recorded reading of one resource comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// When the vendor's page showed it.
    pub taken: Timestamp,
    /// Who recorded it, in their own words: untrusted.
    pub by: Arc<str>,
    /// The file under the workspace's root.
    pub file: Arc<str>,
}

/// One resource's reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceReading {
    /// Its holders and their levels.
    Read {
        /// The vendor's own id of the resource.
        id: Option<Arc<str>>,
        /// Who holds what. An id that no account and no broken record has is a dangling member.
        holders: BTreeMap<AccountId, Level>,
        /// Who is offered what, and has not taken it: no access.
        offers: BTreeMap<AccountId, Invitation>,
    },
    /// The vendor has no such resource.
    Missing,
    /// This channel cannot read it, and nothing may be concluded about who has access.
    Unread {
        /// Why.
        reason: Arc<str>,
        /// Whether access can be given on it all the same. Where it is not even clear which resource it is, or whom
        /// a change would reach, nothing is planned.
        open: bool,
    },
}
