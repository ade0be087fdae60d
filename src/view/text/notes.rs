//! What a reader must know besides the changes.

use super::super::page::Page;
use super::super::quote::Quotes;
use super::super::{neutral, overview};
use crate::domain::{ChangeId, Departure, Due, Finding, GuardVerdict, Plan, Severity, Verdict};
use anstyle::Style;
use std::collections::BTreeSet;

/// Changes that one line names; the changes themselves say that they are held.
const MAX_HELD: usize = 5;

/// Vendors that were not read: loudly, for what is missing here is missing for a reason.
pub(super) fn unreadable(page: &mut Page<'_>, plan: &Plan) {
    let loud = page.look.palette.loud;
    for (vendor, reason, hint) in overview::unreadable(plan) {
        page.gap();
        page.entry(0, "!", loud, loud, &format!("{vendor} could not be read, and nothing is planned there."));
        page.paragraph(2, Style::new(), reason);
        write_hint(page, 2, hint);
    }
}

pub(super) fn findings(page: &mut Page<'_>, plan: &Plan, quotes: &Quotes<'_>) {
    let verbose = page.look.verbose;
    let (shown, hidden): (Vec<&Finding>, Vec<&Finding>) = overview::findings(plan)
        .into_iter()
        .partition(|finding| verbose || finding.severity != Severity::Info);
    if shown.is_empty() && hidden.is_empty() {
        return;
    }
    page.heading("Findings");
    for finding in &shown {
        write_finding(page, finding, quotes);
    }
    if !hidden.is_empty() {
        let text = match hidden.len() {
            1 => "1 more is only good to know; -v shows it.".to_owned(),
            count => format!("{count} more are only good to know; -v shows them."),
        };
        page.paragraph(2, page.look.palette.faint, &text);
    }
}

fn write_finding(page: &mut Page<'_>, finding: &Finding, quotes: &Quotes<'_>) {
    let (mark, style) = match finding.severity {
        Severity::Error => ("error", page.look.palette.loud),
        Severity::Warning => ("warning", page.look.palette.change),
        Severity::Info => ("info", page.look.palette.faint),
    };
    let place = finding.span.map(|span| quotes.place(span)).filter(|place| !place.is_empty());
    let vendor = finding.vendor.as_ref().map(ToString::to_string);
    let about: Vec<String> = vendor.into_iter().chain(place).collect();
    let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
    page.entry(2, mark, style, Style::new(), &format!("{}{about}: {}", finding.code, finding.detail));
    write_hint(page, 6, finding.hint.as_deref());
}

fn write_hint(page: &mut Page<'_>, indent: usize, hint: Option<&str>) {
    if let Some(hint) = hint {
        page.paragraph(indent, page.look.palette.faint, &format!("Hint: {hint}"));
    }
}

/// Who has departed and still has something, or may have, at a vendor that was looked at; the others too where all is
/// asked for.
pub(super) fn departures(page: &mut Page<'_>, plan: &Plan) {
    let mut departures: Vec<&Departure> = plan.departures.iter().collect();
    departures.sort_by_key(|departure| (departure.left.is_empty(), departure.is_gone_here()));
    let (gone, open): (Vec<&Departure>, Vec<&Departure>) =
        departures.iter().copied().partition(|departure| departure.is_gone_here());
    let verbose = page.look.verbose;
    let shown = if verbose { departures } else { open };
    // That somebody is gone from everywhere is no news; of vendors that were not looked at, nothing is known.
    if shown.is_empty() && (verbose || gone.iter().all(|departure| departure.is_complete())) {
        return;
    }
    page.heading("Departures");
    for departure in &shown {
        let line = format!("{}: {}", departure.user, overview::departure(departure));
        page.paragraph(2, Style::new(), &line);
    }
    if !verbose && !gone.is_empty() {
        page.paragraph(2, page.look.palette.faint, &folded(&gone, !shown.is_empty()));
    }
}

