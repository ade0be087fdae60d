//! Why Graph declines, in its own form.

use crate::vendors::scim::emulator::Reply;
use crate::vendors::scim::emulator::exchange::Refusal;
use axum::http::StatusCode;
use serde_json::json;

/// What a request comes to.
pub(super) type Outcome = Result<Reply, Problem>;

/// A request that Graph declines.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// 400, for a request that makes no sense or breaks a rule.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// 404 for an object.
    pub(super) fn missing(id: &str) -> Self {
        let message = format!(
            "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
        );
        Self::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    /// 403 for a right that is missing.
    pub(super) fn denied() -> Self {
        let message = "Insufficient privileges to complete the operation.";
        Self::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message)
    }

    /// The same refusal in Graph's words.
    pub(super) fn of(refusal: &Refusal) -> Self {
        let code = match refusal.status.as_u16() {
            401 => "InvalidAuthenticationToken",
            403 => "Authorization_RequestDenied",
            404 => "Request_ResourceNotFound",
            429 => "TooManyRequests",
            500.. => "generalException",
            _ => "Request_BadRequest",
        };
        Self::new(refusal.status, code, refusal.detail.clone())
    }

    pub(super) fn reply(&self) -> Reply {
        Reply::plain(self.status, &json!({ "error": { "code": self.code, "message": self.message } }))
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::of(&refusal)
    }
}
