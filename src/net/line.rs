//! What every HTTP client of this program keeps to: credentials travel encrypted or stay on the machine, redirects are
//! not followed, bodies are bounded.

use super::{HttpError, HttpLimits, neutral};
use reqwest::Url;

/// Whose address it is, for messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Address(pub(super) &'static str);

impl Address {
    /// The vendor's API.
    pub(super) const VENDOR: Self = Self("The vendor's URL");
    /// Where access tokens are had.
    pub(super) const TOKENS: Self = Self("The token endpoint's URL");
    /// Where a workload's identity is had.
    pub(super) const IDENTITY: Self = Self("The URL of the workload's identity");

    /// The credential travels encrypted, or does not leave the machine.
    pub(super) fn check(self, url: &Url) -> Result<(), HttpError> {
        let Self(whose) = self;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(HttpError::Setup(format!("{whose} must not hold a user name or password.")));
        }
        if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)) {
            return Ok(());
        }
        let host = url.host_str().unwrap_or("the server");
        Err(HttpError::Setup(format!(
            "{whose} must start with https://; only an address of this machine may use http, and {host} is none."
        )))
    }
}

/// A client for the host of a URL.
pub(super) fn client(url: &Url, limits: &HttpLimits) -> Result<reqwest::Client, HttpError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("grantline/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(limits.connect)
        .retry(reqwest::retry::never())
        // A redirect would carry the credential to wherever the server points.
        .redirect(reqwest::redirect::Policy::none());
    if is_loopback(url) {
        // The name is not looked up: whoever answers for names could lead it elsewhere, unencrypted.
        let here: [std::net::IpAddr; 2] =
            [std::net::Ipv4Addr::LOCALHOST.into(), std::net::Ipv6Addr::LOCALHOST.into()];
        builder = builder.no_proxy().resolve_to_addrs("localhost", &here.map(|ip| (ip, 0).into()));
    }
    if url.scheme() == "http" {
        // Nothing is encrypted here, so that reading the machine's root certificates would be for nothing.
        builder = builder.tls_certs_only([]);
    }
    builder
        .build()
        .map_err(|error| HttpError::Setup(format!("The HTTP client cannot start: {}.", cause(&error))))
}

/// A body to its end; none where it is longer than `most`.
pub(super) async fn body(
    response: &mut reqwest::Response,
    most: usize,
) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > most {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or("").trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The innermost cause: the outer ones only repeat the URL.
pub(super) fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(next) = inner.source() {
        inner = next;
    }
    neutral(&inner.to_string(), 160)
}
