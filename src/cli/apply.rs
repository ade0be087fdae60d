mod duty;
mod hands;
mod hold;
pub(super) mod past;
mod stream;

use super::browser::line;
use super::calls::Calls;
use super::emulators::Emulators;
use super::only::{Only, Sorts};
use super::plan::{Overrides, look, text};
use super::progress;
use super::tasks::book::Book;
use super::tasks::{after, words};
use super::{Exit, Global, Output, saved_plan, stages};
use crate::apply::hold::{Hold, Holder};
use crate::apply::journal::{self, FileJournal, Forgetful, Header, Journal, Unfinished};
use crate::apply::{Conduct, Stop, apply};
use crate::domain::{
    Change, ChangeId, Channel, Narrowed, Outcome, OutcomeStatus, Override, Plan, Run, Verdict,
};
use crate::net::Clock;
use crate::observe::Progress;
use crate::record::tasks::Ledger;
use crate::view;
use crate::view::saved::SavedPlan;
use crate::view::{Happening, neutral};
use crate::workspace::{Vendor, Workspace};
use anyhow::bail;
use clap::ValueEnum;
use hands::{Bench, hands};
use past::Past;
use stages::Planned;
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use stream::Stream;

/// Plans and, once approved, carries the plan out and proves it by reading again
///
/// With PLAN, carries out exactly that saved plan: everything is read and planned anew, and refused if the
/// result differs. An apply that broke off is looked after first: what became of its changes is found out by reading.
/// Exit codes: 0 all done; 1 error; 3 a guard blocks; 4 changes are left that are failed,
/// waiting for a person, unverified or skipped. With `--only`, what that leaves does not count.
#[derive(Debug, clap::Args)]
pub(crate) struct Apply {
    /// A plan saved by `plan --out`, which keeps its own overrides
    #[arg(value_name = "PLAN", conflicts_with_all = ["vendors", "guards", "because"])]
    plan: Option<PathBuf>,
    /// Does not ask for approval
    #[arg(short, long, alias = "auto-approve")]
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
            let root = stages::root(global.directory.as_deref())?;
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
            };
            self.perform(&scene, (hold, left), saved.as_ref(), &overrides).await
        })
    }

    /// Looks back, plans, asks, carries out, and reports.
    async fn perform(
        &self,
        scene: &Scene<'_>,
        (hold, Left { ledger, unfinished }): (Hold, Left),
        saved: Option<&SavedPlan>,
        overrides: &[Override],
    ) -> anyhow::Result<Exit> {
        let Scene { opened, vendors, emulators, clock, progress, output, .. } = *scene;
        let workspace = &opened.workspace;
        let connected = stages::connect(opened, vendors, emulators, clock)?;
        let stop = Stop::default();
        let mut conduct = Conduct {
            clock: Arc::clone(clock),
            progress: Arc::clone(progress),
            journal: Arc::new(Forgetful),
            stop: stop.clone(),
            aside: BTreeMap::new(),
            credentials: BTreeMap::new(),
        };
        let calls = Calls::listen();
        past::foretell(&unfinished, &connected, clock.now(), &output);
        let past = Past::find_out(unfinished, &connected, &conduct);
        let past = calls.until_stopped(past, &stop, &output).await??;
        progress.clear();
        past.tell((self.format == Format::Json).then_some(&**clock), &output);
        if stop.is_asked() {
            bail!("called off, and nothing was changed; the next `grantline apply` goes on from here");
        }
        let planned = stages::plan_with(opened, connected, emulators, overrides, (clock, progress));
        let planned = calls.until_any(planned).await?;
        progress.clear();
        if let Some(saved) = saved {
            saved_plan::refuse_unless_fit(saved, &planned, (&opened.root, workspace), &past, clock.now())?;
        }
        let plan = planned.approved.plan();
        let sorts = Sorts(&planned.connected);
        conduct.aside = past.aside(plan, self.repeat_unknown);
        // What nobody can know of comes first: a later apply must not take it for something that was just left.
        let only = sorts.narrowed(plan, self.only);
        for (change, reason) in only.iter().flat_map(duty::aside) {
            conduct.aside.entry(change).or_insert(reason);
        }
        conduct.credentials = duty::credentials(&sorts, plan, vendors);
        let about = (&conduct.aside, only.as_ref());
        let approved = self.approved(&planned, about, workspace, saved.is_some(), &output);
        if !calls.until_any(approved).await? {
            return Ok(Exit::Error);
        }
        // What the tasks are written from must be readable before anything is changed, too.
        let mut book = Book::open(opened, vendors, emulators, &planned, ledger, clock.now())?;
        past.let_go(plan, self.repeat_unknown)?;
        book.foresee()?;
        let journal = self.journal(scene, &planned, &conduct.aside, saved)?;
        conduct.journal = self.streamed(journal.clone(), plan, workspace, clock, output);
        let bench = Bench {
            planned: &planned,
            opened,
            vendors,
            emulators,
            clock,
            progress,
            stop: &stop,
            only: self.only,
            output,
        };
        let mut run = carry_out(&bench, &conduct, &calls).await?;
        progress.clear();
        words::point_to_tasks(&mut run.outcomes, plan);
        // A stdout that cannot be written to must not cost what is left for people: no later plan lists it again.
        let told = self.report(&run, &planned, workspace, &output);
        after::issue(&mut book, &run, clock.now(), &output)?;
        journal.map(|journal| journal.close()).transpose()?;
        journal::prune(&opened.root, clock.now());
        told?;
        // Nothing more is sent. Whoever is led through the tasks may take hours, and keeps nobody waiting.
        drop(hold);
        self.hand_over(&mut book, scene, &calls)?;
        Ok(exit(&planned, &run, only.as_ref()))
    }

    /// The journal of this apply; none where there is nothing that a program could send.
    fn journal(
        &self,
        scene: &Scene<'_>,
        planned: &Planned,
        aside: &BTreeMap<ChangeId, String>,
        saved: Option<&SavedPlan>,
    ) -> anyhow::Result<Option<Arc<FileJournal>>> {
        let plan = planned.approved.plan();
        let sends = |change: &Change| {
            change.channel != Channel::Runbook
                && change.waits.is_none()
                && !planned.approved.is_held(&change.id)
                && !aside.contains_key(&change.id)
        };
        if !plan.changes.iter().any(sends) && saved.is_none() {
            return Ok(None);
        }
        let digest = match saved {
            Some(saved) => saved.seal.clone(),
            None => view::plan_digest(plan, &scene.opened.workspace.sources),
        };
        let header = Header::new(plan, &digest, saved.is_some(), scene.holder);
        let journal = FileJournal::create(&scene.opened.root, header, Arc::clone(scene.clock))?;
        Ok(Some(Arc::new(journal)))
    }

    /// The journal, told of on stdout where data is asked for.
    fn streamed(
        &self,
        journal: Option<Arc<FileJournal>>,
        plan: &Plan,
        workspace: &Workspace,
        clock: &Arc<dyn Clock>,
        output: Output,
    ) -> Arc<dyn Journal> {
        let journal: Arc<dyn Journal> = match journal {
            Some(journal) => journal,
            None => Arc::new(Forgetful),
        };
        if self.format == Format::Text {
            return journal;
        }
        let digest = view::plan_digest(plan, &workspace.sources);
        stream::tell(&output, &**clock, &Happening::Started(&digest, plan.changes.len()));
        Arc::new(Stream::new(journal, Arc::clone(clock), output))
    }

    /// Shows the plan and asks, where there is something to do and nobody has said yes.
    async fn approved(
        &self,
        planned: &Planned,
        (aside, only): (&BTreeMap<ChangeId, String>, Option<&Narrowed>),
        workspace: &Workspace,
        saved: bool,
        output: &Output,
    ) -> anyhow::Result<bool> {
        let plan = planned.approved.plan();
        let shown = text(plan, &workspace.sources, only, output);
        match self.format {
            Format::Text => self.show(&shown, output)?,
            Format::Json => tell_blocked(plan, output),
        }
        let is_left = |id: &ChangeId| only.is_some_and(|only| only.leaves(id));
        let is_held = |id: &ChangeId| planned.approved.is_held(id) || aside.contains_key(id) || is_left(id);
        let held = plan.changes.iter().filter(|change| is_held(&change.id)).count();
        let open = plan.changes.len() - held;
        if open == 0 || self.yes || saved {
            return Ok(true);
        }
        if !std::io::stdin().is_terminal() {
            bail!(
                "nobody can be asked for approval here; pass --yes, or apply a plan saved with `plan --out FILE`"
            );
        }
        if self.format == Format::Json {
            output.tell(&shown);
        }
        output.tell(&question(open, held, self.only));
        if line().await.is_none_or(|answer| answer.trim() != "yes") {
            output.tell("Nothing was changed.");
            return Ok(false);
        }
        Ok(true)
    }

    fn report(
        &self,
        run: &Run,
        planned: &Planned,
        workspace: &Workspace,
        output: &Output,
    ) -> anyhow::Result<()> {
        let plan = planned.approved.plan();
        match self.format {
            Format::Json => output.data(&view::run_json(run, plan, &workspace.sources)),
            Format::Text if plan.changes.is_empty() => Ok(()),
            Format::Text => self.show(&view::run_text(run, plan, &look(output)), output),
        }
    }

    /// Prints text where data goes, unless the tasks do.
    fn show(&self, text: &str, output: &Output) -> anyhow::Result<()> {
        if self.tasks.as_deref() == Some(Path::new("-")) {
            output.talk(text);
            return Ok(());
        }
        output.data(text)
    }

    /// Leads whoever sits at the terminal through the tasks; elsewhere, says where they are.
    fn hand_over(&self, book: &mut Book, scene: &Scene<'_>, calls: &Calls) -> anyhow::Result<()> {
        let Scene { clock, output, .. } = scene;
        if let Some(path) = &self.tasks {
            let (workspace, to) = (&scene.opened.workspace, scene.global.path(path));
            return after::write(book, workspace, (path, &to), clock.now(), output);
        }
        let is_terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        if is_terminal && self.format == Format::Text {
            return after::lead(book, clock, calls, output);
        }
        after::point(book, output);
        Ok(())
    }
}

