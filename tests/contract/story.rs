//! Two workspaces that follow each other, written from what a connector declares: between them somebody joins,
//! leaves, moves, rises, is renamed and goes on leave.

use crate::support::lab::VENDOR;
use grantline::connector::{KindSpec, Spec};
use std::fmt::Write;

/// The account that a vendor without anything else has: the credential's, or whose session opens the pages.
const STEWARD: &str = "svc-grantline@acme.example";

/// A resource of the story.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) name: String,
    kind: &'static str,
    entry: String,
    /// Levels that can be given, lowest first.
    levels: Vec<String>,
    /// The level that its first admin has.
    pub(crate) top: String,
    /// Whether a program can give access to it and see it.
    pub(crate) by_api: bool,
    /// Whether it must be there before anybody can be given access to it, so that somebody has access already.
    is_furnished: bool,
}

impl Place {
    pub(crate) fn lowest(&self) -> &str {
        &self.levels[0]
    }

    /// The same under a display name or an id that no other place has a part of.
    pub(crate) fn outside(&self) -> Self {
        let entry = self.entry.replace("The ", "The outside ").replace("id: \"", "id: \"outside-");
        Self { entry, ..self.clone() }
    }

    /// The same, declared by that id.
    pub(crate) fn with_id(&self, id: &str) -> Self {
        Self { entry: format!("{{ id: {id}, kind: {} }}", self.kind), ..self.clone() }
    }

    pub(crate) fn highest(&self) -> &str {
        &self.levels[self.levels.len() - 1]
    }
}

/// Two resources of each kind that can be created by name, and of each that is there and shown by pages; one of each
/// that nobody can see.
pub(crate) fn places(spec: &Spec, manner: Manner) -> Vec<Place> {
    let kinds = spec.kinds.iter().filter(|kind| kind.name != "org");
    let shown = |kind: &KindSpec| {
        let table = |pages: &grantline::connector::pages::Pages| pages.tables.contains_key(kind.name);
        manner.channel.is_some() && spec.pages.as_ref().is_some_and(|pages| table(pages))
    };
    kinds
        .flat_map(|kind| [1, 2].into_iter().filter_map(move |which| place(kind, which, shown(kind))))
        .collect()
}

fn place(kind: &KindSpec, which: usize, shown: bool) -> Option<Place> {
    let name = format!("{}-{which}", kind.name);
    let made = kind.by_name && kind.creatable && kind.readable;
    let entry = if made {
        format!("{{ name: \"The {name}\", kind: {} }}", kind.name)
    } else if shown || (!kind.readable && which == 1) {
        format!("{{ id: \"471{which}\", kind: {} }}", kind.name)
    } else {
        return None;
    };
    let given = kind.levels.iter().filter(|level| !level.exclusive).map(|level| level.name.to_string());
    let top = kind.levels.last().map(|level| level.name.to_string()).unwrap();
    let is_furnished = shown && !made;
    Some(Place { name, kind: kind.name, entry, levels: given.collect(), top, by_api: made, is_furnished })
}

/// How a vendor is configured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) manage: &'static str,
    pub(crate) offboarding: &'static str,
    /// Whether requests reach it.
    pub(crate) api: bool,
    /// Who carries out what requests do not; none: nobody does.
    pub(crate) channel: Option<&'static str>,
    /// Whose session that is, where the workspace says so.
    pub(crate) identity: Option<&'static str>,
}

impl Default for Manner {
    fn default() -> Self {
        Self { manage: "authoritative", offboarding: "delete", api: true, channel: None, identity: None }
    }
}

/// A workspace with these resources and this text under `users:`.
pub(crate) fn workspace(spec: &Spec, manner: Manner, places: &[Place], users: &str) -> String {
    workspace_of(spec, manner, places, &(users.to_owned() + steward(spec, manner, places).as_str()))
}

/// The same with no other users.
pub(crate) fn workspace_of(spec: &Spec, manner: Manner, places: &[Place], users: &str) -> String {
    let mut text = format!(
        "workspace:\n  name: acme\n  guards:\n    max_removals: {{ percent: 100, at_least: 100 }}\n\
         vendors:\n  {VENDOR}:\n    connector: {}\n    manage: {}\n    offboarding: {}\n",
        spec.connector, manner.manage, manner.offboarding
    );
    text.push_str(if manner.api { "    url: emulator\n" } else { "    pages: { url: emulator }\n" });
    // What requests cannot do, people do, where nothing else is asked for; and asked for it, they do everything.
    match manner.channel {
        Some("runbook") if manner.api => {}
        channel => drop(writeln!(text, "    channel: {}", channel.unwrap_or("api"))),
    }
    // Through pages that have no API beside them, nobody loses anything unless it is clear whose session it is; and some
    // APIs do not tell whose the credential is.
    let session = (manner.channel == (!manner.api).then_some("browser")).then_some(STEWARD);
    if let Some(identity) = manner.identity.or(session) {
        let _ = writeln!(text, "    identity: {identity}");
    }
    if !places.is_empty() {
        text.push_str("    resources:\n");
    }
    for place in places {
        let _ = writeln!(text, "      {}: {}", place.name, place.entry);
    }
    text + "users:\n" + users
}

