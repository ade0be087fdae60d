//! Two users with one address, and two that may be one.

use super::{Case, PARTNERS, STAFF, edits};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = edits("one address", SAME);
    cases.extend(edits("look-alike", ALIKE));
    cases.push(
        Case::new("one address: three users")
            .edit(STAFF, "email: omar@acme.example", "email: «duplicate-address»jane@acme.example")
            .edit(STAFF, "email: dana@acme.example", "email: «duplicate-address»jane@acme.example"),
    );
    cases.push(
        Case::new("look-alike: gmail and googlemail")
            .edit(PARTNERS, "bob@consultant.example", "bob.smith@gmail.com")
            .edit(STAFF, "omar@acme.example", "«look-alike-address»bobsmith@googlemail.com"),
    );
    cases.push(
        Case::new("look-alike: dots at gmail")
            .edit(PARTNERS, "bob@consultant.example", "bobsmith@gmail.com")
            .edit(STAFF, "omar@acme.example", "«look-alike-address»b.o.b.smith@gmail.com"),
    );
    cases.push(
        Case::new("look-alike: plus, dots and domain together")
            .edit(PARTNERS, "bob@consultant.example", "bob.smith+heap@gmail.com")
            .edit(STAFF, "omar@acme.example", "«look-alike-address»BobSmith@GoogleMail.com"),
    );
    cases
}

/// An error each: the second in path order and line is told of.
const SAME: &[(&str, &str, &str, &str)] = &[
    ("the same", STAFF, "email: omar@acme.example", "email: «duplicate-address»jane@acme.example"),
    ("other case", STAFF, "email: omar@acme.example", "email: «duplicate-address»Jane@ACME.example"),
    ("another's alias", STAFF, "email: omar@acme.example", "email: «duplicate-address»j.doe@acme.example"),
    (
        "another's alias in other case",
        STAFF,
        "email: omar@acme.example",
        "email: «duplicate-address»J.Doe@Acme.Example",
    ),
    (
        "an alias of another's address",
        STAFF,
        "aliases: [j.doe@acme.example]",
        "aliases: [«duplicate-address»bob@consultant.example]",
    ),
    (
        "two aliases",
        STAFF,
        "    name: Omar Haddad\n",
        "    name: Omar Haddad\n    aliases: [«duplicate-address»j.doe@acme.example]\n",
    ),
    (
        "one's own alias",
        STAFF,
        "aliases: [j.doe@acme.example]",
        "aliases: [«duplicate-address»jane@acme.example]",
    ),
    (
        "an alias given twice",
        STAFF,
        "aliases: [j.doe@acme.example]",
        "aliases: [j.doe@acme.example, «duplicate-address»J.doe@acme.example]",
    ),
    ("in two files", STAFF, "email: omar@acme.example", "email: «duplicate-address»bob@consultant.example"),
    ("one who departed", STAFF, "email: carol@acme.example", "email: «duplicate-address»omar@acme.example"),
    (
        "letters of other scripts fold too",
        STAFF,
        "    aliases: [j.doe@acme.example]",
        "    aliases: [É@acme.example, «duplicate-address»é@acme.example]",
    ),
];

/// A warning each: nothing forbids it, and it is a known way to keep access by mistake.
const ALIKE: &[(&str, &str, &str, &str)] = &[
    ("plus tag", STAFF, "email: omar@acme.example", "email: «look-alike-address»jane+heap@acme.example"),
    (
        "plus tag in other case",
        STAFF,
        "email: omar@acme.example",
        "email: «look-alike-address»JANE+heap@acme.example",
    ),
    (
        "plus tag in another file",
        STAFF,
        "email: omar@acme.example",
        "email: «look-alike-address»bob+audit@consultant.example",
    ),
    (
        "plus tag in an alias",
        STAFF,
        "    name: Omar Haddad\n",
        "    name: Omar Haddad\n    aliases: [«~look-alike-address»j.doe+x@acme.example]\n",
    ),
];
