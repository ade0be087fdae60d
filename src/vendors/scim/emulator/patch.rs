//! PATCH (RFC 7644, section 3.5.2), on a resource's attributes.

use super::behaviour::{Behaviour, Patching};
use super::exchange::Refusal;
use super::filter::{AttributePath, Filter};
use super::schema::{Access, Attribute, Kind, Type, find, read_one, read_value};
use serde_json::{Map, Value};

const PATCH_URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// What an operation is about.
struct Target {
    attribute: &'static Attribute,
    filter: Option<Filter>,
    part: Option<&'static Attribute>,
}

/// What becomes of the values that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// They stay, and an equal one is not added.
    Add,
    /// They stay, and an equal one stands twice.
    AddAgain,
    /// They go.
    Replace,
}

/// Applies every operation of a PATCH body in turn. On a refusal the attributes are half changed; the caller
/// throws them away.
pub(crate) fn apply(
    kind: Type,
    attributes: &mut Map<String, Value>,
    body: &Value,
    behaviour: &Behaviour,
) -> Result<(), Refusal> {
    let operations = operations(body)?;
    let values: usize = operations.iter().map(|operation| count_values(operation)).sum();
    if behaviour.max_patch_values.is_some_and(|limit| values > limit) {
        return Err(Refusal::bad("tooMany", format!("One request may carry fewer than {values} values.")));
    }
    for operation in operations {
        apply_one(kind, attributes, operation, behaviour)?;
    }
    Ok(())
}

fn operations(body: &Value) -> Result<Vec<&Map<String, Value>>, Refusal> {
    let bad = |detail: &str| Refusal::bad("invalidSyntax", detail);
    let schemas = body.get("schemas").and_then(Value::as_array);
    if !schemas.is_some_and(|urns| urns.iter().any(|urn| urn.as_str() == Some(PATCH_URN))) {
        return Err(bad(&format!("`schemas` must name {PATCH_URN}.")));
    }
    let list = body.as_object().and_then(|body| field(body, "Operations")).and_then(Value::as_array);
    let list = list.filter(|list| !list.is_empty()).ok_or_else(|| bad("`Operations` must be a list."))?;
    list.iter().map(|item| item.as_object().ok_or_else(|| bad("An operation must be an object."))).collect()
}

fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// An operation counts once, or once for each value of a list.
fn count_values(operation: &Map<String, Value>) -> usize {
    let list = |value: &Value| value.as_array().map_or(1, Vec::len);
    match field(operation, "value") {
        Some(Value::Object(object)) => object.values().map(list).sum(),
        Some(value) => list(value),
        None => 1,
    }
}

fn apply_one(
    kind: Type,
    attributes: &mut Map<String, Value>,
    operation: &Map<String, Value>,
    behaviour: &Behaviour,
) -> Result<(), Refusal> {
    let word = field(operation, "op").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let value = field(operation, "value").filter(|value| !value.is_null());
    let path = field(operation, "path").and_then(Value::as_str);
    let adding = if behaviour.doubled_members { Mode::AddAgain } else { Mode::Add };
    let targets = match (path, behaviour.patch) {
        (Some(_), Patching::Pathless) => {
            return Err(Refusal::bad("invalidPath", "This server knows no `path`."));
        }
        (None, Patching::Path) => return Err(Refusal::bad("invalidSyntax", "`path` is required.")),
        (None, _) if word == "remove" => {
            return Err(Refusal::bad("noTarget", "`remove` needs a `path`."));
        }
        (None, _) => pathless(kind, value)?,
        (Some(path), _) => vec![(parse_path(kind, path)?, value)],
    };
    for (target, value) in targets {
        if target.attribute.access == Access::Read {
            let detail = format!("`{}` cannot be written.", target.attribute.name);
            return Err(Refusal::bad("mutability", detail));
        }
        match (&*word, value) {
            ("remove", _) => remove(attributes, &target)?,
            ("add", Some(value)) => write(attributes, &target, value, adding)?,
            ("replace", Some(value)) => write(attributes, &target, value, Mode::Replace)?,
            ("add" | "replace", None) => {
                return Err(Refusal::bad("invalidValue", "The operation needs a `value`."));
            }
            _ => return Err(Refusal::bad("invalidSyntax", "`op` must be add, replace or remove.")),
        }
    }
    Ok(())
}

fn pathless(kind: Type, value: Option<&Value>) -> Result<Vec<(Target, Option<&Value>)>, Refusal> {
    let Some(Value::Object(object)) = value else {
        return Err(Refusal::bad("invalidValue", "Without a `path`, `value` must be an object."));
    };
    let written = object.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("schemas"));
    written.map(|(name, value)| Ok((parse_path(kind, name)?, Some(value)))).collect()
}

