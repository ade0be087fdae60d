//! Whether a new snapshot can follow the one before it.

use super::file::RecordedSnapshot;
use super::refusal::{Problem, quote};
use super::table::Member;
use crate::connector::pages::RowState;
use crate::domain::{Email, Level};
use crate::workspace::MaxRemovals;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// How many of the missing a message lists.
const LISTED: usize = 20;

/// What somebody has, or is offered.
pub type Access = (Level, RowState);

/// What is different from the snapshot before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// Who is listed now and was not.
    pub appeared: Vec<(Email, Access)>,
    /// Who was listed and is not now.
    pub left: Vec<(Email, Access)>,
    /// Who has another level or state: from, to.
    pub changed: Vec<(Email, Access, Access)>,
}

impl Differences {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.appeared.is_empty() && self.left.is_empty() && self.changed.is_empty()
    }
}

/// What a new snapshot changes.
#[must_use]
pub fn differences(last: &RecordedSnapshot, new: &RecordedSnapshot) -> Differences {
    let (before, after) = (index(last), index(new));
    let mut differences = Differences::default();
    for (account, access) in &before {
        match after.get(account) {
            None => differences.left.push((account.clone(), access.clone())),
            Some(now) if now != access => {
                differences.changed.push((account.clone(), access.clone(), now.clone()));
            }
            Some(_) => {}
        }
    }
    let new = after.into_iter().filter(|(account, _)| !before.contains_key(account));
    differences.appeared = new.collect();
    differences
}

fn index(snapshot: &RecordedSnapshot) -> BTreeMap<Email, Access> {
    let entry = |member: &Member| (member.account.clone(), (member.level.clone(), member.state));
    snapshot.members.iter().map(entry).collect()
}

/// What keeps a snapshot from being stored, whatever came before it.
pub(super) fn alone(new: &RecordedSnapshot, reader: Option<&Email>, now: Timestamp) -> Vec<Problem> {
    let mut problems = Vec::new();
    if new.taken > now {
        let detail = format!("{} is in the future: it is {now}.", new.taken);
        let hint = "Pass the moment at which the page showed the table with `--taken`, or none for now.";
        problems.push(Problem::whole("taken-in-future", detail, hint));
    }
    if new.members.is_empty() {
        let detail = "Nobody in the table has access.";
        let hint = "A resource shows at least the person who looks at it: copy the table once more.";
        problems.push(Problem::whole("empty-table", detail, hint));
    }
    for address in reader.into_iter().chain(&new.signed_in_as) {
        if new.member(address).is_none() {
            let detail =
                format!("{}, who is signed in at the vendor, is not in the table.", quote(address.as_str()));
            let hint = "The table is not whole, it is another resource's, or somebody else read it: copy it once more, or \
                        correct `identity:` of the vendor.";
            problems.push(Problem::whole("reader-not-listed", detail, hint));
        }
    }
    problems.dedup();
    problems
}

/// What keeps it from following the last one. `smaller` passes over those who are missing.
pub(super) fn after(
    last: &RecordedSnapshot,
    new: &RecordedSnapshot,
    limit: MaxRemovals,
    smaller: bool,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if new.taken < last.taken {
        let detail = format!("The last snapshot was taken at {}, and this one at {}.", last.taken, new.taken);
        let hint = "An older table proves nothing about what was done since: copy it once more.";
        problems.push(Problem::whole("older", detail, hint));
    }
    let left = differences(last, new).left;
    let strangers = last.members.len() > 1 && left.len() == last.members.len();
    if !smaller && (strangers || left.len() > allowed(limit, last.members.len())) {
        problems.push(missing(&left, last.members.len()));
    }
    problems
}

/// Who is missing and should not be. A table that was cut off loses such people, too; one from which only those are
/// missing who were to go shows that they are gone.
pub(super) fn declared(
    last: &RecordedSnapshot,
    new: &RecordedSnapshot,
    declared: &BTreeSet<Email>,
) -> Option<Problem> {
    let missing: Vec<String> = differences(last, new)
        .left
        .iter()
        .filter(|(account, _)| declared.contains(account))
        .map(|(account, ..)| quote(account.as_str()))
        .collect();
    if missing.is_empty() {
        return None;
    }
    let more = missing.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let detail = format!(
        "The last snapshot shows {}{more}, the workspace gives them access, and they are missing here.",
        missing.into_iter().take(LISTED).collect::<Vec<_>>().join(", ")
    );
    let hint = "Make sure that the table is whole. If they have really lost their access, pass \
                `--smaller --because TEXT`, and the plan gives it back.";
    Some(Problem::whole("declared-missing", detail, hint))
}

fn allowed(limit: MaxRemovals, members: usize) -> usize {
    let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let share = members.saturating_mul(number(limit.percent)) / 100;
    share.max(number(limit.at_least))
}

fn missing(left: &[(Email, Access)], members: usize) -> Problem {
    let listed: Vec<String> = left.iter().take(LISTED).map(|(account, ..)| quote(account.as_str())).collect();
    let more = left.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let detail = format!(
        "{} of the {members} members of the last snapshot are missing: {}{more}.",
        left.len(),
        listed.join(", ")
    );
    let hint = "Make sure that it is the right resource's table and all of it. If they are really gone, pass \
                `--smaller --because TEXT`.";
    Problem::whole("smaller", detail, hint)
}
