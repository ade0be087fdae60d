//! One workspace over several vendors, each behind its own socket, and what its identity providers keep.

use super::clock::LeapClock;
use super::desk::Desk;
use super::lab::{NOW, furniture, line, parsed, spec};
use super::page::HttpSession;
use super::person::{Worked, work};
use super::tenant::{Tenant, folder};
use grantline::apply::journal::Forgetful;
use grantline::apply::{Conduct, Hands, Stop, apply};
use grantline::connector::{ConnectorError, Reader, Writer};
use grantline::domain::{Channel, DesiredRef, Plan, Run, VendorName};
use grantline::guard::{ApprovedPlan, judge};
use grantline::net::{Clock, Pace};
use grantline::observe::recorded::RecordedReader;
use grantline::observe::{Event, Progress, Quiet, READ_TIMEOUT, ToRead, observe, scope_of};
use grantline::reconcile::{Input, VendorInput, reconcile};
use grantline::resolve::resolve;
use grantline::vendors::{self, Registry};
use grantline::workspace::{User, Vendor, Workspace};
use jiff::Timestamp;
use reqwest::Client;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

/// Whose group keeps whose accounts: vendor, provider, the group's display name.
pub(crate) type Link = (&'static str, &'static str, &'static str);

/// One workspace, several vendors.
pub(crate) struct Estate {
    pub(crate) tenants: BTreeMap<VendorName, Tenant>,
    pub(crate) workspace: Workspace,
    paces: BTreeMap<VendorName, Arc<Pace>>,
    clock: Arc<LeapClock>,
    root: TempDir,
    client: Client,
}

/// What every vendor was seen to answer, in the order in which it did.
#[derive(Default)]
pub(crate) struct Told(Mutex<Vec<String>>);

impl Progress for Told {
    fn event(&self, event: &Event<'_>) {
        if let Event::Sent(_, outcome) = event {
            self.0.lock().unwrap().push(outcome.change.to_string());
        }
    }
}

/// A plan that was carried out.
pub(crate) struct Done {
    pub(crate) plan: Plan,
    pub(crate) run: Run,
    /// The ids of the changes in the order in which something became of them.
    pub(crate) order: Vec<String>,
    pub(crate) worked: Vec<Worked>,
}

impl Done {
    /// Every change with how it ended, one a line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let pairs = self.plan.changes.iter().zip(&self.run.outcomes);
        pairs
            .map(|(change, one)| {
                format!("{} {} {}: {}", change.id, line(change), one.status.word(), one.detail)
            })
            .collect()
    }
}

impl Estate {
    /// A workspace of this text on vendors of these states; a link's provider must come before its vendor by name or
    /// have no provider itself.
    pub(crate) fn new(yaml: &str, states: &BTreeMap<&str, Value>, links: &[Link]) -> Self {
        let now: Timestamp = NOW.parse().unwrap();
        let clock = Arc::new(LeapClock::new(now));
        let workspace = parsed(yaml);
        let mut tenants: BTreeMap<VendorName, Tenant> = BTreeMap::new();
        let linked = |vendor: &Vendor| links.iter().find(|(to, ..)| *to == vendor.name.as_str());
        let mut vendors: Vec<&Vendor> = workspace.vendors.values().collect();
        vendors.sort_by_key(|vendor| linked(vendor).is_some());
        for vendor in vendors {
            let mut furniture = furniture(vendor);
            furniture.provider = linked(vendor).map(|(_, from, group)| tenants[*from].assignments(group));
            let state = states.get(vendor.name.as_str());
            let clock = Arc::clone(&clock) as Arc<dyn Clock>;
            let tenant = Tenant::start(&vendor.connector.value, state, None, furniture, clock);
            tenants.insert(vendor.name.clone(), tenant);
        }
        let pace = |vendor: &Vendor| Pace::new(Arc::clone(&clock) as Arc<dyn Clock>, &spec(vendor).limits, 7);
        let paces = workspace.vendors.values().map(|vendor| (vendor.name.clone(), pace(vendor))).collect();
        Self { tenants, workspace, paces, clock, root: folder(), client: HttpSession::client() }
    }

    /// Replaces the workspace; the vendors stay.
    pub(crate) fn edit(&mut self, yaml: &str) {
        self.workspace = parsed(yaml);
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as Arc<dyn Clock>
    }

    /// Somebody before the vendor's pages, where it has any.
    fn desk(&self, vendor: &Vendor) -> Option<Desk> {
        let spec = spec(vendor);
        spec.pages.as_ref().filter(|_| vendor.channel != Some(Channel::Api))?;
        Some(Desk::new(
            (self.tenants[&vendor.name].clone(), self.root.path().to_owned()),
            (vendor.settings(), spec),
            (self.workspace.guards.max_removals, vendors::has_api(vendor)),
            self.clock(),
            self.client.clone(),
        ))
    }

