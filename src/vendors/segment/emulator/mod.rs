//! The embedded Segment: the part of the Public API that concerns people, as its description has it.
//!
//! Sixty requests a minute may change permissions, groups, users and invitations. Whoever is invited has an account at
//! once, unless the seed's `vendor` says `accepting: nobody`: then the invitation stays pending. No request takes somebody
//! out of a group, but to remove the user.

mod answers;
mod changes;
mod state;

use super::GROUP;
use crate::vendors::scim::emulator::exchange::Refusal;
use crate::vendors::scim::emulator::{Call, Reply, Rules, Tenant};
use axum::http::{Method, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::json;
use state::Workspace;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// So many changes in a minute.
const CHANGES: usize = 60;
const MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// Segment's rules, for [`crate::vendors::EmulatorOptions::rules`].
#[must_use]
pub fn rules() -> Arc<dyn Rules> {
    Arc::new(Segment::default())
}

#[derive(Debug, Default)]
struct Segment {
    /// When the last changes were asked for.
    asked: Mutex<VecDeque<Timestamp>>,
}

impl Segment {
    /// Counts a change; how many seconds to wait where there were too many.
    fn count(&self, now: Timestamp) -> Result<(), i64> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        while asked.front().is_some_and(|at| now.duration_since(*at) >= MINUTE) {
            asked.pop_front();
        }
        match asked.front() {
            Some(oldest) if asked.len() >= CHANGES => {
                Err((MINUTE - now.duration_since(*oldest)).as_secs() + 1)
            }
            _ => {
                asked.push_back(now);
                Ok(())
            }
        }
    }
}

impl Rules for Segment {
    fn base_path(&self) -> &'static str {
        ""
    }

    fn speaks_scim(&self) -> bool {
        false
    }

    fn has_api(&self) -> bool {
        true
    }

    fn api(&self, tenant: &mut Tenant, call: &Call<'_>) -> Reply {
        let is_change = call.request.method != Method::GET;
        if let Some(wait) = is_change.then(|| self.count(call.now).err()).flatten() {
            let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests.");
            return self.refuse(&refusal).with_header(header::RETRY_AFTER, wait.to_string());
        }
        let mut workspace = Workspace::of(tenant);
        let answered = match is_change {
            true => changes::answer(tenant, &mut workspace, call),
            false => answers::answer(tenant, &workspace, call),
        };
        if is_change && answered.is_ok() {
            workspace.store(tenant);
        }
        answered.unwrap_or_else(|refusal| self.refuse(&refusal))
    }

    fn refuse(&self, refusal: &Refusal) -> Reply {
        let kind = match refusal.status {
            StatusCode::NOT_FOUND => "not-found",
            StatusCode::UNAUTHORIZED => "unauthorized",
            StatusCode::TOO_MANY_REQUESTS => "too-many-requests",
            _ => "validation",
        };
        let error = json!({ "type": kind, "message": refusal.detail, "status": refusal.status.as_u16() });
        Reply::plain(refusal.status, &json!({ "errors": [error] }))
    }

    fn check(&self, tenant: &Tenant) -> Result<(), String> {
        Workspace::deserialize(&tenant.vendor).map(drop).map_err(|error| format!("in `vendor`: {error}"))
    }

    fn adopt(&self, tenant: &mut Tenant) {
        let workspace = Workspace::of(tenant).completed(tenant);
        workspace.store(tenant);
    }

    fn furnish(&self, tenant: &mut Tenant, kind: &str, id: &str) {
        if kind == GROUP && tenant.groups.get(id).is_none() {
            state::put_group(tenant, id, &format!("The {id}"));
        }
    }
}

/// What the description calls a validation failure.
fn invalid(detail: impl Into<String>) -> Refusal {
    Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
}
