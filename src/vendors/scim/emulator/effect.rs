//! What a write did, in words for the audit log.

use super::render::display;
use super::schema::Type;
use super::tenant::{Resource, Shelf};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Names a resource.
pub(crate) fn name(kind: Type, resource: &Resource) -> String {
    match kind {
        Type::User => format!("user {}", resource.text("userName")),
        Type::Group => format!("group {}", resource.text("displayName")),
    }
}

/// What differs between two states of a resource; none if nothing does.
pub(crate) fn describe(kind: Type, before: &Resource, after: &Resource, users: &Shelf) -> Option<String> {
    let names: BTreeSet<&String> = before.attributes.keys().chain(after.attributes.keys()).collect();
    let mut parts = Vec::new();
    for attribute in names {
        let (old, new) = (before.attributes.get(attribute), after.attributes.get(attribute));
        if old == new {
            continue;
        }
        if attribute == "members" {
            let changes = member_changes(before, after, users);
            let same_people = changes.is_empty().then(|| "members rearranged".to_owned());
            parts.extend(changes.into_iter().chain(same_people));
        } else {
            parts.push(format!("{attribute} {} -> {}", show(old), show(new)));
        }
    }
    (!parts.is_empty()).then(|| format!("{}: {}", name(kind, before), parts.join(", ")))
}

fn member_changes(before: &Resource, after: &Resource, users: &Shelf) -> Vec<String> {
    let called = |id: &str| users.get(id).map_or(id, |user| user.text("userName")).to_owned();
    let names = |group: &Resource| -> BTreeMap<String, String> {
        group.member_ids().map(|id| (id.to_owned(), called(id))).collect()
    };
    let (old, new) = (names(before), names(after));
    let added = new.iter().filter(|(id, _)| !old.contains_key(*id)).map(|(_, name)| format!("+{name}"));
    let removed = old.iter().filter(|(id, _)| !new.contains_key(*id)).map(|(_, name)| format!("-{name}"));
    let mut changes: Vec<String> = added.chain(removed).collect();
    changes.sort();
    changes
}

fn show(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), Value::to_string)
}

/// `user jane@acme.example created`, with the display name where it differs.
pub(crate) fn created(kind: Type, resource: &Resource) -> String {
    let shown = display(resource);
    let name = name(kind, resource);
    if name.ends_with(shown) { format!("{name} created") } else { format!("{name} ({shown}) created") }
}