fn parse_path(kind: Type, path: &str) -> Result<Target, Refusal> {
    let bad = || {
        let shown: String = path.chars().filter(|c| !c.is_control()).take(80).collect();
        Refusal::bad("invalidPath", format!("{shown:?} is no path of a {}.", kind.name()))
    };
    let Some((name, rest)) = path.split_once('[') else {
        let AttributePath { attribute, part } =
            AttributePath::parse(kind.attributes(), path).ok_or_else(bad)?;
        return Ok(Target { attribute, filter: None, part });
    };
    let AttributePath { attribute, part: None } =
        AttributePath::parse(kind.attributes(), name).ok_or_else(bad)?
    else {
        return Err(bad());
    };
    let Kind::Complex(parts) = attribute.kind else { return Err(bad()) };
    let (filter, after) = rest.rsplit_once(']').ok_or_else(bad)?;
    let part = match after.strip_prefix('.') {
        Some(part) => Some(find(parts, part).ok_or_else(bad)?),
        None if after.is_empty() => None,
        None => return Err(bad()),
    };
    Ok(Target { attribute, filter: Some(Filter::parse(parts, filter)?), part })
}

fn remove(attributes: &mut Map<String, Value>, target: &Target) -> Result<(), Refusal> {
    let name = target.attribute.name;
    let Some(current) = attributes.get_mut(name) else { return Ok(()) };
    match (&target.filter, target.part) {
        (None, None) => {
            attributes.remove(name);
            return Ok(());
        }
        (Some(filter), None) => {
            let Value::Array(items) = current else { return Err(no_target(name)) };
            items.retain(|item| !filter.holds(item, false));
        }
        (filter, Some(part)) => {
            for item in chosen(current, filter.as_ref()) {
                item.remove(part.name);
            }
        }
    }
    if current.as_array().is_some_and(Vec::is_empty) || current.as_object().is_some_and(Map::is_empty) {
        attributes.remove(name);
    }
    Ok(())
}

/// The objects of an attribute that a filter chooses; without a filter, all of them.
fn chosen<'a>(value: &'a mut Value, filter: Option<&Filter>) -> Vec<&'a mut Map<String, Value>> {
    let items: Vec<&mut Value> = match value {
        Value::Array(items) => items.iter_mut().collect(),
        single => vec![single],
    };
    let held = items.into_iter().filter(|item| filter.is_none_or(|filter| filter.holds(item, false)));
    held.filter_map(Value::as_object_mut).collect()
}

fn no_target(name: &str) -> Refusal {
    Refusal::bad("noTarget", format!("No value of `{name}` matches the path."))
}

fn write(
    attributes: &mut Map<String, Value>,
    target: &Target,
    value: &Value,
    mode: Mode,
) -> Result<(), Refusal> {
    match (&target.filter, target.part) {
        (None, None) => write_whole(attributes, target.attribute, value, mode),
        (filter, Some(part)) => {
            let value = read_one(part, value)?;
            let name = target.attribute.name;
            if filter.is_none() && !target.attribute.many {
                attributes.entry(name).or_insert_with(|| Value::Object(Map::new()));
            }
            let objects = attributes.get_mut(name).map(|current| chosen(current, filter.as_ref()));
            let objects = objects.filter(|objects| !objects.is_empty()).ok_or_else(|| no_target(name))?;
            for object in objects {
                object.insert(part.name.to_owned(), value.clone());
            }
            Ok(())
        }
        (Some(filter), None) => {
            let Value::Object(value) = read_one(target.attribute, value)? else {
                return Err(Refusal::bad("invalidValue", "The value must be an object."));
            };
            let name = target.attribute.name;
            let objects = attributes.get_mut(name).map(|current| chosen(current, Some(filter)));
            let objects = objects.filter(|objects| !objects.is_empty()).ok_or_else(|| no_target(name))?;
            for object in objects {
                if mode == Mode::Replace {
                    object.clear();
                }
                object.extend(value.clone());
            }
            Ok(())
        }
    }
}

fn write_whole(
    attributes: &mut Map<String, Value>,
    attribute: &'static Attribute,
    value: &Value,
    mode: Mode,
) -> Result<(), Refusal> {
    let name = attribute.name.to_owned();
    if attribute.access == Access::Secret {
        return Ok(());
    }
    if !attribute.many {
        let value = read_value(attribute, value)?;
        match (attributes.get_mut(&name), value) {
            (Some(Value::Object(current)), Value::Object(value)) => current.extend(value),
            (_, value) => {
                attributes.insert(name, value);
            }
        }
        return Ok(());
    }
    let values = match value {
        Value::Array(items) => {
            items.iter().map(|item| read_one(attribute, item)).collect::<Result<_, _>>()?
        }
        single => vec![read_one(attribute, single)?],
    };
    if mode == Mode::Replace {
        attributes.remove(&name);
    }
    add_values(attributes, name, values, mode == Mode::AddAgain);
    Ok(())
}

/// A value that is there already is not added again, and a new primary one takes the mark from the old one.
fn add_values(attributes: &mut Map<String, Value>, name: String, values: Vec<Value>, again: bool) {
    if values.is_empty() {
        return;
    }
    let slot = attributes.entry(name).or_insert_with(|| Value::Array(Vec::new()));
    let Value::Array(current) = slot else { return };
    for value in values {
        if !again && current.iter().any(|old| same_value(old, &value)) {
            continue;
        }
        if value.get("primary") == Some(&Value::Bool(true)) {
            for old in current.iter_mut().filter_map(Value::as_object_mut) {
                old.remove("primary");
            }
        }
        current.push(value);
    }
}

