//! The whole way from YAML to a changed vendor and back, with the vendor's socket in between.

use super::clock::LeapClock;
use super::desk::{Desk, Refreshing};
use super::page::HttpSession;
use super::person::{Worked, work};
use super::tenant::{Furniture, Tenant, folder};
use grantline::apply::journal::Forgetful;
use grantline::apply::{Conduct, Hands, Stop, apply};
use grantline::connector::{ConnectorError, Reader, Spec, Writer};
use grantline::domain::{
    Change, Channel, DesiredRef, OutcomeStatus, Plan, Reading, ResourceName, ResourceReading, Run, Snapshot,
    VendorName,
};
use grantline::guard::{ApprovedPlan, judge};
use grantline::net::{Clock, Pace};
use grantline::observe::recorded::RecordedReader;
use grantline::observe::{Quiet, READ_TIMEOUT, ToRead, observe, scope_of};
use grantline::reconcile::{Input, VendorInput, reconcile};
use grantline::resolve::resolve;
use grantline::vendors::scim::emulator::Behaviour;
use grantline::vendors::{self, Registry};
use grantline::workspace::{User, Vendor, Workspace, load_files};
use jiff::Timestamp;
use reqwest::Client;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

/// The moment at which every test takes place.
pub(super) const NOW: &str = "2026-11-22T09:00:00Z";

/// What chance begins with in every test.
const SEED: u64 = 7;

/// The vendor's name in every workspace of a lab.
pub(crate) const VENDOR: &str = "v";

/// What a vendor is before a test touches it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Start<'a> {
    /// What it holds; none: nothing but the credential's own account.
    pub(crate) state: Option<&'a Value>,
    /// How it behaves; none: as the state says, or faithfully.
    pub(crate) behaviour: Option<&'a Behaviour>,
}

/// One workspace, one vendor.
pub(crate) struct Lab {
    pub(crate) tenant: Tenant,
    pub(crate) workspace: Workspace,
    clock: Arc<LeapClock>,
    pace: Arc<Pace>,
    /// The workspace's folder, for what is recorded in it.
    root: TempDir,
    /// What every window shares.
    client: Client,
}

/// A plan that guards have judged, with what it was made from.
pub(crate) struct Planned {
    pub(crate) approved: ApprovedPlan,
    pub(crate) reading: Reading,
    reader: Arc<dyn Reader>,
}

/// An applied plan.
pub(crate) struct Applied {
    pub(crate) plan: Plan,
    /// What it was made from.
    pub(crate) reading: Reading,
    pub(crate) run: Run,
    /// What a person did of what was left to people.
    pub(crate) worked: Vec<Worked>,
}

impl Lab {
    /// A workspace of this text, and a vendor that the connector speaks to.
    pub(crate) fn new(connector: &str, start: Start<'_>, yaml: &str) -> Self {
        let now: Timestamp = NOW.parse().unwrap();
        let clock = Arc::new(LeapClock::new(now));
        let workspace = parsed(yaml);
        let tenant = Tenant::start(
            connector,
            start.state,
            start.behaviour.cloned(),
            furniture(&workspace.vendors[VENDOR]),
            Arc::clone(&clock) as Arc<dyn Clock>,
        );
        let limits = spec(&workspace.vendors[VENDOR]).limits;
        let pace = Pace::new(Arc::clone(&clock) as Arc<dyn Clock>, &limits, SEED);
        Self { tenant, workspace, clock, pace, root: folder(), client: HttpSession::client() }
    }

    /// Replaces the workspace.
    pub(crate) fn edit(&mut self, yaml: &str) {
        self.workspace = parsed(yaml);
    }

    pub(crate) fn vendor(&self) -> &Vendor {
        &self.workspace.vendors[VENDOR]
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as Arc<dyn Clock>
    }

    pub(crate) fn pace(&self) -> Arc<Pace> {
        Arc::clone(&self.pace)
    }

    /// Lets time pass.
    pub(crate) async fn pass(&self, time: Duration) {
        self.clock.sleep(time).await;
    }

    /// Somebody before the vendor's pages; nobody where there are none, or where the workspace wants requests alone.
    pub(crate) fn desk(&self) -> Option<Desk> {
        let (vendor, spec) = (self.vendor(), spec(self.vendor()));
        spec.pages.as_ref().filter(|_| vendor.channel != Some(Channel::Api))?;
        Some(Desk::new(
            (self.tenant.clone(), self.root.path().to_owned()),
            (vendor.settings(), spec),
            (self.workspace.guards.max_removals, vendors::has_api(vendor)),
            self.clock(),
            self.client.clone(),
        ))
    }

