//! Folders and files that hold what is nobody else's business.

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind};
use std::path::Path;

/// What a workspace keeps on one machine: sign-ins, captures, embedded vendors.
const LOCAL: &str = ".grantline";

/// Makes a folder that only its owner can enter, and what is missing above it. One that is there already, made with
/// other rights or checked out with the repository, is closed to others. What lies under `.grantline` is kept out of git,
/// whatever the repository ignores.
///
/// # Errors
/// When it cannot be made or closed, or when it or a folder on the way from `.grantline` to it is a link: that leads to
/// where somebody else may look.
pub(crate) fn private_folder(path: &Path) -> std::io::Result<()> {
    let local = path.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == LOCAL));
    let own = local.unwrap_or(path);
    // Before anything is made, since it would be made behind the link.
    path.ancestors().take_while(|folder| folder.starts_with(own)).try_for_each(refuse_link)?;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    #[cfg(unix)]
    path.ancestors().take_while(|folder| folder.starts_with(own)).try_for_each(close)?;
    match local {
        Some(local) => keep_out_of_git(local),
        None => Ok(()),
    }
}

/// Opens a file in a private folder, for its owner alone if it is made now.
///
/// # Errors
/// When it cannot be opened, or is there and no regular file: a link, which may have been checked out with the
/// repository, would have what belongs here written elsewhere.
pub(crate) fn private_file(path: &Path, options: &mut OpenOptions) -> std::io::Result<File> {
    match std::fs::symlink_metadata(path) {
        Ok(about) if !about.is_file() => {
            return Err(Error::other("it is a symbolic link or no regular file, and must be one"));
        }
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.open(path)
}

fn refuse_link(folder: &Path) -> std::io::Result<()> {
    match std::fs::symlink_metadata(folder) {
        Ok(about) if about.is_symlink() => {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            let what = crate::net::neutral(&format!("{name} is a symbolic link, and must be a folder"), 200);
            Err(Error::other(what))
        }
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn close(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if std::fs::symlink_metadata(folder)?.permissions().mode() & 0o077 != 0 {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn keep_out_of_git(local: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(local.join(".gitignore")) {
        Ok(mut file) => std::io::Write::write_all(&mut file, b"*\n"),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::{private_file, private_folder};
    use std::fs::{self, OpenOptions, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;

    fn mode(path: &Path) -> Option<u32> {
        Some(fs::metadata(path).ok()?.permissions().mode() & 0o777)
    }

    #[test]
    fn a_folder_that_others_could_enter_is_closed() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("browser/clarity");
        fs::create_dir_all(&folder).unwrap();
        fs::set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
        private_folder(&folder).unwrap();
        assert_eq!(mode(&folder), Some(0o700));
    }

    #[test]
    fn what_was_checked_out_above_it_is_closed_too_and_nothing_above_that() {
        let root = tempfile::tempdir().unwrap();
        let local = root.path().join("acme/.grantline");
        fs::create_dir_all(local.join("browser")).unwrap();
        for folder in [&root.path().join("acme"), &local, &local.join("browser")] {
            fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
        }
        private_folder(&local.join("browser/clarity")).unwrap();
        assert_eq!([mode(&local), mode(&local.join("browser"))], [Some(0o700); 2]);
        assert_eq!(mode(&root.path().join("acme")), Some(0o755));
        assert_eq!(fs::read_to_string(local.join(".gitignore")).unwrap(), "*\n");
    }

    #[test]
    fn a_link_is_no_private_folder() {
        let root = tempfile::tempdir().unwrap();
        let (elsewhere, link) = (root.path().join("elsewhere"), root.path().join("link"));
        fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, &link).unwrap();
        assert!(private_folder(&link).is_err());
    }

    #[test]
    fn a_link_on_the_way_is_not_followed() {
        for at in [".grantline", ".grantline/browser"] {
            let root = tempfile::tempdir().unwrap();
            let elsewhere = root.path().join("elsewhere");
            fs::create_dir(&elsewhere).unwrap();
            let link = root.path().join(at);
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            symlink(&elsewhere, &link).unwrap();
            let error = private_folder(&root.path().join(".grantline/browser/clarity")).unwrap_err();
            assert!(error.to_string().contains("symbolic link"), "{error}");
            assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0, "{at}");
        }
    }

    #[test]
    fn a_private_file_is_for_its_owner_and_no_link() {
        let root = tempfile::tempdir().unwrap();
        let (file, link, dangling) =
            (root.path().join("file"), root.path().join("link"), root.path().join("dangling"));
        let open = |path: &Path| private_file(path, OpenOptions::new().append(true).create(true));
        open(&file).unwrap();
        assert_eq!(mode(&file), Some(0o600));
        symlink(&file, &link).unwrap();
        symlink(root.path().join("new"), &dangling).unwrap();
        assert!(open(&link).is_err() && open(&dangling).is_err());
        assert!(!root.path().join("new").exists());
    }
}
