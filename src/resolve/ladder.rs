//! Settles which of several declared grants on one resource holds.

use crate::domain::{Level, Span};
use crate::workspace::Located;
use jiff::civil::Date;
use std::sync::Arc;

/// A level's place: custom ones stand below the ladder, with no order among themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Custom,
    Known(usize),
}

/// One declared grant of one user on one resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'w> {
    pub(super) slot: usize,
    pub(super) rank: Rank,
    pub(super) level: &'w Level,
    pub(super) until: Option<Located<Date>>,
    /// The user's entry for the role that brings the line; none for a grant of the user's own.
    pub(super) entry: Option<Span>,
    /// The grant's line.
    pub(super) line: Span,
    pub(super) reason: Option<&'w Arc<str>>,
    pub(super) ticket: Option<&'w Arc<str>>,
}

/// The one that holds, among all on its resource.
pub(super) struct Settled<'w, 'c> {
    pub(super) slot: usize,
    pub(super) winner: &'c Candidate<'w>,
    all: &'c [Candidate<'w>],
}

/// More lines than a person reads, or a plan should repeat, for one grant.
const MAX_ORIGINS: usize = 8;

/// One [`Settled`] for each resource. `candidates` are sorted by slot.
pub(super) fn settle<'w, 'c>(candidates: &'c [Candidate<'w>]) -> impl Iterator<Item = Settled<'w, 'c>> {
    candidates.chunk_by(|a, b| a.slot == b.slot).map(|all| {
        let mut winner = &all[0];
        for candidate in &all[1..] {
            if beats(candidate, winner) {
                winner = candidate;
            }
        }
        Settled { slot: winner.slot, winner, all }
    })
}

fn beats(candidate: &Candidate<'_>, winner: &Candidate<'_>) -> bool {
    // Equal ranks with different names are custom levels; nothing orders them but their names.
    let by_level = candidate.rank.cmp(&winner.rank).then_with(|| winner.level.cmp(candidate.level));
    by_level.then_with(|| last_day(candidate).cmp(&last_day(winner))).is_gt()
}

fn last_day(candidate: &Candidate<'_>) -> Date {
    candidate.until.map_or(Date::MAX, |until| until.value)
}

/// Whether access that has passed is gone: nothing in force on the same resource reaches its level.
/// `live` is sorted by slot.
pub(super) fn outlived(past: &Settled<'_, '_>, live: &[Candidate<'_>]) -> bool {
    let start = live.partition_point(|candidate| candidate.slot < past.slot);
    let here = live[start..].iter().take_while(|candidate| candidate.slot == past.slot);
    here.map(|candidate| candidate.rank).max().is_none_or(|best| best < past.winner.rank)
}

impl<'w, 'c> Settled<'w, 'c> {
    /// Candidates whose level gave way.
    pub(super) fn losers(&self) -> impl Iterator<Item = &'c Candidate<'w>> {
        let level = self.winner.level;
        self.all.iter().filter(move |candidate| candidate.level != level)
    }

    /// The lines that ask for the level that holds: the winner's first, then the others', each the user's
    /// entry before the role's line.
    pub(super) fn origins(&self) -> Vec<Span> {
        let mut origins = Vec::with_capacity(2);
        add(&mut origins, self.winner);
        if self.all.len() > 1 {
            let same = |candidate: &&Candidate<'_>| candidate.level == self.winner.level;
            self.all.iter().filter(same).for_each(|candidate| add(&mut origins, candidate));
            origins.truncate(MAX_ORIGINS);
        }
        origins
    }
}

fn add(origins: &mut Vec<Span>, candidate: &Candidate<'_>) {
    for span in candidate.entry.into_iter().chain([candidate.line]) {
        if !origins.contains(&span) {
            origins.push(span);
        }
    }
}
