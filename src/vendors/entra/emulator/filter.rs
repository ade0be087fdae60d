//! `$filter`, as far as it is of use here: comparisons for equality, any of which may hold.

use super::problem::Problem;
use serde_json::Value;

/// A filter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter(Vec<Equals>);

/// `property eq value`, or `property/any(x:x eq value)`.
#[derive(Debug, PartialEq, Eq)]
struct Equals {
    property: String,
    value: String,
}

impl Filter {
    /// Reads a filter over these properties.
    pub(super) fn parse(text: &str, properties: &[&str]) -> Result<Self, Problem> {
        let unfit = || Problem::bad(format!("Invalid filter clause: {text}."));
        let (mut rest, mut any) = (text, Vec::new());
        loop {
            let (one, after) = equals(rest).ok_or_else(unfit)?;
            if !properties.contains(&&*one.property) {
                return Err(Problem::bad(format!("Could not find a property named '{}'.", one.property)));
            }
            any.push(one);
            rest = match after.strip_prefix(" or ") {
                Some(rest) => rest,
                None if after.is_empty() => return Ok(Self(any)),
                None => return Err(unfit()),
            };
        }
    }

    /// Whether an object with these properties passes.
    pub(super) fn passes(&self, property: impl Fn(&str) -> Value) -> bool {
        self.0.iter().any(|equals| holds(&property(&equals.property), &equals.value))
    }
}

/// Graph compares without case.
fn holds(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase() == wanted.to_lowercase(),
        Value::Bool(flag) => flag.to_string() == wanted,
        Value::Array(values) => values.iter().any(|value| holds(value, wanted)),
        _ => false,
    }
}

fn equals(text: &str) -> Option<(Equals, &str)> {
    let (property, rest) = word(text)?;
    if let Some(inside) = rest.strip_prefix("/any(") {
        let (name, rest) = word(inside)?;
        let (again, rest) = word(rest.strip_prefix(':')?)?;
        let (value, rest) = literal(rest.strip_prefix(" eq ")?)?;
        let rest = rest.strip_prefix(')').filter(|_| name == again)?;
        return Some((Equals { property: property.to_owned(), value }, rest));
    }
    let (value, rest) = literal(rest.strip_prefix(" eq ")?)?;
    Some((Equals { property: property.to_owned(), value }, rest))
}

fn word(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// A text in quotes, in which a doubled one stands for itself; or a GUID, or a boolean.
fn literal(text: &str) -> Option<(String, &str)> {
    let Some(mut rest) = text.strip_prefix('\'') else {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len());
        return (end > 0).then(|| (text[..end].to_owned(), &text[end..]));
    };
    let mut value = String::new();
    loop {
        let (before, after) = rest.split_once('\'')?;
        value.push_str(before);
        match after.strip_prefix('\'') {
            Some(after) => {
                value.push('\'');
                rest = after;
            }
            None => return Some((value, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn passes(filter: &str, value: &Value) -> bool {
        Filter::parse(filter, &["mail", "otherMails"]).unwrap().passes(|property| value[property].clone())
    }

    #[test]
    fn any_comparison_that_holds_lets_an_object_pass() {
        let filter = "mail eq 'o''hara@x.example' or otherMails/any(m:m eq 'b@x.example')";
        assert!(passes(filter, &json!({ "mail": "O'Hara@x.example" })));
        assert!(passes(filter, &json!({ "otherMails": ["a@x.example", "b@x.example"] })));
        assert!(!passes(filter, &json!({ "mail": "b@x.example", "otherMails": [] })));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for wrong in [
            "",
            "mail",
            "mail eq",
            "mail eq 'a",
            "mail ne 'a'",
            "nobody eq 'a'",
            "mail eq 'a' and mail eq 'b'",
        ] {
            assert!(Filter::parse(wrong, &["mail"]).is_err(), "{wrong}");
        }
    }
}
