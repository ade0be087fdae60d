//! `$select`, `$filter`, `$top` and the pages of a list.

use super::filter::Filter;
use super::problem::{Outcome, Problem};
use crate::net::encode_component;
use crate::vendors::scim::emulator::{Behaviour, Call, Reply, Tenant};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};

/// One thing that Graph shows.
pub(super) trait Object {
    /// Its properties, all of which a request may select.
    const PROPERTIES: &'static [&'static str];

    fn id(&self) -> &str;

    /// `#microsoft.graph.…`.
    fn kind(&self) -> &str;

    fn property(&self, name: &str) -> Value;
}

/// How many are on a page that says nothing of it, and at most.
const USUAL: usize = 100;
const MOST: usize = 999;

/// One object, with the properties that were selected.
pub(super) fn show<T: Object>(call: &Call<'_>, status: StatusCode, object: &T) -> Outcome {
    Ok(Reply::plain(status, &render(object, &selected::<T>(call)?)))
}

fn render<T: Object>(object: &T, properties: &[&str]) -> Value {
    let mut shown: Map<String, Value> =
        properties.iter().map(|name| ((*name).to_owned(), object.property(name))).collect();
    shown.insert("@odata.type".to_owned(), json!(object.kind()));
    Value::Object(shown)
}

fn selected<T: Object>(call: &Call<'_>) -> Result<Vec<&'static str>, Problem> {
    let Some(select) = call.request.parameter("$select") else { return Ok(T::PROPERTIES.to_vec()) };
    let find = |name: &str| {
        let known = T::PROPERTIES.iter().find(|known| **known == name);
        known.copied().ok_or_else(|| Problem::bad(format!("Could not find a property named '{name}'.")))
    };
    select.split(',').map(find).collect()
}

/// The page that was asked for, of a list in this order.
pub(super) fn page<T: Object>(tenant: &Tenant, call: &Call<'_>, objects: impl Iterator<Item = T>) -> Outcome {
    let properties = selected::<T>(call)?;
    let filter = call.request.parameter("$filter");
    let filter = filter.map(|text| Filter::parse(text, T::PROPERTIES)).transpose()?;
    let most = top(call)?.min(cap(tenant));
    let mut objects = objects.peekable();
    if let Some(last) = call.request.parameter("$skiptoken") {
        let found = objects.by_ref().any(|object| object.id() == last);
        found.then_some(()).ok_or_else(|| {
            let message =
                "The specified page token value has expired and can no longer be included in your request.";
            Problem::new(StatusCode::BAD_REQUEST, "Directory_ExpiredPageToken", message)
        })?;
    }
    let passes =
        |object: &T| filter.as_ref().is_none_or(|filter| filter.passes(|name| object.property(name)));
    let mut fitting = objects.filter(passes);
    let (mut value, mut last) = (Vec::new(), String::new());
    for object in fitting.by_ref().take(most) {
        value.push(render(&object, &properties));
        object.id().clone_into(&mut last);
    }
    let mut body = json!({ "value": value });
    if fitting.next().is_some() {
        body["@odata.nextLink"] = Value::from(next_link(call, &last));
    }
    Ok(Reply::plain(StatusCode::OK, &body))
}

/// A tenant that says nothing of its pages has Graph's own.
fn cap(tenant: &Tenant) -> usize {
    let told = tenant.behaviour.max_page;
    if told == Behaviour::default().max_page { MOST } else { told }
}

fn top(call: &Call<'_>) -> Result<usize, Problem> {
    let Some(top) = call.request.parameter("$top") else { return Ok(USUAL) };
    let most = top.parse().ok().filter(|most| (1..=MOST).contains(most));
    most.ok_or_else(|| {
        let message =
            format!("Invalid page size specified: '{top}'. Must be between 1 and {MOST} inclusive.");
        Problem::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    })
}

/// The same request, after the last object of this page.
fn next_link(call: &Call<'_>, last: &str) -> String {
    let kept = call.request.query().iter().filter(|(name, _)| name != "$skiptoken");
    let kept = kept.map(|(name, value)| format!("{name}={}", encode_component(value)));
    let query: Vec<String> = kept.chain([format!("$skiptoken={}", encode_component(last))]).collect();
    format!("{}/{}?{}", call.base, call.path.join("/"), query.join("&"))
}

/// 204.
pub(super) fn nothing() -> Reply {
    Reply::new(StatusCode::NO_CONTENT, "application/json", Vec::new())
}
