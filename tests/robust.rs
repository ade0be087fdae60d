//! No text makes the loader panic, hang, or end with neither a workspace nor an error.
//!
//! The good workspace is damaged at random and loaded. `cargo test` spends a few seconds on it;
//! `GRANTLINE_FUZZ_SECONDS=600 cargo test --test suite robust` spends ten minutes. Every batch has its number as
//! its seed, so that a longer run repeats a shorter one and goes on from there.

#![expect(clippy::unwrap_used, reason = "a test may end there")]

use crate::corpus::{self, loading};
use grantline::domain::Severity;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// Seconds spent where nothing else is asked for.
const SECONDS: u64 = 5;

/// One load that takes longer has hung. The files are a few kilobytes.
const BUDGET: Duration = Duration::from_secs(20);

/// Words that mean something to the format or to YAML.
const TOKENS: &[&str] = &[
    "users:",
    "roles:",
    "vendors:",
    "workspace:",
    "policies:",
    "guards:",
    "grants:",
    "resources:",
    "token:",
    "env:",
    "command:",
    "url:",
    "emulator",
    "until:",
    "from:",
    "departed:",
    "suspended:",
    "includes:",
    "aliases:",
    "accounts:",
    "2026-02-30",
    "9999-12-31",
    "-0001-01-01",
    "25:61:61",
    "jane",
    "lead",
    "heap/*",
    "sso/org",
    "/",
    "*/*",
    "member",
    "- ",
    "? ",
    ": ",
    ", ",
    "{",
    "}",
    "[",
    "]",
    "#",
    "&a ",
    "*a",
    "*a ",
    "!!str ",
    "!x ",
    "!<tag:x> ",
    "|",
    ">-",
    "|2+",
    "'",
    "\"",
    "\\",
    "\"\\u0000\"",
    "\"\\uD800\"",
    "%YAML 1.2\n---",
    "---\n",
    "...\n",
    "\n\n",
    "\t",
    "\r",
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "\u{0}",
    "\u{1b}[31m",
    "\u{202e}",
    "👩🏽‍💻",
    "e\u{301}",
    "~",
    "null",
    "true",
    ".nan",
    ".inf",
    "0x",
    "1e999",
    "99999999999999999999",
    "-1",
    "<<: *a",
    "<<:",
    "{ a: &a [*a] }",
    "&a",
    "[[[[[[[[",
    "{{{{{{{{",
    "? ? ? ?",
    "- - - -",
];