    /// The reader that `grantline plan` makes.
    fn reader(&self) -> Arc<dyn Reader> {
        let vendor = self.vendor();
        let api: Option<Arc<dyn Reader>> = vendors::has_api(vendor).then(|| {
            Arc::from(vendors::reader(vendor, self.tenant.endpoint(), Arc::clone(&self.pace)).unwrap())
        });
        match (self.desk(), api) {
            (None, api) => api.unwrap(),
            (Some(desk), api) => Arc::new(RecordedReader::new(
                self.root.path().to_owned(),
                vendor.name.clone(),
                api,
                desk.recordable(),
                self.workspace.guards.snapshot_max_age,
                self.clock(),
            )),
        }
    }

    /// The hands that an apply has: a browser too, where the workspace asks for one.
    fn hands(&self, reader: Arc<dyn Reader>) -> Hands {
        let vendor = self.vendor();
        let [grant, revoke] = [self.tenant.endpoint(), self.tenant.endpoint()].map(Ok);
        let none = || ConnectorError::Refused { message: "It has no API.".to_owned() };
        let writer = vendors::has_api(vendor).then(|| {
            Arc::from(vendors::writer(vendor, grant, revoke, Arc::clone(&self.pace)).unwrap())
                as Arc<dyn Writer>
        });
        let spec = spec(vendor);
        let browser = self.desk().filter(|_| vendor.channel == Some(Channel::Browser));
        Hands {
            writer: writer.ok_or_else(none),
            reader: match browser.clone() {
                Some(desk) => Arc::new(Refreshing { desk, recorded: reader }),
                None => reader,
            },
            browser: browser.map(|desk| Arc::new(desk) as Arc<dyn Writer>),
            scope: scope_of(&vendor.settings()),
            settle: spec.settle,
            batch: spec.limits.batch,
            width: 8,
        }
    }

    fn conduct(&self) -> Conduct {
        Conduct {
            clock: self.clock(),
            progress: Arc::new(Quiet),
            journal: Arc::new(Forgetful),
            stop: Stop::default(),
            aside: BTreeMap::new(),
            credentials: BTreeMap::new(),
        }
    }

    async fn read(&self, reader: &Arc<dyn Reader>) -> Reading {
        let scope = scope_of(&self.vendor().settings());
        let to_read = ToRead { scope, reader: Ok(Arc::clone(reader)) };
        let mut readings = observe(vec![to_read], READ_TIMEOUT, self.clock(), Arc::new(Quiet)).await;
        readings.remove(VENDOR).unwrap()
    }

    /// The vendor's reading.
    pub(crate) async fn reading(&self) -> Reading {
        self.read(&self.reader()).await
    }

    /// The vendor's reading, which must be whole.
    pub(crate) async fn snapshot(&self) -> Snapshot {
        whole(&self.reading().await).clone()
    }

    /// Records what the pages show, and plans.
    pub(crate) async fn plan(&self) -> Planned {
        if let Some(desk) = self.desk() {
            desk.record().await;
        }
        self.plan_as_recorded().await
    }

    /// Plans, as `grantline plan` does.
    pub(crate) async fn plan_as_recorded(&self) -> Planned {
        let (workspace, now) = (&self.workspace, self.clock.now());
        let (vendor, reader) = (self.vendor(), self.reader());
        let reading = self.read(&reader).await;
        let input = Input {
            workspace: Arc::clone(&workspace.name),
            now,
            desired_ref: DesiredRef::default(),
            desired: resolve(workspace, &Registry, workspace.today(now)),
            vendors: vec![VendorInput {
                settings: vendor.settings(),
                spec: spec(vendor),
                reading: reading.clone(),
            }],
            behind: Vec::new(),
            protected: workspace.guards.protected.clone(),
            min_admins: usize::try_from(workspace.guards.min_admins).unwrap(),
        };
        let approved = judge(reconcile(&input), &input.vendors, &input.desired, &workspace.guards, &[]);
        Planned { approved, reading, reader }
    }

    /// Plans and applies, as `grantline apply --yes` does. What is left to people is then done by somebody.
    pub(crate) async fn apply(&self) -> Applied {
        let planned = self.plan().await;
        self.carry_out(planned).await
    }

    /// Applies a plan, and does what is left to people.
    pub(crate) async fn carry_out(&self, planned: Planned) -> Applied {
        let Planned { approved, reading, reader } = planned;
        let hands = BTreeMap::from([(VendorName::parse(VENDOR).unwrap(), self.hands(reader))]);
        let run = apply(&approved, hands, &self.conduct()).await;
        let plan = approved.plan().clone();
        let worked = match self.desk().filter(|desk| desk.settings.channel != Some(Channel::Browser)) {
            Some(desk) => work(&plan, &run, &desk, &self.workspace.sources).await,
            None => Vec::new(),
        };
        Applied { plan, reading, run, worked }
    }

