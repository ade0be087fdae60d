//! A vendor's pages as data: what is on them in every labelling, and the steps by which a person, or a browser in a
//! person's hands, changes something there.
//!
//! The data is a YAML file in the connector's folder. A workspace can bring its own (`pages: { file: … }`), so that a
//! vendor's changed page is mended by a commit and not by a release.

mod check;
pub mod words;

pub use check::problems;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The format that a pages file says it has.
pub const FORMAT: &str = "grantline.pages/1";

/// The kind under which procedures for whole accounts stand.
pub const ACCOUNT: &str = "account";

/// Everything that is known of a vendor's pages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pages {
    /// [`FORMAT`].
    pub format: String,
    /// Where the pages are, without a slash at the end, unless the workspace says otherwise.
    pub base: String,
    /// What buttons, fields, headings and links are called: every spelling of each word, the documented one first.
    pub words: BTreeMap<String, Vec<String>>,
    /// The pages, by name.
    pub pages: BTreeMap<String, Page>,
    /// The table that shows who has access to a resource, by its kind.
    pub tables: BTreeMap<String, Table>,
    /// What stands on a page that asks for a sign-in: words, any of which is enough.
    pub signed_out: Vec<String>,
    /// What lies over a page and must be answered by a person first, such as a question about cookies: words.
    pub in_the_way: Vec<String>,
    /// How each change is made.
    pub procedures: Vec<Procedure>,
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Its paths below the base, a template each; versions of the vendor's pages differ, and the first that shows the
    /// heading is taken.
    pub paths: Vec<String>,
    /// The word in its heading.
    pub heading: String,
    /// How a person gets there from the start page, a template.
    pub way: String,
}

/// A column of a table of members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Column {
    /// The address. Every table has it.
    Email,
    /// The display name.
    Name,
    /// The level. Every table has it.
    Level,
    /// Whether the person is in, or only invited.
    State,
    /// When access was given or offered.
    Since,
}

/// What a row says of its person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowState {
    /// They have access.
    Active,
    /// They are invited and have not answered.
    Pending,
    /// Their invitation can no longer be accepted.
    Expired,
    /// They said no.
    Declined,
}

/// A table of members.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The page that it is on.
    pub page: String,
    /// What each column is headed, in every labelling.
    pub columns: BTreeMap<Column, Vec<String>>,
    /// What each level of the kind is called, the documented spelling first. A word that is not here is a level of
    /// that name.
    pub levels: BTreeMap<String, Vec<String>>,
    /// What each state is called. Without a column for it, everybody is active.
    #[serde(default)]
    pub states: BTreeMap<RowState, Vec<String>>,
    /// Words in a level's cell that mean no access at all.
    #[serde(default)]
    pub none: Vec<String>,
    /// What the buttons in its rows are called: a copy of the page brings them along, on lines of their own.
    #[serde(default)]
    pub beside: Vec<String>,
    /// How columns are headed that only other tables of the file have: a table with one of them is none of this kind.
    #[serde(skip)]
    pub foreign: Vec<String>,
}

/// How one change is made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// The kind of resource that it is for; [`ACCOUNT`] for whole accounts.
    pub kind: String,
    /// The change's word, such as `invite`.
    pub action: String,
    /// What a person must have before the first step: full sentences, templates.
    #[serde(default)]
    pub before: Vec<String>,
    /// A browser begins only while fewer rows than this are pending: the page may have moved on since it was planned.
    #[serde(default)]
    pub pending_below: Option<usize>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// How to see that it worked: a full sentence, a template.
    pub check: String,
    /// What to write down: a full sentence, a template.
    pub record: String,
}

/// One step.
///
/// Templates may hold `{account}`, `{name}`, `{from}`, `{to}`, `{vendor}`, `{resource}` (its name in the workspace) and
/// `{id}` (the vendor's own); levels stand in the vendor's spelling. `{@word}` is a word of [`Pages::words`], with its
/// other spellings for a person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Step {
    /// Opens a page, and sees that it is the right one by its heading.
    Open {
        /// Its name in [`Pages::pages`].
        page: String,
    },
    /// Presses a button or follows a link.
    Press {
        /// Its word.
        what: String,
        /// Whether it stands in the row of the account.
        #[serde(default)]
        row: bool,
        /// Whether this is what changes the vendor: a browser asks before it.
        #[serde(default)]
        writes: bool,
    },
    /// Types into a field.
    Fill {
        /// The word in its label.
        field: String,
        /// What to type, a template.
        value: String,
    },
    /// Takes one of several options.
    Choose {
        /// The word in the choice's label.
        field: String,
        /// The option, a template: `{to}` in whichever spelling the page has.
        option: String,
        /// Whether it stands in the row of the account.
        #[serde(default)]
        row: bool,
    },
    /// Sees that the table shows the account as it must be at this point; stops otherwise.
    Expect {
        /// The level in its row, a template; none: whichever.
        #[serde(default)]
        level: Option<String>,
        /// The state in its row; none: whichever.
        #[serde(default)]
        state: Option<RowState>,
        /// Whether there must be no such row.
        #[serde(default)]
        gone: bool,
    },
    /// What only a person can do: a full sentence, a template. A browser cannot carry out a procedure that has one.
    Person {
        /// The sentence.
        text: String,
    },
}

/// Reads a pages file.
///
/// # Errors
/// A sentence that says what is wrong and where.
pub fn parse(text: &str) -> Result<Pages, String> {
    let mut pages: Pages = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
    if pages.format != FORMAT {
        return Err(format!("the format {:?} is not known; this version reads {FORMAT}", pages.format));
    }
    let tables: Vec<Table> = pages.tables.values().cloned().collect();
    for table in pages.tables.values_mut() {
        let others = tables.iter().flat_map(|other| &other.columns);
        let columns = others.filter(|(column, _)| !table.columns.contains_key(column));
        let foreign: BTreeSet<String> = columns.flat_map(|(_, headings)| headings).cloned().collect();
        table.foreign = foreign.into_iter().collect();
    }
    Ok(pages)
}

impl Pages {
    /// The procedure for a change of this action on a resource of this kind.
    #[must_use]
    pub fn procedure(&self, kind: &str, action: &str) -> Option<&Procedure> {
        self.procedures.iter().find(|one| one.kind == kind && one.action == action)
    }

    /// Every spelling of a word; the word itself where the file does not know it.
    #[must_use]
    pub fn spellings<'a>(&'a self, word: &'a str) -> Vec<&'a str> {
        match self.words.get(word) {
            Some(spellings) => spellings.iter().map(String::as_str).collect(),
            None => vec![word],
        }
    }
}
