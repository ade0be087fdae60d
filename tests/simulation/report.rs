//! What a run of seeds came to.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::time::Duration;

/// What was seen, added up over seeds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) seeds: u64,
    pub(crate) repeated: u64,
    pub(crate) applies: u64,
    pub(crate) requests: u64,
    /// Effects at vendors that the program brought about.
    pub(crate) effects: u64,
    pub(crate) changes: u64,
    pub(crate) done: u64,
    pub(crate) intrusions: u64,
    pub(crate) provided: u64,
    /// Accounts that a provider closed although the workspace grants something there.
    pub(crate) taken: u64,
    pub(crate) crashes: u64,
    pub(crate) jumps: u64,
    pub(crate) unreadable: u64,
    pub(crate) virtual_time: Duration,
    pub(crate) faults: BTreeMap<&'static str, u64>,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.seeds += other.seeds;
        self.repeated += other.repeated;
        self.applies += other.applies;
        self.requests += other.requests;
        self.effects += other.effects;
        self.changes += other.changes;
        self.done += other.done;
        self.intrusions += other.intrusions;
        self.provided += other.provided;
        self.taken += other.taken;
        self.crashes += other.crashes;
        self.jumps += other.jumps;
        self.unreadable += other.unreadable;
        self.virtual_time += other.virtual_time;
        for (kind, count) in &other.faults {
            *self.faults.entry(kind).or_default() += count;
        }
    }

    /// Counts one fault.
    pub(crate) fn fault(&mut self, kind: &'static str) {
        *self.faults.entry(kind).or_default() += 1;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = [
            ("seeds", self.seeds),
            ("run twice and compared", self.repeated),
            ("applies", self.applies),
            ("requests", self.requests),
            ("changes planned", self.changes),
            ("changes done", self.done),
            ("effects at vendors", self.effects),
            ("crashes survived", self.crashes),
            ("out-of-band edits", self.intrusions),
            ("accounts that a provider made or closed", self.provided),
            ("closed although something is granted there", self.taken),
            ("clock jumps", self.jumps),
            ("readings that failed", self.unreadable),
            ("faults injected", self.faults.values().sum()),
        ];
        for (what, count) in rows {
            writeln!(f, "{what:>24}: {count}")?;
        }
        for (kind, count) in &self.faults {
            writeln!(f, "{kind:>32}: {count}")?;
        }
        writeln!(f, "{:>24}: {} days", "virtual time", self.virtual_time.as_secs() / 86_400)
    }
}

/// Why a seed fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The invariant, by its number; 0: the world itself.
    pub(crate) invariant: u8,
    pub(crate) seen: String,
}

/// What one seed came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Story {
    pub(crate) tally: Tally,
    pub(crate) trace: Vec<String>,
    pub(crate) violation: Option<Violation>,
}

/// Where two traces of one seed part.
pub(crate) fn first_difference(one: &[String], other: &[String]) -> String {
    let mut text = String::new();
    let at = one.iter().zip(other).position(|(a, b)| a != b).unwrap_or(one.len().min(other.len()));
    for (name, lines) in [("first", one), ("second", other)] {
        let _ = writeln!(text, "{name} time, line {at}: {}", lines.get(at).map_or("(the end)", |line| line));
    }
    text
}
