//! Reads recorded snapshots in place of an API, or beside one.

use super::overlay;
use super::store::{self, LoadError};
use super::{Damage, RecordedSnapshot};
use crate::connector::{ConnectorError, Reader, Scope, Spec};
use crate::domain::{
    Email, Recorded, Resource, ResourceName, ResourceReading, Snapshot, VendorName, VendorSettings,
};
use crate::net::{Clock, neutral};
use async_trait::async_trait;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// The longest reason that is given for a file that cannot be read, in characters.
const MAX_REASON: usize = 300;

/// The resources whose members a person records: their page has a table, and no request reads them.
#[must_use]
pub fn recordable(settings: &VendorSettings, spec: &Spec, has_api: bool) -> BTreeSet<ResourceName> {
    let Some(pages) = &spec.pages else { return BTreeSet::new() };
    let shown = |resource: &&Resource| {
        let read = has_api && spec.kind(&resource.kind).is_some_and(|kind| kind.readable);
        pages.tables.contains_key(&*resource.kind) && !read
    };
    settings.resources.values().filter(shown).map(|resource| resource.name.clone()).collect()
}

/// Reads one vendor from its recorded snapshots, and from its API where it has one. Holds no credential of its own.
pub struct RecordedReader {
    root: PathBuf,
    vendor: VendorName,
    api: Option<Arc<dyn Reader>>,
    recordable: BTreeSet<ResourceName>,
    max_age: Duration,
    clock: Arc<dyn Clock>,
}

/// What a snapshot's file gave: the snapshot, or why there is none that can be believed.
pub(super) type Loaded = Result<RecordedSnapshot, String>;

impl RecordedReader {
    /// A reader of the snapshots under `root` of these resources, around the API's reader where there is one. Files are
    /// read anew each time; those older than `max_age` are not believed.
    #[must_use]
    pub fn new(
        root: PathBuf,
        vendor: VendorName,
        api: Option<Arc<dyn Reader>>,
        recordable: BTreeSet<ResourceName>,
        max_age: Duration,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { root, vendor, api, recordable, max_age, clock }
    }

    fn load_all(&self, scope: &Scope, now: Timestamp) -> BTreeMap<ResourceName, Loaded> {
        let wanted = scope.resources.iter().filter(|resource| self.recordable.contains(&resource.name));
        wanted.map(|resource| (resource.name.clone(), self.load(resource, now))).collect()
    }

    fn load(&self, resource: &Resource, now: Timestamp) -> Loaded {
        let file = store::file_of(&self.vendor, &resource.name);
        let again = format!("`grantline snapshot {}/{} --from FILE`", self.vendor, resource.name);
        let snapshot = match store::load(&self.root, &self.vendor, &resource.name) {
            Ok(snapshot) => snapshot,
            Err(LoadError::Absent) => {
                return Err(format!("Nobody has recorded who has access; do so with {again}."));
            }
            Err(LoadError::Damaged(damage @ Damage::Changed(_))) => {
                return Err(format!("{file} {damage}; record it again with {again}."));
            }
            Err(error) => {
                let error = neutral(&error.to_string(), MAX_REASON);
                return Err(format!("{file} {error}; record it again with {again}."));
            }
        };
        if snapshot.id != resource.id {
            return Err(format!("{file} was recorded for another `id:`; record it again with {again}."));
        }
        if snapshot.taken > now {
            return Err(format!("{file} is dated in the future, at {}; check the clock.", snapshot.taken));
        }
        if now.duration_since(snapshot.taken).unsigned_abs() > self.max_age {
            return Err(format!(
                "{file} was taken at {}, and `snapshot_max_age` allows {}; record it again with {again}.",
                snapshot.taken,
                length(self.max_age)
            ));
        }
        Ok(snapshot)
    }
}

