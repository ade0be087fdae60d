//! What the tests of this folder share: a vendor, changes, and answers that a SCIM server gives.

use super::service::Service;
use crate::domain::{Level, Manage, Offboarding, Resource, ResourceName, Span, Target, VendorName};
use crate::net::script::{Reply, Seen, Server, TestClock, pace};
pub(super) use crate::vendors::testing::{change, level};
use crate::workspace::{Located, ScimSettings, Vendor};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

pub(super) fn at<T>(value: T) -> Located<T> {
    Located { value, span: Span::default() }
}

/// A vendor with these roles, as level and value.
pub(super) fn vendor(roles: &[(&str, &str)]) -> Vendor {
    let role = |(level, value): &(&str, &str)| (at(Level::parse(level).unwrap()), Arc::from(*value));
    Vendor {
        name: VendorName::parse("acme").unwrap(),
        connector: at(Arc::from("scim")),
        channel: None,
        manage: at(Manage::Authoritative),
        url: None,
        token: None,
        grant_token: None,
        revoke_token: None,
        offboarding: Offboarding::Delete,
        provisioned_by: None,
        identity: None,
        settle: None,
        roles: roles.iter().map(role).collect(),
        scim: ScimSettings::default(),
        pages: Default::default(),
        resend_after: None,
        resources: Default::default(),
        span: Span::default(),
    }
}

pub(super) fn service(server: &Server, settings: ScimSettings) -> Arc<Service> {
    Arc::new(Service::new(server.endpoint("/v2"), pace(TestClock::new()), settings, &[]).unwrap())
}

pub(super) fn group(name: &str, id: Option<&str>, display: Option<&str>) -> Resource {
    Resource {
        name: ResourceName::parse(name).unwrap(),
        kind: Arc::from(if name == "org" { "org" } else { "group" }),
        id: id.map(Arc::from),
        display: display.map(Arc::from),
        manage: Manage::Authoritative,
        span: Span::default(),
    }
}

pub(super) fn target(name: &str, id: Option<&str>, display: Option<&str>) -> Target {
    let resource = group(name, id, display);
    Target { name: resource.name, kind: resource.kind, id: resource.id, display: resource.display }
}

/// A list answer.
pub(super) fn list(total: usize, resources: &[Value]) -> Reply {
    Reply::json(
        200,
        &json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": total, "itemsPerPage": resources.len(), "Resources": resources,
        }),
    )
}

/// The page that a request asks for, of at most `cap` resources.
pub(super) fn paged(seen: &Seen, all: &[Value], cap: usize) -> Reply {
    let start: usize = seen.q("startIndex").parse().unwrap_or(1);
    let count: usize = seen.q("count").parse().unwrap_or(cap);
    let page: Vec<Value> = all.iter().skip(start - 1).take(count.min(cap)).cloned().collect();
    list(all.len(), &page)
}

/// Users with the ids 1 to `n`.
pub(super) fn users(n: usize) -> Vec<Value> {
    (1..=n).map(|i| json!({"id": i.to_string(), "userName": format!("u{i}@acme.example")})).collect()
}

/// What a [`resource_server`] takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Takes {
    pub(super) path: bool,
    pub(super) pathless: bool,
    /// `members[value eq "…"]`.
    pub(super) member_path: bool,
    pub(super) put: bool,
    /// How a form that is not taken is refused: a status and a `scimType`.
    pub(super) refusal: (u16, &'static str),
}

impl Takes {
    pub(super) const ALL: Self =
        Self { path: true, pathless: true, member_path: true, put: true, refusal: (400, "invalidPath") };
}

/// A server that holds one resource, at `/v2/Users/x` or `/v2/Groups/x`, and changes it by RFC 7644 in the forms that
/// it takes. As some servers do, it takes the removal of `members` for that of all of them.
pub(super) async fn resource_server(resource: Value, takes: Takes) -> (Server, Arc<Mutex<Value>>) {
    let held = Arc::new(Mutex::new(resource));
    let state = Arc::clone(&held);
    let server = Server::start(move |seen| {
        let mut resource = state.lock().unwrap();
        let refused = || Reply::error(takes.refusal.0, takes.refusal.1, "this form is not taken");
        match (seen.method.as_str(), seen.path.rsplit('/').next().unwrap()) {
            ("GET", "x") => Reply::json(200, &resource).header("etag", "W/\"1\""),
            ("PUT", "x") if takes.put => {
                *resource = seen.body.clone();
                Reply::json(200, &resource)
            }
            ("PATCH", "x") => {
                let mut changed = resource.clone();
                let operations = seen.body["Operations"].as_array().unwrap();
                if operations.iter().any(|operation| !operate(&mut changed, operation, takes)) {
                    return refused();
                }
                *resource = changed;
                Reply::empty(204)
            }
            ("PUT", "x") => Reply::empty(405),
            _ => Reply::empty(404),
        }
    })
    .await;
    (server, held)
}

fn operate(resource: &mut Value, operation: &Value, takes: Takes) -> bool {
    let (op, value) = (operation["op"].as_str().unwrap(), &operation["value"]);
    let remove = |resource: &mut Value, gone: &dyn Fn(&Value) -> bool| {
        resource["members"].as_array_mut().unwrap().retain(|member| !gone(member));
    };
    match (op, operation["path"].as_str()) {
        ("remove", Some("members")) => remove(resource, &|_| true),
        ("remove", Some(path)) => {
            let id = path.strip_prefix("members[value eq ").unwrap().strip_suffix(']').unwrap();
            let id: Value = serde_json::from_str(id).unwrap();
            remove(resource, &|member| member["value"] == id);
            return takes.member_path;
        }
        ("add", Some("members")) => {
            resource["members"].as_array_mut().unwrap().extend(value.as_array().unwrap().iter().cloned());
            return takes.path;
        }
        ("add", None) => {
            let members = value["members"].as_array().unwrap().iter().cloned();
            resource["members"].as_array_mut().unwrap().extend(members);
            return takes.pathless;
        }
        ("replace", Some(path)) => {
            let place = format!("/{}", path.replace('.', "/"));
            if let Some(place) = resource.pointer_mut(&place) {
                *place = value.clone();
            } else {
                resource[path] = value.clone();
            }
            return takes.path;
        }
        ("replace", None) => {
            for (key, value) in value.as_object().unwrap() {
                resource[key] = value.clone();
            }
            return takes.pathless;
        }
        other => panic!("{other:?}"),
    }
    true
}

/// The ids of a group's members.
pub(super) fn member_values(group: &Arc<Mutex<Value>>) -> Vec<String> {
    let group = group.lock().unwrap();
    group["members"].as_array().unwrap().iter().map(|m| m["value"].as_str().unwrap().to_owned()).collect()
}

/// A group with these members and things that a PUT must not drop.
pub(super) fn team(members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({"value": id, "display": id})).collect();
    json!({
        "schemas": [super::wire::GROUP], "id": "x", "displayName": "Team", "members": members,
        "urn:example:extension": {"costCentre": 7}, "meta": {"resourceType": "Group", "version": "W/\"1\""},
    })
}
