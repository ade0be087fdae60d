//! How much of what a vendor allows is used, by the machine's own clock: the figures that a user would see.
//!
//! `cargo test --profile swift --test load -- --nocapture --test-threads=1` on a machine that does nothing else.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![expect(clippy::print_stdout, reason = "it tells what it measured")]

mod applied;
#[path = "../support/crowd.rs"]
mod crowd;

use crowd::{Crowd, limits};
use grantline::net::{Clock, SystemClock};
use grantline::vendors::scim::emulator::{Announce, Behaviour, RateLimit};
use std::sync::Arc;
use std::time::Duration;

/// Requests that the vendor allows in a second.
const RATE: u32 = 200;

const CHANGES: usize = 2000;

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(work)
}

fn crowd(accounts: usize, behaviour: Behaviour) -> Crowd {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Crowd::new(accounts, behaviour, Arc::clone(&clock), clock)
}

/// The share of the vendor's rate that an apply of 2,000 changes reaches, and the refusals.
fn share(announce: Announce, bucket: bool) -> (f64, u64) {
    let limit = RateLimit { requests: RATE, seconds: 1, announce, bucket };
    let crowd = crowd(50, Behaviour { rate_limit: Some(limit), ..Behaviour::default() });
    let took = block_on(crowd.change(CHANGES));
    let share = CHANGES as f64 / took.as_secs_f64() / f64::from(RATE);
    let kind = if bucket { "bucket" } else { "seconds" };
    println!("{announce:?} {kind}: {:.1}% of {RATE}/s, {} refused", share * 100.0, crowd.refusals());
    (share, crowd.refusals())
}

#[test]
fn a_limit_that_is_told_is_used_up() {
    for (announce, bucket) in
        [Announce::Okta, Announce::Ietf].into_iter().flat_map(|one| [(one, false), (one, true)])
    {
        let (share, refused) = share(announce, bucket);
        assert!(share >= 0.95 && refused <= 1, "{announce:?} {bucket}: {share} {refused}");
    }
}

#[test]
fn a_whole_apply_uses_the_limit_up() {
    let limit = |announce, bucket| Some(RateLimit { requests: RATE, seconds: 1, announce, bucket });
    for (announce, bucket, least) in [(Announce::Okta, false, 0.95), (Announce::Hidden, true, 0.9)] {
        let behaviour = Behaviour { rate_limit: limit(announce, bucket), ..Behaviour::default() };
        let (took, refused) = block_on(applied::invitations(CHANGES, behaviour));
        let share = CHANGES as f64 / took.as_secs_f64() / f64::from(RATE);
        println!("an apply, {announce:?}: {:.1}% of {RATE}/s, {refused} refused", share * 100.0);
        assert!(share >= least, "{announce:?}: {share}");
        assert!(refused <= if least > 0.9 { 1 } else { CHANGES as u64 / 10 }, "{announce:?}: {refused}");
    }
}

#[test]
fn a_limit_that_nobody_tells_of_is_learnt() {
    for (announce, bucket) in
        [Announce::RetryAfter, Announce::Hidden].into_iter().flat_map(|one| [(one, false), (one, true)])
    {
        let (share, refused) = share(announce, bucket);
        assert!(share >= 0.9, "{announce:?} {bucket}: {share}");
        assert!(refused <= CHANGES as u64 / 10, "{announce:?} {bucket}: {refused}");
    }
}

#[test]
fn a_listing_takes_as_long_as_its_pages_side_by_side() {
    const ACCOUNTS: usize = 50_000;
    let behaviour = Behaviour { latency_ms: 50, ..Behaviour::default() };
    let pages = ACCOUNTS.div_ceil(behaviour.max_page);
    let crowd = crowd(ACCOUNTS, behaviour);
    let ideal = Duration::from_millis(50).mul_f64(pages as f64 / limits().side_by_side as f64);
    // Whatever else this machine does can only add to the time, so that the best of a few says what there is to know.
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let (read, took) = block_on(crowd.read());
        assert_eq!(read, ACCOUNTS);
        best = best.min(took.as_secs_f64() / ideal.as_secs_f64());
        println!("{read} accounts on {pages} pages in {took:.2?}: {best:.2} times {ideal:.2?} at best");
        if best <= 1.2 {
            return;
        }
    }
    panic!("{best}");
}
