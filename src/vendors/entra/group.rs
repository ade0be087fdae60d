//! Groups: which one is meant, who is in it, what fills it, and how somebody comes in and goes out.

use super::directory::{Directory, member};
use super::reader::{Known, Located, feeding};
use super::wire::{self, Group, Kind};
use crate::connector::named::Named;
use crate::connector::{ConnectorError, Receipt};
use crate::domain::{Account, AccountId, Feed, FeedKind, Level, Manage, Resource};
use crate::net::{Request, neutral};
use reqwest::Method;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A group with everything that is directly in it.
pub(super) struct Filled {
    pub(super) group: Group,
    members: Vec<(String, Kind)>,
}

/// Finds a declared group, and who is in it.
pub(super) async fn locate(directory: &Directory, resource: &Resource) -> Result<Located, ConnectorError> {
    let group = match (&resource.id, &resource.display) {
        (Some(id), _) => directory.group(id).await?,
        (None, Some(name)) => match directory.group_named(name).await? {
            Named::One(group) => Some(group),
            Named::None => return Ok(Located::Missing(directory.groups_near(name).await)),
            Named::Unclear(why) => return Ok(Located::Unclear(format!("In Entra, {why}."))),
        },
        (None, None) => {
            return Ok(Located::Unclear("The group is declared with neither an id nor a name.".to_owned()));
        }
    };
    let Some(group) = group else { return Ok(Located::Missing(Vec::new())) };
    if let Some(why) = unmanageable(&group).filter(|_| resource.manage != Manage::Observe) {
        return Ok(Located::Unclear(format!("{why} Declare it with `manage: observe` to see who is in it.")));
    }
    match directory.members(&group.id).await {
        Ok(members) => Ok(Located::Group(Filled { group, members })),
        // It was deleted between two requests.
        Err(ConnectorError::Gone { .. }) => Ok(Located::Missing(Vec::new())),
        Err(error) => Err(error),
    }
}

impl Filled {
    /// Whether nobody is shown in a group that hides its members: it may be empty, or the right to see them is missing.
    pub(super) fn may_hide(&self) -> bool {
        self.group.hidden && self.members.is_empty()
    }

    /// Whether members of such a group are shown.
    pub(super) fn shows_hidden(&self) -> bool {
        self.group.hidden && !self.members.is_empty()
    }

    /// The users in it. Where Graph does not say what a member is, it is a user if there is such an account.
    ///
    /// # Errors
    /// [`ConnectorError::ContractBroken`] where it may be anything.
    pub(super) fn users(
        &self,
        accounts: &BTreeMap<AccountId, Account>,
    ) -> Result<BTreeMap<AccountId, Level>, ConnectorError> {
        let level = member().ok_or_else(|| wire::broken("a group without a level"))?;
        let mut users = BTreeMap::new();
        for (id, kind) in &self.members {
            let known = accounts.contains_key(id.as_str());
            let id = AccountId::parse(id).map_err(|_| wire::broken("a member without an id"))?;
            match kind {
                Kind::User => drop(users.insert(id, level.clone())),
                Kind::Untold if known => drop(users.insert(id, level.clone())),
                Kind::Untold => {
                    return Err(ConnectorError::ContractBroken {
                        message: format!(
                            "Entra does not say what the member {:?} of the group {:?} is: the application may lack the \
                             right to read it.",
                            neutral(id.as_str(), 80),
                            neutral(&self.group.name, 80)
                        ),
                    });
                }
                Kind::Group | Kind::Other => {}
            }
        }
        Ok(users)
    }

    /// What fills it. Whoever is in a dynamic group is there by its rule.
    pub(super) fn feeds(&self, users: BTreeSet<AccountId>, known: &Known<'_>) -> Vec<Feed> {
        let rule = self.group.rule.iter().filter(|(_, works)| *works).map(|(rule, _)| Feed {
            kind: FeedKind::Rule,
            id: Arc::from(self.group.id.as_str()),
            name: Arc::from(rule.as_str()),
            accounts: Some(users.clone()),
        });
        let nested = self.members.iter().filter(|(_, kind)| *kind == Kind::Group);
        let mut feeds: Vec<Feed> = rule.chain(nested.map(|(id, _)| feeding(id, "", known))).collect();
        feeds.sort();
        feeds
    }
}

