//! Carries changes out in a Segment workspace.

use super::GROUP;
use super::wire::{
    Permission, Roles, SEGMENT, first_page, invited_email, invited_id, is_whole_workspace, permissions,
};
use crate::connector::{ConnectorError, Receipt, Writer};
use crate::domain::{AccountId, Action, Change, Level, Profile, ResourceName, Target};
use crate::net::rest::Rest;
use crate::net::{Endpoint, Pace, Request};
use crate::workspace::Vendor;
use async_trait::async_trait;
use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;

/// The level of whoever has an account and no role that the workspace maps.
const MEMBER: &str = "member";

type Outcome = Result<Receipt, ConnectorError>;

struct SegmentWriter {
    /// Each by itself: a credential that is missing stops its own changes only.
    grant: Result<Rest, ConnectorError>,
    revoke: Result<Rest, ConnectorError>,
    roles: Roles,
}

pub(super) fn make(
    vendor: &Vendor,
    grant: Result<Endpoint, ConnectorError>,
    revoke: Result<Endpoint, ConnectorError>,
    pace: Arc<Pace>,
) -> Result<Box<dyn Writer>, ConnectorError> {
    let connect = |endpoint: Result<Endpoint, ConnectorError>| {
        endpoint.and_then(|endpoint| Rest::new(endpoint, Arc::clone(&pace), &SEGMENT))
    };
    match (connect(grant), connect(revoke)) {
        (Err(error), Err(_)) => Err(error),
        (grant, revoke) => Ok(Box::new(SegmentWriter { grant, revoke, roles: Roles::of(vendor) })),
    }
}

#[async_trait]
impl Writer for SegmentWriter {
    async fn execute(&self, change: &Change) -> Outcome {
        match &change.action {
            Action::Invite { profile, .. } => self.invite(profile).await,
            Action::Grant { on, to } | Action::ChangeLevel { on, to, .. } if is_org(on) => {
                self.set_level(credential(&self.grant)?, account(change)?, to).await
            }
            Action::Revoke { on, .. } if is_org(on) => {
                let member = Level::parse(MEMBER).map_err(|_| refused("There is no lowest level."))?;
                self.set_level(credential(&self.revoke)?, account(change)?, &member).await
            }
            Action::RemoveAccount => self.remove(account(change)?).await,
            Action::CancelInvitation { on: None } => self.withdraw(account(change)?).await,
            action if action.target().is_some_and(|on| *on.kind == *GROUP) => Err(refused(
                "No request takes one person out of a group of Segment and leaves the others in, so people change groups: \
                 Settings -> Access Management -> Groups.",
            )),
            action => Err(refused(&format!("Segment has no way to carry out {:?}.", action.word()))),
        }
    }
}

impl SegmentWriter {
    /// Invites an address, without any permission: what is granted is given to the account.
    async fn invite(&self, profile: &Profile) -> Outcome {
        let rest = credential(&self.grant)?;
        let invites = json!({ "invites": [{ "email": *profile.login }] });
        let answer = rest.send(&Request::new(Method::POST, &["invites"]).json(&invites)).await?;
        let declined = answer.status == 422;
        if !answer.is_success() && !declined {
            return Err(rest.refusal(&answer));
        }
        let found = match whose(rest, &profile.login).await {
            // The mail is out, and must not go out again: a reading finds who was invited by the address.
            Err(_) if !declined => None,
            found => found?,
        };
        match found {
            Some(id) => {
                Ok(receipt(&id, declined.then_some("The address was invited already, or has an account.")))
            }
            None if declined => Err(rest.refusal(&answer)),
            None => Ok(Receipt::default()),
        }
    }

    /// Gives the role of a level on the workspace and takes those of the others. The list of permissions is replaced as a
    /// whole, so that everything else in it goes back as it came.
    async fn set_level(&self, rest: &Rest, account: &AccountId, to: &Level) -> Outcome {
        let role = self.roles.role(to);
        if role.is_none() && to.as_str() != MEMBER {
            return Err(refused(&format!("The level {:?} is not mapped under `roles:`.", to.as_str())));
        }
        if invited_email(account).is_some() {
            return match role {
                None => Ok(receipt(account, None)),
                Some(_) => Err(refused(
                    "The invitation is not accepted yet, and only an account can be given a role: a later plan lists it \
                     again.",
                )),
            };
        }
        if self.roles.is_empty() {
            // Whoever has an account is a member: the invitation did it.
            return Ok(receipt(account, None));
        }
        let user = rest.read(&Request::new(Method::GET, &["users", account.as_str()])).await?;
        let held = permissions(&user["data"]["user"])?;
        let workspace = held.iter().find_map(Permission::workspace).map(str::to_owned);
        let Kept { mut permissions, takes, has } = self.kept(held, role);
        let gains = match role.filter(|_| !has) {
            None if !takes => return Ok(receipt(account, Some("The account was so already."))),
            None => None,
            Some(role) => Some(permission(rest, role, workspace).await?),
        };
        if permissions.iter().any(|one| takes && !one.labels.is_empty()) {
            return Err(refused(
                "The account has a permission with labels of its own, which the request that replaces all permissions \
                 cannot carry. Change the role in Segment: Settings -> Access Management.",
            ));
        }
        let method = if takes { Method::PUT } else { Method::POST };
        if !takes {
            permissions.clear();
        }
        permissions.extend(gains);
        let request = Request::new(method, &["users", account.as_str(), "permissions"]);
        rest.ask(&request.json(&json!({ "permissions": permissions }))).await?;
        Ok(receipt(account, None))
    }

