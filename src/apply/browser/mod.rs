//! Changes carried out through a vendor's own pages, in the operator's signed-in browser.
//!
//! A [`Session`] does what a person does with a page: finds things by what they are called, presses, types, chooses,
//! reads. What a vendor's pages call them is data ([`crate::connector::pages`]), and nothing here knows a vendor. A page
//! that does not look as described stops the work before anything is changed; each press that changes something is asked
//! about first.

mod asking;
mod capture;
mod fault;
mod ground;
mod members;
mod name;
mod redact;
mod sheet;
mod turns;
mod walk;
mod writer;

pub use capture::Captures;
pub use fault::PageError;
pub use ground::{Ground, looks_signed_in};
pub use members::{Members, read_members};
pub use name::{folded, only};
pub use redact::html as redacted_html;
pub use sheet::{Sheet, row_with};
pub use turns::{Turn, Turns};
pub use writer::{BrowserWriter, Keep};

use async_trait::async_trait;

/// One page in a browser, or what stands in for one.
///
/// Whatever acts finds its element by name: the text that it shows or announces, equal but for case and white space to
/// one of the spellings; visible and enabled, reachable in spite of an open dialog, and the only one. Every error but
/// [`PageError::Broken`] says that nothing was pressed, typed or chosen.
#[async_trait]
pub trait Session: Send {
    /// Opens an address and waits for the page.
    async fn open(&mut self, url: &str) -> Result<(), PageError>;

    /// What is on the page. Waits until it has what is awaited, for as long as a page may take, and then tells what is
    /// there all the same.
    async fn look(&mut self, until: &Until) -> Result<Sight, PageError>;

    /// Presses a button or follows a link; with a row, the one in the row of the table that shows this address.
    async fn press(&mut self, what: &[String], row: Option<&str>) -> Result<(), PageError>;

    /// Whether [`Self::press`] would find what it looks for. Presses nothing.
    async fn can_press(&mut self, what: &[String], row: Option<&str>) -> Result<(), PageError>;

    /// Types into a field, in place of what it holds.
    async fn fill(&mut self, label: &[String], value: &str) -> Result<(), PageError>;

    /// Takes an option of a choice; in a row, as [`Self::press`].
    async fn choose(
        &mut self,
        label: &[String],
        option: &[String],
        row: Option<&str>,
    ) -> Result<(), PageError>;

    /// The page's HTML, and a picture of it in which every address but those in `keep` is unreadable; none where that
    /// cannot be had.
    async fn capture(&mut self, keep: &[String]) -> Result<Capture, PageError>;

    /// Whether its window is still there: a person may have closed it.
    async fn is_open(&mut self) -> bool;

    /// Ends the session, and what was started for it.
    async fn close(&mut self);
}

/// What a page is looked at for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Until {
    /// Whatever is there.
    Now,
    /// Any of these words.
    Word(Vec<String>),
    /// A row that shows the account, with one of these words in a cell unless there are none.
    Row {
        /// The account.
        account: String,
        /// The words.
        holds: Vec<String>,
    },
    /// No row that shows the account.
    NoRow {
        /// The account.
        account: String,
    },
}

/// What a person sees on a page. All of it is the vendor's text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sight {
    /// The address.
    pub url: String,
    /// The headings.
    pub headings: Vec<String>,
    /// What the buttons, links and fields are called.
    pub controls: Vec<String>,
    /// The visible text, a line for each block.
    pub lines: Vec<String>,
    /// The tables.
    pub tables: Vec<Sheet>,
}

/// A page as it was when the work on it stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Capture {
    /// Its HTML, as the page has it.
    pub html: String,
    /// A PNG.
    pub picture: Option<Vec<u8>>,
}

/// What is asked before something is pressed that changes the vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What the page shows of the account now: one line, made harmless.
    pub shown: String,
    /// What would be done, to whom, and at which vendor: one sentence that ends in a question mark, made harmless.
    pub text: String,
}

/// What the operator says to a [`Question`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Go on.
    Yes,
    /// Do not.
    No,
    /// There is nobody to ask.
    Nobody,
}

/// Asks the operator.
#[async_trait]
pub trait Confirm: Send + Sync {
    /// Waits until nobody else asks the same operator; a question's time begins after that, and the turn is held until
    /// it has its answer. None once the work was called off. Whoever is the only one to ask has it at once.
    async fn turn(&self) -> Option<Turn> {
        Some(Turn::default())
    }

    /// Asks one question and waits for the answer.
    async fn confirm(&self, question: &Question) -> Said;
}
