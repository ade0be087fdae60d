//! Plans as values.

use crate::domain::{
    AccountId, AccountState, Action, Change, ChangeId, Channel, DesiredRef, Fact, FileId, Finding,
    GuardVerdict, Level, Obligation, Outcome, OutcomeStatus, Plan, Profile, ReadingRef, ReadingState,
    ResourceName, Risk, Run, Severity, Span, Target, UserName, VendorName, Verdict,
};
use crate::workspace::Sources;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const ROLES: &str =
    "roles:\n  ux-analyst:\n    grants:\n      heap/team: member\n      heap/main: analyst\n";
pub(super) const USERS: &str =
    "users:\n  jane:\n    name: Jane Doe\n    email: jane@acme.example\n  bob:\n    departed: 2026-11-20\n";

pub(super) fn sources() -> Sources {
    let mut sources = Sources::default();
    sources.add("access/roles.yaml", ROLES);
    sources.add("access/users.yaml", USERS);
    sources
}

pub(super) fn roles(line: u32) -> Span {
    Span { file: FileId(0), line, column: 1, len: 0 }
}

pub(super) fn users(line: u32) -> Span {
    Span { file: FileId(1), line, column: 1, len: 0 }
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn vendor(name: &str) -> VendorName {
    VendorName::parse(name).unwrap()
}

pub(super) fn id(name: &str, number: usize) -> ChangeId {
    ChangeId::new(&vendor(name), number)
}

pub(super) fn level(name: &str) -> Level {
    Level::parse(name).unwrap()
}

pub(super) fn target(name: &str, kind: &str) -> Target {
    Target {
        name: ResourceName::parse(name).unwrap(),
        kind: Arc::from(kind),
        id: Some(Arc::from("2208394")),
        display: None,
    }
}

pub(super) fn account(text: &str) -> AccountId {
    AccountId::parse(text).unwrap()
}

/// That an account has access.
pub(super) fn holder(on: &str, id: &str, at: &str) -> Fact {
    Fact::Holder { on: ResourceName::parse(on).unwrap(), account: account(id), level: level(at) }
}

/// That an account is there and active.
pub(super) fn signs_in(id: &str, login: &str) -> Fact {
    Fact::Account {
        id: account(id),
        login: Arc::from(login),
        state: AccountState::Active,
        emails: Vec::new(),
        name: None,
    }
}

pub(super) fn profile(login: &str, name: &str) -> Profile {
    Profile { login: Arc::from(login), name: Some(Arc::from(name)) }
}

/// A change at heap for jane, because of the grant line of her role.
pub(super) fn change(number: usize, action: Action) -> Change {
    Change {
        id: id("heap", number),
        vendor: vendor("heap"),
        user: Some(UserName::parse("jane").unwrap()),
        user_name: Some(Arc::from("Jane Doe")),
        account: Some(Arc::from("jane@acme.example")),
        account_id: Some(AccountId::parse("U-1").unwrap()),
        action,
        channel: Channel::Api,
        risk: Risk::Medium,
        after: Vec::new(),
        waits: None,
        because: vec![roles(5)],
        reason: None,
        ticket: None,
    }
}

/// A change for bob, who departed.
pub(super) fn bobs(number: usize, action: Action) -> Change {
    Change {
        user: Some(UserName::parse("bob").unwrap()),
        user_name: Some(Arc::from("Bob Smith")),
        account: Some(Arc::from("bob@acme.example")),
        account_id: Some(AccountId::parse("U-2").unwrap()),
        because: vec![users(6)],
        ..change(number, action)
    }
}

pub(super) fn plan(changes: Vec<Change>) -> Plan {
    let reading = ReadingRef {
        state: ReadingState::Complete,
        read_at: at("2026-11-22T08:59:58Z"),
        source: Arc::from("api"),
        fingerprint: Some("sha256:fe".to_owned()),
        facts: Vec::new(),
        accounts: Some(41),
        reason: None,
        recorded: BTreeMap::new(),
    };
    Plan {
        workspace: Arc::from("acme"),
        created: at("2026-11-22T09:00:00Z"),
        desired: DesiredRef { commit: Some("9f3c".to_owned()), dirty: false, digest: "sha256:de".to_owned() },
        vendors: BTreeMap::from([(vendor("heap"), reading)]),
        changes,
        findings: Vec::new(),
        obligations: Vec::new(),
        guards: Vec::new(),
        overrides: Vec::new(),
        departures: Vec::new(),
        losses: Vec::new(),
        pending: Vec::new(),
        unseen: Vec::new(),
    }
}

pub(super) fn finding(severity: Severity, code: &'static str, detail: &str) -> Finding {
    Finding {
        vendor: Some(vendor("heap")),
        code,
        severity,
        detail: detail.to_owned(),
        user: None,
        hint: None,
        span: None,
    }
}

pub(super) fn verdict(verdict: Verdict, holds: Vec<ChangeId>) -> GuardVerdict {
    GuardVerdict {
        guard: "max-removals",
        vendor: vendor("heap"),
        verdict,
        detail: "12 of 41 accounts would lose access.".to_owned(),
        hint: Some("Check the files, or override the guard.".to_owned()),
        holds,
        because: None,
    }
}

pub(super) fn unreadable(plan: &mut Plan, name: &str) {
    let reading = ReadingRef {
        state: ReadingState::Unreadable,
        read_at: at("2026-11-22T08:59:59Z"),
        source: Arc::from("api"),
        fingerprint: None,
        facts: Vec::new(),
        accounts: None,
        reason: Some("The second page repeats the first.".to_owned()),
        recorded: BTreeMap::new(),
    };
    plan.vendors.insert(vendor(name), reading);
}

/// One of every kind that a reader meets often.
pub(super) fn full() -> Plan {
    let on = || target("main", "project");
    let mut ana = change(
        1,
        Action::Invite {
            profile: profile("ana@acme.example", "Ana Li"),
            external_id: Arc::from("grantline:ana"),
            on: None,
        },
    );
    ana.user = Some(UserName::parse("ana").unwrap());
    (ana.user_name, ana.account, ana.account_id) = (Some(Arc::from("Ana Li")), None, None);
    ana.risk = Risk::Low;
    let mut grant = Change {
        account: None,
        account_id: None,
        user: ana.user.clone(),
        user_name: ana.user_name.clone(),
        channel: Channel::Runbook,
        after: vec![id("heap", 1)],
        waits: None,
        ..change(2, Action::Grant { on: on(), to: level("analyst") })
    };
    grant.reason = Some(Arc::from("Q1 audit"));
    grant.ticket = Some(Arc::from("SOW-113"));
    let raise = Action::ChangeLevel { on: on(), from: level("consumer"), to: level("analyst") };
    let rename = Action::UpdateAccount {
        from: profile("jane@acme.example", "Jane Do"),
        to: profile("jane@acme.example", "Jane Doe"),
    };
    let mut remove = bobs(6, Action::RemoveAccount);
    (remove.risk, remove.after) = (Risk::High, vec![id("heap", 5)]);
    let revoke = bobs(5, Action::Revoke { on: target("team", "team"), from: level("member") });
    let mut plan = plan(vec![ana, grant, change(3, raise), change(4, rename), revoke, remove]);
    plan.findings = vec![
        finding(Severity::Warning, "unmanaged-account", "root@acme.example belongs to no declared user."),
        Finding {
            span: Some(roles(4)),
            user: Some(UserName::parse("jane").unwrap()),
            hint: Some("Drop one.".to_owned()),
            ..finding(Severity::Info, "level-overridden", "On heap/main, admin overrides analyst.")
        },
    ];
    plan.obligations = vec![Obligation {
        vendor: vendor("heap"),
        code: "hand-over-content",
        user: Some(UserName::parse("bob").unwrap()),
        account: None,
        resource: None,
        due: crate::domain::Due::Before,
        detail: "Re-home Bob's dashboards.".to_owned(),
    }];
    plan
}

pub(super) fn run(outcomes: &[(usize, OutcomeStatus, &str)]) -> Run {
    let outcome = |&(number, status, detail): &(usize, OutcomeStatus, &str)| Outcome {
        change: id("heap", number),
        status,
        detail: detail.to_owned(),
        credential: None,
    };
    Run {
        started: at("2026-11-22T09:00:05Z"),
        ended: at("2026-11-22T09:00:09Z"),
        outcomes: outcomes.iter().map(outcome).collect(),
    }
}
