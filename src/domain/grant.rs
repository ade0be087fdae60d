//! Grants, and the whole of what is desired.

use super::{Finding, Level, Person, ResourceName, Span, UserName, VendorName};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// User × vendor × resource × level, with why it exists and until when. One user has at most one grant per
/// resource: where several are declared, resolve keeps the highest level.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// Where.
    pub vendor: VendorName,
    /// On what.
    pub resource: ResourceName,
    /// Who.
    pub user: UserName,
    /// As what.
    pub level: Level,
    /// Last day of access in the workspace's time zone; none: open-ended.
    pub until: Option<Date>,
    /// Why, in the requester's words.
    pub reason: Option<Arc<str>>,
    /// The ticket that approved it.
    pub ticket: Option<Arc<str>>,
    /// The lines that ask for it, the user's first.
    pub origins: Vec<Span>,
}

/// Grants in order of vendor, resource and user, one for each such triple.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrantSet(Vec<Grant>);

impl GrantSet {
    /// Sorts the grants. Where two name one vendor, resource and user, the first in order is kept; callers
    /// that care which one settle it before.
    #[must_use]
    pub fn new(mut grants: Vec<Grant>) -> Self {
        grants.sort_unstable();
        grants.dedup_by(|b, a| a.vendor == b.vendor && a.resource == b.resource && a.user == b.user);
        Self(grants)
    }

    /// All of them, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Grant] {
        &self.0
    }

    /// Those at one vendor.
    #[must_use]
    pub fn at(&self, vendor: &VendorName) -> &[Grant] {
        let start = self.0.partition_point(|grant| grant.vendor < *vendor);
        let end = self.0.partition_point(|grant| grant.vendor <= *vendor);
        &self.0[start..end]
    }

    /// Those on one resource.
    #[must_use]
    pub fn on(&self, vendor: &VendorName, resource: &ResourceName) -> &[Grant] {
        let start = self.0.partition_point(|grant| (&grant.vendor, &grant.resource) < (vendor, resource));
        let end = self.0.partition_point(|grant| (&grant.vendor, &grant.resource) <= (vendor, resource));
        &self.0[start..end]
    }

    /// The one on this resource for this user.
    #[must_use]
    pub fn get(&self, vendor: &VendorName, resource: &ResourceName, user: &UserName) -> Option<&Grant> {
        let at = self.0.binary_search_by(|grant| {
            (&grant.vendor, &grant.resource, &grant.user).cmp(&(vendor, resource, user))
        });
        at.ok().map(|index| &self.0[index])
    }
}

/// What the workspace wants on one day: the output of resolve.
#[derive(Debug, Clone, Default)]
pub struct Desired {
    /// Every declared user.
    pub people: BTreeMap<UserName, Person>,
    /// Every grant in force.
    pub grants: GrantSet,
    /// Grants that are declared and whose date has passed, for `additive` vendors and for saying why.
    pub ended: GrantSet,
    /// Every vendor that the workspace declares, whether or not a plan is about it.
    pub vendors: BTreeSet<VendorName>,
    /// What a reader should know: dates in the past, levels that a higher one overrides.
    pub findings: Vec<Finding>,
}
