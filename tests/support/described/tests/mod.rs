//! The validator on small descriptions of its own. `real` holds it against the published ones.

mod real;
mod schemas;

use super::document::Description;
use super::exchange::Exchange;
use serde_json::{Value, json};

/// A request with its answer.
struct Said {
    line: &'static str,
    body: Value,
    status: u16,
    answer: Value,
}

/// `GET /users?a=b`, answered 200 with nothing.
fn said(line: &'static str) -> Said {
    Said { line, body: Value::Null, status: 200, answer: Value::Null }
}

impl Said {
    fn with(self, body: Value) -> Self {
        Self { body, ..self }
    }

    fn answered(self, status: u16, answer: Value) -> Self {
        Self { status, answer, ..self }
    }

    fn wrong(&self, description: &Description) -> String {
        let (method, target) = self.line.split_once(' ').unwrap();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        let pair = |pair: &str| pair.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
        let query: Vec<(String, String)> = pairs.map(|text| pair(text).unwrap()).collect();
        let bytes = |value: &Value| if value.is_null() { Vec::new() } else { value.to_string().into_bytes() };
        let (body, answer) = (bytes(&self.body), bytes(&self.answer));
        let exchange =
            Exchange { method, path, query: &query, body: &body, status: self.status, answer: &answer };
        exchange.violations(description).join("; ")
    }
}

fn shop() -> Description {
    let list = json!({ "type": "array", "items": { "$ref": "#/components/schemas/Item" } });
    let body = |schema: Value| json!({ "content": { "application/json": { "schema": schema } } });
    let item = json!({ "$ref": "#/components/schemas/Item" });
    let document = json!({
        "paths": {
            "/items": {
                "parameters": [{ "name": "q", "in": "query", "schema": { "type": "string" } }],
                "get": {
                    "parameters": [
                        { "name": "limit", "in": "query", "required": true, "schema": { "type": "integer", "maximum": 200 } },
                        { "name": "only", "in": "query", "explode": false, "style": "form", "schema": {
                            "type": "array", "uniqueItems": true, "items": { "type": "string", "enum": ["id", "name"] } } },
                        { "name": "page", "in": "query", "style": "deepObject", "schema": {
                            "type": "object", "required": ["count"],
                            "properties": { "count": { "type": "number" }, "cursor": { "type": "string" } } } },
                    ],
                    "responses": { "200": body(list), "4XX": body(json!({ "type": "object", "properties": { "error": { "type": "string" } } })) },
                },
                "post": { "requestBody": { "required": true, "content": { "application/json": { "schema": item } } },
                          "responses": { "2XX": body(item.clone()) } },
                "delete": { "parameters": [{ "name": "ids", "in": "query", "required": true, "style": "deepObject",
                                             "schema": { "type": "array", "items": { "type": "string" } } }],
                            "responses": { "204": { "description": "gone" } } },
            },
            "/items/new": { "get": { "responses": { "default": body(item.clone()) } } },
            "/items/{item-id}": { "get": { "responses": { "200": body(item.clone()) } },
                                  "patch": { "requestBody": body(item), "responses": { "204": {} } } },
            "/items/{item-id}/owner/$ref": { "put": { "responses": { "204": {} } } },
        },
        "components": { "schemas": { "Item": {
            "type": "object", "required": ["name"],
            "properties": { "id": { "type": "string", "readOnly": true }, "name": { "type": "string", "maxLength": 10 } },
        } } },
    });
    Description::new(document, "/v1")
}

fn lamp() -> Value {
    json!({ "id": "i1", "name": "lamp" })
}

#[test]
fn what_is_described_passes() {
    let shop = shop();
    let good = [
        said("GET /v1/items?limit=200&q=x&only=id,name&page[count]=5&page[cursor]=c")
            .answered(200, json!([lamp()])),
        said("GET /v1/items?limit=1").answered(404, json!({ "error": "no" })),
        said("POST /v1/items").with(json!({ "name": "lamp" })).answered(201, lamp()),
        said("DELETE /v1/items?ids[]=a&ids[]=b").answered(204, Value::Null),
        said("DELETE /v1/items?ids.0=a&ids.1=b").answered(204, Value::Null),
        said("GET /v1/items/new").answered(200, lamp()),
        said("GET /v1/items/i%2F1").answered(200, lamp()),
        said("PUT /v1/items/i1/owner/%24ref").answered(204, Value::Null),
    ];
    for one in good {
        assert_eq!(one.wrong(&shop), "", "{}", one.line);
    }
}

