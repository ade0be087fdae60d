//! `$filter`, as far as it is of use here: comparisons with a text or its beginning, any of which may hold.

use super::problem::Problem;
use serde_json::Value;

/// A filter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter(Vec<Comparison>);

/// `property eq value`, `property/any(x:x eq value)`, or `startswith(property,value)`.
#[derive(Debug, PartialEq, Eq)]
struct Comparison {
    property: String,
    value: String,
    /// Whether the value is only the beginning.
    begins: bool,
}

impl Filter {
    /// Reads a filter over these properties.
    pub(super) fn parse(text: &str, properties: &[&str]) -> Result<Self, Problem> {
        let unfit = || Problem::bad(format!("Invalid filter clause: {text}."));
        let (mut rest, mut any) = (text, Vec::new());
        loop {
            let (one, after) = comparison(rest).ok_or_else(unfit)?;
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
        self.0.iter().any(|one| one.holds(&property(&one.property)))
    }
}

impl Comparison {
    /// Graph compares without case.
    fn holds(&self, value: &Value) -> bool {
        let wanted = self.value.to_lowercase();
        match value {
            Value::String(text) if self.begins => text.to_lowercase().starts_with(&wanted),
            Value::String(text) => text.to_lowercase() == wanted,
            Value::Bool(flag) => flag.to_string() == wanted,
            Value::Array(values) => values.iter().any(|value| self.holds(value)),
            _ => false,
        }
    }
}

fn comparison(text: &str) -> Option<(Comparison, &str)> {
    if let Some(inside) = text.strip_prefix("startswith(") {
        let (property, rest) = word(inside)?;
        let (value, rest) = literal(rest.strip_prefix(',')?)?;
        let begins = Comparison { property: property.to_owned(), value, begins: true };
        return Some((begins, rest.strip_prefix(')')?));
    }
    let (property, rest) = word(text)?;
    if let Some(inside) = rest.strip_prefix("/any(") {
        let (name, rest) = word(inside)?;
        let (again, rest) = word(rest.strip_prefix(':')?)?;
        let (value, rest) = literal(rest.strip_prefix(" eq ")?)?;
        let rest = rest.strip_prefix(')').filter(|_| name == again)?;
        return Some((Comparison { property: property.to_owned(), value, begins: false }, rest));
    }
    let (value, rest) = literal(rest.strip_prefix(" eq ")?)?;
    Some((Comparison { property: property.to_owned(), value, begins: false }, rest))
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
        assert!(passes("startswith(mail,'o''')", &json!({ "mail": "O'Hara@x.example" })));
        assert!(!passes("startswith(mail,'hara')", &json!({ "mail": "O'Hara@x.example" })));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for wrong in [
            "",
            "mail",
            "mail eq",
            "mail eq 'a",
            "mail ne 'a'",
            "startswith(mail,'a'",
            "nobody eq 'a'",
            "mail eq 'a' and mail eq 'b'",
        ] {
            assert!(Filter::parse(wrong, &["mail"]).is_err(), "{wrong}");
        }
    }
}
