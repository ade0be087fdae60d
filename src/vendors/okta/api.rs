//! How Okta's API is spoken to, and what its refusals mean.

use crate::connector::ConnectorError;
use crate::net::rest::{Api, Paging, Problem, Rest};
use crate::net::{Answer, Endpoint, Pace, Protocol, Request};
use reqwest::Method;
use serde_json::Value;
use std::sync::Arc;

/// Where the API lies below an organisation's address.
const BELOW: &str = "/api/v1";

/// What concerns people's own secrets, which nobody changes for them here.
pub(super) const FORBIDDEN: &[(&str, &str)] = &[
    ("reset_factors", "it takes people's second factors."),
    ("reset_password", "it changes people's passwords."),
    ("expire_password", "it changes people's passwords."),
    ("change_password", "it changes people's passwords."),
    ("forgot_password", "it changes people's passwords."),
    ("change_recovery_question", "it changes how people come back to their accounts."),
    ("authenticator-enrollments", "it changes people's second factors."),
];

static API: Api = Api {
    title: "Okta",
    protocol: Protocol { scheme: "SSWS", forbidden: FORBIDDEN, ..Protocol::JSON },
    paging: Paging::Link,
    problem,
    forbidden: "The credential lacks a right for that: give the administrator whose token it is the role that \
                docs/okta.md names, or grant the OAuth application the scope.",
};

/// The body of a refusal that says whatever was wrong with what was sent.
pub(super) const INVALID: &str = "E0000001";

/// What is refused because of the status that a user is in.
const STATUS_CODES: [&str; 3] = ["E0000014", "E0000016", "E0000038"];

/// A client of an organisation, whose address is given with or without the API's path.
pub(super) fn rest(endpoint: Endpoint, pace: Arc<Pace>) -> Result<Arc<Rest>, ConnectorError> {
    let Endpoint { mut base, credential } = endpoint;
    let host = base.host_str().unwrap_or_default();
    let first = host.split('.').next().unwrap_or_default();
    if first.ends_with("-admin") && host.contains("okta") {
        return Err(refused(format!(
            "{host} is the address of the Admin Console: take -admin out of `url`, as in https://acme.okta.com."
        )));
    }
    if matches!(base.path(), "" | "/") {
        base.set_path(BELOW);
    }
    Rest::new(Endpoint { base, credential }, pace, &API).map(Arc::new)
}

fn problem(body: &Value) -> Problem {
    let text =
        |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let causes = body.get("errorCauses").and_then(Value::as_array).into_iter().flatten();
    let summaries =
        std::iter::once(text(body, "errorSummary")).chain(causes.map(|one| text(one, "errorSummary")));
    let detail: Vec<String> = summaries.filter(|summary| !summary.is_empty()).collect();
    Problem { code: text(body, "errorCode"), detail: detail.join("; "), limit: false }
}

pub(super) fn get(segments: &[&str]) -> Request {
    Request::new(Method::GET, segments)
}

pub(super) fn post(segments: &[&str]) -> Request {
    Request::new(Method::POST, segments)
}

/// Sends a change. What Okta refuses because of a user's status is a refusal, although it says that it is forbidden.
pub(super) async fn change(rest: &Rest, request: &Request) -> Result<Answer, ConnectorError> {
    let answer = rest.send(request).await?;
    if answer.is_success() {
        return Ok(answer);
    }
    let problem = rest.problem(&answer);
    if answer.status == 403 && STATUS_CODES.contains(&problem.code.as_str()) {
        let (asked, code) = (&answer.asked, answer.quote(&problem.code, 60));
        let detail = answer.quote(&problem.detail, 200);
        return Err(refused(format!("{asked} was refused ({code}): {detail:?}.")));
    }
    Err(rest.refusal(&answer))
}

/// The same; an answer that there is no such thing is none.
pub(super) async fn change_there(rest: &Rest, request: &Request) -> Result<Option<Answer>, ConnectorError> {
    match change(rest, request).await {
        Err(ConnectorError::Gone { .. }) => Ok(None),
        answer => answer.map(Some),
    }
}

pub(super) fn refused(message: String) -> ConnectorError {
    ConnectorError::Refused { message }
}