    fn reader(&self, vendor: &Vendor) -> Arc<dyn Reader> {
        let (tenant, pace) = (&self.tenants[&vendor.name], &self.paces[&vendor.name]);
        let api: Option<Arc<dyn Reader>> = vendors::has_api(vendor)
            .then(|| Arc::from(vendors::reader(vendor, tenant.endpoint(), Arc::clone(pace)).unwrap()));
        match (self.desk(vendor), api) {
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

    fn hands(&self, vendor: &Vendor) -> Hands {
        let (tenant, pace) = (&self.tenants[&vendor.name], &self.paces[&vendor.name]);
        let [grant, revoke] = [tenant.endpoint(), tenant.endpoint()].map(Ok);
        let none = || ConnectorError::Refused { message: "It has no API.".to_owned() };
        let writer = vendors::has_api(vendor).then(|| {
            Arc::from(vendors::writer(vendor, grant, revoke, Arc::clone(pace)).unwrap()) as Arc<dyn Writer>
        });
        let spec = spec(vendor);
        Hands {
            writer: writer.ok_or_else(none),
            reader: self.reader(vendor),
            browser: None,
            scope: scope_of(&vendor.settings()),
            settle: spec.settle,
            batch: spec.limits.batch,
            width: spec.limits.side_by_side,
        }
    }

    /// Records what pages show, reads all vendors, or these alone, and makes the plan that guards have not judged.
    pub(crate) async fn draft(&self, only: &[&str]) -> (Plan, Input) {
        let chosen = |vendor: &&Vendor| only.is_empty() || only.contains(&vendor.name.as_str());
        let vendors: Vec<&Vendor> = self.workspace.vendors.values().filter(chosen).collect();
        let mut to_read = Vec::new();
        for &vendor in &vendors {
            if let Some(desk) = self.desk(vendor) {
                assert_eq!(desk.record().await, Vec::<String>::new(), "{}", vendor.name);
            }
            let scope = scope_of(&vendor.settings());
            to_read.push(ToRead { scope, reader: Ok(self.reader(vendor)) });
        }
        let mut readings = observe(to_read, READ_TIMEOUT, self.clock(), Arc::new(Quiet)).await;
        let (workspace, now) = (&self.workspace, self.clock.now());
        let input = |vendor: &Vendor| VendorInput {
            settings: vendor.settings(),
            spec: spec(vendor),
            reading: readings.remove(vendor.name.as_str()).unwrap(),
        };
        let input = Input {
            workspace: Arc::clone(&workspace.name),
            now,
            desired_ref: DesiredRef::default(),
            desired: resolve(workspace, &Registry, workspace.today(now)),
            vendors: vendors.into_iter().map(input).collect(),
            behind: Vec::new(),
            protected: workspace.guards.protected.clone(),
            min_admins: usize::try_from(workspace.guards.min_admins).unwrap(),
        };
        (reconcile(&input), input)
    }

    /// Has the guards judge a plan.
    pub(crate) fn judged(&self, plan: Plan, input: &Input) -> ApprovedPlan {
        judge(plan, &input.vendors, &input.desired, &self.workspace.guards, &[])
    }

    /// Plans, as `grantline plan` does.
    pub(crate) async fn plan(&self) -> Plan {
        self.draft(&[]).await.0
    }

    /// Plans and applies, and does what is left to people.
    pub(crate) async fn apply(&self) -> Done {
        self.apply_to(&[]).await
    }

    /// The same for these vendors alone, as `--vendor` does.
    pub(crate) async fn apply_to(&self, only: &[&str]) -> Done {
        let (plan, input) = self.draft(only).await;
        self.carry_out(self.judged(plan, &input)).await
    }

    /// Everybody who is invited to pages accepts.
    pub(crate) async fn accept(&self) {
        let named = |user: &User| Some((user.email.value.to_string(), user.name.as_ref()?.to_string()));
        let names = self.workspace.users.values().filter_map(named).collect();
        for desk in self.workspace.vendors.values().filter_map(|vendor| self.desk(vendor)) {
            desk.accept(&[], &names).await;
        }
    }

    /// Applies, and has everybody accept, until nothing is left to do.
    pub(crate) async fn settle(&self) {
        let mut lines = Vec::new();
        for _ in 0..6 {
            if self.plan().await.changes.is_empty() {
                return;
            }
            lines.push(self.apply().await.lines());
            self.accept().await;
        }
        panic!("it never ends: {lines:#?}");
    }

    /// Applies a judged plan, and does what is left to people.
    pub(crate) async fn carry_out(&self, approved: ApprovedPlan) -> Done {
        let told = Arc::new(Told::default());
        let conduct = Conduct {
            clock: self.clock(),
            progress: Arc::clone(&told) as Arc<dyn Progress>,
            journal: Arc::new(Forgetful),
            stop: Stop::default(),
            aside: BTreeMap::new(),
            credentials: BTreeMap::new(),
        };
        let hands = self.workspace.vendors.values().map(|one| (one.name.clone(), self.hands(one))).collect();
        let run = apply(&approved, hands, &conduct).await;
        let plan = approved.plan().clone();
        let mut worked = Vec::new();
        for desk in self.workspace.vendors.values().filter_map(|vendor| self.desk(vendor)) {
            worked.extend(work(&plan, &run, &desk, &self.workspace.sources).await);
        }
        let order = told.0.lock().unwrap().clone();
        Done { plan, run, order, worked }
    }
}
