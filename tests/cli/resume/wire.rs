//! A wire between the program and its vendor that a test can hold on to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Where a request is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The vendor has not heard of it.
    Before,
    /// The vendor has carried it out, and its answer is not back.
    After,
    /// Readings are held, too, before the vendor has heard of them.
    Reading,
}

/// What becomes of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Pass,
    /// All but the first so many are held: of those that change something, or of all where readings are held, too.
    Hold(Side, usize),
}

struct State {
    rule: Rule,
    /// How many there were since the rule is what it is: those that change something, and all.
    writes: usize,
    all: usize,
    held: usize,
    /// How often it was cut: what is held from before the last time is lost.
    cuts: usize,
}

impl State {
    fn rule(&mut self, rule: Rule) {
        *self = Self { rule, writes: 0, all: 0, held: 0, cuts: self.cuts };
    }
}

/// The wire. It passes everything on until it is told otherwise; its threads end with the test's process.
#[derive(Clone)]
pub(super) struct Wire {
    port: u16,
    vendor: String,
    shared: Arc<(Mutex<State>, Condvar)>,
}

impl Wire {
    /// One to the vendor at `127.0.0.1:PORT`.
    pub(super) fn to(vendor: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = State { rule: Rule::Pass, writes: 0, all: 0, held: 0, cuts: 0 };
        let wire = Self {
            port: listener.local_addr().unwrap().port(),
            vendor: vendor.to_owned(),
            shared: Arc::new((Mutex::new(state), Condvar::new())),
        };
        let passing = wire.clone();
        std::thread::spawn(move || {
            for line in listener.incoming().flatten() {
                let wire = passing.clone();
                // Whoever hung up has heard enough.
                std::thread::spawn(move || {
                    let _ = wire.pass(&line);
                });
            }
        });
        wire
    }

    /// Where the program finds it.
    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on, passes that many requests on and holds all others.
    pub(super) fn hold(&self, side: Side, but_for: usize) {
        self.state().rule(Rule::Hold(side, but_for));
    }

    /// How many requests some work takes.
    pub(super) fn count(&self, work: impl FnOnce()) -> usize {
        self.state().rule(Rule::Pass);
        work();
        self.state().all
    }

    /// Returns once so many are held.
    pub(super) fn wait(&self, count: usize) {
        let mut state = self.state();
        while state.held < count {
            state = self.shared.1.wait(state).unwrap();
        }
    }

    /// Passes on what is held, and everything after it.
    pub(super) fn go_on(&self) {
        self.state().rule(Rule::Pass);
        self.shared.1.notify_all();
    }

    /// Loses what is held, and passes on everything after it.
    pub(super) fn cut(&self) {
        self.state().cuts += 1;
        self.go_on();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes one request and its answer.
    fn pass(&self, line: &TcpStream) -> Option<()> {
        let cuts = self.state().cuts;
        let (request, is_write) = self.request(line)?;
        let side = self.next(is_write);
        self.keep(matches!(side, Some(Side::Before | Side::Reading)), cuts)?;
        let mut vendor = TcpStream::connect(&self.vendor).ok()?;
        vendor.write_all(&request).ok()?;
        let mut answer = Vec::new();
        vendor.read_to_end(&mut answer).ok()?;
        self.keep(side == Some(Side::After), cuts)?;
        let mut back = line;
        back.write_all(&answer).ok()
    }

    /// Where this request is held.
    fn next(&self, is_write: bool) -> Option<Side> {
        let mut state = self.state();
        state.all += 1;
        state.writes += usize::from(is_write);
        match state.rule {
            Rule::Hold(Side::Reading, but_for) => (state.all > but_for).then_some(Side::Reading),
            Rule::Hold(side, but_for) => (is_write && state.writes > but_for).then_some(side),
            Rule::Pass => None,
        }
    }

    /// Holds a request, if it is to be held, until it may go on; none if it is lost.
    fn keep(&self, held: bool, cuts: usize) -> Option<()> {
        let mut state = self.state();
        if held {
            state.held += 1;
            self.shared.1.notify_all();
        }
        while held && state.cuts == cuts && matches!(state.rule, Rule::Hold(..)) {
            state = self.shared.1.wait(state).unwrap();
        }
        (!held || state.cuts == cuts).then_some(())
    }

    /// The request as the vendor is to get it, as the only one of its connection, and whether it changes something.
    fn request(&self, line: &TcpStream) -> Option<(Vec<u8>, bool)> {
        let mut reader = BufReader::new(line);
        let mut first = String::new();
        reader.read_line(&mut first).ok()?;
        let (mut head, mut length) = (first.clone(), 0);
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let lower = header.to_ascii_lowercase();
            if let Some(number) = lower.strip_prefix("content-length:") {
                length = number.trim().parse().ok()?;
            }
            match lower.trim_end() {
                "" => break,
                other if other.starts_with("host:") || other.starts_with("connection:") => {}
                _ => head.push_str(&header),
            }
        }
        head.push_str(&format!("host: {}\r\nconnection: close\r\n\r\n", self.vendor));
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let mut words = first.split(' ');
        let (method, path) = (words.next()?, words.next()?);
        let is_write = method != "GET" && !path.ends_with("/.search");
        Some(([head.into_bytes(), body].concat(), is_write))
    }
}
