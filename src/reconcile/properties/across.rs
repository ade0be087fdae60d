//! What holds for every plan over vendors of which each provisions the next.

use super::super::fixture::World;
use super::super::fixture::company::{Company, vendor};
use super::{Draw, NAMES, draw, modes, rows};
use crate::domain::*;
use crate::workspace::Guards;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Providers first; by name they stand in another order.
const CHAIN: [&str; 4] = ["mu", "zeta", "beta", "alpha"];

/// What a random vendor is like.
#[derive(Debug, Clone)]
struct Link {
    draws: Vec<Draw>,
    mode: Manage,
    read: bool,
    suspends: bool,
    /// Whether `admins` fills `analysts`, and whom a rule puts there.
    nested: bool,
    ruled: Vec<bool>,
}

fn chain() -> impl Strategy<Value = Vec<Link>> {
    let flags = (prop::bool::weighted(0.9), any::<bool>(), any::<bool>());
    let ruled = prop::collection::vec(prop::bool::weighted(0.2), NAMES.len());
    let link = (prop::collection::vec(draw(), NAMES.len()), modes(), flags, ruled);
    let link = link.prop_map(|(draws, mode, (read, suspends, nested), ruled)| Link {
        draws,
        mode,
        read,
        suspends,
        nested,
        ruled,
    });
    prop::collection::vec(link, 2..=CHAIN.len())
}

fn company(chain: &[Link]) -> Company {
    let names = &CHAIN[..chain.len()];
    let source = |at: usize| at.checked_sub(1).map(|before| format!(" {}/analysts", CHAIN[before]));
    let vendors: Vec<String> = names
        .iter()
        .enumerate()
        .map(|(at, name)| format!("{name}{}", source(at).unwrap_or_default()))
        .collect();
    let vendors: Vec<&str> = vendors.iter().map(String::as_str).collect();
    let mut company = Company::new(&vendors);
    for (name, draw) in NAMES.iter().zip(&chain[0].draws).filter(|(_, draw)| draw.declared) {
        company = company.staff(|staff| match draw.standing {
            0 => staff.person(name).departed(name),
            1 => staff.person(name).suspended(name),
            _ => staff.person(name),
        });
    }
    for (vendor, link) in names.iter().zip(chain) {
        let active: BTreeSet<&str> = NAMES
            .into_iter()
            .zip(&chain[0].draws)
            .filter(|(_, draw)| draw.declared && draw.standing > 1)
            .map(|(name, _)| name)
            .collect();
        company = company.at(vendor, |world| link.apply(world, &active));
        if !link.read {
            company = company.unreadable(vendor);
        }
    }
    company
}

impl Link {
    fn apply(&self, world: World, active: &BTreeSet<&str>) -> World {
        let mut world = world.mode(self.mode);
        world.vendor.spec.suspends = self.suspends;
        let mut members: Vec<&str> = Vec::new();
        for (name, draw) in NAMES.into_iter().zip(&self.draws) {
            if active.contains(name) {
                world = world.wants(&rows(name, draw.wants));
            }
            if draw.live {
                world = world.live(name).holds(&rows(name, draw.holds)).account(name, |account| {
                    account.state = match draw.state {
                        0 => AccountState::Suspended,
                        1 => AccountState::Invited(InvitationState::Pending),
                        _ => AccountState::Active,
                    };
                });
                members.extend(draw.holds[1].map(|_| name));
            }
        }
        if self.nested {
            world = world.fed("analysts", (FeedKind::Group, "g-admins", "Admins"), Some(&members));
        }
        let ruled = NAMES.into_iter().zip(&self.ruled).filter(|(_, ruled)| **ruled).map(|(name, _)| name);
        let ruled: Vec<&str> = ruled.collect();
        if ruled.is_empty() {
            return world;
        }
        world.fed("analysts", (FeedKind::Rule, "r-1", "By department"), Some(&ruled))
    }
}

/// The provider of a vendor, where both are in the plan and read.
fn provider<'c>(company: &'c Company, of: &VendorName) -> Option<(VendorName, &'c World)> {
    let source = company.vendors[of].vendor.settings.provisioned_by.clone()?;
    let world = company.vendors.get(&source.vendor)?;
    matches!(world.vendor.reading, Reading::Complete(_)).then_some((source.vendor, world))
}

fn takes_account(change: &Change) -> bool {
    matches!(change.action, Action::RemoveAccount | Action::Suspend | Action::CancelInvitation { on: None })
}

