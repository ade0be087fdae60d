//! A company as a workspace writes it, with names that a server may trip over.

use std::collections::BTreeSet;
use std::fmt::Write as _;

#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) users: usize,
    pub(super) groups: usize,
}

pub(super) struct Company {
    pub(super) size: Size,
    pub(super) offboarding: &'static str,
    pub(super) url: String,
    /// The one who has left, if anyone has.
    pub(super) departed: Option<usize>,
}

impl Company {
    pub(super) fn login(user: usize) -> String {
        format!("person.{user:03}@acme.example")
    }

    pub(super) fn display_name(user: usize) -> String {
        match user % 5 {
            0 => format!("Zoë Ünal-{user:03}"),
            1 => format!("Pat O'Neil \"{user}\" Jr."),
            2 => format!("山田 太郎 {user}"),
            _ => format!("Person Number {user}"),
        }
    }

    pub(super) fn group_name(group: usize) -> String {
        match group % 4 {
            0 => format!("Équipe {group:02} & Co"),
            1 => format!("O'Hara's team {group:02}"),
            _ => format!("Team {group:02}"),
        }
    }

    /// The groups that a user is declared in: one, two or three of them.
    pub(super) fn groups_of(&self, user: usize) -> BTreeSet<usize> {
        [user, user * 7 + 3, user * user].into_iter().map(|place| place % self.size.groups).collect()
    }

    pub(super) fn members(&self, group: usize) -> BTreeSet<usize> {
        let stays = |user: &usize| self.departed != Some(*user) && self.groups_of(*user).contains(&group);
        (0..self.size.users).filter(stays).collect()
    }

    /// The workspace's files.
    pub(super) fn files(&self) -> [(&'static str, String); 4] {
        [
            ("workspace.yaml", "workspace:\n  name: acme\n".to_owned()),
            ("vendors.yaml", self.vendors()),
            ("roles.yaml", self.roles()),
            ("users.yaml", self.users()),
        ]
    }

    fn vendors(&self) -> String {
        let (url, offboarding) = (&self.url, self.offboarding);
        let mut text = format!(
            "vendors:\n  crm:\n    connector: scim\n    manage: authoritative\n    url: {url}\n    \
             token: {{ env: CRM_TOKEN }}\n    offboarding: {offboarding}\n    resources:\n"
        );
        for group in 0..self.size.groups {
            let name = Self::group_name(group);
            writeln!(text, "      team-{group:02}: {{ name: \"{name}\", kind: group }}").unwrap();
        }
        text
    }

    fn roles(&self) -> String {
        let mut text = "roles:\n  staff:\n    grants: { crm/org: member }\n".to_owned();
        for group in 0..self.size.groups {
            writeln!(
                text,
                "  member-{group:02}:\n    includes: [staff]\n    grants: {{ crm/team-{group:02}: member }}"
            )
            .unwrap();
        }
        text
    }

    fn users(&self) -> String {
        let mut text = "users:\n".to_owned();
        for user in 0..self.size.users {
            let (name, email) = (Self::display_name(user).replace('"', "\\\""), Self::login(user));
            writeln!(text, "  p{user:03}:\n    name: \"{name}\"\n    email: {email}").unwrap();
            if self.departed == Some(user) {
                writeln!(text, "    departed: 2020-02-29").unwrap();
                continue;
            }
            let roles =
                self.groups_of(user).iter().map(|group| format!("member-{group:02}")).collect::<Vec<_>>();
            writeln!(text, "    roles: [{}]", roles.join(", ")).unwrap();
        }
        text
    }
}
