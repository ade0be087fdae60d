//! Levels that one account holds at a time: who owns a resource, who is to, and what that makes of everybody
//! else's level.
//!
//! Ownership is never given, changed or taken like other access. It is handed over to somebody who has access
//! already; whoever gives it up is left with the level below, and from there is treated like anybody.

use super::Context;
use super::access::Side;
use super::draft::{Draft, Ground, target};
use super::gate;
use crate::domain::{
    Account, AccountId, AccountState, Action, Finding, Grant, Level, Manage, ResourceReading, Severity, Span,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Who owns a resource, and what becomes of it.
pub(super) struct Ownership<'a> {
    /// The level that one account holds at a time.
    own: &'a Level,
    /// What whoever gives it up is left with.
    below: &'a Level,
    /// Those who own it, as read.
    owners: BTreeSet<&'a AccountId>,
    /// The grant that hands it over, where it can be.
    heir: Option<&'a Grant>,
    /// Whether the workspace may hand it over, and does not only say that it is due.
    handed: bool,
}

impl<'a> Ownership<'a> {
    /// The level that a grant comes to for this account, the transfer aside: nobody is made an owner by a grant.
    pub(super) fn asked<'g>(&self, grant: &'g Grant, id: Option<&AccountId>) -> &'g Level
    where
        'a: 'g,
    {
        let owns = id.is_some_and(|id| self.owners.contains(id));
        if grant.level == *self.own && !owns { self.below } else { &grant.level }
    }

    /// The level that an account is left with once ownership has been handed over; none where it keeps it.
    pub(super) fn left<'l>(&self, level: &'l Level) -> Option<&'l Level>
    where
        'a: 'l,
    {
        if level != self.own {
            return Some(level);
        }
        self.handed.then_some(self.below)
    }

    /// Whether this grant's user gets the ownership.
    pub(super) fn is_heir(&self, grant: &Grant) -> bool {
        self.heir.is_some_and(|heir| std::ptr::eq(heir, grant))
    }
}

impl<'a> Side<'_, 'a> {
    /// What there is to ownership here, with the transfer drafted; none for a kind without it.
    pub(super) fn ownership(
        &self,
        wanted: &'a [Grant],
        holders: &'a BTreeMap<AccountId, Level>,
        drafts: &mut Vec<Draft<'a>>,
        findings: &mut Vec<Finding>,
    ) -> Option<Ownership<'a>> {
        let own = self.kind.exclusive()?;
        let below = self.kind.below_exclusive().unwrap_or(own);
        let owners: BTreeSet<_> =
            holders.iter().filter(|(_, level)| *level == own).map(|(id, _)| id).collect();
        let claims: Vec<&Grant> = wanted.iter().filter(|grant| grant.level == *own).collect();
        let heir = self.heir(&claims, (&owners, holders), findings);
        if let (Some(grant), Some(from)) = (heir, owners.first()) {
            drafts.push(self.transfer(grant, from, holders));
        }
        let handed = heir.is_some() && self.resource.manage != Manage::Observe;
        Some(Ownership { own, below, owners, heir, handed })
    }

    /// The grant that ownership is handed over for: there is one owner, who can give it up, and one other claim.
    fn heir(
        &self,
        claims: &[&'a Grant],
        (owners, holders): (&BTreeSet<&'a AccountId>, &BTreeMap<AccountId, Level>),
        findings: &mut Vec<Finding>,
    ) -> Option<&'a Grant> {
        let place = self.place();
        if owners.len() > 1 {
            let detail = format!(
                "{place} shows {} owners, where there can be one: none of them is changed",
                owners.len()
            );
            findings.push(self.about(None, "several-owners", Severity::Warning, detail));
            return None;
        }
        let &[claim] = claims else {
            if let Some(first) = claims.first() {
                let detail = format!(
                    "{} users are declared to own {place}, where one can: who owns it stays",
                    claims.len()
                );
                findings.push(self.about(Some(first), "two-owners", Severity::Error, detail));
            }
            return None;
        };
        let Some(&owner) = owners.first() else {
            let below = self.kind.below_exclusive().map_or("", Level::as_str);
            let detail = format!(
                "{place} shows no owner, as tenants without ownership do, so {} counts as {below} for {}",
                claim.level, claim.user
            );
            findings.push(self.about(Some(claim), "no-owner", Severity::Info, detail));
            return None;
        };
        let claimant = self.meant(&claim.user, holders).map(|(_, account)| &account.id);
        if claimant == Some(owner) || self.matches.quarantined.contains(&claim.user) {
            return None;
        }
        if self.matches.untouchable.contains(owner) {
            let detail = format!(
                "{} is declared to own {place}, and the account that owns it is left alone, so it stays the owner",
                claim.user
            );
            findings.push(self.about(Some(claim), "transfer-set-aside", Severity::Warning, detail));
            return None;
        }
        Some(claim)
    }

    fn transfer(
        &self,
        grant: &'a Grant,
        from: &AccountId,
        holders: &BTreeMap<AccountId, Level>,
    ) -> Draft<'a> {
        let account = self.meant(&grant.user, holders).map(|(_, account)| account);
        let action =
            Action::TransferOwnership { on: target(self.context, self.resource), from: from.clone() };
        let who = (self.person(&grant.user), account);
        let draft = self.draft(who, action, Ground::Named, grant.origins.clone()).worded(grant);
        let can_own =
            |account: &Account| account.state == AccountState::Active && holders.contains_key(&account.id);
        let waits = (!account.is_some_and(can_own)).then(|| {
            Arc::from(format!(
                "{} has no access to {} yet, and ownership can only be handed over to somebody who has: it waits \
                 until they have accepted their invitation.",
                grant.user,
                self.place()
            ))
        });
        Draft { waits, ..draft }
    }

    /// An owner who should hold less, or nothing, and to whom nobody succeeds: they stay, and somebody has to say
    /// who is next.
    pub(super) fn keep_owner(
        &self,
        account: &'a Account,
        (level, to): (&Level, Option<&Grant>),
        (ground, because): (Ground, Vec<Span>),
        drafts: &mut Vec<Draft<'a>>,
        findings: &mut Vec<Finding>,
    ) {
        let person = self.matches.owner.get(&account.id).copied();
        let on = target(self.context, self.resource);
        let action = match to {
            Some(grant) => Action::ChangeLevel { on, from: level.clone(), to: grant.level.clone() },
            None => Action::Revoke { on, from: level.clone() },
        };
        let span = because.first().copied();
        let draft = self.draft((person, Some(account)), action, ground, because);
        if !gate::is_allowed(self.context, &draft) {
            // The mode leaves it as it is, and the gate says so.
            drafts.push(draft);
            return;
        }
        let place = self.place();
        let (severity, what) = match to {
            Some(grant) => (Severity::Warning, format!("is declared as {} there", grant.level)),
            None => (Severity::Error, "should have no access to it any more".to_owned()),
        };
        let detail = format!(
            "{} owns {place} and {what}; ownership can only be handed over, and no line says to whom, so they keep it",
            account.login
        );
        findings.push(Finding {
            user: person.map(|person| person.handle.clone()),
            span,
            hint: Some(format!("declare who is to own it: `{place}: {level}`")),
            ..self.context.finding("owner-without-successor", severity, detail)
        });
    }

    fn about(
        &self,
        grant: Option<&Grant>,
        code: &'static str,
        severity: Severity,
        detail: String,
    ) -> Finding {
        Finding {
            user: grant.map(|grant| grant.user.clone()),
            span: grant.map_or(Some(self.resource.span), |grant| grant.origins.first().copied()),
            ..self.context.finding(code, severity, detail)
        }
    }
}

