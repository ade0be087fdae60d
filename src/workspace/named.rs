//! The files outside `access/` that steer what is done there, and so belong to the workspace's digest: the pages files
//! that vendors name.

use super::files;
use super::load::hexadecimal;
use super::model::Workspace;
use sha2::{Digest, Sha256};
use std::path::Path;

/// Adds each named file's name and bytes to the workspace's digest. What is wrong with one is told elsewhere: one that
/// cannot be read counts as that.
pub(super) fn add(root: &Path, workspace: &mut Workspace) {
    for vendor in workspace.vendors.values() {
        let Some(file) = &vendor.pages.file else { continue };
        let bytes = bytes(root, &file.value).map(|bytes| hexadecimal(&Sha256::digest(bytes)));
        let bytes = bytes.unwrap_or_else(|| "unread".to_owned());
        let line = format!("{}\n{bytes}  {}\n", workspace.digest, file.value.escape_default());
        workspace.digest = format!("sha256:{}", hexadecimal(&Sha256::digest(line)));
    }
}

fn bytes(root: &Path, file: &str) -> Option<Vec<u8>> {
    let root = root.canonicalize().ok()?;
    let path = root.join(file).canonicalize().ok()?;
    // What lies outside is refused before anything rests on it, and a pipe's reading may never end.
    let fits = path.starts_with(&root) && path.is_file();
    fits.then(|| files::Content::OnDisk(path).read().ok()).flatten()
}
