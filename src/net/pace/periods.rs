//! Whether a vendor counts its requests by the second, and how many it allows in each.

use std::collections::VecDeque;
use std::time::Duration;

/// How finely the beginning of the vendor's seconds is looked for.
const STEPS: u64 = 200;

/// How full a second must be for its refusal to be due to its limit.
const FULL: f64 = 0.96;

/// How many requests each second allows, where there is a beginning of the seconds by which every refusal came in a
/// full one and none holds more. One refusal alone fits any beginning, and says nothing.
pub(super) fn each_second(passed: &VecDeque<Duration>, refusals: &VecDeque<Duration>) -> Option<usize> {
    if refusals.len() < 2 {
        return None;
    }
    let fits = (0..STEPS).filter_map(|step| fit(passed, refusals, step));
    fits.max_by(|(one, most), (other, more)| one.total_cmp(other).then(more.cmp(most))).map(|(_, most)| most)
}

/// How full the least full second with a refusal is, and the most that any second holds.
fn fit(passed: &VecDeque<Duration>, refusals: &VecDeque<Duration>, step: u64) -> Option<(f64, usize)> {
    // Seconds that begin where the whole ones do would need no shift; this adds one to find the others.
    let shift = Duration::from_micros(step * 1_000_000 / STEPS);
    let second = |at: &Duration| (*at + shift).as_secs();
    let count = |wanted: u64| passed.iter().filter(|at| second(at) == wanted).count();
    let hit: Vec<usize> = refusals.iter().map(|at| count(second(at))).collect();
    let (least, most) = (*hit.iter().min()?, *hit.iter().max()?);
    let fullness = least as f64 / most.max(1) as f64;
    if fullness < FULL {
        return None;
    }
    // Sorted by time, so that each second's answers stand together.
    let mut widest = most;
    let mut run = (u64::MAX, 0);
    for at in passed {
        run = if second(at) == run.0 { (run.0, run.1 + 1) } else { (second(at), 1) };
        widest = widest.max(run.1);
    }
    let fullness = least as f64 / widest as f64;
    (fullness >= FULL).then_some((fullness, widest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(ms: u64, from: u64, to: u64) -> impl Iterator<Item = Duration> {
        (from..to).step_by(usize::try_from(ms).unwrap()).map(Duration::from_millis)
    }

    #[test]
    fn two_full_seconds_tell_where_seconds_begin() {
        // A hundred a second, from 0.3 on in each.
        let passed = every(5, 5000, 5300).chain(every(5, 5300, 5800)).chain(every(8, 6350, 7150)).collect();
        let refusals = VecDeque::from([5800, 7150].map(Duration::from_millis));
        assert_eq!(each_second(&passed, &refusals), Some(100));
        assert_eq!(each_second(&passed, &VecDeque::from([refusals[0]])), None);
    }

    #[test]
    fn a_bucket_has_no_such_seconds() {
        let passed = every(4, 5000, 5260).chain(every(8, 6300, 9300)).collect();
        let refusals = VecDeque::from([5260, 9300].map(Duration::from_millis));
        assert_eq!(each_second(&passed, &refusals), None);
    }
}
