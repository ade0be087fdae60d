//! A vendor in memory, which can be told to misbehave at a given call, and plans to try on it.

use super::journal::Forgetful;
use super::{Conduct, Hands, Stop, apply};
use crate::connector::{ConnectorError, Reader, Receipt, Scope, Writer};
use crate::domain::{
    Account, AccountId, AccountState, Action, Change, ChangeId, Channel, DesiredRef, GuardVerdict, Level,
    Plan, Profile, Recorded, ResourceName, ResourceReading, Risk, Run, Snapshot, Target, UserName,
    VendorName,
};
use crate::guard::approve_for_tests;
use crate::net::Clock;
use crate::observe::Quiet;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Follows tokio's paused time, so that waiting costs nothing and its order is certain.
pub(super) struct PausedClock(tokio::time::Instant);

#[async_trait]
impl Clock for PausedClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + self.0.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// What goes wrong at one request of the writer.
#[derive(Debug, Clone)]
pub(super) enum Trouble {
    /// Nothing happens but the error.
    Fails(ConnectorError),
    /// It happens, and the answer is an error all the same.
    HappensAndFails(ConnectorError),
    /// The answer is a success, and nothing happens.
    Ignored,
    /// The connector panics.
    Panics,
    /// It happens, and the receipt does not say what was created.
    Unnamed,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) accounts: BTreeMap<AccountId, Account>,
    pub(super) resources: BTreeMap<ResourceName, ResourceReading>,
    /// Which of them are read from what somebody recorded, and when.
    pub(super) recorded: BTreeMap<ResourceName, Timestamp>,
    /// By the number of the writer's request, counted from 1.
    pub(super) troubles: BTreeMap<usize, Trouble>,
    /// What readings answer, by their number counted from 1, instead of the state.
    pub(super) failed_readings: BTreeMap<usize, ConnectorError>,
    /// How many readings still show the state as it was before the first request.
    pub(super) stale_readings: usize,
    stale: Option<Snapshot>,
    /// The ids of the resources that grants were sent for.
    pub(super) granted_on: Vec<Option<Arc<str>>>,
    /// One entry for each request: the changes that travelled in it.
    pub(super) requests: Vec<Vec<String>>,
    pub(super) readings: usize,
    /// How many readings had been made when each request came.
    pub(super) read_before: Vec<usize>,
    /// Requests under way, and how many there were at most.
    pub(super) under_way: usize,
    pub(super) most_under_way: usize,
}

/// One vendor in memory.
#[derive(Clone, Default)]
pub(super) struct FakeVendor(pub(super) Arc<Mutex<State>>);

impl FakeVendor {
    /// With these active accounts and, on each of the resources named, nobody.
    pub(super) fn new(accounts: &[&str], resources: &[&str]) -> Self {
        let vendor = Self::default();
        vendor.with(|state| {
            for name in accounts {
                state.accounts.insert(id(name), account(name));
            }
            for name in resources {
                let read = ResourceReading::Read {
                    id: Some(Arc::from(*name)),
                    holders: BTreeMap::new(),
                    offers: BTreeMap::new(),
                };
                state.resources.insert(ResourceName::parse(name).unwrap(), read);
            }
        });
        vendor
    }

    pub(super) fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.0.lock().unwrap())
    }

    /// Gives an account a level beforehand.
    pub(super) fn holding(self, resource: &str, account: &str, level: &str) -> Self {
        self.with(|state| set_level(state, resource, &id(account), Some(Level::parse(level).unwrap())));
        self
    }

    pub(super) fn trouble(self, request: usize, trouble: Trouble) -> Self {
        self.with(|state| state.troubles.insert(request, trouble));
        self
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.with(|state| state.requests.iter().map(|one| one.join(" + ")).collect())
    }

    pub(super) fn readings(&self) -> usize {
        self.with(|state| state.readings)
    }

    pub(super) fn hands(&self) -> Hands {
        Hands {
            writer: Ok(Arc::new(self.clone())),
            browser: None,
            reader: Arc::new(self.clone()),
            scope: Scope { vendor: VendorName::parse("v").unwrap(), resources: Vec::new() },
            settle: Duration::ZERO,
            batch: 10,
            width: 1,
        }
    }
}

fn set_level(state: &mut State, resource: &str, account: &AccountId, level: Option<Level>) {
    let Some(ResourceReading::Read { holders, .. }) = state.resources.get_mut(resource) else {
        panic!("{resource} cannot be written to");
    };
    match level {
        Some(level) => holders.insert(account.clone(), level),
        None => holders.remove(account),
    };
}

