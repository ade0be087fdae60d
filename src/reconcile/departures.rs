//! How far everybody who has departed is gone, vendor by vendor.

use super::identity::Matches;
use super::{Context, VendorInput, accounts, broken};
use crate::domain::{
    Account, AccountId, AccountState, Channel, Departure, Desired, InvitationState, Offboarding,
    ResourceName, ResourceReading, Snapshot, Standing, UserName, VendorName,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};

/// The departures, as far as the vendors that were looked at tell.
pub(super) struct Departures<'a> {
    all: BTreeMap<&'a UserName, Departure>,
}

impl<'a> Departures<'a> {
    pub(super) fn of(desired: &'a Desired, vendors: &[VendorInput]) -> Self {
        let asked: BTreeSet<&VendorName> = vendors.iter().map(|vendor| &vendor.settings.name).collect();
        let unasked: Vec<VendorName> =
            desired.vendors.iter().filter(|name| !asked.contains(name)).cloned().collect();
        let departed =
            desired.people.values().filter(|person| matches!(person.standing, Standing::Departed { .. }));
        let nowhere = |user: &UserName| Departure {
            user: user.clone(),
            gone: 0,
            of: 0,
            proven: None,
            left: Vec::new(),
            unread: Vec::new(),
            unasked: unasked.clone(),
        };
        Self { all: departed.map(|person| (&person.handle, nowhere(&person.handle))).collect() }
    }

    /// Takes in a vendor that could not be read.
    pub(super) fn unread(&mut self, vendor: &VendorName) {
        for departure in self.all.values_mut() {
            departure.of += 1;
            departure.unread.push(vendor.clone());
        }
    }

    /// Takes in a vendor that was read.
    pub(super) fn read(&mut self, context: &Context<'a>, matches: &Matches<'a>) {
        if self.all.is_empty() {
            return;
        }
        let present = self.present(context, matches);
        let (tells, proven) = (tells(context), proven(context.snapshot));
        let kept: BTreeSet<&UserName> = matches.owner.values().map(|person| &person.handle).collect();
        for (user, departure) in &mut self.all {
            departure.of += 1;
            if present.contains(user) {
                departure.left.push(context.vendor.clone());
            } else if !tells || !is_since(context, user, kept.contains(*user)) {
                departure.unread.push(context.vendor.clone());
            } else {
                departure.gone += 1;
                departure.proven = Some(departure.proven.map_or(proven, |before| before.min(proven)));
            }
        }
    }

    /// Who still has something there, or may have: what is not certainly somebody else's proves nothing.
    fn present(&self, context: &Context<'a>, matches: &Matches<'a>) -> BTreeSet<&'a UserName> {
        let mine = matches.owner.iter().filter(|(id, _)| is_usable(context, id));
        let mut present: BTreeSet<&UserName> = mine.map(|(_, person)| &person.handle).collect();
        present.extend(&matches.quarantined);
        let doubted = matches.doubted.iter().filter(|(_, id)| is_usable(context, id));
        present.extend(doubted.map(|(person, _)| &person.handle));
        if !context.snapshot.broken.is_empty() {
            let known = broken::Known::of(context);
            let records = context.snapshot.broken.iter();
            present.extend(records.flat_map(|record| known.may_have(context, record)).map(|one| &one.handle));
        }
        present
    }

    /// In the order of the users.
    pub(super) fn finish(self) -> Vec<Departure> {
        let sorted = |mut departure: Departure| {
            departure.left.sort();
            departure.unread.sort();
            departure
        };
        self.all.into_values().map(sorted).collect()
    }
}

/// Whether the account gives access, is an offer of some that can be taken, or is there and should not be.
fn is_usable(context: &Context<'_>, id: &AccountId) -> bool {
    if !context.has_accounts() {
        return accounts::is_listed(context, id);
    }
    match context.snapshot.accounts.get(id) {
        Some(Account { state: AccountState::Active, .. }) => !context.strips() || holds_more(context, id),
        Some(Account { state: AccountState::Invited(InvitationState::Pending), .. }) => true,
        // Who is suspended where accounts are deleted is still to be: somebody there may open it again meanwhile.
        Some(Account { state: AccountState::Suspended, .. }) => {
            context.settings.offboarding == Offboarding::Delete
        }
        _ => false,
    }
}

/// Whether the account may do more than everybody who is at the vendor at all.
fn holds_more(context: &Context<'_>, id: &AccountId) -> bool {
    context.snapshot.resources.iter().any(|(name, reading)| match reading {
        ResourceReading::Read { holders, .. } if name.is_org() => {
            let kind = context.spec.kind(ResourceName::ORG);
            holders.get(id).is_some_and(|level| kind.and_then(|kind| kind.rank(level)) != Some(0))
        }
        ResourceReading::Read { holders, .. } => holders.contains_key(id),
        ResourceReading::Missing => false,
        ResourceReading::Unread { .. } => true,
    })
}

/// Whether who is absent from the reading has no access: either everybody's account was read, or all that gives any.
fn tells(context: &Context<'_>) -> bool {
    let unread = |reading: &ResourceReading| matches!(reading, ResourceReading::Unread { .. });
    match context.has_accounts() {
        true => context.knows_accounts(),
        false => !context.snapshot.resources.values().any(unread),
    }
}

/// Whether what somebody recorded, and the absence rests on, was recorded on the day of the departure or later: who was
/// not there before it may have been let in since. `kept`: whether there is an account of theirs that may do nothing.
fn is_since(context: &Context<'_>, user: &UserName, kept: bool) -> bool {
    let Some(Standing::Departed { on, .. }) = context.desired.people.get(user).map(|person| &person.standing)
    else {
        return true;
    };
    let by_requests = context.spec.accounts.contains(&Channel::Api);
    let rests = |name: &ResourceName| match context.has_accounts() {
        true => (kept && context.strips()) || (name.is_org() && !by_requests),
        false => true,
    };
    let recorded = context.snapshot.recorded.iter().filter(|(name, _)| rests(name));
    recorded.map(|(_, recorded)| recorded.taken.to_zoned(TimeZone::UTC).date()).all(|day| day >= *on)
}

/// When the reading saw what it rests on: of what was recorded, the oldest.
fn proven(snapshot: &Snapshot) -> Timestamp {
    let recorded = snapshot.recorded.values().map(|recorded| recorded.taken);
    recorded.fold(snapshot.read_at, Ord::min)
}
