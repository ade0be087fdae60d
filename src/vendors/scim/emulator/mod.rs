//! An embedded SCIM vendor: a real server on loopback, with its state on disk.
//!
//! It answers as RFC 7643, RFC 7644 and RFC 9865 say, refuses what they do not allow, and can be told to behave
//! as badly as real servers do ([`Behaviour`]) or to fail at a given call ([`Faults`]). What a kind of vendor
//! adds to the standard is its [`Rules`].

mod audit;
mod behaviour;
mod discovery;
mod effect;
pub(crate) mod exchange;
mod faults;
mod filter;
pub(crate) mod html;
mod lag;
mod limiter;
mod list;
mod memberships;
mod patch;
mod provisioning;
mod render;
mod rules;
mod schema;
mod server;
mod service;
mod store;
pub(crate) mod tenant;
mod tokens;
#[cfg(test)]
mod tests;
#[cfg(test)]
#[path = "tests/watched.rs"]
pub(crate) mod watched;
mod weather;
mod wire;

pub use audit::{Audit, Entry};
pub use behaviour::{Announce, Behaviour, Discovery, Membership, Paging, Patching, RateLimit, Searching};
pub use exchange::{Reply, Request};
pub use faults::{Counting, Creating, Fault, Faults, Trouble};
pub use provisioning::{Assigned, Assignments};
pub use rules::{Call, Plain, Rules};
pub use store::Seed;
pub use tenant::Tenant;
pub use weather::{Blow, Handled, Weather};

use crate::net::{Clock, Endpoint, Secret, SystemClock};
use axum::Router;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use server::Shared;
use service::Service;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use store::Store;
use tokio::sync::oneshot;
use wire::{Cutter, Loopback};

/// How long a stopping server waits for answers that are under way.
const LAST_ANSWERS: Duration = Duration::from_millis(500);

/// Somebody who watches.
pub type Tap = Arc<dyn Fn(&Request, &Reply) + Send + Sync>;

/// What an emulator is started with.
pub struct Options {
    /// The file that holds the tenant; its folder is made. The audit log lies beside it.
    pub state: PathBuf,
    /// Where the tenant starts when that file does not exist; without one, from a tenant that has nothing but
    /// the credential's own account.
    pub seed: Option<Seed>,
    /// The name of such a tenant.
    pub tenant: String,
    /// The bearer token it demands.
    pub token: Secret,
    /// A second token, which may change and remove and not create.
    pub revoke_token: Option<Secret>,
    /// Where OAuth clients are given access tokens, as a path of the host; none: where the rules have it.
    pub token_path: Option<&'static str>,
    /// What the vendor adds to the standard.
    pub rules: Arc<dyn Rules>,
    /// How the server departs from the standard; none: as its state or seed says.
    pub behaviour: Option<Behaviour>,
    /// Whether a tenant that begins with nothing has pages alone, where the vendor can be had so.
    pub without_api: bool,
    /// What must exist that no client can create: the kind and the id of each.
    pub furnish: Vec<(String, String)>,
    /// The script of failures.
    pub faults: Faults,
    /// Decides what becomes of each request, where a harness wants to.
    pub weather: Option<Arc<dyn Weather>>,
    /// Whether the tenant is kept in memory alone, whatever `state` says.
    pub in_memory: bool,
    /// Sees every request that the vendor's API answered, with the answer.
    pub tap: Option<Tap>,
    /// Whom an identity provider assigns to the vendor, where one keeps its accounts over SCIM.
    pub provider: Option<Assignments>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// The port; 0 takes a free one.
    pub port: u16,
}

impl Options {
    /// A faithful server of plain SCIM, on a free port.
    #[must_use]
    pub fn new(state: PathBuf, token: Secret) -> Self {
        Self {
            state,
            seed: None,
            tenant: "acme".to_owned(),
            token,
            revoke_token: None,
            token_path: None,
            rules: Arc::new(Plain),
            behaviour: None,
            without_api: false,
            furnish: Vec::new(),
            faults: Faults::default(),
            weather: None,
            in_memory: false,
            tap: None,
            provider: None,
            clock: Arc::new(SystemClock),
            port: 0,
        }
    }
}

/// Tells the server to stop.
type Stopped = oneshot::Receiver<()>;

