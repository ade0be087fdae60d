//! A limit on requests, as vendors have them, and what is told of it.

use super::behaviour::{Announce, RateLimit};
use super::exchange::{Refusal, Reply};
use crate::net::Clock;
use axum::http::{HeaderName, StatusCode, header};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Counts requests against the limit. It goes by a clock of its own, which nobody sets: the moment at which the server
/// started, and the time since.
pub(crate) struct Limiter {
    clock: Arc<dyn Clock>,
    /// Since 1970, as the clock's own count began.
    origin: Duration,
    /// Requests that may still come.
    left: f64,
    counted: Duration,
    of: Option<RateLimit>,
    refusals: u64,
}

impl Limiter {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let now = Duration::try_from(clock.now().duration_since(jiff::Timestamp::UNIX_EPOCH));
        let origin = now.unwrap_or_default().saturating_sub(clock.elapsed());
        Self { clock, origin, left: 0.0, counted: Duration::ZERO, of: None, refusals: 0 }
    }

    /// How many requests were refused.
    pub(crate) fn refusals(&self) -> u64 {
        self.refusals
    }

    /// Since 1970.
    fn now(&self) -> Duration {
        self.origin + self.clock.elapsed()
    }

    /// The headers that every answer has, whatever it is.
    pub(crate) fn date(&self) -> (HeaderName, String) {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(self.now().as_secs());
        (header::DATE, httpdate::fmt_http_date(now))
    }

    /// Counts a request. Gives what its answer tells of the limit, or the answer that refuses it.
    pub(crate) fn count(&mut self, limit: RateLimit) -> Result<Vec<(HeaderName, String)>, Reply> {
        let (now, most) = (self.now(), f64::from(limit.requests.max(1)));
        let seconds = u64::from(limit.seconds.max(1));
        let rate = most / seconds as f64;
        if self.of != Some(limit) || (!limit.bucket && period(self.counted, seconds) != period(now, seconds))
        {
            self.left = most;
        } else if limit.bucket {
            self.left = (self.left + now.saturating_sub(self.counted).as_secs_f64() * rate).min(most);
        }
        (self.of, self.counted) = (Some(limit), now);
        let passes = self.left >= 1.0;
        if passes {
            self.left -= 1.0;
        }
        let next_period = Duration::from_secs((period(now, seconds) + 1) * seconds);
        let (full, next) = match limit.bucket {
            true => ((most - self.left) / rate, (1.0 - self.left).max(0.0) / rate),
            false => (next_period.saturating_sub(now).as_secs_f64(), (next_period - now).as_secs_f64()),
        };
        let told = self.told(limit, now, full);
        if passes {
            return Ok(told);
        }
        self.refusals += 1;
        let mut reply =
            Refusal::new(StatusCode::TOO_MANY_REQUESTS, "There were too many requests; come back later.")
                .reply();
        reply.headers = told;
        if limit.announce == Announce::RetryAfter {
            reply = reply.with_header(header::RETRY_AFTER, (next.ceil() as u64).max(1).to_string());
        }
        Err(reply)
    }

    /// What is told with every answer; `full` is in how many seconds there is as much again as at the start.
    fn told(&self, limit: RateLimit, now: Duration, full: f64) -> Vec<(HeaderName, String)> {
        let (most, left) = (limit.requests.max(1), self.left as u64);
        let named = |name: &'static str, value: String| (HeaderName::from_static(name), value);
        match limit.announce {
            Announce::Okta => vec![
                named("x-rate-limit-limit", most.to_string()),
                named("x-rate-limit-remaining", left.to_string()),
                named("x-rate-limit-reset", ((now.as_secs_f64() + full).ceil() as u64).to_string()),
            ],
            Announce::Ietf => vec![
                named("ratelimit-policy", format!("\"default\";q={most};w={}", limit.seconds.max(1))),
                named("ratelimit", format!("\"default\";r={left};t={}", full.ceil() as u64)),
            ],
            Announce::RetryAfter | Announce::Hidden => Vec::new(),
        }
    }
}

fn period(at: Duration, seconds: u64) -> u64 {
    at.as_secs() / seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::script::TestClock;

    fn told(headers: &[(HeaderName, String)], name: &str) -> Option<String> {
        headers.iter().find(|(one, _)| one == name).map(|(_, value)| value.clone())
    }

    #[tokio::test]
    async fn each_period_allows_so_many_and_a_bucket_fills_up_steadily() {
        for (bucket, after_half_a_period) in [(false, 0), (true, 2)] {
            let clock = TestClock::new();
            let mut limiter = Limiter::new(Arc::clone(&clock) as Arc<dyn Clock>);
            let limit = RateLimit { requests: 4, seconds: 10, announce: Announce::Hidden, bucket };
            let mut passes = || (0..9).filter(|_| limiter.count(limit).is_ok()).count();
            assert_eq!(passes(), 4);
            clock.sleep(Duration::from_secs(5)).await;
            assert_eq!(passes(), after_half_a_period);
            clock.sleep(Duration::from_secs(15)).await;
            assert_eq!(passes(), 4);
            assert_eq!(limiter.refusals(), 27 - 8 - after_half_a_period as u64);
        }
    }

    #[test]
    fn a_limit_is_told_as_the_vendors_do() {
        let mut limiter = Limiter::new(TestClock::new());
        let mut count = |announce| {
            let limit = RateLimit { requests: 1, seconds: 60, announce, bucket: false };
            (limiter.count(limit).unwrap(), limiter.count(limit).unwrap_err())
        };
        let (passed, refused) = count(Announce::Okta);
        assert_eq!(told(&passed, "x-rate-limit-remaining").as_deref(), Some("0"));
        // Nine o'clock and one minute.
        assert_eq!(told(&refused.headers, "x-rate-limit-reset").as_deref(), Some("1795338060"));
        let (passed, _) = count(Announce::Ietf);
        assert_eq!(told(&passed, "ratelimit").as_deref(), Some("\"default\";r=0;t=60"));
        let (passed, refused) = count(Announce::RetryAfter);
        assert_eq!(passed, []);
        assert_eq!(told(&refused.headers, "retry-after").as_deref(), Some("60"));
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    }
}
