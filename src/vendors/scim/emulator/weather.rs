//! What a harness that owns time and chance makes of each request, before and after it takes effect.

use super::exchange::{Refusal, Reply, Request};
use super::faults::{Fault, Trouble};
use super::server::{Shared, trouble};
use super::wire::Cutter;
use async_trait::async_trait;
use axum::http::StatusCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Decides what becomes of requests. Each has a number of its own.
#[async_trait]
pub trait Weather: Send + Sync {
    /// A request has arrived whole. It is handled once this returns, and goes wrong as this says.
    async fn arrives(&self, number: u64, request: &Request) -> Option<Blow>;

    /// It was handled. Its answer leaves once this returns.
    async fn leaves(&self, number: u64, request: &Request, done: &Handled);

    /// The client has gone away, and nobody waits for the answer any more.
    fn gone(&self, number: u64);
}

/// What goes wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blow {
    /// How it shows.
    pub trouble: Trouble,
    /// Whether the request takes effect all the same.
    pub after_effect: bool,
    /// What an answer with a status says of it.
    pub says: String,
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handled {
    /// The status of its answer, had nothing gone wrong; none if it was not handled.
    pub status: Option<u16>,
    /// What changed.
    pub effect: Option<String>,
}

static REQUESTS: AtomicU64 = AtomicU64::new(1);

/// Takes a request through the weather. It has a task of its own, so that a client that goes away undoes nothing.
pub(crate) async fn through(
    weather: Arc<dyn Weather>,
    shared: Arc<Shared>,
    request: Request,
    cutter: Cutter,
) -> Reply {
    let number = REQUESTS.fetch_add(1, Ordering::Relaxed);
    let mut waited_for = WaitedFor { weather: Arc::clone(&weather), number, answered: false };
    let work = tokio::spawn(async move {
        let blow = weather.arrives(number, &request).await;
        let spared = blow.as_ref().is_none_or(|blow| blow.after_effect);
        // How long it takes is the weather's to say.
        let reply = spared.then(|| shared.answer(&request, &cutter).0);
        let status = reply.as_ref().map(|reply| reply.status.as_u16());
        let effect = reply.as_ref().and_then(|reply| reply.effect.clone());
        weather.leaves(number, &request, &Handled { status, effect }).await;
        match (blow, reply) {
            (None, Some(reply)) => reply,
            (Some(blow), reply) => struck(blow, reply, &cutter),
            (None, None) => unhandled(),
        }
    });
    let reply = work.await.unwrap_or_else(|_| unhandled());
    waited_for.answered = true;
    reply
}

fn unhandled() -> Reply {
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "The request was not handled.").reply()
}

/// Tells when a client goes away before it is answered: the server drops the request then.
struct WaitedFor {
    weather: Arc<dyn Weather>,
    number: u64,
    answered: bool,
}

impl Drop for WaitedFor {
    fn drop(&mut self) {
        if !self.answered {
            self.weather.gone(self.number);
        }
    }
}

fn struck(blow: Blow, reply: Option<Reply>, cutter: &Cutter) -> Reply {
    match blow.trouble {
        Trouble::Status { status } if !blow.says.is_empty() => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Refusal::new(status, blow.says).reply()
        }
        other => trouble(Fault::new(0, other), reply, cutter),
    }
}