#[async_trait]
impl Reader for RecordedReader {
    async fn read(&self, scope: &Scope) -> Result<Snapshot, ConnectorError> {
        let mut snapshot = match &self.api {
            Some(api) => Some(api.read(scope).await?),
            None => None,
        };
        let now = self.clock.now();
        let loaded = self.load_all(scope, now);
        if let Some(snapshot) = &mut snapshot {
            overlay::onto(snapshot, &loaded);
        }
        let mut snapshot = match snapshot {
            Some(snapshot) => snapshot,
            None => self.alone(scope, &loaded, now)?,
        };
        snapshot.recorded = loaded
            .iter()
            .filter(|(name, _)| matches!(snapshot.resources.get(*name), Some(ResourceReading::Read { .. })))
            .filter_map(|(name, loaded)| Some((name.clone(), self.recorded(loaded.as_ref().ok()?))))
            .collect();
        if self.api.is_some() && !snapshot.recorded.is_empty() {
            snapshot.source = Arc::from(format!("{}+recorded", snapshot.source));
        }
        Ok(snapshot)
    }
}

impl RecordedReader {
    /// What snapshots alone tell of a vendor.
    fn alone(
        &self,
        scope: &Scope,
        loaded: &BTreeMap<ResourceName, Loaded>,
        now: Timestamp,
    ) -> Result<Snapshot, ConnectorError> {
        let good: Vec<&RecordedSnapshot> =
            loaded.values().filter_map(|loaded| loaded.as_ref().ok()).collect();
        if good.is_empty() && !scope.resources.is_empty() {
            return Err(self.unrecorded(scope, loaded));
        }
        let resources = scope.resources.iter().map(|resource| {
            let reading = match loaded.get(&resource.name) {
                Some(Ok(snapshot)) => overlay::reading(snapshot),
                Some(Err(reason)) => unread(reason),
                None => unread("Its kind has no table of members that could be recorded."),
            };
            (resource.name.clone(), reading)
        });
        Ok(Snapshot {
            read_at: good.iter().map(|snapshot| snapshot.taken).min().unwrap_or(now),
            source: Arc::from("recorded"),
            accounts: overlay::accounts(&good),
            broken: Vec::new(),
            resources: resources.collect(),
            own: own(&good).and_then(|address| crate::domain::AccountId::parse(address.as_str()).ok()),
            recorded: BTreeMap::new(),
            feeds: BTreeMap::new(),
            retired: BTreeMap::new(),
            similar: BTreeMap::new(),
            by_hand: BTreeMap::new(),
        })
    }

    fn unrecorded(&self, scope: &Scope, loaded: &BTreeMap<ResourceName, Loaded>) -> ConnectorError {
        let reasons: Vec<String> = scope
            .resources
            .iter()
            .filter_map(|resource| {
                let reason = loaded.get(&resource.name)?.as_ref().err()?;
                Some(format!("`{}`: {reason}", resource.name))
            })
            .collect();
        let message = format!(
            "No resource of `{}` has a snapshot that can be used. {}",
            self.vendor,
            reasons.join(" ")
        );
        ConnectorError::Unrecorded { message: message.trim_end().to_owned() }
    }

    fn recorded(&self, snapshot: &RecordedSnapshot) -> Recorded {
        Recorded {
            taken: snapshot.taken,
            by: Arc::clone(&snapshot.recorded_by),
            file: Arc::from(store::file_of(&snapshot.vendor, &snapshot.resource)),
        }
    }
}

pub(super) fn unread(reason: &str) -> ResourceReading {
    ResourceReading::Unread { reason: Arc::from(reason), open: false }
}

/// Whose session showed the tables, where all of them say the same.
fn own<'a>(snapshots: &[&'a RecordedSnapshot]) -> Option<&'a Email> {
    let first = snapshots.first()?.signed_in_as.as_ref()?;
    snapshots.iter().all(|snapshot| snapshot.signed_in_as.as_ref() == Some(first)).then_some(first)
}

/// A length of time in the largest unit that people would use.
fn length(duration: Duration) -> String {
    let hours = duration.as_secs() / 3600;
    match hours {
        0 => format!("{} minutes", duration.as_secs() / 60),
        1..48 => format!("{hours} hours"),
        _ => format!("{} days", hours / 24),
    }
}
