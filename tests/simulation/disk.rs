//! The disk under the journals: it loses what was not synced, tears last lines, and can be full.

use super::chance::Chance;
use super::world::World;
use grantline::apply::journal::{Header, Paper};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tempfile::TempDir;

/// What the disk does to the journal of one apply.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wear {
    /// No more than so many bytes fit.
    pub(crate) room: Option<usize>,
    /// The process dies at this call, before or after it is carried out.
    pub(crate) death_at: Option<(u64, bool)>,
}

/// One journal: what a crash leaves of it, and what it may take.
#[derive(Debug, Default)]
struct Sheet {
    path: PathBuf,
    durable: Vec<u8>,
    loose: Vec<u8>,
    wear: Wear,
    calls: u64,
    dead: bool,
    /// The changes that are on the disk as about to be sent.
    intended: BTreeSet<String>,
}

/// One machine's disk.
pub(crate) struct Disk {
    root: TempDir,
    sheet: Arc<Mutex<Sheet>>,
}

impl Disk {
    pub(crate) fn new() -> Self {
        let root = TempDir::new_in("/dev/shm").or_else(|_| TempDir::new()).unwrap();
        Self { root, sheet: Arc::default() }
    }

    /// The workspace's folder.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    fn sheet(&self) -> MutexGuard<'_, Sheet> {
        self.sheet.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Paper for the journal of a new apply.
    pub(crate) fn paper(&self, world: &Arc<World>, header: &Header, wear: Wear) -> Box<dyn Paper> {
        let path = self.root().join(".grantline/journal").join(format!("{}.jsonl", header.run));
        *self.sheet() = Sheet { path, wear, ..Sheet::default() };
        Box::new(SimPaper { world: Arc::clone(world), sheet: Arc::clone(&self.sheet) })
    }

    /// Whether it is on the disk that the change is about to be sent.
    pub(crate) fn is_intended(&self, change: &str) -> bool {
        self.sheet().intended.contains(change)
    }

    /// The process is gone: what it synced is there, and as much as chance will have it of the rest.
    pub(crate) fn keep(&self, died: bool, chance: &mut Chance) -> Vec<u8> {
        let mut sheet = self.sheet();
        let loose = std::mem::take(&mut sheet.loose);
        let kept = if died { chance.below(loose.len() + 1) } else { loose.len() };
        let mut bytes = std::mem::take(&mut sheet.durable);
        bytes.extend(&loose[..kept]);
        if !bytes.is_empty() {
            fs::create_dir_all(sheet.path.parent().unwrap()).unwrap();
            fs::write(&sheet.path, &bytes).unwrap();
        }
        bytes
    }
}

struct SimPaper {
    world: Arc<World>,
    sheet: Arc<Mutex<Sheet>>,
}

impl SimPaper {
    fn sheet(&self) -> MutexGuard<'_, Sheet> {
        self.sheet.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Carries a call out, unless the process dies before.
    fn call<T>(&self, work: impl FnOnce(&mut Sheet) -> io::Result<T>) -> io::Result<T> {
        let mut sheet = self.sheet();
        sheet.calls += 1;
        let death = sheet.wear.death_at.filter(|(at, _)| *at == sheet.calls);
        if sheet.dead || matches!(death, Some((_, false))) {
            sheet.dead = true;
            drop(sheet);
            return self.die();
        }
        let done = work(&mut sheet);
        if death.is_some() {
            sheet.dead = true;
            drop(sheet);
            return self.die();
        }
        done
    }

    fn die<T>(&self) -> io::Result<T> {
        self.world.crash.notify_one();
        Err(io::Error::other("the process is dead"))
    }
}

impl Paper for SimPaper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let full = self.call(|sheet| {
            let room =
                sheet.wear.room.map(|room| room.saturating_sub(sheet.durable.len() + sheet.loose.len()));
            let fits = room.map_or(bytes.len(), |room| room.min(bytes.len()));
            sheet.loose.extend(&bytes[..fits]);
            Ok(fits < bytes.len())
        })?;
        if full {
            self.world.state().tally.fault("disk full");
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.call(|sheet| {
            let loose = std::mem::take(&mut sheet.loose);
            for line in loose.split(|byte| *byte == b'\n') {
                let line: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
                if line["entry"] == "intent" {
                    sheet.intended.extend(line["change"]["id"].as_str().map(str::to_owned));
                }
            }
            sheet.durable.extend(loose);
            Ok(())
        })
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        let mut sheet = self.sheet();
        // A process that is dead mends nothing.
        if !sheet.dead {
            let (length, durable) = (usize::try_from(length).unwrap(), sheet.durable.len());
            sheet.durable.truncate(length);
            sheet.loose.truncate(length.saturating_sub(durable));
        }
        Ok(())
    }
}
