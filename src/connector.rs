//! The contract between the engine and the code that speaks to one kind of vendor.
//!
//! A connector **declares** (its [`Spec`]) and **translates** (its [`Reader`] and [`Writer`]). It does not
//! diff, retry, pace, print, or know of dry runs.

pub(crate) mod named;
pub mod pages;
pub(crate) mod people;
pub(crate) mod similar;

use crate::domain::{
    AccountId, AccountState, Change, Channel, Due, Level, Resource, ResourceName, ResourceReading, Snapshot,
    VendorName,
};
use async_trait::async_trait;
use pages::Pages;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// One level that a kind of resource has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelSpec {
    /// What the workspace writes.
    pub name: Level,
    /// Whether it administers the resource: counts towards `min_admins`, and makes a change high risk.
    pub admin: bool,
    /// Whether one account holds it at a time, which can only hand it over: ownership. It is not granted, changed or
    /// revoked, but transferred; whoever gives it up gets the level below it on the ladder.
    pub exclusive: bool,
}

/// How somebody who has no access to a resource gets some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Joining {
    /// An account is given it.
    #[default]
    Grant,
    /// The address is invited to that one resource, whether or not it has an account elsewhere at the vendor, and has
    /// access once it accepts.
    Invitation,
}

/// How an operation on a kind of resource can be carried out, best first; empty: the vendor cannot.
pub type Channels = &'static [Channel];

/// One kind of resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindSpec {
    /// The word after `kind:`; `org` is the organisation itself.
    pub name: &'static str,
    /// Its levels, lowest first: a ladder. Where two roles give two of them, the highest wins.
    pub levels: Vec<LevelSpec>,
    /// Whether a tenant may define levels that are not listed; they stand outside the ladder, below it.
    pub custom_levels: bool,
    /// What stands between the levels of whoever holds several at once, where the vendor lets them.
    pub joint: Option<char>,
    /// Whether a reading shows who holds what.
    pub readable: bool,
    /// Whether a resource of this kind may be declared by its display name instead of its id.
    pub by_name: bool,
    /// Whether a declared resource that the vendor lacks is created, by its display name.
    pub creatable: bool,
    /// How `grant`, `change-level` and `revoke` can be carried out.
    pub access: Channels,
    /// How access begins.
    pub joining: Joining,
    /// Whether the vendor lets neither the last admin nor the last holder go, or deletes the resource with them. No
    /// override changes that.
    pub keeps_one: bool,
}

impl KindSpec {
    /// The level's place on the ladder, from 0; none for a custom or unknown one.
    #[must_use]
    pub fn rank(&self, level: &Level) -> Option<usize> {
        self.levels.iter().position(|spec| spec.name == *level)
    }

    /// Whether `to` gives less than `from`. What a level that is not on the ladder gives is unknown, so that to
    /// leave it or to move to it counts as less.
    #[must_use]
    pub fn is_lowering(&self, from: &Level, to: &Level) -> bool {
        match (self.rank(from), self.rank(to)) {
            (Some(from), Some(to)) => to < from,
            _ => from != to,
        }
    }

    /// The level that one account holds at a time, where the kind has one.
    #[must_use]
    pub fn exclusive(&self) -> Option<&Level> {
        self.levels.iter().find(|level| level.exclusive).map(|level| &level.name)
    }

    /// The level that whoever gives the exclusive one up is left with.
    #[must_use]
    pub fn below_exclusive(&self) -> Option<&Level> {
        let at = self.levels.iter().position(|level| level.exclusive)?;
        self.levels[..at].last().map(|level| &level.name)
    }

    /// Whether any level of the kind administers it.
    #[must_use]
    pub fn has_admins(&self) -> bool {
        self.levels.iter().any(|level| level.admin)
    }

    /// The usable accounts that administer a resource of this kind, as read.
    pub fn admins<'a>(
        &'a self,
        snapshot: &'a Snapshot,
        resource: &ResourceName,
    ) -> impl Iterator<Item = &'a AccountId> + use<'a> {
        let holders = match snapshot.resources.get(resource) {
            Some(ResourceReading::Read { holders, .. }) if self.has_admins() => Some(holders),
            _ => None,
        };
        let usable =
            |id| snapshot.accounts.get(id).is_some_and(|account| account.state == AccountState::Active);
        let holding = holders.into_iter().flatten().filter(|(_, level)| self.is_admin(level));
        holding.map(|(id, _)| id).filter(move |id| usable(*id))
    }

    /// Whether the level administers the resource.
    #[must_use]
    pub fn is_admin(&self, level: &Level) -> bool {
        self.levels.iter().any(|spec| spec.admin && spec.name == *level)
    }
}

