//! Turns users and roles into grants on one day. Pure.
//!
//! Every role is flattened once into the lines that it stands for, so that the work per user is a walk over
//! short lists. Vendors and resources become numbers (slots) in the order of their names: grants are collected
//! per slot, user by user, and come out sorted without being compared.

mod bundle;
mod ladder;
mod notes;
mod slot;
#[cfg(test)]
mod tests;
mod window;

use crate::connector::Catalogue;
use crate::domain::{Desired, Grant, GrantSet, Person, Standing, UserName};
use crate::workspace::{GrantLine, RoleRef, User, Workspace};
use bundle::{Bundles, Line};
use jiff::civil::Date;
use ladder::{Candidate, Settled};
use notes::Notes;
use slot::Slots;
use std::collections::BTreeMap;
use std::sync::Arc;
use window::{Phase, Window};

/// Everything that the workspace wants on the day `today`, which is a day in the workspace's time zone.
///
/// Of several levels on one resource the highest of the connector's ladder holds; of equal ones the one that
/// lasts longest. Access holds on the days on which the user, the role's entry and the grant all hold. `ended`
/// keeps what has passed, unless access of the same or a higher level goes on: a level that only fell is there,
/// next to the lower one in `grants`. References that lead nowhere are the loader's to refuse; here they give
/// nothing.
#[must_use]
pub fn resolve(workspace: &Workspace, catalogue: &dyn Catalogue, today: Date) -> Desired {
    let slots = Slots::new(workspace, catalogue);
    let mut bundles = Bundles::new(workspace, &slots);
    let mut notes = Notes::new(workspace, &slots, today);
    let mut people = Vec::with_capacity(workspace.users.len());
    let mut grants = vec![Vec::new(); slots.len()];
    let mut ended = vec![Vec::new(); slots.len()];
    let mut candidates = Candidates::default();
    for (handle, user) in &workspace.users {
        let standing = standing(user, today);
        if standing == Standing::Active {
            notes.departure(user);
            candidates.collect(user, &mut bundles, &slots, today);
            for settled in ladder::settle(&candidates.live) {
                notes.overrides(handle, &settled);
                notes.ending(&settled);
                grants[settled.slot].push(slots.grant(handle, &settled));
            }
            for settled in ladder::settle(&candidates.past) {
                if ladder::outlived(&settled, &candidates.live) {
                    notes.ended(&settled);
                    let mut grant = slots.grant(handle, &settled);
                    // What took the access is the date, and not the lines that gave it.
                    grant.origins.splice(0..0, settled.winner.until.map(|until| until.span));
                    ended[settled.slot].push(grant);
                }
            }
            notes.next_user(handle);
        }
        people.push((handle.clone(), person(user, standing)));
    }
    Desired {
        people: BTreeMap::from_iter(people),
        grants: in_order(grants),
        ended: in_order(ended),
        vendors: workspace.vendors.keys().cloned().collect(),
        findings: notes.into_findings(),
    }
}

fn in_order(by_slot: Vec<Vec<Grant>>) -> GrantSet {
    GrantSet::new(by_slot.into_iter().flatten().collect())
}

fn standing(user: &User, today: Date) -> Standing {
    if let Some(departed) = user.departed.filter(|departed| departed.value <= today) {
        return Standing::Departed { on: departed.value, span: departed.span };
    }
    match &user.suspended {
        Some(suspended) if suspended.value.since <= today => Standing::Suspended {
            since: suspended.value.since,
            reason: Arc::clone(&suspended.value.reason),
            span: suspended.span,
        },
        _ => Standing::Active,
    }
}

fn person(user: &User, standing: Standing) -> Person {
    Person {
        handle: user.handle.clone(),
        name: user.name.clone(),
        email: user.email.value.clone(),
        aliases: user.aliases.iter().map(|alias| alias.value.clone()).collect(),
        accounts: user.accounts.iter().map(|(vendor, id)| (vendor.clone(), id.value.clone())).collect(),
        kind: user.kind,
        standing,
        span: user.span,
    }
}

/// One user's declared grants, in force and past; the buffers are reused from user to user.
#[derive(Default)]
struct Candidates<'w> {
    live: Vec<Candidate<'w>>,
    past: Vec<Candidate<'w>>,
}

impl<'w> Candidates<'w> {
    fn collect(&mut self, user: &'w User, bundles: &mut Bundles<'w, '_>, slots: &Slots<'w>, today: Date) {
        self.live.clear();
        self.past.clear();
        let whole = Window::of(&user.dated);
        for entry in &user.roles {
            let days = Window::of(&entry.dated).and(whole);
            for line in bundles.get(&entry.role) {
                let window = Window::of(&line.grant.dated).and(days);
                self.add(through(entry, line, user), window, today);
            }
        }
        for grant in &user.grants {
            let window = Window::of(&grant.dated).and(whole);
            for line in slots.lines(grant) {
                self.add(direct(grant, &line, user), window, today);
            }
        }
        self.live.sort_by_key(|candidate| candidate.slot);
        self.past.sort_by_key(|candidate| candidate.slot);
    }

    fn add(&mut self, mut candidate: Candidate<'w>, window: Window, today: Date) {
        candidate.until = window.until;
        match window.phase(today) {
            Phase::InForce => self.live.push(candidate),
            Phase::Past => self.past.push(candidate),
            Phase::Ahead | Phase::Never => {}
        }
    }
}

fn through<'w>(entry: &'w RoleRef, line: &Line<'w>, user: &'w User) -> Candidate<'w> {
    let (own, role, whole) = (&line.grant.dated, &entry.dated, &user.dated);
    Candidate {
        slot: line.slot,
        rank: line.rank,
        level: &line.grant.level,
        until: None,
        entry: Some(entry.span),
        line: line.grant.span,
        reason: own.reason.as_ref().or(role.reason.as_ref()).or(whole.reason.as_ref()),
        ticket: own.ticket.as_ref().or(role.ticket.as_ref()).or(whole.ticket.as_ref()),
    }
}

fn direct<'w>(grant: &'w GrantLine, line: &Line<'w>, user: &'w User) -> Candidate<'w> {
    Candidate {
        slot: line.slot,
        rank: line.rank,
        level: &grant.level,
        until: None,
        entry: None,
        line: grant.span,
        reason: grant.dated.reason.as_ref().or(user.dated.reason.as_ref()),
        ticket: grant.dated.ticket.as_ref().or(user.dated.ticket.as_ref()),
    }
}

impl Slots<'_> {
    fn grant(&self, user: &UserName, settled: &Settled<'_, '_>) -> Grant {
        let (vendor, resource) = self.names(settled.slot);
        Grant {
            vendor: vendor.clone(),
            resource: resource.clone(),
            user: user.clone(),
            level: settled.winner.level.clone(),
            until: settled.winner.until.map(|until| until.value),
            reason: settled.winner.reason.cloned(),
            ticket: settled.winner.ticket.cloned(),
            origins: settled.origins(),
        }
    }
}
