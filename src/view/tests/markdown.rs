use super::build::{
    bobs, change, finding, full, id, level, plan, sources, target, unreadable, vendor, verdict,
};
use crate::domain::{Action, Change, Plan, Severity, Verdict};
use crate::view::plan_markdown;
use std::sync::Arc;

fn rendered(plan: &Plan) -> String {
    plan_markdown(plan, &sources(), None)
}

#[test]
fn a_plan_is_a_comment() {
    let mut plan = full();
    unreadable(&mut plan, "clarity");
    plan.guards = vec![verdict(Verdict::Block, vec![id("heap", 5)])];
    let expect = "\
### Grantline: blocked by a guard

:no_entry: Plan: 1 to invite, 1 to grant, 1 to change, 1 to revoke, 1 account to update, 1 account to remove. 1 is \
         held back by a guard. 1 needs a person. Nothing is planned for clarity, which could not be read.

> [!WARNING]
> - **`clarity` could not be read, and nothing is planned there.** The second page repeats the first.

**Guards**

- :no_entry: `max-removals` blocks at `heap`: 12 of 41 accounts would lose access. It holds back 1 change. *Check \
         the files, or override the guard.*

<details open><summary><b>heap</b>: 1 to invite, 1 to grant, 1 to change, 1 to revoke, 1 account to update, 1 account \
         to remove, read at 2026-11-22T08:59:58Z</summary>

| | change | who | why |
|---|---|---|---|
| `+` | `invite` | `Ana Li <ana@acme.example>` | `access/roles.yaml:5` `heap/main: analyst` |
| `+` | `grant main: analyst`<br>by runbook | `Ana Li (ana)` | `access/roles.yaml:5` `heap/main: \
         analyst`<br>Q1 audit<br>SOW-113 |
| `~` | `change main: consumer -> analyst` | `Jane Doe <jane@acme.example>` | `access/roles.yaml:5` `heap/main: analyst` |
| `~` | `update account`<br>`Jane Do <jane@acme.example>` → `Jane Doe <jane@acme.example>` | `Jane Doe \
         <jane@acme.example>` | `access/roles.yaml:5` `heap/main: analyst` |
| `-` | `revoke team: member`<br>held by `max-removals` | `Bob Smith <bob@acme.example>` | `access/users.yaml:6` \
         `departed: 2026-11-20` |
| `-` | `remove account`<br>**high risk** | `Bob Smith <bob@acme.example>` | `access/users.yaml:6` `departed: 2026-11-20` |

</details>

**Findings**

- :warning: `unmanaged-account` `heap`: root@&#8203;acme.example belongs to no declared user.

<details><summary>1 finding only good to know</summary>

- :information_source: `level-overridden` `heap` `access/roles.yaml:4`: On heap/main, admin overrides analyst. *Drop one.*

</details>

<details><summary><b>Left for people to do</b>: 1 item</summary>

- `bob`
  - [ ] before: `hand-over-content` `heap`: Re-home Bob's dashboards.

</details>

<sub>Planned at 2026-11-22T09:00:00Z from `9f3c`.</sub>
";
    assert_eq!(rendered(&plan), expect);
}

#[test]
fn the_headline_tells_how_it_stands() {
    let headline = |plan: &Plan| rendered(plan).lines().next().unwrap_or("").to_owned();
    let mut plan = plan(vec![]);
    assert_eq!(headline(&plan), "### Grantline: nothing to change");
    let count = |severities: &[Severity]| {
        let mut plan = plan.clone();
        plan.findings = severities.iter().map(|severity| finding(*severity, "code", "words")).collect();
        let text = rendered(&plan);
        assert!(text.starts_with("### Grantline: nothing to change, and something to look at\n"), "{text}");
        text.lines().nth(2).unwrap_or("").to_owned()
    };
    let (error, warning) = (Severity::Error, Severity::Warning);
    assert_eq!(count(&[warning]), ":warning: No changes. 1 warning needs a look.");
    assert_eq!(count(&[error, error]), ":warning: No changes. 2 errors need a look.");
    assert_eq!(count(&[error, warning]), ":warning: No changes. 1 error and 1 warning need a look.");
    plan.findings = vec![finding(Severity::Warning, "unread-resource", "words")];
    assert_eq!(headline(&plan), "### Grantline: nothing to change, as far as is known");
    let text = rendered(&plan);
    assert!(text.contains(":warning: No changes. 1 declared resource was not read"), "{text}");
    assert!(!text.contains("Live access matches"), "{text}");
    plan.changes = vec![bobs(1, Action::Suspend)];
    assert_eq!(headline(&plan), "### Grantline: changes to apply");
    unreadable(&mut plan, "clarity");
    assert_eq!(headline(&plan), "### Grantline: incomplete");
    plan.guards = vec![verdict(Verdict::Block, vec![])];
    assert_eq!(headline(&plan), "### Grantline: blocked by a guard");
}

