//! From a table to a stored snapshot: what `snapshot` and the browser channel both do.

use super::Damage;
use super::announced::Announced;
use super::file::{RecordedSnapshot, Source, digest};
use super::judge::{self, Differences};
use super::refusal::{Problem, Refusal};
use super::store::{self, LoadError};
use super::table::{self, Member, Parsed, SourceKind};
use super::whose;
use crate::connector::pages::{RowState, Table};
use crate::domain::{Email, Resource, VendorSettings};
use crate::net::neutral;
use crate::workspace::MaxRemovals;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The longest name of a recorder, and the longest note, in characters.
const MAX_WORDS: usize = 400;

/// Whose table it is, and by which rules it is judged.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The workspace's root.
    pub root: &'a Path,
    /// The vendor.
    pub vendor: &'a VendorSettings,
    /// The resource.
    pub resource: &'a Resource,
    /// How its members are shown.
    pub table: &'a Table,
    /// How many may be missing against the last snapshot.
    pub max_removals: MaxRemovals,
    /// Who reads the page, where that is known: a whole table shows them.
    pub reader: Option<&'a Email>,
    /// Who should have access by the workspace: of those that the last snapshot shows, none should be missing.
    pub declared: &'a BTreeSet<Email>,
    /// Whether it was recorded before, by tasks that were made or settled from its snapshot.
    pub was_recorded: bool,
    /// When invitations were sent again, as those who did so say: by address.
    pub resent: &'a BTreeMap<Email, Timestamp>,
}

/// A table.
#[derive(Debug, Clone, Copy)]
pub enum Material<'a> {
    /// An export, or what a person copied.
    Bytes(&'a [u8]),
    /// Cells that a browser read.
    Rows {
        /// The headings.
        header: &'a [String],
        /// The rows below them, all of them.
        rows: &'a [Vec<String>],
        /// How many the page says that there are.
        announced: Option<usize>,
    },
}

/// Where a table comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// When the vendor's page showed it.
    pub taken: Timestamp,
    /// Who records it.
    pub by: String,
    /// Whose session showed it, where that is known.
    pub signed_in_as: Option<Email>,
    /// Why it may be smaller than the last one, where it may.
    pub smaller: Option<String>,
}

/// What was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The snapshot.
    pub snapshot: RecordedSnapshot,
    /// Its file, from the workspace's root.
    pub file: String,
    /// What is different from the last one; none where there was none.
    pub differences: Option<Differences>,
    /// What a person should know: full sentences.
    pub warnings: Vec<String>,
}

