use super::emulators::Emulators;
use super::only::{Only, Sorts};
use super::progress;
use super::{Exit, Global, Output, stages, tasks};
use crate::apply::journal::{Unfinished, unfinished};
use crate::domain::{Narrowed, Plan};
use crate::view;
use crate::workspace::{Sources, Workspace};
use anyhow::{Context as _, bail};
use clap::ValueEnum;
use jiff::Timestamp;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Shows what would change, why, and in which order; changes nothing
///
/// Exit codes: 0 success; 1 error; 2 with --detailed-exitcode, changes are pending (with --only, of that sort); 3 a
/// guard blocks, or a vendor could not be read.
#[derive(Debug, clap::Args)]
pub(crate) struct PlanCommand {
    /// Writes the plan to FILE too, for `apply FILE`
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// How to print the plan
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Plans for this vendor alone; several with commas, or by giving it several times
    #[arg(long = "vendor", value_name = "VENDOR", value_delimiter = ',')]
    vendors: Vec<String>,
    /// Shows what `apply --only` of this sort would carry out, and marks the other sort as left
    #[arg(long, value_enum, value_name = "SORT")]
    only: Option<Only>,
    /// Exits with 2 when changes are pending
    #[arg(long)]
    detailed_exitcode: bool,
    #[command(flatten)]
    overrides: Overrides,
    /// The moment that dates are judged by, instead of the clock's: a rehearsal of another day
    #[arg(long, value_name = "TIMESTAMP", value_parser = super::moment::moment)]
    now: Option<Timestamp>,
}

/// Words for guards.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Overrides {
    /// Passes over this guard's objection; may be given several times
    #[arg(long = "override", value_name = "GUARD", requires = "because")]
    pub(crate) guards: Vec<String>,
    /// Why; kept in the plan
    #[arg(long, value_name = "TEXT", requires = "guards")]
    pub(crate) because: Option<String>,
}

/// How a plan is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal
    Text,
    /// `grantline.plan/1`
    Json,
    /// For a pull request comment
    Markdown,
}

impl PlanCommand {
    pub(crate) fn run(&self, global: &Global, output: &Output) -> anyhow::Result<Exit> {
        let overrides = stages::overrides(&self.overrides.guards, self.overrides.because.as_deref())?;
        let clock = stages::clock(self.now);
        let opened = stages::open(global, clock.now(), output)?;
        let workspace = &opened.workspace;
        let vendors = stages::choose(workspace, &self.vendors)?;
        let out = self.out.as_deref().map(|path| place(path, global, &opened.root)).transpose()?;
        let progress = progress::watch(output);
        let planned = super::block_on(async {
            let emulators = Emulators::start(&opened.root, &stages::with_fed(workspace, &vendors))?;
            emulators.tell(output);
            stages::plan(&opened, &vendors, &overrides, &emulators, (&clock, &progress)).await
        })?;
        progress.clear();
        let plan = planned.approved.plan();
        let only = Sorts(&planned.connected).narrowed(plan, self.only);
        output.data(&render(plan, workspace, (self.format, only.as_ref()), output))?;
        stages::tell_uncommitted(plan, output);
        tasks::words::tell_owed(&opened.root, output);
        tell_unfinished(&opened.root, output);
        if let Some(path) = &out {
            save(path, "the plan", &view::plan_file(plan, &workspace.sources))?;
            output.talk(&saved(path, self.only));
        }
        let pending =
            plan.changes.iter().any(|change| only.as_ref().is_none_or(|only| only.is_asked_for(&change.id)));
        Ok(match () {
            () if planned.approved.is_blocked() => Exit::Blocked,
            () if self.detailed_exitcode && pending => Exit::Pending,
            () => Exit::Success,
        })
    }
}

