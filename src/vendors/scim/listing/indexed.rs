//! Pages by their numbers: all that follow the first one.

use super::{Flaw, add_up, is_whole, paid, pay, unreadable};
use crate::connector::ConnectorError;
use crate::net::{Budget, MAX_PAGES, Request, neutral};
use crate::vendors::scim::LIMITS;
use crate::vendors::scim::refusal::refusal;
use crate::vendors::scim::service::Service;
use crate::vendors::scim::wire::{Entry, Page, page};
use reqwest::Method;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::task::JoinSet;

/// How many of those who are on no page any more are asked for one by one. Where more than these are missing, the pages
/// are not to be believed anyway.
const ASKED_FOR: usize = 20;

pub(super) fn page_from(kind: &str, start: usize, count: usize) -> Request {
    Request::new(Method::GET, &[kind])
        .query("startIndex", start.to_string())
        .query("count", count.to_string())
}

/// Every resource, with the first page at hand. Of the budgets, one is what that page has left, and the other the whole
/// one, which each reading from the beginning has: no entry of an earlier reading is kept then.
pub(super) async fn rest(
    service: &Arc<Service>,
    kind: &'static str,
    (count, first): (usize, Page),
    (left, whole): (Budget, Budget),
) -> Result<Vec<Entry>, ConnectorError> {
    let Some(total) = first.total else {
        return Err(unreadable(kind, "the server does not say how many there are (totalResults)"));
    };
    let step = first.entries.len();
    // Also the answer of a server that ignores paging and sends everything.
    if step >= total {
        if is_full(service, &first, count).await? {
            nothing_follows(service, kind, count, &first, left).await?;
        }
        if let Ok(entries) = add_up(vec![first]) {
            return Ok(entries);
        }
        return again(service, kind, count, whole, BTreeSet::new()).await;
    }
    // The pages overlap by one record.
    if step == 0 || total / (step - 1).max(1) > MAX_PAGES {
        return Err(unreadable(kind, &format!("the first page holds {step} of {total}")));
    }
    let mut seen = BTreeSet::new();
    if step > 1 {
        let (pages, is_joined) = overlapped(service, kind, (first, total), left).await?;
        let pages = if is_joined { without_repeated(pages) } else { pages };
        if is_joined && is_whole(&pages).is_ok() {
            return add_up(pages).map_err(|flaw| unreadable(kind, &flaw));
        }
        note(&mut seen, &pages);
        if is_joined {
            return again(service, kind, count, whole, seen).await;
        }
    }
    // From the beginning: what is there already may be of another state of the collection.
    let starts = (1..=total).step_by(step).collect();
    let pages = side_by_side(service, kind, starts, step, &mut { whole }).await?;
    if is_whole(&pages).is_ok() && nobody_missing(service, kind, &seen, &pages).await.is_ok() {
        return add_up(pages).map_err(|flaw| unreadable(kind, &flaw));
    }
    note(&mut seen, &pages);
    drop(pages);
    again(service, kind, count, whole, seen).await
}

/// Once more, page after page: someone may have changed the collection meanwhile, or the server fills its pages unevenly.
/// Whoever was seen before and is on no page now must be gone, or nothing is concluded; the next reading begins anew, so
/// that this lasts no longer than the pages move.
async fn again(
    service: &Service,
    kind: &'static str,
    count: usize,
    budget: Budget,
    seen: BTreeSet<String>,
) -> Result<Vec<Entry>, ConnectorError> {
    let pages = one_by_one(service, kind, count, budget).await?;
    is_whole(&pages).map_err(|flaw| unreadable(kind, &flaw))?;
    nobody_missing(service, kind, &seen, &pages).await.map_err(|flaw| unreadable(kind, &flaw))?;
    add_up(pages).map_err(|flaw| unreadable(kind, &flaw))
}

