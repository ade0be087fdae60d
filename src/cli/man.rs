use super::{Cli, Exit, Output};
use clap::CommandFactory;

/// Prints the manual page
#[derive(Debug, clap::Args)]
pub(crate) struct Man {}

impl Man {
    pub(crate) fn run(&self, output: &Output) -> anyhow::Result<Exit> {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        output.data(&String::from_utf8(page)?)?;
        Ok(Exit::Success)
    }
}
