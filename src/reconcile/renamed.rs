//! Somebody who comes and may be an account that is there, under another key and another address.

use super::Context;
use super::draft::Draft;
use super::identity::{Matches, about};
use crate::domain::{Account, Action, Email, Finding, Person, Severity};
use std::collections::HashMap;

/// Says of each invitation that an account which nobody declares has the same name, or the same address at another domain.
pub(super) fn tell(
    context: &Context<'_>,
    matches: &Matches<'_>,
    drafts: &[Draft<'_>],
    findings: &mut Vec<Finding>,
) {
    if matches.unmanaged.is_empty() {
        return;
    }
    let (mut by_name, mut by_mailbox) = (HashMap::new(), HashMap::new());
    for &account in &matches.unmanaged {
        if let Some(name) = account.name.as_deref().and_then(folded) {
            by_name.entry(name).or_insert(account);
        }
        for email in &account.emails {
            by_mailbox.entry(mailbox(email)).or_insert(account);
        }
    }
    for draft in drafts {
        let (Action::Invite { on: None, .. }, Some(person), None) =
            (&draft.action, draft.person, draft.account)
        else {
            continue;
        };
        let name = person.name.as_deref().and_then(folded);
        let named = name.and_then(|name| by_name.get(&name)).map(|account| (*account, "has the same name"));
        let mut addresses = std::iter::once(&person.email).chain(&person.aliases);
        let addressed = || {
            let account = addresses.find_map(|email| by_mailbox.get(mailbox(email)))?;
            Some((*account, "has the same address at another domain"))
        };
        findings
            .extend(named.or_else(addressed).map(|(account, why)| renamed(context, person, account, why)));
    }
}

/// The name as it is compared; none where nothing of it is left.
fn folded(name: &str) -> Option<String> {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The part before the `@`.
fn mailbox(email: &Email) -> &str {
    email.as_str().split('@').next().unwrap_or_default()
}

fn renamed(context: &Context<'_>, person: &Person, account: &Account, why: &str) -> Finding {
    let detail = format!(
        "{} is to be invited as {}, and the account {}, which nobody declares, {why}",
        person.handle, person.email, account.login
    );
    let hint = format!(
        "if it is theirs, add its address to `aliases:` or pin it, `accounts: {{ {}: \"{}\" }}`, and they keep what it \
         has; otherwise a new account is made for them",
        context.vendor, account.id
    );
    about(person, context.finding("perhaps-renamed", Severity::Warning, detail), &hint)
}
