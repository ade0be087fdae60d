//! What became of a plan, as text for people.

use super::describe;
use super::json::status_counts;
use super::neutral;
use super::overview;
use super::page::{Look, Page, pad, paint};
use crate::domain::{Change, ChangeId, Departure, Outcome, OutcomeStatus, Plan, Run, VendorName};
use anstyle::Style;
use jiff::Timestamp;
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr as _;

/// The outcomes by vendor and in the plan's order, what waits for people, how far who has departed is gone, and one line
/// that sums it up.
#[must_use]
pub fn run_text(run: &Run, plan: &Plan, look: &Look) -> String {
    let changes: BTreeMap<_, _> = plan.changes.iter().map(|change| (&change.id, change)).collect();
    let mut groups: BTreeMap<Option<&VendorName>, Vec<Entry<'_>>> = BTreeMap::new();
    for outcome in &run.outcomes {
        let change = changes.get(&outcome.change).copied();
        groups.entry(change.map(|change| &change.vendor)).or_default().push(Entry { outcome, change });
    }
    let mut page = Page::new(look);
    for (vendor, entries) in groups {
        page.heading(vendor.map_or("Changes that the plan does not list", VendorName::as_str));
        let id = entries.iter().map(|entry| entry.outcome.change.as_str().width()).max().unwrap_or(0);
        entries.iter().for_each(|entry| entry.write(&mut page, id));
    }
    let later = later(run, &changes);
    waiting(&mut page, run, later);
    departures(&mut page, run, plan);
    page.gap();
    page.paragraph(0, look.palette.strong, &summary(run, later));
    page.finish()
}

struct Entry<'r> {
    outcome: &'r Outcome,
    change: Option<&'r Change>,
}

impl Entry<'_> {
    fn write(&self, page: &mut Page<'_>, id_width: usize) {
        let palette = page.look.palette;
        let status = self.outcome.status;
        let (symbol, style) = match status {
            OutcomeStatus::Done => ("✓", palette.gain),
            OutcomeStatus::Failed => ("✗", palette.loud),
            OutcomeStatus::Waiting => ("…", palette.change),
            OutcomeStatus::Unverified => ("?", palette.change),
            OutcomeStatus::Skipped => ("-", palette.faint),
        };
        let word = pad(status.word(), 10);
        let id = pad(self.outcome.change.as_str(), id_width);
        page.line(&format!(
            "  {}  {}  {}",
            paint(style, &format!("{symbol} {word}")),
            paint(palette.faint, &id),
            self.text()
        ));
        // That a change is done needs no more words, unless there is something to tell about it.
        if !self.outcome.detail.is_empty() {
            let detail = if status == OutcomeStatus::Done { palette.faint } else { Style::new() };
            page.paragraph(6, detail, &self.outcome.detail);
        }
    }

    fn text(&self) -> String {
        let Some(change) = self.change else { return String::new() };
        let (who, what) = (describe::who(change), describe::what(&change.action));
        let text = if who.is_empty() { what } else { format!("{who}: {what}") };
        neutral::terminal(&text).into_owned()
    }
}

/// How many changes wait for something that no person does by hand, such as a provider that makes an account.
fn later(run: &Run, changes: &BTreeMap<&ChangeId, &Change>) -> usize {
    let waiting = run.outcomes.iter().filter(|outcome| outcome.status == OutcomeStatus::Waiting);
    waiting.filter(|one| changes.get(&one.change).is_some_and(|change| change.waits.is_some())).count()
}

/// When it was seen what the apply did at the vendor: after it began, but for what is only in recorded tables. Those may be
/// older, and the next plan rests on them as well.
fn seen(plan: &Plan, vendor: &VendorName, run: &Run) -> Timestamp {
    let recorded = plan.vendors.get(vendor).into_iter().flat_map(|reading| reading.recorded.values());
    recorded.map(|recorded| recorded.taken).fold(run.started, Ord::min)
}

/// Those in whose departure the apply had a part.
fn departures(page: &mut Page<'_>, run: &Run, plan: &Plan) {
    let done = |change: &Change| {
        let outcome = run.outcomes.iter().find(|outcome| outcome.change == change.id);
        outcome.is_some_and(|outcome| outcome.status == OutcomeStatus::Done)
    };
    let open: Vec<&Departure> = plan.departures.iter().filter(|one| !one.left.is_empty()).collect();
    if open.is_empty() {
        return;
    }
    page.heading("Departures");
    for one in open {
        let (mut gone, mut left, mut proven) = (0, Vec::new(), one.proven);
        for vendor in &one.left {
            let own = |change: &&Change| change.vendor == *vendor && change.user.as_ref() == Some(&one.user);
            let own: Vec<&Change> = plan.changes.iter().filter(own).collect();
            if !own.is_empty() && own.iter().all(|change| done(change)) {
                gone += 1;
                proven = proven.into_iter().chain([seen(plan, vendor, run)]).min();
            } else {
                left.push(vendor.clone());
            }
        }
        let now = Departure { gone: one.gone + gone, left, proven, ..one.clone() };
        page.line(&format!("  {}: {}", now.user, overview::departure(&now)));
    }
}

fn waiting(page: &mut Page<'_>, run: &Run, later: usize) {
    let count = |status| run.outcomes.iter().filter(|outcome| outcome.status == status).count();
    let (waiting, unverified) = (count(OutcomeStatus::Waiting) - later, count(OutcomeStatus::Unverified));
    let style = page.look.palette.change;
    if later > 0 {
        page.gap();
        let text = format!(
            "{} for what is said of {}. Apply again then.",
            if later == 1 { "1 change waits".to_owned() } else { format!("{later} changes wait") },
            if later == 1 { "it" } else { "them" },
        );
        page.entry(0, "…", style, Style::new(), &text);
    }
    if waiting > 0 {
        page.gap();
        let text = format!(
            "{} for a person to do by hand. Nothing was done about {} yet; the next plan lists what no \
             reading of the vendor shows as done.",
            if waiting == 1 { "1 change waits".to_owned() } else { format!("{waiting} changes wait") },
            if waiting == 1 { "it" } else { "them" },
        );
        page.entry(0, "…", style, Style::new(), &text);
    }
    if unverified > 0 {
        page.gap();
        let text = format!(
            "{} sent, and no reading has shown it yet. Vendors can take a while; plan again to see.",
            if unverified == 1 { "1 change was".to_owned() } else { format!("{unverified} changes were") },
        );
        page.entry(0, "?", style, Style::new(), &text);
    }
}

fn summary(run: &Run, later: usize) -> String {
    let said = status_counts(run).into_iter().filter(|(_, count)| *count > 0);
    let said = said.map(|(word, count)| match word {
        "waiting" if later == count => format!("{count} waiting for a later apply"),
        "waiting" if later > 0 => {
            format!("{} waiting for a person, {later} for a later apply", count - later)
        }
        "waiting" => format!("{count} waiting for a person"),
        word => format!("{count} {word}"),
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() { "Apply: nothing to do.".to_owned() } else { format!("Apply: {}.", said.join(", ")) }
}
