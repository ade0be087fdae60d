//! From YAML to a vendor that was changed through its pages: one workspace, one embedded vendor, and a browser that
//! several rehearsals may share.

use super::chromium::Window;
use super::clock::LeapClock;
use async_trait::async_trait;
use grantline::apply::browser::{
    BrowserWriter, Captures, Confirm, Ground, Keep, Members, Question, Said, read_members,
};
use grantline::apply::journal::Forgetful;
use grantline::apply::{Conduct, Hands, Stop, apply};
use grantline::connector::pages::Table;
use grantline::connector::{Reader, Spec, Writer};
use grantline::domain::{Change, DesiredRef, Plan, Reading, Resource, Run, VendorName, VendorSettings};
use grantline::guard::{ApprovedPlan, judge};
use grantline::net::{Clock, Pace, Secret};
use grantline::observe::recorded::{Material, Provenance, RecordedReader, Subject, record, recordable};
use grantline::observe::{Quiet, READ_TIMEOUT, ToRead, observe, scope_of};
use grantline::reconcile::{Input, VendorInput, reconcile};
use grantline::resolve::resolve;
use grantline::vendors::{self, Emulator, EmulatorOptions, Registry, Seed, emulator_rules};
use grantline::workspace::{MaxRemovals, Vendor, Workspace, load_files};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// The moment at which every rehearsal begins.
const NOW: &str = "2026-11-22T09:00:00Z";

/// The vendor's name in every workspace.
const VENDOR: &str = "v";

pub(super) struct Rehearsal {
    // Dropped before the folder that its state lies in.
    emulator: Emulator,
    folder: TempDir,
    pub(super) window: Window,
    workspace: Workspace,
    operator: Arc<Operator>,
    clock: Arc<LeapClock>,
}

/// Says yes to everything, and remembers what was asked.
#[derive(Default)]
struct Operator(Mutex<Vec<String>>);

#[async_trait]
impl Confirm for Operator {
    async fn confirm(&self, question: &Question) -> Said {
        self.0.lock().unwrap().push(question.text.clone());
        Said::Yes
    }
}

/// Records the tables of one vendor in one workspace.
struct Recorder {
    root: PathBuf,
    settings: VendorSettings,
    tables: BTreeMap<String, Table>,
    max_removals: MaxRemovals,
    clock: Arc<LeapClock>,
}

impl Recorder {
    fn record(&self, resource: &Resource, material: Material<'_>) -> Result<(), String> {
        let now = self.clock.now();
        let subject = Subject {
            root: &self.root,
            vendor: &self.settings,
            resource,
            table: &self.tables[&*resource.kind],
            max_removals: self.max_removals,
            reader: None,
            declared: &BTreeSet::new(),
            was_recorded: false,
            resent: &BTreeMap::new(),
        };
        let provenance =
            Provenance { taken: now, by: "The test".to_owned(), signed_in_as: None, smaller: None };
        record(&subject, material, &provenance, now).map(drop).map_err(|error| error.to_string())
    }

    /// A second passes before each table, so that the snapshots have an order.
    async fn rows(&self, resource: &Resource, members: &Members) -> Result<(), String> {
        self.clock.sleep(Duration::from_secs(1)).await;
        self.record(resource, members.material())
    }
}

#[async_trait]
impl Keep for Recorder {
    async fn keep(&self, change: &Change, members: &Members) -> Result<(), String> {
        let on = change.action.target().ok_or("only projects are rehearsed")?;
        self.rows(&self.settings.resources[&on.name], members).await
    }
}

/// A plan that was carried out.
pub(super) struct Applied {
    pub(super) plan: Plan,
    pub(super) run: Run,
}

