//! How an account is closed for a user who is suspended, and kept.

use super::Context;
use super::draft::{Draft, Ground};
use crate::domain::{Account, AccountState, Action, Channel, Finding, Person, Severity, Span};

/// Drafts what closes the account. Where no request does, a person does; an invitation is withdrawn instead, since it could
/// be accepted.
pub(super) fn draft<'a>(
    context: &Context<'a>,
    (person, account): (&'a Person, &'a Account),
    span: Span,
    drafts: &mut Vec<Draft<'a>>,
    findings: &mut Vec<Finding>,
) {
    let by_hand = context.snapshot.by_hand.get(&account.id);
    let action = match account.state {
        AccountState::Suspended => return,
        AccountState::Invited(_) if by_hand.is_some() => Action::CancelInvitation { on: None },
        _ => Action::Suspend,
    };
    let who = (Some(person), Some(account));
    let mut draft = Draft::of_account(context, who, action, Ground::Named, vec![span]);
    if let Some(how) = by_hand.filter(|_| draft.action == Action::Suspend) {
        draft.channel = Channel::Runbook;
        findings.push(by_a_person(context, person, how));
    }
    drafts.push(draft);
}

fn by_a_person(context: &Context<'_>, person: &Person, how: &str) -> Finding {
    Finding {
        user: Some(person.handle.clone()),
        span: Some(person.span),
        hint: Some(format!("{how}; the next plan suspends it")),
        ..context.finding(
            "suspended-by-hand",
            Severity::Warning,
            format!(
                "{} suspends no account in the state that of {} is in: to do it is a task, and until then it counts as one \
                 that can be used",
                context.spec.title, person.handle
            ),
        )
    }
}
