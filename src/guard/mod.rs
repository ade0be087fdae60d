//! Judges a finished plan. Only this module can approve one.
//!
//! Each guard is a pure function in the table `GUARDS`. A guard that objects holds changes back, and with them whatever
//! comes after them; the rest of the plan goes on. What an identity provider takes from the vendors behind it counts there,
//! too, and holds the provider's changes. Some guards can be overridden, one at a time and with a
//! reason that the plan keeps; those that stand for an invariant cannot.

mod empty_reading;
mod last_admin;
mod losses;
mod max_removals;
mod min_admins;
mod own_identity;
mod pending;
mod protected;
#[cfg(test)]
mod tests;
mod unreadable;
mod unseen;

use crate::domain::{
    self, Account, Action, Change, ChangeId, Desired, GuardVerdict, Loss, Override, Person, Plan, Reading,
    ResourceReading, Snapshot, Target, Unseen, VendorName, Verdict,
};
use crate::reconcile::VendorInput;
use crate::workspace::Guards;
use std::collections::BTreeSet;

/// One built-in rule.
struct Guard {
    name: &'static str,
    /// A guard that stands for an invariant is not overridable.
    overridable: bool,
    check: fn(&Subject<'_>) -> Opinion,
}

static GUARDS: [Guard; 7] = [
    Guard { name: "unreadable", overridable: false, check: unreadable::check },
    Guard { name: "empty-reading", overridable: true, check: empty_reading::check },
    Guard { name: "max-removals", overridable: true, check: max_removals::check },
    Guard { name: "min-admins", overridable: true, check: min_admins::check },
    Guard { name: "last-admin", overridable: false, check: last_admin::check },
    Guard { name: "protected", overridable: false, check: protected::check },
    Guard { name: "own-identity", overridable: false, check: own_identity::check },
];

/// Every guard's name, and whether it can be overridden.
pub fn names() -> impl Iterator<Item = (&'static str, bool)> {
    GUARDS.iter().map(|guard| (guard.name, guard.overridable))
}

/// What a guard looks at: one vendor's part of a plan.
struct Subject<'a> {
    vendor: &'a VendorInput,
    desired: &'a Desired,
    guards: &'a Guards,
    changes: Vec<&'a Change>,
    /// The accounts that the vendor's identity provider takes.
    losses: Vec<&'a Loss>,
    /// What earlier applies sent and no reading shows yet.
    pending: Vec<&'a Change>,
    /// Whose accounts may go in the same way, where a vendor could not be read.
    unseen: Vec<&'a Unseen>,
    /// Whether the plan is for the vendor, and not for its provider alone.
    is_planned: bool,
    /// Every vendor's changes.
    all: &'a [Change],
    /// Changes that wait for something that no apply of this plan brings about, and those that come after them.
    stuck: &'a BTreeSet<&'a ChangeId>,
}

/// What a guard thinks.
struct Opinion {
    detail: String,
    objection: Option<Objection>,
}

struct Objection {
    hint: String,
    holds: Vec<ChangeId>,
}

impl Opinion {
    fn pass(detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), objection: None }
    }

    fn object(detail: String, hint: &str, holds: Vec<ChangeId>) -> Self {
        Self { detail, objection: Some(Objection { hint: hint.to_owned(), holds }) }
    }
}

impl Subject<'_> {
    fn snapshot(&self) -> Option<&Snapshot> {
        match &self.vendor.reading {
            Reading::Complete(snapshot) => Some(snapshot),
            Reading::Unreadable(_) => None,
        }
    }

    fn account(&self, change: &Change) -> Option<&Account> {
        self.snapshot()?.accounts.get(change.account_id.as_ref()?)
    }

    /// The changes that an apply can carry out.
    fn moving(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().copied().filter(|change| !self.stuck.contains(&change.id))
    }

    /// The account that a change takes from: of a transfer, the one that gives up the ownership.
    fn loser(&self, change: &Change) -> Option<&Account> {
        match &change.action {
            Action::TransferOwnership { from, .. } => self.snapshot()?.accounts.get(from),
            _ => self.account(change),
        }
    }

    /// The declared user whose account that is.
    fn losing_user(&self, change: &Change) -> Option<&Person> {
        let people = &self.desired.people;
        if !matches!(change.action, Action::TransferOwnership { .. }) {
            return people.get(change.user.as_ref()?);
        }
        let account = self.loser(change)?;
        let vendor = &self.vendor.settings.name;
        people.values().find(|person| {
            let mut addresses = std::iter::once(&person.email).chain(&person.aliases);
            person.accounts.get(vendor).map_or_else(
                || addresses.any(|address| account.emails.contains(address)),
                |pin| *pin == account.id,
            )
        })
    }

    /// Whether the change takes access, or some of it.
    fn takes(&self, change: &Change) -> bool {
        match &change.action {
            Action::ChangeLevel { on, from, to } => {
                self.vendor.spec.kind(&on.kind).is_none_or(|kind| kind.is_lowering(from, to))
            }
            Action::TransferOwnership { .. } => true,
            Action::CancelInvitation { on: Some(on) } => !self.is_replaced(change, on),
            action => action.is_removal(),
        }
    }

    /// Whether the offer that the change withdraws makes room for one that gives as much or more.
    fn is_replaced(&self, cancel: &Change, on: &Target) -> bool {
        let offers = match self.snapshot().and_then(|snapshot| snapshot.resources.get(&on.name)) {
            Some(ResourceReading::Read { offers, .. }) => offers,
            _ => return false,
        };
        let kind = self.vendor.spec.kind(&on.kind);
        let offered = cancel.account_id.as_ref().and_then(|id| offers.get(id));
        let Some((kind, offered)) = kind.zip(offered) else { return false };
        self.changes.iter().any(|change| match &change.action {
            Action::Invite { on: Some(offer), .. } => {
                change.after.contains(&cancel.id) && !kind.is_lowering(&offered.level, &offer.to)
            }
            _ => false,
        })
    }
}

