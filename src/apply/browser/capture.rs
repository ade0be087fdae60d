//! Keeps what a page looked like when the work on it stopped, for the person who mends the pages file.

use super::{Session, redact};
use crate::domain::VendorName;
use crate::net::{Clock, private_folder};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where captures lie, under the workspace's root.
const FOLDER: &str = ".grantline/captures";

/// As many captures as may carry one name: several stops within a second.
const MOST: usize = 100;

/// Where captures are kept.
#[derive(Clone)]
pub struct Captures {
    folder: PathBuf,
    clock: Arc<dyn Clock>,
}

impl Captures {
    /// In the workspace of this root.
    #[must_use]
    pub fn new(root: &Path, clock: Arc<dyn Clock>) -> Self {
        Self { folder: root.join(FOLDER), clock }
    }

    /// What tells the time here.
    pub(super) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Keeps the page, redacted, and says where as a sentence with a blank before it. Says why where it cannot be kept:
    /// what stopped the work is more important than its capture.
    pub(super) async fn keep(
        &self,
        session: &mut dyn Session,
        vendor: &VendorName,
        step: &str,
        keep: &[String],
    ) -> String {
        let capture = match session.capture(keep).await {
            Ok(capture) => capture,
            Err(error) => return format!(" The page could not be captured: {error}."),
        };
        let name = format!("{vendor}-{}-{step}", self.clock.now().strftime("%Y%m%dT%H%M%SZ"));
        let html = redact::html(&capture.html, keep);
        match self.write(&name, &html, capture.picture.as_deref()) {
            Ok(paths) => {
                let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
                format!(" The page as it was, other people's addresses left out: {}.", paths.join(" and "))
            }
            Err(error) => format!(" The page could not be kept in {}: {error}.", self.folder.display()),
        }
    }

    /// Writes both files under one name that nobody has taken.
    fn write(&self, name: &str, html: &str, picture: Option<&[u8]>) -> std::io::Result<Vec<PathBuf>> {
        private_folder(&self.folder)?;
        for number in 1..=MOST {
            let name = if number == 1 { name.to_owned() } else { format!("{name}-{number}") };
            let page = self.folder.join(format!("{name}.html"));
            match self.write_new(&page, html.as_bytes()) {
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
                written => written?,
            }
            let mut paths = vec![page];
            if let Some(picture) = picture {
                let path = self.folder.join(format!("{name}.png"));
                self.write_new(&path, picture)?;
                paths.insert(0, path);
            }
            return Ok(paths);
        }
        Err(std::io::Error::other("too many captures of one moment"))
    }

    /// A file that only its owner can read: temporary files are made so.
    fn write_new(&self, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(bytes)?;
        file.persist_noclobber(path)?;
        Ok(())
    }
}