    /// What stays of a list of permissions where one mapped role is wanted on the workspace, or none.
    fn kept(&self, held: Vec<Permission>, role: Option<&str>) -> Kept {
        let wanted = role.and_then(|role| self.roles.rank(role));
        let mut kept = Kept { permissions: Vec::new(), takes: false, has: false };
        for mut permission in held {
            let rank = self.roles.rank(&permission.role_name).filter(|_| permission.workspace().is_some());
            if rank.is_some() && rank == wanted {
                kept.has = true;
            } else if rank.is_some() {
                kept.takes = true;
                permission.resources.retain(|resource| !is_whole_workspace(resource));
                if permission.resources.is_empty() {
                    continue;
                }
            }
            kept.permissions.push(permission);
        }
        kept
    }

    async fn remove(&self, account: &AccountId) -> Outcome {
        let rest = credential(&self.revoke)?;
        let request = Request::new(Method::DELETE, &["users"]).query("userIds[]", account.as_str());
        gone(rest, &request, account, "The account was gone already.").await
    }

    async fn withdraw(&self, account: &AccountId) -> Outcome {
        let rest = credential(&self.revoke)?;
        let email =
            invited_email(account).ok_or_else(|| refused("The account is no invitation any more."))?;
        let request = Request::new(Method::DELETE, &["invites"]).query("emails[]", email);
        gone(rest, &request, account, "The invitation was gone already, or has been accepted.").await
    }
}

/// What stays of a list of permissions.
struct Kept {
    permissions: Vec<Permission>,
    /// Whether anything is taken.
    takes: bool,
    /// Whether what is wanted is there.
    has: bool,
}

/// A role on the whole workspace, whose id somebody's permissions tell.
async fn permission(
    rest: &Rest,
    role: &str,
    workspace: Option<String>,
) -> Result<Permission, ConnectorError> {
    let roles = rest.list(&first_page(&["roles"]), "/data/roles").await?;
    let is_it =
        |one: &&Value| one["name"].as_str().is_some_and(|name| name.to_lowercase() == role.to_lowercase());
    let role_id = roles.iter().find(is_it).and_then(|one| one["id"].as_str());
    let role_id = role_id.ok_or_else(|| {
        refused(&format!("Segment has no role named {role:?}: correct it under `roles:` of the vendor."))
    })?;
    let workspace = match workspace {
        Some(workspace) => workspace,
        None => workspace_of(rest).await?,
    };
    let resources = vec![json!({ "id": workspace, "type": "WORKSPACE" })];
    Ok(Permission { role_id: role_id.to_owned(), role_name: String::new(), resources, labels: Vec::new() })
}

async fn workspace_of(rest: &Rest) -> Result<String, ConnectorError> {
    let users = rest.list(&first_page(&["users"]), "/data/users").await?;
    for user in &users {
        if let Some(workspace) = permissions(user)?.iter().find_map(Permission::workspace) {
            return Ok(workspace.to_owned());
        }
    }
    Err(refused(
        "Nobody has a role on the whole workspace, so that its id is not known: give one to somebody in Segment.",
    ))
}

/// Who an address is: somebody invited, or an account. Looked up in this order, since most are invited just now.
async fn whose(rest: &Rest, email: &str) -> Result<Option<AccountId>, ConnectorError> {
    let is_it = |other: Option<&str>| other.is_some_and(|other| other.to_lowercase() == email.to_lowercase());
    let invites = rest.list(&first_page(&["invites"]), "/data/invites").await?;
    if let Some(invite) = invites.iter().filter_map(Value::as_str).find(|invite| is_it(Some(invite))) {
        return Ok(invited_id(invite));
    }
    let users = rest.list(&first_page(&["users"]), "/data/users").await?;
    let user = users.iter().find(|user| is_it(user["email"].as_str()));
    Ok(user.and_then(|user| AccountId::parse(user["id"].as_str()?).ok()))
}

/// Sends what removes something; what is gone already is as good.
async fn gone(rest: &Rest, request: &Request, account: &AccountId, note: &str) -> Outcome {
    match rest.ask(request).await {
        Ok(_) => Ok(receipt(account, None)),
        Err(ConnectorError::Gone { .. }) => Ok(receipt(account, Some(note))),
        Err(error) => Err(error),
    }
}

fn credential(one: &Result<Rest, ConnectorError>) -> Result<&Rest, ConnectorError> {
    one.as_ref().map_err(Clone::clone)
}

fn is_org(on: &Target) -> bool {
    *on.kind == *ResourceName::ORG
}

fn account(change: &Change) -> Result<&AccountId, ConnectorError> {
    change.account_id.as_ref().ok_or_else(|| refused("The account has no id at the vendor yet."))
}

fn receipt(account: &AccountId, note: Option<&str>) -> Receipt {
    Receipt { account: Some(account.clone()), resource: None, note: note.map(str::to_owned) }
}

fn refused(message: &str) -> ConnectorError {
    ConnectorError::Refused { message: message.to_owned() }
}
