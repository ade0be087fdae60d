//! OAuth 2.0 client credentials (RFC 6749, section 4.4): a client proves who it is, and is given access tokens for a
//! short time.
//!
//! One [`Client`] is shared by all that speak with its rights. It fetches a token when one is first needed, another
//! shortly before that expires, and another when the vendor refuses it in mid-run. Whoever needs one meanwhile waits
//! for that one.

mod ask;
mod proof;
mod refusal;
#[cfg(test)]
mod tests;

use super::line::Address;
use super::retry::{ATTEMPTS, PATIENCE, delays};
use super::{Clock, HttpError, Secret};
use proof::same_proof;
pub use proof::{Proof, github_actions};
use reqwest::Url;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// A token is not used for so long before it expires, or a tenth of its life where that is less: it has yet to travel,
/// and the vendor's clock may be ahead.
const MARGIN: Duration = Duration::from_secs(60);

/// For so long it is not tried again whether the token endpoint is back: whoever waited for the same token would ask for
/// it one after the other.
const RESPITE: Duration = Duration::from_secs(5);

/// Why a client cannot be. No text of it holds any part of a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The token endpoint's URL, or that of the identity, would carry credentials in the clear.
    #[error("{0}")]
    Address(String),
    /// The key is none.
    #[error("the private key is no RSA key in PEM (`-----BEGIN PRIVATE KEY-----`, PKCS#8)")]
    NotAKey,
}

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Where tokens are had.
    pub token_url: Url,
    /// The client's id.
    pub client_id: String,
    /// The scopes asked for; none: those that the vendor gives without being asked.
    pub scopes: Vec<String>,
    /// What the token is for, where the vendor asks for that.
    pub audience: Option<String>,
}

/// A client, and the token that it has been given.
#[derive(Debug)]
pub struct Client {
    grant: Grant,
    proof: Proof,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    issued: Option<Issued>,
    count: u64,
    /// Why there is no token, and until when it is not tried again; none: for good.
    failed: Option<(Option<Duration>, HttpError)>,
}

/// A token that was given to the client.
#[derive(Debug, Clone)]
pub(super) struct Issued {
    pub(super) token: Secret,
    /// It and all that it was had with: what no message may hold.
    pub(super) secrets: Arc<[Secret]>,
    number: u64,
    /// Until when it is used, by the clock's own count; none where nobody said.
    until: Option<Duration>,
    /// Whether it may be that it was refused for its age. One that replaced a refused one must first be accepted.
    may_be_stale: Arc<AtomicBool>,
}

impl Issued {
    /// The vendor took it.
    pub(super) fn is_accepted(&self) {
        self.may_be_stale.store(true, Ordering::Relaxed);
    }
}

impl Client {
    /// Sets a client up. Nothing is asked for yet.
    ///
    /// # Errors
    /// Where credentials would travel in the clear.
    pub fn new(grant: Grant, proof: Proof) -> Result<Self, ClientError> {
        let in_clear = |error: HttpError| ClientError::Address(error.to_string());
        Address::TOKENS.check(&grant.token_url).map_err(in_clear)?;
        if let Proof::GithubActions { url, .. } = &proof {
            Address::IDENTITY.check(url).map_err(in_clear)?;
        }
        Ok(Self { grant, proof, state: Mutex::default() })
    }

    /// Whether it is the same client at the same place, however it proves that.
    pub(super) fn is_same_client(&self, other: &Self) -> bool {
        self.grant == other.grant && same_proof(&self.proof, &other.proof)
    }

    /// The token that holds now, fetched where there is none.
    pub(super) async fn token(&self, clock: &Arc<dyn Clock>) -> Result<Issued, HttpError> {
        let mut state = self.state.lock().await;
        let now = clock.elapsed();
        let holds = |issued: &&Issued| issued.until.is_none_or(|until| now < until);
        if let Some(issued) = state.issued.as_ref().filter(holds) {
            return Ok(issued.clone());
        }
        self.fetch(&mut state, clock, true).await
    }

    /// Whether there is another token than the one that the vendor refused: fetched now, or by somebody else before. One
    /// that was fetched because another was refused, and then was never accepted, is the vendor's last word.
    pub(super) async fn renew(&self, refused: &Issued, clock: &Arc<dyn Clock>) -> Result<bool, HttpError> {
        let mut state = self.state.lock().await;
        if state.issued.as_ref().is_some_and(|current| current.number != refused.number) {
            return Ok(true);
        }
        if !refused.may_be_stale.load(Ordering::Relaxed) {
            return Ok(false);
        }
        self.fetch(&mut state, clock, false).await.map(|_| true)
    }

    async fn fetch(
        &self,
        state: &mut State,
        clock: &Arc<dyn Clock>,
        may_be_stale: bool,
    ) -> Result<Issued, HttpError> {
        if let Some((until, error)) = &state.failed
            && until.is_none_or(|until| clock.elapsed() < until)
        {
            return Err(error.clone());
        }
        let begun = clock.elapsed();
        match self.persist(clock).await {
            Ok(fetched) => {
                state.count += 1;
                let issued = Issued {
                    token: fetched.token,
                    secrets: fetched.secrets,
                    number: state.count,
                    // From the moment of asking, which is no later than that of issuing.
                    until: fetched.lifetime.map(|life| begun + life.saturating_sub(MARGIN.min(life / 10))),
                    may_be_stale: Arc::new(AtomicBool::new(may_be_stale)),
                };
                (state.issued, state.failed) = (Some(issued.clone()), None);
                Ok(issued)
            }
            Err(error) => {
                let respite = match &error {
                    HttpError::NotNow { after, .. } => Some(*after),
                    HttpError::NotReached(_) => Some(RESPITE),
                    _ => None,
                };
                state.failed = Some((respite.map(|wait| clock.elapsed() + wait), error.clone()));
                Err(error)
            }
        }
    }

    /// Asks for a token, again while it may be that the endpoint comes back soon: nothing is done twice by that.
    async fn persist(&self, clock: &Arc<dyn Clock>) -> Result<ask::Fetched, HttpError> {
        let until = clock.elapsed() + PATIENCE;
        let mut waits = delays();
        for _ in 1..ATTEMPTS {
            let error = match ask::ask(&self.grant, &self.proof, clock).await {
                Ok(fetched) => return Ok(fetched),
                Err(error) => error,
            };
            let wait = match &error {
                HttpError::NotNow { after, .. } => Some(*after),
                HttpError::NotReached(_) => waits.next(),
                _ => None,
            };
            match wait.filter(|wait| clock.elapsed() + *wait < until) {
                Some(wait) => clock.sleep(wait).await,
                None => return Err(error),
            }
        }
        ask::ask(&self.grant, &self.proof, clock).await
    }
}
