//! OneLogin's API as requests, and what its answers have in common.

use crate::connector::ConnectorError;
use crate::domain::AccountId;
use crate::net::rest::{Api, Paging, Problem};
use crate::net::{Protocol, Request};
use reqwest::Method;
use serde_json::{Value, json};

/// As many items of a list as one answer may hold, by the published description.
const PAGE: &str = "100";

/// What is read of a user: what an account is made of, and nothing else of the person.
const USER_FIELDS: &str =
    "id,email,username,firstname,lastname,status,state,external_id,activated_at,invitation_sent_at";

/// What no request may contain.
pub(super) const FORBIDDEN: &[(&str, &str)] = &[(
    "set_password",
    "It sets somebody's password, which is theirs alone: whoever is invited chooses one by the link in the mail.",
)];

/// How OneLogin wants to be spoken to.
pub(super) static API: Api = Api {
    title: "OneLogin",
    protocol: Protocol { forbidden: FORBIDDEN, ..Protocol::JSON },
    paging: Paging::Header { name: "After-Cursor", parameter: "cursor" },
    problem,
    forbidden: "The API credential has too small a scope: `Read all` reads, `Manage users` changes users, and `Manage \
                all` changes roles and sends invitations. See docs/onelogin.md.",
};

/// A refusal in any of the three forms that the API has: `{"statusCode", "name", "message"}`,
/// `{"error", "code", "type", "message"}`, and in version 1 the latter under `status`.
fn problem(body: &Value) -> Problem {
    let body = body.get("status").filter(|status| status.is_object()).unwrap_or(body);
    let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let code = match text("name") {
        name if name.is_empty() => text("type"),
        name => name,
    };
    let detail = text("message");
    let limit = detail.to_lowercase().contains("license");
    Problem { code, detail, limit }
}

fn get(segments: &[&str]) -> Request {
    Request::new(Method::GET, segments)
}

/// A list of version 2.
fn list(segments: &[&str]) -> Request {
    get(segments).query("limit", PAGE)
}

pub(super) fn users() -> Request {
    list(&["api", "2", "users"]).query("fields", USER_FIELDS)
}

/// Users with that address, as far as the filter can be believed.
pub(super) fn users_called(email: &str) -> Request {
    users().query("email", email)
}

pub(super) fn user(id: &AccountId) -> Request {
    get(&["api", "2", "users", id.as_str()])
}

pub(super) fn create_user(user: &Value) -> Request {
    Request::new(Method::POST, &["api", "2", "users"]).json(user)
}

/// Changes what `values` names, and nothing else.
pub(super) fn change_user(id: &AccountId, values: &Value) -> Request {
    Request::new(Method::PUT, &["api", "2", "users", id.as_str()]).json(values)
}

pub(super) fn delete_user(id: &AccountId) -> Request {
    Request::new(Method::DELETE, &["api", "2", "users", id.as_str()])
}

/// Ends every session of a user.
pub(super) fn log_out(id: &AccountId) -> Request {
    Request::new(Method::PUT, &["api", "1", "users", id.as_str(), "logout"]).json(&json!({}))
}

/// Mails the link to that address, which has to be spelled as OneLogin spells it.
pub(super) fn send_invite_link(email: &str) -> Request {
    Request::new(Method::POST, &["api", "1", "invites", "send_invite_link"]).json(&json!({ "email": email }))
}

pub(super) fn roles() -> Request {
    list(&["api", "2", "roles"])
}

pub(super) fn create_role(name: &str) -> Request {
    Request::new(Method::POST, &["api", "2", "roles"]).json(&json!({ "name": name }))
}

pub(super) fn role_users(role: &str) -> Request {
    list(&["api", "2", "roles", role, "users"])
}

/// Puts users into a role, or takes them out of it.
pub(super) fn change_role_users(role: &str, gain: bool, ids: &[u64]) -> Request {
    let method = if gain { Method::POST } else { Method::DELETE };
    Request::new(method, &["api", "2", "roles", role, "users"]).json(&json!(ids))
}

pub(super) fn apps() -> Request {
    list(&["api", "2", "apps"])
}

pub(super) fn app(id: &str) -> Request {
    get(&["api", "2", "apps", id])
}

pub(super) fn app_users(id: &str) -> Request {
    list(&["api", "2", "apps", id, "users"])
}

/// The mappings that are switched on.
pub(super) fn mappings() -> Request {
    get(&["api", "2", "mappings"]).query("enabled", "true")
}

/// An id, which is a number in every answer but may be written as a text where a mapping names it.
pub(super) fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// The `id` of an object.
pub(super) fn own_id(object: &Value) -> Option<u64> {
    object.get("id").and_then(number)
}

/// A text that is not empty.
pub(super) fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// An account's id as OneLogin wants it.
///
/// # Errors
/// [`ConnectorError::Refused`] where it is none of OneLogin's.
pub(super) fn numeric(id: &AccountId) -> Result<u64, ConnectorError> {
    id.as_str().parse().map_err(|_| ConnectorError::Refused {
        message: format!("The account id {:?} is none of OneLogin's, which are numbers.", id.as_str()),
    })
}

/// The error for an answer of which a part is not understood.
pub(super) fn broken(message: String) -> ConnectorError {
    ConnectorError::ContractBroken { message }
}

pub(super) fn refused(message: String) -> ConnectorError {
    ConnectorError::Refused { message }
}
