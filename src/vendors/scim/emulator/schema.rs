//! The attributes of users and groups (RFC 7643, sections 3.1, 4.1, 4.2, 4.3), and how a body is read by them.

use super::exchange::Refusal;
use serde_json::{Map, Value};

pub(crate) const USER_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const GROUP_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(crate) const ENTERPRISE_URN: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Exact,
    Flag,
    Date,
    Complex(&'static [Attribute]),
}

/// Whether a client may write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Write,
    Read,
    /// It may be written and is never answered.
    Secret,
}

/// One attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) many: bool,
    pub(crate) access: Access,
}

const fn one(name: &'static str, kind: Kind) -> Attribute {
    Attribute { name, kind, many: false, access: Access::Write }
}

const fn many(name: &'static str, kind: Kind) -> Attribute {
    Attribute { name, kind, many: true, access: Access::Write }
}

const fn read(attribute: Attribute) -> Attribute {
    Attribute { access: Access::Read, ..attribute }
}

const NAME: &[Attribute] = &[
    one("formatted", Kind::Text),
    one("familyName", Kind::Text),
    one("givenName", Kind::Text),
    one("middleName", Kind::Text),
    one("honorificPrefix", Kind::Text),
    one("honorificSuffix", Kind::Text),
];

const PLURAL: &[Attribute] = &[
    one("value", Kind::Text),
    one("display", Kind::Text),
    one("type", Kind::Text),
    one("primary", Kind::Flag),
];

const ADDRESS: &[Attribute] = &[
    one("formatted", Kind::Text),
    one("streetAddress", Kind::Text),
    one("locality", Kind::Text),
    one("region", Kind::Text),
    one("postalCode", Kind::Text),
    one("country", Kind::Text),
    one("type", Kind::Text),
    one("primary", Kind::Flag),
];

const MEMBER: &[Attribute] = &[
    one("value", Kind::Exact),
    one("$ref", Kind::Exact),
    one("display", Kind::Text),
    one("type", Kind::Text),
];

const META: &[Attribute] = &[
    one("resourceType", Kind::Exact),
    one("created", Kind::Date),
    one("lastModified", Kind::Date),
    one("location", Kind::Exact),
    one("version", Kind::Exact),
];

const MANAGER: &[Attribute] =
    &[one("value", Kind::Exact), one("$ref", Kind::Exact), one("displayName", Kind::Text)];

const ENTERPRISE: &[Attribute] = &[
    one("employeeNumber", Kind::Text),
    one("costCenter", Kind::Text),
    one("organization", Kind::Text),
    one("division", Kind::Text),
    one("department", Kind::Text),
    one("manager", Kind::Complex(MANAGER)),
];

const COMMON: [Attribute; 4] = [
    many("schemas", Kind::Exact),
    read(one("id", Kind::Exact)),
    one("externalId", Kind::Exact),
    read(one("meta", Kind::Complex(META))),
];

const USER: &[Attribute] = &[
    COMMON[0],
    COMMON[1],
    COMMON[2],
    COMMON[3],
    one("userName", Kind::Text),
    one("name", Kind::Complex(NAME)),
    one("displayName", Kind::Text),
    one("nickName", Kind::Text),
    one("profileUrl", Kind::Exact),
    one("title", Kind::Text),
    one("userType", Kind::Text),
    one("preferredLanguage", Kind::Text),
    one("locale", Kind::Text),
    one("timezone", Kind::Text),
    one("active", Kind::Flag),
    Attribute { access: Access::Secret, ..one("password", Kind::Exact) },
    many("emails", Kind::Complex(PLURAL)),
    many("phoneNumbers", Kind::Complex(PLURAL)),
    many("ims", Kind::Complex(PLURAL)),
    many("photos", Kind::Complex(PLURAL)),
    many("addresses", Kind::Complex(ADDRESS)),
    read(many("groups", Kind::Complex(MEMBER))),
    many("entitlements", Kind::Complex(PLURAL)),
    many("roles", Kind::Complex(PLURAL)),
    many("x509Certificates", Kind::Complex(PLURAL)),
    one(ENTERPRISE_URN, Kind::Complex(ENTERPRISE)),
];

const GROUP: &[Attribute] = &[
    COMMON[0],
    COMMON[1],
    COMMON[2],
    COMMON[3],
    one("displayName", Kind::Text),
    many("members", Kind::Complex(MEMBER)),
];

/// A type of resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    User,
    Group,
}

impl Type {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
        }
    }

    pub(crate) fn endpoint(self) -> &'static str {
        match self {
            Self::User => "Users",
            Self::Group => "Groups",
        }
    }

    pub(crate) fn urn(self) -> &'static str {
        match self {
            Self::User => USER_URN,
            Self::Group => GROUP_URN,
        }
    }

    pub(crate) fn attributes(self) -> &'static [Attribute] {
        match self {
            Self::User => USER,
            Self::Group => GROUP,
        }
    }

    /// The attribute that names a resource for people, and that a resource cannot be without.
    pub(crate) fn required(self) -> &'static str {
        match self {
            Self::User => "userName",
            Self::Group => "displayName",
        }
    }
}

