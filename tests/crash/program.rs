//! The program at work in a workspace of its own, for as long as it is let.

use crate::company::{Company, TOKEN};
use crate::vendor::Vendor;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// What one command may take at most; each of them ends within seconds.
const PATIENCE: Duration = Duration::from_secs(240);

/// How often a running command is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// A workspace, and the program to run on it.
pub(super) struct Program {
    pub(super) root: PathBuf,
    token: String,
}

/// How a command ended.
pub(super) struct Ended {
    /// Its exit code; none where it was killed.
    pub(super) code: Option<i32>,
    pub(super) took: Duration,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// A running command, which is killed when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Program {
    /// The company's workspace in that folder, pointed at the vendor.
    pub(super) fn new(root: PathBuf, company: &Company, vendor: &Vendor) -> Self {
        fs::create_dir_all(root.join("access")).unwrap();
        fs::write(root.join("access/all.yaml"), company.workspace(&vendor.url)).unwrap();
        Self { root, token: vendor.token.clone() }
    }

    /// Runs a command until it ends, or kills it once it has run for that long.
    ///
    /// What it says goes to files: a pipe that nobody empties would stop it.
    pub(super) fn run(&self, arguments: &[&str], kill_after: Option<Duration>) -> Ended {
        let said = ["stdout", "stderr"].map(|name| self.root.join(name));
        let [stdout, stderr] = [&said[0], &said[1]].map(|path| File::create(path).unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantline"));
        command.arg("-C").arg(&self.root).args(arguments).env(TOKEN, &self.token).env("NO_COLOR", "1");
        command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        let begun = Instant::now();
        let mut running = Running(command.spawn().unwrap());
        let code = loop {
            if let Some(status) = running.0.try_wait().unwrap() {
                break status.code();
            }
            let took = begun.elapsed();
            assert!(took < PATIENCE, "{arguments:?} did not end within {PATIENCE:?}");
            match kill_after {
                Some(moment) if took >= moment => running.0.kill().unwrap(),
                Some(moment) => sleep(LOOK.min(moment - took)),
                None => sleep(LOOK),
            }
        };
        let [stdout, stderr] = said.map(|path| fs::read_to_string(path).unwrap());
        Ended { code, took: begun.elapsed(), stdout, stderr }
    }
}

impl Ended {
    pub(super) fn everything(&self) -> String {
        format!("{}\n--- stderr\n{}\n--- code {:?}", self.stdout, self.stderr, self.code)
    }
}
