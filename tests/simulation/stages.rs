//! One process of the program: the stages as the command line composes them, on the world's clock and sockets.

use super::clock::ClientClock;
use super::invariants;
use super::outside;
use super::world::World;
use grantline::apply::hold::Holder;
use grantline::apply::journal::{
    Eyes, FileJournal, Forgetful, Found, Header, Recovered, Started, aside, recover, unfinished,
};
use grantline::apply::{Conduct, Hands, Stop, apply};
use grantline::connector::{ConnectorError, Reader, Spec, Writer};
use grantline::domain::{
    Action, Change, ChangeId, DesiredRef, OutcomeStatus, Plan, Reading, ReadingState, Run, VendorName,
};
use grantline::guard::{ApprovedPlan, judge};
use grantline::net::{Clock, Endpoint, Pace};
use grantline::observe::{Event, Progress, READ_TIMEOUT, ToRead, observe, scope_of};
use grantline::reconcile::{Input, VendorInput, reconcile};
use grantline::resolve::resolve;
use grantline::vendors::{self, Registry};
use grantline::view::{plan_digest, plan_json, run_json};
use grantline::workspace::{Vendor, Workspace, load_files};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A process, from its start to its end or its death.
pub(crate) struct Process {
    world: Arc<World>,
    clock: Arc<dyn Clock>,
    workspace: Workspace,
    paces: BTreeMap<VendorName, Arc<Pace>>,
    readers: BTreeMap<VendorName, Arc<dyn Reader>>,
}

