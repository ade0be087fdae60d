//! Days that no calendar has, days in the wrong order, and days that are over.

use super::{Case, PARTNERS, STAFF, edits};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for date in [
        "2026-02-30",
        "2026-13-01",
        "2027-02-29",
        "2026-00-10",
        "2026-06-31",
        "31.12.2026",
        "12/31/2026",
        "2026-1-1",
        "tomorrow",
        "2026-12-31T23:59:59Z",
        "\"2026-12-31 \"",
    ] {
        let to = format!("until: «bad-date»{date}");
        cases.push(Case::new(format!("bad date: {date}")).edit(PARTNERS, "until: 2026-12-31", &to));
    }
    cases.extend(edits("bad date", PLACES));
    cases.extend(edits("dates reversed", REVERSED));
    cases.extend(edits("date in the past", PAST));
    cases.extend(edits("departed", DEPARTED));
    cases
}

const PLACES: &[(&str, &str, &str, &str)] = &[
    ("from", PARTNERS, "from: 2026-01-01", "from: «bad-date»2026-01-32"),
    ("a role entry's until", STAFF, "until: 2027-03-31", "until: «bad-date»2027-03-32"),
    ("a role entry's from", STAFF, "from: 2026-11-01", "from: «bad-date»2026-11-31"),
    ("a flow role entry's until", PARTNERS, "until: 2026-11-30", "until: «bad-date»2026-11-31"),
    ("a grant's until", PARTNERS, "until: 2026-12-15", "until: «bad-date»15 December"),
    ("a grant's from", PARTNERS, "from: 2026-10-01", "from: «bad-date»2026-10"),
    ("departed", STAFF, "departed: 2026-11-20", "departed: «bad-date»2026-11-200"),
    ("suspended.since", STAFF, "since: 2026-11-01", "since: «bad-date»yesterday"),
    ("a number", STAFF, "departed: 2026-11-20", "departed: «~bad-date»20261120x"),
];

const REVERSED: &[(&str, &str, &str, &str)] = &[
    (
        "user",
        PARTNERS,
        "from: 2026-01-01\n    until: 2026-12-31",
        "from: 2027-01-01\n    until: «~dates-reversed»2026-12-31",
    ),
    (
        "user, by one day",
        PARTNERS,
        "from: 2026-01-01\n    until: 2026-12-31",
        "from: 2026-12-31\n    until: «~dates-reversed»2026-12-30",
    ),
    (
        "role entry",
        STAFF,
        "from: 2026-11-01\n        until: 2027-03-31",
        "from: 2027-11-01\n        until: «~dates-reversed»2027-03-31",
    ),
    (
        "until before from in the file",
        STAFF,
        "from: 2026-11-01\n        until: 2027-03-31",
        "until: «~dates-reversed»2027-03-31\n        from: 2027-11-01",
    ),
    (
        "flow role entry",
        PARTNERS,
        "until: 2026-11-30 }",
        "from: 2026-12-01, until: «~dates-reversed»2026-11-30 }",
    ),
    (
        "grant",
        PARTNERS,
        "from: 2026-10-01, until: 2026-12-15",
        "from: 2027-10-01, until: «~dates-reversed»2026-12-15",
    ),
];

/// A warning each: the day is over, so the line gives nothing.
const PAST: &[(&str, &str, &str, &str)] = &[
    ("user", PARTNERS, "until: 2026-12-31", "until: «date-in-past»2026-10-31"),
    ("the day before", PARTNERS, "until: 2026-12-31", "until: «date-in-past»2026-11-21"),
    ("role entry", STAFF, "until: 2027-03-31", "until: «date-in-past»2026-11-02"),
    ("flow role entry", PARTNERS, "until: 2026-11-30", "until: «date-in-past»2026-06-30"),
    ("grant", PARTNERS, "until: 2026-12-15", "until: «date-in-past»2026-10-15"),
];

const DEPARTED: &[(&str, &str, &str, &str)] = &[
    (
        "with a role",
        STAFF,
        "    departed: 2026-11-20\n",
        "    departed: «departed-with-access»2026-11-20\n    roles: [analyst]\n",
    ),
    (
        "with a grant",
        STAFF,
        "    departed: 2026-11-20\n",
        "    departed: «departed-with-access»2026-11-20\n    grants: { heap/main: analyst }\n",
    ),
    (
        "with a block of roles",
        STAFF,
        "    departed: 2026-11-20\n",
        "    roles: [analyst]\n    departed: «departed-with-access»2026-11-20\n",
    ),
];
