//! What an apply does, as it does it: one line of JSON for each event, `grantline.event/1`.

use super::{describe, json, neutral};
use crate::domain::{Change, Duty, Outcome, UserName};
use jiff::Timestamp;
use serde::Serialize;

const FORMAT: &str = "grantline.event/1";

/// One thing that an apply did.
#[derive(Debug, Clone, Copy)]
pub enum Happening<'a> {
    /// It begins to carry out a plan: its digest, and how many changes it lists.
    Started(&'a str, usize),
    /// The change is about to be sent.
    Sending(&'a Change),
    /// The vendor answered: nothing where it accepted, otherwise the error.
    Answered(&'a Change, Option<&'a str>),
    /// The change ended.
    Ended(&'a Outcome),
    /// What became of a change of an earlier apply that broke off: `done`, `not-done`, `unknown` or `unread`, and why.
    Recovered(&'a Change, &'a str, &'a str),
}

#[derive(Serialize)]
struct Wire<'a> {
    format: &'static str,
    event: &'static str,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<&'a str>,
}

/// The event as one line with its end.
#[must_use]
pub fn event_json(happening: &Happening<'_>, at: Timestamp) -> String {
    let none = Wire {
        format: FORMAT,
        event: "",
        at: at.to_string(),
        plan: None,
        changes: None,
        id: None,
        vendor: None,
        action: None,
        user: None,
        account: None,
        resource: None,
        status: None,
        detail: None,
        credential: None,
    };
    let wire = match happening {
        Happening::Started(plan, changes) => {
            Wire { event: "started", plan: Some(plan), changes: Some(*changes), ..none }
        }
        Happening::Sending(change) => Wire { event: "sending", ..about(change, none) },
        Happening::Answered(change, error) => Wire {
            event: "answered",
            status: Some(if error.is_none() { "accepted" } else { "error" }),
            detail: error.map(sentence),
            ..about(change, none)
        },
        Happening::Ended(outcome) => Wire {
            event: "outcome",
            id: Some(outcome.change.as_str()),
            status: Some(outcome.status.word()),
            detail: Some(sentence(&outcome.detail)),
            credential: outcome.credential.map(Duty::word),
            ..none
        },
        Happening::Recovered(change, status, why) => Wire {
            event: "recovered",
            status: Some(status),
            detail: Some(sentence(why)),
            ..about(change, none)
        },
    };
    json::line(&wire)
}

fn about<'a>(change: &'a Change, wire: Wire<'a>) -> Wire<'a> {
    Wire {
        id: Some(change.id.as_str()),
        vendor: Some(change.vendor.as_str()),
        action: Some(change.action.word()),
        user: change.user.as_ref().map(UserName::as_str),
        account: describe::account(change),
        resource: change.action.target().map(|on| on.name.as_str()),
        ..wire
    }
}

fn sentence(text: &str) -> String {
    neutral::sentence(text).into_owned()
}
