//! Reads one vendor, and believes only a reading that is whole.

use super::hint::hint;
use super::{Panicked, contained};
use crate::connector::{ConnectorError, Reader, Scope};
use crate::domain::{Reading, Snapshot, Unreadable, VendorName};
use crate::net::Clock;
use std::sync::Arc;
use std::time::Duration;

/// Reads one vendor for at most `timeout`.
pub(crate) async fn read_one(
    reader: &Arc<dyn Reader>,
    scope: &Scope,
    timeout: Duration,
    clock: &dyn Clock,
) -> Reading {
    let work = {
        let (reader, scope) = (Arc::clone(reader), scope.clone());
        contained(async move { reader.read(&scope).await })
    };
    let answer = tokio::select! {
        biased;
        answer = work => answer,
        () = clock.sleep(timeout) => return timed_out(scope, timeout, clock),
    };
    match answer {
        Ok(Ok(snapshot)) => match check(&snapshot, scope) {
            Ok(()) => Reading::Complete(snapshot),
            Err(error) => unreadable(&error, &scope.vendor, clock),
        },
        Ok(Err(error)) => unreadable(&error, &scope.vendor, clock),
        Err(Panicked) => Reading::Unreadable(Unreadable {
            reason: format!("The connector of `{}` broke off while it read.", scope.vendor),
            hint: Some("This is a defect of grantline: report it with the output of `-v`.".to_owned()),
            at: clock.now(),
        }),
    }
}

/// What stands where a snapshot would.
pub(crate) fn unreadable(error: &ConnectorError, vendor: &VendorName, clock: &dyn Clock) -> Reading {
    Reading::Unreadable(Unreadable {
        reason: error.to_string(),
        hint: Some(hint(error, vendor)),
        at: clock.now(),
    })
}

fn timed_out(scope: &Scope, timeout: Duration, clock: &dyn Clock) -> Reading {
    Reading::Unreadable(Unreadable {
        reason: format!("`{}` was not read to its end within {} seconds.", scope.vendor, timeout.as_secs()),
        hint: Some("Run the command again later; what was read so far is not used.".to_owned()),
        at: clock.now(),
    })
}

/// A connector that leaves out a declared resource, or files an account under another's id, has not understood
/// its vendor. Taking such a snapshot for the truth would revoke on the strength of a gap.
fn check(snapshot: &Snapshot, scope: &Scope) -> Result<(), ConnectorError> {
    if let Some(resource) = scope.resources.iter().find(|one| !snapshot.resources.contains_key(&one.name)) {
        return Err(broken(&scope.vendor, &format!("left out the declared resource `{}`", resource.name)));
    }
    if snapshot.accounts.iter().any(|(id, account)| *id != account.id) {
        return Err(broken(&scope.vendor, "filed an account under another account's id"));
    }
    Ok(())
}

fn broken(vendor: &VendorName, what: &str) -> ConnectorError {
    ConnectorError::ContractBroken {
        message: format!("The reading of `{vendor}` {what}, so it cannot be taken for complete."),
    }
}
