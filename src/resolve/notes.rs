//! What resolving tells a reader: levels that gave way, and access that ends or has just ended.
//!
//! One line of a role can concern every user, so a finding is made for each pair of lines, or for each `until`
//! of a user, and not for each grant.

use super::ladder::{Candidate, Rank, Settled};
use super::slot::Slots;
use crate::domain::{Finding, Level, Severity, Span, UserName};
use crate::workspace::{Located, User, Workspace};
use jiff::ToSpan as _;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Access that ended longer ago is history, and no longer news.
const JUST_ENDED_DAYS: i32 = 30;
/// Long enough to ask for an extension, short enough to still be read.
const ENDS_SOON_DAYS: i32 = 14;
/// Names and resources that one sentence lists.
const LISTED: usize = 3;

pub(super) struct Notes<'w, 's> {
    workspace: &'w Workspace,
    slots: &'s Slots<'w>,
    today: Date,
    just_ended: Date,
    ends_soon: Date,
    overrides: BTreeMap<Override<'w>, Users<'w>>,
    /// Of the user at hand, by the line that sets the date.
    dates: BTreeMap<Located<Date>, Vec<Access<'w>>>,
    findings: Vec<Finding>,
}

/// A slot, and the level on it.
type Access<'w> = (usize, &'w Level);

/// One level giving way to another, whoever it is that has both.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Override<'w> {
    slot: usize,
    loser: (Span, &'w Level),
    winner: (Span, &'w Level),
    /// Whether only their names decide between the two.
    arbitrary: bool,
}

#[derive(Default)]
struct Users<'w> {
    listed: Vec<&'w UserName>,
    last: Option<&'w UserName>,
    count: usize,
}

impl<'w, 's> Notes<'w, 's> {
    pub(super) fn new(workspace: &'w Workspace, slots: &'s Slots<'w>, today: Date) -> Self {
        Self {
            workspace,
            slots,
            today,
            just_ended: today.saturating_sub(JUST_ENDED_DAYS.days()),
            ends_soon: today.saturating_add(ENDS_SOON_DAYS.days()),
            overrides: BTreeMap::new(),
            dates: BTreeMap::new(),
            findings: Vec::new(),
        }
    }

    /// Notes a departure that is near, and one before which there is nothing already: what somebody has goes today then,
    /// which is seldom meant.
    pub(super) fn departure(&mut self, user: &'w User) {
        if let Some(departed) = user.departed.filter(|_| user.roles.is_empty() && user.grants.is_empty()) {
            let detail = format!(
                "{} departs on {}, and no role or grant is left until then: what they have goes now.",
                user.handle, departed.value
            );
            let finding = info("departs-with-nothing", &user.handle, departed.span, detail);
            self.findings.push(Finding {
                severity: Severity::Warning,
                hint: Some("keep the roles and grants beside `departed:`; they end on that day".to_owned()),
                ..finding
            });
            return;
        }
        let Some(departed) = user.departed.filter(|departed| departed.value <= self.ends_soon) else {
            return;
        };
        let detail =
            format!("{} departs on {}; no access is left from that day on.", user.handle, departed.value);
        self.findings.push(info("access-ends-soon", &user.handle, departed.span, detail));
    }

    /// Notes every level that gave way to the one that holds.
    pub(super) fn overrides(&mut self, user: &'w UserName, settled: &Settled<'w, '_>) {
        for loser in settled.losers() {
            let winner = settled.winner;
            let key = Override {
                slot: settled.slot,
                loser: (loser.line, loser.level),
                winner: (winner.line, winner.level),
                arbitrary: winner.rank == Rank::Custom,
            };
            self.overrides.entry(key).or_default().add(user);
        }
    }

    /// Notes access that is about to end.
    pub(super) fn ending(&mut self, settled: &Settled<'w, '_>) {
        self.date(settled.winner, |date, notes| date <= notes.ends_soon);
    }

    /// Notes access that has just ended.
    pub(super) fn ended(&mut self, settled: &Settled<'w, '_>) {
        self.date(settled.winner, |date, notes| date >= notes.just_ended);
    }

