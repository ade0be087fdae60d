//! Invitations: access that is offered, and how far the offer has come.
//!
//! One that is pending is not planned again. One that expired is sent again, one that was declined is for people to
//! talk about, and one that nobody asks for any more is withdrawn. Where a vendor bounds how many may be pending, as
//! many go out as there are places, and the others wait for a later plan.

use super::Context;
use super::access::Side;
use super::accounts::invite;
use super::draft::{Draft, Ground, target};
use super::identity::{duplicate, marker};
use crate::domain::{
    Account, AccountId, AccountState, Action, Change, Finding, Grant, Invitation, InvitationState, Level,
    Offer, Person, Profile, ResourceName, ResourceReading, Severity, Span,
};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

impl<'a> Side<'_, 'a> {
    /// Access that begins with an invitation: what is missing of it.
    pub(super) fn offer(
        &self,
        grant: &'a Grant,
        account: Option<&'a Account>,
        to: &Level,
        drafts: &mut Vec<Draft<'a>>,
        findings: &mut Vec<Finding>,
    ) {
        let Some(person) = self.person(&grant.user) else { return };
        let who = (Some(person), account);
        let offered = account.and_then(|account| self.offers?.get(&account.id));
        let named = |action| self.draft(who, action, Ground::Named, grant.origins.clone()).worded(grant);
        let on = || target(self.context, self.resource);
        let invite = || named(invitation(person, account, Offer { on: on(), to: to.clone() }));
        let Some(offered) = offered else { return drafts.push(invite()) };
        let told = Told { context: self.context, person, place: Some(self.place()), span: first(grant) };
        match offered.state {
            InvitationState::Declined => findings.push(told.declined()),
            InvitationState::Expired if offered.level == *to => {
                let again = Action::ResendInvitation { on: Some(on()) };
                drafts.push(if self.context.spec.resends { named(again) } else { invite() });
            }
            InvitationState::Pending if offered.level == *to => {
                findings.push(told.pending(offered.since));
                if is_old(self.context, offered.since) {
                    drafts.push(named(Action::ResendInvitation { on: Some(on()) }));
                }
            }
            // One that expired is still listed, and an address that is listed cannot be invited.
            state => {
                let ground = match state {
                    InvitationState::Pending => self.ground_of_move(grant, &offered.level, to),
                    _ => Ground::Named,
                };
                let cancel = Action::CancelInvitation { on: Some(on()) };
                drafts.push(self.draft(who, cancel, ground, grant.origins.clone()).worded(grant));
                drafts.push(invite());
            }
        }
    }

    /// Withdraws what is offered to whom no grant gives access here.
    pub(super) fn withdraw(
        &self,
        wanted: &[Grant],
        holders: &BTreeMap<AccountId, Level>,
        drafts: &mut Vec<Draft<'a>>,
        findings: &mut Vec<Finding>,
    ) {
        for (id, offered) in self.offers.into_iter().flatten() {
            let Some(account) = self.context.snapshot.accounts.get(id) else { continue };
            if !self.kind.custom_levels && self.kind.rank(&offered.level).is_none() {
                findings.push(self.unknown_offer(account, offered));
            }
            let person = self.matches.owner.get(id).copied();
            let asked = person.is_some_and(|person| {
                wanted.binary_search_by(|grant| grant.user.cmp(&person.handle)).is_ok()
            });
            let pending = offered.state == InvitationState::Pending;
            if let Some(person) = person.filter(|person| pending && self.is_second(person, account, holders))
            {
                findings.push(duplicate(self.context, person, account));
            }
            if asked || !pending || self.matches.untouchable.contains(id) {
                continue;
            }
            let (ground, because) = self.why_lost(person);
            let action = Action::CancelInvitation { on: Some(target(self.context, self.resource)) };
            drafts.push(self.draft((person, Some(account)), action, ground, because));
        }
    }

    fn unknown_offer(&self, account: &Account, offered: &Invitation) -> Finding {
        let detail = format!(
            "{} is offered {} on {}, which is no level that is known there: it is read as itself",
            account.login,
            offered.level,
            self.place()
        );
        self.context.finding("unknown-level", Severity::Warning, detail)
    }
}

/// Whoever is at the vendor already is invited at the address that they are known by there.
fn invitation(person: &Person, account: Option<&Account>, offer: Offer) -> Action {
    let known = account.filter(|account| crate::domain::Email::parse(&account.login).is_ok());
    let login = known.map_or_else(|| Arc::from(person.email.as_str()), |account| Arc::clone(&account.login));
    Action::Invite {
        profile: Profile { login, name: person.name.clone() },
        external_id: Arc::from(marker(&person.handle)),
        on: Some(offer),
    }
}

/// An account that is only offered so far, of a user who should have one.
pub(super) fn of_account<'a>(
    context: &Context<'a>,
    (person, account): (&'a Person, &'a Account),
    grant: &Grant,
    drafts: &mut Vec<Draft<'a>>,
    findings: &mut Vec<Finding>,
) {
    let AccountState::Invited(state) = account.state else { return };
    let told = Told { context, person, place: None, span: first(grant) };
    let resend = || {
        let action = Action::ResendInvitation { on: None };
        let who = (Some(person), Some(account));
        Draft::of_account(context, who, action, Ground::Named, grant.origins.clone()).worded(grant)
    };
    match state {
        InvitationState::Declined => findings.push(told.declined()),
        InvitationState::Expired if context.spec.resends => drafts.push(resend()),
        InvitationState::Expired => drafts.push(invite(context, (person, Some(account)), grant)),
        InvitationState::Pending => {
            findings.push(told.pending(account.invited));
            if is_old(context, account.invited) {
                drafts.push(resend());
            }
        }
    }
}

