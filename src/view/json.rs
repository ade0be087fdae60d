//! Plans and runs as versioned JSON.

use super::quote::Quotes;
use super::{canonical, describe, neutral, overview, wire};
use crate::domain::{
    AccountId, Change, ChangeId, Departure, Duty, Email, Fact, Finding, Found, GuardVerdict, Narrowed,
    Obligation, Outcome, OutcomeStatus, Plan, ReadingRef, ReadingState, Recorded, ResourceName, Run,
    UserName, VendorName,
};
use crate::workspace::Sources;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub(super) const PLAN_FORMAT: &str = "grantline.plan/1";
const RUN_FORMAT: &str = "grantline.run/1";
pub(super) const TOOL: &str = concat!("grantline ", env!("CARGO_PKG_VERSION"));

/// The plan as `grantline.plan/1`: indented, with a line end, and with what `--only` leaves. The digest is the whole
/// plan's.
#[must_use]
pub fn plan_json(plan: &Plan, sources: &Sources, only: Option<&Narrowed>) -> String {
    let mut wire = plan_wire(plan, sources);
    wire.digest = digest(value(&wire));
    wire.only = only.map(|only| wire::Only {
        sort: only.sort,
        left: only.left.iter().map(ChangeId::as_str).collect(),
        behind: only.behind.iter().map(ChangeId::as_str).collect(),
    });
    text(&wire)
}

/// [`plan_json`] for a file that `apply` takes: with the facts that it rests on, and a seal over all of it.
#[must_use]
pub fn plan_file(plan: &Plan, sources: &Sources) -> String {
    let mut wire = plan_wire(plan, sources);
    for (name, reading) in &plan.vendors {
        if let Some(vendor) = wire.vendors.get_mut(name.as_str()) {
            vendor.facts = Some(reading.facts.iter().map(fact_wire).collect());
        }
    }
    wire.digest = digest(value(&wire));
    wire.seal = Some(seal(value(&wire)));
    text(&wire)
}

/// A reading's facts as they stand in a plan's file.
pub(super) fn facts_json(reading: &ReadingRef) -> Vec<Value> {
    reading.facts.iter().map(|fact| value(&fact_wire(fact))).collect()
}

/// `sha256:` and the digest of what the plan says: of its JSON without `created`, `tool`, and when and by whom was read.
#[must_use]
pub fn plan_digest(plan: &Plan, sources: &Sources) -> String {
    digest(value(&plan_wire(plan, sources)))
}

/// The plan's changes as they stand in its JSON.
#[must_use]
pub fn changes_json(plan: &Plan, sources: &Sources) -> Vec<Value> {
    let quotes = Quotes::new(sources);
    plan.changes.iter().map(|change| value(&change_wire(change, &quotes))).collect()
}

/// What became of a plan as `grantline.run/1`: one line with its end, because it comes after lines of events.
#[must_use]
pub fn run_json(run: &Run, plan: &Plan, sources: &Sources) -> String {
    let changes = plan.changes.iter().map(|change| (&change.id, change)).collect();
    line(&wire::Run {
        format: RUN_FORMAT,
        tool: TOOL,
        workspace: &plan.workspace,
        started: run.started.to_string(),
        ended: run.ended.to_string(),
        plan: plan_digest(plan, sources),
        outcomes: run.outcomes.iter().map(|outcome| outcome_wire(outcome, &changes)).collect(),
        summary: wire::Counts(status_counts(run)),
    })
}

/// How many changes ended in each way.
pub(super) fn status_counts(run: &Run) -> Vec<(&'static str, usize)> {
    use OutcomeStatus::{Done, Failed, Skipped, Unverified, Waiting};
    let count = |status| run.outcomes.iter().filter(|outcome| outcome.status == status).count();
    [Done, Failed, Waiting, Unverified, Skipped].map(|status| (status.word(), count(status))).to_vec()
}

/// The digest of everything that a plan's file holds, whatever it claims to be sealed with.
pub(super) fn seal(mut file: Value) -> String {
    if let Value::Object(fields) = &mut file {
        fields.remove("seal");
    }
    canonical::digest(&file)
}

