//! What a reader must know of levels: those that no connector knows, and those that somebody keeps.

use super::Context;
use super::access::Side;
use super::draft::Draft;
use crate::connector::KindSpec;
use crate::domain::{Account, Action, Finding, Level, Severity};

/// Whether the kind has the level, or a tenant may have defined it.
pub(super) fn is_known(kind: &KindSpec, level: &Level) -> bool {
    kind.custom_levels || kind.rank(level).is_some()
}

impl Side<'_, '_> {
    /// A level that is read as itself, and never guessed.
    pub(super) fn unknown_level(&self, account: &Account, level: &Level) -> Finding {
        let (login, place) = (&account.login, self.place());
        let (detail, hint) = if self.resource.name.is_org() {
            (
                format!(
                    "{login} holds {level} on {place}, which the workspace does not know, so it is left as it is"
                ),
                "map it under the vendor's `roles:`, or take it away at the vendor",
            )
        } else {
            (
                format!(
                    "{login} holds {level} on {place}, which is no level that is known there: it is read as itself"
                ),
                "look at the vendor what it gives",
            )
        };
        Finding {
            hint: Some(hint.to_owned()),
            ..self.context.finding("unknown-level", Severity::Warning, detail)
        }
    }
}

/// Users who lose a level and keep a lower one that a line still gives: removal would take that line, too.
pub(super) fn demotions(context: &Context<'_>, drafts: &[Draft<'_>], findings: &mut Vec<Finding>) {
    for draft in drafts {
        let (Action::ChangeLevel { on, from, to }, Some(person)) = (&draft.action, draft.person) else {
            continue;
        };
        let ranks = context.spec.kind(&on.kind).and_then(|kind| kind.rank(from).zip(kind.rank(to)));
        let granted = context.desired.grants.get(context.vendor, &on.name, &person.handle);
        let (Some(grant), true) = (granted, ranks.is_some_and(|(from, to)| to < from)) else { continue };
        let detail = format!(
            "{} loses {from} on {}/{} and stays {to} there, which this line still gives: drop that too to remove them",
            person.handle, context.vendor, on.name
        );
        findings.push(Finding {
            user: Some(person.handle.clone()),
            span: grant.origins.first().copied(),
            ..context.finding("demotion", Severity::Info, detail)
        });
    }
}
