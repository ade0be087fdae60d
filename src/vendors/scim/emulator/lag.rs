//! Reads that run behind writes, by count and not by time, so that a test needs no clock.

use super::render::View;
use super::tenant::{Shelf, Tenant};
use std::collections::VecDeque;

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

/// What readers still see of the past.
#[derive(Debug, Default)]
pub(crate) struct Lag {
    shown: Option<Moment>,
    /// States to come, each with the reads until it shows.
    coming: VecDeque<(u32, Moment)>,
}

impl Lag {
    /// A write turned `before` into `after`, which shows only once `reads` more reads are answered.
    pub(crate) fn wrote(&mut self, before: &Tenant, after: &Tenant, reads: u32) {
        if reads == 0 {
            return;
        }
        self.shown.get_or_insert_with(|| Moment::of(before));
        self.coming.push_back((reads, Moment::of(after)));
    }

    /// A read was answered.
    pub(crate) fn read(&mut self) {
        for (reads, _) in &mut self.coming {
            *reads -= 1;
        }
        while let Some((0, _)) = self.coming.front() {
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
