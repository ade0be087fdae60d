//! The files behind a tenant: its state, its audit log, and the lock that keeps two servers apart. A tenant that is
//! kept in memory has none of them.

use super::StartError;
use super::audit::Entry;
use super::tenant::{Document, Tenant};
use crate::net::private_file;
use jiff::Timestamp;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where a tenant starts when there is no state yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seed {
    /// A file.
    File(PathBuf),
    /// Its text.
    Text(String),
}

/// Where a tenant is kept; none: in memory alone.
#[derive(Debug)]
pub(crate) struct Store(Option<Files>);

#[derive(Debug)]
struct Files {
    state: PathBuf,
    audit: PathBuf,
    /// Released when it is closed.
    _lock: File,
}

impl Store {
    pub(crate) fn open(state: &Path) -> Result<Self, StartError> {
        let failed = |error| StartError::State { path: state.to_owned(), error };
        fs::create_dir_all(parent(state)).map_err(failed)?;
        let lock = private_file(&state.with_extension("lock"), OpenOptions::new().write(true).create(true))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(StartError::InUse { path: state.to_owned() }),
            Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
        }
        let audit = state.with_extension("audit.jsonl");
        Ok(Self(Some(Files { state: state.to_owned(), audit, _lock: lock })))
    }

    /// Keeps nothing.
    pub(crate) fn in_memory() -> Self {
        Self(None)
    }

    /// The tenant as it was left; without a state, the seed's.
    pub(crate) fn load(&self, seed: Option<&Seed>, name: &str, now: Timestamp) -> Result<Tenant, StartError> {
        if let Some(Files { state, .. }) = &self.0 {
            match fs::read_to_string(state) {
                Ok(text) => return parse(&text, state, now),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(StartError::State { path: state.clone(), error }),
            }
        }
        match seed {
            None => Ok(Tenant::small(name, now)),
            Some(Seed::Text(text)) => parse(text, Path::new("the seed"), now),
            Some(Seed::File(path)) => {
                let text = fs::read_to_string(path)
                    .map_err(|error| StartError::State { path: path.clone(), error })?;
                parse(&text, path, now)
            }
        }
    }

    /// Replaces the state in one step, so that a reader sees the old one or the new one. It outlives a crash of
    /// the program; it is not forced to the disk for one of the machine, which would make rehearsals slow.
    pub(crate) fn save(&self, tenant: &Tenant) -> io::Result<()> {
        let Some(Files { state, .. }) = &self.0 else { return Ok(()) };
        let mut file = tempfile::NamedTempFile::new_in(parent(state))?;
        let mut out = io::BufWriter::new(file.as_file_mut());
        serde_json::to_writer_pretty(&mut out, &tenant.document())?;
        out.write_all(b"\n")?;
        out.flush()?;
        drop(out);
        file.persist(state).map_err(|error| error.error)?;
        Ok(())
    }

    /// The audit log of earlier runs. A line that a crash cut short is left out.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        let Some(files) = &self.0 else { return Vec::new() };
        let text = fs::read_to_string(&files.audit).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    pub(crate) fn append(&self, entry: &Entry) -> io::Result<()> {
        let Some(files) = &self.0 else { return Ok(()) };
        // The break comes first, so that a line that a crash cut short does not take the next one with it.
        let mut line = vec![b'\n'];
        serde_json::to_writer(&mut line, entry)?;
        private_file(&files.audit, OpenOptions::new().append(true).create(true))?.write_all(&line)
    }
}

fn parse(text: &str, path: &Path, now: Timestamp) -> Result<Tenant, StartError> {
    let malformed = |reason| StartError::Malformed { path: path.to_owned(), reason };
    let document: Document = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
    document.into_tenant(now).map_err(malformed)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
