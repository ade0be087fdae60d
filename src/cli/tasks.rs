pub(super) mod after;
pub(super) mod book;
mod guide;
pub(super) mod walk;
pub(super) mod words;

use super::emulators::Emulators;
use super::plan::look;
use super::progress;
use super::{Exit, Global, Output, stages};
use crate::domain::{Batch, Task, TaskId, TaskKind, TaskState};
use crate::net::Clock;
use crate::observe::Progress;
use crate::record::tasks::{Ledger, Tick};
use crate::view::tasks::{Sheet, task_text, tasks_json, tasks_markdown, tasks_text};
use crate::workspace::Vendor;
use anyhow::bail;
use book::Book;
use clap::{Subcommand, ValueEnum};
use std::sync::Arc;

/// Lists what waits for a person, and ticks it off
///
/// Tasks stand in the order in which a person walks each page once. A task that is ticked off is only sent: the next reading of its page makes it done, or opens it again. An
/// obligation that is ticked off is acknowledged. The ledger is access/records/tasks.jsonl; commit it.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Tasks {
    #[command(subcommand)]
    command: Option<TasksCommand>,
    /// Lists this vendor's alone; several with commas, or by giving it several times
    #[arg(long = "vendor", value_name = "VENDOR", value_delimiter = ',')]
    vendors: Vec<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Lists those that are done, withdrawn or acknowledged too
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Subcommand)]
enum TasksCommand {
    /// Prints one task's full instructions
    Show {
        /// Its id, or the beginning of it
        id: String,
        /// How to print it
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Ticks tasks off, and acknowledges obligations
    Done {
        /// Their ids, or the beginning of each
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// What there is to say about it; kept in the record
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// Who did it, instead of the one whom git knows
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Text,
    /// `grantline.tasks/1`
    Json,
    /// For an issue
    Markdown,
}

impl Tasks {
    pub(crate) fn run(&self, global: &Global, output: &Output) -> anyhow::Result<Exit> {
        let clock = stages::clock(None);
        let opened = stages::open(global, clock.now(), output)?;
        let ledger = Ledger::open(&opened.root)?;
        match &self.command {
            Some(TasksCommand::Done { ids, note, by }) => {
                done(&opened, ledger, ids, (note.as_deref(), by.as_deref()), &clock, output)?;
            }
            Some(TasksCommand::Show { id, format }) => {
                let book = read(&opened, &[], ledger, &clock, output)?;
                let (batch, task) = find(&book, id)?;
                words::tell_rehearsed(&book, output);
                let alone = [Batch { tasks: vec![task.clone()], ..batch.clone() }];
                let sheet = book.sheet(&opened.workspace.name, clock.now(), &alone);
                output.data(&match format {
                    Format::Text => task_text(task, batch, &look(output)),
                    Format::Json => tasks_json(sheet),
                    Format::Markdown => tasks_markdown(sheet),
                })?;
            }
            None => {
                let book = read(&opened, &self.vendors, ledger, &clock, output)?;
                words::tell_settled(&book, output);
                output.data(&self.render(&book, &opened, clock.now(), output))?;
                words::tell_rehearsed(&book, output);
            }
        }
        Ok(Exit::Success)
    }

    fn render(
        &self,
        book: &Book,
        opened: &stages::Opened,
        created: jiff::Timestamp,
        output: &Output,
    ) -> String {
        let batches = if self.all { book.batches.clone() } else { book.open_batches() };
        let sheet = book.sheet(&opened.workspace.name, created, &batches);
        match self.format {
            Format::Text => tasks_text(sheet, &look(output)),
            Format::Json => tasks_json(sheet),
            Format::Markdown => tasks_markdown(sheet),
        }
    }
}

impl Book {
    /// These batches, for a renderer.
    pub(crate) fn sheet<'a>(
        &'a self,
        workspace: &'a str,
        created: jiff::Timestamp,
        batches: &'a [Batch],
    ) -> Sheet<'a> {
        Sheet { workspace, created, commit: self.commit.as_deref(), unread: &self.unread, batches }
    }
}

/// Plans, and puts the plan's tasks beside the ledger.
fn read(
    opened: &stages::Opened,
    names: &[String],
    ledger: Ledger,
    clock: &Arc<dyn Clock>,
    output: &Output,
) -> anyhow::Result<Book> {
    let vendors = stages::choose(&opened.workspace, names)?;
    let progress = progress::watch(output);
    let book = super::block_on(read_vendors(opened, &vendors, ledger, (clock, &progress)));
    progress.clear();
    book
}

