//! The one HTTP client. It knows no vendor: it carries a request to one base URL, with one credential, and says
//! what became of it.

use super::pace::Permit;
use super::retry::{ATTEMPTS, Again, PATIENCE, delays};
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
}

/// A client for one endpoint.
pub(crate) struct Http {
    client: reqwest::Client,
    endpoint: Endpoint,
    authorization: HeaderValue,
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
        let credential = format!("{} {}", protocol.scheme, endpoint.token.expose());
        let mut authorization = HeaderValue::from_str(&credential).map_err(|_| {
            HttpError::Setup("The token holds characters that no header can carry.".to_owned())
        })?;
        authorization.set_sensitive(true);
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("grantline/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(limits.connect)
            .retry(reqwest::retry::never())
            // A redirect would carry the credential to wherever the server points.
            .redirect(reqwest::redirect::Policy::none());
        if is_loopback(&endpoint.base) {
            // The name is not looked up: whoever answers for names could lead it elsewhere, unencrypted.
            let here: [std::net::IpAddr; 2] =
                [std::net::Ipv4Addr::LOCALHOST.into(), std::net::Ipv6Addr::LOCALHOST.into()];
            builder = builder.no_proxy().resolve_to_addrs("localhost", &here.map(|ip| (ip, 0).into()));
        }
        if endpoint.base.scheme() == "http" {
            // Nothing is encrypted here, so that reading the machine's root certificates would be for nothing.
            builder = builder.tls_certs_only([]);
        }
        let client = builder
            .build()
            .map_err(|error| HttpError::Setup(format!("The HTTP client cannot start: {}.", cause(&error))))?;
        Ok(Self { client, endpoint, authorization, pace, limits, protocol })
    }

    /// Sends a request at the vendor's pace, again where that is known to be harmless: a read on a broken connection,
    /// 502, 503 or 504; and whatever the server answers that it did not carry out. No attempt begins after a deadline
    /// that they all have in common; each has its full time for the answer, since one that is cut short is a write of
    /// which nobody knows what became.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, HttpError> {
        let url = self.url(request)?;
        let clock = self.pace.clock();
        let until = clock.elapsed() + PATIENCE;
        let mut waits = delays();
        let mut last = None;
        for attempt in 1.. {
            let permit = match self.pace.enter(until).await {
                Ok(permit) => permit,
                Err(wait) => return last.map_or_else(|| Err(self.not_now(wait)), |last| put_off(last, wait)),
            };
            let outcome = self.once(request, url.clone(), &permit).await;
            drop(permit);
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
        let host = self.endpoint.base.host_str().unwrap_or("the server");
        HttpError::NotNow {
            after,
            message: format!(
                "The limits of {host} leave no room for a request, so nothing was sent; there will be some in {} s.",
                after.as_secs().max(1)
            ),
        }
    }

    async fn once(&self, request: &Request, url: Url, permit: &Permit<'_>) -> Result<Answer, HttpError> {
        let asked = format!("{} {}", request.method, url.path());
        let clock = self.pace.clock();
        let (started, most) = (Instant::now(), self.limits.request);
        let exchange = async {
            let _outside = clock.outside();
            self.exchange(request, url, &asked, permit).await
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
        asked: &str,
        permit: &Permit<'_>,
    ) -> Result<Answer, HttpError> {
        let mut builder = self
            .client
            .request(request.method.clone(), url)
            .header(ACCEPT, self.protocol.accept)
            .header(AUTHORIZATION, self.authorization.clone());
        if let Some(etag) = request.if_match.as_deref().and_then(|etag| HeaderValue::from_str(etag).ok()) {
            builder = builder.header(IF_MATCH, etag);
        }
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, self.protocol.content_type).body(body.clone());
        }
        let response = builder.send().await.map_err(|error| self.failed(request, asked, &error))?;
        self.answer(request, response, asked, permit).await
    }

    async fn answer(
        &self,
        request: &Request,
        mut response: reqwest::Response,
        asked: &str,
        permit: &Permit<'_>,
    ) -> Result<Answer, HttpError> {
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let retry_after = permit.answered(status, &headers);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(request, asked, &error))? {
            if body.len() + chunk.len() > self.limits.body {
                let what = format!(
                    "{asked} was answered with more than {} bytes, which is more than any answer should need",
                    self.limits.body
                );
                let read = request.method == Method::GET;
                return Err(if read { HttpError::TooLarge(format!("{what}.")) } else { unknown(&what) });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            asked: asked.to_owned(),
            to_read: request.method == Method::GET,
            status,
            content_type: media_type(&headers),
            etag: text(&headers, ETAG),
            location: text(&headers, LOCATION),
            retry_after,
            headers,
            body,
            token: self.endpoint.token.clone(),
        })
    }

    fn failed(&self, request: &Request, asked: &str, error: &reqwest::Error) -> HttpError {
        let host = self.endpoint.base.host_str().unwrap_or("the server");
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
        let mut path = self.endpoint.base.path().trim_end_matches('/').to_owned();
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
        let mut url = self.endpoint.base.clone();
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

/// The credential travels encrypted, or does not leave the machine.
fn check_base(base: &Url) -> Result<(), HttpError> {
    if !base.username().is_empty() || base.password().is_some() {
        return Err(HttpError::Setup("The vendor's URL must not hold a user name or password.".to_owned()));
    }
    if base.query().is_some() || base.fragment().is_some() {
        return Err(HttpError::Setup(
            "The vendor's URL must end with its path, without '?' or '#'.".to_owned(),
        ));
    }
    if base.scheme() == "https" || (base.scheme() == "http" && is_loopback(base)) {
        return Ok(());
    }
    let host = base.host_str().unwrap_or("the server");
    Err(HttpError::Setup(format!(
        "The vendor's URL must start with https://; only an address of this machine may use http, and {host} is none."
    )))
}

fn is_loopback(base: &Url) -> bool {
    let host = base.host_str().unwrap_or("").trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn text(headers: &HeaderMap, name: reqwest::header::HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn media_type(headers: &HeaderMap) -> String {
    let full = text(headers, CONTENT_TYPE).unwrap_or_default();
    full.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

/// The innermost cause: the outer ones only repeat the URL.
fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    super::neutral(&inner.to_string(), 160)
}

#[cfg(test)]
mod tests;
