//! A name that its bearer chose at a vendor, or wrote into a file, in everything that the program prints.

use crate::cli::{NOW, Workbench};

/// Clears a screen, turns words around, breaks lines, speaks to a build log, mails a team, draws a picture.
const NAME: &str = "M\u{1b}[2J\u{9b}31m\u{202e}\u{200b}\r\n::error::x ##[error]y <img src=x> @acme/all [z](https://e.example) | a";

/// What of it a file may hold: the loader refuses the rest.
const WRITTEN: &str = "::error::x ##[error]y <img src=x> @acme/all [z](https://e.example) | a";

/// The example, in which the vendor's own data and the files both give people that name.
fn bench() -> Workbench {
    let bench = Workbench::example();
    let written = serde_json::to_string(NAME).unwrap();
    bench.write(
        "examples/acme/crm.json",
        &bench.read("examples/acme/crm.json").replace("\"M. Chen\"", &written),
    );
    bench.edit("access/users.yaml", "name: Mia Chen", &format!("name: \"{WRITTEN}\""));
    bench.edit("access/users.yaml", "reason: prepares the audit", &format!("reason: \"{WRITTEN}\""));
    bench
}

#[track_caller]
fn harmless(what: &[&str], text: &str) {
    let hidden = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{200b}' | '\u{202e}');
    assert!(!text.contains(hidden), "{what:?} prints what acts or cannot be seen:\n{text:?}");
    let speaks = text.lines().find(|line| line.trim_start().starts_with("::"));
    assert_eq!(speaks, None, "{what:?} has a line that a build log obeys");
}

/// What is left of Markdown without its code spans, in which nothing means anything.
fn without_code(text: &str) -> String {
    text.split('`').step_by(2).collect()
}

#[test]
fn no_output_lets_a_name_act() {
    let bench = bench();
    let mut shown = 0;
    for arguments in [
        &["validate"][..],
        &["plan", "--now", NOW, "-v"],
        &["plan", "--now", NOW, "--format", "json", "--out", "plan.json"],
        &["plan", "--now", NOW, "--format", "markdown"],
        &["tasks"],
        &["tasks", "--format", "json"],
        &["tasks", "--format", "markdown"],
        &["apply", "--yes", "--tasks", "tasks.md"],
        &["apply", "--yes", "--format", "json"],
    ] {
        let ran = bench.run(arguments);
        assert!(ran.code != Some(1), "{arguments:?}: {}", ran.stderr);
        harmless(arguments, &ran.stdout);
        harmless(arguments, &ran.stderr);
        shown += ran.stdout.matches("img src=x").count();
        if arguments.contains(&"markdown") {
            let words = without_code(&ran.stdout);
            for part in ["<img", "@acme", "](https://e.example"] {
                assert!(!words.contains(part), "{arguments:?} has {part:?} in\n{words}");
            }
        }
    }
    assert!(shown > 10, "the name was shown {shown} times");
    for file in ["plan.json", "tasks.md", "access/records/tasks.jsonl"] {
        harmless(&[file], &bench.read(file));
    }
}
