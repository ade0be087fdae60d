//! `kill -9` of the real program at random moments of an apply of some 500 changes, and what the next applies make of
//! what it left behind.
//!
//! A round is a new vendor, in a process of its own, and an apply that is killed between its start and the time that
//! an undisturbed one takes. Further applies follow, some of them killed too, until one ends by itself. By then the
//! vendor has noticed exactly what the two states of the company differ in, each of it once; every journal is whole and
//! has its end; and nothing is left to plan.
//!
//! ```text
//! cargo test --profile swift --test crash                                  12 rounds
//! GRANTLINE_CRASHES=200 cargo test --profile swift --test crash            200 of them
//! GRANTLINE_CRASH_SEED=7 cargo test --profile swift --test crash           the rounds of that seed
//! ```
//!
//! The seed decides the moments; what the program is doing then is up to the machine.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on panics, and tells what it counted"
)]

mod chance;
mod company;
#[path = "../support/facts.rs"]
mod facts;
mod journal;
mod program;
mod round;
mod vendor;

use chance::Chance;
use company::Company;
use round::{Site, Tally};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Rounds where nobody asks for more.
const ROUNDS: u64 = 12;

/// The fewest changes that make the apply long enough to be hit anywhere.
const CHANGES: usize = 500;

fn main() {
    let rounds = number("GRANTLINE_CRASHES").unwrap_or(ROUNDS);
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let seed = number("GRANTLINE_CRASH_SEED").unwrap_or_else(clock);
    println!("seed {seed}: GRANTLINE_CRASH_SEED={seed} GRANTLINE_CRASHES={rounds} repeats its moments");
    let begun = Instant::now();
    let company = Company::new();
    let whole = Site::new(&company).undisturbed();
    println!("undisturbed: {} changes, {} facts, {:.2?}", whole.changes, company.facts().len(), whole.took);
    assert!(whole.changes >= CHANGES, "an apply of {} changes is over too soon", whole.changes);
    let mut tally = Tally::default();
    for round in 1..=rounds {
        let site = Site::new(&company);
        println!("round {round}: {}", site.round(whole, &mut Chance::new(seed, round), &mut tally));
    }
    println!("{tally}in {:.0?}", begun.elapsed());
}

/// A number from the environment.
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} must be a number, and is {text:?}")))
}
