//! What the controls are called, in either labelling.

use super::state::{ADMIN, MEMBER, OWNER, Status};
use serde::{Deserialize, Serialize};

/// Which of the two kinds of source the pages look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Labelling {
    /// The vendor's documentation.
    #[default]
    Documented,
    /// The published access guides.
    Guided,
}

/// One labelling's words.
#[derive(Debug)]
pub(super) struct Words {
    /// The list of members: its heading, and the link to it.
    pub(super) members: &'static str,
    /// The last part of its path.
    pub(super) slug: &'static str,
    /// The button that leads to the form for one more.
    pub(super) add: &'static str,
    /// That form's heading.
    pub(super) adding: &'static str,
    /// Its button.
    pub(super) send: &'static str,
    pub(super) email: &'static str,
    pub(super) save: &'static str,
    pub(super) leave: &'static str,
    pub(super) member: &'static str,
    pub(super) columns: [(&'static str, Cell); 5],
}

/// What a column shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    Email,
    Name,
    Role,
    Status,
    Added,
}

static DOCUMENTED: Words = Words {
    members: "Team",
    slug: "team",
    add: "Add team member",
    adding: "Add team member",
    send: "Add",
    email: "Email",
    save: "Save",
    leave: "Leave",
    member: "Team member",
    columns: [
        ("Email", Cell::Email),
        ("Name", Cell::Name),
        ("Role", Cell::Role),
        ("Status", Cell::Status),
        ("Date added", Cell::Added),
    ],
};

static GUIDED: Words = Words {
    members: "Users",
    slug: "users",
    add: "Add user",
    adding: "Invite user",
    send: "Invite",
    email: "Email address",
    save: "Change role",
    leave: "Leave project",
    member: "Member",
    columns: [
        ("User", Cell::Name),
        ("Email", Cell::Email),
        ("Role", Cell::Role),
        ("Date Added", Cell::Added),
        ("Status", Cell::Status),
    ],
};

impl Labelling {
    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::Documented => &DOCUMENTED,
            Self::Guided => &GUIDED,
        }
    }
}

impl Words {
    /// What a role is called; one that nobody has described is called what it is.
    pub(super) fn role<'a>(&self, role: &'a str) -> &'a str {
        match role {
            MEMBER => self.member,
            ADMIN => "Admin",
            OWNER => "Owner",
            other => other,
        }
    }
}

impl Status {
    pub(super) fn shown(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Pending => "Pending",
            Self::Expired => "Expired",
            Self::Declined => "Declined",
        }
    }
}
