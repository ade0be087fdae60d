//! A vendor of projects that holds its own rules: whatever is sent, it does it or says why not.

use super::super::fixture::World;
use crate::connector::KindSpec;
use crate::domain::*;

/// Carries the change out, or says which rule it breaks.
pub(super) fn carry_out(world: &mut World, change: &Change) -> Result<(), String> {
    let on = change.action.target().ok_or("there are no accounts, only projects")?.name.clone();
    let on = on.as_str();
    let kind = world.vendor.spec.kinds[0].clone();
    let own = world.vendor.settings.identity.as_deref() == change.account_id.as_ref().map(AccountId::as_str);
    match &change.action {
        Action::Invite { profile, on: Some(offer), .. } => {
            let id = AccountId::parse(&profile.login).unwrap();
            refuse(offer.to.as_str() == "owner", "nobody is invited as the owner")?;
            refuse(world.holders(on).contains_key(&id), "they have access already")?;
            refuse(world.offers(on).contains_key(&id), "they are listed already")?;
            send(world, on, id, offer.to.clone())?;
        }
        Action::ResendInvitation { .. } => {
            let id = change.account_id.clone().unwrap();
            let offer = world.offers(on).get(&id).cloned().ok_or("there is no such invitation")?;
            refuse(offer.state == InvitationState::Declined, "it was declined")?;
            world.offers(on).remove(&id);
            send(world, on, id, offer.level)?;
        }
        Action::CancelInvitation { .. } => {
            let id = change.account_id.as_ref().unwrap();
            refuse(!world.offers(on).contains_key(id), "there is no such invitation")?;
            world.offers(on).remove(id);
        }
        Action::ChangeLevel { from, to, .. } => {
            let id = change.account_id.as_ref().unwrap();
            holds(world, on, id, from)?;
            refuse([from, to].iter().any(|level| level.as_str() == "owner"), "ownership is transferred")?;
            let lowers = kind.is_lowering(from, to);
            refuse(lowers && own, "nobody demotes themselves")?;
            refuse(!kind.is_admin(to) && is_last_admin(world, &kind, on, id), "it is the last admin")?;
            world.holders(on).insert(id.clone(), to.clone());
        }
        Action::Revoke { from, .. } => {
            let id = change.account_id.as_ref().unwrap();
            holds(world, on, id, from)?;
            refuse(own, "nobody removes themselves")?;
            refuse(from.as_str() == "owner", "the owner transfers first")?;
            refuse(is_last_admin(world, &kind, on, id), "it is the last admin")?;
            refuse(world.holders(on).len() == 1, "the project would be deleted")?;
            world.holders(on).remove(id);
        }
        Action::TransferOwnership { from, .. } => {
            let id = change.account_id.clone().ok_or("nobody knows to whom")?;
            holds(world, on, from, &super::super::fixture::level("owner"))?;
            refuse(!world.holders(on).contains_key(&id), "they have no access")?;
            let admin = super::super::fixture::level("admin");
            world.holders(on).insert(from.clone(), admin);
            world.holders(on).insert(id, super::super::fixture::level("owner"));
        }
        other => return Err(format!("there is no {} here", other.word())),
    }
    recount(world);
    Ok(())
}

/// Everybody who is invited accepts.
pub(super) fn accept_all(world: &mut World) {
    for on in ["shop", "site"] {
        let pending: Vec<_> = world
            .offers(on)
            .iter()
            .filter(|(_, offer)| offer.state == InvitationState::Pending)
            .map(|(id, offer)| (id.clone(), offer.level.clone()))
            .collect();
        for (id, level) in pending {
            world.offers(on).remove(&id);
            world.holders(on).insert(id, level);
        }
    }
    recount(world);
}

fn refuse(broken: bool, rule: &str) -> Result<(), String> {
    if broken { Err(rule.to_owned()) } else { Ok(()) }
}

fn holds(world: &mut World, on: &str, id: &AccountId, level: &Level) -> Result<(), String> {
    let held = world.holders(on).get(id).cloned();
    refuse(held.as_ref() != Some(level), &format!("{id} holds {held:?} and not {level}"))
}

pub(super) fn pending(world: &mut World, on: &str) -> usize {
    world.offers(on).values().filter(|offer| offer.state == InvitationState::Pending).count()
}

fn send(world: &mut World, on: &str, id: AccountId, level: Level) -> Result<(), String> {
    let limit = world.vendor.spec.limits.pending_invitations.unwrap();
    refuse(pending(world, on) >= limit, "too many invitations are pending")?;
    let since = Some(world.now);
    world.offers(on).insert(id, Invitation { level, state: InvitationState::Pending, since });
    Ok(())
}

fn is_last_admin(world: &mut World, kind: &KindSpec, on: &str, id: &AccountId) -> bool {
    let admins: Vec<_> = world.holders(on).iter().filter(|(_, level)| kind.is_admin(level)).collect();
    admins.len() == 1 && admins[0].0 == id
}

/// Addresses are known from the rows that they stand in.
pub(super) fn recount(world: &mut World) {
    let mut rows: Vec<(AccountId, AccountState)> = Vec::new();
    for on in ["shop", "site"] {
        rows.extend(
            world.offers(on).iter().map(|(id, offer)| (id.clone(), AccountState::Invited(offer.state))),
        );
        rows.extend(world.holders(on).keys().map(|id| (id.clone(), AccountState::Active)));
    }
    world.snapshot().accounts.clear();
    for (id, state) in rows {
        world.known(&id, state);
    }
}
