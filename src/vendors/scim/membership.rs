//! Puts accounts into groups and takes them out, as few requests as the vendor allows, one verdict for each.

use super::LIMITS;
use super::dialect::Edit;
use super::group::{Members, members};
use super::refusal::{Reason, refusal};
use super::service::Service;
use crate::connector::ConnectorError;
use crate::net::Answer;

/// What became of one member: done, with what is worth telling, or not.
pub(super) type Verdict = Result<Option<&'static str>, ConnectorError>;

/// Adds the accounts to the group, or removes them. Members that nobody names are left alone.
pub(super) async fn change(service: &Service, group: &str, gain: bool, ids: &[String]) -> Vec<Verdict> {
    let mut verdicts = Vec::with_capacity(ids.len());
    for batch in ids.chunks(LIMITS.batch) {
        verdicts.extend(change_batch(service, group, gain, batch).await);
    }
    verdicts
}

async fn change_batch(service: &Service, group: &str, gain: bool, ids: &[String]) -> Vec<Verdict> {
    match change_at_once(service, group, gain, ids).await {
        Ok(()) => ids.iter().map(|_| Ok(None)).collect(),
        Err(error @ (ConnectorError::Refused { .. } | ConnectorError::Gone { .. })) => {
            change_rest(service, group, gain, ids, error).await
        }
        Err(error) => ids.iter().map(|_| Err(error.clone())).collect(),
    }
}

async fn change_at_once(
    service: &Service,
    group: &str,
    gain: bool,
    ids: &[String],
) -> Result<(), ConnectorError> {
    let edit = if gain { Edit::Add(ids.to_vec()) } else { Edit::Remove(ids.to_vec()) };
    let answer = service.edit("Groups", group, &edit).await?;
    match refusal(&answer) {
        _ if answer.is_success() => Ok(()),
        ConnectorError::Refused { message } if !gain && is_about_path(&answer) => {
            Err(ConnectorError::Refused { message: format!("{message} {NO_PATH}") })
        }
        error => Err(error),
    }
}

const NO_PATH: &str =
    "If the server cannot remove members by PATCH, set `scim: { patch: none }` for this vendor.";

fn is_about_path(answer: &Answer) -> bool {
    answer.status == 400
        && Reason::of(answer).is_one_of(&["", "invalidPath", "invalidSyntax", "invalidFilter"])
}

/// After a refusal of the whole: whoever is where they should be is done, and the others are tried by themselves, so
/// that one account that the vendor does not accept does not hold up the rest.
async fn change_rest(
    service: &Service,
    group: &str,
    gain: bool,
    ids: &[String],
    error: ConnectorError,
) -> Vec<Verdict> {
    // Not every server knows `attributes`; some send members only when asked for them.
    let found = match service.fetch("Groups", group, Some("members")).await {
        Err(ConnectorError::Refused { .. }) => service.fetch("Groups", group, None).await,
        found => found,
    };
    let present = match found.map(|found| found.map(|(group, _)| members(&group.object))) {
        Ok(Some(Ok(Members::Users(present)))) => Some(present),
        Ok(None) => return ids.iter().map(|_| Err(error.clone())).collect(),
        // Members that are not told may be there all the same.
        Ok(Some(Ok(Members::Absent | Members::Nested) | Err(_))) | Err(_) => None,
    };
    let mut verdicts = Vec::with_capacity(ids.len());
    for id in ids {
        let there = present.as_ref().map(|present| present.contains(id));
        verdicts.push(match there {
            Some(true) if gain => Ok(Some("The account was a member already.")),
            Some(false) if !gain => Ok(Some("The account was no member any more.")),
            _ if ids.len() == 1 => Err(error.clone()),
            _ => change_at_once(service, group, gain, std::slice::from_ref(id)).await.map(|()| None),
        });
    }
    verdicts
}

#[cfg(test)]
mod tests;
