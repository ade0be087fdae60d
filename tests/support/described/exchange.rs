//! One request with its answer, held against a description.

use super::document::{Description, Operation, json_schema};
use super::query;
use super::schema::{At, Checker, Direction};
use serde_json::Value;
use std::fmt;

/// A request and its answer, in plain words.
pub(crate) struct Exchange<'a> {
    pub(crate) method: &'a str,
    /// The path as it was sent.
    pub(crate) path: &'a str,
    /// The decoded query.
    pub(crate) query: &'a [(String, String)],
    pub(crate) body: &'a [u8],
    pub(crate) status: u16,
    pub(crate) answer: &'a [u8],
}

impl fmt::Display for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} -> {}", self.method, self.path, self.status)
    }
}

impl Exchange<'_> {
    /// What the description does not know or does not allow: each with where it is.
    pub(crate) fn violations(&self, description: &Description) -> Vec<String> {
        let operation = match description.operation(self.method, self.path) {
            Ok(operation) => operation,
            Err(why) => return vec![why],
        };
        let mut found = query::violations(&operation, self.query);
        // Whether the vendor would take a request that it refused is beside the point; that it is one is not.
        found.extend(self.request_violations(&operation));
        found.extend(self.answer_violations(&operation));
        found
    }

    fn request_violations(&self, operation: &Operation<'_>) -> Vec<String> {
        let Some(described) = operation.request_body() else {
            return match self.body.is_empty() {
                true => Vec::new(),
                false => vec!["the request has a body, and none is described".to_owned()],
            };
        };
        if self.body.is_empty() {
            return match described["required"] == true {
                true => vec!["the request has no body, and one is required".to_owned()],
                false => Vec::new(),
            };
        }
        fits(operation, described.get("content"), self.body, Direction::Request)
    }

    fn answer_violations(&self, operation: &Operation<'_>) -> Vec<String> {
        let Some(described) = operation.answer(self.status) else {
            return vec![format!("no answer {} is described", self.status)];
        };
        let content = described.get("content");
        let nothing = self.answer.is_empty() || self.answer == b"{}";
        match (json_schema(content), nothing) {
            (None, true) => Vec::new(),
            (None, false) => vec!["the answer has a body, and none is described".to_owned()],
            // An answer 204 never has one (RFC 9110, section 15.3.5), whatever a description says of all that succeed.
            (Some(_), _) if self.answer.is_empty() && self.status == 204 => Vec::new(),
            (Some(_), _) if self.answer.is_empty() => {
                vec!["the answer has no body, and one is described".to_owned()]
            }
            (Some(_), _) => fits(operation, content, self.answer, Direction::Answer),
        }
    }
}

fn fits(
    operation: &Operation<'_>,
    content: Option<&Value>,
    body: &[u8],
    direction: Direction,
) -> Vec<String> {
    let whose = direction.whose();
    let Some(schema) = json_schema(content) else { return vec![format!("{whose} body is not described")] };
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return vec![format!("{whose} body is no JSON")];
    };
    let mut checker = Checker::new(operation.description, direction);
    checker.whole(schema, &value, At::ROOT);
    checker.found.iter().map(|(at, what)| format!("{whose} body at {at:?}: {what}")).collect()
}
