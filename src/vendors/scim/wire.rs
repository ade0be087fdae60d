//! SCIM's JSON as it is found, not as it should be: attribute names without case (RFC 7643, section 2.1), numbers
//! that come as text, `null` for absent. Nothing is dropped, since a PUT must send back what it was given.

use super::refusal::broken;
use crate::connector::ConnectorError;
use crate::net::Answer;
use serde_json::{Map, Value};

/// A JSON object with its keys as the server spells them.
pub(super) type Object = Map<String, Value>;

pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(super) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(super) const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// One user or group, with the id that makes it one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    /// For a record that lacks one, a stand-in.
    pub(super) id: String,
    pub(super) object: Object,
}

/// How the stand-in for an id begins. An id of a server's that begins so is none that could be used.
const WITHOUT_ID: char = '\0';

impl Entry {
    /// The id, where the record has one.
    pub(super) fn own_id(&self) -> Option<&str> {
        (!self.id.starts_with(WITHOUT_ID)).then_some(&*self.id)
    }
}

/// One answer to a listing.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) entries: Vec<Entry>,
    pub(super) total: Option<usize>,
    pub(super) next: Option<String>,
}

/// An attribute, whatever the case of its name; none where it is absent or `null`.
pub(super) fn attr<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    let exact = object.get(name);
    let found =
        exact.or_else(|| object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, v)| v));
    found.filter(|value| !value.is_null())
}

/// Sets an attribute under the name that the object already uses for it.
pub(super) fn set(object: &mut Object, name: &str, value: Value) {
    let spelled = object.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned();
    object.insert(spelled.unwrap_or_else(|| name.to_owned()), value);
}

/// A text attribute; none where it is absent or empty.
pub(super) fn text<'a>(object: &'a Object, name: &str) -> Option<&'a str> {
    attr(object, name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// An id or other opaque value: some servers send a number.
pub(super) fn opaque(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A switch: some servers send it as text. None for anything else.
pub(super) fn switch(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(on) => Some(*on),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The object that an answer's body is.
///
/// # Errors
/// [`ConnectorError::ContractBroken`] where the body is no SCIM document, whatever its label says.
pub(super) fn document(answer: &Answer) -> Result<Object, ConnectorError> {
    if !answer.content_type.is_empty() && !answer.content_type.ends_with("json") {
        return Err(broken(answer, "instead of JSON"));
    }
    match serde_json::from_slice(&answer.body) {
        Ok(Value::Object(object)) if has_schema(&object, ERROR) => {
            Err(broken(answer, "with an error's body under a success's status"))
        }
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(broken(answer, "with JSON that is no object")),
        Err(_) => Err(broken(answer, "with a body that is no JSON")),
    }
}

/// Whether `schemas` names this one.
fn has_schema(object: &Object, schema: &str) -> bool {
    let schemas = attr(object, "schemas").and_then(Value::as_array);
    schemas
        .is_some_and(|all| all.iter().filter_map(Value::as_str).any(|one| one.eq_ignore_ascii_case(schema)))
}

/// The user or group that an answer's body is.
pub(super) fn entry(answer: &Answer) -> Result<Entry, ConnectorError> {
    identified(document(answer)?).ok_or_else(|| broken(answer, "with a resource that has no id"))
}

/// The id at the end of a `Location`, which may be relative.
pub(super) fn id_in(location: &str) -> Option<String> {
    let base: reqwest::Url = "https://relative.invalid/".parse().ok()?;
    let url = base.join(location).ok()?;
    let last = url.path_segments()?.rfind(|segment| !segment.is_empty())?;
    let encoded = format!("id={}", last.replace('+', "%2B"));
    let url = base.join(&format!("?{encoded}")).ok()?;
    url.query_pairs().next().map(|(_, id)| id.into_owned())
}

fn identified(object: Object) -> Option<Entry> {
    let id = attr(&object, "id").and_then(opaque)?;
    Some(Entry { id, object })
}

/// The page that an answer's body is.
pub(super) fn page(answer: &Answer) -> Result<Page, ConnectorError> {
    let mut object = document(answer)?;
    let total = match attr(&object, "totalResults") {
        None => None,
        Some(value) => {
            Some(count(value).ok_or_else(|| broken(answer, "with a totalResults that is no number"))?)
        }
    };
    let next = text(&object, "nextCursor").map(str::to_owned);
    let key = object.keys().find(|key| key.eq_ignore_ascii_case("Resources")).cloned();
    let entries = match key.and_then(|key| object.remove(&key)).unwrap_or(Value::Null) {
        // RFC 7644, section 3.4.2: `Resources` is required only if `totalResults` is not zero.
        Value::Null => Vec::new(),
        Value::Array(items) => {
            let listed: Option<_> = items.into_iter().map(listed).collect();
            listed.ok_or_else(|| broken(answer, "with a resource that has neither an id nor a name"))?
        }
        _ => return Err(broken(answer, "with Resources that are no list")),
    };
    if total.is_none() && next.is_none() && entries.is_empty() {
        return Err(broken(answer, "with neither totalResults nor Resources"));
    }
    Ok(Page { entries, total, next })
}

/// A record of a page, be it one that lacks an id: it is counted like any other. Such records are told apart by their
/// names, so that two of one name are what one id twice is. None where there is no name either.
fn listed(item: Value) -> Option<Entry> {
    let Value::Object(object) = item else { return None };
    let stand_in = || {
        let name = text(&object, "userName").or_else(|| text(&object, "displayName"))?;
        Some(format!("{WITHOUT_ID}{}", name.to_lowercase()))
    };
    let id = attr(&object, "id").and_then(opaque).or_else(stand_in)?;
    Some(Entry { id, object })
}

fn count(value: &Value) -> Option<usize> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    usize::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Object {
        let Value::Object(object) = value else { panic!("{value}") };
        object
    }

    #[test]
    fn names_are_found_in_any_case_and_kept_as_spelled() {
        let mut user = object(json!({"USERNAME": "jane", "externalid": null}));
        assert_eq!(text(&user, "userName"), Some("jane"));
        assert_eq!(attr(&user, "externalId"), None);
        set(&mut user, "userName", json!("joan"));
        assert_eq!(Value::Object(user), json!({"USERNAME": "joan", "externalid": null}));
    }

    #[test]
    fn a_switch_may_be_text_and_must_be_one() {
        assert_eq!(switch(&json!("True")), Some(true));
        assert_eq!(switch(&json!(false)), Some(false));
        assert_eq!(switch(&json!(1)), None);
        assert_eq!(switch(&json!("yes")), None);
    }

    #[test]
    fn a_location_may_be_relative_and_encoded() {
        assert_eq!(id_in("https://x.example/v2/Users/a%20b+c").as_deref(), Some("a b+c"));
        assert_eq!(id_in("Users/42").as_deref(), Some("42"));
        assert_eq!(id_in("/Users/jane@acme.example").as_deref(), Some("jane@acme.example"));
        assert_eq!(id_in(""), None);
    }

    #[test]
    fn schemas_are_compared_without_case() {
        assert!(has_schema(&object(json!({"Schemas": [ERROR.to_uppercase()]})), ERROR));
    }
}
