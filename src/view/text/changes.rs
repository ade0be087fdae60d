//! The changes, vendor by vendor.

use super::super::page::{Page, pad, paint};
use super::super::quote::Quotes;
use super::super::{describe, narrowed, neutral, overview};
use crate::domain::{
    Action, Change, ChangeId, Channel, Narrowed, Plan, Profile, ReadingRef, Risk, VendorName,
};
use anstyle::Style;
use similar::{ChangeTag, TextDiff};
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr as _;

/// Lines quoted for one change; a reader who needs more has the JSON.
const MAX_QUOTED: usize = 3;
/// A name wider than this moves what is done out of the column, and not the column.
const MAX_WHO: usize = 44;
/// Recorded readings that are named; the others are younger.
const MAX_RECORDED: usize = 6;
/// Below a change, past its symbol.
const NOTE_INDENT: usize = 6;

pub(super) fn write(page: &mut Page<'_>, plan: &Plan, quotes: &Quotes<'_>, only: Option<&Narrowed>) {
    let marks = Marks { held: overview::held(plan), only };
    for (vendor, changes) in overview::by_vendor(plan) {
        let unread = overview::is_unreadable(plan, vendor);
        let reading = plan.vendors.get(vendor);
        let recorded = reading.map(|reading| overview::recorded(reading, plan.created)).unwrap_or_default();
        if unread || (changes.is_empty() && recorded.is_empty() && !page.look.verbose) {
            continue;
        }
        page.heading(&heading(vendor, changes.len(), reading));
        write_recorded(page, &recorded);
        let columns = Columns::of(&changes);
        for change in changes {
            head(page, change, &columns, &marks);
            notes(page, change, quotes);
        }
    }
}

fn heading(vendor: &VendorName, changes: usize, reading: Option<&ReadingRef>) -> String {
    let changes = overview::plural(changes, "change");
    let Some(reading) = reading else { return format!("{vendor}: {changes}") };
    let accounts =
        reading.accounts.map_or_else(String::new, |count| overview::plural(count, "account") + " ");
    let source = neutral::terminal(&reading.source);
    format!("{vendor}: {changes} ({accounts}read from {source} at {})", reading.read_at)
}

/// How old what was recorded is: the oldest, or all.
fn write_recorded(page: &mut Page<'_>, recorded: &[String]) {
    let faint = page.look.palette.faint;
    let shown = if page.look.verbose { recorded.len() } else { MAX_RECORDED };
    for line in recorded.iter().take(shown) {
        page.paragraph(2, faint, line);
    }
    if recorded.len() > shown {
        page.paragraph(2, faint, &format!("and {} more, not as old; -v shows them", recorded.len() - shown));
    }
}

/// What the plan as a whole says of single changes.
struct Marks<'p> {
    held: BTreeMap<&'p str, &'static str>,
    only: Option<&'p Narrowed>,
}

struct Columns {
    id: usize,
    who: usize,
}

impl Columns {
    fn of(changes: &[&Change]) -> Self {
        let widest = |width: &dyn Fn(&Change) -> usize| changes.iter().map(|change| width(change)).max();
        let who = |change: &Change| Some(who(change).width()).filter(|width| *width <= MAX_WHO).unwrap_or(0);
        Self { id: widest(&|change| change.id.as_str().width()).unwrap_or(0), who: widest(&who).unwrap_or(0) }
    }
}

fn who(change: &Change) -> String {
    neutral::terminal(&describe::who(change)).into_owned()
}

fn head(page: &mut Page<'_>, change: &Change, columns: &Columns, marks: &Marks<'_>) {
    let palette = page.look.palette;
    let style = style(page, &change.action);
    let symbol = paint(style, describe::symbol(&change.action));
    let id = pad(change.id.as_str(), columns.id);
    let (who, what) = (who(change), neutral::terminal(&describe::what(&change.action)).into_owned());
    let tags = tags(change, marks);
    let lead = format!("  {symbol} {}  ", paint(palette.faint, &id));
    let indent = columns.id + 6;
    let shown = format!("{}{}", paint(style, &what), paint(palette.change, &tags));
    let beside = pad(&who, columns.who);
    if who.is_empty() {
        page.line(&format!("{lead}{shown}"));
    } else if indent + beside.width() + 2 + what.width() + tags.width() <= page.room(0) {
        page.line(&format!("{lead}{}  {shown}", paint(palette.strong, &beside)));
    } else {
        page.line(&format!("{lead}{}", paint(palette.strong, &who)));
        page.line(&format!("{}{shown}", " ".repeat(indent)));
    }
}

