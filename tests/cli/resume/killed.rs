//! An apply is killed while a request is under way: the next one finds out what became of it, and does the rest.

use super::{Side, Site, WHO};

#[test]
fn the_next_apply_tells_how_the_killed_one_ended_and_repeats_nothing() {
    for (side, but_for, open) in [
        (Side::Before, 0, "2 not done"),
        (Side::After, 0, "2 found done now"),
        (Side::After, 2, "found done now"),
    ] {
        let site = Site::new();
        site.killed(side, but_for, &["apply", "--yes"]);
        let ran = site.bench.run(&["apply", "--yes"]).ends(0);
        for part in [&format!("({WHO} on "), "did not come to its end", open, "planned anew"] {
            assert!(ran.stderr.contains(part), "no {part:?} in\n{}", ran.stderr);
        }
        assert!(!ran.stdout.contains("did not come to its end"), "talk on stdout:\n{}", ran.stdout);
        site.is_finished();
        let ran = site.bench.run(&["apply", "--yes"]).ends(0);
        assert!(!ran.stderr.contains("did not come to its end"), "told twice:\n{}", ran.stderr);
    }
}

#[test]
fn what_was_not_done_is_told_in_words_and_not_to_whoever_wants_no_words() {
    let site = Site::new();
    site.killed(Side::Before, 0, &["apply", "--yes"]);
    site.bench.write("access/users.yaml", super::JANE);
    let before = std::fs::read_to_string(site.journal()).unwrap();
    let journal = site.journal();
    let ran = site.bench.run(&["apply", "--yes"]).ends(0);
    assert!(ran.stderr.contains("\n  invite bob@acme.example at `crm`: not done. "), "{}", ran.stderr);
    std::fs::write(journal, before).unwrap();
    let ran = site.bench.run(&["-q", "apply", "--yes"]).ends(0);
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_saved_plan_that_was_broken_off_is_finished_and_then_it_is_used() {
    let site = Site::new();
    site.bench.run(&["plan", "--out", "plan.json"]).ends(0);
    site.killed(Side::After, 1, &["apply", "plan.json"]);
    let told = site.bench.run(&["plan"]).ends(0).stderr;
    assert!(told.contains("has broken off") && told.contains("\n  invite "), "{told}");
    site.bench.run(&["apply", "plan.json"]).ends(0);
    assert!(!site.bench.run(&["plan"]).ends(0).stderr.contains("broken off"));
    site.is_finished();
    let third = site.bench.run(&["apply", "plan.json"]).ends(1);
    let used = format!("Used: {WHO} applied this plan at 20");
    assert!(third.stderr.contains(&used) && third.stderr.contains("applied once"), "{}", third.stderr);
    site.is_finished();
}

#[test]
fn a_broken_off_plan_does_not_stretch_to_what_somebody_changed_since() {
    let site = Site::new();
    site.bench.run(&["plan", "--out", "plan.json"]).ends(0);
    site.killed(Side::After, 0, &["apply", "plan.json"]);
    site.meddle();
    let before = site.noticed();
    let ran = site.bench.run(&["apply", "plan.json"]).ends(1);
    for part in ["stale, and nothing was changed", "goes beyond the rest of it", "grant crm staff, user jane"]
    {
        assert!(ran.stderr.contains(part), "no {part:?} in\n{}", ran.stderr);
    }
    assert_eq!(site.noticed(), before, "a refused plan changed the vendor");
    site.bench.run(&["apply", "--yes"]).ends(0);
    site.bench.run(&["plan", "--detailed-exitcode"]).ends(0);
}
