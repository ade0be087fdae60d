//! People: lists, look-ups, and their profiles.

use super::failure::{Answer, Failure};
use super::index::Index;
use super::rules;
use super::show::{self, ok, page};
use super::state::{activated, new_id, put_user, status};
use crate::vendors::scim::emulator::Call;
use crate::vendors::scim::emulator::exchange::Refusal;
use crate::vendors::scim::emulator::tenant::{Resource, Tenant};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Users on one page, at most and unless asked.
const PAGE: (usize, usize) = (200, 200);

/// Attributes that stand in the user itself, and not beside it.
const OWN: [&str; 5] = ["login", "email", "firstName", "lastName", "displayName"];

/// The user with this id or login, or with this beginning of a login where only one has it.
pub(super) fn find<'t>(tenant: &'t Tenant, who: &str) -> Result<&'t Arc<Resource>, Failure> {
    let known = match who {
        "me" => tenant.own_account(),
        _ => tenant.users.get(who).or_else(|| tenant.users.named("userName", who)),
    };
    let short = || {
        let lower = who.to_lowercase();
        let is_short = |user: &&Arc<Resource>| {
            user.text("userName").to_lowercase().split_once('@').is_some_and(|(short, _)| short == lower)
        };
        let mut found = tenant.users.iter().filter(is_short);
        found.next().filter(|_| found.next().is_none())
    };
    known.or_else(short).ok_or_else(|| Failure::no_such("User", who))
}

/// The user with exactly this id.
pub(super) fn by_id<'t>(tenant: &'t Tenant, id: &str) -> Result<&'t Arc<Resource>, Failure> {
    tenant.users.get(id).ok_or_else(|| Failure::no_such("User", id))
}

/// Without a filter or a search, whoever was deactivated is left out.
pub(super) fn list(tenant: &Tenant, call: &Call<'_>, index: &Index) -> Answer {
    let (filter, search) = (call.request.parameter("filter"), call.request.parameter("search"));
    let condition = filter.or(search).map(condition).transpose()?;
    let shown = |user: &Arc<Resource>| match &condition {
        None => status(tenant, user) != "DEPROVISIONED",
        Some((name, value)) => {
            let held = match name.as_str() {
                "status" => status(tenant, user).to_owned(),
                "id" => user.id.clone(),
                name => {
                    let profile = show::profile(tenant, user);
                    profile[name.trim_start_matches("profile.")].as_str().unwrap_or_default().to_owned()
                }
            };
            // A filter minds case, and a search does not.
            if search.is_some() {
                held.eq_ignore_ascii_case(value) && index.shows(tenant, &user.id)
            } else {
                held == *value
            }
        }
    };
    let found: Vec<&Arc<Resource>> = tenant.users.iter().filter(|user| shown(user)).collect();
    Ok(page(tenant, call, PAGE, &found, |user| &user.id, |user| show::user(tenant, call, user)))
}

/// `NAME eq "VALUE"`, and nothing more.
fn condition(text: &str) -> Result<(String, String), Failure> {
    let invalid = || Failure::invalid("filter", vec![format!("Invalid search criteria: {text}")]);
    let (name, rest) = text.split_once(' ').ok_or_else(invalid)?;
    let value = rest.strip_prefix("eq ").and_then(|rest| rest.strip_prefix('"')?.strip_suffix('"'));
    let value = value.ok_or_else(invalid)?.replace("\\\"", "\"").replace("\\\\", "\\");
    Ok((name.to_owned(), value))
}

pub(super) fn one(tenant: &Tenant, call: &Call<'_>, who: &str) -> Answer {
    Ok(ok(&show::user(tenant, call, find(tenant, who)?)))
}

pub(super) fn groups(tenant: &Tenant, call: &Call<'_>, who: &str) -> Answer {
    let user = find(tenant, who)?;
    let found = tenant.groups.iter().filter(|group| group.member_ids().any(|id| id == user.id));
    Ok(ok(&found.map(|group| show::group(tenant, call, group)).collect()))
}

