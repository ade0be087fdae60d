//! A JSON value held against a schema (OpenAPI 3.0.3, "Schema Object").
//!
//! Stricter than the standard in one point: a property that no part of the schema knows is an error, unless the schema
//! says that others may stand there or names none at all.

use super::document::Description;
use super::scalar;
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// More are not told of one body.
const MOST: usize = 20;

/// Longer lists are not searched for what comes twice.
const FEW: usize = 1000;

/// Whether a body was sent or received: some properties may only go one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Request,
    Answer,
}

impl Direction {
    pub(super) fn whose(self) -> &'static str {
        match self {
            Self::Request => "the request's",
            Self::Answer => "the answer's",
        }
    }

    /// What marks a property that may not go this way.
    fn forbids(self) -> &'static str {
        match self {
            Self::Request => "readOnly",
            Self::Answer => "writeOnly",
        }
    }
}

/// Where in a value something is. It becomes text only where something is wrong.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    above: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Name(&'a str),
    Index(usize),
}

impl At<'_> {
    pub(super) const ROOT: At<'static> = At { above: None, step: Step::Root };

    /// As a JSON pointer (RFC 6901).
    fn pointer(&self) -> String {
        let mut text = self.above.map(At::pointer).unwrap_or_default();
        let _ = match self.step {
            Step::Root => Ok(()),
            Step::Name(name) => write!(text, "/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Index(index) => write!(text, "/{index}"),
        };
        text
    }
}

/// The properties that the parts of a schema know.
#[derive(Default)]
struct Known<'a> {
    lists: Vec<&'a Map<String, Value>>,
    /// Whether any other may stand there.
    open: bool,
    is_entity: bool,
}

impl<'a> Known<'a> {
    fn join(&mut self, other: Known<'a>) {
        self.lists.extend(other.lists);
        self.open |= other.open;
        self.is_entity |= other.is_entity;
    }

    fn has(&self, name: &str) -> bool {
        let is_annotation = self.is_entity && name.contains("@odata.");
        self.open || is_annotation || self.lists.iter().any(|list| list.contains_key(name))
    }
}

