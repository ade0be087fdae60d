//! The contract between the engine and the code that speaks to one kind of vendor.
//!
//! A connector **declares** (its [`Spec`]) and **translates** (its [`Reader`] and [`Writer`]). It does not
//! diff, retry, pace, print, or know of dry runs.

use crate::domain::{
    AccountId, AccountState, Change, Channel, Level, Resource, ResourceName, ResourceReading, Snapshot,
    VendorName,
};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// One level that a kind of resource has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelSpec {
    /// What the workspace writes.
    pub name: Level,
    /// Whether it administers the resource: counts towards `min_admins`, and makes a change high risk.
    pub admin: bool,
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
    /// Whether a reading shows who holds what.
    pub readable: bool,
    /// Whether a resource of this kind may be declared by its display name instead of its id.
    pub by_name: bool,
    /// Whether a declared resource that the vendor lacks is created, by its display name.
    pub creatable: bool,
    /// How `grant`, `change-level` and `revoke` can be carried out.
    pub access: Channels,
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
    /// What a changed address means.
    pub address_change: AddressChange,
    /// Limits.
    pub limits: Limits,
    /// How long a change may take to show in a reading.
    pub settle: Duration,
    /// Path fragments that no request of this connector may ever contain, with the reason.
    pub forbidden: &'static [(&'static str, &'static str)],
    /// What a removal leaves for people to do: a code and a sentence.
    pub removal_obligations: &'static [(&'static str, &'static str)],
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
    /// The credential is missing, wrong, expired, or lacks a right.
    #[error("{message}")]
    Unauthorised {
        /// What the vendor said.
        message: String,
    },
    /// A limit of the vendor's is reached, such as licences.
    #[error("{message}")]
    LimitReached {
        /// Which.
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
    /// Carries out one change whose channel is `api`. `account_id` and the target's `id` are filled in by then.
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

    /// The connector's declaration. `org_levels` are the keys of the vendor's `roles:`, lowest first; empty where
    /// it has none.
    fn spec(&self, connector: &str, org_levels: &[Level]) -> Option<Spec>;
}
