//! A plan as a whole: its numbers, its groups, and what stands out.

use super::neutral;
use crate::domain::{
    Action, Change, ChangeId, Channel, Departure, Due, Finding, GuardVerdict, Obligation, Plan, ReadingRef,
    ReadingState, Recorded, ResourceName, Severity, UserName, VendorName, Verdict,
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// How often each action stands in a plan, every word of the vocabulary included. The four that a reader looks
/// for come first.
pub(super) fn counts<'p>(changes: impl IntoIterator<Item = &'p Change>) -> Vec<(&'static str, usize)> {
    let mut found = BTreeMap::new();
    for change in changes {
        *found.entry(change.action.word()).or_default() += 1;
    }
    const FIRST: [&str; 4] = ["invite", "grant", "change-level", "revoke"];
    let rest = Action::WORDS.into_iter().filter(|word| !FIRST.contains(word));
    FIRST.into_iter().chain(rest).map(|word| (word, found.get(word).copied().unwrap_or(0))).collect()
}

/// `3 to invite, 2 to grant, 1 account to remove`; empty without changes.
pub(super) fn counts_sentence<'p>(changes: impl IntoIterator<Item = &'p Change>) -> String {
    let said = counts(changes).into_iter().filter(|(_, count)| *count > 0);
    said.map(|(word, count)| counted(word, count)).collect::<Vec<_>>().join(", ")
}

fn counted(word: &str, count: usize) -> String {
    let (noun, verb) = match word {
        "create-resource" => ("resource", "create"),
        "change-level" => ("", "change"),
        "transfer-ownership" => ("ownership", "transfer"),
        "update-account" => ("account", "update"),
        "remove-account" => ("account", "remove"),
        "resend-invitation" => ("invitation", "resend"),
        "cancel-invitation" => ("invitation", "cancel"),
        verb => ("", verb),
    };
    match noun {
        "" => format!("{count} to {verb}"),
        noun => format!("{} to {verb}", plural(count, noun)),
    }
}

/// `1 change`, `2 changes`.
pub(super) fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Changes that some guard holds back, each with the first guard that does.
pub(super) fn held(plan: &Plan) -> BTreeMap<&str, &'static str> {
    let mut held = BTreeMap::new();
    for verdict in plan.guards.iter().filter(|verdict| verdict.verdict == Verdict::Block) {
        for change in &verdict.holds {
            held.entry(change.as_str()).or_insert(verdict.guard);
        }
    }
    held
}

/// Each vendor's changes, in the plan's order. A vendor without any stands where its name does among the others.
pub(super) fn by_vendor(plan: &Plan) -> Vec<(&VendorName, Vec<&Change>)> {
    let mut groups: Vec<(&VendorName, Vec<&Change>)> = Vec::new();
    let mut places: BTreeMap<&VendorName, usize> = BTreeMap::new();
    for change in &plan.changes {
        let place = *places.entry(&change.vendor).or_insert(groups.len());
        if place == groups.len() {
            groups.push((&change.vendor, Vec::new()));
        }
        groups[place].1.push(change);
    }
    for vendor in plan.vendors.keys().filter(|vendor| !places.contains_key(vendor)) {
        let place = groups.iter().position(|(other, _)| *other > vendor).unwrap_or(groups.len());
        groups.insert(place, (vendor, Vec::new()));
    }
    groups
}

/// The edges of the plan that lead from one vendor to another.
pub(super) struct Across<'p> {
    /// The changes of other vendors that each change comes after.
    pub(super) after: BTreeMap<&'p ChangeId, Vec<&'p ChangeId>>,
    /// The changes that others come after.
    pub(super) before: BTreeSet<&'p ChangeId>,
}

/// The edges of the plan that lead from one vendor to another.
pub(super) fn across(plan: &Plan) -> Across<'_> {
    let vendors: BTreeMap<&ChangeId, &VendorName> =
        plan.changes.iter().map(|change| (&change.id, &change.vendor)).collect();
    let mut across = Across { after: BTreeMap::new(), before: BTreeSet::new() };
    for change in &plan.changes {
        let elsewhere = |id: &&ChangeId| vendors.get(id).is_some_and(|vendor| **vendor != change.vendor);
        let after: Vec<&ChangeId> = change.after.iter().filter(elsewhere).collect();
        if !after.is_empty() {
            across.before.extend(after.iter().copied());
            across.after.insert(&change.id, after);
        }
    }
    across
}

