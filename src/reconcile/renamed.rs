//! Somebody who comes and may be an account that is there, under another key and another address.

use super::Context;
use super::draft::Draft;
use super::identity::{Matches, about, folded};
use super::ways::shown;
use crate::domain::{Account, AccountId, Action, Finding, Person, PersonKind, Severity};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many accounts are named for one person.
const NAMED: usize = 3;

/// Says of each invitation that accounts which nobody declares have the same address at another domain, or the same name.
pub(super) fn tell(
    context: &Context<'_>,
    matches: &Matches<'_>,
    drafts: &[Draft<'_>],
    findings: &mut Vec<Finding>,
) {
    if matches.unmanaged.is_empty() {
        return;
    }
    let strangers = Strangers::of(&matches.unmanaged);
    let taken: BTreeSet<&AccountId> = drafts.iter().filter_map(takes).collect();
    for draft in drafts {
        // Who waits for an identity provider is told of there.
        if let (Action::Invite { on: None, .. }, Some(person), None, None) =
            (&draft.action, draft.person, draft.account, &draft.waits)
        {
            let alike = strangers.alike(person);
            findings.extend((!alike.is_empty()).then(|| renamed(context, person, &alike, &taken)));
        }
    }
}

/// The account that the draft takes as a whole.
fn takes<'a>(draft: &Draft<'a>) -> Option<&'a AccountId> {
    let whole = matches!(
        draft.action,
        Action::RemoveAccount | Action::Suspend | Action::CancelInvitation { on: None }
    );
    draft.account.filter(|_| whole).map(|account| &account.id)
}

/// Accounts that nobody declares, by what they may be recognised by.
struct Strangers<'a> {
    by_name: HashMap<String, Vec<&'a Account>>,
    by_mailbox: HashMap<&'a str, Vec<&'a Account>>,
}

impl<'a> Strangers<'a> {
    fn of(accounts: &[&'a Account]) -> Self {
        let (mut by_name, mut by_mailbox) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for &account in accounts {
            if let Some(name) = account.name.as_deref().and_then(folded) {
                by_name.entry(name).or_default().push(account);
            }
            for email in &account.emails {
                by_mailbox.entry(email.mailbox()).or_default().push(account);
            }
        }
        Self { by_name, by_mailbox }
    }

    /// Those that may be the person's. Two names that differ are two people, and a machine's mailbox has a common name.
    fn alike(&self, person: &Person) -> BTreeMap<&'a AccountId, &'a Account> {
        let name = person.name.as_deref().and_then(folded);
        let named = name.as_ref().and_then(|name| self.by_name.get(name)).into_iter().flatten();
        let addresses = std::iter::once(&person.email).chain(&person.aliases);
        let addressed = addresses.filter_map(|email| self.by_mailbox.get(email.mailbox())).flatten();
        let differs = |account: &Account| {
            let shown = account.name.as_deref().and_then(folded);
            name.as_ref().zip(shown).is_some_and(|(name, shown)| *name != shown)
        };
        let human = person.kind != PersonKind::Service;
        let addressed = addressed.filter(|account| human && !differs(account));
        named.chain(addressed).map(|account| (&account.id, *account)).collect()
    }
}

fn renamed(
    context: &Context<'_>,
    person: &Person,
    alike: &BTreeMap<&AccountId, &Account>,
    taken: &BTreeSet<&AccountId>,
) -> Finding {
    let one = |account: &&Account| {
        let goes = if taken.contains(&account.id) { ", which this plan takes out of use" } else { "" };
        format!("{} (id {}){goes}", shown(&account.login), shown(account.id.as_str()))
    };
    let mut named: Vec<String> = alike.values().take(NAMED).map(one).collect();
    if alike.len() > NAMED {
        named.push(format!("{} more", alike.len() - NAMED));
    }
    let detail = format!(
        "{} is to be invited as {}, and may have an account already that nobody declares, by the name or the address at \
         another domain: {}",
        person.handle,
        person.email,
        named.join("; ")
    );
    let hint = format!(
        "if it is theirs, add its address to `aliases:`, or its id to `accounts:` at {}, and they keep what it has; \
         otherwise a new account is made for them",
        context.vendor
    );
    about(person, context.finding("perhaps-renamed", Severity::Warning, detail), &hint)
}