/// What is asked before anything is carried out: only about what would be.
fn question(open: usize, held: usize, only: Option<Only>) -> String {
    let which = match only {
        None => "that nothing holds back".to_owned(),
        Some(only) => format!("that `--only {}` asks for and nothing holds back", only.word()),
    };
    let about = match (open, held, only) {
        (1, 0, None) => "this change".to_owned(),
        (_, 0, None) => format!("these {open} changes"),
        (1, 0, Some(only)) => format!("this change, as `--only {}` asks for", only.word()),
        (_, 0, Some(only)) => format!("these {open} changes, as `--only {}` asks for", only.word()),
        (1, _, _) => format!("the 1 change {which} (and leave {held})"),
        (_, _, _) => format!("the {open} changes {which} (and leave {held})"),
    };
    format!("\nCarry out {about}? Only `yes` is taken for yes: ")
}

/// Carries the plan out, until it is done or somebody calls it off twice.
async fn carry_out(bench: &Bench<'_>, conduct: &Conduct, calls: &Calls) -> anyhow::Result<Run> {
    let (hands, windows) = calls.until_any(async { Ok(hands(bench).await) }).await?;
    let run = apply(&bench.planned.approved, hands, conduct);
    let run = calls.until_stopped(run, bench.stop, &bench.output).await;
    for window in windows {
        window.close().await;
    }
    run
}

