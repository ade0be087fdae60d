//! A protected account loses nothing, whatever the files say: the way back in must stay open.

use super::{Opinion, Subject};
use crate::domain::Change;

pub(super) fn check(subject: &Subject<'_>) -> Opinion {
    let hit: Vec<_> = subject
        .changes
        .iter()
        .filter(|change| subject.takes(change) && is_protected(subject, change))
        .collect();
    if hit.is_empty() {
        return Opinion::pass(format!(
            "no change touches the {} protected addresses",
            subject.guards.protected.len()
        ));
    }
    let who: Vec<&str> =
        hit.iter().filter_map(|change| subject.loser(change)).map(|account| &*account.login).collect();
    let detail = format!("{} is protected and would lose access", who.join(", "));
    let hint =
        "take the address out of `guards.protected` in a reviewed commit, or give the user the access back";
    Opinion::object(detail, hint, hit.iter().map(|change| change.id.clone()).collect())
}

fn is_protected(subject: &Subject<'_>, change: &Change) -> bool {
    let listed = |email| subject.guards.protected.contains(email);
    let live = subject.loser(change).is_some_and(|account| account.emails.iter().any(listed));
    let person = subject.losing_user(change);
    live || person.is_some_and(|person| std::iter::once(&person.email).chain(&person.aliases).any(listed))
}
