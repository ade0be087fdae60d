//! The ways by which an account comes from a provider, in words. Names of groups and rules are the vendor's.

use super::routes::Route;
use super::upstream::Way;
use crate::domain::{Desired, FeedKind, Person, Source};
use std::collections::BTreeSet;

/// Ways that are named; the others are counted.
const SHOWN: usize = 5;
/// Letters of a name that are shown.
const LONGEST: usize = 60;

/// The ways, the first of them by name.
pub(super) fn told(source: &Source, ways: &[Way<'_, '_>]) -> String {
    let mut words: Vec<String> = ways.iter().take(SHOWN).map(|way| word(source, way)).collect();
    if ways.len() > SHOWN {
        words.push(format!("{} more", ways.len() - SHOWN));
    }
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.join(""),
    }
}

fn word(source: &Source, way: &Way<'_, '_>) -> String {
    match way.of {
        None => word_of(source, way),
        Some(account) => {
            let word = word_of(source, &Way { sure: true, ..*way });
            format!("perhaps {word} of the account {}, which may be theirs", shown(&account.login))
        }
    }
}

fn word_of(source: &Source, way: &Way<'_, '_>) -> String {
    let route = way.route;
    let Some(kind) = route.kind else { return "direct access to it".to_owned() };
    let name = shown(route.name);
    let declared = route.on.map(|on| format!(" ({}/{on})", source.vendor)).unwrap_or_default();
    let into = route.into.map(|into| format!(" of {}/{into}", source.vendor)).unwrap_or_default();
    let noun = match kind {
        FeedKind::JustInTime => return format!("{} ({name})", kind.word()),
        // What it is, is the connector's own word.
        FeedKind::Unread => return format!("perhaps {}{into}, which could not be read", route.what),
        FeedKind::Group | FeedKind::Rule => kind.word(),
    };
    match way.sure {
        true => format!("the {noun} {name}{declared}{into}"),
        false => format!("perhaps the {noun} {name}{declared}{into}, whose members were not read"),
    }
}

/// A name in quotes, bounded, and without anything that is not to be seen.
pub(super) fn shown(name: &str) -> String {
    let mut short: String = name.chars().take(LONGEST).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    format!("{short:?}")
}

/// What to do about the ways that a plan leaves open.
pub(super) fn remedy(
    desired: &Desired,
    source: &Source,
    person: Option<&Person>,
    ways: &[Way<'_, '_>],
) -> String {
    let steps: BTreeSet<(usize, String)> =
        ways.iter().map(|way| step(desired, source, person, way.route)).collect();
    steps.into_iter().map(|(_, step)| step).collect::<Vec<_>>().join("; ")
}

/// One step, with its place among others.
fn step(desired: &Desired, source: &Source, person: Option<&Person>, route: &Route<'_>) -> (usize, String) {
    let provider = &source.vendor;
    match (route.kind, route.on) {
        (Some(FeedKind::Rule), _) => (2, format!("change the rule at {provider}, or what makes it fit them")),
        (Some(FeedKind::JustInTime), _) => {
            (3, format!("turn just-in-time provisioning off at {provider}, or suspend them there"))
        }
        (Some(FeedKind::Unread), _) => (
            4,
            format!("look at {provider} for {} that lead to it, or let the credential read them", route.what),
        ),
        (_, Some(on)) => {
            let granted = person.and_then(|person| desired.grants.get(provider, on, &person.handle));
            let step = match granted {
                Some(_) => format!("drop their grant of {provider}/{on} as well, or grant them access here"),
                None => format!(
                    "take them out of {provider}/{on} by hand, or let the workspace rule over it with `manage: \
                     authoritative`"
                ),
            };
            (0, step)
        }
        (_, None) => (
            1,
            format!(
                "take them out of the group at {provider}, or declare it under `vendors.{provider}.resources`, so that \
                 a plan can"
            ),
        ),
    }
}
