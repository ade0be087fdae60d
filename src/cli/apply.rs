mod ask;
mod duty;
mod ending;
mod hands;
mod hold;
mod intended;
pub(super) mod past;
mod prepared;
mod stream;

use super::calls::Calls;
use super::emulators::Emulators;
use super::only::Only;
use super::plan::Overrides;
use super::progress;
use super::stages::Connected;
use super::{Exit, Global, Output, root, saved_plan, stages};
use crate::apply::hold::{Hold, Holder};
use crate::apply::journal::{self, Forgetful, Unfinished};
use crate::apply::{Conduct, Stop, apply};
use crate::domain::{Override, Run, VendorName};
use crate::net::Clock;
use crate::observe::Progress;
use crate::record::tasks::Ledger;
use crate::view::saved::SavedPlan;
use crate::workspace::Vendor;
use anyhow::bail;
use clap::ValueEnum;
use hands::{Bench, hands};
use intended::Intended;
use past::Past;
use prepared::Prepared;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Plans and, once approved, carries the plan out and proves it by reading again
///
/// With PLAN, carries out exactly that saved plan: everything is read and planned anew, and refused if the
/// result differs. An apply that broke off is looked after first: what became of its changes is found out by reading.
/// Exit codes: 0 all done; 1 error; 3 a guard blocks, or a vendor could not be read; 4 changes are left that are failed,
/// waiting for a person or for a later apply, unverified or skipped. With `--only`, what that leaves does not count.
#[derive(Debug, clap::Args)]
pub(crate) struct Apply {
    /// A plan saved by `plan --out`, which keeps its own overrides
    #[arg(value_name = "PLAN", conflicts_with_all = ["vendors", "guards", "because"])]
    plan: Option<PathBuf>,
    /// Does not ask for approval
    #[arg(short, long, visible_alias = "auto-approve")]
    yes: bool,
    /// Applies at this vendor alone; several with commas, or by giving it several times
    #[arg(long = "vendor", value_name = "VENDOR", value_delimiter = ',')]
    vendors: Vec<String>,
    #[command(flatten)]
    overrides: Overrides,
    /// Carries out one sort of changes alone, and fetches no credential for the other; all else is skipped
    #[arg(long, value_enum, value_name = "SORT")]
    only: Option<Only>,
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Waits for as long as this, such as `5m`, while another apply is at work on the workspace; else it is refused at once
    #[arg(long, value_name = "DURATION", value_parser = hold::duration, default_value = "0s")]
    lock_timeout: Duration,
    /// Sends again what an apply that broke off may have sent, where no reading can tell whether it did
    #[arg(long)]
    repeat_unknown: bool,
    /// Writes what waits for a person to FILE as Markdown, for an issue; `-` is stdout, in place of the result
    #[arg(long, value_name = "FILE")]
    tasks: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// A line for each event (`grantline.event/1`), and `grantline.run/1` as the last line
    Json,
}

/// What an apply takes place in.
struct Scene<'a> {
    global: &'a Global,
    output: Output,
    opened: &'a stages::Opened,
    vendors: &'a [&'a Vendor],
    emulators: &'a Emulators,
    clock: &'a Arc<dyn Clock>,
    progress: &'a Arc<dyn Progress>,
    holder: &'a Holder,
    saved: Option<&'a SavedPlan>,
    overrides: &'a [Override],
}

/// What earlier runs left behind.
struct Left {
    ledger: Ledger,
    unfinished: Vec<Unfinished>,
}

impl Apply {
    pub(crate) fn run(&self, global: &Global, output: &Output) -> anyhow::Result<Exit> {
        if self.format == Format::Json && self.tasks.as_deref() == Some(Path::new("-")) {
            bail!("--format json and --tasks - both want stdout; give --tasks a file");
        }
        let mut overrides = stages::overrides(&self.overrides.guards, self.overrides.because.as_deref())?;
        let saved = self.plan.as_deref().map(|path| saved_plan::read(&global.path(path))).transpose()?;
        overrides.extend(saved.iter().flat_map(|saved| saved.overrides.iter().cloned()));
        let clock = stages::clock(None);
        super::block_on(async {
            let root = root::find(global.directory.as_deref())?;
            let holder = hold::holder(&root, clock.now());
            let hold = hold::take(&root, &holder, self.lock_timeout, &clock, output).await?;
            let opened = stages::open(global, clock.now(), output)?;
            let vendors = match &saved {
                Some(saved) => saved_plan::vendors(saved, &opened.workspace),
                None => stages::choose(&opened.workspace, &self.vendors)?,
            };
            // A ledger or a journal that cannot be read must be known before anything is changed.
            let left = Left { ledger: Ledger::open(&root)?, unfinished: journal::unfinished(&root)? };
            let emulators = Emulators::start(&opened.root, &stages::with_fed(&opened.workspace, &vendors))?;
            let progress = progress::watch(output);
            let scene = Scene {
                global,
                output: *output,
                opened: &opened,
                vendors: &vendors,
                emulators: &emulators,
                clock: &clock,
                progress: &progress,
                holder: &holder,
                saved: saved.as_ref(),
                overrides: &overrides,
            };
            self.perform(&scene, (hold, left)).await
        })
    }