fn many(vendor_name: &str, count: usize) -> impl Iterator<Item = Change> {
    (1..=count).map(move |number| {
        let action = Action::Grant { on: target("main", "project"), to: level("analyst") };
        Change { id: id(vendor_name, number), vendor: vendor(vendor_name), ..change(number, action) }
    })
}

fn rows(text: &str) -> usize {
    text.lines().filter(|line| line.starts_with("| `")).count()
}

#[test]
fn a_large_plan_stays_within_githubs_limit_by_whole_rows() {
    let mut plan = plan(many("big", 5_000).chain(many("small", 3)).collect());
    plan.findings = vec![finding(Severity::Warning, "unmanaged-account", &"@x ".repeat(300)); 500];
    plan.findings.extend(vec![finding(Severity::Info, "level-overridden", "words"); 500]);
    plan.obligations = vec![full().obligations.remove(0); 500];
    plan.guards = vec![verdict(Verdict::Block, vec![id("big", 1)]); 300];
    (0..300).for_each(|number| unreadable(&mut plan, &format!("v{number}")));
    let text = rendered(&plan);
    assert!(text.len() < 65_536, "{}", text.len());
    assert!(text.lines().filter(|line| line.starts_with("| `")).all(|line| line.ends_with(" |")));
    assert_eq!(text.matches("<details").count(), text.matches("</details>").count());
    let left_off = 5_003 - rows(&text);
    assert!(text.contains(&format!("**{left_off} more changes at 1 vendor did not fit here.**")), "{text}");
    assert!(text.contains("<b>small</b>: 3 to grant"), "{text}");
    for noun in ["vendors", "verdicts", "findings", "items"] {
        assert!(
            text.contains(&format!(" more {noun} not shown here; `grantline plan` shows all.")),
            "{noun}"
        );
    }
}

#[test]
fn the_room_is_used() {
    let text = rendered(&plan(many("big", 5_000).collect()));
    assert!(text.len() > 60_000 && rows(&text) > 300, "{}", text.len());
}

#[test]
fn what_others_wrote_is_only_words() {
    let bad = "@team #1 <img src=x> [a](http://x) `b` | c\n# d\u{202e} $e$ **f**";
    let mut plan = full();
    for change in &mut plan.changes {
        (change.account, change.user_name) = (Some(Arc::from(bad)), Some(Arc::from(bad)));
        (change.reason, change.ticket) = (Some(Arc::from(bad)), Some(Arc::from(bad)));
    }
    plan.changes[2].action = Action::Revoke { on: target("main", "x"), from: level(bad) };
    for finding in &mut plan.findings {
        (finding.detail, finding.hint) = (bad.to_owned(), Some(bad.to_owned()));
    }
    plan.obligations[0].detail = bad.to_owned();
    plan.desired.commit = Some(bad.to_owned());
    unreadable(&mut plan, "clarity");
    let unread = plan.vendors.get_mut("clarity").unwrap();
    unread.reason = Some(bad.to_owned());
    let mut held = verdict(Verdict::Block, vec![id("heap", 1)]);
    (held.detail, held.hint) = (bad.to_owned(), Some(bad.to_owned()));
    plan.guards = vec![held];
    let text = rendered(&plan);
    assert!(!text.chars().any(|c| c != '\n' && crate::domain::is_hidden(c)), "{text:?}");
    let live = without_escapes(&without_code(&text));
    for mark in ["@team", "#1", "<img", "](", "://", "$e", "**f", "# d"] {
        assert!(!live.contains(mark), "{mark} in {live}");
    }
    for row in text.lines().filter(|line| line.starts_with("| `")) {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
    }
}

/// The text without its backslashes and what they make plain.
fn without_escapes(text: &str) -> String {
    let mut chars = text.chars();
    let mut live = String::new();
    while let Some(c) = chars.next() {
        if c == '\\' {
            chars.next();
        } else {
            live.push(c);
        }
    }
    live
}

/// The text without its code spans.
fn without_code(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('`') {
        out.push_str(&rest[..start]);
        let escaped = rest[..start].ends_with('\\');
        let after = rest[start..].trim_start_matches('`');
        let fence = &rest[start..rest.len() - after.len()];
        rest = match after.find(fence) {
            Some(end) if !escaped => &after[end + fence.len()..],
            _ => after,
        };
    }
    out + rest
}
