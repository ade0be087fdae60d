//! What `search` finds: it lags behind what was written.

use super::people;
use crate::vendors::scim::emulator::exchange::Reply;
use crate::vendors::scim::emulator::{Call, Tenant};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How many requests it takes until `search` shows a write, where the tenant says nothing else.
const LAG: u64 = 3;

/// How far the index is behind.
#[derive(Debug, Default)]
pub(super) struct Index(Mutex<Behind>);

#[derive(Debug, Default)]
struct Behind {
    requests: u64,
    written: BTreeMap<String, u64>,
}

impl Index {
    /// Counts a request.
    pub(super) fn count(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).requests += 1;
    }

    /// Notes whom a write was about.
    pub(super) fn note(&self, tenant: &Tenant, call: &Call<'_>, reply: &Reply) {
        let id = match *call.path {
            ["users"] => serde_json::from_slice::<Value>(&reply.body)
                .ok()
                .and_then(|user| Some(user.get("id")?.as_str()?.to_owned())),
            ["users", who, ..] => people::find(tenant, who).ok().map(|user| user.id.clone()),
            _ => None,
        };
        let mut behind = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = behind.requests;
        behind.written.extend(id.map(|id| (id, now)));
    }

    /// Whether a search finds this user, as they are.
    pub(super) fn shows(&self, tenant: &Tenant, user: &str) -> bool {
        let lag = tenant.vendor["search_lag"].as_u64().unwrap_or(LAG);
        let behind = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        behind.written.get(user).is_none_or(|written| written + lag < behind.requests)
    }
}