#[test]
fn a_wrong_request_is_caught() {
    let shop = shop();
    let ok = || json!([lamp()]);
    let bad = [
        (said("GET /items?limit=1").answered(200, ok()), "does not begin with /v1"),
        (said("GET /v1/things").answered(200, ok()), "no such path"),
        (said("GET /v1/items/").answered(200, ok()), "no such path"),
        (said("PUT /v1/items").answered(200, ok()), "/items takes no PUT"),
        (said("PATCH /v1/items/new").answered(204, Value::Null), "/items/new takes no PATCH"),
        (said("GET /v1/items?limit=1&sort=up").answered(200, ok()), "\"sort\" is not described"),
        (said("GET /v1/items?limit=1&page=5").answered(200, ok()), "\"page\" is not described"),
        (said("GET /v1/items").answered(200, ok()), "\"limit\" is missing"),
        (said("GET /v1/items?limit=201").answered(200, ok()), "201 is too large"),
        (said("GET /v1/items?limit=all").answered(200, ok()), "integer is asked for"),
        (said("GET /v1/items?limit=1&limit=2").answered(200, ok()), "given twice"),
        (said("GET /v1/items?limit=1&only=id,id").answered(200, ok()), "comes twice"),
        (said("GET /v1/items?limit=1&only=id,price").answered(200, ok()), "\"price\" is not among"),
        (said("GET /v1/items?limit=1&page[cursor]=c").answered(200, ok()), "\"count\" is missing"),
        (
            said("GET /v1/items?limit=1&page[size]=1&page[count]=1").answered(200, ok()),
            "\"size\" is not described",
        ),
        (said("GET /v1/items?limit=1").with(lamp()).answered(200, ok()), "has a body, and none"),
        (said("POST /v1/items").answered(200, lamp()), "has no body, and one is required"),
        (
            said("POST /v1/items").with(json!({ "nam": "x" })).answered(200, lamp()),
            "\"nam\" is not described",
        ),
        (said("POST /v1/items").with(json!({})).answered(200, lamp()), "\"name\" is missing"),
        (said("POST /v1/items").with(lamp()).answered(200, lamp()), "\"/id\": this property is readOnly"),
        (
            said("POST /v1/items").with(json!({ "name": 5 })).answered(200, lamp()),
            "\"/name\": string is asked",
        ),
        (said("POST /v1/items").with(json!({ "name": null })).answered(200, lamp()), "null is not allowed"),
    ];
    for (one, word) in bad {
        let wrong = one.wrong(&shop);
        assert!(wrong.contains(word), "{} {}: {wrong:?} instead of {word:?}", one.line, one.body);
    }
}

#[test]
fn a_wrong_answer_is_caught() {
    let shop = shop();
    let bad = [
        (said("GET /v1/items?limit=1").answered(500, Value::Null), "no answer 500"),
        (said("GET /v1/items?limit=1").answered(200, Value::Null), "has no body, and one is described"),
        (said("DELETE /v1/items?ids[]=a").answered(204, lamp()), "has a body, and none is described"),
        (said("GET /v1/items?limit=1").answered(200, lamp()), "array is asked for"),
        (said("GET /v1/items?limit=1").answered(403, json!({ "code": 1 })), "\"code\" is not described"),
        (
            said("GET /v1/items?limit=1").answered(200, json!([lamp(), { "name": "x", "price": 1 }])),
            "\"/1\": the property \"price\"",
        ),
    ];
    for (one, word) in bad {
        let wrong = one.wrong(&shop);
        assert!(wrong.contains(word), "{}: {wrong:?} instead of {word:?}", one.line);
    }
}

#[test]
fn a_wrong_credential_may_be_said_in_the_words_of_any_refusal() {
    let refused = said("GET /v1/items?limit=1").answered(401, json!({ "error": "who?" }));
    assert_eq!(refused.wrong(&shop()), "");
}
