//! Compares what is desired with what was read, and orders the difference into a plan. Pure.
//!
//! For each vendor: accounts are matched to users (`identity`, which sets `broken` ones aside), the differences of
//! accounts and of access become drafts as an authoritative workspace would have them (`accounts`, `access`, where access begins with one
//! `invitations`, and for what one account holds at a time `ownership`), the `manage` mode lets drafts through or
//! turns them into findings (`gate`), and what is left is ordered and numbered (`order`). An identity provider stands
//! before the vendors whose accounts come from it (`sequence`): what it holds and what the plan does there (`upstream`)
//! decides what theirs come after (`across`), what is not opened behind it (`closed`), and which of their accounts go with it (`lost`, for
//! vendors that the plan is not for `behind`, and for those that could not be read `unseen`). Last comes how far everybody who departed is gone (`departures`).

mod access;
mod accounts;
mod across;
mod admins;
mod behind;
mod broken;
mod closed;
mod departures;
mod draft;
mod facts;
mod filled;
mod fingerprint;
#[cfg(test)]
pub(crate) mod fixture;
mod gate;
mod identity;
mod invitations;
mod levels;
mod lost;
mod order;
mod ownership;
mod renamed;
mod returns;
mod routes;
mod sequence;
mod similar;
mod strays;
mod succession;
mod suspension;
mod unseen;
mod upstream;
mod ways;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use crate::connector::Spec;
use crate::domain::{
    Change, ChangeId, Channel, Desired, DesiredRef, Email, Fact, Finding, Loss, Obligation, Offboarding,
    Plan, Reading, ReadingRef, ReadingState, ResourceName, ResourceReading, Severity, Snapshot, Unreadable,
    VendorName, VendorSettings,
};
use departures::Departures;
use identity::Matches;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use upstream::{Done, Provider};

/// One vendor's side of a plan.
#[derive(Debug, Clone)]
pub struct VendorInput {
    /// Its configuration.
    pub settings: VendorSettings,
    /// What its connector declares.
    pub spec: Spec,
    /// What it was read to hold.
    pub reading: Reading,
}

/// Everything a plan is made from.
#[derive(Debug, Clone)]
pub struct Input {
    /// The workspace's name.
    pub workspace: Arc<str>,
    /// The moment of the plan.
    pub now: Timestamp,
    /// The files.
    pub desired_ref: DesiredRef,
    /// What they want.
    pub desired: Desired,
    /// The vendors.
    pub vendors: Vec<VendorInput>,
    /// Vendors that the plan is not for, and whose accounts come from one that it is for: nothing is changed there, and
    /// what they lose by the plan is told.
    pub behind: Vec<VendorInput>,
    /// Accounts that are left alone where no user claims them.
    pub protected: Vec<Email>,
    /// How many admins a resource keeps at every moment: losses wait for gains where they would undercut it.
    pub min_admins: usize,
}

/// Makes the plan. Guards have not judged it yet.
#[must_use]
pub fn reconcile(input: &Input) -> Plan {
    let mut plan = Plan {
        workspace: Arc::clone(&input.workspace),
        created: input.now,
        desired: input.desired_ref.clone(),
        vendors: BTreeMap::new(),
        changes: Vec::new(),
        findings: input.desired.findings.clone(),
        obligations: Vec::new(),
        guards: Vec::new(),
        overrides: Vec::new(),
        departures: Vec::new(),
        losses: Vec::new(),
        pending: Vec::new(),
        unseen: Vec::new(),
    };
    let mut done: BTreeMap<&VendorName, Done<'_>> = BTreeMap::new();
    let mut departures = Departures::of(&input.desired, &input.vendors);
    let mut replaced = Vec::new();
    for vendor in sequence::of(input.vendors.iter().chain(&input.behind)) {
        let name = &vendor.settings.name;
        let provider = Provider::of(input, vendor, &done);
        plan.unseen.extend(unseen::of(&input.desired, vendor, &provider, &plan.unseen));
        if input.behind.iter().any(|one| one.settings.name == *name) {
            let (losses, finding) = behind::look(input, vendor, provider, &mut done);
            plan.losses.extend(losses);
            plan.findings.extend(finding);
            continue;
        }
        let (reference, part) = match &vendor.reading {
            Reading::Unreadable(unread) => {
                departures.unread(name);
                let findings = vec![unreadable(name, vendor, unread)];
                (unread_ref(unread), Part { findings, ..Part::default() })
            }
            Reading::Complete(snapshot) => {
                let (mut part, matches) = vendor_part(input, (vendor, snapshot), provider, &mut departures);
                let facts = std::mem::take(&mut part.facts);
                if provides(input, name) {
                    let (changes, losses) = (part.changes.clone(), part.losses.clone());
                    done.insert(name, Done { vendor, planned: true, snapshot, matches, changes, losses });
                }
                (read_ref(snapshot, facts), part)
            }
        };
        plan.vendors.insert(name.clone(), reference);
        plan.changes.extend(part.changes);
        plan.findings.extend(part.findings);
        plan.obligations.extend(part.obligations);
        plan.losses.extend(part.losses);
        replaced.extend(part.replaced);
    }
    succession::keep(&mut plan.changes, &input.vendors, replaced);
    plan.findings.sort();
    plan.findings.dedup();
    plan.obligations.sort();
    plan.departures = departures.finish();
    plan
}

/// Whether the accounts of another vendor come from this one.
fn provides(input: &Input, name: &VendorName) -> bool {
    let vendors = input.vendors.iter().chain(&input.behind);
    let sources = vendors.filter_map(|vendor| vendor.settings.provisioned_by.as_ref());
    sources.map(|source| &source.vendor).any(|vendor| vendor == name)
}

