//! `snapshot`, from a table in a file to a plan that counts on it.

use super::{Ran, Workbench, changes};
use std::io::Write as _;
use std::process::{Command, Stdio};

const TAKEN: &str = "2026-11-22T08:00:00Z";
const FILE: &str = "access/snapshots/heap/main.json";

/// Heap's projects, which nobody reads over SCIM, with pages of the workspace's own.
const PAGES: &str = "
format: grantline.pages/1
base: https://heap.example
words: {}
pages: { project: { paths: [/projects/x], heading: Project, way: Open it. } }
tables:
  project:
    page: project
    columns: { email: [Email], name: [Name], level: [Role], state: [Status] }
    levels: { read-only: [Read-Only], consumer: [Consumer], analyst: [Analyst], architect: [Architect], admin: [Admin] }
    states: { active: [Active], pending: [Pending] }
signed_out: []
in_the_way: []
procedures: []
";

const VENDORS: &str = "vendors:
  heap:
    connector: heap
    manage: authoritative
    url: emulator
    emulator: { seed: seed.json }
    identity: none
    pages: { file: heap-pages.yaml }
    resources:
      main: { id: '1', kind: project }
      side: { id: '2', kind: project, manage: observe }
";

const USERS: &str = "users:
  ann: { name: Ann, email: ann@acme.example, grants: { heap/main: admin } }
  bob: { name: Bob, email: bob@acme.example, grants: { heap/side: analyst } }
  eve: { name: Eve, email: eve@acme.example, grants: { heap/side: analyst } }
";

const TABLE: &str = "Name,Email,Role,Status\nAnn,ann@acme.example,Admin,Active\nBob,bob@acme.example,Analyst,Active\n\
                     Eve,eve@acme.example,Consumer,Pending\n";

fn bench() -> Workbench {
    let mut bench = Workbench::of(&[
        ("workspace.yaml", "workspace: { name: acme }\n"),
        ("vendors.yaml", VENDORS),
        ("users.yaml", USERS),
    ]);
    bench.write("heap-pages.yaml", PAGES);
    bench.write("seed.json", &seed());
    bench.write("team.csv", TABLE);
    let git = git2::Repository::init(bench.path()).unwrap();
    git.config().unwrap().set_str("user.name", "Ann").unwrap();
    git.config().unwrap().set_str("user.email", "ann@acme.example").unwrap();
    bench.set("HOME", bench.path().to_str().unwrap());
    bench
}

/// A tenant where everybody has an account.
fn seed() -> String {
    let user = |name: &str| {
        let address = format!("{name}@acme.example");
        let attributes = serde_json::json!({
            "userName": address, "displayName": name, "active": true, "emails": [{ "value": address, "primary": true }]
        });
        serde_json::json!({ "id": format!("U-{name}"), "created": "2024-01-15T08:00:00Z", "attributes": attributes })
    };
    let users: Vec<_> = ["ann", "bob", "eve"].into_iter().map(user).collect();
    serde_json::json!({ "format": "grantline.emulator/1", "tenant": "heap", "users": users, "groups": [] })
        .to_string()
}

fn snapshot(bench: &Workbench, more: &[&str]) -> Ran {
    let arguments = [&["snapshot", "heap/main", "--from", "team.csv"], more].concat();
    bench.run(&arguments)
}

#[test]
fn a_table_is_stored_and_the_next_one_tells_who_is_different() {
    let bench = bench();
    let first = snapshot(&bench, &["--taken", TAKEN, "--by", "Carl"]).ends(0);
    let shown = "heap/main: 3 members (2 active, 1 pending), taken 2026-11-22T08:00:00Z, recorded by Carl\n\
                 It is the first snapshot of this resource.\n\
                 Stored in access/snapshots/heap/main.json; commit it: git add access/snapshots/heap/main.json\n";
    assert_eq!(first.stdout, shown);
    assert!(
        bench
            .read(FILE)
            .contains("\n    { \"account\": \"ann@acme.example\", \"name\": \"Ann\", \"level\": \"admin\"")
    );

    let text = TABLE.replace("Bob,bob", "Joe,joe").replace("Consumer,Pending", "Consumer,Active");
    bench.write("team.csv", &text);
    let second = snapshot(&bench, &[]).ends(0);
    let differences = "  + joe@acme.example (analyst)\n  - bob@acme.example (analyst)\n  \
                       ~ eve@acme.example (consumer, pending -> consumer)\n";
    assert!(second.stdout.contains(differences), "{}", second.stdout);
    assert!(second.stdout.contains("recorded by Ann <ann@acme.example>\n"), "{}", second.stdout);
}

