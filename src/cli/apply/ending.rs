//! What an apply reports, writes down and hands over once nothing more is sent.

use super::super::calls::Calls;
use super::super::exit::Exit;
use super::super::plan::look;
use super::super::tasks::book::Book;
use super::super::tasks::{after, words};
use super::super::{Output, saved_plan};
use super::intended::Intended;
use super::{Apply, Format, Scene};
use crate::apply::journal::{self, FileJournal};
use crate::domain::{ChangeId, Outcome, OutcomeStatus, Plan, Run};
use crate::view;
use std::io::IsTerminal as _;
use std::path::Path;
use std::sync::Arc;

impl Apply {
    /// Reports the run, writes down what it leaves for people, and closes the journal.
    pub(super) fn end(
        &self,
        scene: &Scene<'_>,
        intended: &Intended,
        run: &mut Run,
        (book, journal): (&mut Book, Option<Arc<FileJournal>>),
    ) -> anyhow::Result<()> {
        let (clock, output, plan) = (scene.clock, &scene.output, intended.plan());
        words::point_to_tasks(&mut run.outcomes, plan);
        if scene.saved.is_some() {
            run.outcomes.iter_mut().for_each(saved_plan::advise);
        }
        // A stdout that cannot be written to must not cost what is left for people: no later plan lists it again.
        let told = self.report(scene, run, plan);
        after::issue(book, run, clock.now(), output)?;
        journal.map(|journal| journal.close()).transpose()?;
        journal::prune(&scene.opened.root, clock.now());
        told
    }

    fn report(&self, scene: &Scene<'_>, run: &Run, plan: &Plan) -> anyhow::Result<()> {
        let (workspace, output) = (&scene.opened.workspace, &scene.output);
        match self.format {
            Format::Json => output.data(&view::run_json(run, plan, &workspace.sources)),
            Format::Text if plan.changes.is_empty() => Ok(()),
            Format::Text => self.show(&view::run_text(run, plan, &look(output)), output),
        }
    }

    /// Prints text where data goes, unless the tasks do.
    pub(super) fn show(&self, text: &str, output: &Output) -> anyhow::Result<()> {
        if self.tasks.as_deref() == Some(Path::new("-")) {
            output.talk(text);
            return Ok(());
        }
        output.data(text)
    }

    /// Leads whoever sits at the terminal through the tasks; elsewhere, says where they are.
    pub(super) fn hand_over(&self, book: &mut Book, scene: &Scene<'_>, calls: &Calls) -> anyhow::Result<()> {
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

/// What an apply ends with. What was not asked for does not count.
pub(super) fn exit(intended: &Intended, run: &Run) -> Exit {
    let only = intended.only.as_ref();
    let is_asked_for = |change: &ChangeId| only.is_none_or(|only| only.is_asked_for(change));
    let is_undone =
        |outcome: &Outcome| outcome.status != OutcomeStatus::Done && is_asked_for(&outcome.change);
    let undone = run.outcomes.iter().any(is_undone);
    match () {
        () if intended.planned.approved.is_blocked() => Exit::Blocked,
        () if undone => Exit::NotDone,
        () => Exit::Success,
    }
}
