//! How connectors reach the world: time, secrets, and HTTP.

mod answer;
mod budget;
mod clock;
mod folder;
mod http;
mod mask;
mod pace;
pub(crate) mod refusal;
pub(crate) mod rest;
mod retry;
#[cfg(test)]
pub(crate) mod script;
mod secret;
mod text;
mod trace;
mod trust;
#[cfg(feature = "browser")]
pub mod webdriver;

pub(crate) use answer::Answer;
pub(crate) use budget::{Budget, LONGEST_CURSOR, MAX_PAGES};
pub use clock::{Clock, Outside, SystemClock};
pub(crate) use folder::{private_file, private_folder};
pub(crate) use http::{Http, HttpError, HttpLimits, Protocol, Request};
pub use pace::Pace;
pub use secret::{Secret, SecretError, resolve_secret};
pub(crate) use text::{encode_component, neutral};
pub use trace::trace_to;
pub(crate) use trust::allowed_host;

/// Where one vendor is reached, and the credential for it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The base URL; it may have a path, with or without a slash at its end.
    pub base: reqwest::Url,
    /// The credential.
    pub token: Secret,
}
