//! The one HTTP client. It knows no vendor: it carries a request to one base URL, with one credential, and says
//! what became of it.

use super::line::{self, Address, cause};
use super::pace::Permit;
use super::pass::{Authority, Pass};
use super::retry::{ATTEMPTS, Again, PATIENCE, delays, is_repeatable};
use super::trace::trace;
use super::{Answer, Endpoint, Pace, encode_component};
use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_MATCH, LOCATION,
};
use reqwest::{Method, Url};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long and how much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HttpLimits {
    /// Until a connection stands.
    pub(crate) connect: Duration,
    /// Until an answer is read to its end.
    pub(crate) request: Duration,
    /// Bytes of a body, after decompression.
    pub(crate) body: usize,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), request: Duration::from_secs(30), body: 32 << 20 }
    }
}

/// How one kind of vendor wants to be spoken to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Protocol {
    /// The word before the credential in `Authorization`.
    pub(crate) scheme: &'static str,
    /// `Accept`.
    pub(crate) accept: &'static str,
    /// `Content-Type` of what is sent.
    pub(crate) content_type: &'static str,
    /// Path fragments that no request may contain, each with the reason.
    pub(crate) forbidden: &'static [(&'static str, &'static str)],
}

impl Protocol {
    /// SCIM (RFC 7644, section 3.1).
    pub(crate) const SCIM: Self = Self {
        scheme: "Bearer",
        accept: "application/scim+json, application/json",
        content_type: "application/scim+json",
        forbidden: &[],
    };

    /// JSON, with a bearer token (RFC 6750).
    pub(crate) const JSON: Self =
        Self { accept: "application/json", content_type: "application/json", ..Self::SCIM };
}

/// What is asked of the server.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    method: Method,
    segments: Vec<String>,
    query: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    if_match: Option<String>,
}

impl Request {
    /// A request for a path below the base URL. Each segment is encoded by itself, so an id may hold anything.
    pub(crate) fn new(method: Method, segments: &[&str]) -> Self {
        let segments = segments.iter().map(|&segment| segment.to_owned()).collect();
        Self { method, segments, query: Vec::new(), body: None, if_match: None }
    }

    /// With a query parameter.
    pub(crate) fn query(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((key.into(), value.into()));
        self
    }

    /// The same with this parameter and no other of its name.
    pub(crate) fn with_query(mut self, key: &str, value: impl Into<String>) -> Self {
        self.query.retain(|(name, _)| name != key);
        self.query(key, value)
    }

    /// The same with these parameters alone.
    pub(crate) fn with_queries(self, query: Vec<(String, String)>) -> Self {
        Self { query, ..self }
    }

    /// With a body.
    pub(crate) fn json(mut self, value: &serde_json::Value) -> Self {
        self.body = Some(value.to_string().into_bytes());
        self
    }

    /// Only if the resource still has this version.
    pub(crate) fn if_match(mut self, etag: Option<String>) -> Self {
        self.if_match = etag;
        self
    }
}

/// Why there is no answer. No variant holds any part of a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HttpError {
    /// The client could not be set up.
    #[error("{0}")]
    Setup(String),
    /// The request was not sent, because it must not be.
    #[error("{0}")]
    NotAllowed(String),
    /// No connection came about, so nothing reached the server.
    #[error("{0}")]
    NotReached(String),
    /// A read went out and no whole answer came back.
    #[error("{0}")]
    Lost(String),
    /// A write went out and no usable answer came back; it may or may not have been carried out.
    #[error("{0}")]
    Unknown(String),
    /// The answer is larger than any that makes sense.
    #[error("{0}")]
    TooLarge(String),
    /// Nothing was sent, because the vendor's limits leave no room for it soon.
    #[error("{message}")]
    NotNow {
        /// How long it would be.
        after: Duration,
        /// What is in the way.
        message: String,
    },
    /// The request was not sent, because no access token could be had for it, and none will be until somebody acts.
    #[error("{0}")]
    NoToken(String),
    /// Nor was it where whoever gives access tokens answered what no such server answers.
    #[error("{0}")]
    NotUnderstood(String),
}

/// A client for one endpoint.
pub(crate) struct Http {
    client: reqwest::Client,
    base: Url,
    authority: Authority,
    pace: Arc<Pace>,
    limits: HttpLimits,
    protocol: Protocol,
}

