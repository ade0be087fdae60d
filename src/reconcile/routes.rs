//! Every way into the provider's resource that a vendor's accounts come from, and whom it takes there.

use super::upstream::Done;
use crate::domain::{AccountId, Feed, FeedKind, Level, ResourceName, ResourceReading, Snapshot, Source};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One way into the resource that accounts come from.
pub(super) struct Route<'a> {
    /// What it is; none for access to the resource itself.
    pub(super) kind: Option<FeedKind>,
    /// The vendor's name of it, untrusted; of what could not be read, the right that is missing.
    pub(super) name: &'a str,
    /// The vendor's id of it, untrusted; of what could not be read, the connector's word for what it is.
    pub(super) what: &'a str,
    /// The declared resource whose revocation ends it, where there is one.
    pub(super) on: Option<&'a ResourceName>,
    /// The declared group that it fills, where it does not lead into the resource itself.
    pub(super) into: Option<&'a ResourceName>,
    members: Members<'a>,
}

enum Members<'a> {
    Holders(&'a BTreeMap<AccountId, Level>),
    Listed(&'a BTreeSet<AccountId>),
    Untold,
}

impl Route<'_> {
    /// Whether there is such a way, and not only perhaps one that could not be read.
    pub(super) fn is_known(&self) -> bool {
        self.kind != Some(FeedKind::Unread)
    }

    /// Whether it keeps the account, and does not only make one for whoever signs in.
    pub(super) fn lasts(&self) -> bool {
        self.kind != Some(FeedKind::JustInTime)
    }

    /// Whether the account takes this way, and whether that is certain; none where it does not.
    pub(super) fn takes(&self, id: &AccountId) -> Option<bool> {
        match self.members {
            Members::Holders(holders) => holders.contains_key(id).then_some(true),
            Members::Listed(listed) => listed.contains(id).then_some(true),
            Members::Untold => Some(false),
        }
    }
}

/// Every way into the source: access to it, what fills it, and what fills that where it is declared.
pub(super) fn routes<'a>(source: &'a Source, done: &Done<'a>) -> Vec<Route<'a>> {
    let by_id = declared(done);
    let mut routes = vec![Route {
        kind: None,
        name: source.resource.as_str(),
        what: source.resource.as_str(),
        on: Some(&source.resource),
        into: None,
        members: match done.snapshot.resources.get(&source.resource) {
            Some(ResourceReading::Read { holders, .. }) => Members::Holders(holders),
            // A resource that the vendor lacks has nobody on it.
            Some(ResourceReading::Missing) => Members::Listed(NOBODY),
            _ => Members::Untold,
        },
    }];
    let mut seen = BTreeSet::from([&source.resource]);
    let mut open = vec![&source.resource];
    while let Some(name) = open.pop() {
        for feed in done.snapshot.feeds.get(name).into_iter().flatten() {
            let group = by_id.get(&*feed.id).copied().filter(|_| feed.kind == FeedKind::Group);
            open.extend(group.filter(|group| seen.insert(group)));
            routes.push(Route {
                kind: Some(feed.kind),
                name: &feed.name,
                what: &feed.id,
                on: group,
                into: Some(name).filter(|name| **name != source.resource),
                members: members(done.snapshot, feed, group),
            });
        }
    }
    routes
}

static NOBODY: &BTreeSet<AccountId> = &BTreeSet::new();

/// The provider's declared resources by the vendor's own ids.
fn declared<'a>(done: &Done<'a>) -> HashMap<&'a str, &'a ResourceName> {
    let mut by_id = HashMap::new();
    for (name, resource) in &done.vendor.settings.resources {
        let read = match done.snapshot.resources.get(name) {
            Some(ResourceReading::Read { id, .. }) => id.as_deref(),
            _ => None,
        };
        by_id.extend(read.or(resource.id.as_deref()).map(|id| (id, name)));
    }
    by_id
}

fn holders<'a>(snapshot: &'a Snapshot, name: &ResourceName) -> Option<&'a BTreeMap<AccountId, Level>> {
    match snapshot.resources.get(name) {
        Some(ResourceReading::Read { holders, .. }) => Some(holders),
        _ => None,
    }
}

fn members<'a>(snapshot: &'a Snapshot, feed: &'a Feed, group: Option<&ResourceName>) -> Members<'a> {
    let read = || group.and_then(|group| holders(snapshot, group)).map(Members::Holders);
    let listed = feed.accounts.as_ref().map(Members::Listed);
    listed.or_else(read).unwrap_or(Members::Untold)
}
