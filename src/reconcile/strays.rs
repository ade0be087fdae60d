//! Accounts that no user claims: renamed ones, exempt ones, look-alikes, and those that are simply nobody's.

use super::Context;
use super::identity::{Matches, about, marker};
use crate::domain::{Account, Finding, Person, Severity, Standing};
use std::collections::HashMap;

/// Sorts the accounts that are nobody's.
pub(super) fn sort<'a>(context: &Context<'a>, matches: &mut Matches<'a>, findings: &mut Vec<Finding>) {
    let is_stray = |account: &&Account| {
        !matches.owner.contains_key(&account.id) && !matches.untouchable.contains(&account.id)
    };
    let strays: Vec<&Account> = context.snapshot.accounts.values().filter(is_stray).collect();
    if strays.is_empty() {
        return;
    }
    let people = context.desired.people.values();
    let markers: HashMap<String, &Person> = people.map(|person| (marker(&person.handle), person)).collect();
    let look_alikes = look_alikes(context);
    for account in strays {
        let renamed = account.external_id.as_deref().and_then(|id| markers.get(id));
        let look_alike = account.emails.iter().find_map(|email| look_alikes.get(&email.look_alike_key()));
        if let Some(person) = renamed {
            if !matches.primary.contains_key(&person.handle) {
                matches.quarantined.insert(&person.handle);
            }
            matches.untouchable.insert(&account.id);
            findings.push(possible_rename(context, person, account));
        } else if is_exempt(context, account) {
            matches.untouchable.insert(&account.id);
            findings.push(exempt(context, account));
        } else if let Some(person) = look_alike {
            matches.untouchable.insert(&account.id);
            findings.push(look_alike_of(context, person, account));
        } else {
            matches.unmanaged.push(account);
        }
    }
}

/// Everybody whose second account might be meant by a similar address. Of somebody who has departed, it should go
/// like any other that nobody declares.
fn look_alikes<'a>(context: &Context<'a>) -> HashMap<String, &'a Person> {
    let people = context.desired.people.values();
    let staying = people.filter(|person| !matches!(person.standing, Standing::Departed { .. }));
    staying
        .flat_map(|person| {
            let addresses = std::iter::once(&person.email).chain(&person.aliases);
            addresses.map(move |email| (email.look_alike_key(), person))
        })
        .collect()
}

fn possible_rename(context: &Context<'_>, person: &Person, account: &Account) -> Finding {
    let detail = format!(
        "the account {} was created for {} and carries none of their addresses, so it is left alone",
        account.login, person.handle
    );
    let hint = format!(
        "if it is theirs, pin it: `accounts: {{ {}: \"{}\" }}`; if not, clear its external id",
        context.vendor, account.id
    );
    about(person, context.finding("possible-rename", Severity::Error, detail), &hint)
}

fn is_exempt(context: &Context<'_>, account: &Account) -> bool {
    context.settings.is_own(context.snapshot, account)
        || account.emails.iter().any(|email| context.protected.contains(email))
}

fn exempt(context: &Context<'_>, account: &Account) -> Finding {
    let (code, why) = if context.settings.is_own(context.snapshot, account) {
        ("own-identity", "is the credential's own")
    } else {
        ("protected-account", "is protected")
    };
    let detail = format!("the account {} {why}, and no user claims it: it is left alone", account.login);
    Finding {
        hint: Some(
            "declare it as a user with `kind: service`, so that its access is reviewed too".to_owned(),
        ),
        ..context.finding(code, Severity::Info, detail)
    }
}

fn look_alike_of(context: &Context<'_>, person: &Person, account: &Account) -> Finding {
    let detail = format!(
        "the account {} looks like a second one of {}, and is left alone",
        account.login, person.handle
    );
    let finding = context.finding("look-alike-account", Severity::Warning, detail);
    about(person, finding, "if it is theirs, add its address to `aliases:`; if not, remove it by hand")
}
