//! The SCIM endpoints, over a tenant.

use super::behaviour::{Discovery, Patching, Searching};
use super::discovery;
use super::effect;
use super::exchange::{Refusal, Reply, Request};
use super::lag::Lag;
use super::list::Listing;
use super::memberships::Kept;
use super::patch;
use super::render::{Projection, Renderer, etag};
use super::rules::Rules;
use super::schema::{Type, check_required, read_body};
use super::tenant::{Resource, Tenant};
use crate::net::Clock;
use axum::http::{Method, StatusCode, header};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Everything that a request can see and change.
pub(crate) struct Service {
    pub(crate) tenant: Tenant,
    pub(crate) rules: Arc<dyn Rules>,
    pub(crate) clock: Arc<dyn Clock>,
    /// The URL that SCIM is served under.
    pub(crate) base: String,
    pub(crate) lag: Lag,
    /// How many lists were answered.
    pub(crate) lists: u64,
    pub(crate) memberships: Kept,
}

impl Service {
    /// Whether a path below the base may be read without a credential.
    pub(crate) fn is_open(&self, segments: &[String]) -> bool {
        self.tenant.behaviour.discovery == Discovery::Open && is_discovery(segments)
    }

    /// Answers a SCIM request. `segments` is its path below the base.
    pub(crate) fn answer(&mut self, request: &Request, segments: &[String]) -> Reply {
        self.lag.pass(self.clock.elapsed());
        self.route(request, segments).unwrap_or_else(|refusal| refusal.reply())
    }

    fn route(&mut self, request: &Request, segments: &[String]) -> Result<Reply, Refusal> {
        if is_discovery(segments) {
            return self.discover(request, segments);
        }
        let words: Vec<&str> = segments.iter().map(String::as_str).collect();
        match *words {
            ["Users"] => self.collection(Type::User, request),
            ["Groups"] => self.collection(Type::Group, request),
            ["Users", ".search"] => self.search(Type::User, request),
            ["Groups", ".search"] => self.search(Type::Group, request),
            [".search"] | ["Bulk"] => Err(not_implemented("This server does not implement this endpoint.")),
            ["Users", id] => self.one(Type::User, id, request),
            ["Groups", id] => self.one(Type::Group, id, request),
            ["Me"] => self.me(request),
            _ => Err(Refusal::not_found("This path")),
        }
    }

