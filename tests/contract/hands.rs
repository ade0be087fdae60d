//! Pages fail as requests do: call number *n*, before or after it takes effect. Working on finishes the work, and nothing
//! happens twice that anybody would notice.

use super::faults::{seen_means_done, twice};
use super::story::short;
use super::{Case, for_those, no_violation, state_after};
use crate::support::lab::{Applied, Lab, Start, held};
use grantline::domain::OutcomeStatus;
use grantline::vendors::scim::emulator::{Counting, Fault, Trouble};
use serde_json::Value;

/// Pages are many calls, most of which only look: of those, one in so many fails here.
const STRIDE: u64 = 17;

const ERROR: Trouble = Trouble::Status { status: 500 };

#[test]
fn invariant_4_a_press_fails_on_a_page() {
    for fault in [Fault::new(1, ERROR).of_writes(), Fault::new(1, Trouble::Drop).of_writes().after_effect()] {
        for_those(by_pages, |case| async move { every_call_fails(&case, fault, 1).await });
    }
}

#[test]
fn invariant_4_a_page_fails_to_load() {
    for_those(by_pages, |case| async move { every_call_fails(&case, Fault::new(1, ERROR), STRIDE).await });
}

/// Vendors without an API: beside one, pages are what they are without it.
fn by_pages(case: &Case) -> bool {
    !case.manner.api
}

/// What undisturbed work leaves, and everything that was noticed of it.
struct Goal {
    held: Vec<String>,
    noticed: Vec<String>,
}

async fn every_call_fails(case: &Case, fault: Fault, stride: u64) {
    let [first, second] = short(&case.spec, case.manner);
    let state = state_after(&case.spec, &first).await;
    let goal = {
        let lab = begin(case, &state, &second);
        lab.settle().await;
        Goal { held: held(&lab.snapshot().await), noticed: lab.tenant.noticed() }
    };
    let mut call = 1;
    while disturbed(case, (&state, &second), Fault { call, ..fault }, &goal).await {
        call += stride;
    }
    assert!(call > 3, "the trouble hardly ever hit: {call}");
}

fn begin(case: &Case, state: &Value, yaml: &str) -> Lab {
    Lab::new(case.spec.connector, Start { state: Some(state), ..Start::default() }, yaml)
}

/// One disturbed apply, and what follows it. Whether the trouble hit.
async fn disturbed(case: &Case, (state, yaml): (&Value, &str), fault: Fault, goal: &Goal) -> bool {
    let lab = begin(case, state, yaml);
    lab.tenant.faults().add(fault);
    let applied = lab.apply().await;
    let made = match fault.counting {
        Counting::Calls => lab.tenant.faults().calls(),
        Counting::Writes => lab.tenant.faults().writes(),
    };
    lab.tenant.faults().reset();
    let at = || format!("{} with {fault:?}: {:#?}", case.name(), applied.lines());
    lab.accept(&[]).await;
    let rest = lab.settle().await;
    for again in &rest {
        seen_means_done(&applied, again, &at);
        let failed = [OutcomeStatus::Failed, OutcomeStatus::Unverified, OutcomeStatus::Skipped];
        let left: Vec<_> = failed.into_iter().flat_map(|status| again.ended(status)).collect();
        assert!(left.is_empty() && worked(again), "{:#?} after {}", again.lines(), at());
    }
    assert_eq!(held(&lab.snapshot().await), goal.held, "{}", at());
    assert_eq!(twice(lab.tenant.noticed(), &goal.noticed), Vec::<String>::new(), "{}", at());
    no_violation(&lab);
    made >= fault.call
}

fn worked(applied: &Applied) -> bool {
    applied.worked.iter().all(|one| one.stopped.is_none())
}
