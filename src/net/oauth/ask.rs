//! One request to whoever gives tokens, and what its answer holds.

use super::super::http::media_type;
use super::super::line;
use super::super::trace::trace;
use super::super::{Answer, Clock, HttpError, HttpLimits, Secret};
use super::proof::{Proof, Shown};
use super::{Grant, refusal};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, RETRY_AFTER};
use reqwest::{Method, Url};
use serde_json::Value;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Bytes of an answer: more than any token has.
const LONGEST: usize = 256 << 10;

/// Bytes of a token: no header carries more.
const LONGEST_TOKEN: usize = 32 << 10;

/// A longer life than this is not believed, nor needed.
const YEAR: u64 = 365 * 24 * 60 * 60;

/// A token as it came.
pub(super) struct Fetched {
    pub(super) token: Secret,
    pub(super) secrets: Arc<[Secret]>,
    pub(super) lifetime: Option<Duration>,
}

/// A request to whoever gives tokens or identities. With a form it is a POST.
pub(super) struct Sent<'a> {
    pub(super) url: Url,
    pub(super) form: Option<Vec<(&'static str, String)>>,
    pub(super) shown: &'a Shown,
}

/// Asks for a token, once.
pub(super) async fn ask(grant: &Grant, proof: &Proof, clock: &Arc<dyn Clock>) -> Result<Fetched, HttpError> {
    let shown = proof.shown(grant, clock).await?;
    let mut form = vec![("grant_type", "client_credentials".to_owned())];
    if !grant.scopes.is_empty() {
        form.push(("scope", grant.scopes.join(" ")));
    }
    form.extend(grant.audience.clone().map(|audience| ("audience", audience)));
    form.extend(shown.form.iter().cloned());
    let answer = send(Sent { url: grant.token_url.clone(), form: Some(form), shown: &shown }, clock).await?;
    if answer.is_success() { fetched(&answer) } else { Err(refusal::refused(&answer)) }
}

fn fetched(answer: &Answer) -> Result<Fetched, HttpError> {
    let flaw = |what: &str| {
        HttpError::NotUnderstood(format!(
            "{} was answered {} {what}. Check that `token_url` is the address of the vendor's token endpoint.",
            answer.asked, answer.status
        ))
    };
    // The body is not quoted: it may be a token all the same.
    let body: Value =
        serde_json::from_slice(&answer.body).map_err(|_| flaw("with something else than JSON"))?;
    let token = body.get("access_token").and_then(Value::as_str).and_then(usable);
    let token = token.ok_or_else(|| flaw("without a usable access token"))?;
    let kind = body.get("token_type").and_then(Value::as_str);
    if kind.is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(flaw("with a token that is no bearer token"));
    }
    // Some servers write the number as a text.
    let seconds =
        body.get("expires_in").and_then(|told| told.as_u64().or_else(|| told.as_str()?.parse().ok()));
    Ok(Fetched {
        secrets: answer.secrets.iter().cloned().chain([token.clone()]).collect(),
        token,
        lifetime: seconds.map(|seconds| Duration::from_secs(seconds.min(YEAR))),
    })
}

/// The token that a text is, where a header can carry it.
pub(super) fn usable(text: &str) -> Option<Secret> {
    let fits = !text.is_empty() && text.len() <= LONGEST_TOKEN && text.bytes().all(|b| b.is_ascii_graphic());
    fits.then(|| Secret::new(text.to_owned()))
}

/// Sends a request and gives whatever answer came, in the time that every request has.
pub(super) async fn send(sent: Sent<'_>, clock: &Arc<dyn Clock>) -> Result<Answer, HttpError> {
    let method = if sent.form.is_some() { Method::POST } else { Method::GET };
    let host = sent.url.host_str().unwrap_or("the server");
    let asked = format!("{method} {host}{}", sent.url.path());
    let (started, limits) = (Instant::now(), HttpLimits::default());
    let exchange = async {
        let _outside = clock.outside();
        exchange(&sent, method, &asked, &limits).await
    };
    let outcome = tokio::select! {
        biased;
        outcome = exchange => outcome,
        () = clock.sleep(limits.request) => Err(HttpError::NotReached(format!(
            "{asked} had no whole answer within {} s, so there is no access token and nothing else was sent.",
            limits.request.as_secs()
        ))),
    };
    trace(|| {
        let status = outcome.as_ref().map_or("no answer".to_owned(), |answer| answer.status.to_string());
        format!("{asked} {status} {} ms", started.elapsed().as_millis())
    });
    outcome
}

async fn exchange(
    sent: &Sent<'_>,
    method: Method,
    asked: &str,
    limits: &HttpLimits,
) -> Result<Answer, HttpError> {
    let failed = |error: &reqwest::Error| {
        HttpError::NotReached(format!(
            "{asked} had no whole answer, so there is no access token and nothing else was sent: {}.",
            line::cause(error)
        ))
    };
    let client = line::client(&sent.url, limits)?;
    let to_read = method == Method::GET;
    let mut builder = client.request(method, sent.url.clone()).header(ACCEPT, "application/json");
    if let Some(authorization) = &sent.shown.authorization {
        let mut value = HeaderValue::from_str(authorization).map_err(|_| {
            HttpError::Setup("The client's secret holds characters that no header can carry.".to_owned())
        })?;
        value.set_sensitive(true);
        builder = builder.header(AUTHORIZATION, value);
    }
    if let Some(form) = &sent.form {
        builder = builder.form(form);
    }
    let mut response = builder.send().await.map_err(|error| failed(&error))?;
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let body = line::body(&mut response, LONGEST).await.map_err(|error| failed(&error))?;
    let body = body.ok_or_else(|| {
        HttpError::NotUnderstood(format!("{asked} was answered with more than {LONGEST} bytes."))
    })?;
    let told = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Ok(Answer {
        asked: asked.to_owned(),
        to_read,
        // Whoever asks for a token twice has two.
        repeatable: true,
        status,
        content_type: media_type(&headers),
        etag: None,
        location: None,
        retry_after: told.map(|seconds: u32| Duration::from_secs(seconds.into())),
        headers,
        body,
        secrets: sent.shown.secrets.iter().cloned().collect(),
        issued: false,
    })
}
