//! Reads a whole collection, or says that it could not be read whole. A server that repeats, drops or moves
//! resources between pages gives no reading: taking such an answer for the truth would revoke access.

use super::refusal::{Reason, refusal};
use super::service::{Paging, Service};
use super::wire::{Entry, Page, page};
use crate::connector::ConnectorError;
use crate::net::{Answer, Budget, LONGEST_CURSOR, MAX_PAGES, Request};
use reqwest::Method;
use std::collections::BTreeSet;
use std::sync::Arc;

mod indexed;

/// What is wrong with pages that do not add up.
type Flaw = String;

/// The page that the answer holds, paid for.
fn paid(budget: &mut Budget, kind: &str, answer: &Answer) -> Result<Page, ConnectorError> {
    pay(budget, kind, answer.body.len(), 0)?;
    let page = page(answer)?;
    pay(budget, kind, 0, page.entries.len())?;
    Ok(page)
}

fn pay(budget: &mut Budget, kind: &str, bytes: usize, entries: usize) -> Result<(), ConnectorError> {
    budget.pay(bytes, entries).map_err(|flaw| unreadable(kind, flaw))
}

/// Every resource of a collection, in the server's order.
pub(super) async fn list(service: &Arc<Service>, kind: &'static str) -> Result<Vec<Entry>, ConnectorError> {
    list_within(service, kind, Budget::WHOLE).await
}

async fn list_within(
    service: &Arc<Service>,
    kind: &'static str,
    budget: Budget,
) -> Result<Vec<Entry>, ConnectorError> {
    if service.paging().await? == Paging::Cursor {
        return by_cursor(service, kind, budget).await;
    }
    let count = service.page_size().await?;
    let answer = service.send(&indexed::page_from(kind, 1, count)).await?;
    let may_switch = service.settings.paging.is_none();
    if !answer.is_success() {
        let refused = refusal(&answer);
        // A server that pages by cursor alone refuses `startIndex`. Whatever it says to a cursor, the first
        // refusal is the one to tell.
        if may_switch && matches!(answer.status, 400 | 501) {
            return by_cursor(service, kind, budget).await.map_err(|_| refused);
        }
        return Err(refused);
    }
    let mut left = budget;
    let first = paid(&mut left, kind, &answer)?;
    // A page that names a next one is not the last, whatever its total says.
    if may_switch && first.next.is_some() && first.total != Some(0) {
        return by_cursor(service, kind, budget).await;
    }
    indexed::rest(service, kind, (count, first), (left, budget)).await
}

/// The listing's first page with `filter`, as the server answers it.
pub(super) async fn filtered(
    service: &Service,
    kind: &str,
    filter: &str,
) -> Result<Result<Page, Answer>, ConnectorError> {
    let answer = service.send(&Request::new(Method::GET, &[kind]).query("filter", filter)).await?;
    if answer.is_success() { page(&answer).map(Ok) } else { Ok(Err(answer)) }
}

/// The entries of the pages, where these are one whole.
fn add_up(pages: Vec<Page>) -> Result<Vec<Entry>, Flaw> {
    is_whole(&pages)?;
    Ok(pages.into_iter().flat_map(|page| page.entries).collect())
}

/// Whether the pages have one total, no id twice, and as many entries as the total says.
fn is_whole(pages: &[Page]) -> Result<(), Flaw> {
    let mut totals = pages.iter().filter_map(|page| page.total);
    let total = totals.next();
    if let (Some(total), Some(other)) = (total, totals.find(|other| Some(*other) != total)) {
        return Err(format!("totalResults moved from {total} to {other}"));
    }
    let mut ids = BTreeSet::new();
    let mut entries = pages.iter().flat_map(|page| &page.entries);
    if let Some(twice) = entries.find(|entry| !ids.insert(entry.id.as_str())) {
        return Err(format!("the id {:?} comes twice", crate::net::neutral(&twice.id, 80)));
    }
    match total {
        Some(total) if total != ids.len() => {
            Err(format!("totalResults says {total} and the pages hold {}", ids.len()))
        }
        _ => Ok(()),
    }
}

async fn by_cursor(
    service: &Service,
    kind: &'static str,
    budget: Budget,
) -> Result<Vec<Entry>, ConnectorError> {
    match along_cursors(service, kind, budget).await? {
        Ok(pages) => add_up(pages).map_err(|flaw| unreadable(kind, &flaw)),
        // RFC 9865: a cursor may be withdrawn, and the client then starts over.
        Err(_) => match along_cursors(service, kind, budget).await? {
            Ok(pages) => add_up(pages).map_err(|flaw| unreadable(kind, &flaw)),
            Err(answer) => Err(refusal(&answer)),
        },
    }
}

/// Follows the cursors to their end; the inner error is the answer that withdrew one.
async fn along_cursors(
    service: &Service,
    kind: &'static str,
    mut budget: Budget,
) -> Result<Result<Vec<Page>, Answer>, ConnectorError> {
    let count = service.page_size().await?.to_string();
    let mut pages: Vec<Page> = Vec::new();
    let mut cursors = BTreeSet::new();
    let mut cursor = String::new();
    while pages.len() < MAX_PAGES {
        let request = Request::new(Method::GET, &[kind])
            .query("cursor", cursor.as_str())
            .query("count", count.as_str());
        let answer = service.send(&request).await?;
        if !answer.is_success() {
            let withdrawn = Reason::of(&answer).is_one_of(&["invalidCursor", "expiredCursor"]);
            return if withdrawn && !pages.is_empty() { Ok(Err(answer)) } else { Err(refusal(&answer)) };
        }
        let page = paid(&mut budget, kind, &answer)?;
        let next = page.next.clone();
        pages.push(page);
        let Some(next) = next else { return Ok(Ok(pages)) };
        if next.len() > LONGEST_CURSOR {
            return Err(unreadable(kind, &format!("a cursor is longer than {LONGEST_CURSOR} bytes")));
        }
        if !cursors.insert(next.clone()) {
            return Err(unreadable(kind, "the server gave one cursor twice"));
        }
        cursor = next;
    }
    Err(unreadable(kind, "the cursors do not end"))
}

fn unreadable(kind: &str, flaw: &str) -> ConnectorError {
    ConnectorError::ContractBroken {
        message: format!(
            "The pages of /{kind} do not add up: {flaw}. Nothing is concluded from them. If the server ignores paging, \
             a `scim: {{ page_size: … }}` above the number of its users may read it whole; one that pages by cursor \
             needs `scim: {{ paging: cursor }}`."
        ),
    }
}

#[cfg(test)]
mod tests;
