//! A plan for an identity provider alone, and what goes from the vendor behind it.

use super::Workbench;

/// Jane administers what okta's group gives her an account for.
fn company() -> Workbench {
    let vendors = "vendors:\n  okta:\n    connector: okta\n    manage: authoritative\n    url: emulator\n    resources:\n      \
                   crm-users: { kind: group, name: CRM users }\n  crm:\n    connector: scim\n    manage: authoritative\n    \
                   url: emulator\n    provisioned_by: okta/crm-users\n    roles: { admin: Admin }\n";
    let bench = Workbench::of(&[
        (
            "workspace.yaml",
            "workspace: { name: acme, guards: { max_removals: { percent: 100, at_least: 9 } } }\n",
        ),
        ("vendors.yaml", vendors),
    ]);
    has_group(&bench, true);
    for _ in 0..3 {
        bench.run(&["apply", "--yes"]);
    }
    bench.run(&["plan", "--detailed-exitcode"]).ends(0);
    bench
}

fn has_group(bench: &Workbench, jane: bool) {
    let group = if jane { "okta/crm-users: member, " } else { "" };
    bench.write(
        "access/users.yaml",
        &format!(
            "users:\n  jane:\n    email: jane@acme.example\n    \
             grants: {{ {group}okta/org: member, crm/org: admin }}\n"
        ),
    );
}

#[test]
fn the_last_admin_behind_a_provider_is_kept_by_a_plan_for_the_provider_alone() {
    let bench = company();
    has_group(&bench, false);
    let plan = bench.run(&["plan", "--vendor", "okta"]).ends(3);
    assert!(
        plan.stdout.contains("min-admins") && plan.stdout.contains("jane@acme.example"),
        "{}",
        plan.stdout
    );
    let json = bench.run(&["plan", "--vendor", "okta", "--format", "json"]).json();
    let vendors: Vec<&String> = json["vendors"].as_object().unwrap().keys().collect();
    assert_eq!(vendors, ["okta"]);
    bench.run(&["apply", "--vendor", "okta", "--yes"]).ends(3);
    let state = bench.read(".grantline/emulators/crm.json");
    assert!(state.contains("jane@acme.example"), "{state}");
}

#[test]
fn what_goes_behind_a_provider_is_told_and_goes() {
    let bench = company();
    has_group(&bench, false);
    let word = ["--override", "min-admins", "--because", "The tenant is closed."];
    let plan = bench.run(&[&["plan", "--vendor", "okta", "--out", "p.json"], &word[..]].concat()).ends(0);
    assert!(plan.stdout.contains("okta keeps the accounts"), "{}", plan.stdout);
    bench.run(&["apply", "p.json"]).ends(0);
}

#[test]
fn who_stays_is_held_where_the_vendor_behind_cannot_be_read_and_who_departs_goes() {
    let bench = company();
    has_group(&bench, false);
    let vendors = bench.read("access/vendors.yaml");
    let (okta, crm) = vendors.split_at(vendors.find("  crm:").unwrap());
    let gone = crm.replace("url: emulator", "url: http://127.0.0.1:9\n    token: { env: NO_SUCH_TOKEN }");
    bench.write("access/vendors.yaml", &format!("{okta}{gone}"));
    let plan = bench.run(&["plan", "--vendor", "okta", "--detailed-exitcode"]).ends(3);
    assert!(plan.stdout.contains("how many of its admins would go is not known"), "{}", plan.stdout);
    let gone = "users:\n  jane:\n    email: jane@acme.example\n    departed: 2026-11-20\n";
    bench.write("access/users.yaml", gone);
    let plan = bench.run(&["plan", "--vendor", "okta", "--detailed-exitcode"]).ends(2);
    assert!(plan.stdout.contains("crm could not be read"), "{}", plan.stdout);
    // Nothing is taken by a plan that takes nothing.
    has_group(&bench, true);
    let plan = bench.run(&["plan", "--vendor", "okta", "--detailed-exitcode"]).ends(0);
    assert!(!plan.stdout.contains("crm could not be read"), "{}", plan.stdout);
}
