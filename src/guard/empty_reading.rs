//! Nothing on one side and much on the other is more often a failure than a fact: an empty answer of the vendor
//! would invite everybody, an empty workspace would remove everybody.

use super::{Opinion, Subject};
use crate::domain::{Action, Change, Standing};

pub(super) fn check(subject: &Subject<'_>) -> Opinion {
    let live = subject.snapshot().map_or(0, |snapshot| snapshot.accounts.len());
    let wanted = subject.desired.grants.at(&subject.vendor.settings.name).len();
    let invites =
        subject.changes.iter().filter(|change| matches!(change.action, Action::Invite { .. })).count();
    if subject.snapshot().is_some() && live == 0 && invites > 0 {
        let detail =
            format!("the vendor answered that it has no account at all, and {invites} would be created");
        let hint = "check the tenant's address and the token; for a new tenant, pass \
                    `--override empty-reading --because \"first run\"`";
        return Opinion::object(
            detail,
            hint,
            subject.changes.iter().map(|change| change.id.clone()).collect(),
        );
    }
    let silent: Vec<&&Change> =
        subject.changes.iter().filter(|change| subject.takes(change) && !named(subject, change)).collect();
    if wanted == 0 && !silent.is_empty() {
        let detail = format!("the workspace grants nothing here, and the vendor has {live} accounts");
        let hint = "check that no file is missing; if the vendor is to be emptied, pass \
                    `--override empty-reading --because TEXT`";
        return Opinion::object(detail, hint, silent.iter().map(|change| change.id.clone()).collect());
    }
    Opinion::pass(format!("{live} accounts live, {wanted} grants declared"))
}

/// Whether the workspace takes this access by name: its user is departed or suspended.
fn named(subject: &Subject<'_>, change: &Change) -> bool {
    let person = change.user.as_ref().and_then(|user| subject.desired.people.get(user));
    person.is_some_and(|person| !matches!(person.standing, Standing::Active))
}
