//! The weather over one vendor: how long each request takes, what goes wrong with it, and what happens meanwhile.
//!
//! All of it is drawn from what a request is and how often it came, never from when it came, so that two requests
//! that arrive in another order are treated no differently.

use super::chance::{Chance, digest};
use super::intruder;
use super::world::World;
use async_trait::async_trait;
use grantline::vendors::scim::emulator::{Blow, Handled, Request, Trouble, Weather};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Over one vendor.
pub(crate) struct Sky {
    pub(crate) world: Arc<World>,
    pub(crate) vendor: usize,
    /// The requests that take effect and are never answered.
    hung: Mutex<BTreeSet<u64>>,
}

/// A fault and its name in the report.
type Fault = (&'static str, Trouble, bool);

#[async_trait]
impl Weather for Sky {
    async fn arrives(&self, number: u64, request: &Request) -> Option<Blow> {
        let key = self.key(request);
        let mut chance = Chance::new(key);
        self.world.clock.park(latency(&mut chance), key, number).await;
        let what = self.asked(request);
        self.happens_meanwhile(&what);
        let blow = self.blow(request, &mut chance);
        let hangs = blow.is_none() && chance.percent(self.world.state().conditions.storm / 4);
        let in_vain = hangs && chance.percent(50);
        let how = if hangs { "-> never answered" } else { "" };
        self.world.note(|| {
            format!(
                "v{} {what} {}{how}{}",
                self.vendor,
                told(blow.as_ref()),
                if in_vain { ", no effect" } else { "" }
            )
        });
        if in_vain {
            self.world.state().tally.fault("timed out before the effect");
            self.hang(number).await;
        }
        if hangs {
            self.world.state().tally.fault("timed out after the effect");
            self.hung().insert(number);
        }
        blow
    }

    async fn leaves(&self, number: u64, _: &Request, done: &Handled) {
        if done.effect.is_some() {
            self.world.affected(self.vendor);
        }
        if self.hung().remove(&number) {
            self.hang(number).await;
        }
    }

    fn gone(&self, number: u64) {
        self.world.clock.abandoned(number);
    }
}

impl Sky {
    pub(crate) fn new(world: &Arc<World>, vendor: usize) -> Self {
        Self { world: Arc::clone(world), vendor, hung: Mutex::default() }
    }

    fn hung(&self) -> std::sync::MutexGuard<'_, BTreeSet<u64>> {
        self.hung.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Never answers. The client gives up some time.
    async fn hang(&self, number: u64) {
        self.world.clock.arrived(number);
        std::future::pending::<()>().await;
    }

    /// The request's body, whichever port this world got.
    fn body(&self, request: &Request) -> String {
        let address = self.world.emulator(self.vendor).address().to_string();
        String::from_utf8_lossy(request.body()).replace(&address, "HOST")
    }

    fn asked(&self, request: &Request) -> String {
        let query: Vec<String> =
            request.query().iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{} {}?{} {}", request.method(), request.path(), query.join("&"), self.body(request))
    }

    /// Stands for the request, and for how often it came in this apply.
    fn key(&self, request: &Request) -> u64 {
        let body = self.body(request);
        let mut state = self.world.state();
        let salt = self.world.seed ^ state.conditions.salt.rotate_left(17);
        let mut query = String::new();
        for (name, value) in request.query() {
            let _ = write!(query, "{name}={value}&");
        }
        let vendor = [u8::try_from(self.vendor).unwrap_or(0)];
        let parts: [&[u8]; 5] = [
            &vendor,
            request.method().as_bytes(),
            request.path().as_bytes(),
            query.as_bytes(),
            body.as_bytes(),
        ];
        let what = digest(salt, &parts);
        let times = state.came.entry(what).or_default();
        *times += 1;
        digest(what, &[&times.to_le_bytes()])
    }

    /// What is timed by the count of requests.
    fn happens_meanwhile(&self, what: &str) {
        let mut state = self.world.state();
        state.requests += 1;
        state.tally.requests += 1;
        let at = state.requests;
        let conditions = state.conditions.clone();
        drop(state);
        if conditions.intrusion_at == Some(at) {
            let mut chance = self.world.chance(&[&conditions.salt.to_le_bytes(), b"intruder"]);
            intruder::meddle(&self.world, self.vendor, &mut chance);
        }
        if let Some((_, by)) = conditions.jump_at.filter(|(jump, _)| *jump == at) {
            self.world.note(|| format!("the wall clock jumps by {by:?}"));
            self.world.clock.jump(by);
            self.world.state().tally.jumps += 1;
        }
        if conditions.crash_at == Some(at) {
            self.world.note(|| format!("the process dies while {what} is under way"));
            self.world.crash.notify_one();
        }
    }

    fn blow(&self, request: &Request, chance: &mut Chance) -> Option<Blow> {
        if self.is_about_poisoned(request) {
            self.world.state().tally.fault("refused for good");
            return Some(Blow {
                trouble: Trouble::Status { status: 400 },
                after_effect: false,
                says: "No.".to_owned(),
            });
        }
        let storm = self.world.state().conditions.storm;
        if !chance.percent(storm) {
            return None;
        }
        let (kind, trouble, after_effect) = *match request.is_write() {
            true => chance.pick(&AT_WRITES),
            // A server that does not tell whose the credential is has to be told of in the workspace, and one that
            // tells it now and then is none that anybody has seen.
            false if request.path().ends_with("/Me") => chance.pick(&AT_READS[..8]),
            false if is_of_one(request) => chance.pick(&AT_READS[..AT_READS.len() - 1]),
            false => chance.pick(&AT_READS),
        };
        let mut state = self.world.state();
        state.tally.fault(kind);
        if request.method() == "DELETE" && matches!(trouble, Trouble::Status { status: 404 }) {
            let id = request.path().rsplit('/').next().unwrap_or_default().to_owned();
            state.scenes[self.vendor].denied.insert(id);
        }
        drop(state);
        let says = match chance.percent(25) {
            true => format!("\u{1b}[2JAuthorization: Bearer {} <b>|\u{202e}", self.world.token),
            false => String::new(),
        };
        Some(Blow { trouble, after_effect, says })
    }

    /// Whether it would change the account that this vendor changes for nobody.
    fn is_about_poisoned(&self, request: &Request) -> bool {
        if !request.is_write() {
            return false;
        }
        let state = self.world.state();
        let Some(login) = &state.poisoned else { return false };
        let id = state.scenes[self.vendor].truth.accounts.get(login).map(|account| account.id.as_str());
        let body = String::from_utf8_lossy(request.body());
        body.contains(login.as_str()) || id.is_some_and(|id| body.contains(id) || request.path().contains(id))
    }
}

/// A resource that is asked for by its id: to say that it does not exist would be a lie, and not a fault.
fn is_of_one(request: &Request) -> bool {
    let path = request.path();
    path.contains("/Groups/") || path.contains("/Users/")
}

fn latency(chance: &mut Chance) -> Duration {
    let millis = match chance.below(20) {
        0 => chance.between(1000, 4000),
        _ => chance.between(5, 200),
    };
    Duration::from_millis(millis)
}

const fn status(status: u16) -> Trouble {
    Trouble::Status { status }
}

const AT_READS: [Fault; 12] = [
    ("429 with Retry-After", Trouble::RateLimit { retry_after: 3 }, false),
    ("429 without Retry-After", status(429), false),
    ("500 before the effect", status(500), false),
    ("502 before the effect", status(502), false),
    ("503 before the effect", status(503), false),
    ("504 before the effect", status(504), false),
    ("connection dropped before the effect", Trouble::Drop, false),
    ("answer cut short", Trouble::Truncate, true),
    ("401", status(401), false),
    ("403", status(403), false),
    ("400", status(400), false),
    ("404", status(404), false),
];

const AT_WRITES: [Fault; 18] = [
    ("429 with Retry-After", Trouble::RateLimit { retry_after: 3 }, false),
    ("429 with a long Retry-After", Trouble::RateLimit { retry_after: 90 }, false),
    ("429 without Retry-After", status(429), false),
    ("500 before the effect", status(500), false),
    ("503 before the effect", status(503), false),
    ("500 after the effect", status(500), true),
    ("502 after the effect", status(502), true),
    ("503 after the effect", status(503), true),
    ("504 after the effect", status(504), true),
    ("400", status(400), false),
    ("401", status(401), false),
    ("403", status(403), false),
    ("404", status(404), false),
    ("409", status(409), false),
    ("412", status(412), false),
    ("connection dropped before the effect", Trouble::Drop, false),
    ("connection dropped after the effect", Trouble::Drop, true),
    ("answer cut short", Trouble::Truncate, true),
];

fn told(blow: Option<&Blow>) -> String {
    blow.map_or_else(String::new, |blow| {
        format!("-> {:?} {}", blow.trouble, if blow.after_effect { "after" } else { "before" })
    })
}
