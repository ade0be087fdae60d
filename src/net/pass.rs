//! What a request shows at the door: a token as it is, or one that is fetched when it is needed.

use super::oauth::Issued;
use super::{Client, Clock, Credential, HttpError, Secret};
use reqwest::header::HeaderValue;
use std::sync::Arc;

/// Whence the credential of each request comes.
pub(super) enum Authority {
    Fixed(Pass),
    Client(Arc<Client>),
}

/// One request's credential.
#[derive(Clone)]
pub(super) struct Pass {
    pub(super) header: HeaderValue,
    /// What no message may hold.
    pub(super) secrets: Arc<[Secret]>,
    issued: Option<Issued>,
}

impl Authority {
    /// `scheme` stands before a token of somebody's making; what a client is issued is always a bearer token.
    pub(super) fn new(credential: Credential, scheme: &str) -> Result<Self, HttpError> {
        Ok(match credential {
            Credential::Client(client) => Self::Client(client),
            Credential::Token(token) => Self::Fixed(Pass {
                header: header(scheme, &token)?,
                secrets: Arc::from([token]),
                issued: None,
            }),
        })
    }

    /// The credential for a request that leaves now.
    pub(super) async fn pass(&self, clock: &Arc<dyn Clock>) -> Result<Pass, HttpError> {
        match self {
            Self::Fixed(pass) => Ok(pass.clone()),
            Self::Client(client) => {
                let issued = client.token(clock).await?;
                let header = header("Bearer", &issued.token)?;
                Ok(Pass { header, secrets: Arc::clone(&issued.secrets), issued: Some(issued) })
            }
        }
    }

    /// Whether there is another credential by now, since the one that was shown was refused.
    pub(super) async fn renews(
        &self,
        shown: &Pass,
        status: Option<u16>,
        clock: &Arc<dyn Clock>,
    ) -> Result<bool, HttpError> {
        let (Self::Client(client), Some(issued)) = (self, &shown.issued) else { return Ok(false) };
        match status {
            Some(401) => client.renew(issued, clock).await,
            Some(_) => {
                issued.is_accepted();
                Ok(false)
            }
            None => Ok(false),
        }
    }
}

impl Pass {
    /// Whether it was issued to a client.
    pub(super) fn is_issued(&self) -> bool {
        self.issued.is_some()
    }
}

fn header(scheme: &str, token: &Secret) -> Result<HeaderValue, HttpError> {
    let mut header = HeaderValue::from_str(&format!("{scheme} {}", token.expose()))
        .map_err(|_| HttpError::Setup("The token holds characters that no header can carry.".to_owned()))?;
    header.set_sensitive(true);
    Ok(header)
}