/// Whether the change at a provider ends what brings an account elsewhere about.
fn ends(change: &Change, link: &Link) -> bool {
    let group = |on: &Target| on.name.as_str() == "analysts" || (on.name.as_str() == "admins" && link.nested);
    takes_account(change) || matches!(&change.action, Action::Revoke { on, .. } if group(on))
}

proptest! {
    #[test]
    fn no_change_comes_after_itself_by_whatever_way(chain in chain()) {
        let plan = company(&chain).plan();
        let mut seen: BTreeSet<&ChangeId> = BTreeSet::new();
        let mut open: Vec<&Change> = plan.changes.iter().collect();
        while !open.is_empty() {
            let before = open.len();
            open.retain(|change| {
                let free = change.after.iter().all(|id| seen.contains(id));
                free.then(|| seen.insert(&change.id)).is_none()
            });
            prop_assert!(open.len() < before, "{:?}", open);
        }
        for change in &plan.changes {
            prop_assert!(change.after.is_sorted_by(|a, b| a < b), "{:?}", change.after);
        }
    }

    #[test]
    fn who_goes_goes_from_the_provider_first_or_is_said_to_come_back(chain in chain()) {
        let company = company(&chain);
        let plan = company.plan();
        let links: BTreeMap<VendorName, &Link> = CHAIN.map(vendor).into_iter().zip(&chain).collect();
        for change in plan.changes.iter().filter(|change| takes_account(change)) {
            let Some((provider, world)) = provider(&company, &change.vendor) else { continue };
            let theirs = |one: &&Change| one.vendor == provider && one.account_id == change.account_id;
            let ended = plan.changes.iter().filter(theirs).filter(|one| ends(one, links[&provider]));
            let ended: Vec<&Change> = ended.collect();
            for one in &ended {
                prop_assert!(change.after.contains(&one.id), "{:?} is not after {:?}", change, one);
            }
            let Reading::Complete(snapshot) = &world.vendor.reading else { unreachable!() };
            let id = change.account_id.as_ref().unwrap();
            let held = match &snapshot.resources["analysts"] {
                ResourceReading::Read { holders, .. } => holders.contains_key(id),
                _ => false,
            };
            let open = snapshot.accounts.get(id).is_some_and(|account| account.state != AccountState::Suspended);
            let told = plan.findings.iter().any(|one| {
                one.code == "will-come-back"
                    && one.vendor.as_ref() == Some(&change.vendor)
                    && one.detail.contains(change.account.as_deref().unwrap())
            });
            prop_assert!(!(held && open && ended.is_empty()) || told, "{:?} comes back unsaid", change);
        }
    }

    #[test]
    fn nothing_is_given_before_the_provider_has_made_the_account(chain in chain()) {
        let company = company(&chain);
        let plan = company.plan();
        for change in plan.changes.iter().filter(|change| matches!(change.action, Action::Invite { .. })) {
            let Some((provider, world)) = provider(&company, &change.vendor) else { continue };
            let to = |one: &Change| matches!(&one.action, Action::Grant { on, .. } if on.name.as_str() == "analysts");
            let given = plan.changes.iter().filter(|one| one.vendor == provider && one.user == change.user);
            for grant in given.filter(|one| to(one)) {
                let user = change.user.as_ref().unwrap();
                prop_assert!(change.waits.is_some(), "{:?} is given {:?}", user, grant);
                let nested = change.after.contains(&grant.id);
                let Reading::Complete(snapshot) = &world.vendor.reading else { unreachable!() };
                let already = snapshot.feeds.values().flatten().any(|feed| {
                    feed.accounts.as_ref().is_some_and(|ids| ids.iter().any(|id| id.as_str() == user.as_str()))
                });
                prop_assert!(nested || already, "{:?} is not after {:?}", change, grant);
            }
        }
    }

    #[test]
    fn the_order_in_which_vendors_are_given_makes_no_difference(chain in chain()) {
        let company = company(&chain);
        let mut vendors = company.inputs();
        vendors.reverse();
        prop_assert_eq!(company.plan_of(vendors), company.plan());
    }

    #[test]
    fn what_a_guard_holds_holds_whatever_comes_after_it_anywhere(chain in chain()) {
        let company = company(&chain);
        let approved = crate::guard::judge(
            company.plan(), &company.inputs(), &company.desired(), &Guards::default(), &[],
        );
        for change in &approved.plan().changes {
            let behind = change.after.iter().any(|id| approved.is_held(id));
            prop_assert!(!behind || approved.is_held(&change.id), "{:?}", change);
        }
    }
}
