//! The JSON Schema of a workspace file, made from [`super::shape`].

use super::shape::{FILE, Field, Map, Shape, Table, Text};
use serde_json::{Map as Object, Value, json};

/// The JSON Schema (draft 2020-12) of one file under `access/`. It says what the loader says about the
/// structure; what refers from one place to another only the loader can check.
#[must_use]
pub fn schema() -> Value {
    let mut schema = table(&FILE);
    if let Some(object) = schema.as_object_mut() {
        object.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        object.insert("title".to_owned(), json!("A file of a Grantline workspace"));
        // A file that is empty, or holds only comments, reads as null.
        object.insert("type".to_owned(), json!(["object", "null"]));
    }
    schema
}

fn shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text(kind) => text(*kind),
        Shape::Words(words) => json!({ "enum": words }),
        Shape::Whole { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Table(fixed) | Shape::Secret(fixed) => table(fixed),
        Shape::Map(free) => map(free),
        Shape::List(item, at_least) => {
            json!({ "type": "array", "items": self::shape(item), "minItems": at_least })
        }
        Shape::TextOrTable(kind, fixed) => json!({ "anyOf": [text(*kind), table(fixed)] }),
        Shape::Reserved => json!({}),
    }
}

fn text(kind: Text) -> Value {
    let mut object = Object::new();
    object.insert("type".to_owned(), json!("string"));
    object.insert("minLength".to_owned(), json!(1));
    if let Some(pattern) = kind.pattern() {
        object.insert("pattern".to_owned(), json!(pattern));
    }
    Value::Object(object)
}

fn map(free: &Map) -> Value {
    let mut names = text(free.keys);
    if let Some(object) = names.as_object_mut() {
        // Keys are text whatever they look like.
        object.remove("type");
    }
    json!({ "type": "object", "propertyNames": names, "additionalProperties": shape(&free.values) })
}

fn table(fixed: &Table) -> Value {
    let properties: Object<_, _> =
        fixed.fields.iter().map(|field| (field.key.to_owned(), described(field))).collect();
    let required: Vec<_> =
        fixed.fields.iter().filter(|field| field.required).map(|field| field.key).collect();
    let mut object = Object::new();
    object.insert("type".to_owned(), json!("object"));
    object.insert("properties".to_owned(), Value::Object(properties));
    object.insert("additionalProperties".to_owned(), json!(false));
    if !required.is_empty() {
        object.insert("required".to_owned(), json!(required));
    }
    if !fixed.any_of.is_empty() {
        let mut choices: Vec<_> = fixed.any_of.iter().map(|key| json!({ "required": [key] })).collect();
        if let Some((key, value)) = fixed.unless {
            choices.push(json!({ "required": [key], "properties": { key: { "const": value } } }));
        }
        object.insert("anyOf".to_owned(), json!(choices));
    }
    if fixed.single {
        object.insert("maxProperties".to_owned(), json!(1));
    }
    Value::Object(object)
}

fn described(field: &Field) -> Value {
    let mut value = shape(&field.shape);
    if let Some(object) = value.as_object_mut() {
        object.insert("description".to_owned(), json!(field.doc));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(instance: &Value) -> bool {
        jsonschema::draft202012::new(&schema()).unwrap().is_valid(instance)
    }

    #[test]
    fn the_schema_is_one_and_takes_what_the_loader_takes() {
        assert!(jsonschema::draft202012::meta::is_valid(&schema()));
        assert!(accepts(&Value::Null));
        assert!(accepts(&json!({ "roles": { "r": { "grants": { "heap/*": "member" } } } })));
        assert!(accepts(
            &json!({ "users": { "jane": { "email": "jane@acme.example", "until": "2026-12-31" } } })
        ));
    }

    #[test]
    fn the_schema_refuses_what_the_loader_refuses() {
        assert!(!accepts(&json!({ "rolez": {} })));
        assert!(accepts(&json!({ "workspace": { "name": "two\nlines" } })));
        assert!(!accepts(&json!({ "workspace": { "name": "a\u{1b}[1m" } })));
        let resource = |fields: Value| {
            let resources = json!({ "r": fields });
            json!({ "vendors": { "v": { "connector": "scim", "manage": "observe", "resources": resources } } })
        };
        assert!(accepts(&resource(json!({ "kind": "org", "manage": "observe" }))));
        assert!(!accepts(&resource(json!({ "kind": "group" }))));
        assert!(!accepts(&json!({ "roles": { "r": {} } })));
        assert!(!accepts(&json!({ "users": { "Jane": { "email": "jane@acme.example" } } })));
        assert!(!accepts(&json!({ "users": { "jane": { "email": "jane@acme.example", "ticket": 113 } } })));
        let vendor = |token: Value| json!({ "vendors": { "v": { "connector": "scim", "manage": "observe", "token": token } } });
        assert!(accepts(&vendor(json!({ "env": "TOKEN" }))));
        assert!(!accepts(&vendor(json!("abc123"))));
        assert!(!accepts(&vendor(json!({ "env": "TOKEN", "command": ["op"] }))));
        assert!(!accepts(&vendor(json!({}))));
    }
}
