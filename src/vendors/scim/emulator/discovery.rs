//! `ServiceProviderConfig`, `Schemas` and `ResourceTypes` (RFC 7643, sections 5 to 7), drawn from the same
//! tables that requests are read by.

use super::behaviour::{Behaviour, Paging, Patching};
use super::schema::{Access, Attribute, ENTERPRISE_URN, Kind, Type, find};
use serde_json::{Value, json};

const LIST_URN: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const CONFIG_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
const TYPE_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
const SCHEMA_URN: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

pub(crate) fn service_provider_config(behaviour: &Behaviour, base: &str) -> Value {
    let cursor = behaviour.paging != Paging::Index;
    let index = behaviour.paging != Paging::Cursor;
    json!({
        "schemas": [CONFIG_URN],
        "patch": { "supported": behaviour.patch != Patching::Off },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": !behaviour.ignore_filter || behaviour.advertise_filter, "maxResults": behaviour.max_page },
        "changePassword": { "supported": false },
        "sort": { "supported": true },
        "etag": { "supported": behaviour.etag },
        "pagination": {
            "cursor": cursor, "index": index,
            "defaultPaginationMethod": if index { "index" } else { "cursor" },
            "defaultPageSize": behaviour.max_page, "maxPageSize": behaviour.max_page,
        },
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "Bearer token",
            "description": "A token in the Authorization header.",
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig"),
        },
    })
}

pub(crate) fn resource_types(base: &str) -> Vec<Value> {
    [Type::User, Type::Group]
        .into_iter()
        .map(|kind| {
            let mut value = json!({
                "schemas": [TYPE_URN], "id": kind.name(), "name": kind.name(),
                "endpoint": format!("/{}", kind.endpoint()), "schema": kind.urn(),
                "meta": {
                    "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{}", kind.name()),
                },
            });
            if kind == Type::User {
                value["schemaExtensions"] = json!([{ "schema": ENTERPRISE_URN, "required": false }]);
            }
            value
        })
        .collect()
}

pub(crate) fn schemas(base: &str) -> Vec<Value> {
    let core = [Type::User, Type::Group].into_iter().map(|kind| {
        let own = |attribute: &&Attribute| {
            !attribute.name.contains(':')
                && !matches!(attribute.name, "schemas" | "id" | "externalId" | "meta")
        };
        let attributes = kind.attributes().iter().filter(own).map(|a| describe(a, kind.required())).collect();
        schema(base, kind.urn(), kind.name(), attributes)
    });
    let parts = find(Type::User.attributes(), ENTERPRISE_URN).map(|attribute| attribute.kind);
    let extension = parts.and_then(|kind| match kind {
        Kind::Complex(parts) => Some(parts.iter().map(|part| describe(part, "")).collect()),
        _ => None,
    });
    core.chain(extension.map(|parts| schema(base, ENTERPRISE_URN, "EnterpriseUser", parts))).collect()
}

fn schema(base: &str, urn: &str, name: &str, attributes: Vec<Value>) -> Value {
    json!({
        "schemas": [SCHEMA_URN], "id": urn, "name": name, "attributes": attributes,
        "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{urn}") },
    })
}

fn describe(attribute: &Attribute, required: &str) -> Value {
    let kind = match attribute.kind {
        Kind::Text | Kind::Exact => "string",
        Kind::Flag => "boolean",
        Kind::Date => "dateTime",
        Kind::Complex(_) => "complex",
    };
    let (mutability, returned) = match attribute.access {
        Access::Write => ("readWrite", "default"),
        Access::Read => ("readOnly", "default"),
        Access::Secret => ("writeOnly", "never"),
    };
    let mut value = json!({
        "name": attribute.name, "type": kind, "multiValued": attribute.many,
        "required": attribute.name == required, "caseExact": attribute.kind == Kind::Exact,
        "mutability": mutability, "returned": returned,
        "uniqueness": if attribute.name == "userName" && required == "userName" { "server" } else { "none" },
    });
    if let Kind::Complex(parts) = attribute.kind {
        value["subAttributes"] = parts.iter().map(|part| describe(part, "")).collect();
    }
    value
}

/// A list of discovery documents, which are never paged.
pub(crate) fn list(items: Vec<Value>) -> Value {
    json!({
        "schemas": [LIST_URN], "totalResults": items.len(), "itemsPerPage": items.len(), "startIndex": 1,
        "Resources": items,
    })
}

#[cfg(test)]
mod tests {
    use super::super::schema::USER_URN;
    use super::*;

    #[test]
    fn the_configuration_tells_what_the_server_can() {
        let behaviour =
            Behaviour { patch: Patching::Off, paging: Paging::Cursor, etag: false, ..Behaviour::default() };
        let config = service_provider_config(&behaviour, "http://x");
        assert_eq!(config["patch"]["supported"], false);
        assert_eq!(config["pagination"]["cursor"], true);
        assert_eq!(config["pagination"]["index"], false);
        assert_eq!(config["etag"]["supported"], false);
    }

    #[test]
    fn schemas_describe_what_requests_are_read_by() {
        let schemas = schemas("http://x");
        let ids: Vec<_> = schemas.iter().map(|schema| schema["id"].as_str().unwrap()).collect();
        assert_eq!(ids, [USER_URN, Type::Group.urn(), ENTERPRISE_URN]);
        let user_name = &schemas[0]["attributes"][0];
        assert_eq!(user_name["name"], "userName");
        assert_eq!(user_name["required"], true);
        assert_eq!(user_name["uniqueness"], "server");
    }
}
