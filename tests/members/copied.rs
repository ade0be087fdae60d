//! What a browser's clipboard holds of a page whose rows have choices and buttons, and whose table has text around it.

use super::{Case, good, refused};

const THREE: &[&str] =
    &["ann@acme.example admin active", "bob@acme.example member pending", "eve@acme.example owner active"];

const HEAD: &str = "Email\tName\tRole\tStatus\n";
const ANN: &str = "ann@acme.example\tAnn\tAdmin\tActive\nAdmin\n Save Remove\n";
const BOB: &str = "bob@acme.example\t\tTeam member\tPending\nResend\n";
const EVE: &str = "eve@acme.example\tEve\tOwner\tActive\n";
const BELOW: &str = "Leave\nSigned in as ann@acme.example Switch account\n\nSign out";

pub(super) fn cases() -> Vec<Case> {
    [pages(), parts(), people_below()].into_iter().flatten().collect()
}

/// What says that it is all, and what may say that it is not.
fn parts() -> Vec<Case> {
    let table = [HEAD, ANN, BOB, EVE].concat();
    let below = |line: &str| format!("Team\n{table}{line}\n{BELOW}");
    let above = |line: &str| format!("Team\n{line}\n{table}{BELOW}");
    vec![
        good("a count in a sentence", "clarity", above("3 users in this project"), THREE),
        good("what the count comes to", "clarity", below("3 members (2 active, 1 pending)"), THREE),
        good(
            "buttons to other pages that there are not",
            "clarity",
            below("1–3 of 3\nPrevious 1 Next"),
            THREE,
        ),
        good("a part that is all", "clarity", below("Showing 3 of 3 members"), THREE),
        good("a filter that nobody set", "clarity", above("Search\nFilter by role\nFilters: all"), THREE),
        good("places that are left", "clarity", below("3 of 10 seats used"), THREE),
        refused("so many of more", "clarity", below("Showing 3 of 4 members"), &[("count", 9)]),
        refused("more people than rows", "clarity", above("4 active users"), &[("count", 2)]),
        refused("some that are hidden", "clarity", below("3 members, 1 hidden"), &[("count", 9)]),
        refused(
            "a filter in a count",
            "clarity",
            below("Showing 1 to 3 of 3 entries (filtered from 4 total entries)"),
            &[("count", 9)],
        ),
        refused("a filter above", "clarity", above("Clear filters"), &[("count", 2)]),
        refused("what was searched", "clarity", above("Search results for \"acme\""), &[("count", 2)]),
        refused("another page", "clarity", below("1 2 3 Next"), &[("count", 9)]),
        refused("pages, one on a line", "clarity", below("1\n2\nNext"), &[("count", 10), ("count", 11)]),
        refused("rows that come when asked", "clarity", below("Load more"), &[("count", 9)]),
        refused("in German", "clarity", below("4 Mitglieder\n1–3 von 4"), &[("count", 9), ("count", 10)]),
    ]
}

/// People on lines that are no rows.
fn people_below() -> Vec<Case> {
    let below = |line: &str| [HEAD, ANN, BOB, EVE, line, "\n", BELOW].concat();
    vec![
        good("somebody of the table", "clarity", below("Owner: Eve (eve@acme.example)"), THREE),
        good("an operator who is in no row", "clarity", below("Signed in as root@acme.example"), THREE),
        refused(
            "a person whose cells are gone",
            "clarity",
            below("Carol Jones carol@acme.example Team member Active"),
            &[("row-after-footer", 8)],
        ),
        refused(
            "a list of invitations",
            "clarity",
            below("Pending invitations\n• carol@acme.example (invited)\nDan Roe (dan@acme.example)"),
            &[("row-after-footer", 9), ("row-after-footer", 10)],
        ),
        refused(
            "a masked address",
            "clarity",
            below("Invited: c***l@acme.example"),
            &[("row-after-footer", 8)],
        ),
    ]
}

fn pages() -> Vec<Case> {
    let table = [HEAD, ANN, BOB, EVE].concat();
    let all = format!("ProjectsOutbox\nTeam\nProject: Checkout p0d8aa\n\nAdd team member\n{table}{BELOW}");
    vec![
        good("a table dragged over, its buttons on lines of their own", "clarity", table.clone(), THREE),
        good("a whole page", "clarity", all.clone(), THREE),
        good(
            "choices in the middle of a row's buttons",
            "heap",
            "Name\tE-mail\tRole\tActions\nAnn\tann@acme.example\tAdmin\tRole \nAdmin\n Save Remove\n\
             Eve\teve@acme.example\tRead-Only\tRole \nRead-Only\n Save Remove",
            &["ann@acme.example admin active", "eve@acme.example read-only active"],
        ),
        refused(
            "a word that nobody knows between two rows",
            "clarity",
            [HEAD, ANN, "Blocked\n", EVE].concat(),
            &[("short-row", 5)],
        ),
        refused(
            "a row that was cut before its first tab",
            "clarity",
            [HEAD, ANN, BOB, "eve"].concat(),
            &[("short-row", 7)],
        ),
        refused(
            "an address alone at the end",
            "clarity",
            [HEAD, ANN, BOB, "eve@acme.example\n"].concat(),
            &[("short-row", 7)],
        ),
        refused(
            "another table below",
            "clarity",
            [HEAD, ANN, "Former members\n", EVE].concat(),
            &[("short-row", 5)],
        ),
        refused(
            "a line of buttons where the table is none",
            "clarity",
            [HEAD, "Admin\n Save Remove\n"].concat(),
            &[("short-row", 2)],
        ),
        refused(
            "a whole page whose last row is missing a cell",
            "clarity",
            format!("{HEAD}{ANN}bob@acme.example\tTeam member\tPending\n{BELOW}"),
            &[("short-row", 5)],
        ),
    ]
}
