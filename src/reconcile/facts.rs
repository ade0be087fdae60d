//! What of a reading a plan can rest on: the facts that a saved plan is bound to.
//!
//! On a resource that the workspace rules over, everybody's access is one. Elsewhere only what declared users have
//! is, where it may be changed, and what the guards count: the admins. What is left out belongs to somebody else,
//! who goes on changing it; where it matters to a plan all the same, the changes or verdicts of the next one differ.

use super::Context;
use super::identity::Matches;
use crate::connector::KindSpec;
use crate::domain::{
    Account, AccountId, Email, Fact, Found, Level, Manage, Resource, ResourceName, ResourceReading,
};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// The facts of the vendor, sorted. None where nothing is managed there.
pub(super) fn of(context: &Context<'_>, matches: &Matches<'_>) -> Vec<Fact> {
    let resources = &context.settings.resources;
    let observes = context.settings.manage == Manage::Observe;
    if observes && resources.values().all(|resource| resource.manage == Manage::Observe) {
        return Vec::new();
    }
    let mut facts = Facts { context, matches, list: Vec::new(), accounts: claimed(matches) };
    for (name, reading) in &context.snapshot.resources {
        if let Some(resource) = resources.get(name) {
            facts.resource(name, resource, reading);
        }
    }
    facts.finish()
}

/// The accounts that are some declared user's, or that may be.
fn claimed<'a>(matches: &Matches<'a>) -> HashSet<&'a AccountId> {
    matches.owner.keys().copied().chain(matches.untouchable.iter().copied()).collect()
}

struct Facts<'c, 'a> {
    context: &'c Context<'a>,
    matches: &'c Matches<'a>,
    list: Vec<Fact>,
    /// Those that there is a fact about.
    accounts: HashSet<&'a AccountId>,
}

impl<'a> Facts<'_, 'a> {
    fn resource(&mut self, name: &ResourceName, resource: &Resource, reading: &'a ResourceReading) {
        let vendors = self.context.settings.manage;
        if resource.manage == Manage::Observe && vendors == Manage::Observe {
            return;
        }
        let found = match reading {
            ResourceReading::Read { id, .. } => Found::Read(id.clone()),
            ResourceReading::Missing => Found::Missing,
            ResourceReading::Unread { .. } => Found::Unread,
        };
        self.list.push(Fact::Resource { name: name.clone(), found });
        let ResourceReading::Read { holders, offers, .. } = reading else { return };
        for (id, level) in holders {
            if self.is_managed(resource, id) || self.is_counted(resource, level) {
                self.accounts.insert(id);
                let (on, account, level) = (name.clone(), id.clone(), level.clone());
                self.list.push(Fact::Holder { on, account, level });
            }
        }
        for (id, offer) in offers {
            if self.is_managed(resource, id) {
                self.accounts.insert(id);
                let (on, account, level) = (name.clone(), id.clone(), offer.level.clone());
                self.list.push(Fact::Offer { on, account, level, state: offer.state });
            }
        }
    }

    /// Whether the account's access there is for the workspace to change.
    fn is_managed(&self, resource: &Resource, id: &AccountId) -> bool {
        match resource.manage {
            Manage::Authoritative => true,
            Manage::Additive => self.matches.owner.contains_key(id) || self.matches.untouchable.contains(id),
            Manage::Observe => false,
        }
    }

    /// Whether a guard counts it: so that a resource keeps its admins, and where the vendor asks for it, anybody.
    fn is_counted(&self, resource: &Resource, level: &Level) -> bool {
        let counted = |kind: &KindSpec| kind.keeps_one || kind.is_admin(level);
        self.context.spec.kind(&resource.kind).is_some_and(counted)
    }

    fn finish(mut self) -> Vec<Fact> {
        let accounts = self.context.snapshot.accounts.values();
        let accounts = accounts.filter(|account| self.accounts.contains(&account.id));
        let accounts: Vec<Fact> = accounts.map(|account| self.account(account)).collect();
        self.list.extend(accounts);
        self.list.extend(self.context.snapshot.broken.iter().map(|record| {
            let emails: BTreeSet<&Email> = record.emails.iter().collect();
            let emails = emails.into_iter().cloned().collect();
            Fact::Broken { id: record.id.clone(), login: record.login.clone(), emails }
        }));
        self.list.sort();
        self.list
    }

    fn account(&self, account: &Account) -> Fact {
        let emails: BTreeSet<&Email> = account.emails.iter().collect();
        Fact::Account {
            id: account.id.clone(),
            login: Arc::clone(&account.login),
            state: account.state,
            emails: emails.into_iter().cloned().collect(),
            name: account.name.clone().filter(|_| self.rules_over_name(account)),
        }
    }

    fn rules_over_name(&self, account: &Account) -> bool {
        let owner = self.matches.owner.get(&account.id);
        self.context.settings.manage == Manage::Authoritative
            && owner.is_some_and(|person| person.name.is_some())
    }
}
