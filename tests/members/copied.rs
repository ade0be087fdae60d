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
