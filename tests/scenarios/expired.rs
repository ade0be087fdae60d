//! Invitations that expire.

use super::block_on;
use super::projects::{CHANNELS, lab, member, tenant, user, workspace};
use crate::support::lab::{line, to_do};
use grantline::domain::{InvitationState, ResourceReading};
use serde_json::json;

#[test]
fn an_expired_invitation_is_no_access_and_is_sent_again() {
    for channel in CHANNELS {
        block_on(async {
            let mut late = member("late", "admin");
            late["status"] = json!("expired");
            let mut state =
                tenant("tom", &[("site", &[member("tom", "admin"), member("jane", "member"), late])]);
            state["vendor"]["owner"] = json!(false);
            let stays = user("late", &["site: admin"]) + user("jane", &["site: member"]).as_str();
            let lab = lab(&state, &workspace(channel, "", &["site"], &(stays + user("tom", &[]).as_str())));

            let planned = lab.plan().await;
            let plan = planned.approved.plan().clone();
            let lines: Vec<String> = plan.changes.iter().map(line).collect();
            assert_eq!(lines, ["revoke tom@acme.example site", "resend-invitation late@acme.example site"]);
            assert!(plan.findings.iter().all(|finding| finding.code != "invitation-pending"));
            assert!(
                planned.approved.is_held(&plan.changes[0].id),
                "there is no other admin: {:#?}",
                plan.guards
            );
            let snapshot = lab.snapshot().await;
            let ResourceReading::Read { holders, offers, .. } = &snapshot.resources["site"] else { panic!() };
            assert!(!holders.contains_key("late@acme.example"), "{holders:?}");
            assert_eq!(offers["late@acme.example"].state, InvitationState::Expired);

            let applied = lab.carry_out(planned).await;
            let effects = lab.tenant.audit().effects();
            assert_eq!(effects, ["project site: resend late@acme.example"], "{:#?}", applied.lines());
            let next = lab.plan().await;
            let rest = to_do(next.approved.plan());
            assert_eq!(rest, ["revoke tom@acme.example site"], "pending is asked for once");
            assert!(
                next.approved.is_held(&next.approved.plan().changes[0].id),
                "an offer is no admin either"
            );
            lab.accept(&["late@acme.example"]).await;
            assert!(!lab.plan().await.approved.is_blocked(), "once they are in, the other can go");
        });
    }
}
