//! The `manage` mode: which drafts become changes, and which are reported instead.

use super::draft::{Draft, Ground};
use super::upstream::Provider;
use super::{Context, across};
use crate::domain::{AccountId, Action, Finding, Manage, ResourceName, Severity, UserName};
use std::collections::BTreeSet;

/// Lets through what the mode of the vendor, or of the resource acted on, allows.
pub(super) fn admit<'a>(
    context: &Context<'a>,
    drafts: Vec<Draft<'a>>,
    findings: &mut Vec<Finding>,
) -> Vec<Draft<'a>> {
    let mut admitted = Vec::with_capacity(drafts.len());
    let mut uninvited: BTreeSet<&UserName> = BTreeSet::new();
    let mut standing: BTreeSet<(ResourceName, &AccountId)> = BTreeSet::new();
    for draft in drafts {
        let (place, id) =
            (draft.action.target().map(|on| &on.name), draft.account.map(|account| &account.id));
        let replaces = matches!(draft.action, Action::Invite { on: Some(_), .. });
        if replaces && place.cloned().zip(id).is_some_and(|pair| standing.contains(&pair)) {
            // It would have taken the place of an offer that stays, which is reported.
            continue;
        }
        let waits = draft.account.is_none()
            && !replaces
            && draft.person.is_some_and(|person| uninvited.contains(&person.handle));
        if is_allowed(context, &draft) && !waits {
            admitted.push(draft);
            continue;
        }
        match (&draft.action, draft.person) {
            (Action::Invite { on: None, .. }, Some(person)) => drop(uninvited.insert(&person.handle)),
            (Action::CancelInvitation { .. }, _) => standing.extend(place.cloned().zip(id)),
            _ => {}
        }
        findings.push(report(context, &draft));
    }
    admitted
}

fn mode(context: &Context<'_>, draft: &Draft<'_>) -> Manage {
    let resource = draft.action.target().and_then(|on| context.settings.resources.get(&on.name));
    resource.map_or(context.settings.manage, |resource| resource.manage)
}

/// Whether the mode lets the draft become a change.
pub(super) fn is_allowed(context: &Context<'_>, draft: &Draft<'_>) -> bool {
    match mode(context, draft) {
        Manage::Observe => false,
        Manage::Authoritative => true,
        Manage::Additive => match &draft.action {
            Action::UpdateAccount { .. } => false,
            Action::ChangeLevel { .. } => draft.ground == Ground::Named,
            action => !action.is_removal() || draft.ground == Ground::Named,
        },
    }
}

/// What is seen and not changed.
fn report(context: &Context<'_>, draft: &Draft<'_>) -> Finding {
    let who = draft.label().unwrap_or_default();
    let place =
        draft.action.target().map_or_else(String::new, |on| format!(" {}/{}", context.vendor, on.name));
    let mode = match mode(context, draft) {
        Manage::Observe => "observe",
        _ => "additive",
    };
    let on_resource = draft.action.target().is_some();
    let nobody = draft.person.is_none() && draft.action.is_removal();
    let (code, detail) = match &draft.action {
        Action::CancelInvitation { .. } if on_resource => (
            "undeclared-invitation",
            format!("no line asks for the invitation of {who} to{place} as it stands"),
        ),
        Action::RemoveAccount | Action::Suspend | Action::CancelInvitation { .. } if nobody => {
            ("unmanaged-account", format!("no user declares the account {who}"))
        }
        Action::Revoke { from, .. } => {
            ("undeclared-access", format!("no line gives {who} the level {from} on{place}"))
        }
        Action::ChangeLevel { from, to, .. } => {
            ("level-differs", format!("{who} holds {from} on{place}, where {to} is declared"))
        }
        action => ("difference", format!("{} is due for {who}{place}", action.word())),
    };
    let whole = matches!(draft.action, Action::RemoveAccount | Action::Suspend);
    let came = whole && matches!(context.provider, Provider::Read(_));
    Finding {
        user: draft.person.map(|person| person.handle.clone()),
        span: draft.because.first().copied(),
        hint: came.then(|| across::came(context, draft.person, draft.account)).flatten(),
        ..context.finding(code, Severity::Warning, format!("{detail}; `manage: {mode}` leaves it as it is"))
    }
}
