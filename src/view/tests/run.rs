use super::build::{full, run};
use crate::domain::OutcomeStatus::{Done, Failed, Skipped, Unverified, Waiting};
use crate::domain::{Departure, Plan, Recorded, ResourceName, UserName, VendorName};
use crate::view::{Look, run_text};

#[test]
fn a_run_says_what_became_of_each_change_and_who_has_to_act() {
    let run = run(&[
        (1, Done, ""),
        (2, Waiting, "Heap does not carry project levels over SCIM."),
        (3, Failed, "Heap declined: no\u{1b}[2J licence is left."),
        (4, Unverified, ""),
        (5, Done, "It was gone already."),
        (6, Skipped, "heap-0003 failed."),
    ]);
    let expect = "\
heap
  ✓ done        heap-0001  Ana Li <ana@acme.example>: invite
  … waiting     heap-0002  Ana Li (ana): grant main: analyst
      Heap does not carry project levels over SCIM.
  ✗ failed      heap-0003  Jane Doe <jane@acme.example>: change main: consumer -> analyst
      Heap declined: no\\u{1b}[2J licence is left.
  ? unverified  heap-0004  Jane Doe <jane@acme.example>: update account
  ✓ done        heap-0005  Bob Smith <bob@acme.example>: revoke team: member
      It was gone already.
  - skipped     heap-0006  Bob Smith <bob@acme.example>: remove account
      heap-0003 failed.

… 1 change waits for a person to do by hand. Nothing was done about it yet; the next plan lists what no reading of the vendor shows as done.

? 1 change was sent, and no reading has shown it yet. Vendors can take a while; plan again to see.

Apply: 2 done, 1 failed, 1 waiting for a person, 1 unverified, 1 skipped.
";
    assert_eq!(run_text(&run, &full(), &Look::plain()), expect);
}

#[test]
fn a_run_of_nothing_says_so() {
    assert_eq!(run_text(&run(&[]), &full(), &Look::plain()), "Apply: nothing to do.\n");
}

#[test]
fn an_outcome_of_no_listed_change_is_not_lost() {
    let text = run_text(&run(&[(9, Done, "")]), &full(), &Look::plain());
    assert!(text.starts_with("Changes that the plan does not list\n  ✓ done        heap-0009\n"), "{text}");
}

#[test]
fn whose_departure_the_apply_had_a_part_in_is_told_as_proven_by_it() {
    let mut plan = full();
    let heap = VendorName::parse("heap").unwrap();
    plan.departures = vec![Departure {
        user: UserName::parse("bob").unwrap(),
        gone: 1,
        of: 2,
        proven: None,
        left: vec![heap],
        unread: Vec::new(),
        unasked: Vec::new(),
    }];
    let told = |plan: &Plan, last| {
        let text = run_text(&run(&[(5, Done, ""), (6, last, "")]), plan, &Look::plain());
        text.lines().find(|line| line.starts_with("  bob: ")).unwrap().to_owned()
    };
    assert_eq!(told(&plan, Done), "  bob: gone from 2 of 2 vendors, last proven 2026-11-22 09:00");
    let mut table = plan.clone();
    let (taken, by, file) = ("2026-11-20T07:40:00Z".parse().unwrap(), "Carl".into(), "heap.json".into());
    let reading = table.vendors.get_mut("heap").unwrap();
    reading.recorded.insert(ResourceName::parse("main").unwrap(), Recorded { taken, by, file });
    assert!(told(&table, Done).ends_with("2 of 2 vendors, last proven 2026-11-20 07:40"));
    assert_eq!(told(&plan, Unverified), "  bob: gone from 1 of 2 vendors; still at heap");
}

#[test]
fn what_waits_for_no_person_is_not_said_to() {
    let mut plan = full();
    plan.changes[0].waits = Some("okta creates the account.".into());
    let text = run_text(&run(&[(1, Waiting, "okta creates the account.")]), &plan, &Look::plain());
    assert!(text.contains("1 change waits for what is said of it. Apply again then."), "{text}");
    assert!(text.ends_with("Apply: 1 waiting for a later apply.\n") && !text.contains("person"), "{text}");
}