impl Rehearsal {
    /// An embedded vendor of that connector whose seed has this `vendor`, and a workspace of this text.
    pub(super) fn new(connector: &str, seed: &Value, yaml: &str, window: &Window) -> Self {
        let clock = Arc::new(LeapClock::new(NOW.parse().unwrap()));
        let folder = TempDir::new().unwrap();
        let state = folder.path().join(".grantline/emulators/v.json");
        let mut options = EmulatorOptions::new(state, Secret::new("tok-9f2c61d4".to_owned()));
        let mut whole = json!({ "format": "grantline.emulator/1", "tenant": "acme" });
        whole.as_object_mut().unwrap().extend(seed.as_object().unwrap().clone());
        options.seed = Some(Seed::Text(whole.to_string()));
        options.rules = emulator_rules(connector).unwrap();
        options.clock = Arc::clone(&clock) as Arc<dyn Clock>;
        let emulator = Emulator::start(options).unwrap();
        let (window, operator) = (window.clone(), Arc::default());
        Self { emulator, folder, window, workspace: parsed(yaml), operator, clock }
    }

    /// Replaces the workspace.
    pub(super) fn edit(&mut self, yaml: &str) {
        self.workspace = parsed(yaml);
    }

    fn vendor(&self) -> &Vendor {
        &self.workspace.vendors[VENDOR]
    }

    fn spec(&self) -> Spec {
        self.vendor().spec(&Registry).unwrap()
    }

    fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock) as Arc<dyn Clock>
    }

    fn pace(&self) -> Arc<Pace> {
        Pace::new(self.clock(), &self.spec().limits, 7)
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.emulator.origin())
    }

    fn ground(&self) -> Ground {
        let pages = self.spec().pages.unwrap();
        Ground::new(self.vendor().name.clone(), pages, &self.emulator.origin()).unwrap()
    }

    fn captures(&self) -> Captures {
        Captures::new(self.root(), self.clock())
    }

    fn recorder(&self) -> Recorder {
        Recorder {
            root: self.root().to_owned(),
            settings: self.vendor().settings(),
            tables: self.spec().pages.unwrap().tables.clone(),
            max_removals: self.workspace.guards.max_removals,
            clock: Arc::clone(&self.clock),
        }
    }

    /// Records a table that a person has copied, as `grantline snapshot --from` does.
    pub(super) fn record(&self, resource: &str, text: &str) {
        let recorder = self.recorder();
        recorder.record(&recorder.settings.resources[resource], Material::Bytes(text.as_bytes())).unwrap();
    }

    /// Reads the members of resources from their pages and records them, as `grantline snapshot --browser` does.
    pub(super) async fn read(&self, resources: &[&str]) {
        let (recorder, ground, captures) = (self.recorder(), self.ground(), self.captures());
        let mut window = self.window.clone();
        for resource in resources {
            let resource = &recorder.settings.resources[*resource];
            let place = (&*resource.kind, resource.name.as_str(), resource.id.as_deref());
            let members = read_members(&mut window, &ground, &captures, place).await.unwrap();
            recorder.rows(resource, &members).await.unwrap();
        }
    }

    fn reader(&self) -> Arc<dyn Reader> {
        let (vendor, has_api) = (self.vendor(), vendors::has_api(self.vendor()));
        let endpoint = || self.emulator.endpoint().unwrap();
        let api = has_api.then(|| Arc::from(vendors::reader(vendor, endpoint(), self.pace()).unwrap()));
        Arc::new(RecordedReader::new(
            self.root().to_owned(),
            vendor.name.clone(),
            api,
            recordable(&vendor.settings(), &self.spec(), has_api),
            self.workspace.guards.snapshot_max_age,
            self.clock(),
        ))
    }

    async fn reading(&self) -> Reading {
        let to_read = ToRead { scope: scope_of(&self.vendor().settings()), reader: Ok(self.reader()) };
        let mut readings = observe(vec![to_read], READ_TIMEOUT, self.clock(), Arc::new(Quiet)).await;
        readings.remove(VENDOR).unwrap()
    }

    /// Plans, as `grantline plan` does.
    pub(super) async fn plan(&self) -> ApprovedPlan {
        let (workspace, now) = (&self.workspace, self.clock.now());
        let input = Input {
            workspace: Arc::clone(&workspace.name),
            now,
            desired_ref: DesiredRef::default(),
            desired: resolve(workspace, &Registry, workspace.today(now)),
            vendors: vec![VendorInput {
                settings: self.vendor().settings(),
                spec: self.spec(),
                reading: self.reading().await,
            }],
            behind: Vec::new(),
            protected: workspace.guards.protected.clone(),
            min_admins: usize::try_from(workspace.guards.min_admins).unwrap(),
        };
        judge(reconcile(&input), &input.vendors, &input.desired, &workspace.guards, &[])
    }

    /// Plans and applies, as `grantline apply` does where somebody says yes to each question.
    pub(super) async fn apply(&self) -> Applied {
        let (approved, spec) = (self.plan().await, self.spec());
        let operator = Arc::clone(&self.operator) as Arc<dyn Confirm>;
        let keep: Arc<dyn Keep> = Arc::new(self.recorder());
        let session = Box::new(self.window.clone());
        let browser = BrowserWriter::new(session, self.ground(), operator, self.captures(), Some(keep));
        let [grant, revoke] = [(), ()].map(|()| Ok(self.emulator.endpoint().unwrap()));
        let hands = Hands {
            writer: vendors::writer(self.vendor(), grant, revoke, self.pace()).map(Arc::from),
            browser: Some(Arc::new(browser) as Arc<dyn Writer>),
            reader: self.reader(),
            scope: scope_of(&self.vendor().settings()),
            settle: spec.settle,
            batch: spec.limits.batch,
            width: 8,
        };
        let hands = BTreeMap::from([(VendorName::parse(VENDOR).unwrap(), hands)]);
        let conduct = Conduct {
            clock: self.clock(),
            progress: Arc::new(Quiet),
            journal: Arc::new(Forgetful),
            stop: Stop::default(),
            aside: BTreeMap::new(),
            credentials: BTreeMap::new(),
        };
        let run = apply(&approved, hands, &conduct).await;
        Applied { plan: approved.plan().clone(), run }
    }

    /// The plan is empty.
    pub(super) async fn is_converged(&self) {
        let plan = self.plan().await;
        assert_eq!(lines(plan.plan()), Vec::<String>::new());
    }

    /// What the vendor has noticed, in order.
    pub(super) fn effects(&self) -> Vec<String> {
        self.emulator.audit().effects()
    }

    /// What the operator was asked so far.
    pub(super) fn asked(&self) -> Vec<String> {
        self.operator.0.lock().unwrap().clone()
    }

    /// What was kept of pages, by name.
    pub(super) fn captured(&self) -> Vec<PathBuf> {
        let Ok(folder) = std::fs::read_dir(self.root().join(".grantline/captures")) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    }
}

fn parsed(yaml: &str) -> Workspace {
    let files = vec![("access/all.yaml".to_owned(), yaml.as_bytes().to_vec())];
    let loaded = load_files(files, &Registry, NOW.parse().unwrap());
    loaded.workspace.unwrap_or_else(|| panic!("{:#?}\n{yaml}", loaded.diagnostics))
}

/// A change without its number.
fn line(change: &Change) -> String {
    let on = change.action.target().map_or("-", |on| on.name.as_str());
    format!("{} {} {on}", change.action.word(), change.account.as_deref().unwrap_or("-"))
}

/// The changes of a plan, in its order.
pub(super) fn lines(plan: &Plan) -> Vec<String> {
    plan.changes.iter().map(line).collect()
}

impl Applied {
    /// Every change with how it ended.
    pub(super) fn ended(&self) -> Vec<String> {
        let pairs = self.plan.changes.iter().zip(&self.run.outcomes);
        pairs.map(|(change, outcome)| format!("{}: {}", line(change), outcome.status.word())).collect()
    }

    /// What is said of each.
    pub(super) fn details(&self) -> Vec<String> {
        self.run.outcomes.iter().map(|outcome| outcome.detail.to_string()).collect()
    }
}
