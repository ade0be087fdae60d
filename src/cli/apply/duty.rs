//! Separate duties: what gives access and what takes it, each with its own credential, and one without the other.

use super::super::credentials;
use super::super::emulators::Emulators;
use super::super::only::{Only, Sorts, takes};
use super::super::stages::Connected;
use crate::apply::Sending;
use crate::connector::{ConnectorError, Receipt, Spec, Writer};
use crate::domain::{Action, Change, ChangeId, Channel, Duty, Narrowed, Plan};
use crate::net::Endpoint;
use crate::workspace::Vendor;
use async_trait::async_trait;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The changes that were not asked for, each with the reason why it is left.
pub(super) fn aside(only: &Narrowed) -> BTreeMap<ChangeId, String> {
    only.left.iter().map(|change| (change.clone(), reason(only))).collect()
}

/// With which credential each change is sent, where that is by an API.
pub(super) fn credentials(
    sorts: &Sorts<'_>,
    plan: &Plan,
    vendors: &[&Vendor],
) -> BTreeMap<ChangeId, Sending> {
    let by_api = plan.changes.iter().filter(|change| change.channel == Channel::Api);
    let sending = |change: &Change| {
        let vendor = vendors.iter().find(|vendor| vendor.name == change.vendor)?;
        let takes = sorts.takes(change);
        let duty = if takes { Duty::Revoke } else { Duty::Grant };
        Some((change.id.clone(), Sending { credential: vendor.credential(duty).0, takes }))
    };
    by_api.filter_map(sending).collect()
}

/// Why a change of the sort that was not asked for is left. Of what takes no access, much gives none: a new name, say.
fn reason(only: &Narrowed) -> String {
    format!(
        "Not asked for: this is of the other sort, and `--only {}` leaves that. An apply without it lists it again.",
        only.sort
    )
}

/// The vendor's writer. Of the credentials for giving and for taking, only those that were asked for are fetched.
pub(super) fn writer(
    vendor: &Vendor,
    connected: &Connected,
    emulators: &Emulators,
    only: Option<Only>,
) -> Result<Arc<dyn Writer>, ConnectorError> {
    let left = |sort: &str| {
        let message = format!(
            "The credential for {sort} access was not fetched, because nothing of that sort was asked for."
        );
        Err(ConnectorError::Unauthorised { message })
    };
    let own = |duty: Duty| match vendor.credential(duty).0 {
        // It is shared, so that its access tokens are, too.
        Duty::Read => connected.endpoint.clone(),
        own => credentials::endpoint(vendor, own, emulators),
    };
    let one_for_both = vendor.credential(Duty::Grant).0 == vendor.credential(Duty::Revoke).0;
    let fetch = |duty: Duty| match (only, duty) {
        _ if one_for_both => own(duty),
        (Some(Only::Revoke), Duty::Grant) => left("giving"),
        (Some(Only::Grant), Duty::Revoke) => left("taking"),
        _ => own(duty),
    };
    let grant = fetch(Duty::Grant);
    let revoke = if one_for_both { grant.clone() } else { fetch(Duty::Revoke) };
    // The one that was asked for says why there is none, and not the one that was left.
    match (only, &grant, &revoke) {
        (Some(Only::Revoke), _, Err(error)) | (Some(Only::Grant), Err(error), _) => return Err(error.clone()),
        _ => {}
    }
    let make = |grant: Result<Endpoint, _>, revoke: Result<Endpoint, _>| {
        crate::vendors::writer(vendor, grant, revoke, Arc::clone(&connected.pace)).map(Arc::from)
    };
    let writer: Arc<dyn Writer> = make(grant, revoke.clone())?;
    if one_for_both {
        return Ok(writer);
    }
    // A connector takes a change of level for a gain; one that is a loss goes by the credential for losses.
    let lowering: Result<Arc<dyn Writer>, ConnectorError> = make(revoke.clone(), revoke);
    Ok(Arc::new(Duties { writer, lowering, spec: connected.spec.clone() }))
}

struct Duties {
    writer: Arc<dyn Writer>,
    lowering: Result<Arc<dyn Writer>, ConnectorError>,
    spec: Spec,
}

impl Duties {
    fn lowers(&self, change: &Change) -> bool {
        matches!(change.action, Action::ChangeLevel { .. }) && takes(&change.action, &self.spec)
    }
}

#[async_trait]
impl Writer for Duties {
    async fn execute(&self, change: &Change) -> Result<Receipt, ConnectorError> {
        match &self.lowering {
            _ if !self.lowers(change) => self.writer.execute(change).await,
            Ok(lowering) => lowering.execute(change).await,
            Err(error) => Err(error.clone()),
        }
    }

    async fn execute_together(&self, changes: &[&Change]) -> Vec<Result<Receipt, ConnectorError>> {
        if !changes.iter().any(|change| self.lowers(change)) {
            return self.writer.execute_together(changes).await;
        }
        let mut answers = Vec::with_capacity(changes.len());
        for change in changes {
            answers.push(self.execute(change).await);
        }
        answers
    }
}
