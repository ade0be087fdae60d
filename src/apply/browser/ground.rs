//! Where the work may go on: on the vendor's own origin, signed in, with nothing lying over the page.

use super::fault::quote;
use super::name::{folded, folded_holds};
use super::{PageError, Sight};
use crate::connector::ConnectorError;
use crate::connector::pages::Pages;
use crate::domain::VendorName;
use reqwest::Url;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// A phrase of that many words is looked for within a text; a shorter one must be a heading, a control or a line.
const PHRASE: usize = 3;

/// A vendor's pages, and where they are.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The vendor's name in the workspace.
    pub(super) vendor: VendorName,
    /// What is known of them.
    pub(super) pages: Arc<Pages>,
    base: Url,
    /// Which of a page's paths the vendor has, once it is known.
    paths: Arc<Mutex<BTreeMap<String, usize>>>,
}

/// Why the work on a page stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nobody is signed in.
    SignedOut(String),
    /// Something is in the way that a person must answer or do.
    Against(String),
    /// The operator was asked and did not say yes.
    Declined(String),
    /// The page shows what the plan does not expect.
    Moved(String),
    /// What the change is about is not there.
    Gone(String),
    /// The page does not look as the pages file describes it.
    Odd(String),
    /// The browser or the connection failed.
    Broken(String),
}

impl From<PageError> for Stop {
    fn from(error: PageError) -> Self {
        let message = format!("{error}.");
        match error {
            PageError::Broken { .. } => Self::Broken(message),
            PageError::Blocked { .. } => Self::Against(message),
            _ => Self::Odd(format!("The page does not look as the pages file describes it: {message}")),
        }
    }
}

impl Stop {
    fn message(&self) -> &str {
        match self {
            Self::SignedOut(text)
            | Self::Against(text)
            | Self::Declined(text)
            | Self::Moved(text)
            | Self::Gone(text)
            | Self::Odd(text)
            | Self::Broken(text) => text,
        }
    }

    /// What the engine should do about it. After a press that changes the vendor nobody knows what became of it, and
    /// only a reading tells.
    pub(super) fn error(&self, wrote: bool, more: &str) -> ConnectorError {
        if wrote {
            let message = format!(
                "The change was pressed, and what became of it could not be seen: {}{more}",
                self.message()
            );
            return ConnectorError::Unknown { message };
        }
        let message = format!("{} Nothing was changed.{more}", self.message());
        match self {
            Self::SignedOut(_) => ConnectorError::Unauthorised { message },
            Self::Against(_) | Self::Declined(_) | Self::Moved(_) => ConnectorError::Refused { message },
            Self::Gone(_) => ConnectorError::Gone { message },
            Self::Odd(_) => ConnectorError::ContractBroken { message },
            Self::Broken(_) => ConnectorError::RetryLater { after: None, message },
        }
    }
}

impl Ground {
    /// The pages at this base, without a slash at its end.
    ///
    /// # Errors
    /// A sentence, when the base is no address that a person could sign in at: https, or http on this machine.
    pub fn new(vendor: VendorName, pages: Arc<Pages>, base: &str) -> Result<Self, String> {
        let base =
            Url::parse(base).map_err(|error| format!("The address {} is no URL: {error}.", quote(base)))?;
        let host = base.host_str().unwrap_or_default();
        let local = ["127.0.0.1", "[::1]", "localhost"].contains(&host);
        // `https://vendor.example@elsewhere.example` is a place that a person takes for another.
        if base.username() != "" || base.password().is_some() || base.query().or(base.fragment()).is_some() {
            return Err(format!(
                "The pages' address at {} must be a scheme, a host and a path, and nothing else.",
                quote(host)
            ));
        }
        if base.scheme() == "https" || (base.scheme() == "http" && local) {
            Ok(Self { vendor, pages, base, paths: Arc::default() })
        } else {
            Err(format!(
                "The pages at {} are not opened, because others could read along; https is needed.",
                quote(base.as_str())
            ))
        }
    }

    /// Where the pages begin.
    #[must_use]
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// A page's paths, the one that led to it before at the front.
    pub(super) fn paths(&self, name: &str, count: usize) -> Vec<usize> {
        let known = self.paths.lock().unwrap_or_else(PoisonError::into_inner).get(name).copied();
        let rest = (0..count).filter(|at| Some(*at) != known);
        known.into_iter().chain(rest).collect()
    }

