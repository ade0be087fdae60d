//! Runs the program as a person or a pipeline would, in a workspace of its own.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;

/// What one command may take at most; each of them ends within seconds.
const PATIENCE: Duration = Duration::from_secs(240);

pub(super) struct Program {
    root: TempDir,
    token: String,
}

/// What a command said and how it ended.
pub(super) struct Answer {
    command: String,
    pub(super) code: i32,
    stdout: String,
    stderr: String,
}

/// One change of a plan, as far as the tests compare it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    action: String,
    user: Option<String>,
    resource: Option<String>,
}

/// A plan's JSON, as far as the tests compare it. The changes are sorted.
pub(super) struct Plan {
    /// With `--detailed-exitcode`.
    pub(super) code: i32,
    pub(super) state: String,
    pub(super) changes: Vec<Change>,
}

impl Change {
    pub(super) fn new(action: &str, user: usize, group: Option<usize>) -> Self {
        Self {
            action: action.to_owned(),
            user: Some(format!("p{user:03}")),
            resource: group.map(|group| format!("team-{group:02}")),
        }
    }

    fn read(change: &Value) -> Self {
        let text = |key: &str| change[key].as_str().map(ToOwned::to_owned);
        Self { action: text("action").unwrap(), user: text("user"), resource: text("resource") }
    }
}

impl Program {
    pub(super) fn new(token: &str) -> Self {
        Self { root: TempDir::new().unwrap(), token: token.to_owned() }
    }

    pub(super) fn write(&self, files: &[(&str, String)]) {
        let access = self.root.path().join("access");
        fs::create_dir_all(&access).unwrap();
        for (name, text) in files {
            fs::write(access.join(name), text).unwrap();
        }
    }

    /// Runs it to its end and checks that it kept the credential to itself.
    pub(super) fn run(&self, arguments: &[&str]) -> Answer {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let output = runtime.block_on(async {
            let mut command = Command::new(env!("CARGO_BIN_EXE_grantline"));
            command.arg("-C").arg(self.root.path()).args(arguments);
            command
                .env("CRM_TOKEN", &self.token)
                .env("NO_COLOR", "1")
                .stdin(Stdio::null())
                .kill_on_drop(true);
            tokio::time::timeout(PATIENCE, command.output()).await
        });
        let command = format!("grantline {}", arguments.join(" "));
        let output = output.unwrap_or_else(|_| panic!("{command} did not end within {PATIENCE:?}")).unwrap();
        let text = |bytes| String::from_utf8(bytes).expect("the program prints UTF-8");
        let code = output.status.code().unwrap_or(-1);
        let answer = Answer { command, code, stdout: text(output.stdout), stderr: text(output.stderr) };
        let leaks = answer.everything().contains(&self.token);
        assert!(!leaks, "{} printed its credential", answer.command);
        answer
    }

    /// The plan as data. A vendor that cannot be read is part of one, whatever the exit code is.
    pub(super) fn plan(&self) -> Plan {
        let answer = self.run(&["plan", "--format", "json", "--detailed-exitcode"]);
        let plan: Value = serde_json::from_str(&answer.stdout)
            .unwrap_or_else(|error| panic!("no plan, but {error}\n{}", answer.everything()));
        assert_eq!(plan["format"], "grantline.plan/1");
        let mut changes = plan["changes"].as_array().unwrap().iter().map(Change::read).collect::<Vec<_>>();
        changes.sort();
        let state = plan["vendors"]["crm"]["state"].as_str().unwrap().to_owned();
        Plan { code: answer.code, state, changes }
    }

    /// Nothing that the program left in the workspace holds the credential either.
    pub(super) fn expect_no_secret(&self) {
        let mut open = vec![self.root.path().to_owned()];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else {
                assert!(!self.is_in(&path), "{} holds the credential", path.display());
            }
        }
    }

    fn is_in(&self, path: &Path) -> bool {
        String::from_utf8_lossy(&fs::read(path).unwrap()).contains(&self.token)
    }
}

impl Answer {
    pub(super) fn expect_code(&self, code: i32) {
        assert_eq!(self.code, code, "\n{}", self.everything());
    }

    pub(super) fn everything(&self) -> String {
        format!("$ {}\n{}\n--- stderr\n{}\n--- code {}", self.command, self.stdout, self.stderr, self.code)
    }
}
