//! The lines of a journal.

use super::wire;
use crate::apply::hold::Holder;
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{Change, ChangeId, Outcome, Plan, VendorName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// The format that a journal says it has.
const FORMAT: &str = "grantline.journal/1";

/// What an apply is about: the first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The apply's id, which its file is named by. Later ones stand behind earlier ones.
    pub run: String,
    /// The program and its version.
    pub tool: String,
    /// The workspace's name.
    pub workspace: Arc<str>,
    /// The digest of the plan.
    pub plan: String,
    /// The digest of the files that it was made from.
    pub desired: String,
    /// Whether the plan was a saved one.
    pub saved: bool,
    /// Who applies, and since when.
    pub holder: Holder,
    /// The vendors that the plan is about.
    pub vendors: Vec<VendorName>,
    /// The plan's changes, in order.
    pub changes: Vec<ChangeId>,
}

impl Header {
    /// For an apply of this plan, whose digest is `digest`.
    #[must_use]
    pub fn new(plan: &Plan, digest: &str, saved: bool, holder: &Holder) -> Self {
        Self {
            run: run_id(holder, 0),
            tool: concat!("grantline ", env!("CARGO_PKG_VERSION")).to_owned(),
            workspace: Arc::clone(&plan.workspace),
            plan: digest.to_owned(),
            desired: plan.desired.digest.clone(),
            saved,
            holder: holder.clone().tamed(),
            vendors: plan.vendors.keys().cloned().collect(),
            changes: plan.changes.iter().map(|change| change.id.clone()).collect(),
        }
    }

    /// The line, with its end.
    pub(super) fn line(&self) -> Result<Vec<u8>, serde_json::Error> {
        let words = |ids: &[ChangeId]| ids.iter().map(ToString::to_string).collect();
        let line = HeaderLine {
            format: FORMAT.to_owned(),
            run: self.run.clone(),
            tool: self.tool.clone(),
            workspace: Arc::clone(&self.workspace),
            plan: self.plan.clone(),
            desired: self.desired.clone(),
            saved: self.saved,
            holder: self.holder.clone(),
            vendors: self.vendors.iter().map(ToString::to_string).collect(),
            changes: words(&self.changes),
        };
        Ok(finished(serde_json::to_vec(&line)?))
    }

    /// Reads the line; what is wrong with it otherwise.
    pub(super) fn read(line: &[u8]) -> Result<Self, String> {
        let format: Format = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        if format.format != FORMAT {
            let told = crate::net::neutral(&format.format, 60);
            return Err(format!("it is a {told:?}, and this version of grantline reads {FORMAT:?}"));
        }
        let line: HeaderLine = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        let vendors = line.vendors.iter().map(|name| VendorName::parse(name));
        let changes = line.changes.iter().map(|id| wire::change_id(id));
        Ok(Self {
            run: line.run,
            tool: line.tool,
            workspace: line.workspace,
            plan: line.plan,
            desired: line.desired,
            saved: line.saved,
            holder: line.holder.tamed(),
            vendors: vendors.collect::<Result<_, _>>().map_err(|error| error.to_string())?,
            changes: changes.collect::<Result<_, _>>()?,
        })
    }
}

/// When it began, which of the applies of that second it is, and a digest of both and its process: sorted by name, the
/// applies of one workspace stand in their order.
pub(super) fn run_id(holder: &Holder, number: u32) -> String {
    let digest = Sha256::digest(format!("{}\n{}\n{number}", holder.started.as_nanosecond(), holder.pid));
    let tail: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{}{number:02}-{tail}", second(holder))
}

/// How every apply's id begins that began in the same second.
pub(super) fn second(holder: &Holder) -> String {
    holder.started.strftime("%Y%m%dT%H%M%SZ-").to_string()
}

fn finished(mut line: Vec<u8>) -> Vec<u8> {
    line.push(b'\n');
    line
}

#[derive(Deserialize)]
struct Format {
    format: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeaderLine {
    format: String,
    run: String,
    tool: String,
    workspace: Arc<str>,
    plan: String,
    desired: String,
    saved: bool,
    holder: Holder,
    vendors: Vec<String>,
    changes: Vec<String>,
}

/// What a later apply found out about a change that an earlier one left open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A reading shows it.
    Done,
    /// It was not carried out, or carrying it out again changes nothing that anybody would notice: why that is certain.
    NotDone(String),
    /// Nobody can tell: why.
    Unknown(String),
    /// The vendor could not be looked at, so that it stays open: why.
    Unread(String),
}

impl Found {
    /// The word that the journal uses.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::NotDone(_) => "not-done",
            Self::Unknown(_) => "unknown",
            Self::Unread(_) => "unread",
        }
    }

    /// Why, in full sentences; empty for what is done.
    #[must_use]
    pub fn why(&self) -> &str {
        match self {
            Self::Done => "",
            Self::NotDone(why) | Self::Unknown(why) | Self::Unread(why) => why,
        }
    }
}