async fn read_vendors(
    opened: &stages::Opened,
    vendors: &[&Vendor],
    ledger: Ledger,
    (clock, progress): (&Arc<dyn Clock>, &Arc<dyn Progress>),
) -> anyhow::Result<Book> {
    let emulators = Emulators::start(&opened.root, &stages::with_fed(&opened.workspace, vendors))?;
    let planned = stages::plan(opened, vendors, &[], &emulators, (clock, progress)).await?;
    let mut book = Book::open(opened, vendors, &emulators, &planned, ledger, clock.now())?;
    book.rehearsed = emulators.list().any(|(.., own)| own);
    Ok(book)
}

/// Settles the ledger by a snapshot of the vendor that has just been stored, and tells what became done or was opened
/// again.
///
/// # Errors
/// When the ledger cannot be read or written, or a connector's pages cannot.
pub(crate) async fn settle_after_snapshot(
    opened: &stages::Opened,
    vendor: &Vendor,
    (clock, progress): (&Arc<dyn Clock>, &Arc<dyn Progress>),
    output: &Output,
) -> anyhow::Result<()> {
    let ledger = Ledger::open(&opened.root)?;
    let is_its = |entry: &crate::record::tasks::Entry| {
        entry.issued.as_ref().is_some_and(|(_, issued)| issued.vendor == vendor.name)
    };
    if !ledger.entries().values().any(is_its) {
        return Ok(());
    }
    let vendors = [vendor];
    let emulators = Emulators::start(&opened.root, &stages::with_fed(&opened.workspace, &vendors))?;
    let mut planned = stages::plan(opened, &vendors, &[], &emulators, (clock, progress)).await?;
    progress.clear();
    planned.reads = planned.reads.made_last();
    let mut book = Book::open(opened, &vendors, &emulators, &planned, ledger, clock.now())?;
    book.write_settled()?;
    words::tell_settled(&book, output);
    words::tell_returned(&book, output);
    Ok(())
}

fn find<'b>(book: &'b Book, typed: &str) -> anyhow::Result<(&'b Batch, &'b Task)> {
    let id = words::choose(typed, book.tasks().map(|task| (&task.id, task.state.is_open())))?;
    let all = book.batches.iter().flat_map(|batch| batch.tasks.iter().map(move |task| (batch, task)));
    match all.into_iter().find(|(_, task)| task.id == id) {
        Some(found) => Ok(found),
        None => bail!("the task {id} is not known here"),
    }
}

fn done(
    opened: &stages::Opened,
    ledger: Ledger,
    ids: &[String],
    (note, by): (Option<&str>, Option<&str>),
    clock: &Arc<dyn Clock>,
    output: &Output,
) -> anyhow::Result<()> {
    if let Some(known) = all_known(&ledger, ids) {
        return tick_known(opened, ledger, known, (note, by), clock, output);
    }
    let mut book = read(opened, &[], ledger, clock, output)?;
    let chosen =
        ids.iter().map(|typed| find(&book, typed).map(|(batch, task)| (batch.clone(), task.clone())));
    let chosen = chosen.collect::<anyhow::Result<Vec<_>>>()?;
    book.write_settled()?;
    for (batch, task) in chosen {
        if matches!(task.state, TaskState::Open | TaskState::Reopened) {
            book.tick(&task, note.map(str::to_owned), by, clock.now())?;
        }
        output.data(&words::ticked(&task.id, &task.title, task.kind, task.state, Some(&batch)))?;
    }
    words::tell_settled(&book, output);
    Ok(())
}

type Known = (TaskId, TaskKind, TaskState, String);

/// The tasks of these ids, where the ledger has all of them, written out: then nothing needs to be read.
fn all_known(ledger: &Ledger, ids: &[String]) -> Option<Vec<Known>> {
    let entries = ledger.entries();
    let known = |typed: &String| -> Option<Known> {
        let id = TaskId::parse(typed)?;
        let entry = entries.get(&id).filter(|entry| !entry.closed)?;
        let (_, issued) = entry.issued.as_ref()?;
        Some((id, issued.kind, entry.state, issued.title.clone()))
    };
    ids.iter().map(known).collect()
}

fn tick_known(
    opened: &stages::Opened,
    mut ledger: Ledger,
    known: Vec<Known>,
    (note, by): (Option<&str>, Option<&str>),
    clock: &Arc<dyn Clock>,
    output: &Output,
) -> anyhow::Result<()> {
    let by = by.map_or_else(|| book::author(&opened.root), Arc::from);
    for (id, kind, state, title) in known {
        if matches!(state, TaskState::Open | TaskState::Reopened) {
            let tick = Tick { at: clock.now(), by: Arc::clone(&by), note: note.map(str::to_owned) };
            ledger.append(vec![book::ticked(&id, kind, tick)])?;
        }
        output.data(&words::ticked(&id, &title, kind, state, None))?;
    }
    Ok(())
}
