//! An identity provider that keeps the accounts of an embedded vendor: whoever it assigns has one, however often it is
//! removed here, and whoever it no longer assigns cannot use theirs.

use super::exchange::{Request, SCIM_JSON};
use super::server::Shared;
use super::service::Service;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// Somebody whom a provider assigns to a vendor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assigned {
    /// The sign-in name.
    pub login: String,
    /// The display name; empty where there is none.
    pub name: String,
}

/// Asks the provider whom it assigns; none where it cannot be asked.
pub type Assignments = Arc<dyn Fn() -> Option<Vec<Assigned>> + Send + Sync>;

/// The provider's side of a vendor.
pub(crate) struct Provisioning {
    assignments: Option<Assignments>,
    /// The sign-in names of those whom it was seen to assign.
    known: Mutex<BTreeSet<String>>,
}

impl Provisioning {
    pub(crate) fn new(assignments: Option<Assignments>) -> Self {
        Self { assignments, known: Mutex::default() }
    }

    /// Whom the provider assigns now; none where there is none that can be asked. Asked before anything of the vendor is locked: the
    /// provider may be another embedded vendor.
    pub(crate) fn ask(&self) -> Option<Vec<Assigned>> {
        self.assignments.as_ref().and_then(|ask| ask())
    }

    /// Whoever is no longer assigned, and was.
    fn left(&self, assigned: &[Assigned]) -> Vec<String> {
        let now: BTreeSet<String> = assigned.iter().map(|one| one.login.to_lowercase()).collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let left = known.difference(&now).cloned().collect();
        *known = now;
        left
    }
}

impl Shared {
    /// Brings the vendor to what the provider assigns, as requests of the provider's.
    pub(super) fn provision(&self, service: &mut Service, assigned: &[Assigned]) {
        for login in self.provisioning.left(assigned) {
            let user = service.tenant.users.named("userName", &login).cloned();
            if let Some(user) = user.filter(|user| user.attributes.get("active") != Some(&Value::Bool(false)))
            {
                let body = json!({
                    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                    "Operations": [{ "op": "replace", "path": "active", "value": false }],
                });
                self.by_provider(service, Method::PATCH, &["Users", &user.id], &body);
            }
        }
        let mut there: BTreeSet<String> =
            service.tenant.users.iter().map(|user| user.text("userName").to_lowercase()).collect();
        for one in assigned {
            if there.insert(one.login.to_lowercase()) {
                let body = json!({
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                    "userName": one.login, "displayName": one.name, "active": true,
                    "emails": [{ "value": one.login, "type": "work", "primary": true }],
                });
                self.by_provider(service, Method::POST, &["Users"], &body);
            }
        }
    }

    fn by_provider(&self, service: &mut Service, method: Method, path: &[&str], body: &Value) {
        let json = HeaderValue::from_static(SCIM_JSON);
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, json)]);
        let whole = format!("{}/{}", service.rules.base_path(), path.join("/"));
        let request = Request::new(method, &whole, "", headers, body.to_string().into_bytes());
        let below: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
        let reply = service.answer(&request, &below);
        // A state that cannot be written shows at the next request of a client.
        let _ = self.keep(service, &request, &reply, "provider");
    }
}
