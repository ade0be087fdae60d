//! Finds the workspace's files on the disk. What cannot be read is kept, with the reason: a file that is left
//! out would look like everyone in it having been removed.

use super::codes::Refusal;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest file that is read, in bytes.
pub(super) const MAX_FILE: u64 = 4 * 1024 * 1024;

/// The most that all files together may hold, in bytes.
pub(super) const MAX_TOTAL: u64 = 256 * 1024 * 1024;

/// Where files are looked for, under the workspace's root.
const ACCESS: &str = "access";

/// Where recorded readings and the records of what was done live, which are no part of what is desired.
const KEPT: [&str; 2] = ["access/snapshots", "access/records"];

/// A file of the workspace.
#[derive(Debug)]
pub(super) struct Input {
    /// Relative to the workspace's root, with `/` between its parts.
    pub(super) path: String,
    pub(super) content: Content,
}

/// What is in a file, or where that is, or why nobody knows.
#[derive(Debug)]
pub(super) enum Content {
    Bytes(Vec<u8>),
    OnDisk(PathBuf),
    Refused(Refusal),
}

impl Content {
    /// The bytes, read now if they are still on the disk.
    pub(super) fn read(self) -> Result<Vec<u8>, Refusal> {
        match self {
            Self::Bytes(bytes) if bytes.len() as u64 > MAX_FILE => Err(too_large()),
            Self::Bytes(bytes) => Ok(bytes),
            Self::OnDisk(path) => read(&path),
            Self::Refused(refusal) => Err(refusal),
        }
    }

    fn size(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::OnDisk(path) => fs::metadata(path).map_or(0, |about| about.len()),
            Self::Refused(_) => 0,
        }
    }
}

/// Refuses what is more than all files together may hold.
pub(super) fn bound(inputs: &mut [Input]) {
    let mut total = 0_u64;
    for input in inputs {
        total = total.saturating_add(input.content.size());
        if total > MAX_TOTAL {
            input.content = Content::Refused(Refusal {
                code: "file-too-large",
                summary: "the workspace is too large".to_owned(),
                detail: format!("With this file, all files together hold more than {} MiB.", MAX_TOTAL >> 20),
                hint: "Split the workspace into several, each with a root of its own.".to_owned(),
            });
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Refusal> {
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let size = file.metadata().map_or(0, |about| about.len()).min(MAX_FILE);
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
    if bytes.len() as u64 > MAX_FILE { Err(too_large()) } else { Ok(bytes) }
}

/// Every YAML file under `root/access`, in path order.
pub(super) fn find(root: &Path) -> Vec<Input> {
    let access = root.join(ACCESS);
    if fs::symlink_metadata(&access).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return Vec::new();
    }
    let mut finder =
        Finder { root: PathBuf::new(), seen: BTreeSet::new(), links: Vec::new(), found: Vec::new() };
    match fs::canonicalize(root) {
        Ok(real) => {
            finder.root = real;
            finder.visit(&access, ACCESS.to_owned());
        }
        Err(error) => finder.refuse(ACCESS.to_owned(), unreadable(&error)),
    }
    finder.follow();
    finder.found.sort_by(|a, b| a.path.cmp(&b.path));
    finder.found
}

struct Finder {
    /// The workspace's root without symbolic links.
    root: PathBuf,
    /// Real files and directories that were visited: each counts once, however many links lead to it.
    seen: BTreeSet<PathBuf>,
    /// Links, which are followed once everything that has a place of its own is found.
    links: Vec<(PathBuf, String)>,
    found: Vec<Input>,
}

impl Finder {
    fn visit(&mut self, path: &Path, name: String) {
        match fs::symlink_metadata(path) {
            Ok(about) if about.is_symlink() => self.links.push((path.to_owned(), name)),
            Ok(about) => self.enter(path, name, &about),
            Err(error) => self.refuse(name, unreadable(&error)),
        }
    }

    fn follow(&mut self) {
        while let Some((path, name)) = self.links.pop() {
            let real = match fs::canonicalize(&path) {
                Ok(real) => real,
                // It may have led to a folder of YAML files, and a folder skipped would mean "remove everybody in it".
                Err(error) => {
                    self.refuse(name, unreadable(&error));
                    continue;
                }
            };
            let about = match fs::metadata(&real) {
                Ok(about) => about,
                Err(error) => {
                    self.refuse(name, unreadable(&error));
                    continue;
                }
            };
            if !about.is_dir() && !is_yaml(&path) {
                continue;
            }
            if real.starts_with(&self.root) {
                self.enter(&real, name, &about);
            } else {
                self.refuse(name, escapes());
            }
        }
    }

    fn enter(&mut self, path: &Path, name: String, about: &Metadata) {
        let is_dir = about.is_dir();
        if !is_dir && !is_yaml(Path::new(&name)) {
            return;
        }
        let real = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let kept = KEPT.iter().any(|kept| name == *kept || (is_dir && real == self.root.join(kept)));
        if kept || !self.seen.insert(real) {
            return;
        }
        if is_dir {
            self.list(path, &name);
        } else if about.is_file() {
            self.found.push(Input { path: name, content: Content::OnDisk(path.to_owned()) });
        } else {
            self.refuse(name, special());
        }
    }

    fn list(&mut self, path: &Path, name: &str) {
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.refuse(name.to_owned(), unreadable(&error)),
        };
        let mut children = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => children.push(entry.file_name()),
                Err(error) => self.refuse(name.to_owned(), unreadable(&error)),
            }
        }
        children.sort();
        for child in children {
            self.visit(&path.join(&child), format!("{name}/{}", child.to_string_lossy()));
        }
    }

    fn refuse(&mut self, path: String, refusal: Refusal) {
        self.found.push(Input { path, content: Content::Refused(refusal) });
    }
}

