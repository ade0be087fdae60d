//! `grantline.snapshot/1`: one resource's members, written so that two readings differ in the lines of those who changed.

use super::table::{Member, SourceKind};
use crate::connector::pages::RowState;
use crate::domain::{Email, Level, ResourceName, VendorName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// The format that a snapshot file says it has.
pub const FORMAT: &str = "grantline.snapshot/1";

/// What came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// How.
    pub kind: SourceKind,
    /// `sha256:` and the digest of its bytes.
    pub digest: String,
    /// How many rows it had.
    pub rows: usize,
}

/// One resource's members as somebody saw them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedSnapshot {
    /// The vendor.
    pub vendor: VendorName,
    /// The resource.
    pub resource: ResourceName,
    /// The vendor's own id of the resource, as the workspace declared it.
    pub id: Option<Arc<str>>,
    /// When the vendor's page showed it.
    pub taken: Timestamp,
    /// Who recorded it, in their own words: untrusted.
    pub recorded_by: Arc<str>,
    /// What came in.
    pub source: Source,
    /// Whose session showed it, where that is known.
    pub signed_in_as: Option<Email>,
    /// Why it was recorded although it is smaller than the one before.
    pub note: Option<Arc<str>>,
    /// The people, each once, by address.
    pub members: Vec<Member>,
}

/// Why a file is no snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It is none of this version's.
    #[error("is no snapshot that this version reads: {0}")]
    Format(String),
    /// It is one, and its content does not belong to its digest. What it says is kept for comparing.
    #[error("was changed after it was recorded")]
    Changed(Box<RecordedSnapshot>),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    vendor: String,
    resource: String,
    #[serde(default)]
    id: Option<String>,
    taken: Timestamp,
    recorded_by: String,
    source: Source,
    #[serde(default)]
    signed_in_as: Option<String>,
    #[serde(default)]
    note: Option<String>,
    members: Vec<Line>,
    content: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    account: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    level: String,
    state: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
}

/// The word of a state.
#[must_use]
pub fn state_word(state: RowState) -> &'static str {
    match state {
        RowState::Active => "active",
        RowState::Pending => "pending",
        RowState::Expired => "expired",
        RowState::Declined => "declined",
    }
}

impl RecordedSnapshot {
    /// The file's text: keys in one order, members by address, one on a line.
    #[must_use]
    pub fn to_text(&self) -> String {
        let body = self.body();
        let content = digest(body.as_bytes());
        format!("{body}  \"content\": {}\n}}\n", json(&content))
    }

    /// Everything but the digest over it.
    fn body(&self) -> String {
        let mut text = format!("{{\n  \"format\": {},\n", json(FORMAT));
        let mut field = |key: &str, value: String| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  \"{key}\": {value},");
        };
        field("vendor", json(self.vendor.as_str()));
        field("resource", json(self.resource.as_str()));
        if let Some(id) = &self.id {
            field("id", json(id));
        }
        field("taken", json(&self.taken.to_string()));
        field("recorded_by", json(&self.recorded_by));
        field("source", json_spaced(&self.source));
        if let Some(address) = &self.signed_in_as {
            field("signed_in_as", json(address.as_str()));
        }
        if let Some(note) = &self.note {
            field("note", json(note));
        }
        let members: BTreeMap<&Email, &Member> =
            self.members.iter().map(|member| (&member.account, member)).collect();
        let lines: Vec<String> =
            members.values().map(|member| format!("    {}", json_line(member))).collect();
        let _ = writeln!(text, "  \"members\": [\n{}\n  ],", lines.join(",\n"));
        text
    }

    /// Reads a snapshot's text.
    ///
    /// # Errors
    /// [`Damage`], also where the text is a snapshot that somebody edited or a merge mixed up.
    pub fn parse(text: &str) -> Result<Self, Damage> {
        let document: Document = match serde_json::from_str(text) {
            Ok(document) => document,
            Err(error) => return Err(Damage::Format(format!("{error}"))),
        };
        let content = document.content.clone();
        let snapshot = understand(document).map_err(Damage::Format)?;
        if digest(snapshot.body().as_bytes()) == content {
            Ok(snapshot)
        } else {
            Err(Damage::Changed(Box::new(snapshot)))
        }
    }

    /// The member with this address.
    #[must_use]
    pub fn member(&self, account: &Email) -> Option<&Member> {
        self.members.iter().find(|member| member.account == *account)
    }
}

fn understand(document: Document) -> Result<RecordedSnapshot, String> {
    if document.format != FORMAT {
        return Err(format!("its format is not {FORMAT}"));
    }
    let name = |error: crate::domain::NameError| error.to_string();
    let address = |text: &str| Email::parse(text).map_err(|error| error.to_string());
    let mut members = BTreeMap::new();
    for line in document.members {
        let account = address(&line.account)?;
        let member = Member {
            account: account.clone(),
            name: line.name.map(Arc::from),
            level: Level::parse(&line.level).map_err(name)?,
            state: state(&line.state)?,
            since: line.since,
        };
        if members.insert(account, member).is_some() {
            return Err("it lists somebody twice".to_owned());
        }
    }
    Ok(RecordedSnapshot {
        vendor: VendorName::parse(&document.vendor).map_err(name)?,
        resource: ResourceName::parse(&document.resource).map_err(name)?,
        id: document.id.map(Arc::from),
        taken: document.taken,
        recorded_by: Arc::from(document.recorded_by),
        source: document.source,
        signed_in_as: document.signed_in_as.as_deref().map(address).transpose()?,
        note: document.note.map(Arc::from),
        members: members.into_values().collect(),
    })
}

fn state(word: &str) -> Result<RowState, String> {
    let all = [RowState::Active, RowState::Pending, RowState::Expired, RowState::Declined];
    all.into_iter()
        .find(|state| state_word(*state) == word)
        .ok_or_else(|| "it holds an unknown state".to_owned())
}

fn json_line(member: &Member) -> String {
    json_spaced(&Line {
        account: member.account.to_string(),
        name: member.name.as_deref().map(str::to_owned),
        level: member.level.to_string(),
        state: state_word(member.state).to_owned(),
        since: member.since,
    })
}

/// A text as JSON. A text always serialises.
fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

/// A value on one line, with a space after each separator.
fn json_spaced(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Spaced);
    // The types hold only texts and numbers, which always serialise.
    let _ = value.serialize(&mut serializer);
    String::from_utf8(out).unwrap_or_default()
}

struct Spaced;

impl serde_json::ser::Formatter for Spaced {
    fn begin_object<W: ?Sized + std::io::Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        writer.write_all(b"{ ")
    }

    fn end_object<W: ?Sized + std::io::Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        writer.write_all(b" }")
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(&mut self, writer: &mut W) -> std::io::Result<()> {
        writer.write_all(b": ")
    }
}

/// `sha256:` and the digest of the bytes.
pub(super) fn digest(bytes: &[u8]) -> String {
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
