//! From the socket to the service and back: credentials, faults, the audit log, the files.

use super::Tap;
use super::audit::{Audit, Entry};
use super::exchange::{Refusal, Reply, Request, SCIM_JSON};
use super::faults::{Fault, Faults, Trouble};
use super::limiter::Limiter;
use super::provisioning::Provisioning;
use super::rules::Call;
use super::service::Service;
use super::store::Store;
use super::tokens::Tokens;
use super::weather::{self, Weather};
use super::wire::Cutter;
use crate::net::{Clock, Secret};
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A greater body is refused.
const MAX_BODY: usize = 1 << 20;

/// What the server and the handle on it share.
pub(crate) struct Shared {
    pub(crate) service: Mutex<Service>,
    pub(crate) limiter: Mutex<Limiter>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Store,
    pub(crate) faults: Faults,
    pub(crate) audit: Audit,
    pub(crate) token: Secret,
    pub(crate) revoke_token: Option<Secret>,
    pub(crate) token_path: Option<&'static str>,
    pub(crate) tokens: Tokens,
    pub(crate) weather: Option<Arc<dyn Weather>>,
    pub(crate) tap: Option<Tap>,
    pub(crate) provisioning: Provisioning,
    /// The address as a `Host` header writes it.
    pub(crate) port: u16,
}

/// Which credential a request carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    Token,
    RevokeToken,
    Nobody,
}

impl Who {
    fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::RevokeToken => "revoke-token",
            Self::Nobody => "nobody",
        }
    }
}

/// Answers one request of one connection.
pub(crate) async fn serve(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    request: axum::extract::Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let reply = match to_bytes(body, MAX_BODY).await {
        Ok(body) => {
            let query = parts.uri.query().unwrap_or_default();
            let request = Request::new(parts.method, parts.uri.path(), query, parts.headers, body.to_vec());
            if let Some(weather) = shared.weather.clone() {
                weather::through(weather, Arc::clone(&shared), request, cutter).await
            } else {
                let (reply, takes) = shared.answer(&request, &cutter);
                if !takes.is_zero() {
                    shared.clock.sleep(takes).await;
                }
                reply
            }
        }
        Err(_) => Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is larger than 1 MiB.").reply(),
    };
    into_response(shared.dated(reply))
}

fn into_response(reply: Reply) -> Response {
    let headers = reply.header_values();
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = reply.status;
    response.headers_mut().extend(headers);
    response
}

impl Shared {
    /// The answer, and how long it takes on its way.
    pub(super) fn answer(&self, request: &Request, cutter: &Cutter) -> (Reply, Duration) {
        if !self.is_addressed(request) {
            let detail = "This server is another host.";
            return (Refusal::new(StatusCode::MISDIRECTED_REQUEST, detail).reply(), Duration::ZERO);
        }
        if request.segments.first().is_some_and(|segment| segment == "_emulator") {
            return (self.administer(request), Duration::ZERO);
        }
        if self.token_path.is_some_and(|path| request.path() == path) {
            return (self.give_token(request), Duration::ZERO);
        }
        let (limit, latency) = {
            let service = self.service.lock().unwrap_or_else(PoisonError::into_inner);
            (service.tenant.behaviour.rate_limit, service.tenant.behaviour.latency_ms)
        };
        let told = limit.map_or(Ok(Vec::new()), |limit| self.limiter().count(limit));
        let reply = match told {
            Ok(told) => {
                let mut reply = self.answer_or_fail(request, cutter);
                reply.headers.extend(told);
                reply
            }
            Err(refused) => refused,
        };
        (reply, Duration::from_millis(latency))
    }

    fn answer_or_fail(&self, request: &Request, cutter: &Cutter) -> Reply {
        match self.faults.count(request.is_write(), request.creates()) {
            Some(fault) if !fault.after_effect => trouble(fault, None, cutter),
            Some(fault) => {
                let reply = self.answer_faithfully(request);
                trouble(fault, Some(reply), cutter)
            }
            None => self.answer_faithfully(request),
        }
    }

    /// By the emulator's clock: what this machine's says is of no use to a test that has another.
    fn dated(&self, reply: Reply) -> Reply {
        let (name, date) = self.limiter().date();
        reply.with_header(name, date)
    }

    fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.limiter.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page on another host that reaches this port by a name of its own is turned away (DNS rebinding).
    fn is_addressed(&self, request: &Request) -> bool {
        let host = request.header(header::HOST).unwrap_or_default();
        let ours = ["127.0.0.1", "localhost"].map(|name| format!("{name}:{}", self.port));
        ours.iter().any(|name| name.eq_ignore_ascii_case(host))
    }

    fn who(&self, request: &Request, scheme: &str) -> Who {
        let sent = request.header(header::AUTHORIZATION).unwrap_or_default();
        let Some((sent, token)) = sent.split_once(' ') else { return Who::Nobody };
        // What a client was given is a bearer token, whatever word the vendor has for its own.
        let issued = || self.tokens.who(token.trim(), self.clock.now());
        if let Some(who) = sent.eq_ignore_ascii_case("Bearer").then(issued).flatten() {
            return who;
        }
        if !sent.eq_ignore_ascii_case(scheme) {
            return Who::Nobody;
        }
        self.whose(token.trim())
    }

    /// Whose secret a text is.
    fn whose(&self, text: &str) -> Who {
        let is = |secret: &Secret| secret.expose() == text;
        match &self.revoke_token {
            _ if is(&self.token) => Who::Token,
            Some(revoke) if is(revoke) => Who::RevokeToken,
            _ => Who::Nobody,
        }
    }

    /// Requests for tokens change nothing at the vendor: they are counted and audited nowhere.
    fn give_token(&self, request: &Request) -> Reply {
        let behaviour = {
            let service = self.service.lock().unwrap_or_else(PoisonError::into_inner);
            service.tenant.behaviour.clone()
        };
        self.tokens.answer(request, &behaviour, self.clock.now(), |secret| self.whose(secret))
    }

