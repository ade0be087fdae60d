//! A small world in plain values, for tests: a SCIM-like vendor `crm` and what is wanted of it.

pub(crate) mod company;
mod projects;

use super::{Input, VendorInput, reconcile};
use crate::connector::{AddressChange, Joining, KindSpec, Leaving, LevelSpec, Limits, ObligationSpec, Spec};
use crate::domain::*;
use jiff::Timestamp;
use jiff::civil::date;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// The world. Fields are public so that a test can bend what it is about.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) people: BTreeMap<UserName, Person>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) ended: Vec<Grant>,
    pub(crate) vendor: VendorInput,
    pub(crate) protected: Vec<Email>,
    pub(crate) min_admins: usize,
    pub(crate) now: Timestamp,
}

pub(crate) fn user(text: &str) -> UserName {
    UserName::parse(text).unwrap()
}

pub(crate) fn resource(text: &str) -> ResourceName {
    ResourceName::parse(text).unwrap()
}

pub(crate) fn level(text: &str) -> Level {
    Level::parse(text).unwrap()
}

pub(crate) fn crm() -> VendorName {
    VendorName::parse("crm").unwrap()
}

fn span(line: u32) -> Span {
    Span { file: FileId(0), line, column: 1, len: 1 }
}

fn kind(name: &'static str, levels: &[(&str, bool)], readable: bool) -> KindSpec {
    let levels = levels
        .iter()
        .map(|(name, admin)| LevelSpec { name: level(name), admin: *admin, exclusive: false })
        .collect();
    let access: &[Channel] = if readable { &[Channel::Api] } else { &[Channel::Runbook] };
    KindSpec {
        name,
        levels,
        custom_levels: false,
        joint: None,
        readable,
        by_name: true,
        creatable: name == "group",
        access: if access[0] == Channel::Api { &[Channel::Api] } else { &[Channel::Runbook] },
        joining: Joining::Grant,
        keeps_one: false,
    }
}

fn spec() -> Spec {
    Spec {
        connector: "fixture",
        title: "Fixture CRM",
        docs: "https://crm.example/docs",
        kinds: vec![
            kind("org", &[("member", false)], true),
            kind("group", &[("member", false), ("admin", true)], true),
            kind("project", &[("viewer", false), ("editor", false)], false),
        ],
        accounts: &[Channel::Api],
        suspends: true,
        provisions: true,
        address_change: AddressChange::Update,
        limits: Limits { batch: 100, ..Limits::NARROW },
        settle: Duration::from_secs(10),
        forbidden: &[],
        resends: false,
        obligations: &[ObligationSpec {
            code: "hand-over-content",
            on: Leaving::Account,
            due: Due::After,
            once: false,
            text: "hand over what they own",
        }],
        pages: None,
    }
}

impl World {
    /// A vendor in authoritative mode, with the groups `analysts` and `admins` and the unreadable project `site`.
    pub(crate) fn new() -> Self {
        let mut resources = BTreeMap::new();
        let mut readings = BTreeMap::new();
        for (name, kind) in [("org", "org"), ("analysts", "group"), ("admins", "group"), ("site", "project")]
        {
            resources.insert(
                resource(name),
                Resource {
                    name: resource(name),
                    kind: Arc::from(kind),
                    id: None,
                    display: Some(Arc::from(name)),
                    manage: Manage::Authoritative,
                    span: span(2),
                },
            );
            let reading = if kind == "project" {
                ResourceReading::Unread { reason: Arc::from("SCIM does not carry projects"), open: true }
            } else {
                ResourceReading::Read {
                    id: Some(Arc::from(format!("g-{name}"))),
                    holders: BTreeMap::new(),
                    offers: BTreeMap::new(),
                }
            };
            readings.insert(resource(name), reading);
        }
        let snapshot = Snapshot {
            read_at: Timestamp::UNIX_EPOCH,
            source: Arc::from("api"),
            accounts: BTreeMap::new(),
            broken: Vec::new(),
            resources: readings,
            own: None,
            recorded: BTreeMap::new(),
            feeds: BTreeMap::new(),
            retired: BTreeMap::new(),
            similar: BTreeMap::new(),
            by_hand: BTreeMap::new(),
        };
        let settings = VendorSettings {
            name: crm(),
            manage: Manage::Authoritative,
            offboarding: Offboarding::Delete,
            channel: None,
            resources,
            identity: Some(Arc::from("none")),
            resend_after: Duration::from_secs(7 * 24 * 60 * 60),
            provisioned_by: None,
            manage_span: span(1),
            span: span(1),
        };
        Self {
            people: BTreeMap::new(),
            grants: Vec::new(),
            ended: Vec::new(),
            vendor: VendorInput { settings, spec: spec(), reading: Reading::Complete(snapshot) },
            protected: Vec::new(),
            min_admins: 1,
            now: Timestamp::UNIX_EPOCH,
        }
    }

