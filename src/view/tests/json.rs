use super::build::{at, change, full, level, plan, roles, run, sources, target, unreadable, verdict};
use crate::domain::{Action, Finding, OutcomeStatus, Plan, Severity, Verdict};
use crate::view::{changes_json, plan_digest, plan_json, run_json};
use serde_json::Value;
use std::sync::Arc;

fn one() -> Plan {
    let action =
        Action::ChangeLevel { on: target("main", "project"), from: level("consumer"), to: level("analyst") };
    plan(vec![change(1, action)])
}

fn parsed(plan: &Plan) -> Value {
    serde_json::from_str(&plan_json(plan, &sources(), None)).unwrap()
}

#[test]
fn a_plan_is_written_as_documented() {
    let mut plan = one();
    plan.findings =
        vec![super::build::finding(Severity::Warning, "unmanaged-account", "x@y belongs to nobody.")];
    plan.guards = vec![verdict(Verdict::Pass, vec![])];
    plan.guards[0].hint = None;
    let expect = r#"{
  "format": "grantline.plan/1",
  "tool": "grantline VERSION",
  "workspace": "acme",
  "created": "2026-11-22T09:00:00Z",
  "desired": {
    "commit": "9f3c",
    "dirty": false,
    "digest": "sha256:de"
  },
  "vendors": {
    "heap": {
      "state": "complete",
      "read_at": "2026-11-22T08:59:58Z",
      "source": "api",
      "fingerprint": "sha256:fe",
      "accounts": 41,
      "reason": null,
      "recorded": {}
    }
  },
  "changes": [
    {
      "id": "heap-0001",
      "action": "change-level",
      "vendor": "heap",
      "resource": "main",
      "user": "jane",
      "account": "jane@acme.example",
      "from": "consumer",
      "to": "analyst",
      "channel": "api",
      "risk": "medium",
      "after": [],
      "waits": null,
      "because": [
        {
          "file": "access/roles.yaml",
          "line": 5,
          "text": "heap/main: analyst"
        }
      ],
      "reason": null,
      "ticket": null,
      "account_id": "U-1",
      "target": {
        "kind": "project",
        "id": "2208394",
        "name": null
      }
    }
  ],
  "findings": [
    {
      "code": "unmanaged-account",
      "severity": "warning",
      "vendor": "heap",
      "detail": "x@y belongs to nobody.",
      "user": null,
      "file": null,
      "line": null,
      "hint": null
    }
  ],
  "obligations": [],
  "guards": [
    {
      "guard": "max-removals",
      "verdict": "pass",
      "detail": "12 of 41 accounts would lose access.",
      "vendor": "heap",
      "holds": [],
      "hint": null,
      "because": null
    }
  ],
  "overrides": [],
  "departures": [],
  "summary": {
    "invite": 0,
    "grant": 0,
    "change-level": 1,
    "revoke": 0,
    "create-resource": 0,
    "transfer-ownership": 0,
    "update-account": 0,
    "suspend": 0,
    "restore": 0,
    "remove-account": 0,
    "resend-invitation": 0,
    "cancel-invitation": 0
  },
  "digest": "DIGEST"
}
"#;
    let expect = expect
        .replace("VERSION", env!("CARGO_PKG_VERSION"))
        .replace("DIGEST", &plan_digest(&plan, &sources()));
    assert_eq!(plan_json(&plan, &sources(), None), expect);
}

#[test]
fn every_action_has_a_from_and_a_to_where_it_has_them() {
    let ends: Vec<(String, Value, Value)> = changes_json(&full(), &sources())
        .into_iter()
        .map(|change| {
            (change["action"].as_str().unwrap().to_owned(), change["from"].clone(), change["to"].clone())
        })
        .collect();
    let text = |text: &str| Value::from(text);
    let expect = [
        ("invite", Value::Null, text("Ana Li <ana@acme.example>")),
        ("grant", Value::Null, text("analyst")),
        ("change-level", text("consumer"), text("analyst")),
        ("update-account", text("Jane Do <jane@acme.example>"), text("Jane Doe <jane@acme.example>")),
        ("revoke", text("member"), Value::Null),
        ("remove-account", Value::Null, Value::Null),
    ];
    assert_eq!(ends, expect.map(|(action, from, to)| (action.to_owned(), from, to)));
}