/// Why nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The table cannot be believed.
    #[error("{0}")]
    Refused(#[from] Refusal),
    /// The file cannot be written.
    #[error("the snapshot cannot be written")]
    Io(#[from] io::Error),
}

/// Reads a table, judges it against the last snapshot of its resource, and stores it.
///
/// # Errors
/// [`RecordError`]; nothing is stored then.
pub fn record(
    subject: &Subject<'_>,
    material: Material<'_>,
    provenance: &Provenance,
    now: Timestamp,
) -> Result<Stored, RecordError> {
    let (parsed, source) = read(material, subject.table)?;
    let is_counted = is_counted(&material, &parsed);
    let mut warnings = parsed.warnings.clone();
    let another = whose::another(&parsed, subject.resource, subject.vendor);
    let is_own = whose::is_own(&parsed, subject.resource);
    let mut snapshot = assemble(subject, parsed, source, provenance);
    let mut problems = judge::alone(&snapshot, subject.reader, now);
    problems.extend(another);
    let last = last(subject, provenance.smaller.is_some(), &mut problems, &mut warnings);
    // A browser knows which page it reads, and a page that says its id is the right one.
    if provenance.smaller.is_none() && snapshot.source.kind != SourceKind::Browser && !is_own {
        problems.extend(twin(subject, &snapshot, last.as_ref()));
    }
    if let Some(last) = &last {
        let smaller = provenance.smaller.is_some();
        problems.extend(judge::after(last, &snapshot, subject.max_removals, smaller));
        if !smaller && !is_counted {
            problems.extend(judge::declared(last, &snapshot, subject.declared));
        }
    }
    if !problems.is_empty() {
        return Err(Refusal::of(problems).into());
    }
    date(&mut snapshot, last.as_ref(), subject.resent, &mut warnings);
    let file = store::save(subject.root, &snapshot)?;
    let differences = last.map(|last| judge::differences(&last, &snapshot));
    Ok(Stored { snapshot, file, differences, warnings })
}

/// Whether a browser has read as many rows as the page says that there are. A page that says no number can end before
/// its table does, as one that loads rows when somebody scrolls.
fn is_counted(material: &Material<'_>, parsed: &Parsed) -> bool {
    let Material::Rows { announced: Some(total), .. } = material else { return false };
    let active = parsed.members.iter().filter(|member| member.state == RowState::Active).count();
    Announced::Total(*total).agrees(parsed.rows, active)
}

fn read(material: Material<'_>, table: &Table) -> Result<(Parsed, Source), Refusal> {
    let (parsed, digest) = match material {
        Material::Bytes(bytes) => (table::parse(bytes, table)?, digest(bytes)),
        Material::Rows { header, rows, .. } => {
            let parsed = table::parse_rows(header, rows, table)?;
            let cells: Vec<&[String]> =
                std::iter::once(header).chain(rows.iter().map(Vec::as_slice)).collect();
            // Texts always serialise.
            (parsed, digest(&serde_json::to_vec(&cells).unwrap_or_default()))
        }
    };
    let kind = if matches!(material, Material::Rows { .. }) { SourceKind::Browser } else { parsed.kind };
    let rows = parsed.rows;
    Ok((parsed, Source { kind, digest, rows }))
}

fn assemble(
    subject: &Subject<'_>,
    parsed: Parsed,
    source: Source,
    provenance: &Provenance,
) -> RecordedSnapshot {
    RecordedSnapshot {
        vendor: subject.vendor.name.clone(),
        resource: subject.resource.name.clone(),
        id: subject.resource.id.clone(),
        taken: provenance.taken,
        recorded_by: Arc::from(neutral(&provenance.by, MAX_WORDS)),
        source,
        signed_in_as: provenance.signed_in_as.clone(),
        note: provenance.smaller.as_deref().map(|why| Arc::from(neutral(why, MAX_WORDS))),
        members: parsed.members,
    }
}

/// Another resource of the vendor whose last snapshot shows exactly these people at these levels, where somebody left this
/// one or is new to it and not declared on it; or, where this one has none, which was recorded from the very same table:
/// its page was copied in place of this one's.
fn twin(
    subject: &Subject<'_>,
    snapshot: &RecordedSnapshot,
    last: Option<&RecordedSnapshot>,
) -> Option<Problem> {
    let undeclared = |(account, _): &(Email, judge::Access)| !subject.declared.contains(account);
    let since = last.map(|last| judge::differences(last, snapshot));
    let is_strange =
        since.is_some_and(|since| !since.left.is_empty() || since.appeared.iter().any(undeclared));
    // One page shows one date of a member.
    let is_dated = |other: &RecordedSnapshot| {
        let active = |member: &&Member| member.state == RowState::Active;
        let dates: BTreeMap<&Email, Option<Timestamp>> =
            other.members.iter().filter(active).map(|one| (&one.account, one.since)).collect();
        snapshot.members.iter().filter(active).any(|new| {
            let before = dates.get(&new.account).copied().flatten();
            before.zip(new.since).is_some_and(|(before, now)| before != now)
        })
    };
    let is_same = |other: &RecordedSnapshot| match last {
        Some(_) => is_strange && judge::differences(other, snapshot).is_empty() && !is_dated(other),
        None => other.source.digest == snapshot.source.digest,
    };
    // The page of another kind has another table, which is told by its headings.
    let is_like =
        |other: &&Resource| other.kind == subject.resource.kind && other.name != subject.resource.name;
    let others = subject.vendor.resources.values().filter(is_like).map(|other| &other.name);
    let twin = others.into_iter().find(|name| {
        store::load(subject.root, &subject.vendor.name, name).is_ok_and(|other| is_same(&other))
    })?;
    let detail = format!("This is what the last snapshot of `{twin}` shows, person by person.");
    let hint = "Make sure that it is the right resource's page, and copy it with the line that says its id. If the two \
                really have the same people now and the page says none, pass `--smaller --because TEXT`.";
    Some(Problem::whole("other-resource", detail, hint))
}

/// The last snapshot. One that was edited by hand is compared with all the same; one that cannot be understood, is another
/// project's under the same name, or was deleted can hide who is missing.
fn last(
    subject: &Subject<'_>,
    smaller: bool,
    problems: &mut Vec<Problem>,
    warnings: &mut Vec<String>,
) -> Option<RecordedSnapshot> {
    let file = store::file_of(&subject.vendor.name, &subject.resource.name);
    match store::load(subject.root, &subject.vendor.name, &subject.resource.name) {
        Ok(last) if last.id != subject.resource.id => {
            let detail = format!(
                "{file} was recorded for another `id:`, so that nobody can tell who is missing since."
            );
            if smaller {
                warnings.push(detail);
            } else {
                let hint = "Give the resource its former `id:` back, or, if it is another one now, pass `--smaller \
                            --because TEXT`.";
                problems.push(Problem::whole("last-unreadable", detail, hint));
            }
            None
        }
        Ok(last) => Some(last),
        Err(LoadError::Absent) if !subject.was_recorded => None,
        Err(LoadError::Damaged(Damage::Changed(last))) if last.id == subject.resource.id => {
            warnings.push(format!("{file} was changed after it was recorded; this snapshot replaces it."));
            Some(*last)
        }
        Err(error) if smaller => {
            warnings.push(format!("{file} {error}, so that nobody can tell who is missing since."));
            None
        }
        Err(error) => {
            let detail = format!(
                "{file} {}, so that nobody can tell who is missing since.",
                neutral(&error.to_string(), MAX_WORDS)
            );
            let hint = "Get it back from git, or pass `--smaller --because TEXT` to do without it.";
            problems.push(Problem::whole("last-unreadable", detail, hint));
            None
        }
    }
}

/// Fills in since when invitations are pending, and leaves out dates that cannot be. It is the page's own date; where it
/// shows none, when a snapshot first showed the invitation. One that was sent again since then is as old as that, or it
/// would be found too old by every later plan.
fn date(
    snapshot: &mut RecordedSnapshot,
    last: Option<&RecordedSnapshot>,
    resent: &BTreeMap<Email, Timestamp>,
    warnings: &mut Vec<String>,
) {
    let taken = snapshot.taken;
    let pending = |member: &&Member| member.state == RowState::Pending;
    let before: BTreeMap<&Email, Option<Timestamp>> = last
        .iter()
        .flat_map(|last| last.members.iter().filter(pending))
        .map(|member| (&member.account, member.since))
        .collect();
    for member in &mut snapshot.members {
        if member.since.is_some_and(|since| since > taken) {
            warnings.push(format!(
                "The date of {} lies after the table was taken, and is left out.",
                member.account
            ));
            member.since = None;
        }
        if member.since.is_none() && member.state == RowState::Pending {
            member.since = before.get(&member.account).copied().flatten().or(Some(taken));
        }
        if member.state == RowState::Pending {
            let again = resent.get(&member.account).copied().filter(|again| *again <= taken);
            member.since = member.since.max(again);
        }
    }
}
