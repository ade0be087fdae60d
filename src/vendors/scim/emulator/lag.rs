//! Reads that run behind writes: by count, so that a test needs no clock, or by time, where a harness has one.

use super::render::View;
use super::tenant::{Shelf, Tenant};
use std::collections::VecDeque;
use std::time::Duration;

#[derive(Debug, Clone)]
struct Moment {
    users: Shelf,
    groups: Shelf,
}

impl Moment {
    fn of(tenant: &Tenant) -> Self {
        Self { users: tenant.users.clone(), groups: tenant.groups.clone() }
    }
}

/// When a state shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    /// Once so many reads are answered.
    Reads(u32),
    /// At this reading of the clock.
    At(Duration),
}

/// What readers still see of the past.
#[derive(Debug, Default)]
pub(crate) struct Lag {
    shown: Option<Moment>,
    /// States to come, in their order.
    coming: VecDeque<(Due, Moment)>,
    /// How long a write takes to show.
    delay: Duration,
    /// What the clock read at the latest request.
    now: Duration,
}

impl Lag {
    /// From now on a write shows only after this time.
    pub(crate) fn delay(&mut self, delay: Duration) {
        self.delay = delay;
    }

    /// Whether a write would not show at once.
    pub(crate) fn is_behind(&self, reads: u32) -> bool {
        reads > 0 || !self.delay.is_zero() || !self.coming.is_empty()
    }

    /// A write turned `before` into `after`, which shows only once `reads` more reads are answered, or once the
    /// delay is over.
    pub(crate) fn wrote(&mut self, before: &Tenant, after: &Tenant, reads: u32) {
        if !self.is_behind(reads) {
            return;
        }
        let due = if reads > 0 { Due::Reads(reads) } else { Due::At(self.now + self.delay) };
        self.shown.get_or_insert_with(|| Moment::of(before));
        self.coming.push_back((due, Moment::of(after)));
    }

    /// A read was answered.
    pub(crate) fn read(&mut self) {
        for (due, _) in &mut self.coming {
            if let Due::Reads(reads) = due {
                *reads -= 1;
            }
        }
        self.catch_up();
    }

    /// Time has passed.
    pub(crate) fn pass(&mut self, now: Duration) {
        self.now = now;
        self.catch_up();
    }

    fn catch_up(&mut self) {
        let is_due = |due: Due| match due {
            Due::Reads(reads) => reads == 0,
            Due::At(at) => at <= self.now,
        };
        while self.coming.front().is_some_and(|(due, _)| is_due(*due)) {
            self.shown = self.coming.pop_front().map(|(_, moment)| moment);
        }
        if self.coming.is_empty() {
            self.shown = None;
        }
    }

    pub(crate) fn view<'a>(&'a self, tenant: &'a Tenant) -> View<'a> {
        match &self.shown {
            Some(moment) => View { users: &moment.users, groups: &moment.groups },
            None => View { users: &tenant.users, groups: &tenant.groups },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn users(lag: &Lag, tenant: &Tenant) -> usize {
        lag.view(tenant).users.iter().count()
    }

    #[test]
    fn a_write_shows_when_its_delay_is_over() {
        let before = Tenant::default();
        let after = Tenant::small("acme", Timestamp::UNIX_EPOCH);
        let mut lag = Lag::default();
        lag.delay(Duration::from_secs(5));
        lag.pass(Duration::from_secs(10));
        lag.wrote(&before, &after, 0);
        lag.pass(Duration::from_secs(14));
        assert_eq!(users(&lag, &after), 0);
        lag.pass(Duration::from_secs(15));
        assert_eq!(users(&lag, &after), 1);
    }
}
