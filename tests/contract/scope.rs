//! Invariant 8: what the workspace does not manage is not touched, byte for byte.

use super::story::{Manner, Place, places, user, workspace};
use super::{for_each_connector, lab, no_violation, state_after};
use crate::support::lab::{by_api, held};
use grantline::connector::Spec;
use serde_json::Value;

#[test]
fn invariant_8_an_additive_vendor_keeps_what_nobody_declares() {
    for_each_connector(|spec| async move {
        let state = populated(&spec).await;
        let manner = Manner { manage: "additive", ..Manner::default() };
        let [inside, _] = split(&spec);
        let lab = lab(&spec, Some(&state), &newcomers(&spec, manner, &inside));
        let (before, kept) = (lab.tenant.state(), outsiders(&held(&lab.snapshot().await)));
        let applied = lab.apply().await;
        assert!(!by_api(&applied.plan).is_empty());
        let after = lab.tenant.state();
        assert_ne!(before, after, "the newcomer must have come");
        assert_eq!(entries(&before, "outsider"), entries(&after, "outsider"));
        assert_eq!(entries(&before, "The outside"), entries(&after, "The outside"));
        assert_eq!(outsiders(&held(&lab.snapshot().await)), kept);
        assert!(kept.len() == 2, "{kept:?}");
        no_violation(&lab);
    });
}

#[test]
fn invariant_8_a_resource_that_nobody_declares_is_not_touched() {
    for_each_connector(|spec| async move {
        let state = populated(&spec).await;
        let [inside, _] = split(&spec);
        let yaml = everyone(&spec, Manner::default(), &inside) + newcomer(&inside).as_str();
        let lab = lab(&spec, Some(&state), &yaml);
        let before = lab.tenant.state();
        let applied = lab.apply().await;
        assert!(by_api(&applied.plan).len() >= 2, "the newcomer must come: {:#?}", applied.lines());
        assert_eq!(entries(&before, "The outside"), entries(&lab.tenant.state(), "The outside"));
        no_violation(&lab);
    });
}

#[test]
fn invariant_8_an_observed_vendor_is_only_read() {
    for_each_connector(|spec| async move {
        let state = populated(&spec).await;
        let manner = Manner { manage: "observe", ..Manner::default() };
        let [inside, _] = split(&spec);
        let lab = lab(&spec, Some(&state), &newcomers(&spec, manner, &inside));
        let before = lab.tenant.state();
        let applied = lab.apply().await;
        assert!(applied.plan.changes.is_empty(), "{:#?}", applied.lines());
        assert!(!applied.plan.findings.is_empty(), "differences are findings");
        assert_eq!(lab.tenant.state(), before);
    });
}

/// The places that a workspace goes on declaring, and those that it no longer does.
fn split(spec: &Spec) -> [Vec<Place>; 2] {
    let places: Vec<_> = places(spec).into_iter().filter(|place| place.by_api).collect();
    assert!(places.len() >= 2, "{} has too few resources for this test", spec.connector);
    let (inside, outside) = places.split_at(1);
    [inside.to_vec(), outside.iter().map(Place::outside).collect()]
}

/// The state of a tenant that has people and resources of both sorts.
async fn populated(spec: &Spec) -> Value {
    let [inside, outside] = split(spec);
    state_after(spec, &everyone(spec, Manner::default(), &[inside, outside].concat())).await
}

fn everyone(spec: &Spec, manner: Manner, places: &[Place]) -> String {
    let grants: Vec<_> = places.iter().map(|place| (place, place.lowest())).collect();
    let users: String =
        ["insider", "outsider-one", "outsider-two"].iter().map(|who| user(who, who, &grants)).collect();
    workspace(spec, manner, places, &users)
}

/// A workspace that knows neither the outsiders nor the outside, and wants somebody new.
fn newcomers(spec: &Spec, manner: Manner, inside: &[Place]) -> String {
    let grants: Vec<_> = inside.iter().map(|place| (place, place.lowest())).collect();
    workspace(spec, manner, inside, &(user("insider", "insider", &grants) + newcomer(inside).as_str()))
}

/// Somebody new, with access to these places.
fn newcomer(inside: &[Place]) -> String {
    let grants: Vec<_> = inside.iter().map(|place| (place, place.lowest())).collect();
    user("newcomer", "newcomer", &grants)
}

/// The entries of the state's lists in which a word occurs, as text.
fn entries(state: &Value, word: &str) -> Vec<String> {
    let lists = state.as_object().into_iter().flatten().filter_map(|(_, value)| value.as_array());
    let found: Vec<_> = lists.flatten().map(Value::to_string).filter(|text| text.contains(word)).collect();
    assert!(!found.is_empty(), "nothing in the state mentions {word}");
    found
}

fn outsiders(held: &[String]) -> Vec<String> {
    held.iter().filter(|line| line.starts_with("outsider")).cloned().collect()
}
