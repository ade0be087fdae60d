//! More people than may be invited at a time.

use super::block_on;
use super::projects::{lab, member, tenant, user, workspace};
use crate::support::lab::{Lab, Planned, to_do};
use serde_json::json;

/// Invitations that may be pending on a project.
const PLACES: usize = 10;

const PEOPLE: usize = 25;

#[test]
fn never_more_are_invited_than_may_be_pending() {
    for (channel, silent_limit) in [("runbook", false), ("browser", false), ("browser", true)] {
        block_on(in_waves(channel, silent_limit));
    }
}

async fn in_waves(channel: &str, silent_limit: bool) {
    let mut state = tenant("olga", &[("site", &[member("olga", "owner")])]);
    state["vendor"]["silent_limit"] = json!(silent_limit);
    let people: String =
        (0..PEOPLE).map(|number| user(&format!("user-{number:02}"), &["site: member"])).collect();
    let yaml = workspace(channel, "", &["site"], &(user("olga", &["site: owner"]) + people.as_str()));
    let lab = lab(&state, &yaml);

    wave(&lab, PEOPLE, PLACES, PLACES).await;
    assert_eq!(waiting(&lab.plan().await), PEOPLE - PLACES, "none is free");
    let four: Vec<String> = (0..4).map(|number| format!("user-{number:02}@acme.example")).collect();
    assert_eq!(lab.accept(&four.iter().map(String::as_str).collect::<Vec<_>>()).await, 4);
    wave(&lab, PEOPLE - PLACES, 4, PLACES).await;
    lab.accept(&[]).await;
    wave(&lab, 11, PLACES, PLACES).await;
    lab.accept(&[]).await;
    wave(&lab, 1, 1, 1).await;
    lab.accept(&[]).await;
    assert_eq!(to_do(lab.plan().await.approved.plan()), Vec::<String>::new());
    let members = lab.tenant.state()["vendor"]["projects"]["site"]["members"].as_array().unwrap().clone();
    assert_eq!(members.iter().filter(|member| member["status"] == "active").count(), PEOPLE + 1);
    never_an_eleventh(&lab);
}

#[test]
fn an_invitation_that_the_page_has_no_room_for_any_more_is_not_sent() {
    block_on(async {
        let pending = |number: usize| json!({ "email": format!("p{number}@acme.example"), "role": "member", "status": "pending" });
        let mut members: Vec<_> = (0..PLACES - 1).map(pending).collect();
        members.push(member("olga", "owner"));
        let mut state = tenant("olga", &[("site", &members)]);
        state["vendor"]["silent_limit"] = json!(true);
        let people: String =
            (0..PLACES - 1).map(|number| user(&format!("p{number}"), &["site: member"])).collect();
        let people =
            people + user("olga", &["site: owner"]).as_str() + user("new", &["site: member"]).as_str();
        let lab = lab(&state, &workspace("browser", "", &["site"], &people));
        let planned = lab.plan().await;
        assert_eq!(to_do(planned.approved.plan()), ["invite new@acme.example site"]);
        // Somebody else invites the tenth in the meantime.
        lab.tenant.change_vendor(|vendor| {
            vendor["projects"]["site"]["members"].as_array_mut().unwrap().push(pending(99));
        });
        let applied = lab.carry_out(planned).await;
        assert!(
            applied.lines()[0].contains("10 invitations are pending on the page"),
            "{:#?}",
            applied.lines()
        );
        assert_eq!(lab.tenant.audit().effects(), Vec::<String>::new());
    });
}

fn waiting(planned: &Planned) -> usize {
    let changes = &planned.approved.plan().changes;
    for change in changes {
        assert_eq!(change.action.word(), "invite");
        if let Some(why) = &change.waits {
            assert!(why.contains("pending on v/site") && why.contains("allows 10 at a time"), "{why}");
        }
    }
    changes.iter().filter(|change| change.waits.is_some()).count()
}

/// Plans, with so many invitations, carries out what goes now, and counts what is pending then.
async fn wave(lab: &Lab, planned: usize, sent: usize, pending: usize) {
    let plan = lab.plan().await;
    assert_eq!(plan.approved.plan().changes.len(), planned);
    assert_eq!(waiting(&plan), planned - sent, "{:#?}", to_do(plan.approved.plan()));
    lab.carry_out(plan).await;
    let members = lab.tenant.state()["vendor"]["projects"]["site"]["members"].as_array().unwrap().clone();
    assert_eq!(members.iter().filter(|member| member["status"] == "pending").count(), pending);
}

/// After every write as many are pending as may be, and no form was sent in vain.
fn never_an_eleventh(lab: &Lab) {
    let mut pending = 0_usize;
    for entry in lab.tenant.audit().entries() {
        let effect = entry.effect.clone().unwrap_or_else(|| panic!("nothing came of {entry:?}"));
        pending = match effect.split(' ').nth(2) {
            Some("invite") => pending + 1,
            Some("accept") => pending - 1,
            _ => panic!("{effect}"),
        };
        assert!(pending <= PLACES, "{pending} after {effect}");
    }
    assert_eq!(pending, 0);
}