impl Http {
    /// Sets a client up.
    ///
    /// # Errors
    /// [`HttpError::Setup`] when the URL would carry the credential in the clear or holds one itself, or when the
    /// credential does not fit into a header.
    pub(crate) fn new(
        endpoint: Endpoint,
        pace: Arc<Pace>,
        limits: HttpLimits,
        protocol: Protocol,
    ) -> Result<Self, HttpError> {
        check_base(&endpoint.base)?;
        let authority = Authority::new(endpoint.credential, protocol.scheme)?;
        let client = line::client(&endpoint.base, &limits)?;
        pace.asks(endpoint.base.host_str().unwrap_or("the server"));
        Ok(Self { client, base: endpoint.base, authority, pace, limits, protocol })
    }

    /// Sends a request at the vendor's pace, again where that is known to be harmless: a read on a broken connection,
    /// 408, 502, 503 or 504; and whatever the server answers that it did not carry out. No attempt begins after a deadline
    /// that they all have in common; each has its full time for the answer, since one that is cut short is a write of
    /// which nobody knows what became.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, HttpError> {
        let url = self.url(request)?;
        let clock = self.pace.clock();
        let until = clock.elapsed() + PATIENCE;
        let mut waits = delays();
        let (mut last, mut renewed) = (None, false);
        for attempt in 1.. {
            let permit = match self.pace.enter(until).await {
                Ok(permit) => permit,
                Err(wait) => return last.map_or_else(|| Err(self.not_now(wait)), |last| put_off(last, wait)),
            };
            let pass = self.authority.pass(clock).await?;
            let outcome = self.once(request, url.clone(), &permit, &pass).await;
            drop(permit);
            let status = outcome.as_ref().ok().map(|answer| answer.status);
            // What was refused for its credential was not carried out, whatever it is.
            if !renewed && self.authority.renews(&pass, status, clock).await? {
                renewed = true;
                continue;
            }
            let again = Again::after(&outcome, &request.method);
            let wait = match again {
                // The pace knows when.
                Again::AsPaced { counts } if attempt < ATTEMPTS || !counts => None,
                Again::Later if attempt < ATTEMPTS => waits.next().map(|wait| self.pace.spread(wait)),
                _ => return outcome,
            };
            if let Some(wait) = wait {
                if clock.elapsed() + wait >= until {
                    return outcome;
                }
                clock.sleep(wait).await;
            }
            last = Some(outcome);
        }
        Err(HttpError::Setup("No attempt was made.".to_owned()))
    }

    fn not_now(&self, after: Duration) -> HttpError {
        let host = self.base.host_str().unwrap_or("the server");
        HttpError::NotNow {
            after,
            message: format!(
                "The limits of {host} leave no room for a request, so nothing was sent; there will be some in {} s.",
                after.as_secs().max(1)
            ),
        }
    }

    async fn once(
        &self,
        request: &Request,
        url: Url,
        permit: &Permit<'_>,
        pass: &Pass,
    ) -> Result<Answer, HttpError> {
        let asked = format!("{} {}", request.method, url.path());
        let clock = self.pace.clock();
        let (started, most) = (Instant::now(), self.limits.request);
        let exchange = async {
            let _outside = clock.outside();
            self.exchange(request, url, (&asked, permit), pass).await
        };
        let outcome = tokio::select! {
            biased;
            outcome = exchange => outcome,
            () = clock.sleep(most) => {
                Err(no_answer(request, &format!("{asked} had no whole answer within {} s", most.as_secs())))
            }
        };
        trace(|| {
            let status = match &outcome {
                Ok(answer) => answer.status.to_string(),
                Err(_) => "no answer".to_owned(),
            };
            format!("{asked} {status} {} ms", started.elapsed().as_millis())
        });
        outcome
    }

    async fn exchange(
        &self,
        request: &Request,
        url: Url,
        (asked, permit): (&str, &Permit<'_>),
        pass: &Pass,
    ) -> Result<Answer, HttpError> {
        let mut builder = self
            .client
            .request(request.method.clone(), url)
            .header(ACCEPT, self.protocol.accept)
            .header(AUTHORIZATION, pass.header.clone());
        if let Some(etag) = request.if_match.as_deref().and_then(|etag| HeaderValue::from_str(etag).ok()) {
            builder = builder.header(IF_MATCH, etag);
        }
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, self.protocol.content_type).body(body.clone());
        }
        let response = builder.send().await.map_err(|error| self.failed(request, asked, &error))?;
        self.answer(request, response, (asked, permit), pass).await
    }

    async fn answer(
        &self,
        request: &Request,
        mut response: reqwest::Response,
        (asked, permit): (&str, &Permit<'_>),
        pass: &Pass,
    ) -> Result<Answer, HttpError> {
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let retry_after = permit.answered(status, &headers);
        let body = line::body(&mut response, self.limits.body).await;
        let Some(body) = body.map_err(|error| self.failed(request, asked, &error))? else {
            let what = format!(
                "{asked} was answered with more than {} bytes, which is more than any answer should need",
                self.limits.body
            );
            let read = request.method == Method::GET;
            return Err(if read { HttpError::TooLarge(format!("{what}.")) } else { unknown(&what) });
        };
        Ok(Answer {
            asked: asked.to_owned(),
            to_read: request.method == Method::GET,
            repeatable: is_repeatable(&request.method),
            status,
            content_type: media_type(&headers),
            etag: text(&headers, ETAG),
            location: text(&headers, LOCATION),
            retry_after,
            headers,
            body,
            secrets: Arc::clone(&pass.secrets),
            issued: pass.is_issued(),
        })
    }

    fn failed(&self, request: &Request, asked: &str, error: &reqwest::Error) -> HttpError {
        let host = self.base.host_str().unwrap_or("the server");
        if error.is_connect() {
            let why = cause(error);
            return HttpError::NotReached(format!(
                "{host} could not be reached, so nothing was sent: {why}."
            ));
        }
        no_answer(request, &format!("{asked} had no whole answer: {}", cause(error)))
    }

    /// Where a request goes.
    pub(crate) fn url(&self, request: &Request) -> Result<Url, HttpError> {
        let mut path = self.base.path().trim_end_matches('/').to_owned();
        for segment in &request.segments {
            // A URL parser drops an empty segment's slash and resolves dots, so such an id would address its parent.
            if segment.is_empty() || segment == "." || segment == ".." {
                return Err(HttpError::NotAllowed(format!(
                    "The vendor's id {segment:?} cannot be part of a URL."
                )));
            }
            path.push('/');
            path.push_str(&encode_component(segment));
        }
        let lower = path.to_ascii_lowercase();
        if let Some((fragment, why)) =
            self.protocol.forbidden.iter().find(|(fragment, _)| lower.contains(fragment))
        {
            return Err(HttpError::NotAllowed(format!(
                "A request to a path with {fragment:?} in it is never sent: {why}"
            )));
        }
        let mut url = self.base.clone();
        url.set_path(&path);
        if !request.query.is_empty() {
            let pairs: Vec<String> = request
                .query
                .iter()
                .map(|(key, value)| format!("{}={}", encode_component(key), encode_component(value)))
                .collect();
            url.set_query(Some(&pairs.join("&")));
        }
        Ok(url)
    }
}

