//! What was applied is not planned again.

use super::story::{Manner, first, second};
use super::{for_each_connector, lab, no_violation};
use crate::support::lab::{Lab, by_api, line};
use grantline::domain::OutcomeStatus;

#[test]
fn the_second_plan_holds_only_what_waits_for_a_person() {
    for_each_connector(|spec| async move {
        let mut lab = lab(&spec, None, &first(&spec, Manner::default()));
        settle(&lab).await;
        lab.edit(&second(&spec, Manner::default()));
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