/// Creates a group, unless there is one of that name: Entra lets two have one.
pub(super) async fn create(directory: &Directory, name: &str) -> Result<Receipt, ConnectorError> {
    match directory.group_named(name).await? {
        Named::One(group) => {
            return Ok(Receipt {
                resource: Some(Arc::from(group.id)),
                note: Some("A group of this name was there already and was adopted.".to_owned()),
                ..Receipt::default()
            });
        }
        Named::Unclear(why) => return Err(refused(format!("In Entra, {why}."))),
        Named::None => {}
    }
    let body = json!({
        "@odata.type": "#microsoft.graph.group",
        "displayName": name,
        "mailEnabled": false,
        "mailNickname": nickname(name),
        "securityEnabled": true,
    });
    let created = directory.read(&Request::new(Method::POST, &["groups"]).json(&body)).await?;
    Ok(Receipt { resource: Some(Arc::from(wire::id(&created)?)), ..Receipt::default() })
}

/// As many characters as a mail nickname may have.
const LONGEST_NICKNAME: usize = 64;

/// The name in the few characters that a mail nickname may have. No mail ever goes there.
fn nickname(name: &str) -> String {
    let kept = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let kept: String = kept.take(LONGEST_NICKNAME).collect();
    if kept.is_empty() { "group".to_owned() } else { kept }
}

/// Graph's words for a member that is added again.
const THERE_ALREADY: &str = "added object references already exist";

/// Puts an account into a group.
pub(super) async fn put(directory: &Directory, group: &str, account: &AccountId) -> Outcome {
    let body = json!({ "@odata.id": directory.reference(account.as_str()) });
    let request = Request::new(Method::POST, &["groups", group, "members", "$ref"]).json(&body);
    let answer = directory.send(&request).await?;
    if answer.is_success() {
        return Ok(receipt(group, account, None));
    }
    let (error, said) = directory.refusal(&answer);
    if answer.status == 400 && said.contains(THERE_ALREADY) {
        return Ok(receipt(group, account, Some("The account was a member already.")));
    }
    Err(explained(directory, group, error).await)
}

/// Takes an account out of a group.
pub(super) async fn take(directory: &Directory, group: &str, account: &AccountId) -> Outcome {
    let path = ["groups", group, "members", account.as_str(), "$ref"];
    match directory.ask(&Request::new(Method::DELETE, &path)).await {
        Ok(_) => Ok(receipt(group, account, None)),
        Err(ConnectorError::Gone { .. }) => {
            Ok(receipt(group, account, Some("The account was no member any more.")))
        }
        Err(error) => Err(explained(directory, group, error).await),
    }
}

type Outcome = Result<Receipt, ConnectorError>;

/// Says why nobody can change the group's members, where that is why a change was declined.
async fn explained(directory: &Directory, group: &str, error: ConnectorError) -> ConnectorError {
    if !matches!(error, ConnectorError::Refused { .. } | ConnectorError::Forbidden { .. }) {
        return error;
    }
    let Ok(Some(group)) = directory.group(group).await else { return error };
    unmanageable(&group).map_or(error, refused)
}

/// Why nobody changes who is in a group over Graph; none where that is done here.
fn unmanageable(group: &Group) -> Option<String> {
    let name = neutral(&group.name, 80);
    match (&group.rule, group.fixed) {
        (Some((rule, _)), _) => Some(format!(
            "The group {name:?} is dynamic, so that nobody is put into it or taken out of it by hand. Who is in it is \
             decided by its rule {:?}: change the rule, or what the rule looks at, in the Entra admin center.",
            neutral(rule, 200)
        )),
        (None, Some(why)) => Some(format!("Graph does not change who is in the group {name:?}. {why}")),
        (None, None) => None,
    }
}

fn receipt(group: &str, account: &AccountId, note: Option<&str>) -> Receipt {
    Receipt {
        account: Some(account.clone()),
        resource: Some(Arc::from(group)),
        note: note.map(str::to_owned),
    }
}

/// The error for what cannot be done: a full sentence.
pub(super) fn refused(message: String) -> ConnectorError {
    ConnectorError::Refused { message }
}
