use super::{Exit, Output};

/// Prints the JSON Schema of the files under access/, for editors
#[derive(Debug, clap::Args)]
pub(crate) struct Schema {}

impl Schema {
    pub(crate) fn run(&self, output: &Output) -> anyhow::Result<Exit> {
        let schema = serde_json::to_string_pretty(&crate::workspace::schema())?;
        output.data(&format!("{schema}\n"))?;
        Ok(Exit::Success)
    }
}
