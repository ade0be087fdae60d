//! Two applies on one workspace: one works, and the other is told who does, or waits.

use super::Workbench;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};

const TOKEN: &str = "CRM_TOKEN";

/// A vendor that takes every call and never answers, so that whoever calls it is at work until it is killed.
struct Silent(TcpListener);

impl Silent {
    fn new() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    /// A workspace that this is the vendor of.
    fn bench(&self) -> Workbench {
        let port = self.0.local_addr().unwrap().port();
        let yaml = format!(
            "workspace: {{ name: acme }}\nvendors:\n  crm:\n    connector: scim\n    manage: authoritative\n    \
             url: http://127.0.0.1:{port}/scim\n    token: {{ env: {TOKEN} }}\n"
        );
        Workbench::of(&[("all.yaml", &yaml)])
    }

    /// Waits until somebody calls who has that credential. The line stays open for as long as this is kept.
    fn called_with(&self, token: &str) -> TcpStream {
        loop {
            let line = self.0.accept().unwrap().0;
            let head =
                BufReader::new(&line).lines().map_while(Result::ok).take_while(|text| !text.is_empty());
            if head.into_iter().any(|text| text.ends_with(token)) {
                return line;
            }
        }
    }
}

/// A running apply, which is killed when this is dropped.
struct Applying(Child);

impl Applying {
    /// Starts one with that credential, so that the vendor can tell it from others.
    fn start(bench: &Workbench, token: &str, arguments: &[&str]) -> Self {
        let mut command = bench.command(&[&["apply", "--yes"], arguments].concat());
        command.env(TOKEN, token).stdout(Stdio::null()).stderr(Stdio::piped());
        Self(command.spawn().unwrap())
    }

    /// Waits until it says something with this in it.
    fn says(&mut self, what: &str) {
        let mut said = BufReader::new(self.0.stderr.take().unwrap()).lines().map_while(Result::ok);
        assert!(said.any(|line| line.contains(what)), "it never said {what:?}");
    }
}

impl Drop for Applying {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_second_apply_is_refused_and_told_who_is_at_work() {
    let vendor = Silent::new();
    let mut bench = vendor.bench();
    let first = Applying::start(&bench, "tok-first", &[]);
    let _line = vendor.called_with("tok-first");
    bench.set(TOKEN, "tok-second");
    let second = bench.run(&["apply", "--yes"]).ends(1);
    let holder = format!("process {}", first.0.id());
    assert!(second.stderr.contains(&holder), "{holder} is not named:\n{}", second.stderr);
}

#[test]
fn an_apply_that_may_wait_goes_on_once_the_first_was_killed() {
    let vendor = Silent::new();
    let bench = vendor.bench();
    let first = Applying::start(&bench, "tok-first", &[]);
    let _line = vendor.called_with("tok-first");
    let mut second = Applying::start(&bench, "tok-second", &["--lock-timeout", "300s"]);
    second.says(&format!("process {}", first.0.id()));
    drop(first);
    let _line = vendor.called_with("tok-second");
}