    /// Looks back, plans, asks, carries out, and reports.
    async fn perform(
        &self,
        scene: &Scene<'_>,
        (hold, Left { ledger, unfinished }): (Hold, Left),
    ) -> anyhow::Result<Exit> {
        let connected = stages::connect(scene.opened, scene.vendors, scene.emulators, scene.clock)?;
        let conduct = scene.conduct();
        let calls = Calls::listen();
        let mut past = self.look_back(scene, unfinished, &connected, (&conduct, &calls)).await?;
        let intended = self.intend(scene, connected, &past, &calls).await?;
        if !calls.until_any(self.is_approved(scene, &intended)).await? {
            return Ok(Exit::Error);
        }
        let Prepared { mut book, journal, conduct } =
            self.prepare(scene, &intended, &mut past, (ledger, conduct))?;
        let mut run = self.carry_out(scene, &intended, &conduct, &calls).await?;
        scene.progress.clear();
        self.end(scene, &intended, &mut run, (&mut book, journal))?;
        let closed = past.supersede(intended.plan(), &run);
        // Nothing more is sent. Whoever is led through the tasks may take hours, and keeps nobody waiting.
        drop(hold);
        self.hand_over(&mut book, scene, &calls)?;
        closed?;
        Ok(ending::exit(&intended, &run))
    }

    /// Finds out what became of earlier applies, and tells it.
    async fn look_back(
        &self,
        scene: &Scene<'_>,
        unfinished: Vec<Unfinished>,
        connected: &BTreeMap<VendorName, Connected>,
        (conduct, calls): (&Conduct, &Calls),
    ) -> anyhow::Result<Past> {
        let Scene { clock, progress, output, .. } = *scene;
        past::foretell(&unfinished, connected, clock.now(), &output);
        let past = Past::find_out(unfinished, connected, conduct);
        let past = calls.until_stopped(past, &conduct.stop, &output).await??;
        progress.clear();
        past.tell((self.format == Format::Json).then_some(&**clock), &output);
        if conduct.stop.is_asked() {
            bail!("called off, and nothing was changed; the next `grantline apply` goes on from here");
        }
        Ok(past)
    }

    /// Plans anew, and sees what of the plan is to be carried out.
    ///
    /// # Errors
    /// When it was called off, or a saved plan does not fit any more.
    async fn intend(
        &self,
        scene: &Scene<'_>,
        connected: BTreeMap<VendorName, Connected>,
        past: &Past,
        calls: &Calls,
    ) -> anyhow::Result<Intended> {
        let Scene { opened, emulators, clock, progress, overrides, .. } = *scene;
        let planned =
            stages::plan_with(opened, connected, emulators, (overrides, past.pending()), (clock, progress));
        let planned = calls.until_any(planned).await?;
        progress.clear();
        if let Some(saved) = scene.saved {
            let at = (&*opened.root, &opened.workspace);
            saved_plan::refuse_unless_fit(saved, &planned, at, past, clock.now())?;
        }
        Ok(Intended::new(planned, past, scene.vendors, (self.only, self.repeat_unknown)))
    }

    /// Carries the plan out, until it is done or somebody calls it off twice.
    async fn carry_out(
        &self,
        scene: &Scene<'_>,
        Intended { planned, .. }: &Intended,
        conduct: &Conduct,
        calls: &Calls,
    ) -> anyhow::Result<Run> {
        let Scene { opened, vendors, emulators, clock, progress, output, .. } = *scene;
        let (stop, only) = (&conduct.stop, self.only);
        let bench = Bench { planned, opened, vendors, emulators, clock, progress, stop, only, output };
        let (hands, windows) = calls.until_any(async { Ok(hands(&bench).await) }).await?;
        let run = apply(&planned.approved, hands, conduct);
        let run = calls.until_stopped(run, stop, &output).await;
        for window in windows {
            window.close().await;
        }
        run
    }
}

impl Scene<'_> {
    /// How an apply is conducted while nothing is written down and nothing is left alone yet.
    fn conduct(&self) -> Conduct {
        Conduct {
            clock: Arc::clone(self.clock),
            progress: Arc::clone(self.progress),
            journal: Arc::new(Forgetful),
            stop: Stop::default(),
            aside: BTreeMap::new(),
            credentials: BTreeMap::new(),
        }
    }
}
