//! What goes wrong on a page.

use super::name::folded;
use std::fmt::Write as _;

/// As many names of what is there instead as a message lists.
const MOST_NAMES: usize = 8;

/// As much of one name as a message shows.
const LONGEST: usize = 60;

/// Why something could not be done on a page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// Nothing is called so.
    #[error("{}", missing(what, place, there))]
    Missing {
        /// Every spelling looked for.
        what: Vec<String>,
        /// Where.
        place: String,
        /// What is there, the likest first.
        there: Vec<String>,
    },
    /// Several are called so.
    #[error("{} stands {times} times {place}, and which one is meant cannot be told", quoted(what))]
    Several {
        /// Every spelling looked for.
        what: Vec<String>,
        /// Where.
        place: String,
        /// How often.
        times: usize,
    },
    /// No row of a table shows the address, or several do.
    #[error("{times} rows on the page show {account}, and one is expected")]
    Row {
        /// The address.
        account: String,
        /// How many do.
        times: usize,
    },
    /// It is there, and something keeps it from being used.
    #[error("{} is there and cannot be used: {why}", quoted(what))]
    Blocked {
        /// Every spelling looked for.
        what: Vec<String>,
        /// What keeps it.
        why: String,
    },
    /// The browser or the connection failed, and what was under way may have happened.
    #[error("{message}")]
    Broken {
        /// What happened.
        message: String,
    },
}

impl PageError {
    /// Whether what was asked for certainly did not happen.
    #[must_use]
    pub fn is_harmless(&self) -> bool {
        !matches!(self, Self::Broken { .. })
    }

    /// That nothing is called so: the names that are there are put in order of likeness.
    #[must_use]
    pub fn missing(what: &[String], place: &str, mut there: Vec<String>) -> Self {
        let far = |name: &String| {
            let name = folded(name);
            let likeness = what.iter().map(|one| strsim::jaro_winkler(&folded(one), &name));
            // A whole number, because a float has no order.
            (likeness.fold(0.0, f64::max) * -1000.0) as i64
        };
        there.sort();
        there.dedup();
        there.sort_by_cached_key(far);
        Self::Missing { what: what.to_vec(), place: place.to_owned(), there }
    }
}

fn missing(what: &[String], place: &str, there: &[String]) -> String {
    let mut text = format!("{} is not {place}", quoted(what));
    if there.is_empty() {
        text.push_str(", and nothing else of the kind is");
        return text;
    }
    let shown: Vec<String> = there.iter().take(MOST_NAMES).map(|name| quote(name)).collect();
    let _ = write!(text, "; what is there: {}", shown.join(", "));
    if there.len() > MOST_NAMES {
        let _ = write!(text, " and {} more", there.len() - MOST_NAMES);
    }
    text
}

/// Every spelling, as in `"Add user" (or "Invite user")`.
pub(super) fn quoted(what: &[String]) -> String {
    match what {
        [] => "a name that the pages file does not give".to_owned(),
        [only] => quote(only),
        [first, rest @ ..] => {
            let rest: Vec<String> = rest.iter().map(|one| quote(one)).collect();
            format!("{} (or {})", quote(first), rest.join(", "))
        }
    }
}

/// A page's text within a message: one short line without tricks.
pub(super) fn quote(text: &str) -> String {
    format!("\"{}\"", crate::net::neutral(text, LONGEST))
}