fn first(grant: &Grant) -> Option<Span> {
    grant.origins.first().copied()
}

/// Whether an offer has waited long enough to be sent again, where the vendor can.
fn is_old(context: &Context<'_>, since: Option<Timestamp>) -> bool {
    let after = context.settings.resend_after;
    let aged = |since| std::time::Duration::try_from(context.now.duration_since(since)).ok();
    context.spec.resends && since.and_then(aged).is_some_and(|age| age >= after)
}

/// What is told of an invitation.
struct Told<'c, 'a> {
    context: &'c Context<'a>,
    person: &'c Person,
    /// The resource it is to; none for the whole vendor.
    place: Option<String>,
    span: Option<Span>,
}

impl Told<'_, '_> {
    fn place(&self) -> &str {
        self.place.as_deref().unwrap_or(self.context.vendor.as_str())
    }

    fn pending(&self, since: Option<Timestamp>) -> Finding {
        let age = since.map_or_else(
            || "nobody knows since when".to_owned(),
            |since| format!("pending for {}", age(self.context.now, since)),
        );
        let detail = format!(
            "{} is invited to {} and has not accepted yet: {age}. An invitation gives no access",
            self.person.handle,
            self.place()
        );
        let hint = "it is accepted at the invited address, signed in as it";
        self.finding("invitation-pending", Severity::Info, detail, hint)
    }

    fn declined(&self) -> Finding {
        let detail = format!(
            "{} has declined the invitation to {}, so it is not repeated",
            self.person.handle,
            self.place()
        );
        let hint = "talk to them: take the grant back, or remove the declined invitation at the vendor to have it repeated";
        self.finding("invitation-declined", Severity::Warning, detail, hint)
    }

    fn finding(&self, code: &'static str, severity: Severity, detail: String, hint: &str) -> Finding {
        Finding {
            user: Some(self.person.handle.clone()),
            span: self.span,
            hint: Some(hint.to_owned()),
            ..self.context.finding(code, severity, detail)
        }
    }
}

/// How long ago something was, in days as people count them.
fn age(now: Timestamp, then: Timestamp) -> String {
    match now.duration_since(then).as_secs() / (24 * 60 * 60) {
        ..=0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

/// Lets as many invitations go out as may be pending, in the plan's order, and says why the others wait. The places
/// of offers that the same plan withdraws count only once a reading shows them free.
pub(super) fn waves(context: &Context<'_>, changes: &mut [Change]) {
    let Some(limit) = context.spec.limits.pending_invitations else { return };
    let mut sent: BTreeMap<Option<ResourceName>, usize> = BTreeMap::new();
    for change in changes.iter_mut().filter(|change| change.waits.is_none()) {
        if !takes_a_place(context, change) {
            continue;
        }
        let on = change.action.target().map(|on| on.name.clone());
        let pending = pending(context, on.as_ref());
        let place =
            on.as_ref().map_or_else(|| context.vendor.to_string(), |on| format!("{}/{on}", context.vendor));
        let sent = sent.entry(on).or_default();
        if pending + *sent < limit {
            *sent += 1;
        } else {
            change.waits = Some(no_place(context, &place, (pending, *sent, limit)));
        }
    }
}

/// Whether the change makes one more invitation pending.
fn takes_a_place(context: &Context<'_>, change: &Change) -> bool {
    match &change.action {
        Action::Invite { .. } => true,
        Action::ResendInvitation { on } => {
            let id = change.account_id.as_ref();
            let account = id.and_then(|id| context.snapshot.accounts.get(id));
            let state = match on {
                None => account.and_then(|account| match account.state {
                    AccountState::Invited(state) => Some(state),
                    _ => None,
                }),
                Some(on) => match context.snapshot.resources.get(&on.name) {
                    Some(ResourceReading::Read { offers, .. }) => {
                        id.and_then(|id| offers.get(id)).map(|offer| offer.state)
                    }
                    _ => None,
                },
            };
            state != Some(InvitationState::Pending)
        }
        _ => false,
    }
}

/// Invitations that are pending now, to the resource or to the vendor as a whole.
fn pending(context: &Context<'_>, on: Option<&ResourceName>) -> usize {
    let Some(on) = on else {
        let pending = AccountState::Invited(InvitationState::Pending);
        return context.snapshot.accounts.values().filter(|account| account.state == pending).count();
    };
    match context.snapshot.resources.get(on) {
        Some(ResourceReading::Read { offers, .. }) => {
            offers.values().filter(|offer| offer.state == InvitationState::Pending).count()
        }
        _ => 0,
    }
}

fn no_place(context: &Context<'_>, place: &str, (pending, sent, limit): (usize, usize, usize)) -> Arc<str> {
    let title = context.spec.title;
    let verb = if pending == 1 { "invitation is" } else { "invitations are" };
    let before = if sent == 0 { String::new() } else { format!(", and {sent} more go out before this one") };
    Arc::from(format!(
        "{pending} {verb} pending on {place}{before}; {title} allows {limit} at a time. A place becomes free once one \
         is accepted or cancelled, and the next plan uses it."
    ))
}
