//! Habits of servers that the standard allows, or that are met all the same: work is finished in spite of them.

use super::{CONNECTOR, block_on, lab, plain, state_after, user, workspace};
use crate::contract::story::{Manner, first, second};
use crate::support::lab::{by_api, held};
use grantline::connector::{Catalogue, Configured};
use grantline::domain::OutcomeStatus;
use grantline::vendors::Registry;
use grantline::vendors::scim::emulator::{Behaviour, Discovery, Membership, Paging, Patching};

const ROLES: &str = "roles: { viewer: Viewer, admin: Admin }";

#[test]
fn a_role_change_that_is_accepted_and_ignored_ends_unverified() {
    block_on(async {
        let people = |level: &str| {
            user("chief", &["org: admin"]) + user("climber", &[&format!("org: {level}")]).as_str()
        };
        let state = state_after(&workspace(&[ROLES], &people("viewer"))).await;
        let promoted = workspace(&[ROLES], &people("admin"));
        let rises = ["change-level climber@acme.example org"];

        let faithful = lab(Some(&state), &plain(), &promoted);
        assert_eq!(faithful.apply().await.ended(OutcomeStatus::Done), rises);

        let lab = lab(Some(&state), &Behaviour { ignore_roles: true, ..plain() }, &promoted);
        let applied = lab.apply().await;
        assert_eq!(applied.ended(OutcomeStatus::Unverified), rises, "{:#?}", applied.lines());
        assert_eq!(by_api(lab.plan().await.approved.plan()), rises, "it is still to be done");
    });
}

#[test]
fn work_is_finished_whatever_the_servers_habits() {
    let spec = Registry.spec(CONNECTOR, &Configured::default()).unwrap();
    let [first, second] = [first(&spec, Manner::default()), second(&spec, Manner::default())];
    block_on(async {
        let mut goal = None;
        for behaviour in habits() {
            let [first, second] = [&first, &second].map(|yaml| settled(yaml, &behaviour));
            let mut lab = lab(None, &behaviour, &first);
            for yaml in [&first, &second] {
                lab.edit(yaml);
                let applied = lab.apply().await;
                let done = applied.ended(OutcomeStatus::Done).len();
                assert_eq!(done, applied.plan.changes.len(), "{behaviour:?}: {:#?}", applied.lines());
                assert_eq!(by_api(lab.plan().await.approved.plan()), Vec::<String>::new(), "{behaviour:?}");
            }
            lab.tenant.behave(plain());
            let held = held(&lab.snapshot().await);
            assert_eq!(&held, goal.get_or_insert_with(|| held.clone()), "{behaviour:?}");
        }
    });
}

/// The workspace with what it must say of the server: one that refuses each removal by path is not sent whole groups
/// unless somebody says so.
fn settled(yaml: &str, behaviour: &Behaviour) -> String {
    let manage = "    manage: authoritative\n";
    assert!(yaml.contains(manage));
    match behaviour.patch {
        Patching::Pathless => yaml.replacen(manage, &format!("{manage}    scim: {{ patch: none }}\n"), 1),
        _ => yaml.to_owned(),
    }
}

/// One habit each, a faithful server first.
fn habits() -> Vec<Behaviour> {
    vec![
        plain(),
        Behaviour { patch: Patching::Path, ..plain() },
        Behaviour { patch: Patching::Pathless, ..plain() },
        Behaviour { patch: Patching::Off, etag: false, ..plain() },
        Behaviour { patch_no_content: true, ..plain() },
        Behaviour { active_as_text: true, ..plain() },
        Behaviour { html_errors: true, ..plain() },
        Behaviour { discovery: Discovery::Absent, ..plain() },
        Behaviour { discovery: Discovery::Absent, patch: Patching::Off, ..plain() },
        Behaviour { relative_location: true, ..plain() },
        Behaviour { user_name_ids: true, ..plain() },
        Behaviour { require_user_agent: true, ..plain() },
        Behaviour { exact_filter: true, ..plain() },
        Behaviour { ignore_filter: true, ..plain() },
        Behaviour { ignore_filter: true, advertise_filter: true, ..plain() },
        Behaviour { members: Membership::OnRequest, ..plain() },
        Behaviour { members: Membership::OnRequest, patch: Patching::Off, ..plain() },
        Behaviour { dangling_members: true, ..plain() },
        Behaviour { doubled_members: true, ..plain() },
        Behaviour { duplicate_groups: true, ..plain() },
        Behaviour { max_page: 2, ..plain() },
        Behaviour { max_page: 2, ignore_count: true, ..plain() },
        Behaviour { max_page: 2, paging: Paging::Cursor, ..plain() },
        Behaviour { settle_reads: 9, ..plain() },
    ]
}
