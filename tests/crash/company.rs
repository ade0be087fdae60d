//! A company before and after one large edit: what its vendor holds, what its workspace asks for, and what the vendor
//! will have noticed once it is so.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The variable that the vendor's token is in.
pub(super) const TOKEN: &str = "CRASH_TOKEN";

const GROUPS: usize = 24;

/// The last of the groups are not there yet.
const NEW_GROUPS: usize = 2;

/// What happens to people, and how many it happens to.
const FATES: [(Fate, usize); 9] = [
    (Fate::Stays, 60),
    (Fate::Joins, 80),
    (Fate::Moves, 60),
    (Fate::Rises, 60),
    (Fate::IsRenamed, 30),
    (Fate::ChangesAddress, 15),
    (Fate::Leaves, 40),
    (Fate::GoesOnLeave, 12),
    (Fate::Returns, 12),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Joins,
    Moves,
    Rises,
    IsRenamed,
    ChangesAddress,
    Leaves,
    GoesOnLeave,
    Returns,
}

/// What the vendor holds of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    address: String,
    name: String,
    level: &'static str,
    group: Option<usize>,
    active: bool,
}

#[derive(Debug)]
struct Person {
    number: usize,
    before: Option<Held>,
    after: Option<Held>,
}

/// Everybody, before and after.
pub(super) struct Company(Vec<Person>);

impl Company {
    pub(super) fn new() -> Self {
        let fates = FATES.iter().flat_map(|(fate, times)| std::iter::repeat_n(*fate, *times));
        Self(fates.enumerate().map(|(number, fate)| Person::new(number, fate)).collect())
    }

    /// The vendor as it is before the edit, as a seed of the emulator.
    pub(super) fn seed(&self) -> Value {
        let mut users = vec![json!({ "attributes": { "userName": "svc-grantline@acme.example" } })];
        users.extend(self.0.iter().filter_map(Person::seed));
        let groups = (0..GROUPS - NEW_GROUPS).map(|group| {
            let held = self.0.iter().filter_map(|person| person.before.as_ref());
            let members = held.filter(|held| held.group == Some(group));
            let members: Vec<Value> = members.map(|held| json!({ "value": held.address })).collect();
            json!({ "attributes": { "displayName": group_name(group), "members": members } })
        });
        json!({
            "format": "grantline.emulator/1", "tenant": "acme", "own": "svc-grantline@acme.example",
            "users": users, "groups": groups.collect::<Vec<_>>(),
        })
    }

    /// The workspace after the edit, with its vendor at that address.
    pub(super) fn workspace(&self, url: &str) -> String {
        let mut text = format!(
            "workspace:\n  name: acme\n  guards:\n    max_removals: {{ percent: 100, at_least: 1000 }}\n    \
             min_admins: 1\nvendors:\n  crm:\n    connector: scim\n    manage: authoritative\n    url: {url}\n    \
             token: {{ env: {TOKEN} }}\n    offboarding: delete\n    \
             roles: {{ viewer: Viewer, editor: Editor, admin: Admin }}\n    resources:\n"
        );
        for group in 0..GROUPS {
            let name = group_name(group);
            writeln!(text, "      team-{group:02}: {{ name: {name}, kind: group }}").unwrap();
        }
        text.push_str("users:\n");
        self.0.iter().for_each(|person| text.push_str(&person.entry()));
        text
    }

    /// What the vendor will have noticed, sorted: worked out from the two states, and from no plan.
    pub(super) fn facts(&self) -> Vec<String> {
        let made = (GROUPS - NEW_GROUPS..GROUPS).map(|group| format!("group {} created", group_name(group)));
        let mut facts: Vec<String> = self.0.iter().flat_map(Person::facts).chain(made).collect();
        facts.sort();
        let unlike: BTreeSet<&String> = facts.iter().collect();
        assert_eq!(unlike.len(), facts.len(), "a fact that is to happen twice cannot be counted");
        facts
    }
}

