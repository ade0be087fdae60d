//! When a request is worth sending again, and after how long.

use backon::{BackoffBuilder, ExponentialBuilder};
use jiff::Timestamp;
use reqwest::StatusCode;
use std::time::Duration;

/// Requests sent for one read, the first included.
pub(super) const ATTEMPTS: usize = 4;

/// How long one request waits in all between its attempts. A vendor that asks for more is left alone, and the
/// engine is told for how long.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// The waits between attempts where the vendor names none: 500 ms, doubled. No jitter: the requests of one run
/// share one process, and a run that waits the same is a run that can be repeated.
pub(super) fn delays() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(500))
        .with_factor(2.0)
        .with_max_delay(Duration::from_secs(20))
        .with_max_times(ATTEMPTS - 1)
        .build()
}

/// Whether the answer says that a read may work later.
pub(super) fn read_again(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

/// Whether the answer says that a write was not carried out, and may be later: only with a `Retry-After`, because
/// a bare 503 may come from a proxy whose server is still at work.
pub(super) fn write_again(status: StatusCode, after: Option<Duration>) -> bool {
    matches!(status.as_u16(), 429 | 503) && after.is_some()
}

/// The longest wait that is believed. Nobody means more, and time reckoned with more would overflow.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// `Retry-After`: seconds, or an HTTP date. A date that has passed means at once, and more than a day means a day.
pub(super) fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(LONGEST_WAIT));
    }
    let at = Timestamp::try_from(httpdate::parse_http_date(text).ok()?).ok()?;
    let wait = at.duration_since(now);
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO).min(LONGEST_WAIT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_given_in_seconds_or_as_a_date() {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        assert_eq!(retry_after(" 7 ", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 22 Nov 2026 09:00:30 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Sun, 22 Nov 2026 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("18446744073709551615", now), Some(LONGEST_WAIT));
        assert_eq!(retry_after("Fri, 01 Jan 9999 00:00:00 GMT", now), Some(LONGEST_WAIT));
    }

    #[test]
    fn a_write_is_sent_again_only_when_the_vendor_names_a_time() {
        let some = Some(Duration::from_secs(1));
        assert!(write_again(StatusCode::TOO_MANY_REQUESTS, some));
        assert!(!write_again(StatusCode::SERVICE_UNAVAILABLE, None));
        assert!(!write_again(StatusCode::BAD_GATEWAY, some));
    }

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<u128> = delays().map(|wait| wait.as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000]);
    }
}
