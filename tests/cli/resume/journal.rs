//! Journals that are torn, damaged, forged or in the way.

use super::{Side, Site};
use serde_json::{Value, json};
use std::fs;

const FORGED: &str = ".grantline/journal/20200101T000000Z-00000000.jsonl";

/// A journal of those changes that somebody wrote by hand: none of them has an end.
fn forged(intents: &[Value]) -> String {
    let ids: Vec<&Value> = intents.iter().map(|change| &change["id"]).collect();
    let header = json!({
        "format": "grantline.journal/1", "run": "20200101T000000Z-00000000", "tool": "grantline 0.1.0",
        "workspace": "acme", "plan": "sha256:0", "desired": "sha256:0", "saved": false,
        "holder": {
            "who": "mallory", "host": "x", "pid": 1, "started": "2020-01-01T00:00:00Z", "command": "grantline apply"
        },
        "vendors": ["crm"], "changes": ids,
    });
    let line = |change: &Value| {
        format!("{}\n", json!({ "entry": "intent", "at": "2020-01-01T00:00:00Z", "change": change }))
    };
    format!("{header}\n{}", intents.iter().map(line).collect::<String>())
}

/// A change as a journal has it.
fn change(id: &str, vendor: &str, who: &str, action: &Value) -> Value {
    json!({
        "id": id, "vendor": vendor, "user": who, "user_name": null, "account": format!("{who}@acme.example"),
        "account_id": null, "action": action, "channel": "api", "risk": "low", "after": [], "waits": null,
        "reason": null, "ticket": null,
    })
}

fn invite(who: &str) -> Value {
    let login = format!("{who}@acme.example");
    json!({ "do": "invite", "profile": { "login": login, "name": null }, "external_id": who, "on": null })
}

#[test]
fn half_a_line_or_a_line_twice_at_the_end_is_no_damage() {
    for twice in [false, true] {
        let site = Site::new();
        site.killed(Side::After, 0, &["apply", "--yes"]);
        let journal = site.journal();
        let text = fs::read_to_string(&journal).unwrap();
        let last = if twice { text.lines().last().unwrap() } else { "{\"entry\":\"accep" };
        fs::write(&journal, format!("{text}{last}{}", if twice { "\n" } else { "" })).unwrap();
        let ran = site.bench.run(&["apply", "--yes"]).ends(0);
        assert!(ran.stderr.contains("2 found done now"), "{}", ran.stderr);
        site.is_finished();
    }
}

#[test]
fn damage_in_the_middle_stops_every_apply_and_no_plan() {
    let site = Site::new();
    site.killed(Side::After, 0, &["apply", "--yes"]);
    let journal = site.journal();
    let text = fs::read_to_string(&journal).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() >= 3, "{text}");
    lines[1] = "nonsense";
    fs::write(&journal, format!("{}\n", lines.join("\n"))).unwrap();
    let before = site.noticed();
    let ran = site.bench.run(&["apply", "--yes"]).ends(1);
    let place = format!("{}:2 ", journal.file_name().unwrap().display());
    for part in [&*place, "nothing is applied without it", "move it away once `grantline plan` shows"] {
        assert!(ran.stderr.contains(part), "no {part:?} in\n{}", ran.stderr);
    }
    assert_eq!(site.noticed(), before);
    site.bench.run(&["plan"]).ends(0);
    fs::rename(&journal, journal.with_extension("away")).unwrap();
    site.bench.run(&["apply", "--yes"]).ends(0);
    fs::remove_file(journal.with_extension("away")).unwrap();
    site.is_finished();
}

#[test]
fn invariant_1_a_forged_journal_brings_nothing_about() {
    let site = Site::new();
    site.bench.write("access/users.yaml", super::JANE);
    let staff = json!({ "name": "staff", "kind": "group", "id": null, "display": null });
    let intents = [
        change("crm-0001", "crm", "mallory", &invite("mallory")),
        change("crm-0002", "crm", "mallory", &json!({ "do": "grant", "on": staff, "to": "member" })),
        change("crm-0003", "crm", "jane", &json!({ "do": "revoke", "on": staff, "from": "member" })),
        change("crm-0004", "crm", "jane", &json!({ "do": "remove-account" })),
        change("hr-0001", "hr", "jane", &json!({ "do": "remove-account" })),
    ];
    site.bench.write(FORGED, &forged(&intents));
    let ran = site.bench.run(&["apply", "--yes"]).ends(0);
    assert!(ran.stderr.contains("mallory on x"), "{}", ran.stderr);
    assert_eq!(site.noticed(), [""; 0]);
    site.bench.run(&["plan", "--detailed-exitcode"]).ends(0);
}

#[test]
fn a_journal_about_a_vendor_that_nobody_has_is_told_and_stops_nothing() {
    let site = Site::new();
    let intents = [change("hr-0001", "hr", "bob", &invite("bob"))];
    site.bench.write(FORGED, &forged(&intents));
    let ran = site.bench.run(&["apply", "--yes"]).ends(0);
    assert!(
        ran.stderr.contains("`hr` was not looked at") && ran.stderr.contains("delete "),
        "{}",
        ran.stderr
    );
    fs::remove_file(site.bench.path().join(FORGED)).unwrap();
    site.is_finished();
}

#[test]
fn nothing_is_sent_where_nothing_can_be_written_down() {
    let site = Site::new();
    let folder = site.bench.path().join(".grantline/journal");
    fs::remove_dir_all(&folder).unwrap();
    fs::write(&folder, "").unwrap();
    let ran = site.bench.run(&["apply", "--yes"]).ends(1);
    assert!(ran.stderr.contains(".grantline/journal cannot be"), "{}", ran.stderr);
    assert_eq!(site.noticed(), [""; 0]);
    fs::remove_file(&folder).unwrap();
    site.bench.run(&["apply", "--yes"]).ends(0);
    site.is_finished();
}
