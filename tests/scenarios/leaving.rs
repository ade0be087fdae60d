//! An agency's engagement ends: one edit, one plan, three projects.

use super::block_on;
use super::projects::{CHANNELS, LABELLINGS, lab, member, tenant, user, workspace};
use crate::support::lab::{line, to_do};
use serde_json::json;
use std::collections::BTreeSet;

/// In the order of their names, and the other way round than they are to be left in.
const PROJECTS: [&str; 3] = ["a-help", "b-checkout", "c-site"];

#[test]
fn one_plan_takes_somebody_out_of_every_project_and_hands_over_what_they_own() {
    for channel in CHANNELS {
        for labelling in LABELLINGS {
            block_on(leave(channel, labelling));
        }
    }
}

async fn leave(channel: &str, labelling: &str) {
    let help = [member("olga", "owner"), member("pia", "member"), member("abe", "member")];
    let checkout = [member("olga", "owner"), member("pia", "admin")];
    let site = [member("pia", "owner"), member("olga", "admin"), member("tom", "member")];
    let mut state = tenant("olga", &[("a-help", &help), ("b-checkout", &checkout), ("c-site", &site)]);
    state["vendor"]["labelling"] = json!(labelling);
    let tom = user("tom", &["c-site: member"]);
    let before = user("olga", &["a-help: owner", "b-checkout: owner", "c-site: admin"])
        + user("pia", &["a-help: member", "b-checkout: admin", "c-site: owner"]).as_str()
        + user("abe", &["a-help: member"]).as_str()
        + tom.as_str();
    let mut lab = lab(&state, &workspace(channel, "", &PROJECTS, &before));
    assert_eq!(to_do(lab.plan().await.approved.plan()), Vec::<String>::new());

    let after = user("olga", &["a-help: owner", "b-checkout: owner", "c-site: owner"])
        + user("pia", &[]).as_str()
        + user("abe", &[]).as_str()
        + tom.as_str();
    lab.edit(&workspace(channel, "", &PROJECTS, &after));
    let planned = lab.plan().await;
    let plan = planned.approved.plan().clone();
    let lines: Vec<String> = plan.changes.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "revoke pia@acme.example a-help",
            "revoke pia@acme.example b-checkout",
            "revoke abe@acme.example a-help",
            "transfer-ownership olga@acme.example c-site",
            "revoke pia@acme.example c-site",
        ],
        "who administers goes first, from everywhere but what they own; then members"
    );
    assert_eq!(plan.changes[4].after, [plan.changes[3].id.clone()], "no owner is removed");
    let owed: BTreeSet<_> = plan
        .obligations
        .iter()
        .map(|work| (work.resource.as_ref().map(ToString::to_string), work.code))
        .collect();
    for project in PROJECTS {
        for code in ["shared-links", "data-export-tokens"] {
            assert!(owed.contains(&(Some(project.to_owned()), code)), "{code} of {project}: {owed:?}");
        }
    }
    let notice =
        plan.obligations.iter().find(|work| work.code == "notify" && work.user == plan.changes[0].user);
    let notice = &notice.unwrap().detail;
    assert!(PROJECTS.iter().all(|project| notice.contains(project)), "{notice}");

    let applied = lab.carry_out(planned).await;
    assert!(applied.worked.iter().all(|one| one.stopped.is_none()), "{:#?}", applied.lines());
    assert_eq!(to_do(lab.plan().await.approved.plan()), Vec::<String>::new(), "{:#?}", applied.lines());
    let effects = lab.tenant.audit().effects();
    let place =
        |effect: &str| effects.iter().position(|one| one == effect).unwrap_or_else(|| panic!("{effects:#?}"));
    let handed = place("project c-site: transfer ownership pia@acme.example -> olga@acme.example");
    assert!(handed < place("project c-site: remove pia@acme.example"), "{effects:#?}");
    assert!(
        place("project a-help: remove pia@acme.example") < place("project a-help: remove abe@acme.example")
    );
    place("project b-checkout: remove pia@acme.example");
    assert_eq!(effects.len(), 5, "{channel}, {labelling}: {effects:#?}");
}