impl Process {
    /// Loads the workspace, and connects.
    pub(crate) fn start(world: &Arc<World>) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(ClientClock(Arc::clone(&world.clock)));
        let yaml = world.state().model.yaml();
        let loaded = load_files(
            vec![("access/all.yaml".to_owned(), yaml.as_bytes().to_vec())],
            &Registry,
            clock.now(),
        );
        let workspace = loaded.workspace.unwrap_or_else(|| panic!("{:#?}\n{yaml}", loaded.diagnostics));
        let mut process = Self {
            world: Arc::clone(world),
            clock,
            workspace,
            paces: BTreeMap::new(),
            readers: BTreeMap::new(),
        };
        for (name, vendor) in &process.workspace.vendors {
            let pace = Pace::new(Arc::clone(&process.clock), &Self::spec(vendor).limits, world.seed);
            let reader = vendors::reader(vendor, process.endpoint(name), Arc::clone(&pace)).unwrap();
            process.paces.insert(name.clone(), pace);
            process.readers.insert(name.clone(), Arc::from(reader));
        }
        process
    }

    fn endpoint(&self, name: &VendorName) -> Endpoint {
        let at = self.world.vendor(name.as_str());
        self.world.emulator(at).endpoint().unwrap()
    }

    fn spec(vendor: &Vendor) -> Spec {
        vendor.spec(&Registry).unwrap()
    }

    /// Reads every vendor.
    async fn read(&self) -> BTreeMap<VendorName, Reading> {
        let to_read = self.workspace.vendors.values().map(|vendor| ToRead {
            scope: scope_of(&vendor.settings()),
            reader: Ok(Arc::clone(&self.readers[&vendor.name])),
        });
        let progress = self.progress();
        observe(to_read.collect(), READ_TIMEOUT, Arc::clone(&self.clock), progress).await
    }

    /// Reads, reconciles and judges. Whether a vendor could not be read stands beside the plan.
    pub(crate) async fn plan(&self, past: &[Recovered]) -> (ApprovedPlan, bool) {
        let readings = self.read().await;
        let now = self.clock.now();
        let pending: Vec<Change> =
            past.iter().flat_map(Recovered::unsettled).map(|(change, _)| change.clone()).collect();
        let approved = self.judged(&readings, now, &pending);
        let unread = readings.values().filter(|one| matches!(one, Reading::Unreadable(_))).count();
        self.world.state().tally.unreadable += u64::try_from(unread).unwrap_or(0);
        let text = plan_json(approved.plan(), &self.workspace.sources, None);
        if plan_json(self.judged(&readings, now, &pending).plan(), &self.workspace.sources, None) != text {
            self.world.breach(3, "the same readings give two plans");
        }
        self.world.keeps_its_secret("the plan", &text);
        let (unread_as_absent, untold) = {
            let state = self.world.state();
            let plan = approved.plan();
            (invariants::unread_is_not_absent(&state, plan), outside::is_told(&state, plan))
        };
        let silent = invariants::says_why(approved.plan());
        for (invariant, seen) in silent.into_iter().chain(unread_as_absent).chain(untold) {
            self.world.breach(invariant, seen);
        }
        (approved, unread > 0)
    }

    /// Invariant 3: what a vendor holds decides the plan, and not how it tells it to `second` once the pages are turned.
    pub(crate) async fn plans_the_same_from_other_pages(&self, turn_pages: impl Fn(), second: &Self) {
        let mut first = self.read().await;
        turn_pages();
        let mut second = second.read().await;
        let now = self.clock.now();
        for (name, reading) in first.iter_mut().chain(second.iter_mut()) {
            match reading {
                Reading::Complete(snapshot) => snapshot.read_at = now,
                // Otherwise nothing would be compared, and nobody would notice.
                Reading::Unreadable(why) => {
                    let seen = format!("{name} cannot be read, and nothing is wrong there: {}", why.reason);
                    return self.world.breach(3, seen);
                }
            }
        }
        let [first, second] = [first, second]
            .map(|one| plan_json(self.judged(&one, now, &[]).plan(), &self.workspace.sources, None));
        if first != second {
            self.world.breach(3, format!("one state gives two plans:\n{first}\n{second}"));
        }
    }

    fn judged(
        &self,
        readings: &BTreeMap<VendorName, Reading>,
        now: Timestamp,
        pending: &[Change],
    ) -> ApprovedPlan {
        let workspace = &self.workspace;
        let inputs = workspace.vendors.values().map(|vendor| VendorInput {
            settings: vendor.settings(),
            spec: Self::spec(vendor),
            reading: readings[&vendor.name].clone(),
        });
        let input = Input {
            workspace: Arc::clone(&workspace.name),
            now,
            desired_ref: DesiredRef { digest: workspace.digest.clone(), ..DesiredRef::default() },
            desired: resolve(workspace, &Registry, workspace.today(now)),
            vendors: inputs.collect(),
            behind: Vec::new(),
            protected: workspace.guards.protected.clone(),
            min_admins: usize::try_from(workspace.guards.min_admins).unwrap(),
        };
        let plan = Plan { pending: pending.to_vec(), ..reconcile(&input) };
        judge(plan, &input.vendors, &input.desired, &workspace.guards, &[])
    }

    fn conduct(&self) -> Conduct {
        Conduct {
            clock: Arc::clone(&self.clock),
            progress: self.progress(),
            journal: Arc::new(Forgetful),
            stop: Stop::default(),
            aside: BTreeMap::new(),
            credentials: BTreeMap::new(),
        }
    }

    /// Finds out what became of applies that broke off.
    pub(crate) async fn look_back(&self) -> Result<Vec<Recovered>, String> {
        let eyes: BTreeMap<VendorName, Eyes> =
            self.workspace.vendors.values().map(|vendor| self.eyes(vendor)).collect();
        let mut past = Vec::new();
        for journal in unfinished(self.world.disk.root()).map_err(|error| error.to_string())? {
            let recovered = recover(journal, &eyes, &self.conduct()).await;
            recovered.write().map_err(|error| error.to_string())?;
            self.found(&recovered);
            past.push(recovered);
        }
        Ok(past)
    }

    fn eyes(&self, vendor: &Vendor) -> (VendorName, Eyes) {
        let reader = Arc::clone(&self.readers[&vendor.name]);
        let eyes = Eyes { reader, scope: scope_of(&vendor.settings()), settle: Self::spec(vendor).settle };
        (vendor.name.clone(), eyes)
    }

    /// Invariant 7, of what was found out: what is called done is so, and what would be noticed twice and is called not
    /// done is not so.
    fn found(&self, recovered: &Recovered) {
        self.world.note(|| recovered.summary());
        for (id, found) in &recovered.findings {
            let Some(started) = recovered.journal.started.get(id) else { continue };
            self.world.note(|| format!("found: {id} {} {}", found.word(), found.why()));
            let at = self.world.vendor(started.change.vendor.as_str());
            let state = self.world.state();
            let change = with_the_vendors_id(started);
            let untrue = invariants::done_is_true(&change, &state.model, &state.scenes[at]);
            let is_raced = invariants::is_raced(&change, &state.model, &state.scenes[at]);
            drop(state);
            match (found, untrue) {
                (Found::Done, Some((_, seen))) => {
                    self.world.breach(7, format!("by an apply that looked back: {seen}"));
                }
                (Found::NotDone(_), None) if invariants::would_be_noticed(&change) && !is_raced => {
                    self.world.breach(4, format!("{id} is called not done, and was done"));
                }
                _ => {}
            }
        }
    }

    /// The changes that would repeat what may have been done; what needs no further looking at is closed.
    pub(crate) fn set_aside(&self, past: &[Recovered], plan: &Plan) -> BTreeMap<ChangeId, String> {
        let unsettled: Vec<_> = past.iter().flat_map(Recovered::unsettled).collect();
        for recovered in past {
            let own = recovered.unsettled();
            let is_read =
                |vendor| plan.vendors.get(vendor).is_some_and(|one| one.state == ReadingState::Complete);
            if !own.is_empty()
                && own.iter().all(|(change, _)| is_read(&change.vendor))
                && aside(&own, plan).is_empty()
            {
                recovered.let_go().unwrap();
            }
        }
        aside(&unsettled, plan)
    }

    /// Carries an approved plan out. None where its journal cannot be begun.
    pub(crate) async fn apply(
        &self,
        approved: &ApprovedPlan,
        aside: BTreeMap<ChangeId, String>,
    ) -> Option<Run> {
        let (plan, sources) = (approved.plan(), &self.workspace.sources);
        let (wear, number) = {
            let state = self.world.state();
            (state.conditions.wear, state.tally.applies)
        };
        let holder = Holder {
            who: "simulation".to_owned(),
            host: "world".to_owned(),
            pid: u32::try_from(number).unwrap(),
            started: self.clock.now(),
            command: "grantline apply".to_owned(),
        };
        let header = Header::new(plan, &plan_digest(plan, sources), false, &holder);
        let paper = self.world.disk.paper(&self.world, &header, wear);
        let journal = Arc::new(FileJournal::on(paper, &header, Arc::clone(&self.clock)).ok()?);
        let conduct = Conduct { journal: Arc::clone(&journal) as _, aside, ..self.conduct() };
        let hands = self.workspace.vendors.values().map(|vendor| (vendor.name.clone(), self.hands(vendor)));
        let run = apply(approved, hands.collect(), &conduct).await;
        self.world.keeps_its_secret("the run", &run_json(&run, plan, sources));
        // One that cannot be ended is found unfinished by the next apply.
        let _ = journal.close();
        Some(run)
    }

    fn hands(&self, vendor: &Vendor) -> Hands {
        let endpoint = || Ok::<Endpoint, ConnectorError>(self.endpoint(&vendor.name));
        let writer = vendors::writer(vendor, endpoint(), endpoint(), Arc::clone(&self.paces[&vendor.name]));
        let spec = Self::spec(vendor);
        Hands {
            writer: writer.map(|writer| Arc::from(writer) as Arc<dyn Writer>),
            browser: None,
            reader: Arc::clone(&self.readers[&vendor.name]),
            scope: scope_of(&vendor.settings()),
            settle: spec.settle,
            batch: spec.limits.batch,
            width: spec.limits.side_by_side,
        }
    }

    fn progress(&self) -> Arc<dyn Progress> {
        Arc::new(Watcher(Arc::clone(&self.world)))
    }
}

