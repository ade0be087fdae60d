//! Filters (RFC 7644, section 3.4.2.2): parsed against a type's attributes, then asked of a resource.

use super::exchange::Refusal;
use super::schema::{Attribute, Kind, find};
use serde_json::Value;

/// Nested parentheses and `not`s beyond this are refused, so that a hostile filter cannot exhaust the stack.
const MAX_DEPTH: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
}

/// An attribute, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttributePath {
    pub(crate) attribute: &'static Attribute,
    pub(crate) part: Option<&'static Attribute>,
}

impl AttributePath {
    /// Reads `name`, `name.part`, or either after the type's own URN.
    pub(crate) fn parse(attributes: &'static [Attribute], text: &str) -> Option<Self> {
        if let Some(attribute) = find(attributes, text) {
            return Some(Self { attribute, part: None });
        }
        let text = strip_urn(attributes, text);
        if let Some(attribute) = attributes.iter().find(|attribute| is_extension(attribute, text)) {
            let rest = text.get(attribute.name.len() + 1..)?;
            let Kind::Complex(parts) = attribute.kind else { return None };
            return find(parts, rest).map(|part| Self { attribute, part: Some(part) });
        }
        let (name, part) = text.split_once('.').map_or((text, None), |(name, part)| (name, Some(part)));
        let attribute = find(attributes, name)?;
        let part = match (part, attribute.kind) {
            (None, _) => None,
            (Some(part), Kind::Complex(parts)) => Some(find(parts, part)?),
            (Some(_), _) => return None,
        };
        Some(Self { attribute, part })
    }

    fn leaf(&self) -> &'static Attribute {
        let part = self.part.or_else(|| match self.attribute.kind {
            Kind::Complex(parts) => find(parts, "value"),
            _ => None,
        });
        part.unwrap_or(self.attribute)
    }

    /// The values that a comparison looks at: of a complex attribute without a part, each `value`.
    fn values<'a>(&self, resource: &'a Value) -> Vec<&'a Value> {
        let Some(value) = resource.get(self.attribute.name) else { return Vec::new() };
        let items = match value {
            Value::Array(items) => items.iter().collect(),
            single => vec![single],
        };
        match self.attribute.kind {
            Kind::Complex(_) => items.into_iter().filter_map(|item| item.get(self.leaf().name)).collect(),
            _ => items,
        }
    }
}

fn is_extension(attribute: &Attribute, text: &str) -> bool {
    attribute.name.contains(':')
        && text.get(..attribute.name.len()).is_some_and(|start| start.eq_ignore_ascii_case(attribute.name))
        && text.as_bytes().get(attribute.name.len()) == Some(&b':')
}

fn strip_urn<'a>(attributes: &[Attribute], text: &'a str) -> &'a str {
    const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:";
    let urn =
        if attributes.iter().any(|attribute| attribute.name == "userName") { "User:" } else { "Group:" };
    let length = CORE.len() + urn.len();
    match text.get(..length) {
        Some(start) if start.eq_ignore_ascii_case(&format!("{CORE}{urn}")) => &text[length..],
        _ => text,
    }
}

/// A filter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Present(AttributePath),
    Compare(AttributePath, Comparison),
    /// `emails[type eq "work"]`: one value for which the inner filter holds.
    Element(&'static Attribute, Box<Self>),
}

/// The right side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Comparison {
    operator: Operator,
    value: Value,
}

impl Filter {
    /// Parses a filter.
    ///
    /// # Errors
    /// 400 `invalidFilter`, with the place.
    pub(crate) fn parse(attributes: &'static [Attribute], text: &str) -> Result<Self, Refusal> {
        let mut parser = Parser { text, at: 0, attributes, depth: 0 };
        let filter = parser.or()?;
        parser.skip_space();
        if parser.at < text.len() { Err(parser.error("the end")) } else { Ok(filter) }
    }

