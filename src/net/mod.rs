//! How connectors reach the world: time, secrets, and HTTP.

mod answer;
mod budget;
mod clock;
mod credential;
mod folder;
mod http;
mod line;
mod mask;
mod oauth;
mod pace;
mod pass;
pub(crate) mod refusal;
pub(crate) mod rest;
mod retry;
#[cfg(test)]
pub(crate) mod script;
mod secret;
mod side_by_side;
mod text;
mod trace;
mod trust;
#[cfg(feature = "browser")]
pub mod webdriver;

pub(crate) use answer::Answer;
pub(crate) use budget::{Budget, LONGEST_CURSOR, MAX_PAGES};
pub use clock::{Clock, Outside, SystemClock};
pub use credential::{Credential, Endpoint};
pub(crate) use folder::{private_file, private_folder};
pub(crate) use http::{Http, HttpError, HttpLimits, Protocol, Request};
pub use oauth::{Client, ClientError, Grant, Proof, github_actions};
pub use pace::Pace;
pub use secret::{Secret, SecretError, resolve_key, resolve_secret};
pub(crate) use side_by_side::side_by_side;
pub(crate) use text::{encode_component, neutral};
pub(crate) use trace::waits;
pub use trace::{trace_to, waits_to};
pub(crate) use trust::allowed_host;
