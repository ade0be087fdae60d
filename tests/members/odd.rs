//! Tables that are not whole, not tables, or not unmistakable.

use super::{Case, good, refused};

pub(super) fn cases() -> Vec<Case> {
    [headers(), counts(), rows(), ends(), dates()].into_iter().flatten().collect()
}

fn headers() -> Vec<Case> {
    vec![
        refused("nothing", "clarity", " \n\n", &[("empty-table", 0)]),
        refused("no headings", "clarity", "ann@acme.example,Admin,Active\n", &[("no-header", 0)]),
        refused("prose", "clarity", "Please find the members attached.\nBest, Ann\n", &[("no-header", 0)]),
        refused(
            "no address's column",
            "clarity",
            "Name,Role,Status\nAnn,Admin,Active\n",
            &[("missing-column", 1)],
        ),
        refused(
            "neither level nor state",
            "clarity",
            "Team\nEmail,Name\nann@acme.example,Ann\n",
            &[("missing-column", 2), ("missing-column", 2)],
        ),
        refused(
            "a state's column that the page has and the table lacks",
            "clarity",
            "Email,Role\nann@acme.example,Admin\n",
            &[("missing-column", 1)],
        ),
        refused(
            "two columns of levels",
            "clarity",
            "Email,Role,Permission level,Status\nann@acme.example,Admin,Member,Active\n",
            &[("ambiguous-header", 1)],
        ),
        refused(
            "the list of everybody at the vendor for a project's",
            "heap",
            "Name,E-mail,Role,Status,Date added\nAnn,ann@acme.example,Admin,Invited,2026-11-02\n",
            &[("other-table", 1), ("other-table", 1)],
        ),
        refused("headings alone", "clarity", "Email,Role,Status\n", &[("empty-table", 0)]),
        refused(
            "an address above the headings",
            "clarity",
            "ann@acme.example\nEmail\tRole\tStatus\nbob@acme.example\tAdmin\tActive\n",
            &[("row-before-header", 1)],
        ),
    ]
}

fn counts() -> Vec<Case> {
    const TWO: &str =
        "Email\tRole\tStatus\nann@acme.example\tAdmin\tActive\nbob@acme.example\tMember\tActive\n";
    vec![
        refused("a title that announces more", "clarity", format!("3 members\n{TWO}"), &[("count", 1)]),
        refused(
            "a footer that announces more",
            "clarity",
            format!("{TWO}Showing 1-2 of 25\n"),
            &[("count", 4)],
        ),
        refused("a footer that announces less", "clarity", format!("{TWO}Total: 1\n"), &[("count", 4)]),
        refused("the second page", "clarity", format!("{TWO}Showing 3 to 4 of 4 users\n"), &[("count", 4)]),
        refused("one of several pages", "clarity", format!("{TWO}\nPage 1 of 3\n"), &[("count", 5)]),
        refused(
            "a second table below the footer",
            "clarity",
            format!("{TWO}2 members\n{}", TWO.replace("@acme", "@other")),
            &[("row-after-footer", 5), ("row-after-footer", 6), ("row-after-footer", 7)],
        ),
    ]
}

fn rows() -> Vec<Case> {
    vec![
        refused(
            "a person over two lines",
            "clarity",
            "Name\tEmail\tRole\tStatus\nAnn\nann@acme.example\tAdmin\tActive\n",
            &[("short-row", 2), ("short-row", 3)],
        ),
        refused(
            "the headings again",
            "clarity",
            "Email,Role,Status\nann@acme.example,Admin,Active\nEmail,Role,Status\n",
            &[("not-an-address", 3), ("unknown-state", 3)],
        ),
        refused(
            "a sentence below the table",
            "clarity",
            "Email,Role,Status\nann@acme.example,Admin,Active\nExported by Ann\n",
            &[("short-row", 3)],
        ),
        refused(
            "everything at once",
            "clarity",
            "Email,Role,Status\nann(at)acme,Admin,Active\nbob@acme.example,,Active\neve@acme.example,Admin,Away\n\
             joe@acme.example,Admin\nann@acme.example,Admin,Active\nANN@acme.example,Member,Active\n",
            &[
                ("not-an-address", 2),
                ("not-a-level", 3),
                ("unknown-state", 4),
                ("short-row", 5),
                ("duplicate", 7),
            ],
        ),
        refused(
            "a name with a comma that is not quoted",
            "heap",
            "Email,Name,Role\nann@acme.example,Ann,Admin\ncarol@acme.example,Jones, Carol,Admin\n",
            &[("long-row", 3)],
        ),
        good(
            "separators behind an export's last cell",
            "heap",
            "Email;Role\nann@acme.example;Admin;;\n",
            &["ann@acme.example admin active"],
        ),
        refused(
            "a name with an address",
            "heap",
            "Email,Role\nAnn <ann@acme.example>,Admin\n",
            &[("not-an-address", 2)],
        ),
        refused(
            "a cell below no heading",
            "clarity",
            "Email              Role    Status\nann@acme.example     Admin   Active\n",
            &[("misaligned", 2)],
        ),
        good(
            "levels that nobody knows",
            "clarity",
            "Email,Role,Status\nann@acme.example,Viewer (beta),Active\nbob@acme.example,Admin+,Active\n",
            &["ann@acme.example Viewer (beta) active", "bob@acme.example Admin+ active"],
        ),
    ]
}

fn ends() -> Vec<Case> {
    vec![
        refused(
            "cut in a level",
            "heap",
            "Email,Role\nann@acme.example,Admin\nbob@acme.example,Cons",
            &[("cut-off", 3)],
        ),
        refused(
            "cut in a level that begins another",
            "clarity",
            "Status,Email,Role\nActive,ann@acme.example,Owner\nActive,bob@acme.example,Admin",
            &[("cut-off", 3)],
        ),
        refused("cut in an address", "heap", "Role,Email\nAdmin,ann@acme.exa", &[("cut-off", 2)]),
        refused(
            "cut before a button that other rows have",
            "heap",
            "Email\tRole\nann@acme.example\tAdmin\tRemove\nbob@acme.example\tConsumer",
            &[("cut-off", 3)],
        ),
        refused("cut after a separator", "heap", "Email,Role,\nann@acme.example,Admin,", &[("cut-off", 2)]),
        refused(
            "cut in a date",
            "clarity",
            "Email,Role,Status,Date added\nann@acme.example,Admin,Active,2026-11-02",
            &[("cut-off", 2)],
        ),
        refused(
            "cut in Markdown",
            "heap",
            "| Email | Role |\n|---|---|\n| ann@acme.example | Admin |\n| bob@acme.example | Admin",
            &[("cut-off", 4)],
        ),
        refused(
            "cut in a quoted cell",
            "heap",
            "Email,Role\n\"ann@acme.example\",\"Adm",
            &[("empty-table", 0), ("open-quote", 2)],
        ),
    ]
}

fn dates() -> Vec<Case> {
    vec![good(
        "dates that could be two",
        "clarity",
        "Email,Role,Status,Date added\nann@acme.example,Admin,Active,02/11/2026\nbob@acme.example,Member,Active,2 days ago\n",
        &["ann@acme.example admin active", "bob@acme.example member active"],
    )]
}
