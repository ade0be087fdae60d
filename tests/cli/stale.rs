//! Saved plans that something has moved under: refused, with all that moved.

use super::{Workbench, changes};
use serde_json::{Value, json};

const CRM: &str = "vendors:\n  crm:\n    connector: scim\n    manage: authoritative\n    url: emulator\n    \
                   identity: svc-grantline@crm.example\n    resources:\n      staff: { kind: group, name: Staff }\n";

const STATE: &str = ".grantline/emulators/crm.json";

/// A workspace of this vendor file with two users who have access to `staff`, applied.
fn settled(vendor: &str) -> Workbench {
    let bench = Workbench::of(&[
        ("workspace.yaml", "workspace: { name: acme }\n"),
        ("vendors.yaml", vendor),
        (
            "users.yaml",
            "users:\n  jane: { email: jane@acme.example, grants: { crm/staff: member } }\n  \
             bob: { email: bob@acme.example, grants: { crm/staff: member } }\n",
        ),
    ]);
    bench.run(&["apply", "--yes"]).ends(0);
    bench
}

/// What the vendor holds.
fn tenant(bench: &Workbench) -> Value {
    serde_json::from_str(&bench.read(STATE)).unwrap()
}

/// Somebody else changes the vendor, past grantline.
fn meddle(bench: &Workbench, edit: impl FnOnce(&mut Value)) {
    let mut tenant = tenant(bench);
    edit(&mut tenant);
    bench.write(STATE, &tenant.to_string());
}

fn user<'v>(tenant: &'v mut Value, login: &str) -> &'v mut Value {
    let users = tenant["users"].as_array_mut().unwrap();
    users.iter_mut().find(|user| user["attributes"]["userName"] == login).unwrap()
}

/// The refusal of a plan that was saved before somebody changed the vendor past grantline.
fn refused(bench: &Workbench, edit: impl FnOnce(&mut Value)) -> String {
    bench.run(&["plan", "--out", "plan.json"]).ends(0);
    meddle(bench, edit);
    let before = tenant(bench);
    let ran = bench.run(&["apply", "plan.json"]).ends(1);
    assert_eq!(before, tenant(bench), "a refused plan changed the vendor");
    assert!(ran.stderr.contains("stale, and nothing was changed"), "{}", ran.stderr);
    ran.stderr
}

#[test]
fn one_change_past_grantline_is_shown() {
    let bench = settled(CRM);
    let told = refused(&bench, |tenant| {
        let bob = user(tenant, "bob@acme.example")["id"].clone();
        let members = tenant["groups"][0]["attributes"]["members"].as_array_mut().unwrap();
        members.retain(|member| member["value"] != bob);
    });
    assert!(told.contains("\n- staff: bob@acme.example member\n"), "{told}");
    assert!(told.contains("+crm-0001 grant crm staff, user bob"), "{told}");
}

#[test]
fn a_change_past_grantline_that_leaves_the_plan_as_it_is_is_shown() {
    let bench = settled(CRM);
    bench.edit(
        "access/users.yaml",
        "bob: { email: bob@acme.example, grants: { crm/staff: member } }",
        "bob: { email: bob@acme.example, departed: 2026-01-01 }",
    );
    let told = refused(&bench, |tenant| {
        let emails = &mut user(tenant, "jane@acme.example")["attributes"]["emails"];
        let other = json!({ "value": "jane.private@mail.example", "type": "home" });
        emails.as_array_mut().unwrap().push(other);
    });
    assert!(
        !told.contains("Changes:") && told.contains("\n+ account jane@acme.example: active, id "),
        "{told}"
    );
    assert!(told.contains(", jane.private@mail.example\n"), "{told}");
}

#[test]
fn what_nobody_manages_may_move() {
    let bench = settled(&CRM.replace("authoritative", "additive"));
    let eve = "  eve: { email: eve@acme.example, grants: { crm/staff: member } }\n";
    bench.edit("access/users.yaml", "  bob: {", &format!("{eve}  bob: {{"));
    bench.run(&["plan", "--out", "plan.json"]).ends(0);
    meddle(&bench, |tenant| {
        let mut stranger = user(tenant, "jane@acme.example").clone();
        stranger["id"] = json!("stranger");
        stranger["attributes"] = json!({ "userName": "x@other.example", "active": true });
        tenant["users"].as_array_mut().unwrap().push(stranger);
        user(tenant, "jane@acme.example")["attributes"]["title"] = json!("Head of analysis");
        user(tenant, "jane@acme.example")["modified"] = json!("2027-01-01T00:00:00Z");
    });
    let ran = bench.run(&["apply", "plan.json", "--format", "json"]).ends(0).lines().pop().unwrap();
    assert_eq!(ran["summary"]["done"], 2, "{ran:#}");
}

#[test]
fn a_plan_is_for_its_day() {
    let bench = settled(CRM);
    let moments = [("2026-01-01T00:00:00Z", "plan_max_age"), ("2999-01-01T00:00:00Z", "a clock is wrong")];
    for (moment, part) in moments {
        bench.run(&["plan", "--now", moment, "--out", "plan.json"]).ends(0);
        let ran = bench.run(&["apply", "plan.json"]).ends(1);
        assert!(ran.stderr.contains("Age:") && ran.stderr.contains(part), "{}", ran.stderr);
    }
    let month = jiff::Timestamp::now() - std::time::Duration::from_secs(30 * 86_400);
    let guards = "workspace: { name: acme, guards: { plan_max_age: 52w } }\n";
    bench.write("access/workspace.yaml", guards);
    bench.run(&["plan", "--now", &month.to_string(), "--out", "plan.json"]).ends(0);
    bench.run(&["apply", "plan.json"]).ends(0);
}

#[test]
fn any_change_of_the_files_is_refused() {
    let bench = settled(CRM);
    bench.run(&["plan", "--out", "plan.json"]).ends(0);
    bench.edit("access/workspace.yaml", "name: acme", "name:  acme");
    let ran = bench.run(&["apply", "plan.json"]).ends(1);
    assert!(ran.stderr.contains("Files: the plan was made from files of no commit"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("Vendor") && !ran.stderr.contains("Changes"), "{}", ran.stderr);
}

#[test]
fn every_reason_is_told_at_once() {
    let bench = settled(CRM);
    bench.run(&["plan", "--now", "2026-01-01T00:00:00Z", "--out", "plan.json"]).ends(0);
    bench.edit("access/workspace.yaml", "name: acme", "name: beta");
    bench.write("access/vendors.yaml", &CRM.replace("crm:", "sales:"));
    bench.write("access/users.yaml", "users: {}\n");
    let told = bench.run(&["apply", "plan.json"]).ends(1).stderr;
    let words = ["Age:", "Workspace:", "Files:", "Vendor crm:"];
    let at: Vec<_> = words.iter().map(|word| told.find(word)).collect();
    assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{told}");
}

#[test]
fn a_printed_plan_is_for_reading() {
    let bench = settled(CRM);
    let printed = bench.run(&["plan", "--format", "json"]).ends(0);
    assert_eq!(changes(&printed.json()), [""; 0]);
    bench.write("plan.json", &printed.stdout);
    let ran = bench.run(&["apply", "plan.json"]).ends(1);
    assert!(ran.stderr.contains("plan --out FILE"), "{}", ran.stderr);
}
