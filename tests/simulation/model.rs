//! What a seed's workspace wants, as plain values, and the YAML that says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// The account of every vendor's credential.
pub(crate) const OWN: &str = "svc-grantline@acme.example";

/// The account that the workspace protects.
pub(crate) const PROTECTED: &str = "breakglass@acme.example";

/// A group that no workspace declares. Somebody is always in it.
pub(crate) const FOREIGN: &str = "Somebody Else's";

/// Whether somebody should have access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Active,
    Suspended,
    Departed,
    /// The workspace does not mention them.
    Unmentioned,
}

/// Where access is held: at which vendor, and there on what.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    pub(crate) vendor: usize,
    /// A group's display name; none: the organisation.
    pub(crate) group: Option<String>,
}

/// One person.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) handle: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) standing: Standing,
    /// The level on each spot.
    pub(crate) holds: BTreeMap<Spot, &'static str>,
}

impl Person {
    pub(crate) fn is_wanted_at(&self, vendor: usize) -> bool {
        self.standing == Standing::Active && self.holds.keys().any(|spot| spot.vendor == vendor)
    }

    pub(crate) fn is_in(&self, vendor: usize, group: &str) -> bool {
        let spot = Spot { vendor, group: Some(group.to_owned()) };
        self.standing == Standing::Active && self.holds.contains_key(&spot)
    }

    /// The level of the organisation that is asked for; none: that of everybody who has an account.
    pub(crate) fn level_at(&self, vendor: usize) -> Option<&'static str> {
        self.holds.get(&Spot { vendor, group: None }).copied().filter(|level| *level != "member")
    }
}

/// One vendor as the workspace configures it.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    pub(crate) name: &'static str,
    pub(crate) connector: &'static str,
    pub(crate) additive: bool,
    /// Whether whoever leaves keeps a suspended account.
    pub(crate) keeps_accounts: bool,
    /// Whether the workspace maps the organisation's roles.
    pub(crate) has_roles: bool,
    /// Display names of the declared groups.
    pub(crate) groups: BTreeSet<String>,
}

/// What a workspace wants.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) people: Vec<Person>,
    pub(crate) sites: Vec<Site>,
    pub(crate) min_admins: usize,
    /// The first vendor's group that keeps the second vendor's accounts, where it does.
    pub(crate) provided: Option<String>,
    /// By their handles, who has something at the second vendor and not that group; none in a company that never has any.
    pub(crate) outside: Option<BTreeSet<String>>,
}

/// The vendor that provides another with accounts, and that other.
pub(crate) const PROVIDER: usize = 0;
pub(crate) const PROVIDED: usize = 1;

impl Model {
    pub(crate) fn person(&self, login: &str) -> Option<&Person> {
        let mentioned = |person: &&Person| person.standing != Standing::Unmentioned;
        self.people.iter().filter(mentioned).find(|person| person.email == login)
    }

    /// The workspace's one file.
    pub(crate) fn yaml(&self) -> String {
        let mut text = format!(
            "workspace:\n  name: acme\n  guards:\n    max_removals: {{ percent: 100, at_least: 100 }}\n    \
             min_admins: {}\n    protected: [{PROTECTED}]\nvendors:\n",
            self.min_admins
        );
        for (at, site) in self.sites.iter().enumerate() {
            let source = self.provided.as_ref().filter(|_| at == PROVIDED);
            site.write(
                source.map(|group| format!("{}/{}", self.sites[PROVIDER].name, key(group))),
                &mut text,
            );
        }
        text.push_str("users:\n");
        for person in self.people.iter().filter(|person| person.standing != Standing::Unmentioned) {
            self.write_person(person, &mut text);
        }
        text
    }

    fn write_person(&self, person: &Person, text: &mut String) {
        let Person { handle, name, email, .. } = person;
        let _ = writeln!(text, "  {handle}:\n    name: {name}\n    email: {email}");
        match person.standing {
            Standing::Suspended => {
                text.push_str("    suspended: { since: 2026-01-01, reason: leave }\n");
            }
            Standing::Departed => text.push_str("    departed: 2026-01-01\n"),
            Standing::Active | Standing::Unmentioned => {}
        }
        if person.holds.is_empty() || person.standing == Standing::Departed {
            return;
        }
        text.push_str("    grants:\n");
        for (spot, level) in &person.holds {
            let place = spot.group.as_deref().map_or_else(|| "org".to_owned(), key);
            let _ = writeln!(text, "      {}/{place}: {level}", self.sites[spot.vendor].name);
        }
    }
}

impl Site {
    fn write(&self, source: Option<String>, text: &mut String) {
        let manage = if self.additive { "additive" } else { "authoritative" };
        let offboarding = if self.keeps_accounts { "revoke" } else { "delete" };
        let _ = writeln!(
            text,
            "  {}:\n    connector: {}\n    manage: {manage}\n    offboarding: {offboarding}\n    url: emulator\n    \
             channel: api",
            self.name, self.connector
        );
        if let Some(source) = source {
            let _ = writeln!(text, "    provisioned_by: {source}");
        }
        if self.has_roles {
            text.push_str("    roles: { viewer: Viewer, admin: Admin }\n");
        }
        let kind = if self.connector == "heap" { "team" } else { "group" };
        text.push_str("    resources:\n");
        for group in &self.groups {
            let _ = writeln!(text, "      {}: {{ name: \"{group}\", kind: {kind} }}", key(group));
        }
    }
}

/// The name that the workspace has for a group.
pub(crate) fn key(group: &str) -> String {
    group.to_lowercase().replace(' ', "-")
}
