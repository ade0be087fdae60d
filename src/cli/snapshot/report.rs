//! What `snapshot` prints.

use crate::domain::Email;
use crate::observe::recorded::{Access, Differences, Stored, state_word};
use crate::view::neutral;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The snapshot for a person, with who is different.
pub(super) fn text(stored: &Stored, changes: &str) -> String {
    let snapshot = &stored.snapshot;
    let counts: Vec<String> =
        tally(stored).into_iter().map(|(state, count)| format!("{count} {state}")).collect();
    let members = snapshot.members.len();
    let mut text = format!(
        "{}/{}: {members} {} ({}), taken {}, recorded by {}\n",
        snapshot.vendor,
        snapshot.resource,
        if members == 1 { "member" } else { "members" },
        counts.join(", "),
        snapshot.taken,
        neutral::terminal(&snapshot.recorded_by),
    );
    match &stored.differences {
        None => text.push_str("It is the first snapshot of this resource.\n"),
        Some(differences) if differences.is_empty() => {
            text.push_str("Nobody is different from the last snapshot.\n");
        }
        Some(_) => text.push_str(changes),
    }
    // Writing to a String cannot fail.
    let _ = writeln!(text, "Stored in {0}; commit it: git add {0}", stored.file);
    text
}

/// How many members are in each state, those that occur.
fn tally(stored: &Stored) -> Vec<(&'static str, usize)> {
    let mut counts = BTreeMap::new();
    for member in &stored.snapshot.members {
        *counts.entry(member.state).or_insert(0) += 1;
    }
    counts.into_iter().map(|(state, count)| (state_word(state), count)).collect()
}

/// Who is different, one on a line.
pub(super) fn lines(differences: &Differences) -> String {
    let mut text = String::new();
    let held = |(level, state): &Access| match state_word(*state) {
        "active" => neutral::terminal(level.as_str()).into_owned(),
        word => format!("{}, {word}", neutral::terminal(level.as_str())),
    };
    let mut line = |mark: char, account: &Email, rest: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {mark} {} ({rest})", neutral::terminal(account.as_str()));
    };
    for (account, access) in &differences.appeared {
        line('+', account, held(access));
    }
    for (account, access) in &differences.left {
        line('-', account, held(access));
    }
    for (account, from, to) in &differences.changed {
        line('~', account, format!("{} -> {}", held(from), held(to)));
    }
    text
}

#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    vendor: &'a str,
    resource: &'a str,
    file: &'a str,
    taken: Timestamp,
    recorded_by: &'a str,
    members: usize,
    first: bool,
    appeared: Vec<Entry<'a>>,
    left: Vec<Entry<'a>>,
    changed: Vec<Changed<'a>>,
    warnings: &'a [String],
}

#[derive(Serialize)]
struct Entry<'a> {
    account: &'a str,
    level: &'a str,
    state: &'static str,
}

#[derive(Serialize)]
struct Changed<'a> {
    account: &'a str,
    from: Held<'a>,
    to: Held<'a>,
}

#[derive(Serialize)]
struct Held<'a> {
    level: &'a str,
    state: &'static str,
}

/// `grantline.snapshot-result/1`.
pub(super) fn json(stored: &Stored) -> anyhow::Result<String> {
    let none = Differences::default();
    let differences = stored.differences.as_ref().unwrap_or(&none);
    let snapshot = &stored.snapshot;
    let document = Document {
        format: "grantline.snapshot-result/1",
        vendor: snapshot.vendor.as_str(),
        resource: snapshot.resource.as_str(),
        file: &stored.file,
        taken: snapshot.taken,
        recorded_by: &snapshot.recorded_by,
        members: snapshot.members.len(),
        first: stored.differences.is_none(),
        appeared: differences.appeared.iter().map(entry).collect(),
        left: differences.left.iter().map(entry).collect(),
        changed: differences.changed.iter().map(changed).collect(),
        warnings: &stored.warnings,
    };
    Ok(serde_json::to_string_pretty(&document)? + "\n")
}

fn entry((account, (level, state)): &(Email, Access)) -> Entry<'_> {
    Entry { account: account.as_str(), level: level.as_str(), state: state_word(*state) }
}

fn changed((account, from, to): &(Email, Access, Access)) -> Changed<'_> {
    Changed { account: account.as_str(), from: Held::of(from), to: Held::of(to) }
}

impl<'a> Held<'a> {
    fn of((level, state): &'a Access) -> Self {
        Self { level: level.as_str(), state: state_word(*state) }
    }
}
