//! One request and its reply, as plain values: everything between them is synchronous and has no socket.

use super::faults::Creating;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

pub(crate) const SCIM_JSON: &str = "application/scim+json";
const ERROR_URN: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// A request, read to its end.
#[derive(Debug)]
pub struct Request {
    pub(crate) method: Method,
    /// The path as sent, still encoded.
    pub(crate) path: String,
    /// The decoded segments of the path, without empty ones.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: Method, path: &str, query: &str, headers: HeaderMap, body: Vec<u8>) -> Self {
        let segments = path.split('/').filter(|part| !part.is_empty()).map(decode).collect();
        Self { method, path: path.to_owned(), segments, query: pairs(query), headers, body }
    }

    /// The method.
    #[must_use]
    pub fn method(&self) -> &str {
        self.method.as_str()
    }

    /// The path as sent, still encoded.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The decoded query, in the order in which it was sent.
    #[must_use]
    pub fn query(&self) -> &[(String, String)] {
        &self.query
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// What it creates, where it does.
    pub(crate) fn creates(&self) -> Option<Creating> {
        let last = self.segments.last().filter(|_| self.method == Method::POST)?;
        match last.as_str() {
            "Users" => Some(Creating::Users),
            "Groups" => Some(Creating::Groups),
            _ => None,
        }
    }

    /// Whether it may change something: a search is sent by POST, and does not.
    #[must_use]
    pub fn is_write(&self) -> bool {
        let is_search =
            self.method == Method::POST && self.segments.last().is_some_and(|last| last == ".search");
        !is_search && !matches!(self.method, Method::GET | Method::HEAD)
    }

    /// The GET that asks for the same as this search's body.
    pub(crate) fn searching(&self, body: &Value) -> Self {
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
            other => other.to_string(),
        };
        let asked = body.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        Self {
            method: Method::GET,
            path: self.path.trim_end_matches("/.search").to_owned(),
            segments: self.segments.clone(),
            query: asked.map(|(name, value)| (name.clone(), text(value))).collect(),
            headers: self.headers.clone(),
            body: Vec::new(),
        }
    }

    /// A query parameter, its name without case.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The decoded value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        let pairs = self.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = pairs.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| decode(value.trim()))
    }

    /// Whether a form comes from a page of this server. A browser names the page that a form came from; whatever is no
    /// browser sends no `Origin`.
    pub(crate) fn is_same_origin(&self) -> bool {
        let host = self.header(header::HOST).unwrap_or_default();
        self.header(header::ORIGIN).is_none_or(|origin| origin == format!("http://{host}"))
    }

    /// The fields of a form that a browser sent.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        pairs(&String::from_utf8_lossy(&self.body))
    }
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let Ok(mut url) = reqwest::Url::parse("http://localhost/") else { return Vec::new() };
    url.set_query(Some(text));
    url.query_pairs().into_owned().collect()
}

fn decode(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        let byte = hex
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(byte.unwrap_or(bytes[at]));
        at += if byte.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A reply, and what the request did.
#[derive(Debug)]
pub struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    /// What changed, for the audit log.
    pub(crate) effect: Option<String>,
    /// Whether the request is one that no client may ever send.
    pub(crate) violation: bool,
}

impl Reply {
    pub(crate) fn new(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Self {
        Self { status, headers: Vec::new(), content_type, body, effect: None, violation: false }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self::new(status, SCIM_JSON, Vec::new())
    }

    pub(crate) fn json(status: StatusCode, value: &Value) -> Self {
        Self::new(status, SCIM_JSON, value.to_string().into_bytes())
    }

    /// A vendor's own JSON.
    pub(crate) fn plain(status: StatusCode, value: &Value) -> Self {
        Self::new(status, "application/json", value.to_string().into_bytes())
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn with_effect(mut self, effect: impl Into<String>) -> Self {
        self.effect = Some(effect.into());
        self
    }

    pub(crate) fn header_values(&self) -> Vec<(HeaderName, HeaderValue)> {
        let values = self
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), HeaderValue::from_str(value).ok()?)));
        values.chain([(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type))]).collect()
    }
}

/// A request that SCIM refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) scim_type: Option<&'static str>,
    pub(crate) detail: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, scim_type: None, detail: detail.into() }
    }

    /// 400 with a `scimType` of RFC 7644, table 9.
    pub(crate) fn bad(scim_type: &'static str, detail: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, scim_type: Some(scim_type), detail: detail.into() }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("{what} was not found."))
    }

    pub(crate) fn reply(&self) -> Reply {
        let mut body = json!({
            "schemas": [ERROR_URN], "status": self.status.as_str(), "detail": self.detail,
        });
        if let (Some(object), Some(scim_type)) = (body.as_object_mut(), self.scim_type) {
            object.insert("scimType".to_owned(), Value::from(scim_type));
        }
        Reply::json(self.status, &body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_decoded_once_and_a_broken_escape_stays() {
        assert_eq!(decode("a%40b%2Fc"), "a@b/c");
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz"), "%zz");
    }

    #[test]
    fn a_query_is_decoded_as_a_form() {
        assert_eq!(pairs("filter=a+eq+%22x%22"), [("filter".to_owned(), "a eq \"x\"".to_owned())]);
    }
}