/// Says what guards hold back, where no plan is shown that does.
fn tell_blocked(plan: &Plan, output: &Output) {
    for verdict in plan.guards.iter().filter(|verdict| verdict.verdict == Verdict::Block) {
        let text = format!("{} holds changes at {} back: {}", verdict.guard, verdict.vendor, verdict.detail);
        output.talk(&neutral::terminal(&text));
    }
}

fn exit(planned: &Planned, run: &Run, only: Option<&Narrowed>) -> Exit {
    let is_asked_for = |change: &ChangeId| only.is_none_or(|only| only.is_asked_for(change));
    let is_undone =
        |outcome: &Outcome| outcome.status != OutcomeStatus::Done && is_asked_for(&outcome.change);
    let undone = run.outcomes.iter().any(is_undone);
    match () {
        () if planned.approved.is_blocked() => Exit::Blocked,
        () if undone => Exit::NotDone,
        () => Exit::Success,
    }
}

#[cfg(test)]
mod tests {
    use super::{Only, question};

    #[test]
    fn the_question_is_about_what_would_be_carried_out() {
        let check = |open, held, only, expect: &str| {
            let asked = question(open, held, only);
            assert_eq!(asked, format!("\nCarry out {expect}? Only `yes` is taken for yes: "));
        };
        check(1, 0, None, "this change");
        check(3, 0, None, "these 3 changes");
        check(1, 2, None, "the 1 change that nothing holds back (and leave 2)");
        check(4, 1, None, "the 4 changes that nothing holds back (and leave 1)");
        let revoke = Some(Only::Revoke);
        check(1, 0, revoke, "this change, as `--only revoke` asks for");
        check(2, 0, revoke, "these 2 changes, as `--only revoke` asks for");
        let which = "that `--only revoke` asks for and nothing holds back";
        check(1, 2, revoke, &format!("the 1 change {which} (and leave 2)"));
        check(4, 1, revoke, &format!("the 4 changes {which} (and leave 1)"));
    }
}
