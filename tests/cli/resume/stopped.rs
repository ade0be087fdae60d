//! Applies that are called off, that have nothing to do, or that others must wait for.

use super::{Side, Site};
use crate::cli::Workbench;

/// Calls an apply off as Ctrl-C does, and waits until it says so.
#[cfg(unix)]
fn interrupted(applying: &mut super::Applying) {
    use std::io::Read as _;
    interrupt(applying.id());
    let child = applying.0.as_mut().unwrap();
    let stderr = child.stderr.as_mut().unwrap();
    let mut said = Vec::new();
    while !said.ends_with(b"breaks off at once.\n") {
        let mut byte = [0];
        assert_eq!(stderr.read(&mut byte).unwrap(), 1, "{}", String::from_utf8_lossy(&said));
        said.push(byte[0]);
    }
}

#[cfg(unix)]
fn interrupt(id: u32) {
    let command = format!("kill -INT {id}");
    assert!(std::process::Command::new("sh").args(["-c", &command]).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn a_stopped_apply_finishes_what_is_under_way_and_the_next_does_the_rest() {
    let site = Site::new();
    site.wire.hold(Side::Before, 0);
    let mut applying = site.start(&["apply", "--yes", "--format", "json"]);
    site.wire.wait(2);
    interrupted(&mut applying);
    site.wire.go_on();
    let run = applying.ended().ends(4).lines().pop().unwrap();
    assert_eq!(run["format"], "grantline.run/1");
    assert_eq!(
        run["summary"]["done"].as_u64().unwrap() + run["summary"]["skipped"].as_u64().unwrap(),
        4,
        "{run:#}"
    );
    let skipped: Vec<_> =
        run["outcomes"].as_array().unwrap().iter().filter(|one| one["status"] == "skipped").collect();
    assert!(skipped.iter().filter(|one| one["action"] == "grant").count() == 2, "{run:#}");
    let ran = site.bench.run(&["apply", "--yes"]).ends(0);
    assert!(!ran.stderr.contains("did not come to its end"), "it did:\n{}", ran.stderr);
    site.is_finished();
}

#[cfg(unix)]
#[test]
fn a_saved_plan_that_was_called_off_asks_for_a_new_one() {
    let site = Site::new();
    site.bench.run(&["plan", "--out", "plan.json"]).ends(0);
    site.wire.hold(Side::Before, 0);
    let mut applying = site.start(&["apply", "plan.json", "--format", "json"]);
    site.wire.wait(2);
    interrupted(&mut applying);
    site.wire.go_on();
    let ran = applying.ended().ends(4);
    // The stream has it, and so has the run at its end.
    assert_eq!(
        ran.stdout.matches("called off. Make a new plan for what is left.").count(),
        4,
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("Run apply again"), "{}", ran.stdout);
    let ran = site.bench.run(&["apply", "plan.json"]).ends(1);
    assert!(ran.stderr.contains("was applied before"), "{}", ran.stderr);
    site.bench.run(&["plan", "--out", "plan.json"]).ends(0);
    site.bench.run(&["apply", "plan.json"]).ends(0);
    site.is_finished();
}

#[cfg(unix)]
#[test]
fn once_more_breaks_off_and_the_next_apply_finds_out() {
    let site = Site::new();
    site.wire.hold(Side::Before, 0);
    let mut applying = site.start(&["apply", "--yes"]);
    site.wire.wait(2);
    interrupted(&mut applying);
    interrupt(applying.id());
    let ran = applying.ended().ends(1);
    assert!(ran.stderr.contains("the next `grantline apply` finds out"), "{}", ran.stderr);
    site.wire.cut();
    let ran = site.bench.run(&["apply", "--yes"]).ends(0);
    assert!(ran.stderr.contains("did not come to its end"), "{}", ran.stderr);
    site.is_finished();
}

#[cfg(unix)]
#[test]
fn an_apply_that_is_stopped_while_it_looks_back_plans_nothing() {
    let site = Site::new();
    site.killed(Side::Before, 0, &["apply", "--yes"]);
    site.wire.hold(Side::Reading, 0);
    let mut applying = site.start(&["apply", "--yes"]);
    site.wire.wait(1);
    interrupted(&mut applying);
    site.wire.go_on();
    let ran = applying.ended().ends(1);
    assert!(
        ran.stdout.is_empty() && ran.stderr.contains("nothing was changed"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    assert_eq!(site.noticed(), [""; 0]);
    site.bench.run(&["apply", "--yes"]).ends(0);
    site.is_finished();
}

#[cfg(unix)]
#[test]
fn an_apply_that_has_looked_back_can_be_stopped_while_it_plans() {
    let site = Site::new();
    site.killed(Side::Before, 0, &["apply", "--yes"]);
    let reading = site.wire.count(|| drop(site.bench.run(&["plan"]).ends(0)));
    site.wire.hold(Side::Reading, reading);
    let applying = site.start(&["apply", "--yes"]);
    site.wire.wait(1);
    interrupt(applying.id());
    let ran = applying.ended().ends(1);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("called off"), "{}{}", ran.stdout, ran.stderr);
    site.wire.cut();
    site.bench.run(&["apply", "--yes"]).ends(0);
    site.is_finished();
}

#[test]
fn plan_works_while_an_apply_is_at_work() {
    let site = Site::new();
    site.wire.hold(Side::Before, 0);
    let applying = site.start(&["apply", "--yes"]);
    site.wire.wait(2);
    let plan = site.bench.run(&["plan", "--detailed-exitcode"]).ends(2);
    assert!(plan.stdout.contains("crm: 4 changes"), "{}", plan.stdout);
    let second = site.bench.run(&["apply", "--yes"]).ends(1);
    assert!(second.stderr.contains("another apply is at work"), "{}", second.stderr);
    site.wire.go_on();
    applying.ended().ends(0);
    site.is_finished();
}

#[test]
fn an_apply_of_nothing_leaves_no_journal() {
    let site = Site::new();
    site.bench.write("access/users.yaml", super::JANE);
    let before = site.journals();
    let ran = site.bench.run(&["apply", "--yes"]).ends(0);
    assert_eq!(site.journals(), before, "{}", ran.stdout);
    assert_eq!(site.noticed(), [""; 0]);
}

#[test]
fn a_time_to_wait_is_a_number_and_a_unit() {
    let bench = Workbench::of(&[("workspace.yaml", "workspace: { name: acme }\n")]);
    for bad in ["", "5", "soon", "-5m", "5 parsecs", "99999999999999999999h"] {
        let ran = bench.run(&["apply", &format!("--lock-timeout={bad}")]).ends(1);
        assert!(
            ran.stderr.contains("--lock-timeout") && !ran.stderr.contains("panicked"),
            "{bad}: {}",
            ran.stderr
        );
    }
    for good in ["0s", "5m", "1h 30m"] {
        bench.run(&["apply", &format!("--lock-timeout={good}")]).ends(0);
    }
}
