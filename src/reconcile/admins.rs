//! Who administers what, who gains and who loses it: what order and succession turn on.

use super::Context;
use crate::connector::KindSpec;
use crate::domain::{AccountId, AccountState, Action, Change, ChangeId, Loss, Offer, ResourceName};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The vendor's admins, as read.
pub(super) struct Admins<'a> {
    kinds: BTreeMap<&'a ResourceName, &'a KindSpec>,
    of: HashMap<&'a AccountId, Vec<&'a ResourceName>>,
    count: BTreeMap<&'a ResourceName, usize>,
}

impl<'a> Admins<'a> {
    pub(super) fn read(context: &Context<'a>) -> Self {
        let mut admins = Self { kinds: BTreeMap::new(), of: HashMap::new(), count: BTreeMap::new() };
        for (name, resource) in &context.settings.resources {
            let Some(kind) = context.spec.kind(&resource.kind).filter(|kind| kind.has_admins()) else {
                continue;
            };
            admins.kinds.insert(name, kind);
            for id in kind.admins(context.snapshot, name) {
                admins.of.entry(id).or_default().push(name);
                *admins.count.entry(name).or_default() += 1;
            }
        }
        admins
    }

    /// The resource on which the action gives administration.
    pub(super) fn gained<'b>(&self, action: &'b Action) -> Option<&'b ResourceName> {
        match action {
            Action::Grant { on, to } | Action::ChangeLevel { on, to, .. } => {
                self.kinds.get(&on.name).filter(|kind| kind.is_admin(to)).map(|_| &on.name)
            }
            Action::Invite { on: Some(Offer { on, to }), .. } => {
                self.kinds.get(&on.name).filter(|kind| kind.is_admin(to)).map(|_| &on.name)
            }
            Action::TransferOwnership { on, .. } => Some(&on.name),
            _ => None,
        }
    }

    /// The resources on which the action takes administration from the account.
    pub(super) fn lost(&self, account: Option<&AccountId>, action: &Action) -> Vec<&'a ResourceName> {
        let held = account.and_then(|id| self.of.get(id)).map_or(&[][..], Vec::as_slice);
        match action {
            Action::Revoke { on, .. } => held.iter().copied().filter(|name| **name == on.name).collect(),
            Action::ChangeLevel { on, .. } if self.gained(action).is_none() => {
                held.iter().copied().filter(|name| **name == on.name).collect()
            }
            Action::Suspend | Action::RemoveAccount => held.to_vec(),
            _ => Vec::new(),
        }
    }

    /// What the account administers, and loses with itself.
    pub(super) fn held(&self, account: &AccountId) -> &[&'a ResourceName] {
        self.of.get(account).map_or(&[], Vec::as_slice)
    }

    /// For each resource that would keep fewer admins than it must, by the changes or by what the provider takes: as
    /// many of the changes that give it new ones as make up for it.
    pub(super) fn successors(
        &self,
        context: &Context<'_>,
        changes: &[Change],
        (min_admins, losses): (usize, &[Loss]),
    ) -> BTreeMap<&'a ResourceName, Vec<ChangeId>> {
        let mut leaving: BTreeMap<&ResourceName, BTreeSet<&AccountId>> = BTreeMap::new();
        let mut coming: BTreeMap<&ResourceName, Vec<&ChangeId>> = BTreeMap::new();
        // Whom the provider takes replaces nobody.
        let going: BTreeSet<&AccountId> = losses.iter().map(|loss| &loss.account).collect();
        let stays = |change: &Change| change.account_id.as_ref().is_none_or(|id| !going.contains(id));
        for change in changes {
            for resource in self.lost(change.account_id.as_ref(), &change.action) {
                leaving.entry(resource).or_default().extend(&change.account_id);
            }
            let new = |on: &&ResourceName| stays(change) && self.is_new(context, change, on);
            if let Some(resource) = self.gained(&change.action).filter(new) {
                coming.entry(resource).or_default().push(&change.id);
            }
        }
        for loss in losses {
            for resource in self.held(&loss.account) {
                leaving.entry(resource).or_default().insert(&loss.account);
            }
        }
        let mut successors = BTreeMap::new();
        for (resource, accounts) in leaving {
            let left = self.count.get(resource).copied().unwrap_or_default().saturating_sub(accounts.len());
            let needed = min_admins.max(1).saturating_sub(left);
            let ids = coming.get(resource).into_iter().flatten().take(needed).map(|id| (*id).clone());
            successors.insert(resource, ids.collect());
        }
        successors
    }
}

impl Admins<'_> {
    /// Whether the change gives the resource an admin that it has not got: not one who only rises to owner, and
    /// nobody who has yet to accept, or who cannot take over yet.
    fn is_new(&self, context: &Context<'_>, change: &Change, on: &ResourceName) -> bool {
        let has = change.account_id.as_ref().and_then(|id| self.of.get(id));
        let is_admin = has.is_some_and(|resources| resources.contains(&on));
        let offered = matches!(change.action, Action::Invite { .. });
        !is_admin && !offered && change.waits.is_none() && !is_pending(context, change)
    }
}

/// Whether the account has yet to accept its invitation, and so replaces nobody.
fn is_pending(context: &Context<'_>, change: &Change) -> bool {
    let account = change.account_id.as_ref().and_then(|id| context.snapshot.accounts.get(id));
    account.is_some_and(|account| matches!(account.state, AccountState::Invited(_)))
}