/// The digest of a plan's JSON, whatever digest it claims. The fingerprints stand for the facts.
fn digest(mut plan: Value) -> String {
    if let Value::Object(fields) = &mut plan {
        for volatile in ["created", "tool", "digest", "only"] {
            fields.remove(volatile);
        }
        let departures = fields.get_mut("departures").and_then(Value::as_array_mut);
        for departure in departures.into_iter().flatten().filter_map(Value::as_object_mut) {
            departure.remove("proven");
        }
        let vendors = fields.get_mut("vendors").and_then(Value::as_object_mut);
        for vendor in vendors.into_iter().flat_map(|vendors| vendors.values_mut()) {
            if let Value::Object(vendor) = vendor {
                vendor.remove("read_at");
                vendor.remove("recorded");
                vendor.remove("facts");
            }
        }
    }
    canonical::digest(&plan)
}

/// Lists, numbers and texts under text keys: nothing here can fail to serialise.
fn value(wire: &impl Serialize) -> Value {
    serde_json::to_value(wire).unwrap_or_default()
}

/// JSON is data, so nothing is replaced in it; but what a terminal would obey is written as its number. Such a
/// character can only stand inside a string, since JSON's own syntax is ASCII.
pub(super) fn text(wire: &impl Serialize) -> String {
    visible(&serde_json::to_string_pretty(wire).unwrap_or_default())
}

/// The same on one line.
pub(super) fn line(wire: &impl Serialize) -> String {
    visible(&serde_json::to_string(wire).unwrap_or_default())
}

fn visible(plain: &str) -> String {
    let mut text = String::with_capacity(plain.len() + 1);
    for c in plain.chars() {
        if c != '\n' && crate::domain::is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    text.push('\n');
    text
}

fn plan_wire<'p>(plan: &'p Plan, sources: &Sources) -> wire::Plan<'p> {
    let quotes = Quotes::new(sources);
    let overrides =
        plan.overrides.iter().map(|given| wire::Override { guard: &given.guard, because: &given.because });
    wire::Plan {
        format: PLAN_FORMAT,
        tool: TOOL,
        workspace: &plan.workspace,
        created: plan.created.to_string(),
        desired: wire::Desired {
            commit: plan.desired.commit.as_deref(),
            dirty: plan.desired.dirty,
            digest: &plan.desired.digest,
        },
        vendors: vendors_wire(plan),
        changes: plan.changes.iter().map(|change| change_wire(change, &quotes)).collect(),
        findings: plan.findings.iter().map(|finding| finding_wire(finding, &quotes)).collect(),
        obligations: plan.obligations.iter().map(obligation_wire).collect(),
        guards: plan.guards.iter().map(guard_wire).collect(),
        overrides: overrides.collect(),
        departures: plan.departures.iter().map(departure_wire).collect(),
        summary: wire::Counts(overview::counts(&plan.changes)),
        digest: String::new(),
        seal: None,
        only: None,
    }
}

fn vendors_wire(plan: &Plan) -> BTreeMap<&str, wire::Vendor<'_>> {
    plan.vendors.iter().map(|(name, reading)| (name.as_str(), vendor_wire(reading))).collect()
}

fn vendor_wire(reading: &ReadingRef) -> wire::Vendor<'_> {
    wire::Vendor {
        state: match reading.state {
            ReadingState::Complete => "complete",
            ReadingState::Unreadable => "unreadable",
        },
        read_at: reading.read_at.to_string(),
        source: &reading.source,
        fingerprint: reading.fingerprint.as_deref(),
        accounts: reading.accounts,
        reason: reading.reason.as_deref(),
        recorded: reading.recorded.iter().map(|(name, one)| (name.as_str(), recorded_wire(one))).collect(),
        facts: None,
    }
}

fn fact_wire(fact: &Fact) -> wire::Fact<'_> {
    match fact {
        Fact::Account { id, login, state, emails, name } => wire::Fact::Account {
            id: id.as_str(),
            login,
            state: state.word(),
            emails: emails.iter().map(Email::as_str).collect(),
            name: name.as_deref(),
        },
        Fact::Resource { name, found } => wire::Fact::Resource {
            resource: name.as_str(),
            state: found.word(),
            id: match found {
                Found::Read(id) => id.as_deref(),
                Found::Missing | Found::Unread => None,
            },
        },
        Fact::Holder { on, account, level } => {
            wire::Fact::Holder { resource: on.as_str(), account: account.as_str(), level: level.as_str() }
        }
        Fact::Offer { on, account, level, state } => wire::Fact::Offer {
            resource: on.as_str(),
            account: account.as_str(),
            level: level.as_str(),
            state: state.word(),
        },
        Fact::Broken { id, login, emails } => wire::Fact::Broken {
            account: id.as_ref().map(AccountId::as_str),
            login: login.as_deref(),
            emails: emails.iter().map(Email::as_str).collect(),
        },
    }
}

