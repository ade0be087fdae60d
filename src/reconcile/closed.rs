//! Whom the provider keeps out: what would open a vendor to them is not done behind it, for the provider would close it
//! again, and it would stand open until then.

use super::draft::Draft;
use super::identity::Matches;
use super::upstream::Upstream;
use super::{Context, accounts};
use crate::domain::{Account, AccountState, Action, Finding, Person, Severity, UserName};
use std::collections::BTreeMap;

/// Takes out of the drafts what would give an account, or open one, to whom the provider keeps suspended, and says so.
pub(super) fn keep<'a>(
    context: &Context<'a>,
    matches: &Matches<'a>,
    drafts: &mut Vec<Draft<'a>>,
    findings: &mut Vec<Finding>,
) {
    let Some(upstream) = context.provider.upstream().filter(|_| context.has_accounts()) else { return };
    let mut known: BTreeMap<&'a UserName, bool> = BTreeMap::new();
    drafts.retain(|draft| {
        let Some(person) = draft.person.filter(|_| opens(draft)) else { return true };
        let account = matches.primary.get(&person.handle).copied();
        !*known.entry(&person.handle).or_insert_with(|| {
            let closed = upstream.holds_closed(person, account);
            if closed {
                findings.push(told(context, upstream, (person, account)));
            }
            closed
        })
    });
    // Nobody is to be asked to restore by hand what is to stay as it is.
    let closed = |finding: &Finding| finding.user.as_ref().and_then(|user| known.get(user)) == Some(&true);
    findings.retain(|finding| finding.code != accounts::BY_HAND || !closed(finding));
}

/// Whether the draft opens an account, or gives something to whoever has none that is open.
fn opens(draft: &Draft<'_>) -> bool {
    let is_open = draft.account.is_some_and(|account| account.state != AccountState::Suspended);
    let gives = matches!(
        draft.action,
        Action::Restore | Action::Invite { .. } | Action::Grant { .. } | Action::ResendInvitation { .. }
    );
    gives && !is_open
}

fn told(
    context: &Context<'_>,
    upstream: &Upstream<'_>,
    (person, account): (&Person, Option<&Account>),
) -> Finding {
    let (who, vendor, provider) = (&person.handle, context.vendor, &upstream.source.vendor);
    let stays = match account {
        Some(_) => format!("the account of {who} at {vendor} stays suspended"),
        None => format!("{who} gets no account at {vendor}"),
    };
    Finding {
        user: Some(who.clone()),
        span: Some(person.span),
        hint: Some(format!(
            "restore them at {provider} if they are to come back; else say `suspended:` in their entry, or drop what is \
             granted at {vendor}"
        )),
        ..context.finding(
            "closed-at-provider",
            Severity::Warning,
            format!("{stays}, although access there is granted: {who} is suspended at {provider}, which would close it again"),
        )
    }
}
