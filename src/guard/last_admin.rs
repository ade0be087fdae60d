//! Where a vendor lets neither the last admin nor the last holder of a resource go, or deletes the resource with
//! them, one stays. No override helps, for the vendor would not yield either.

use super::pending::Doubtful;
use super::{Opinion, Subject, losses};
use crate::connector::KindSpec;
use crate::domain::{
    AccountId, AccountState, Action, Change, ChangeId, Level, Loss, ResourceName, ResourceReading,
};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(subject: &Subject<'_>) -> Opinion {
    let mut short = Vec::new();
    let mut holds = Vec::new();
    let mut taken = Vec::new();
    let mut judged = 0;
    let losing = Losing::of(subject);
    for (name, resource) in &subject.vendor.settings.resources {
        let kind = subject.vendor.spec.kind(&resource.kind).filter(|kind| kind.keeps_one);
        let reading = subject.snapshot().and_then(|snapshot| snapshot.resources.get(name));
        let (Some(kind), Some(ResourceReading::Read { holders, .. })) = (kind, reading) else { continue };
        judged += 1;
        let mut held = BTreeSet::new();
        for doubt in subject.worlds(name, kind) {
            let mut watch = Watch::new(subject, (name, kind), (holders, &doubt), &losing);
            watch.follow(subject, &losing);
            if watch.headless {
                short.push(format!("{name} would keep no admin"));
                held.extend(watch.admin_losses);
            } else if watch.empty {
                short.push(format!("{name} would keep nobody at all"));
                held.extend(watch.losses);
            }
        }
        taken.extend(subject.moving_losses().filter(|(loss, _)| loss.by.iter().any(|id| held.contains(id))));
        holds.extend(held);
    }
    short.dedup();
    if short.is_empty() {
        return Opinion::pass(match judged {
            0 => "nothing here has to keep one".to_owned(),
            _ => "every resource that has to keep an admin and a holder keeps one".to_owned(),
        });
    }
    taken.sort_by(|a, b| a.0.account.cmp(&b.0.account));
    taken.dedup_by(|a, b| a.0.account == b.0.account);
    let detail = format!(
        "{}; {} lets the last one not go, and an invitation that nobody has accepted replaces nobody{}",
        short.join(", "),
        subject.vendor.spec.title,
        losses::told(&taken)
    );
    Opinion::object(detail, "declare another admin, and plan again once they have accepted", holds)
}

/// The changes that an apply can carry out, and the accounts that the provider takes: the same for every resource.
struct Losing<'a> {
    changes: Vec<&'a Change>,
    /// By how many of the changes each loss certainly comes later, the first to go first.
    due: Vec<(usize, &'a Loss)>,
    /// Whom the provider takes: they replace nobody.
    going: BTreeSet<&'a AccountId>,
}

impl<'a> Losing<'a> {
    fn of(subject: &'a Subject<'_>) -> Self {
        let changes: Vec<&Change> = subject.moving().collect();
        let by_id = subject.by_id();
        let behind = |(loss, _): (&'a Loss, _)| (losses::behind(loss, &changes, &by_id), loss);
        let mut due: Vec<(usize, &Loss)> = subject.moving_losses().map(behind).collect();
        due.sort_by_key(|(behind, _)| *behind);
        let going = due.iter().map(|(_, loss)| &loss.account).collect();
        Self { changes, due, going }
    }
}

/// A resource's usable admins and holders, followed through the plan in its order.
struct Watch<'a> {
    name: &'a ResourceName,
    kind: &'a KindSpec,
    admins: BTreeSet<&'a AccountId>,
    holders: BTreeSet<&'a AccountId>,
    going: &'a BTreeSet<&'a AccountId>,
    /// Who was an admin, or held anything, and does no more. Whatever takes from them is held, not the first such change
    /// alone: each would do it.
    gone_admins: BTreeSet<&'a AccountId>,
    gone_holders: BTreeSet<&'a AccountId>,
    admin_losses: BTreeSet<ChangeId>,
    losses: BTreeSet<ChangeId>,
    /// Whether at some moment no admin is left of those that were there.
    headless: bool,
    /// Whether at some moment nobody is.
    empty: bool,
}

