//! The shapes of `grantline.plan/1` and `grantline.run/1`, apart from the domain's, so that neither moves the
//! other. The order of the fields is the order in the document.

use crate::domain::{Because, Severity};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::sync::Arc;

#[derive(Serialize)]
pub(super) struct Plan<'p> {
    pub(super) format: &'static str,
    pub(super) tool: &'static str,
    pub(super) workspace: &'p str,
    pub(super) created: String,
    pub(super) desired: Desired<'p>,
    pub(super) vendors: BTreeMap<&'p str, Vendor<'p>>,
    pub(super) changes: Vec<Change<'p>>,
    pub(super) findings: Vec<Finding<'p>>,
    pub(super) obligations: Vec<Obligation<'p>>,
    pub(super) guards: Vec<Guard<'p>>,
    pub(super) overrides: Vec<Override<'p>>,
    pub(super) departures: Vec<Departure<'p>>,
    pub(super) summary: Counts,
    pub(super) digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) seal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) only: Option<Only<'p>>,
}

#[derive(Serialize)]
pub(super) struct Only<'p> {
    pub(super) sort: &'static str,
    pub(super) left: Vec<&'p str>,
    pub(super) behind: Vec<&'p str>,
}

#[derive(Serialize)]
pub(super) struct Desired<'p> {
    pub(super) commit: Option<&'p str>,
    pub(super) dirty: bool,
    pub(super) digest: &'p str,
}

#[derive(Serialize)]
pub(super) struct Vendor<'p> {
    pub(super) state: &'static str,
    pub(super) read_at: String,
    pub(super) source: &'p str,
    pub(super) fingerprint: Option<&'p str>,
    pub(super) accounts: Option<usize>,
    pub(super) reason: Option<&'p str>,
    pub(super) recorded: BTreeMap<&'p str, Recorded<'p>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) facts: Option<Vec<Fact<'p>>>,
}

/// What was read and is managed: in a file alone, since it names everybody.
#[derive(Serialize)]
#[serde(tag = "fact", rename_all = "lowercase")]
pub(super) enum Fact<'p> {
    Account { id: &'p str, login: &'p str, state: &'static str, emails: Vec<&'p str>, name: Option<&'p str> },
    Resource { resource: &'p str, state: &'static str, id: Option<&'p str> },
    Holder { resource: &'p str, account: &'p str, level: &'p str },
    Offer { resource: &'p str, account: &'p str, level: &'p str, state: &'static str },
    Broken { account: Option<&'p str>, login: Option<&'p str>, emails: Vec<&'p str> },
}

/// Who read a resource's page, when, and where that is written down.
#[derive(Serialize)]
pub(super) struct Recorded<'p> {
    pub(super) taken: String,
    pub(super) by: &'p str,
    pub(super) file: &'p str,
}

#[derive(Serialize)]
pub(super) struct Change<'p> {
    pub(super) id: &'p str,
    pub(super) action: &'static str,
    pub(super) vendor: &'p str,
    pub(super) resource: Option<&'p str>,
    pub(super) user: Option<&'p str>,
    pub(super) account: Option<&'p str>,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) channel: &'static str,
    pub(super) risk: &'static str,
    pub(super) after: Vec<&'p str>,
    pub(super) waits: Option<&'p str>,
    pub(super) because: Vec<Because>,
    pub(super) reason: Option<&'p str>,
    pub(super) ticket: Option<&'p str>,
    pub(super) account_id: Option<&'p str>,
    pub(super) target: Option<Target<'p>>,
}

/// What the resource's name stands for at the vendor.
#[derive(Serialize)]
pub(super) struct Target<'p> {
    pub(super) kind: &'p str,
    pub(super) id: Option<&'p str>,
    pub(super) name: Option<&'p str>,
}

#[derive(Serialize)]
pub(super) struct Finding<'p> {
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    pub(super) vendor: Option<&'p str>,
    pub(super) detail: String,
    pub(super) user: Option<&'p str>,
    pub(super) file: Option<Arc<str>>,
    pub(super) line: Option<u32>,
    pub(super) hint: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Obligation<'p> {
    pub(super) code: &'static str,
    pub(super) vendor: &'p str,
    pub(super) due: &'static str,
    pub(super) user: Option<&'p str>,
    pub(super) account: Option<&'p str>,
    pub(super) resource: Option<&'p str>,
    pub(super) detail: String,
}

#[derive(Serialize)]
pub(super) struct Guard<'p> {
    pub(super) guard: &'static str,
    pub(super) verdict: &'static str,
    pub(super) detail: String,
    pub(super) vendor: &'p str,
    pub(super) holds: Vec<&'p str>,
    pub(super) hint: Option<String>,
    pub(super) because: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Departure<'p> {
    pub(super) user: &'p str,
    pub(super) gone: usize,
    pub(super) of: usize,
    pub(super) proven: Option<String>,
    pub(super) left: Vec<&'p str>,
    pub(super) unread: Vec<&'p str>,
    pub(super) unasked: Vec<&'p str>,
}

#[derive(Serialize)]
pub(super) struct Override<'p> {
    pub(super) guard: &'p str,
    pub(super) because: &'p str,
}

#[derive(Serialize)]
pub(super) struct Run<'p> {
    pub(super) format: &'static str,
    pub(super) tool: &'static str,
    pub(super) workspace: &'p str,
    pub(super) started: String,
    pub(super) ended: String,
    pub(super) plan: String,
    pub(super) outcomes: Vec<Outcome<'p>>,
    pub(super) summary: Counts,
}

#[derive(Serialize)]
pub(super) struct Outcome<'p> {
    pub(super) id: &'p str,
    pub(super) action: Option<&'static str>,
    pub(super) vendor: Option<&'p str>,
    pub(super) user: Option<&'p str>,
    pub(super) account: Option<&'p str>,
    pub(super) resource: Option<&'p str>,
    pub(super) status: &'static str,
    pub(super) detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) credential: Option<&'static str>,
}

/// Numbers by word, in a chosen order.
pub(super) struct Counts(pub(super) Vec<(&'static str, usize)>);

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (word, count) in &self.0 {
            map.serialize_entry(word, count)?;
        }
        map.end()
    }
}