    pub(crate) fn mode(mut self, manage: Manage) -> Self {
        self.vendor.settings.manage = manage;
        for resource in self.vendor.settings.resources.values_mut() {
            resource.manage = manage;
        }
        self
    }

    /// Declares a user `HANDLE@acme.example`.
    pub(crate) fn person(mut self, handle: &str) -> Self {
        let line = u32::try_from(10 + self.people.len()).unwrap();
        self.people.insert(
            user(handle),
            Person {
                handle: user(handle),
                name: None,
                email: Email::parse(&format!("{handle}@acme.example")).unwrap(),
                aliases: Vec::new(),
                accounts: BTreeMap::new(),
                kind: PersonKind::Employee,
                standing: Standing::Active,
                span: span(line),
            },
        );
        self
    }

    pub(crate) fn with(mut self, handle: &str, change: impl FnOnce(&mut Person)) -> Self {
        change(self.people.get_mut(handle).unwrap());
        self
    }

    pub(crate) fn departed(self, handle: &str) -> Self {
        self.with(handle, |person| {
            person.standing = Standing::Departed { on: date(2026, 11, 20), span: span(90) }
        })
    }

    pub(crate) fn suspended(self, handle: &str) -> Self {
        self.with(handle, |person| {
            let reason = Arc::from("leave");
            person.standing = Standing::Suspended { since: date(2026, 11, 1), reason, span: span(91) };
        })
    }

    /// Wants `user resource level`, one a line.
    pub(crate) fn wants(mut self, lines: &str) -> Self {
        self.grants.extend(grants(lines));
        self
    }

    /// Wanted until lately.
    pub(crate) fn wanted(mut self, lines: &str) -> Self {
        self.ended.extend(grants(lines));
        self
    }

    pub(crate) fn snapshot(&mut self) -> &mut Snapshot {
        match &mut self.vendor.reading {
            Reading::Complete(snapshot) => snapshot,
            Reading::Unreadable(_) => panic!("the fixture's vendor is unreadable"),
        }
    }

    /// A live account with the id and sign-in name `HANDLE@acme.example`.
    pub(crate) fn live(self, handle: &str) -> Self {
        self.live_as(handle, &format!("{handle}@acme.example"))
    }

    /// A live account with this id and sign-in name.
    pub(crate) fn live_as(mut self, id: &str, login: &str) -> Self {
        let id = AccountId::parse(id).unwrap();
        let account = Account {
            id: id.clone(),
            login: Arc::from(login),
            emails: Email::parse(login).into_iter().collect(),
            mail: None,
            name: None,
            external_id: None,
            state: AccountState::Active,
            invited: None,
        };
        self.snapshot().accounts.insert(id, account);
        self.holds_text(login, "org", "member")
    }

    fn holds_text(mut self, login: &str, on: &str, at: &str) -> Self {
        let id =
            self.snapshot().accounts.values().find(|account| *account.login == *login).unwrap().id.clone();
        let Some(ResourceReading::Read { holders, .. }) = self.snapshot().resources.get_mut(on) else {
            panic!("{on} is not readable");
        };
        holders.insert(id, level(at));
        self
    }