fn recorded_wire(recorded: &Recorded) -> wire::Recorded<'_> {
    wire::Recorded { taken: recorded.taken.to_string(), by: &recorded.by, file: &recorded.file }
}

fn change_wire<'p>(change: &'p Change, quotes: &Quotes<'_>) -> wire::Change<'p> {
    let target = change.action.target();
    wire::Change {
        id: change.id.as_str(),
        action: change.action.word(),
        vendor: change.vendor.as_str(),
        resource: target.map(|on| on.name.as_str()),
        user: change.user.as_ref().map(UserName::as_str),
        account: describe::account(change),
        from: describe::from(&change.action),
        to: describe::to(&change.action),
        channel: change.channel.word(),
        risk: change.risk.word(),
        after: change.after.iter().map(ChangeId::as_str).collect(),
        waits: change.waits.as_deref(),
        because: change.because.iter().map(|span| quotes.because(*span)).collect(),
        reason: change.reason.as_deref(),
        ticket: change.ticket.as_deref(),
        account_id: change.account_id.as_ref().map(AccountId::as_str),
        target: target.map(|on| wire::Target {
            kind: &on.kind,
            id: on.id.as_deref(),
            name: on.display.as_deref(),
        }),
    }
}

fn finding_wire<'p>(finding: &'p Finding, quotes: &Quotes<'_>) -> wire::Finding<'p> {
    let place = finding.span.map(|span| quotes.because(span));
    wire::Finding {
        code: finding.code,
        severity: finding.severity,
        vendor: finding.vendor.as_ref().map(VendorName::as_str),
        detail: sentence(&finding.detail),
        user: finding.user.as_ref().map(UserName::as_str),
        line: place.as_ref().map(|place| place.line),
        file: place.map(|place| place.file),
        hint: finding.hint.as_deref().map(sentence),
    }
}

fn obligation_wire(obligation: &Obligation) -> wire::Obligation<'_> {
    wire::Obligation {
        code: obligation.code,
        vendor: obligation.vendor.as_str(),
        due: obligation.due.word(),
        user: obligation.user.as_ref().map(UserName::as_str),
        account: obligation.account.as_deref(),
        resource: obligation.resource.as_ref().map(ResourceName::as_str),
        detail: sentence(&obligation.detail),
    }
}

fn departure_wire(departure: &Departure) -> wire::Departure<'_> {
    wire::Departure {
        user: departure.user.as_str(),
        gone: departure.gone,
        of: departure.of,
        proven: departure.proven.map(|at| at.to_string()),
        left: departure.left.iter().map(VendorName::as_str).collect(),
        unread: departure.unread.iter().map(VendorName::as_str).collect(),
        unasked: departure.unasked.iter().map(VendorName::as_str).collect(),
    }
}

fn guard_wire(verdict: &GuardVerdict) -> wire::Guard<'_> {
    wire::Guard {
        guard: verdict.guard,
        verdict: verdict.verdict.word(),
        detail: sentence(&verdict.detail),
        vendor: verdict.vendor.as_str(),
        holds: verdict.holds.iter().map(ChangeId::as_str).collect(),
        hint: verdict.hint.as_deref().map(sentence),
        because: verdict.because.as_deref().map(sentence),
    }
}

fn outcome_wire<'p>(outcome: &'p Outcome, changes: &BTreeMap<&ChangeId, &'p Change>) -> wire::Outcome<'p> {
    let change = changes.get(&outcome.change).copied();
    wire::Outcome {
        id: outcome.change.as_str(),
        action: change.map(|change| change.action.word()),
        vendor: change.map(|change| change.vendor.as_str()),
        user: change.and_then(|change| change.user.as_ref()).map(UserName::as_str),
        account: change.and_then(describe::account),
        resource: change.and_then(|change| change.action.target()).map(|on| on.name.as_str()),
        status: outcome.status.word(),
        detail: sentence(&outcome.detail),
        credential: outcome.credential.map(Duty::word),
    }
}

fn sentence(text: &str) -> String {
    neutral::sentence(text).into_owned()
}
