use super::build::{at, bobs, id, plan, sources, vendor};
use crate::domain::{Action, Change, Departure, Plan, UserName};
use crate::view::saved::parse;
use crate::view::{Look, plan_digest, plan_file, plan_json, plan_markdown, plan_text};
use serde_json::{Value, json};

/// Bob goes from okta and then from heap, which stands before it by name.
fn two() -> Plan {
    let elsewhere = |number, after: Vec<_>| Change {
        id: id("okta", number),
        vendor: vendor("okta"),
        after,
        ..bobs(number, Action::RemoveAccount)
    };
    let mut heap = bobs(1, Action::RemoveAccount);
    heap.after = vec![id("okta", 1), id("okta", 2)];
    let mut plan = plan(vec![elsewhere(1, vec![]), elsewhere(2, vec![id("okta", 1)]), heap]);
    let reading = plan.vendors["heap"].clone();
    plan.vendors.insert(vendor("clarity"), reading.clone());
    plan.vendors.insert(vendor("okta"), reading);
    plan
}

fn departure(handle: &str, gone: usize) -> Departure {
    Departure {
        user: UserName::parse(handle).unwrap(),
        gone,
        of: 4,
        proven: Some(at("2026-11-21T10:02:59Z")),
        left: if gone < 3 { vec![vendor("heap")] } else { Vec::new() },
        unread: if gone < 4 { vec![vendor("clarity")] } else { Vec::new() },
        unasked: Vec::new(),
    }
}

fn with_departures() -> Plan {
    Plan { departures: vec![departure("bob", 2), departure("eve", 3), departure("jane", 4)], ..two() }
}

const VERBOSE: Look = Look { verbose: true, ..Look::plain() };

#[test]
fn a_provider_stands_before_who_comes_from_it() {
    let text = plan_text(&two(), &sources(), &VERBOSE, None);
    let heads: Vec<&str> =
        text.lines().filter(|line| line.contains(" change") && !line.starts_with(' ')).collect();
    let names: Vec<&str> = heads.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(names[..3], ["clarity", "okta", "heap"]);
    assert!(text.contains("      after okta-0001, okta-0002\n"), "{text}");
    let comment = plan_markdown(&two(), &sources(), None);
    assert!(comment.find("<b>okta</b>").unwrap() < comment.find("<b>heap</b>").unwrap(), "{comment}");
}

#[test]
fn a_comment_names_the_changes_of_other_vendors() {
    let comment = plan_markdown(&two(), &sources(), None);
    let rows: Vec<&str> = comment.lines().filter(|line| line.starts_with("| `-`")).collect();
    let tags: Vec<&str> = rows.iter().filter_map(|row| row.split(" | ").nth(1)).collect();
    assert_eq!(
        tags,
        [
            "`remove account`<br>`okta-0001`",
            "`remove account`<br>`okta-0002`",
            "`remove account`<br>after `okta-0001`, `okta-0002`",
        ]
    );
}

#[test]
fn who_departed_is_told_in_a_line() {
    let text = plan_text(&with_departures(), &sources(), &VERBOSE, None);
    let expect = "\
Departures
  bob: gone from 2 of 4 vendors, last proven 2026-11-21 10:02; still at heap; not read: clarity
  eve: gone from 3 of 4 vendors, last proven 2026-11-21 10:02; not read: clarity
  jane: gone from 4 of 4 vendors, last proven 2026-11-21 10:02
";
    assert!(text.contains(expect), "{text}");
    let short = plan_text(&with_departures(), &sources(), &Look::plain(), None);
    assert!(short.contains("  eve: gone") && !short.contains("  jane: gone"), "{short}");
    assert!(short.contains("  1 more is gone from everywhere; -v shows it.\n"), "{short}");
    let mut all = with_departures();
    all.departures.drain(..2);
    assert!(!plan_text(&all, &sources(), &Look::plain(), None).contains("Departures"));
    let comment = plan_markdown(&all, &sources(), None);
    assert!(
        comment.contains("- :white_check_mark: `jane`: gone from 4 of 4 vendors, last proven"),
        "{comment}"
    );
}

