//! What is left to people: listed, shown, ticked off, and written down.

use super::Workbench;
use serde_json::Value;

const LEDGER: &str = "access/records/tasks.jsonl";

/// Every task of a `tasks --format json`, whatever its batch.
fn all(document: &Value) -> Vec<Value> {
    let batches = document["batches"].as_array().unwrap();
    batches.iter().flat_map(|batch| batch["tasks"].as_array().unwrap().clone()).collect()
}

fn list(bench: &Workbench, arguments: &[&str]) -> Vec<Value> {
    let arguments = [&["tasks", "--format", "json"], arguments].concat();
    all(&bench.run(&arguments).ends(0).json())
}

/// The id of the task that invites Mia to a project.
fn mias(tasks: &[Value]) -> String {
    let is_hers = |task: &&Value| task["account"] == "mia@acme.example" && task["resource"] == "checkout";
    tasks.iter().find(is_hers).unwrap()["id"].as_str().unwrap().to_owned()
}

fn state(tasks: &[Value], id: &str) -> String {
    tasks.iter().find(|task| task["id"] == id).unwrap()["state"].as_str().unwrap().to_owned()
}

#[test]
fn planning_and_listing_write_nothing_and_ids_stay_the_same_through_an_apply() {
    let bench = Workbench::example();
    bench.run(&["plan"]).ends(0);
    let before = list(&bench, &[]);
    assert!(!bench.path().join(LEDGER).exists());
    assert_eq!(before[0]["code"], "document-state", "what is due before comes first");
    assert_eq!(before.last().unwrap()["due"], "after");
    let run = bench.run(&["apply", "--yes"]).ends(4);
    let id = mias(&before);
    assert!(run.stdout.contains(&format!("`grantline tasks show {id}` tells how.")), "{}", run.stdout);
    assert!(run.stderr.contains("tasks wait for a person"), "{}", run.stderr);
    let ledger = bench.read(LEDGER);
    assert!(ledger.starts_with("{\"format\":\"grantline.tasks/1\"}\n"));
    assert_eq!(ledger.matches("\"event\":\"issued\"").count(), before.len());
    let ids = |tasks: &[Value]| {
        let mut ids: Vec<String> = tasks.iter().map(|task| task["id"].to_string()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&list(&bench, &[])), ids(&before), "obligations stay though their change is done");
    bench.run(&["apply", "--yes"]).ends(4);
    assert_eq!(bench.read(LEDGER), ledger, "nothing is asked for twice");
}

#[test]
fn a_task_that_is_ticked_off_is_sent_and_not_done() {
    let bench = Workbench::example();
    bench.run(&["apply", "--yes"]).ends(4);
    let id = mias(&list(&bench, &[]));
    let shown = bench.run(&["tasks", "show", &id]).ends(0).stdout;
    assert!(shown.contains("Type `mia@acme.example` into the field **Email**"), "{shown}");
    let digits = id.rsplit('-').next().unwrap();
    let done = bench.run(&["tasks", "done", digits, "--note", "as UX-12 says", "--by", "Tom"]).ends(0);
    assert!(done.stdout.contains("ticked off; it is done once a newer reading shows it"), "{}", done.stdout);
    let last = bench.read(LEDGER).lines().last().unwrap().to_owned();
    let last: Value = serde_json::from_str(&last).unwrap();
    assert_eq!(
        (&last["event"], &last["by"], &last["note"]),
        (&"done".into(), &"Tom".into(), &"as UX-12 says".into())
    );
    assert_eq!(state(&list(&bench, &[]), &id), "sent");
    let ledger = bench.read(LEDGER);
    let again = bench.run(&["tasks", "done", &id]).ends(0).stdout;
    assert!(again.contains("was ticked off already"), "{again}");
    assert_eq!(bench.read(LEDGER), ledger);
    let plan = bench.run(&["plan", "--format", "json"]).ends(0).json();
    assert!(
        plan["changes"].as_array().unwrap().iter().any(|change| change["user"] == "mia"),
        "not done: still planned"
    );
}

#[test]
fn a_task_can_be_ticked_off_before_any_apply_has_asked_for_it() {
    let bench = Workbench::example();
    let id = mias(&list(&bench, &[]));
    bench.run(&["tasks", "done", &id]).ends(0);
    assert_eq!(state(&list(&bench, &[]), &id), "sent");
    assert_eq!(bench.read(LEDGER).lines().count(), 3);
}

#[test]
fn an_obligation_is_acknowledged_and_then_listed_only_with_all() {
    let bench = Workbench::example();
    bench.run(&["apply", "--yes"]).ends(4);
    let open = list(&bench, &["--vendor", "heap"]);
    let rotate = open.iter().find(|task| task["code"] == "rotate-tokens").unwrap();
    let id = rotate["id"].as_str().unwrap();
    assert!(rotate["steps"][0].as_str().unwrap().contains("Rotate the API tokens"), "{rotate}");
    assert!(bench.run(&["tasks", "done", id]).ends(0).stdout.contains("acknowledged"));
    assert!(list(&bench, &[]).iter().all(|task| task["id"] != id));
    assert_eq!(state(&list(&bench, &["--all"]), id), "acknowledged");
    assert!(list(&bench, &["--vendor", "crm"]).is_empty());
}