/// One line behind the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Entry {
    /// A change is about to be sent.
    Intent(Box<Change>),
    /// What the vendor said to it.
    Answer(ChangeId, Result<Receipt, ConnectorError>),
    /// How it ended.
    Outcome(Outcome),
    /// What a later apply found out about it.
    Recovered(ChangeId, Found),
    /// Nothing is open any more; whether a later apply says so.
    End { later: bool },
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case", deny_unknown_fields)]
enum Line {
    Intent {
        at: Timestamp,
        change: Box<wire::Change>,
    },
    Accepted {
        at: Timestamp,
        change: String,
        account: Option<String>,
        resource: Option<Arc<str>>,
        note: Option<String>,
    },
    Error {
        at: Timestamp,
        change: String,
        kind: ErrorKind,
        message: String,
    },
    Outcome {
        at: Timestamp,
        change: String,
        status: String,
        detail: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credential: Option<String>,
    },
    Recovered {
        at: Timestamp,
        change: String,
        found: String,
        why: String,
    },
    End {
        at: Timestamp,
        later: bool,
    },
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ErrorKind {
    RetryLater,
    Unknown,
    Refused,
    Gone,
    Unauthorised,
    LimitReached,
    Unrecorded,
    ContractBroken,
}

impl Entry {
    /// The line, with its end.
    pub(super) fn line(&self, at: Timestamp) -> Result<Vec<u8>, serde_json::Error> {
        let line = match self {
            Self::Intent(change) => Line::Intent { at, change: Box::new((&**change).into()) },
            Self::Answer(change, Ok(receipt)) => Line::Accepted {
                at,
                change: change.to_string(),
                account: receipt.account.as_ref().map(ToString::to_string),
                resource: receipt.resource.clone(),
                note: receipt.note.clone(),
            },
            Self::Answer(change, Err(error)) => {
                Line::Error { at, change: change.to_string(), kind: kind(error), message: error.to_string() }
            }
            Self::Outcome(outcome) => Line::Outcome {
                at,
                change: outcome.change.to_string(),
                status: outcome.status.word().to_owned(),
                detail: outcome.detail.clone(),
                credential: outcome.credential.map(|credential| credential.word().to_owned()),
            },
            Self::Recovered(change, found) => Line::Recovered {
                at,
                change: change.to_string(),
                found: found.word().to_owned(),
                why: found.why().to_owned(),
            },
            Self::End { later } => Line::End { at, later: *later },
        };
        Ok(finished(serde_json::to_vec(&line)?))
    }

    /// Reads a line; what is wrong with it otherwise.
    pub(super) fn read(line: &[u8]) -> Result<(Timestamp, Self), String> {
        let line: Line = serde_json::from_slice(line).map_err(|error| error.to_string())?;
        Ok(match line {
            Line::Intent { at, change } => (at, Self::Intent(Box::new((*change).read()?))),
            Line::Accepted { at, change, account, resource, note } => {
                let account = account.as_deref().map(wire::account_id).transpose()?;
                (at, Self::Answer(wire::change_id(&change)?, Ok(Receipt { account, resource, note })))
            }
            Line::Error { at, change, kind, message } => {
                (at, Self::Answer(wire::change_id(&change)?, Err(error(kind, message))))
            }
            Line::Outcome { at, change, status, detail, credential } => {
                let (change, status) = (wire::change_id(&change)?, wire::status(&status)?);
                let credential = credential.as_deref().map(wire::duty).transpose()?;
                (at, Self::Outcome(Outcome { change, status, detail, credential }))
            }
            Line::Recovered { at, change, found, why } => {
                (at, Self::Recovered(wire::change_id(&change)?, self::found(&found, why)?))
            }
            Line::End { at, later } => (at, Self::End { later }),
        })
    }
}

fn found(word: &str, why: String) -> Result<Found, String> {
    Ok(match word {
        "done" => Found::Done,
        "not-done" => Found::NotDone(why),
        "unknown" => Found::Unknown(why),
        "unread" => Found::Unread(why),
        other => return Err(format!("{other:?} is nothing that can be found out")),
    })
}

fn kind(error: &ConnectorError) -> ErrorKind {
    match error {
        ConnectorError::RetryLater { .. } => ErrorKind::RetryLater,
        // Whether there was an answer mattered to whoever sent the changes that followed.
        ConnectorError::Unknown { .. } | ConnectorError::Broke { .. } => ErrorKind::Unknown,
        ConnectorError::Refused { .. } => ErrorKind::Refused,
        ConnectorError::Gone { .. } => ErrorKind::Gone,
        ConnectorError::Unauthorised { .. } | ConnectorError::Forbidden { .. } => ErrorKind::Unauthorised,
        ConnectorError::LimitReached { .. } => ErrorKind::LimitReached,
        ConnectorError::Unrecorded { .. } => ErrorKind::Unrecorded,
        ConnectorError::ContractBroken { .. } => ErrorKind::ContractBroken,
    }
}

fn error(kind: ErrorKind, message: String) -> ConnectorError {
    match kind {
        // The pause was asked of whoever sent the change, and is long over.
        ErrorKind::RetryLater => ConnectorError::RetryLater { after: None, message },
        ErrorKind::Unknown => ConnectorError::Unknown { message },
        ErrorKind::Refused => ConnectorError::Refused { message },
        ErrorKind::Gone => ConnectorError::Gone { message },
        ErrorKind::Unauthorised => ConnectorError::Unauthorised { message },
        ErrorKind::LimitReached => ConnectorError::LimitReached { message },
        ErrorKind::Unrecorded => ConnectorError::Unrecorded { message },
        ErrorKind::ContractBroken => ConnectorError::ContractBroken { message },
    }
}
