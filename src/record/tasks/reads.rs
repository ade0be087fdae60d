//! What was read, as far as tasks are judged by it.

use crate::domain::{
    AccountId, AccountState, Broken, Email, Level, Reading, ResourceName, ResourceReading, Snapshot,
    VendorName,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What was read of every vendor and resource that could be read, and when. What could not is not in it, so that
/// nothing is concluded from its absence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reads {
    pub(super) vendors: BTreeMap<VendorName, ReadVendor>,
    pub(super) resources: BTreeMap<(VendorName, ResourceName), ReadResource>,
    /// The resources that a vendor turned out not to have, and when. Nothing of who has access follows from that.
    missing: BTreeMap<(VendorName, ResourceName), Timestamp>,
    /// Whether they were made after every line of the ledger, which times in whole seconds cannot tell.
    last: bool,
}

/// The accounts of a vendor and whether they can be used, by all that they are known as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReadVendor {
    pub(super) taken: Timestamp,
    pub(super) accounts: BTreeMap<Arc<str>, AccountState>,
    /// Those that could not be understood: the readings tell nothing of them.
    pub(super) broken: BTreeSet<Arc<str>>,
}

/// Who holds what on a resource, and is offered what, by all that their accounts are known as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReadResource {
    pub(super) taken: Timestamp,
    pub(super) holders: BTreeMap<Arc<str>, Level>,
    pub(super) offers: BTreeMap<Arc<str>, Level>,
}

impl Reads {
    /// What these readings tell.
    #[must_use]
    pub fn of<'r>(readings: impl IntoIterator<Item = (&'r VendorName, &'r Reading)>) -> Self {
        let mut reads = Self::default();
        for (vendor, reading) in readings {
            if let Reading::Complete(snapshot) = reading {
                reads.add(vendor, snapshot);
            }
        }
        reads
    }

    /// The same, where it is known that the readings were made after everything that the ledger holds: a snapshot that
    /// has just been recorded. One that was taken in the second of a tick is newer than the tick then.
    #[must_use]
    pub fn made_last(self) -> Self {
        Self { last: true, ..self }
    }

    /// Whether what was read at `taken` was read after `at`.
    pub(super) fn is_after(&self, taken: Timestamp, at: Timestamp) -> bool {
        taken > at || (self.last && taken == at)
    }

    fn add(&mut self, vendor: &VendorName, snapshot: &Snapshot) {
        let accounts = snapshot
            .accounts
            .values()
            .flat_map(|account| names(snapshot, &account.id).into_iter().map(|name| (name, account.state)));
        let accounts = accounts.collect();
        let broken = snapshot.broken.iter().flat_map(broken_names).collect();
        self.vendors.insert(vendor.clone(), ReadVendor { taken: snapshot.read_at, accounts, broken });
        for (name, reading) in &snapshot.resources {
            let taken = snapshot.recorded.get(name).map_or(snapshot.read_at, |recorded| recorded.taken);
            let (holders, offers) = match reading {
                ResourceReading::Read { holders, offers, .. } => (holders, offers),
                ResourceReading::Missing => {
                    self.missing.insert((vendor.clone(), name.clone()), taken);
                    continue;
                }
                ResourceReading::Unread { .. } => continue,
            };
            let named = |id: &AccountId, level: &Level| {
                names(snapshot, id).into_iter().map(|name| (name, level.clone())).collect::<Vec<_>>()
            };
            let read = ReadResource {
                taken,
                holders: holders.iter().flat_map(|(id, level)| named(id, level)).collect(),
                offers: offers.iter().flat_map(|(id, offer)| named(id, &offer.level)).collect(),
            };
            self.resources.insert((vendor.clone(), name.clone()), read);
        }
    }

    /// When the resource was read, or the vendor where it is about whole accounts.
    pub(super) fn taken(&self, vendor: &VendorName, resource: Option<&ResourceName>) -> Option<Timestamp> {
        match resource {
            Some(name) => self.resources.get(&(vendor.clone(), name.clone())).map(|read| read.taken),
            None => self.vendors.get(vendor).map(|read| read.taken),
        }
    }

    /// When it was seen that the vendor has no such resource.
    pub(super) fn missing(&self, vendor: &VendorName, resource: Option<&ResourceName>) -> Option<Timestamp> {
        self.missing.get(&(vendor.clone(), resource?.clone())).copied()
    }

    /// When the account was seen to have access again, or still, though that was taken or to be taken at `at`: to the
    /// resource, or to anything at the vendor.
    #[must_use]
    pub fn has_access(
        &self,
        (vendor, resource): (&VendorName, Option<&ResourceName>),
        account: &str,
        at: Timestamp,
    ) -> Option<Timestamp> {
        let taken = self.taken(vendor, resource).filter(|taken| self.is_after(*taken, at))?;
        let has = match resource {
            Some(name) => self.resources.get(&(vendor.clone(), name.clone()))?.holders.contains_key(account),
            None => self.vendors.get(vendor)?.accounts.get(account) == Some(&AccountState::Active),
        };
        has.then_some(taken)
    }
}

fn broken_names(record: &Broken) -> impl Iterator<Item = Arc<str>> {
    let id = record.id.iter().map(|id| Arc::from(id.as_str()));
    id.chain(record.login.clone()).chain(record.emails.iter().map(|email| Arc::from(email.as_str())))
}

/// All that an account is known as: its id, its sign-in name and its addresses.
fn names(snapshot: &Snapshot, id: &AccountId) -> Vec<Arc<str>> {
    let mut names = vec![Arc::from(id.as_str())];
    if let Some(account) = snapshot.accounts.get(id) {
        let login = Email::parse(&account.login).map(|email| Arc::from(email.as_str()));
        names.push(login.unwrap_or_else(|_| Arc::clone(&account.login)));
        names.extend(account.emails.iter().map(|email| Arc::from(email.as_str())));
    }
    names
}
