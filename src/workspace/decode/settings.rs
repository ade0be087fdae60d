//! The `workspace` section.

use super::Decoder;
use crate::diagnostic::Diagnostic;
use crate::workspace::model::{Guards, MaxRemovals};
use crate::workspace::shape;
use crate::workspace::suggest::{hint, quote};
use crate::workspace::tree::Node;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// The least and the most that `plan_max_age` may be.
const SHORTEST_PLAN: Duration = Duration::from_secs(60);
const LONGEST_PLAN: Duration = Duration::from_secs(52 * 7 * 24 * 60 * 60);

/// The time zones that ship with the program, so that a date ends at the same moment on every machine.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// What the `workspace` section says.
#[derive(Debug)]
pub(in crate::workspace) struct Settings {
    pub(in crate::workspace) name: Arc<str>,
    pub(in crate::workspace) timezone: TimeZone,
    pub(in crate::workspace) guards: Guards,
}

impl<'a> Decoder<'a, '_> {
    pub(super) fn settings(&mut self, key: Node<'a>, value: Node<'a>) {
        let fields = self.table(key, value, &shape::WORKSPACE);
        let name = self.arc(&fields, "name").unwrap_or_default();
        let timezone = fields.node("timezone").and_then(|node| self.timezone(node)).unwrap_or(TimeZone::UTC);
        let guards = fields.entry("guards").map(|(key, value)| self.guards(key, value)).unwrap_or_default();
        self.draft.settings.push((key.span(), Settings { name, timezone, guards }));
    }

    fn timezone(&mut self, node: Node<'a>) -> Option<TimeZone> {
        let text = node.scalar()?;
        let found = ZONES.get(text).ok();
        if found.is_none() {
            let zones: Vec<_> = ZONES.available().map(|name| name.to_string()).collect();
            let nearest = self.suggester.nearest(text, zones.iter().map(String::as_str));
            self.problems.push(
                Diagnostic::error("bad-timezone", node.span(), format!("{} is not a time zone", quote(text)))
                    .detail("Time zones have IANA names: an area and a city.")
                    .hint(hint(nearest, &[], "Write it as in `Europe/Berlin`, or `UTC`.")),
            );
        }
        found
    }

    fn guards(&mut self, key: Node<'a>, value: Node<'a>) -> Guards {
        let fields = self.table(key, value, &shape::GUARDS);
        let default = Guards::default();
        let max_removals = fields.entry("max_removals").map(|(key, value)| self.max_removals(key, value));
        let protected = self.emails(&fields, "protected");
        Guards {
            max_removals: max_removals.unwrap_or(default.max_removals),
            min_admins: fields.text("min_admins").and_then(super::text::whole).unwrap_or(default.min_admins),
            protected: protected.into_iter().map(|email| email.value).collect(),
            snapshot_max_age: fields
                .node("snapshot_max_age")
                .and_then(|node| self.duration(node))
                .unwrap_or(default.snapshot_max_age),
            plan_max_age: fields
                .node("plan_max_age")
                .and_then(|node| self.plan_max_age(node))
                .unwrap_or(default.plan_max_age),
        }
    }

    fn plan_max_age(&mut self, node: Node<'a>) -> Option<Duration> {
        let age = self.duration(node)?;
        let detail = match age {
            age if age < SHORTEST_PLAN => "No plan could be read and approved in that time.",
            age if age > LONGEST_PLAN => "A plan that old says nothing about what is live now.",
            _ => return Some(age),
        };
        let text = quote(node.scalar().unwrap_or_default());
        self.problems.push(
            Diagnostic::error("bad-duration", node.span(), format!("{text} is no age for a saved plan"))
                .detail(detail)
                .hint("Write a duration from `1m` to `52w`; leave it out for `1d`."),
        );
        None
    }

    fn max_removals(&mut self, key: Node<'a>, value: Node<'a>) -> MaxRemovals {
        let fields = self.table(key, value, &shape::MAX_REMOVALS);
        let default = Guards::default().max_removals;
        let number = |key: &str| fields.text(key).and_then(super::text::whole);
        MaxRemovals {
            percent: number("percent").unwrap_or(default.percent),
            at_least: number("at_least").unwrap_or(default.at_least),
        }
    }
}