/// Whether a value to be added is there already: by its id, for members, and by `value` and `type` for others.
fn same_value(old: &Value, new: &Value) -> bool {
    let same = |part: &str| old.get(part) == new.get(part);
    let same_type = same("type") || new.get("type").is_none();
    old == new || (old.get("value").is_some() && same("value") && same_type && same("primary"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patch_as(kind: Type, before: Value, operations: Value) -> Result<Value, Refusal> {
        let Value::Object(mut attributes) = before else { panic!("an object") };
        let body = json!({ "schemas": [PATCH_URN], "Operations": operations });
        apply(kind, &mut attributes, &body, &Behaviour::default())?;
        Ok(Value::Object(attributes))
    }

    fn group(operations: Value) -> Result<Value, Refusal> {
        let before = json!({ "displayName": "G", "members": [{ "value": "a" }, { "value": "b" }] });
        patch_as(Type::Group, before, operations)
    }

    #[test]
    fn members_are_added_once_and_removed_one_by_one() {
        let after = group(json!([
            { "op": "add", "path": "members", "value": [{ "value": "b" }, { "value": "c" }] },
            { "op": "Remove", "path": "members[value eq \"a\"]" },
        ]));
        assert_eq!(after.unwrap()["members"], json!([{ "value": "b" }, { "value": "c" }]));
    }

    #[test]
    fn removing_the_whole_attribute_empties_it_whatever_value_says() {
        let after = group(json!([{ "op": "remove", "path": "members", "value": [{ "value": "a" }] }]));
        assert_eq!(after.unwrap(), json!({ "displayName": "G" }));
    }

    #[test]
    fn an_operation_without_a_path_names_its_attributes() {
        let after =
            group(json!([{ "op": "add", "value": { "members": [{ "value": "c" }], "displayName": "H" } }]));
        let members = json!([{ "value": "a" }, { "value": "b" }, { "value": "c" }]);
        assert_eq!(after.unwrap(), json!({ "displayName": "H", "members": members }));
    }

    #[test]
    fn a_filter_chooses_among_values() {
        let before = json!({ "userName": "a", "emails": [
            { "value": "w", "type": "work", "primary": true }, { "value": "h", "type": "home" } ] });
        let after = patch_as(
            Type::User,
            before.clone(),
            json!([
                { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "x" },
                { "op": "replace", "path": "name.familyName", "value": "Doe" },
                { "op": "add", "path": "emails", "value": { "value": "n", "primary": true } },
            ]),
        );
        let after = after.unwrap();
        assert_eq!(
            after["emails"],
            json!([
            { "value": "x", "type": "work" }, { "value": "h", "type": "home" }, { "value": "n", "primary": true } ])
        );
        assert_eq!(after["name"], json!({ "familyName": "Doe" }));
        let none = json!([{ "op": "replace", "path": "emails[type eq \"x\"].value", "value": "y" }]);
        assert_eq!(patch_as(Type::User, before, none).unwrap_err().scim_type, Some("noTarget"));
    }

    #[test]
    fn what_cannot_be_done_is_refused_with_its_type() {
        let refused = |operation: Value| group(json!([operation])).unwrap_err().scim_type;
        assert_eq!(refused(json!({ "op": "remove" })), Some("noTarget"));
        assert_eq!(refused(json!({ "op": "replace", "path": "id", "value": "x" })), Some("mutability"));
        assert_eq!(refused(json!({ "op": "replace", "path": "colour", "value": "x" })), Some("invalidPath"));
        assert_eq!(refused(json!({ "op": "add", "path": "members" })), Some("invalidValue"));
        assert_eq!(refused(json!({ "op": "move", "path": "members", "value": [] })), Some("invalidSyntax"));
        assert_eq!(refused(json!({ "op": "remove", "path": "members[value is 1]" })), Some("invalidFilter"));
        assert_eq!(
            refused(json!({ "op": "replace", "path": "displayName", "value": 1 })),
            Some("invalidValue")
        );
    }

    #[test]
    fn a_dialect_refuses_the_other_form() {
        let body = |operation: Value| json!({ "schemas": [PATCH_URN], "Operations": [operation] });
        let refusal = |patch, operation| {
            let behaviour = Behaviour { patch, ..Behaviour::default() };
            apply(Type::Group, &mut Map::new(), &body(operation), &behaviour).err()
        };
        let with = json!({ "op": "add", "path": "displayName", "value": "x" });
        let without = json!({ "op": "add", "value": { "displayName": "x" } });
        assert!(refusal(Patching::Pathless, with.clone()).is_some());
        assert!(refusal(Patching::Pathless, without.clone()).is_none());
        assert!(refusal(Patching::Path, without).is_some());
        assert!(refusal(Patching::Path, with).is_none());
    }
}
