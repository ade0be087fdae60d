//! The ledger's file.

use super::event::Event;
use super::fold::{Entry, fold};
use crate::domain::TaskId;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// Where it is, under the workspace's root.
pub const FILE: &str = "access/records/tasks.jsonl";

/// The first line.
const HEADER: &str = "{\"format\":\"grantline.tasks/1\"}";

/// Why the ledger cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The system refuses.
    #[error("{FILE} cannot be read or written")]
    Io(#[from] io::Error),
    /// A line is none.
    #[error(
        "{FILE}:{line}: {what}. Lines are only ever added to this file: restore this one from git, or delete it"
    )]
    Broken {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// It lies elsewhere.
    #[error("{FILE} is a link or lies outside of the workspace; what is there is not part of its commits")]
    Outside,
}

/// The ledger as it was read.
#[derive(Debug)]
pub struct Ledger {
    root: PathBuf,
    events: Vec<Event>,
}

impl Ledger {
    /// Reads the ledger of the workspace at `root`; one that is not there yet is empty.
    ///
    /// # Errors
    /// A [`LedgerError`]: a ledger that cannot be read whole is never taken for an empty one.
    pub fn open(root: &Path) -> Result<Self, LedgerError> {
        let path = root.join(FILE);
        let events = match fs::symlink_metadata(&path) {
            Ok(_) => {
                refuse_outside(root, &path)?;
                parse(&fs::read(&path)?)?.events
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        Ok(Self { root: root.to_path_buf(), events })
    }

    /// What became of each task.
    #[must_use]
    pub fn entries(&self) -> BTreeMap<TaskId, Entry> {
        fold(&self.events)
    }

    /// What would become of each task with these events added.
    #[must_use]
    pub fn entries_with(&self, events: &[Event]) -> BTreeMap<TaskId, Entry> {
        fold(self.events.iter().chain(events))
    }

    /// Adds events, one line each, and returns once they are on the disk. A line that was never finished, because the
    /// machine went down, makes room for them.
    ///
    /// # Errors
    /// A [`LedgerError`]. Events before the one that failed may have been written; writing them again does no harm.
    pub fn append(&mut self, events: Vec<Event>) -> Result<(), LedgerError> {
        if events.is_empty() {
            return Ok(());
        }
        let path = self.root.join(FILE);
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        refuse_outside(&self.root, &path)?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
        file.lock()?;
        mend(&mut file)?;
        for event in &events {
            file.write_all(event.line().as_bytes())?;
        }
        file.sync_all()?;
        // The name of a new file is on the disk when its folder is; where folders cannot be opened, it is anyway.
        if let Ok(folder) = File::open(folder) {
            folder.sync_all()?;
        }
        self.events.extend(events);
        Ok(())
    }
}

/// A link would be followed to where no review sees what is written.
fn refuse_outside(root: &Path, path: &Path) -> Result<(), LedgerError> {
    let is_file = match fs::symlink_metadata(path) {
        Ok(about) => about.is_file(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(error) => return Err(error.into()),
    };
    let folder = path.parent().unwrap_or(root).canonicalize()?;
    if is_file && folder.starts_with(root.canonicalize()?) { Ok(()) } else { Err(LedgerError::Outside) }
}

/// Makes the file end where its last whole line does, and begin with the header.
fn mend(file: &mut File) -> Result<(), LedgerError> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    let parsed = parse(&bytes)?;
    if parsed.whole < bytes.len() {
        file.set_len(u64::try_from(parsed.whole).unwrap_or(u64::MAX))?;
    }
    if parsed.whole == 0 {
        file.write_all(format!("{HEADER}\n").as_bytes())?;
    } else if bytes[parsed.whole - 1] != b'\n' {
        file.write_all(b"\n")?;
    }
    Ok(())
}

pub(super) struct Parsed {
    pub(super) events: Vec<Event>,
    /// How many bytes at the beginning are whole lines, the last one perhaps without its end.
    pub(super) whole: usize,
}

/// Reads the file's bytes. What follows the last line's end may be torn, and is left out then.
pub(super) fn parse(bytes: &[u8]) -> Result<Parsed, LedgerError> {
    let mut parsed = Parsed { events: Vec::new(), whole: 0 };
    for (index, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        match read(line, index == 0) {
            Ok(event) => parsed.events.extend(event),
            Err(_) if !line.ends_with(b"\n") => break,
            Err(what) => return Err(LedgerError::Broken { line: index + 1, what }),
        }
        parsed.whole += line.len();
    }
    Ok(parsed)
}

/// The event of a line. The header stands first; a merge of two new files can leave it in between too.
fn read(line: &[u8], first: bool) -> Result<Option<Event>, String> {
    let text = std::str::from_utf8(line).map_err(|error| error.to_string())?.trim_end_matches(['\n', '\r']);
    match text {
        HEADER => Ok(None),
        _ if first => Err(format!("the first line must be {HEADER}")),
        "" => Ok(None),
        text => Event::read(text).map(Some),
    }
}
