//! Git: which commit a plan was made from, who works here, and what is kept of what people did.

pub mod tasks;

use git2::{Repository, Status, StatusEntry, StatusOptions};
use std::path::{Path, PathBuf};

/// The commit that is checked out, and whether `access/` differs from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The commit's id; none before the first commit.
    pub commit: Option<String>,
    /// Whether anything under `access/` but recorded snapshots and records is changed, added or removed since. A file
    /// that git ignores counts too where the workspace may read it: no commit holds it.
    pub dirty: bool,
}

/// Reads the head of the repository that `root` is in.
///
/// Gives none where `root` is in no repository. A repository that cannot be read counts as dirty without a
/// commit: the plan then names no commit rather than a wrong one.
#[must_use]
pub fn head(root: &Path) -> Option<Head> {
    let repository = Repository::discover(root).ok()?;
    let commit =
        repository.head().and_then(|head| head.peel_to_commit()).ok().map(|commit| commit.id().to_string());
    let dirty = is_dirty(&repository, root).unwrap_or(true);
    Some(Head { commit, dirty })
}

/// Who git says is at work in the repository that `root` is in, or on this machine: `Name <address>`, or as much of it
/// as is known.
#[must_use]
pub fn author(root: &Path) -> Option<String> {
    let config = Repository::discover(root).and_then(|repository| repository.config());
    let mut config = config.or_else(|_| git2::Config::open_default()).ok()?;
    let config = config.snapshot().ok()?;
    let text = |key| config.get_string(key).ok().filter(|text| !text.trim().is_empty());
    match (text("user.name"), text("user.email")) {
        (Some(name), Some(address)) => Some(format!("{name} <{address}>")),
        (name, address) => name.or(address),
    }
}

/// Whether git keeps anything of that folder of the workspace at `root`, under whatever case: some file systems have
/// one folder for all of them. Where git cannot say, it keeps nothing.
#[must_use]
pub fn keeps(root: &Path, folder: &str) -> bool {
    let Ok(repository) = Repository::discover(root) else { return false };
    let (top, root) = (repository.workdir().map(Path::canonicalize), root.canonicalize());
    let (Some(Ok(top)), Ok(root)) = (top, root) else { return false };
    let Ok(inside) = root.strip_prefix(&top) else { return false };
    let Some(prefix) = inside.join(folder).to_str().map(|path| format!("{}/", path.replace('\\', "/")))
    else {
        return false;
    };
    let is_in = |path: &[u8]| {
        path.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
    };
    repository.index().is_ok_and(|index| index.iter().any(|entry| is_in(&entry.path)))
}

fn is_dirty(repository: &Repository, root: &Path) -> Option<bool> {
    let top = repository.workdir()?.canonicalize().ok()?;
    let access = root.join("access").canonicalize().ok()?;
    let inside = access.strip_prefix(&top).ok()?;
    let mut options = StatusOptions::new();
    options
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_ignored(true)
        .recurse_ignored_dirs(true)
        .pathspec(inside)
        .disable_pathspec_match(true);
    let statuses = repository.statuses(Some(&mut options)).ok()?;
    let kept = ["snapshots", "records"].map(|folder| inside.join(folder));
    Some(statuses.iter().any(|entry| counts(&entry, &top, &kept)))
}

fn counts(entry: &StatusEntry<'_>, top: &Path, kept: &[PathBuf]) -> bool {
    // A name that is no text cannot be judged, and counts.
    let Ok(path) = std::str::from_utf8(entry.path_bytes()).map(Path::new) else { return true };
    let is_no_edit = entry.status() == Status::IGNORED && is_no_input(&top.join(path));
    !kept.iter().any(|folder| path.starts_with(folder)) && !is_no_edit
}

/// Whether it is a file that the workspace does not read, as an editor's or the desktop's own. A link or a folder
/// that is a repository of its own can lead to files that it does read.
fn is_no_input(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default();
    let yaml = ["yaml", "yml"].iter().any(|yaml| extension.eq_ignore_ascii_case(yaml));
    !yaml && path.symlink_metadata().is_ok_and(|about| about.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use git2::Signature;
    use std::fs;

    fn commit_all(repository: &Repository) -> String {
        let mut index = repository.index().unwrap();
        index.add_all(["*"], git2::IndexAddOption::DEFAULT, None).unwrap();
        index.write().unwrap();
        let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
        let who = Signature::now("t", "t@acme.example").unwrap();
        repository.commit(Some("HEAD"), &who, &who, "access: first", &tree, &[]).unwrap().to_string()
    }

    #[test]
    fn only_access_makes_it_dirty() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init(folder.path()).unwrap();
        fs::create_dir(folder.path().join("access")).unwrap();
        fs::write(folder.path().join("access/users.yaml"), "users: {}\n").unwrap();
        assert_eq!(head(folder.path()), Some(Head { commit: None, dirty: true }));
        let id = commit_all(&repository);
        assert_eq!(head(folder.path()), Some(Head { commit: Some(id.clone()), dirty: false }));
        fs::write(folder.path().join("notes.txt"), "not access\n").unwrap();
        assert_eq!(head(folder.path()), Some(Head { commit: Some(id.clone()), dirty: false }));
        fs::write(folder.path().join("access/users.yaml"), "users: { }\n").unwrap();
        assert_eq!(head(folder.path()), Some(Head { commit: Some(id), dirty: true }));
    }

    #[test]
    fn what_git_ignores_and_the_workspace_reads_makes_it_dirty() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init(folder.path()).unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("access/users.yaml", "users: {}\n");
        write(".gitignore", "local*\n.*.swp\n");
        commit_all(&repository);
        let dirty = || head(folder.path()).unwrap().dirty;
        assert!(!dirty());
        write("access/.users.yaml.swp", "an editor's");
        write("access/snapshots/clarity.csv", "recorded");
        write("access/snapshots/local.yaml", "recorded");
        write("access/records/tasks.jsonl", "recorded");
        write("access/records/local.yaml", "recorded");
        assert!(!dirty());
        for name in ["access/local.yaml", "access/local/deep/users.YML", "access/teams/local.yml"] {
            write(name, "users: {}\n");
            assert!(dirty(), "{name}");
            fs::remove_file(folder.path().join(name)).unwrap();
            assert!(!dirty(), "{name}");
        }
    }

    #[test]
    fn git_says_who_is_at_work() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init(folder.path()).unwrap();
        let set = |key: &str, value: &str| repository.config().unwrap().set_str(key, value).unwrap();
        set("user.name", "Ann");
        set("user.email", "ann@acme.example");
        assert_eq!(author(folder.path()).as_deref(), Some("Ann <ann@acme.example>"));
        set("user.email", " ");
        assert_eq!(author(folder.path()).as_deref(), Some("Ann"));
    }

    #[test]
    fn outside_git_there_is_no_head() {
        assert_eq!(head(tempfile::tempdir().unwrap().path()), None);
    }
}
