//! A plan as a pull request comment, in GitHub's Markdown.
//!
//! The comment is bounded. What a reviewer must not miss (the verdict, vendors that were not read, guards that
//! block) comes first and has its room kept; changes fill what is left, by whole rows, and a sentence says how
//! many did not fit. All text of files and vendors goes through [`neutral`].

use super::overview::Across;
use super::quote::Quotes;
use super::{describe, narrowed, neutral, overview};
use crate::domain::{
    Action, Change, ChangeId, Channel, Departure, Finding, GuardVerdict, Narrowed, Obligation, Plan, Risk,
    Severity, VendorName, Verdict,
};
use crate::workspace::Sources;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// GitHub refuses a comment of more than 65,536 characters. Bytes are counted, which are never fewer; what is
/// left over is for what a workflow may put around the text.
const MAX_BYTES: usize = 64_000;
/// What each list besides the changes may take, so that one cannot crowd out the others.
const MAX_LIST_BYTES: usize = 9_000;
/// Kept free for the sentence about what did not fit.
const LEFT_OFF_BYTES: usize = 400;

/// The plan as a comment of less than 65,536 characters, with the changes marked that `--only` leaves.
#[must_use]
pub fn plan_markdown(plan: &Plan, sources: &Sources, only: Option<&Narrowed>) -> String {
    let quotes = Quotes::new(sources);
    let top = [headline(plan, only), unreadable(plan), guards(plan)].concat();
    let bottom =
        [findings(plan, &quotes), departures(plan), obligations(plan), recorded(plan), footer(plan)].concat();
    let room = MAX_BYTES.saturating_sub(top.len() + bottom.len() + LEFT_OFF_BYTES);
    [top, changes(plan, &quotes, only, room), bottom].concat()
}

fn headline(plan: &Plan, only: Option<&Narrowed>) -> String {
    let (mark, verdict) = verdict(plan, only);
    let only = only.and_then(|only| narrowed::sentence(only, plan));
    let only = only.map(|sentence| format!("{sentence}\n\n")).unwrap_or_default();
    // The summary is made of numbers and names of vendors, which are plain words.
    format!("### Grantline: {verdict}\n\n{mark} {}\n\n{only}", overview::summary(plan))
}

fn verdict(plan: &Plan, only: Option<&Narrowed>) -> (&'static str, &'static str) {
    let blocks = plan.guards.iter().any(|verdict| verdict.verdict == Verdict::Block);
    let unread = !overview::unreadable(plan).is_empty();
    let unknown = overview::unknown(plan).is_some();
    match (blocks, unread, plan.changes.is_empty()) {
        (true, _, _) => (":no_entry:", "blocked by a guard"),
        (_, true, _) => (":warning:", "incomplete"),
        (_, _, true) if unknown => (":warning:", "nothing to change, as far as is known"),
        (_, _, true) if overview::to_look_at(plan).is_some() => {
            (":warning:", "nothing to change, and something to look at")
        }
        (_, _, true) => (":white_check_mark:", "nothing to change"),
        _ => {
            let nothing = only.and_then(|only| narrowed::nothing(only, plan));
            (":pencil2:", nothing.unwrap_or("changes to apply"))
        }
    }
}

fn unreadable(plan: &Plan) -> String {
    let rows = overview::unreadable(plan).into_iter().map(|(vendor, reason, hint)| {
        let hint = hint.map(|hint| format!(" {}", neutral::markdown(hint))).unwrap_or_default();
        format!(
            "> - **`{vendor}` could not be read, and nothing is planned there.** {}{hint}\n",
            neutral::markdown(reason)
        )
    });
    list("> [!WARNING]\n", rows, "", "vendor")
}

fn guards(plan: &Plan) -> String {
    let rows = overview::guards(plan, false).into_iter().map(guard);
    list("**Guards**\n\n", rows, "", "verdict")
}

fn guard(verdict: &GuardVerdict) -> String {
    let (mark, verb) = match verdict.verdict {
        Verdict::Pass => (":white_check_mark:", "passes"),
        Verdict::Block => (":no_entry:", "blocks"),
        Verdict::Overridden => (":warning:", "is overridden"),
    };
    let held = match verdict.holds.len() {
        0 => String::new(),
        _ if verdict.verdict != Verdict::Block => String::new(),
        count => format!(" It holds back {}.", overview::plural(count, "change")),
    };
    let because = verdict.because.as_deref().map(|text| format!(" Because: {}", neutral::markdown(text)));
    let hint = verdict.hint.as_deref().filter(|_| verdict.verdict == Verdict::Block);
    let hint = hint.map(|hint| format!(" *{}*", neutral::markdown(hint)));
    let (vendor, detail) = (&verdict.vendor, neutral::markdown(&verdict.detail));
    let words = [because, hint].into_iter().flatten().collect::<String>();
    format!("- {mark} `{}` {verb} at `{vendor}`: {detail}{held}{words}\n", verdict.guard)
}

