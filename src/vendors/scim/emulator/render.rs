//! How a stored resource is answered: with its id, `meta`, a user's groups and members' names.

use super::behaviour::{Behaviour, Membership};
use super::filter::AttributePath;
use super::memberships::Memberships;
use super::schema::{ENTERPRISE_URN, Type};
use super::tenant::{Resource, Shelf};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// What readers see: the tenant's resources, or older ones while a write settles.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) users: &'a Shelf,
    pub(crate) groups: &'a Shelf,
}

impl<'a> View<'a> {
    pub(crate) fn shelf(self, kind: Type) -> &'a Shelf {
        match kind {
            Type::User => self.users,
            Type::Group => self.groups,
        }
    }
}

/// Renders resources of one view.
pub(crate) struct Renderer<'a> {
    view: View<'a>,
    behaviour: &'a Behaviour,
    base: &'a str,
    memberships: Arc<Memberships>,
}

impl<'a> Renderer<'a> {
    /// `base` is the URL that locations start with, and `memberships` are those of the view's groups.
    pub(crate) fn new(
        view: View<'a>,
        behaviour: &'a Behaviour,
        base: &'a str,
        memberships: Arc<Memberships>,
    ) -> Self {
        Self { view, behaviour, base, memberships }
    }

    pub(crate) fn render(&self, kind: Type, resource: &Resource) -> Value {
        let mut out = resource.attributes.clone();
        let extension = out.contains_key(ENTERPRISE_URN).then_some(ENTERPRISE_URN);
        let urns: Vec<&str> = [kind.urn()].into_iter().chain(extension).collect();
        out.insert("schemas".to_owned(), json!(urns));
        out.insert("id".to_owned(), Value::from(&*resource.id));
        out.insert("meta".to_owned(), self.meta(kind, resource));
        match kind {
            Type::User => self.finish_user(&mut out, &resource.id),
            Type::Group => self.finish_group(&mut out),
        }
        Value::Object(out)
    }

    pub(crate) fn location(&self, kind: Type, id: &str) -> String {
        let base = if self.behaviour.relative_location { path_of(self.base) } else { self.base };
        format!("{base}/{}/{}", kind.endpoint(), encode(id))
    }

    fn meta(&self, kind: Type, resource: &Resource) -> Value {
        let date = |at: Option<Timestamp>| at.unwrap_or_default().to_string();
        let mut meta = json!({
            "resourceType": kind.name(),
            "created": date(resource.created),
            "lastModified": date(resource.modified),
            "location": self.location(kind, &resource.id),
        });
        if self.behaviour.etag {
            meta["version"] = Value::from(etag(resource));
        }
        meta
    }

    fn finish_user(&self, out: &mut Map<String, Value>, id: &str) {
        let mut groups = self.memberships.groups(id).peekable();
        if groups.peek().is_some() {
            let entry = |group: &Arc<Resource>| {
                json!({
                    "value": group.id, "display": group.text("displayName"), "type": "direct",
                    "$ref": self.location(Type::Group, &group.id),
                })
            };
            out.insert("groups".to_owned(), groups.map(entry).collect());
        }
        if self.behaviour.active_as_text
            && let Some(active) = out.get_mut("active")
        {
            *active = Value::from(if *active == Value::Bool(true) { "True" } else { "False" });
        }
    }

    fn finish_group(&self, out: &mut Map<String, Value>) {
        let Some(Value::Array(members)) = out.get_mut("members") else { return };
        for member in members.iter_mut().filter_map(Value::as_object_mut) {
            let id = member.get("value").and_then(Value::as_str).unwrap_or_default().to_owned();
            let is_group = member.get("type").and_then(Value::as_str) == Some("Group");
            let kind = if is_group { Type::Group } else { Type::User };
            member.insert("type".to_owned(), Value::from(kind.name()));
            member.insert("$ref".to_owned(), Value::from(self.location(kind, &id)));
            if let Some(resource) = self.view.shelf(kind).get(&id) {
                member.insert("display".to_owned(), Value::from(display(resource)));
            }
        }
    }
}

