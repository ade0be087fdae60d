//! Work for a person: a change that goes by hand, or an obligation, with all that it takes to do it.

use super::{Because, ChangeId, Due, ResourceName, VendorName};
use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;

/// A task's id: its vendor and eight hexadecimal digits, as in `clarity-1a2b3c4d`. It is made of what the task is
/// about, so that it survives a plan that numbers its changes anew.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(Arc<str>);

/// How many hexadecimal digits an id ends in.
const DIGITS: usize = 8;

impl TaskId {
    /// The id of a vendor's task, from the bytes of a digest over what it is about.
    #[must_use]
    pub fn new(vendor: &VendorName, digest: &[u8]) -> Self {
        let hex: String = digest.iter().take(DIGITS / 2).map(|byte| format!("{byte:02x}")).collect();
        Self(Arc::from(format!("{vendor}-{hex}")))
    }

    /// Reads an id; none where the text is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (vendor, digits) = text.rsplit_once('-')?;
        let is_hex = digits.len() == DIGITS
            && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
        (is_hex && VendorName::parse(vendor).is_ok()).then(|| Self(Arc::from(text)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether somebody who typed this may mean it: the beginning of the id, or of its digits.
    #[must_use]
    pub fn begins_with(&self, typed: &str) -> bool {
        let digits = self.0.rsplit_once('-').map_or("", |(_, digits)| digits);
        !typed.is_empty() && (self.0.starts_with(typed) || digits.starts_with(typed))
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What a task comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskKind {
    /// A change of the plan.
    Change,
    /// What a change leaves for people.
    Obligation,
}

impl TaskKind {
    /// The word that files and JSON use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Obligation => "obligation",
        }
    }
}

/// How far a task has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskState {
    /// Nobody has said that it is done.
    Open,
    /// Somebody has ticked it off, and no newer reading has shown it yet.
    Sent,
    /// A reading made after it was ticked off does not show it.
    Reopened,
    /// A reading shows it.
    Done,
    /// It was asked for, and no longer is; no reading shows it done.
    Withdrawn,
    /// An obligation that somebody has said is met.
    Acknowledged,
}

impl TaskState {
    /// The word that JSON uses.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sent => "sent",
            Self::Reopened => "reopened",
            Self::Done => "done",
            Self::Withdrawn => "withdrawn",
            Self::Acknowledged => "acknowledged",
        }
    }

    /// Whether somebody still has to do something, were it only to read the page again.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Sent | Self::Reopened)
    }
}

/// A stretch of a sentence, by how it must be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Plain(String),
    /// What a button, field, heading or option is called.
    Name(String),
    /// What a person types, or looks for in a row; shown so that it can be copied exactly.
    Value(String),
    /// An address to open.
    Link(String),
}

/// A sentence of an instruction. What stands in it may come from a vendor or a file, and is untrusted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instruction(pub Vec<Piece>);

impl Instruction {
    /// A sentence of words alone.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self(vec![Piece::Plain(text.into())])
    }

    /// The sentence without markup but for `**names**` and `` `values` ``.
    #[must_use]
    pub fn text(&self) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Plain(text) | Piece::Link(text) => text.clone(),
            Piece::Name(text) => format!("**{text}**"),
            Piece::Value(text) => format!("`{text}`"),
        };
        self.0.iter().map(piece).collect()
    }
}

/// Why a task cannot be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blocked {
    /// A guard holds the change back.
    Held {
        /// The guard.
        guard: &'static str,
        /// Its words.
        reason: String,
    },
    /// The vendor does not take it yet: a full sentence.
    Waits(Arc<str>),
    /// Another task comes first.
    Task(TaskId),
    /// A change that no person carries out comes first.
    Change(ChangeId),
}

impl Blocked {
    /// Whether doing other tasks frees this one, so that it only stands further down the list.
    #[must_use]
    pub fn is_order(&self) -> bool {
        matches!(self, Self::Task(_))
    }
}

/// The page that a task is done on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its address.
    pub url: String,
    /// How a person gets there from the start page.
    pub way: Instruction,
}

/// Somebody's word that a task is done, or an obligation met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// When.
    pub at: Timestamp,
    /// By whom, in their own words: untrusted.
    pub by: Arc<str>,
    /// In their words: untrusted.
    pub note: Option<String>,
}