fn perform(state: &mut State, change: &Change) -> Receipt {
    let mut receipt = Receipt::default();
    let account = || change.account_id.clone().expect("the engine fills it in");
    match &change.action {
        Action::CreateResource { on } => {
            let read = ResourceReading::Read {
                id: Some(Arc::from("made")),
                holders: BTreeMap::new(),
                offers: BTreeMap::new(),
            };
            state.resources.insert(on.name.clone(), read);
            receipt.resource = Some(Arc::from("made"));
        }
        Action::Invite { profile, .. } => {
            let name = profile.login.split('@').next().unwrap();
            state.accounts.insert(id(name), self::account(name));
            receipt.account = Some(id(name));
        }
        Action::Grant { on, to } | Action::ChangeLevel { on, to, .. } => {
            state.granted_on.push(on.id.clone());
            set_level(state, on.name.as_str(), &account(), Some(to.clone()));
        }
        Action::Revoke { on, .. } => set_level(state, on.name.as_str(), &account(), None),
        Action::Suspend => state.accounts.get_mut(&account()).unwrap().state = AccountState::Suspended,
        Action::RemoveAccount => {
            state.accounts.remove(&account());
        }
        other => panic!("{} is not part of these tests", other.word()),
    }
    receipt
}

#[async_trait]
impl Reader for FakeVendor {
    async fn read(&self, _: &Scope) -> Result<Snapshot, ConnectorError> {
        self.with(|state| {
            state.readings += 1;
            if let Some(error) = state.failed_readings.get(&state.readings) {
                return Err(error.clone());
            }
            if state.readings <= state.stale_readings {
                return Ok(state.stale.clone().unwrap_or_else(|| snapshot(state)));
            }
            Ok(snapshot(state))
        })
    }
}

fn recorded(taken: Timestamp) -> Recorded {
    Recorded { taken, by: Arc::from("jane"), file: Arc::from("access/snapshots/v/main.yaml") }
}

pub(super) fn snapshot(state: &State) -> Snapshot {
    Snapshot {
        read_at: Timestamp::UNIX_EPOCH,
        source: Arc::from("api"),
        accounts: state.accounts.clone(),
        broken: Vec::new(),
        resources: state.resources.clone(),
        own: None,
        recorded: state.recorded.iter().map(|(name, taken)| (name.clone(), recorded(*taken))).collect(),
        feeds: BTreeMap::new(),
        retired: BTreeMap::new(),
        similar: BTreeMap::new(),
        by_hand: BTreeMap::new(),
    }
}

#[async_trait]
impl Writer for FakeVendor {
    async fn execute(&self, change: &Change) -> Result<Receipt, ConnectorError> {
        self.execute_together(&[change]).await.remove(0)
    }

    async fn execute_together(&self, changes: &[&Change]) -> Vec<Result<Receipt, ConnectorError>> {
        self.with(|state| {
            state.under_way += 1;
            state.most_under_way = state.most_under_way.max(state.under_way);
        });
        // A pause, so that side-by-side lanes really interleave.
        tokio::time::sleep(Duration::from_millis(10)).await;
        self.with(|state| state.under_way -= 1);
        let trouble = self.with(|state| {
            state.stale.get_or_insert(snapshot(state));
            state.read_before.push(state.readings);
            state.requests.push(changes.iter().map(|one| one.id.to_string()).collect());
            state.troubles.get(&state.requests.len()).cloned()
        });
        let all = |state: &mut State| changes.iter().map(|one| perform(state, one)).collect::<Vec<_>>();
        let fail = |error: ConnectorError| changes.iter().map(|_| Err(error.clone())).collect();
        match trouble {
            None => self.with(all).into_iter().map(Ok).collect(),
            Some(Trouble::Fails(error)) => fail(error),
            Some(Trouble::HappensAndFails(error)) => {
                self.with(all);
                fail(error)
            }
            Some(Trouble::Ignored) => changes.iter().map(|_| Ok(Receipt::default())).collect(),
            Some(Trouble::Panics) => panic!("a scripted panic"),
            Some(Trouble::Unnamed) => self.with(all).iter().map(|_| Ok(Receipt::default())).collect(),
        }
    }
}

pub(super) fn id(name: &str) -> AccountId {
    AccountId::parse(name).unwrap()
}

