//! What it means that there is no token, in words for people.

use super::super::{Answer, HttpError};
use serde_json::Value;

/// The error that a token endpoint's answer without success stands for (RFC 6749, section 5.2).
pub(super) fn refused(answer: &Answer) -> HttpError {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
    let code = text("error");
    let mut said = format!("{} was answered {}", answer.asked, answer.status);
    if !code.is_empty() {
        said.push_str(&format!(" ({})", answer.quote(code, 60)));
    }
    match text("error_description") {
        "" if code.is_empty() && !answer.body.is_empty() => {
            said.push_str(&format!(" {}: {:?}", answer.media_type(), answer.excerpt()));
        }
        "" => {}
        words => said.push_str(&format!(": {:?}", answer.quote(words, 200))),
    }
    said.push_str(". There is no access token, so nothing else was sent.");
    if let Some(later) = later(answer, &said) {
        return later;
    }
    match (code, answer.status) {
        (_, 300..=399) => HttpError::NotUnderstood(format!(
            "{said} Redirects are not followed, because the credential would go with them: correct `token_url`."
        )),
        (_, 404 | 405 | 410) => HttpError::NotUnderstood(format!(
            "{said} Check that `token_url` is the address of the vendor's token endpoint."
        )),
        _ => HttpError::NoToken(format!("{said} {}", advice(code, answer.status))),
    }
}

/// The error that GitHub's answer without success stands for.
pub(super) fn no_identity(answer: &Answer) -> HttpError {
    let said = format!(
        "{} was answered {}: GitHub Actions gave no identity token, so nothing else was sent.",
        answer.asked, answer.status
    );
    let advice =
        "The job needs `permissions: { id-token: write }`, and the step must run before the job ends.";
    later(answer, &said).unwrap_or_else(|| HttpError::NoToken(format!("{said} {advice}")))
}

/// What a server's own trouble comes to: the same request may succeed in a while.
fn later(answer: &Answer, said: &str) -> Option<HttpError> {
    if !matches!(answer.status, 429 | 500..=599) {
        return None;
    }
    Some(match answer.retry_after {
        Some(after) => HttpError::NotNow { after, message: said.to_owned() },
        None => HttpError::NotReached(said.to_owned()),
    })
}

/// What to do about it: a full sentence.
fn advice(code: &str, status: u16) -> &'static str {
    match code {
        "unauthorized_client" => {
            "The client may not ask for tokens this way: allow it the grant type `client_credentials` at the vendor."
        }
        "invalid_scope" => {
            "The client has not been granted every scope under `scopes`: grant it what is missing at the vendor, or \
             correct the list."
        }
        "invalid_grant" => {
            "What was granted to the client has been taken back or has expired: grant it again at the vendor."
        }
        "unsupported_grant_type" | "invalid_request" => {
            "Check `token_url`, `auth` (`basic` or `form`), `audience` and `scopes` against the vendor's documentation."
        }
        _ if code == "invalid_client" || status == 401 => {
            "The vendor does not know the client, or does not take its proof: check `client_id` and the secret, key or \
             federated credential, and make a new one where it has expired."
        }
        _ => "Check the client at the vendor: its id, its proof and what it may ask for.",
    }
}