fn style(page: &Page<'_>, action: &Action) -> Style {
    match describe::symbol(action) {
        "+" => page.look.palette.gain,
        "-" => page.look.palette.loss,
        "!" => page.look.palette.loud,
        _ => page.look.palette.change,
    }
}

fn tags(change: &Change, marks: &Marks<'_>) -> String {
    let channel = (change.channel != Channel::Api).then(|| change.channel.word().to_owned());
    let risk = (change.risk == Risk::High).then(|| "high risk".to_owned());
    let only = marks.only.and_then(|only| narrowed::tag(only, &change.id)).map(str::to_owned);
    let guard = marks.held.get(change.id.as_str()).map(|guard| format!("held by {guard}"));
    let waits = change.waits.is_some().then(|| "waits".to_owned());
    let tags = [channel, risk, guard, waits, only].into_iter().flatten();
    tags.map(|tag| format!("  [{tag}]")).collect()
}

fn notes(page: &mut Page<'_>, change: &Change, quotes: &Quotes<'_>) {
    let faint = page.look.palette.faint;
    if let Action::UpdateAccount { from, to } = &change.action {
        word_diff(page, from, to);
    }
    for span in change.because.iter().take(MAX_QUOTED) {
        let quoted = quotes.excerpt(*span);
        page.paragraph(NOTE_INDENT, faint, &format!("{}:{}  {}", quoted.file, quoted.line, quoted.text));
    }
    if change.because.len() > MAX_QUOTED {
        let more = overview::plural(change.because.len() - MAX_QUOTED, "more line");
        page.paragraph(NOTE_INDENT, faint, &format!("and {more}"));
    }
    if let Some(waits) = &change.waits {
        page.paragraph(NOTE_INDENT, page.look.palette.change, &format!("waits: {waits}"));
    }
    let words = words(change);
    if !words.is_empty() {
        page.paragraph(NOTE_INDENT, faint, &words);
    }
}

fn words(change: &Change) -> String {
    let named = |name: &str, text: &Option<std::sync::Arc<str>>| {
        text.as_deref().map(|text| format!("{name}: {}", neutral::terminal(text)))
    };
    let after: Vec<&str> = change.after.iter().map(ChangeId::as_str).collect();
    let after = (!after.is_empty()).then(|| format!("after {}", after.join(", ")));
    let words = [named("reason", &change.reason), named("ticket", &change.ticket), after];
    words.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// The account before and after, with the words that differ marked, in colour and without.
fn word_diff(page: &mut Page<'_>, from: &Profile, to: &Profile) {
    let palette = page.look.palette;
    let line = |profile| format!("{}\n", neutral::terminal(&describe::profile(profile)));
    let (old, new) = (line(from), line(to));
    let diff = TextDiff::from_lines(&old, &new);
    for change in diff.iter_all_inline_changes() {
        let (sign, style, open, close) = match change.tag() {
            ChangeTag::Delete => ("-", palette.loss, "[-", "-]"),
            ChangeTag::Insert => ("+", palette.gain, "{+", "+}"),
            ChangeTag::Equal => (" ", Style::new(), "", ""),
        };
        let mut shown = String::new();
        for (differs, text) in change.iter_strings_lossy() {
            let text = text.trim_end_matches('\n');
            if differs && !text.is_empty() {
                let emphasised = style.effects(style.get_effects() | palette.emphasis);
                shown.push_str(&paint(emphasised, &format!("{open}{text}{close}")));
            } else {
                shown.push_str(&paint(style, text));
            }
        }
        page.line(&format!("{}{} {shown}", " ".repeat(NOTE_INDENT), paint(style, sign)));
    }
}
