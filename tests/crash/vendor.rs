//! The vendor: `grantline emulate` in a process of its own, and the log that it keeps of what it was asked.

use crate::facts::facts;
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

const WORKSPACE: &str = "workspace: { name: acme }\nvendors:\n  crm:\n    connector: scim\n    manage: observe\n    \
                         url: emulator\n    emulator: { seed: seed.json }\n";

/// Where a workspace keeps the state of its vendor `crm`, but for what each file's name ends in.
const STATE: &str = ".grantline/emulators/crm";

/// A running vendor. It ends when this is dropped.
pub(super) struct Vendor {
    root: PathBuf,
    pub(super) url: String,
    pub(super) token: String,
    child: Child,
    /// Kept open, so that the vendor never writes to a pipe without an end.
    _stdout: BufReader<ChildStdout>,
}

/// What the audit log holds.
#[derive(Debug, Default)]
pub(super) struct Audit {
    /// Everything that the vendor noticed, each effect by itself, sorted.
    pub(super) facts: Vec<String>,
    /// Requests that could have changed something and changed nothing: method, sort of resource and status of each.
    pub(super) idle: Vec<String>,
}

impl Vendor {
    /// Starts one in that folder, from that seed.
    pub(super) fn start(root: &Path, seed: &Value) -> Self {
        fs::create_dir_all(root.join("access")).unwrap();
        fs::write(root.join("access/workspace.yaml"), WORKSPACE).unwrap();
        fs::write(root.join("seed.json"), seed.to_string()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_grantline"));
        command.arg("-C").arg(root).arg("emulate");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        // From here on, dropping the vendor ends the child.
        let mut vendor =
            Self { root: root.to_owned(), url: String::new(), token: String::new(), child, _stdout: stdout };
        let mut line = String::new();
        vendor._stdout.read_line(&mut line).unwrap();
        let address = fs::read_to_string(root.join(format!("{STATE}.address")));
        let address = address.unwrap_or_else(|error| panic!("the vendor says {line:?}, and {error}"));
        let mut lines = address.lines().map(ToOwned::to_owned);
        vendor.url = lines.next().unwrap();
        vendor.token = lines.next().unwrap();
        vendor
    }

    /// The audit log as it is on disk.
    pub(super) fn audit(&self) -> Audit {
        let text = fs::read_to_string(self.root.join(format!("{STATE}.audit.jsonl"))).unwrap_or_default();
        // The last line may be just being written.
        Audit::of(text.lines().filter_map(|line| serde_json::from_str(line).ok()))
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Audit {
    fn of(entries: impl Iterator<Item = Value>) -> Self {
        let mut audit = Self::default();
        for entry in entries {
            let (method, path) = (entry["method"].as_str().unwrap(), entry["path"].as_str().unwrap());
            match entry["effect"].as_str() {
                Some(effect) => audit.facts.extend(facts(effect)),
                // A search is a reading, though it is sent by POST.
                None if path.ends_with("/.search") => {}
                None => {
                    let sort = path.split('/').find(|part| ["Users", "Groups"].contains(part));
                    audit.idle.push(format!("{method} {} {}", sort.unwrap_or(path), entry["status"]));
                }
            }
        }
        audit.facts.sort();
        audit
    }
}