#[test]
fn what_was_stored_is_data_too() {
    let bench = bench();
    snapshot(&bench, &["--taken", TAKEN]).ends(0);
    bench.write("team.csv", &TABLE.replace("Analyst", "Architect"));
    let result = snapshot(&bench, &["--format", "json"]).ends(0);
    let json = result.json();
    assert_eq!((&json["format"], &json["members"]), (&"grantline.snapshot-result/1".into(), &3.into()));
    assert_eq!(json["changed"][0]["from"]["level"], "analyst");
    assert!(result.stderr.contains("~ bob@acme.example (analyst -> architect)"), "{}", result.stderr);
}

#[test]
fn invariant_2_a_half_pasted_table_is_refused_with_every_problem_and_leads_to_no_removal() {
    let bench = bench();
    snapshot(&bench, &["--taken", TAKEN]).ends(0);
    let before = bench.read(FILE);
    bench.write("team.csv", "3 members\nName,Email,Role,Status\nAnn,ann@acme.example,Admin,Act");
    let refused = snapshot(&bench, &[]).ends(1);
    assert!(
        refused.stderr.contains("error[count]") && refused.stderr.contains("error[unknown-state]"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains(" --> team.csv:3, cell 4\n"), "{}", refused.stderr);
    assert!(refused.stderr.ends_with("error: nothing was stored: 3 problems\n"), "{}", refused.stderr);
    assert_eq!(bench.read(FILE), before);
}

#[test]
fn a_plan_rests_on_the_snapshot_and_not_on_an_old_or_an_edited_one() {
    let bench = bench();
    let plan = |now: &str| {
        let plan = bench.run(&["plan", "--format", "json", "--now", now]);
        assert_eq!(plan.code, Some(0), "{}", plan.stderr);
        plan.json()
    };
    let takes =
        |plan: &serde_json::Value| changes(plan).iter().filter(|change| change.contains("revoke")).count();
    assert_eq!(takes(&plan("2026-11-22T09:00:00Z")), 0);
    snapshot(&bench, &["--taken", TAKEN]).ends(0);
    let fresh = plan("2026-11-22T09:00:00Z");
    assert_eq!(fresh["vendors"]["heap"]["source"], "api+recorded");
    assert_eq!(takes(&fresh), 1, "{:?}", changes(&fresh));
    let old = plan("2026-11-29T08:00:01Z");
    assert_eq!((takes(&old), &old["vendors"]["heap"]["source"]), (0, &"api".into()));
    let edited = bench.read(FILE).replace("\"analyst\"", "\"admin\"");
    bench.write(FILE, &edited);
    assert_eq!(takes(&plan("2026-11-22T09:00:00Z")), 0);
}

#[test]
fn an_old_file_is_not_what_the_page_shows_now() {
    let bench = bench();
    let age = |hours: u64| {
        let at = std::time::SystemTime::now() - std::time::Duration::from_secs(hours * 3600 - 60);
        std::fs::File::options()
            .append(true)
            .open(bench.path().join("team.csv"))
            .unwrap()
            .set_modified(at)
            .unwrap();
        jiff::Timestamp::from_second(jiff::Timestamp::try_from(at).unwrap().as_second()).unwrap().to_string()
    };
    let changed = age(48);
    let old = snapshot(&bench, &[]).ends(0);
    assert!(old.stdout.contains(&format!("taken {changed}, ")), "{}", old.stdout);
    assert!(old.stderr.contains(&format!("team.csv was last changed at {changed}")), "{}", old.stderr);
    age(1);
    let young = snapshot(&bench, &[]).ends(0);
    assert!(!young.stderr.contains("last changed"), "{}", young.stderr);
    age(3);
    let older = snapshot(&bench, &[]).ends(1).stderr;
    assert!(older.contains("error[older]") && older.contains("was last changed at"), "{older}");
    let now = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second()).unwrap().to_string();
    let said = snapshot(&bench, &["--taken", &now]).ends(0);
    assert!(!said.stderr.contains("last changed"), "{}", said.stderr);
}

