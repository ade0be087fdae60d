//! A plan that takes access from unusually many accounts of a vendor at once is more often a half-filled file
//! than an intention.

use super::{Opinion, Subject, losses};
use std::collections::BTreeSet;

pub(super) fn check(subject: &Subject<'_>) -> Opinion {
    let live = subject.snapshot().map_or(0, |snapshot| snapshot.accounts.len());
    // What waits is judged by the plan that can carry it out.
    let taking: Vec<_> = subject.moving().filter(|change| subject.takes(change)).collect();
    let own: BTreeSet<_> =
        taking.iter().filter_map(|change| subject.loser(change)).map(|account| &account.id).collect();
    // Whose account the provider takes, and no change here.
    let lost: Vec<_> = subject.moving_losses().filter(|(loss, _)| !own.contains(&loss.account)).collect();
    let limit = limit(subject, live);
    let count = own.len() + lost.len();
    let detail = format!("{count} of {live} accounts lose access; at most {limit} may");
    if count <= limit {
        return Opinion::pass(detail);
    }
    let detail = format!("{detail}{}", losses::told(&lost));
    let holds = taking.iter().map(|change| change.id.clone()).chain(losses::by(&lost)).collect();
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