/// `gone from 3 of 4 vendors, last proven 2026-11-21 10:02; still at heap`: numbers and names of vendors, which are plain
/// words.
pub(super) fn departure(departure: &Departure) -> String {
    let Departure { gone, proven, left, unread, unasked, .. } = departure;
    let proven = proven.map(|at| format!(", last proven {}", at.strftime("%Y-%m-%d %H:%M")));
    let names = |names: &[VendorName]| names.iter().map(VendorName::as_str).collect::<Vec<_>>().join(", ");
    let left = (!left.is_empty()).then(|| format!("; still at {}", names(left)));
    let unread = (!unread.is_empty()).then(|| format!("; not read: {}", names(unread)));
    let unasked = (!unasked.is_empty()).then(|| format!("; not looked at: {}", names(unasked)));
    let more: String = [proven, left, unread, unasked].into_iter().flatten().collect();
    format!("gone from {gone} of {}{more}", plural(departure.vendors(), "vendor"))
}

/// Vendors that were not read, each with why and a way out where a guard or a finding names one.
pub(super) fn unreadable(plan: &Plan) -> Vec<(&VendorName, &str, Option<&str>)> {
    let unread = plan.vendors.iter().filter(|(_, reading)| reading.state == ReadingState::Unreadable);
    unread
        .map(|(vendor, reading)| {
            let reason = reading.reason.as_deref().unwrap_or("No reason is known.");
            (vendor, reason, unreadable_hint(plan, vendor))
        })
        .collect()
}

fn unreadable_hint<'p>(plan: &'p Plan, vendor: &VendorName) -> Option<&'p str> {
    let guards = plan.guards.iter().filter(|verdict| says_unreadable(plan, &verdict.vendor, verdict.guard));
    let guards =
        guards.filter(|verdict| verdict.vendor == *vendor).filter_map(|verdict| verdict.hint.as_deref());
    let findings = plan.findings.iter().filter(|finding| {
        finding.vendor.as_ref() == Some(vendor) && says_unreadable(plan, vendor, finding.code)
    });
    guards.chain(findings.filter_map(|finding| finding.hint.as_deref())).next()
}

/// Whether a guard's name or a finding's code only says that the vendor could not be read. Renderers say that
/// themselves, where no reader overlooks it, and leave these out.
fn says_unreadable(plan: &Plan, vendor: &VendorName, word: &str) -> bool {
    word.contains("unreadable") && is_unreadable(plan, vendor)
}

pub(super) fn is_unreadable(plan: &Plan, vendor: &VendorName) -> bool {
    plan.vendors.get(vendor).is_some_and(|reading| reading.state == ReadingState::Unreadable)
}

/// The findings to show, those that matter most first.
pub(super) fn findings(plan: &Plan) -> Vec<&Finding> {
    let told = |finding: &Finding| {
        finding.vendor.as_ref().is_some_and(|vendor| says_unreadable(plan, vendor, finding.code))
    };
    let mut findings: Vec<&Finding> = plan.findings.iter().filter(|finding| !told(finding)).collect();
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// The verdicts to show: those that object, or all.
pub(super) fn guards(plan: &Plan, all: bool) -> Vec<&GuardVerdict> {
    let told = |verdict: &GuardVerdict| {
        verdict.holds.is_empty() && says_unreadable(plan, &verdict.vendor, verdict.guard)
    };
    let objects = |verdict: &GuardVerdict| verdict.verdict != Verdict::Pass && !told(verdict);
    plan.guards.iter().filter(|verdict| all || objects(verdict)).collect()
}

/// What is left for people, by whom it is about, and what is due before a change first.
pub(super) fn obligations(plan: &Plan) -> Vec<(&str, Vec<&Obligation>)> {
    let mut by_whom: BTreeMap<&str, Vec<&Obligation>> = BTreeMap::new();
    for work in &plan.obligations {
        let user = work.user.as_ref().map(UserName::as_str);
        let whose = user.or(work.account.as_deref()).unwrap_or_else(|| work.vendor.as_str());
        by_whom.entry(whose).or_default().push(work);
    }
    for works in by_whom.values_mut() {
        works.sort_by_key(|work| work.due);
    }
    by_whom.into_iter().collect()
}

/// One person's obligations in a line: when, the codes as words, and where.
pub(super) fn obligations_line(works: &[&Obligation]) -> String {
    let mut parts = Vec::new();
    for due in [Due::Before, Due::After] {
        let mut places: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for work in works.iter().filter(|work| work.due == due) {
            places.entry(work.code).or_default().insert(place(work));
        }
        let mut codes: BTreeMap<BTreeSet<String>, Vec<String>> = BTreeMap::new();
        for (code, places) in places {
            codes.entry(places).or_default().push(code.replace('-', " "));
        }
        let said = codes.into_iter().map(|(places, codes)| {
            format!("{} ({})", codes.join(", "), places.into_iter().collect::<Vec<_>>().join(", "))
        });
        let said: Vec<String> = said.collect();
        parts.extend((!said.is_empty()).then(|| format!("{}: {}", due.word(), said.join(", "))));
    }
    parts.join("; ")
}

/// Where the obligation is met: the vendor, or one resource of it.
pub(super) fn place(work: &Obligation) -> String {
    match &work.resource {
        Some(resource) => format!("{}/{resource}", work.vendor),
        None => work.vendor.to_string(),
    }
}

/// Resources that were recorded and not read, the oldest first: how old, by whom and where.
pub(super) fn recorded(reading: &ReadingRef, created: Timestamp) -> Vec<String> {
    let mut recorded: Vec<_> = reading.recorded.iter().collect();
    recorded.sort_by_key(|(_, recorded)| recorded.taken);
    let line = |(name, recorded): (&ResourceName, &Recorded)| {
        let by = neutral::terminal(&recorded.by);
        let ago = ago(created.duration_since(recorded.taken).as_secs());
        format!("{name} recorded {ago} by {by}, {}", recorded.file)
    };
    recorded.into_iter().map(|(name, recorded)| line((name, recorded))).collect()
}

fn ago(seconds: i64) -> String {
    let hours = seconds / 3600;
    match (hours, hours / 24) {
        (..=0, _) => "less than an hour ago".to_owned(),
        (hours, 0) => format!("{} ago", plural(usize::try_from(hours).unwrap_or(0), "hour")),
        (_, days) => format!("{} ago", plural(usize::try_from(days).unwrap_or(0), "day")),
    }
}

/// The last line of a plan.
pub(super) fn summary(plan: &Plan) -> String {
    let unread = unread_names(plan);
    if plan.changes.is_empty() {
        return no_changes(plan, unread.as_deref());
    }
    let mut text = format!("Plan: {}.", counts_sentence(&plan.changes));
    match held(plan).len() {
        0 => {}
        count if count == plan.changes.len() => text.push_str(all_held(count)),
        1 => text.push_str(" 1 is held back by a guard."),
        count => text.push_str(&format!(" {count} are held back by a guard.")),
    }
    match plan.changes.iter().filter(|change| change.channel != Channel::Api).count() {
        0 => {}
        1 => text.push_str(" 1 needs a person."),
        count => text.push_str(&format!(" {count} need a person.")),
    }
    match plan.changes.iter().filter(|change| change.waits.is_some()).count() {
        0 => {}
        1 => text.push_str(" 1 waits for a later plan."),
        count => text.push_str(&format!(" {count} wait for a later plan.")),
    }
    if let Some(names) = unread {
        text.push_str(&format!(" Nothing is planned for {names}, which could not be read."));
    }
    text
}

fn all_held(count: usize) -> &'static str {
    match count {
        1 => " It is held back by a guard: nothing would be carried out.",
        _ => " All of them are held back by guards: nothing would be carried out.",
    }
}

