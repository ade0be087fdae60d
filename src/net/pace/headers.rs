//! What an answer's headers say of limits, in the dialects that are in use.
//!
//! - `Retry-After`: seconds or a date (RFC 9110).
//! - `X-Rate-Limit-Limit`, `-Remaining`, `-Reset`: Okta, whose reset is a moment in seconds since 1970.
//! - `X-RateLimit-…`: GitHub the same; others count the seconds from now.
//! - `RateLimit-Limit`, `-Remaining`, `-Reset`: early drafts of the IETF's, in seconds from now.
//! - `RateLimit` and `RateLimit-Policy`: its later drafts, `draft-ietf-httpapi-ratelimit-headers`.

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use std::time::{Duration, UNIX_EPOCH};

/// As many limits are believed of one vendor; nobody is known to have more.
const MOST_LIMITS: usize = 8;

/// A number of seconds that is no wait, but a moment: nobody waits for thirty years.
const SINCE_1970: u64 = 1_000_000_000;

/// A number that is a moment in milliseconds.
const MILLIS_SINCE_1970: u64 = 1_000_000_000_000;

/// A point in time as a server writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// A wait from the answer on.
    In(Duration),
    /// Seconds since 1970 by the server's clock.
    At(u64),
}

/// One limit as an answer tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Limit {
    /// Which, where a vendor has several.
    pub(super) name: String,
    /// Requests in all.
    pub(super) most: Option<u64>,
    /// Requests that are left.
    pub(super) left: Option<u64>,
    /// When there are as many again.
    pub(super) reset: Option<Moment>,
}

/// All that an answer says about when to ask again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) retry_after: Option<Moment>,
    /// `Date`, in seconds since 1970.
    pub(super) date: Option<u64>,
    pub(super) limits: Vec<Limit>,
}

impl Told {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut limits = structured(headers);
        for (name, prefix) in [("x", "x-rate-limit"), ("x", "x-ratelimit"), ("", "ratelimit")] {
            if limits.is_empty() {
                limits.extend(triple(headers, name, prefix));
            }
        }
        limits.truncate(MOST_LIMITS);
        let date = text(headers, DATE.as_str()).and_then(http_date);
        Self { retry_after: text(headers, RETRY_AFTER.as_str()).and_then(retry_after), date, limits }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

fn http_date(text: &str) -> Option<u64> {
    let at = httpdate::parse_http_date(text).ok()?;
    at.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

/// `Retry-After`: seconds, or a date.
fn retry_after(text: &str) -> Option<Moment> {
    match text.parse() {
        Ok(seconds) => Some(Moment::In(Duration::from_secs(seconds))),
        Err(_) => http_date(text).map(Moment::At),
    }
}

/// The older way: a header each for the limit, what is left, and when it is reset.
fn triple(headers: &HeaderMap, name: &str, prefix: &str) -> Option<Limit> {
    let part = |part: &str| {
        let value = text(headers, &format!("{prefix}-{part}"))?;
        // The limit's quota policy may follow it: `100, 100;w=60`.
        value.split([',', ';']).next()?.trim().parse::<f64>().ok().filter(|number| *number >= 0.0)
    };
    let whole = |number: f64| number as u64;
    let (most, left, reset) = (part("limit").map(whole), part("remaining").map(whole), part("reset"));
    // An endpoint with a limit of its own has another number, and is another limit.
    let name = format!("{name}{}", most.unwrap_or_default());
    left.or(most).map(|_| Limit { name, most, left, reset: reset.and_then(moment) })
}

/// Seconds from now, or since 1970: they are told apart by their size.
fn moment(number: f64) -> Option<Moment> {
    match number.ceil() as u64 {
        millis if millis >= MILLIS_SINCE_1970 => Some(Moment::At(millis.div_ceil(1000))),
        at if at >= SINCE_1970 => Some(Moment::At(at)),
        _ => Duration::try_from_secs_f64(number).ok().map(Moment::In),
    }
}

/// `RateLimit-Policy: "hour";q=5000;w=3600` and `RateLimit: "hour";r=12;t=600`; in a draft between, `RateLimit:
/// limit=5000, remaining=12, reset=600`.
fn structured(headers: &HeaderMap) -> Vec<Limit> {
    let policies = items(headers, "ratelimit-policy");
    // A quota of bytes, or of requests at one time, is none of requests.
    let of_requests =
        |item: &&Item<'_>| item.get("qu").is_none_or(|unit| unit.trim_matches('"') == "requests");
    let policy =
        |name: &str| policies.iter().filter(of_requests).find(|item| item.name == name).map(Policy::of);
    let mut limits = Vec::new();
    let mut plain = Limit::default();
    for item in items(headers, "ratelimit") {
        match item.name.split_once('=') {
            Some((key, value)) => plain.set(key.trim(), value.trim().parse().ok()),
            None if policies.iter().any(|one| one.name == item.name && !of_requests(&one)) => {}
            None => {
                let said = policy(item.name).unwrap_or_default();
                let reset = item.number("t").or(said.window).map(Duration::from_secs).map(Moment::In);
                let left = item.number("r");
                limits.push(Limit { name: item.name.to_owned(), most: said.quota, left, reset });
            }
        }
    }
    if plain.left.is_some() {
        limits.push(plain);
    }
    limits.retain(|limit| limit.left.is_some());
    limits
}

impl Limit {
    fn set(&mut self, key: &str, value: Option<u64>) {
        match key {
            "limit" => self.most = value,
            "remaining" => self.left = value,
            "reset" => self.reset = value.map(Duration::from_secs).map(Moment::In),
            _ => {}
        }
    }
}

/// What is laid down for a limit, as opposed to how much of it is left.
#[derive(Debug, Clone, Copy, Default)]
struct Policy {
    quota: Option<u64>,
    /// Seconds.
    window: Option<u64>,
}

impl Policy {
    fn of(item: &Item<'_>) -> Self {
        Self { quota: item.number("q"), window: item.number("w") }
    }
}

/// One member of a list: a name with parameters.
#[derive(Debug)]
struct Item<'a> {
    name: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Item<'a> {
    fn get(&self, key: &str) -> Option<&'a str> {
        self.parameters.iter().find(|(name, _)| *name == key).map(|(_, value)| *value)
    }

