//! Reads a whole collection, or says that it could not be read whole. A server that repeats, drops or moves
//! resources between pages gives no reading: taking such an answer for the truth would revoke access.

use super::LIMITS;
use super::refusal::{Reason, refusal};
use super::service::{Paging, Service};
use super::wire::{Entry, Page, page};
use crate::connector::ConnectorError;
use crate::net::{Answer, Budget, LONGEST_CURSOR, MAX_PAGES, Request};
use reqwest::Method;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::task::JoinSet;

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
    let answer = service.send(&indexed(kind, 1, count)).await?;
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
    let pages = by_index(service, kind, count, first, left).await?;
    if let Ok(entries) = add_up(pages) {
        return Ok(entries);
    }
    // Someone may have changed the collection meanwhile, or the server fills its pages unevenly: once more, page
    // after page.
    let pages = one_by_one(service, kind, count, budget).await?;
    add_up(pages).map_err(|flaw| unreadable(kind, &flaw))
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

fn indexed(kind: &str, start: usize, count: usize) -> Request {
    Request::new(Method::GET, &[kind])
        .query("startIndex", start.to_string())
        .query("count", count.to_string())
}

async fn by_index(
    service: &Arc<Service>,
    kind: &'static str,
    count: usize,
    first: Page,
    budget: Budget,
) -> Result<Vec<Page>, ConnectorError> {
    let Some(total) = first.total else {
        return Err(unreadable(kind, "the server does not say how many there are (totalResults)"));
    };
    // Also the answer of a server that ignores paging and sends everything.
    if first.entries.len() >= total {
        if is_full(service, &first, count).await? {
            nothing_follows(service, kind, count, &first, budget).await?;
        }
        return Ok(vec![first]);
    }
    let step = first.entries.len();
    if step == 0 || total / step > MAX_PAGES {
        return Err(unreadable(kind, &format!("the first page holds {step} of {total}")));
    }
    if step > 1 {
        let starts: Vec<usize> = (1..total).step_by(step - 1).skip(1).collect();
        // What comes twice is paid for once.
        let room = Budget { entries: budget.entries.saturating_add(starts.len()), ..budget };
        let mut pages = vec![first];
        match side_by_side(service, kind, starts, step, room).await {
            // A server may not start just anywhere.
            Err(ConnectorError::Refused { .. }) => pages.clear(),
            more => pages.extend(more?),
        }
        if let Some(pages) = joined(pages) {
            return Ok(pages);
        }
    }
    // From the beginning: what is there already may be of another state of the collection.
    side_by_side(service, kind, (1..=total).step_by(step).collect(), step, budget).await
}

/// The pages, each without the record that it repeats of the one before; none where one begins with another record. Then
/// somebody went and somebody else came between two requests, which no total shows and which would hide a third; or the
/// server does not start where it is asked to.
fn joined(mut pages: Vec<Page>) -> Option<Vec<Page>> {
    let ends_as = |before: &Page, after: &Page| match (before.entries.last(), after.entries.first()) {
        (Some(last), Some(next)) => last.id == next.id,
        _ => false,
    };
    if pages.is_empty() || !pages.windows(2).all(|two| ends_as(&two[0], &two[1])) {
        return None;
    }
    for page in pages.iter_mut().skip(1) {
        page.entries.remove(0);
    }
    Some(pages)
}

/// Whether a page holds so many that it may have been cut there: what was asked for, or what the server sends at
/// most.
async fn is_full(service: &Service, page: &Page, count: usize) -> Result<bool, ConnectorError> {
    let length = page.entries.len();
    Ok(length > 0 && (length >= count || service.provider().await?.max_results == Some(length)))
}

/// Asks for what comes after a full page that claims to be all. Some servers count in `totalResults` what they send,
/// and not what there is; whoever believes them takes everyone after the first page for gone.
async fn nothing_follows(
    service: &Service,
    kind: &'static str,
    count: usize,
    first: &Page,
    mut budget: Budget,
) -> Result<(), ConnectorError> {
    let answer = service.send(&indexed(kind, first.entries.len() + 1, count)).await?;
    if !answer.is_success() {
        // Some servers refuse a start past the end. Any other trouble says nothing about what is there.
        let refused = matches!(answer.status, 400..=499) && !matches!(answer.status, 401 | 403 | 408 | 429);
        return if refused { Ok(()) } else { Err(refusal(&answer)) };
    }
    let seen: BTreeSet<&str> = first.entries.iter().map(|entry| entry.id.as_str()).collect();
    let after = paid(&mut budget, kind, &answer)?;
    if after.entries.iter().all(|entry| seen.contains(entry.id.as_str())) {
        return Ok(());
    }
    let length = first.entries.len();
    Err(unreadable(kind, &format!("totalResults says {length}, which is only how many the first page holds")))
}

/// The pages that start at these places, in their order. Twice as many as may be asked for at a time are under way:
/// while some are taken apart, the connection's pace lets the next ones be asked for.
async fn side_by_side(
    service: &Arc<Service>,
    kind: &'static str,
    starts: Vec<usize>,
    count: usize,
    mut budget: Budget,
) -> Result<Vec<Page>, ConnectorError> {
    let mut waiting = starts.into_iter();
    let mut running: JoinSet<Result<_, ConnectorError>> = JoinSet::new();
    let mut pages = BTreeMap::new();
    loop {
        while running.len() < 2 * LIMITS.side_by_side
            && let Some(start) = waiting.next()
        {
            let service = Arc::clone(service);
            running.spawn(async move {
                let answer = service.ask(&indexed(kind, start, count)).await?;
                Ok((start, answer.body.len(), page(&answer)?))
            });
        }
        match running.join_next().await {
            None => return Ok(pages.into_values().collect()),
            Some(Err(_)) => return Err(unreadable(kind, "a page's reading was cut short")),
            Some(Ok(read)) => {
                let (start, bytes, page) = read?;
                pay(&mut budget, kind, bytes, page.entries.len())?;
                pages.insert(start, page);
            }
        }
    }
}

async fn one_by_one(
    service: &Service,
    kind: &'static str,
    count: usize,
    mut budget: Budget,
) -> Result<Vec<Page>, ConnectorError> {
    let mut pages = Vec::new();
    let mut start = 1;
    while pages.len() < MAX_PAGES {
        let page = paid(&mut budget, kind, &service.ask(&indexed(kind, start, count)).await?)?;
        let (length, total) = (page.entries.len(), page.total.unwrap_or(0));
        pages.push(page);
        start += length;
        if length == 0 || start > total {
            break;
        }
    }
    Ok(pages)
}

/// The entries of the pages, where these are one whole: one total, no id twice, as many as the total says.
fn add_up(pages: Vec<Page>) -> Result<Vec<Entry>, Flaw> {
    let mut totals = pages.iter().filter_map(|page| page.total);
    let total = totals.next();
    if let (Some(total), Some(other)) = (total, totals.find(|other| Some(*other) != total)) {
        return Err(format!("totalResults moved from {total} to {other}"));
    }
    let entries: Vec<Entry> = pages.into_iter().flat_map(|page| page.entries).collect();
    let mut ids = BTreeSet::new();
    if let Some(twice) = entries.iter().find(|entry| !ids.insert(entry.id.as_str())) {
        return Err(format!("the id {:?} comes twice", crate::net::neutral(&twice.id, 80)));
    }
    match total {
        Some(total) if total != entries.len() => {
            Err(format!("totalResults says {total} and the pages hold {}", entries.len()))
        }
        _ => Ok(entries),
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
