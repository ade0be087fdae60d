//! The operator's own Chromium, driven over WebDriver.
//!
//! A profile of its own keeps the sign-in, which a person makes by hand: no password and no cookie is read or stored
//! here. The driver is a child of this process on a loopback port that it chooses; both it and the browser end with the
//! session, however that ends.

mod driver;
mod script;
mod session;
mod window;

use super::private_folder;
use driver::Driver;

use std::path::{Path, PathBuf};
use std::time::Duration;
pub use window::Browser;

/// Where profiles lie, under the workspace's root.
const FOLDER: &str = ".grantline/browser";

/// As long as a person would look at a page that is still loading.
const PATIENCE: Duration = Duration::from_secs(15);

/// How a browser is opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The folder that keeps the sign-in. It is made if it is not there, for its owner alone.
    pub profile: PathBuf,
    /// Whether nobody sees the window. An operator's window is always seen; tests hide theirs.
    pub headless: bool,
    /// How long something is waited for that should be on a page.
    pub patience: Duration,
    /// More arguments for Chromium.
    pub arguments: Vec<String>,
}

impl Options {
    /// A window that is seen, with the profile of a vendor in the workspace of this root.
    #[must_use]
    pub fn visible(root: &Path, vendor: &str) -> Self {
        let profile = root.join(FOLDER).join(vendor);
        Self { profile, headless: false, patience: PATIENCE, arguments: Vec::new() }
    }
}

/// Why no browser could be opened.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// The folder for the sign-in cannot be made.
    #[error("the browser's profile {} cannot be used: {error}", .path.display())]
    Profile {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// There is no driver.
    #[error(
        "`{program}` cannot be started: {error}. Install Chromium and its driver (on Debian: chromium and \
         chromium-driver), or set CHROMEDRIVER to the driver's path"
    )]
    NoDriver {
        /// What was tried.
        program: String,
        /// Why.
        error: std::io::Error,
    },
    /// The driver does not say where it listens.
    #[error("`{program}` was started and did not say where it listens: {why}")]
    Silent {
        /// What was started.
        program: String,
        /// What it did instead.
        why: String,
    },
    /// The driver opens no window.
    #[error(
        "Chromium cannot be opened: {message}. Close other windows of this profile, check that its driver is of the same \
         version, or set CHROME to the browser's path"
    )]
    NoWindow {
        /// What the driver said.
        message: String,
    },
}

impl Browser {
    /// Starts a driver and opens a window.
    ///
    /// # Errors
    /// A [`BrowserError`] that says what is missing.
    pub async fn open(options: &Options) -> Result<Self, BrowserError> {
        private_folder(&options.profile)
            .map_err(|error| BrowserError::Profile { path: options.profile.clone(), error })?;
        let driver = Driver::start().await?;
        window::open(driver, options).await
    }
}
