//! The validator on the published descriptions, with requests as connectors send them.

use super::super::of;
use super::{Said, said};
use serde_json::{Value, json};

/// Holds each against a description, where the descriptions are there.
fn hold(connector: &str, cases: Vec<(Said, &str)>) {
    let Some(description) = of(connector) else { return };
    for (one, word) in cases {
        let wrong = one.wrong(&description);
        let fits = if word.is_empty() { wrong.is_empty() } else { wrong.contains(word) };
        assert!(fits, "{} {}: {wrong:?} instead of {word:?}", one.line, one.body);
    }
}

fn okta_user() -> Value {
    json!({
        "id": "00u1", "status": "SUSPENDED", "created": "2026-11-22T09:00:00.000Z", "lastLogin": null,
        "profile": { "login": "a@acme.example", "email": "a@acme.example", "firstName": "A", "costCenter": "7" },
    })
}

#[test]
fn okta() {
    let profile =
        json!({ "login": "a@acme.example", "email": "a@acme.example", "firstName": "A", "lastName": "B" });
    let error =
        json!({ "errorCode": "E0000001", "errorSummary": "Api validation failed", "errorCauses": [] });
    hold(
        "okta",
        vec![
            (said("GET /api/v1/users?limit=200&after=x").answered(200, json!([okta_user()])), ""),
            (said("GET /api/v1/users/me").answered(200, okta_user()), ""),
            (
                said("POST /api/v1/users?activate=true")
                    .with(json!({ "profile": profile }))
                    .answered(200, okta_user()),
                "",
            ),
            (said("POST /api/v1/users").with(json!({ "profile": profile })).answered(400, error.clone()), ""),
            (said("PUT /api/v1/groups/00g1/users/00u1").answered(204, Value::Null), ""),
            (said("POST /api/v1/users/00u1/lifecycle/suspend").answered(200, json!({})), ""),
            (said("GET /api/v1/groups/rules?limit=50").answered(200, json!([])), ""),
            (said("GET /api/v1/users?limit=many").answered(200, json!([])), "integer"),
            (said("GET /api/v1/users?page=2").answered(200, json!([])), "\"page\" is not described"),
            (said("GET /api/v2/users").answered(200, json!([])), "no such path"),
            (said("POST /api/v1/groups/00g1/users/00u1").answered(204, Value::Null), "takes no POST"),
            (
                said("POST /api/v1/users").with(json!({ "profil": profile })).answered(400, error),
                "\"profil\" is not described",
            ),
            (
                said("POST /api/v1/users").with(json!({ "profile": "x" })).answered(200, okta_user()),
                "object is asked for",
            ),
            (
                said("GET /api/v1/users").answered(200, json!([{ "id": "1", "login": "a" }])),
                "\"login\" is not described",
            ),
            (said("GET /api/v1/users").answered(200, json!([{ "status": "GONE" }])), "\"GONE\" is not among"),
        ],
    );
}

