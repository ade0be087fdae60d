//! What was read, as far as tasks are judged by it.

use super::event::Issued;
use crate::connector::Spec;
use crate::domain::{
    AccountId, AccountState, Broken, Channel, Email, Level, Reading, ResourceName, ResourceReading, Snapshot,
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
    taken: Timestamp,
    /// When it was seen who has an account at all; none where somebody may have one that nobody has seen.
    whole: Option<Timestamp>,
    pub(super) accounts: BTreeMap<Arc<str>, Listed>,
    /// Those that could not be understood: the readings tell nothing of them.
    pub(super) broken: BTreeSet<Arc<str>>,
}

/// An account that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) state: AccountState,
    /// When it was last seen: of several tables, by the newest that lists it.
    taken: Timestamp,
}

/// Who holds what on a resource, and is offered what, by all that their accounts are known as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReadResource {
    taken: Timestamp,
    /// The vendor's own id of it.
    id: Option<Arc<str>>,
    pub(super) holders: BTreeMap<Arc<str>, Level>,
    pub(super) offers: BTreeMap<Arc<str>, Level>,
}

impl Reads {
    /// What these readings of vendors tell, of which their connectors declare so much.
    #[must_use]
    pub fn of<'r>(readings: impl IntoIterator<Item = (&'r VendorName, &'r Spec, &'r Reading)>) -> Self {
        let mut reads = Self::default();
        for (vendor, spec, reading) in readings {
            if let Reading::Complete(snapshot) = reading {
                reads.add((vendor, spec), snapshot);
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

    fn add(&mut self, (vendor, spec): (&VendorName, &Spec), snapshot: &Snapshot) {
        let accounts = snapshot.accounts.values().flat_map(|account| {
            let listed = Listed { state: account.state, taken: last_seen(spec, snapshot, &account.id) };
            names(snapshot, &account.id).into_iter().map(move |name| (name, listed))
        });
        let accounts = accounts.collect();
        let broken = snapshot.broken.iter().flat_map(broken_names).collect();
        let (taken, whole) = (snapshot.read_at, whole(spec, snapshot));
        self.vendors.insert(vendor.clone(), ReadVendor { taken, whole, accounts, broken });
        for (name, reading) in &snapshot.resources {
            let taken = taken_of(snapshot, name);
            let (id, holders, offers) = match reading {
                ResourceReading::Read { id, holders, offers } => (id.clone(), holders, offers),
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
                id,
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

    /// When what the task is about was read. Of a whole account that is when it was last seen; where it was not, nothing
    /// follows from that unless it is known who has an account.
    pub(super) fn told(&self, issued: &Issued) -> Option<Timestamp> {
        if issued.resource.is_some() {
            return self.taken(&issued.vendor, issued.resource.as_ref());
        }
        let read = self.vendors.get(&issued.vendor)?;
        let listed = read.accounts.get(issued.account.as_deref()?).map(|listed| listed.taken);
        read.whole.map(|whole| listed.unwrap_or(whole))
    }

    /// The vendor's own id of what was read under the name of the task's resource, where that is another one than the
    /// task is about.
    #[must_use]
    pub fn another(&self, issued: &Issued) -> Option<&str> {
        let read = self.resources.get(&(issued.vendor.clone(), issued.resource.clone()?))?;
        let (then, now) = (issued.resource_id.as_deref()?, read.id.as_deref()?);
        // Some vendors write an id in one case, and take it in any.
        (!then.eq_ignore_ascii_case(now)).then_some(now)
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
            None => self.vendors.get(vendor)?.accounts.get(account)?.state == AccountState::Active,
        };
        has.then_some(taken)
    }
}

fn taken_of(snapshot: &Snapshot, resource: &ResourceName) -> Timestamp {
    snapshot.recorded.get(resource).map_or(snapshot.read_at, |recorded| recorded.taken)
}

/// When it was seen who has an account, as `reconcile` sees it: requests list all of them; without any, only the
/// organisation's own page does. Where there is no organisation, an account is no more than its access to resources.
fn whole(spec: &Spec, snapshot: &Snapshot) -> Option<Timestamp> {
    if spec.accounts.contains(&Channel::Api) {
        return Some(snapshot.read_at);
    }
    let is_read = |reading: &ResourceReading| !matches!(reading, ResourceReading::Unread { .. });
    if spec.kind(ResourceName::ORG).is_none() {
        let all = snapshot.resources.values().all(is_read);
        return all.then_some(snapshot.read_at);
    }
    let (org, reading) = snapshot.resources.get_key_value(ResourceName::ORG)?;
    matches!(reading, ResourceReading::Read { .. }).then(|| taken_of(snapshot, org))
}

/// When the account was last seen: where requests do not list it, by the newest table that does.
fn last_seen(spec: &Spec, snapshot: &Snapshot, id: &AccountId) -> Timestamp {
    if spec.accounts.contains(&Channel::Api) {
        return snapshot.read_at;
    }
    let lists = |reading: &ResourceReading| match reading {
        ResourceReading::Read { holders, offers, .. } => holders.contains_key(id) || offers.contains_key(id),
        ResourceReading::Missing | ResourceReading::Unread { .. } => false,
    };
    let tables = snapshot.resources.iter().filter(|(_, reading)| lists(reading));
    tables.map(|(name, _)| taken_of(snapshot, name)).max().unwrap_or(snapshot.read_at)
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
