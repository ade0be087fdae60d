//! Texts that mean something: dates, durations, addresses, URLs, names.

use super::{Decoder, Fields, Referent, Stray};
use crate::diagnostic::Diagnostic;
use crate::domain::{Email, Level, ResourceName, RoleName, Span, UserName, VendorName};
use crate::workspace::mask::{Mask, holds_secret};
use crate::workspace::model::{Dated, Located};
use crate::workspace::shape::{Shape, Text};
use crate::workspace::suggest::quote;
use crate::workspace::tree::{Node, Value};
use jiff::civil::Date;
use std::sync::Arc;
use std::time::Duration;

/// A whole number as YAML 1.2 writes them.
pub(super) fn whole(text: &str) -> Option<u32> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    if let Some(octal) = text.strip_prefix("0o") {
        return u32::from_str_radix(octal, 8).ok();
    }
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return u32::from_str_radix(hexadecimal, 16).ok();
    }
    digits.parse().ok()
}

/// What was found where something else belongs, and what to do about it.
pub(super) fn mismatch(key: Option<&str>, shape: &Shape, found: Value<'_>) -> (&'static str, String) {
    let line = |value: &str| key.map_or_else(|| value.to_owned(), |key| format!("{key}: {value}"));
    let is_text = matches!(shape, Shape::Text(_) | Shape::TextOrTable(..));
    let is_date = matches!(shape, Shape::Text(Text::Date));
    if matches!(shape, Shape::Secret(_)) {
        let advice = "Write `{ env: NAME }` or `{ command: [PROGRAM, ARG] }`.".to_owned();
        return (if found == Value::Null { "nothing" } else { "something else" }, advice);
    }
    match found {
        Value::Null => ("nothing", format!("Write {} there, or delete the key.", shape.noun())),
        Value::Number(_) if is_date => ("a number", "Write the date as in `2026-12-31`.".to_owned()),
        Value::Flag(_) if is_date => {
            ("a flag", format!("Write the day from which it counts, as in `{}`.", line("2026-12-31")))
        }
        Value::Number(text) if is_text => {
            ("a number", format!("Put it in quotes: `{}`.", line(&format!("\"{}\"", shorten(text)))))
        }
        Value::Flag(flag) if is_text => (
            "a flag",
            format!("Put it in quotes if it is meant as text: `{}`.", line(&format!("\"{flag}\""))),
        ),
        Value::Number(_) => ("a number", format!("Write {}.", shape.noun())),
        Value::Flag(_) => ("a flag", format!("Write {}.", shape.noun())),
        Value::Text(_) => ("a text", from_text(shape)),
        Value::Sequence => ("a list", "Write it without the brackets or dashes.".to_owned()),
        Value::Mapping => {
            ("a mapping", format!("Write {} there; check the indentation below it.", shape.noun()))
        }
    }
}

