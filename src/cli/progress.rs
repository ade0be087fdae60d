//! Shows on a terminal what long work is about; silent anywhere else.

use super::output::Output;
use crate::domain::{ChangeId, OutcomeStatus, VendorName};
use crate::observe::{Event, Progress, Quiet};
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Watches, where somebody looks.
pub(crate) fn watch(output: &Output) -> Arc<dyn Progress> {
    if output.progress { Arc::new(Bars::new(ProgressDrawTarget::stderr())) } else { Arc::new(Quiet) }
}

/// One line a vendor.
struct Bars {
    all: MultiProgress,
    lines: Mutex<BTreeMap<VendorName, ProgressBar>>,
    /// Changes that were told of. A change is told of each time its outcome changes, and counts once.
    told: Mutex<BTreeSet<ChangeId>>,
}

impl Bars {
    fn new(target: ProgressDrawTarget) -> Self {
        Self { all: MultiProgress::with_draw_target(target), lines: Mutex::default(), told: Mutex::default() }
    }

    fn is_first(&self, change: &ChangeId) -> bool {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(change.clone())
    }

    fn line(&self, vendor: &VendorName) -> ProgressBar {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let style = ProgressStyle::with_template("{spinner} {prefix}: {msg}");
            let line = self.all.add(ProgressBar::new_spinner());
            line.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            line.set_prefix(vendor.to_string());
            line.enable_steady_tick(Duration::from_millis(120));
            line
        };
        lines.entry(vendor.clone()).or_insert_with(new).clone()
    }
}

impl Progress for Bars {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Reading(vendor) => self.line(vendor).set_message("reading"),
            Event::Read(vendor, accounts) => {
                self.line(vendor).set_message(format!("{accounts} accounts read"));
            }
            Event::Unreadable(vendor) => self.line(vendor).set_message("unreadable"),
            Event::Applying(vendor, changes) => {
                let line = self.line(vendor);
                line.set_length(u64::try_from(*changes).unwrap_or(u64::MAX));
                line.set_position(0);
                let noun = if *changes == 1 { "change" } else { "changes" };
                line.set_message(format!("applying {changes} {noun}"));
            }
            Event::Sent(vendor, outcome) => {
                let line = self.line(vendor);
                if self.is_first(&outcome.change) {
                    line.inc(1);
                }
                let (done, all) = (line.position(), line.length().unwrap_or_default());
                line.set_message(format!("{done} of {all}: {} {}", outcome.change, word(outcome.status)));
            }
            Event::Settling(vendor, left) => {
                self.line(vendor).set_message(format!("waiting for {left} changes to show"));
            }
            Event::Applied(vendor) => self.line(vendor).finish_and_clear(),
        }
    }

    fn clear(&self) {
        for line in
            std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner)).into_values()
        {
            line.finish_and_clear();
        }
        // A line that cannot be wiped stays on the screen and harms nothing.
        let _ = self.all.clear();
    }
}

/// What is said of a change while the apply goes on: one that no reading has shown yet may still be shown.
fn word(status: OutcomeStatus) -> &'static str {
    match status {
        OutcomeStatus::Unverified => "sent",
        status => status.word(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Outcome;

    #[test]
    fn a_change_counts_once_however_often_it_is_told_of() {
        let bars = Bars::new(ProgressDrawTarget::hidden());
        let vendor = VendorName::parse("crm").unwrap();
        let tell = |number, status| {
            let outcome = Outcome {
                change: ChangeId::new(&vendor, number),
                status,
                detail: String::new(),
                credential: None,
            };
            bars.event(&Event::Sent(&vendor, &outcome));
        };
        bars.event(&Event::Applying(&vendor, 2));
        tell(1, OutcomeStatus::Unverified);
        assert_eq!(bars.line(&vendor).message(), "1 of 2: crm-0001 sent");
        tell(1, OutcomeStatus::Done);
        assert_eq!(bars.line(&vendor).message(), "1 of 2: crm-0001 done");
        tell(2, OutcomeStatus::Failed);
        assert_eq!(bars.line(&vendor).message(), "2 of 2: crm-0002 failed");
    }
}