/// The first vendors that were not read; none when all were.
fn unread_names(plan: &Plan) -> Option<String> {
    const NAMED: usize = 5;
    let names: Vec<&str> = unreadable(plan).into_iter().map(|(vendor, ..)| vendor.as_str()).collect();
    let named = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => None,
        count if count > NAMED => Some(format!("{named} and {} more", count - NAMED)),
        _ => Some(named),
    }
}

fn no_changes(plan: &Plan, unread: Option<&str>) -> String {
    if let Some(names) = unread {
        return match plan.vendors.len() == unreadable(plan).len() {
            true => format!("Nothing could be planned: {names} could not be read."),
            false => format!("No changes. Nothing is known of {names}, which could not be read."),
        };
    }
    if let Some(unknown) = unknown(plan) {
        return format!("No changes. {unknown}");
    }
    match to_look_at(plan) {
        None => "No changes. Live access matches the workspace.".to_owned(),
        Some(what) => format!("No changes. {what} a look."),
    }
}

/// How many findings are more than good to know; none without any.
pub(super) fn to_look_at(plan: &Plan) -> Option<String> {
    let findings = findings(plan);
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let needs = if errors + warnings == 1 { "needs" } else { "need" };
    let (of_errors, of_warnings) = (plural(errors, "error"), plural(warnings, "warning"));
    match (errors, warnings) {
        (0, 0) => None,
        (0, _) => Some(format!("{of_warnings} {needs}")),
        (_, 0) => Some(format!("{of_errors} {needs}")),
        _ => Some(format!("{of_errors} and {of_warnings} {needs}")),
    }
}

/// What is not known at vendors that were read: declared resources that could not be read, or are not there.
/// None where all of them are known.
pub(super) fn unknown(plan: &Plan) -> Option<String> {
    let count = |code| plan.findings.iter().filter(|finding| finding.code == code).count();
    let was = |count, what: &str| {
        let verb = if count == 1 { "was" } else { "were" };
        format!("{} {verb} not {what}", plural(count, "declared resource"))
    };
    let text = match (count("unread-resource"), count("missing-resource")) {
        (0, 0) => return None,
        (unread, 0) => was(unread, "read"),
        (0, missing) => was(missing, "found"),
        (unread, missing) => format!("{}, and {}", was(unread, "read"), was(missing, "found")),
    };
    Some(format!("{text}: who has access there is not known."))
}
