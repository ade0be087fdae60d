//! What no request of a connector may contain is never sent, whatever a workspace or a vendor says.

use super::story::{Manner, both, places, user, workspace};
use super::{Case, for_each, for_each_api, lab, no_violation, state_after};
use grantline::connector::{Catalogue, Configured, Spec};
use grantline::domain::Reading;
use grantline::vendors::Registry;

#[test]
fn forbidden_endpoints_are_never_called() {
    for_each(|case| async move {
        let (spec, manner) = (&case.spec, case.manner);
        let [before, after] = both(spec, manner);
        let state = state_after(spec, &before).await;
        let lab = lab(spec, Some(&state), &after);
        lab.apply().await;
        assert!(lab.tenant.faults().writes() > 0, "nothing was sent");
        no_violation(&lab);
        for (fragment, _) in spec.forbidden {
            // Had one been called, the vendor would know.
            let endpoint = lab.tenant.endpoint();
            let _ = reqwest::get(format!("{}/{fragment}", endpoint.base)).await.unwrap();
            assert!(!lab.tenant.audit().violations().is_empty(), "{fragment} is not known to the vendor");
        }
    });
}

#[test]
fn a_resource_whose_id_leads_to_a_forbidden_endpoint_is_not_asked_for() {
    let with_some = Registry
        .names()
        .into_iter()
        .filter(|name| !Registry.spec(name, &Configured::default()).unwrap().forbidden.is_empty());
    assert_ne!(with_some.count(), 0, "no connector forbids anything, so this test tests nothing");
    for_each_api(|Case { spec, .. }| async move {
        for (fragment, why) in spec.forbidden {
            let lab = lab(&spec, None, &leading_to(&spec, fragment));
            let Reading::Unreadable(unreadable) = lab.reading().await else { panic!("{fragment} was read") };
            assert!(unreadable.reason.contains(why), "{unreadable:?}");
            let applied = lab.apply().await;
            assert!(applied.plan.changes.is_empty(), "{:#?}", applied.lines());
            no_violation(&lab);
        }
    });
}

/// A workspace with a resource of that id.
fn leading_to(spec: &Spec, id: &str) -> String {
    let places = places(spec, Manner::default()).into_iter();
    let places: Vec<_> = places.filter(|place| place.by_api).take(1).collect();
    let places: Vec<_> = places.iter().map(|place| place.with_id(id)).collect();
    let grants: Vec<_> = places.iter().map(|place| (place, place.lowest())).collect();
    workspace(spec, Manner::default(), &places, &user(spec, "jane", "Jane", &grants))
}