/// What is to be said of a request that went out and was not answered to the end.
fn no_answer(request: &Request, what: &str) -> HttpError {
    if request.method == Method::GET { HttpError::Lost(format!("{what}.")) } else { unknown(what) }
}

/// An attempt that cannot be repeated within the request's time, with the wait that would be needed.
fn put_off(last: Result<Answer, HttpError>, wait: Duration) -> Result<Answer, HttpError> {
    let mut answer = last?;
    answer.retry_after = answer.retry_after.or(Some(wait));
    Ok(answer)
}

/// What is to be said of a write whose answer tells nothing.
fn unknown(what: &str) -> HttpError {
    HttpError::Unknown(format!(
        "{what}; whether it was carried out is unknown until the vendor is read again."
    ))
}

fn check_base(base: &Url) -> Result<(), HttpError> {
    Address::VENDOR.check(base)?;
    if base.query().is_some() || base.fragment().is_some() {
        return Err(HttpError::Setup(
            "The vendor's URL must end with its path, without '?' or '#'.".to_owned(),
        ));
    }
    Ok(())
}

fn text(headers: &HeaderMap, name: reqwest::header::HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

pub(super) fn media_type(headers: &HeaderMap) -> String {
    let full = text(headers, CONTENT_TYPE).unwrap_or_default();
    full.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