/// The name for people.
pub(crate) fn display(resource: &Resource) -> &str {
    match resource.text("displayName") {
        "" => resource.text("userName"),
        name => name,
    }
}

/// A resource's version, as `ETag` and `meta.version` carry it.
pub(crate) fn etag(resource: &Resource) -> String {
    format!("W/\"{}\"", resource.version)
}

fn path_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or("", |at| &url[host + at..])
}

fn encode(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    id.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// What a request asks to see of each resource.
#[derive(Debug, Default)]
pub(crate) struct Projection {
    only: Option<Vec<AttributePath>>,
    without: Vec<AttributePath>,
    members: Membership,
}

impl Projection {
    /// Reads `attributes` and `excludedAttributes`. A name that the type does not have is passed over.
    pub(crate) fn new(kind: Type, only: Option<&str>, without: Option<&str>) -> Self {
        let paths = |list: &str| -> Vec<AttributePath> {
            let names = list.split(',').map(str::trim);
            names.filter_map(|name| AttributePath::parse(kind.attributes(), name)).collect()
        };
        let without = without.map(paths).unwrap_or_default();
        Self { only: only.map(paths), without, members: Membership::Shown }
    }

    /// The same on a server with this habit.
    pub(crate) fn telling(self, members: Membership) -> Self {
        Self { members, ..self }
    }

    fn asks_for_members(&self) -> bool {
        self.only.iter().flatten().any(|path| path.attribute.name == "members")
    }

    /// Keeps what was asked for; `id` and `schemas` always stay (RFC 7643, section 7, `returned: always`).
    pub(crate) fn apply(&self, resource: Value) -> Value {
        let Value::Object(mut resource) = resource else { return resource };
        match self.members {
            Membership::Shown => {}
            Membership::OnRequest if self.asks_for_members() => {}
            Membership::OnRequest => drop(resource.remove("members")),
            Membership::Hidden => {
                resource.remove("members");
                resource.remove("groups");
            }
        }
        for path in &self.without {
            drop_path(&mut resource, path);
        }
        let Some(only) = &self.only else { return Value::Object(resource) };
        let mut kept = Map::new();
        for (name, value) in resource {
            let asked: Vec<_> = only.iter().filter(|path| path.attribute.name == name).collect();
            if matches!(&*name, "id" | "schemas") || asked.iter().any(|path| path.part.is_none()) {
                kept.insert(name, value);
            } else if !asked.is_empty() {
                let parts: Vec<&str> =
                    asked.iter().filter_map(|path| path.part).map(|part| part.name).collect();
                kept.insert(name, with_parts(value, |part| parts.contains(&part)));
            }
        }
        Value::Object(kept)
    }
}

fn drop_path(resource: &mut Map<String, Value>, path: &AttributePath) {
    let name = path.attribute.name;
    if matches!(name, "id" | "schemas") {
        return;
    }
    if let (Some(part), Some(value)) = (path.part, resource.remove(name)) {
        resource.insert(name.to_owned(), with_parts(value, |other| other != part.name));
    }
}

fn with_parts(value: Value, keep: impl Fn(&str) -> bool + Copy) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(|item| with_parts(item, keep)).collect(),
        Value::Object(object) => object.into_iter().filter(|(name, _)| keep(name)).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_projection_keeps_the_id_and_parts() {
        let user = json!({
            "schemas": [], "id": "1", "userName": "a", "active": true,
            "emails": [{ "value": "a@x", "type": "work" }],
        });
        let seen = |only, without| Projection::new(Type::User, only, without).apply(user.clone());
        assert_eq!(
            seen(Some("USERNAME, emails.value,colour"), None),
            json!({ "schemas": [], "id": "1", "userName": "a", "emails": [{ "value": "a@x" }] })
        );
        assert_eq!(
            seen(None, Some("id,active,emails.type")),
            json!({ "schemas": [], "id": "1", "userName": "a", "emails": [{ "value": "a@x" }] })
        );
    }

    #[test]
    fn an_id_is_encoded_in_a_location() {
        assert_eq!(encode("a b@x/é"), "a%20b%40x%2F%C3%A9");
        assert_eq!(path_of("http://127.0.0.1:1/scim/v2"), "/scim/v2");
    }
}
