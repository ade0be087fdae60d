//! A plan as text for people.

mod changes;
mod notes;

use super::page::{Look, Page};
use super::quote::Quotes;
use super::{narrowed, overview};
use crate::domain::{Narrowed, Plan};
use crate::workspace::Sources;
use notes::obligations;

/// The plan for a terminal, a file or a log: by vendor and in the plan's order, then what a reader must know
/// besides, then one line that sums it up. The changes are marked that `--only` leaves.
#[must_use]
pub fn plan_text(plan: &Plan, sources: &Sources, look: &Look, only: Option<&Narrowed>) -> String {
    let quotes = Quotes::new(sources);
    let mut page = Page::new(look);
    changes::write(&mut page, plan, &quotes, only);
    notes::unreadable(&mut page, plan);
    notes::findings(&mut page, plan, &quotes);
    notes::departures(&mut page, plan);
    obligations(&mut page, plan);
    notes::guards(&mut page, plan);
    page.gap();
    page.paragraph(0, look.palette.strong, &overview::summary(plan));
    if let Some(sentence) = only.and_then(|only| narrowed::sentence(only, plan)) {
        page.paragraph(0, look.palette.strong, &sentence);
    }
    page.finish()
}