    fn number(&self, key: &str) -> Option<u64> {
        self.get(key)?.parse().ok()
    }
}

/// The members of a header that is a list. A name with a comma or a semicolon in it is not understood, which costs no
/// more than the limit that it names.
fn items<'a>(headers: &'a HeaderMap, name: &str) -> Vec<Item<'a>> {
    let lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let members = lines.flat_map(|line| line.split(','));
    let read = |member: &'a str| {
        let mut parts = member.split(';').map(str::trim);
        let name = parts.next()?.trim_matches('"');
        let pair = |part: &'a str| part.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
        Some(Item { name, parameters: parts.filter_map(pair).collect() })
    };
    members.filter_map(read).filter(|item| !item.name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderName, HeaderValue};

    fn told(headers: &[(&str, &str)]) -> Told {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name.parse::<HeaderName>().unwrap(), HeaderValue::from_str(value).unwrap());
        }
        Told::of(&map)
    }

    fn limit(name: &str, most: Option<u64>, left: u64, reset: Moment) -> Limit {
        Limit { name: name.to_owned(), most, left: Some(left), reset: Some(reset) }
    }

    fn seconds(seconds: u64) -> Moment {
        Moment::In(Duration::from_secs(seconds))
    }

    #[test]
    fn a_retry_is_named_in_seconds_or_as_a_date() {
        let after = |text: &str| told(&[("retry-after", text)]).retry_after;
        assert_eq!(after(" 7 "), Some(seconds(7)));
        assert_eq!(after("Sun, 22 Nov 2026 09:00:30 GMT"), Some(Moment::At(1_795_338_030)));
        assert_eq!(after("soon"), None);
        assert_eq!(told(&[("date", "Sun, 22 Nov 2026 09:00:30 GMT")]).date, Some(1_795_338_030));
    }

    #[test]
    fn the_vendors_own_headers_name_a_moment_or_a_wait() {
        let with = |prefix: &str, reset: &str| {
            let name = |part: &str| format!("{prefix}-{part}");
            let headers = [(name("limit"), "600"), (name("remaining"), "3"), (name("reset"), reset)];
            let headers = headers.each_ref().map(|(name, value)| (name.as_str(), *value));
            told(&headers).limits
        };
        let moment = Moment::At(1_795_338_030);
        assert_eq!(with("X-Rate-Limit", "1795338030"), [limit("x600", Some(600), 3, moment)]);
        assert_eq!(with("X-RateLimit", "1795338030"), [limit("x600", Some(600), 3, moment)]);
        assert_eq!(with("X-RateLimit", "1795338029500"), [limit("x600", Some(600), 3, moment)]);
        assert_eq!(with("X-RateLimit", "30"), [limit("x600", Some(600), 3, seconds(30))]);
        assert_eq!(with("RateLimit", "30"), [limit("600", Some(600), 3, seconds(30))]);
    }

    #[test]
    fn the_drafts_of_the_standard_are_understood() {
        let early = told(&[
            ("ratelimit-limit", "100, 100;w=60"),
            ("ratelimit-remaining", "9"),
            ("ratelimit-reset", "4"),
        ]);
        assert_eq!(early.limits, [limit("100", Some(100), 9, seconds(4))]);
        let middle =
            told(&[("ratelimit", "limit=100, remaining=9, reset=4"), ("ratelimit-policy", "100;w=60")]);
        assert_eq!(middle.limits, [limit("", Some(100), 9, seconds(4))]);
        let late = told(&[
            ("ratelimit-policy", r#""burst";q=100;w=60,"day";q=1000;w=86400"#),
            ("ratelimit-policy", r#""size";q=65535;w=10;qu="content-bytes""#),
            ("ratelimit", r#""burst";r=9;t=4, "day";r=500, "size";r=0;t=9"#),
        ]);
        let expected =
            [limit("burst", Some(100), 9, seconds(4)), limit("day", Some(1000), 500, seconds(86400))];
        assert_eq!(late.limits, expected);
    }

    #[test]
    fn nonsense_is_no_limit() {
        for headers in [
            [("x-rate-limit-remaining", "many"), ("x-rate-limit-reset", "soon")],
            [("ratelimit", "\"\";;==;r"), ("ratelimit-policy", ",,;q=")],
            [("ratelimit-remaining", "-5"), ("ratelimit-reset", "1e400")],
        ] {
            assert_eq!(told(&headers).limits, [], "{headers:?}");
        }
        let many = (0..100).map(|at| format!("\"{at}\";r=1")).collect::<Vec<_>>().join(",");
        assert_eq!(told(&[("ratelimit", &many)]).limits.len(), MOST_LIMITS);
    }
}
