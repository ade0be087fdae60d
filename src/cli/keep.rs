//! Records members' tables for commands: the ones that people hand over, and those that a browser read.

use super::stages::Opened;
use crate::apply::browser::{Keep, Members};
use crate::connector::pages::Pages;
use crate::connector::pages::words::account;
use crate::domain::{Action, Change, Email, Resource, ResourceName, TaskKind, TaskState, VendorSettings};
use crate::net::Clock;
use crate::observe::recorded::{self, Material, Provenance, RecordError, Stored, Subject};
use crate::record::tasks::{Entry, Ledger};
use crate::resolve::resolve;
use crate::vendors::{self, Registry};
use crate::workspace::{MaxRemovals, Vendor};
use anyhow::Context as _;
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// When the invitations of addresses were sent again.
type Resent = BTreeMap<Email, Timestamp>;

/// What it takes to record the tables of one vendor.
pub(crate) struct Keeper {
    root: PathBuf,
    pub(crate) settings: VendorSettings,
    pages: Option<Arc<Pages>>,
    max_removals: MaxRemovals,
    /// Who reads the pages, where the workspace says so.
    reader: Option<Email>,
    /// The addresses that should have access to each resource.
    declared: BTreeMap<ResourceName, BTreeSet<Email>>,
    /// The resources of which there was a snapshot.
    recorded: BTreeSet<ResourceName>,
    /// When invitations to each resource were sent again, by address.
    resent: BTreeMap<ResourceName, Resent>,
    by: String,
    clock: Arc<dyn Clock>,
}

impl Keeper {
    /// For the vendor, on behalf of `by` or of who git says is at work.
    ///
    /// # Errors
    /// When nobody knows who that is, or the ledger of tasks cannot be read.
    pub(crate) fn new(
        opened: &Opened,
        vendor: &Vendor,
        pages: Option<Arc<Pages>>,
        by: Option<&str>,
        clock: &Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        let settings = vendor.settings();
        // Where there is an API, `identity` is its credential's, and no person who looks at pages.
        let identity = settings.identity.as_deref().filter(|_| !vendors::has_api(vendor));
        let by = author(by, &opened.root)
            .context("nobody knows who records this; say so with `--by NAME`, or set git's user.name")?;
        let entries = Ledger::open(&opened.root)?.entries();
        Ok(Self {
            root: opened.root.clone(),
            reader: identity.and_then(|text| Email::parse(text).ok()),
            declared: declared(opened, vendor, clock.now()),
            recorded: were_recorded(entries.values(), &settings),
            resent: resent(entries.values(), &settings),
            settings,
            pages,
            max_removals: opened.workspace.guards.max_removals,
            by,
            clock: Arc::clone(clock),
        })
    }

    /// Judges a table of the resource and stores it.
    ///
    /// # Errors
    /// [`RecordError`], or that the resource's kind has no table.
    pub(crate) fn record(
        &self,
        resource: &Resource,
        material: Material<'_>,
        taken: Option<Timestamp>,
        smaller: Option<String>,
    ) -> anyhow::Result<Result<Stored, RecordError>> {
        let none = Resent::new();
        let resent = self.resent.get(&resource.name).unwrap_or(&none);
        self.store(resource, material, (taken, smaller), (&self.declared_on(&resource.name), resent))
    }

    fn declared_on(&self, resource: &ResourceName) -> BTreeSet<Email> {
        self.declared.get(resource).cloned().unwrap_or_default()
    }

    fn store(
        &self,
        resource: &Resource,
        material: Material<'_>,
        (taken, smaller): (Option<Timestamp>, Option<String>),
        (declared, resent): (&BTreeSet<Email>, &Resent),
    ) -> anyhow::Result<Result<Stored, RecordError>> {
        let tables = self.pages.as_ref().map(|pages| &pages.tables);
        let table = tables.and_then(|tables| tables.get(&*resource.kind)).context("its kind has no table")?;
        let subject = Subject {
            root: &self.root,
            vendor: &self.settings,
            resource,
            table,
            max_removals: self.max_removals,
            reader: self.reader.as_ref(),
            declared,
            was_recorded: self.recorded.contains(&resource.name),
            resent,
        };
        let now = self.clock.now();
        let provenance =
            Provenance { taken: taken.unwrap_or(now), by: self.by.clone(), signed_in_as: None, smaller };
        Ok(recorded::record(&subject, material, &provenance, now))
    }
}

