//! Several errors at once: every one is told of, whatever else is wrong.

use super::{Case, PARTNERS, ROLES, STAFF, VENDORS, WORKSPACE};
use std::fmt::Write as _;

pub(crate) fn cases() -> Vec<Case> {
    vec![
        one_in_each_file(),
        many_in_one_user(),
        many_kinds(),
        a_broken_file_hides_no_other(),
        hundreds(),
        a_flood(),
    ]
}

fn one_in_each_file() -> Case {
    Case::new("several: one in each file")
        .edit(WORKSPACE, "Europe/Berlin", "«bad-timezone»Berlin")
        .edit(VENDORS, "channel: api", "channel: «bad-value»fax")
        .edit(ROLES, "includes: [analyst]", "includes: [«unknown-role»analist]")
        .edit(STAFF, "departed: 2026-11-20", "departed: «bad-date»2026-11-32")
        .edit(PARTNERS, "sponsor: jane", "sponsor: «unknown-user»jan")
}

fn many_in_one_user() -> Case {
    Case::new("several: in one user").append(
        STAFF,
        "  zoe:\n    «unknown-key»nmae: Zoe\n    email: «bad-email»zoe\n    aliases: «wrong-type»zoe@acme.example\n    kind: «bad-value»robot\n    sponsor: «unknown-user»nobody\n    until: «bad-date»2026-02-30\n    roles: [«unknown-role»reader, «unknown-role»writer]\n    grants: { «unknown-vendor»jira/main: member, «~unknown-resource»heap/nothing: member }\n    «duplicate-key»kind: employee\n",
    )
}

fn many_kinds() -> Case {
    Case::new("several: structure and references together")
        .edit(
            VENDORS,
            "    settle: 5m\n",
            "    settle: «bad-duration»5 minutes or so\n    «unknown-key»timeout: 5\n",
        )
        .edit(ROLES, "sso/org: admin", "sso/org: «unknown-level»adminn")
        .edit(STAFF, "email: omar@acme.example", "email: «duplicate-address»bob@consultant.example")
        .edit(PARTNERS, "until: 2026-11-30", "until: «date-in-past»2026-09-30")
        .file(
            "access/users/zz.yaml",
            "users:\n  «duplicate-definition»dana: { email: dana.two@acme.example }\n",
        )
}

/// A file that is no YAML is told of once. What it would have defined is unknown, so names that might be in it
/// are not called unknown; everything else in the other files is still told of.
fn a_broken_file_hides_no_other() -> Case {
    Case::new("several: a file that is no YAML, and others")
        .file("access/broken.yaml", "users:\n\t«~yaml-syntax»jane: 1\n")
        .edit(WORKSPACE, "percent: 25", "percent: «wrong-type»lots")
        .edit(PARTNERS, "kind: service", "kind: «bad-value»robot")
}

fn hundreds() -> Case {
    let mut text = String::from("users:\n");
    for number in 0..300 {
        let _ =
            writeln!(text, "  zz{number}:\n    email: zz{number}@acme.example\n    «unknown-key»emial: x");
    }
    Case::new("several: three hundred").file("access/users/zz.yaml", text)
}

/// Beyond a thousand problems of a file, their number is told instead of them.
fn a_flood() -> Case {
    let mut text = String::from("users:\n");
    for number in 0..1_200 {
        let mark = if number < 1_000 { "«unknown-key»" } else { "" };
        let _ = writeln!(text, "  zz{number}: {{ email: zz{number}@acme.example, {mark}emial: x }}");
    }
    let file = "access/users/zz.yaml";
    Case::new("several: a flood").file(file, text).expect("too-many-problems", file, 0)
}