fn from_text(shape: &Shape) -> String {
    match shape {
        Shape::List(..) => "Put it in brackets: `[…]`.".to_owned(),
        Shape::Whole { .. } => "Write digits only, without quotes.".to_owned(),
        Shape::Flag => {
            "Write `true` or `false`, without quotes; YAML 1.2 has no `yes`, `no`, `on` or `off`.".to_owned()
        }
        _ => "Write `key: value` lines below it.".to_owned(),
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

impl<'a> Decoder<'a, '_> {
    pub(super) fn arc(&self, fields: &Fields<'a>, key: &str) -> Option<Arc<str>> {
        fields.text(key).map(Arc::from)
    }

    pub(super) fn located(&self, fields: &Fields<'a>, key: &str) -> Option<Located<Arc<str>>> {
        let node = fields.node(key)?;
        node.scalar().map(|text| Located { value: Arc::from(text), span: node.span() })
    }

    /// `from`, `until`, `reason` and `ticket` of a table that has them.
    pub(super) fn dated(&mut self, fields: &Fields<'a>) -> Dated {
        let from = fields.node("from").and_then(|node| self.date(node));
        let until = fields.node("until").and_then(|node| self.located_date(node));
        if let (Some(from), Some(until)) = (from, until) {
            self.check_order(from, until, fields);
        }
        Dated { from, until, reason: self.arc(fields, "reason"), ticket: self.arc(fields, "ticket") }
    }

    fn check_order(&mut self, from: Date, until: Located<Date>, fields: &Fields<'a>) {
        if until.value >= from {
            return;
        }
        let mut problem = Diagnostic::error(
            "dates-reversed",
            until.span,
            format!("`until` ({}) is before `from` ({from})", until.value),
        )
        .detail("Such access would never begin.")
        .hint("Swap the two dates, or correct the year.");
        if let Some(node) = fields.node("from") {
            problem = problem.related(node.span(), "the first day");
        }
        self.problems.push(problem);
    }

    pub(super) fn located_date(&mut self, node: Node<'a>) -> Option<Located<Date>> {
        self.date(node).map(|value| Located { value, span: node.span() })
    }

    pub(super) fn date(&mut self, node: Node<'a>) -> Option<Date> {
        let text = node.scalar()?;
        let problem = match parse_date(text) {
            Ok(date) => return Some(date),
            Err(DateProblem::Shape) => {
                ("it is not written as year-month-day", "Write it as in `2026-12-31`.".to_owned())
            }
            Err(DateProblem::Calendar(last)) => match last {
                Some(last) => ("no calendar has this day", format!("That month ends on {last}.")),
                None => (
                    "no calendar has this month or day",
                    "Months go from 01 to 12, days from 01 to 31.".to_owned(),
                ),
            },
        };
        self.problems.push(
            Diagnostic::error("bad-date", node.span(), format!("{} is not a date", quote(text)))
                .detail(format!("{}.", super::sentence(problem.0)))
                .hint(problem.1),
        );
        None
    }

    pub(super) fn duration(&mut self, node: Node<'a>) -> Option<Duration> {
        let text = node.scalar()?;
        let duration = parse_duration(text);
        if duration.is_none() {
            self.problems.push(
                Diagnostic::error("bad-duration", node.span(), format!("{} is not a duration", quote(text)))
                    .hint("Write a number of at most nine digits and a unit: `30s`, `15m`, `12h`, `7d` or `2w`."),
            );
        }
        duration
    }

    pub(super) fn email(&mut self, node: Node<'a>) -> Option<Located<Email>> {
        let text = node.scalar()?;
        match Email::parse(text) {
            Ok(value) => Some(Located { value, span: node.span() }),
            Err(error) => {
                self.problems.push(
                    Diagnostic::error(
                        "bad-email",
                        node.span(),
                        format!("{} is not an e-mail address", quote(text)),
                    )
                    .detail(format!("{}.", super::sentence(&error.to_string())))
                    .hint("Write it as in `jane@acme.example`, without a name or brackets around it."),
                );
                None
            }
        }
    }

    /// A base URL that a credential may be sent to; `None` where it is none.
    pub(super) fn base_url(&mut self, node: Node<'a>) -> Option<Arc<str>> {
        let text = node.scalar()?;
        let problem = match url_problem(text) {
            None => return Some(Arc::from(text)),
            Some(problem) => problem,
        };
        let shown = if holds_secret(text) { "this".to_owned() } else { quote(text) };
        let code = if holds_secret(text) {
            self.masks.push(Mask::of(node));
            "literal-secret"
        } else {
            "bad-url"
        };
        self.problems.push(
            Diagnostic::error(code, node.span(), format!("{shown} is not a usable base URL"))
                .detail(problem.0)
                .hint(problem.1),
        );
        None
    }

    /// A name being defined.
    pub(super) fn bad_name(&mut self, span: Span, text: &str, why: &str) {
        self.problems.push(
            Diagnostic::error("bad-name", span, format!("{} is not a name", quote(text)))
                .detail(format!("{}.", super::sentence(why)))
                .hint(format!("Rename it, for example to `{}`.", as_handle(text))),
        );
    }

    pub(super) fn role_name(&mut self, node: Node<'a>) -> Option<RoleName> {
        let text = node.scalar()?;
        if let Some(name) = self.names.roles.get(text) {
            return Some(name.clone());
        }
        let name = RoleName::parse(text).ok().or_else(|| self.stray(Referent::Role, text, node.span()))?;
        self.names.roles.insert(text, name.clone());
        Some(name)
    }

    pub(super) fn user_name(&mut self, node: Node<'a>) -> Option<UserName> {
        let text = node.scalar()?;
        UserName::parse(text).ok().or_else(|| self.stray(Referent::User, text, node.span()))
    }

    pub(super) fn vendor_name(&mut self, text: &'a str, span: Span) -> Option<VendorName> {
        if let Some(name) = self.names.vendors.get(text) {
            return Some(name.clone());
        }
        let name = VendorName::parse(text).ok().or_else(|| self.stray(Referent::Vendor, text, span))?;
        self.names.vendors.insert(text, name.clone());
        Some(name)
    }

    pub(super) fn resource_name(
        &mut self,
        vendor: &VendorName,
        text: &'a str,
        span: Span,
    ) -> Option<ResourceName> {
        if let Some(name) = self.names.resources.get(text) {
            return Some(name.clone());
        }
        let referent = Referent::Resource(vendor.clone());
        let name = ResourceName::parse(text).ok().or_else(|| self.stray(referent, text, span))?;
        self.names.resources.insert(text, name.clone());
        Some(name)
    }

    pub(super) fn level(&mut self, text: &'a str) -> Option<Level> {
        if let Some(level) = self.names.levels.get(text) {
            return Some(level.clone());
        }
        let level = Level::parse(text).ok()?;
        self.names.levels.insert(text, level.clone());
        Some(level)
    }

    /// Remembers a reference to what cannot exist; the checks know what it could have been.
    fn stray<T>(&mut self, referent: Referent, text: &str, span: Span) -> Option<T> {
        self.draft.strays.push(Stray { referent, text: text.to_owned(), span });
        None
    }
}

/// A name that is made from a text, for a hint.
fn as_handle(text: &str) -> String {
    let lower = text.to_lowercase();
    let kept =
        lower.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_') { c } else { '-' });
    let joined: String = kept.take(40).collect();
    let trimmed = joined.trim_matches(['-', '.', '_']);
    if trimmed.is_empty() { "jane".to_owned() } else { trimmed.to_owned() }
}

enum DateProblem {
    Shape,
    /// The month's last day, where the month at least exists.
    Calendar(Option<Date>),
}

fn parse_date(text: &str) -> Result<Date, DateProblem> {
    let bytes = text.as_bytes();
    let dashes = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
    let digits = bytes.iter().enumerate().all(|(at, byte)| matches!(at, 4 | 7) || byte.is_ascii_digit());
    if !(dashes && digits) {
        return Err(DateProblem::Shape);
    }
    let number =
        |from: usize, to: usize| bytes[from..to].iter().fold(0_i16, |sum, b| sum * 10 + i16::from(b - b'0'));
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    let small = |number: i16| i8::try_from(number).unwrap_or(0);
    Date::new(year, small(month), small(day)).map_err(|_| {
        let first = Date::new(year, small(month), 1).ok();
        DateProblem::Calendar(first.map(Date::last_of_month))
    })
}

fn parse_duration(text: &str) -> Option<Duration> {
    let unit = match text.as_bytes().last()? {
        b's' => 1,
        b'm' => 60,
        b'h' => 60 * 60,
        b'd' => 24 * 60 * 60,
        b'w' => 7 * 24 * 60 * 60,
        _ => return None,
    };
    let digits = &text[..text.len() - 1];
    let plain = (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let number: u64 = if plain { digits.parse().ok()? } else { return None };
    Some(Duration::from_secs(number * unit))
}

/// Why a URL must not be used, and what to do about it.
fn url_problem(text: &str) -> Option<(&'static str, &'static str)> {
    let plain = text.starts_with("http://");
    if holds_secret(text) {
        return Some((
            "A base URL has no user, password or parameters: they would be a credential in a file. It is not shown here.",
            "Delete them from the URL, revoke what they grant, and use `token` instead.",
        ));
    }
    if !plain && !text.starts_with("https://") {
        return Some((
            "It does not start with `https://`.",
            "Write the whole URL, or `emulator` for the embedded vendor.",
        ));
    }
    // Browsers read a host into `https:///v2`, and so does the crate; a person who wrote that left it out.
    let hostless = text.contains(":///");
    let odd = |c: char| c.is_whitespace() || c == '\\';
    let parsed = match reqwest::Url::parse(text) {
        Ok(parsed) if !hostless && !text.contains(odd) && parsed.fragment().is_none() => parsed,
        _ => {
            return Some((
                "It is no valid URL.",
                "Write it as in `https://scim.vendor.example/v2`, without spaces, `\\` or `#`.",
            ));
        }
    };
    let host = parsed.host_str().unwrap_or("").trim_matches(['[', ']']);
    let loopback = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    (plain && !loopback).then_some((
        "Over plain http, the credential could be read on the way.",
        "Use `https://`; plain http is for loopback addresses only.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_year_month_day_and_on_the_calendar() {
        assert!(parse_date("2028-02-29").is_ok());
        for text in ["20261231", "2026-1-1", "31.12.2026", "2026-12-31T00:00", "2026-12-3é"] {
            assert!(matches!(parse_date(text), Err(DateProblem::Shape)), "{text}");
        }
        let last = Date::new(2026, 2, 28).unwrap();
        assert!(matches!(parse_date("2026-02-30"), Err(DateProblem::Calendar(Some(found))) if found == last));
        assert!(matches!(parse_date("2026-13-01"), Err(DateProblem::Calendar(None))));
    }

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        assert_eq!(parse_duration("7d"), Some(Duration::from_secs(604_800)));
        assert_eq!(parse_duration("0s"), Some(Duration::ZERO));
        for text in ["7", "d", "7y", "-7d", "7 d", "1234567890s", "", "7é"] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn a_base_url_is_safe_to_send_a_credential_to() {
        for text in
            ["https://scim.heap.example/v2", "http://127.0.0.1:8080", "http://[::1]/x", "http://localhost/"]
        {
            assert_eq!(url_problem(text), None, "{text}");
        }
        for text in [
            "http://scim.heap.example",
            "https://user:pass@heap.example",
            "https://heap.example/?token=x",
            "https://heap.example/#x",
            "ftp://heap.example",
            "https://",
            "https:///v2",
            "https://heap.example\\v2",
            "http://127.0.0.1.evil.example",
            "heap.example",
        ] {
            assert!(url_problem(text).is_some(), "{text}");
        }
    }

    #[test]
    fn whole_numbers_are_yaml_s() {
        assert_eq!(whole("0x10"), Some(16));
        assert_eq!(whole("0o10"), Some(8));
        assert_eq!(whole("+5"), Some(5));
        assert_eq!(whole("-1"), None);
        assert_eq!(whole("1.0"), None);
    }

    #[test]
    fn a_hint_makes_a_name_of_a_text() {
        assert_eq!(as_handle("Jane Doe"), "jane-doe");
        assert_eq!(as_handle("--"), "jane");
    }
}
