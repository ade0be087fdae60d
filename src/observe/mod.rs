//! Reads vendors side by side. A vendor that could not be read completely is *unreadable*, never empty.

mod contained;
mod hint;
mod progress;
mod read;
pub mod recorded;

pub(crate) use contained::{Panicked, contained};
pub use progress::{Event, Progress, Quiet};
pub(crate) use read::read_one;

use crate::connector::{ConnectorError, Reader, Scope};
use crate::domain::{Reading, Unreadable, VendorName, VendorSettings};
use crate::net::Clock;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// How long one vendor's reading may take. Tens of thousands of accounts, read politely, take minutes.
pub const READ_TIMEOUT: Duration = Duration::from_secs(600);

/// One vendor to read.
pub struct ToRead {
    /// What is to be read of it.
    pub scope: Scope,
    /// Its reader, or why there is none: a credential that could not be had, an address that is no address.
    pub reader: Result<Arc<dyn Reader>, ConnectorError>,
}

/// What is in scope at a vendor: exactly the resources that its configuration names or implies.
#[must_use]
pub fn scope_of(settings: &VendorSettings) -> Scope {
    Scope { vendor: settings.name.clone(), resources: settings.resources.values().cloned().collect() }
}

/// Reads every vendor, all at once, each for at most `timeout`. Gives one reading for each, whatever happens to
/// the others and in whichever order they answer.
pub async fn observe(
    vendors: Vec<ToRead>,
    timeout: Duration,
    clock: Arc<dyn Clock>,
    progress: Arc<dyn Progress>,
) -> BTreeMap<VendorName, Reading> {
    // What a reading that never reports back leaves behind: nothing may be concluded about its vendor.
    let mut readings: BTreeMap<VendorName, Reading> =
        vendors.iter().map(|one| (one.scope.vendor.clone(), unfinished(&*clock))).collect();
    let mut tasks = JoinSet::new();
    for one in vendors {
        let (clock, progress) = (Arc::clone(&clock), Arc::clone(&progress));
        tasks.spawn(async move {
            progress.event(&Event::Reading(&one.scope.vendor));
            let reading = match one.reader {
                Ok(reader) => read_one(&reader, &one.scope, timeout, &*clock).await,
                Err(error) => read::unreadable(&error, &one.scope.vendor, &*clock),
            };
            match &reading {
                Reading::Complete(snapshot) => {
                    progress.event(&Event::Read(&one.scope.vendor, snapshot.accounts.len()));
                }
                Reading::Unreadable(_) => progress.event(&Event::Unreadable(&one.scope.vendor)),
            }
            (one.scope.vendor, reading)
        });
    }
    while let Some(joined) = tasks.join_next().await {
        if let Ok((vendor, reading)) = joined {
            readings.insert(vendor, reading);
        }
    }
    readings
}

fn unfinished(clock: &dyn Clock) -> Reading {
    Reading::Unreadable(Unreadable {
        reason: "The reading broke off without a result.".to_owned(),
        hint: Some(
            "Run the command again; if it happens again, report it as a defect of grantline.".to_owned(),
        ),
        at: clock.now(),
    })
}

#[cfg(test)]
mod tests;
