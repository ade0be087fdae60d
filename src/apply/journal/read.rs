//! Reads journals back.

use super::entry::{Entry, Found, Header};
use super::file::is_certain;
use super::{FOLDER, JournalError};
use crate::apply::flight::LONGEST_FLIGHT;
use crate::apply::send::possible;
use crate::apply::words::instruction;
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{Change, ChangeId, Outcome};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// More than a journal of a hundred thousand changes holds.
const LONGEST: u64 = 512 << 20;

/// More than the last line of a finished journal holds.
const LAST_LINE: u64 = 256;

/// A change that was about to be sent, and all that is known of it since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The change, as it was sent. The lines that asked for it are not kept.
    pub change: Change,
    /// When.
    pub at: Timestamp,
    /// What the vendor said.
    pub answer: Option<Result<Receipt, ConnectorError>>,
    /// When that was noted.
    pub answered: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// What a later apply found out.
    pub found: Option<Found>,
}

impl Started {
    /// Whether the vendor may have carried it out.
    pub(super) fn is_possible(&self) -> bool {
        !matches!(&self.answer, Some(Err(error)) if !possible(self.change.channel, error))
    }

    /// The last moment at which it can have been on its way to the vendor, whenever its process died.
    ///
    /// It is written down before it waits for its turn, for a vendor that asks for a pause, and for a slow connection.
    pub(super) fn sent_by(&self) -> Timestamp {
        self.answered.unwrap_or_else(|| self.at.checked_add(LONGEST_FLIGHT).unwrap_or(self.at))
    }

    /// Whether it has yet to be found out what became of it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        if matches!(self.found, Some(Found::Done | Found::NotDone(_))) {
            return false;
        }
        !self.outcome.as_ref().is_some_and(|outcome| is_certain(outcome.status, self.is_possible()))
    }
}

/// The journal of an apply that did not come to its end, or that left something open at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Its file.
    pub path: PathBuf,
    /// What it was about.
    pub header: Header,
    /// What was about to be sent, by the change's id.
    pub started: BTreeMap<ChangeId, Started>,
    /// How changes ended that were never sent.
    pub unsent: BTreeMap<ChangeId, Outcome>,
    /// Whether the last line was torn, and dropped.
    pub torn: bool,
    /// How many bytes are whole lines.
    pub(super) whole: u64,
}

/// An apply of a saved plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// When it began.
    pub at: Timestamp,
    /// Who ran it.
    pub who: String,
    /// Whether it came to its own end, and was not broken off.
    pub ended: bool,
}

/// The journals of the workspace at `root` that have no end, the earliest first.
///
/// # Errors
/// A [`JournalError`] when one cannot be read whole: what it says must be known before anything is sent again.
pub fn unfinished(root: &Path) -> Result<Vec<Unfinished>, JournalError> {
    let mut found = Vec::new();
    for path in journals(root)? {
        if end(&path)?.is_none() {
            found.extend(read(&path)?);
        }
    }
    Ok(found)
}

/// The apply of the saved plan of this digest that came to its own end; where none did, the first that broke off and
/// was looked after since.
///
/// # Errors
/// A [`JournalError`] when a journal cannot be read.
pub fn used(root: &Path, digest: &str) -> Result<Option<Used>, JournalError> {
    let mut found: Option<Used> = None;
    for path in journals(root)? {
        let Some(Entry::End { later }) = end(&path)? else { continue };
        let Some(header) = header(&path)? else { continue };
        if header.saved && header.plan == digest && found.as_ref().is_none_or(|found| !found.ended && !later)
        {
            let at = header.holder.started;
            found = Some(Used { at, who: header.holder.who, ended: !later });
        }
    }
    Ok(found)
}

/// The files, in the order of their names, which is that of their beginnings.
pub(super) fn journals(root: &Path) -> Result<Vec<PathBuf>, JournalError> {
    let folder = root.join(FOLDER);
    let listed = match fs::read_dir(&folder) {
        Ok(listed) => listed.collect::<io::Result<Vec<_>>>(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => Err(error),
    };
    let listed = listed.map_err(|error| unreadable(&folder, &error.to_string()))?;
    let mut paths: Vec<PathBuf> = listed.into_iter().map(|one| one.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "jsonl"));
    paths.sort_unstable();
    Ok(paths)
}

/// Opens a journal. A link leads to where anybody may have written.
fn open(path: &Path) -> Result<(File, u64), JournalError> {
    let opened = fs::symlink_metadata(path).and_then(|about| {
        if !about.is_file() {
            return Err(io::Error::other("it is no plain file"));
        }
        if about.len() > LONGEST {
            return Err(io::Error::other(format!(
                "it has {} bytes, and {LONGEST} are the most",
                about.len()
            )));
        }
        Ok((File::open(path)?, about.len()))
    });
    opened.map_err(|error| unreadable(path, &error.to_string()))
}

/// The last line, where it says that the journal is finished.
pub(super) fn end(path: &Path) -> Result<Option<Entry>, JournalError> {
    let (mut file, length) = open(path)?;
    let mut tail = Vec::new();
    let last = SeekFrom::Start(length.saturating_sub(LAST_LINE));
    let got = file.seek(last).and_then(|_| file.take(LAST_LINE).read_to_end(&mut tail));
    got.map_err(|error| unreadable(path, &error.to_string()))?;
    let Some(tail) = tail.strip_suffix(b"\n") else { return Ok(None) };
    let line = tail.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(Entry::read(line).ok().map(|(_, entry)| entry).filter(|entry| matches!(entry, Entry::End { .. })))
}

