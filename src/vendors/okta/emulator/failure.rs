//! What Okta refuses, in its own words.

use crate::vendors::scim::emulator::exchange::{Refusal, Reply};
use axum::http::StatusCode;
use serde_json::{Value, json};

pub(super) type Answer = Result<Reply, Failure>;

/// A refusal.
#[derive(Debug)]
pub(super) struct Failure {
    status: StatusCode,
    code: &'static str,
    summary: String,
    causes: Vec<String>,
}

impl Failure {
    fn new(status: StatusCode, code: &'static str, summary: impl Into<String>) -> Self {
        Self { status, code, summary: summary.into(), causes: Vec::new() }
    }

    /// What was sent is not valid: the member, and what is wrong with it.
    pub(super) fn invalid(member: &str, causes: Vec<String>) -> Self {
        let summary = format!("Api validation failed: {member}");
        Self { causes, ..Self::new(StatusCode::BAD_REQUEST, "E0000001", summary) }
    }

    pub(super) fn no_such(what: &str, id: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "E0000007", format!("Not found: Resource not found: {id} ({what})"))
    }

    pub(super) fn no_path() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "E0000022",
            "The endpoint does not support the provided HTTP method",
        )
    }

    pub(super) fn forbidden() -> Self {
        let summary = "You do not have permission to perform the requested action";
        Self::new(StatusCode::FORBIDDEN, "E0000006", summary)
    }

    pub(super) fn active_already() -> Self {
        Self::new(StatusCode::FORBIDDEN, "E0000016", "Activation failed because the user is already active")
    }

    pub(super) fn wrong_status() -> Self {
        let summary = "This operation is not allowed in the user's current status.";
        Self::new(StatusCode::FORBIDDEN, "E0000038", summary)
    }

    /// What the server around the API refuses.
    pub(super) fn of(refusal: &Refusal) -> Self {
        let (code, summary) = match refusal.status {
            StatusCode::UNAUTHORIZED => ("E0000011", "Invalid token provided".to_owned()),
            StatusCode::FORBIDDEN => ("E0000006", refusal.detail.clone()),
            StatusCode::NOT_FOUND => ("E0000007", refusal.detail.clone()),
            _ => ("E0000003", refusal.detail.clone()),
        };
        Self::new(refusal.status, code, summary)
    }

    pub(super) fn reply(&self) -> Reply {
        let causes: Vec<Value> = self.causes.iter().map(|cause| json!({ "errorSummary": cause })).collect();
        let body = json!({
            "errorCode": self.code, "errorSummary": self.summary, "errorLink": self.code,
            "errorId": "oae0embedded0", "errorCauses": causes,
        });
        Reply::plain(self.status, &body)
    }
}