/// Keeps accounts that own something which nobody takes over: to delete the account would take its owner from
/// the resource. `drafts` are those that the mode let through.
pub(super) fn keep_accounts<'a>(
    context: &Context<'a>,
    mut drafts: Vec<Draft<'a>>,
    findings: &mut Vec<Finding>,
) -> Vec<Draft<'a>> {
    let owned = owned(context, &drafts);
    drafts.retain(|draft| {
        let id = draft.account.map(|account| &account.id);
        let kept = id.and_then(|id| owned.get(id)).filter(|_| draft.action == Action::RemoveAccount);
        if let Some(place) = kept {
            let who = draft.label().unwrap_or_default();
            let detail = format!(
                "the account {who} owns {place}, and no line says who owns it next, so the account stays"
            );
            findings.push(Finding {
                user: draft.person.map(|person| person.handle.clone()),
                span: draft.because.first().copied(),
                hint: Some("declare another owner for it".to_owned()),
                ..context.finding("owner-without-successor", Severity::Error, detail)
            });
        }
        kept.is_none()
    });
    drafts
}

/// Owners who hand nothing over, each with one resource of theirs.
fn owned<'a>(context: &Context<'a>, drafts: &[Draft<'a>]) -> BTreeMap<&'a AccountId, String> {
    let mut owned = BTreeMap::new();
    for (name, resource) in &context.settings.resources {
        let own = context.spec.kind(&resource.kind).and_then(|kind| kind.exclusive());
        let (Some(own), Some(ResourceReading::Read { holders, .. })) =
            (own, context.snapshot.resources.get(name))
        else {
            continue;
        };
        for (id, _) in holders.iter().filter(|(_, level)| *level == own) {
            let handed = drafts.iter().any(|draft| {
                matches!(&draft.action, Action::TransferOwnership { on, from } if on.name == *name && from == id)
            });
            if !handed {
                owned.entry(id).or_insert_with(|| format!("{}/{name}", context.vendor));
            }
        }
    }
    owned
}