/// The thread that serves, where it has one of its own.
type Hosted = io::Result<Option<JoinHandle<()>>>;

/// Why an emulator does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file cannot be read or written.
    #[error("The emulator cannot use {}: {error}.", path.display())]
    State {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A state or a seed is not one.
    #[error("{} is no state of an emulator: {reason}. Mend it, or delete it to start from the seed again.", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Another emulator runs on the same state.
    #[error("Another emulator is running on {}. Wait until it has ended, or point `url` at it.", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// The port or the thread cannot be had.
    #[error("The emulator cannot listen on port {port} of 127.0.0.1: {error}.")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the system says.
        error: io::Error,
    },
}

/// A running server. It stops when this is dropped, and by then its port is free and its state on disk.
///
/// It runs on a thread of its own, so that it answers whatever the caller's runtime is doing and can be started
/// and dropped inside one or outside.
pub struct Emulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    base_path: &'static str,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Emulator {
    /// Loads the tenant and starts to answer.
    ///
    /// # Errors
    /// A [`StartError`] that names the file or port.
    pub fn start(options: Options) -> Result<Self, StartError> {
        Self::start_on(options, |listener, shared, stopped| spawn(listener, shared, stopped).map(Some))
    }

    /// The same on the runtime that this is called on, for a harness that decides when everything happens. Dropping it
    /// waits for nothing.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn start_here(options: Options) -> Result<Self, StartError> {
        Self::start_on(options, |listener, shared, stopped| {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            drop(tokio::spawn(run(Loopback(listener), shared, stopped)));
            Ok(None)
        })
    }

    fn start_on(
        options: Options,
        host: impl FnOnce(TcpListener, Arc<Shared>, Stopped) -> Hosted,
    ) -> Result<Self, StartError> {
        let store = if options.in_memory { Store::in_memory() } else { Store::open(&options.state)? };
        let now = options.clock.now();
        let begins_empty = options.seed.is_none() && (options.in_memory || !options.state.exists());
        let mut tenant = store.load(options.seed.as_ref(), &options.tenant, now)?;
        let malformed = |reason| StartError::Malformed { path: options.state.clone(), reason };
        options.rules.check(&tenant).map_err(malformed)?;
        if begins_empty && options.without_api {
            options.rules.without_api(&mut tenant);
        }
        for (kind, id) in &options.furnish {
            options.rules.furnish(&mut tenant, kind, id);
        }
        options.rules.adopt(&mut tenant);
        if let Some(behaviour) = options.behaviour {
            tenant.behaviour = behaviour;
        }
        store.save(&tenant).map_err(|error| StartError::State { path: options.state.clone(), error })?;
        let listen = |error| StartError::Listen { port: options.port, error };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let base_path = options.rules.base_path();
        let token_path = options.token_path.or_else(|| options.rules.token_path());
        let limiter = limiter::Limiter::new(Arc::clone(&options.clock)).into();
        let clock = Arc::clone(&options.clock);
        let service = Service {
            tenant,
            rules: options.rules,
            clock: options.clock,
            base: format!("http://{address}{base_path}"),
            lag: lag::Lag::default(),
            lists: 0,
            memberships: memberships::Kept::default(),
        };
        let shared = Arc::new(Shared {
            service: service.into(),
            limiter,
            clock,
            audit: Audit::new(store.entries()),
            store,
            faults: options.faults,
            token: options.token,
            revoke_token: options.revoke_token,
            token_path,
            tokens: tokens::Tokens::default(),
            weather: options.weather,
            tap: options.tap,
            provisioning: provisioning::Provisioning::new(options.provider),
            port: address.port(),
        });
        let (stop, stopped) = oneshot::channel();
        let thread = host(listener, shared.clone(), stopped).map_err(listen)?;
        Ok(Self { shared, address, base_path, stop: Some(stop), thread })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of its pages, without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The SCIM base URL, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}{}", self.address, self.base_path)
    }

    /// The base URL and the token; none only if the address is no URL, which it always is.
    #[must_use]
    pub fn endpoint(&self) -> Option<Endpoint> {
        let base = reqwest::Url::parse(&self.base_url()).ok()?;
        Some(Endpoint::with_token(base, self.shared.token.clone()))
    }

    /// The token it demands.
    #[must_use]
    pub fn token(&self) -> &Secret {
        &self.shared.token
    }

    /// How many access tokens clients were given.
    #[must_use]
    pub fn tokens_issued(&self) -> u64 {
        self.shared.tokens.count()
    }

    /// Takes every access token back that a client was given; it may ask for another.
    pub fn take_tokens_back(&self) {
        self.shared.tokens.forget();
    }

    /// The script of failures.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// How many requests were refused because there were too many.
    #[must_use]
    pub fn refusals(&self) -> u64 {
        self.shared.limiter.lock().unwrap_or_else(PoisonError::into_inner).refusals()
    }

    /// Who asked for which change.
    #[must_use]
    pub fn audit(&self) -> &Audit {
        &self.shared.audit
    }

    /// The tenant as its file holds it.
    #[must_use]
    pub fn state(&self) -> serde_json::Value {
        let service = self.shared.service.lock().unwrap_or_else(PoisonError::into_inner);
        serde_json::to_value(service.tenant.document()).unwrap_or_default()
    }

    /// Changes how the server behaves from the next request on.
    pub fn behave(&self, behaviour: Behaviour) {
        let mut service = self.shared.service.lock().unwrap_or_else(PoisonError::into_inner);
        service.tenant.behaviour = behaviour;
    }

    /// Changes what the vendor holds beside SCIM, from the next request on. Nothing checks what comes of it.
    pub fn change_vendor(&self, change: impl FnOnce(&mut serde_json::Value)) {
        let mut service = self.shared.service.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut service.tenant.vendor);
    }

    /// Whom the group of this id or display name holds, of those who can sign in: what another embedded vendor takes as its
    /// provider's assignments.
    #[must_use]
    pub fn assignments(&self, group: &str) -> Assignments {
        let (shared, group) = (Arc::downgrade(&self.shared), group.to_owned());
        Arc::new(move || {
            let shared = shared.upgrade()?;
            let service = shared.service.lock().unwrap_or_else(PoisonError::into_inner);
            Some(service.tenant.assigned(&group))
        })
    }

    /// Has every write show to readers only after this time of the clock.
    pub fn show_writes_after(&self, delay: Duration) {
        self.shared.service.lock().unwrap_or_else(PoisonError::into_inner).lag.delay(delay);
    }

    /// Carries a request out as somebody else's, past the socket, the credentials and what goes wrong. `path` lies below
    /// the base. Gives the status of the answer.
    pub fn by_somebody_else(&self, method: &str, path: &str, body: &serde_json::Value) -> u16 {
        let method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let json = HeaderValue::from_static(exchange::SCIM_JSON);
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, json)]);
        let request = Request::new(method, &format!("{}/{path}", self.base_path), "", headers, body);
        let depth = self.base_path.split('/').filter(|part| !part.is_empty()).count();
        let mut service = self.shared.service.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = service.answer(&request, request.segments.get(depth..).unwrap_or_default());
        // A state that cannot be written shows at the next request of a client.
        let _ = self.shared.keep(&service, &request, &reply, "somebody-else");
        reply.status.as_u16()
    }

    /// Stops it and waits until its port is free; dropping it does the same.
    pub fn stop(self) {}
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn spawn(listener: TcpListener, shared: Arc<Shared>, stopped: Stopped) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = {
        let _inside = runtime.enter();
        tokio::net::TcpListener::from_std(listener)?
    };
    std::thread::Builder::new()
        .name("emulator".to_owned())
        .spawn(move || runtime.block_on(run(Loopback(listener), shared, stopped)))
}

async fn run(listener: Loopback, shared: Arc<Shared>, stopped: Stopped) {
    let router = Router::new().fallback(server::serve).with_state(shared);
    let service = router.into_make_service_with_connect_info::<Cutter>();
    let (closing, closed) = oneshot::channel();
    let stopping = async {
        let _ = stopped.await;
        let _ = closing.send(());
    };
    let serving = axum::serve(listener, service).with_graceful_shutdown(stopping);
    let deadline = async {
        let _ = closed.await;
        tokio::time::sleep(LAST_ANSWERS).await;
    };
    tokio::select! {
        _ = serving => {}
        () = deadline => {}
    }
}
