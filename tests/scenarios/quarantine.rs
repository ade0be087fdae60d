//! Invariant 9: one broken user, grant or group is set aside with its reason, and the rest converges; what people lose
//! who have left goes first, and nothing holds it up.

use super::{block_on, lab, plain, state_after, user, workspace};
use crate::support::lab::{Applied, Lab, Planned, to_do, whole};
use grantline::domain::{Action, Change, OutcomeStatus, Plan};
use grantline::vendors;
use grantline::vendors::scim::emulator::{Creating, Fault, Trouble};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

const ROLES: &str = "roles: { viewer: Viewer, admin: Admin }";

/// How a server refuses or fails to answer whatever it is asked.
const TROUBLES: [Trouble; 4] = [
    Trouble::Status { status: 400 },
    Trouble::Status { status: 500 },
    Trouble::Status { status: 503 },
    Trouble::Drop,
];

fn departed(handle: &str) -> String {
    format!("  {handle}:\n    name: {handle}\n    email: {handle}@acme.example\n    departed: 2026-11-20\n")
}

fn members(handles: &[&str]) -> String {
    handles.iter().map(|handle| user(handle, &["org: member", "team: member"])).collect()
}

fn done(applied: &Applied) -> BTreeSet<String> {
    applied.ended(OutcomeStatus::Done).into_iter().collect()
}

