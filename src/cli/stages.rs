//! The one place that composes the stages: load, resolve, connect, observe, reconcile, judge.

use super::emulators::Emulators;
use super::output::Output;
use super::{Global, credentials, own_pages, root};
use crate::connector::{ConnectorError, Reader, Spec};
use crate::diagnostic::{Diagnostic, Renderer};
use crate::domain::{
    Change, DesiredRef, Duty, Override, Plan, Reading, ResourceName, ResourceReading, Severity, VendorName,
    VendorSettings,
};
use crate::guard::{self, ApprovedPlan};
use crate::net::{Clock, Endpoint, Pace, SystemClock};
use crate::observe::recorded::{RecordedReader, recordable};
use crate::observe::{Progress, READ_TIMEOUT, ToRead, observe, scope_of};
use crate::reconcile::{Input, VendorInput, reconcile};
use crate::record;
use crate::resolve::resolve;
use crate::vendors::{self, Registry};
use crate::workspace::{self, Loaded, Sources, Vendor, Workspace};
use anyhow::{Context as _, bail};
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Where a workspace keeps what belongs to one machine: journals, sign-ins, embedded vendors.
const LOCAL: &str = ".grantline";

/// A moment given instead of the clock's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FixedClock(pub(crate) Timestamp);

#[async_trait]
impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        self.0
    }

    async fn sleep(&self, duration: Duration) {
        SystemClock.sleep(duration).await;
    }

    fn elapsed(&self) -> Duration {
        SystemClock.elapsed()
    }
}

/// The machine's clock, or one that stands at `now`.
pub(crate) fn clock(now: Option<Timestamp>) -> Arc<dyn Clock> {
    match now {
        Some(now) => Arc::new(FixedClock(now)),
        None => Arc::new(SystemClock),
    }
}

/// A workspace as it was loaded.
pub(crate) struct Opened {
    /// The folder that holds `access/`.
    pub(crate) root: PathBuf,
    pub(crate) workspace: Workspace,
    /// What was checked out as the files were read. Vendors can take minutes to answer, and by then it can differ.
    desired: DesiredRef,
}

/// Finds and loads the workspace, and tells what is wrong with it.
///
/// # Errors
/// When there is none, or when it has errors, which have been told by then.
pub(crate) fn open(global: &Global, now: Timestamp, output: &Output) -> anyhow::Result<Opened> {
    let root = root::find(global.directory.as_deref())?;
    root::tell(&root, global.directory.as_deref(), output);
    if record::keeps(&root, LOCAL) {
        bail!(
            "`{LOCAL}` is in git; it holds what one machine knows, and a commit could have put anything there. Take it \
             out with `git rm -r --cached {LOCAL}`, and delete the folder unless it is your own"
        );
    }
    let loaded = load(&root, now);
    let errors = loaded.diagnostics.iter().filter(|problem| problem.severity == Severity::Error).count();
    tell(&loaded.diagnostics, &loaded.sources, output);
    match loaded.workspace {
        Some(workspace) if errors == 0 => {
            let desired = desired_ref(&workspace, &root);
            Ok(Opened { root, workspace, desired })
        }
        _ => bail!("the workspace has {errors} {}", if errors == 1 { "error" } else { "errors" }),
    }
}

/// Loads the workspace, and checks the files that it names.
pub(crate) fn load(root: &Path, now: Timestamp) -> Loaded {
    let mut loaded = workspace::load(root, &Registry, now);
    let named = loaded.workspace.as_ref().map(|workspace| own_pages::check(root, workspace));
    loaded.diagnostics.extend(named.unwrap_or_default());
    loaded
}

/// Tells diagnostics to people: errors always, the rest unless `-q`.
pub(crate) fn tell(diagnostics: &[Diagnostic], sources: &Sources, output: &Output) {
    let shown: Vec<Diagnostic> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error || output.level > 0)
        .cloned()
        .collect();
    if !shown.is_empty() {
        output.tell(&Renderer::new(output.color_talk).render(&shown, sources));
    }
}

