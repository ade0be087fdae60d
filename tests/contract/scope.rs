//! Invariant 8: what the workspace does not manage is not touched, byte for byte.

use super::story::{Manner, Place, places, user, workspace};
use super::{Case, for_each, lab, no_violation, state_after};
use crate::support::lab::{Lab, held, to_do};
use grantline::connector::Spec;
use serde_json::Value;

#[test]
fn invariant_8_an_additive_vendor_keeps_what_nobody_declares() {
    for_each(|case| async move {
        let state = populated(&case).await;
        let case = Case { manner: Manner { manage: "additive", ..case.manner }, ..case };
        let [inside, _] = split(&case);
        let lab = lab(&case.spec, Some(&state), &newcomers(&case, &inside));
        lab.plan().await;
        let (before, kept) = (lab.tenant.state(), outsiders(&held(&lab.snapshot().await)));
        come(&lab).await;
        let after = lab.tenant.state();
        assert_ne!(before, after, "the newcomer must have come");
        assert_eq!(entries(&before), entries(&after));
        assert_eq!(outsiders(&held(&lab.snapshot().await)), kept);
        assert!(kept.len() == 2, "{kept:?}");
        no_violation(&lab);
    });
}

#[test]
fn invariant_8_a_resource_that_nobody_declares_is_not_touched() {
    for_each(|case| async move {
        let state = populated(&case).await;
        let [inside, _] = split(&case);
        let yaml = everyone(&case, &inside) + newcomer(&case.spec, &inside).as_str();
        let lab = lab(&case.spec, Some(&state), &yaml);
        let before = lab.tenant.state();
        come(&lab).await;
        assert_ne!(before, lab.tenant.state(), "the newcomer must have come");
        assert_eq!(entries(&before), entries(&lab.tenant.state()));
        no_violation(&lab);
    });
}

#[test]
fn invariant_8_an_observed_vendor_is_only_read() {
    for_each(|case| async move {
        let state = populated(&case).await;
        let case = Case { manner: Manner { manage: "observe", ..case.manner }, ..case };
        let [inside, _] = split(&case);
        let lab = lab(&case.spec, Some(&state), &newcomers(&case, &inside));
        let before = lab.tenant.state();
        let applied = lab.apply().await;
        assert!(applied.plan.changes.is_empty(), "{:#?}", applied.lines());
        assert!(!applied.plan.findings.is_empty(), "differences are findings");
        assert_eq!(lab.tenant.state(), before);
    });
}

/// Applies until the newcomer has come.
async fn come(lab: &Lab) {
    let applied = lab.apply().await;
    assert!(to_do(&applied.plan).iter().any(|line| line.contains("newcomer")), "{:#?}", applied.lines());
    lab.accept(&["newcomer@acme.example"]).await;
    lab.apply().await;
}

/// The places that a workspace goes on declaring, and those that it no longer does.
fn split(case: &Case) -> [Vec<Place>; 2] {
    let seen = |place: &Place| place.by_api || case.manner.channel.is_some();
    let places: Vec<_> = places(&case.spec, case.manner).into_iter().filter(seen).collect();
    assert!(places.len() >= 2, "{} has too few resources for this test", case.name());
    let half = places.len() / 2;
    let inside = places.iter().enumerate().filter(|(at, _)| at % 2 == 0 || half == 0);
    let outside = places.iter().enumerate().filter(|(at, _)| at % 2 == 1);
    [inside.map(|(_, place)| place.clone()).collect(), outside.map(|(_, place)| place.outside()).collect()]
}

/// The state of a tenant that has people and resources of both sorts.
async fn populated(case: &Case) -> Value {
    let [inside, outside] = split(case);
    state_after(&case.spec, &everyone(case, &[inside, outside].concat())).await
}

fn everyone(case: &Case, places: &[Place]) -> String {
    let grants: Vec<_> = places.iter().map(|place| (place, place.lowest())).collect();
    let one = |who: &&str| user(&case.spec, who, who, &grants);
    let users: String = ["insider", "outsider-one", "outsider-two"].iter().map(one).collect();
    workspace(&case.spec, case.manner, places, &users)
}

/// A workspace that knows neither the outsiders nor the outside, and wants somebody new.
fn newcomers(case: &Case, inside: &[Place]) -> String {
    let grants: Vec<_> = inside.iter().map(|place| (place, place.lowest())).collect();
    let users = user(&case.spec, "insider", "insider", &grants) + newcomer(&case.spec, inside).as_str();
    workspace(&case.spec, case.manner, inside, &users)
}

/// Somebody new, with access to these places.
fn newcomer(spec: &Spec, inside: &[Place]) -> String {
    let grants: Vec<_> = inside.iter().map(|place| (place, place.lowest())).collect();
    user(spec, "newcomer", "newcomer", &grants)
}

/// The innermost parts of the state in which somebody or something of the outside occurs, as text.
fn entries(state: &Value) -> Vec<String> {
    let mut found = Vec::new();
    innermost(state, &mut found);
    assert!(!found.is_empty(), "nothing in the state is outside");
    found
}

fn innermost(value: &Value, found: &mut Vec<String>) {
    let parts: Vec<&Value> = match value {
        Value::Array(parts) => parts.iter().collect(),
        Value::Object(parts) => parts.values().collect(),
        _ => return,
    };
    if !value.to_string().contains("outside") && !value.to_string().contains("outsider") {
        return;
    }
    let before = found.len();
    parts.iter().filter(|part| part.is_object() || part.is_array()).for_each(|part| innermost(part, found));
    if before == found.len() {
        found.push(value.to_string());
    }
}

fn outsiders(held: &[String]) -> Vec<String> {
    held.iter().filter(|line| line.starts_with("outsider")).cloned().collect()
}
