//! How what was read then differs from what is read now.

use crate::view::{canonical, neutral};
use serde_json::Value;
use std::collections::BTreeMap;

/// As many differences as are told of one vendor.
const MOST: usize = 40;

/// One line a difference, `-` for what was and `+` for what is, with what belongs together side by side.
pub(super) fn difference(before: &[Value], now: &[Value]) -> String {
    let mut lines = Vec::new();
    let sides = [keyed(before), keyed(now)];
    for (sign, here, there, names) in
        [('-', &sides[0], &sides[1], logins(before)), ('+', &sides[1], &sides[0], logins(now))]
    {
        let only_here = here.iter().filter(|(key, _)| !there.contains_key(*key));
        lines.extend(only_here.map(|(_, fact)| (place(fact), sign == '+', line(sign, fact, &names), *fact)));
    }
    if lines.is_empty() {
        return "(nothing that can be shown: the fingerprints differ)\n".to_owned();
    }
    tell_apart(&mut lines);
    lines.sort_by(|a, b| (&a.0, a.1, &a.2).cmp(&(&b.0, b.1, &b.2)));
    let more = lines.len().saturating_sub(MOST);
    let mut text: String = lines.into_iter().take(MOST).map(|(_, _, line, _)| line + "\n").collect();
    if more > 0 {
        text.push_str(&format!("  and {more} more\n"));
    }
    text
}

/// What a difference is about, whether it is what is read now, its line, and its fact.
type Line<'a> = ((String, String, String), bool, String, &'a Value);

/// Adds the accounts' ids where an address has gone from one account to another, so that both sides read the same.
fn tell_apart(lines: &mut [Line<'_>]) {
    let bare = |line: &Line<'_>| line.2.get(1..).unwrap_or_default().to_owned();
    let all: Vec<String> = lines.iter().map(bare).collect();
    for (line, own) in lines.iter_mut().zip(&all) {
        let id = text(line.3, "account");
        if !id.is_empty() && all.iter().filter(|one| *one == own).count() > 1 {
            line.2.push_str(&format!(" (account {})", neutral::terminal(id)));
        }
    }
}

fn keyed(facts: &[Value]) -> BTreeMap<String, &Value> {
    facts.iter().map(|fact| (canonical::text(fact), fact)).collect()
}

/// Sign-in names by id.
fn logins(facts: &[Value]) -> BTreeMap<&str, &str> {
    let accounts = facts.iter().filter(|fact| text(fact, "fact") == "account");
    accounts.map(|fact| (text(fact, "id"), text(fact, "login"))).collect()
}

/// What a fact is about: those that take each other's place have the same.
fn place(fact: &Value) -> (String, String, String) {
    let [kind, resource, account, id] = ["fact", "resource", "account", "id"].map(|key| text(fact, key));
    match kind {
        "account" => (String::new(), id.to_owned(), String::new()),
        _ => (resource.to_owned(), account.to_owned(), kind.to_owned()),
    }
}

fn line(sign: char, fact: &Value, logins: &BTreeMap<&str, &str>) -> String {
    let shown = |key| neutral::terminal(text(fact, key));
    let who = || {
        let id = text(fact, "account");
        neutral::terminal(logins.get(id).copied().unwrap_or(id))
    };
    match text(fact, "fact") {
        "account" => format!("{sign} account {}: {}", shown("login"), account(fact)),
        "resource" => {
            let id = text(fact, "id");
            let id = if id.is_empty() { String::new() } else { format!(", id {}", neutral::terminal(id)) };
            format!("{sign} {}: {}{id}", shown("resource"), shown("state"))
        }
        "holder" => format!("{sign} {}: {} {}", shown("resource"), who(), shown("level")),
        "offer" => {
            let (level, state) = (shown("level"), shown("state"));
            format!("{sign} {}: {} is offered {level} ({state})", shown("resource"), who())
        }
        _ => format!("{sign} {}", neutral::terminal(&canonical::text(fact))),
    }
}

/// What is to be said of an account besides its sign-in name.
fn account(fact: &Value) -> String {
    let mut parts = vec![neutral::terminal(text(fact, "state")).into_owned()];
    parts.push(format!("id {}", neutral::terminal(text(fact, "id"))));
    if let Some(name) = fact.get("name").and_then(Value::as_str) {
        parts.push(format!("called {}", neutral::terminal(name)));
    }
    let emails = fact.get("emails").and_then(Value::as_array).into_iter().flatten();
    let others = emails.filter_map(Value::as_str).filter(|email| *email != text(fact, "login"));
    parts.extend(others.map(|email| neutral::terminal(email).into_owned()));
    parts.join(", ")
}

fn text<'v>(fact: &'v Value, key: &str) -> &'v str {
    fact.get(key).and_then(Value::as_str).unwrap_or_default()
}
