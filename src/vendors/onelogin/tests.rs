//! What is sent to OneLogin, and how its answers are read.

mod embedded;
mod reading;
mod writing;

use super::OneLoginWriter;
use super::reader::OneLoginReader;
use super::wire::API;
use crate::connector::{Limits, Scope};
use crate::domain::{AccountId, Manage, Resource, ResourceName, Span, Target, VendorName};
use crate::net::rest::Rest;
use crate::net::script::{Reply, Server, TestClock, pace};
use crate::net::{Endpoint, Pace};
use crate::vendors::testing::{change, level};
use serde_json::{Value, json};
use std::sync::Arc;

fn rest(endpoint: Endpoint) -> Rest {
    let wide = Limits { side_by_side: 8, ..Limits::NARROW };
    Rest::new(endpoint, Pace::new(TestClock::new(), &wide, 7), &API).unwrap()
}

fn reader_at(endpoint: Endpoint) -> OneLoginReader {
    OneLoginReader { rest: Arc::new(rest(endpoint)), identity: None, clock: TestClock::new() }
}

fn reader(server: &Server) -> OneLoginReader {
    reader_at(server.endpoint(""))
}

fn writer_at(endpoint: &Endpoint) -> OneLoginWriter {
    OneLoginWriter { grant: Ok(rest(endpoint.clone())), revoke: Ok(rest(endpoint.clone())) }
}

fn writer(server: &Server) -> OneLoginWriter {
    let connect = || Rest::new(server.endpoint(""), pace(TestClock::new()), &API);
    OneLoginWriter { grant: connect(), revoke: connect() }
}

fn resource(kind: &str, id: Option<&str>, display: Option<&str>) -> Resource {
    Resource {
        name: ResourceName::parse(if kind == "org" { "org" } else { "it" }).unwrap(),
        kind: Arc::from(kind),
        id: id.map(Arc::from),
        display: display.map(Arc::from),
        manage: Manage::Authoritative,
        span: Span::default(),
    }
}

fn scope(resources: Vec<Resource>) -> Scope {
    Scope { vendor: VendorName::parse("v").unwrap(), resources }
}

fn role(id: &str) -> Target {
    let resource = resource("role", Some(id), None);
    Target { name: resource.name, kind: resource.kind, id: resource.id, display: resource.display }
}

fn account_id(id: &str) -> AccountId {
    AccountId::parse(id).unwrap()
}

/// A user in use.
fn user(id: u64, email: &str) -> Value {
    json!({
        "id": id, "email": email, "username": email, "firstname": "Jane", "lastname": "Doe", "status": 1, "state": 1,
        "activated_at": "2026-01-05T08:00:00.000Z", "invitation_sent_at": null, "external_id": null,
    })
}

/// The same with other values.
fn user_with(values: Value) -> Value {
    let mut user = user(7, "jane@acme.example");
    for (key, value) in values.as_object().unwrap() {
        user[key] = value.clone();
    }
    user
}

fn ok(value: &Value) -> Reply {
    Reply::text(200, "application/json", &value.to_string())
}

fn refusal(status: u16, name: &str, message: &str) -> Reply {
    let body = json!({ "statusCode": status, "name": name, "message": message });
    Reply::text(status, "application/json", &body.to_string())
}
