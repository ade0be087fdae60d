//! Tables that somebody made to do harm, or that would.

use super::{Case, good, refused};

pub(super) fn cases() -> Vec<Case> {
    [formulas(), hidden(), shortened(), quotes(), files()].into_iter().flatten().collect()
}

fn formulas() -> Vec<Case> {
    vec![
        refused(
            "formulas for addresses",
            "heap",
            "Email,Role\n=1+1@acme.example,Admin\n+49@acme.example,Admin\n-x@acme.example,Admin\n@acme.example,Admin\n\
             \"=HYPERLINK(\"\"mailto:ann@acme.example\"\")\",Admin\n",
            &[("formula", 2), ("formula", 3), ("formula", 4), ("formula", 5), ("formula", 6)],
        ),
        good(
            "what an exporter made of them",
            "heap",
            "Email,Role\n'+49@acme.example,'Admin\n'ann@acme.example,Admin\n",
            &["+49@acme.example 'Admin active", "ann@acme.example admin active"],
        ),
        refused(
            "a formula behind an exporter's mark",
            "heap",
            "Email,Role\n\"'=cmd|' /C calc'!A0@x\",Admin\n",
            &[("not-an-address", 2)],
        ),
        refused(
            "a formula for a level",
            "heap",
            "Email,Role\nann@acme.example,=1+1\n",
            &[("not-a-level", 2)],
        ),
        good(
            "a formula for a name",
            "heap",
            "Name,Email,Role\n\"=cmd|'/C calc'!A0\",ann@acme.example,Admin\n\"\t@SUM(1)\",bob@acme.example,Admin\n",
            &["ann@acme.example admin active", "bob@acme.example admin active"],
        ),
    ]
}

fn hidden() -> Vec<Case> {
    vec![
        refused(
            "a zero-width space in an address",
            "heap",
            "Email,Role\nan\u{200b}n@acme.example,Admin\n",
            &[("hidden-character", 2)],
        ),
        refused(
            "an override in a level",
            "heap",
            "Email,Role\nann@acme.example,\u{202e}nimdA\n",
            &[("not-a-level", 2)],
        ),
        good(
            "a name that clears the screen",
            "heap",
            "Name,Email,Role\nAnn\u{1b}[2J\u{202e},ann@acme.example,Admin\n",
            &["ann@acme.example admin active"],
        ),
        refused("a NUL", "heap", "Email,Role\nann@acme.example,Ad\0min\n", &[("not-text", 2)]),
        refused(
            "a level of a page's length",
            "heap",
            format!("Email,Role\nann@acme.example,{}\n", "x".repeat(65)),
            &[("not-a-level", 2)],
        ),
    ]
}

fn shortened() -> Vec<Case> {
    vec![
        refused(
            "addresses that the page shortens or masks",
            "heap",
            "Email,Role\ncar…@acme.example,Admin\ncarol@acme.exam…,Admin\ncarol@acme.…,Admin\nc***l@acme.example,Admin\n\
             c...l@acme.example,Admin\n•carol@acme.example,Admin\n✉carol@acme.example,Admin\n\
             carol@acme.example“,Admin\ncarol@acme,Admin\ncarol@acme。example,Admin\n",
            &[
                ("not-an-address", 2),
                ("not-an-address", 3),
                ("not-an-address", 4),
                ("not-an-address", 5),
                ("not-an-address", 6),
                ("not-an-address", 7),
                ("not-an-address", 8),
                ("not-an-address", 9),
                ("not-an-address", 10),
                ("not-an-address", 11),
            ],
        ),
        good(
            "addresses of other scripts",
            "heap",
            "Email,Role\nzoë@acme.example,Admin\nzoe\u{308}2@bücher.example,Admin\n用户@例え.example,Admin\n\
             o'neil+a/b@mail.acme.example,Admin\nनमस्ते@acme.example,Admin\n",
            &[
                "o'neil+a/b@mail.acme.example admin active",
                "zoe\u{308}2@bücher.example admin active",
                "zoë@acme.example admin active",
                "नमस्ते@acme.example admin active",
                "用户@例え.example admin active",
            ],
        ),
    ]
}

fn quotes() -> Vec<Case> {
    vec![
        refused(
            "a quote that swallows a row",
            "heap",
            "Email\tName\tRole\nann@acme.example\t\"Ann\tConsumer\nbob@acme.example\tBob\"\tAdmin\n",
            &[("open-quote", 2)],
        ),
        refused(
            "a quote that swallows the rest",
            "heap",
            "Email,Name,Role\nann@acme.example,Ann,Admin\nbob@acme.example,\"Bob,Admin\n",
            &[("open-quote", 3)],
        ),
        refused(
            "a quote that leaves a person behind the headings",
            "heap",
            "Note,Email,Role,Name\nx,ann@acme.example,Admin,\"Ann\ny\",bob@acme.example,Admin,Bob\n",
            &[("long-row", 2)],
        ),
        refused(
            "addresses behind a line break",
            "heap",
            "Email,Role\n\"ann@acme.example\nbob@acme.example\",Admin\n",
            &[("not-an-address", 2), ("open-quote", 2)],
        ),
    ]
}

fn files() -> Vec<Case> {
    const HUGE: usize = (16 << 20) + 1;
    let many: String = (0..200_001).map(|at| format!("u{at}@acme.example,Admin\n")).collect();
    vec![
        refused(
            "a saved page",
            "heap",
            "\n<!DOCTYPE html><html><body>Email Role</body></html>",
            &[("html", 0)],
        ),
        refused("a copied element", "heap", "<table><tr><th>Email<th>Role</table>", &[("html", 0)]),
        refused("a spreadsheet", "heap", b"PK\x03\x04\x14\x00".to_vec(), &[("spreadsheet", 0)]),
        refused(
            "Latin-1",
            "heap",
            b"Email,Role,Name\nann@acme.example,Admin,Zo\xeb\n".to_vec(),
            &[("not-text", 2)],
        ),
        refused("half of UTF-16", "heap", b"\xff\xfeE\0m\0a".to_vec(), &[("not-text", 0)]),
        refused("more than fits", "heap", vec![b'x'; HUGE], &[("too-large", 0)]),
        refused("more rows than anybody has", "heap", format!("Email,Role\n{many}"), &[("too-large", 0)]),
        refused(
            "a name without an end",
            "heap",
            format!("Email,Name,Role\nann@acme.example,{},Admin\n", "x".repeat(1025)),
            &[("huge-cell", 2)],
        ),
    ]
}
