//! Every code that the loader's diagnostics carry, and why a file is not read at all.

use crate::diagnostic::Diagnostic;
use crate::domain::Span;

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) summary: String,
    pub(super) detail: String,
    pub(super) hint: String,
}

impl Refusal {
    pub(super) fn at(self, span: Span) -> Diagnostic {
        Diagnostic::error(self.code, span, self.summary).detail(self.detail).hint(self.hint)
    }
}

/// Each code with its meaning, sorted.
pub const CODES: &[(&str, &str)] = &[
    ("bad-date", "a text is no date, or a date that no calendar has"),
    ("bad-duration", "a text is no duration such as `7d`"),
    ("bad-email", "a text is no e-mail address"),
    ("bad-name", "a text is no name of the kind that stands here"),
    ("bad-timezone", "no such time zone"),
    ("bad-url", "a text is no URL that a credential may be sent to"),
    ("bad-value", "a value of the right type that does not fit here"),
    ("custom-level", "a custom level that looks like a misspelt known one (warning)"),
    ("date-in-past", "access whose last day has passed (warning)"),
    ("dates-reversed", "`until` is before `from`"),
    ("departed-with-access", "roles or grants of a user who has left (warning)"),
    ("duplicate-account", "two users claim one account of a vendor"),
    ("duplicate-address", "one address stands twice"),
    ("duplicate-definition", "one name is defined in two places"),
    ("duplicate-key", "one key stands twice in a mapping"),
    ("duplicate-resource", "two resources of a vendor are the same thing there"),
    ("empty-wildcard", "`vendor/*` where the vendor declares no resource (warning)"),
    ("external-without-end", "an external's access has no last day (warning)"),
    ("file-too-large", "a file, or all files together, are larger than is read"),
    ("literal-secret", "a credential stands in a file"),
    ("look-alike-address", "two users' addresses probably reach one mailbox (warning)"),
    ("merge-conflict", "a file holds the markers of a merge that is not finished"),
    ("missing-key", "a required key is not there"),
    ("multiple-documents", "a file holds more than one YAML document"),
    ("no-workspace", "no file says `workspace:`"),
    ("not-a-provider", "accounts are said to come from a vendor that makes none elsewhere"),
    ("not-utf8", "a file is not UTF-8"),
    ("policies-not-enforced", "policies are declared, which nothing enforces yet (warning)"),
    ("provider-cycle", "vendors provision each other's accounts in a circle"),
    ("role-cycle", "roles include each other in a circle"),
    ("symlink-escapes", "a symbolic link leads out of the workspace"),
    ("tag-not-allowed", "a YAML tag"),
    ("too-deep", "lists and mappings are nested too deeply"),
    ("too-many-aliases", "YAML aliases stand for too much, or for themselves"),
    ("too-many-problems", "more problems than are listed (warning)"),
    ("two-owners", "two users are declared to hold what one account can"),
    ("unknown-connector", "no such connector"),
    ("unknown-key", "a key that has no meaning here"),
    ("unknown-kind", "the connector has no such kind of resource"),
    ("unknown-level", "the resource has no such level"),
    ("unknown-resource", "the vendor declares no such resource"),
    ("unknown-role", "no such role"),
    ("unknown-user", "no such user"),
    ("unknown-vendor", "no such vendor"),
    ("unreadable-file", "a file or directory could not be read"),
    ("wrong-type", "a value of another type than belongs here"),
    ("yaml-syntax", "a file is not valid YAML"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_and_each_stands_once() {
        assert!(CODES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