#[test]
fn a_snapshot_that_somebody_deleted_still_counts_as_having_been_there() {
    let bench = bench();
    snapshot(&bench, &[]).ends(0);
    let tasks = bench.run(&["tasks", "--format", "json"]).ends(0).json();
    let batches = tasks["batches"].as_array().unwrap().iter();
    let all: Vec<_> = batches.flat_map(|batch| batch["tasks"].as_array().unwrap()).collect();
    let revoke = all.iter().find(|task| task["code"] == "revoke").unwrap_or_else(|| panic!("{all:?}"));
    bench.run(&["tasks", "done", revoke["id"].as_str().unwrap(), "--by", "Ann"]).ends(0);
    std::fs::remove_file(bench.path().join(FILE)).unwrap();
    let refused = snapshot(&bench, &[]).ends(1).stderr;
    assert!(refused.contains("error[last-unreadable]"), "{refused}");
    snapshot(&bench, &["--smaller", "--because", "deleted by mistake"]).ends(0);
    snapshot(&bench, &[]).ends(0);
}

#[test]
fn whoever_does_not_say_which_table_or_where_is_told_how() {
    let bench = bench();
    for (arguments, expect) in [
        (&["snapshot", "heap", "--from", "team.csv"][..], "heap/main, heap/side"),
        (&["snapshot", "heap/mian", "--from", "team.csv"], "did you mean `main`?"),
        (&["snapshot", "haep/main", "--from", "team.csv"], "did you mean `heap`?"),
        (&["snapshot", "heap/org", "--from", "team.csv"], "heap/org is not recorded"),
        (&["snapshot", "heap/main"], "`--from -`"),
        (&["snapshot", "heap/main", "--from", "none.csv"], "none.csv cannot be read"),
        (&["snapshot", "heap/main", "--from", "access"], "access cannot be read"),
        (&["snapshot", "heap/main", "--from", "-"], "error[empty-table]"),
        (&["snapshot", "heap/main", "--from", "team.csv", "--smaller"], "--because"),
        (
            &["snapshot", "heap/main", "--from", "team.csv", "--taken", "2999-01-01T00:00:00Z"],
            "error[taken-in-future]",
        ),
    ] {
        let told = bench.run(arguments).ends(1).stderr;
        assert!(told.contains(expect), "{arguments:?}: {told}");
    }
}

#[test]
fn a_table_may_come_from_standard_input_and_a_file_from_the_folder_given() {
    let bench = bench();
    let mut child = Command::new(env!("CARGO_BIN_EXE_grantline"))
        .args(["-C", bench.path().to_str().unwrap(), "snapshot", "heap/main", "--from", "-", "--by", "Ann"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(TABLE.replace(',', "\t").as_bytes()).unwrap();
    drop(stdin);
    assert!(child.wait_with_output().unwrap().status.success());
    assert!(bench.read(FILE).contains("\"kind\": \"pasted\""));

    bench.write("access/exports/more.csv", TABLE);
    let folder = bench.path().join("access/exports");
    let inside = ["-C", folder.to_str().unwrap(), "snapshot", "heap/main", "--from", "more.csv"];
    bench.run(&inside).ends(0);
    assert!(bench.read(FILE).contains("\"kind\": \"csv\""));
}
