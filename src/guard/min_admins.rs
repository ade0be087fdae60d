//! A resource keeps enough admins: who goes, or whose account the provider takes, must have been replaced.

use super::pending::Doubtful;
use super::{Opinion, Subject, losses, unseen};
use crate::connector::KindSpec;
use crate::domain::{
    Account, AccountId, AccountState, Action, Change, ChangeId, Loss, ResourceName, ResourceReading,
    Standing, Unseen,
};
use std::collections::BTreeSet;

pub(super) fn check(subject: &Subject<'_>) -> Opinion {
    let what = "how many of its admins would go is not known";
    let hint = "; if it is meant, pass `--override min-admins --because TEXT`";
    unseen::besides(of_those_read(subject), &unseen(subject), (what, hint))
}

/// Who may be an admin where nothing was read, and is to stay. Whoever departs is not held up by an outage.
fn unseen<'a>(subject: &Subject<'a>) -> Vec<&'a Unseen> {
    let stays = |one: &&Unseen| {
        subject.unseen_person(one).is_some_and(|person| matches!(person.standing, Standing::Active))
    };
    if subject.guards.min_admins == 0 || !has_admins(subject) {
        return Vec::new();
    }
    subject.moving_unseen().filter(stays).collect()
}

/// Whether there are admins to count on any of the vendor's resources.
fn has_admins(subject: &Subject<'_>) -> bool {
    let spec = &subject.vendor.spec;
    let mut resources = subject.vendor.settings.resources.values();
    resources.any(|resource| spec.kind(&resource.kind).is_some_and(KindSpec::has_admins))
}

fn of_those_read(subject: &Subject<'_>) -> Opinion {
    let mut short = Vec::new();
    let mut holds = Vec::new();
    let mut taken = Vec::new();
    let mut not_counted: Vec<&AccountId> = Vec::new();
    let needed = usize::try_from(subject.guards.min_admins).unwrap_or(usize::MAX);
    for (name, resource) in &subject.vendor.settings.resources {
        let Some(kind) = subject.vendor.spec.kind(&resource.kind) else { continue };
        let Some(read) = admins(subject, name, kind) else { continue };
        // An admin who may be none any more replaces nobody, and goes no more easily than any other.
        let worlds = subject.worlds(name, kind).into_iter();
        let found: Vec<Short<'_>> =
            worlds.filter_map(|doubt| short_of(subject, (name, kind), &read, (&doubt, needed))).collect();
        short.extend(found.first().map(|first| first.words.clone()));
        for one in found {
            holds.extend(one.losing);
            taken.extend(one.lost);
            not_counted.extend(one.doubtful);
        }
    }
    if short.is_empty() {
        return Opinion::pass(kept(subject, needed));
    }
    taken.sort_by(|a, b| a.0.account.cmp(&b.0.account));
    taken.dedup_by(|a, b| a.0.account == b.0.account);
    holds.extend(losses::by(&taken));
    let detail = format!(
        "{}; at least {needed} are required{}{}",
        short.join(", "),
        losses::told(&taken),
        subject.told_doubtful(not_counted)
    );
    let hint = "declare another admin first; if it is meant, pass `--override min-admins --because TEXT`";
    Opinion::object(detail, hint, holds)
}

/// A resource that would keep too few admins.
struct Short<'a> {
    words: String,
    losing: Vec<ChangeId>,
    lost: Vec<(&'a Loss, &'a Account)>,
    /// Who was not counted, since they may be no admin any more.
    doubtful: BTreeSet<&'a AccountId>,
}

fn short_of<'a>(
    subject: &'a Subject<'_>,
    (name, kind): (&ResourceName, &KindSpec),
    read: &BTreeSet<&'a AccountId>,
    (doubt, needed): (&Doubtful<'_>, usize),
) -> Option<Short<'a>> {
    let (doubtful, before): (BTreeSet<_>, BTreeSet<_>) =
        read.iter().copied().partition(|id| doubt.is_no_admin(id));
    let moving: Vec<_> = subject.moving_losses().collect();
    let going: BTreeSet<&AccountId> = moving.iter().map(|(loss, _)| &loss.account).collect();
    let mut gained = 0;
    let mut in_vain: BTreeSet<&AccountId> = BTreeSet::new();
    let mut after = before.clone();
    let mut losing: Vec<ChangeId> = Vec::new();
    for change in subject.moving() {
        if gives(change, name, kind, &before) && is_usable(subject, change) {
            // Whom the provider takes replaces nobody.
            match change.account_id.as_ref().filter(|id| going.contains(*id)) {
                Some(id) => drop(in_vain.insert(id)),
                None => gained += 1,
            }
        } else if takes(change, name, kind)
            && change.account_id.as_ref().is_some_and(|id| after.remove(id) || before.contains(id))
        {
            losing.push(change.id.clone());
        }
    }
    let counts = |id: &AccountId| before.contains(id) || in_vain.contains(id);
    let lost: Vec<_> = moving.iter().copied().filter(|(loss, _)| counts(&loss.account)).collect();
    for (loss, _) in &lost {
        after.remove(&loss.account);
    }
    let left = after.len() + gained;
    let words = || format!("{name} would keep {left} of its {} admins", before.len());
    (left < needed && left < before.len()).then(|| Short { words: words(), losing, lost, doubtful })
}

fn kept(subject: &Subject<'_>, needed: usize) -> String {
    let unread = |name: &&ResourceName| {
        let reading = subject.snapshot().and_then(|snapshot| snapshot.resources.get(*name));
        matches!(reading, Some(ResourceReading::Unread { .. }))
    };
    let unread: Vec<&str> =
        subject.vendor.settings.resources.keys().filter(unread).map(ResourceName::as_str).collect();
    if !has_admins(subject) {
        return "no level here is known to administer anything, so no admins are counted".to_owned();
    }
    let kept = format!("every resource that was read keeps {needed} admins or more, or as many as it has");
    if unread.is_empty() { kept } else { format!("{kept}; not judged: {}", unread.join(", ")) }
}

/// The usable accounts that administer the resource; none where it has no admins to count or was not read.
fn admins<'a>(
    subject: &'a Subject<'_>,
    name: &ResourceName,
    kind: &'a KindSpec,
) -> Option<BTreeSet<&'a AccountId>> {
    let snapshot = subject.snapshot().filter(|_| kind.has_admins())?;
    Some(kind.admins(snapshot, name).collect())
}

/// Whether who gains can act on it: an invitation is an offer, not an admin.
fn is_usable(subject: &Subject<'_>, change: &Change) -> bool {
    subject.account(change).is_none_or(|account| !matches!(account.state, AccountState::Invited(_)))
}

fn gives(change: &Change, name: &ResourceName, kind: &KindSpec, before: &BTreeSet<&AccountId>) -> bool {
    match &change.action {
        Action::Grant { on, to } => on.name == *name && kind.is_admin(to),
        Action::ChangeLevel { on, from, to } => on.name == *name && kind.is_admin(to) && !kind.is_admin(from),
        // Whoever gives it up is left with the level below, and is counted when they lose that.
        Action::TransferOwnership { on, .. } => {
            on.name == *name && change.account_id.as_ref().is_some_and(|id| !before.contains(id))
        }
        _ => false,
    }
}

fn takes(change: &Change, name: &ResourceName, kind: &KindSpec) -> bool {
    match &change.action {
        Action::Revoke { on, .. } => on.name == *name,
        Action::ChangeLevel { on, to, .. } => on.name == *name && !kind.is_admin(to),
        Action::Suspend | Action::RemoveAccount => true,
        _ => false,
    }
}
