//! Tables that are as they should be.

use super::{Case, good};

const THREE: &[&str] =
    &["ann@acme.example admin active", "bob@acme.example member pending", "eve@acme.example owner active"];

fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect()
}

pub(super) fn cases() -> Vec<Case> {
    [separated(), pasted(), aligned(), encodings()].into_iter().flatten().collect()
}

fn separated() -> Vec<Case> {
    vec![
        good(
            "comma",
            "clarity",
            "Email,Role,Status\nann@acme.example,Admin,Active\nbob@acme.example,Team member,Pending\n\
             eve@acme.example,Owner,Active\n",
            THREE,
        ),
        good(
            "the other labelling, in another order",
            "clarity",
            "State,Permission level,User,Email address\nActive,Administrator,Ann,ann@acme.example\n\
             Invited,Member,Bob,bob@acme.example\nActive,Owner,Eve,eve@acme.example\n",
            THREE,
        ),
        good(
            "semicolon, capitals and spaces",
            "clarity",
            "E-MAIL ; ROLE;status\nAnn@ACME.example; admin ;ACTIVE\nbob@acme.example;team  member;pending\n\
             eve@acme.example;owner;active\n",
            THREE,
        ),
        good(
            "unknown columns",
            "clarity",
            "Avatar,Email,Last seen,Role,Status,Notes\n,ann@acme.example,today,Admin,Active,\n\
             ,bob@acme.example,never,Member,Pending,x\n,eve@acme.example,2 days ago,Owner,Active,\n",
            THREE,
        ),
        good(
            "quoted, with separators and line ends inside",
            "clarity",
            "\"Name\",\"Email\",\"Role\",\"Status\"\n\"Ann, \"\"A\"\"\nAgnew\",\"ann@acme.example\",\"Admin\",\"Active\"\n\
             \"Bob\",\"bob@acme.example\",\"Member\",\"Pending\"\n\"Eve\",\"eve@acme.example\",\"Owner\",\"Active\"\n",
            THREE,
        ),
        good(
            "no line end after a word that is whole",
            "clarity",
            "Email,Role,Status\nann@acme.example,Admin,Active\nbob@acme.example,Member,Pending\n\
             eve@acme.example,Owner,Active",
            THREE,
        ),
        good(
            "every state and dates",
            "clarity",
            "Email,Role,Status,Date added\nann@acme.example,Admin,Active,2026-11-02\n\
             bob@acme.example,Member,Expired,\"Nov 3, 2026\"\neve@acme.example,Member,Declined,4 Nov 2026\n\
             joe@acme.example,Member,Pending,2026-11-05T08:00:00Z\n",
            &[
                "ann@acme.example admin active 2026-11-02",
                "bob@acme.example member expired 2026-11-03",
                "eve@acme.example member declined 2026-11-04",
                "joe@acme.example member pending 2026-11-05",
            ],
        ),
        good(
            "no state's column, and people without access",
            "heap",
            "Name,Email,Role\nAnn,ann@acme.example,Admin\nBob,bob@acme.example,No access\nEve,eve@acme.example,Read only\n",
            &["ann@acme.example admin active", "eve@acme.example read-only active"],
        ),
    ]
}

fn pasted() -> Vec<Case> {
    vec![
        good(
            "tabs, with buttons behind each row",
            "clarity",
            "Name\tEmail\tRole\tStatus\nAnn\tann@acme.example\tAdmin\tActive\tRemove\n\
             Bob\tbob@acme.example\tMember\tPending\tResend\tRemove\nEve\teve@acme.example\tOwner\tActive\t\n",
            THREE,
        ),
        good(
            "a title and its count",
            "clarity",
            "Marketing site\nTeam\n3 members\n\nEmail\tRole\tStatus\nann@acme.example\tAdmin\tActive\n\
             bob@acme.example\tMember\tPending\neve@acme.example\tOwner\tActive\n",
            THREE,
        ),
        good(
            "a count of those who are in",
            "clarity",
            "Members (2)\nEmail\tRole\tStatus\nann@acme.example\tAdmin\tActive\n\
             bob@acme.example\tMember\tPending\neve@acme.example\tOwner\tActive\n",
            THREE,
        ),
        good(
            "a footer, cut short after its number",
            "clarity",
            "Email\tRole\tStatus\nann@acme.example\tAdmin\tActive\nbob@acme.example\tMember\tPending\n\
             eve@acme.example\tOwner\tActive\n\nRows per page: 50\nShowing 1–3 of 3",
            THREE,
        ),
        good(
            "buttons at an end without a line break",
            "heap",
            "E-mail\tProject role\t\nann@acme.example\tAdmin\tRemove\neve@acme.example\tRead-Only\tRemove",
            &["ann@acme.example admin active", "eve@acme.example read-only active"],
        ),
        good(
            "a row without a button below headings without one",
            "clarity",
            "Team 2\nEmail\tRole\tStatus\t\nann@acme.example\tAdmin\tActive\n\
             bob@acme.example\tMember\tPending\tRemove\neve@acme.example\tOwner\tActive\n",
            THREE,
        ),
        good(
            "Markdown",
            "clarity",
            "| Email | Role | Status |\n|:------|------|--------|\n| ann@acme.example | Admin | Active |\n\
             | bob@acme.example | Member | Pending |\n| eve@acme.example | Owner | Active |",
            THREE,
        ),
    ]
}

fn aligned() -> Vec<Case> {
    vec![
        good(
            "spaces",
            "clarity",
            "Email               Role         Status\nann@acme.example    Admin        Active\n\
             bob@acme.example    Team member  Pending\neve@acme.example    Owner        Active\n",
            THREE,
        ),
        good(
            "an empty cell in the middle, and a wide name",
            "clarity",
            "Email              Name        Role    Status   Remove\nann@acme.example   東京 Ann    Admin   Active   x\n\
             bob@acme.example               Member  Pending\neve@acme.example   Eve         Owner   Active   x\n",
            THREE,
        ),
        good(
            "buttons right of the headings",
            "heap",
            "  E-mail              Role\n  ann@acme.example    Admin      Remove\n  eve@acme.example    Read only  Remove\n",
            &["ann@acme.example admin active", "eve@acme.example read-only active"],
        ),
    ]
}

fn encodings() -> Vec<Case> {
    const TEXT: &str = "Email,Role,Status\r\nann@acme.example,Admin,Active\r\nbob@acme.example,Member,Pending\r\n\
                        eve@acme.example,Owner,Active\r\n";
    vec![
        good("CR LF", "clarity", TEXT, THREE),
        good("CR alone", "clarity", TEXT.replace("\r\n", "\r"), THREE),
        good("UTF-8 with its mark", "clarity", format!("\u{feff}{TEXT}"), THREE),
        good("UTF-16, little end first", "clarity", utf16(TEXT, u16::to_le_bytes), THREE),
        good(
            "UTF-16, big end first, tabs",
            "clarity",
            utf16(&TEXT.replace(',', "\t"), u16::to_be_bytes),
            THREE,
        ),
    ]
}