/// Collects what is wrong.
pub(super) struct Checker<'a> {
    description: &'a Description,
    direction: Direction,
    /// A JSON pointer and a sentence each.
    pub(super) found: Vec<(String, String)>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(description: &'a Description, direction: Direction) -> Self {
        Self { description, direction, found: Vec::new() }
    }

    fn say(&mut self, at: At<'_>, what: String) {
        if self.found.len() < MOST {
            self.found.push((at.pointer(), what));
        }
    }

    /// A value that one schema describes entirely.
    pub(super) fn whole(&mut self, schema: &'a Value, value: &Value, at: At<'_>) {
        if value.is_null() {
            if !self.takes_null(schema) {
                self.say(at, "null is not allowed".to_owned());
            }
            return;
        }
        let known = self.kind(schema, value, at);
        let Value::Object(object) = value else { return };
        // A schema that names no property describes any object.
        if known.lists.is_empty() {
            return;
        }
        for name in object.keys().filter(|name| !known.has(name)) {
            let is_context =
                name == "@odata.context" && at.above.is_none() && self.direction == Direction::Answer;
            if !is_context {
                self.say(at, format!("the property {name:?} is not described"));
            }
        }
    }

    /// A value by a schema and by the more special one that the value itself says it is of.
    fn kind(&mut self, schema: &'a Value, value: &Value, at: At<'_>) -> Known<'a> {
        let mut known = Known::default();
        self.part(schema, value, at, &mut known);
        let own = self.description.resolved(schema).0;
        let special = self.discriminator(own).and_then(|discriminator| {
            let said = value.get(discriminator["propertyName"].as_str()?)?.as_str()?;
            Some(self.description.at(discriminator["mapping"].get(said)?.as_str()?))
        });
        if let Some(special) = special.filter(|special| !std::ptr::eq(*special, own)) {
            self.part(special, value, at, &mut known);
        }
        known
    }

    /// What tells the special kinds of a schema apart: its own word, or that of what it builds on.
    fn discriminator(&self, schema: &'a Value) -> Option<&'a Value> {
        let bases = || schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let of_base = || bases().find_map(|base| self.discriminator(self.description.resolved(base).0));
        schema.get("discriminator").or_else(of_base)
    }

    /// A value by one part of what describes it.
    fn part(&mut self, schema: &'a Value, value: &Value, at: At<'_>, known: &mut Known<'a>) {
        let (schema, is_entity) = self.description.resolved(schema);
        known.is_entity |= is_entity;
        let properties = schema.get("properties").and_then(Value::as_object).filter(|list| !list.is_empty());
        let kind = schema["type"].as_str().or(properties.map(|_| "object"));
        if !scalar::has_type(kind, value) {
            self.say(at, format!("{} is asked for", kind.unwrap_or_default()));
            return;
        }
        for what in scalar::violations(schema, value) {
            self.say(at, what);
        }
        match value {
            Value::Object(object) => self.object(schema, properties, object, at, known),
            Value::Array(items) => self.array(schema, items, at),
            _ => {}
        }
        for base in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.part(base, value, at, known);
        }
        for word in ["anyOf", "oneOf"] {
            if let Some(ways) = schema.get(word).and_then(Value::as_array) {
                self.one_of(ways, value, at, known);
            }
        }
    }

    fn object(
        &mut self,
        schema: &'a Value,
        properties: Option<&'a Map<String, Value>>,
        object: &Map<String, Value>,
        at: At<'_>,
        known: &mut Known<'a>,
    ) {
        known.lists.extend(properties);
        known.open |= schema["x-okta-extensible"] == true;
        let further = schema.get("additionalProperties").filter(|further| **further != false);
        known.open |= further.is_some();
        for (name, value) in object {
            let at = At { above: Some(&at), step: Step::Name(name) };
            match (properties.and_then(|properties| properties.get(name)), further) {
                (Some(property), _) => {
                    if self.is_marked(property, self.direction.forbids()) {
                        self.say(at, format!("this property is {}", self.direction.forbids()));
                    }
                    self.whole(property, value, at);
                }
                (None, Some(further)) if further.is_object() => self.whole(further, value, at),
                _ => {}
            }
        }
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            let name = name.as_str().unwrap_or_default();
            let property = properties.and_then(|properties| properties.get(name));
            let other_way = property.is_some_and(|one| self.is_marked(one, self.direction.forbids()));
            // Annotations are left out wherever they say nothing new, whatever the description requires.
            if !object.contains_key(name) && !other_way && !name.starts_with("@odata.") {
                self.say(at, format!("the property {name:?} is missing"));
            }
        }
    }

    fn array(&mut self, schema: &'a Value, items: &[Value], at: At<'_>) {
        let Some(described) = schema.get("items") else { return };
        for (index, item) in items.iter().enumerate() {
            self.whole(described, item, At { above: Some(&at), step: Step::Index(index) });
        }
        let twice = schema["uniqueItems"] == true
            && items.len() < FEW
            && items.iter().enumerate().any(|(index, item)| items[..index].contains(item));
        if twice {
            self.say(at, "an item comes twice".to_owned());
        }
    }

    /// A value that fits at least one of several schemas. That it fits exactly one is not asked: those that describe what
    /// a vendor answers overlap.
    fn one_of(&mut self, ways: &'a [Value], value: &Value, at: At<'_>, known: &mut Known<'a>) {
        let before = std::mem::take(&mut self.found);
        let mut nearest: Option<(Vec<(String, String)>, Known<'a>)> = None;
        let mut fits = false;
        for way in ways.iter().filter(|way| !is_null(way)) {
            let of_way = self.kind(way, value, at);
            let wrong = std::mem::take(&mut self.found);
            if wrong.is_empty() {
                fits = true;
                known.join(of_way);
            } else if nearest.as_ref().is_none_or(|(least, _)| wrong.len() < least.len()) {
                nearest = Some((wrong, of_way));
            }
        }
        self.found = before;
        if let Some((wrong, of_way)) = nearest.filter(|_| !fits) {
            self.found.extend(wrong);
            known.join(of_way);
        }
    }

    fn takes_null(&self, schema: &Value) -> bool {
        let schema = self.description.resolved(schema).0;
        let parts = ["allOf", "anyOf", "oneOf"].iter().filter_map(|word| schema.get(word)?.as_array());
        let says_nothing = schema.as_object().is_some_and(|schema| {
            !["type", "properties", "enum", "allOf", "anyOf", "oneOf"]
                .iter()
                .any(|word| schema.contains_key(*word))
        });
        says_nothing || schema["nullable"] == true || parts.flatten().any(|part| self.has_nullable(part))
    }

    fn has_nullable(&self, part: &Value) -> bool {
        part.get("$ref").is_some() && self.takes_null(part) || part["nullable"] == true
    }

    /// Whether a schema, what it refers to, or what it builds on carries a mark.
    fn is_marked(&self, schema: &Value, mark: &str) -> bool {
        let resolved = self.description.resolved(schema).0;
        let bases = resolved.get("allOf").and_then(Value::as_array).into_iter().flatten();
        let mut parts =
            [schema, resolved].into_iter().chain(bases.map(|base| self.description.resolved(base).0));
        parts.any(|part| part[mark] == true)
    }
}

/// Whether a way stands for null alone: an object that may be null and has nothing, beside one that says what it is.
fn is_null(way: &Value) -> bool {
    way["nullable"] == true
        && way.get("$ref").is_none()
        && way.get("properties").is_none()
        && (way["type"] == "object" || way.get("type").is_none())
}
