//! A user of Okta as an account, and a person's name as Okta wants it.

use crate::domain::{Account, AccountId, AccountState, Broken, Email, InvitationState, Profile};
use crate::net::neutral;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// As long as Okta takes a first or last name.
const LONGEST_NAME: usize = 50;

/// A user.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// With an account.
    Live(Account),
    /// Whose account was taken, and whose record is kept.
    Retired(Account),
}

/// The status of a user whose account was taken.
pub(super) const RETIRED: &str = "DEPROVISIONED";

/// The status of a user who has an account and cannot use it.
pub(super) const SUSPENDED: &str = "SUSPENDED";

/// A member's text; none where it is missing, empty or no text.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
}

/// What a user of this status is; none for one that is not known.
fn state(status: &str) -> Option<AccountState> {
    Some(match status {
        // Whoever forgot a password or mistyped it too often is let in again by themselves or by time.
        "ACTIVE" | "RECOVERY" | "PASSWORD_EXPIRED" | "LOCKED_OUT" => AccountState::Active,
        SUSPENDED | RETIRED => AccountState::Suspended,
        "STAGED" | "PROVISIONED" => AccountState::Invited(InvitationState::Pending),
        _ => return None,
    })
}

/// What a person does before a user of this status can be suspended; none where a request suspends them, or nobody need.
pub(super) fn before_suspending(user: &Value) -> Option<&'static str> {
    match text(user, "/status")? {
        "LOCKED_OUT" => Some("unlock the person in the Admin Console (Directory, People)"),
        "PASSWORD_EXPIRED" | "RECOVERY" => {
            Some("have the person's password reset in the Admin Console (Directory, People)")
        }
        "STAGED" | "PROVISIONED" => {
            Some("withdraw the invitation: whoever has not accepted it is not suspended")
        }
        _ => None,
    }
}

/// The user that a record describes.
///
/// # Errors
/// What could be made out, where the record leaves open who it is or whether they can sign in.
pub(super) fn entry(user: &Value) -> Result<Entry, Broken> {
    let id = text(user, "/id").and_then(|id| AccountId::parse(id).ok());
    let (login, status) = (text(user, "/profile/login"), text(user, "/status"));
    let known = status.and_then(state);
    if let (Some(id), Some(login), Some(state), Some(status)) = (id.clone(), login, known, status) {
        let invited = (status == "PROVISIONED")
            .then(|| text(user, "/statusChanged").and_then(|at| at.parse().ok()))
            .flatten();
        let account = Account {
            id,
            login: Arc::from(login),
            emails: emails(user),
            mail: None,
            name: name(user).map(Arc::from),
            external_id: None,
            state,
            invited,
        };
        return Ok(if status == RETIRED { Entry::Retired(account) } else { Entry::Live(account) });
    }
    let flaw = match (id.is_some(), login.is_some(), status) {
        (false, ..) => "no id that can be used".to_owned(),
        (_, false, _) => "no login".to_owned(),
        (.., Some(status)) => format!("the status {:?}, which is not known", neutral(status, 40)),
        (.., None) => "no status".to_owned(),
    };
    let who = id
        .as_ref()
        .map_or_else(|| "A user".to_owned(), |id| format!("The user {:?}", neutral(id.as_str(), 80)));
    Err(Broken {
        id,
        login: login.map(Arc::from),
        emails: emails(user),
        external_id: None,
        reason: format!("{who} has {flaw}."),
    })
}

/// The addresses that a user is known by. `secondEmail` is a private one for recovery and says nothing of who it is.
fn emails(user: &Value) -> Vec<Email> {
    let mut emails: Vec<Email> = Vec::new();
    let texts = ["/profile/login", "/profile/email"].into_iter().filter_map(|at| text(user, at));
    for email in texts.filter_map(|text| Email::parse(text.trim()).ok()) {
        if !emails.contains(&email) {
            emails.push(email);
        }
    }
    emails
}

fn name(user: &Value) -> Option<String> {
    if let Some(name) = text(user, "/profile/displayName") {
        return Some(name.to_owned());
    }
    let parts: Vec<&str> =
        ["/profile/firstName", "/profile/lastName"].into_iter().filter_map(|at| text(user, at)).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// The profile of a new user.
pub(super) fn new_profile(profile: &Profile) -> Value {
    let mut sent = json!({ "login": *profile.login, "email": *profile.login });
    if let Value::Object(sent) = &mut sent {
        match &profile.name {
            Some(name) => set_name(sent, name),
            None => {
                let local =
                    profile.login.split('@').next().unwrap_or_default().replace(['.', '_', '-', '+'], " ");
                let [first, last] = parts(if local.trim().is_empty() { &profile.login } else { &local });
                sent.insert("firstName".to_owned(), json!(first));
                sent.insert("lastName".to_owned(), json!(last));
            }
        }
    }
    sent
}

/// What of a user's profile is to be sent to have it show a login and a name.
pub(super) fn changed_profile(user: &Value, from: &Profile, to: &Profile) -> Map<String, Value> {
    let mut sent = Map::new();
    let is = |at: &str, wanted: &str| text(user, at).is_some_and(|held| held.eq_ignore_ascii_case(wanted));
    if from.login != to.login && text(user, "/profile/login") != Some(&*to.login) {
        sent.insert("login".to_owned(), json!(*to.login));
    }
    if from.login != to.login && is("/profile/email", &from.login) {
        sent.insert("email".to_owned(), json!(*to.login));
    }
    if let Some(wanted) = &to.name
        && from.name != to.name
        && name(user).as_deref() != Some(&**wanted)
    {
        set_name(&mut sent, wanted);
    }
    sent
}

/// A name of one word, or one that Okta would put together otherwise, is told by `displayName` as it is.
fn set_name(profile: &mut Map<String, Value>, name: &str) {
    let [first, last] = parts(name);
    profile.insert("firstName".to_owned(), json!(first));
    profile.insert("lastName".to_owned(), json!(last));
    profile.insert("displayName".to_owned(), json!(name));
}

/// A first and a last name, split at the last space: a guess, since people have one name here and Okta wants two. A name
/// of one word is both, because Okta takes no empty one.
fn parts(name: &str) -> [String; 2] {
    let name = name.trim();
    let (first, last) = name.rsplit_once(' ').unwrap_or((name, name));
    [first, last].map(|part| part.trim().chars().take(LONGEST_NAME).collect())
}
