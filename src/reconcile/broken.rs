//! Account records that were read and could not be understood.
//!
//! Nothing is changed about such an account, whatever is declared. Whoever it may belong to is set aside with it, since
//! an invitation could make them a second account. Where nobody can tell whose a record is, that holds for everybody
//! who has no account yet. All the rest goes on.

use super::Context;
use super::accounts::Wanted;
use super::identity::{Matches, about, marked};
use crate::domain::{AccountId, Broken, Email, Finding, Person, Severity, UserName};
use std::collections::{BTreeMap, HashMap};

/// Sets aside the broken records, and whoever they may belong to.
pub(super) fn set_aside<'a>(
    context: &Context<'a>,
    wanted: &Wanted<'a>,
    matches: &mut Matches<'a>,
    findings: &mut Vec<Finding>,
) {
    if context.snapshot.broken.is_empty() {
        return;
    }
    let mut is_anybodys = false;
    let known = Known::of(context);
    for record in &context.snapshot.broken {
        matches.untouchable.extend(&record.id);
        let people = known.may_have(context, record);
        for &person in &people {
            // Whoever is to have nothing here loses what is certainly theirs.
            let leaves = !wanted.contains_key(&person.handle);
            if !leaves {
                matches.quarantined.insert(&person.handle);
            }
            findings.push(of_user(context, record, person, leaves));
        }
        let anonymous = people.is_empty() && record.emails.is_empty();
        is_anybodys |= anonymous;
        if people.is_empty() {
            findings.push(of_nobody(context, record, anonymous));
        }
    }
    if is_anybodys {
        hold_invitations(context, wanted, matches, findings);
    }
}

/// Everybody by what a record may tell of them.
pub(super) struct Known<'a> {
    by_pin: HashMap<&'a AccountId, Vec<&'a Person>>,
    by_address: HashMap<&'a Email, Vec<&'a Person>>,
}

impl<'a> Known<'a> {
    pub(super) fn of(context: &Context<'a>) -> Self {
        let mut known = Self { by_pin: HashMap::new(), by_address: HashMap::new() };
        for person in context.desired.people.values() {
            if let Some(pin) = person.accounts.get(context.vendor) {
                known.by_pin.entry(pin).or_default().push(person);
            }
            for address in std::iter::once(&person.email).chain(&person.aliases) {
                known.by_address.entry(address).or_default().push(person);
            }
        }
        known
    }

    /// Whose the record may be, in the order of their handles.
    pub(super) fn may_have(&self, context: &Context<'a>, record: &Broken) -> Vec<&'a Person> {
        let pinned = record.id.as_ref().and_then(|id| self.by_pin.get(id)).into_iter().flatten();
        let listed = record.emails.iter().filter_map(|email| self.by_address.get(email)).flatten();
        let marked =
            record.external_id.as_deref().and_then(marked).and_then(|of| context.desired.people.get(of));
        let people = pinned.chain(listed).copied().chain(marked);
        let people: BTreeMap<&UserName, &Person> = people.map(|person| (&person.handle, person)).collect();
        people.into_values().filter(|person| may_be(context, record, person)).collect()
    }
}

/// Whether the record may be this person's. A pin to another account, which is there, says that it is not.
fn may_be(context: &Context<'_>, record: &Broken, person: &Person) -> bool {
    let pin = person.accounts.get(context.vendor);
    if pin.is_some() && pin == record.id.as_ref() {
        return true;
    }
    let settled = pin.is_some_and(|id| context.snapshot.accounts.contains_key(id));
    let marked = record.external_id.as_deref().and_then(marked) == Some(person.handle.as_str());
    let mut addresses = std::iter::once(&person.email).chain(&person.aliases);
    !settled && (marked || addresses.any(|address| record.emails.contains(address)))
}

/// Keeps everybody from being invited who has no account that could be understood.
fn hold_invitations<'a>(
    context: &Context<'a>,
    wanted: &Wanted<'a>,
    matches: &mut Matches<'a>,
    findings: &mut Vec<Finding>,
) {
    for person in context.desired.people.values() {
        let invited = wanted.contains_key(&person.handle) && !matches.primary.contains_key(&person.handle);
        if invited && matches.quarantined.insert(&person.handle) {
            findings.push(held_back(context, person));
        }
    }
}

fn of_user(context: &Context<'_>, record: &Broken, person: &Person, leaves: bool) -> Finding {
    let (who, reason) = (&person.handle, &record.reason);
    let detail = if leaves {
        format!(
            "the account record {} may be that of {who}, who should have nothing at {}, and cannot be understood, so it \
             is left alone: {reason}",
            label(record),
            context.vendor
        )
    } else {
        format!(
            "the account record {} may be that of {who} and cannot be understood, so nothing is planned for them at {}: \
             {reason}",
            label(record),
            context.vendor
        )
    };
    let hint = format!(
        "mend the record at the vendor; if they have another account there, pin that: `accounts: {{ {}: ID }}`",
        context.vendor
    );
    about(person, context.finding("broken-account", Severity::Error, detail), &hint)
}

fn of_nobody(context: &Context<'_>, record: &Broken, anonymous: bool) -> Finding {
    let (severity, whose) = if anonymous {
        (Severity::Error, "does not tell whose it is, so that nobody is invited who may have it")
    } else {
        (Severity::Warning, "is nobody's who is declared, so it is left alone")
    };
    let detail =
        format!("the account record {} cannot be understood, and {whose}: {}", label(record), record.reason);
    Finding {
        hint: Some("mend the record at the vendor".to_owned()),
        ..context.finding("broken-account", severity, detail)
    }
}

fn held_back(context: &Context<'_>, person: &Person) -> Finding {
    let detail = format!(
        "{} is not invited to {} as long as a record there may be their account and cannot be understood",
        person.handle, context.vendor
    );
    let finding = context.finding("invitation-held-back", Severity::Warning, detail);
    about(person, finding, "see to the broken record; a user who is pinned to an account is not held back")
}

/// What a person finds the record by at the vendor.
fn label(record: &Broken) -> String {
    let address = || record.emails.first().map(|email| email.as_str().to_owned());
    let id = || record.id.as_ref().map(|id| format!("with the id {id}"));
    let login = record.login.as_ref().map(ToString::to_string);
    login.or_else(address).or_else(id).unwrap_or_else(|| "without an id".to_owned())
}
