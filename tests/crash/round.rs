//! One vendor, one workspace, and applies that are killed until one is not.

use crate::chance::Chance;
use crate::company::Company;
use crate::journal::{self, Written};
use crate::program::{Ended, Program};
use crate::vendor::{Audit, Vendor};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use std::{fmt, fs};
use tempfile::TempDir;

/// Requests that a vendor may be sent again, since they change nothing the second time and nobody notices: whoever has
/// an account is adopted, a membership and an attribute are what they are, and who is gone is gone.
const REPEATABLE: [&str; 4] = ["POST Users 409", "PATCH Users 200", "PATCH Groups 200", "DELETE Users 404"];

/// What an apply keeps locked. Whoever is killed leaves their name in it.
const LOCK: &str = ".grantline/apply.lock";

const APPLY: [&str; 2] = ["apply", "--yes"];

/// Of the applies after the first, one in so many is killed, too.
const AGAIN: u64 = 3;

/// More applies than any round needs; a program that never converges must not run for ever.
const MOST: u64 = 30;

/// A workspace and its vendor.
pub(super) struct Site {
    program: Program,
    vendor: Vendor,
    expected: Vec<String>,
    // Dropped after the vendor that writes in it.
    _folder: TempDir,
}

/// An apply that nobody killed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole {
    pub(super) took: Duration,
    /// How many changes its plan had.
    pub(super) changes: usize,
}

/// What all rounds came to.
#[derive(Debug, Default)]
pub(super) struct Tally {
    rounds: u64,
    before: u64,
    during: u64,
    after: u64,
    unhurt: u64,
    reruns: u64,
    locks: u64,
    torn: u64,
    facts: usize,
    idle: BTreeMap<String, usize>,
    written: Written,
}

impl Site {
    pub(super) fn new(company: &Company) -> Self {
        // In memory where the system has such a folder: the vendor writes its state down at every change.
        let folder = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
        let vendor = Vendor::start(&folder.path().join("vendor"), &company.seed());
        let program = Program::new(folder.path().join("desk"), company, &vendor);
        Self { program, vendor, expected: company.facts(), _folder: folder }
    }

    /// An apply that nobody kills.
    pub(super) fn undisturbed(&self) -> Whole {
        let plan = self.program.run(&["plan", "--format", "json"], None);
        let json: Value =
            serde_json::from_str(&plan.stdout).unwrap_or_else(|_| panic!("{}", plan.everything()));
        let changes = json["changes"].as_array().unwrap().len();
        let ended = self.program.run(&APPLY, None);
        self.is_converged(&ended, changes);
        assert_eq!(self.vendor.audit().idle, [""; 0], "an undisturbed apply repeats nothing");
        Whole { took: ended.took, changes }
    }

    /// Kills an apply within that time, and has others follow until one ends by itself. In words, what happened.
    pub(super) fn round(&self, whole: Whole, chance: &mut Chance, tally: &mut Tally) -> String {
        let mut told = Vec::new();
        let mut last = self.program.run(&APPLY, Some(chance.moment(whole.took)));
        tally.rounds += 1;
        while last.code.is_none() {
            told.push(self.killed(&last, tally));
            assert!(tally.reruns < tally.rounds * MOST, "it never ends: {told:?}");
            tally.reruns += 1;
            let kill = chance.once_in(AGAIN).then(|| chance.moment(whole.took));
            last = self.program.run(&APPLY, kill);
        }
        self.is_converged(&last, whole.changes);
        tally.written.add(journal::written(&self.program.root));
        tally.unhurt += u64::from(told.is_empty());
        tally.facts += self.expected.len();
        for idle in self.vendor.audit().idle {
            assert!(REPEATABLE.contains(&idle.as_str()), "{idle} was sent again: {told:?}");
            *tally.idle.entry(idle).or_default() += 1;
        }
        if told.is_empty() { "not hit".to_owned() } else { told.join(", ") }
    }

    /// Where a kill hit.
    fn killed(&self, last: &Ended, tally: &mut Tally) -> String {
        let lock = fs::read_to_string(self.program.root.join(LOCK)).unwrap_or_default();
        tally.locks += u64::from(!lock.is_empty());
        tally.torn += u64::from(journal::is_torn(&self.program.root));
        let Audit { facts, .. } = self.vendor.audit();
        match facts.len() {
            0 => tally.before += 1,
            some if some < self.expected.len() => tally.during += 1,
            _ => tally.after += 1,
        }
        format!("killed after {:.3?} at {} of {}", last.took, facts.len(), self.expected.len())
    }

    /// The last apply ended well, the vendor noticed everything once, and nothing is left to do.
    fn is_converged(&self, last: &Ended, changes: usize) {
        assert_eq!(last.code, Some(0), "\n{}", last.everything());
        let noticed = self.vendor.audit().facts;
        let missing: Vec<_> = self.expected.iter().filter(|fact| !noticed.contains(fact)).collect();
        let strange: Vec<_> = noticed.iter().filter(|fact| !self.expected.contains(fact)).collect();
        let twice: Vec<_> = noticed.windows(2).filter(|pair| pair[0] == pair[1]).collect();
        assert!(
            noticed == self.expected,
            "missing {missing:#?}\nnot asked for {strange:#?}\nmore than once {twice:#?}"
        );
        let done = journal::written(&self.program.root).done;
        assert_eq!(done, changes, "the journals together know each change of the plan once");
        let lock = fs::read_to_string(self.program.root.join(LOCK)).unwrap();
        assert_eq!(lock, "", "the lock was given back");
        let plan = self.program.run(&["plan", "--detailed-exitcode"], None);
        assert_eq!(plan.code, Some(0), "a plan after a converged apply:\n{}", plan.everything());
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kills = self.before + self.during + self.after;
        writeln!(
            f,
            "{} rounds, {kills} kills: {} before any write, {} during the apply, {} after the last write",
            self.rounds, self.before, self.during, self.after
        )?;
        writeln!(f, "{} rounds were over before the kill; {} re-runs", self.unhurt, self.reruns)?;
        writeln!(f, "{} locks and {} half lines left behind, none in the way", self.locks, self.torn)?;
        writeln!(
            f,
            "{} facts, each noticed once; {} changes, each done once",
            self.facts, self.written.done
        )?;
        for (what, times) in &self.written.found {
            writeln!(f, "left open, and found {what} afterwards: {times}")?;
        }
        for (what, times) in &self.written.again {
            writeln!(f, "written down as about to be sent again: {what}, {times}")?;
        }
        for (what, times) in &self.idle {
            writeln!(f, "sent again, and nothing changed: {what}, {times}")?;
        }
        Ok(())
    }
}