    /// Everybody who is invited accepts, or these alone. How many did.
    pub(crate) async fn accept(&self, who: &[&str]) -> usize {
        let Some(desk) = self.desk() else { return 0 };
        let named = |user: &User| Some((user.email.value.to_string(), user.name.as_ref()?.to_string()));
        desk.accept(who, &self.workspace.users.values().filter_map(named).collect()).await
    }

    /// Applies, and has everybody accept, until nothing is left to do. Every apply that had something to do.
    pub(crate) async fn settle(&self) -> Vec<Applied> {
        let mut applied = Vec::new();
        for _ in 0..ROUNDS {
            let planned = self.plan().await;
            if planned.approved.plan().changes.is_empty() {
                return applied;
            }
            applied.push(self.carry_out(planned).await);
            self.accept(&[]).await;
        }
        let lines: Vec<_> = applied.iter().map(Applied::lines).collect();
        panic!("it never ends: {lines:#?}");
    }
}

/// More applies than any workspace of these tests needs.
const ROUNDS: usize = 5;

/// What the vendor must have before anybody can give access to it: what is declared by an id.
pub(super) fn furniture(vendor: &Vendor) -> Furniture {
    let declared = vendor.resources.values();
    let by_id = declared.filter_map(|one| Some((one.kind.to_string(), one.id.as_ref()?.to_string())));
    Furniture { without_api: !vendors::has_api(vendor), furnish: by_id.collect(), provider: None }
}

pub(super) fn parsed(yaml: &str) -> Workspace {
    let files = vec![("access/all.yaml".to_owned(), yaml.as_bytes().to_vec())];
    let loaded = load_files(files, &Registry, NOW.parse().unwrap());
    loaded.workspace.unwrap_or_else(|| panic!("{:#?}\n{yaml}", loaded.diagnostics))
}

/// The snapshot of a reading, which must be whole.
pub(crate) fn whole(reading: &Reading) -> &Snapshot {
    match reading {
        Reading::Complete(snapshot) => snapshot,
        Reading::Unreadable(why) => panic!("{why:?}"),
    }
}

pub(crate) fn spec(vendor: &Vendor) -> Spec {
    vendor.spec(&Registry).unwrap()
}

impl Applied {
    /// Every change with how it ended, one a line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let pairs = self.plan.changes.iter().zip(&self.run.outcomes);
        let mut lines: Vec<_> = pairs
            .map(|(change, one)| format!("{} {}: {}", line(change), one.status.word(), one.detail))
            .collect();
        lines.extend(self.worked.iter().map(|one| format!("{} by hand: {:?}", one.change, one.stopped)));
        lines
    }

    /// The changes that ended so.
    pub(crate) fn ended(&self, status: OutcomeStatus) -> Vec<String> {
        let pairs = self.plan.changes.iter().zip(&self.run.outcomes);
        pairs.filter(|(_, outcome)| outcome.status == status).map(|(change, _)| line(change)).collect()
    }
}

/// What a change does, in words that two plans of one thing share: without its number.
pub(crate) fn line(change: &Change) -> String {
    let on = change.action.target().map_or("-", |on| on.name.as_str());
    format!("{} {} {on}", change.action.word(), change.account.as_deref().unwrap_or("-"))
}

/// The changes that a program carries out, as opposed to a person.
pub(crate) fn by_api(plan: &Plan) -> Vec<String> {
    plan.changes.iter().filter(|change| change.channel == Channel::Api).map(line).collect()
}

/// Everything that a plan would change.
pub(crate) fn to_do(plan: &Plan) -> Vec<String> {
    plan.changes.iter().map(line).collect()
}

/// What a reading holds, without the vendor's own ids and dates: each sign-in name with its state, display name
/// and levels. A name that two accounts share stands twice.
pub(crate) fn held(snapshot: &Snapshot) -> Vec<String> {
    let mut lines = Vec::new();
    for (id, account) in &snapshot.accounts {
        let levels: Vec<(&ResourceName, String)> = snapshot
            .resources
            .iter()
            .filter_map(|(name, reading)| match reading {
                ResourceReading::Read { holders, .. } => Some((name, holders.get(id)?.to_string())),
                _ => None,
            })
            .collect();
        lines.push(format!("{} {:?} {:?} {levels:?}", account.login, account.state, account.name));
    }
    lines.sort();
    lines
}