#[async_trait]
impl Keep for Keeper {
    async fn keep(&self, change: &Change, members: &Members) -> Result<(), String> {
        let name = change.action.target().map_or_else(ResourceName::org, |on| on.name.clone());
        let resource = self.settings.resources.get(&name);
        let resource = resource.ok_or_else(|| format!("the resource `{name}` is not declared"))?;
        let material = members.material();
        let mut resent = self.resent.get(&name).cloned().unwrap_or_default();
        if let Action::ResendInvitation { .. } = change.action {
            let address = account(change).and_then(|text| Email::parse(text).ok());
            resent.extend(address.map(|address| (address, self.clock.now())));
        }
        // What the plan takes from somebody may be another account of theirs.
        let mut declared = self.declared_on(&name);
        if let Some(address) = account(change).and_then(|text| Email::parse(text).ok()) {
            declared.remove(&address);
        }
        match self.store(resource, material, (None, None), (&declared, &resent)) {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(format!("{:#}", anyhow::Error::from(error))),
            Err(error) => Err(format!("{error:#}")),
        }
    }
}

/// When the vendor's invitations were sent again, by the word of those who ticked the tasks off: no page shows it.
fn resent<'e>(
    entries: impl Iterator<Item = &'e Entry>,
    settings: &VendorSettings,
) -> BTreeMap<ResourceName, Resent> {
    let word = Action::ResendInvitation { on: None }.word();
    let mut resent: BTreeMap<ResourceName, Resent> = BTreeMap::new();
    for entry in entries {
        let (Some((_, issued)), Some(tick)) = (&entry.issued, &entry.tick) else { continue };
        let address = issued.account.as_deref().and_then(|text| Email::parse(text).ok());
        if let Some(address) = address.filter(|_| issued.vendor == settings.name && *issued.code == *word) {
            let resource = issued.resource.clone().unwrap_or_else(ResourceName::org);
            resent.entry(resource).or_default().insert(address, tick.at);
        }
    }
    resent
}

/// The vendor's resources that some task shows to have had a snapshot: it was made from one, or settled by one. Access is
/// given where nobody has read who has it, too.
fn were_recorded<'e>(
    entries: impl Iterator<Item = &'e Entry>,
    settings: &VendorSettings,
) -> BTreeSet<ResourceName> {
    let gains = ["grant", "invite"];
    let rests = entries.filter_map(|entry| {
        let (_, issued) = entry.issued.as_ref()?;
        let is_here = issued.vendor == settings.name && issued.kind == TaskKind::Change;
        let is_read = !gains.contains(&&*issued.code) || entry.state == TaskState::Done;
        issued.resource.clone().filter(|_| is_here && is_read)
    });
    rests.collect()
}

fn author(by: Option<&str>, root: &Path) -> Option<String> {
    let filled = |text: &String| !text.trim().is_empty();
    let given = by.map(str::to_owned).filter(filled);
    let system = || ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok().filter(filled));
    given.or_else(|| crate::record::author(root)).or_else(system)
}

/// The addresses that the workspace gives access to, by resource: theirs should not be missing from a table that is whole.
fn declared(opened: &Opened, vendor: &Vendor, now: Timestamp) -> BTreeMap<ResourceName, BTreeSet<Email>> {
    let workspace = &opened.workspace;
    let desired = resolve(workspace, &Registry, workspace.today(now));
    let mut declared: BTreeMap<ResourceName, BTreeSet<Email>> = BTreeMap::new();
    for grant in desired.grants.at(&vendor.name) {
        let Some(person) = desired.people.get(&grant.user) else { continue };
        let addresses = std::iter::once(&person.email).chain(&person.aliases).cloned();
        declared.entry(grant.resource.clone()).or_default().extend(addresses);
    }
    declared
}
