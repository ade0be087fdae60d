//! The whole way from YAML to a changed vendor and back, with the vendor's socket in between.

use super::clock::LeapClock;
use super::tenant::Tenant;
use grantline::apply::{Hands, apply};
use grantline::connector::{Reader, Spec, Writer};
use grantline::domain::{
    Change, Channel, DesiredRef, OutcomeStatus, Plan, Reading, ResourceName, ResourceReading, Run, Snapshot,
    VendorName,
};
use grantline::guard::{ApprovedPlan, judge};
use grantline::net::Clock;
use grantline::observe::{Quiet, READ_TIMEOUT, ToRead, observe, scope_of};
use grantline::reconcile::{Input, VendorInput, reconcile};
use grantline::resolve::resolve;
use grantline::vendors::scim::emulator::Behaviour;
use grantline::vendors::{self, Registry};
use grantline::workspace::{Vendor, Workspace, load_files};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The moment at which every test takes place.
const NOW: &str = "2026-11-22T09:00:00Z";

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
    workspace: Workspace,
    clock: Arc<LeapClock>,
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
}

impl Lab {
    /// A workspace of this text, and a vendor that the connector speaks to.
    pub(crate) fn new(connector: &str, start: Start<'_>, yaml: &str) -> Self {
        let now: Timestamp = NOW.parse().unwrap();
        let clock = Arc::new(LeapClock::new(now));
        let tenant = Tenant::start(
            connector,
            start.state,
            start.behaviour.cloned(),
            Arc::clone(&clock) as Arc<dyn Clock>,
        );
        Self { tenant, workspace: parsed(yaml), clock }
    }

    /// Replaces the workspace.
    pub(crate) fn edit(&mut self, yaml: &str) {
        self.workspace = parsed(yaml);
    }

    fn vendor(&self) -> &Vendor {
        &self.workspace.vendors[VENDOR]
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as Arc<dyn Clock>
    }

    fn reader(&self) -> Arc<dyn Reader> {
        Arc::from(vendors::reader(self.vendor(), self.tenant.endpoint(), self.clock()).unwrap())
    }

    fn writer(&self) -> Arc<dyn Writer> {
        let [grant, revoke] = [self.tenant.endpoint(), self.tenant.endpoint()].map(Ok);
        Arc::from(vendors::writer(self.vendor(), grant, revoke, self.clock()).unwrap())
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

    /// Plans, as `grantline plan` does.
    pub(crate) async fn plan(&self) -> Planned {
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
            protected: workspace.guards.protected.clone(),
            min_admins: usize::try_from(workspace.guards.min_admins).unwrap(),
        };
        let approved = judge(reconcile(&input), &input.vendors, &input.desired, &workspace.guards, &[]);
        Planned { approved, reading, reader }
    }

    /// Plans and applies, as `grantline apply --yes` does.
    pub(crate) async fn apply(&self) -> Applied {
        let Planned { approved, reading, reader } = self.plan().await;
        let spec = spec(self.vendor());
        let hands = Hands {
            writer: Ok(self.writer()),
            browser: None,
            reader,
            scope: scope_of(&self.vendor().settings()),
            settle: spec.settle,
            batch: spec.limits.batch,
        };
        let hands = BTreeMap::from([(VendorName::parse(VENDOR).unwrap(), hands)]);
        let run = apply(&approved, hands, self.clock(), Arc::new(Quiet)).await;
        Applied { plan: approved.plan().clone(), reading, run }
    }
}

fn parsed(yaml: &str) -> Workspace {
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

fn spec(vendor: &Vendor) -> Spec {
    vendor.spec(&Registry).unwrap()
}

impl Applied {
    /// Every change with how it ended, one a line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let pairs = self.plan.changes.iter().zip(&self.run.outcomes);
        pairs.map(|(change, one)| format!("{} {}: {}", line(change), one.status.word(), one.detail)).collect()
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