#[test]
fn an_obligation_of_a_removal_stays_and_says_so_when_the_person_is_back() {
    let bench = Workbench::example();
    bench.run(&["apply", "--yes"]).ends(4);
    let rotate = || {
        let open = list(&bench, &["--vendor", "heap"]);
        let is_hers =
            |task: &&Value| task["code"] == "rotate-tokens" && task["account"] == "carol@acme.example";
        open.iter().find(is_hers).unwrap()["steps"][0].as_str().unwrap().to_owned()
    };
    assert!(!rotate().contains("has access here"), "{}", rotate());
    // The reading must be newer than the task, by whole seconds.
    let ledger = bench.read(LEDGER);
    let mut lines: Vec<Value> = ledger.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines[1..].iter_mut().for_each(|line| line["at"] = "2026-11-21T09:00:00Z".into());
    bench.write(LEDGER, &lines.iter().map(|line| format!("{line}\n")).collect::<String>());
    bench.edit("access/users.yaml", "    departed: 2026-11-20\n", "    roles: [analyst]\n");
    bench.run(&["apply", "--yes", "--vendor", "heap"]);
    let step = rotate();
    assert!(step.starts_with("carol@acme.example has access here, as the reading of"), "{step}");
    assert!(step.contains("Rotate the API tokens"), "{step}");
}

#[test]
fn what_is_owed_stays_owed_when_its_vendor_is_declared_no_more() {
    let bench = Workbench::example();
    bench.run(&["apply", "--yes"]).ends(4);
    let owed = |open: Vec<Value>| open.into_iter().find(|task| task["code"] == "rotate-tokens");
    let id = owed(list(&bench, &["--vendor", "heap"])).unwrap()["id"].as_str().unwrap().to_owned();
    for entry in std::fs::read_dir(bench.path().join("access")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            std::fs::remove_file(path).unwrap();
        }
    }
    let crm = "vendors: { crm: { connector: scim, manage: observe, url: emulator } }\n";
    bench.write("access/all.yaml", &format!("workspace: {{ name: acme }}\n{crm}"));
    assert_eq!(owed(list(&bench, &[])).unwrap()["id"], id);
    assert!(bench.run(&["tasks", "done", &id]).ends(0).stdout.contains("acknowledged"));
}

#[test]
fn an_id_that_is_none_gets_a_hint_and_one_that_is_short_of_clear_the_choices() {
    let bench = Workbench::example();
    let id = mias(&list(&bench, &[]));
    let swapped = format!("{}{}", &id[..id.len() - 1], if id.ends_with('0') { '1' } else { '0' });
    let ran = bench.run(&["tasks", "show", &swapped]).ends(1);
    assert!(ran.stderr.contains("did you mean clarity-"), "{}", ran.stderr);
    let ran = bench.run(&["tasks", "done", "nothing"]).ends(1);
    assert!(ran.stderr.contains("grantline tasks"), "{}", ran.stderr);
    let ran = bench.run(&["tasks", "done", "clarity"]).ends(1);
    assert!(ran.stderr.contains("more than one task begins with \"clarity\""), "{}", ran.stderr);
    assert!(!bench.path().join(LEDGER).exists());
}

#[test]
fn apply_writes_the_tasks_for_an_issue() {
    let bench = Workbench::example();
    bench.run(&["apply", "--yes", "--tasks", "tasks.md"]).ends(4);
    let text = bench.read("tasks.md");
    let id = mias(&list(&bench, &[]));
    assert!(text.contains(&format!("- [ ] `{id}` Invite Mia Chen")), "{text}");
    assert!(text.contains(&format!("`grantline tasks done {id}`")), "{text}");
    let printed = bench.run(&["apply", "--yes", "--tasks", "-"]).ends(4);
    assert!(printed.stdout.starts_with("### Grantline: tasks\n"), "{}", printed.stdout);
    assert!(printed.stderr.contains("waiting for a person"), "{}", printed.stderr);
    bench.run(&["apply", "--yes", "--format", "json", "--tasks", "-"]).ends(1);
    let listed = bench.run(&["tasks", "--format", "markdown"]).ends(0).stdout;
    let lines = |text: &str| {
        text.lines().filter(|line| line.starts_with("- [")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(lines(&listed), lines(&printed.stdout));
}

#[test]
fn a_broken_ledger_is_an_error_before_anything_is_changed() {
    let bench = Workbench::example();
    bench.write(LEDGER, "{\"format\":\"grantline.tasks/1\"}\nnonsense\n");
    let ran = bench.run(&["apply", "--yes"]).ends(1);
    assert!(ran.stderr.contains("access/records/tasks.jsonl:2: "), "{}", ran.stderr);
    assert!(
        !bench.path().join(".grantline/emulators/crm.json").exists(),
        "no vendor was started, let alone changed"
    );
}

#[test]
fn a_task_that_no_file_asks_for_any_more_is_withdrawn() {
    let bench = Workbench::example();
    bench.run(&["apply", "--yes"]).ends(4);
    let id = mias(&list(&bench, &[]));
    bench.edit("access/roles.yaml", "      clarity/checkout: member\n", "");
    assert!(list(&bench, &[]).iter().all(|task| task["id"] != *id));
    assert_eq!(state(&list(&bench, &["--all"]), &id), "withdrawn");
}
