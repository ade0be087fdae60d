//! A plan that takes access from unusually many accounts of a vendor at once is more often a half-filled file
//! than an intention.

use super::{Opinion, Subject};
use std::collections::BTreeSet;

pub(super) fn check(subject: &Subject<'_>) -> Opinion {
    let live = subject.snapshot().map_or(0, |snapshot| snapshot.accounts.len());
    // What waits is judged by the plan that can carry it out.
    let taking: Vec<_> = subject.moving().filter(|change| subject.takes(change)).collect();
    let accounts: BTreeSet<_> =
        taking.iter().filter_map(|change| subject.loser(change)).map(|account| &account.id).collect();
    let limit = limit(subject, live);
    let detail = format!("{} of {live} accounts lose access; at most {limit} may", accounts.len());
    if accounts.len() <= limit {
        return Opinion::pass(detail);
    }
    let holds = taking.iter().map(|change| change.id.clone()).collect();
    let hint = "check that no file or user is missing; if it is meant, pass \
                `--override max-removals --because TEXT`, or raise `guards.max_removals` in a reviewed commit";
    Opinion::object(detail, hint, holds)
}

fn limit(subject: &Subject<'_>, live: usize) -> usize {
    let rule = subject.guards.max_removals;
    let percent = usize::try_from(rule.percent).unwrap_or(usize::MAX);
    let share = live.saturating_mul(percent) / 100;
    share.max(usize::try_from(rule.at_least).unwrap_or(usize::MAX))
}
