use super::{Exit, Global, Output, own_pages, root, stages};
use crate::diagnostic;
use crate::domain::Severity;
use crate::workspace::Workspace;
use clap::ValueEnum;
use jiff::Timestamp;

/// Checks every file of the workspace, offline, and reports all problems at once
#[derive(Debug, clap::Args)]
pub(crate) struct Validate {
    /// How to print the result
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The moment that dates are judged by, instead of the clock's
    #[arg(long, value_name = "TIMESTAMP", value_parser = super::moment::moment)]
    now: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Validate {
    pub(crate) fn run(&self, global: &Global, output: &Output) -> anyhow::Result<Exit> {
        let root = root::find(global.directory.as_deref())?;
        root::tell(&root, global.directory.as_deref(), output);
        let now = stages::clock(self.now).now();
        let loaded = stages::load(&root, now);
        let count =
            |severity| loaded.diagnostics.iter().filter(|problem| problem.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        match self.format {
            Format::Json => output.data(&diagnostic::to_json(&loaded.diagnostics, &loaded.sources))?,
            Format::Text => {
                stages::tell(&loaded.diagnostics, &loaded.sources, output);
                if let Some(workspace) = loaded.workspace.as_ref().filter(|_| errors == 0 && output.level > 0)
                {
                    output.data(&valid(workspace, warnings))?;
                    own_pages::told(workspace).iter().for_each(|line| output.talk(line));
                }
            }
        }
        if errors > 0 {
            output.talk(&plural(errors, "error"));
            return Ok(Exit::Error);
        }
        Ok(Exit::Success)
    }
}

/// That all is well, for who asked for more than errors.
fn valid(workspace: &Workspace, warnings: usize) -> String {
    let (users, roles) = (plural(workspace.users.len(), "user"), plural(workspace.roles.len(), "role"));
    let vendors = plural(workspace.vendors.len(), "vendor");
    let warnings = if warnings == 0 { String::new() } else { format!(", {}", plural(warnings, "warning")) };
    format!("{}: {users}, {roles}, {vendors}: valid{warnings}\n", workspace.name)
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
