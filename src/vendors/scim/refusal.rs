//! What an answer that is no success means to the engine, in words for people.

use super::wire::{Object, attr, text};
use crate::connector::ConnectorError;
use crate::net::Answer;
use crate::net::refusal::{Advice, typed};
use serde_json::Value;

/// The vendor's own words on why, where the body is a SCIM error.
pub(super) struct Reason {
    /// `scimType`, as sent; empty where there is none.
    scim_type: String,
    detail: Option<String>,
}

impl Reason {
    pub(super) fn of(answer: &Answer) -> Self {
        let body: Object = serde_json::from_slice(&answer.body).unwrap_or_default();
        let scim_type = text(&body, "scimType").unwrap_or("").to_owned();
        let detail = attr(&body, "detail").and_then(Value::as_str).map(|text| answer.quote(text, 200));
        Self { scim_type, detail: detail.filter(|text| !text.is_empty()) }
    }
}

impl Reason {
    /// Whether the vendor gave one of these words, in any case; an empty one means that it gave none.
    pub(super) fn is_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| word.eq_ignore_ascii_case(&self.scim_type))
    }
}

/// Whether the answer says that the resource is not there.
pub(super) fn is_gone(answer: &Answer) -> bool {
    matches!(answer.status, 404 | 410)
}

/// Whether the answer says that something of this name exists. RFC 7644 wants 409; some answer 400 `uniqueness`.
pub(super) fn is_conflict(answer: &Answer) -> bool {
    answer.status == 409 || (answer.status == 400 && Reason::of(answer).is_one_of(&["uniqueness"]))
}

/// The error that an answer without success stands for.
pub(super) fn refusal(answer: &Answer) -> ConnectorError {
    let reason = Reason::of(answer);
    let said = said(answer, &reason);
    let advice = Advice {
        limit: reason.is_one_of(&["tooMany"]),
        forbidden: "The token lacks the right to do this, or SCIM is not enabled for it.",
    };
    typed(answer, said, &advice)
}

fn said(answer: &Answer, reason: &Reason) -> String {
    let mut said = format!("{} was answered {}", answer.asked, answer.status);
    if !reason.scim_type.is_empty() {
        said.push_str(&format!(" ({})", answer.quote(&reason.scim_type, 40)));
    }
    match (&reason.detail, answer.excerpt()) {
        (Some(detail), _) => said.push_str(&format!(": {detail:?}")),
        (None, excerpt) if !excerpt.is_empty() && reason.scim_type.is_empty() => {
            said.push_str(&format!(" {}: {excerpt:?}", answer.media_type()));
        }
        _ => {}
    }
    said.push('.');
    said
}

/// The error for an answer that no SCIM server should give.
pub(super) fn broken(answer: &Answer, what: &str) -> ConnectorError {
    let (asked, status, label, excerpt) =
        (&answer.asked, answer.status, answer.media_type(), answer.excerpt());
    ConnectorError::ContractBroken {
        message: format!(
            "{asked} was answered {status} {label} {what}: {excerpt:?}. Check that `url` is the SCIM base URL."
        ),
    }
}
