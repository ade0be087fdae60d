//! What one account holds at a time goes from hand to hand, and is never without one.

use super::story::{Manner, Place, places, user, workspace, workspace_of};
use super::{Case, for_each_by_hand, lab, no_violation, state_after};
use grantline::domain::ResourceReading;

const HEIR: &str = "heir@acme.example";

#[test]
fn invariant_5_ownership_is_handed_over_before_the_owner_leaves() {
    for_each_by_hand(|case| async move {
        let owned = |place: &Place| place.top != place.highest();
        let places: Vec<_> = places(&case.spec, case.manner).into_iter().filter(owned).collect();
        if places.is_empty() {
            return;
        }
        let yaml = workspace(&case.spec, case.manner, &places, &heir(&case, &places, false));
        let state = state_after(&case.spec, &yaml).await;
        let manner = Manner { identity: Some(HEIR), ..case.manner };
        let yaml = workspace_of(&case.spec, manner, &places, &heir(&case, &places, true));
        let lab = lab(&case.spec, Some(&state), &yaml);
        // Nobody removes themselves, so the session is the heir's.
        lab.tenant.sign_in(&serde_json::json!(HEIR));
        lab.settle().await;
        no_violation(&lab);
        let snapshot = lab.snapshot().await;
        for place in &places {
            let ResourceReading::Read { holders, .. } = &snapshot.resources[&*place.name] else {
                panic!("unread")
            };
            let held: Vec<_> = holders.iter().map(|(id, level)| format!("{id} {level}")).collect();
            assert_eq!(held, [format!("{HEIR} {}", place.top)]);
        }
    });
}

/// Somebody who is to have the highest level that can be given, or the one that is handed over.
fn heir(case: &Case, places: &[Place], owns: bool) -> String {
    let level = |place: &Place| if owns { place.top.clone() } else { place.highest().to_owned() };
    let levels: Vec<String> = places.iter().map(level).collect();
    let grants: Vec<_> = places.iter().zip(&levels).map(|(place, level)| (place, level.as_str())).collect();
    user(&case.spec, "heir", "Heir", &grants)
}