/// One way to damage a file. Places are fractions of the file, so that they hold whatever its length.
#[derive(Debug, Clone)]
enum Damage {
    Byte(f64, u8),
    Insert(f64, &'static str),
    Text(f64, String),
    Bytes(f64, Vec<u8>),
    DeleteLine(f64),
    RepeatLine(f64, usize),
    SwapLines(f64, f64),
    SwapWords(f64, f64),
    Indent(f64, usize),
    CutOff(f64),
    Nest(f64, &'static str, usize),
    Anchors(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = || 0.0..1.0f64;
    let token = || prop::sample::select(TOKENS);
    prop_oneof![
        3 => (place(), any::<u8>()).prop_map(|(at, byte)| Damage::Byte(at, byte)),
        6 => (place(), token()).prop_map(|(at, token)| Damage::Insert(at, token)),
        2 => (place(), "[ -~\n\t\u{e9}]{0,40}").prop_map(|(at, text)| Damage::Text(at, text)),
        1 => (place(), prop::collection::vec(any::<u8>(), 0..8)).prop_map(|(at, bytes)| Damage::Bytes(at, bytes)),
        3 => place().prop_map(Damage::DeleteLine),
        2 => (place(), 1..4usize).prop_map(|(at, times)| Damage::RepeatLine(at, times)),
        2 => (place(), place()).prop_map(|(a, b)| Damage::SwapLines(a, b)),
        4 => (place(), place()).prop_map(|(a, b)| Damage::SwapWords(a, b)),
        3 => (place(), 0..12usize).prop_map(|(at, by)| Damage::Indent(at, by)),
        1 => place().prop_map(Damage::CutOff),
        1 => (place(), prop::sample::select(vec!["[", "{", "- ", "? ", "{a: ", "\"", "'", "&a ", "*"]), 1..3_000usize)
            .prop_map(|(at, open, times)| Damage::Nest(at, open, times)),
        1 => (1..12usize, 1..12usize).prop_map(|(levels, width)| Damage::Anchors(levels, width)),
    ]
}

impl Damage {
    fn apply(&self, text: Vec<u8>) -> Vec<u8> {
        match self {
            Self::Byte(at, byte) => splice(text, *at, 1, &[*byte]),
            Self::Insert(at, token) => splice(text, *at, 0, token.as_bytes()),
            Self::Text(at, new) => splice(text, *at, 0, new.as_bytes()),
            Self::Bytes(at, bytes) => splice(text, *at, 0, bytes),
            Self::CutOff(at) => text[..place(*at, text.len())].to_vec(),
            Self::Nest(at, open, times) => splice(text, *at, 0, open.repeat(*times).as_bytes()),
            Self::DeleteLine(at) => lines(&text, |lines| drop(lines.remove(place(*at, lines.len())))),
            Self::RepeatLine(at, times) => lines(&text, |lines| {
                let at = place(*at, lines.len());
                (0..*times).for_each(|_| lines.insert(at, lines[at].clone()));
            }),
            Self::SwapLines(a, b) => lines(&text, |lines| {
                let count = lines.len();
                lines.swap(place(*a, count), place(*b, count));
            }),

            Self::Indent(at, by) => lines(&text, |lines| {
                let at = place(*at, lines.len());
                let line = &mut lines[at];
                *line = [&b" ".repeat(*by), line.trim_ascii_start()].concat();
            }),
            Self::SwapWords(a, b) => swap_words(&text, *a, *b),
            Self::Anchors(levels, width) => [text, anchors(*levels, *width)].concat(),
        }
    }
}

fn place(fraction: f64, length: usize) -> usize {
    ((fraction * length as f64) as usize).min(length.saturating_sub(1))
}

fn splice(mut text: Vec<u8>, at: f64, remove: usize, insert: &[u8]) -> Vec<u8> {
    let at = place(at, text.len());
    let end = (at + remove).min(text.len());
    text.splice(at..end, insert.iter().copied());
    text
}

fn lines(text: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = text.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    change(&mut lines);
    lines.join(&b'\n')
}

fn swap_words(text: &[u8], a: f64, b: f64) -> Vec<u8> {
    let mut words: Vec<&[u8]> = text.split_inclusive(|byte| b" \n:,{}[]/".contains(byte)).collect();
    let last = words.len();
    if last > 0 {
        words.swap(place(a, last), place(b, last));
    }
    words.concat()
}

fn anchors(levels: usize, width: usize) -> Vec<u8> {
    let mut text = String::from("\npolicies:\n  - &a0 [x]\n");
    for level in 1..=levels {
        text.push_str(&format!("  - &a{level} [{}]\n", vec![format!("*a{}", level - 1); width].join(", ")));
    }
    text.into_bytes()
}

type Files = Vec<(String, Vec<u8>)>;

/// The good workspace, or text that only looks like YAML, with some damage to some files.
fn workspaces() -> impl Strategy<Value = Files> {
    let step = (any::<prop::sample::Index>(), damage());
    let extra = prop::option::weighted(0.2, prop::collection::vec(prop::sample::select(TOKENS), 0..60));
    (prop::collection::vec(step, 1..8), extra).prop_map(|(steps, extra)| {
        let mut files: Files = corpus::base()
            .into_iter()
            .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
            .collect();
        if let Some(tokens) = extra {
            files.insert(0, ("access/extra.yaml".to_owned(), tokens.join(" ").into_bytes()));
        }
        for (which, damage) in steps {
            let file = which.get(&files).0.clone();
            let (_, text) = files.iter_mut().find(|(path, _)| *path == file).unwrap();
            *text = damage.apply(std::mem::take(text));
        }
        files
    })
}

/// What must hold for any files.
fn check(files: &Files) -> Result<(), TestCaseError> {
    let loaded = loading::load(files.clone());
    let errors =
        loaded.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    prop_assert!(loaded.workspace.is_some() != (errors > 0), "a workspace, or errors: one of the two");
    for diagnostic in &loaded.diagnostics {
        prop_assert!(
            !diagnostic.summary.is_empty() && diagnostic.hint.as_ref().is_some_and(|hint| !hint.is_empty())
        );
        let Some(span) = diagnostic.span else { continue };
        let text = loaded.sources.text(span.file);
        let lines = text.split(['\n', '\r']).count();
        prop_assert!(
            span.line >= 1 && span.line as usize <= lines + 1,
            "{diagnostic:?} points past the file"
        );
    }
    let text = loading::text(&loaded);
    prop_assert!(
        !text.chars().any(|c| c.is_control() && c != '\n'),
        "a control character reaches the terminal: {text:?}"
    );
    let data = loading::json(&loaded);
    prop_assert_eq!(data["diagnostics"].as_array().map(Vec::len), Some(loaded.diagnostics.len()));
    Ok(())
}

#[test]
fn damaged_workspaces_are_told_of_and_never_panic_or_hang() {
    let seconds =
        std::env::var("GRANTLINE_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS);
    let end = Instant::now() + Duration::from_secs(seconds);
    let current: Arc<Mutex<Files>> = Arc::default();
    let (beat, beats) = mpsc::channel();
    let worker = {
        let current = Arc::clone(&current);
        std::thread::spawn(move || {
            let mut count = 0u64;
            let mut batch = 0u64;
            while Instant::now() < end {
                let ran = run_batch(batch, &|files| {
                    *current.lock().unwrap_or_else(PoisonError::into_inner) = files.clone();
                    let _ = beat.send(());
                    check(files)
                });
                if let Err(why) = ran {
                    panic!("batch {batch}: {why}");
                }
                batch += 1;
                count += u64::from(CASES);
            }
            count
        })
    };
    loop {
        match beats.recv_timeout(BUDGET) {
            Ok(()) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                panic!(
                    "loading has hung on {}",
                    shown(&current.lock().unwrap_or_else(PoisonError::into_inner))
                );
            }
        }
    }
    match worker.join() {
        Ok(count) => println!("{count} damaged workspaces in {seconds} s"),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

const CASES: u32 = 64;

fn run_batch(seed: u64, check: &dyn Fn(&Files) -> Result<(), TestCaseError>) -> Result<(), String> {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config =
        Config { cases: CASES, failure_persistence: None, max_shrink_iters: 400, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    runner.run(&workspaces(), |files| check(&files)).map_err(|error| match error {
        TestError::Fail(why, files) => format!("{why}\n{}", shown(&files)),
        TestError::Abort(why) => why.to_string(),
    })
}

/// The files that differ from the good ones.
fn shown(files: &Files) -> String {
    let good = corpus::base();
    let same =
        |(path, text): &&(String, Vec<u8>)| !good.iter().any(|(p, t)| p == path && t.as_bytes() == text);
    let show = |(path, text): &(String, Vec<u8>)| {
        format!("--- {path}\n{}\n{text:?}\n", String::from_utf8_lossy(text))
    };
    files.iter().filter(same).map(show).collect()
}
