//! `reconcile`: a million desired grants against a million live ones with 1 % drift, against sorting both lists.

use crate::measure::{line, median, shuffle, title};
use anyhow::{Context, Result, ensure};
use grantline::connector::{Catalogue, Configured};
use grantline::domain::{
    Account, AccountId, AccountState, Desired, DesiredRef, Email, Grant, GrantSet, Level, Manage,
    Offboarding, Person, PersonKind, Reading, Resource, ResourceName, ResourceReading, Snapshot, Span,
    Standing, UserName, VendorName, VendorSettings,
};
use grantline::reconcile::{Input, VendorInput, reconcile};
use grantline::vendors::Registry;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const RUNS: usize = 5;
const USERS: usize = 100_000;
const GROUPS: usize = 500;
const EACH: usize = 10;
/// One grant in 200 is not live, and one live in 200 is not declared: 1 % together.
const DRIFT: usize = 200;

/// What a live grant is at the least.
type Live = (VendorName, ResourceName, AccountId, Level);

pub(crate) fn run() -> Result<()> {
    let input = input()?;
    let mut desired = input.desired.grants.as_slice().to_vec();
    let mut live = live(&input);
    shuffle(&mut desired);
    shuffle(&mut live);
    let heading = format!("reconcile: {} desired grants, {} live ones, 1 % drift", desired.len(), live.len());
    title(&heading);
    let sort = |(mut desired, mut live): (Vec<Grant>, Vec<Live>)| {
        desired.sort_unstable();
        live.sort_unstable();
        (desired, live)
    };
    let yardstick = median(RUNS, || (desired.clone(), live.clone()), sort);
    line("sorting both lists (yardstick)", yardstick, yardstick);
    let plan = reconcile(&input);
    let drift = 2 * USERS * EACH / DRIFT;
    ensure!(plan.changes.len() == drift, "{} changes for a drift of {drift}", plan.changes.len());
    line("reconcile", median(RUNS, || (), |()| reconcile(&input)), yardstick);
    Ok(())
}

fn input() -> Result<Input> {
    let vendor = VendorName::parse("sso")?;
    let users: Vec<UserName> =
        (0..USERS).map(|number| UserName::parse(&format!("person-{number}"))).collect::<Result<_, _>>()?;
    let accounts: Vec<AccountId> =
        (0..USERS).map(|number| AccountId::parse(&format!("{number:032x}"))).collect::<Result<_, _>>()?;
    let groups: Vec<ResourceName> = (0..GROUPS)
        .map(|number| ResourceName::parse(&format!("group-{number}")))
        .collect::<Result<_, _>>()?;
    let member = Level::parse("member")?;
    let mut grants = Vec::with_capacity(USERS * EACH);
    let mut holders: Vec<BTreeMap<AccountId, Level>> = vec![BTreeMap::new(); GROUPS];
    for (number, user) in users.iter().enumerate() {
        for each in 0..EACH {
            let group = (number + each * 37) % GROUPS;
            grants.push(grant(&vendor, &groups[group], user, &member));
            let at = number * EACH + each;
            // The ones left out are missing live; the ones shifted by a group the user has not are extra.
            if !at.is_multiple_of(DRIFT) {
                holders[group].insert(accounts[number].clone(), member.clone());
            }
            if at % DRIFT == 1 {
                holders[(group + 1) % GROUPS].insert(accounts[number].clone(), member.clone());
            }
        }
    }
    let people = users.iter().enumerate().map(|(number, user)| Ok((user.clone(), person(user, number)?)));
    let desired = Desired {
        people: people.collect::<Result<_>>()?,
        grants: GrantSet::new(grants),
        ended: GrantSet::default(),
        vendors: BTreeSet::new(),
        findings: Vec::new(),
    };
    let live = accounts.iter().enumerate().map(|(number, id)| Ok((id.clone(), account(id, number)?)));
    let snapshot = Snapshot {
        read_at: now(),
        source: Arc::from("api"),
        accounts: live.collect::<Result<_>>()?,
        broken: Vec::new(),
        resources: groups
            .iter()
            .zip(holders)
            .map(|(group, holders)| (group.clone(), read(group, holders)))
            .collect(),
        own: None,
        recorded: BTreeMap::new(),
        feeds: BTreeMap::new(),
        retired: BTreeMap::new(),
        similar: BTreeMap::new(),
        by_hand: BTreeMap::new(),
    };
    let spec = Registry.spec("scim", &Configured::default()).context("the scim connector")?;
    let settings = settings(&vendor, &groups);
    Ok(Input {
        workspace: Arc::from("large"),
        now: now(),
        desired_ref: DesiredRef::default(),
        desired,
        vendors: vec![VendorInput { settings, spec, reading: Reading::Complete(snapshot) }],
        behind: Vec::new(),
        protected: Vec::new(),
        min_admins: 1,
    })
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn grant(vendor: &VendorName, group: &ResourceName, user: &UserName, level: &Level) -> Grant {
    Grant {
        vendor: vendor.clone(),
        resource: group.clone(),
        user: user.clone(),
        level: level.clone(),
        until: None,
        reason: None,
        ticket: None,
        origins: vec![Span::default()],
    }
}

fn person(user: &UserName, number: usize) -> Result<Person> {
    Ok(Person {
        handle: user.clone(),
        name: None,
        email: Email::parse(&format!("person.{number}@acme.example"))?,
        aliases: Vec::new(),
        accounts: BTreeMap::new(),
        kind: PersonKind::Employee,
        standing: Standing::Active,
        span: Span::default(),
    })
}

fn account(id: &AccountId, number: usize) -> Result<Account> {
    let email = Email::parse(&format!("person.{number}@acme.example"))?;
    Ok(Account {
        id: id.clone(),
        login: Arc::from(email.as_str()),
        emails: vec![email],
        mail: None,
        name: None,
        external_id: None,
        state: AccountState::Active,
        invited: None,
    })
}

fn read(group: &ResourceName, holders: BTreeMap<AccountId, Level>) -> ResourceReading {
    ResourceReading::Read { id: Some(Arc::from(group.as_str())), holders, offers: BTreeMap::new() }
}

fn settings(vendor: &VendorName, groups: &[ResourceName]) -> VendorSettings {
    let resource = |group: &ResourceName| Resource {
        name: group.clone(),
        kind: Arc::from("group"),
        id: Some(Arc::from(group.as_str())),
        display: None,
        manage: Manage::Authoritative,
        span: Span::default(),
    };
    VendorSettings {
        name: vendor.clone(),
        manage: Manage::Authoritative,
        offboarding: Offboarding::Delete,
        channel: None,
        resources: groups.iter().map(|group| (group.clone(), resource(group))).collect(),
        identity: None,
        resend_after: std::time::Duration::from_secs(7 * 24 * 60 * 60),
        provisioned_by: None,
        manage_span: Span::default(),
        span: Span::default(),
    }
}

fn live(input: &Input) -> Vec<Live> {
    let mut live = Vec::with_capacity(USERS * EACH);
    for vendor in &input.vendors {
        let Reading::Complete(snapshot) = &vendor.reading else { continue };
        for (resource, reading) in &snapshot.resources {
            let ResourceReading::Read { holders, .. } = reading else { continue };
            let name = &vendor.settings.name;
            live.extend(
                holders.iter().map(|(id, level)| (name.clone(), resource.clone(), id.clone(), level.clone())),
            );
        }
    }
    live
}
