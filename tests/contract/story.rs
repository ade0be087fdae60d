//! Two workspaces that follow each other, written from what a connector declares: between them somebody joins,
//! leaves, moves, rises, is renamed and goes on leave.

use crate::support::lab::VENDOR;
use grantline::connector::{KindSpec, Spec};
use std::fmt::Write;

/// A resource of the story.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) name: String,
    kind: &'static str,
    entry: String,
    /// Levels, lowest first.
    levels: Vec<String>,
    /// Whether a program can give access to it and see it.
    pub(crate) by_api: bool,
}

impl Place {
    pub(crate) fn lowest(&self) -> &str {
        &self.levels[0]
    }

    /// The same under a display name that no other place has a part of.
    pub(crate) fn outside(&self) -> Self {
        Self { entry: self.entry.replace("The ", "The outside "), ..self.clone() }
    }

    /// The same, declared by that id.
    pub(crate) fn with_id(&self, id: &str) -> Self {
        Self { entry: format!("{{ id: {id}, kind: {} }}", self.kind), ..self.clone() }
    }

    fn highest(&self) -> &str {
        &self.levels[self.levels.len() - 1]
    }
}

/// Two resources of each kind that can be created by name, and one of each that only a person can see. A kind
/// that must exist beforehand and can be read is the business of its connector's own tests.
pub(crate) fn places(spec: &Spec) -> Vec<Place> {
    let kinds = spec.kinds.iter().filter(|kind| kind.name != "org");
    kinds.flat_map(|kind| ["one", "two"].into_iter().filter_map(|which| place(kind, which))).collect()
}

fn place(kind: &KindSpec, which: &str) -> Option<Place> {
    let name = format!("{}-{which}", kind.name);
    let made = kind.by_name && kind.creatable && kind.readable;
    let entry = if made {
        format!("{{ name: \"The {name}\", kind: {} }}", kind.name)
    } else if !kind.readable && which == "one" {
        format!("{{ id: \"4711\", kind: {} }}", kind.name)
    } else {
        return None;
    };
    let levels = kind.levels.iter().map(|level| level.name.to_string()).collect();
    Some(Place { name, kind: kind.name, entry, levels, by_api: made })
}

/// How a vendor is configured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) manage: &'static str,
    pub(crate) offboarding: &'static str,
}

impl Default for Manner {
    fn default() -> Self {
        Self { manage: "authoritative", offboarding: "delete" }
    }
}

/// A workspace with these resources and this text under `users:`.
pub(crate) fn workspace(spec: &Spec, manner: Manner, places: &[Place], users: &str) -> String {
    let mut text = format!(
        "workspace:\n  name: acme\n  guards:\n    max_removals: {{ percent: 100, at_least: 100 }}\n\
         vendors:\n  {VENDOR}:\n    connector: {}\n    manage: {}\n    offboarding: {}\n    url: emulator\n",
        spec.connector, manner.manage, manner.offboarding
    );
    if !places.is_empty() {
        text.push_str("    resources:\n");
    }
    for place in places {
        let _ = writeln!(text, "      {}: {}", place.name, place.entry);
    }
    text + "users:\n" + users
}

/// One entry of `users`, with a grant of an account and of each of these places at a level.
pub(crate) fn user(handle: &str, name: &str, grants: &[(&Place, &str)]) -> String {
    let mut text = format!("  {handle}:\n    name: {name}\n    email: {handle}@acme.example\n    grants:\n");
    let _ = writeln!(text, "      {VENDOR}/org: member");
    for (place, level) in grants {
        let _ = writeln!(text, "      {VENDOR}/{}: {level}", place.name);
    }
    text
}

/// One entry of `users` with no access, and the line that says why.
pub(crate) fn user_without(handle: &str, why: &str) -> String {
    format!("  {handle}:\n    name: {handle}\n    email: {handle}@acme.example\n    {why}\n")
}

fn lowest(places: &[Place]) -> Vec<(&Place, &str)> {
    places.iter().map(|place| (place, place.lowest())).collect()
}

/// The story's beginning.
pub(crate) fn first(spec: &Spec, manner: Manner) -> String {
    let places = places(spec);
    let everywhere = lowest(&places);
    let here: Vec<_> = everywhere.iter().take(1).copied().collect();
    let users = [
        user("keeper", "Keeper", &everywhere),
        user("climber", "Climber", &everywhere),
        user("leaver", "Leaver", &everywhere),
        user("mover", "Mover", &here),
        user("named", "Former Name", &here),
        user("sleeper", "Sleeper", &everywhere),
    ];
    workspace(spec, manner, &places, &users.concat())
}

/// The story's end.
pub(crate) fn second(spec: &Spec, manner: Manner) -> String {
    let places = places(spec);
    let everywhere = lowest(&places);
    let highest: Vec<_> = places.iter().map(|place| (place, place.highest())).collect();
    let here: Vec<_> = everywhere.iter().take(1).copied().collect();
    let there: Vec<_> = everywhere.iter().skip(1).take(1).copied().collect();
    let users = [
        user("keeper", "Keeper", &everywhere),
        user("climber", "Climber", &highest),
        user_without("leaver", "departed: 2026-11-01"),
        user("mover", "Mover", &there),
        user("named", "New Name", &here),
        user("joiner", "Joiner", &everywhere),
        user_without("sleeper", "suspended: { since: 2026-11-01, reason: leave }"),
    ];
    workspace(spec, manner, &places, &users.concat())
}