/// The vendors that a run is about.
///
/// # Errors
/// When a name is no vendor's, with the nearest one.
pub(crate) fn choose<'a>(workspace: &'a Workspace, names: &[String]) -> anyhow::Result<Vec<&'a Vendor>> {
    for name in names {
        if !workspace.vendors.contains_key(name.as_str()) {
            let known = workspace.vendors.keys().map(VendorName::as_str).collect::<Vec<_>>();
            bail!("there is no vendor {name:?}; the workspace has {}", known.join(", "));
        }
    }
    let wanted = |vendor: &&Vendor| names.is_empty() || names.iter().any(|name| name == vendor.name.as_str());
    Ok(workspace.vendors.values().filter(wanted).collect())
}

/// The vendors whose accounts come from any of these, directly or by way of others.
pub(crate) fn fed_by<'a>(workspace: &'a Workspace, from: &BTreeSet<&VendorName>) -> Vec<&'a Vendor> {
    let mut found: BTreeMap<&VendorName, &Vendor> = BTreeMap::new();
    loop {
        let before = found.len();
        for vendor in workspace.vendors.values() {
            let source = vendor.provisioned_by.as_ref().map(|source| &source.value.vendor);
            if source.is_some_and(|source| from.contains(source) || found.contains_key(source)) {
                found.insert(&vendor.name, vendor);
            }
        }
        if found.len() == before {
            return found.into_values().collect();
        }
    }
}