/// Where the plan is to be saved.
///
/// # Errors
/// When that is no place for it, before anything is read.
fn place(path: &Path, global: &Global, root: &Path) -> anyhow::Result<PathBuf> {
    if path.as_os_str() == "-" {
        bail!(
            "--out wants a file, such as `--out plan.json`; `--format json` prints the plan on stdout instead"
        );
    }
    let path = global.path(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new(".")).canonicalize();
    let access = root.join("access").canonicalize()?;
    if folder.is_ok_and(|folder| folder.starts_with(access)) {
        bail!(
            "the plan is not saved to {}: what lies under `access/` is the workspace's own files, and a plan is for its \
             owner alone. Name a file elsewhere, such as `--out plan.json`, and keep it out of git",
            path.display()
        );
    }
    Ok(path)
}

/// Where the plan is. The file holds all of it, whatever was shown: what is left is no less reviewed with it.
fn saved(path: &Path, only: Option<Only>) -> String {
    let path = path.display();
    match only {
        None => format!("The plan is in {path}; `grantline apply {path}` carries out exactly that."),
        Some(only) => format!(
            "The whole plan is in {path}; `grantline apply {path} --only {}` carries out what this shows of it.",
            only.word()
        ),
    }
}

/// How many changes are named of which it is not known whether they were carried out.
const OPEN_NAMED: usize = 10;

/// What an apply has begun and not ended, a plan cannot know of.
fn tell_unfinished(root: &Path, output: &Output) {
    match unfinished(root) {
        Ok(journals) if journals.is_empty() => {}
        Ok(journals) => {
            let what = match journals.iter().any(Unfinished::broke_off) {
                true => "is under way here, or has broken off",
                false => "here could not tell of every change whether it was carried out",
            };
            let open: Vec<String> = journals.iter().flat_map(Unfinished::open_words).collect();
            let mut named = String::from(if open.is_empty() {
                ""
            } else {
                "\nNot known yet whether these were carried out:"
            });
            named.extend(open.iter().take(OPEN_NAMED).map(|one| format!("\n  {one}")));
            if open.len() > OPEN_NAMED {
                named.push_str(&format!("\n  and {} more", open.len() - OPEN_NAMED));
            }
            output.talk(&format!(
                "An apply {what}. The next one finds out first what became of its changes; what this plan lists may be among \
                 them.{named}"
            ));
        }
        // It keeps every apply from beginning; a plan changes nothing.
        Err(error) => output.talk(&format!("No apply can begin here: {error}")),
    }
}

/// The plan as text of that format.
pub(crate) fn render(
    plan: &Plan,
    workspace: &Workspace,
    (format, only): (Format, Option<&Narrowed>),
    output: &Output,
) -> String {
    match format {
        Format::Json => view::plan_json(plan, &workspace.sources, only),
        Format::Markdown => view::plan_markdown(plan, &workspace.sources, only),
        Format::Text => text(plan, &workspace.sources, only, output),
    }
}

/// The plan for a terminal.
pub(crate) fn text(plan: &Plan, sources: &Sources, only: Option<&Narrowed>, output: &Output) -> String {
    view::plan_text(plan, sources, &look(output), only)
}

/// How text is laid out here.
pub(crate) fn look(output: &Output) -> view::Look {
    let palette = if output.color { view::Palette::coloured() } else { view::Palette::plain() };
    view::Look { palette, verbose: output.verbose(), width: output.width() }
}

/// Writes the file whole or not at all, for its owner's eyes only: it tells who has access to what.
pub(crate) fn save(path: &Path, what: &str, text: &str) -> anyhow::Result<()> {
    // A link could lead the write to a file of somebody else's choosing, and a device would be replaced by a file.
    if std::fs::symlink_metadata(path).is_ok_and(|about| !about.is_file()) {
        bail!("{what} was not written to {}: it is no regular file; name another", path.display());
    }
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        // The name is in the folder, and lasts once that is on the disk, too.
        #[cfg(unix)]
        std::fs::File::open(folder)?.sync_all()?;
        Ok(())
    };
    write().with_context(|| format!("{what} could not be written to {}", path.display()))
}
