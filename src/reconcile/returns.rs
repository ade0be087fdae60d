//! Who comes back to an account that the vendor has kept for them.

use super::Context;
use super::draft::Draft;
use super::identity::marker;
use crate::domain::{Account, AccountId, Action, Email, Finding, Person, Severity};
use std::collections::HashMap;

/// Says of each invitation that brings a retired account back that it does.
pub(super) fn tell(context: &Context<'_>, drafts: &[Draft<'_>], findings: &mut Vec<Finding>) {
    if context.snapshot.retired.is_empty() {
        return;
    }
    let retired = Retired::of(&context.snapshot.retired);
    for draft in drafts {
        let (Action::Invite { on: None, .. }, Some(person), None) =
            (&draft.action, draft.person, draft.account)
        else {
            continue;
        };
        findings.extend(retired.of_person(context, person).map(|account| returns(context, person, account)));
    }
}

/// The accounts that nobody can use, by what they are recognised by.
struct Retired<'a> {
    by_id: &'a std::collections::BTreeMap<AccountId, Account>,
    by_address: HashMap<&'a Email, &'a Account>,
    by_mark: HashMap<&'a str, &'a Account>,
}

impl<'a> Retired<'a> {
    fn of(accounts: &'a std::collections::BTreeMap<AccountId, Account>) -> Self {
        let (mut by_address, mut by_mark) = (HashMap::new(), HashMap::new());
        for account in accounts.values() {
            for email in &account.emails {
                by_address.entry(email).or_insert(account);
            }
            if let Some(mark) = &account.external_id {
                by_mark.entry(&**mark).or_insert(account);
            }
        }
        Self { by_id: accounts, by_address, by_mark }
    }

    /// By the pin, else by an address, else by what grantline left on it.
    fn of_person(&self, context: &Context<'_>, person: &Person) -> Option<&'a Account> {
        let pinned = person.accounts.get(context.vendor).and_then(|id| self.by_id.get(id));
        let mut addresses = std::iter::once(&person.email).chain(&person.aliases);
        let known = || addresses.find_map(|email| self.by_address.get(email)).copied();
        let marked = || self.by_mark.get(marker(&person.handle).as_str()).copied();
        pinned.or_else(known).or_else(marked)
    }
}

fn returns(context: &Context<'_>, person: &Person, account: &Account) -> Finding {
    Finding {
        user: Some(person.handle.clone()),
        span: Some(person.span),
        ..context.finding(
            "returns",
            Severity::Info,
            format!(
                "{} comes back: {} has kept their account {}, and the invitation brings it back",
                person.handle, context.vendor, account.login
            ),
        )
    }
}
