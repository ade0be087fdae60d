//! `apply --format json`: a line for each thing that happens, and the run as the last one.

use super::{Side, Site, text};
use serde_json::Value;

const FORMAT: [&str; 2] = ["grantline.event/1", "grantline.run/1"];

/// The events, once the rest of the stream was looked at.
#[track_caller]
fn events(mut lines: Vec<Value>, done: usize) -> Vec<Value> {
    let run = lines.pop().unwrap();
    assert_eq!(text(&run, "format"), FORMAT[1]);
    assert_eq!(run["summary"]["done"], done, "{run:#}");
    assert!(lines.iter().all(|line| text(line, "format") == FORMAT[0]), "{lines:#?}");
    assert!(lines.iter().all(|line| text(line, "at").ends_with('Z')), "{lines:#?}");
    lines
}

/// Where each event about that change stands, as `event`.
fn of<'e>(events: &'e [Value], id: &str) -> Vec<&'e str> {
    events.iter().filter(|event| text(event, "id") == id).map(|event| text(event, "event")).collect()
}

#[test]
fn each_change_is_told_of_as_it_is_sent_answered_and_ends() {
    let site = Site::new();
    let ran = site.bench.run(&["apply", "--yes", "--format", "json"]).ends(0);
    let events = events(ran.lines(), 4);
    assert_eq!((text(&events[0], "event"), &events[0]["changes"]), ("started", &Value::from(4)));
    for number in 1..=4 {
        let id = format!("crm-000{number}");
        assert_eq!(of(&events, &id), ["sending", "answered", "outcome"], "{id}");
    }
    assert_eq!(events.len(), 1 + 4 * 3);
    let sent = events.iter().find(|event| text(event, "event") == "sending").unwrap();
    assert_eq!([text(sent, "vendor"), text(sent, "action")], ["crm", "invite"]);
}

#[test]
fn what_a_killed_apply_left_open_comes_before_everything_else() {
    for (side, status) in [(Side::Before, "not-done"), (Side::After, "done")] {
        let site = Site::new();
        site.killed(side, 0, &["apply", "--yes", "--format", "json"]);
        let left = if side == Side::Before { 4 } else { 2 };
        let ran = site.bench.run(&["apply", "--yes", "--format", "json"]).ends(0);
        let events = events(ran.lines(), left);
        let words: Vec<&str> = events.iter().map(|event| text(event, "event")).take(3).collect();
        assert_eq!(words, ["recovered", "recovered", "started"]);
        for event in &events[..2] {
            assert_eq!([text(event, "status"), text(event, "action")], [status, "invite"], "{event}");
        }
        site.is_finished();
    }
}

#[test]
fn an_apply_of_nothing_is_a_stream_of_nothing() {
    let site = Site::new();
    site.bench.write("access/users.yaml", super::JANE);
    let lines = site.bench.run(&["apply", "--yes", "--format", "json"]).ends(0).lines();
    let events = events(lines, 0);
    assert_eq!(events.len(), 1);
    assert_eq!((text(&events[0], "event"), &events[0]["changes"]), ("started", &Value::from(0)));
}
