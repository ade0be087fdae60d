//! Which changes must not be under way at the same time. Pure.

use crate::domain::{AccountId, Action, Change, Channel, ResourceName, UserName};
use std::collections::BTreeSet;

/// What changes touch. Some vendors write a group or an account as a whole, from a reading made just before: two
/// such writes side by side lose one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Footprint {
    resources: BTreeSet<ResourceName>,
    accounts: BTreeSet<AccountId>,
    users: BTreeSet<UserName>,
    /// Whether an account goes or is switched off, and with it perhaps its place in every resource: a group that is
    /// written as a whole just then would give it back.
    removes: bool,
    /// Whether a resource is made, whose name another may have, too: of two that look for it side by side neither
    /// finds the other's.
    creates: bool,
    /// Whether the operator's one browser is needed.
    window: bool,
}

impl Footprint {
    pub(super) fn add(&mut self, change: &Change) {
        let on = change.action.target().filter(|on| *on.kind != *ResourceName::ORG);
        self.resources.extend(on.map(|on| on.name.clone()));
        self.accounts.extend(change.account_id.clone());
        self.users.extend(change.user.clone());
        if let Action::TransferOwnership { from, .. } = &change.action {
            self.accounts.insert(from.clone());
        }
        self.removes |= matches!(
            change.action,
            Action::RemoveAccount | Action::Suspend | Action::CancelInvitation { on: None }
        );
        self.creates |= matches!(change.action, Action::CreateResource { .. });
        self.window |= change.channel == Channel::Browser;
    }

    pub(super) fn join(&mut self, other: Self) {
        self.resources.extend(other.resources);
        self.accounts.extend(other.accounts);
        self.users.extend(other.users);
        self.removes |= other.removes;
        self.creates |= other.creates;
        self.window |= other.window;
    }

    /// Whether the two have to come one after the other.
    pub(super) fn crosses(&self, other: &Self) -> bool {
        let removal = |one: &Self, other: &Self| one.removes && !other.resources.is_empty();
        !self.resources.is_disjoint(&other.resources)
            || !self.accounts.is_disjoint(&other.accounts)
            || !self.users.is_disjoint(&other.users)
            || removal(self, other)
            || removal(other, self)
            || (self.creates && other.creates)
            || (self.window && other.window)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fakes::{change, grant, invite};
    use super::*;

    fn of(changes: &[Change]) -> Footprint {
        changes.iter().fold(Footprint::default(), |mut all, change| {
            all.add(change);
            all
        })
    }

    #[test]
    fn one_resource_one_account_and_one_window_are_for_one_request() {
        let grant_a = of(&[change(1, "a", grant("main", "x"))]);
        assert!(grant_a.crosses(&of(&[change(2, "b", grant("main", "x"))])));
        assert!(grant_a.crosses(&of(&[change(2, "a", grant("other", "x"))])));
        assert!(!grant_a.crosses(&of(&[change(2, "b", grant("other", "x"))])));
        assert!(!of(&[change(1, "a", invite("a"))]).crosses(&of(&[change(2, "b", invite("b"))])));
        let by_page = |at, who: &str, on| of(&[change(at, who, grant(on, "x")).by(Channel::Browser)]);
        assert!(by_page(1, "a", "main").crosses(&by_page(2, "b", "other")));
    }

    #[test]
    fn an_account_is_not_removed_while_members_are_written() {
        for goes in [Action::RemoveAccount, Action::Suspend, Action::CancelInvitation { on: None }] {
            let removal = of(&[change(1, "a", goes)]);
            assert!(removal.crosses(&of(&[change(2, "b", grant("main", "x"))])));
            assert!(of(&[change(2, "b", grant("main", "x"))]).crosses(&removal));
            assert!(!removal.crosses(&of(&[change(2, "b", Action::RemoveAccount)])));
        }
    }

    #[test]
    fn resources_are_made_one_after_another() {
        let make = |at, name: &str| {
            let Action::Grant { on, .. } = grant(name, "x") else { unreachable!() };
            let change = change(at, "a", Action::CreateResource { on });
            of(&[Change { user: None, account_id: None, ..change }])
        };
        assert!(make(1, "main").crosses(&make(2, "other")));
        assert!(!make(1, "main").crosses(&of(&[change(2, "b", grant("other", "x"))])));
    }
}