/// How many are not shown, and from where they are gone.
fn folded(gone: &[&Departure], is_more: bool) -> String {
    let complete = gone.iter().all(|departure| departure.is_complete());
    let place = if complete { "everywhere" } else { "all that this plan looks at" };
    let more = if is_more { " more" } else { "" };
    match gone.len() {
        1 => format!("1{more} is gone from {place}; -v shows it."),
        count => format!("{count}{more} are gone from {place}; -v shows them."),
    }
}

pub(in crate::view) fn obligations(page: &mut Page<'_>, plan: &Plan) {
    if plan.obligations.is_empty() {
        return;
    }
    page.heading("Left for people to do");
    if !page.look.verbose {
        for (whose, works) in overview::obligations(plan) {
            let text = overview::obligations_line(&works);
            page.entry(2, &neutral::terminal(whose), page.look.palette.strong, Style::new(), &text);
        }
        page.paragraph(
            2,
            page.look.palette.faint,
            "`grantline tasks` lists them with what to do; -v shows that here.",
        );
        return;
    }
    for (whose, works) in overview::obligations(plan) {
        page.paragraph(2, page.look.palette.strong, &neutral::terminal(whose));
        for work in works {
            let text = format!("{} ({}): {}", work.code, overview::place(work), work.detail);
            page.entry(4, mark(work.due), page.look.palette.change, Style::new(), &text);
        }
    }
}

/// All of one width, so that what is to be done stands in a column.
fn mark(due: Due) -> &'static str {
    match due {
        Due::Before => "before",
        Due::After => "after ",
    }
}

pub(super) fn guards(page: &mut Page<'_>, plan: &Plan) {
    let shown = overview::guards(plan, page.look.verbose);
    if shown.is_empty() {
        return;
    }
    page.heading("Guards");
    let mut told = BTreeSet::new();
    for verdict in shown.iter().copied() {
        let same: Vec<&GuardVerdict> =
            shown.iter().copied().filter(|one| one.guard == verdict.guard).collect();
        if same.len() == 1 || same.iter().any(|one| one.verdict != Verdict::Pass) {
            write_guard(page, verdict);
        } else if told.insert(verdict.guard) {
            write_passes(page, verdict, &same);
        }
    }
}

/// A guard that passes everywhere: what it says of each vendor only where that is the same.
fn write_passes(page: &mut Page<'_>, first: &GuardVerdict, all: &[&GuardVerdict]) {
    let is_same = all.iter().all(|one| one.detail == first.detail);
    let detail = if is_same { format!(": {}", first.detail) } else { ".".to_owned() };
    let text = format!("{} has nothing against the plan at {} vendors{detail}", first.guard, all.len());
    page.entry(2, "ok", page.look.palette.gain, Style::new(), &text);
}

fn write_guard(page: &mut Page<'_>, verdict: &GuardVerdict) {
    let palette = page.look.palette;
    let (mark, style, verb) = match verdict.verdict {
        Verdict::Pass => ("ok", palette.gain, "has nothing against the plan"),
        Verdict::Block => ("x", palette.loud, "blocks changes"),
        Verdict::Overridden => ("~", palette.change, "is overridden"),
    };
    let text = format!("{} {verb} at {}: {}", verdict.guard, verdict.vendor, verdict.detail);
    page.entry(2, mark, style, Style::new(), &text);
    if let Some(because) = &verdict.because {
        page.paragraph(6, palette.faint, &format!("Because: {because}"));
    }
    write_hint(page, 6, verdict.hint.as_deref().filter(|_| verdict.verdict == Verdict::Block));
    if !verdict.holds.is_empty() && verdict.verdict == Verdict::Block {
        let named: Vec<&str> = verdict.holds.iter().take(MAX_HELD).map(ChangeId::as_str).collect();
        let more = verdict.holds.len() - named.len();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        page.paragraph(6, palette.faint, &format!("Held back: {}{more}.", named.join(", ")));
    }
}
