//! Members come and go one by one, whatever form the server takes changes in.

use super::{block_on, lab, plain, state_after, team, user, workspace};
use grantline::domain::OutcomeStatus;
use grantline::domain::ResourceReading;
use grantline::vendors::scim::emulator::{Behaviour, Creating, Fault, Membership, Patching, Trouble};
use std::collections::BTreeSet;

/// A removal by a list, which the emulator takes for the removal of everyone.
const BY_LIST: &str = "scim: { patch: pathless }";

/// How servers take PATCH, each with what the workspace says of it.
const FORMS: [(Patching, &[&str]); 6] = [
    (Patching::Full, &[]),
    (Patching::Full, &["scim: { patch: path }"]),
    (Patching::Full, &[BY_LIST]),
    (Patching::Full, &["scim: { patch: none }"]),
    (Patching::Pathless, &["scim: { patch: none }"]),
    (Patching::Off, &[]),
];

#[test]
fn removing_one_member_does_not_empty_the_group() {
    block_on(async {
        let state = state_after(&workspace(&[], &team(5))).await;
        for (patch, lines) in FORMS {
            let users = team(4) + user("user-04", &["org: member"]).as_str();
            let behaviour = Behaviour { patch, ..plain() };
            let lab = lab(Some(&state), &behaviour, &workspace(lines, &users));
            assert_eq!(lab.tenant.members("The Team").len(), 5);
            let applied = lab.apply().await;
            assert_eq!(applied.plan.changes.len(), 1, "{:#?}", applied.lines());
            let rest: BTreeSet<_> = (0..4).map(|number| format!("user-{number:02}@acme.example")).collect();
            let left = lab.tenant.members("The Team");
            assert!(left.is_superset(&rest), "{patch:?}, {lines:?}: {left:?}");
            if !lines.contains(&BY_LIST) {
                // There the others are put back, and the run says so.
                assert_eq!(left, rest, "{patch:?}, {lines:?}: {:#?}", applied.lines());
            }
        }
    });
}

#[test]
fn members_that_are_told_only_on_request_are_not_lost() {
    block_on(async {
        let state = state_after(&workspace(&[], &team(5))).await;
        for (patch, lines) in FORMS {
            if lines.contains(&BY_LIST) {
                continue;
            }
            let users = team(4)
                + user("user-04", &["org: member"]).as_str()
                + user("user-09", &["team: member"]).as_str();
            let behaviour = Behaviour { patch, members: Membership::OnRequest, ..plain() };
            let lab = lab(Some(&state), &behaviour, &workspace(lines, &users));
            let applied = lab.apply().await;
            let left = lab.tenant.members("The Team");
            let rest = [0, 1, 2, 3, 9].map(|number| format!("user-{number:02}@acme.example"));
            assert_eq!(left, rest.into(), "{patch:?}, {lines:?}: {:#?}", applied.lines());
            assert_eq!(lab.plan().await.approved.plan().changes, Vec::new());
        }
    });
}

#[test]
fn members_that_are_never_told_are_not_lost() {
    block_on(async {
        let state = state_after(&workspace(&[], &team(5))).await;
        for (patch, lines) in FORMS {
            let users = team(4)
                + user("user-04", &["org: member"]).as_str()
                + user("user-09", &["org: member"]).as_str();
            let behaviour = Behaviour { patch, members: Membership::Hidden, ..plain() };
            let lab = lab(Some(&state), &behaviour, &workspace(lines, &users));
            let reading = lab.snapshot().await.resources["team"].clone();
            assert!(matches!(reading, ResourceReading::Unread { .. }), "{reading:?}");
            let applied = lab.apply().await;
            assert_eq!(
                lab.tenant.members("The Team").len(),
                5,
                "{patch:?}, {lines:?}: {:#?}",
                applied.lines()
            );
        }
    });
}

#[test]
fn patch_switched_off_still_converges() {
    block_on(async {
        let behaviour = Behaviour { patch: Patching::Off, ..plain() };
        let mut lab = lab(None, &behaviour, &workspace(&[], &team(3)));
        let first = lab.apply().await;
        assert_eq!(first.ended(OutcomeStatus::Done).len(), first.plan.changes.len(), "{:#?}", first.lines());
        let users = team(2)
            + user("user-02", &["org: member"]).as_str()
            + user("user-09", &["team: member"]).as_str();
        lab.edit(&workspace(&[], &users));
        let second = lab.apply().await;
        assert_eq!(
            second.ended(OutcomeStatus::Done).len(),
            second.plan.changes.len(),
            "{:#?}",
            second.lines()
        );
        assert_eq!(lab.plan().await.approved.plan().changes, Vec::new());
        let members = ["user-00", "user-01", "user-09"].map(|who| format!("{who}@acme.example"));
        assert_eq!(lab.tenant.members("The Team"), members.into());
        let methods: BTreeSet<_> =
            lab.tenant.audit().entries().into_iter().map(|entry| entry.method).collect();
        assert!(methods.contains("PUT") && !methods.contains("PATCH"), "{methods:?}");
    });
}

#[test]
fn a_server_that_ignores_filters_matches_nobody_wrongly() {
    block_on(async {
        // Nothing here is called as anything that the workspace asks for.
        let other = workspace(&[], &team(3)).replace("The Team", "Admins");
        let state = state_after(&other).await;
        let behaviour = Behaviour { ignore_filter: true, advertise_filter: true, ..plain() };
        let yaml = workspace(&[], &(team(3) + user("jane", &["org: member"]).as_str()));
        let lab = lab(Some(&state), &behaviour, &yaml);
        let admins = lab.tenant.members("Admins");

        // The creation of Jane's account is refused as if she had one; whoever looks it up is shown everyone.
        let refused = Fault::creating(Creating::Users, Trouble::Status { status: 409 });
        lab.tenant.faults().add(refused);
        let applied = lab.apply().await;
        assert_eq!(
            applied.ended(OutcomeStatus::Failed),
            ["invite jane@acme.example -"],
            "{:#?}",
            applied.lines()
        );
        assert_eq!(lab.tenant.members("Admins"), admins);
        assert_eq!(lab.tenant.members("The Team"), admins, "the same people are in a group of its own");

        lab.tenant.faults().reset();
        let again = lab.apply().await;
        assert_eq!(again.ended(OutcomeStatus::Done), ["invite jane@acme.example -"], "{:#?}", again.lines());
        assert_eq!(lab.plan().await.approved.plan().changes, Vec::new());
    });
}
