//! The command line: one file a command, whose doc comment is its help. `stages` composes the stages.

mod apply;
mod browser;
mod calls;
mod completions;
mod credentials;
mod emulate;
mod emulators;
mod exit;
mod fault;
mod guess;
mod keep;
mod login;
mod man;
mod moment;
mod only;
mod output;
mod own_pages;
mod pages;
mod plan;
mod progress;
mod root;
mod schema;
mod saved_plan;
mod snapshot;
mod stages;
mod tasks;
mod validate;

pub use exit::Exit;

use clap::{Args, Parser, Subcommand, ValueEnum};
use output::Output;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Access as code: plan and apply who may use which SaaS, from YAML in git
#[derive(Debug, Parser)]
#[command(name = "grantline", version, max_term_width = 100, propagate_version = false)]
#[command(arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Runs as if started in DIR
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true)]
    pub(crate) directory: Option<PathBuf>,
    /// When to colour
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = Color::Auto, global = true)]
    pub(crate) color: Color,
    /// Tells more; twice: every request to a vendor, without headers and bodies
    #[arg(short, long, action = clap::ArgAction::Count, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: u8,
    /// Tells only errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

impl Global {
    /// A path as the command line means it: from DIR, if one is given.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.directory.as_deref().map_or_else(|| path.to_path_buf(), |directory| directory.join(path))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Validate(validate::Validate),
    Plan(plan::PlanCommand),
    Apply(apply::Apply),
    Snapshot(snapshot::Snapshot),
    Tasks(tasks::Tasks),
    Login(login::Login),
    Emulate(emulate::Emulate),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Parses the command line, runs the command and gives its exit code.
#[must_use]
pub fn main() -> ExitCode {
    fault::watch();
    // A fault has been told by then; what is left to do is to end with a code that has one meaning.
    std::panic::catch_unwind(|| Cli::try_parse().map_or_else(usage, run)).unwrap_or(Exit::Error).into()
}

/// Prints help, the version, or what is wrong with the command line. The parser's own code for the latter means
/// something else here.
fn usage(mut message: clap::Error) -> Exit {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    guess::mend(&mut message, &words);
    // Where it cannot be printed there is nobody to tell.
    let _ = message.print();
    if message.use_stderr() { Exit::Error } else { Exit::Success }
}

fn run(cli: Cli) -> Exit {
    let output = Output::new(&cli.global);
    if cli.global.verbose > 1 {
        crate::net::trace_to(output::trace);
    }
    if output.level > 0 && !output.progress {
        crate::net::waits_to(output::wait);
    }
    let result = match cli.command {
        Command::Validate(command) => command.run(&cli.global, &output),
        Command::Plan(command) => command.run(&cli.global, &output),
        Command::Apply(command) => command.run(&cli.global, &output),
        Command::Snapshot(command) => command.run(&cli.global, &output),
        Command::Tasks(command) => command.run(&cli.global, &output),
        Command::Login(command) => command.run(&cli.global, &output),
        Command::Emulate(command) => command.run(&cli.global, &output),
        Command::Schema(command) => command.run(&output),
        Command::Completions(command) => command.run(&output),
        Command::Man(command) => command.run(&output),
    };
    result.unwrap_or_else(|error| {
        output.error(&error);
        Exit::Error
    })
}

/// Runs a command's asynchronous part.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
