//! What a task is about, and the id that follows from it.

use crate::connector::pages::words;
use crate::domain::{Action, Change, Email, Obligation, Plan, ResourceName, TaskId, UserName, VendorName};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The sign-in names that a plan's invitations give, by vendor and user.
pub(super) struct Logins<'a>(BTreeMap<(&'a VendorName, &'a UserName), &'a Arc<str>>);

impl<'a> Logins<'a> {
    pub(super) fn of(plan: &'a Plan) -> Self {
        let login = |change: &'a Change| match &change.action {
            Action::Invite { profile, .. } => Some(((&change.vendor, change.user.as_ref()?), &profile.login)),
            _ => None,
        };
        Self(plan.changes.iter().filter_map(login).collect())
    }

    /// The account as the vendor shows it or will show it: for one that this very plan creates, the sign-in name that
    /// it gets. So the id of what builds on an invitation stays the same once the account is there.
    pub(super) fn account(&self, change: &Change) -> Option<Arc<str>> {
        let invited = || match &change.action {
            Action::Invite { profile, .. } => Some(Arc::clone(&profile.login)),
            _ => self.0.get(&(&change.vendor, change.user.as_ref()?)).map(|login| Arc::clone(login)),
        };
        change.account.clone().or_else(invited)
    }
}

/// One spelling for one account.
pub(super) fn canonical(account: &str) -> Arc<str> {
    let address = Email::parse(account).map(|email| Arc::from(email.as_str()));
    address.unwrap_or_else(|_| Arc::from(account))
}

/// The levels, or the accounts, at both ends of a change.
pub(super) fn ends(action: &Action) -> (Option<Arc<str>>, Option<Arc<str>>) {
    let (from, to) = words::ends(action);
    let text = |end: words::End<'_>| match end {
        words::End::Level(text) | words::End::Value(text) => Arc::from(text),
    };
    (from.map(text), to.map(text))
}

/// The id of a change's task. It is another one where another resource has the name by now. A revocation
/// takes all that there is, so that it stays the same whatever level that turns out to be.
pub(super) fn of_change(change: &Change, logins: &Logins<'_>) -> TaskId {
    let account = logins.account(change).map(|account| canonical(&account));
    let who = account.or_else(|| change.user.as_ref().map(|user| Arc::from(user.as_str())));
    let (from, to) = ends(&change.action);
    let from = from.filter(|_| !matches!(change.action, Action::Revoke { .. }));
    let on = change.action.target();
    let resource = on.map(|on| on.name.as_str());
    let mut parts =
        vec![resource, Some(change.action.word()), who.as_deref(), from.as_deref(), to.as_deref()];
    // Some vendors write an id in one case, and take it in any.
    let id = on.and_then(|on| on.id.as_deref()).map(str::to_ascii_lowercase);
    parts.extend(id.as_deref().map(Some));
    digest(&change.vendor, &parts)
}

/// The id of an obligation.
pub(super) fn of_obligation(work: &Obligation) -> TaskId {
    let account = work.account.as_deref().map(canonical);
    let who = work.user.as_ref().map(UserName::as_str).or(account.as_deref());
    let resource = work.resource.as_ref().map(ResourceName::as_str);
    digest(&work.vendor, &[resource, Some(work.code), who, Some("obligation"), None])
}

/// Each part with its length before it, so that no two lists of parts read the same.
fn digest(vendor: &VendorName, parts: &[Option<&str>]) -> TaskId {
    let mut hash = Sha256::new();
    for part in [Some(vendor.as_str())].iter().chain(parts) {
        let text = part.unwrap_or("");
        let length = part.map_or(u64::MAX, |text| u64::try_from(text.len()).unwrap_or(u64::MAX));
        hash.update(length.to_be_bytes());
        hash.update(text.as_bytes());
    }
    TaskId::new(vendor, &hash.finalize())
}