fn findings(plan: &Plan, quotes: &Quotes<'_>) -> String {
    let all = overview::findings(plan);
    let (loud, quiet): (Vec<&Finding>, Vec<&Finding>) =
        all.into_iter().partition(|finding| finding.severity != Severity::Info);
    let warnings =
        list("**Findings**\n\n", loud.into_iter().map(|finding| row_of(finding, quotes)), "", "finding");
    let count = quiet.len();
    let head =
        format!("<details><summary>{} only good to know</summary>\n\n", overview::plural(count, "finding"));
    let quiet = quiet.into_iter().map(|finding| row_of(finding, quotes));
    [warnings, list(&head, quiet, "\n</details>\n", "finding")].concat()
}

fn row_of(finding: &Finding, quotes: &Quotes<'_>) -> String {
    let mark = match finding.severity {
        Severity::Error => ":x:",
        Severity::Warning => ":warning:",
        Severity::Info => ":information_source:",
    };
    let vendor = finding.vendor.as_ref().map(|vendor| format!(" `{vendor}`")).unwrap_or_default();
    let place = finding.span.map(|span| quotes.place(span)).filter(|place| !place.is_empty());
    let place = place.map(|place| format!(" {}", neutral::code(&place))).unwrap_or_default();
    let hint =
        finding.hint.as_deref().map(|hint| format!(" *{}*", neutral::markdown(hint))).unwrap_or_default();
    let detail = neutral::markdown(&finding.detail);
    format!("- {mark} `{}`{vendor}{place}: {detail}{hint}\n", finding.code)
}

/// How far everybody who departed is gone, those first who still have something, or may have: the list may be cut.
fn departures(plan: &Plan) -> String {
    let mut departures: Vec<&Departure> = plan.departures.iter().collect();
    departures.sort_by_key(|departure| {
        (departure.left.is_empty(), departure.is_gone_here(), departure.is_complete())
    });
    let rows = departures.into_iter().map(|departure| {
        let mark = if departure.is_complete() { ":white_check_mark:" } else { ":hourglass:" };
        let user = neutral::code(departure.user.as_str());
        format!("- {mark} {user}: {}\n", overview::departure(departure))
    });
    list("**Departures**\n\n", rows, "", "departure")
}

fn obligations(plan: &Plan) -> String {
    let groups = overview::obligations(plan).into_iter();
    let rows = groups.flat_map(|(whose, works)| {
        let head = format!("- {}\n", neutral::code(whose));
        let heads = std::iter::once(head).chain(std::iter::repeat(String::new()));
        heads.zip(works).map(|(head, work)| head + obligation(work).as_str())
    });
    let count = overview::plural(plan.obligations.len(), "item");
    let head = format!("<details><summary><b>Left for people to do</b>: {count}</summary>\n\n");
    list(&head, rows, "\n</details>\n", "item")
}

fn obligation(work: &Obligation) -> String {
    let (due, place) = (work.due.word(), overview::place(work));
    format!("  - [ ] {due}: `{}` `{place}`: {}\n", work.code, neutral::markdown(&work.detail))
}

/// How old what was recorded is.
fn recorded(plan: &Plan) -> String {
    let rows = plan.vendors.iter().flat_map(|(vendor, reading)| {
        let lines = overview::recorded(reading, plan.created).into_iter();
        lines.map(move |line| format!("- `{vendor}` {}\n", neutral::markdown(&line)))
    });
    list("**Recorded readings**\n\n", rows, "", "reading")
}

/// Rows under a heading, as many as fit, with a sentence about the rest; nothing without rows.
fn list(head: &str, rows: impl Iterator<Item = String>, tail: &str, noun: &str) -> String {
    let mut out = head.to_owned();
    let (mut shown, mut left_off) = (0, 0);
    for row in rows {
        if left_off == 0 && out.len() + row.len() <= MAX_LIST_BYTES {
            out.push_str(&row);
            shown += 1;
        } else {
            left_off += 1;
        }
    }
    if left_off > 0 {
        let more = if shown == 0 {
            overview::plural(left_off, noun)
        } else {
            overview::plural(left_off, &format!("more {noun}"))
        };
        out.push_str(&format!("\n{more} not shown here; `grantline plan` shows all.\n"));
    }
    if shown + left_off == 0 { String::new() } else { format!("{out}{tail}\n") }
}

fn footer(plan: &Plan) -> String {
    let commit = plan.desired.commit.as_deref().map(neutral::code);
    let commit = commit.map(|commit| format!(" from {commit}")).unwrap_or_default();
    let dirty = if plan.desired.dirty { " with uncommitted edits" } else { "" };
    format!("<sub>Planned at {}{commit}{dirty}.</sub>\n", plan.created)
}