fn unread_ref(unread: &Unreadable) -> ReadingRef {
    ReadingRef {
        state: ReadingState::Unreadable,
        read_at: unread.at,
        source: Arc::from("none"),
        fingerprint: None,
        facts: Vec::new(),
        accounts: None,
        reason: Some(unread.reason.clone()),
        recorded: BTreeMap::new(),
    }
}

fn read_ref(snapshot: &Snapshot, facts: Vec<Fact>) -> ReadingRef {
    ReadingRef {
        state: ReadingState::Complete,
        read_at: snapshot.read_at,
        source: Arc::clone(&snapshot.source),
        fingerprint: Some(fingerprint::of(&facts)),
        facts,
        accounts: Some(snapshot.accounts.len()),
        reason: None,
        recorded: snapshot.recorded.clone(),
    }
}

/// One vendor's contribution to a plan.
#[derive(Default)]
struct Part {
    changes: Vec<Change>,
    findings: Vec<Finding>,
    obligations: Vec<Obligation>,
    facts: Vec<Fact>,
    /// What the provider takes here.
    losses: Vec<Loss>,
    /// The provider's changes that take an admin from here, each with one here that replaces them.
    replaced: Vec<(ChangeId, ChangeId)>,
}

/// What every step of one vendor's comparison looks at.
struct Context<'a> {
    vendor: &'a VendorName,
    settings: &'a VendorSettings,
    spec: &'a Spec,
    snapshot: &'a Snapshot,
    now: Timestamp,
    desired: &'a Desired,
    protected: &'a [Email],
    /// Where the vendor's accounts come from.
    provider: Provider<'a>,
}

fn vendor_part<'a>(
    input: &'a Input,
    (vendor, snapshot): (&'a VendorInput, &'a Snapshot),
    provider: Provider<'a>,
    departures: &mut Departures<'a>,
) -> (Part, Matches<'a>) {
    let context = Context::of(input, (vendor, snapshot), provider);
    let mut findings: Vec<Finding> = across::undeclared(&context).into_iter().collect();
    findings.extend(context.provider.upstream().into_iter().flat_map(upstream::Upstream::unread));
    findings.extend(filled::by_groups(&context));
    let wanted = accounts::wanted(&context);
    let matches = identity::match_accounts(&context, &wanted, &mut findings);
    departures.read(&context, &matches);
    let facts = facts::of(&context, &matches);
    let mut drafts = accounts::draft(&context, &matches, &wanted, &mut findings);
    access::draft(&context, &matches, &wanted, &mut drafts, &mut findings);
    closed::keep(&context, &matches, &mut drafts, &mut findings);
    let drafts = accounts::without_vain_steps(gate::admit(&context, drafts, &mut findings));
    let mut drafts = ownership::keep_accounts(&context, drafts, &mut findings);
    across::wait(&context, (&wanted, &matches), &mut drafts, &mut findings);
    returns::tell(&context, &drafts, &mut findings);
    renamed::tell(&context, &matches, &drafts, &mut findings);
    levels::demotions(&context, &drafts, &mut findings);
    accounts::due_first(&context, &drafts, &mut findings);
    let obligations = accounts::obligations(&context, &drafts);
    let losses = lost::of(&context, &matches);
    let mut changes = order::order(&context, drafts, &wanted, (input.min_admins, &losses));
    invitations::waves(&context, &mut changes);
    across::link(&context, &wanted, &mut changes, &mut findings);
    let replaced = lost::replaced(&context, &changes, (input.min_admins, &losses));
    (Part { changes, findings, obligations, facts, losses, replaced }, matches)
}

fn unreadable(name: &VendorName, vendor: &VendorInput, unread: &Unreadable) -> Finding {
    Finding {
        vendor: Some(name.clone()),
        code: "unreadable-vendor",
        severity: Severity::Error,
        detail: format!("{name} could not be read, so nothing is planned there: {}", unread.reason),
        user: None,
        hint: unread.hint.clone(),
        span: Some(vendor.settings.span),
    }
}

impl<'a> Context<'a> {
    fn of(
        input: &'a Input,
        (vendor, snapshot): (&'a VendorInput, &'a Snapshot),
        provider: Provider<'a>,
    ) -> Self {
        Self {
            vendor: &vendor.settings.name,
            settings: &vendor.settings,
            spec: &vendor.spec,
            snapshot,
            now: input.now,
            desired: &input.desired,
            protected: &input.protected,
            provider,
        }
    }
}

impl Context<'_> {
    /// Whether the vendor has accounts of its own. Where it has no organisation, an address is known only from the
    /// resources that it is listed on, and comes and goes with its access to them.
    fn has_accounts(&self) -> bool {
        self.spec.kind(ResourceName::ORG).is_some()
    }

    /// Whether it is known who has an account. Requests list all of them; without any, only the organisation's own
    /// page does.
    fn knows_accounts(&self) -> bool {
        self.spec.accounts.contains(&Channel::Api)
            || matches!(self.snapshot.resources.get(ResourceName::ORG), Some(ResourceReading::Read { .. }))
    }

    /// Whether whoever leaves keeps an account that may do nothing: it is neither removed nor suspended.
    fn strips(&self) -> bool {
        self.has_accounts() && self.settings.offboarding == Offboarding::Revoke && !self.spec.suspends
    }

    /// Whether an account takes no access before its invitation is accepted: people see to accounts there, and a page
    /// offers only those who are in.
    fn waits_for_acceptance(&self) -> bool {
        self.has_accounts() && !self.spec.accounts.contains(&Channel::Api)
    }

    fn finding(&self, code: &'static str, severity: Severity, detail: String) -> Finding {
        Finding {
            vendor: Some(self.vendor.clone()),
            code,
            severity,
            detail,
            user: None,
            hint: None,
            span: Some(self.settings.span),
        }
    }
}
