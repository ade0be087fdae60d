//! The identity that the credential belongs to loses nothing: a tool that removed itself could not put it right.
//!
//! Where nobody says whose the credential is, any account that no user claims may be it.

use super::{Opinion, Subject};
use crate::domain::{Change, Snapshot};

/// The `identity:` of a credential that belongs to no account.
const NOBODYS: &str = "none";

pub(super) fn check(subject: &Subject<'_>) -> Opinion {
    if !is_known(subject) {
        return without_knowing(subject);
    }
    let own = |change: &Change| {
        subject
            .snapshot()
            .zip(subject.account(change))
            .is_some_and(|(snapshot, account)| subject.vendor.settings.is_own(snapshot, account))
    };
    let hit: Vec<_> = subject.changes.iter().filter(|change| subject.takes(change) && own(change)).collect();
    if hit.is_empty() {
        return Opinion::pass("the credential's own account keeps its access");
    }
    let detail = "the credential's own account would lose access".to_owned();
    let hint = "use the credential of another identity, or give this one the access back in the workspace";
    Opinion::object(detail, hint, hit.iter().map(|change| change.id.clone()).collect())
}

fn without_knowing(subject: &Subject<'_>) -> Opinion {
    let unclaimed = |change: &&&Change| change.user.is_none() && subject.takes(change);
    let hit: Vec<_> = subject.changes.iter().filter(unclaimed).collect();
    let why = match &subject.vendor.settings.identity {
        Some(identity) => format!("no account is the `identity:` {identity:?}"),
        None => "the vendor does not tell whose the credential is".to_owned(),
    };
    if hit.is_empty() {
        return Opinion::pass(format!("{why}, and no unclaimed account loses access"));
    }
    let detail = format!(
        "{why}, so that any unclaimed account may be its own, and {} changes take access from one",
        hit.len()
    );
    let hint = "set the vendor's `identity:` to the address or id of the account that the token belongs to, or to \
                `none` if it belongs to no account";
    Opinion::object(detail, hint, hit.iter().map(|change| change.id.clone()).collect())
}

/// Whether it is certain which account the credential belongs to, or that it belongs to none.
fn is_known(subject: &Subject<'_>) -> bool {
    let settings = &subject.vendor.settings;
    let found = |snapshot: &Snapshot| {
        snapshot.own.is_some() || snapshot.accounts.values().any(|account| settings.is_own(snapshot, account))
    };
    settings.identity.as_deref() == Some(NOBODYS) || subject.snapshot().is_some_and(found)
}
