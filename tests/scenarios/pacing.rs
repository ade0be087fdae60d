//! The vendor's limits as the whole client meets them, through the socket and in virtual time.

use crate::support::block_on;
use crate::support::crowd::{Crowd, limits};
use crate::support::virtual_clock::VirtualClock;
use grantline::vendors::scim::emulator::{Announce, Behaviour, RateLimit};
use std::sync::Arc;
use std::time::Duration;

const RATE: u32 = 50;
const CHANGES: usize = 500;

fn crowd(accounts: usize, behaviour: Behaviour) -> (Arc<VirtualClock>, Crowd) {
    let clock = VirtualClock::new("2026-11-22T09:00:00Z".parse().unwrap());
    let crowd = Crowd::new(accounts, behaviour, clock.client(), clock.server());
    (clock, crowd)
}

/// How long 500 changes take at most, as a multiple of what the limit makes them take, and the refusals.
fn share(announce: Announce, bucket: bool) -> (f64, u64) {
    let limit = RateLimit { requests: RATE, seconds: 1, announce, bucket };
    let (clock, crowd) = crowd(50, Behaviour { rate_limit: Some(limit), ..Behaviour::default() });
    let took = block_on(clock.run(crowd.change(CHANGES)));
    (CHANGES as f64 / took.as_secs_f64() / f64::from(RATE), crowd.refusals())
}

#[test]
fn a_limit_that_is_told_is_used_up_without_a_refusal() {
    for (announce, bucket) in [(Announce::Okta, false), (Announce::Ietf, false), (Announce::Ietf, true)] {
        let (share, refused) = share(announce, bucket);
        assert!(share >= 0.95, "{announce:?} {bucket}: {share}");
        assert_eq!(refused, 0, "{announce:?} {bucket}");
    }
}

#[test]
fn a_limit_that_nobody_tells_of_is_learnt() {
    for (announce, bucket) in
        [(Announce::RetryAfter, false), (Announce::RetryAfter, true), (Announce::Hidden, false)]
    {
        let (share, refused) = share(announce, bucket);
        assert!(share >= 0.9, "{announce:?} {bucket}: {share}");
        assert!(refused <= CHANGES as u64 / 10, "{announce:?} {bucket}: {refused}");
    }
}

#[test]
fn pages_are_read_side_by_side() {
    let behaviour = Behaviour { latency_ms: 50, max_page: 20, ..Behaviour::default() };
    let (clock, crowd) = crowd(2000, behaviour);
    let (read, took) = block_on(clock.run(crowd.read()));
    // The provider's configuration, the first page, the last ones, and `/Me` are waited for one after the other.
    let turns = 100_usize.div_ceil(limits().side_by_side) + 4;
    assert_eq!(read, 2000);
    assert!(took <= Duration::from_millis(50) * u32::try_from(turns).unwrap(), "{took:?}");
}