/// The changes that wait, and all that come after any of them, at whatever vendor. A change stands behind those it comes
/// after.
fn stuck(changes: &[Change]) -> BTreeSet<&ChangeId> {
    let mut stuck = BTreeSet::new();
    // A provider's change may come after one of a vendor that stands behind it.
    loop {
        let before = stuck.len();
        for change in changes {
            if change.waits.is_some() || change.after.iter().any(|id| stuck.contains(id)) {
                stuck.insert(&change.id);
            }
        }
        if stuck.len() == before {
            return stuck;
        }
    }
}

/// A plan that every guard has judged, with the changes that may not be carried out. `apply` takes nothing else.
#[derive(Debug, Clone)]
pub struct ApprovedPlan {
    plan: Plan,
    held: BTreeSet<ChangeId>,
}

impl ApprovedPlan {
    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Whether a guard holds the change back.
    #[must_use]
    pub fn is_held(&self, change: &ChangeId) -> bool {
        self.held.contains(change)
    }

    /// Whether any guard blocks.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.plan.guards.iter().any(|verdict| verdict.verdict == Verdict::Block)
    }
}

/// Judges the plan. `vendors` and `desired` are what it was made from; those behind a provider that the plan is for
/// ([`Input::behind`](crate::reconcile::Input::behind)) are judged where they lose anything.
#[must_use]
pub fn judge<'a>(
    mut plan: Plan,
    vendors: impl IntoIterator<Item = &'a VendorInput>,
    desired: &Desired,
    guards: &Guards,
    overrides: &[Override],
) -> ApprovedPlan {
    let mut verdicts = Vec::new();
    let stuck = stuck(&plan.changes);
    let mut vendors: Vec<&VendorInput> = vendors.into_iter().collect();
    let unseen = plan.unseen.iter().map(|one| &one.vendor);
    let losing: BTreeSet<&VendorName> = plan.losses.iter().map(|loss| &loss.vendor).chain(unseen).collect();
    let is_planned = |vendor: &VendorInput| plan.vendors.contains_key(&vendor.settings.name);
    vendors.retain(|vendor| is_planned(vendor) || losing.contains(&vendor.settings.name));
    vendors.sort_by(|a, b| a.settings.name.cmp(&b.settings.name));
    for vendor in vendors {
        let changes: Vec<&Change> =
            plan.changes.iter().filter(|change| change.vendor == vendor.settings.name).collect();
        let subject = Subject {
            vendor,
            desired,
            guards,
            changes,
            losses: plan.losses.iter().filter(|loss| loss.vendor == vendor.settings.name).collect(),
            pending: plan.pending.iter().filter(|change| change.vendor == vendor.settings.name).collect(),
            unseen: plan.unseen.iter().filter(|one| one.vendor == vendor.settings.name).collect(),
            is_planned: is_planned(vendor),
            all: &plan.changes,
            stuck: &stuck,
        };
        for guard in &GUARDS {
            verdicts.push(verdict(guard, &subject, overrides, &plan.changes));
        }
    }
    let blocking = verdicts.iter().filter(|verdict| verdict.verdict == Verdict::Block);
    let held = blocking.flat_map(|verdict| verdict.holds.iter().cloned()).collect();
    plan.guards = verdicts;
    plan.overrides = overrides.to_vec();
    ApprovedPlan { plan, held }
}

fn verdict(guard: &Guard, subject: &Subject<'_>, overrides: &[Override], all: &[Change]) -> GuardVerdict {
    let opinion = (guard.check)(subject);
    let mut verdict = GuardVerdict {
        guard: guard.name,
        vendor: subject.vendor.settings.name.clone(),
        verdict: Verdict::Pass,
        detail: opinion.detail,
        hint: None,
        holds: Vec::new(),
        because: None,
    };
    let Some(objection) = opinion.objection else { return verdict };
    verdict.hint = Some(objection.hint);
    verdict.holds = with_successors(objection.holds, all);
    let word = overrides.iter().find(|word| guard.overridable && word.guard == guard.name);
    verdict.verdict = if word.is_some() { Verdict::Overridden } else { Verdict::Block };
    verdict.because = word.map(|word| word.because.clone());
    verdict
}

/// The changes, and all that come after any of them, in the plan's order.
fn with_successors(holds: Vec<ChangeId>, all: &[Change]) -> Vec<ChangeId> {
    let held = domain::with_successors(holds.into_iter().collect(), all);
    all.iter().filter(|change| held.contains(&change.id)).map(|change| change.id.clone()).collect()
}

/// Approves a plan for the executor's own tests, with the changes that a guard is said to hold.
#[cfg(test)]
pub(crate) fn approve_for_tests(plan: Plan, held: BTreeSet<ChangeId>) -> ApprovedPlan {
    ApprovedPlan { plan, held }
}