#[test]
fn graph() {
    let id = "00000000-0000-0000-0000-000000000001";
    let assignment = || json!({ "principalId": id, "resourceId": id, "appRoleId": id });
    let page = json!({
        "@odata.context": "https://graph.example/$metadata#users", "@odata.nextLink": "https://graph.example/next",
        "value": [{ "id": id, "accountEnabled": false, "externalUserState": "PendingAcceptance", "mail": null }],
    });
    let members =
        json!({ "value": [{ "@odata.type": "#microsoft.graph.user", "id": id, "displayName": "A" }] });
    let error = json!({ "error": { "code": "Request_BadRequest", "message": "No." } });
    let invitation = json!({
        "id": id, "invitedUserEmailAddress": "a@b.example", "inviteRedirectUrl": "https://x.example",
        "status": "PendingAcceptance", "invitedUser": { "id": id },
    });
    hold("entra", vec![
        (said("GET /v1.0/users?$select=id,mail,accountEnabled&$top=999").answered(200, page.clone()), ""),
        (said("GET /v1.0/users?$select=id&$skiptoken=opaque").answered(200, page), ""),
        (said("GET /v1.0/groups/g/members?$top=999").answered(200, members), ""),
        (
            said("POST /v1.0/groups/g/members/$ref")
                .with(json!({ "@odata.id": "https://graph.example/v1.0/directoryObjects/1" }))
                .answered(204, Value::Null),
            "",
        ),
        (said("DELETE /v1.0/groups/g/members/u/$ref").answered(204, Value::Null), ""),
        (said("PATCH /v1.0/users/u").with(json!({ "accountEnabled": false })).answered(404, error), ""),
        (said("POST /v1.0/users/u/microsoft.graph.revokeSignInSessions").answered(200, json!({ "value": true })), ""),
        (said("POST /v1.0/servicePrincipals/s/appRoleAssignedTo").with(assignment()).answered(201, assignment()), ""),
        (
            said("POST /v1.0/invitations")
                .with(json!({ "invitedUserEmailAddress": "a@b.example", "inviteRedirectUrl": "https://x.example" }))
                .answered(201, invitation),
            "",
        ),
        (said("GET /users").answered(200, json!({ "value": [] })), "does not begin with /v1.0"),
        (said("GET /v1.0/people").answered(200, json!({ "value": [] })), "no such path"),
        (said("PUT /v1.0/users/u").with(json!({})).answered(204, Value::Null), "takes no PUT"),
        (said("GET /v1.0/users?$select=id,salary").answered(200, json!({ "value": [] })), "\"salary\" is not among"),
        (said("GET /v1.0/users?select=id").answered(200, json!({ "value": [] })), "\"select\" is not described"),
        (said("PATCH /v1.0/users/u").with(json!({ "enabled": false })).answered(204, Value::Null), "\"enabled\""),
        (said("POST /v1.0/groups/g/members/$ref").answered(204, Value::Null), "one is required"),
        (said("GET /v1.0/users/u").answered(200, json!({ "id": id, "login": "x" })), "\"login\" is not described"),
        (
            said("POST /v1.0/servicePrincipals/s/appRoleAssignedTo")
                .with(json!({ "principalId": "x" }))
                .answered(201, assignment()),
            "is no uuid",
        ),
    ]);
}

#[test]
fn segment() {
    let user = json!({ "id": "u1", "name": "A", "email": "a@acme.example", "permissions": [
        { "roleId": "r1", "roleName": "Workspace Owner", "resources": [{ "id": "w1", "type": "WORKSPACE" }] },
    ] });
    let users = json!({ "data": { "users": [user], "pagination": { "current": "c", "totalEntries": 1 } } });
    let put = || said("PUT /users/u1/permissions");
    let permission = json!({ "roleId": "r1", "resources": [{ "id": "w1", "type": "WORKSPACE" }] });
    let held = json!({ "data": { "permissions": [
        { "roleId": "r1", "roleName": "R", "resources": [{ "id": "w1", "type": "WORKSPACE" }] },
    ] } });
    hold(
        "segment",
        vec![
            (said("GET /users?pagination[count]=200&pagination[cursor]=x").answered(200, users.clone()), ""),
            (put().with(json!({ "permissions": [permission] })).answered(200, held.clone()), ""),
            (
                said("DELETE /users?userIds[]=u1")
                    .answered(404, json!({ "errors": [{ "type": "not-found", "status": 404 }] })),
                "",
            ),
            (said("GET /users").answered(200, users.clone()), "\"pagination\" is missing"),
            (said("GET /users?pagination[cursor]=x").answered(200, users.clone()), "\"count\" is missing"),
            (
                said("GET /users?count=2&pagination[count]=1").answered(200, users),
                "\"count\" is not described",
            ),
            (said("DELETE /groups/g1/users?userIds[]=u1").answered(200, json!({})), "takes no DELETE"),
            (said("GET /teams").answered(200, json!({})), "no such path"),
            (
                put().with(json!({ "permissions": [{ "roleId": "r1" }] })).answered(200, held.clone()),
                "\"resources\" is missing",
            ),
            (
                put().with(json!({ "permission": [permission] })).answered(200, held.clone()),
                "\"permission\" is not described",
            ),
            (
                put()
                    .with(json!({ "permissions": [{ "roleId": "r", "roleName": "R", "resources": [] }] }))
                    .answered(200, held),
                "\"roleName\" is not described",
            ),
        ],
    );
}
