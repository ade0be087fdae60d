//! Dates as members' pages write them. One that could be read in two ways is not read.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The moment, where the text says which: an ISO date or time, or a date with the month's name. A date alone, and a
/// time without an offset, is UTC's.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    iso(text).or_else(|| named(text)?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp()))
}

/// Whether a text that [`parse`] understands cannot be the beginning of a longer one.
pub(super) fn is_whole(text: &str) -> bool {
    parse(text).is_some() && (text.ends_with(['Z', 'z']) || named(text).is_some())
}

fn iso(text: &str) -> Option<Timestamp> {
    let year = text.get(..5)?;
    if !year.starts_with(|c: char| c.is_ascii_digit()) || !year.ends_with('-') {
        return None;
    }
    let utc = |time: DateTime| time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    if text.len() == "2026-11-22".len() {
        return utc(text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()));
    }
    text.parse::<Timestamp>().ok().or_else(|| utc(text.parse::<DateTime>().ok()?))
}

/// `Nov 22, 2026`, `November 22 2026`, `22 Nov 2026`.
fn named(text: &str) -> Option<Date> {
    let plain = text.replace([',', '.'], " ");
    let words: Vec<&str> = plain.split_whitespace().collect();
    let [one, two, year] = words[..] else { return None };
    let (month, day) = match (month(one), month(two)) {
        (Some(month), None) => (month, two),
        (None, Some(month)) => (month, one),
        _ => return None,
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || !digits(year) || !digits(day) {
        return None;
    }
    Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()
}

fn month(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    let at = MONTHS.iter().position(|month| word == **month || (word.len() == 3 && month.starts_with(&word)));
    i8::try_from(at? + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_forms_are_one_moment() {
        let day = Some("2026-11-02T00:00:00Z".parse().unwrap());
        for text in ["2026-11-02", "Nov 2, 2026", "November 2 2026", "2 Nov. 2026", "2026-11-02T00:00:00Z"] {
            assert_eq!(parse(text), day, "{text}");
        }
        assert_eq!(parse("2026-11-02 09:30"), Some("2026-11-02T09:30:00Z".parse().unwrap()));
        assert_eq!(parse("2026-11-02T09:30:00+01:00"), Some("2026-11-02T08:30:00Z".parse().unwrap()));
    }

    #[test]
    fn what_could_mean_two_days_or_none_is_not_read() {
        for text in
            ["02/11/2026", "11-02-2026", "2 days ago", "Nov 2", "Nov 2, 26", "Nov 31, 2026", "", "soon"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_cut_date_is_not_taken_for_whole() {
        assert!(is_whole("Nov 22, 2026") && is_whole("2026-11-22T09:00:00Z"));
        assert!(!is_whole("2026-11-22") && !is_whole("2026-11-22T09:00"));
    }
}
