//! What was applied is not planned again.

use super::story::{first, second};
use super::{for_each_api, for_each_by_hand, lab, no_violation};
use crate::support::lab::{Applied, Lab, by_api, line, to_do};
use grantline::domain::{ChangeId, OutcomeStatus};

#[test]
fn the_second_plan_holds_only_what_waits_for_a_person() {
    for_each_api(|case| async move {
        let (spec, manner) = (&case.spec, case.manner);
        let mut lab = lab(spec, None, &first(spec, manner));
        settle(&lab).await;
        lab.edit(&second(spec, manner));
        settle(&lab).await;
        no_violation(&lab);
    });
}

/// Applies, and checks that every change is done or waits, and that the next plan has just the waiting ones.
async fn settle(lab: &Lab) {
    let applied = lab.apply().await;
    assert!(!by_api(&applied.plan).is_empty(), "the story must have something to do");
    let waiting = applied.ended(OutcomeStatus::Waiting);
    let done = applied.ended(OutcomeStatus::Done);
    assert_eq!(waiting.len() + done.len(), applied.plan.changes.len(), "{:#?}", applied.lines());
    let next: Vec<_> = lab.plan().await.approved.plan().changes.iter().map(line).collect();
    assert_eq!(next, waiting);
}

#[test]
fn the_plan_after_everybody_has_accepted_is_empty() {
    for_each_by_hand(|case| async move {
        let (spec, manner) = (&case.spec, case.manner);
        let mut lab = lab(spec, None, &first(spec, manner));
        come_to_rest(&lab).await;
        lab.edit(&second(spec, manner));
        come_to_rest(&lab).await;
        no_violation(&lab);
    });
}

/// Applies until nothing is left. Nothing fails on the way, and no change is made twice.
async fn come_to_rest(lab: &Lab) {
    let mut made = Vec::new();
    for applied in lab.settle().await {
        let tried = applied.ended(OutcomeStatus::Done).len() + applied.ended(OutcomeStatus::Waiting).len();
        assert_eq!(tried, applied.plan.changes.len(), "{:#?}", applied.lines());
        let stopped = applied.worked.iter().filter(|one| one.stopped.is_some());
        assert!(stopped.into_iter().all(|one| is_gone(&applied, &one.change)), "{:#?}", applied.lines());
        let worked = applied.worked.iter().filter(|one| one.stopped.is_none());
        let by_hand = worked.map(|one| {
            let change = applied.plan.changes.iter().find(|change| change.id == one.change);
            line(change.unwrap())
        });
        let now: Vec<_> = applied.ended(OutcomeStatus::Done).into_iter().chain(by_hand).collect();
        assert!(!now.is_empty(), "nothing could be done of {:#?}", to_do(&applied.plan));
        assert!(now.iter().all(|line| !made.contains(line)), "{now:#?} after {made:#?}");
        made.extend(now);
    }
    assert!(!made.is_empty(), "the story must have something to do");
}

/// Whether the change takes access from an account that a request has removed by then.
fn is_gone(applied: &Applied, id: &ChangeId) -> bool {
    let change = applied.plan.changes.iter().find(|change| change.id == *id).unwrap();
    let removal = format!("remove-account {} -", change.account.as_deref().unwrap_or_default());
    change.action.is_removal() && applied.ended(OutcomeStatus::Done).contains(&removal)
}
