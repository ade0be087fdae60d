//! An invitation that is sent again by hand, from the plan that asks for it to the one that no longer does.

use super::{Workbench, changes};
use jiff::{Timestamp, ToSpan as _};

const VENDORS: &str = "vendors:
  clarity:
    connector: clarity
    manage: authoritative
    resend_after: 1d
    resources:
      site: { id: k3j9x2, kind: project }
";

const USERS: &str = "users:
  ann: { name: Ann, email: ann@acme.example, grants: { clarity/site: admin } }
  pia: { name: Pia, email: pia@acme.example, grants: { clarity/site: member } }
";

#[test]
fn an_invitation_that_was_sent_again_is_not_planned_again_and_who_did_it_is_shown() {
    let bench = Workbench::of(&[
        ("workspace.yaml", "workspace: { name: acme }\n"),
        ("vendors.yaml", VENDORS),
        ("users.yaml", USERS),
    ]);
    let table = "Email,Role,Status\nann@acme.example,Admin,Active\npia@acme.example,Team member,Pending\n";
    bench.write("team.csv", table);
    let taken = (Timestamp::now() - 72.hours()).to_string();
    let record = ["snapshot", "clarity/site", "--from", "team.csv", "--by", "Ann"];
    bench.run(&[&record[..], &["--taken", &taken]].concat()).ends(0);
    let plan = || changes(&bench.run(&["plan", "--format", "json"]).ends(0).json());
    assert_eq!(plan(), ["clarity resend-invitation pia site"]);
    let tasks = bench.run(&["tasks", "--format", "json"]).ends(0).json();
    let id = tasks["batches"][0]["tasks"][0]["id"].as_str().unwrap().to_owned();
    bench.run(&["tasks", "done", &id, "--note", "sent from the page", "--by", "Tom"]).ends(0);
    let shown = bench.run(&["tasks", "show", &id]).ends(0).stdout;
    assert!(shown.contains(" by Tom: sent from the page"), "{shown}");
    let shown = bench.run(&["tasks", "show", &id, "--format", "json"]).ends(0).json();
    let tasks = shown["batches"][0]["tasks"].as_array().unwrap();
    assert_eq!((tasks.len(), &tasks[0]["ticked"]["by"]), (1, &"Tom".into()));
    bench.run(&record).ends(0);
    assert_eq!(plan(), [""; 0]);
}
