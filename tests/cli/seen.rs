//! What the tables that somebody records show of what was left to people, and what they do not.

use super::{Ran, Workbench};
use jiff::{Timestamp, ToSpan as _};
use serde_json::Value;

const LEDGER: &str = "access/records/tasks.jsonl";

fn ago(hours: i64) -> String {
    (Timestamp::now() - hours.hours()).to_string()
}

fn bench(vendors: &str, users: &str) -> Workbench {
    Workbench::of(&[
        ("workspace.yaml", "workspace: { name: acme, guards: { min_admins: 1 } }\n"),
        ("vendors.yaml", &format!("vendors:\n{vendors}")),
        (
            "users.yaml",
            &format!(
                "users:\n{users}  carol: {{ name: Carol, email: carol@acme.example, departed: 2020-01-01 }}\n"
            ),
        ),
    ])
}

/// Records that table of the resource as it was so many hours ago.
fn record(bench: &Workbench, resource: &str, hours: i64, table: &str, more: &[&str]) -> Ran {
    bench.write("team.csv", table);
    let taken = ago(hours);
    let how = ["snapshot", resource, "--from", "team.csv", "--by", "Ann", "--taken", &taken];
    bench.run(&[&how[..], more].concat())
}

/// Puts all that the ledger has so far back to so many hours ago.
fn backdate(bench: &Workbench, hours: i64) {
    let at = ago(hours);
    let mut lines: Vec<Value> =
        bench.read(LEDGER).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines[1..].iter_mut().for_each(|line| line["at"] = at.clone().into());
    bench.write(LEDGER, &lines.iter().map(|line| format!("{line}\n")).collect::<String>());
}

/// The task of that sort that is about Carol, finished or not.
fn carols(bench: &Workbench, code: &str) -> Value {
    let document = bench.run(&["tasks", "--all", "--format", "json"]).ends(0).json();
    let batches = document["batches"].as_array().unwrap();
    let mut tasks = batches.iter().flat_map(|batch| batch["tasks"].as_array().unwrap());
    let is_hers = |task: &&Value| task["code"] == code && task["account"] == "carol@acme.example";
    tasks.find(is_hers).unwrap_or_else(|| panic!("{document:#}")).clone()
}

#[test]
fn invariant_2_an_account_is_not_gone_because_it_is_on_no_projects_table() {
    let vendors = "  heap:
    connector: heap
    manage: authoritative
    identity: none
    resources: { main: { id: '1', kind: project } }
";
    let users =
        "  ann: { name: Ann, email: ann@acme.example, grants: { heap/org: admin, heap/main: admin } }\n";
    let bench = bench(vendors, users);
    let ann = "Name,Email,Role,Status\nAnn,ann@acme.example,Admin,Active\n";
    let both = format!("{ann}Carol,carol@acme.example,Consumer,Active\n");
    record(&bench, "heap/org", 5, &both, &[]).ends(0);
    bench.run(&["apply", "--yes"]).ends(4);
    backdate(&bench, 4);
    let kept = bench.read("access/snapshots/heap/org.json");
    std::fs::remove_file(bench.path().join("access/snapshots/heap/org.json")).unwrap();
    let main = "Name,Email,Role\nAnn,ann@acme.example,Admin\n";
    record(&bench, "heap/main", 1, main, &[]).ends(0);
    assert_eq!(carols(&bench, "remove-account")["state"], "open");
    bench.write("access/snapshots/heap/org.json", &kept);
    record(&bench, "heap/org", 1, ann, &[]).ends(0);
    assert_eq!(carols(&bench, "remove-account")["state"], "done");
}

#[test]
fn a_revocation_is_about_one_project_and_about_whatever_is_held_there() {
    let vendors = "  clarity:
    connector: clarity
    manage: authoritative
    identity: none
    resources: { site: { id: k3j9x2, kind: project } }
";
    let bench =
        bench(vendors, "  olga: { name: Olga, email: olga@acme.example, grants: { clarity/site: owner } }\n");
    let table = "Email,Role,Status\nolga@acme.example,Owner,Active\n";
    let with = |role: &str| format!("{table}carol@acme.example,{role},Active\n");
    record(&bench, "clarity/site", 5, &with("Team member"), &[]).ends(0);
    bench.run(&["apply", "--yes"]).ends(4);
    let id = carols(&bench, "revoke")["id"].as_str().unwrap().to_owned();
    bench.run(&["tasks", "done", &id]).ends(0);
    backdate(&bench, 4);
    record(&bench, "clarity/site", 3, &with("Admin"), &[]).ends(0);
    let again = carols(&bench, "revoke");
    assert_eq!((&again["id"], &again["state"]), (&id.as_str().into(), &"reopened".into()));

    bench.edit("access/vendors.yaml", "k3j9x2", "zz99zz");
    let refused = record(&bench, "clarity/site", 2, table, &[]).ends(1);
    assert!(refused.stderr.contains("last-unreadable"), "{}", refused.stderr);
    record(&bench, "clarity/site", 2, table, &["--smaller", "--because", "a new project"]).ends(0);
    let again = carols(&bench, "revoke");
    assert_eq!((&again["id"], &again["state"]), (&id.as_str().into(), &"reopened".into()));
    let step = again["steps"][0].as_str().unwrap();
    assert!(step.starts_with("This is about `k3j9x2`: `site` is `zz99zz` by now"), "{step}");
    bench.run(&["tasks", "done", &id]).ends(0);
    assert_eq!(carols(&bench, "revoke")["state"], "withdrawn");
}
