//! One schema at a time.

use super::{Description, said};
use serde_json::{Value, json};

/// What is wrong with a value that is sent, or answered where `answered`.
fn judged(schemas: &Value, value: &Value, answered: bool) -> String {
    let content =
        json!({ "content": { "application/json": { "schema": { "$ref": "#/components/schemas/It" } } } });
    let operation = match answered {
        true => json!({ "responses": { "200": content } }),
        false => json!({ "requestBody": content, "responses": { "200": {} } }),
    };
    let document = json!({ "paths": { "/it": { "put": operation } }, "components": { "schemas": schemas } });
    let description = Description::new(document, "");
    let exchange = said("PUT /it");
    let exchange = match answered {
        true => exchange.answered(200, value.clone()),
        false => exchange.with(value.clone()),
    };
    exchange.wrong(&description)
}

fn sent(schema: Value, value: &Value) -> String {
    judged(&json!({ "It": schema }), value, false)
}

#[test]
fn a_property_is_known_where_any_part_knows_it() {
    let named = |name: &str| json!({ "type": "object", "properties": { name: { "type": "string" } } });
    let all = json!({ "allOf": [named("a"), named("b"), {}], "properties": { "c": { "type": "string" } } });
    assert_eq!(sent(all.clone(), &json!({ "a": "1", "b": "2", "c": "3" })), "");
    assert!(sent(all, &json!({ "d": "4" })).contains("\"d\" is not described"));
    let any = json!({ "anyOf": [named("a"), named("b")] });
    assert_eq!(sent(any.clone(), &json!({ "b": "2" })), "");
    assert!(sent(any.clone(), &json!({ "d": "4" })).contains("\"d\" is not described"));
    assert!(sent(any, &json!({ "a": 1, "b": 2 })).contains("string is asked for"));
}

#[test]
fn further_properties_pass_where_the_schema_says_so() {
    let open = json!({ "properties": { "a": { "type": "string" } }, "additionalProperties": true });
    assert_eq!(sent(open, &json!({ "b": 1 })), "");
    let numbers = json!({ "additionalProperties": { "type": "integer" } });
    assert_eq!(sent(numbers.clone(), &json!({ "b": 1 })), "");
    assert!(sent(numbers, &json!({ "b": "x" })).contains("\"/b\": integer is asked for"));
    assert_eq!(sent(json!({ "type": "object" }), &json!({ "b": 1 })), "");
    let closed = json!({ "properties": { "a": {} }, "additionalProperties": false });
    assert!(sent(closed, &json!({ "b": 1 })).contains("\"b\" is not described"));
}

#[test]
fn null_is_a_value_of_its_own() {
    let of = |schema: Value| json!({ "properties": { "a": schema } });
    let null = json!({ "a": null });
    assert_eq!(sent(of(json!({ "type": "string", "nullable": true })), &null), "");
    assert_eq!(sent(of(json!({})), &null), "");
    assert!(sent(of(json!({ "type": "string" })), &null).contains("null is not allowed"));
    let thing = json!({ "type": "object", "properties": { "x": { "type": "string" } } });
    let maybe = of(json!({ "anyOf": [thing, { "type": "object", "nullable": true }] }));
    assert_eq!(sent(maybe.clone(), &null), "");
    assert!(sent(maybe, &json!({ "a": { "y": 1 } })).contains("\"y\" is not described"));
}

#[test]
fn a_value_that_says_its_kind_is_of_that_kind() {
    let schemas = json!({
        "It": { "type": "array", "items": { "$ref": "#/components/schemas/Base" } },
        "Base": {
            "type": "object", "properties": { "kind": { "type": "string" } },
            "discriminator": { "propertyName": "kind", "mapping": { "cat": "#/components/schemas/Cat" } },
        },
        "Cat": { "allOf": [{ "$ref": "#/components/schemas/Base" },
                           { "type": "object", "properties": { "lives": { "type": "integer" } } }] },
    });
    assert_eq!(judged(&schemas, &json!([{ "kind": "cat", "lives": 9 }]), true), "");
    assert!(judged(&schemas, &json!([{ "kind": "cat", "lives": "x" }]), true).contains("integer"));
    assert!(judged(&schemas, &json!([{ "lives": 9 }]), true).contains("\"lives\" is not described"));
}

#[test]
fn a_schema_that_holds_itself_ends_with_the_value() {
    let me = json!({ "$ref": "#/components/schemas/It" });
    let schemas = json!({ "It": {
        "type": "object",
        "properties": { "child": { "anyOf": [me.clone(), { "type": "object", "nullable": true }] },
                        "more": { "type": "array", "items": me } },
    } });
    let mut value = json!({ "more": [{ "child": null }] });
    for _ in 0..50 {
        value = json!({ "child": value });
    }
    assert_eq!(judged(&schemas, &value, true), "");
}

#[test]
fn some_properties_go_one_way_alone() {
    let schemas = json!({
        "It": { "required": ["id", "password"], "properties": {
            "id": { "allOf": [{ "$ref": "#/components/schemas/Id" }, {}] },
            "password": { "type": "string", "writeOnly": true },
        } },
        "Id": { "type": "string", "readOnly": true },
    });
    assert_eq!(judged(&schemas, &json!({ "password": "x" }), false), "");
    assert_eq!(judged(&schemas, &json!({ "id": "x" }), true), "");
    assert!(
        judged(&schemas, &json!({ "id": "1", "password": "x" }), false)
            .contains("\"/id\": this property is readOnly")
    );
    assert!(judged(&schemas, &json!({ "id": "1", "password": "x" }), true).contains("is writeOnly"));
}

#[test]
fn formats_are_held_as_far_as_a_look_tells() {
    let cases = [
        ("uuid", "00000000-0000-0000-0000-00000000000a", "00000000"),
        ("date-time", "2026-11-22T09:00:00.5+01:00", "2026-11-22 09:00:00Z"),
        ("date-time", "2026-11-22T09:00:00Z", "2026-11-22T09:00:00"),
        ("date", "2026-11-22", "22.11.2026"),
        ("email", "a@b.example", "a b@c"),
    ];
    for (format, good, bad) in cases {
        let schema = json!({ "type": "string", "format": format });
        assert_eq!(sent(schema.clone(), &json!(good)), "");
        assert!(sent(schema, &json!(bad)).contains(format), "{bad}");
    }
}

#[test]
fn annotations_stand_at_entities_alone() {
    let schemas = |name: &str| {
        json!({
            "It": { "allOf": [{ "$ref": format!("#/components/schemas/{name}") },
                              { "properties": { "name": { "type": "string" } } }] },
            name: { "type": "object", "required": ["@odata.type"], "properties": { "@odata.type": { "type": "string" } } },
        })
    };
    let value = json!({ "name": "x", "members@odata.bind": ["y"] });
    assert_eq!(judged(&schemas("microsoft.graph.entity"), &value, false), "");
    assert!(judged(&schemas("other"), &value, false).contains("members@odata.bind"));
}
