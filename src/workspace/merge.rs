//! Puts the files together. A name that two files define is an error that shows both places.

use super::decode::{Draft, Referent, Settings, Stray, VendorDraft};
use super::model::{Role, User};
use super::problems::Problems;
use crate::diagnostic::Diagnostic;
use crate::domain::{RoleName, Span, UserName, VendorName};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// All files together, unchecked.
#[derive(Debug, Default)]
pub(super) struct Merged {
    pub(super) settings: Option<Settings>,
    pub(super) vendors: BTreeMap<VendorName, VendorDraft>,
    pub(super) roles: BTreeMap<RoleName, Role>,
    pub(super) users: BTreeMap<UserName, User>,
    /// By file: where the other half of an entry stands.
    halves: Vec<Vec<(Span, Span)>>,
    pub(super) strays: Vec<Stray>,
    pub(super) misnamed: Vec<(Referent, String)>,
    /// Whether everything that the files define is known. Where it is not, a name that nothing defines may
    /// stand in a file that could not be read.
    pub(super) whole: bool,
}

impl Merged {
    /// Where a grant's level stands, by the place of its key, and a pinned account's vendor, by the place of its
    /// id; the given place if that is not known.
    pub(super) fn other_half(&self, place: Span) -> Span {
        let halves = self.halves.get(place.file.0 as usize).map_or(&[][..], Vec::as_slice);
        let found = halves.binary_search_by_key(&place, |(at, _)| *at);
        found.map_or(place, |index| halves[index].1)
    }
}

/// Merges the files' drafts, one for each file in order.
pub(super) fn merge(drafts: Vec<Draft>, whole: bool, problems: &mut Problems) -> Merged {
    let mut merged = Merged { whole, ..Merged::default() };
    let mut settings_at = None;
    for mut draft in drafts {
        // In order already, but where aliases are used.
        draft.halves.sort_unstable();
        for (span, settings) in draft.settings {
            match settings_at {
                Some(first) => twice("the `workspace` section", span, first, problems),
                None => {
                    settings_at = Some(span);
                    merged.settings = Some(settings);
                }
            }
        }
        for vendor in draft.vendors {
            let (name, span) = (vendor.vendor.name.clone(), vendor.vendor.span);
            add(&mut merged.vendors, name, vendor, "vendor", span, |other| other.vendor.span, problems);
        }
        for role in draft.roles {
            let (name, span) = (role.name.clone(), role.span);
            add(&mut merged.roles, name, role, "role", span, |other| other.span, problems);
        }
        for user in draft.users {
            let (handle, span) = (user.handle.clone(), user.span);
            add(&mut merged.users, handle, user, "user", span, |other| other.span, problems);
        }
        merged.halves.push(draft.halves);
        merged.strays.extend(draft.strays);
        merged.misnamed.extend(draft.misnamed);
    }
    if merged.settings.is_none() && whole {
        problems.push(no_workspace());
    }
    merged
}

fn add<N: Ord + std::fmt::Display, T>(
    map: &mut BTreeMap<N, T>,
    name: N,
    value: T,
    noun: &str,
    span: Span,
    span_of: impl Fn(&T) -> Span,
    problems: &mut Problems,
) {
    match map.entry(name) {
        Entry::Vacant(entry) => {
            entry.insert(value);
        }
        Entry::Occupied(entry) => {
            twice(&format!("the {noun} `{}`", entry.key()), span, span_of(entry.get()), problems);
        }
    }
}

/// Within one file, the same is a key that stands twice, which is said already.
fn twice(what: &str, span: Span, first: Span, problems: &mut Problems) {
    if span.file == first.file {
        return;
    }
    problems.push(
        Diagnostic::error("duplicate-definition", span, format!("{what} is defined twice"))
            .detail("All files under `access/` are one workspace, and each name stands in it once.")
            .hint("Delete one of the two definitions, or rename it.")
            .related(first, "it is defined here first"),
    );
}

fn no_workspace() -> Diagnostic {
    let problem = Diagnostic::error("no-workspace", Span::default(), "there is no workspace here")
        .detail("No YAML file under `access/` has the key `workspace`.")
        .hint(
            "Write `workspace: { name: NAME }` into `access/workspace.yaml`, or point at another directory with `-C`.",
        );
    Diagnostic { span: None, ..problem }
}
