//! When a request is worth sending again, and after how long.

use super::{Answer, HttpError};
use backon::{BackoffBuilder, ExponentialBuilder};
use reqwest::Method;
use std::time::Duration;

/// Requests sent for one, the first included, unless the server refuses them for their number: that costs nothing but
/// time.
pub(super) const ATTEMPTS: usize = 4;

/// How long one request takes in all, attempts and waits. A vendor that asks for more is left alone, and the engine is
/// told for how long.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// Whether to send a request again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Again {
    /// Its outcome stands.
    No,
    /// As soon as the vendor's pace lets it.
    AsPaced {
        /// Whether it is one of the attempts that are counted.
        counts: bool,
    },
    /// After a wait of its own.
    Later,
}

impl Again {
    /// What to do about the outcome of a request with this method.
    pub(super) fn after(outcome: &Result<Answer, HttpError>, method: &Method) -> Self {
        match outcome {
            Ok(answer) => Self::after_status(answer.status, answer.retry_after, method),
            Err(HttpError::NotReached(_) | HttpError::Lost(_)) if *method == Method::GET => Self::Later,
            Err(_) => Self::No,
        }
    }

    /// 429 says that nothing was carried out. So does 503 that names a time; without one it may come from a proxy
    /// whose server is still at work. Since some proxies name one all the same, what would be made twice is not sent again:
    /// to look first whether it is there is no help, because a vendor may need minutes to show what it has made.
    fn after_status(status: u16, after: Option<Duration>, method: &Method) -> Self {
        match status {
            429 => Self::AsPaced { counts: false },
            503 if after.is_some() && is_repeatable(method) => Self::AsPaced { counts: true },
            408 | 502..=504 if *method == Method::GET => Self::Later,
            _ => Self::No,
        }
    }
}

/// Whether a request comes to the same when it is carried out twice. A connector's PATCH sets values, or names who is to
/// be in something and who is not.
pub(super) fn is_repeatable(method: &Method) -> bool {
    *method != Method::POST
}

/// The waits between attempts where the vendor names none: 500 ms, doubled, before they are spread.
pub(super) fn delays() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(500))
        .with_factor(2.0)
        .with_max_delay(Duration::from_secs(20))
        .with_max_times(ATTEMPTS - 1)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_sent_again_only_when_it_was_not_carried_out() {
        let some = Some(Duration::from_secs(1));
        let after = |status, after, method: &Method| Again::after_status(status, after, method);
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            assert_eq!(after(429, None, &method), Again::AsPaced { counts: false });
            assert_eq!(after(503, some, &method), Again::AsPaced { counts: true });
            assert_eq!(after(500, some, &method), Again::No);
        }
        assert_eq!(after(429, None, &Method::POST), Again::AsPaced { counts: false });
        assert_eq!(after(503, some, &Method::POST), Again::No);
        for status in [408, 502, 503, 504] {
            assert_eq!(after(status, None, &Method::PATCH), Again::No);
            assert_eq!(after(status, None, &Method::GET), Again::Later);
        }
        assert_eq!(after(502, some, &Method::PUT), Again::No);
    }

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<u128> = delays().map(|wait| wait.as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000]);
    }
}
