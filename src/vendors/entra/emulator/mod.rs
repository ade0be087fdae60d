//! An embedded Entra tenant: Microsoft Graph v1.0 over the shared tenant, with Graph's own rules.
//!
//! A user's `userName` is the address that people know: of a guest the one that was invited, of everybody else the
//! sign-in name. What SCIM has no words for lies in the tenant's vendor part (`state`).

mod apps;
mod filter;
mod groups;
mod problem;
mod query;
mod state;
mod users;

use super::FORBIDDEN;
use crate::vendors::scim::emulator::exchange::Refusal;
use crate::vendors::scim::emulator::{Call, Reply, Rules, Tenant};
use axum::http::StatusCode;
use problem::{Outcome, Problem};

/// Graph's rules.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entra;

impl Rules for Entra {
    fn base_path(&self) -> &'static str {
        "/v1.0"
    }

    fn speaks_scim(&self) -> bool {
        false
    }

    fn has_api(&self) -> bool {
        true
    }

    fn api(&self, tenant: &mut Tenant, call: &Call<'_>) -> Reply {
        answer(tenant, call).unwrap_or_else(|problem| problem.reply())
    }

    fn refuse(&self, refusal: &Refusal) -> Reply {
        Problem::of(refusal).reply()
    }

    fn forbids(&self, path: &str) -> Option<&'static str> {
        let path = path.to_ascii_lowercase();
        FORBIDDEN.iter().find(|(fragment, _)| path.contains(fragment)).map(|(_, why)| *why)
    }

    fn check(&self, tenant: &Tenant) -> Result<(), String> {
        state::check(tenant)
    }

    fn adopt(&self, tenant: &mut Tenant) {
        state::adopt(tenant);
    }

    fn furnish(&self, tenant: &mut Tenant, kind: &str, id: &str) {
        if kind == super::APP {
            apps::furnish(tenant, id);
        }
    }
}

fn answer(tenant: &mut Tenant, call: &Call<'_>) -> Outcome {
    let method = call.request.method();
    may(tenant, call)?;
    match (method, &*call.path) {
        ("GET", ["users"]) => users::list(tenant, call),
        ("GET", ["users", id]) => users::get(tenant, call, id),
        ("PATCH", ["users", id]) => users::patch(tenant, call, id),
        ("DELETE", ["users", id]) => users::delete(tenant, call, id),
        ("POST", ["users", id, "microsoft.graph.revokeSignInSessions"]) => users::sign_out(tenant, call, id),
        ("GET", ["users", id, "appRoleAssignments"]) => apps::of_user(tenant, call, id),
        ("POST", ["invitations"]) => users::invite(tenant, call),
        ("GET", ["groups"]) => groups::list(tenant, call),
        ("POST", ["groups"]) => groups::create(tenant, call),
        ("GET", ["groups", id]) => groups::get(tenant, call, id),
        ("GET", ["groups", id, "members"]) => groups::members(tenant, call, id),
        ("POST", ["groups", id, "members", "$ref"]) => groups::add(tenant, call, id),
        ("DELETE", ["groups", id, "members", member, "$ref"]) => groups::remove(tenant, call, (id, member)),
        ("GET", ["servicePrincipals"]) => apps::list(tenant, call),
        ("GET", ["servicePrincipals", id]) => apps::get(tenant, call, id),
        ("GET", ["servicePrincipals", id, "appRoleAssignedTo"]) => apps::assigned(tenant, call, id),
        ("POST", ["servicePrincipals", id, "appRoleAssignedTo"]) => apps::assign(tenant, call, id),
        ("DELETE", ["servicePrincipals", id, "appRoleAssignedTo", one]) => {
            apps::unassign(tenant, call, (id, one))
        }
        (_, path) => Err(Problem::new(
            StatusCode::NOT_FOUND,
            "BadRequest",
            format!("Resource not found for the segment {:?}.", path.first().unwrap_or(&"")),
        )),
    }
}

/// Whether the application has a right that this needs.
fn may(tenant: &Tenant, call: &Call<'_>) -> Result<(), Problem> {
    let method = call.request.method();
    if call.revokes && gives(method, &call.path) {
        return Err(Problem::denied());
    }
    let needed = match only_switches(call) {
        true => SWITCHES,
        false => needs(method, &call.path),
    };
    match state::settings(tenant).permissions {
        Some(held) if !needed.iter().any(|one| held.iter().any(|right| right == one)) => {
            Err(Problem::denied())
        }
        _ => Ok(()),
    }
}

const SWITCHES: &[&str] = &["User.EnableDisableAccount.All", "User.ReadWrite.All"];

/// Whether it switches an account on or off and does nothing else.
fn only_switches(call: &Call<'_>) -> bool {
    let body = call.body().unwrap_or_default();
    let mut keys = body.as_object().into_iter().flat_map(|body| body.keys());
    call.request.method() == "PATCH"
        && keys.all(|key| ["accountEnabled", "@odata.type"].contains(&key.as_str()))
}

/// Whether it gives somebody something: the credential that takes access may not.
fn gives(method: &str, path: &[&str]) -> bool {
    method == "POST" && !matches!(path, ["users", _, "microsoft.graph.revokeSignInSessions"])
}

/// The application permissions of which any allows it, the least first.
fn needs(method: &str, path: &[&str]) -> &'static [&'static str] {
    match (method, path) {
        ("GET", ["users", _, "appRoleAssignments"]) => {
            &["Directory.Read.All", "AppRoleAssignment.ReadWrite.All"]
        }
        ("GET", ["users", ..]) => &["User.Read.All", "User.ReadWrite.All"],
        ("GET", ["groups", ..]) => {
            &["GroupMember.Read.All", "Group.Read.All", "GroupMember.ReadWrite.All", "Group.ReadWrite.All"]
        }
        ("GET", _) => &["Application.Read.All", "Directory.Read.All"],
        ("POST", ["users", ..]) => &["User.RevokeSessions.All", "User.ReadWrite.All"],
        ("POST", ["invitations"]) => &["User.Invite.All", "User.ReadWrite.All"],
        (_, ["users", ..]) => &["User.ReadWrite.All"],
        ("POST", ["groups"]) => &["Group.Create", "Group.ReadWrite.All"],
        (_, ["groups", ..]) => &["GroupMember.ReadWrite.All", "Group.ReadWrite.All"],
        _ => &["AppRoleAssignment.ReadWrite.All"],
    }
}
