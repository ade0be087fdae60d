//! Rules that put whoever fits them into groups, when somebody comes, comes back or changes.

use super::failure::Answer;
use super::groups;
use super::show::{date, page, profile};
use super::state::{entries, status};
use crate::vendors::scim::emulator::Call;
use crate::vendors::scim::emulator::tenant::Tenant;
use jiff::Timestamp;
use serde_json::{Value, json};

/// Rules on one page, unless asked and at most.
const PAGE: (usize, usize) = (50, 200);

/// The part of Okta's expressions that is emulated.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expression {
    /// `user.ATTRIBUTE=="TEXT"`.
    Has(String, String),
    /// `isMemberOfAnyGroup("ID", …)`.
    InAny(Vec<String>),
}

impl Expression {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(ids) = text.strip_prefix("isMemberOfAnyGroup(").and_then(|rest| rest.strip_suffix(')')) {
            let ids: Option<Vec<String>> = ids.split(',').map(quoted).collect();
            return ids.map(Self::InAny);
        }
        let (name, value) = text.strip_prefix("user.")?.split_once("==")?;
        let name = name.trim();
        let is_name = !name.is_empty() && name.chars().all(char::is_alphanumeric);
        is_name.then_some(())?;
        Some(Self::Has(name.to_owned(), quoted(value)?))
    }
}

fn quoted(text: &str) -> Option<String> {
    text.trim().strip_prefix('"')?.strip_suffix('"').filter(|text| !text.contains('"')).map(str::to_owned)
}

fn is_active(rule: &Value) -> bool {
    rule["status"].as_str().unwrap_or("ACTIVE") == "ACTIVE"
}

pub(super) fn list(tenant: &Tenant, call: &Call<'_>) -> Answer {
    let all: Vec<(&String, &Value)> = entries(tenant, "rules").collect();
    Ok(page(tenant, call, PAGE, &all, |(id, _)| id, |(id, rule)| show(id, rule)))
}

fn show(id: &str, rule: &Value) -> Value {
    json!({
        "id": id, "name": rule["name"].as_str().unwrap_or(id), "type": "group_rule",
        "status": rule["status"].as_str().unwrap_or("ACTIVE"),
        "created": date(None), "lastUpdated": date(None),
        "conditions": { "expression": { "type": "urn:okta:expression:1.0", "value": rule["expression"] } },
        "actions": { "assignUserToGroups": { "groupIds": rule["groups"] } },
    })
}

/// Puts a user into the groups of every active rule that fits. What came of it, for the audit log.
pub(super) fn apply(tenant: &mut Tenant, user: &str, now: Timestamp) -> Vec<String> {
    let fitting: Vec<(String, String)> = entries(tenant, "rules")
        .filter(|(_, rule)| is_active(rule) && fits(tenant, rule, user))
        .flat_map(|(id, rule)| {
            let groups = rule["groups"].as_array().into_iter().flatten().filter_map(Value::as_str);
            groups.map(|group| (id.clone(), group.to_owned())).collect::<Vec<_>>()
        })
        .collect();
    let mut joined = Vec::new();
    for (rule, group) in fitting {
        if groups::add(tenant, &group, user, now) {
            let name = tenant.groups.get(&group).map_or(&*group, |group| group.text("displayName"));
            joined.push(format!("joins {name} by the rule {rule}"));
        }
    }
    joined
}

fn fits(tenant: &Tenant, rule: &Value, user: &str) -> bool {
    let Some(user) = tenant.users.get(user).filter(|user| status(tenant, user) != "DEPROVISIONED") else {
        return false;
    };
    match Expression::parse(rule["expression"].as_str().unwrap_or_default()) {
        Some(Expression::Has(name, wanted)) => profile(tenant, user)[&*name] == json!(wanted),
        Some(Expression::InAny(groups)) => groups.iter().any(|group| {
            tenant.groups.get(group).is_some_and(|group| group.member_ids().any(|id| id == user.id))
        }),
        None => false,
    }
}