    fn date(&mut self, winner: &Candidate<'w>, is_news: impl Fn(Date, &Self) -> bool) {
        if let Some(until) = winner.until.filter(|until| is_news(until.value, self)) {
            self.dates.entry(until).or_default().push((winner.slot, winner.level));
        }
    }

    /// Turns the dates of the user at hand into findings.
    pub(super) fn next_user(&mut self, user: &UserName) {
        for (until, access) in std::mem::take(&mut self.dates) {
            let past = until.value < self.today;
            let list = listed(access.iter().map(|(slot, level)| format!("{} ({level})", self.place(*slot))));
            let (code, verb) = if past { ("access-ended", "was") } else { ("access-ends-soon", "is") };
            let detail = format!("The last day of {user}'s access to {list} {verb} {}.", until.value);
            let mut finding = info(code, user, until.span, detail);
            if !past {
                finding.hint = Some("If it is still needed, move `until` to a later day.".to_owned());
            }
            self.findings.push(finding);
        }
    }

    /// Everything noted, in order.
    pub(super) fn into_findings(mut self) -> Vec<Finding> {
        for (key, users) in std::mem::take(&mut self.overrides) {
            self.findings.push(self.override_finding(&key, &users));
        }
        self.findings.sort_unstable();
        self.findings
    }

    fn override_finding(&self, key: &Override<'_>, users: &Users<'_>) -> Finding {
        let (vendor, _) = self.slots.names(key.slot);
        let (place, for_whom) = (self.place(key.slot), users.sentence());
        let (winner, winner_at) = (key.winner.1, self.line(key.winner.0));
        let (loser, loser_at) = (key.loser.1, self.line(key.loser.0));
        let verb = if key.arbitrary { "is kept over" } else { "overrides" };
        let mut detail =
            format!("On {place}, {winner} ({winner_at}) {verb} {loser} ({loser_at}) {for_whom}.");
        if key.arbitrary {
            detail.push_str(" Nothing orders these two levels but their names.");
        }
        Finding {
            vendor: Some(vendor.clone()),
            code: if key.arbitrary { "level-ambiguous" } else { "level-overridden" },
            severity: if key.arbitrary { Severity::Warning } else { Severity::Info },
            detail,
            user: users.only().cloned(),
            hint: key.arbitrary.then(|| format!("Declare only one of {winner} and {loser} on {place}.")),
            span: Some(key.loser.0),
        }
    }

    fn place(&self, slot: usize) -> String {
        let (vendor, resource) = self.slots.names(slot);
        format!("{vendor}/{resource}")
    }

    fn line(&self, span: Span) -> String {
        format!("{}:{}", self.workspace.sources.path(span.file), span.line)
    }
}

impl<'w> Users<'w> {
    fn add(&mut self, user: &'w UserName) {
        if self.last.replace(user) == Some(user) {
            return;
        }
        self.count += 1;
        if self.listed.len() < LISTED {
            self.listed.push(user);
        }
    }

    fn only(&self) -> Option<&'w UserName> {
        self.listed.first().copied().filter(|_| self.count == 1)
    }

    fn sentence(&self) -> String {
        let names: Vec<&str> = self.listed.iter().map(|name| name.as_str()).collect();
        let more = self.count - self.listed.len();
        match more {
            0 => format!("for {}", names.join(", ")),
            more => format!("for {} and {more} more", names.join(", ")),
        }
    }
}

fn listed(items: impl ExactSizeIterator<Item = String>) -> String {
    let more = items.len().saturating_sub(LISTED);
    let list = items.take(LISTED).collect::<Vec<_>>().join(", ");
    if more == 0 { list } else { format!("{list} and {more} more") }
}

fn info(code: &'static str, user: &UserName, span: Span, detail: String) -> Finding {
    Finding {
        vendor: None,
        code,
        severity: Severity::Info,
        detail,
        user: Some(user.clone()),
        hint: None,
        span: Some(span),
    }
}