impl Person {
    fn new(number: usize, fate: Fate) -> Self {
        let held = Held {
            address: format!("p{number:03}@acme.example"),
            name: format!("Person {number:03}"),
            level: if fate == Fate::Stays && number < 3 { "admin" } else { "viewer" },
            group: Some(number % (GROUPS - NEW_GROUPS)),
            active: true,
        };
        let same = || held.clone();
        let (before, after) = match fate {
            Fate::Stays => (Some(same()), Some(same())),
            Fate::Joins => (None, Some(Held { group: Some(number % GROUPS), ..same() })),
            Fate::Moves => (Some(same()), Some(Held { group: Some((number + 5) % GROUPS), ..same() })),
            Fate::Rises => (Some(same()), Some(Held { level: "editor", ..same() })),
            Fate::IsRenamed => (Some(same()), Some(Held { name: format!("Married {number:03}"), ..same() })),
            Fate::ChangesAddress => {
                (Some(same()), Some(Held { address: format!("q{number:03}@acme.example"), ..same() }))
            }
            Fate::Leaves => (Some(same()), None),
            Fate::GoesOnLeave => (Some(same()), Some(Held { active: false, ..same() })),
            Fate::Returns => (Some(Held { active: false, ..same() }), Some(same())),
        };
        Self { number, before, after }
    }

    fn seed(&self) -> Option<Value> {
        let held = self.before.as_ref()?;
        Some(json!({ "id": pin(self.number), "attributes": {
            "userName": held.address, "displayName": held.name, "active": held.active,
            "emails": [{ "value": held.address, "type": "work", "primary": true }],
            "roles": [{ "value": role(held.level) }],
        } }))
    }

    /// The lines under `users:`.
    fn entry(&self) -> String {
        let number = self.number;
        let Some(held) = self.after.as_ref().or(self.before.as_ref()) else { return String::new() };
        let mut text = format!("  p{number:03}:\n    name: {}\n    email: {}\n", held.name, held.address);
        if self.before.as_ref().is_some_and(|before| before.address != held.address) {
            writeln!(text, "    accounts: {{ crm: {} }}", pin(number)).unwrap();
        }
        match &self.after {
            None => text.push_str("    departed: 2020-02-29\n"),
            Some(after) => {
                if !after.active {
                    text.push_str("    suspended: { since: 2020-02-29, reason: leave }\n");
                }
                write!(text, "    grants: {{ crm/org: {}", after.level).unwrap();
                after.group.iter().for_each(|group| write!(text, ", crm/team-{group:02}: member").unwrap());
                text.push_str(" }\n");
            }
        }
        text
    }

    fn facts(&self) -> Vec<String> {
        match (&self.before, &self.after) {
            (None, Some(after)) => after.arrival(),
            (Some(before), None) => {
                let left = before.group.iter().map(|group| left(*group, before));
                left.chain([format!("user {} deleted", before.address)]).collect()
            }
            (Some(before), Some(after)) => before.changes(after),
            (None, None) => Vec::new(),
        }
    }
}

impl Held {
    fn arrival(&self) -> Vec<String> {
        let mut facts = vec![format!("user {} ({}) created", self.address, self.name)];
        facts.push(format!(
            "user {}: roles nothing -> [{{\"value\":\"{}\"}}]",
            self.address,
            role(self.level)
        ));
        facts.extend(self.group.iter().map(|group| joined(*group, self)));
        facts
    }

    fn changes(&self, after: &Self) -> Vec<String> {
        let mut facts = Vec::new();
        let mut set = |attribute: &str, old: String, new: String| {
            if old != new {
                facts.push(format!("user {}: {attribute} {old} -> {new}", self.address));
            }
        };
        let roles = |held: &Self| json!([{ "value": role(held.level) }]).to_string();
        set("roles", roles(self), roles(after));
        set("active", self.active.to_string(), after.active.to_string());
        set("userName", json!(self.address).to_string(), json!(after.address).to_string());
        set("displayName", json!(self.name).to_string(), json!(after.name).to_string());
        if self.name != after.name {
            set("name", "nothing".to_owned(), json!({ "formatted": after.name }).to_string());
        }
        set("emails", emails(&self.address), emails(&after.address));
        if self.group != after.group {
            facts.extend(self.group.iter().map(|group| left(*group, self)));
            facts.extend(after.group.iter().map(|group| joined(*group, after)));
        }
        facts
    }
}

/// The vendor's own id of an account that was there before. A new address is an edit of the account only where the
/// workspace pins it.
fn pin(number: usize) -> String {
    format!("account-{number:03}")
}

fn role(level: &str) -> &'static str {
    match level {
        "admin" => "Admin",
        "editor" => "Editor",
        _ => "Viewer",
    }
}

fn emails(address: &str) -> String {
    json!([{ "value": address, "type": "work", "primary": true }]).to_string()
}

fn group_name(group: usize) -> String {
    format!("Team {group:02}")
}

fn joined(group: usize, held: &Held) -> String {
    format!("group {}: +{}", group_name(group), held.address)
}

fn left(group: usize, held: &Held) -> String {
    format!("group {}: -{}", group_name(group), held.address)
}
