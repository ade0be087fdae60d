//! Lists, a page at a time.

use super::Answer;
use crate::vendors::scim::emulator::exchange::Refusal;
use crate::vendors::scim::emulator::{Call, Reply, Tenant};
use axum::http::{HeaderName, StatusCode};
use serde_json::Value;

/// As many items as one page has at most.
const MOST: usize = 100;

const AFTER: HeaderName = HeaderName::from_static("after-cursor");
const TOTAL: HeaderName = HeaderName::from_static("total-count");

/// The page that a request asks for. Only what is on it is rendered.
pub(super) fn page<T>(tenant: &Tenant, call: &Call<'_>, items: &[T], render: impl Fn(&T) -> Value) -> Answer {
    let most = MOST.min(tenant.behaviour.max_page).max(1);
    let limit = match call.request.parameter("limit") {
        None => most,
        Some(limit) => limit.parse().map_err(|_| bad("limit"))?,
    };
    let start: usize = match call.request.parameter("cursor") {
        None => 0,
        Some(cursor) => {
            cursor.strip_prefix("at-").and_then(|at| at.parse().ok()).ok_or_else(|| bad("cursor"))?
        }
    };
    let end = start.saturating_add(limit.clamp(1, most)).min(items.len());
    let shown: Vec<Value> = items.get(start..end).unwrap_or_default().iter().map(render).collect();
    let reply =
        Reply::plain(StatusCode::OK, &Value::Array(shown)).with_header(TOTAL, items.len().to_string());
    Ok(if end < items.len() { reply.with_header(AFTER, format!("at-{end}")) } else { reply })
}

fn bad(parameter: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, format!("The parameter `{parameter}` is not understood."))
}
