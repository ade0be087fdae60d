//! What an answer that is no success, or none at all, means to the engine.

use super::{Answer, HttpError};
use crate::connector::ConnectorError;

/// What a vendor's own words add to a status.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Advice<'a> {
    /// Whether they say that a limit is reached, such as licences.
    pub(crate) limit: bool,
    /// What a 403 may mean, for people: a full sentence.
    pub(crate) forbidden: &'a str,
}

/// The error that an answer without success stands for. `said` is what was asked and answered: a full sentence.
pub(crate) fn typed(answer: &Answer, said: String, advice: &Advice<'_>) -> ConnectorError {
    match answer.status {
        402 | 507 => ConnectorError::LimitReached { message: said },
        400 | 403 | 409 if advice.limit => ConnectorError::LimitReached { message: said },
        401 if answer.issued => ConnectorError::Unauthorised {
            message: format!(
                "{said} An access token that was issued just now was refused: what was granted to the client has been \
                 taken back, or it has lost its right to this API. Grant it again at the vendor."
            ),
        },
        401 => ConnectorError::Unauthorised {
            message: format!("{said} The token is missing, wrong or expired: make a new one at the vendor."),
        },
        403 => match wanted_scope(answer) {
            Some(scope) => ConnectorError::Unauthorised {
                message: format!(
                    "{said} The vendor wants the scope {scope:?} for it: grant that to the client at the vendor, and list \
                     it under `scopes`."
                ),
            },
            None => ConnectorError::Forbidden { message: format!("{said} {}", advice.forbidden) },
        },
        404 | 410 => ConnectorError::Gone { message: said },
        413 | 429 => ConnectorError::RetryLater { after: answer.retry_after, message: said },
        // A gateway may say so after the server behind it has done its work, and name a time all the same.
        503 if answer.repeatable => ConnectorError::RetryLater { after: answer.retry_after, message: said },
        // A server's word on the request itself, before it did anything.
        501 | 505 => ConnectorError::Refused { message: said },
        // A gateway says these, some with numbers of its own, while the server behind it may be at work, or done.
        408 if !answer.to_read => ConnectorError::Unknown { message: unknown(&said) },
        500..=599 if !answer.to_read => ConnectorError::Broke { message: unknown(&said) },
        408 | 500..=599 => ConnectorError::RetryLater { after: answer.retry_after, message: said },
        300..=399 => ConnectorError::ContractBroken {
            message: format!(
                "{said} Redirects are not followed, because the token would go with them: correct `url`."
            ),
        },
        400..=499 => ConnectorError::Refused { message: said },
        _ => ConnectorError::ContractBroken { message: said },
    }
}

fn unknown(said: &str) -> String {
    format!("{said} Whether it was carried out is unknown until the vendor is read again.")
}

/// The scopes that an answer names as missing (RFC 6750, section 3.1).
fn wanted_scope(answer: &Answer) -> Option<String> {
    let challenge = answer.header("www-authenticate");
    let (_, scope) = challenge.split_once("scope=\"").filter(|_| challenge.contains("insufficient_scope"))?;
    let scope = answer.quote(scope.split('"').next()?, 200);
    (!scope.is_empty()).then_some(scope)
}

impl From<HttpError> for ConnectorError {
    fn from(error: HttpError) -> Self {
        let message = error.to_string();
        match error {
            HttpError::Setup(_) | HttpError::NotAllowed(_) => Self::Refused { message },
            HttpError::NotReached(_) | HttpError::Lost(_) => Self::RetryLater { after: None, message },
            HttpError::NotNow { after, .. } => Self::RetryLater { after: Some(after), message },
            HttpError::Unknown(_) => Self::Unknown { message },
            HttpError::TooLarge(_) | HttpError::NotUnderstood(_) => Self::ContractBroken { message },
            HttpError::NoToken(_) => Self::Unauthorised { message },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::script::{Reply, Server, TestClock, pace};
    use crate::net::{Http, HttpLimits, Protocol, Request};
    use reqwest::Method;

    const ADVICE: Advice<'static> = Advice { limit: false, forbidden: "" };

    async fn meaning(method: Method, status: u16, after: Option<&str>) -> &'static str {
        let mut reply = Reply::empty(status);
        if let Some(after) = after {
            reply = reply.header("retry-after", after);
        }
        let server = Server::start(move |_| reply.clone()).await;
        let (pace, limits) = (pace(TestClock::new()), HttpLimits::default());
        let http = Http::new(server.endpoint(""), pace, limits, Protocol::JSON).unwrap();
        let answer = http.send(&Request::new(method, &["users"])).await.unwrap();
        match typed(&answer, "It was answered.".to_owned(), &ADVICE) {
            ConnectorError::RetryLater { .. } => "later",
            ConnectorError::Unknown { .. } | ConnectorError::Broke { .. } => "unknown",
            ConnectorError::Refused { .. } => "refused",
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn what_may_have_been_carried_out_and_would_be_done_twice_is_not_put_off() {
        let after = Some("900");
        for (status, after, [read, change, post]) in [
            (429, after, ["later", "later", "later"]),
            (413, after, ["later", "later", "later"]),
            (503, after, ["later", "later", "unknown"]),
            (503, None, ["later", "later", "unknown"]),
            (408, after, ["later", "unknown", "unknown"]),
            (504, after, ["later", "unknown", "unknown"]),
            (501, after, ["refused", "refused", "refused"]),
            (422, after, ["refused", "refused", "refused"]),
        ] {
            for (method, expect) in [
                (Method::GET, read),
                (Method::PUT, change),
                (Method::PATCH, change),
                (Method::DELETE, change),
                (Method::POST, post),
            ] {
                assert_eq!(meaning(method.clone(), status, after).await, expect, "{method} {status}");
            }
        }
    }
}