    fn discover(&self, request: &Request, segments: &[String]) -> Result<Reply, Refusal> {
        if self.tenant.behaviour.discovery == Discovery::Absent {
            return Err(Refusal::not_found("This path"));
        }
        if request.method != Method::GET {
            return Err(Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "Discovery documents can only be read.",
            ));
        }
        if request.parameter("filter").is_some() {
            return Err(Refusal::new(StatusCode::FORBIDDEN, "Discovery documents cannot be filtered."));
        }
        let documents = match segments.first().map(String::as_str) {
            Some("Schemas") => discovery::schemas(&self.base),
            Some("ResourceTypes") => discovery::resource_types(&self.base),
            _ => {
                let config = discovery::service_provider_config(&self.tenant.behaviour, &self.base);
                return Ok(Reply::json(StatusCode::OK, &config));
            }
        };
        let Some(id) = segments.get(1) else {
            return Ok(Reply::json(StatusCode::OK, &discovery::list(documents)));
        };
        let one = documents.iter().find(|document| document["id"] == **id);
        one.map(|one| Reply::json(StatusCode::OK, one)).ok_or_else(|| Refusal::not_found("This document"))
    }

    fn collection(&mut self, kind: Type, request: &Request) -> Result<Reply, Refusal> {
        match request.method {
            Method::GET => self.list(kind, request),
            Method::POST => self.create(kind, request),
            _ => Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Lists take GET and POST.")),
        }
    }

    fn one(&mut self, kind: Type, id: &str, request: &Request) -> Result<Reply, Refusal> {
        match request.method {
            Method::GET => self.get(kind, id, request),
            Method::DELETE => self.delete(kind, id, request),
            Method::PUT => {
                let body = json_body(request)?;
                self.update(kind, id, request, |_, _| read_body(kind, &body))
            }
            Method::PATCH if self.tenant.behaviour.patch == Patching::Off => {
                Err(not_implemented("This server does not implement PATCH."))
            }
            Method::PATCH => {
                let body = json_body(request)?;
                self.update(kind, id, request, |tenant, old| {
                    let mut attributes = old.attributes.clone();
                    patch::apply(kind, &mut attributes, &body, &tenant.behaviour)?;
                    Ok(attributes)
                })
            }
            _ => Err(Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "Resources take GET, PUT, PATCH and DELETE.",
            )),
        }
    }

    fn me(&mut self, request: &Request) -> Result<Reply, Refusal> {
        match self.tenant.own.clone() {
            Some(own) if self.tenant.behaviour.me && request.method == Method::GET => {
                self.get(Type::User, &own, request)
            }
            _ => Err(not_implemented("This server does not implement /Me.")),
        }
    }

    fn search(&mut self, kind: Type, request: &Request) -> Result<Reply, Refusal> {
        let faithful = match self.tenant.behaviour.search {
            Searching::Off => {
                return Err(not_implemented("This server does not implement searches by POST."));
            }
            Searching::AsGet => None,
            Searching::Right => Some(self.tenant.behaviour.paging_right()),
        };
        if request.method != Method::POST {
            return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "A search is sent by POST."));
        }
        let asked = request.searching(&json_body(request)?);
        let habits = faithful.map(|behaviour| std::mem::replace(&mut self.tenant.behaviour, behaviour));
        let reply = self.list(kind, &asked);
        if let Some(habits) = habits {
            self.tenant.behaviour = habits;
        }
        reply
    }

    fn list(&mut self, kind: Type, request: &Request) -> Result<Reply, Refusal> {
        let view = self.lag.view(&self.tenant);
        let memberships = self.memberships.of(view.groups);
        let behaviour = &self.tenant.behaviour;
        let renderer = Renderer::new(view, behaviour, &self.base, memberships);
        let listing = Listing { kind, view, behaviour, renderer, number: self.lists };
        let page = listing.page(request)?;
        self.lists += 1;
        self.lag.read();
        Ok(Reply::json(StatusCode::OK, &page))
    }

    fn get(&mut self, kind: Type, id: &str, request: &Request) -> Result<Reply, Refusal> {
        let view = self.lag.view(&self.tenant);
        let found = view.shelf(kind).get(id).cloned();
        let reply = found.map(|resource| self.reply_with(StatusCode::OK, kind, &resource, request));
        self.lag.read();
        reply.ok_or_else(|| Refusal::not_found(kind.name()))
    }

    /// A resource as the answer; for a read, as readers see the rest of the tenant.
    fn reply_with(&self, status: StatusCode, kind: Type, resource: &Resource, request: &Request) -> Reply {
        let behaviour = &self.tenant.behaviour;
        let tag = etag(resource);
        let unchanged = request.header(header::IF_NONE_MATCH).is_some_and(|tags| lists_tag(tags, &tag));
        if status == StatusCode::OK && behaviour.etag && request.method == Method::GET && unchanged {
            return Reply::empty(StatusCode::NOT_MODIFIED).with_header(header::ETAG, tag);
        }
        let view = self.lag.view(&self.tenant);
        let renderer = Renderer::new(view, behaviour, &self.base, self.memberships.of(view.groups));
        let projection =
            Projection::new(kind, request.parameter("attributes"), request.parameter("excludedAttributes"))
                .telling(behaviour.members);
        let reply = Reply::json(status, &projection.apply(renderer.render(kind, resource)));
        let location = renderer.location(kind, &resource.id);
        let reply = match status {
            StatusCode::CREATED => reply.with_header(header::LOCATION, location),
            _ => reply.with_header(header::CONTENT_LOCATION, location),
        };
        if behaviour.etag { reply.with_header(header::ETAG, tag) } else { reply }
    }

    fn create(&mut self, kind: Type, request: &Request) -> Result<Reply, Refusal> {
        let attributes = read_body(kind, &json_body(request)?)?;
        let attributes = self.normalised(kind, attributes)?;
        self.check_unique(kind, &attributes, None)?;
        let id = match (kind, self.tenant.behaviour.user_name_ids) {
            (Type::User, true) => {
                attributes.get("userName").and_then(Value::as_str).unwrap_or_default().to_owned()
            }
            _ => self.tenant.new_id(kind.name()),
        };
        let now = Some(self.clock.now());
        let resource = Resource { id: id.clone(), version: 1, created: now, modified: now, attributes };
        let effect = effect::created(kind, &resource);
        self.changing(|service| {
            service.shelf_mut(kind).put(resource.clone());
            if kind == Type::User {
                let rules = service.rules.clone();
                rules.created(&mut service.tenant, &id);
            }
        });
        Ok(self.reply_with(StatusCode::CREATED, kind, &resource, request).with_effect(effect))
    }

    fn update(
        &mut self,
        kind: Type,
        id: &str,
        request: &Request,
        change: impl FnOnce(&Tenant, &Resource) -> Result<Map<String, Value>, Refusal>,
    ) -> Result<Reply, Refusal> {
        let old = self.stored(kind, id, request)?;
        let attributes = change(&self.tenant, &old)?;
        let attributes = self.normalised(kind, attributes)?;
        check_required(kind, &attributes)?;
        self.check_unique(kind, &attributes, Some(id))?;
        let mut new = Resource { attributes, ..Resource::clone(&old) };
        let effect = effect::describe(kind, &old, &new, &self.tenant.users);
        if effect.is_some() {
            new.version += 1;
            new.modified = Some(self.clock.now());
            self.changing(|service| service.shelf_mut(kind).put(new.clone()));
        }
        let quiet = self.tenant.behaviour.patch_no_content && request.method == Method::PATCH;
        let mut reply = match quiet {
            true => Reply::empty(StatusCode::NO_CONTENT),
            false => self.reply_with(StatusCode::OK, kind, &new, request),
        };
        reply.effect = effect;
        Ok(reply)
    }

    fn delete(&mut self, kind: Type, id: &str, request: &Request) -> Result<Reply, Refusal> {
        let old = self.stored(kind, id, request)?;
        let now = self.clock.now();
        self.changing(|service| {
            if kind == Type::User {
                let rules = service.rules.clone();
                rules.removed(&mut service.tenant, id);
                if !service.tenant.behaviour.dangling_members {
                    service.tenant.leave_groups(id, now);
                }
            }
            service.shelf_mut(kind).remove(id);
        });
        let effect = format!("{} deleted", effect::name(kind, &old));
        Ok(Reply::empty(StatusCode::NO_CONTENT).with_effect(effect))
    }

    /// The resource that a write is about, if the writer's version is the current one.
    fn stored(&self, kind: Type, id: &str, request: &Request) -> Result<Arc<Resource>, Refusal> {
        let shelf = match kind {
            Type::User => &self.tenant.users,
            Type::Group => &self.tenant.groups,
        };
        let resource = shelf.get(id).ok_or_else(|| Refusal::not_found(kind.name()))?;
        match request.header(header::IF_MATCH) {
            Some(tags) if self.tenant.behaviour.etag && !lists_tag(tags, &etag(resource)) => Err(
                Refusal::new(StatusCode::PRECONDITION_FAILED, "The resource has changed since it was read."),
            ),
            _ => Ok(resource.clone()),
        }
    }

    /// Makes a change and lets readers lag behind it.
    fn changing(&mut self, work: impl FnOnce(&mut Self)) {
        let before = self.lag.is_behind(self.tenant.behaviour.settle_reads).then(|| self.tenant.clone());
        work(self);
        if let Some(before) = before {
            self.lag.wrote(&before, &self.tenant, self.tenant.behaviour.settle_reads);
        }
    }

    fn shelf_mut(&mut self, kind: Type) -> &mut super::tenant::Shelf {
        match kind {
            Type::User => &mut self.tenant.users,
            Type::Group => &mut self.tenant.groups,
        }
    }

    /// What the server fills in and what it leaves out.
    fn normalised(
        &self,
        kind: Type,
        mut attributes: Map<String, Value>,
    ) -> Result<Map<String, Value>, Refusal> {
        attributes.remove("schemas");
        match kind {
            Type::User => {
                attributes.entry("active").or_insert(Value::Bool(true));
                if self.tenant.behaviour.ignore_roles || !self.rules.carries_roles() {
                    attributes.remove("roles");
                }
            }
            Type::Group => self.normalise_members(&mut attributes)?,
        }
        Ok(attributes)
    }

    /// Members are kept by id and type; their names are added on reading.
    fn normalise_members(&self, attributes: &mut Map<String, Value>) -> Result<(), Refusal> {
        let Some(Value::Array(members)) = attributes.get_mut("members") else { return Ok(()) };
        let mut seen = std::collections::BTreeSet::new();
        let mut kept = Vec::with_capacity(members.len());
        for member in members.drain(..) {
            let id = member.get("value").and_then(Value::as_str).unwrap_or_default();
            let kind = match (self.tenant.users.get(id), self.tenant.groups.get(id)) {
                (Some(_), _) => "User",
                (None, Some(_)) => "Group",
                (None, None) if self.tenant.behaviour.dangling_members => "User",
                (None, None) => {
                    return Err(Refusal::bad("invalidValue", "A member is neither a user nor a group here."));
                }
            };
            if seen.insert(id.to_owned()) || self.tenant.behaviour.doubled_members {
                kept.push(serde_json::json!({ "value": id, "type": kind }));
            }
        }
        *members = kept;
        Ok(())
    }

    fn check_unique(
        &self,
        kind: Type,
        attributes: &Map<String, Value>,
        own: Option<&str>,
    ) -> Result<(), Refusal> {
        let shelf = match kind {
            Type::User => &self.tenant.users,
            Type::Group if self.tenant.behaviour.duplicate_groups => return Ok(()),
            Type::Group => &self.tenant.groups,
        };
        let name = attributes.get(kind.required()).and_then(Value::as_str).unwrap_or_default();
        match shelf.named(kind.required(), name) {
            Some(other) if own != Some(&other.id) => Err(Refusal {
                status: StatusCode::CONFLICT,
                scim_type: Some("uniqueness"),
                detail: format!("`{}` is taken.", kind.required()),
            }),
            _ => Ok(()),
        }
    }
}

fn is_discovery(segments: &[String]) -> bool {
    let first = segments.first().map(String::as_str);
    matches!(first, Some("ServiceProviderConfig" | "Schemas" | "ResourceTypes"))
}

fn not_implemented(detail: &str) -> Refusal {
    Refusal::new(StatusCode::NOT_IMPLEMENTED, detail)
}

fn lists_tag(tags: &str, wanted: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    tags.split(',').any(|tag| tag.trim() == "*" || bare(tag) == bare(wanted))
}

fn json_body(request: &Request) -> Result<Value, Refusal> {
    let kind = request.header(header::CONTENT_TYPE).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(&*kind, "application/scim+json" | "application/json") {
        let detail = "The body must be application/scim+json.";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    serde_json::from_slice(&request.body).map_err(|_| Refusal::bad("invalidSyntax", "The body is no JSON."))
}
