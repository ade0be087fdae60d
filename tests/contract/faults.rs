//! Call number *n* fails, for every *n*, before or after it takes effect; running again finishes the work.

use super::story::{first, second};
use super::{Case, for_each_api, no_violation, state_after};
use crate::support::lab::{Applied, Lab, Start, by_api, held, line, whole};
use grantline::connector::Spec;
use grantline::domain::{OutcomeStatus, Reading};
use grantline::vendors::scim::emulator::{Behaviour, Counting, Fault, Trouble};
use serde_json::Value;
use std::collections::BTreeSet;

/// Far more calls than a run makes; a run that goes on for ever fails here.
const ENDLESS: u64 = 2000;

/// More often than a client asks again.
const OFTEN: u64 = 12;

const ERROR: Trouble = Trouble::Status { status: 500 };

/// What goes wrong at any call, be it a reading or a change.
fn at_any_call() -> Vec<Fault> {
    vec![Fault::new(1, ERROR), Fault::new(1, Trouble::Truncate).after_effect().times(OFTEN)]
}

/// What goes wrong at a change: the same for whatever only reads, so that these are not tried there.
fn at_changes() -> Vec<Fault> {
    let all = [
        Fault::new(1, ERROR).after_effect(),
        Fault::new(1, Trouble::Drop).after_effect(),
        Fault::new(1, Trouble::RateLimit { retry_after: 7 }),
        Fault::new(1, Trouble::Status { status: 503 }).times(OFTEN),
        Fault::new(1, Trouble::Status { status: 401 }),
        Fault::new(1, Trouble::Status { status: 404 }),
        Fault::new(1, Trouble::Status { status: 409 }),
    ];
    all.map(Fault::of_writes).to_vec()
}

#[test]
fn invariant_4_any_call_fails_while_everything_is_created() {
    for_each_api(|case| async move { created(&case, at_any_call()).await });
}

#[test]
fn invariant_4_a_change_fails_while_everything_is_created() {
    for_each_api(|case| async move { created(&case, at_changes()).await });
}

#[test]
fn invariant_4_any_call_fails_while_everything_changes() {
    for_each_api(|case| async move { changed(&case, at_any_call()).await });
}

#[test]
fn invariant_4_a_change_fails_while_everything_changes() {
    for_each_api(|case| async move { changed(&case, at_changes()).await });
}

async fn created(Case { spec, manner }: &Case, troubles: Vec<Fault>) {
    every_call_fails(spec, None, &first(spec, *manner), troubles).await;
}

async fn changed(Case { spec, manner }: &Case, troubles: Vec<Fault>) {
    let state = state_after(spec, &first(spec, *manner)).await;
    every_call_fails(spec, Some(&state), &second(spec, *manner), troubles).await;
}

/// What an undisturbed apply leaves, everything that was noticed of it, and how many calls it makes.
struct Goal {
    held: Vec<String>,
    noticed: Vec<String>,
    calls: u64,
    writes: u64,
}

impl Goal {
    /// How many calls there are to fail at least: all of them, but where changes go together, as many as there happen to
    /// be ready are one call.
    fn least(&self, counting: Counting, spec: &Spec) -> u64 {
        let made = match counting {
            Counting::Calls => self.calls,
            Counting::Writes => self.writes,
        };
        if spec.limits.batch > 1 { made * 3 / 4 } else { made }
    }
}

/// Applies the workspace to the state with each trouble at each call, and compares with an undisturbed apply.
async fn every_call_fails(spec: &Spec, state: Option<&Value>, yaml: &str, troubles: Vec<Fault>) {
    let goal = {
        let lab = lenient(spec, state, yaml);
        lab.apply().await;
        let (calls, writes) = (lab.tenant.faults().calls(), lab.tenant.faults().writes());
        Goal { held: held(&lab.snapshot().await), noticed: lab.tenant.noticed(), calls, writes }
    };
    assert!(goal.calls > goal.writes && goal.writes > 0, "the story must read and write");
    for trouble in troubles {
        let mut call = 1;
        while disturbed(spec, state, yaml, Fault { call, ..trouble }, &goal).await {
            call += 1;
            assert!(call < ENDLESS);
        }
        // The last run was not disturbed, so that each of its calls has failed in an earlier one.
        let least = goal.least(trouble.counting, spec);
        assert!(call > least, "{}: {trouble:?} hit before call {call} only, of {least}", spec.connector);
    }
}

/// A tenant that keeps nobody from doing a thing twice, as far as vendors differ in that.
fn lenient(spec: &Spec, state: Option<&Value>, yaml: &str) -> Lab {
    let behaviour = Behaviour { duplicate_groups: true, ..Behaviour::default() };
    Lab::new(spec.connector, Start { state, behaviour: Some(&behaviour) }, yaml)
}

/// One disturbed apply, and what follows it. Whether the trouble hit.
async fn disturbed(spec: &Spec, state: Option<&Value>, yaml: &str, fault: Fault, goal: &Goal) -> bool {
    let lab = lenient(spec, state, yaml);
    lab.tenant.faults().add(fault);
    let applied = lab.apply().await;
    let made = match fault.counting {
        Counting::Calls => lab.tenant.faults().calls(),
        Counting::Writes => lab.tenant.faults().writes(),
    };
    lab.tenant.faults().reset();

    let at = || format!("{} with {fault:?}: {:#?}", spec.connector, applied.lines());
    if matches!(applied.reading, Reading::Unreadable(_)) {
        // Invariant 2.
        assert!(applied.plan.changes.is_empty(), "{}", at());
    }
    let again = lab.apply().await;
    seen_means_done(&applied, &again, &at);
    let left: Vec<_> = [OutcomeStatus::Failed, OutcomeStatus::Unverified, OutcomeStatus::Skipped]
        .into_iter()
        .flat_map(|status| again.ended(status))
        .collect();
    assert!(left.is_empty(), "{left:?} after {}", at());
    // Where the second apply had nothing to do, its own reading is the last.
    let last = if by_api(&again.plan).is_empty() { again } else { lab.apply().await };
    assert_eq!(by_api(&last.plan), Vec::<String>::new(), "{}", at());
    assert_eq!(held(whole(&last.reading)), goal.held, "{}", at());
    assert_eq!(twice(lab.tenant.noticed(), &goal.noticed), Vec::<String>::new(), "{}", at());
    no_violation(&lab);
    made >= fault.call
}

/// What was noticed more often than of an undisturbed apply. It may be less: whoever is removed needs no revocation.
pub(super) fn twice(mut noticed: Vec<String>, goal: &[String]) -> Vec<String> {
    for expected in goal {
        if let Some(at) = noticed.iter().position(|fact| fact == expected) {
            noticed.swap_remove(at);
        }
    }
    noticed
}

/// Invariant 7: what a run calls done is not planned again.
pub(super) fn seen_means_done(applied: &Applied, again: &Applied, at: &dyn Fn() -> String) {
    let planned: BTreeSet<String> = again.plan.changes.iter().map(line).collect();
    for done in applied.ended(OutcomeStatus::Done) {
        assert!(!planned.contains(&done), "{done} is planned again, {}", at());
    }
}
