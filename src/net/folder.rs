//! Folders that hold what is nobody else's business.

use std::path::Path;

/// What a workspace keeps on one machine: sign-ins, captures, embedded vendors.
const LOCAL: &str = ".grantline";

/// Makes a folder that only its owner can enter, and what is missing above it. One that is there already, made with
/// other rights or checked out with the repository, is closed to others. What lies under `.grantline` is kept out of git,
/// whatever the repository ignores.
///
/// # Errors
/// When it cannot be made or closed, or is a link: that leads to where somebody else may look.
pub(crate) fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    let about = std::fs::symlink_metadata(path)?;
    if about.is_symlink() {
        return Err(std::io::Error::other("it is a symbolic link, and must be a folder"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if about.permissions().mode() & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
        }
    }
    keep_out_of_git(path)
}

fn keep_out_of_git(path: &Path) -> std::io::Result<()> {
    let local = path.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == LOCAL));
    let Some(local) = local else { return Ok(()) };
    match std::fs::OpenOptions::new().write(true).create_new(true).open(local.join(".gitignore")) {
        Ok(mut file) => std::io::Write::write_all(&mut file, b"*\n"),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::private_folder;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    #[test]
    fn a_folder_that_others_could_enter_is_closed() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("browser/clarity");
        fs::create_dir_all(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        private_folder(&folder).unwrap();
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_link_is_no_private_folder() {
        let root = tempfile::tempdir().unwrap();
        let (elsewhere, link) = (root.path().join("elsewhere"), root.path().join("link"));
        fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, &link).unwrap();
        assert!(private_folder(&link).is_err());
    }
}
