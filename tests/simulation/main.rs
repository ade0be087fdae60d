//! A deterministic world: production code against emulated vendors over real sockets, with virtual time, drawn
//! failures, crashes and meddlers, and every invariant checked after every effect.
//!
//! Some of the companies have two vendors, of which the first keeps the accounts of the second by one of its groups; in
//! a third of these, people stay at the second without that group, or lose it.
//!
//! ```text
//! cargo test --test simulation -- [--seeds N] [--first K] [--for SECONDS] [--jobs J]
//! cargo test --test simulation -- --seed S
//! ```

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a world that cannot go on panics, and tells what it counted"
)]

mod chance;
mod checks;
mod clock;
mod company;
mod disk;
mod intruder;
mod invariants;
mod model;
mod oracle;
mod outside;
mod provider;
mod report;
mod sky;
mod stages;
mod story;
mod truth;
mod world;

use report::{Story, Tally, Violation, first_difference};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// One seed of so many is run twice, and the two histories are compared.
const TWICE: u64 = 20;

/// What a plain `cargo test` runs.
const FEW: u64 = 40;

/// What was asked for.
#[derive(Debug, Clone)]
struct Asked {
    seed: Option<u64>,
    first: u64,
    seeds: u64,
    time: Option<Duration>,
    jobs: usize,
}

impl Asked {
    /// What the arguments say; none where they are a filter for other tests, or want a list.
    fn of(arguments: impl Iterator<Item = String>) -> Option<Self> {
        let jobs = std::thread::available_parallelism().map_or(1, usize::from);
        let mut asked = Self { seed: None, first: 0, seeds: FEW, time: None, jobs };
        let mut arguments = arguments.peekable();
        while let Some(argument) = arguments.next() {
            let mut number = || arguments.next().and_then(|text| text.parse::<u64>().ok()).unwrap();
            match argument.as_str() {
                "--seed" => asked.seed = Some(number()),
                "--first" => asked.first = number(),
                "--seeds" => asked.seeds = number(),
                "--for" => asked.time = Some(Duration::from_secs(number())),
                "--jobs" => asked.jobs = usize::try_from(number()).unwrap().max(1),
                "--list" => return None,
                // The harness of other tests takes more options; none of them means anything here.
                option if option.starts_with('-') => {}
                filter if "simulation".contains(filter) => {}
                _ => return None,
            }
        }
        Some(asked)
    }
}

fn main() -> ExitCode {
    let Some(asked) = Asked::of(std::env::args().skip(1)) else { return ExitCode::SUCCESS };
    checks::all();
    let begun = Instant::now();
    if let Some(seed) = asked.seed {
        let story = twice(seed);
        println!("{}", story.trace.join("\n"));
        println!("{}", story.tally);
        return verdict(&story.violation.map(|violation| (seed, violation)));
    }
    let (tally, failed) = many(&asked, begun);
    println!("{tally}{:>24}: {:.1} s", "real time", begun.elapsed().as_secs_f64());
    verdict(&failed)
}

fn verdict(failed: &Option<(u64, Violation)>) -> ExitCode {
    let Some((seed, Violation { invariant, seen })) = failed else { return ExitCode::SUCCESS };
    println!("seed {seed} breaks invariant {invariant}: {seen}");
    println!("replay it with: cargo test --test simulation -- --seed {seed}");
    ExitCode::FAILURE
}

/// Runs seeds side by side until all are run, the time is over, or one fails.
fn many(asked: &Asked, begun: Instant) -> (Tally, Option<(u64, Violation)>) {
    let (next, stop) = (AtomicU64::new(asked.first), AtomicBool::new(false));
    let total = Mutex::new(Tally::default());
    let failed: Mutex<Option<(u64, Violation)>> = Mutex::new(None);
    let work = || {
        while !stop.load(Ordering::Relaxed) && asked.time.is_none_or(|time| begun.elapsed() < time) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= asked.first + asked.seeds {
                return;
            }
            let story = if seed % TWICE == 0 { twice(seed) } else { once(seed) };
            total.lock().unwrap().add(&story.tally);
            if let Some(violation) = story.violation {
                stop.store(true, Ordering::Relaxed);
                let mut failed = failed.lock().unwrap();
                // The smallest of those that were found, so that two runs are more likely to name the same.
                if failed.as_ref().is_none_or(|(other, _)| seed < *other) {
                    *failed = Some((seed, violation));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..asked.jobs {
            scope.spawn(work);
        }
    });
    (total.into_inner().unwrap(), failed.into_inner().unwrap())
}

/// One seed; a panic is a breach like any other.
fn once(seed: u64) -> Story {
    let run = std::panic::catch_unwind(|| story::run(seed));
    run.unwrap_or_else(|_| Story {
        tally: Tally { seeds: 1, ..Tally::default() },
        trace: Vec::new(),
        violation: Some(Violation { invariant: 0, seen: "the world broke off".to_owned() }),
    })
}

/// One seed, which must take the same course both times.
fn twice(seed: u64) -> Story {
    let (mut story, again) = (once(seed), once(seed));
    story.tally.repeated += 1;
    if story.violation.is_none() && story.trace != again.trace {
        let seen =
            format!("it went another way the second time\n{}", first_difference(&story.trace, &again.trace));
        story.violation = Some(Violation { invariant: 0, seen });
    }
    story
}