fn lines(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn codes(plan: &Plan) -> Vec<&'static str> {
    plan.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn who_has_left_goes_whatever_becomes_of_all_gains() {
    block_on(async {
        let state = state_after(&workspace(&[], &members(&["carol", "ravi"]))).await;
        let new = [members(&["ravi", "ada", "ben", "cyd", "dov", "eva"]), departed("carol")].concat();
        for trouble in TROUBLES {
            let lab = lab(Some(&state), &plain(), &workspace(&[], &new));
            lab.tenant.faults().add(Fault::creating(Creating::Users, trouble));
            let applied = lab.apply().await;
            let gone = ["revoke carol@acme.example team", "remove-account carol@acme.example -"];
            assert_eq!(done(&applied), lines(&gone), "{trouble:?}: {:#?}", applied.lines());
            assert_eq!(lab.tenant.members("The Team"), ["ravi@acme.example".to_owned()].into());
            converges(&lab).await;
        }
    });
}

#[test]
fn who_has_left_goes_behind_their_successor_whoever_else_is_refused() {
    block_on(behind_a_successor(&TROUBLES[..1]));
}

#[test]
fn who_has_left_goes_behind_their_successor_whatever_becomes_of_other_gains() {
    block_on(behind_a_successor(&TROUBLES));
}

async fn behind_a_successor(troubles: &[Trouble]) {
    let people = |old: &str, new: &str| [old, &*user("new", &[new])].concat();
    let before = people(&user("old", &["org: admin"]), "org: viewer");
    let state = state_after(&workspace(&[ROLES], &before)).await;
    let others: String = ["ada", "ben", "cyd", "dov", "eva"].map(|who| user(who, &["org: viewer"])).concat();
    let after = [people(&departed("old"), "org: admin"), others].concat();
    for &trouble in troubles {
        let lab = lab(Some(&state), &plain(), &workspace(&[ROLES], &after));
        lab.tenant.faults().add(Fault::creating(Creating::Users, trouble));
        let applied = lab.apply().await;
        let gone = ["change-level new@acme.example org", "remove-account old@acme.example -"];
        assert_eq!(done(&applied), lines(&gone), "{trouble:?}: {:#?}", applied.lines());
        converges(&lab).await;
    }
}

#[test]
fn one_poisoned_user_does_not_keep_the_others_from_converging() {
    block_on(async {
        let yaml = workspace(&[], &members(&["ada", "ben", "cyd"]));
        let lab = lab(None, &plain(), &yaml);
        let planned = lab.plan().await;
        // Meanwhile somebody makes an account of ben's name that is marked as another user's.
        meanwhile(&lab, &planned, "invite ben", |action| match action {
            Action::Invite { external_id, .. } => *external_id = Arc::from("grantline:another"),
            other => panic!("{other:?}"),
        })
        .await;
        let applied = lab.carry_out(planned).await;
        assert_eq!(
            applied.ended(OutcomeStatus::Failed),
            ["invite ben@acme.example -"],
            "{:#?}",
            applied.lines()
        );
        assert_eq!(applied.ended(OutcomeStatus::Skipped), ["grant ben@acme.example team"]);
        assert_eq!(applied.ended(OutcomeStatus::Done).len(), applied.plan.changes.len() - 2);
        let ours = ["ada", "cyd"].map(|who| format!("{who}@acme.example"));
        assert_eq!(lab.tenant.members("The Team"), ours.into());
    });
}

#[test]
fn one_poisoned_grant_does_not_keep_the_others_from_converging() {
    block_on(async {
        let before: String = ["ada", "ben", "cyd"].map(|who| user(who, &["org: member"])).concat();
        let before = [before, members(&["eva"])].concat();
        let state = state_after(&workspace(&[], &before)).await;
        let lab = lab(Some(&state), &plain(), &workspace(&[], &members(&["ada", "ben", "cyd", "eva"])));
        let planned = lab.plan().await;
        // Meanwhile ben's account goes.
        meanwhile(&lab, &planned, "grant ben", |action| *action = Action::RemoveAccount).await;
        let applied = lab.carry_out(planned).await;
        assert_eq!(
            done(&applied),
            lines(&["grant ada@acme.example team", "grant cyd@acme.example team"]),
            "{:#?}",
            applied.lines()
        );
        let team = ["ada", "cyd", "eva"].map(|who| format!("{who}@acme.example"));
        assert_eq!(lab.tenant.members("The Team"), team.into());
        converges(&lab).await;
    });
}

#[test]
fn one_poisoned_group_does_not_keep_the_others_from_converging() {
    block_on(async {
        let state = state_after(&workspace(&[], &members(&["carol", "ravi"]))).await;
        let two = workspace(
            &[],
            &[members(&["ravi", "ada"]), user("ben", &["org: member", "new: member"])].concat(),
        );
        let two = two.replace("      team: {", "      new: { name: New, kind: group }\n      team: {");
        for trouble in TROUBLES {
            let lab = lab(Some(&state), &plain(), &two);
            lab.tenant.faults().add(Fault::creating(Creating::Groups, trouble));
            let applied = lab.apply().await;
            let left: BTreeSet<String> = to_do(lab.plan().await.approved.plan()).into_iter().collect();
            let set_aside = ["create-resource - new", "grant ben@acme.example new"];
            assert_eq!(left, lines(&set_aside), "{trouble:?}: {:#?}", applied.lines());
            converges(&lab).await;
        }
    });
}

#[test]
fn one_broken_record_is_set_aside_and_the_rest_converges() {
    block_on(async {
        let yaml = |users: &str| workspace(&["identity: none"], users);
        let mut state = state_after(&yaml(&members(&["carol", "ravi", "jane"]))).await;
        break_id(&mut state, "jane@acme.example");
        let after = [members(&["ravi", "ada"]), user("jane", &["org: member"]), departed("carol")].concat();
        let lab = lab(Some(&state), &plain(), &yaml(&after));
        let applied = lab.apply().await;
        assert_eq!(
            done(&applied),
            lines(&[
                "revoke carol@acme.example team",
                "remove-account carol@acme.example -",
                "invite ada@acme.example -",
                "grant ada@acme.example team",
            ]),
            "{:#?}",
            applied.lines()
        );
        assert_eq!(done(&applied).len(), applied.plan.changes.len());
        let told = applied.plan.findings.iter().find(|finding| finding.code == "broken-account").unwrap();
        assert_eq!(told.user.as_ref().map(grantline::domain::UserName::as_str), Some("jane"));
        assert!(
            told.detail.contains("an id that cannot be used") && !told.detail.contains('\u{1b}'),
            "{told:?}"
        );
        assert_eq!(whole(&applied.reading).broken.len(), 1);
        let kept: BTreeSet<_> = ["ada", "jane", "ravi"].map(|who| format!("{who}@acme.example")).into();
        assert_eq!(lab.tenant.members("The Team"), kept, "what jane holds is left alone");
        assert_eq!(to_do(lab.plan().await.approved.plan()), Vec::<String>::new());
    });
}

#[test]
fn a_record_that_may_be_anybodys_holds_back_invitations_and_no_removal() {
    block_on(async {
        let mut state = state_after(&workspace(&[], &members(&["carol", "ravi"]))).await;
        let record = json!({ "id": "x\u{1}", "attributes": { "userName": "someone" } });
        state["users"].as_array_mut().unwrap().push(record);
        let after = [members(&["ada", "ravi"]), departed("carol")].concat();
        let lab = lab(Some(&state), &plain(), &workspace(&["identity: none"], &after));
        let applied = lab.apply().await;
        let gone = ["revoke carol@acme.example team", "remove-account carol@acme.example -"];
        let plan: BTreeSet<String> =
            to_do(&applied.plan).into_iter().filter(|line| !line.contains("svc-")).collect();
        assert_eq!(plan, lines(&gone), "{:#?}", applied.lines());
        assert!(done(&applied).is_superset(&lines(&gone)), "{:#?}", applied.lines());
        let codes = codes(&applied.plan);
        assert!(codes.contains(&"broken-account") && codes.contains(&"invitation-held-back"), "{codes:?}");
    });
}

/// Gives the user an id that no request could carry.
fn break_id(state: &mut Value, name: &str) {
    let users = state["users"].as_array_mut().unwrap();
    let user = users.iter_mut().find(|user| user["attributes"]["userName"] == *name).unwrap();
    let broken = format!("{}\u{1b}[2J", user["id"].as_str().unwrap());
    let id = std::mem::replace(&mut user["id"], json!(broken));
    for group in state["groups"].as_array_mut().unwrap() {
        for member in group["attributes"]["members"].as_array_mut().into_iter().flatten() {
            if member["value"] == id {
                member["value"] = json!(broken);
            }
        }
    }
}

/// Once nothing goes wrong any more, one apply does the rest.
async fn converges(lab: &Lab) {
    lab.tenant.faults().reset();
    lab.apply().await;
    assert_eq!(to_do(lab.plan().await.approved.plan()), Vec::<String>::new());
}

/// Somebody else sends a planned change, bent so, before the plan is applied.
async fn meanwhile(lab: &Lab, planned: &Planned, begins: &str, bend: impl FnOnce(&mut Action)) {
    let is_it = |change: &&Change| crate::support::lab::line(change).starts_with(begins);
    let mut change = planned.approved.plan().changes.iter().find(is_it).unwrap().clone();
    bend(&mut change.action);
    let [give, take] = [lab.tenant.endpoint(), lab.tenant.endpoint()].map(Ok);
    let writer = vendors::writer(lab.vendor(), give, take, lab.pace()).unwrap();
    writer.execute(&change).await.unwrap();
}
