use super::{Cli, Exit, Output};
use clap::CommandFactory;
use clap_complete::Shell;

/// Prints a completion script for a shell
#[derive(Debug, clap::Args)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, output: &Output) -> anyhow::Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "grantline", &mut script);
        output.data(&String::from_utf8(script)?)?;
        Ok(Exit::Success)
    }
}