    /// Remembers which of a page's paths led to it.
    pub(super) fn led(&self, name: &str, at: usize) {
        self.paths.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), at);
    }

    /// The address of a path below the base.
    pub(super) fn url(&self, path: &str) -> Result<String, Stop> {
        let url = format!("{}{path}", self.base());
        match Url::parse(&url) {
            Ok(parsed) if parsed.origin() == self.base.origin() => Ok(url),
            _ => Err(Stop::Odd(format!(
                "The pages file has a path that leads away from {}: {}.",
                self.base(),
                quote(path)
            ))),
        }
    }

    /// Stops where a person must act first.
    pub(super) fn check(&self, sight: &Sight) -> Result<(), Stop> {
        let login = format!("Sign in with `grantline login {}`.", self.vendor);
        if !Url::parse(&sight.url).is_ok_and(|url| url.origin() == self.base.origin()) {
            let where_to = Url::parse(&sight.url)
                .map_or_else(|_| sight.url.clone(), |url| url.origin().ascii_serialization());
            return Err(Stop::SignedOut(format!(
                "The pages led away from {} to {}, where nothing is read or pressed. {login}",
                self.base(),
                quote(&where_to)
            )));
        }
        let texts = sight.headings.iter().chain(&sight.controls).chain(&sight.lines);
        let texts: BTreeSet<String> = texts.map(|text| folded(text)).collect();
        if let Some(word) = self.shown(&texts, &self.pages.signed_out) {
            return Err(Stop::SignedOut(format!("The page asks for a sign-in ({}). {login}", quote(&word))));
        }
        match self.shown(&texts, &self.pages.in_the_way) {
            None => Ok(()),
            Some(word) => Err(Stop::Against(format!(
                "Something lies over the page and asks for an answer ({}). Answer it by hand: `grantline login {}` opens \
                 the page.",
                quote(&word),
                self.vendor
            ))),
        }
    }

    /// The first of the words that stands among the page's texts, which are folded.
    fn shown(&self, texts: &BTreeSet<String>, words: &[String]) -> Option<String> {
        let spellings = words.iter().flat_map(|word| self.pages.spellings(word));
        let there = |spelling: &&str| {
            let word = folded(spelling);
            let is_phrase = spelling.split_whitespace().count() >= PHRASE;
            texts.contains(&word) || (is_phrase && texts.iter().any(|text| folded_holds(text, &word)))
        };
        spellings.into_iter().find(there).map(ToOwned::to_owned)
    }

    /// Every word that decides whether the work may go on, to wait for beside a heading.
    pub(super) fn obstacles(&self) -> impl Iterator<Item = String> + '_ {
        let words = self.pages.signed_out.iter().chain(&self.pages.in_the_way);
        words.flat_map(|word| self.pages.spellings(word)).map(ToOwned::to_owned)
    }
}

/// Whether what is on the page is a page of the vendor's that asks for no sign-in; otherwise why not, as a sentence.
///
/// # Errors
/// The sentence.
pub fn looks_signed_in(ground: &Ground, sight: &Sight) -> Result<(), String> {
    ground.check(sight).map_err(|stop| stop.message().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connector::pages;

    #[test]
    fn a_base_is_a_place_that_nobody_takes_for_another() {
        let text = "{format: grantline.pages/1, base: '', words: {}, pages: {}, tables: {}, signed_out: [],
                     in_the_way: [], procedures: []}";
        let pages = Arc::new(pages::parse(text).unwrap());
        let ground = |base: &str| {
            Ground::new(VendorName::parse("clarity").unwrap(), Arc::clone(&pages), base).map(drop)
        };
        for good in ["https://clarity.example", "https://clarity.example/app/", "http://127.0.0.1:4000"] {
            assert_eq!(ground(good), Ok(()), "{good}");
        }
        for bad in [
            "https://clarity.example@elsewhere.example",
            "https://me:secret@clarity.example",
            "https://clarity.example/?next=",
            "https://clarity.example/#",
            "http://clarity.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "clarity.example",
        ] {
            let error = ground(bad).unwrap_err();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