    fn answer_faithfully(&self, request: &Request) -> Reply {
        let assigned = self.provisioning.ask();
        let mut service = self.service.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(assigned) = &assigned {
            self.provision(&mut service, assigned);
        }
        let before = request.is_write().then(|| service.tenant.clone());
        let (mut reply, who) = self.dispatch(&mut service, request);
        let kept = match request.is_write() || reply.violation {
            true => self.keep(&service, request, &reply, who),
            false => Ok(()),
        };
        if let Err(error) = kept {
            if let Some(before) = before {
                service.tenant = before;
            }
            let detail = format!("The emulator cannot write its state: {error}.");
            reply = Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, detail).reply();
        }
        if let Some(assigned) = assigned.filter(|_| request.is_write()) {
            self.provision(&mut service, &assigned);
        }
        let is_error = reply.status.as_u16() >= 400 && reply.content_type == SCIM_JSON;
        if service.tenant.behaviour.html_errors && is_error {
            reply.body = html_error(reply.status);
        }
        reply
    }

    fn dispatch(&self, service: &mut Service, request: &Request) -> (Reply, &'static str) {
        if let Some(reason) = service.rules.forbids(&format!("/{}", request.segments.join("/"))) {
            let reply = service.rules.refuse(&Refusal::new(StatusCode::FORBIDDEN, reason));
            return (Reply { violation: true, ..reply }, self.who(request, service.rules.scheme()).name());
        }
        let base: Vec<&str> = service.rules.base_path().split('/').filter(|part| !part.is_empty()).collect();
        let below = request
            .segments
            .get(base.len()..)
            .filter(|_| request.segments.iter().zip(&base).all(|(segment, part)| segment == part))
            .filter(|_| service.rules.speaks_scim() || service.rules.has_api());
        let Some(below) = below else {
            let rules = service.rules.clone();
            let now = service.clock.now();
            let page = rules.page(&mut service.tenant, request, now);
            let missing = || Refusal::not_found("This path").reply();
            return (page.unwrap_or_else(missing), "page");
        };
        let who = self.who(request, service.rules.scheme());
        if service.rules.has_api() {
            let reply = self.dispatch_api(service, request, below, who);
            if let Some(tap) = &self.tap {
                tap(request, &reply);
            }
            return (reply, who.name());
        }
        let reply =
            if service.tenant.behaviour.require_user_agent && request.header(header::USER_AGENT).is_none() {
                Refusal::new(StatusCode::FORBIDDEN, "A User-Agent is required.").reply()
            } else if who == Who::Nobody && !service.is_open(below) {
                unauthorised()
            } else if who == Who::RevokeToken && request.is_write() && request.method == Method::POST {
                Refusal::new(StatusCode::FORBIDDEN, "This token may not create anything.").reply()
            } else {
                service.answer(request, below)
            };
        (reply, who.name())
    }

    /// The vendor's own API.
    fn dispatch_api(&self, service: &mut Service, request: &Request, below: &[String], who: Who) -> Reply {
        let rules = Arc::clone(&service.rules);
        if who == Who::Nobody {
            let refusal = Refusal::new(StatusCode::UNAUTHORIZED, "The token is missing or wrong.");
            return rules.refuse(&refusal);
        }
        let call = Call {
            request,
            path: below.iter().map(String::as_str).collect(),
            now: service.clock.now(),
            base: &service.base,
            revokes: who == Who::RevokeToken,
        };
        rules.api(&mut service.tenant, &call)
    }

    /// Writes what a request did before it is answered, so that an answer is never about a change that a crash
    /// can still undo.
    pub(super) fn keep(
        &self,
        service: &Service,
        request: &Request,
        reply: &Reply,
        who: &str,
    ) -> std::io::Result<()> {
        if reply.effect.is_some() {
            self.store.save(&service.tenant)?;
        }
        let entry = self.audit.add(Entry {
            number: 0,
            at: service.clock.now(),
            method: request.method.to_string(),
            path: request.path.clone(),
            who: who.to_owned(),
            status: reply.status.as_u16(),
            effect: reply.effect.clone(),
            violation: reply.violation,
        });
        self.store.append(&entry)
    }

    /// The endpoints that script and inspect the emulator itself; they are counted and audited nowhere.
    fn administer(&self, request: &Request) -> Reply {
        if self.who(request, "Bearer") != Who::Token {
            return unauthorised();
        }
        let path: Vec<&str> = request.segments.iter().skip(1).map(String::as_str).collect();
        match (request.method.as_str(), &*path) {
            ("GET", ["audit"]) => plain(&json!({ "entries": self.audit.entries() })),
            ("GET", ["state"]) => {
                let service = self.service.lock().unwrap_or_else(PoisonError::into_inner);
                plain(&serde_json::to_value(service.tenant.document()).unwrap_or_default())
            }
            ("GET", ["faults"]) => plain(&json!({
                "calls": self.faults.calls(), "writes": self.faults.writes(), "faults": self.faults.scripted(),
            })),
            ("DELETE", ["faults"]) => {
                self.faults.reset();
                Reply::empty(StatusCode::NO_CONTENT)
            }
            ("POST", ["faults"]) => match serde_json::from_slice::<Fault>(&request.body) {
                Ok(fault) => {
                    self.faults.add(fault);
                    Reply::empty(StatusCode::NO_CONTENT)
                }
                Err(error) => Refusal::bad("invalidSyntax", format!("This is no fault: {error}.")).reply(),
            },
            _ => Refusal::not_found("This path").reply(),
        }
    }
}

fn plain(value: &Value) -> Reply {
    Reply { content_type: "application/json", ..Reply::json(StatusCode::OK, value) }
}

fn unauthorised() -> Reply {
    Refusal::new(StatusCode::UNAUTHORIZED, "The token is missing or wrong.")
        .reply()
        .with_header(header::WWW_AUTHENTICATE, "Bearer realm=\"grantline emulator\"")
}

fn html_error(status: StatusCode) -> Vec<u8> {
    format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>").into_bytes()
}

/// The answer that a fault turns a call into; `reply` is the true one, where the call took effect.
pub(super) fn trouble(fault: Fault, reply: Option<Reply>, cutter: &Cutter) -> Reply {
    match fault.trouble {
        Trouble::Status { status } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Refusal::new(status, "This failure was asked for.").reply()
        }
        Trouble::RateLimit { retry_after } => {
            Refusal::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests; wait as Retry-After says.")
                .reply()
                .with_header(header::RETRY_AFTER, retry_after.to_string())
        }
        Trouble::Drop => {
            cutter.now();
            Reply::empty(StatusCode::OK)
        }
        Trouble::Truncate => {
            let reply = reply.unwrap_or_else(|| plain(&json!({ "schemas": [], "detail": "cut short" })));
            cutter.after_head(reply.body.len() / 2);
            reply
        }
    }
}