pub(super) fn create(tenant: &mut Tenant, call: &Call<'_>) -> Answer {
    let sent = sent_profile(call)?;
    let causes: Vec<String> = OWN[..4]
        .iter()
        .filter(|name| sent.get(**name).and_then(Value::as_str).unwrap_or_default().is_empty())
        .map(|name| format!("{name}: The field cannot be left blank"))
        .collect();
    if !causes.is_empty() {
        return Err(Failure::invalid("login", causes));
    }
    check_login(tenant, &sent, None)?;
    let activate = call.request.parameter("activate") != Some("false");
    let status = if activate { activated(tenant) } else { "STAGED" };
    let id = new_id(tenant, "00u");
    let mut user = Resource {
        id: id.clone(),
        version: 1,
        created: Some(call.now),
        modified: Some(call.now),
        attributes: Map::new(),
    };
    write(tenant, &mut user, &sent);
    user.attributes.insert("active".to_owned(), json!(status != "STAGED"));
    tenant.users.put(user.clone());
    if status != "ACTIVE" {
        tenant.vendor["statuses"][&*id] = json!(status);
    }
    tenant.vendor["since"][&*id] = json!(call.now.to_string());
    let joined = if activate { rules::apply(tenant, &id, call.now) } else { Vec::new() };
    let login = user.text("userName");
    let effect = match joined.is_empty() {
        true => format!("user {login} created"),
        false => format!("user {login}: created, {}", joined.join(", ")),
    };
    Ok(ok(&show::user(tenant, call, by_id(tenant, &id)?)).with_effect(effect))
}

pub(super) fn update(tenant: &mut Tenant, call: &Call<'_>, who: &str) -> Answer {
    let before = Arc::clone(find(tenant, who)?);
    if status(tenant, &before) == "DEPROVISIONED" {
        return Err(Failure::wrong_status());
    }
    let sent = sent_profile(call)?;
    check_login(tenant, &sent, Some(&before.id))?;
    let was = show::profile(tenant, &before);
    let mut user = Resource::clone(&before);
    write(tenant, &mut user, &sent);
    put_user(tenant, user, call.now);
    let after = by_id(tenant, &before.id)?;
    let is = show::profile(tenant, after);
    let shown = show::user(tenant, call, after);
    let changed = sent.keys().filter(|name| was[name.as_str()] != is[name.as_str()]);
    let mut facts: Vec<String> =
        changed.map(|name| format!("{name} {} -> {}", was[name], is[name])).collect();
    facts.extend(rules::apply(tenant, &before.id, call.now));
    let reply = ok(&shown);
    if facts.is_empty() {
        return Ok(reply);
    }
    Ok(reply.with_effect(format!("user {}: {}", before.text("userName"), facts.join(", "))))
}

fn sent_profile(call: &Call<'_>) -> Result<Map<String, Value>, Failure> {
    let body = call.body().map_err(|refusal: Refusal| Failure::of(&refusal))?;
    let profile = body.get("profile").and_then(Value::as_object).cloned();
    profile.ok_or_else(|| {
        Failure::invalid("profile", vec!["profile: The field cannot be left blank".to_owned()])
    })
}

fn check_login(tenant: &Tenant, sent: &Map<String, Value>, own: Option<&str>) -> Result<(), Failure> {
    let Some(login) = sent.get("login").and_then(Value::as_str) else { return Ok(()) };
    if !login.contains('@') {
        let cause = "login: Username must be in the form of an email address";
        return Err(Failure::invalid("login", vec![cause.to_owned()]));
    }
    match tenant.users.named("userName", login) {
        Some(other) if Some(&*other.id) != own => {
            let cause = "login: An object with this field already exists in the current organization";
            Err(Failure::invalid("login", vec![cause.to_owned()]))
        }
        _ => Ok(()),
    }
}

/// Writes what was sent of a profile into the user and beside it.
fn write(tenant: &mut Tenant, user: &mut Resource, sent: &Map<String, Value>) {
    for (name, value) in sent {
        let attributes = &mut user.attributes;
        match name.as_str() {
            "login" => drop(attributes.insert("userName".to_owned(), value.clone())),
            "email" => {
                let emails = json!([{ "value": value, "type": "work", "primary": true }]);
                attributes.insert("emails".to_owned(), emails);
            }
            "displayName" if value.is_null() => drop(attributes.remove("displayName")),
            "displayName" => drop(attributes.insert("displayName".to_owned(), value.clone())),
            "firstName" | "lastName" => {
                let part = if name == "firstName" { "givenName" } else { "familyName" };
                let held = attributes.entry("name").or_insert_with(|| json!({}));
                if let Some(held) = held.as_object_mut() {
                    held.insert(part.to_owned(), value.clone());
                }
            }
            other => tenant.vendor["profiles"][&*user.id][other] = value.clone(),
        }
    }
}

/// The login of the user with this id, for what is told of them.
pub(super) fn login(tenant: &Tenant, id: &str) -> String {
    tenant.users.get(id).map_or(id, |user| user.text("userName")).to_owned()
}