fn note(seen: &mut BTreeSet<String>, pages: &[Page]) {
    seen.extend(pages.iter().flat_map(|page| &page.entries).map(|entry| entry.id.clone()));
}

/// Whether each of those who were seen before is on the pages or, as the server says when asked for them alone, no longer
/// there. Somebody who goes while pages are read can push another from one that is still to be read to one that was.
async fn nobody_missing(
    service: &Service,
    kind: &str,
    seen: &BTreeSet<String>,
    pages: &[Page],
) -> Result<(), Flaw> {
    let ids: BTreeSet<&str> =
        pages.iter().flat_map(|page| &page.entries).map(|entry| entry.id.as_str()).collect();
    let missing: Vec<&String> = seen.iter().filter(|id| !ids.contains(id.as_str())).collect();
    if missing.len() > ASKED_FOR {
        return Err(format!("{} that were on a page before are on none now", missing.len()));
    }
    for id in missing {
        if !matches!(service.fetch(kind, id, None).await, Ok(None)) {
            return Err(format!("the id {:?} was on a page before and is on none now", neutral(id, 80)));
        }
    }
    Ok(())
}

/// The pages that each begin with the record that the one before ended with, and whether they do. As many as go side by
/// side show whether the server starts where it is asked to, before the others are paid for: one that refuses, or counts
/// its starts in whole pages, is read otherwise.
async fn overlapped(
    service: &Arc<Service>,
    kind: &'static str,
    (first, total): (Page, usize),
    budget: Budget,
) -> Result<(Vec<Page>, bool), ConnectorError> {
    let step = first.entries.len();
    let mut starts = (1..total).step_by(step - 1).skip(1);
    let wave: Vec<usize> = starts.by_ref().take(LIMITS.side_by_side).collect();
    let others: Vec<usize> = starts.collect();
    // Who comes twice counts once.
    let repeated = wave.len() + others.len();
    let mut room = Budget { entries: budget.entries.saturating_add(repeated), ..budget };
    let mut pages = vec![first];
    // Whatever the trouble is, it comes again where it has nothing to do with the start.
    let Ok(more) = side_by_side(service, kind, wave, step, &mut room).await else {
        return Ok((pages, false));
    };
    pages.extend(more);
    if !are_joined(&pages) {
        return Ok((pages, false));
    }
    pages.extend(side_by_side(service, kind, others, step, &mut room).await?);
    let is_joined = are_joined(&pages);
    Ok((pages, is_joined))
}

/// Whether each page begins with the record that the one before ended with. Where one begins with another, somebody went
/// and somebody else came between two requests, which no total shows and which would hide a third; or the server does
/// not start where it is asked to.
fn are_joined(pages: &[Page]) -> bool {
    pages.windows(2).all(|two| match (two[0].entries.last(), two[1].entries.first()) {
        (Some(last), Some(next)) => last.id == next.id,
        _ => false,
    })
}

fn without_repeated(mut pages: Vec<Page>) -> Vec<Page> {
    for page in pages.iter_mut().skip(1) {
        page.entries.remove(0);
    }
    pages
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
    let answer = service.send(&page_from(kind, first.entries.len() + 1, count)).await?;
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
    budget: &mut Budget,
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
                let answer = service.ask(&page_from(kind, start, count)).await?;
                Ok((start, answer.body.len(), page(&answer)?))
            });
        }
        match running.join_next().await {
            None => return Ok(pages.into_values().collect()),
            Some(Err(_)) => return Err(unreadable(kind, "a page's reading was cut short")),
            Some(Ok(read)) => {
                let (start, bytes, page) = read?;
                pay(budget, kind, bytes, page.entries.len())?;
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
        let page = paid(&mut budget, kind, &service.ask(&page_from(kind, start, count)).await?)?;
        let (length, total) = (page.entries.len(), page.total.unwrap_or(0));
        pages.push(page);
        start += length;
        if length == 0 || start > total {
            break;
        }
    }
    Ok(pages)
}