/// The chosen vendors, and those that a plan for them may have to look at.
pub(crate) fn with_fed<'a>(workspace: &'a Workspace, chosen: &[&'a Vendor]) -> Vec<&'a Vendor> {
    let from = chosen.iter().map(|vendor| &vendor.name).collect();
    let mut all: BTreeMap<&VendorName, &Vendor> =
        chosen.iter().map(|vendor| (&vendor.name, *vendor)).collect();
    all.extend(fed_by(workspace, &from).into_iter().map(|vendor| (&vendor.name, vendor)));
    all.into_values().collect()
}

/// One vendor, ready to be read.
pub(crate) struct Connected {
    pub(crate) settings: VendorSettings,
    pub(crate) spec: Spec,
    pub(crate) endpoint: Result<Endpoint, ConnectorError>,
    pub(crate) reader: Result<Arc<dyn Reader>, ConnectorError>,
    /// How fast it is asked, by whoever reads or changes it.
    pub(crate) pace: Arc<Pace>,
}

/// Fetches credentials and makes readers. A vendor whose credential is missing is unreadable; the others go on.
pub(crate) fn connect(
    opened: &Opened,
    chosen: &[&Vendor],
    emulators: &Emulators,
    clock: &Arc<dyn Clock>,
) -> anyhow::Result<BTreeMap<VendorName, Connected>> {
    let mut connected = BTreeMap::new();
    for vendor in chosen {
        let (settings, spec) = (vendor.settings(), spec(vendor, &opened.root)?);
        let endpoint = credentials::endpoint(vendor, Duty::Read, emulators);
        let pace = Pace::new(Arc::clone(clock), &spec.limits, seed());
        let reader = reader(opened, vendor, &spec, &endpoint, &pace);
        connected.insert(vendor.name.clone(), Connected { settings, spec, endpoint, reader, pace });
    }
    Ok(connected)
}

/// What no other run begins with, so that runs that were told to wait do not come back together.
fn seed() -> u64 {
    let now = Timestamp::now().as_nanosecond().unsigned_abs();
    (now as u64) ^ (u64::from(std::process::id()) << 32)
}

/// The API's reader, the recorded snapshots', or the one around the other. A vendor without an API has no credential
/// to miss.
fn reader(
    opened: &Opened,
    vendor: &Vendor,
    spec: &Spec,
    endpoint: &Result<Endpoint, ConnectorError>,
    pace: &Arc<Pace>,
) -> Result<Arc<dyn Reader>, ConnectorError> {
    let has_api = vendors::has_api(vendor);
    let recorded = spec.pages.as_ref().is_some_and(|pages| !pages.tables.is_empty());
    let api: Option<Arc<dyn Reader>> = match recorded && !has_api {
        true => None,
        false => Some(Arc::from(vendors::reader(vendor, endpoint.clone()?, Arc::clone(pace))?)),
    };
    match api {
        Some(api) if !recorded => Ok(api),
        api => Ok(Arc::new(RecordedReader::new(
            opened.root.clone(),
            vendor.name.clone(),
            api,
            recordable(&vendor.settings(), spec, has_api),
            opened.workspace.guards.snapshot_max_age,
            Arc::clone(pace.clock()),
        ))),
    }
}

/// What the connector declares of the vendor, with the workspace's own description of its pages where there is one.
///
/// # Errors
/// When the connector is not known, or that description cannot be read.
pub(crate) fn spec(vendor: &Vendor, root: &Path) -> anyhow::Result<Spec> {
    let spec = vendor.spec(&Registry);
    let mut spec = spec.with_context(|| format!("the connector {} is not known", vendor.connector.value))?;
    if let Some(file) = &vendor.pages.file {
        let pages = own_pages::read(root, vendor, &file.value).map_err(anyhow::Error::msg);
        let pages = pages.with_context(|| format!("`pages:` of {}: {}", vendor.name, file.value))?;
        spec.pages = Some(Arc::new(pages));
    }
    Ok(spec)
}

/// A variable of the environment. One that is no text is not taken for one that is not set.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}

/// A plan with everything that it was made from.
pub(crate) struct Planned {
    pub(crate) approved: ApprovedPlan,
    pub(crate) connected: BTreeMap<VendorName, Connected>,
    /// What was read, for the ledger of tasks.
    pub(crate) reads: record::tasks::Reads,
    /// The resources of vendors that were read, of which it could not be seen who has access.
    pub(crate) unread: BTreeSet<(VendorName, ResourceName)>,
}

/// Observes, reconciles and judges.
///
/// # Errors
/// When the workspace names a connector that does not exist; a vendor that fails is part of the plan.
pub(crate) async fn plan(
    opened: &Opened,
    vendors: &[&Vendor],
    overrides: &[Override],
    emulators: &Emulators,
    (clock, progress): (&Arc<dyn Clock>, &Arc<dyn Progress>),
) -> anyhow::Result<Planned> {
    let connected = connect(opened, vendors, emulators, clock)?;
    plan_with(opened, connected, emulators, (overrides, Vec::new()), (clock, progress)).await
}

/// The same for vendors that are connected already, where `pending` was sent earlier and need not show yet.
///
/// # Errors
/// As for [`plan`].
pub(crate) async fn plan_with(
    opened: &Opened,
    connected: BTreeMap<VendorName, Connected>,
    emulators: &Emulators,
    (overrides, pending): (&[Override], Vec<Change>),
    (clock, progress): (&Arc<dyn Clock>, &Arc<dyn Progress>),
) -> anyhow::Result<Planned> {
    let vendors = read(&connected, clock, progress).await;
    let now = clock.now();
    let workspace = &opened.workspace;
    let mut input = Input {
        workspace: Arc::clone(&workspace.name),
        now,
        desired_ref: opened.desired.clone(),
        desired: resolve(workspace, &Registry, workspace.today(now)),
        vendors,
        behind: Vec::new(),
        protected: workspace.guards.protected.clone(),
        min_admins: usize::try_from(workspace.guards.min_admins).unwrap_or(usize::MAX),
    };
    let mut plan = reconcile(&input);
    let behind = taken_behind(workspace, &connected, &plan);
    if !behind.is_empty() {
        let others = connect(opened, &behind, emulators, clock)?;
        input.behind = read(&others, clock, progress).await;
        plan = reconcile(&input);
    }
    plan.pending = pending;
    let all = input.vendors.iter().chain(&input.behind);
    let approved = guard::judge(plan, all, &input.desired, &workspace.guards, overrides);
    let readings = input.vendors.iter().map(|vendor| (&vendor.settings.name, &vendor.spec, &vendor.reading));
    let reads = record::tasks::Reads::of(readings);
    let unread = input.vendors.iter().flat_map(unread).collect();
    Ok(Planned { approved, connected, reads, unread })
}

async fn read(
    connected: &BTreeMap<VendorName, Connected>,
    clock: &Arc<dyn Clock>,
    progress: &Arc<dyn Progress>,
) -> Vec<VendorInput> {
    let to_read = connected
        .values()
        .map(|vendor| ToRead { scope: scope_of(&vendor.settings), reader: vendor.reader.clone() })
        .collect();
    let mut readings = observe(to_read, READ_TIMEOUT, Arc::clone(clock), Arc::clone(progress)).await;
    let input = |(name, vendor): (&VendorName, &Connected)| {
        let reading = readings.remove(name)?;
        Some(VendorInput { settings: vendor.settings.clone(), spec: vendor.spec.clone(), reading })
    };
    connected.iter().filter_map(input).collect()
}

/// The vendors that the plan is not for, and from which accounts may go with what it takes at their provider.
fn taken_behind<'a>(
    workspace: &'a Workspace,
    connected: &BTreeMap<VendorName, Connected>,
    plan: &Plan,
) -> Vec<&'a Vendor> {
    let taking = plan.changes.iter().filter(|change| change.action.is_removal());
    let from: BTreeSet<&VendorName> = taking.map(|change| &change.vendor).collect();
    let fed = fed_by(workspace, &from);
    fed.into_iter().filter(|vendor| !connected.contains_key(&vendor.name)).collect()
}