/// The change, about the account that the vendor said it had made for it.
pub(crate) fn with_the_vendors_id(started: &Started) -> Change {
    let mut change = started.change.clone();
    if let (Action::Invite { .. }, Some(Ok(receipt))) = (&change.action, &started.answer)
        && receipt.account.is_some()
    {
        change.account_id.clone_from(&receipt.account);
    }
    change
}

/// Hears what the program tells of its work.
struct Watcher(Arc<World>);

impl Progress for Watcher {
    fn event(&self, event: &Event<'_>) {
        let text = format!("{event:?}");
        self.0.keeps_its_secret("an event", &text);
        let Event::Sent(vendor, outcome) = event else { return };
        self.0.note(|| {
            format!("told: {vendor} {} {}: {}", outcome.change, outcome.status.word(), outcome.detail)
        });
        if outcome.status != OutcomeStatus::Done {
            return;
        }
        let at = self.0.vendor(vendor.as_str());
        let mut state = self.0.state();
        state.tally.done += 1;
        let change = state
            .plan
            .as_ref()
            .and_then(|plan| plan.plan().changes.iter().find(|change| change.id == outcome.change));
        let broken = match change {
            Some(change) => invariants::done_is_true(change, &state.model, &state.scenes[at]),
            None => Some((1, format!("{} is done, and no plan has it", outcome.change))),
        };
        drop(state);
        if let Some((invariant, seen)) = broken {
            self.0.breach(invariant, seen);
        }
    }
}
