//! The process that drives the browser.

use super::BrowserError;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// The driver's path, where it is not found by its name.
const VARIABLE: &str = "CHROMEDRIVER";

/// How long it may take to say where it listens, on a busy machine.
const START: Duration = Duration::from_secs(90);

/// How long it may take to end the browser.
const END: Duration = Duration::from_secs(15);

/// A running driver. It and its browser end when it is dropped.
#[derive(Debug)]
pub(super) struct Driver {
    child: Child,
    port: u16,
    ended: bool,
}

impl Driver {
    /// Starts one on a port of its own choice.
    pub(super) async fn start() -> Result<Self, BrowserError> {
        let program = std::env::var(VARIABLE).unwrap_or_else(|_| "chromedriver".to_owned());
        let mut child = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| BrowserError::NoDriver { program: program.clone(), error })?;
        let silent = |why: String| BrowserError::Silent { program: program.clone(), why };
        let stdout = child.stdout.take().ok_or_else(|| silent("it has no output".to_owned()))?;
        let mut lines = BufReader::new(stdout).lines();
        let port = tokio::time::timeout(START, port(&mut lines))
            .await
            .map_err(|_| silent(format!("nothing within {} seconds", START.as_secs())))?
            .ok_or_else(|| silent("it ended".to_owned()))?;
        // Read on, so that it never waits for a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, port, ended: false })
    }

    /// Where it listens.
    pub(super) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends it, with what it started.
    pub(super) async fn end(&mut self) {
        self.ended = true;
        let port = self.port;
        // What cannot be asked to end is killed.
        let _ = tokio::task::spawn_blocking(move || ask_to_end(port)).await;
        if tokio::time::timeout(END, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if !self.ended {
            // Killed outright, it would leave the browser behind.
            ask_to_end(self.port);
        }
    }
}

/// Asks the driver to end its browser and itself, and waits until it has. It may have ended already, which is all that
/// is wanted.
fn ask_to_end(port: u16) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, END) else { return };
    let request = "GET /shutdown HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    let _ = stream.set_read_timeout(Some(END));
    if stream.write_all(request.as_bytes()).is_ok() {
        let _ = stream.read_to_end(&mut Vec::new());
    }
}

/// The port of `ChromeDriver was started successfully on port 40123.`
async fn port(lines: &mut Lines<BufReader<ChildStdout>>) -> Option<u16> {
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some((_, port)) = line.rsplit_once("successfully on port ") {
            return port.trim_end_matches('.').trim().parse().ok();
        }
    }
    None
}
