//! A window of the browser, and how long it is waited for.

use super::driver::Driver;
use super::script;
use super::{BrowserError, Options};
use crate::apply::browser::PageError;
use crate::net::neutral;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::time::{Duration, Instant};
use thirtyfour::error::{WebDriverError, WebDriverErrorInner};
use thirtyfour::{Capabilities, TimeoutConfiguration, WebDriver};

/// The browser's path, where its driver does not find it.
const VARIABLE: &str = "CHROME";

/// How long one command may take, opening a page on a busy machine among them.
const COMMAND: Duration = Duration::from_secs(180);

/// How long a page may take to load, and a script to answer.
const PAGE: Duration = Duration::from_secs(90);

/// How long a page must be still to be done with what was pressed, in milliseconds.
const QUIET: u64 = 300;

/// How often a page may go away while it is asked something.
const MOST_PAGES: usize = 20;

/// As much of what a driver says as a message shows.
const LONGEST: usize = 200;

/// One window of the operator's browser.
#[derive(Debug)]
pub struct Browser {
    /// None once it is closed.
    window: Option<WebDriver>,
    driver: Driver,
    /// How long something is waited for that should be on a page.
    patience: Duration,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends the window; the library's own way would block on a second runtime.
        if let Some(window) = self.window.take() {
            let _ = window.leak();
        }
    }
}

pub(super) async fn open(mut driver: Driver, options: &Options) -> Result<Browser, BrowserError> {
    match connect(&driver, options).await {
        Ok(window) => Ok(Browser { window: Some(window), driver, patience: options.patience }),
        Err(error) => {
            driver.end().await;
            Err(BrowserError::NoWindow { message: said(&error) })
        }
    }
}

async fn connect(driver: &Driver, options: &Options) -> Result<WebDriver, WebDriverError> {
    // The driver is on this machine, whatever proxy leads out of it.
    let client = reqwest::Client::builder().no_proxy().timeout(COMMAND).build();
    let client = client.map_err(|error| WebDriverError::RequestFailed(error.to_string()))?;
    let window = WebDriver::builder(driver.url(), capabilities(options)).client(client).connect().await?;
    let timeouts = TimeoutConfiguration::new(Some(PAGE), Some(PAGE), Some(Duration::ZERO));
    window.update_timeouts(timeouts).await?;
    Ok(window)
}

fn capabilities(options: &Options) -> Capabilities {
    let mut arguments = vec![
        format!("--user-data-dir={}", options.profile.display()),
        "--no-first-run".to_owned(),
        "--no-default-browser-check".to_owned(),
    ];
    if options.headless {
        arguments.push("--headless".to_owned());
    }
    arguments.extend(options.arguments.iter().cloned());
    // The browser must not offer to keep the password that a person signs in with.
    let preferences =
        json!({ "credentials_enable_service": false, "profile.password_manager_enabled": false });
    let mut chromium = json!({ "args": arguments, "prefs": preferences });
    if let Ok(binary) = std::env::var(VARIABLE) {
        chromium["binary"] = binary.into();
    }
    let mut capabilities = Map::new();
    capabilities.insert("browserName".to_owned(), "chrome".into());
    // A question of the page's own dialog is answered with no.
    capabilities.insert("unhandledPromptBehavior".to_owned(), "dismiss and notify".into());
    capabilities.insert("goog:chromeOptions".to_owned(), chromium);
    capabilities.into()
}

/// What the driver said, on one short line: its own message ends where its stack begins.
fn said(error: &WebDriverError) -> String {
    let text = error.to_string();
    let text = text.split("Stacktrace:").next().unwrap_or_default();
    neutral(text, LONGEST)
}

pub(super) fn broken(error: &WebDriverError) -> PageError {
    PageError::Broken { message: format!("the browser failed: {}", said(error)) }
}

/// Whether a page went away while a script ran on it, so that it is worth asking the next one.
fn is_passing(error: &WebDriverError, since: Instant) -> bool {
    match error.as_inner() {
        WebDriverErrorInner::JavascriptError(_)
        | WebDriverErrorInner::UnknownError(_)
        | WebDriverErrorInner::StaleElementReference(_) => true,
        // Sometimes the driver calls it so when a script ends with its page, long before its time is over.
        WebDriverErrorInner::ScriptTimeout(_) => since.elapsed() < PAGE,
        _ => false,
    }
}

/// What kept an element from being used, where the driver says that it did nothing.
fn refused(error: &WebDriverError) -> Option<&'static str> {
    match error.as_inner() {
        WebDriverErrorInner::ElementClickIntercepted(_) => Some("something else lies over it"),
        WebDriverErrorInner::ElementNotInteractable(_) => Some("it cannot be reached"),
        WebDriverErrorInner::InvalidElementState(_) => Some("it takes no input"),
        WebDriverErrorInner::StaleElementReference(_) => Some("the page has replaced it meanwhile"),
        WebDriverErrorInner::NoSuchElement(_) => Some("the page has taken it away meanwhile"),
        _ => None,
    }
}

pub(super) fn acted(what: &[String], error: &WebDriverError) -> PageError {
    match refused(error) {
        Some(why) => PageError::Blocked { what: what.to_vec(), why: why.to_owned() },
        None => broken(error),
    }
}

impl Browser {
    pub(super) fn window(&self) -> Result<&WebDriver, PageError> {
        self.window.as_ref().ok_or_else(|| PageError::Broken { message: "the browser is closed".to_owned() })
    }

    /// Ends the window, the browser and its driver.
    pub(super) async fn end(&mut self) {
        if let Some(window) = self.window.take() {
            // A window that a person has closed cannot be closed again.
            let _ = window.quit().await;
            self.driver.end().await;
        }
    }

    /// What a function of the page's answers.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        call: &str,
        arguments: Vec<Value>,
    ) -> Result<T, PageError> {
        let script = script::call(&format!("return {call};"));
        for _ in 1..MOST_PAGES {
            let since = Instant::now();
            match self.window()?.execute(script.as_str(), arguments.clone()).await {
                Ok(answer) => return answer.convert().map_err(|error| broken(&error)),
                Err(error) if is_passing(&error, since) => self.settle().await?,
                Err(error) => return Err(broken(&error)),
            }
        }
        Err(PageError::Broken { message: "the page does not come to rest".to_owned() })
    }

    /// In milliseconds.
    fn patience(&self) -> Value {
        u64::try_from(self.patience.as_millis()).unwrap_or(u64::MAX).into()
    }

    /// Waits until this is on the page. Whoever asks afterwards sees whether it is.
    pub(super) async fn wait(&self, until: &Value) -> Result<(), PageError> {
        self.within("wait", vec![until.clone(), self.patience()]).await
    }

    /// Waits until the page is loaded and still.
    pub(super) async fn settle(&self) -> Result<(), PageError> {
        self.within("rest", vec![QUIET.into(), self.patience()]).await
    }

    /// Runs a function that waits. A page that goes away under it has a next one, which is waited for.
    async fn within(&self, function: &str, arguments: Vec<Value>) -> Result<(), PageError> {
        let script = script::call(&format!("{function}(...arguments);"));
        for _ in 1..MOST_PAGES {
            let since = Instant::now();
            match self.window()?.execute_async(script.as_str(), arguments.clone()).await {
                Ok(_) => return Ok(()),
                Err(error) if is_passing(&error, since) => {}
                Err(error) => return Err(broken(&error)),
            }
        }
        Err(PageError::Broken { message: "the page does not come to rest".to_owned() })
    }
}