    /// Whether it holds for a resource, or for one value of a multi-valued attribute. `exact` compares all text
    /// with case, which the standard asks for only where an attribute is `caseExact`.
    pub(crate) fn holds(&self, resource: &Value, exact: bool) -> bool {
        match self {
            Self::And(left, right) => left.holds(resource, exact) && right.holds(resource, exact),
            Self::Or(left, right) => left.holds(resource, exact) || right.holds(resource, exact),
            Self::Not(inner) => !inner.holds(resource, exact),
            Self::Present(path) => path.values(resource).iter().any(|value| !is_blank(value)),
            Self::Compare(path, comparison) => comparison.holds(path, resource, exact),
            Self::Element(attribute, inner) => match resource.get(attribute.name) {
                Some(Value::Array(items)) => items.iter().any(|item| inner.holds(item, exact)),
                Some(single) => inner.holds(single, exact),
                None => false,
            },
        }
    }
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

impl Comparison {
    fn holds(&self, path: &AttributePath, resource: &Value, exact: bool) -> bool {
        let exact = exact || path.leaf().kind == Kind::Exact;
        let values = path.values(resource);
        match (self.operator, self.value.is_null()) {
            (Operator::Eq, true) => values.is_empty(),
            (Operator::Ne, true) => !values.is_empty(),
            (Operator::Ne, false) => !values.iter().any(|value| self.matches(Operator::Eq, value, exact)),
            (operator, _) => values.iter().any(|value| self.matches(operator, value, exact)),
        }
    }

    fn matches(&self, operator: Operator, value: &Value, exact: bool) -> bool {
        let (Some(left), Some(right)) = (value.as_str(), self.value.as_str()) else {
            return operator == Operator::Eq && *value == self.value;
        };
        let fold = |text: &str| if exact { text.to_owned() } else { text.to_lowercase() };
        let (left, right) = (fold(left), fold(right));
        match operator {
            Operator::Eq => left == right,
            Operator::Ne => left != right,
            Operator::Co => left.contains(&right),
            Operator::Sw => left.starts_with(&right),
            Operator::Ew => left.ends_with(&right),
            Operator::Gt => left > right,
            Operator::Ge => left >= right,
            Operator::Lt => left < right,
            Operator::Le => left <= right,
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    attributes: &'static [Attribute],
    depth: usize,
}

impl<'a> Parser<'a> {
    fn or(&mut self) -> Result<Filter, Refusal> {
        let mut left = self.and()?;
        while self.keyword("or") {
            left = Filter::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Filter, Refusal> {
        let mut left = self.term()?;
        while self.keyword("and") {
            left = Filter::And(Box::new(left), Box::new(self.term()?));
        }
        Ok(left)
    }

    fn term(&mut self) -> Result<Filter, Refusal> {
        let before = self.at;
        if self.keyword("not") {
            if self.symbol('(') {
                return self.enclosed(')').map(|inner| Filter::Not(Box::new(inner)));
            }
            self.at = before;
        }
        if self.symbol('(') { self.enclosed(')') } else { self.comparison() }
    }

    fn enclosed(&mut self, close: char) -> Result<Filter, Refusal> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Refusal::bad("invalidFilter", "The filter is nested too deep."));
        }
        let inner = self.or()?;
        if !self.symbol(close) {
            return Err(self.error(&format!("{close:?}")));
        }
        self.depth -= 1;
        Ok(inner)
    }

    fn comparison(&mut self) -> Result<Filter, Refusal> {
        self.skip_space();
        let name = self.word(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | ':' | '_' | '-' | '$'));
        let path = AttributePath::parse(self.attributes, name).ok_or_else(|| self.error("an attribute"))?;
        if path.part.is_none() && self.symbol('[') {
            return self.element(path.attribute);
        }
        if self.keyword("pr") {
            return Ok(Filter::Present(path));
        }
        let operator = self.operator()?;
        let value = self.value()?;
        let ordered = !matches!(operator, Operator::Eq | Operator::Ne);
        if ordered && !value.is_string() {
            return Err(Refusal::bad("invalidFilter", "Only text can be compared in this way."));
        }
        Ok(Filter::Compare(path, Comparison { operator, value }))
    }

    fn element(&mut self, attribute: &'static Attribute) -> Result<Filter, Refusal> {
        let Kind::Complex(parts) = attribute.kind else { return Err(self.error("an operator")) };
        let outer = std::mem::replace(&mut self.attributes, parts);
        let inner = self.enclosed(']');
        self.attributes = outer;
        inner.map(|inner| Filter::Element(attribute, Box::new(inner)))
    }

    fn operator(&mut self) -> Result<Operator, Refusal> {
        const WORDS: [(&str, Operator); 9] = [
            ("eq", Operator::Eq),
            ("ne", Operator::Ne),
            ("co", Operator::Co),
            ("sw", Operator::Sw),
            ("ew", Operator::Ew),
            ("gt", Operator::Gt),
            ("ge", Operator::Ge),
            ("lt", Operator::Lt),
            ("le", Operator::Le),
        ];
        let found = WORDS.iter().find(|(word, _)| self.keyword(word));
        found.map(|&(_, operator)| operator).ok_or_else(|| self.error("an operator"))
    }

