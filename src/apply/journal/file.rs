//! The journal of one apply, on paper.

use super::entry::{Entry, Header, run_id, second};
use super::{FOLDER, Journal, JournalError, Paper};
use crate::apply::send::possible;
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{Change, ChangeId, Outcome, OutcomeStatus};
use crate::net::{Clock, private_file, private_folder};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// More applies than begin in one second on one machine.
const NAMES: u32 = 64;

/// The journal of one apply.
pub struct FileJournal {
    clock: Arc<dyn Clock>,
    /// How to call it in a message.
    name: String,
    state: Mutex<State>,
}

struct State {
    paper: Box<dyn Paper>,
    /// How many bytes are whole lines.
    whole: u64,
    /// Why nothing more is written.
    broken: Option<JournalError>,
    /// What was about to be sent and has no certain end: whether the vendor may have carried it out.
    open: BTreeMap<ChangeId, bool>,
}

impl FileJournal {
    /// Begins the journal of an apply in the workspace at `root`, and returns once it is on the disk.
    ///
    /// # Errors
    /// A [`JournalError`] when it is not: then nothing may be sent.
    pub fn create(root: &Path, mut header: Header, clock: Arc<dyn Clock>) -> Result<Self, JournalError> {
        let folder = root.join(FOLDER);
        let failed = |path: &Path, error: &io::Error| unwritable(&path.display().to_string(), error);
        private_folder(&folder).map_err(|error| failed(&folder, &error))?;
        let second = second(&header.holder);
        for number in next(&folder, &second).map_err(|error| failed(&folder, &error))?..NAMES {
            header.run = run_id(&header.holder, number);
            let path = path(&folder, &header.run);
            match create(&path) {
                Ok(file) => {
                    let journal = Self::named(path.display().to_string(), Box::new(file), &header, clock)?;
                    // The name of a new file is on the disk when its folder is.
                    sync_folder(&folder).map_err(|error| failed(&folder, &error))?;
                    return Ok(journal);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(&path, &error)),
            }
        }
        Err(JournalError(format!(
            "{} holds too many journals of the same second; wait for a moment and run apply again.",
            folder.display()
        )))
    }

    /// Begins a journal on this paper, which is empty: for a simulation, whose paper fails as it is told. Everything
    /// else is as it is for a file.
    ///
    /// # Errors
    /// A [`JournalError`] when the paper cannot be written on.
    pub fn on(paper: Box<dyn Paper>, header: &Header, clock: Arc<dyn Clock>) -> Result<Self, JournalError> {
        Self::named(format!("the journal {}", header.run), paper, header, clock)
    }

    fn named(
        name: String,
        paper: Box<dyn Paper>,
        header: &Header,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, JournalError> {
        let state = State { paper, whole: 0, broken: None, open: BTreeMap::new() };
        let journal = Self { clock, name, state: Mutex::new(state) };
        let line = header.line().map_err(io::Error::from);
        journal.with(|state| journal.write(state, line, true))?;
        Ok(journal)
    }

    /// Ends the journal once the apply has, and returns when that is on the disk. Whether it could: a change that a
    /// vendor may have carried out unseen, and that somebody would notice twice, is left open for the next apply to
    /// look at.
    ///
    /// # Errors
    /// A [`JournalError`] when it cannot be written, now or before: the next apply finds it unfinished.
    pub fn close(&self) -> Result<bool, JournalError> {
        self.with(|state| {
            let whole = state.open.is_empty();
            let line = if whole { self.line(&Entry::End { later: false }) } else { Ok(Vec::new()) };
            self.write(state, line, true)?;
            Ok(whole)
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        // A panic elsewhere leaves the state as it was between two calls.
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn line(&self, entry: &Entry) -> io::Result<Vec<u8>> {
        Ok(entry.line(self.clock.now())?)
    }

    /// Adds whole lines. After the first failure nothing more is added: it would stand behind what may be half a line.
    fn write(&self, state: &mut State, lines: io::Result<Vec<u8>>, sync: bool) -> Result<(), JournalError> {
        if let Some(broken) = &state.broken {
            return Err(broken.clone());
        }
        let written = lines.and_then(|lines| {
            state.paper.write(&lines)?;
            if sync {
                state.paper.sync()?;
            }
            Ok(lines.len())
        });
        match written {
            Ok(length) => {
                state.whole += u64::try_from(length).unwrap_or(u64::MAX);
                Ok(())
            }
            Err(error) => {
                // What cannot be cut off is half a line at the end, which every reader drops.
                let _ = state.paper.cut(state.whole);
                let broken = unwritable(&self.name, &error);
                state.broken = Some(broken.clone());
                Err(broken)
            }
        }
    }
}

impl Journal for FileJournal {
    fn intend(&self, changes: &[&Change]) -> Result<(), JournalError> {
        let lines = changes.iter().map(|change| self.line(&Entry::Intent(Box::new((*change).clone()))));
        let lines = lines.collect::<io::Result<Vec<_>>>().map(|lines| lines.concat());
        self.with(|state| {
            self.write(state, lines, true)?;
            state.open.extend(changes.iter().map(|change| (change.id.clone(), true)));
            Ok(())
        })
    }

    fn answered(&self, change: &Change, answer: &Result<Receipt, ConnectorError>) {
        let line = self.line(&Entry::Answer(change.id.clone(), answer.clone()));
        self.with(|state| {
            if let Some(may_be) = state.open.get_mut(&change.id) {
                *may_be = answer.as_ref().err().is_none_or(|error| possible(change.channel, error));
            }
            // A failure is remembered, and the next intent says so.
            let _ = self.write(state, line, false);
        });
    }

    fn ended(&self, outcome: &Outcome) {
        let line = self.line(&Entry::Outcome(outcome.clone()));
        self.with(|state| {
            let may_be = state.open.get(&outcome.change);
            if may_be.is_some_and(|may_be| is_certain(outcome.status, *may_be)) {
                state.open.remove(&outcome.change);
            }
            let _ = self.write(state, line, false);
        });
    }
}

/// Whether nothing is left to find out about a change that ended so. `possible`: the vendor may have carried it out.
pub(super) fn is_certain(status: OutcomeStatus, possible: bool) -> bool {
    status == OutcomeStatus::Done || !possible
}

/// The number of the next apply of a second: behind those that are there.
fn next(folder: &Path, second: &str) -> io::Result<u32> {
    let mut next = 0;
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let number =
            name.strip_prefix(second).and_then(|rest| rest.get(..2)).and_then(|two| two.parse().ok());
        next = next.max(number.map_or(0, |number: u32| number + 1));
    }
    Ok(next)
}

/// The file of this run's journal.
pub(super) fn path(folder: &Path, run: &str) -> PathBuf {
    folder.join(format!("{run}.jsonl"))
}

fn create(path: &Path) -> io::Result<File> {
    private_file(path, OpenOptions::new().append(true).create_new(true))
}

/// An older journal, to add to.
pub(super) fn reopen(path: &Path) -> io::Result<File> {
    private_file(path, OpenOptions::new().read(true).append(true))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// Where folders cannot be opened, a file's name is on the disk when the file is.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A sentence that says what to do.
pub(super) fn unwritable(name: &str, error: &io::Error) -> JournalError {
    let mend = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "Make room on the disk",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "Have the folder `.grantline` writable by whoever runs grantline"
        }
        _ => "Mend the disk or the folder that it is in",
    };
    JournalError(format!(
        "{name} cannot be written ({error}), and nothing is sent that is not written down first. {mend}, and run \
         apply again."
    ))
}

#[cfg(test)]
mod tests;