pub(super) fn header(path: &Path) -> Result<Option<Header>, JournalError> {
    let (file, _) = open(path)?;
    let mut line = Vec::new();
    let got = BufReader::new(file.take(LONGEST)).read_until(b'\n', &mut line);
    got.map_err(|error| unreadable(path, &error.to_string()))?;
    let Some(line) = line.strip_suffix(b"\n") else { return Ok(None) };
    Header::read(line).map(Some).map_err(|what| damaged(path, 1, &what))
}

/// Reads a whole journal; none where it is finished. One whose first line never came about is finished too: nothing
/// was sent before that was on the disk.
pub(super) fn read(path: &Path) -> Result<Option<Unfinished>, JournalError> {
    let (file, _) = open(path)?;
    let mut bytes = Vec::new();
    file.take(LONGEST).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error.to_string()))?;
    parse(path, &bytes)
}

/// Reads a journal's bytes. A last line that is torn is dropped, and one that stands there twice counts once.
pub(super) fn parse(path: &Path, bytes: &[u8]) -> Result<Option<Unfinished>, JournalError> {
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let Some((first, rest)) = lines.split_first().filter(|(first, _)| first.ends_with(b"\n")) else {
        return Ok(None);
    };
    let mut journal = Unfinished {
        path: path.to_path_buf(),
        header: Header::read(first).map_err(|what| damaged(path, 1, &what))?,
        started: BTreeMap::new(),
        unsent: BTreeMap::new(),
        torn: false,
        whole: length(first),
    };
    let known: BTreeSet<ChangeId> = journal.header.changes.iter().cloned().collect();
    let mut ended = false;
    for (index, line) in rest.iter().enumerate() {
        let is_last = index + 1 == rest.len();
        if is_last && index > 0 && rest[index - 1] == *line {
            // It stays out of the whole, so that whoever adds to the file writes over it.
            break;
        }
        let entry = if line.ends_with(b"\n") { Entry::read(line) } else { Err("it has no end".to_owned()) };
        match entry {
            Ok(_) if ended => return Err(damaged(path, index + 2, "the journal has ended before it")),
            Ok((at, entry)) => {
                ended = matches!(entry, Entry::End { .. });
                journal.take(at, entry, &known).map_err(|what| damaged(path, index + 2, &what))?;
                journal.whole += length(line);
            }
            Err(_) if is_last => journal.torn = true,
            Err(what) => return Err(damaged(path, index + 2, &what)),
        }
    }
    Ok(Some(journal).filter(|_| !ended))
}

fn length(line: &[u8]) -> u64 {
    u64::try_from(line.len()).unwrap_or(u64::MAX)
}

impl Unfinished {
    fn take(&mut self, at: Timestamp, entry: Entry, known: &BTreeSet<ChangeId>) -> Result<(), String> {
        match entry {
            Entry::Intent(change) => {
                if !known.contains(&change.id) {
                    return Err(format!("the plan that its first line names has no change {}", change.id));
                }
                let id = change.id.clone();
                let change = *change;
                let started =
                    Started { change, at, answer: None, answered: None, outcome: None, found: None };
                match self.started.insert(id, started) {
                    Some(before) => Err(format!("{} is about to be sent a second time", before.change.id)),
                    None => Ok(()),
                }
            }
            Entry::Answer(id, answer) => {
                let open = self.open(&id)?;
                (open.answer, open.answered) = (Some(answer), Some(at));
                Ok(())
            }
            Entry::Recovered(id, found) => {
                self.open(&id)?.found = Some(found);
                Ok(())
            }
            Entry::Outcome(outcome) => {
                match self.started.get_mut(&outcome.change) {
                    Some(started) => started.outcome = Some(outcome),
                    None => drop(self.unsent.insert(outcome.change.clone(), outcome)),
                }
                Ok(())
            }
            Entry::End { .. } => Ok(()),
        }
    }

    fn open(&mut self, id: &ChangeId) -> Result<&mut Started, String> {
        self.started.get_mut(id).ok_or_else(|| format!("{id} was never about to be sent"))
    }

    /// Whether the apply died on its way: not every change of its plan has an outcome.
    #[must_use]
    pub fn broke_off(&self) -> bool {
        let has_outcome = |id: &ChangeId| match self.started.get(id) {
            Some(started) => started.outcome.is_some(),
            None => self.unsent.contains_key(id),
        };
        !self.header.changes.iter().all(has_outcome)
    }

    /// What has yet to be found out.
    pub fn open_changes(&self) -> impl Iterator<Item = &Started> {
        self.started.values().filter(|started| started.is_open())
    }

    /// What has yet to be found out, in words.
    pub fn open_words(&self) -> impl Iterator<Item = String> {
        self.open_changes().map(|started| instruction(&started.change))
    }
}

fn unreadable(path: &Path, what: &str) -> JournalError {
    JournalError(format!(
        "{} cannot be read: {what}. It may tell of changes that an earlier apply left open, so that nothing is applied \
         without it. Mend that, or move the file away once `grantline plan` shows what you expect.",
        path.display()
    ))
}

fn damaged(path: &Path, line: usize, what: &str) -> JournalError {
    JournalError(format!(
        "{}:{line} is no line of a journal that can be understood: {what}. It may tell of changes that an earlier apply \
         left open, so that nothing is applied without it. Restore the file, read it with the version of grantline that \
         wrote it, or move it away once `grantline plan` shows what you expect.",
        path.display()
    ))
}

#[cfg(test)]
mod tests;
