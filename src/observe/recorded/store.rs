//! Snapshot files under the workspace's root. Nothing is read from or written to a place outside it.

use super::file::{Damage, RecordedSnapshot};
use crate::domain::{ResourceName, VendorName};
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Where snapshots live, under the workspace's root.
const FOLDER: [&str; 2] = ["access", "snapshots"];

/// The largest snapshot that is read, in bytes: more than the largest table can give.
const MAX_BYTES: u64 = 256 << 20;

/// Why there is no snapshot where one was looked for.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Nobody has recorded one.
    #[error("is not there")]
    Absent,
    /// It cannot be read, or must not be.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It was read, and cannot be believed.
    #[error("{0}")]
    Damaged(#[from] Damage),
}

/// The file of a resource's snapshot, from the workspace's root, with `/` between its parts.
#[must_use]
pub fn file_of(vendor: &VendorName, resource: &ResourceName) -> String {
    format!("{}/{}/{vendor}/{resource}.json", FOLDER[0], FOLDER[1])
}

/// Reads a resource's snapshot.
///
/// # Errors
/// [`LoadError`].
pub fn load(
    root: &Path,
    vendor: &VendorName,
    resource: &ResourceName,
) -> Result<RecordedSnapshot, LoadError> {
    let path = root.join(file_of(vendor, resource));
    let real = match path.canonicalize() {
        Ok(real) => real,
        // A link that leads nowhere is there, and is no snapshot.
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err() => {
            return Err(LoadError::Absent);
        }
        Err(error) => return Err(error.into()),
    };
    inside(root, &real)?;
    if !real.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file").into());
    }
    let mut text = String::new();
    File::open(&real)?.take(MAX_BYTES).read_to_string(&mut text)?;
    let snapshot = RecordedSnapshot::parse(&text)?;
    if snapshot.vendor != *vendor || snapshot.resource != *resource {
        return Err(Damage::Format("it is another resource's".to_owned()).into());
    }
    Ok(snapshot)
}

/// Writes a snapshot in place of the one before it, all of it or nothing.
///
/// # Errors
/// When a folder cannot be made, or leads out of the workspace, or the disk refuses.
pub(super) fn save(root: &Path, snapshot: &RecordedSnapshot) -> io::Result<String> {
    let name = file_of(&snapshot.vendor, &snapshot.resource);
    let folder = folder(root, &snapshot.vendor)?;
    let path = folder.join(format!("{}.json", snapshot.resource));
    if path.symlink_metadata().is_ok_and(|about| !about.is_file()) {
        return Err(io::Error::other(format!("{name} is no regular file")));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".snapshot-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // Evidence for the repository's readers; the user's own mask is applied.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(&folder)?;
    file.write_all(snapshot.to_text().as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    // Only some systems let a folder be opened; on the others the rename is all there is.
    if let Ok(folder) = File::open(&folder) {
        let _ = folder.sync_all();
    }
    Ok(name)
}

/// The vendor's folder, made step by step, so that none is made behind a link that leads elsewhere.
fn folder(root: &Path, vendor: &VendorName) -> io::Result<PathBuf> {
    let mut folder = root.canonicalize()?;
    for part in FOLDER.into_iter().chain([vendor.as_str()]) {
        let next = folder.join(part);
        match fs::create_dir(&next) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => folder = next.canonicalize()?,
        }
        inside(root, &folder)?;
    }
    Ok(folder)
}

fn inside(root: &Path, real: &Path) -> io::Result<()> {
    if real.starts_with(root.canonicalize()?) {
        return Ok(());
    }
    Err(io::Error::other("a symbolic link leads out of the workspace"))
}