/// A level that joins several, with each once and in the order of their bytes: as readings show it. One that has the
/// joint at an end or twice on end is a name of its own.
pub(crate) fn in_order(level: &str, joint: char) -> String {
    let parts: BTreeSet<&str> = level.split(joint).collect();
    match parts.contains("") {
        true => level.to_owned(),
        false => parts.into_iter().collect::<Vec<_>>().join(joint.encode_utf8(&mut [0; 4])),
    }
}

/// What a vendor makes of a changed address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressChange {
    /// The account keeps its id and gets the new address.
    Update,
    /// The vendor would make a second account: remove and create, with a finding.
    Recreate,
}

/// What the vendor allows at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Changes on one resource that may travel together.
    pub batch: usize,
    /// Invitations that may be pending on one resource.
    pub pending_invitations: Option<usize>,
    /// Requests that may be under way together.
    pub side_by_side: usize,
    /// Requests in all, where the vendor documents how many.
    pub requests: Option<Rate>,
}

impl Limits {
    /// One change and one request after the other, and nothing that is documented.
    pub const NARROW: Self = Self { batch: 1, pending_invitations: None, side_by_side: 1, requests: None };
}

/// So many in any stretch of so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub requests: usize,
    /// In how long.
    pub per: Duration,
}

/// What a connector declares about its kind of vendor, with one vendor's configuration taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// The word after `connector:`.
    pub connector: &'static str,
    /// The vendor's name, for people.
    pub title: &'static str,
    /// The vendor's documentation.
    pub docs: &'static str,
    /// Kinds of resource, `org` first where there is one.
    pub kinds: Vec<KindSpec>,
    /// How accounts are created, updated, suspended, restored and removed.
    pub accounts: Channels,
    /// Whether an account can be suspended and restored.
    pub suspends: bool,
    /// Whether accounts of other vendors can come from this one.
    pub provisions: bool,
    /// What a changed address means.
    pub address_change: AddressChange,
    /// Limits.
    pub limits: Limits,
    /// How long a change may take to show in a reading.
    pub settle: Duration,
    /// Path fragments that no request of this connector may ever contain, with the reason.
    pub forbidden: &'static [(&'static str, &'static str)],
    /// Whether the vendor can send an invitation again.
    pub resends: bool,
    /// What a removal leaves for people to do.
    pub obligations: &'static [ObligationSpec],
    /// The vendor's pages, where people or browsers carry changes out; none where everything goes by requests.
    pub pages: Option<Arc<Pages>>,
}

/// What takes access, for an obligation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// The whole account goes.
    Account,
    /// Access to a resource goes, of a kind with this name.
    Access(&'static str),
}

/// Work that a removal leaves for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObligationSpec {
    /// A constant word, such as `rotate-tokens`.
    pub code: &'static str,
    /// What brings it about.
    pub on: Leaving,
    /// Before or after the removal.
    pub due: Due,
    /// Whether it is met once for each person who leaves, and not for every resource: then the text has to name those,
    /// as `{resources}`.
    pub once: bool,
    /// What to do: full sentences. `{account}` and `{resources}` stand for whom and what it is about.
    pub text: &'static str,
}

/// What a vendor's configuration adds to its connector's declaration.
#[derive(Debug, Clone, Copy, Default)]
pub struct Configured<'a> {
    /// The keys of the vendor's `roles:`, lowest first.
    pub org_levels: &'a [Level],
    /// Whether there is no API to speak to, so that pages are all there is.
    pub without_api: bool,
}

impl Spec {
    /// The kind of this name.
    #[must_use]
    pub fn kind(&self, name: &str) -> Option<&KindSpec> {
        self.kinds.iter().find(|kind| kind.name == name)
    }
}

/// What is to be read: the declared resources. Anything else at the vendor is out of scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The vendor's name in the workspace, for messages.
    pub vendor: VendorName,
    /// The resources.
    pub resources: Vec<Resource>,
}

