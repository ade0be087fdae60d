//! The program as people and pipelines run it: whole commands on workspaces of their own.

mod behind;
mod duties;
mod errors;
mod example;
mod exit;
mod readme;
mod resent;
mod resume;
mod saved;
mod secrets;
mod seen;
mod snapshot;
mod stale;
mod tasks;
mod together;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A moment at which the example's dates are as its README says.
pub(crate) const NOW: &str = "2026-11-22T09:00:00Z";

/// A workspace in a folder of its own, and the program to run on it.
pub(crate) struct Workbench {
    folder: TempDir,
    env: Vec<(String, String)>,
}

impl Workbench {
    /// The product's own example.
    pub(crate) fn example() -> Self {
        let bench = Self::empty();
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in ["access", "examples"] {
            copy(&home.join(folder), &bench.path().join(folder));
        }
        // The agencies' contracts end some day, and these tests must not end with them.
        let users = bench.read("access/users.yaml");
        bench.write("access/users.yaml", &users.replace("until: 2027-", "until: 2999-"));
        bench
    }

    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), env: Vec::new() }
    }

    /// A workspace of these files under `access/`.
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let bench = Self::empty();
        for (name, text) in files {
            bench.write(&format!("access/{name}"), text);
        }
        bench
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// Replaces a text that stands in the file once.
    pub(crate) fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert_eq!(text.matches(from).count(), 1, "{from:?} stands in {name} not just once");
        self.write(name, &text.replace(from, to));
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// Runs the program here, with no more of the environment than a program needs.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&self.command(arguments).output().unwrap())
    }

    /// The program, ready to be run here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantline"));
        command.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null()).env_clear();
        for name in ["PATH", "SystemRoot", "TMPDIR", "TEMP"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// What a run gave.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// The run, if it ended with this code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Each line as a JSON document: what a stream is.
    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<serde_json::Value> {
        let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}:\n{line}"));
        self.stdout.lines().map(read).collect()
    }

    /// The document on stdout; of a stream the last.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        let last = self.stdout.lines().next_back().unwrap_or_default();
        let document = serde_json::from_str(&self.stdout).or_else(|_| serde_json::from_str(last));
        document.unwrap_or_else(|error| panic!("{error}:\n{}", self.stdout))
    }
}

/// `action user resource` of each change of a plan as JSON.
pub(crate) fn changes(plan: &serde_json::Value) -> Vec<String> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let changes = plan["changes"].as_array().unwrap().iter();
    changes
        .map(|change| {
            let who = if change["user"].is_null() { &change["account"] } else { &change["user"] };
            format!(
                "{} {} {} {}",
                text(&change["vendor"]),
                text(&change["action"]),
                text(who),
                text(&change["resource"])
            )
        })
        .collect()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
