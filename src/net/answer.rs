//! What a server answered, with its text kept behind a filter for the credential.

use super::mask::mask;
use super::{Secret, neutral};
use reqwest::header::HeaderMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// A server's answer, whatever its status.
pub(crate) struct Answer {
    /// The method and path that it answers, for messages.
    pub(crate) asked: String,
    /// Whether it answers a read, which changes nothing however often it is sent.
    pub(crate) to_read: bool,
    /// Whether it answers a request that comes to the same when it is carried out twice: any but a POST.
    pub(crate) repeatable: bool,
    /// The status.
    pub(crate) status: u16,
    /// `Content-Type`, without its parameters, in lower case; empty where there is none.
    pub(crate) content_type: String,
    /// `ETag`.
    pub(crate) etag: Option<String>,
    /// `Location`, absolute or relative.
    pub(crate) location: Option<String>,
    /// `Retry-After`, as a wait from now.
    pub(crate) retry_after: Option<Duration>,
    /// Every header.
    pub(crate) headers: HeaderMap,
    /// The body, as sent.
    pub(crate) body: Vec<u8>,
    /// What it must not be quoted with.
    pub(super) secrets: Arc<[Secret]>,
    /// Whether it was asked with an access token that was issued for it, and not with a token of somebody's making.
    pub(super) issued: bool,
}

impl Answer {
    /// Whether the status is 2xx.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header's text; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// `Content-Type` made fit for a message.
    pub(crate) fn media_type(&self) -> String {
        let named = self.quote(&self.content_type, 60);
        if named.is_empty() { "without a content type".to_owned() } else { format!("as {named}") }
    }

    /// Text from this answer made fit for a message: servers have echoed the credential in their errors, so it goes,
    /// however it is written; then control characters go, and at most `max` characters stay.
    pub(crate) fn quote(&self, text: &str, max: usize) -> String {
        let masked = |text: String, secret: &Secret| mask(&text, secret.expose());
        neutral(&self.secrets.iter().fold(text.to_owned(), masked), max)
    }

    /// The start of the body, made fit for a message.
    pub(crate) fn excerpt(&self) -> String {
        self.quote(&String::from_utf8_lossy(&self.body), 160)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The body may hold people's data or an echoed credential.
        f.debug_struct("Answer")
            .field("asked", &self.asked)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
