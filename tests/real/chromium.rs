//! A hidden Chromium, and what a person does in it beside the program.

use async_trait::async_trait;
use grantline::apply::browser::{Capture, PageError, Session, Sight, Until};
use grantline::net::webdriver::{Browser, Options};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::Mutex;

/// What a browser needs where nobody sees it and everything may run as root, and what keeps it from calling home.
const ARGUMENTS: [&str; 7] = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A hidden window with an empty profile. Both it and its driver end with the test.
pub(super) async fn browser(profile: &Path) -> Browser {
    let options = Options {
        profile: profile.join("profile"),
        headless: true,
        patience: Duration::from_secs(4),
        arguments: ARGUMENTS.map(ToOwned::to_owned).to_vec(),
    };
    Browser::open(&options)
        .await
        .unwrap_or_else(|error| panic!("{error}: `tests/run` installs what is missing"))
}

pub(super) fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work)
}

/// One window that a person and the program use in turn. It ends when the last of them lets go of it.
#[derive(Clone)]
pub(super) struct Window {
    // Dropped before the folder that its profile lies in.
    browser: Arc<Mutex<Browser>>,
    _folder: Arc<TempDir>,
}

impl Window {
    pub(super) async fn open() -> Self {
        let folder = TempDir::new().unwrap();
        let browser = Arc::new(Mutex::new(browser(folder.path()).await));
        Self { browser, _folder: Arc::new(folder) }
    }

    /// Presses what is called so; in the row of an address, where there is one.
    pub(super) async fn presses(&mut self, what: &str, row: Option<&str>) {
        let pressed = self.press(&[what.to_owned()], row).await;
        pressed.unwrap_or_else(|error| panic!("{what}: {error}"));
    }

    /// Whether a line of the page holds this.
    pub(super) async fn shows(&mut self, text: &str) -> bool {
        let sight = self.look(&Until::Word(vec![text.to_owned()])).await.unwrap();
        sight.lines.iter().any(|line| line.contains(text))
    }
}

#[async_trait]
impl Session for Window {
    async fn open(&mut self, url: &str) -> Result<(), PageError> {
        self.browser.lock().await.open(url).await
    }

    async fn look(&mut self, until: &Until) -> Result<Sight, PageError> {
        self.browser.lock().await.look(until).await
    }

    async fn press(&mut self, what: &[String], row: Option<&str>) -> Result<(), PageError> {
        self.browser.lock().await.press(what, row).await
    }

    async fn can_press(&mut self, what: &[String], row: Option<&str>) -> Result<(), PageError> {
        self.browser.lock().await.can_press(what, row).await
    }

    async fn fill(&mut self, label: &[String], value: &str) -> Result<(), PageError> {
        self.browser.lock().await.fill(label, value).await
    }

    async fn choose(
        &mut self,
        label: &[String],
        option: &[String],
        row: Option<&str>,
    ) -> Result<(), PageError> {
        self.browser.lock().await.choose(label, option, row).await
    }

    async fn capture(&mut self, keep: &[String]) -> Result<Capture, PageError> {
        self.browser.lock().await.capture(keep).await
    }

    async fn is_open(&mut self) -> bool {
        self.browser.lock().await.is_open().await
    }

    /// Another may go on with it: it ends when the last one lets go.
    async fn close(&mut self) {}
}