/// Work for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// How far it has come.
    pub state: TaskState,
    /// The latest word that it is done.
    pub ticked: Option<Tick>,
    /// What it comes from.
    pub kind: TaskKind,
    /// The plan's change; none for an obligation, and for what only the ledger knows.
    pub change: Option<ChangeId>,
    /// The action's word or the obligation's code.
    pub code: Arc<str>,
    /// The vendor.
    pub vendor: VendorName,
    /// The resource's name in the workspace; none for a whole account.
    pub resource: Option<ResourceName>,
    /// The vendor's own id of it, where it is known.
    pub resource_id: Option<Arc<str>>,
    /// What the resource is and the vendor's own id of it, for people.
    pub resource_note: Option<String>,
    /// What is to be done, in a line.
    pub title: String,
    /// The account, in the spelling by which a reading is looked through for it.
    pub account: Option<Arc<str>>,
    /// The user and the account, for people.
    pub who: String,
    /// The level that the account holds before.
    pub from: Option<Arc<str>>,
    /// The level that it holds or is offered afterwards.
    pub to: Option<Arc<str>>,
    /// For an obligation, when.
    pub due: Option<Due>,
    /// The lines that ask for it.
    pub because: Vec<Because>,
    /// The requester's words.
    pub reason: Option<Arc<str>>,
    /// The ticket that approved it.
    pub ticket: Option<Arc<str>>,
    /// Where it is done.
    pub place: Option<Place>,
    /// What a person must have or have done before the first step.
    pub before: Vec<Instruction>,
    /// The steps, in order.
    pub steps: Vec<Instruction>,
    /// How to see that it worked.
    pub check: Option<Instruction>,
    /// What to write down.
    pub record: Option<Instruction>,
    /// Why it cannot be done now; empty: it can.
    pub blocked: Vec<Blocked>,
}

impl Task {
    /// Whether a person can begin with it, were all tasks before it done.
    #[must_use]
    pub fn is_doable(&self) -> bool {
        self.blocked.iter().all(Blocked::is_order)
    }
}

#[cfg(test)]
impl Task {
    /// A task of the vendor `v` with nothing but a title and one step, for tests to bend.
    pub(crate) fn for_tests(number: u8, title: &str) -> Self {
        let vendor = VendorName::parse("v").unwrap();
        Self {
            id: TaskId::new(&vendor, &[number; DIGITS]),
            state: TaskState::Open,
            ticked: None,
            kind: TaskKind::Change,
            change: None,
            code: Arc::from("revoke"),
            vendor,
            resource: ResourceName::parse("site").ok(),
            resource_id: None,
            resource_note: None,
            title: title.to_owned(),
            account: Some(Arc::from("pia@acme.example")),
            who: "Pia".to_owned(),
            from: None,
            to: None,
            due: None,
            because: Vec::new(),
            reason: None,
            ticket: None,
            place: None,
            before: Vec::new(),
            steps: vec![Instruction::plain("Do it.")],
            check: None,
            record: None,
            blocked: Vec::new(),
        }
    }
}

/// Tasks that are done in one go, on one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The vendor.
    pub vendor: VendorName,
    /// The vendor's name, for people.
    pub vendor_title: Arc<str>,
    /// The resource; none for whole accounts and for obligations.
    pub resource: Option<ResourceName>,
    /// For obligations, when.
    pub due: Option<Due>,
    /// Whether what is done here shows only once somebody records a snapshot of the resource.
    pub needs_snapshot: bool,
    /// The tasks, in order.
    pub tasks: Vec<Task>,
}

#[cfg(test)]
impl Batch {
    /// These tasks, on a page that somebody has to record.
    pub(crate) fn for_tests(tasks: Vec<Task>) -> Self {
        let first = &tasks[0];
        let (vendor, resource, due) = (first.vendor.clone(), first.resource.clone(), first.due);
        Self { vendor, vendor_title: Arc::from("Vendor"), resource, due, needs_snapshot: true, tasks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_and_nothing_else_is_one() {
        let id = TaskId::new(&VendorName::parse("crm-eu").unwrap(), &[0x1a, 0x2b, 0x3c, 0x4d, 0x5e]);
        assert_eq!(id.as_str(), "crm-eu-1a2b3c4d");
        assert_eq!(TaskId::parse(id.as_str()), Some(id));
        for text in ["crm", "crm-1a2b", "crm-1A2B3C4D", "-1a2b3c4d", "crm-1a2b3c4dd", "a b-1a2b3c4d"] {
            assert_eq!(TaskId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_beginning_of_an_id_or_of_its_digits_is_enough() {
        let id = TaskId::parse("crm-eu-1a2b3c4d").unwrap();
        for typed in ["crm-eu-1a2b3c4d", "crm-eu-1a", "1a2b", "1"] {
            assert!(id.begins_with(typed), "{typed}");
        }
        for typed in ["", "2b3c", "crm-eu-1a2b3c4de", "eu-1a"] {
            assert!(!id.begins_with(typed), "{typed}");
        }
    }
}
