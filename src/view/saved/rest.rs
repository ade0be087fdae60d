//! What is left of a saved plan whose apply broke off.

use super::{SavedPlan, effect, line};
use crate::domain::{ChangeId, Plan, VendorName};
use crate::view::{json, neutral, overview};
use crate::workspace::Sources;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The saved plan's changes that a plan made now does not list any more, in order: an apply that broke off has
/// carried them out. Numbers (`id`, `after`) and lines (`because`) may differ; so may the ids of an account and of a
/// resource that another change of the saved plan was to create, and that the vendor has named since.
///
/// # Errors
/// When the plan made now holds anything that the saved one does not, or that it showed as held back or waiting: those
/// changes, one a line.
pub fn rest(saved: &SavedPlan, plan: &Plan, sources: &Sources) -> Result<Vec<ChangeId>, String> {
    let held_now = overview::held(plan);
    let mut open = Open::new(saved);
    let mut strange = String::new();
    for change in &json::changes_json(plan, sources) {
        let found = open.take(change);
        let held = found.and_then(|before| saved.held.get(text(before, "id")));
        let released = held.filter(|_| !held_now.contains_key(text(change, "id")));
        if found.is_some() && released.is_none() {
            continue;
        }
        strange.push_str(&line(&effect(change)));
        if let Some(guard) = released {
            strange.push_str(&format!(", was held by {}", neutral::terminal(guard)));
        }
        strange.push('\n');
    }
    if strange.is_empty() { Ok(open.left()) } else { Err(strange) }
}

/// What a change is about, which is the same in either plan: action, vendor, user or else account, resource.
type Place<'v> = [&'v str; 4];

fn place(change: &Value) -> Place<'_> {
    let who = if is_null(change, "user") { "account" } else { "user" };
    ["action", "vendor", who, "resource"].map(|key| text(change, key))
}

/// The saved changes that no change of now has been found for.
struct Open<'s> {
    saved: &'s SavedPlan,
    places: BTreeMap<Place<'s>, BTreeSet<usize>>,
    /// Who is invited, by vendor and user, and to which resources.
    invited: BTreeMap<[&'s str; 2], BTreeSet<&'s str>>,
    /// Resources that are created, by vendor.
    created: BTreeSet<[&'s str; 2]>,
}

impl<'s> Open<'s> {
    fn new(saved: &'s SavedPlan) -> Self {
        let (places, invited, created) = Default::default();
        let mut open = Self { saved, places, invited, created };
        for (index, change) in saved.changes.iter().enumerate() {
            let [action, vendor, user, resource] = place(change);
            open.places.entry([action, vendor, user, resource]).or_default().insert(index);
            match action {
                "invite" => drop(open.invited.entry([vendor, user]).or_default().insert(resource)),
                "create-resource" => drop(open.created.insert([vendor, resource])),
                _ => {}
            }
        }
        open
    }

    /// Finds the saved change that this one is, once.
    fn take(&mut self, change: &Value) -> Option<&'s Value> {
        let all = &self.saved.changes;
        let candidates = self.places.get(&place(change))?;
        let index = candidates
            .iter()
            .copied()
            .find(|index| all.get(*index).is_some_and(|before| self.fits(before, change)))?;
        let before = all.get(index)?;
        self.places.get_mut(&place(before))?.remove(&index);
        Some(before)
    }

    fn fits(&self, before: &Value, now: &Value) -> bool {
        let mut apart = vec!["id", "after"];
        if is_null(before, "account_id") && self.makes_account(before) {
            apart.extend(["account_id", "account"]);
        }
        // One that waits only now is not carried out, which is less than was shown.
        if !is_null(now, "waits") {
            apart.push("waits");
        }
        let unnamed = before.get("target").is_some_and(|target| is_null(target, "id"));
        let [_, vendor, _, resource] = place(before);
        let target = unnamed && self.created.contains(&[vendor, resource]);
        without(before, &apart, target) == without(now, &apart, target)
    }

    /// Whether another change of the saved plan gives the user of this one an account.
    fn makes_account(&self, change: &Value) -> bool {
        let [action, vendor, user, resource] = place(change);
        let to = self.invited.get(&[vendor, user]);
        to.is_some_and(|to| action != "invite" || to.iter().any(|other| *other != resource))
    }

    fn left(self) -> Vec<ChangeId> {
        let left: BTreeSet<usize> = self.places.into_values().flatten().collect();
        let changes = left.into_iter().filter_map(|index| self.saved.changes.get(index));
        changes.filter_map(|change| id(text(change, "id"))).collect()
    }
}

/// The change without these fields, and without the id of its target.
fn without(change: &Value, apart: &[&str], target: bool) -> Value {
    let mut left = effect(change);
    if let Value::Object(fields) = &mut left {
        fields.retain(|key, _| !apart.contains(&key.as_str()));
        if let Some(Value::Object(fields)) = fields.get_mut("target").filter(|_| target) {
            fields.remove("id");
        }
    }
    left
}

fn is_null(value: &Value, key: &str) -> bool {
    value.get(key).is_none_or(Value::is_null)
}

fn text<'v>(change: &'v Value, key: &str) -> &'v str {
    change.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn id(text: &str) -> Option<ChangeId> {
    let (vendor, number) = text.rsplit_once('-')?;
    Some(ChangeId::new(&VendorName::parse(vendor).ok()?, number.parse().ok()?))
}