pub(super) fn account(name: &str) -> Account {
    Account {
        id: id(name),
        login: Arc::from(format!("{name}@acme.example")),
        emails: Vec::new(),
        mail: None,
        name: None,
        external_id: None,
        state: AccountState::Active,
        invited: None,
    }
}

pub(super) fn on(resource: &str) -> Target {
    let id = Some(Arc::from(resource));
    Target { name: ResourceName::parse(resource).unwrap(), kind: Arc::from("group"), id, display: None }
}

pub(super) fn grant(resource: &str, to: &str) -> Action {
    Action::Grant { on: on(resource), to: Level::parse(to).unwrap() }
}

pub(super) fn change_level(resource: &str, from: &str, to: &str) -> Action {
    let [from, to] = [from, to].map(|level| Level::parse(level).unwrap());
    Action::ChangeLevel { on: on(resource), from, to }
}

pub(super) fn revoke(resource: &str, from: &str) -> Action {
    Action::Revoke { on: on(resource), from: Level::parse(from).unwrap() }
}

pub(super) fn invite(user: &str) -> Action {
    let profile = Profile { login: Arc::from(format!("{user}@acme.example")), name: None };
    Action::Invite { profile, external_id: Arc::from(format!("grantline:{user}")), on: None }
}

/// A change of the vendor `v` by the API, for a user whose account has the user's name for its id.
pub(super) fn change(number: usize, user: &str, action: Action) -> Change {
    let vendor = VendorName::parse("v").unwrap();
    Change {
        id: ChangeId::new(&vendor, number),
        vendor,
        user: Some(UserName::parse(user).unwrap()),
        user_name: None,
        account: Some(Arc::from(format!("{user}@acme.example"))),
        account_id: (!matches!(action, Action::Invite { .. })).then(|| id(user)),
        action,
        channel: Channel::Api,
        risk: Risk::Low,
        after: Vec::new(),
        waits: None,
        because: Vec::new(),
        reason: None,
        ticket: None,
    }
}

impl Change {
    /// After these changes of the same vendor.
    pub(super) fn behind(mut self, numbers: &[usize]) -> Self {
        self.after.extend(numbers.iter().map(|number| ChangeId::new(&self.vendor, *number)));
        self
    }

    /// For an account that an earlier change of the plan creates.
    pub(super) fn new_account(mut self) -> Self {
        self.account_id = None;
        self
    }

    pub(super) fn by(mut self, channel: Channel) -> Self {
        self.channel = channel;
        self
    }

    pub(super) fn at(mut self, vendor: &str, number: usize) -> Self {
        self.vendor = VendorName::parse(vendor).unwrap();
        self.id = ChangeId::new(&self.vendor, number);
        self
    }
}

pub(super) fn plan(changes: Vec<Change>, guards: Vec<GuardVerdict>) -> Plan {
    Plan {
        workspace: Arc::from("acme"),
        created: Timestamp::UNIX_EPOCH,
        desired: DesiredRef::default(),
        vendors: BTreeMap::new(),
        changes,
        findings: Vec::new(),
        obligations: Vec::new(),
        guards,
        overrides: Vec::new(),
        departures: Vec::new(),
        losses: Vec::new(),
        pending: Vec::new(),
        unseen: Vec::new(),
    }
}

/// Applies the plan with these hands.
pub(super) async fn run(plan: Plan, hands: BTreeMap<VendorName, Hands>) -> Run {
    let held: BTreeSet<_> = plan.guards.iter().flat_map(|one| one.holds.iter().cloned()).collect();
    apply(&approve_for_tests(plan, held), hands, &conduct()).await
}

/// An apply that nobody watches, stops or writes down.
pub(super) fn conduct() -> Conduct {
    Conduct {
        clock: Arc::new(PausedClock(tokio::time::Instant::now())),
        progress: Arc::new(Quiet),
        journal: Arc::new(Forgetful),
        stop: Stop::default(),
        aside: BTreeMap::new(),
        credentials: BTreeMap::new(),
    }
}

/// Applies changes of the vendor `v`, and tells each one's end as `number status`.
pub(super) async fn try_on(vendor: &FakeVendor, changes: Vec<Change>) -> Vec<String> {
    let run = run_on(vendor, changes).await;
    run.outcomes.iter().map(|one| format!("{} {}", one.change, one.status.word())).collect()
}

pub(super) async fn run_on(vendor: &FakeVendor, changes: Vec<Change>) -> Run {
    let hands = BTreeMap::from([(VendorName::parse("v").unwrap(), vendor.hands())]);
    run(plan(changes, Vec::new()), hands).await
}
