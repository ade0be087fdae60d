//! What is run within a page, and the shape of its answers.

use crate::apply::browser::{Sheet, Sight, Until};
use serde::Deserialize;
use serde_json::{Value, json};

/// Functions that read a page.
const PAGE: &str = include_str!("page.js");

/// Makes a page fit for a picture.
pub(super) const HIDE: &str = include_str!("hide.js");

/// The functions, and one call of them.
pub(super) fn call(expression: &str) -> String {
    format!("{PAGE}\n{expression}")
}

/// A control of the page.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Control {
    /// The driver's reference to it.
    pub(super) element: Value,
    pub(super) role: String,
    pub(super) names: Vec<String>,
    pub(super) enabled: bool,
    /// Whether its options show only once it is pressed.
    #[serde(default)]
    pub(super) opens: bool,
}

/// The controls of a page or of a row.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Controls {
    /// How many rows show the account that was asked for.
    pub(super) rows: usize,
    pub(super) controls: Vec<Control>,
}

#[derive(Debug, Deserialize)]
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// What `look()` answers.
#[derive(Debug, Deserialize)]
pub(super) struct Looked {
    headings: Vec<String>,
    controls: Vec<String>,
    lines: Vec<String>,
    tables: Vec<Table>,
}

impl Looked {
    /// With the address that the browser, and not the page, gives.
    pub(super) fn at(self, url: String) -> Sight {
        let Self { headings, controls, lines, tables } = self;
        let sheet = |table: Table| Sheet { header: table.header, rows: table.rows };
        Sight { url, headings, controls, lines, tables: tables.into_iter().map(sheet).collect() }
    }
}

/// What is waited for, as the page's functions take it; none where nothing is.
pub(super) fn awaited(until: &Until) -> Option<Value> {
    Some(match until {
        Until::Now => return None,
        Until::Word(words) => json!({ "what": "word", "words": words }),
        Until::Row { account, holds } => json!({ "what": "row", "account": account, "words": holds }),
        Until::NoRow { account } => json!({ "what": "no-row", "account": account }),
    })
}
