//! From members to accounts, holders and offers.

use super::reader::{Loaded, unread};
use super::{Member, RecordedSnapshot};
use crate::connector::pages::RowState;
use crate::domain::{
    Account, AccountId, AccountState, Email, Invitation, InvitationState, ResourceName, ResourceReading,
    Snapshot,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The invitation's state; none for somebody who is in.
fn invitation(state: RowState) -> Option<InvitationState> {
    match state {
        RowState::Active => None,
        RowState::Pending => Some(InvitationState::Pending),
        RowState::Expired => Some(InvitationState::Expired),
        RowState::Declined => Some(InvitationState::Declined),
    }
}

fn id_of(address: &Email) -> Option<AccountId> {
    AccountId::parse(address.as_str()).ok()
}

/// A resource of a vendor whose accounts are known by their addresses alone.
pub(super) fn reading(snapshot: &RecordedSnapshot) -> ResourceReading {
    divide(snapshot, |member| id_of(&member.account).ok_or_else(String::new))
        .unwrap_or_else(|why| unread(&why))
}

/// Who holds and who is offered what, by the ids that `id` gives.
fn divide(
    snapshot: &RecordedSnapshot,
    id: impl Fn(&Member) -> Result<AccountId, String>,
) -> Result<ResourceReading, String> {
    let (mut holders, mut offers) = (BTreeMap::new(), BTreeMap::new());
    for member in &snapshot.members {
        let id = id(member)?;
        let level = member.level.clone();
        if holders.contains_key(&id) || offers.contains_key(&id) {
            return Err(format!(
                "Two of the recorded addresses are those of one account; one is {}.",
                member.account
            ));
        }
        match invitation(member.state) {
            None => drop(holders.insert(id, level)),
            Some(state) => drop(offers.insert(id, Invitation { level, state, since: member.since })),
        }
    }
    Ok(ResourceReading::Read { id: snapshot.id.clone(), holders, offers })
}

/// Everybody who is on any of the tables. Who is in anywhere is active; who is only invited is so as the best of their
/// invitations is, pending before expired before declined.
pub(super) fn accounts(snapshots: &[&RecordedSnapshot]) -> BTreeMap<AccountId, Account> {
    let mut newest: Vec<&RecordedSnapshot> = snapshots.to_vec();
    newest.sort_by_key(|snapshot| (std::cmp::Reverse(snapshot.taken), &snapshot.resource));
    let mut accounts: BTreeMap<AccountId, Account> = BTreeMap::new();
    for member in newest.iter().flat_map(|snapshot| &snapshot.members) {
        let Some(id) = id_of(&member.account) else { continue };
        let (state, invited) = match invitation(member.state) {
            None => (AccountState::Active, None),
            Some(state) => (AccountState::Invited(state), member.since),
        };
        let account = accounts.entry(id.clone()).or_insert_with(|| Account {
            id,
            login: Arc::from(member.account.as_str()),
            emails: vec![member.account.clone()],
            mail: None,
            name: None,
            external_id: None,
            state,
            invited,
        });
        if account.name.is_none() {
            account.name.clone_from(&member.name);
        }
        if state < account.state {
            (account.state, account.invited) = (state, invited);
        }
    }
    accounts
}

/// Puts recorded resources in place of those that the API does not read.
pub(super) fn onto(snapshot: &mut Snapshot, loaded: &BTreeMap<ResourceName, Loaded>) {
    let mut by_address: BTreeMap<&Email, Vec<&AccountId>> = BTreeMap::new();
    for account in snapshot.accounts.values() {
        for email in &account.emails {
            let ids = by_address.entry(email).or_default();
            if !ids.contains(&&account.id) {
                ids.push(&account.id);
            }
        }
    }
    for record in &snapshot.broken {
        for email in &record.emails {
            by_address.entry(email).or_default().extend(&record.id);
        }
    }
    let id = |member: &Member| match by_address.get(&member.account).map(Vec::as_slice) {
        Some([id]) => Ok((*id).clone()),
        Some(_) => Err(format!("{} is the address of several accounts.", member.account)),
        None => match id_of(&member.account) {
            Some(id) if !snapshot.accounts.contains_key(&id) => Ok(id),
            _ => Err(format!("{} is the id of an account with another address.", member.account)),
        },
    };
    let mut readings = Vec::new();
    for (name, loaded) in loaded {
        if matches!(snapshot.resources.get(name), Some(ResourceReading::Unread { .. })) {
            let reading = match loaded {
                Ok(recorded) => divide(recorded, id).unwrap_or_else(|reason| unread(&reason)),
                Err(reason) => unread(reason),
            };
            readings.push((name.clone(), reading));
        }
    }
    snapshot.resources.extend(readings);
}