/// What a vendor said to a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipt {
    /// The account acted on, where the vendor named one: the id of one just created.
    pub account: Option<AccountId>,
    /// The resource acted on, likewise.
    pub resource: Option<Arc<str>>,
    /// What happened, where it is worth telling: "an account was there already and was adopted".
    pub note: Option<String>,
}

/// What went wrong, typed by what the engine should do about it. Messages are full sentences; text that came
/// from the vendor is neutralised and shortened before it enters one, and no message holds a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectorError {
    /// Nothing was carried out, and later it may be: no connection came about, or the vendor asked to be left alone
    /// for a while. Only this may be sent again.
    #[error("{message}")]
    RetryLater {
        /// How long it asked to wait.
        after: Option<Duration>,
        /// What happened.
        message: String,
    },
    /// It was sent, and nobody knows what became of it: the answer was lost, or says that something broke on the way.
    /// Only a reading can tell, and sending it again could do it twice.
    #[error("{message}")]
    Unknown {
        /// What happened.
        message: String,
    },
    /// As [`Self::Unknown`], and the vendor did answer: something broke there over this very request. It may be down as
    /// a whole, or break over the one that the request is about.
    #[error("{message}")]
    Broke {
        /// What the vendor said.
        message: String,
    },
    /// The vendor understood and declined.
    #[error("{message}")]
    Refused {
        /// Why.
        message: String,
    },
    /// What the change is about no longer exists.
    #[error("{message}")]
    Gone {
        /// What is gone.
        message: String,
    },
    /// The credential is missing, wrong, expired, or lacks a right that the vendor names.
    #[error("{message}")]
    Unauthorised {
        /// What the vendor said.
        message: String,
    },
    /// The credential is known, and may not do this: it lacks a right, or the one that this is about is out of its reach.
    #[error("{message}")]
    Forbidden {
        /// What the vendor said.
        message: String,
    },
    /// A limit of the vendor's is reached, such as licences.
    #[error("{message}")]
    LimitReached {
        /// Which.
        message: String,
    },
    /// No request reads it, and nobody has recorded what its pages show, or not lately.
    #[error("{message}")]
    Unrecorded {
        /// What is missing, and how to record it.
        message: String,
    },
    /// The vendor answered something that its connector does not understand. Fail closed.
    #[error("{message}")]
    ContractBroken {
        /// What, and what was expected.
        message: String,
    },
}

/// Reads one vendor. Holds a credential for reading.
#[async_trait]
pub trait Reader: Send + Sync {
    /// Reads every account and every resource of the scope to its end.
    ///
    /// # Errors
    /// Any [`ConnectorError`]; the engine turns it into an unreadable vendor. A partial answer is an error.
    async fn read(&self, scope: &Scope) -> Result<Snapshot, ConnectorError>;
}

/// Changes one vendor. Holds credentials for writing.
#[async_trait]
pub trait Writer: Send + Sync {
    /// Carries out one change whose channel is this writer's. `account_id` and the target's `id` are filled in by then.
    ///
    /// # Errors
    /// Any [`ConnectorError`].
    async fn execute(&self, change: &Change) -> Result<Receipt, ConnectorError>;

    /// Carries out changes of one action on one resource, at most [`Limits::batch`] of them, in as few requests
    /// as the vendor allows. One answer for each, in order.
    async fn execute_together(&self, changes: &[&Change]) -> Vec<Result<Receipt, ConnectorError>> {
        let mut answers = Vec::with_capacity(changes.len());
        for change in changes {
            answers.push(self.execute(change).await);
        }
        answers
    }
}

/// What the workspace must know of connectors to check a file offline.
pub trait Catalogue: Sync {
    /// Every connector's name.
    fn names(&self) -> Vec<&'static str>;

    /// The connector's declaration for a vendor that is configured so.
    fn spec(&self, connector: &str, configured: &Configured<'_>) -> Option<Spec>;

    /// Where its vendors give access tokens to OAuth clients, as a path of the host of `url:`; none where a workspace must
    /// say.
    fn token_path(&self, _connector: &str) -> Option<&'static str> {
        None
    }

    /// Whether its vendors give access tokens only to OAuth clients that sign with a key of their own.
    fn only_by_key(&self, _connector: &str) -> bool {
        false
    }
}