impl<'a> Watch<'a> {
    fn new(
        subject: &'a Subject<'_>,
        (name, kind): (&'a ResourceName, &'a KindSpec),
        (holders, doubt): (&'a BTreeMap<AccountId, Level>, &Doubtful<'_>),
        losing: &'a Losing<'a>,
    ) -> Self {
        let is_there = |id: &AccountId| is_usable(subject, id) && !doubt.is_gone(id);
        let usable: Vec<_> = holders.iter().filter(|(id, _)| is_there(id)).collect();
        let is_admin = |id: &AccountId, level: &Level| kind.is_admin(level) && !doubt.is_no_admin(id);
        Self {
            name,
            kind,
            admins: usable.iter().filter(|(id, level)| is_admin(id, level)).map(|(id, _)| *id).collect(),
            holders: usable.iter().map(|(id, _)| *id).collect(),
            going: &losing.going,
            gone_admins: BTreeSet::new(),
            gone_holders: BTreeSet::new(),
            admin_losses: BTreeSet::new(),
            losses: BTreeSet::new(),
            headless: false,
            empty: false,
        }
    }

    /// Follows the plan. Whom the provider takes, goes as soon as may be.
    fn follow(&mut self, subject: &'a Subject<'_>, losing: &'a Losing<'a>) {
        let held: BTreeSet<&AccountId> = self.holders.clone();
        let due = losing.due.iter().filter(|(_, loss)| held.contains(&loss.account));
        let mut due = due.copied().peekable();
        for at in 0..=losing.changes.len() {
            while let Some((_, loss)) = due.next_if(|(behind, _)| *behind == at) {
                self.lose(&loss.by, &loss.account, false);
            }
            if let Some(change) = losing.changes.get(at).copied() {
                self.step(subject, change);
            }
        }
    }

    fn step(&mut self, subject: &Subject<'_>, change: &'a Change) {
        let Some(id) = &change.account_id else { return };
        if change.action.target().is_some_and(|on| on.name != *self.name) {
            return;
        }
        let usable = is_usable(subject, id) && !self.going.contains(id);
        match &change.action {
            Action::Grant { to, .. } | Action::ChangeLevel { to, .. } if self.kind.is_admin(to) => {
                self.gain(id, usable, true);
            }
            Action::Grant { .. } => self.gain(id, usable, false),
            Action::ChangeLevel { .. } => self.lose(std::slice::from_ref(&change.id), id, true),
            Action::TransferOwnership { from, .. } => {
                self.gain(id, usable, true);
                if !self.kind.below_exclusive().is_some_and(|level| self.kind.is_admin(level)) {
                    self.lose(std::slice::from_ref(&change.id), from, true);
                }
            }
            Action::Revoke { .. } | Action::Suspend | Action::RemoveAccount => {
                self.lose(std::slice::from_ref(&change.id), id, false);
            }
            _ => {}
        }
    }

    fn gain(&mut self, id: &'a AccountId, usable: bool, admin: bool) {
        if usable {
            self.holders.insert(id);
            self.gone_holders.remove(id);
            if admin {
                self.admins.insert(id);
                self.gone_admins.remove(id);
            }
        }
    }

    fn lose(&mut self, by: &[ChangeId], id: &'a AccountId, stays: bool) {
        if self.admins.remove(id) {
            self.gone_admins.insert(id);
            self.headless |= self.admins.is_empty();
        }
        if self.gone_admins.contains(id) {
            self.admin_losses.extend(by.iter().cloned());
        }
        if stays {
            return;
        }
        if self.holders.remove(id) {
            self.gone_holders.insert(id);
            self.empty |= self.holders.is_empty();
        }
        if self.gone_holders.contains(id) {
            self.losses.extend(by.iter().cloned());
        }
    }
}

fn is_usable(subject: &Subject<'_>, id: &AccountId) -> bool {
    let account = subject.snapshot().and_then(|snapshot| snapshot.accounts.get(id));
    account.is_some_and(|account| account.state == AccountState::Active)
}
