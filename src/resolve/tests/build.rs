//! Workspaces as values: each item says the line that it stands on.

use crate::connector::{AddressChange, Catalogue, Configured, Joining, KindSpec, LevelSpec, Limits, Spec};
use crate::domain::{
    Email, Level, Manage, Offboarding, PersonKind, Resource, ResourceName, RoleName, Span, UserName,
    VendorName,
};
use crate::workspace::{
    Dated, GrantLine, Guards, Located, Role, RoleRef, ScimSettings, Sources, Suspension, User, Vendor,
    Workspace,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub(super) fn at(line: u32) -> Span {
    Span { line, column: 1, ..Span::default() }
}

pub(super) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn level(name: &str) -> Level {
    Level::parse(name).unwrap()
}

/// One connector: `project` has a ladder and custom levels, `org` the levels of the vendor's `roles`.
pub(super) struct Ladders;

impl Catalogue for Ladders {
    fn names(&self) -> Vec<&'static str> {
        vec!["ladders"]
    }

    fn spec(&self, connector: &str, configured: &Configured<'_>) -> Option<Spec> {
        let org_levels = configured.org_levels;
        let kind = |name, levels: Vec<Level>, custom_levels| KindSpec {
            name,
            levels: levels
                .into_iter()
                .map(|name| LevelSpec { name, admin: false, exclusive: false })
                .collect(),
            custom_levels,
            joint: None,
            readable: true,
            by_name: false,
            creatable: false,
            access: &[],
            joining: Joining::Grant,
            keeps_one: false,
        };
        (connector == "ladders").then(|| Spec {
            connector: "ladders",
            title: "Ladders",
            docs: "",
            kinds: vec![
                kind("org", org_levels.to_vec(), false),
                kind("project", ["viewer", "analyst", "admin"].map(level).to_vec(), true),
            ],
            accounts: &[],
            suspends: true,
            provisions: true,
            address_change: AddressChange::Update,
            limits: Limits::NARROW,
            settle: Duration::ZERO,
            forbidden: &[],
            resends: false,
            obligations: &[],
            pages: None,
        })
    }
}

/// The workspace under construction. `heap` has an implicit `org` and the projects `main` and `side`.
pub(super) fn workspace() -> Workspace {
    let mut sources = Sources::default();
    sources.add("access/all.yaml", "");
    let mut workspace = Workspace {
        name: Arc::from("acme"),
        timezone: TimeZone::UTC,
        guards: Guards::default(),
        vendors: BTreeMap::new(),
        roles: BTreeMap::new(),
        users: BTreeMap::new(),
        sources,
        digest: String::new(),
    };
    workspace.vendor("heap", 1, &[("org", 1), ("main", 2), ("side", 3)]);
    workspace
}

fn vendor(name: &str, line: u32, resources: &[(&str, u32)]) -> Vendor {
    let resource = |&(name, line): &(&str, u32)| {
        let resource = Resource {
            name: ResourceName::parse(name).unwrap(),
            kind: Arc::from(if name == "org" { "org" } else { "project" }),
            id: None,
            display: None,
            manage: Manage::Authoritative,
            span: at(line),
        };
        (resource.name.clone(), resource)
    };
    Vendor {
        name: VendorName::parse(name).unwrap(),
        connector: Located { value: Arc::from("ladders"), span: at(line) },
        channel: None,
        manage: Located { value: Manage::Authoritative, span: at(line) },
        url: None,
        token: None,
        grant_token: None,
        revoke_token: None,
        offboarding: Offboarding::Delete,
        provisioned_by: None,
        identity: None,
        settle: None,
        roles: Vec::new(),
        scim: ScimSettings::default(),
        pages: Default::default(),
        resend_after: None,
        resources: resources.iter().map(resource).collect(),
        span: at(line),
    }
}

pub(super) trait Build {
    fn vendor(&mut self, name: &str, line: u32, resources: &[(&str, u32)]) -> &mut Vendor;
    fn role(&mut self, name: &str, includes: &[&str], grants: Vec<GrantLine>);
    fn user(&mut self, name: &str, roles: Vec<RoleRef>, grants: Vec<GrantLine>) -> &mut User;
}

impl Build for Workspace {
    fn vendor(&mut self, name: &str, line: u32, resources: &[(&str, u32)]) -> &mut Vendor {
        let vendor = vendor(name, line, resources);
        self.vendors.entry(vendor.name.clone()).or_insert(vendor)
    }

    fn role(&mut self, name: &str, includes: &[&str], grants: Vec<GrantLine>) {
        let name = RoleName::parse(name).unwrap();
        let include = |name: &&str| Located { value: RoleName::parse(name).unwrap(), span: at(0) };
        let includes = includes.iter().map(include).collect();
        self.roles.insert(name.clone(), Role { name, description: None, includes, grants, span: at(0) });
    }

    fn user(&mut self, name: &str, roles: Vec<RoleRef>, grants: Vec<GrantLine>) -> &mut User {
        let handle = UserName::parse(name).unwrap();
        let email = Email::parse(&format!("{name}@acme.example")).unwrap();
        self.users.entry(handle.clone()).or_insert(User {
            handle,
            name: None,
            email: Located { value: email, span: at(0) },
            aliases: Vec::new(),
            accounts: Vec::new(),
            kind: PersonKind::Employee,
            sponsor: None,
            dated: Dated::default(),
            roles,
            grants,
            departed: None,
            suspended: None,
            span: at(0),
        })
    }
}

/// A grant line: `place` is `vendor/resource` or `vendor/*`.
pub(super) fn grant(line: u32, place: &str, name: &str) -> GrantLine {
    let (vendor, resource) = place.split_once('/').unwrap();
    GrantLine {
        vendor: VendorName::parse(vendor).unwrap(),
        resource: (resource != "*").then(|| ResourceName::parse(resource).unwrap()),
        level: level(name),
        dated: Dated::default(),
        span: at(line),
    }
}

pub(super) fn role(line: u32, name: &str) -> RoleRef {
    RoleRef { role: RoleName::parse(name).unwrap(), dated: Dated::default(), span: at(line) }
}

/// Dates and words, for whatever can carry them.
pub(super) trait Limit: Sized {
    fn dated(&mut self) -> &mut Dated;

    fn from(mut self, day: &str) -> Self {
        self.dated().from = Some(date(day));
        self
    }

    fn until(mut self, line: u32, day: &str) -> Self {
        self.dated().until = Some(Located { value: date(day), span: at(line) });
        self
    }

    fn because(mut self, reason: &str, ticket: &str) -> Self {
        let word = |text: &str| (!text.is_empty()).then(|| Arc::from(text));
        (self.dated().reason, self.dated().ticket) = (word(reason), word(ticket));
        self
    }
}

impl Limit for GrantLine {
    fn dated(&mut self) -> &mut Dated {
        &mut self.dated
    }
}

impl Limit for RoleRef {
    fn dated(&mut self) -> &mut Dated {
        &mut self.dated
    }
}

impl Limit for &mut User {
    fn dated(&mut self) -> &mut Dated {
        &mut self.dated
    }
}

pub(super) fn departed(user: &mut User, line: u32, day: &str) {
    user.departed = Some(Located { value: date(day), span: at(line) });
}

pub(super) fn suspended(user: &mut User, line: u32, day: &str) {
    let value = Suspension { since: date(day), reason: Arc::from("audit") };
    user.suspended = Some(Located { value, span: at(line) });
}
