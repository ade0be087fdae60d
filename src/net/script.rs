//! A server for tests that answers as a closure says, and a clock that does not wait.

use super::{Clock, Endpoint, Outside, Pace, Secret};
use crate::connector::Limits;
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Value,
    /// The fields, where the body is a form.
    pub(crate) form: BTreeMap<String, String>,
}

impl Seen {
    /// A query parameter; empty where there is none.
    pub(crate) fn q(&self, key: &str) -> &str {
        self.query.get(key).map_or("", String::as_str)
    }

    /// Method and path in one word.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// What it answers.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    hang: bool,
}

impl Reply {
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::text(status, "application/scim+json", &value.to_string())
    }

    pub(crate) fn text(status: u16, content_type: &str, body: &str) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Self { status, headers, body: body.as_bytes().to_vec(), hang: false }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new(), hang: false }
    }

    /// Never answers.
    pub(crate) fn hang() -> Self {
        Self { hang: true, ..Self::empty(200) }
    }

    /// A SCIM error.
    pub(crate) fn error(status: u16, scim_type: &str, detail: &str) -> Self {
        let mut error = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": status.to_string(), "detail": detail,
        });
        if !scim_type.is_empty() {
            error["scimType"] = Value::from(scim_type);
        }
        Self::json(status, &error)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// A running server and what it was asked.
pub(crate) struct Server {
    base: String,
    log: Arc<Mutex<Vec<Seen>>>,
}

/// The credential that every test uses.
pub(crate) const TOKEN: &str = "tok-9f8e7d6c5b4a";

impl Server {
    /// Starts a server that lives as long as the test's runtime.
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let log: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (seen_by, answer) = (Arc::clone(&log), Arc::new(answer));
        let router = Router::new().fallback(move |request: Request| {
            let (log, answer) = (Arc::clone(&seen_by), Arc::clone(&answer));
            async move {
                let seen = see(request).await;
                log.lock().unwrap().push(seen.clone());
                respond(answer(&seen)).await
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, log }
    }

    /// The endpoint, with `path` at its end.
    pub(crate) fn endpoint(&self, path: &str) -> Endpoint {
        let base = format!("{}{path}", self.base).parse().unwrap();
        Endpoint::with_token(base, Secret::new(TOKEN.to_owned()))
    }

    /// Everything asked so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.log.lock().unwrap().clone()
    }

    /// Methods and paths asked so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().iter().map(Seen::line).collect()
    }
}

async fn see(request: Request) -> Seen {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let url: reqwest::Url = format!("http://host{}", parts.uri).parse().unwrap();
    let headers = parts.headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: url.query_pairs().into_owned().collect(),
        headers: headers.collect(),
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        form: form(&parts.headers, &bytes),
    }
}

fn form(headers: &axum::http::HeaderMap, bytes: &[u8]) -> BTreeMap<String, String> {
    let is_form = headers
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let mut url: reqwest::Url = "http://host/".parse().unwrap();
    url.set_query(is_form.then(|| std::str::from_utf8(bytes).unwrap()));
    url.query_pairs().into_owned().collect()
}

async fn respond(reply: Reply) -> Response {
    if reply.hang {
        std::future::pending::<()>().await;
    }
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap()
}

/// A clock that stands still but for the waits asked of it, and notes them. A wait that races a request's answer ends
/// only after it, and then nobody waits any more.
#[derive(Debug)]
pub(crate) struct TestClock {
    waits: Mutex<Vec<Duration>>,
    outside: Arc<Mutex<usize>>,
    answered: Arc<Notify>,
}

/// An exchange is under way.
struct Exchange(Arc<Mutex<usize>>, Arc<Notify>);

impl Drop for Exchange {
    fn drop(&mut self) {
        *self.0.lock().unwrap() -= 1;
        self.1.notify_waiters();
    }
}

impl TestClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { waits: Mutex::default(), outside: Arc::default(), answered: Arc::default() })
    }

    /// The waits so far.
    pub(crate) fn waits(&self) -> Vec<Duration> {
        self.waits.lock().unwrap().clone()
    }
}

/// A pace for a test's requests, which leaves room for as many as a vendor does.
pub(crate) fn pace(clock: Arc<dyn Clock>) -> Arc<Pace> {
    Pace::new(clock, &Limits { side_by_side: 8, ..Limits::NARROW }, 7)
}

#[async_trait]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let start: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        start + self.waits().iter().sum::<Duration>()
    }

    async fn sleep(&self, duration: Duration) {
        loop {
            let answered = self.answered.notified();
            if *self.outside.lock().unwrap() == 0 {
                return self.waits.lock().unwrap().push(duration);
            }
            answered.await;
        }
    }

    fn outside(&self) -> Outside {
        *self.outside.lock().unwrap() += 1;
        Outside::new(Exchange(Arc::clone(&self.outside), Arc::clone(&self.answered)))
    }
}