    /// Live access, `handle resource level`, one a line.
    pub(crate) fn holds(mut self, lines: &str) -> Self {
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            self = self.holds_text(&format!("{}@acme.example", words[0]), words[1], words[2]);
        }
        self
    }

    /// Live access of the account with this id.
    pub(crate) fn holds_as(mut self, id: &str, on: &str, at: &str) -> Self {
        let login = self.snapshot().accounts.get(id).unwrap().login.to_string();
        self.holds_text(&login, on, at)
    }

    pub(crate) fn account(mut self, id: &str, change: impl FnOnce(&mut Account)) -> Self {
        change(self.snapshot().accounts.get_mut(id).unwrap());
        self
    }

    /// A record that cannot be understood, with this id and sign-in name.
    pub(crate) fn broken(mut self, id: &str, login: &str) -> Self {
        let record = Broken {
            id: AccountId::parse(id).ok(),
            login: Some(Arc::from(login)),
            emails: Email::parse(login).into_iter().collect(),
            external_id: None,
            reason: format!("The user {id:?} is broken."),
        };
        self.snapshot().broken.push(record);
        self
    }

    /// Changes the broken record with this id.
    pub(crate) fn record(mut self, id: &str, change: impl FnOnce(&mut Broken)) -> Self {
        let mut records = self.snapshot().broken.iter_mut();
        change(records.find(|one| one.id.as_ref().is_some_and(|one| one.as_str() == id)).unwrap());
        self
    }

    /// Live access under an id that no account has.
    pub(crate) fn holds_broken(mut self, id: &str, on: &str, at: &str) -> Self {
        let Some(ResourceReading::Read { holders, .. }) = self.snapshot().resources.get_mut(on) else {
            panic!("{on} is not readable");
        };
        holders.insert(AccountId::parse(id).unwrap(), level(at));
        self
    }

    pub(crate) fn desired(&self) -> Desired {
        Desired {
            people: self.people.clone(),
            grants: GrantSet::new(self.grants.clone()),
            ended: GrantSet::new(self.ended.clone()),
            vendors: BTreeSet::from([crm()]),
            findings: Vec::new(),
        }
    }

    pub(crate) fn plan(&self) -> Plan {
        reconcile(&Input {
            workspace: Arc::from("acme"),
            now: self.now,
            desired_ref: DesiredRef::default(),
            desired: self.desired(),
            vendors: vec![self.vendor.clone()],
            behind: Vec::new(),
            protected: self.protected.clone(),
            min_admins: self.min_admins,
        })
    }
}

fn grants(lines: &str) -> Vec<Grant> {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            Grant {
                vendor: crm(),
                resource: resource(words[1]),
                user: user(words[0]),
                level: level(words[2]),
                until: None,
                reason: None,
                ticket: None,
                origins: vec![span(50)],
            }
        })
        .collect()
}

/// A plan's changes, one a line: `action account resource from->to after numbers`.
pub(crate) fn lines(plan: &Plan) -> Vec<String> {
    plan.changes.iter().map(line).collect()
}

fn line(change: &Change) -> String {
    let who = change.account.as_deref().unwrap_or("-").trim_end_matches("@acme.example");
    let what = match &change.action {
        Action::Grant { on, to } => format!(" {} ->{to}", on.name),
        Action::ChangeLevel { on, from, to } => format!(" {} {from}->{to}", on.name),
        Action::Revoke { on, from } => format!(" {} {from}->", on.name),
        Action::CreateResource { on }
        | Action::ResendInvitation { on: Some(on) }
        | Action::CancelInvitation { on: Some(on) } => format!(" {}", on.name),
        Action::Invite { on: Some(offer), .. } => format!(" {} ->{}", offer.on.name, offer.to),
        Action::TransferOwnership { on, from } => {
            format!(" {} from {}", on.name, from.as_str().trim_end_matches("@acme.example"))
        }
        Action::UpdateAccount { from, to } => format!(
            " {}/{} -> {}/{}",
            from.login,
            from.name.as_deref().unwrap_or("-"),
            to.login,
            to.name.as_deref().unwrap_or("-")
        ),
        _ => String::new(),
    };
    let after: Vec<&str> = change.after.iter().map(|id| id.as_str().trim_start_matches("crm-000")).collect();
    let after = if after.is_empty() { String::new() } else { format!(" after {}", after.join(",")) };
    let waits = if change.waits.is_some() { " waits" } else { "" };
    format!("{} {who}{what}{after}{waits}", change.action.word())
}

/// A plan's findings, by code and user.
pub(crate) fn codes(plan: &Plan) -> Vec<&'static str> {
    plan.findings.iter().map(|finding| finding.code).filter(|code| *code != "unread-resource").collect()
}
