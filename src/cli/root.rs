//! Which folder the workspace is in.

use super::output::Output;
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};

/// The folder that holds `access/`: the one asked for, or the nearest one above it. What lies outside the git repository
/// is somebody else's, and is not looked at.
///
/// # Errors
/// When none of them does, saying how to begin.
pub(crate) fn find(directory: Option<&Path>) -> anyhow::Result<PathBuf> {
    let asked = directory.unwrap_or_else(|| Path::new("."));
    let start =
        asked.canonicalize().with_context(|| format!("the folder {} cannot be opened", asked.display()))?;
    for folder in start.ancestors() {
        if folder.join("access").is_dir() {
            return Ok(folder.to_path_buf());
        }
        if is_repository(folder) {
            bail!("{}", nowhere(&start, Some(folder)));
        }
    }
    bail!("{}", nowhere(&start, None))
}

/// Says where the workspace is, if that is not the folder asked for.
pub(crate) fn tell(root: &Path, directory: Option<&Path>, output: &Output) {
    let asked = directory.unwrap_or_else(|| Path::new(".")).canonicalize();
    if asked.is_ok_and(|asked| asked != root) {
        output.talk(&format!("The workspace is the one in {}.", root.display()));
    }
}

/// Whether a repository begins there. In a worktree or a submodule `.git` is a file.
fn is_repository(folder: &Path) -> bool {
    folder.join(".git").symlink_metadata().is_ok()
}

fn nowhere(start: &Path, repository: Option<&Path>) -> String {
    let above = match repository {
        Some(top) if top == start => {
            ", and as its git repository begins there, none above it is looked at".to_owned()
        }
        Some(top) => format!(", nor has any above it in its git repository, {}", top.display()),
        None => ", nor has any folder above it".to_owned(),
    };
    format!(
        "{} has no folder `access`{above}; a workspace keeps its YAML files there. Begin with \
         `workspace: {{ name: NAME }}` in `access/workspace.yaml`, or name the folder of another workspace with `-C DIR`",
        start.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A workspace with a repository somewhere below it.
    fn above() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for name in ["access", "deep", "other/deep", "other/.git"] {
            fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        folder
    }

    #[test]
    fn the_search_goes_upwards_and_not_out_of_the_repository() {
        let folder = above();
        let root = folder.path().canonicalize().unwrap();
        assert_eq!(find(Some(&root.join("deep"))).unwrap(), root);
        for below in ["other", "other/deep"] {
            let said = find(Some(&root.join(below))).unwrap_err().to_string();
            assert!(said.contains("git repository") && said.contains("-C DIR"), "{said}");
        }
        fs::create_dir(root.join("other/access")).unwrap();
        assert_eq!(find(Some(&root.join("other/deep"))).unwrap(), root.join("other"));
    }

    #[test]
    fn a_repository_whose_git_is_a_file_ends_the_search_too() {
        let folder = above();
        fs::write(folder.path().join("deep/.git"), "gitdir: ../elsewhere\n").unwrap();
        assert!(find(Some(&folder.path().join("deep"))).is_err());
    }
}