#[test]
fn an_invitation_names_the_account_to_be() {
    assert_eq!(changes_json(&full(), &sources())[0]["account"], "ana@acme.example");
}

#[test]
fn a_finding_says_where_and_an_unreadable_vendor_why() {
    let mut plan = full();
    unreadable(&mut plan, "clarity");
    let json = parsed(&plan);
    assert_eq!(
        (&json["findings"][1]["file"], &json["findings"][1]["line"]),
        (&"access/roles.yaml".into(), &4.into())
    );
    assert_eq!(json["vendors"]["clarity"]["state"], "unreadable");
    assert_eq!(json["vendors"]["clarity"]["reason"], "The second page repeats the first.");
    assert_eq!(json["vendors"]["clarity"]["accounts"], Value::Null);
}

#[test]
fn the_digest_is_of_what_the_plan_says_and_not_of_when() {
    let digest = |change: &dyn Fn(&mut Plan)| {
        let mut plan = one();
        change(&mut plan);
        plan_digest(&plan, &sources())
    };
    let same = digest(&|_| {});
    assert!(same.starts_with("sha256:") && same.len() == 71);
    let later = digest(&|plan| {
        plan.created = at("2026-11-22T10:00:00Z");
        plan.vendors.values_mut().for_each(|vendor| vendor.read_at = plan.created);
    });
    assert_eq!(later, same);
    assert_ne!(digest(&|plan| plan.changes[0].account_id = None), same);
    assert_ne!(digest(&|plan| plan.changes[0].because[0] = roles(4)), same);
    assert_ne!(digest(&|plan| plan.desired.digest.clear()), same);
}

#[test]
fn data_stays_as_it_is_and_nothing_in_it_reaches_a_terminal() {
    let mut plan = one();
    let name = "x\u{1b}[2J\u{202e}\u{9b}\u{e0041}é";
    plan.changes[0].account = Some(Arc::from(name));
    plan.findings =
        vec![Finding { detail: name.to_owned(), ..super::build::finding(Severity::Info, "x", "") }];
    let text = plan_json(&plan, &sources(), None);
    assert!(!text.chars().any(|c| c != '\n' && crate::domain::is_hidden(c)), "{text}");
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["changes"][0]["account"], name);
    assert_eq!(json["findings"][0]["detail"], "x\\u{1b}[2J\\u{202e}\\u{9b}\\u{e0041}é");
}

#[test]
fn a_run_is_written_as_documented() {
    let plan = one();
    let run = run(&[(1, OutcomeStatus::Waiting, "A person has to do it.")]);
    let expect = r#"{
  "format": "grantline.run/1",
  "tool": "grantline VERSION",
  "workspace": "acme",
  "started": "2026-11-22T09:00:05Z",
  "ended": "2026-11-22T09:00:09Z",
  "plan": "DIGEST",
  "outcomes": [
    {
      "id": "heap-0001",
      "action": "change-level",
      "vendor": "heap",
      "user": "jane",
      "account": "jane@acme.example",
      "resource": "main",
      "status": "waiting",
      "detail": "A person has to do it."
    }
  ],
  "summary": {
    "done": 0,
    "failed": 0,
    "waiting": 1,
    "unverified": 0,
    "skipped": 0
  }
}
"#;
    let expect = expect
        .replace("VERSION", env!("CARGO_PKG_VERSION"))
        .replace("DIGEST", &plan_digest(&plan, &sources()));
    let run = run_json(&run, &plan, &sources());
    assert_eq!(run.matches('\n').count(), 1, "it is the last line of a stream: {run}");
    let [run, expect] = [run.as_str(), expect.as_str()].map(serde_json::from_str::<Value>);
    assert_eq!(run.unwrap(), expect.unwrap());
}
