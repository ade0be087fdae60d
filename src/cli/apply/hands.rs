//! What it takes to change each vendor of a plan: its writers, and the reader that proves what they did.

use super::super::browser::{self, Desk};
use super::super::emulators::Emulators;
use super::super::only::Only;
use super::super::{Output, stages};
use super::duty;
use crate::apply::browser::{BrowserWriter, Turns};
use crate::apply::{Hands, Stop};
use crate::connector::Writer;
use crate::domain::VendorName;
use crate::net::Clock;
use crate::observe::{Progress, scope_of};
use crate::workspace::Vendor;
use stages::Planned;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What every vendor's hands are made from.
pub(super) struct Bench<'a> {
    pub(super) planned: &'a Planned,
    pub(super) opened: &'a stages::Opened,
    pub(super) vendors: &'a [&'a Vendor],
    pub(super) emulators: &'a Emulators,
    pub(super) clock: &'a Arc<dyn Clock>,
    pub(super) progress: &'a Arc<dyn Progress>,
    pub(super) stop: &'a Stop,
    pub(super) only: Option<Only>,
    pub(super) output: Output,
}

/// Each vendor's hands, and the windows that were opened for them. Whoever has these closes them at the end.
pub(super) async fn hands(bench: &Bench<'_>) -> (BTreeMap<VendorName, Hands>, Vec<Arc<BrowserWriter>>) {
    let mut hands: BTreeMap<VendorName, Hands> = BTreeMap::new();
    let mut windows: Vec<Arc<BrowserWriter>> = Vec::new();
    let turns = Turns::default();
    for &vendor in bench.vendors {
        let Some(connected) = bench.planned.connected.get(&vendor.name) else { continue };
        let Ok(reader) = connected.reader.clone() else { continue };
        let window = window(bench, vendor, connected, &turns).await;
        windows.extend(window.clone());
        let hand = Hands {
            writer: duty::writer(vendor, connected, bench.emulators, bench.only),
            browser: window.map(|window| window as Arc<dyn Writer>),
            reader,
            scope: scope_of(&connected.settings),
            settle: connected.spec.settle,
            batch: connected.spec.limits.batch,
            width: connected.spec.limits.side_by_side,
        };
        hands.insert(vendor.name.clone(), hand);
    }
    (hands, windows)
}

/// Without a browser a vendor's changes through pages wait, as they do where nobody is at a terminal; the others do
/// not wait for them.
async fn window(
    bench: &Bench<'_>,
    vendor: &Vendor,
    connected: &stages::Connected,
    turns: &Turns,
) -> Option<Arc<BrowserWriter>> {
    let Bench { planned, opened, emulators, clock, progress, stop, output, .. } = *bench;
    let desk = Desk { opened, vendor, connected, emulators, clock, progress, stop, turns, output };
    browser::writer(planned, desk).await.unwrap_or_else(|error| {
        output.error(&error.context(format!("the changes at {} through its pages wait", vendor.name)));
        None
    })
}