fn unread(vendor: &VendorInput) -> Vec<(VendorName, ResourceName)> {
    let Reading::Complete(snapshot) = &vendor.reading else { return Vec::new() };
    let unread = snapshot.resources.iter().filter(|(_, one)| matches!(one, ResourceReading::Unread { .. }));
    unread.map(|(resource, _)| (vendor.settings.name.clone(), resource.clone())).collect()
}

/// Says that no commit holds what the plan is made from: nobody can have reviewed it.
pub(crate) fn tell_uncommitted(plan: &Plan, output: &Output) {
    if plan.desired.dirty {
        output.talk("The plan is made from edits under `access/` that are in no commit.");
    }
}

fn desired_ref(workspace: &Workspace, root: &Path) -> DesiredRef {
    let head = record::head(root);
    DesiredRef {
        commit: head.as_ref().and_then(|head| head.commit.clone()),
        dirty: head.is_some_and(|head| head.dirty),
        digest: workspace.digest.clone(),
    }
}

/// The overrides of `--override GUARD --because TEXT`.
///
/// # Errors
/// When a name is no guard's, when the guard stands for an invariant, or when the reason is missing.
pub(crate) fn overrides(names: &[String], because: Option<&str>) -> anyhow::Result<Vec<Override>> {
    let reason = because.map(str::trim).filter(|text| !text.is_empty());
    names
        .iter()
        .map(|name| {
            match guard::names().find(|(known, _)| known == name) {
                None => {
                    let known: Vec<&str> =
                        guard::names().filter(|(_, may)| *may).map(|(name, _)| name).collect();
                    bail!("there is no guard {name:?}; those that can be overridden are {}", known.join(", "))
                }
                Some((_, false)) => bail!("the guard {name} cannot be overridden"),
                Some((_, true)) => {}
            }
            let because = reason.with_context(|| format!("--override {name} needs --because TEXT"))?;
            Ok(Override { guard: name.clone(), because: because.to_owned() })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Cli, block_on};
    use super::*;
    use clap::Parser as _;
    use std::fs;

    #[test]
    fn a_plan_names_what_was_checked_out_as_the_files_were_loaded() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("access")).unwrap();
        let path = folder.path().join("access/workspace.yaml");
        fs::write(&path, "workspace: { name: acme }\n").unwrap();
        let repository = git2::Repository::init(folder.path()).unwrap();
        let mut index = repository.index().unwrap();
        index.add_path(Path::new("access/workspace.yaml")).unwrap();
        index.write().unwrap();
        let tree = repository.find_tree(index.write_tree().unwrap()).unwrap();
        let who = git2::Signature::now("t", "t@acme.example").unwrap();
        let commit = repository.commit(Some("HEAD"), &who, &who, "access: first", &tree, &[]).unwrap();

        let words = ["grantline", "-C", folder.path().to_str().unwrap(), "plan"];
        let global = Cli::try_parse_from(words).unwrap().global;
        let clock = clock(None);
        let opened = open(&global, clock.now(), &Output::new(&global)).unwrap();
        fs::write(&path, "workspace: { name: acme2 }\n").unwrap();
        let progress: Arc<dyn Progress> = Arc::new(crate::observe::Quiet);
        let planned = block_on(plan(&opened, &[], &[], &Emulators::default(), (&clock, &progress))).unwrap();
        let desired = &planned.approved.plan().desired;
        assert_eq!((desired.commit.clone(), desired.dirty), (Some(commit.to_string()), false));
    }
}