fn is_yaml(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or("");
    extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml")
}

fn unreadable(error: &std::io::Error) -> Refusal {
    Refusal {
        code: "unreadable-file",
        summary: "this could not be read".to_owned(),
        detail: format!(
            "The system says: {error}. Leaving it out would look as if everyone in it had been removed."
        ),
        hint: "Make it readable to whoever runs this, or remove it from the workspace.".to_owned(),
    }
}

fn special() -> Refusal {
    Refusal {
        code: "unreadable-file",
        summary: "this is no regular file".to_owned(),
        detail: "It is a device, a pipe or a socket, and reading it may never end.".to_owned(),
        hint: "Replace it by a regular file, or rename it so that it does not end in `.yaml`.".to_owned(),
    }
}

fn too_large() -> Refusal {
    Refusal {
        code: "file-too-large",
        summary: "this file is too large".to_owned(),
        detail: format!("A file may hold at most {} MiB.", MAX_FILE >> 20),
        hint: "Split it into several files under `access/`; they are read as one workspace.".to_owned(),
    }
}

fn escapes() -> Refusal {
    Refusal {
        code: "symlink-escapes",
        summary: "this symbolic link leads out of the workspace".to_owned(),
        detail: "What lies outside is not part of the commit that is reviewed.".to_owned(),
        hint: "Copy what it leads to into the workspace, or delete the link.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "users: {}\n").unwrap();
        }
        dir
    }

    fn found(dir: &tempfile::TempDir) -> Vec<(String, &'static str)> {
        find(dir.path())
            .into_iter()
            .map(|input| match input.content.read() {
                Ok(_) => (input.path, ""),
                Err(refusal) => (input.path, refusal.code),
            })
            .collect()
    }

    #[test]
    fn yaml_files_are_found_in_path_order_and_nothing_else() {
        let dir = workspace(&[
            "access/b.yaml",
            "access/a/z.YML",
            "access/a.yaml",
            "access/snapshots/heap.yaml",
            "access/records/2026/plan.yaml",
            "access/a.yaml.bak",
            "access/b.json",
            "other/c.yaml",
        ]);
        let names: Vec<_> = found(&dir).into_iter().map(|(path, _)| path).collect();
        assert_eq!(names, ["access/a.yaml", "access/a/z.YML", "access/b.yaml"]);
    }

    #[test]
    fn a_workspace_without_files_is_none() {
        assert!(found(&tempfile::tempdir().unwrap()).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_once_inside_and_refused_outside() {
        use std::os::unix::fs::symlink;
        let outside = workspace(&["access/secret.yaml"]);
        let dir = workspace(&["access/a.yaml", "shared/team.yaml"]);
        let access = dir.path().join("access");
        symlink(dir.path().join("shared"), access.join("team")).unwrap();
        symlink(&access, access.join("loop")).unwrap();
        symlink("a.yaml", access.join("again.yaml")).unwrap();
        symlink(outside.path().join("access/secret.yaml"), access.join("out.yaml")).unwrap();
        symlink("nowhere", access.join("dangling.yaml")).unwrap();
        assert_eq!(
            found(&dir),
            [
                ("access/a.yaml".to_owned(), ""),
                ("access/dangling.yaml".to_owned(), "unreadable-file"),
                ("access/out.yaml".to_owned(), "symlink-escapes"),
                ("access/team/team.yaml".to_owned(), ""),
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_refused_without_being_opened() {
        let dir = workspace(&["access/a.yaml"]);
        let listener = std::os::unix::net::UnixListener::bind(dir.path().join("access/s.yaml")).unwrap();
        assert!(found(&dir).contains(&("access/s.yaml".to_owned(), "unreadable-file")));
        drop(listener);
    }

    #[test]
    fn a_huge_file_is_refused() {
        let dir = workspace(&[]);
        fs::create_dir_all(dir.path().join("access")).unwrap();
        let size = usize::try_from(MAX_FILE).unwrap();
        fs::write(dir.path().join("access/a.yaml"), vec![b'#'; size + 1]).unwrap();
        fs::write(dir.path().join("access/b.yaml"), vec![b'#'; size]).unwrap();
        let codes: Vec<_> = found(&dir).into_iter().map(|(_, code)| code).collect();
        assert_eq!(codes, ["file-too-large", ""]);
    }
}