/// The attribute of this name, without case (RFC 7643, section 2.1).
pub(crate) fn find(attributes: &'static [Attribute], name: &str) -> Option<&'static Attribute> {
    attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

/// Reads a resource's body: names get their canonical case, what only the server writes is dropped (RFC 7644,
/// section 3.3), and anything unknown or of a wrong type is refused.
pub(crate) fn read_body(kind: Type, body: &Value) -> Result<Map<String, Value>, Refusal> {
    let Value::Object(body) = body else {
        return Err(Refusal::bad("invalidSyntax", "The body must be a JSON object."));
    };
    let attributes = read_object(kind.attributes(), body)?;
    let schemas = attributes.get("schemas").and_then(Value::as_array);
    let declared = schemas.is_some_and(|urns| urns.iter().any(|urn| urn.as_str() == Some(kind.urn())));
    if !declared {
        let detail = format!("`schemas` must name {}.", kind.urn());
        return Err(Refusal::bad("invalidSyntax", detail));
    }
    check_required(kind, &attributes)?;
    Ok(attributes)
}

pub(crate) fn check_required(kind: Type, attributes: &Map<String, Value>) -> Result<(), Refusal> {
    match attributes.get(kind.required()).and_then(Value::as_str) {
        Some(text) if !text.trim().is_empty() => Ok(()),
        _ => Err(Refusal::bad("invalidValue", format!("`{}` is required.", kind.required()))),
    }
}

fn read_object(
    attributes: &'static [Attribute],
    body: &Map<String, Value>,
) -> Result<Map<String, Value>, Refusal> {
    let mut out = Map::new();
    for (name, value) in body {
        // Clients that treat an extension as a schema of its own repeat the word inside it.
        if name == "schemas" && find(attributes, name).is_none() {
            continue;
        }
        let attribute = find(attributes, name).ok_or_else(|| unknown(name))?;
        if attribute.access != Access::Write || value.is_null() {
            continue;
        }
        let value = read_value(attribute, value)?;
        if value.as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        if out.insert(attribute.name.to_owned(), value).is_some() {
            return Err(Refusal::bad("invalidSyntax", format!("`{name}` is given twice.")));
        }
    }
    Ok(out)
}

pub(crate) fn unknown(name: &str) -> Refusal {
    let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    Refusal::bad("invalidSyntax", format!("There is no attribute {name:?}."))
}

/// Reads the value of an attribute: a list where it is multi-valued.
pub(crate) fn read_value(attribute: &'static Attribute, value: &Value) -> Result<Value, Refusal> {
    if !attribute.many {
        return read_one(attribute, value);
    }
    let Value::Array(items) = value else { return Err(wrong_type(attribute)) };
    items.iter().map(|item| read_one(attribute, item)).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

/// Reads one value of an attribute.
pub(crate) fn read_one(attribute: &'static Attribute, value: &Value) -> Result<Value, Refusal> {
    match (attribute.kind, value) {
        (Kind::Text | Kind::Exact | Kind::Date, Value::String(_)) | (Kind::Flag, Value::Bool(_)) => {
            Ok(value.clone())
        }
        (Kind::Complex(parts), Value::Object(object)) => read_object(parts, object).map(Value::Object),
        _ => Err(wrong_type(attribute)),
    }
}

fn wrong_type(attribute: &Attribute) -> Refusal {
    let wanted = match (attribute.many, attribute.kind) {
        (true, _) => "a list",
        (false, Kind::Flag) => "true or false",
        (false, Kind::Complex(_)) => "an object",
        (false, _) => "a string",
    };
    Refusal::bad("invalidValue", format!("`{}` must be {wanted}.", attribute.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn user(body: Value) -> Result<Map<String, Value>, Refusal> {
        read_body(Type::User, &body)
    }

    #[test]
    fn names_are_read_without_case() {
        let read = user(json!({
            "SCHEMAS": [USER_URN], "USERNAME": "a", "Emails": [{ "Value": "a@x", "TYPE": "work" }],
        }));
        assert_eq!(
            Value::Object(read.unwrap()),
            json!({ "schemas": [USER_URN], "userName": "a", "emails": [{ "value": "a@x", "type": "work" }] })
        );
    }

    #[test]
    fn what_only_the_server_writes_is_dropped() {
        let read = user(json!({
            "schemas": [USER_URN], "userName": "a", "id": "mine", "groups": [{ "value": "g" }], "password": "p",
        }));
        assert_eq!(Value::Object(read.unwrap()), json!({ "schemas": [USER_URN], "userName": "a" }));
    }

    #[test]
    fn a_text_is_no_flag_and_an_unknown_name_is_no_attribute() {
        let schemas = json!([USER_URN]);
        let text = user(json!({ "schemas": schemas, "userName": "a", "active": "True" })).unwrap_err();
        assert_eq!(text.scim_type, Some("invalidValue"));
        let unknown = user(json!({ "schemas": schemas, "userName": "a", "colour": "red" })).unwrap_err();
        assert_eq!(unknown.scim_type, Some("invalidSyntax"));
        assert!(user(json!({ "userName": "a" })).is_err());
        assert!(user(json!({ "schemas": schemas })).is_err());
    }
}
