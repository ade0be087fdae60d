//! Who asks: somebody's token, or a client that is given tokens.

use super::{Client, Secret};
use reqwest::Url;
use std::sync::Arc;

/// Where one vendor is reached, and the credential for it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The base URL; it may have a path, with or without a slash at its end.
    pub base: Url,
    /// The credential.
    pub credential: Credential,
}

impl Endpoint {
    /// With a token of somebody's making.
    #[must_use]
    pub fn with_token(base: Url, token: Secret) -> Self {
        Self { base, credential: Credential::Token(token) }
    }

    /// Whether both ask as one and the same.
    #[must_use]
    pub fn is_same_identity(&self, other: &Self) -> bool {
        match (&self.credential, &other.credential) {
            (Credential::Token(one), Credential::Token(other)) => one.expose() == other.expose(),
            (Credential::Client(one), Credential::Client(other)) => one.is_same_client(other),
            _ => false,
        }
    }
}

/// A credential.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A token that somebody made at the vendor. It goes as it is.
    Token(Secret),
    /// An OAuth client, which is given access tokens for a short time. All that share it share those.
    Client(Arc<Client>),
}
