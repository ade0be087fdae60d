//! Whose table it is, by what the page says around it.

use super::announced::WORDS;
use super::refusal::{Problem, quote};
use super::table::Parsed;
use crate::domain::{Resource, VendorSettings};
use std::collections::BTreeSet;

/// What stands above the tables of every resource, whatever it is called.
const COMMON: &[&str] = &[
    "settings",
    "teams",
    "projects",
    "project",
    "dashboard",
    "overview",
    "home",
    "account",
    "access",
    "admin",
    "all",
];

/// Whether the page says the resource's own id: then it is its page.
pub(super) fn is_own(parsed: &Parsed, resource: &Resource) -> bool {
    resource.id.as_deref().is_some_and(|id| says(&parsed.around, id))
}

/// What the page says around the table that makes it another resource's: the id or the name of one, and not this one's.
pub(super) fn another(parsed: &Parsed, resource: &Resource, settings: &VendorSettings) -> Option<Problem> {
    if is_own(parsed, resource) {
        return None;
    }
    let others: Vec<&Resource> =
        settings.resources.values().filter(|other| other.name != resource.name).collect();
    let by_id = others.iter().find(|other| other.id.as_deref().is_some_and(|id| says(&parsed.around, id)));
    let (other, said) = match (by_id, &resource.id) {
        (Some(other), Some(_)) => (*other, other.id.as_deref()?.to_owned()),
        _ => titled(parsed, resource, &others)?,
    };
    let detail = format!("The page says {}, which is `{}`.", quote(&said), other.name);
    let hint = match &resource.id {
        Some(own) => format!("Copy the page of `{}`, whose id is {}.", resource.name, quote(own)),
        None => format!("Copy the page of `{}`.", resource.name),
    };
    Some(Problem::whole("other-resource", detail, &hint))
}

fn says(lines: &[String], id: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    let id = id.to_lowercase();
    lines.iter().any(|line| line.to_lowercase().split(|c| !is_word(c)).any(|word| word == id))
}

/// The one other resource that a line above the table names, and the name. Where several are named, they are a list to
/// choose from. A line that is a name and no more is believed only where it is known how the page calls this resource.
fn titled<'r>(
    parsed: &Parsed,
    resource: &Resource,
    others: &[&'r Resource],
) -> Option<(&'r Resource, String)> {
    let around: Vec<String> = parsed.around.iter().map(|line| folded(line)).collect();
    if names(resource).iter().any(|own| around.iter().any(|line| holds(line, own))) {
        return None;
    }
    let mut found = others.iter().filter_map(|other| {
        let titles = parsed.above.iter().filter_map(|line| title(line, resource.display.is_some()));
        let names = names(other);
        let name = titles.filter_map(|(title, is_labelled)| {
            let fits = |name: &&String| {
                **name == title || (is_labelled && title.starts_with(name.as_str()) && holds(&title, name))
            };
            names.iter().find(fits).cloned()
        });
        Some((*other, name.into_iter().next()?))
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// What a line calls a resource, and whether it says that it does.
fn title(line: &str, is_bare_believed: bool) -> Option<(String, bool)> {
    let labelled = line.split_once(':').filter(|(label, _)| folded(label) == "project");
    match labelled {
        Some((_, name)) => Some((folded(name), true)),
        None => is_bare_believed.then(|| (folded(line), false)),
    }
}

/// What a resource is called, without the names that stand above every table.
fn names(resource: &Resource) -> BTreeSet<String> {
    let names = resource.display.iter().map(|name| folded(name)).chain([folded(resource.name.as_str())]);
    let is_told = |name: &String| {
        name.chars().count() > 2 && !COMMON.contains(&name.as_str()) && !WORDS.contains(&name.as_str())
    };
    names.filter(is_told).collect()
}

/// A name without what its spellings differ in: capitals, and what stands between its words.
fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether the words of a folded name stand in a folded line.
fn holds(line: &str, name: &str) -> bool {
    format!(" {line} ").contains(&format!(" {name} "))
}