/// Every vendor gets an equal share of the room; what one does not use, the next ones have.
fn changes(plan: &Plan, quotes: &Quotes<'_>, only: Option<&Narrowed>, mut room: usize) -> String {
    let marks = Marks { held: overview::held(plan), across: overview::across(plan), only };
    let mut groups = overview::by_vendor(plan);
    groups.retain(|(_, changes)| !changes.is_empty());
    let mut out = String::new();
    let (mut left_off, mut vendors, mut ahead) = (0, 0, groups.len());
    for (vendor, changes) in groups {
        let heading = (vendor, plan.vendors.get(vendor).map(|reading| reading.read_at));
        let (table, shown) = table(heading, &changes, quotes, &marks, room / ahead);
        room -= table.len();
        ahead -= 1;
        out.push_str(&table);
        left_off += changes.len() - shown;
        vendors += usize::from(shown < changes.len());
    }
    if left_off > 0 {
        let changes = overview::plural(left_off, "more change");
        let vendors = overview::plural(vendors, "vendor");
        out.push_str(&format!(
            "**{changes} at {vendors} did not fit here.** `grantline plan` prints them all, and \
             `grantline plan --out FILE` saves them.\n\n"
        ));
    }
    out
}

/// One vendor's table of at most `room` bytes, and how many changes are in it.
fn table(
    (vendor, read_at): (&VendorName, Option<Timestamp>),
    changes: &[&Change],
    quotes: &Quotes<'_>,
    marks: &Marks<'_>,
    room: usize,
) -> (String, usize) {
    const TAIL: &str = "\n</details>\n\n";
    let read = read_at.map(|at| format!(", read at {at}")).unwrap_or_default();
    let mut out = format!(
        "<details open><summary><b>{vendor}</b>: {}{read}</summary>\n\n| | change | who | why |\n|---|---|---|---|\n",
        overview::counts_sentence(changes.iter().copied()),
    );
    let mut shown = 0;
    for change in changes {
        let row = row(change, quotes, marks);
        if out.len() + row.len() + TAIL.len() > room {
            break;
        }
        out.push_str(&row);
        shown += 1;
    }
    if shown == 0 { (String::new(), 0) } else { (out + TAIL, shown) }
}

/// What the plan as a whole says of single changes.
struct Marks<'p> {
    held: BTreeMap<&'p str, &'static str>,
    across: Across<'p>,
    only: Option<&'p Narrowed>,
}

fn row(change: &Change, quotes: &Quotes<'_>, marks: &Marks<'_>) -> String {
    let symbol = neutral::code(describe::symbol(&change.action));
    let (what, who) = (neutral::code(&describe::what(&change.action)), neutral::code(&describe::who(change)));
    let (ends, tags, waits) = (ends(change), tags(change, marks), waits(change));
    format!("| {symbol} | {what}{ends}{tags}{waits} | {who} | {} |\n", why(change, quotes))
}

/// The account before and after, where that is what changes.
fn ends(change: &Change) -> String {
    match &change.action {
        Action::UpdateAccount { from, to } => {
            let code = |profile| neutral::code(&describe::profile(profile));
            format!("<br>{} → {}", code(from), code(to))
        }
        _ => String::new(),
    }
}

fn tags(change: &Change, marks: &Marks<'_>) -> String {
    let channel = (change.channel != Channel::Api).then(|| format!("by {}", change.channel.word()));
    let risk = (change.risk == Risk::High).then(|| "**high risk**".to_owned());
    let guard = marks.held.get(change.id.as_str()).map(|guard| format!("held by `{guard}`"));
    // Names are of use only where another vendor's change is meant.
    let name = marks.across.before.contains(&change.id).then(|| format!("`{}`", change.id));
    let after = marks.across.after.get(&change.id).map(|ids| after(ids));
    let only = marks.only.and_then(|only| narrowed::tag(only, &change.id)).map(|tag| format!("**{tag}**"));
    [channel, risk, guard, only, name, after].into_iter().flatten().map(|tag| format!("<br>{tag}")).collect()
}

fn after(ids: &[&ChangeId]) -> String {
    const SHOWN: usize = 5;
    let named: Vec<String> = ids.iter().take(SHOWN).map(|id| format!("`{id}`")).collect();
    let more = ids.len() - named.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("after {}{more}", named.join(", "))
}

fn waits(change: &Change) -> String {
    let words = |text: &str| neutral::markdown(&neutral::sentence(text));
    change.waits.as_deref().map(|text| format!("<br>**waits**: {}", words(text))).unwrap_or_default()
}

fn why(change: &Change, quotes: &Quotes<'_>) -> String {
    let line = change.because.first().map(|span| {
        let quoted = quotes.excerpt(*span);
        format!(
            "{} {}",
            neutral::code(&format!("{}:{}", quoted.file, quoted.line)),
            neutral::code(&quoted.text)
        )
    });
    let words = |text: &str| neutral::markdown(&neutral::terminal(text));
    let (reason, ticket) = (change.reason.as_deref().map(words), change.ticket.as_deref().map(words));
    [line, reason, ticket].into_iter().flatten().collect::<Vec<_>>().join("<br>")
}
