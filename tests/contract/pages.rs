//! Results span pages.

use super::story::{Manner, places, user, workspace};
use super::{Case, for_each_api, no_violation, state_after};
use crate::support::lab::{Lab, Start, by_api};
use grantline::connector::Spec;
use grantline::vendors::scim::emulator::Behaviour;
use serde_json::Value;

/// How much one page holds here at most.
const PAGE: usize = 10;

/// Several pages, the last of them not full.
const MANY: usize = 47;

#[test]
fn a_reading_that_spans_pages_is_read_to_its_end() {
    for_each_api(|Case { spec, .. }| async move {
        let (few, _) = read(&spec, 2).await;
        let (many, accounts) = read(&spec, MANY).await;
        assert!(many > few, "{MANY} accounts take {many} calls, and 2 take {few}: nothing spanned a page");
        assert!(accounts >= MANY, "{accounts} of {MANY} accounts were read");
    });
}

/// How many calls the reading of that many users takes, and how many accounts it gives.
async fn read(spec: &Spec, users: usize) -> (u64, usize) {
    let yaml = crowd(spec, users, None);
    let state = state_after(spec, &yaml).await;
    let lab = paged(spec, &state, &yaml);
    assert_eq!(by_api(lab.plan().await.approved.plan()), Vec::<String>::new());
    lab.tenant.faults().reset();
    let snapshot = lab.snapshot().await;
    (lab.tenant.faults().calls(), snapshot.accounts.len())
}

#[test]
fn one_who_leaves_is_found_on_the_last_page() {
    for_each_api(|Case { spec, .. }| async move {
        let state = state_after(&spec, &crowd(&spec, MANY, None)).await;
        let lab = paged(&spec, &state, &crowd(&spec, MANY, Some(MANY - 1)));
        let before = lab.snapshot().await.accounts.len();
        lab.apply().await;
        let after = lab.snapshot().await;
        assert_eq!(after.accounts.len(), before - 1);
        let gone = format!("user-{:03}@acme.example", MANY - 1);
        assert!(after.accounts.values().all(|account| *account.login != *gone));
        no_violation(&lab);
    });
}

/// A tenant of that state whose pages are small.
fn paged(spec: &Spec, state: &Value, yaml: &str) -> Lab {
    let behaviour = Behaviour { max_page: PAGE, ..Behaviour::default() };
    Lab::new(spec.connector, Start { state: Some(state), behaviour: Some(&behaviour) }, yaml)
}

/// That many users with access to one place, all but one of them.
fn crowd(spec: &Spec, users: usize, without: Option<usize>) -> String {
    let places = places(spec, Manner::default()).into_iter();
    let places: Vec<_> = places.filter(|place| place.by_api).take(1).collect();
    let entry = |number: usize| {
        let grants: Vec<_> = places.iter().map(|place| (place, place.lowest())).collect();
        user(spec, &format!("user-{number:03}"), &format!("User {number}"), &grants)
    };
    let text: String = (0..users).filter(|number| Some(*number) != without).map(entry).collect();
    workspace(spec, Manner::default(), &places, &text)
}
