//! A moment as `--now` and `--taken` are given one.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// Reads a moment: a date, a time and how far that is from UTC.
///
/// # Errors
/// A sentence with an example: where it only lacks the offset, of the very moment.
pub(crate) fn moment(text: &str) -> Result<Timestamp, String> {
    let problem = |_| match text.parse::<DateTime>() {
        Ok(at) => format!("a moment has a time and an offset from UTC: write `{at}Z`, or `{at}+01:00`"),
        Err(_) => "write a moment as in `2026-11-22T09:00:00Z` or `2026-11-22T10:00:00+01:00`".to_owned(),
    };
    text.parse().map_err(problem)
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn what_is_no_moment_is_told_how_to_write_one() {
        assert_eq!(moment("2026-12-01T10:00:00+01:00"), moment("2026-12-01T09:00:00Z"));
        let says = |text: &str, part: &str| {
            let said = moment(text).unwrap_err();
            assert!(said.contains(part), "{said}");
        };
        says("2026-12-01", "`2026-12-01T00:00:00Z`");
        says("2026-12-01 07:40", "`2026-12-01T07:40:00Z`");
        says("tomorrow", "`2026-11-22T09:00:00Z`");
        says("2026-13-01", "`2026-11-22T09:00:00Z`");
    }
}
