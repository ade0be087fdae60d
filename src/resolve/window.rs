//! Days on which access holds.

use crate::workspace::{Dated, Located};
use jiff::civil::Date;

/// From a first to a last day, both included; open where nothing is said.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Window {
    from: Option<Date>,
    pub(super) until: Option<Located<Date>>,
}

/// Where a day stands to a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before the first day.
    Ahead,
    /// In it.
    InForce,
    /// After the last day.
    Past,
    /// The window holds no day at all.
    Never,
}

impl Window {
    pub(super) fn of(dated: &Dated) -> Self {
        Self { from: dated.from, until: dated.until }
    }

    /// The days of both. Where both end on one day, the line of `wider` is told: it ends the most access.
    pub(super) fn and(self, wider: Self) -> Self {
        let until = match (self.until, wider.until) {
            (Some(own), Some(other)) if own.value < other.value => Some(own),
            (own, other) => other.or(own),
        };
        Self { from: self.from.max(wider.from), until }
    }

    pub(super) fn phase(self, today: Date) -> Phase {
        let last = self.until.map_or(Date::MAX, |until| until.value);
        let first = self.from.unwrap_or(Date::MIN);
        if first > last {
            Phase::Never
        } else if today < first {
            Phase::Ahead
        } else if today > last {
            Phase::Past
        } else {
            Phase::InForce
        }
    }
}