    fn value(&mut self) -> Result<Value, Refusal> {
        self.skip_space();
        let rest = &self.text[self.at..];
        let length = if rest.starts_with('"') {
            quoted_length(rest).ok_or_else(|| self.error("a closed string"))?
        } else {
            rest.find(|c: char| c.is_whitespace() || matches!(c, ')' | ']')).unwrap_or(rest.len())
        };
        let value = serde_json::from_str::<Value>(&rest[..length]).map_err(|_| self.error("a JSON value"))?;
        if value.is_object() || value.is_array() {
            return Err(self.error("a simple value"));
        }
        self.at += length;
        Ok(value)
    }

    /// Takes a word without case if it stands here on its own.
    fn keyword(&mut self, word: &str) -> bool {
        self.skip_space();
        let rest = &self.text[self.at..];
        let Some((start, after)) = rest.split_at_checked(word.len()) else { return false };
        let here =
            start.eq_ignore_ascii_case(word) && !after.starts_with(|c: char| c.is_alphanumeric() || c == '.');
        self.at += if here { word.len() } else { 0 };
        here
    }

    fn symbol(&mut self, symbol: char) -> bool {
        self.skip_space();
        let here = self.text[self.at..].starts_with(symbol);
        self.at += if here { symbol.len_utf8() } else { 0 };
        here
    }

    fn word(&mut self, allowed: impl Fn(char) -> bool) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest.find(|c| !allowed(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn error(&self, wanted: &str) -> Refusal {
        let detail = format!("The filter has no {wanted} at byte {}.", self.at);
        Refusal::bad("invalidFilter", detail)
    }
}

/// The length of a JSON string with its quotes.
fn quoted_length(text: &str) -> Option<usize> {
    let mut escaped = false;
    let closing = text.char_indices().skip(1).find(|&(_, c)| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    });
    closing.map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vendors::scim::emulator::schema::Type;
    use serde_json::json;

    fn holds(filter: &str) -> bool {
        let jane = json!({
            "id": "Ab1", "userName": "Jane@acme.example", "active": true, "name": { "familyName": "Doe \"J\"" },
            "emails": [
                { "value": "jane@acme.example", "type": "work" },
                { "value": "j@home.example", "type": "home" },
            ],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "UX" },
        });
        Filter::parse(Type::User.attributes(), filter).unwrap().holds(&jane, false)
    }

    #[test]
    fn comparisons() {
        for filter in [
            r#"userName eq "jane@ACME.example""#,
            r#"USERNAME Eq "jane@acme.example""#,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "jane""#,
            r#"userName co "ACME" and active eq true"#,
            r#"name.familyName eq "doe \"j\"""#,
            r#"emails eq "j@home.example""#,
            r#"emails.type eq "home""#,
            r#"emails[type eq "work" and value ew "acme.example"]"#,
            r#"title pr or name.familyName pr"#,
            r#"not (title pr) and not (active eq false)"#,
            r#"(title pr or active eq true) and userName gt "a""#,
            r#"id eq "Ab1""#,
            r#"title eq null"#,
            r#"title ne "boss""#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "ux""#,
        ] {
            assert!(holds(filter), "{filter}");
        }
    }

    #[test]
    fn comparisons_that_fail() {
        for filter in [
            r#"id eq "ab1""#,
            r#"emails[type eq "home" and value ew "acme.example"]"#,
            r#"active eq "true""#,
            r#"userName ne "jane@acme.example""#,
            r#"title pr"#,
            r#"title pr and active eq true or title pr"#,
            r#"emails ne "j@home.example""#,
        ] {
            assert!(!holds(filter), "{filter}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        let deep = format!("{}active eq true{}", "(".repeat(40), ")".repeat(40));
        for filter in [
            "",
            "userName",
            "userName eq",
            "userName eq jane",
            r#"userName eq "jane"#,
            r#"colour eq "red""#,
            r#"userName is "jane""#,
            r#"userName eq "a" and"#,
            r#"(userName eq "a""#,
            r#"userName eq "a" userName"#,
            "active gt true",
            r#"userName[value eq "a"]"#,
            r#"é eq "a""#,
            &deep,
        ] {
            let refusal = Filter::parse(Type::User.attributes(), filter).unwrap_err();
            assert_eq!(refusal.scim_type, Some("invalidFilter"), "{filter}");
        }
    }
}
