//! The source tree as values.

#![expect(clippy::unwrap_used, reason = "a check that cannot read its own tree should fail at once")]

use std::fs;
use std::path::{Path, PathBuf};

/// A text file of the tree.
pub(super) struct File {
    /// Its path from the top level, with forward slashes.
    pub(super) path: String,
    /// Its text.
    pub(super) text: String,
}

impl File {
    /// The file name without what follows its first dot.
    pub(super) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.split('.').next().unwrap_or(name)
    }

    /// The folder it lies in; empty at the top level.
    pub(super) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    pub(super) fn has_extension(&self, extension: &str) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, end)| end == extension)
    }

    pub(super) fn is_lock_file(&self) -> bool {
        ["Cargo.lock", "package-lock.json", "requirements.txt"].iter().any(|end| self.path.ends_with(end))
    }
}

/// Every text file under these paths, in order. A path that is not there adds nothing: not every part of the
/// layout has to exist.
pub(super) fn read_tree(paths: &[&str]) -> Vec<File> {
    let mut files = Vec::new();
    for path in paths {
        collect(&root().join(path), &mut files);
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files
}

/// The names at the top level that git does not ignore.
pub(super) fn top_level() -> Vec<String> {
    let ignored = fs::read_to_string(root().join(".gitignore")).unwrap();
    let ignored = ignored.lines().map(|line| line.trim_matches('/')).collect::<Vec<_>>();
    let mut names = entries(&root())
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .filter(|name| name != ".git" && !ignored.contains(&name.as_str()))
        .collect::<Vec<_>>();
    names.sort();
    names
}

fn collect(path: &Path, files: &mut Vec<File>) {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    if path.is_dir() && !["target", "node_modules", ".grantline"].contains(&name) {
        for entry in entries(path) {
            collect(&entry, files);
        }
    } else if path.is_file()
        && let Ok(text) = fs::read_to_string(path)
    {
        let relative = path.strip_prefix(root()).unwrap().to_str().unwrap();
        files.push(File { path: relative.replace('\\', "/"), text });
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
