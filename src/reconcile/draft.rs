//! A change before it has a number and a place.

use super::Context;
use crate::connector::{Channels, KindSpec};
use crate::domain::{Account, Action, Channel, Grant, Person, Resource, ResourceReading, Risk, Span, Target};
use std::sync::Arc;

/// Whether the workspace asks for a change by name, or by not mentioning what is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// A line says so.
    Named,
    /// No line mentions it.
    Absence,
}

/// A change before it has a number and a place.
#[derive(Debug, Clone)]
pub(super) struct Draft<'a> {
    pub(super) person: Option<&'a Person>,
    pub(super) account: Option<&'a Account>,
    pub(super) action: Action,
    pub(super) channel: Channel,
    pub(super) risk: Risk,
    pub(super) ground: Ground,
    pub(super) because: Vec<Span>,
    pub(super) reason: Option<Arc<str>>,
    pub(super) ticket: Option<Arc<str>>,
    pub(super) waits: Option<Arc<str>>,
}

impl<'a> Draft<'a> {
    /// A change of an account itself.
    pub(super) fn of_account(
        context: &Context<'a>,
        who: (Option<&'a Person>, Option<&'a Account>),
        action: Action,
        ground: Ground,
        because: Vec<Span>,
    ) -> Self {
        let risk = match action {
            Action::RemoveAccount => Risk::High,
            Action::Suspend | Action::CancelInvitation { .. } => Risk::Medium,
            _ => Risk::Low,
        };
        Self {
            person: who.0,
            account: who.1,
            action,
            channel: pick(context, context.spec.accounts),
            risk,
            ground,
            because,
            reason: None,
            ticket: None,
            waits: None,
        }
    }

    /// A change of access to a resource.
    pub(super) fn of_access(
        context: &Context<'a>,
        kind: &KindSpec,
        who: (Option<&'a Person>, Option<&'a Account>),
        action: Action,
        ground: Ground,
        because: Vec<Span>,
    ) -> Self {
        Self {
            person: who.0,
            account: who.1,
            risk: access_risk(kind, &action),
            action,
            channel: pick(context, kind.access),
            ground,
            because,
            reason: None,
            ticket: None,
            waits: None,
        }
    }

    /// With the grant's own words.
    pub(super) fn worded(mut self, grant: &Grant) -> Self {
        self.reason.clone_from(&grant.reason);
        self.ticket.clone_from(&grant.ticket);
        self
    }

    /// The account's name for people: what the vendor shows, or the address it will be created with.
    pub(super) fn label(&self) -> Option<Arc<str>> {
        self.account
            .map(|account| Arc::clone(&account.login))
            .or_else(|| self.person.map(|person| Arc::from(person.email.as_str())))
    }
}

/// The channel that the vendor's configuration asks for, where the operation has it, or the best one. A person
/// can carry out anything, so that `runbook` is always to be had.
pub(super) fn pick(context: &Context<'_>, channels: Channels) -> Channel {
    let asked =
        context.settings.channel.filter(|channel| *channel == Channel::Runbook || channels.contains(channel));
    // An operation without any channel is something only a person can find a way for.
    asked.or_else(|| channels.first().copied()).unwrap_or(Channel::Runbook)
}

fn access_risk(kind: &KindSpec, action: &Action) -> Risk {
    match action {
        Action::Grant { to, .. } if !kind.is_admin(to) => Risk::Low,
        Action::ChangeLevel { from, to, .. } if !kind.is_admin(from) && !kind.is_admin(to) => Risk::Medium,
        Action::Revoke { from, .. } if !kind.is_admin(from) => Risk::Medium,
        Action::Invite { on: Some(offer), .. } if !kind.is_admin(&offer.to) => Risk::Low,
        Action::CancelInvitation { .. } => Risk::Medium,
        Action::CreateResource { .. } | Action::ResendInvitation { .. } => Risk::Low,
        _ => Risk::High,
    }
}

/// The resource as a writer needs it.
pub(super) fn target(context: &Context<'_>, resource: &Resource) -> Target {
    let read = match context.snapshot.resources.get(&resource.name) {
        Some(ResourceReading::Read { id, .. }) => id.clone(),
        _ => None,
    };
    Target {
        name: resource.name.clone(),
        kind: Arc::clone(&resource.kind),
        id: read.or_else(|| resource.id.clone()),
        display: resource.display.clone(),
    }
}
