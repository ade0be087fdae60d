//! Puts users into roles and takes them out, as few requests as OneLogin allows, one verdict for each.

use super::directory;
use super::wire;
use crate::connector::ConnectorError;
use crate::domain::AccountId;
use crate::net::rest::Rest;

/// What became of one user: done, with what is worth telling, or not.
pub(super) type Verdict = Result<Option<&'static str>, ConnectorError>;

/// Puts the users into the role, or takes them out of it. Whoever nobody names is left alone.
pub(super) async fn change(rest: &Rest, role: &str, gain: bool, ids: &[&AccountId]) -> Vec<Verdict> {
    match at_once(rest, role, gain, ids).await {
        Ok(()) => ids.iter().map(|_| Ok(None)).collect(),
        Err(error @ (ConnectorError::Refused { .. } | ConnectorError::Gone { .. })) => {
            one_by_one(rest, role, gain, ids, &error).await
        }
        Err(error) => ids.iter().map(|_| Err(error.clone())).collect(),
    }
}

async fn at_once(rest: &Rest, role: &str, gain: bool, ids: &[&AccountId]) -> Result<(), ConnectorError> {
    let numbers = ids.iter().map(|id| wire::numeric(id)).collect::<Result<Vec<_>, _>>()?;
    rest.ask(&wire::change_role_users(role, gain, &numbers)).await.map(drop)
}

/// After a refusal of the whole: whoever is where they should be is done, and the others are tried by themselves, so
/// that one user whom OneLogin does not accept does not hold up the rest.
async fn one_by_one(
    rest: &Rest,
    role: &str,
    gain: bool,
    ids: &[&AccountId],
    error: &ConnectorError,
) -> Vec<Verdict> {
    let Ok(Some(present)) = directory::members(rest, role).await else {
        return ids.iter().map(|_| Err(error.clone())).collect();
    };
    let mut verdicts = Vec::with_capacity(ids.len());
    for id in ids {
        verdicts.push(match present.contains(*id) {
            true if gain => Ok(Some("The account had the role already.")),
            false if !gain => Ok(Some("The account had the role no more.")),
            _ if ids.len() == 1 => Err(error.clone()),
            _ => at_once(rest, role, gain, &[*id]).await.map(|()| None),
        });
    }
    verdicts
}
