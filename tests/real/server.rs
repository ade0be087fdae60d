//! Starts a server on a loopback port that the system chooses, and stops it however the test ends.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// How long a server may take to say where it listens, on a machine that is busy with other tests.
const START: Duration = Duration::from_secs(120);

/// Lines of a server's standard error that are kept: enough for a stack trace behind some requests' log.
const KEPT: usize = 200;

/// A running server. Its standard input is a pipe whose other end lies here, so it also ends when this process is
/// killed and no destructor runs.
pub(super) struct Server {
    pub(super) url: String,
    pub(super) token: String,
    child: Child,
    said: Said,
}

/// The last lines that a server wrote to its standard error.
type Said = Arc<Mutex<VecDeque<String>>>;

impl Server {
    /// scim2-server, with the options of `servers/scim2/serve.py`.
    pub(super) fn scim2(options: &[&str]) -> Self {
        let python = installed("scim2/bin/python");
        Self::start(Command::new(python).arg(source("scim2/serve.py")).args(options))
    }

    /// scimmy, on this version of Express.
    pub(super) fn scimmy(express: &str) -> Self {
        let modules = installed(&format!("scimmy/{express}"));
        Self::start(Command::new("node").arg(source("scimmy/host.mjs")).arg(modules))
    }

    fn start(command: &mut Command) -> Self {
        let token = format!("real-{:016x}{:016x}", chance(), chance());
        let mut child = command
            .env("SCIM_TOKEN", &token)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        let stdout = child.stdout.take().expect("it is piped");
        let said = listen(child.stderr.take().expect("it is piped"));
        let (send, line) = mpsc::channel();
        std::thread::spawn(move || send.send(BufReader::new(stdout).lines().next()));
        // From here on, dropping the server ends the child.
        let mut server = Self { url: String::new(), token, child, said };
        match line.recv_timeout(START) {
            Ok(Some(Ok(url))) if url.starts_with("http://127.0.0.1:") => server.url = url,
            other => panic!("{command:?} does not say where it listens: {other:?}"),
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which is all that is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking()
            && let Ok(said) = self.said.lock()
        {
            eprintln!("The server's last words on its standard error:");
            said.iter().for_each(|line| eprintln!("    {line}"));
        }
    }
}

/// Reads all the time, so that the server never waits for a full pipe.
fn listen(stderr: ChildStderr) -> Said {
    let said = Said::default();
    let kept = Arc::clone(&said);
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
            let mut kept = kept.lock().expect("nobody panics with it");
            kept.push_back(String::from_utf8_lossy(&line).into_owned());
            if kept.len() > KEPT {
                kept.pop_front();
            }
        }
    });
    said
}

/// Unpredictable enough that a token found in an output was put there by this run.
fn chance() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(std::process::id())
}

fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/servers").join(path)
}

/// What `tests/run` installs, beside the build's own output.
fn installed(path: &str) -> PathBuf {
    let found = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("real").join(path);
    assert!(found.exists(), "{} is not there: `tests/run` installs the servers", found.display());
    found
}
