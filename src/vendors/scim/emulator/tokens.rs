//! Access tokens for OAuth clients (RFC 6749, section 4.4). Any client is known; what it can do follows from its secret.

use super::behaviour::Behaviour;
use super::exchange::{Reply, Request};
use super::server::Who;
use axum::http::{StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long a token holds unless the server is told otherwise, in seconds.
const LIFETIME: u64 = 3600;

/// The tokens that were given out, each with whose rights it has and until when.
#[derive(Debug, Default)]
pub(crate) struct Tokens(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    count: u64,
    issued: BTreeMap<String, (Who, Timestamp)>,
}

impl Tokens {
    /// Whose token it is, where it still holds.
    pub(super) fn who(&self, token: &str, now: Timestamp) -> Option<Who> {
        let state = self.state();
        let (who, until) = state.issued.get(token)?;
        (now < *until).then_some(*who)
    }

    /// How many were given out.
    pub(super) fn count(&self) -> u64 {
        self.state().count
    }

    /// Takes every token back.
    pub(super) fn forget(&self) {
        self.state().issued.clear();
    }

    /// Answers a request for a token. `who` says whose secret a text is.
    pub(super) fn answer(
        &self,
        request: &Request,
        behaviour: &Behaviour,
        now: Timestamp,
        who: impl Fn(&str) -> Who,
    ) -> Reply {
        let form = request.form();
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        if request.method() != "POST" {
            return refused(
                StatusCode::METHOD_NOT_ALLOWED,
                "invalid_request",
                "A token is asked for by POST.",
            );
        }
        let shown = basic(request).or_else(|| field("client_secret").map(str::to_owned));
        let who = shown.map_or(Who::Nobody, |secret| who(&secret));
        if who == Who::Nobody {
            return refused(
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                "The client's secret is missing or wrong.",
            );
        }
        if field("grant_type") != Some("client_credentials") {
            let detail = "Clients are given tokens for client_credentials alone.";
            return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type", detail);
        }
        let lifetime = behaviour.token_lifetime.unwrap_or(LIFETIME);
        let until = SignedDuration::from_secs(i64::try_from(lifetime).unwrap_or(i64::MAX));
        let mut state = self.state();
        state.issued.retain(|_, (_, until)| now < *until);
        state.count += 1;
        let token = format!("issued-{:06}-{}", state.count, now.as_second());
        state.issued.insert(token.clone(), (who, now.saturating_add(until).unwrap_or(Timestamp::MAX)));
        let mut body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": lifetime });
        if let Some(scope) = field("scope") {
            body["scope"] = scope.into();
        }
        Reply::plain(StatusCode::OK, &body).with_header(header::CACHE_CONTROL, "no-store")
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The secret that was sent by HTTP Basic.
fn basic(request: &Request) -> Option<String> {
    let sent = request.header(header::AUTHORIZATION)?;
    let pair = STANDARD.decode(sent.strip_prefix("Basic ")?.trim()).ok()?;
    let pair = String::from_utf8(pair).ok()?;
    let (_, secret) = pair.split_once(':')?;
    // It is encoded as a form's field is.
    let mut url = reqwest::Url::parse("http://localhost/").ok()?;
    url.set_query(Some(&format!("secret={secret}")));
    url.query_pairs().next().map(|(_, secret)| secret.into_owned())
}

fn refused(status: StatusCode, error: &str, detail: &str) -> Reply {
    Reply::plain(status, &json!({ "error": error, "error_description": detail }))
}
