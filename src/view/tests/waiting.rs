//! Changes that wait, readings that were recorded, and what is left for people.

use super::build::{at, change, full, level, plan, sources, target};
use crate::domain::{Action, Due, Obligation, Plan, Profile, Recorded, ResourceName, UserName};
use crate::view::{Look, plan_markdown, plan_text};
use std::sync::Arc;

fn text(plan: &Plan) -> String {
    plan_text(plan, &sources(), &Look::plain(), None)
}

fn resource(name: &str) -> ResourceName {
    ResourceName::parse(name).unwrap()
}

fn invite() -> Plan {
    let profile = Profile { login: Arc::from("jane@acme.example"), name: None };
    let offer = crate::domain::Offer { on: target("site", "project"), to: level("member") };
    let action = Action::Invite { profile, external_id: Arc::from("grantline:jane"), on: Some(offer) };
    let mut plan = plan(vec![change(1, action)]);
    plan.changes[0].waits =
        Some(Arc::from("10 invitations are pending on heap/site\u{1b}[2J; a place becomes free."));
    plan
}

#[test]
fn a_change_that_waits_says_why() {
    let shown = text(&invite());
    assert!(shown.contains("invite to site: member  [waits]\n"), "{shown}");
    assert!(
        shown.contains("      waits: 10 invitations are pending on heap/site\\u{1b}[2J; a place"),
        "{shown}"
    );
    assert!(shown.ends_with("Plan: 1 to invite. 1 waits for a later plan.\n"), "{shown}");
    let shown = plan_markdown(&invite(), &sources(), None);
    assert!(shown.contains("`invite to site: member`<br>**waits**: 10 invitations are pending"), "{shown}");
    assert!(!shown.contains('\u{1b}'));
}

fn recorded(plan: &mut Plan, name: &str, taken: &str) {
    let reading = plan.vendors.values_mut().next().unwrap();
    let file = Arc::from(format!("access/snapshots/heap/{name}.json"));
    reading
        .recorded
        .insert(resource(name), Recorded { taken: at(taken), by: Arc::from("Jane\u{1b}[2J"), file });
}

#[test]
fn a_recorded_reading_says_how_old_it_is_even_without_a_change() {
    let mut plan = plan(vec![]);
    recorded(&mut plan, "checkout", "2026-11-22T08:30:00Z");
    recorded(&mut plan, "app", "2026-11-21T09:30:00Z");
    recorded(&mut plan, "site", "2026-11-20T08:00:00Z");
    let shown = text(&plan);
    assert!(
        shown.starts_with(
            "heap: 0 changes (41 accounts read from api at 2026-11-22T08:59:58Z)\n  \
             site recorded 2 days ago by Jane\\u{1b}[2J, access/snapshots/heap/site.json\n  \
             app recorded 23 hours ago by Jane\\u{1b}[2J, access/snapshots/heap/app.json\n  \
             checkout recorded less than an hour ago by "
        ),
        "{shown}"
    );
    let shown = plan_markdown(&plan, &sources(), None);
    assert!(shown.contains("**Recorded readings**\n\n- `heap` site recorded 2 days ago by Jane"), "{shown}");
    assert!(!shown.contains('\u{1b}'));
}

#[test]
fn of_many_recorded_readings_the_oldest_are_shown() {
    let mut plan = plan(vec![]);
    for day in 10..20 {
        recorded(&mut plan, &format!("p{day}"), &format!("2026-11-{day}T08:00:00Z"));
    }
    let shown = text(&plan);
    assert!(shown.contains("  p10 recorded 12 days ago") && !shown.contains("p16"), "{shown}");
    assert!(shown.contains("  and 4 more, not as old; -v shows them\n"), "{shown}");
    let look = Look { verbose: true, ..Look::plain() };
    assert!(plan_text(&plan, &sources(), &look, None).contains("p19"));
}

#[test]
fn what_is_left_for_people_is_by_user_and_what_is_due_before_comes_first() {
    let mut plan = full();
    let work = |user: Option<&str>, code, due| Obligation {
        code,
        due,
        user: user.map(|user| UserName::parse(user).unwrap()),
        account: Some(Arc::from("x\u{1b}@acme.example")),
        resource: Some(resource("main")),
        ..full().obligations.remove(0)
    };
    plan.obligations = vec![
        work(Some("bob"), "a-rotate", Due::After),
        work(Some("bob"), "b-hand-over", Due::Before),
        work(None, "c-look", Due::After),
        work(Some("ann"), "d-tell", Due::After),
    ];
    let verbose = Look { verbose: true, ..Look::plain() };
    let shown = plan_text(&plan, &sources(), &verbose, None);
    let expect = "\
Left for people to do
  ann
    after  d-tell (heap/main): Re-home Bob's dashboards.
  bob
    before b-hand-over (heap/main): Re-home Bob's dashboards.
    after  a-rotate (heap/main): Re-home Bob's dashboards.
  x\\u{1b}@acme.example
    after  c-look (heap/main): Re-home Bob's dashboards.
";
    assert!(shown.contains(expect), "{shown}");
    plan.obligations.push(work(Some("bob"), "e-look", Due::After));
    plan.obligations.push(Obligation { resource: None, ..work(Some("bob"), "f-tell", Due::After) });
    let shown = text(&plan);
    let expect = "\
Left for people to do
  ann after: d tell (heap/main)
  bob before: b hand over (heap/main); after: f tell (heap), a rotate, e look (heap/main)
  x\\u{1b}@acme.example after: c look (heap/main)
  `grantline tasks` lists them with what to do; -v shows that here.
";
    assert!(shown.contains(expect), "{shown}");
    let shown = plan_markdown(&plan, &sources(), None);
    let expect = "- `bob`\n  - [ ] before: `b-hand-over` `heap/main`: Re-home Bob's dashboards.\n  - [ ] after: `a-rotate`";
    assert!(shown.contains(expect), "{shown}");
}