/// Whoever has access from the start, where somebody must have.
fn steward(spec: &Spec, manner: Manner, places: &[Place]) -> String {
    let held = places.iter().filter(|place| place.is_furnished).map(|place| (place, &*place.top));
    let held: Vec<_> = held.collect();
    if manner.api && held.is_empty() {
        return String::new();
    }
    entry(spec, ("steward", "Grantline", STEWARD), &held, true)
}

/// One entry of `users`, with a grant of an account and of each of these places at a level.
pub(crate) fn user(spec: &Spec, handle: &str, name: &str, grants: &[(&Place, &str)]) -> String {
    entry(spec, (handle, name, &format!("{handle}@acme.example")), grants, false)
}

fn entry(
    spec: &Spec,
    (handle, name, email): (&str, &str, &str),
    grants: &[(&Place, &str)],
    highest: bool,
) -> String {
    let mut text = format!("  {handle}:\n    name: {name}\n    email: {email}\n    grants:\n");
    let org =
        spec.kind("org").and_then(|kind| if highest { kind.levels.last() } else { kind.levels.first() });
    if let Some(level) = org {
        let _ = writeln!(text, "      {VENDOR}/org: {}", level.name);
    }
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
    let places = places(spec, manner);
    let everywhere = lowest(&places);
    let here: Vec<_> = everywhere.iter().take(1).copied().collect();
    let users = [
        user(spec, "keeper", "Keeper", &everywhere),
        user(spec, "climber", "Climber", &everywhere),
        user(spec, "leaver", "Leaver", &everywhere),
        user(spec, "mover", "Mover", &here),
        user(spec, "named", "Former Name", &here),
        user(spec, "sleeper", "Sleeper", &everywhere),
    ];
    workspace(spec, manner, &places, &users.concat())
}

/// The story's end.
pub(crate) fn second(spec: &Spec, manner: Manner) -> String {
    let places = places(spec, manner);
    let everywhere = lowest(&places);
    let highest: Vec<_> = places.iter().map(|place| (place, place.highest())).collect();
    let here: Vec<_> = everywhere.iter().take(1).copied().collect();
    let there: Vec<_> = everywhere.iter().skip(1).take(1).copied().collect();
    // In pages people are called what they call themselves.
    let named = if manner.api { "New Name" } else { "Former Name" };
    let users = [
        user(spec, "keeper", "Keeper", &everywhere),
        user(spec, "climber", "Climber", &highest),
        user_without("leaver", "departed: 2026-11-01"),
        user(spec, "mover", "Mover", &there),
        user(spec, "named", named, &here),
        user(spec, "joiner", "Joiner", &everywhere),
        user_without("sleeper", "suspended: { since: 2026-11-01, reason: leave }"),
    ];
    workspace(spec, manner, &places, &users.concat())
}

/// The story as it can be told in a reasonable time: pages take long.
pub(crate) fn both(spec: &Spec, manner: Manner) -> [String; 2] {
    match manner.channel {
        None => [first(spec, manner), second(spec, manner)],
        Some(_) => short(spec, manner),
    }
}

/// A shorter story on one resource: its beginning, where somebody rises and somebody leaves, and somebody joins.
pub(crate) fn short(spec: &Spec, manner: Manner) -> [String; 2] {
    let places: Vec<_> = places(spec, manner).into_iter().take(1).collect();
    let low = lowest(&places);
    let high: Vec<_> = places.iter().map(|place| (place, place.highest())).collect();
    let before = [user(spec, "climber", "Climber", &low), user(spec, "leaver", "Leaver", &low)];
    let after = [
        user(spec, "climber", "Climber", &high),
        user_without("leaver", "departed: 2026-11-01"),
        user(spec, "joiner", "Joiner", &low),
    ];
    [before, [after[0].clone(), after[1].clone() + after[2].as_str()]]
        .map(|users| workspace(spec, manner, &places, &users.concat()))
}