#[test]
fn a_vendor_that_the_plan_is_not_about_proves_nothing() {
    let mut plan = with_departures();
    plan.departures =
        vec![Departure { unasked: vec![vendor("entra"), vendor("okta")], ..departure("jane", 4) }];
    let line = "jane: gone from 4 of 6 vendors, last proven 2026-11-21 10:02; not looked at: entra, okta";
    let text = plan_text(&plan, &sources(), &VERBOSE, None);
    assert!(text.contains(&format!("  {line}\n")), "{text}");
    let comment = plan_markdown(&plan, &sources(), None);
    assert!(comment.contains("- :hourglass: `jane`: gone from 4 of 6 vendors"), "{comment}");
    let wire: Value = serde_json::from_str(&plan_json(&plan, &sources(), None)).unwrap();
    let told = &wire["departures"][0];
    assert_eq!((&told["of"], &told["unasked"]), (&json!(4), &json!(["entra", "okta"])));
}

#[test]
fn who_still_has_something_stands_before_all_who_are_gone_from_what_was_looked_at() {
    let mut plan = with_departures();
    let unasked = vec![vendor("entra"), vendor("okta")];
    let gone = |number| Departure { unasked: unasked.clone(), ..departure(&format!("a{number:03}"), 4) };
    let unread = Departure { unasked: unasked.clone(), ..departure("unread", 3) };
    let zoe = Departure { unasked: unasked.clone(), ..departure("zoe", 2) };
    plan.departures = (0..120).map(gone).chain([unread, zoe]).collect();
    let comment = plan_markdown(&plan, &sources(), None);
    let rows: Vec<&str> = comment.lines().filter(|line| line.starts_with("- :hourglass:")).collect();
    let names: Vec<&str> = rows.iter().filter_map(|row| row.split('`').nth(1)).collect();
    assert_eq!(names[..3], ["zoe", "unread", "a000"]);
    assert!(comment.contains("departures not shown here"), "the list is cut: {comment}");
    let text = plan_text(&plan, &sources(), &Look::plain(), None);
    let expect = "\
Departures
  zoe: gone from 2 of 6 vendors, last proven 2026-11-21 10:02; still at heap; not read: clarity; not looked at: entra, okta
  unread: gone from 3 of 6 vendors, last proven 2026-11-21 10:02; not read: clarity; not looked at: entra, okta
  120 more are gone from all that this plan looks at; -v shows them.
";
    assert!(text.contains(expect), "{text}");
    assert!(plan_text(&plan, &sources(), &VERBOSE, None).contains("  a119: gone from 4 of 6"));
    plan.departures.truncate(1);
    let text = plan_text(&plan, &sources(), &Look::plain(), None);
    assert!(
        text.contains("Departures\n  1 is gone from all that this plan looks at; -v shows it.\n"),
        "{text}"
    );
}

#[test]
fn nobody_knows_when_it_was_proven_of_who_is_still_everywhere() {
    let mut plan = with_departures();
    plan.departures = vec![Departure { proven: None, ..departure("bob", 0) }];
    let text = plan_text(&plan, &sources(), &Look::plain(), None);
    assert!(text.contains("bob: gone from 0 of 4 vendors; still at heap; not read: clarity\n"), "{text}");
}

#[test]
fn departures_are_data_and_a_later_reading_is_no_other_plan() {
    let plan = with_departures();
    let wire: Value = serde_json::from_str(&plan_json(&plan, &sources(), None)).unwrap();
    assert_eq!(
        wire["departures"][0],
        json!({ "user": "bob", "gone": 2, "of": 4, "proven": "2026-11-21T10:02:59Z", "left": ["heap"],
                "unread": ["clarity"], "unasked": [] })
    );
    let mut later = plan.clone();
    later.departures[0].proven = None;
    assert_eq!(plan_digest(&later, &sources()), plan_digest(&plan, &sources()));
    later.departures[0].gone = 1;
    assert_ne!(plan_digest(&later, &sources()), plan_digest(&plan, &sources()));
    let file = plan_file(&plan, &sources());
    assert_eq!(parse(&file).unwrap().digest, plan_digest(&plan, &sources()));
    assert!(parse(&file.replace("10:02:59Z", "11:02:59Z")).is_err());
}
