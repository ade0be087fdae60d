//! One apply at a time: a file in the workspace that whoever applies keeps locked, and that says who that is.
//!
//! The lock is the operating system's, so that it ends with the process that has it, however that ends. What the file
//! says is for people only, and nothing is decided by it. All of this is short work on a local file, and plain
//! synchronous calls do it: a lock that another thread holds for the caller would not end where the caller does.

use crate::net::{Clock, neutral, private_file, private_folder};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where it is, under the workspace's root.
const FILE: &str = ".grantline/apply.lock";

/// More than any holder writes.
const LONGEST: u64 = 4096;

/// More than a name, a host or a command needs.
const LONGEST_WORD: usize = 120;

/// How long to wait before the lock is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Who applies, in their own words: untrusted, and for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The person, or the account they work under.
    pub who: String,
    /// Their machine.
    pub host: String,
    /// The process on it.
    pub pid: u32,
    /// Since when.
    pub started: Timestamp,
    /// What they run.
    pub command: String,
}

impl Holder {
    /// Without anything that steers a terminal, and short.
    #[must_use]
    pub(crate) fn tamed(self) -> Self {
        let tame = |text: &str| neutral(text, LONGEST_WORD);
        Self { who: tame(&self.who), host: tame(&self.host), command: tame(&self.command), ..self }
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { who, host, pid, started, command } = self.clone().tamed();
        write!(f, "{who} on {host}, process {pid}, since {started}, with `{command}`")
    }
}

/// Why the lock cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// Somebody else has it.
    #[error(
        "another apply is at work on this workspace{}; wait until it has ended, or have this one wait with \
         --lock-timeout",
        .0.as_ref().map(|holder| format!(" ({holder})")).unwrap_or_default()
    )]
    Taken(Option<Holder>),
    /// The file cannot be used.
    #[error("{} cannot be opened, so that nothing keeps a second apply away: {why}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
    /// The filesystem cannot lock.
    #[error(
        "{} cannot be locked, so that nothing keeps a second apply away: {why}. Have the workspace on a filesystem \
         that can lock files; some network filesystems cannot",
        .path.display()
    )]
    Lock {
        /// Which.
        path: PathBuf,
        /// Why.
        why: io::Error,
    },
}

/// The lock. It is given back when this is dropped.
#[derive(Debug)]
pub struct Hold {
    file: File,
    left_by: Option<Holder>,
}

impl Hold {
    /// Takes the lock of the workspace at `root`, and says there who has it.
    ///
    /// # Errors
    /// A [`HoldError`]; [`HoldError::Taken`] when somebody else has it.
    pub fn take(root: &Path, holder: &Holder) -> Result<Self, HoldError> {
        let path = root.join(FILE);
        let mut file = open(&path).map_err(|why| HoldError::File { path: path.clone(), why })?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(HoldError::Taken(read(&mut file))),
            Err(TryLockError::Error(why)) => return Err(HoldError::Lock { path, why }),
        }
        let left_by = read(&mut file);
        write(&mut file, holder).map_err(|why| HoldError::File { path, why })?;
        Ok(Self { file, left_by })
    }

    /// Takes the lock, and where somebody else has it waits for at most `timeout` until they have given it back.
    ///
    /// # Errors
    /// As [`Hold::take`].
    pub async fn wait(
        root: &Path,
        holder: &Holder,
        timeout: Duration,
        clock: &dyn Clock,
    ) -> Result<Self, HoldError> {
        let begun = clock.elapsed();
        loop {
            let taken = match Self::take(root, holder) {
                Err(taken @ HoldError::Taken(_)) => taken,
                other => return other,
            };
            let rest = timeout.saturating_sub(clock.elapsed().saturating_sub(begun));
            if rest.is_zero() {
                return Err(taken);
            }
            clock.sleep(PAUSE.min(rest)).await;
        }
    }

    /// Who had the lock before and did not give it back: their process ended in the midst of its work.
    #[must_use]
    pub fn left_by(&self) -> Option<&Holder> {
        self.left_by.as_ref()
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // The lock ends with the file. A text that stays only makes the next holder name this one.
        let _ = self.file.set_len(0);
    }
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    private_file(path, OpenOptions::new().read(true).write(true).create(true).truncate(false))
}

/// What the file says. Whoever has just taken the lock may not have written yet.
fn read(file: &mut File) -> Option<Holder> {
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).ok()?;
    serde_json::from_str::<Holder>(&text).ok().map(Holder::tamed)
}

fn write(file: &mut File, holder: &Holder) -> io::Result<()> {
    let mut line = serde_json::to_vec(&holder.clone().tamed())?;
    line.push(b'\n');
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(&line)
}

#[cfg(test)]
mod tests;
